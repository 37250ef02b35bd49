//! What a call frame belongs to: the package that its url names, and the category (theme of the report)
//! that its bytes are counted under.
//!
//! * `package` tells whose code a frame is from its url; `node_modules` reads the folders of the package managers.
//! * `rules` loads a pack of rules in TOML; `matcher` finds the category of a frame by them.
//! * `builtin.toml` is the pack that is built in. It is plain data: a new package of a known kind is one word there.
//!
//! A [`Classifier`] is asked once for each distinct call frame, while the frame is interned.

mod matcher;
mod node_modules;
mod package;
mod rules;
#[cfg(test)]
mod tests;

use crate::profile::{Category, Class, Classify, RawFrame};

pub use rules::RuleError;

/// Finds the package and the category of call frames by a pack of rules.
pub struct Classifier {
    rules: rules::RuleSet,
}

impl Classifier {
    /// A classifier with the built-in rules. It fails only if the pack in the program is wrong, which the tests rule out.
    pub fn builtin() -> Result<Self, RuleError> {
        Self::from_toml(include_str!("builtin.toml"))
    }

    /// A classifier with the rules of `pack`, and none besides.
    pub fn from_toml(pack: &str) -> Result<Self, RuleError> {
        let rules = rules::load(pack)?;
        Ok(Self { rules })
    }
}

impl Classify for Classifier {
    fn classify<'a>(&self, frame: RawFrame<'a>) -> Class<'a> {
        let origin = package::origin(frame);
        let category = self.rules.category_of(frame.function, &origin);
        Class { kind: origin.kind, package: origin.package, version: origin.version, category }
    }

    fn categories(&self) -> &[Category] {
        self.rules.categories()
    }
}
