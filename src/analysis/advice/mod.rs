//! What to do about it: recommendations in the order of what they bring, a budget, and a list of things to do.
//!
//! Rules say what can be done about which functions, and what part of their bytes that saves; this says how much it is here (`savings`) and
//! what it is founded on (`evidence`). Texts stay templates with places: a format fills them, since it knows how to quote names.

mod alone;
mod answers;
mod brings;
mod callers;
mod evidence;
mod plan;
mod savings;
mod standing;
#[cfg(test)]
mod tests;
mod unadvised;

use std::cmp::Reverse;

use super::report::Report;
use super::rows::{CategoryRow, Summed};
use crate::profile::CategoryId;
use crate::rules::{Recommendation, RuleError, Rules};
use callers::Callers;
use evidence::{Candidates, Matched};

pub use answers::Answers;
pub use brings::Brings;
pub use evidence::Evidence;
pub use plan::{BudgetRow, Task};
pub use savings::SizeRange;
pub use unadvised::Unadvised;

/// What to do about a profile; all of it empty where no rules were asked.
#[derive(Debug, Default)]
pub struct Advice<'a> {
    /// What can be done, the most rewarding first.
    pub recommendations: Vec<Recommended<'a>>,
    /// Categories that are larger than they should be, the largest first.
    pub budget: Vec<BudgetRow>,
    /// Things to do, the most urgent first.
    pub tasks: Vec<Task<'a>>,
    /// What no recommendation speaks of, where that is more than half of the profile.
    pub unadvised: Option<Unadvised>,
}

/// A recommendation for a profile.
#[derive(Clone, Debug)]
pub struct Recommended<'a> {
    /// The rule that makes it.
    pub rule: &'a Recommendation,
    /// Bytes of the functions that it speaks of.
    pub matched_size: u64,
    /// What it saves of them beside all other recommendations.
    pub saving: SizeRange,
    /// What it saves where it alone is followed: also of what others speak of, and of what is made below its functions. Never less than `saving`.
    pub alone: SizeRange,
    /// What that is: bytes of the profile, or something else that it does not show.
    pub brings: Brings,
    /// Whether so few samples are behind these bytes that they may be chance.
    pub may_be_chance: bool,
    /// What it is founded on.
    pub evidence: Evidence<'a>,
}

impl<'a> Advice<'a> {
    /// What the rules that classified a profile say about it. It fails only if a built-in pack is wrong, which the tests rule out.
    pub(super) fn new(report: &Report<'a>, rules: &'a Rules, answers: &mut Answers) -> Result<Self, RuleError> {
        let rows = report.categories();
        let ids: Vec<CategoryId> = rows.iter().map(|row| row.id).collect();
        let known = rules.recommendations_for(&ids)?;
        let callers = Callers::new(report);
        let mut recommendations: Vec<Recommended<'a>> = Vec::new();
        let mut told = vec![false; report.aggregate().frames.len()];
        for row in rows {
            let own = known.iter().copied().filter(|rule| rule.category == row.id);
            recommendations.extend(of_category(report, &callers, row, own, answers, &mut told));
        }
        sort(report, &mut recommendations);
        Ok(Self {
            budget: plan::budget(report, rules, &known, &recommendations),
            tasks: plan::tasks(report, &recommendations),
            unadvised: Unadvised::new(report, &told),
            recommendations,
        })
    }

    /// Bytes that are too many, in all categories that are over their budget.
    pub fn reduction(&self) -> u64 {
        self.budget.iter().map(|row| row.reduction).sum()
    }
}

impl Recommended<'_> {
    /// Whether it alone saves so much more than beside the others that it is worth a word.
    pub fn saves_more_alone(&self) -> bool {
        alone::is_telling(self.alone, self.saving)
    }

    /// What recommendations save together; of a profile never more than it has.
    pub fn together(rows: &[Self]) -> SizeRange {
        rows.iter().fold(SizeRange::default(), |sum, row| sum.and(row.saving))
    }
}

/// What can be done about a category; the functions that it speaks of are `told`. Only rules of one category share functions, so each is a matter of its own.
fn of_category<'a>(
    report: &Report<'a>,
    callers: &Callers,
    row: &CategoryRow<'a>,
    rules: impl Iterator<Item = &'a Recommendation>,
    answers: &mut Answers,
    told: &mut [bool],
) -> Vec<Recommended<'a>> {
    let objects = report.objects().which;
    let has_something_to_say = |rule: &&Recommendation| Brings::new(rule.saves, objects).is_some();
    let is_possible = |rule: &&Recommendation| Matched::is_possible(report, row, rule);
    let rules: Vec<_> = rules.filter(has_something_to_say).filter(is_possible).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let candidates = Candidates::new(report, callers, row, &mut answers.wrappers);
    let find = |rule| Matched::find(report, callers, row, &candidates, rule, answers.of(rule));
    // Whether a rule suits takes a look at all frames, so that is asked last.
    let suits = |matched: &Matched<'a>| Matched::suits(report, matched.rule);
    let mut matched: Vec<Matched<'a>> = rules.into_iter().filter_map(find).filter(suits).collect();
    // The special ones first; of equal ones those about what is held where only that is there; then in the order of the rules.
    matched.sort_by_key(|matched| {
        let (is_last, is_behind) = brings::turn(matched.rule.saves, objects);
        (is_last, matched.size, is_behind)
    });
    let aggregate = report.aggregate();
    let functions = report.functions_of(row);
    let whole: Vec<u64> = functions.iter().map(|id| id.sums(aggregate).actionable_size).collect();
    // What is left of each function, and what would be if all that was spoken of before was held several times over.
    let (mut left, mut unclaimed) = (whole.clone(), whole.clone());
    let recommended = |all: Matched<'a>| {
        let (is_last, _) = brings::turn(all.rule.saves, objects);
        let brings = Brings::new(all.rule.saves, objects)?;
        let fractions = brings.fractions(all.rule);
        let matched = all.without_taken(report, &unclaimed, &whole, !is_last)?;
        let saving = savings::take(&mut left, &matched.places, fractions);
        if brings.is_bytes() {
            savings::take(&mut unclaimed, &matched.places, (0.0, matched.rule.saving.high));
        }
        if saving.high == 0 && brings.is_bytes() {
            return None;
        }
        for &place in &matched.places {
            told[functions[place].0 as usize] = true;
        }
        Some(Recommended {
            rule: matched.rule,
            matched_size: matched.size,
            saving,
            alone: alone::saving(report, callers, (&all, &matched), functions, fractions),
            brings,
            may_be_chance: report.sampling().rests_on_hardly_any(matched.size),
            evidence: matched.evidence(report, callers, row),
        })
    };
    matched.into_iter().filter_map(recommended).collect()
}

/// What alone brings the most comes first, behind it what may be chance and what brings no bytes. Of equal ones that which the CPU profile puts first in the order of
/// work, where there is one; then that which matches more. Otherwise the larger category decides, then the order of the rules.
fn sort(report: &Report<'_>, recommendations: &mut [Recommended<'_>]) {
    let order = report.correlation().map(|correlation| correlation.order_of_work()).unwrap_or_default();
    let work = |category: CategoryId| {
        let id = &report.category(category).id;
        order.iter().position(|row| row.category.id == *id).unwrap_or(order.len())
    };
    recommendations.sort_by_cached_key(|row| {
        let middle = row.alone.twice_the_middle();
        (middle == 0, row.may_be_chance, Reverse(middle), work(row.rule.category), Reverse(row.matched_size))
    });
}
