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
    /// `{callers}`: the same; the largest two where it is not one; or that the stacks name them.
    Callers,
}

const PLACEHOLDERS: [(&str, Placeholder); 9] = [
    ("category", Placeholder::Category),
    ("package", Placeholder::Package),
    ("size", Placeholder::Size),
    ("share", Placeholder::Share),
    ("top_function", Placeholder::TopFunction),
    ("top_function_size", Placeholder::TopFunctionSize),
    ("top_function_share", Placeholder::TopFunctionShare),
    ("caused_by", Placeholder::CausedBy),
    ("callers", Placeholder::Callers),
];

/// A piece of a text with places, for whoever puts them together in a way of their own. What is between backticks is code; where one has no partner, none is meant so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// What stands there.
    Text {
        /// The text.
        text: &'t str,
        /// Whether it begins between backticks.
        is_in_code: bool,
        /// Whether it can stand in any document as it is: in it is printable ASCII without `<` and `|`, and its backticks are quotes.
        is_plain: bool,
    },
    /// What is to be filled in.
    Place {
        /// What it stands for.
        place: Placeholder,
        /// Whether that is between backticks.
        is_in_code: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text { text: Box<str>, is_in_code: bool, is_plain: bool },
    Place { place: Placeholder, is_in_code: bool },
}

impl Part {
    fn backticks(&self) -> usize {
        match self {
            Self::Text { text, .. } => text.matches('`').count(),
            Self::Place { .. } => 0,
        }
    }
}

/// A text with places to fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Box<[Part]>,
    has_partners: bool,
}

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
                        parts.push(text_part(std::mem::take(&mut plain)));
                    }
                    parts.push(Part::Place { place: placeholder(word)?, is_in_code: false });
                    after
                }
            };
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(text_part(plain));
        }
        let has_partners = parts.iter().map(Part::backticks).sum::<usize>().is_multiple_of(2);
        let mut in_code = false;
        for part in &mut parts {
            let backticks = part.backticks();
            match part {
                Part::Text { is_in_code, is_plain, .. } => {
                    *is_in_code = in_code;
                    *is_plain &= has_partners;
                }
                Part::Place { is_in_code, .. } => *is_in_code = in_code,
            }
            in_code ^= has_partners && !backticks.is_multiple_of(2);
        }
        Ok(Self { parts: parts.into(), has_partners })
    }

    /// The text with its places filled; `None` if `fill` has nothing for one of them.
    pub fn render(&self, mut fill: impl FnMut(Placeholder) -> Option<String>) -> Option<String> {
        let mut text = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Text { text: plain, .. } => text.push_str(plain),
                Piece::Place { place, .. } => text.push_str(&fill(place)?),
            }
        }
        Some(text)
    }

    /// The text and its places, in order.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        self.parts.iter().map(|part| match *part {
            Part::Text { ref text, is_in_code, is_plain } => Piece::Text { text, is_in_code, is_plain },
            Part::Place { place, is_in_code } => Piece::Place { place, is_in_code },
        })
    }

    /// What is to be filled in, in order.
    pub fn places(&self) -> impl Iterator<Item = Placeholder> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text { .. } => None,
            Part::Place { place, .. } => Some(*place),
        })
    }

    /// The whole text, if it has no places and can stand in any document as it is.
    pub fn as_plain(&self) -> Option<&str> {
        match &*self.parts {
            [Part::Text { text, is_plain: true, .. }] => Some(text),
            _ => None,
        }
    }

    /// Whether each backtick of the text has a partner, so that what is between them is code.
    pub fn has_partners(&self) -> bool {
        self.has_partners
    }
}

fn text_part(text: String) -> Part {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'<' | b'|'));
    Part::Text { text: text.into(), is_in_code: false, is_plain }
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
    }

    #[test]
    fn pieces_know_what_is_code_and_what_is_plain() {
        let text = |text, is_in_code, is_plain| Piece::Text { text, is_in_code, is_plain };
        let size = |is_in_code| Piece::Place { place: Placeholder::Size, is_in_code };
        let table: [(&str, &[Piece<'_>]); 6] = [
            ("{size} of it", &[size(false), text(" of it", false, true)]),
            ("a `{size}`, {size}", &[text("a `", false, true), size(true), text("`, ", true, true), size(false)]),
            ("`a < b` {size}", &[text("`a < b` ", false, false), size(false)]),
            ("`{size} ü`", &[text("`", false, true), size(true), text(" ü`", true, false)]),
            ("a ` {size}", &[text("a ` ", false, false), size(false)]),
            ("a|b", &[text("a|b", false, false)]),
        ];
        for (source, expected) in table {
            let template = Template::parse(source).unwrap();
            assert_eq!(template.pieces().collect::<Vec<_>>(), expected, "{source}");
            assert_eq!(template.has_partners(), source != "a ` {size}");
            assert_eq!(template.as_plain(), None);
        }
        let plain = |text| Template::parse(text).unwrap().as_plain().map(str::to_owned);
        assert_eq!(plain("keep `it`, {{size}}").as_deref(), Some("keep `it`, {size}"));
        assert_eq!([plain("keep ` it"), plain("")], [None, None]);
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
