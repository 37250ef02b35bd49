//! Where a piece of advice is told: by the functions that its recommendation speaks of in a profile, and by what stands around them.

use super::error::RuleError;
use super::scope::AnyOf;
use super::table::{Table, Value};

/// What part of the bytes must be what a piece of advice is about, unless that says another: less would push out what is about more.
const LEAST: f64 = 0.1;

/// What a profile must show for a piece of advice to be given; nothing, where nothing is asked for.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// What a function is that the recommendation speaks of.
    pub part: AnyOf,
    /// What the largest of these functions directly call.
    pub calls: AnyOf,
    /// What they do not directly call.
    pub unless_calls: AnyOf,
    /// What directly calls them.
    pub called_by: AnyOf,
    /// What a frame of the profile is, with bytes or without.
    pub beside: AnyOf,
    /// What part of the bytes that the recommendation speaks of these functions, or stacks with what stands around them, must have at least.
    pub least: f64,
    /// Whether most of what was sampled must be larger than the sampling interval: lists and texts, not small objects.
    pub is_large: bool,
}

impl Occasion {
    /// Keys of a table that it is read from.
    pub(super) const KEYS: [&str; 7] = ["match", "calls", "unless_calls", "called_by", "beside", "least", "large"];

    /// Whether anything is asked for.
    pub fn is_asked(&self) -> bool {
        self.is_large
            || [&self.part, &self.calls, &self.unless_calls, &self.called_by, &self.beside]
                .into_iter()
                .any(AnyOf::is_asked)
    }

    pub(super) fn read(table: Table<'_, '_>) -> Result<Self, RuleError> {
        Ok(Self {
            part: AnyOf::read(table, "match", "recommendation.advice.match")?,
            calls: AnyOf::read(table, "calls", "recommendation.advice.calls")?,
            unless_calls: AnyOf::read(table, "unless_calls", "recommendation.advice.unless_calls")?,
            called_by: AnyOf::read(table, "called_by", "recommendation.advice.called_by")?,
            beside: AnyOf::read(table, "beside", "recommendation.advice.beside")?,
            least: table.get("least").map(Value::fraction).transpose()?.unwrap_or(LEAST),
            is_large: table.get("large").map(Value::boolean).transpose()?.unwrap_or(false),
        })
    }
}
