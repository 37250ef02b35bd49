//! Texts with places that a profile fills: "`{top_function}` in {package} allocates {share} of all bytes".
//!
//! A word in braces is a place; unknown ones are mistakes, so that a report never shows one. `{{word}}` stands for `{word}`, and other
//! braces for themselves, as in `{ ttl: 60 }`.

use super::error::{listed, suggestion};

/// What a place in a text stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placeholder {
    /// `{category}`: the name of the category.
    Category,
    /// `{package}`: the package with most of the matched bytes.
    Package,
    /// `{size}`: the matched bytes, such as 5.54 MB.
    Size,
    /// `{share}`: the matched bytes as a share of the profile, such as 10.24 %.
    Share,
    /// `{top_function}`: the function with most of the matched bytes.
    TopFunction,
    /// `{top_function_size}`: the bytes of that function.
    TopFunctionSize,
    /// `{top_function_share}`: these bytes as a share of the profile.
    TopFunctionShare,
    /// `{caused_by}`: the application's function that most of the matched bytes come from.
    CausedBy,
}

const PLACEHOLDERS: [(&str, Placeholder); 8] = [
    ("category", Placeholder::Category),
    ("package", Placeholder::Package),
    ("size", Placeholder::Size),
    ("share", Placeholder::Share),
    ("top_function", Placeholder::TopFunction),
    ("top_function_size", Placeholder::TopFunctionSize),
    ("top_function_share", Placeholder::TopFunctionShare),
    ("caused_by", Placeholder::CausedBy),
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    Place(Placeholder),
}

/// A piece of a text with places, for whoever puts them together in a way of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// What stands there.
    Text(&'t str),
    /// What is to be filled in.
    Place(Placeholder),
}

/// A text with places to fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Box<[Part]>);

impl Template {
    /// The template that a text writes, or what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find('{') {
            let (before, brace) = rest.split_at(at);
            plain.push_str(before);
            rest = match word_in_braces(brace) {
                None => {
                    plain.push('{');
                    &brace[1..]
                }
                Some((word, after)) if plain.ends_with('{') && after.starts_with('}') => {
                    // One brace of each pair is dropped here.
                    plain.push_str(word);
                    after
                }
                Some((word, after)) => {
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain).into()));
                    }
                    parts.push(Part::Place(placeholder(word)?));
                    after
                }
            };
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain.into()));
        }
        Ok(Self(parts.into()))
    }

    /// The text with its places filled; `None` if `fill` has nothing for one of them.
    pub fn render(&self, mut fill: impl FnMut(Placeholder) -> Option<String>) -> Option<String> {
        let mut text = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Place(place) => text.push_str(&fill(place)?),
            }
        }
        Some(text)
    }

    /// The text and its places, in order.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        self.0.iter().map(|part| match part {
            Part::Text(text) => Piece::Text(text),
            Part::Place(place) => Piece::Place(*place),
        })
    }
}

/// The word between braces that `text` begins with, and what follows them. Anything but a word stands for itself.
fn word_in_braces(text: &str) -> Option<(&str, &str)> {
    let (word, after) = text.strip_prefix('{')?.split_once('}')?;
    let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b' '));
    is_word.then_some((word, after))
}

fn placeholder(word: &str) -> Result<Placeholder, String> {
    let names = || PLACEHOLDERS.iter().map(|&(name, _)| name);
    PLACEHOLDERS.iter().find(|(name, _)| *name == word).map(|&(_, place)| place).ok_or_else(|| {
        let known = listed(names());
        let near = suggestion(word, names());
        format!("unknown placeholder `{{{word}}}`; known are {known}{near}; for the braces themselves write `{{{{{word}}}}}`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_other_braces_stay() {
        let fill = |place| match place {
            Placeholder::TopFunction => Some("parseJSON".to_owned()),
            Placeholder::Package => Some("{size}".to_owned()),
            Placeholder::Share => Some("10 %".to_owned()),
            _ => None,
        };
        for (text, expected) in [
            ("`{top_function}` in {package}: {share}", Some("`parseJSON` in {size}: 10 %")),
            ("{share}{share}", Some("10 %10 %")),
            ("by {caused_by}", None),
            ("{{share}} { ttl: 60 } { share } {} } {", Some("{share} { ttl: 60 } { share } {} } {")),
            ("{ {share} }", Some("{ 10 % }")),
            ("{{{share}}}", Some("{{share}}")),
            ("", Some("")),
        ] {
            assert_eq!(Template::parse(text).unwrap().render(fill).as_deref(), expected, "{text}");
        }
        let template = Template::parse("{size} of it").unwrap();
        let pieces: Vec<Piece<'_>> = template.pieces().collect();
        assert_eq!(pieces, [Piece::Place(Placeholder::Size), Piece::Text(" of it")]);
    }

    #[test]
    fn what_is_no_placeholder_is_told() {
        for (text, part) in [
            ("{shar}", "did you mean `share`?"),
            ("{top function}", "did you mean `top_function`?"),
            ("{name}", "write `{{name}}`"),
        ] {
            let message = Template::parse(text).unwrap_err();
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}
