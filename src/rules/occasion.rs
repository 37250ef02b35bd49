//! Where a piece of advice is told: by the functions that its recommendation speaks of in a profile, and by what stands around them.

use super::error::RuleError;
use super::scope::AnyOf;
use super::table::{Table, Value};

/// What a profile must show for a piece of advice to be given; nothing, where nothing is asked for.
#[derive(Clone, Debug, Default)]
pub struct Occasion {
    /// What a function is that the recommendation speaks of.
    pub part: AnyOf,
    /// What the largest of these functions directly call.
    pub calls: AnyOf,
    /// What directly calls them.
    pub called_by: AnyOf,
    /// Whether most of what was sampled must be larger than the sampling interval: lists and texts, not small objects.
    pub is_large: bool,
}

impl Occasion {
    /// Keys of a table that it is read from.
    pub(super) const KEYS: [&str; 4] = ["match", "calls", "called_by", "large"];

    /// Whether anything is asked for.
    pub fn is_asked(&self) -> bool {
        self.is_large || [&self.part, &self.calls, &self.called_by].into_iter().any(AnyOf::is_asked)
    }

    pub(super) fn read(table: Table<'_, '_>) -> Result<Self, RuleError> {
        Ok(Self {
            part: AnyOf::read(table, "match", "recommendation.advice.match")?,
            calls: AnyOf::read(table, "calls", "recommendation.advice.calls")?,
            called_by: AnyOf::read(table, "called_by", "recommendation.advice.called_by")?,
            is_large: table.get("large").map(Value::boolean).transpose()?.unwrap_or(false),
        })
    }
}
