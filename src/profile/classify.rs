//! What a call frame belongs to, decided once, when it is interned.

use std::borrow::Cow;

/// Whose code a call frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FrameKind {
    /// The application: code with a url outside `node_modules`.
    App,
    /// A package below `node_modules`, or one named by an `npm:` or `jsr:` url.
    Dependency,
    /// Node's own JavaScript.
    Core,
    /// No script and no url: builtins of V8 and its pseudo nodes.
    Native,
    /// A script without a url: `new Function`, `eval`, or a script that has been unloaded.
    Generated,
    /// Nothing is known of it.
    Unknown,
}

impl FrameKind {
    /// The name used in reports and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Dependency => "dependency",
            Self::Core => "core",
            Self::Native => "native",
            Self::Generated => "generated",
            Self::Unknown => "unknown",
        }
    }
}

/// The fields of a call frame that decide what it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct RawFrame<'a> {
    /// The function's name; empty for an anonymous one.
    pub function: &'a str,
    /// The script's url as the file has it.
    pub url: &'a str,
    /// Whether the frame has a script (its scriptId is not 0).
    pub has_script: bool,
    /// Whether the file says where in its script the function begins. Of a script that was unloaded V8 knows neither that nor its url.
    pub has_line: bool,
}

/// Index of a category in [`Classify::categories`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CategoryId(pub u16);

/// A theme of the report that bytes are counted under, such as "JSON Parsing".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Stable identifier, such as `json-parsing`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Lines that say what a large share of this category means.
    pub analysis: Vec<String>,
    /// Whether what it allocates is its caller's matter: built-ins of the language say nothing of why they are called.
    pub follows_cause: bool,
}

/// What a call frame belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class<'a> {
    /// Whose code it is.
    pub kind: FrameKind,
    /// Name of the package, such as `leoric`, `(app)`, `(native)`, `node:buffer`.
    pub package: Cow<'a, str>,
    /// The package's version where the url tells it.
    pub version: Option<Cow<'a, str>>,
    /// The category its bytes are counted under.
    pub category: CategoryId,
}

impl Class<'_> {
    /// The same, borrowing nothing from the frame.
    pub fn into_owned(self) -> Class<'static> {
        Class {
            package: Cow::Owned(self.package.into_owned()),
            version: self.version.map(|version| Cow::Owned(version.into_owned())),
            ..self
        }
    }
}

/// Decides what call frames belong to. It is asked once for each distinct call frame.
///
/// # Panics
///
/// What reads profiles panics where the category of an answer is none of [`Classify::categories`].
pub trait Classify: Sync {
    /// What `frame` belongs to.
    fn classify<'a>(&self, frame: RawFrame<'a>) -> Class<'a>;

    /// All categories, indexed by [`CategoryId`].
    fn categories(&self) -> &[Category];
}
