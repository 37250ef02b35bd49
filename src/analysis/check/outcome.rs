//! What came of a rule, and what has grown.

use super::Remedy;
use crate::analysis::baseline::{Figures, RowKind};
use crate::rules::CheckRule;

/// Whether a rule holds. The order is from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It does.
    Pass,
    /// These captures do not tell.
    Inconclusive,
    /// It does not.
    Fail,
}

/// Why captures do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// The size is over its limit by less than noise explains.
    WithinNoise,
    /// The size is within its limit, but noise is larger than the growth that is allowed.
    CoarserThanAllowed,
    /// The size is over its limit, but how large noise is is not known.
    UnknownNoise,
    /// One run of each does not tell by how much runs differ, so no growth would be seen.
    SingleRuns,
    /// The size is within its limit as far as the file goes, which ends early.
    Incomplete,
    /// It is within its limit, but sizes of a run are in no sum, and they are the largest.
    SizesLeftOut,
    /// It is within its limit, but runs have live objects only where others, or the baseline, have collected ones too: they are smaller by that alone.
    ObjectsDiffer,
    /// It is within its limit, but the runs have hardly anything of what the baseline has.
    Unlike,
    /// Code of a run is minified or bundled and was not taken to its sources: what it is about may be counted as the application's; or that of the baseline is not, so that
    /// what has a name there has another one now.
    Minified,
    /// Nothing was sampled in one of the runs.
    Empty,
    /// There are no bytes in the baseline.
    EmptyBaseline,
    /// Neither side has anything of that name.
    NotMet,
    /// The baseline has a function of that name, none of the runs has.
    Gone,
}

/// What became of a rule.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// The rule.
    pub rule: &'a CheckRule,
    /// Whether it holds.
    pub verdict: Verdict,
    /// Why that cannot be told, if it cannot.
    pub blocker: Option<Blocker>,
    /// What it is about, now.
    pub now: Figures,
    /// The same in the baseline, where the rule wants one.
    pub before: Option<Figures>,
    /// Bytes that the baseline may have of it beside, in rows that were left out.
    pub left_out: u64,
    /// The most that is allowed, bytes.
    pub limit: u64,
    /// The limit as it was written: what a size may be at most, or must be below.
    pub written_limit: u64,
    /// What noise explains of the difference from the limit, bytes; none where it is not known.
    pub noise: Option<u64>,
    /// Whether that is by the longest interval that there can be, since one is not known.
    pub is_bound: bool,
    /// Whether it is the baseline's, and that of the runs is known.
    pub is_bound_by_baseline: bool,
    /// Whether the rule failed since each run is over a limit in bytes by more than its own sampling explains, though they differ so much that their mean is not.
    pub is_each_over: bool,
    /// What would let captures tell, where they do not.
    pub remedy: Option<Remedy>,
    /// Whether a side has anything of that name.
    pub is_met: bool,
    /// What was perhaps meant, where neither has, or what it may be called now, where it is gone.
    pub near: Option<String>,
    /// Something is to be said of the source maps of a run, so that names may be those of the code as it ran.
    pub lacks_sources: bool,
}

impl Outcome<'_> {
    /// Bytes over the limit; 0 within it.
    pub fn excess(&self) -> u64 {
        self.now.size.saturating_sub(self.limit)
    }
}

/// A row that has grown by more than noise explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is.
    pub kind: RowKind,
    /// Its name.
    pub name: String,
    /// Where a function stands; empty for others.
    pub place: String,
    /// Bytes in the baseline; 0 where it was left out of it.
    pub before: u64,
    /// Bytes that the baseline may have of it all the same, where it was left out.
    pub left_out: u64,
    /// Bytes now.
    pub now: u64,
    /// What noise explains of the difference, bytes.
    pub noise: u64,
}

impl Change {
    /// By how much it has grown, at least.
    pub fn growth(&self) -> u64 {
        self.now.saturating_sub(self.before.saturating_add(self.left_out))
    }
}

impl Verdict {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }
}

impl Blocker {
    /// The name used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::WithinNoise => "within-noise",
            Self::CoarserThanAllowed => "coarser-than-allowed",
            Self::UnknownNoise => "unknown-noise",
            Self::SingleRuns => "single-runs",
            Self::Incomplete => "incomplete",
            Self::SizesLeftOut => "sizes-left-out",
            Self::ObjectsDiffer => "objects-differ",
            Self::Unlike => "unlike",
            Self::Minified => "minified",
            Self::Empty => "empty",
            Self::EmptyBaseline => "empty-baseline",
            Self::NotMet => "not-met",
            Self::Gone => "gone",
        }
    }
}
