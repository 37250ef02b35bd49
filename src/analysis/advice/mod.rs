//! What to do about it: recommendations in the order of what they bring, a budget, and a list of things to do.
//!
//! Rules say what can be done about which functions, and what part of their bytes that saves; this says how much it is here (`savings`) and
//! what it is founded on (`evidence`). Texts stay templates with places: a format fills them, since it knows how to quote names.

mod alone;
mod answers;
mod brings;
mod callers;
mod evidence;
mod if_live;
mod inlined;
mod joint;
mod occasions;
mod plan;
mod program;
mod savings;
mod standing;
mod start;
#[cfg(test)]
mod tests;
mod told;
mod unadvised;

use std::cmp::Reverse;

use super::doctor::Objects;
use super::report::Report;
use super::rows::{CategoryRow, Summed};
use crate::profile::{CategoryId, FrameKind};
use crate::rules::{AdviceItem, Recommendation, RuleError, Rules, Saves};
use callers::Callers;
use evidence::{Candidates, Matched};
use occasions::Occasions;
use told::Told;

pub use answers::Answers;
pub use brings::Brings;
pub use evidence::Evidence;
pub use if_live::IfLive;
pub use joint::Joint;
pub use plan::{BudgetRow, Task};
pub use program::Program;
pub use savings::SizeRange;
pub use unadvised::{Largest, Unadvised};

/// What to do about a profile; all of it empty where no rules were asked.
#[derive(Debug, Default)]
pub struct Advice<'a> {
    /// What can be done, the most rewarding first.
    pub recommendations: Vec<Recommended<'a>>,
    /// Categories that are larger than they should be, the largest first.
    pub budget: Vec<BudgetRow>,
    /// Things to do, the most urgent first.
    pub tasks: Vec<Task<'a>>,
    /// Whether more than hardly anything is made at or below an application.
    pub has_application: bool,
    /// Whether call frames of the application are of sources that were compiled.
    pub has_sources: bool,
    /// What no recommendation speaks of, where that is more than half of the profile.
    pub unadvised: Option<Unadvised<'a>>,
    /// What would come first if all objects of the profile lived, where its samples leave that open: what is held.
    pub if_live: Option<Box<IfLive<'a>>>,
}

/// A recommendation for a profile.
#[derive(Clone, Debug)]
pub struct Recommended<'a> {
    /// The rule that makes it.
    pub rule: &'a Recommendation,
    /// The pieces of its advice that the profile asks for, the most effective first.
    pub items: Vec<&'a AdviceItem>,
    /// Bytes of the functions that it speaks of.
    pub matched_size: u64,
    /// What it saves of them beside all other recommendations.
    pub of_matched: SizeRange,
    /// The same, unless no other one has anything to save: then it is what it saves alone.
    pub saving: SizeRange,
    /// What it saves where it alone is followed: also of what others speak of, and of what is made below its functions. Never less than the other two.
    pub alone: SizeRange,
    /// What that is: bytes of the profile, or something else that it does not show.
    pub brings: Brings,
    /// Whether so few samples are behind these bytes that they may be chance.
    pub may_be_chance: bool,
    /// What it is founded on.
    pub evidence: Evidence<'a>,
    /// All functions that its rule fits, those included of which others speak: places in the list of its category.
    reach: Vec<usize>,
}

impl<'a> Advice<'a> {
    /// What the rules that classified a profile say about it. It fails only if a built-in pack is wrong, which the tests rule out.
    pub(super) fn new(report: &Report<'a>, rules: &'a Rules, answers: &mut Answers) -> Result<Self, RuleError> {
        answers.bring_in(report);
        let rows = report.categories();
        let ids: Vec<CategoryId> = rows.iter().map(|row| row.id).collect();
        let known = rules.recommendations_for(&ids)?;
        let callers = Callers::new(report, &known);
        let objects = report.objects();
        let asked = Asked { report, callers: &callers, known: &known };
        let (recommendations, told) = asked.recommendations(objects.which, answers);
        let is_open = matches!(objects.which, Objects::Unknown | Objects::Uncollected);
        let is_either = is_open && objects.samples.is_some();
        let if_live = is_either.then(|| asked.first_if_live(&recommendations, answers)).flatten();
        Ok(Self {
            budget: plan::budget(report, rules, &known, &recommendations),
            tasks: plan::tasks(report, &recommendations),
            has_application: callers.has_application(),
            has_sources: program::has_sources(report),
            unadvised: Unadvised::new(report, &callers, &told),
            if_live,
            recommendations,
        })
    }

