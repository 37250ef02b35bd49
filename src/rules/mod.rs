//! Rules: which categories there are, what is counted under them, and what to do about it.
//!
//! Rules are TOML. Packs for well-known libraries are built in (`packs/`, plain data); a user's files extend and override
//! them by id. docs/rules.md tells the format to users.
//!
//! * `tree` is the parsed TOML; that of the packs is part of the program. `table` walks it so that each mistake (`error`) knows its place, its
//!   key, and what is allowed.
//! * `category` and `recommendation` are the two things that a file lists; `condition` and `pattern` are what they match by, `scope` which functions a
//!   recommendation speaks of, `occasion` where a piece of advice is told, `template` the texts with places that a profile fills. `check_rule` is what `heapsift check` holds, `former` how categories were called.
//! * `load` puts the files in force together.
//!
//! Matching is done by `classify`. Advice of a built-in pack is read when it is asked for: most of it is about libraries that a profile does not
//! have.

#[cfg(test)]
mod advice_tests;
mod builtin;
mod category;
mod check_rule;
mod condition;
mod error;
mod former;
mod load;
mod occasion;
mod pattern;
mod recommendation;
mod scope;
pub(crate) mod table;
mod template;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use crate::profile::{Category, CategoryId};

pub use category::MatchRule;
pub use check_rule::{Allowance, CheckRule, CheckRuleError, CheckSubject};
pub use condition::{Condition, Subject};
pub use error::RuleError;
pub(crate) use error::nearest;
pub(crate) use former::{called_now, message as called_otherwise};
pub use occasion::Occasion;
pub use pattern::Pattern;
pub use recommendation::{Action, AdviceItem, Effort, Recommendation, Saves, Saving, Urgency};
pub use scope::{AnyOf, Scope};
use table::Document;
pub use template::{Piece, Placeholder, Template};
use tree::Item;

/// The category of everything that no rule names.
pub const OTHER: &str = "other";

/// A file of rules.
#[derive(Clone, Debug)]
pub struct RulesFile {
    /// Its name in messages.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// The rules in force.
pub struct Rules {
    sources: Vec<Source>,
    categories: Vec<Category>,
    details: Vec<Details>,
    rules: Vec<MatchRule>,
    checks: Vec<CheckRule>,
    other: CategoryId,
    notes: Vec<RuleError>,
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("categories", &self.categories.len())
            .field("rules", &self.rules.len())
            .finish_non_exhaustive()
    }
}

/// A file in force.
struct Source {
    name: Cow<'static, str>,
    text: Cow<'static, str>,
    advice: Vec<Listed>,
}

impl Source {
    fn document(&self) -> Document<'_> {
        Document { name: &self.name, text: &self.text }
    }
}

/// A recommendation that a file lists.
enum Listed {
    Read(Recommendation),
    /// One of a built-in pack is read when it is asked for.
    Unread {
        category: CategoryId,
        item: Item<'static>,
        read: OnceLock<Recommendation>,
    },
}

impl Listed {
    fn category(&self) -> CategoryId {
        match self {
            Self::Read(recommendation) => recommendation.category,
            Self::Unread { category, .. } => *category,
        }
    }
}

/// What is known of a category beside what reports show of it.
struct Details {
    /// The file that defines it.
    source: usize,
    target: Option<f64>,
}

/// Where a rule is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin<'r> {
    /// The file.
    pub file: &'r str,
    /// Line, from 1; none of a built-in file, which nobody has to edit.
    pub line: Option<usize>,
}

impl Rules {
    /// The built-in rules. It fails only if a pack in the program is wrong, which the tests rule out.
    pub fn builtin() -> Result<Self, RuleError> {
        Self::with(Vec::new())
    }

    /// The built-in rules and those of `files`, of which later ones override earlier ones.
    pub fn with(files: Vec<RulesFile>) -> Result<Self, RuleError> {
        load::load(files)
    }

    /// All categories, indexed by [`CategoryId`].
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The category of everything that no rule names.
    pub fn other(&self) -> CategoryId {
        self.other
    }

    /// The share of a profile that a category should have at most, where a rule says so.
    pub fn target(&self, category: CategoryId) -> Option<f64> {
        self.details.get(usize::from(category.0))?.target
    }

    /// The texts that they were read from, in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| &*source.text)
    }

    /// The rules that lead to categories, in order of precedence: the first that fits a call frame has it.
    pub fn match_rules(&self) -> &[MatchRule] {
        &self.rules
    }

    /// Where the files name categories as these were called in earlier versions: that is understood, and worth a warning.
    pub fn notes(&self) -> &[RuleError] {
        &self.notes
    }

    /// What `heapsift check` is to hold, as the files say.
    pub fn checks(&self) -> &[CheckRule] {
        &self.checks
    }

    /// Whether the category that a rule of `heapsift check` names is in force; what to say if it is not.
    pub fn knows_subject(&self, rule: &CheckRule) -> Result<(), String> {
        rule.is_of_known(&self.categories)
    }

    /// Where a rule is written.
    pub fn origin(&self, rule: &MatchRule) -> Origin<'_> {
        let source = &self.sources[rule.source];
        let is_builtin = rule.source < builtin::PACKS.len();
        let line = (!is_builtin).then(|| source.text[..rule.offset].matches('\n').count() + 1);
        Origin { file: &source.name, line }
    }

    /// The file that a category is first defined in.
    pub fn source_of(&self, category: CategoryId) -> &str {
        &self.sources[self.details[usize::from(category.0)].source].name
    }

    /// What to do about these categories.
    pub fn recommendations_for(&self, categories: &[CategoryId]) -> Result<Vec<&Recommendation>, RuleError> {
        let mut wanted = vec![false; self.categories.len()];
        for id in categories {
            if let Some(wanted) = wanted.get_mut(usize::from(id.0)) {
                *wanted = true;
            }
        }
        self.advice(|category| wanted[usize::from(category.0)])
    }

    /// All recommendations.
    pub fn recommendations(&self) -> Result<Vec<&Recommendation>, RuleError> {
        self.advice(|_| true)
    }

    fn advice(&self, is_wanted: impl Fn(CategoryId) -> bool) -> Result<Vec<&Recommendation>, RuleError> {
        let mut found = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            for listed in source.advice.iter().filter(|listed| is_wanted(listed.category())) {
                found.push(load::recommendation(self, index, listed)?);
            }
        }
        Ok(found)
    }
}
