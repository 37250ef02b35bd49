//! A pack of rules: TOML that lists categories, and for each what is counted under it.
//!
//! ```toml
//! [[category]]
//! id = "json-parsing"                # stable, for scripts
//! name = "JSON Parsing"              # for people
//! analysis = ["What a large share means."]
//! match = [
//!   { package = "urllib", function = "parseJSON" },
//!   { package = ["sax", "@xmldom/*"] },
//!   { kind = "native", url = "", function = ["parse", "stringify"] },
//! ]
//! ```
//!
//! The first category with a rule that fits a call frame has it, so **the order of the file is the precedence**. A rule
//! fits if everything it names does: `package`, `url` (core modules by their `node:` name), `function`, `kind`. Each takes
//! one value or a list of which any may fit; a `*` at the end of a text stands for the rest, and `""` is a frame
//! without a url or a function without a name.
//! What fits nowhere is counted under `other`, which always exists; a pack may give it a name and `analysis`.
//!
//! Values are checked while they are read, so that an error knows its line and column.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, SeqAccess, Visitor};
use toml::Spanned;

use super::matcher::{Matcher, Pattern, Rule};
use super::package::Origin;
use crate::profile::{Category, CategoryId, FrameKind};

/// The category of everything that no rule names.
const OTHER: &str = "other";

/// A mistake in a pack of rules, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct RuleError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what is allowed.
    pub message: String,
}

impl RuleError {
    fn new(pack: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = pack.get(..offset).unwrap_or(pack);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }
}

/// Categories and the rules that lead to them.
pub(super) struct RuleSet {
    categories: Vec<Category>,
    matcher: Matcher,
    other: CategoryId,
}

impl RuleSet {
    /// The category of a call frame.
    pub(super) fn category_of(&self, function: &str, origin: &Origin<'_>) -> CategoryId {
        self.matcher.category_of(function, origin).unwrap_or(self.other)
    }

    /// All categories, indexed by [`CategoryId`].
    pub(super) fn categories(&self) -> &[Category] {
        &self.categories
    }
}

/// Reads a pack of rules and checks it.
pub(super) fn load(text: &str) -> Result<RuleSet, RuleError> {
    let mut pack: Pack = toml::from_str(text)
        .map_err(|error| RuleError::new(text, error.span().map_or(0, |span| span.start), error.message()))?;
    let mut ids = HashSet::new();
    for entry in &pack.category {
        let fail = |message| Err(RuleError::new(text, entry.id.span().start, message));
        let id = &entry.id.get_ref().0.0;
        if !ids.insert(id) {
            return fail(format!("category `{id}` is there twice; an id may be used once"));
        }
        match (id == OTHER, entry.rules.is_empty()) {
            (true, false) => return fail(format!("`{OTHER}` takes what no rule names; it has no `match` of its own")),
            (false, true) => return fail(format!("category `{id}` needs a `match` with one rule or more")),
            _ => {}
        }
    }
    if !ids.contains(&OTHER.to_owned()) {
        pack.category.push(CategoryEntry::other());
    }
    let (mut categories, mut rules, mut other) = (Vec::new(), Vec::new(), CategoryId(0));
    for entry in pack.category {
        let Ok(index) = u16::try_from(categories.len()) else {
            return Err(RuleError::new(text, entry.id.span().start, "more than 65,536 categories"));
        };
        let category = CategoryId(index);
        for rule in entry.rules {
            let offset = rule.span().start;
            match rule.into_inner().into_rule(category) {
                Some(rule) => rules.push(rule),
                None => {
                    let message = "an empty rule; it needs one or more of `package`, `url`, `function`, `kind`";
                    return Err(RuleError::new(text, offset, message));
                }
            }
        }
        let id = entry.id.into_inner().0.0;
        if id == OTHER {
            other = category;
        }
        let analysis = entry.analysis.into_iter().map(|line| line.0.0).collect();
        categories.push(Category { id, name: entry.name.0.0, analysis });
    }
    Ok(RuleSet { categories, matcher: Matcher::new(rules), other })
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    #[serde(default)]
    category: Vec<CategoryEntry>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryEntry {
    id: Spanned<Checked<Id>>,
    name: Checked<Line>,
    #[serde(default)]
    analysis: Vec<Checked<Line>>,
    #[serde(default, rename = "match")]
    rules: Vec<Spanned<RuleEntry>>,
}

impl CategoryEntry {
    fn other() -> Self {
        let id = Spanned::new(0..0, Checked(Id(OTHER.to_owned())));
        Self { id, name: Checked(Line("Other".to_owned())), analysis: Vec::new(), rules: Vec::new() }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    package: Option<OneOrMore<Checked<Pattern>>>,
    url: Option<OneOrMore<Checked<Pattern>>>,
    function: Option<OneOrMore<Checked<Pattern>>>,
    kind: Option<OneOrMore<Kind>>,
}

impl RuleEntry {
    /// `None` if it names nothing, and so would fit everything.
    fn into_rule(self, category: CategoryId) -> Option<Rule> {
        let names_nothing =
            self.package.is_none() && self.url.is_none() && self.function.is_none() && self.kind.is_none();
        let kinds = self.kind.map(|kinds| kinds.0.into_iter().map(|kind| kind.0).collect());
        let patterns = |list: Option<OneOrMore<Checked<Pattern>>>| {
            list.map(|list| list.0.into_iter().map(|pattern| pattern.0).collect())
        };
        (!names_nothing).then(|| Rule {
            category,
            package: patterns(self.package),
            url: patterns(self.url),
            function: patterns(self.function),
            kinds,
        })
    }
}

/// A category's id.
struct Id(String);

impl Text for Id {
    fn from_text(text: &str) -> Result<Self, &'static str> {
        let is_id = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        match is_id && !text.is_empty() {
            true => Ok(Self(text.to_owned())),
            false => Err("an id is made of lower-case letters, digits and `-`"),
        }
    }
}

/// A line of text for people.
struct Line(String);

impl Text for Line {
    fn from_text(text: &str) -> Result<Self, &'static str> {
        match text.trim().is_empty() || text.contains(char::is_control) {
            true => Err("expected one line of text, not empty and without control characters"),
            false => Ok(Self(text.to_owned())),
        }
    }
}

