//! From what a pass found to the profile that is reported: the file's facts, and what its reader must be told.

use super::model::{FileInfo, Profile, Warning};
use crate::aggregate::Outcome;
use crate::error::{Kind, Problem};
use crate::profile::Aggregate;

impl Profile {
    /// What a pass over the file `name` found; `problem` is what is wrong with the file.
    pub fn new(name: String, compressed_bytes: Option<u64>, outcome: Outcome, problem: Option<&Problem>) -> Self {
        let mut warnings = Vec::new();
        warnings.extend(problem.map(incomplete));
        if outcome.trailer_missing {
            warnings.push(Warning {
                kind: "trailer-missing",
                message: "The compressed file ends before its trailer; the text in it is complete.".to_owned(),
                remedy: "Nothing is lost. If this is a copy, compare its size with the original's.".to_owned(),
            });
        }
        warnings.extend(odd_sizes(&outcome.aggregate));
        warnings.extend(replaced_texts(&outcome.aggregate));
        Self {
            file: FileInfo {
                name,
                bytes: outcome.bytes,
                compressed_bytes,
                dialect: outcome.dialect,
                complete: problem.is_none(),
                truncated_at: problem.and_then(|problem| problem.place.as_ref()).map(|place| place.offset),
            },
            aggregate: outcome.aggregate,
            warnings,
        }
    }

    /// Notes that a CPU profile was to stand beside it and could not be read.
    pub fn lacks_cpu(&mut self, problem: &Problem) {
        self.warnings.push(Warning {
            kind: "cpu-profile",
            message: format!("The CPU profile could not be read: {}{}.", problem.kind, place_of(problem)),
            remedy: "The report goes without it. Copy the file again, or capture one with `node --cpu-prof app.js`."
                .to_owned(),
        });
    }
}

fn place_of(problem: &Problem) -> String {
    problem.place.as_ref().map_or_else(String::new, |place| format!(" (byte {})", place.offset))
}

fn incomplete(problem: &Problem) -> Warning {
    let place = place_of(problem);
    let (message, remedy) = if let Kind::OutOfMemory(reason) = &problem.kind {
        (
            format!("The file was not read to its end: {reason}{place}. All sizes are those of the part before."),
            "Raise --max-memory, or leave it out.",
        )
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
    Warning { kind: "incomplete", message, remedy: remedy.to_owned() }
}

fn odd_sizes(aggregate: &Aggregate) -> impl Iterator<Item = Warning> {
    let nodes = |count: u64| if count == 1 { "1 node has".to_owned() } else { format!("{count} nodes have") };
    let negative = (aggregate.negative_sizes > 0).then(|| Warning {
        kind: "negative-sizes",
        message: format!(
            "{} a negative size, which is not summed: the writer counts in 32 bits, so these are the largest nodes of all.",
            nodes(aggregate.negative_sizes)
        ),
        remedy: "Capture with `node --heap-prof` or the inspector, which write sizes of any magnitude.".to_owned(),
    });
    let overflowing = (aggregate.overflowing_sizes > 0).then(|| Warning {
        kind: "overflowing-sizes",
        message: format!(
            "{} a size that would carry the total past 2^64 - 1 and is not summed.",
            nodes(aggregate.overflowing_sizes)
        ),
        remedy: "No real heap is that large: the file is damaged, or made up.".to_owned(),
    });
    negative.into_iter().chain(overflowing)
}

fn replaced_texts(aggregate: &Aggregate) -> Option<Warning> {
    let count = aggregate.replaced_texts;
    let frames = if count == 1 { "1 call frame has".to_owned() } else { format!("{count} call frames have") };
    (count > 0).then(|| Warning {
        kind: "replaced-text",
        message: format!("{frames} a name or url that is not valid Unicode; U+FFFD stands for what cannot be shown."),
        remedy: "The sizes are not affected.".to_owned(),
    })
}
