//! From what a pass found to the profile that is reported: the file's facts, and what its reader must be told.

use super::model::{FileInfo, Profile, Warning};
use crate::aggregate::Outcome;
use crate::error::{Kind, Problem};
use crate::profile::Aggregate;

/// Kinds of the warnings that are about what the user asked for.
const NOTHING_SHOWN: &str = "nothing-shown";
const NO_APPLICATION: &str = "app-prefix";
/// That of a file that was to be merged.
pub(super) const NOT_MERGED: &str = "not-merged";
/// Kinds of those that say what a merged profile is a sum of.
const OF_THE_SUM: [&str; 6] =
    [NOT_MERGED, "same-capture", "same-session", "objects-differ", "writers-differ", "intervals-differ"];
/// That of a profile without samples.
pub(super) const EMPTY: &str = "empty";
/// That of sizes that no sum holds.
pub(super) const OVERFLOWING: &str = "overflowing-sizes";

impl Profile {
    /// What a pass over the file `name` found; beside it what is wrong with the file, of which the profile warns.
    pub fn from_outcome(name: String, compressed_bytes: Option<u64>, outcome: Outcome) -> (Self, Option<Problem>) {
        let problem = outcome.problem;
        let mut warnings = Vec::new();
        warnings.extend(problem.as_ref().map(incomplete));
        if outcome.trailer_missing {
            warnings.push(Warning::new(
                "trailer-missing",
                "The compressed file ends before its trailer; the text in it is complete.".to_owned(),
                "Nothing is lost. If this is a copy, compare its size with the original's.".to_owned(),
            ));
        }
        if outcome.has_another_profile {
            warnings.push(Warning::new(
                "another-profile",
                "Behind the profile stands another one in the same file, which is not read: none of its bytes are in any number here.",
                "Write each into a file of its own; --merge makes one report of them.",
            ));
        }
        warnings.extend(negative(&outcome.aggregate));
        warnings.extend(overflowing(&outcome.aggregate));
        warnings.extend(replaced_texts(&outcome.aggregate));
        warnings.extend(Warning::of_filters(&outcome.aggregate));
        let mut profile = Self {
            file: FileInfo {
                name,
                merged: Vec::new(),
                bytes: outcome.bytes,
                compressed_bytes,
                dialect: outcome.dialect,
                complete: problem.is_none(),
                truncated_at: problem.as_ref().and_then(|problem| problem.place.as_ref()).map(|place| place.offset),
                unsummed: unsummed(&outcome.aggregate),
                source_maps: Vec::new(),
            },
            aggregate: outcome.aggregate,
            orphans: None,
            sampling: None,
            warnings,
            tree: outcome.tree,
        };
        profile.note_unmapped(|_| None);
        (profile, problem)
    }

    /// Notes what is to be said of the source maps that it was read with: what they lack, not what code is without them.
    pub fn note_source_maps(&mut self, warnings: Vec<Warning>) {
        self.forget_unmapped();
        self.warnings.extend(warnings.iter().cloned());
        self.file.source_maps = warnings;
    }

    /// Notes that no url is below a prefix that is to be the application's.
    pub fn lacks_application(&mut self, prefix: &str) {
        self.warnings.push(Warning::new(
            NO_APPLICATION,
            format!("No url in the profile is below the application's prefix {prefix}."),
            "A prefix is compared with the beginning of urls, by whole names of folders; `file://` may be left out."
                .to_owned(),
        ));
    }

    /// Notes that a CPU profile was to stand beside it and could not be read.
    pub fn lacks_cpu(&mut self, problem: &Problem) {
        self.warnings.push(Warning::new("cpu-profile", format!("The CPU profile cannot be used: {}{}.", problem.kind, place_of(problem)), match problem.kind {
                Kind::Directory => "The report goes without it. Name a CPU profile in it.",
                Kind::NoCpuTime { .. } => {
                    "The report goes without it. Let the process work while it is profiled, as with `node --cpu-prof app.js`."
                }
                _ => "The report goes without it. Copy the file again, or capture one with `node --cpu-prof app.js`.",
            }
            .to_owned()));
    }
}

