//! How a profile is written: whose dialect, inside which wrapper, with which escapes.

use crate::profile::{Dialect, LineBase};

/// What surrounds the profile in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wrapper {
    /// Nothing.
    #[default]
    None,
    /// `{"profile": …}`, a command's result saved as it came.
    Profile,
    /// `{"id": 1, "result": {"profile": …}}`, a protocol message saved as it came.
    Result,
    /// `{"meta": …, "payload": …}`, as Edge's DevTools save it.
    Edge,
}

impl Wrapper {
    /// The text before and after the profile.
    pub(super) fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::None => ("", ""),
            Self::Profile => (r#"{"profile":"#, "}"),
            Self::Result => (r#"{"id":1,"result":{"profile":"#, "}}"),
            Self::Edge => (r#"{"meta":{"name":"Profile 1","type":"SAMPLINGHEAP"},"payload":"#, "}"),
        }
    }
}

/// How characters beyond ASCII are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escapes {
    /// As they are, in UTF-8.
    #[default]
    Raw,
    /// As `\uXXXX`, a pair of them beyond U+FFFF.
    Ascii,
}

/// How a profile is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whose dialect.
    pub dialect: Dialect,
    /// What surrounds the profile.
    pub wrapper: Wrapper,
    /// How characters beyond ASCII are written.
    pub escapes: Escapes,
}

impl From<Dialect> for Style {
    fn from(dialect: Dialect) -> Self {
        Self { dialect, wrapper: Wrapper::None, escapes: Escapes::Raw }
    }
}

/// How the writer of `dialect` counts lines and columns.
pub(super) fn line_base(dialect: Dialect) -> LineBase {
    match dialect {
        Dialect::Xprofiler | Dialect::V8ProfilerNext | Dialect::HeapProfileNpm => LineBase::One,
        _ => LineBase::Zero,
    }
}

/// Whether the writer of `dialect` writes node ids and `samples`.
pub(super) fn has_ids(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Inspector | Dialect::NodeV8Api | Dialect::Vscode)
}
