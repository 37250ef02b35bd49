//! A gate: rules held against what runs of a program allocate now, and against a baseline.
//!
//! Each rule has a limit, and three verdicts are possible. Sizes are estimates, so:
//!
//! * *fail* only where the size is over its limit by more than noise explains: two standard errors of the difference (see `noise`), and, where the limit is
//!   a growth, all that a comparison would not call a change (see `growth`);
//! * *inconclusive* where it is over the limit, but noise may explain that; and where it is within the limit, but noise is larger than the growth that is
//!   allowed, so that a growth to twice that would not be seen either: such a gate holds nothing, which must be said. So it is with a capture in which
//!   nothing was sampled, with runs of live objects against a baseline of all that were allocated, with runs of minified code without its maps against a
//!   baseline of sources, with runs that have hardly anything of what the baseline has, with a rule about something that neither side has, and with one about
//!   a function that only the baseline has: it may be called otherwise now;
//! * *pass* otherwise. An estimate within its limit passes although the truth may be above it, since the other way round every rule whose limit is near
//!   would be inconclusive for ever, and nobody would look at it any more.

#[cfg(test)]
mod agreement;
mod growth;
mod moved;
mod noise;
mod outcome;
mod remedy;
mod soundness;
mod subject;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::baseline::{Figures, RowKind, Summary};
use super::likeness;
use super::model::{FileInfo, Objects, Warning};
use super::panel::{Member, Panel};
use crate::profile::Category;
use crate::rules::{Allowance, CheckRule, CheckSubject, called_now};

pub use outcome::{Blocker, Change, Outcome, Verdict};
pub use remedy::Remedy;

use growth::{Growth, as_known};
use moved::Moved;
use noise::{Side, is_bound, noise};
use subject::Subject;

/// The category of code that is nobody else's.
const APPLICATION: &str = "application";

/// Rows of a kind that are listed as having grown.
const GROWN: usize = 5;

/// What a gate looks at.
#[derive(Clone, Copy, Debug)]
pub struct Subjects<'a> {
    /// The runs now: each member is one.
    pub runs: &'a Panel,
    /// What they allocate.
    pub now: &'a Summary,
    /// The baseline, with the name of its file.
    pub before: Option<(&'a str, &'a Summary)>,
}

impl<'a> Subjects<'a> {
    /// The runs now.
    pub fn members(&self) -> &'a [Member] {
        self.runs.members()
    }
}

/// Why rules cannot be held: a gate that holds nothing must not look green.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// There are none.
    #[error("there is no rule to hold")]
    NoRules,
    /// One is about growth, and there is no baseline.
    #[error("the rule {0} compares with a baseline")]
    NoBaseline(String),
    /// One is about a category that there is not.
    #[error("the rule {0}: {1}")]
    UnknownCategory(String, String),
    /// One has no limit, or one below 0.
    #[error("the rule {0}: nothing is within its limit")]
    NoLimit(String),
}

/// Rules, and what became of them.
#[derive(Debug)]
pub struct Check<'a> {
    /// What they were held against.
    pub subjects: Subjects<'a>,
    /// Whether rules must hold for sure.
    pub is_strict: bool,
    /// The rules in their order.
    pub outcomes: Vec<Outcome<'a>>,
    /// What has grown most: categories, packages, functions, each with the largest growth first.
    pub grown: Vec<Change>,
    /// What makes the verdicts doubtful.
    pub warnings: Vec<Warning>,
}

impl<'a> Check<'a> {
    /// Holds rules against runs.
    pub fn new(rules: &'a [CheckRule], subjects: Subjects<'a>, is_strict: bool) -> Result<Self, CheckError> {
        if rules.is_empty() {
            return Err(CheckError::NoRules);
        }
        rules.iter().try_for_each(|rule| can_be_held(rule, &subjects))?;
        let (now, before) = (subjects.now, subjects.before.map(|(_, before)| before));
        let growth = before.map(|before| Growth::between(now, before));
        let is_unlike = before.is_some_and(|before| soundness::has_little_of(now, before));
        let outcomes: Vec<Outcome<'_>> =
            rules.iter().map(|rule| outcome(rule, &subjects, growth.as_ref(), is_unlike)).collect();
        let grown = before.zip(growth.as_ref()).map(|sides| all_grown(&subjects, sides, &outcomes));
        let warnings = soundness::warnings(&subjects, is_unlike);
        Ok(Self { subjects, is_strict, outcomes, grown: grown.unwrap_or_default(), warnings })
    }

    /// Whether the gate is passed.
    pub fn is_passed(&self) -> bool {
        match self.verdict() {
            Verdict::Pass => true,
            Verdict::Inconclusive => !self.is_strict,
            Verdict::Fail => false,
        }
    }

