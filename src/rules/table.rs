//! Reads tables of TOML so that every mistake knows its place, its key, and what is allowed there.
//!
//! A derived deserializer would know the place of a list, but not of the value in it that is wrong, nor the key's name; so the
//! parsed document is walked here, by few and plain functions. Keys that nobody knows are found when a table is opened.

use super::error::{RuleError, listed, suggestion};
use super::tree::{Entry, Item, Node};

/// A text that is read, and its name.
#[derive(Clone, Copy)]
pub(crate) struct Document<'t> {
    pub(crate) name: &'t str,
    pub(crate) text: &'t str,
}

impl<'t> Document<'t> {
    /// The text as TOML.
    pub(crate) fn parse(self) -> Result<Item<'t>, RuleError> {
        Item::from_toml(self.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            // It may tell what it expected on a line of its own.
            let mut message = error.message().lines().collect::<Vec<_>>().join("; ");
            // What stands there twice is all it does not tell.
            let twice = error.span().and_then(|span| self.text.get(span)).filter(|_| message == "duplicate key");
            if let Some(key) = twice.filter(|key| !key.contains(char::is_control)) {
                message = format!("duplicate key `{key}`");
            }
            self.error(offset, String::new(), message)
        })
    }

    pub(crate) fn error(self, offset: usize, key: String, message: String) -> RuleError {
        RuleError::at(self.name, self.text, offset, key, message)
    }
}

/// The keys that lead to a table.
#[derive(Clone, Copy)]
struct Path {
    /// Those of the tables that every file has, such as `category.match`; empty for the document.
    usual: &'static str,
    /// The key of a table in place of a value, such as `function` where an expression stands; else empty.
    inner: &'static str,
}

impl Path {
    /// These keys, and one more.
    fn joined(self, key: &str) -> String {
        let keys = [self.usual, self.inner, key];
        keys.into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>().join(".")
    }
}

/// A table, with the keys that it may have.
#[derive(Clone, Copy)]
pub(crate) struct Table<'d, 't> {
    document: Document<'t>,
    path: Path,
    entries: &'d [Entry<'t>],
    offset: usize,
}

impl<'d, 't> Table<'d, 't> {
    /// A table that may have `keys` and no others.
    fn new(
        document: Document<'t>,
        path: Path,
        entries: &'d [Entry<'t>],
        offset: usize,
        keys: &[&'static str],
    ) -> Result<Self, RuleError> {
        let unknown = entries.iter().filter(|entry| !keys.contains(&&*entry.key));
        if let Some(entry) = unknown.min_by_key(|entry| entry.offset) {
            let name = &*entry.key;
            let message = format!(
                "unknown key; allowed are {}{}",
                listed(keys.iter().copied()),
                suggestion(name, keys.iter().copied())
            );
            return Err(document.error(entry.offset, path.joined(name), message));
        }
        Ok(Self { document, path, entries, offset })
    }

    /// The value of a key, if it is there.
    pub(crate) fn get(self, key: &'static str) -> Option<Value<'d, 't>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Value { document: self.document, path: self.path, key, item: &entry.item })
    }

    /// The value of a key that must be there.
    pub(crate) fn required(self, key: &'static str) -> Result<Value<'d, 't>, RuleError> {
        self.get(key).ok_or_else(|| self.fail(format!("the key `{key}` is missing")))
    }

    /// Whether it has no key.
    pub(crate) fn is_empty(self) -> bool {
        self.entries.is_empty()
    }

    /// Where it begins.
    pub(crate) fn offset(self) -> usize {
        self.offset
    }

    /// A mistake of the table as a whole.
    pub(crate) fn fail(self, message: String) -> RuleError {
        self.document.error(self.offset, self.path.joined(""), message)
    }
}

/// A value and the key that it belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Value<'d, 't> {
    document: Document<'t>,
    path: Path,
    key: &'static str,
    item: &'d Item<'t>,
}

impl<'d, 't> Value<'d, 't> {
    /// What stands in a document under `key`; the document as a whole has an empty key.
    pub(crate) fn new(document: Document<'t>, key: &'static str, item: &'d Item<'t>) -> Self {
        Self { document, path: Path { usual: "", inner: "" }, key, item }
    }

    /// A mistake of this value.
    pub(crate) fn fail(self, message: impl Into<String>) -> RuleError {
        self.document.error(self.item.offset, self.path.joined(self.key), message.into())
    }

    fn expected(self, what: &str) -> RuleError {
        self.fail(format!("expected {what}, found {}", found(&self.item.value)))
    }

    /// Where it begins.
    pub(crate) fn offset(self) -> usize {
        self.item.offset
    }