    /// What all of it saves together; never more than the profile has. Each byte counts once, but it is never less than what one of them saves alone.
    pub fn together(&self) -> SizeRange {
        let rows = &self.recommendations;
        let sum = rows.iter().fold(SizeRange::default(), |sum, row| sum.and(row.of_matched));
        let alone = rows.iter().map(|row| row.alone).chain(self.tasks.iter().map(|task| task.alone));
        alone.fold(sum, SizeRange::or)
    }

    /// Bytes that are too many, in all categories that are over their budget.
    pub fn reduction(&self) -> u64 {
        self.budget.iter().map(|row| row.reduction).sum()
    }
}

impl<'a> Recommended<'a> {
    /// Whether it alone saves so much more than beside the others that it is worth a word.
    pub fn saves_more_alone(&self) -> bool {
        alone::is_telling(self.alone, self.saving)
    }

    /// The command that shows whether it applies: that of what is told first, where that has one of its own.
    pub fn verify(&self) -> Option<&'a str> {
        let of_first = self.items.first().and_then(|item| item.verify.as_deref());
        of_first.or(self.rule.verify.as_deref())
    }

    /// Whether what it saves is told of more than the functions that it speaks of.
    pub fn saves_more_than_matched(&self) -> bool {
        self.saving.high > self.matched_size || alone::is_telling(self.saving, self.of_matched)
    }

    /// Whether it speaks of a part of the functions that the other one fits, which are made again and again, and what it alone saves at least is more.
    fn is_surer_than(&self, other: &Self) -> bool {
        let is_bytes = self.brings == Brings::Bytes && other.brings == Brings::Bytes;
        let is_special = self.rule.category == other.rule.category && self.reach.len() < other.reach.len();
        let is_sure = self.rule.saves == Saves::Repetition && !self.may_be_chance && self.alone.low > other.alone.low;
        is_bytes && is_special && is_sure && self.reach.iter().all(|place| other.reach.contains(place))
    }

    /// What recommendations save beside all others.
    pub fn sum(rows: &[Self]) -> SizeRange {
        rows.iter().fold(SizeRange::default(), |sum, row| sum.and(row.of_matched))
    }
}

/// Who is asked about what.
struct Asked<'r, 'a> {
    report: &'r Report<'a>,
    callers: &'r Callers,
    /// The recommendations for the categories of the report.
    known: &'r [&'a Recommendation],
}