    /// The worst verdict of all.
    pub fn verdict(&self) -> Verdict {
        self.outcomes.iter().map(|outcome| outcome.verdict).max().unwrap_or(Verdict::Pass)
    }

    /// Whether a warning only says how captures would tell more, or how they count.
    pub fn is_hint(warning: &Warning) -> bool {
        [soundness::SINGLE_RUNS, likeness::THREADS, likeness::INTERVAL_UNKNOWN].contains(&warning.kind)
    }

    /// Rules with this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.verdict == verdict).count()
    }
}

/// A limit in bytes, and what a byte of the baseline adds to it.
struct Limit {
    bytes: u64,
    factor: f64,
    is_growth: bool,
}

fn can_be_held(rule: &CheckRule, subjects: &Subjects<'_>) -> Result<(), CheckError> {
    let text = || rule.text.clone();
    match rule.is_of_known(subjects.runs.categories()) {
        Err(message) => Err(CheckError::UnknownCategory(text(), message)),
        Ok(()) if !rule.has_limit() => Err(CheckError::NoLimit(text())),
        Ok(()) if rule.needs_baseline() && subjects.before.is_none() => Err(CheckError::NoBaseline(text())),
        Ok(()) => Ok(()),
    }
}

fn limit(allowance: Allowance, before: u64) -> Limit {
    match allowance {
        Allowance::Below(size) => Limit { bytes: size.saturating_sub(1), factor: 0.0, is_growth: false },
        Allowance::Growth(size) => Limit { bytes: before.saturating_add(size), factor: 1.0, is_growth: true },
        Allowance::Percent(hundredths) => {
            let growth = u128::from(before) * u128::from(hundredths) / 10_000;
            let bytes = before.saturating_add(u64::try_from(growth).unwrap_or(u64::MAX));
            Limit { bytes, factor: 1.0 + f64::from(hundredths) / 10_000.0, is_growth: true }
        }
    }
}

/// The kind of the rows that something is one of.
fn kind_of(subject: &CheckSubject) -> Option<RowKind> {
    match subject {
        CheckSubject::Total => None,
        CheckSubject::Category(_) => Some(RowKind::Category),
        CheckSubject::Package(_) => Some(RowKind::Package),
        CheckSubject::Function { .. } => Some(RowKind::Function),
    }
}

/// Whether a run has live objects only where another, or the baseline that it is compared with, has all that were allocated. That it is within a limit says
/// nothing then; the other way round, what holds for all holds for those that live.
fn has_less_by_its_objects(runs: &[Member], before: Option<&Summary>) -> bool {
    let has = |which| runs.iter().any(|run| run.objects.which == which);
    has(Objects::Live) && (has(Objects::All) || before.is_some_and(|before| before.objects == Objects::All))
}

/// Whether code of a run is minified or bundled and was not taken to its sources, while that of the baseline is not: what it allocates counts as the application's, so that
/// packages and categories are smaller by that alone and the application is larger. The total is the same.
fn has_other_names(runs: &[Member], before: Option<&Summary>) -> bool {
    before.is_some_and(|before| !before.minified) && runs.iter().any(|run| run.file.hides_packages())
}

fn is_any_minified(runs: &[Member]) -> bool {
    runs.iter().any(|run| run.file.is_minified())
}

/// Whether what a rule is about may be counted as the application's in a run, as code of packages is that was bundled or minified; and the application's functions are called
/// otherwise where it was minified. Language built-ins have no script, so theirs are told.
fn may_be_hidden(rule: &CheckRule, subject: &Subject, subjects: &Subjects<'_>) -> bool {
    let any = |is: fn(&FileInfo) -> bool| subjects.members().iter().any(|run| is(&run.file));
    match &rule.subject {
        CheckSubject::Total => false,
        CheckSubject::Category(id) => {
            let is_told = |category: &Category| category.follows_cause || *category.id == *APPLICATION;
            let id = called_now(id).unwrap_or(id);
            let category = subjects.runs.categories().iter().find(|category| category.id == id);
            any(FileInfo::hides_packages) && !category.is_some_and(is_told)
        }
        CheckSubject::Package(name) => {
            any(FileInfo::hides_packages) && !name.starts_with('(') && !name.starts_with("node:")
        }
        CheckSubject::Function { .. } => any(FileInfo::is_minified) && subject.may_be_renamed,
    }
}

