//! Which objects are in a file: those that live, or all that were allocated. The file does not say, but its samples speak for one or the other.

use super::capture::next_interval;
use super::{capture_command, same_interval};
use crate::analysis::model::{Report, Share, Warning};
use crate::profile::{Aggregate, Dialect, Samples};

/// Samples below which nothing may have been collected by chance.
const TOO_FEW: u64 = 50;
/// From so many thousandths on it cannot be told: of live objects no more are left but where a program keeps all that it makes, and a file that has collected
/// objects of one kind of collection alone lacks some.
const NEARLY_ALL: u128 = 900;

/// The samples taken last, of which most are there where nothing was collected since.
const LATEST: u32 = 8;
/// How many of them are there at most where garbage was collected before the file was written.
const FEW_OF_LATEST: u32 = LATEST / 2;

/// Which objects are in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objects {
    /// Those that live.
    Live,
    /// All that were allocated since the start: collected ones are included, or none was collected.
    All,
    /// None of the samples is missing, of so few that this may be by chance.
    AllOfFew,
    /// Those that live, and garbage that was not collected yet.
    Uncollected,
    /// Nothing in the file tells.
    Unknown,
}

/// Which objects are in a file, and what speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectsIn {
    /// Which they are.
    pub which: Objects,
    /// Samples in the file and samples that were taken, where these are numbered.
    pub samples: Option<(u64, u64)>,
}

impl Objects {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::All => "all",
            Self::AllOfFew | Self::Uncollected | Self::Unknown => "unknown",
        }
    }
}

impl ObjectsIn {
    /// Samples are numbered as they are taken, and V8 drops those of objects that it collects: where numbers are missing, objects are. Node's own API collects nothing before it writes unless it is
    /// asked to (`forceGC`): then what was allocated last is there, all of it.
    ///
    /// Of a file that is not `complete` samples may be missing for another reason.
    pub(in crate::analysis) fn of(aggregate: &Aggregate, complete: bool, dialect: Dialect) -> Self {
        let numbered = |samples: &Samples| samples.last_ordinal > samples.count / 2;
        let Some(Samples { count, last_ordinal, latest, .. }) =
            aggregate.samples.filter(|samples| complete && numbered(samples))
        else {
            return Self { which: Objects::Unknown, samples: None };
        };
        let is_kept = |thousandths: u128| u128::from(count) * 1000 >= u128::from(last_ordinal) * thousandths;
        if last_ordinal < TOO_FEW {
            let which = if is_kept(1000) { Objects::AllOfFew } else { Objects::Unknown };
            return Self { which, samples: None };
        }
        let which = match () {
            // Some writers print six digits of a number.
            () if is_kept(995) => Objects::All,
            () if is_kept(NEARLY_ALL) => Objects::Unknown,
            () if dialect == Dialect::NodeV8Api && !is_collected(latest) => Objects::Uncollected,
            () => Objects::Live,
        };
        Self { which, samples: Some((count, last_ordinal.max(count))) }
    }
}

/// Whether garbage was collected after these samples were taken, the last of them lowest.
fn is_collected(latest: u64) -> bool {
    (latest & ((1 << LATEST) - 1)).count_ones() <= FEW_OF_LATEST
}

/// Garbage that was not collected is in the file.
pub(super) fn uncollected(report: &Report<'_>) -> Option<Warning> {
    let ObjectsIn { which: Objects::Uncollected, samples: Some((count, taken)) } = report.objects() else {
        return None;
    };
    let warning = Warning::new(
        "garbage",
        format!(
            "{} collects no garbage before it writes unless it is asked to, and what was sampled last is there as if nothing had been collected since: of {taken} samples {count} are in the file, of \
             objects that live and of garbage. So sizes are more than is held, by as much as happened to be left.",
            report.file().dialect
        ),
        "To see what is held, capture with forceGC. Who makes garbage is seen in either, best with all that was allocated.",
    );
    Some(warning.of(Share::of(1, 1)).with_command(capture_command(report, same_interval(report.sampling()))))
}

/// Nothing was dropped from the file, or hardly anything.
pub(super) fn collected(report: &Report<'_>) -> Option<Warning> {
    let ObjectsIn { which, samples: Some((count, taken)) } = report.objects() else { return None };
    let (which, sizes) = match which {
        Objects::Live | Objects::AllOfFew | Objects::Uncollected => return None,
        Objects::All => ("collected objects too", "how much was allocated since the start, not how much is held"),
        Objects::Unknown => ("some collected objects too (those of one kind of collection)", "more than is held"),
    };
    let all = if count == taken { format!("All {count}") } else { format!("{count} of {taken}") };
    let warning = Warning::new(
        "all-allocations",
        format!(
            "{all} samples that were taken are in the file. So either it has {which}, and sizes say {sizes}; or hardly anything was collected."
        ),
        "If it was captured with includeObjectsCollectedByMajorGC or …MinorGC: that shows who makes garbage. To see what is held, capture without them.",
    );
    Some(warning.of(Share::of(1, 1)).with_command(capture_command(report, next_interval(report))))
}
