//! Which categories are over their budget, and the list of things to do.

use std::cmp::Reverse;

use super::super::correlation::CategoryPair;
use super::super::doctor::too_few_samples;
use super::super::report::Report;
use super::super::share::Share;
use super::joint::{self, Joint};
use super::savings::{SizeRange, divide, millionths};
use super::{Brings, Recommended, alone};
use crate::profile::{CategoryId, FrameId};
use crate::rules::{Action, Recommendation, Rules, Saves, Urgency};

/// Recommendations that a row of the budget names.
const NAMED: usize = 2;
/// What saves less at most is nothing to do.
pub(super) const TRIFLE: u64 = 64 << 10;
/// What saves less in the middle is not urgent, however small the profile is.
const URGENT: u64 = 128 << 10;

/// A category that is larger than it should be.
#[derive(Clone, Debug)]
pub struct BudgetRow {
    /// The category.
    pub category: CategoryId,
    /// Its share of the profile.
    pub current: Share,
    /// The share that it should have at most.
    pub target: Share,
    /// Bytes that are too many.
    pub reduction: u64,
    /// Which recommendations lead there (indices), the most rewarding first; none where no rule has a word for it.
    pub by: Vec<usize>,
    /// Its largest function.
    pub largest: Option<FrameId>,
}

/// Something to do.
#[derive(Clone, Debug)]
pub struct Task<'a> {
    /// How urgent it is.
    pub urgency: Urgency,
    /// What the rule says of it.
    pub action: &'a Action,
    /// The recommendation that it belongs to (an index): of several that have it in the same words the one that saves most.
    pub recommendation: usize,
    /// What it saves beside all others; the things to do of recommendations never save more than these. What is the only one saves what it saves alone.
    pub saving: SizeRange,
    /// What it saves where it alone is done; of equally urgent things what saves more so comes first.
    pub alone: SizeRange,
    /// Where other things, which follow it, are to be done in the same function: all of them together.
    pub joint: Option<Joint>,
    /// Whether it is one of these others.
    pub is_part: bool,
}

impl Task<'_> {
    /// Whether it alone saves so much more than beside the others that it is worth a word.
    pub fn saves_more_alone(&self) -> bool {
        alone::is_telling(self.alone, self.saving)
    }
}