fn outcome<'a>(rule: &'a CheckRule, subjects: &Subjects<'_>, growth: Option<&Growth>, is_unlike: bool) -> Outcome<'a> {
    let Subjects { now, before, .. } = subjects;
    let runs = subjects.members();
    let before = before.map(|(_, before)| before).filter(|_| rule.needs_baseline());
    let subject = Subject::of(&rule.subject, now, before);
    let kind = kind_of(&rule.subject);
    let (new, old) = match before.map(|before| Side::of(before, subject.before)) {
        Some(old) => {
            let (new, old) = as_known(Side::of(now, subject.now), old, subject.left_out);
            (new, Some(old))
        }
        None => (Side::of(now, subject.now), None),
    };
    let (size, base) = (subject.now.size, subject.before.size);
    let limits = rule.allowances.iter().map(|&allowance| limit(allowance, base));
    let limit = limits.max_by_key(|limit| limit.bytes).unwrap_or(Limit { bytes: 0, factor: 0.0, is_growth: false });
    let growth = growth.filter(|_| limit.is_growth);
    let unknown = limit.factor * subject.left_out as f64;
    // What noise explains of the distance from the limit; a growth must be a change, too.
    let explained = |new: &Side, old: Option<&Side>| -> Option<f64> {
        let of_limit = noise(new, old, limit.factor)?;
        let of_growth = match growth.zip(old) {
            Some((growth, old)) => growth.least(kind, new, old)? - limit.bytes as f64,
            None => of_limit,
        };
        Some(of_limit.max(of_growth) + unknown)
    };
    let bytes = explained(&new, old.as_ref());
    let excess = size as f64 - limit.bytes as f64;
    let is_over = bytes.is_some_and(|noise| excess > noise);
    let is_each_over = !limit.is_growth && !is_over && new.least().is_some_and(|least| least > limit.bytes as f64);
    let allowed = limit.is_growth.then(|| (limit.bytes - base) as f64);
    let (verdict, blocker) = match bytes {
        _ if before.is_some_and(|before| before.total.size == 0) => {
            (Verdict::Inconclusive, Some(Blocker::EmptyBaseline))
        }
        _ if kind.is_some() && has_other_names(runs, before) => (Verdict::Inconclusive, Some(Blocker::Minified)),
        // A minifier calls functions of another build otherwise.
        _ if limit.is_growth && subject.may_be_renamed && is_any_minified(runs) => {
            (Verdict::Inconclusive, Some(Blocker::Minified))
        }
        _ if is_over || is_each_over => (Verdict::Fail, None),
        _ if runs.iter().any(|run| run.total_size == 0) => (Verdict::Inconclusive, Some(Blocker::Empty)),
        // A category that no profile has may be held below a size, as it is known; of no bytes nothing can grow.
        _ if !subject.is_met && (limit.is_growth || !matches!(rule.subject, CheckSubject::Category(_))) => {
            (Verdict::Inconclusive, Some(Blocker::NotMet))
        }
        _ if excess <= 0.0 && runs.iter().any(|run| !run.file.complete) => {
            (Verdict::Inconclusive, Some(Blocker::Incomplete))
        }
        _ if excess <= 0.0 && runs.iter().any(|run| run.file.unsummed > 0) => {
            (Verdict::Inconclusive, Some(Blocker::SizesLeftOut))
        }
        _ if excess <= 0.0 && !limit.is_growth && may_be_hidden(rule, &subject, subjects) => {
            (Verdict::Inconclusive, Some(Blocker::Minified))
        }
        _ if excess <= 0.0 && has_less_by_its_objects(runs, before) => {
            (Verdict::Inconclusive, Some(Blocker::ObjectsDiffer))
        }
        _ if excess <= 0.0 && before.is_some() && is_unlike => (Verdict::Inconclusive, Some(Blocker::Unlike)),
        // Functions are renamed; that a package or a category is gone is what was wanted.
        _ if size == 0 && base > 0 && kind == Some(RowKind::Function) => (Verdict::Inconclusive, Some(Blocker::Gone)),
        // No byte of it was sampled.
        _ if size == 0 => (Verdict::Pass, None),
        Some(_) if excess > 0.0 => (Verdict::Inconclusive, Some(Blocker::WithinNoise)),
        None if noise(&new, old.as_ref(), limit.factor).is_some() => (Verdict::Inconclusive, Some(Blocker::SingleRuns)),
        None if excess > 0.0 => (Verdict::Inconclusive, Some(Blocker::UnknownNoise)),
        Some(noise) if allowed.is_some_and(|allowed| noise > allowed) && -excess < noise => {
            (Verdict::Inconclusive, Some(Blocker::CoarserThanAllowed))
        }
        _ => (Verdict::Pass, None),
    };
    // What is to be more than noise: what these runs have too much, or what the rule allows. What was left out of the baseline stays unknown in any number of runs.
    let wanted = match blocker {
        _ if base == 0 && subject.left_out > 0 => None,
        Some(Blocker::WithinNoise) => Some(excess),
        Some(Blocker::CoarserThanAllowed) => allowed.filter(|&allowed| allowed > 0.0),
        _ => None,
    };
    let remedy = wanted.and_then(|wanted| {
        let size = limit.bytes as f64 + wanted - unknown;
        let would_tell = |new: &Side, old: Option<&Side>| {
            noise(new, old, limit.factor).is_some_and(|noise| noise + unknown < wanted)
                && growth.zip(old).is_none_or(|(growth, old)| growth.would_be_change(kind, new, size, old))
        };
        let factor = growth.map_or(1.0, |growth| growth.factor(kind));
        Remedy::of(&new, old.as_ref(), factor, would_tell)
    });
    Outcome {
        rule,
        verdict,
        blocker,
        now: subject.now,
        before: before.map(|_| subject.before),
        left_out: subject.left_out,
        limit: limit.bytes,
        written_limit: if limit.is_growth { limit.bytes } else { limit.bytes.saturating_add(1) },
        noise: bytes.map(|bytes| bytes.round() as u64),
        is_bound: is_bound(&new, old.as_ref().filter(|_| limit.factor > 0.0)),
        is_bound_by_baseline: !new.is_bound && old.as_ref().is_some_and(|old| old.is_bound),
        is_each_over,
        remedy,
        is_met: subject.is_met,
        near: subject.near,
        lacks_sources: runs.iter().any(|run| !run.file.source_maps.is_empty()),
    }
}