    /// A text of any form.
    pub(crate) fn text(self) -> Result<&'d str, RuleError> {
        self.as_str().ok_or_else(|| self.expected("a text"))
    }

    fn as_str(self) -> Option<&'d str> {
        match &self.item.value {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text that fits on a line.
    pub(crate) fn line(self) -> Result<&'d str, RuleError> {
        let text = self.text()?;
        match text.trim().is_empty() || text.contains(char::is_control) {
            true => Err(self.fail("expected one line of text, not empty and without control characters")),
            false => Ok(text),
        }
    }

    /// An id: lower-case letters, digits and `-`.
    pub(crate) fn id(self) -> Result<&'d str, RuleError> {
        let text = self.text()?;
        let is_id = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        match is_id && !text.is_empty() {
            true => Ok(text),
            false => Err(self.fail("an id is made of lower-case letters, digits and `-`")),
        }
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(self, words: &[(&'static str, T)]) -> Result<T, RuleError> {
        let names = || words.iter().map(|&(name, _)| name);
        let allowed = || format!("one of {}", listed(names()));
        let text = self.as_str().ok_or_else(|| self.expected(&allowed()))?;
        let found = words.iter().find(|(name, _)| *name == text);
        found.map(|&(_, value)| value).ok_or_else(|| {
            self.fail(format!("`{text}` is not known; expected {}{}", allowed(), suggestion(text, names())))
        })
    }

    /// `true` or `false`.
    pub(crate) fn boolean(self) -> Result<bool, RuleError> {
        match self.item.value {
            Node::Boolean(is) => Ok(is),
            _ => Err(self.expected("`true` or `false`")),
        }
    }

    /// A whole number in a range.
    pub(crate) fn integer(self, range: std::ops::RangeInclusive<i64>) -> Result<i64, RuleError> {
        let allowed = || format!("a whole number from {} to {}", range.start(), range.end());
        let Node::Integer(number) = self.item.value else { return Err(self.expected(&allowed())) };
        number.filter(|number| range.contains(number)).ok_or_else(|| self.fail(format!("expected {}", allowed())))
    }

    /// A part of a whole: 0 to 1.
    pub(crate) fn fraction(self) -> Result<f64, RuleError> {
        const ALLOWED: &str = "a fraction from 0 to 1, such as 0.25";
        let number = match self.item.value {
            Node::Float(number) => Some(number),
            Node::Integer(number) => number.map(|number| number as f64),
            _ => return Err(self.expected(ALLOWED)),
        };
        number.filter(|number| (0.0..=1.0).contains(number)).ok_or_else(|| self.fail(format!("expected {ALLOWED}")))
    }

    /// The elements of a list; any other value is a list of itself. An empty list is a mistake.
    pub(crate) fn one_or_more(self) -> Result<Vec<Self>, RuleError> {
        match self.item.value {
            Node::List(_) => {
                let elements = self.list()?;
                match elements.is_empty() {
                    true => Err(self.fail("an empty list fits nothing; leave the key out or name something")),
                    false => Ok(elements),
                }
            }
            _ => Ok(vec![self]),
        }
    }

    /// The elements of a list.
    pub(crate) fn list(self) -> Result<Vec<Self>, RuleError> {
        let Node::List(elements) = &self.item.value else { return Err(self.expected("a list")) };
        Ok(elements.iter().map(|item| Self { item, ..self }).collect())
    }

    /// A table that may have `keys`; `path` is its name in messages.
    pub(crate) fn table(self, path: &'static str, keys: &[&'static str]) -> Result<Table<'d, 't>, RuleError> {
        self.table_at(Path { usual: path, inner: "" }, keys)
    }

    /// A table in place of a text, which may have `keys`; in messages it has this value's key.
    pub(crate) fn inner_table(self, keys: &[&'static str]) -> Result<Table<'d, 't>, RuleError> {
        self.table_at(Path { inner: self.key, ..self.path }, keys)
    }

    fn table_at(self, path: Path, keys: &[&'static str]) -> Result<Table<'d, 't>, RuleError> {
        let Node::Table(entries) = &self.item.value else { return Err(self.expected("a table")) };
        Table::new(self.document, path, entries, self.item.offset, keys)
    }

    /// Whether it is a table.
    pub(crate) fn is_table(self) -> bool {
        matches!(self.item.value, Node::Table(_))
    }
}

fn found(value: &Node<'_>) -> &'static str {
    match value {
        Node::Text(_) => "a text",
        Node::Integer(_) => "a whole number",
        Node::Float(_) => "a number",
        Node::Boolean(_) => "`true` or `false`",
        Node::Date => "a date",
        Node::List(_) => "a list",
        Node::Table(_) => "a table",
    }
}