impl Text for Pattern {
    fn from_text(text: &str) -> Result<Self, &'static str> {
        Self::parse(text)
    }
}

/// A kind of call frame by its name in reports.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Kind(#[serde(with = "KindName")] FrameKind);

#[derive(serde::Deserialize)]
#[serde(remote = "FrameKind", rename_all = "lowercase")]
enum KindName {
    App,
    Dependency,
    Core,
    Native,
    Generated,
    Unknown,
}

/// What a text stands for.
trait Text: Sized {
    /// The value, or what is allowed.
    fn from_text(text: &str) -> Result<Self, &'static str>;
}

/// A text that is checked while it is visited: only so does the error point at it, and not at the list around it.
struct Checked<T>(T);

impl<'de, T: Text> Deserialize<'de> for Checked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Check<T>(PhantomData<T>);

        impl<T: Text> Visitor<'_> for Check<T> {
            type Value = Checked<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::from_text(text).map(Checked).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Check(PhantomData))
    }
}

/// One value, or a list that is not empty.
struct OneOrMore<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Values<T> {
            type Value = OneOrMore<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(OneOrMore(vec![T::deserialize(text.into_deserializer())?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                match values.is_empty() {
                    true => Err(de::Error::custom("an empty list fits nothing; leave the key out or name something")),
                    false => Ok(OneOrMore(values)),
                }
            }
        }

        deserializer.deserialize_any(Values(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(pack: &str) -> RuleError {
        match load(pack) {
            Ok(_) => panic!("accepted: {pack}"),
            Err(error) => error,
        }
    }

    #[test]
    fn an_error_names_the_place_and_what_is_allowed() {
        let head = "[[category]]\nid = \"a\"\nname = \"A\"\n";
        #[rustfmt::skip]
        let table: &[(&str, usize, usize, &str)] = &[
            ("match = [{ packge = \"x\" }]", 4, 12, "`package`, `url`, `function`, `kind`"),
            ("match = [\n  { kind = [\"core\",\n    \"natve\"] },\n]", 6, 5, "`app`, `dependency`, `core`, `native`, `generated`"),
            ("match = [{ kind = \"natve\" }]", 4, 19, "`app`, `dependency`, `core`, `native`, `generated`"),
            ("match = [{ package = \"a*b\" }]", 4, 22, "only at the end"),
            ("match = [{ package = [\"x\", \"*\"] }]", 4, 28, "before the `*`"),
            ("match = [{ package = [] }]", 4, 22, "empty list"),
            ("match = [{ package = 1 }]", 4, 22, "a text or a list of texts"),
            ("match = [{ package = \"x\" }, { }]", 4, 29, "`package`, `url`, `function`, `kind`"),
            ("colour = \"red\"", 4, 1, "`id`, `name`, `analysis`, `match`"),
            ("analysis = [\"\"]", 4, 13, "not empty"),
            ("", 2, 6, "needs a `match`"),
            ("match = [{ package = \"x\" }]\n[[category]]\nid = \"a\"\nname = \"A\"\n", 6, 6, "twice"),
            ("match = [{ package = \"x\" }]\n[[categories]]", 5, 3, "`category`"),
            ("match = [{ package = \"ü\" }, { packge = \"x\" }]", 4, 31, "`packge`"),
            ("match = [", 4, 10, "array"),
        ];
        for &(tail, line, column, part) in table {
            let error = error(&format!("{head}{tail}"));
            assert_eq!((error.line, error.column), (line, column), "{tail}: {error}");
            assert!(error.message.contains(part), "{tail}: {error}");
        }
        let upper = error("[[category]]\nid = \"A b\"\nname = \"A\"");
        assert_eq!((upper.line, upper.column), (2, 6), "{upper}");
        let nameless = error("\n[[category]]\nid = \"a\"");
        assert!(nameless.message.contains("`name`") && nameless.line == 2, "{nameless}");
        let other = error("[[category]]\nid = \"other\"\nname = \"Rest\"\nmatch = [{ package = \"x\" }]");
        assert!(other.message.contains("no rule names") && other.line == 2, "{other}");
        assert_eq!(error("match").to_string().split(':').next(), Some("line 1, column 6"));
    }

    #[test]
    fn other_exists_in_every_pack() {
        for (pack, ids, name) in [
            ("", vec!["other"], "Other"),
            ("[[category]]\nid = \"a\"\nname = \"A\"\nmatch = [{ package = \"x\" }]", vec!["a", "other"], "Other"),
            ("[[category]]\nid = \"other\"\nname = \"Rest\"", vec!["other"], "Rest"),
        ] {
            let rules = load(pack).unwrap();
            assert_eq!(rules.categories().iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ids);
            assert_eq!(rules.categories()[rules.other.0 as usize].name, name);
        }
    }
}
