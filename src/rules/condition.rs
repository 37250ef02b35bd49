//! What a call frame must have for a rule to fit.

use super::error::RuleError;
use super::pattern::Pattern;
use super::table::{Table, Value};
use crate::profile::FrameKind;

/// What rules see of a call frame.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Whose code it is.
    pub kind: FrameKind,
    /// Name of the package.
    pub package: &'a str,
    /// The url; a core module has its `node:` name whatever Node wrote the file.
    pub url: &'a str,
    /// The function's name; empty for an anonymous one.
    pub function: &'a str,
    /// Whether it is known where in its script the function begins.
    pub has_line: bool,
}

/// What a call frame must have; an empty list is: anything.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    package: Box<[Pattern]>,
    url: Box<[Pattern]>,
    function: Box<[Pattern]>,
    kinds: Box<[FrameKind]>,
    has_line: Option<bool>,
}

fn any_fits(patterns: &[Pattern], name: &str) -> bool {
    patterns.iter().any(|pattern| pattern.fits(name))
}

impl Condition {
    /// Keys of a table that it is read from.
    pub(super) const KEYS: [&str; 5] = ["package", "url", "function", "kind", "has_line"];

    /// Names of packages of which it demands one; none if it demands none.
    pub fn package(&self) -> &[Pattern] {
        &self.package
    }

    /// Names of functions of which it demands one; none if it demands none.
    pub fn function(&self) -> &[Pattern] {
        &self.function
    }

    /// Urls of which it demands one; none if it demands none.
    pub fn url(&self) -> &[Pattern] {
        &self.url
    }

    /// Whether a call frame has all of it.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        self.misfit(subject).is_none()
    }

    /// The first key that does not fit, if one does not.
    pub fn misfit(&self, subject: &Subject<'_>) -> Option<&'static str> {
        let fit = |patterns: &[Pattern], name: &str| patterns.is_empty() || any_fits(patterns, name);
        if !self.is_of_kind(subject) {
            Some("kind")
        } else if !self.fits_line(subject) {
            Some("has_line")
        } else if !fit(&self.package, subject.package) {
            Some("package")
        } else if !fit(&self.url, subject.url) {
            Some("url")
        } else if !fit(&self.function, subject.function) {
            Some("function")
        } else {
            None
        }
    }

    /// Whether a call frame has all of it, where its package is known to fit.
    pub fn fits_beside_package(&self, subject: &Subject<'_>) -> bool {
        (self.function.is_empty() || any_fits(&self.function, subject.function)) && self.fits_beside_function(subject)
    }

    /// Whether a call frame has all of it, where its package and its function are known to fit.
    pub fn fits_beside_function(&self, subject: &Subject<'_>) -> bool {
        (self.url.is_empty() || any_fits(&self.url, subject.url)) && self.fits_beside_names(subject)
    }

    /// Whether a call frame has all of it, where its names are known to fit.
    pub fn fits_beside_names(&self, subject: &Subject<'_>) -> bool {
        self.is_of_kind(subject) && self.fits_line(subject)
    }

    fn is_of_kind(&self, subject: &Subject<'_>) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&subject.kind)
    }

    fn fits_line(&self, subject: &Subject<'_>) -> bool {
        self.has_line.is_none_or(|wanted| wanted == subject.has_line)
    }

    /// What of it fits, as it is written: `package = "koa-*"`.
    pub fn reasons(&self, subject: &Subject<'_>) -> String {
        let names = [
            ("package", self.package(), subject.package),
            ("url", self.url(), subject.url),
            ("function", self.function(), subject.function),
        ];
        let fits = |(key, patterns, name): (&str, &[Pattern], &str)| {
            patterns.iter().find(|pattern| pattern.fits(name)).map(|pattern| format!("{key} = {pattern}"))
        };
        let kind = self.kinds.contains(&subject.kind).then(|| format!("kind = \"{}\"", subject.kind.name()));
        let line = self.has_line.filter(|&wanted| wanted == subject.has_line).map(|line| format!("has_line = {line}"));
        names.into_iter().filter_map(fits).chain(kind).chain(line).collect::<Vec<_>>().join(", ")
    }

    /// Whether it names the frame's package; if it names no package, its function; if neither, its url.
    pub fn is_named(&self, subject: &Subject<'_>) -> bool {
        match (self.package(), self.function()) {
            ([], []) => any_fits(&self.url, subject.url),
            ([], functions) => any_fits(functions, subject.function),
            (packages, _) => any_fits(packages, subject.package),
        }
    }

    /// Reads a condition. One that names nothing would fit everything, so it is a mistake.
    pub(super) fn read(table: Table<'_, '_>) -> Result<Self, RuleError> {
        let list = |key| table.get(key).map(patterns).transpose().map(Option::unwrap_or_default);
        let kinds = |value: Value<'_, '_>| value.one_or_more()?.into_iter().map(|kind| kind.word(&KINDS)).collect();
        let condition = Self {
            package: list("package")?,
            url: list("url")?,
            function: list("function")?,
            kinds: table.get("kind").map(kinds).transpose()?.unwrap_or_default(),
            has_line: table.get("has_line").map(Value::boolean).transpose()?,
        };
        let names = condition.package.len() + condition.url.len() + condition.function.len() + condition.kinds.len();
        match names {
            0 => {
                Err(table
                    .fail("an empty rule; it needs one or more of `package`, `url`, `function`, `kind`".to_owned()))
            }
            _ => Ok(condition),
        }
    }
}

const KINDS: [(&str, FrameKind); 6] = [
    ("app", FrameKind::App),
    ("dependency", FrameKind::Dependency),
    ("core", FrameKind::Core),
    ("native", FrameKind::Native),
    ("generated", FrameKind::Generated),
    ("unknown", FrameKind::Unknown),
];

fn patterns(value: Value<'_, '_>) -> Result<Box<[Pattern]>, RuleError> {
    value.one_or_more()?.into_iter().map(pattern).collect()
}

fn pattern(value: Value<'_, '_>) -> Result<Pattern, RuleError> {
    if value.is_table() {
        let expression = value.inner_table(&["regex"])?.required("regex")?;
        return Pattern::regex(expression.text()?).map_err(|message| expression.fail(message));
    }
    let text = value.text().map_err(|mut error| {
        error.message = error.message.replace("a text,", "a text, `{ regex = \"…\" }` or a list of these,");
        error
    })?;
    Pattern::parse(text).map_err(|message| value.fail(message))
}
