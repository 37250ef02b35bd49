//! The model of a report: everything that is shown, ordered and computed; the formats only print it.
//!
//! Row lists borrow from the [`Aggregate`] so that a report of 100,000 functions is streamed, never built.

use super::doctor::EVALUATED;
use super::unmapped::{BUNDLED, COMPILED, MAYBE_BUNDLED, MINIFIED};
use crate::profile::{Aggregate, CallTree, Dialect, Orphans};

pub(crate) use super::address::package_folder;
pub use super::advice::{
    Advice, Answers, Brings, BudgetRow, Evidence, IfLive, Joint, Largest, Program, Recommended, SizeRange, Task,
    Unadvised,
};
pub use super::baseline::{Figures, RowKind, Rows, Summary, SummaryRow};
pub use super::check::{Blocker, Change, Check, CheckError, Outcome, Remedy, Subjects, Verdict};
pub use super::correlation::{CategoryPair, Correlation, Coverage, Cpu, Insight, PackagePair, Times};
pub use super::diff::{
    Change as DiffChange, Diff, DiffOptions, DiffRow, Lighter, Rest, Subject, Verdict as DiffVerdict,
};
pub use super::doctor::{Objects, ObjectsIn};
pub(crate) use super::doctor::{capture_command, too_few_samples};
pub use super::file_date::FileDate;
pub use super::findings::{Finding, Headline};
pub use super::instrument::CapturesOwn;
pub use super::join::FunctionPair;
pub use super::likeness::are_of_own_processes;
pub use super::merge::Merge;
pub use super::panel::{Entry, Member, Numbering, Panel, Row, STACKS, StackId, Table};
pub use super::process_memory::{MemoryPart, MemoryReading, MemoryUsage, ProcessMemory};
pub use super::reading::{MemoryLevel, Reading, reading};
pub use super::report::{Report, ReportOptions};
pub use super::rollup::{
    Added, Around, BatchFile, BatchProblem, BatchProfile, Measure, MissedPath, Outlier, Over, RollUp, SeriesRow,
    SeriesSuspect, SeriesTrend, Shortage,
};
pub use super::rows::{CategoryPart, CategoryRow, Function, Other, PackageRow, Summed};
pub use super::sampling::{Errors, IntervalSource, Sampling};
pub use super::share::{Priority, Share};
pub use super::threads::by_process;
pub use super::trend::{
    Holder, Judged, JudgedTable, KindReason, Of, Onset, SeriesKind, Suspect, Trend, Unjudged, Verdict as RowVerdict,
};

/// What is known of the file itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// The last part of the path; `-` for standard input.
    pub name: String,
    /// The names of those that were merged; none where it is one file.
    pub merged: Vec<String>,
    /// Bytes of (decompressed) text that were read.
    pub bytes: u64,
    /// Bytes of the compressed file.
    pub compressed_bytes: Option<u64>,
    /// Who wrote it.
    pub dialect: Dialect,
    /// Whether the outermost `}` was read.
    pub complete: bool,
    /// How far the text could be read where it is not complete.
    pub truncated_at: Option<u64>,
    /// Sizes that are negative, or would carry the total past 2^64 - 1: they are in no sum.
    pub unsummed: u64,
    /// What is to be said of the source maps that it was read with; or that it was read without any, and code in it is not as it was written.
    pub source_maps: Vec<Warning>,
}

/// Something the reader of a report must know, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// A stable identifier, such as `negative-sizes`.
    pub kind: &'static str,
    /// What is the matter.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The part of the profile that it is about, where it is about bytes.
    pub share: Option<Share>,
    /// The command that does better.
    pub command: Option<String>,
}

impl Warning {
    /// The kind of that about minified code without a source map.
    pub const MINIFIED: &'static str = MINIFIED;

    /// The kind of that about a bundle without a source map.
    pub const BUNDLED: &'static str = BUNDLED;

    /// The kind of that about modules that webpack runs by `eval`.
    pub const EVALUATED: &'static str = EVALUATED;

    /// Kinds of those about source maps, and that there are none.
    pub const SOURCE_MAPS: [&'static str; 11] = [
        MINIFIED,
        BUNDLED,
        MAYBE_BUNDLED,
        COMPILED,
        "source-map-lines",
        "source-map-broken",
        "source-map-ambiguous",
        "source-map-unused",
        "source-map-columns",
        "source-map-mismatch",
        "source-map-missing",
    ];

    /// A warning of this kind, with what is the matter and what to do.
    pub fn new(kind: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { kind, message: message.into(), remedy: remedy.into(), share: None, command: None }
    }

    /// The same about this part of the profile.
    pub fn of(self, share: Share) -> Self {
        Self { share: Some(share), ..self }
    }

    /// The same with a command that does better.
    pub fn with_command(self, command: String) -> Self {
        Self { command: Some(command), ..self }
    }
}

/// A profile that has been read: the file, its sums, and what was noticed on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct Profile {
    /// The file itself.
    pub file: FileInfo,
    /// Its sums.
    pub aggregate: Aggregate,
    /// Samples whose node is not in the tree, where that was looked at.
    pub orphans: Option<Orphans>,
    /// Its sampling interval, where that was told from more than its sums.
    pub sampling: Option<Sampling>,
    /// What was noticed.
    pub warnings: Vec<Warning>,
    /// Its nodes, where they were kept.
    pub tree: Option<CallTree>,
}
