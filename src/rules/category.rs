//! Reads `[[category]]`: what a category is called, what its size means, and what is counted under it.

use super::condition::Condition;
use super::error::RuleError;
use super::table::{Table, Value};
use crate::profile::CategoryId;

/// A rule that leads to a category.
#[derive(Debug)]
pub struct MatchRule {
    /// The category that a frame is counted under if this is the first rule that fits.
    pub category: CategoryId,
    /// What the frame must have.
    pub condition: Condition,
    /// Rules with a higher one are tried before.
    pub precedence: i32,
    /// Where it is written: an index of the files in force.
    pub(super) source: usize,
    /// At which byte of that file.
    pub(super) offset: usize,
}

/// Precedence of rules that name none.
pub(super) const BUILTIN_PRECEDENCE: i32 = 50;
/// The same in a user's file: before what is built in.
pub(super) const USER_PRECEDENCE: i32 = 100;

/// A category as it is written; what is `None` is not mentioned.
pub(super) struct CategoryDraft<'d> {
    pub(super) id: &'d str,
    pub(super) name: Option<&'d str>,
    pub(super) analysis: Option<Vec<String>>,
    pub(super) target: Option<f64>,
    pub(super) precedence: Option<i32>,
    pub(super) follows_cause: Option<bool>,
    pub(super) rules: Vec<RuleDraft>,
    pub(super) replace: bool,
}

/// A rule as it is written.
pub(super) struct RuleDraft {
    pub(super) condition: Condition,
    pub(super) precedence: Option<i32>,
    pub(super) offset: usize,
}

const KEYS: [&str; 8] = ["id", "name", "analysis", "target", "precedence", "follows_cause", "match", "replace"];
const RULE_KEYS: [&str; 6] = ["package", "url", "function", "kind", "has_line", "precedence"];

impl<'d> CategoryDraft<'d> {
    /// Reads an element of `category`, and gives its table for mistakes that only the whole shows.
    pub(super) fn read<'t>(value: Value<'d, 't>) -> Result<(Self, Table<'d, 't>), RuleError> {
        let table = value.table("category", &KEYS)?;
        let rules = |value: Value<'d, 't>| value.list()?.into_iter().map(rule).collect::<Result<Vec<_>, RuleError>>();
        let draft = Self {
            id: table.required("id")?.id()?,
            name: table.get("name").map(Value::line).transpose()?,
            analysis: table.get("analysis").map(lines).transpose()?,
            target: table.get("target").map(Value::fraction).transpose()?,
            precedence: table.get("precedence").map(precedence).transpose()?,
            follows_cause: table.get("follows_cause").map(Value::boolean).transpose()?,
            rules: table.get("match").map(rules).transpose()?.unwrap_or_default(),
            replace: table.get("replace").map(Value::boolean).transpose()?.unwrap_or(false),
        };
        Ok((draft, table))
    }
}

fn rule(value: Value<'_, '_>) -> Result<RuleDraft, RuleError> {
    let table = value.table("category.match", &RULE_KEYS)?;
    Ok(RuleDraft {
        condition: Condition::read(table)?,
        precedence: table.get("precedence").map(precedence).transpose()?,
        offset: value.offset(),
    })
}

fn precedence(value: Value<'_, '_>) -> Result<i32, RuleError> {
    value.integer(-1000..=1000).map(|number| number as i32)
}

fn lines(value: Value<'_, '_>) -> Result<Vec<String>, RuleError> {
    value.list()?.into_iter().map(|line| line.line().map(str::to_owned)).collect()
}

/// Reads the conditions of a recommendation: which part of its category it speaks of.
pub(super) fn parts(value: Value<'_, '_>) -> Result<Vec<Condition>, RuleError> {
    conditions(value, "recommendation.match")
}

/// Reads conditions, which stand at this path of keys.
pub(super) fn conditions(list: Value<'_, '_>, path: &'static str) -> Result<Vec<Condition>, RuleError> {
    list.list()?.into_iter().map(|value| Condition::read(value.table(path, &Condition::KEYS)?)).collect()
}