impl Warning {
    /// What is to be said of filters: that they leave nothing, if they do.
    pub(super) fn of_filters(aggregate: &Aggregate) -> Option<Self> {
        let is_nothing_shown = !aggregate.filters.is_empty() && aggregate.shown_size == 0 && aggregate.total_size > 0;
        is_nothing_shown.then(Self::nothing_shown)
    }

    /// That filters leave nothing of a profile.
    pub(crate) fn nothing_shown() -> Self {
        Self::new(
            NOTHING_SHOWN,
            "None of the bytes are shown: no path is left by the filters.",
            "A pattern is searched for in functions, urls and names of packages; `(?i)` at its beginning makes capitals equal to small \
                     letters.",
        )
    }

    /// Whether it is about what the user asked for, not about the file.
    pub fn is_of_arguments(&self) -> bool {
        [NOTHING_SHOWN, NO_APPLICATION].contains(&self.kind)
    }

    /// Whether it says what all numbers are a sum of, which is to be known before they are read.
    pub(crate) fn is_of_the_sum(&self) -> bool {
        OF_THE_SUM.contains(&self.kind)
    }

    /// Whether it says that there is nothing to show, which formats for people say in the place of it.
    pub(crate) fn stands_for_the_rows(&self) -> bool {
        [NOTHING_SHOWN, EMPTY].contains(&self.kind)
    }
}

fn place_of(problem: &Problem) -> String {
    problem.place.as_ref().map_or_else(String::new, |place| format!(" (byte {})", place.offset))
}

fn incomplete(problem: &Problem) -> Warning {
    let place = place_of(problem);
    let (message, remedy) = if let kind @ (Kind::OutOfMemory(_) | Kind::Stopped) = &problem.kind {
        let remedy = match kind {
            Kind::Stopped => "Let it be read to its end.",
            _ => "Raise --max-memory, or leave it out.",
        };
        (format!("The file was not read to its end: {kind}{place}. All sizes are those of the part before."), remedy)
    } else if problem.is_early_end() {
        (
            format!("The file ends early{place}: all sizes are those of the part that was read."),
            "Capture it again, and let the process finish writing the file.",
        )
    } else {
        (
            format!("The file is damaged: {}{place}. All sizes are those of the part before.", problem.kind),
            "Copy the file again from where it was written, or capture it anew.",
        )
    };
    Warning::new("incomplete", message, remedy.to_owned())
}

/// Nodes whose sizes are in no sum.
pub(super) fn unsummed(aggregate: &Aggregate) -> u64 {
    aggregate.negative_sizes.saturating_add(aggregate.overflowing_sizes)
}

fn nodes_have(count: u64) -> String {
    if count == 1 { "1 node has".to_owned() } else { format!("{count} nodes have") }
}

fn negative(aggregate: &Aggregate) -> Option<Warning> {
    let count = aggregate.negative_sizes;
    (count > 0).then(|| {
        let message = format!(
            "{} a negative size, which is not summed: the writer counts in 32 bits, so these are the largest nodes of all.",
            nodes_have(count)
        );
        let remedy = "Capture with `node --heap-prof` or the inspector, which write sizes of any magnitude.";
        Warning::new("negative-sizes", message, remedy)
    })
}

/// That sizes do not fit into the sum of all.
pub(super) fn overflowing(aggregate: &Aggregate) -> Option<Warning> {
    let count = aggregate.overflowing_sizes;
    (count > 0).then(|| {
        let message =
            format!("{} a size that would carry the total past 2^64 - 1 and is not summed.", nodes_have(count));
        Warning::new(OVERFLOWING, message, "No real heap is that large: a file is damaged, or made up.")
    })
}

fn replaced_texts(aggregate: &Aggregate) -> Option<Warning> {
    let count = aggregate.replaced_texts;
    let frames = if count == 1 { "1 call frame has".to_owned() } else { format!("{count} call frames have") };
    (count > 0).then(|| {
        Warning::new(
            "replaced-text",
            format!("{frames} a name or url that is not valid Unicode; U+FFFD stands for what cannot be shown."),
            "The sizes are not affected.".to_owned(),
        )
    })
}
