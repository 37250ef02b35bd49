//! What a call frame belongs to: the package that its url names, and the category (theme of the report)
//! that its bytes are counted under.
//!
//! * `package` tells whose code a frame is from its url; `node_modules` reads the folders of the package managers, `cdn` what
//!   CDNs have in their place.
//! * `matcher` finds the category of a frame by the rules in force; `explain` says how it came to that.
//!
//! A [`Classifier`] is asked once for each distinct call frame, while the frame is interned.

mod cdn;
mod explain;
mod matcher;
mod node_modules;
mod package;
#[cfg(test)]
mod tests;

use crate::profile::{Category, Class, Classify, RawFrame};
use crate::rules::{RuleError, Rules, Subject};
use std::fmt;

pub use explain::{Explanation, Verdict, Weighed};
pub use package::is_below;

/// Finds the package and the category of call frames by rules.
pub struct Classifier {
    rules: Rules,
    matcher: matcher::Matcher,
    /// Beginnings of urls below which all code is the application's.
    application: Vec<String>,
}

impl fmt::Debug for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classifier")
            .field("rules", &self.rules)
            .field("application", &self.application)
            .finish_non_exhaustive()
    }
}

impl Classifier {
    /// A classifier with these rules.
    pub fn new(rules: Rules) -> Self {
        Self { matcher: matcher::Matcher::new(rules.match_rules()), rules, application: Vec::new() }
    }

    /// A classifier with the built-in rules. It fails only if a pack in the program is wrong, which the tests rule out.
    pub fn builtin() -> Result<Self, RuleError> {
        Rules::builtin().map(Self::new)
    }

    /// The same, but code whose url is below one of `prefixes` is the application's.
    pub fn with_application(mut self, prefixes: Vec<String>) -> Self {
        self.application = prefixes;
        self
    }

    fn origin<'a>(&self, frame: RawFrame<'a>) -> package::Origin<'a> {
        match self.application.iter().any(|prefix| package::is_below(frame.url, prefix)) {
            true => package::application(frame.url),
            false => package::origin(frame),
        }
    }

    /// The rules in force.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }
}

/// What rules see of a frame.
fn subject<'a>(frame: RawFrame<'a>, origin: &'a package::Origin<'_>) -> Subject<'a> {
    Subject {
        kind: origin.kind,
        package: &origin.package,
        url: &origin.location,
        function: frame.function,
        has_line: frame.has_line,
    }
}

impl Classify for Classifier {
    fn classify<'a>(&self, frame: RawFrame<'a>) -> Class<'a> {
        let origin = self.origin(frame);
        let rules = self.rules.match_rules();
        let first = self.matcher.first(rules, &subject(frame, &origin));
        let category = first.map_or(self.rules.other(), |number| rules[number].category);
        Class { kind: origin.kind, package: origin.package, version: origin.version, category }
    }

    fn categories(&self) -> &[Category] {
        self.rules.categories()
    }
}
