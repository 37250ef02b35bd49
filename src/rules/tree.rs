//! A file of rules as a tree of values, each with the byte at which it is written.
//!
//! The built-in packs are such trees when the program is built already (`build.rs` includes this file): as TOML it takes longer to
//! read them than a small profile.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// A value, and where it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Item<'t> {
    pub(crate) offset: usize,
    #[serde(borrow)]
    pub(crate) value: Node<'t>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Node<'t> {
    #[serde(borrow)]
    Text(Cow<'t, str>),
    /// `None` where it takes more than 64 bits.
    Integer(Option<i64>),
    Float(f64),
    Boolean(bool),
    Date,
    List(Vec<Item<'t>>),
    Table(Vec<Entry<'t>>),
}

/// A key of a table, and its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry<'t> {
    #[serde(borrow)]
    pub(crate) key: Cow<'t, str>,
    pub(crate) offset: usize,
    pub(crate) item: Item<'t>,
}

impl<'t> Item<'t> {
    /// The tree of a text in TOML.
    pub(crate) fn from_toml(text: &'t str) -> Result<Self, Error> {
        let root = DeTable::parse(text)?;
        Ok(Self { offset: 0, value: table(root.into_inner()) })
    }
}

fn table(table: DeTable<'_>) -> Node<'_> {
    let entries = table.into_iter();
    Node::Table(
        entries
            .map(|(key, value)| Entry { offset: key.span().start, key: key.into_inner(), item: item(value) })
            .collect(),
    )
}

fn item(value: Spanned<DeValue<'_>>) -> Item<'_> {
    let offset = value.span().start;
    let value = match value.into_inner() {
        DeValue::String(text) => Node::Text(text),
        DeValue::Integer(number) => Node::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()),
        // What does not fit is infinite.
        DeValue::Float(number) => Node::Float(number.as_str().replace('_', "").parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(is) => Node::Boolean(is),
        DeValue::Datetime(_) => Node::Date,
        DeValue::Array(list) => Node::List(list.into_iter().map(item).collect()),
        DeValue::Table(inner) => table(inner),
    };
    Item { offset, value }
}
