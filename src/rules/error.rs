//! A mistake in a file that people write, such as one of rules: where it is, and what is allowed there.

/// A mistake in a file of rules, or in a baseline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {place}{message}", place = Place(.key))]
pub struct RuleError {
    /// The file, as it was named.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key that is wrong or whose value is, with the tables it stands in: `category.match.kind`. Empty where the text is no TOML.
    pub key: String,
    /// What is wrong, and what is allowed.
    pub message: String,
}

struct Place<'k>(&'k str);

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "`{}`: ", self.0) }
    }
}

impl RuleError {
    /// A mistake at a byte of `text`.
    pub(super) fn at(file: &str, text: &str, offset: usize, key: String, message: String) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key,
            message,
        }
    }
}

/// The word that is nearest to what was written, if one is near.
pub(crate) fn nearest<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let near = |word: &&str| strsim::osa_distance(written, word);
    // A third of the letters may be wrong; of short words, one.
    let is_near = |word: &&str| near(word) <= 1.max(word.chars().count().max(written.chars().count()) / 3);
    words.into_iter().filter(is_near).min_by_key(near)
}

/// `; did you mean …?` where one of the words is near to what was written, else nothing.
pub(super) fn suggestion<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> String {
    nearest(written, words).map_or_else(String::new, |word| format!("; did you mean `{word}`?"))
}

/// The same for ids of categories: who reads reports knows their names (`utility-libraries` is `utilities`).
pub(super) fn suggested_category<'c>(written: &str, known: impl Iterator<Item = (&'c str, &'c str)> + Clone) -> String {
    let is_so_called = |name: &str| {
        let letters = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        letters(name) == letters(written)
    };
    let called = known.clone().find(|(_, name)| is_so_called(name));
    let ids = || known.clone().map(|(id, _)| id);
    called.map_or_else(|| suggestion(written, ids()), |(id, _)| format!("; did you mean `{id}`?"))
}

/// Words as a list for people: `a`, `b`.
pub(super) fn listed<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_found_by_what_reports_call_it() {
        let known = [("utilities", "Utility Libraries"), ("orms", "Object Mappers")];
        let near = |written| suggested_category(written, known.into_iter());
        assert_eq!(near("utility-libraries"), "; did you mean `utilities`?");
        assert_eq!(near("Object Mappers"), "; did you mean `orms`?");
        assert_eq!(near("orm"), "; did you mean `orms`?");
        assert_eq!(near("files"), "");
    }
}