/// What has grown by more than noise explains. Where the total failed and rows tell less than half of what it has grown by, since nearly all of them have grown, those count
/// that have done so by more than sampling explains.
fn all_grown(subjects: &Subjects<'_>, (before, growth): (&Summary, &Growth), outcomes: &[Outcome<'_>]) -> Vec<Change> {
    let (runs, now) = (subjects.members(), subjects.now);
    let has_failed =
        |outcome: &Outcome<'_>| outcome.verdict == Verdict::Fail && outcome.rule.subject == CheckSubject::Total;
    let whole = now.total.size.saturating_sub(before.total.size);
    let beside_scatter = outcomes.iter().any(has_failed).then(|| Growth::beside_scatter(now, before));
    let of_kind = |kind: &RowKind| {
        let found = grown(*kind, runs, (now, before), growth);
        let told = found.iter().fold(0_u64, |sum, change| sum.saturating_add(change.growth()));
        match &beside_scatter {
            Some(growth) if told < whole / 2 => grown(*kind, runs, (now, before), growth),
            _ => found,
        }
    };
    RowKind::ALL.iter().flat_map(of_kind).collect()
}

/// Rows of a kind that have grown by more than noise explains.
fn grown(kind: RowKind, runs: &[Member], (now, before): (&Summary, &Summary), growth: &Growth) -> Vec<Change> {
    let (rows, old) = (now.rows(kind), before.rows(kind));
    let moved = (kind == RowKind::Function).then(|| Moved::between(now, before));
    // A minifier calls functions of the application otherwise in each build.
    let is_renamed = kind == RowKind::Function && is_any_minified(runs);
    let mut grown: Vec<Change> = Vec::new();
    for row in rows.rows.iter().filter(|row| !is_renamed || !moved::package(&row.place, now).is_empty()) {
        let moved_from = || moved.as_ref().and_then(|moved| moved.from(row));
        let known = old.get(&row.name, &row.place).or_else(moved_from);
        let figures = known.map_or(Figures::default(), |known| known.figures);
        let unknown = if known.is_some() { 0 } else { old.left_out };
        let (new, old) = as_known(Side::of(now, row.figures), Side::of(before, figures), unknown);
        let Some(noise) = noise(&new, Some(&old), 1.0).filter(|_| growth.is_change(Some(kind), &new, &old)) else {
            continue;
        };
        let of_growth = growth.least(Some(kind), &new, &old).map_or(0.0, |least| least - figures.size as f64);
        let noise = noise.max(of_growth).round() as u64;
        let (name, place) = (row.name.clone(), row.place.clone());
        let (before, now) = (figures.size, row.figures.size);
        let change = Change { kind, name, place, before, left_out: unknown, now, noise };
        if change.growth() > noise {
            grown.push(change);
        }
    }
    // Rows are sorted by name, and stay so where they have grown by the same.
    grown.sort_by_key(|change| Reverse(change.growth()));
    grown.truncate(GROWN);
    grown
}