impl<'a> Asked<'_, 'a> {
    /// What can be done about a profile that has these objects, the most rewarding first, and what that speaks of.
    fn recommendations(&self, objects: Objects, answers: &mut Answers) -> (Vec<Recommended<'a>>, Told) {
        let (report, rows) = (self.report, self.report.categories());
        let mut told = Told::nothing(report.aggregate().frames.len(), report.known_stacks().len());
        let is_app = |row: &CategoryRow<'a>| {
            let frames = &report.aggregate().frames;
            report.functions_of(row).first().is_some_and(|&id| match frames.get(id).kind {
                FrameKind::App => true,
                // Of the application, as far as advice speaks of it.
                FrameKind::Generated => frames.line(id).is_none(),
                _ => false,
            })
        };
        let mut by_category: Vec<Vec<Recommended<'a>>> = rows.iter().map(|_| Vec::new()).collect();
        let mut known = self.known.to_vec();
        known.sort_by_key(|rule| rule.category);
        // What nobody else speaks of counts for the function of the application that asks for it, so these come last.
        for turn in [false, true] {
            for (row, recommended) in rows.iter().zip(&mut by_category).filter(|(row, _)| is_app(row) == turn) {
                let first = known.partition_point(|rule| rule.category < row.id);
                let own = known[first..].iter().copied().take_while(|rule| rule.category == row.id);
                *recommended = of_category(report, self.callers, row, own, objects, answers, &mut told);
            }
        }
        let mut recommendations: Vec<Recommended<'a>> = by_category.into_iter().flatten().collect();
        sort(report, &mut recommendations);
        let is_worth_it = |row: &&mut Recommended<'a>| plan::is_worth_it(report, row.saving, row.may_be_chance);
        // What others save, though that is not worth it, it does not.
        let nobodys = report.total_size().saturating_sub(Recommended::sum(&recommendations).high);
        alone::of_the_only_one(recommendations.iter_mut().filter(is_worth_it).map(|row| {
            let most = row.saving.high.saturating_add(nobodys);
            (&mut row.saving, row.alone.at_most(most))
        }));
        (recommendations, told)
    }

    /// What would come first if all objects lived, unless that stands first anyway, or is something else than what is held.
    fn first_if_live(&self, first: &[Recommended<'a>], answers: &mut Answers) -> Option<Box<IfLive<'a>>> {
        let (recommendations, _) = self.recommendations(Objects::Live, answers);
        let is_first = |row: &Recommended<'a>| first.first().is_some_and(|first| first.rule.id == row.rule.id);
        let is_held = |row: &Recommended<'a>| row.rule.saves == Saves::Held && row.saving.high >= plan::TRIFLE;
        let row = recommendations.into_iter().next()?;
        (is_held(&row) && !row.may_be_chance && !is_first(&row)).then(|| Box::new(IfLive::new(self.report, row)))
    }
}

/// What can be done about a category; the functions that it speaks of are `told`. Only rules of one category share functions, so each is a matter of its own.
fn of_category<'a>(
    report: &Report<'a>,
    callers: &Callers,
    row: &CategoryRow<'a>,
    rules: impl Iterator<Item = &'a Recommendation>,
    objects: Objects,
    answers: &mut Answers,
    told: &mut Told,
) -> Vec<Recommended<'a>> {
    let has_something_to_say = |rule: &&Recommendation| Brings::new(rule.saves, objects).is_some();
    let is_possible = |rule: &&Recommendation| Matched::is_possible(report, row, rule, answers);
    let rules: Vec<_> = rules.filter(has_something_to_say).filter(is_possible).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let candidates = Candidates::new(report, callers, row);
    let find = |rule| {
        let found = Matched::find(report, callers, row, &candidates, rule, answers);
        // Whether a rule suits takes a look at all frames, so that is asked last.
        found.filter(|_| Matched::suits(report, rule, answers))
    };
    let mut matched: Vec<Matched<'a>> = rules.into_iter().filter_map(find).collect();
    // Those that know what is behind the bytes first, then the special ones; of equal ones those about what is held where only that is there; then in the order of the rules.
    matched.sort_by_key(|matched| {
        let (is_last, is_behind) = brings::turn(matched.rule.saves, objects);
        (is_last, !matched.rule.scope.needs.is_asked(), matched.size, is_behind)
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
            told.add(functions[place]);
        }
        Some(Recommended {
            rule: matched.rule,
            items: Occasions { report, callers, matched: &matched, functions, answers }.told(),
            matched_size: matched.size,
            of_matched: saving,
            saving,
            alone: alone::saving(report, callers, (&all, &matched), functions, fractions, told),
            brings,
            may_be_chance: report.sampling().rests_on_hardly_any(matched.size),
            evidence: matched.evidence(report, callers, row),
            reach: all.places,
        })
    };
    matched.into_iter().filter_map(recommended).collect()
}

/// What alone brings the most comes first (but see [`surer_first`]), behind it what may be chance and what brings no bytes. Of equal ones that which the CPU profile puts first in the order of
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
    surer_first(recommendations);
}

/// What is known to be made again and again goes before what speaks of the same functions and of others, where it surely saves more: pages that are kept may save all of a
/// template engine's bytes, or nothing if no two are the same; a template that is compiled for each page is a mistake in any case.
fn surer_first(recommendations: &mut [Recommended<'_>]) {
    for special in 1..recommendations.len() {
        let is_wider = |row: &Recommended<'_>| recommendations[special].is_surer_than(row);
        if let Some(general) = recommendations[..special].iter().position(is_wider) {
            recommendations[general..=special].rotate_right(1);
        }
    }
}