/// The categories that are above the target of the rules, the largest first; but not those whose recommendations (of those `known`) have nothing to say here, or save no
/// bytes: what is large there is another's matter, or cannot be smaller.
pub(super) fn budget(
    report: &Report<'_>,
    rules: &Rules,
    known: &[&Recommendation],
    recommendations: &[Recommended<'_>],
) -> Vec<BudgetRow> {
    const WHOLE: u64 = 1_000_000;
    let total = report.total_size();
    let rows = report.with_bytes(report.categories()).iter().filter_map(|row| {
        let target = millionths(rules.target(row.id)?);
        let allowed = u64::try_from(u128::from(total) * u128::from(target) / u128::from(WHOLE)).unwrap_or(u64::MAX);
        let is_known = known.iter().any(|rule| rule.category == row.id);
        let saves_bytes = |told: &Recommended<'_>| told.rule.category == row.id && told.brings.is_bytes();
        if is_known && !recommendations.iter().any(saves_bytes) {
            return None;
        }
        let leads_there = |told: &Recommended<'_>| saves_bytes(told) && told.rule.budget.is_some();
        let by = (0..).zip(recommendations).filter(|(_, told)| leads_there(told));
        (row.sums.self_size > allowed).then(|| BudgetRow {
            category: row.id,
            current: row.share,
            target: Share::of(target, WHOLE),
            reduction: row.sums.self_size - allowed,
            by: by.map(|(index, _)| index).take(NAMED).collect(),
            largest: report.functions_of(row).first().copied(),
        })
    });
    rows.collect()
}

/// Whether bytes are fewer than so many, where it is known what they are worth: a file that does not tell its interval may be a part of one, or made by hand.
fn is_little(report: &Report<'_>, bytes: u128, limit: u64) -> bool {
    report.sampling().interval.is_some() && bytes < u128::from(limit)
}

/// Whether a saving is something to work on: not by a few samples, and not some KB.
pub(super) fn is_worth_it(report: &Report<'_>, saving: SizeRange, may_be_chance: bool) -> bool {
    saving.high > 0 && !is_little(report, u128::from(saving.high), TRIFLE) && !may_be_chance
}

/// What to do, the most urgent first, what is not sure to bring anything last; of equally urgent things what alone brings more, then what costs less.
/// Things that are the same in words are one. What is made again and again is what to begin with where a CPU profile shows that it takes more than half of the time.
pub(super) fn tasks<'a>(report: &Report<'a>, recommendations: &[Recommended<'a>]) -> Vec<Task<'a>> {
    let is_sure = |row: &Recommended<'_>| row.brings != Brings::BytesIfSeveral;
    let takes_most_time = |row: &Recommended<'_>| {
        let id = &report.category(row.rule.category).id;
        let is_it = |pair: &&CategoryPair<'_>| pair.category.id == *id && pair.takes_most_time();
        report.correlation().is_some_and(|beside| beside.order_of_work().iter().any(is_it))
    };
    let is_repeated: Vec<bool> =
        recommendations.iter().map(|row| row.rule.saves == Saves::Repetition && takes_most_time(row)).collect();
    let mut tasks: Vec<Task<'a>> = Vec::new();
    for (number, row) in recommendations.iter().enumerate() {
        let rule = row.rule;
        let parts: Vec<(f64, f64)> = rule.actions.iter().map(|action| action.saving).collect();
        let divided = |whole| divide(whole, (rule.saving.low, rule.saving.high), &parts);
        let savings = divided(row.saving);
        // The first is what the rule is about: what is made below its functions goes with that.
        let alone = divided(row.alone).into_iter().take(1).chain(savings.iter().copied().skip(1));
        let told = rule.actions.iter().zip(savings.iter().copied().zip(alone));
        for (action, (saving, alone)) in told.filter(|(_, (saving, _))| is_worth_it(report, *saving, row.may_be_chance))
        {
            let told = Task {
                urgency: Urgency::P2,
                action,
                recommendation: number,
                saving,
                alone,
                joint: None,
                is_part: false,
            };
            let is_same = |task: &&mut Task<'_>| task.recommendation != number && task.action.text == action.text;
            let Some(task) = tasks.iter_mut().find(is_same) else {
                tasks.push(told);
                continue;
            };
            // Of what is sure and what is not the first is told.
            match (is_sure(&recommendations[task.recommendation]), is_sure(row)) {
                (true, true) | (false, false) => {
                    let take_in = rule.takes_in || recommendations[task.recommendation].rule.takes_in;
                    task.saving = task.saving.and(saving);
                    task.alone = together_alone(report, task.saving, (task.alone, alone), take_in);
                }
                (false, true) => *task = told,
                (true, false) => {}
            }
        }
    }
    alone::of_the_only_one(tasks.iter_mut().map(|task| (&mut task.saving, task.alone)));
    let most_urgent = if too_few_samples(report).is_some() { Urgency::P1 } else { Urgency::P0 };
    for task in &mut tasks {
        let urgency_of = |task: &Task<'_>| match is_sure(&recommendations[task.recommendation]) {
            _ if is_repeated[task.recommendation] => Urgency::P0,
            true => task.action.urgency.unwrap_or_else(|| urgency(report, task.saving, task.action)),
            false => Urgency::P2, // it is to be seen first whether there is anything to save
        };
        task.urgency = urgency_of(task).max(most_urgent);
    }
    tasks.sort_by_key(|task| {
        let is_sure = is_sure(&recommendations[task.recommendation]);
        (
            task.urgency,
            !is_repeated[task.recommendation],
            !is_sure,
            Reverse(task.alone.twice_the_middle()),
            task.action.effort,
        )
    });
    joint::joined(report, recommendations, tasks)
}

/// What two recommendations that say the same save alone, of what they save beside others and what each saves alone. Of what they take in nobody knows that it is not the
/// same, so of these the one that reaches further counts.
fn together_alone(report: &Report<'_>, beside: SizeRange, alone: (SizeRange, SizeRange), take_in: bool) -> SizeRange {
    let sum = alone.0.and(alone.1);
    let end = |end: fn(SizeRange) -> u64| match take_in {
        true => end(beside.or(alone.0).or(alone.1)),
        false => end(sum).min(report.total_size()),
    };
    SizeRange { low: end(|range| range.low), high: end(|range| range.high) }
}

/// How urgent a thing to do is that saves so much and costs so much:
///
/// | middle of what it saves | low effort | medium | high |
/// |---|---|---|---|
/// | 10 % of the profile or more | P0 | P0 | P1 |
/// | 3 % or more | P0 | P1 | P2 |
/// | 1 % or more | P1 | P2 | P2 |
/// | less, or less than 128 KB | P2 | P2 | P2 |
fn urgency(report: &Report<'_>, saving: SizeRange, action: &Action) -> Urgency {
    if is_little(report, saving.twice_the_middle(), 2 * URGENT) {
        return Urgency::P2;
    }
    let total = u128::from(report.total_size());
    let is_at_least = |percent: u128| saving.twice_the_middle() * 100 >= 2 * total * percent;
    let step = match () {
        () if is_at_least(10) => 0,
        () if is_at_least(3) => 1,
        () if is_at_least(1) => 2,
        () => 3,
    };
    match step + action.effort as usize {
        0 | 1 => Urgency::P0,
        2 => Urgency::P1,
        _ => Urgency::P2,
    }
}
