//! What makes a gate doubtful: captures that say too little, or that were not made alike.

use super::Subjects;
use crate::analysis::baseline::Summary;
use crate::analysis::likeness;
use crate::analysis::model::Warning;
use crate::analysis::panel::Member;

/// Kind of the one that is a hint rather than a doubt.
pub(super) const SINGLE_RUNS: &str = "single-runs";

/// Everything that is to be said of the whole.
pub(super) fn warnings(subjects: &Subjects<'_>) -> Vec<Warning> {
    let Subjects { now, before, .. } = subjects;
    let runs = subjects.members();
    let incomplete = runs.iter().filter(|run| !run.file.complete).map(incomplete);
    let empty = runs.iter().filter(|run| run.total_size == 0).map(empty);
    let mut warnings: Vec<Warning> = incomplete.chain(empty).collect();
    warnings.extend(before.and_then(|(name, before)| empty_baseline(name, before)));
    let baseline = before.map(|(name, before)| before.capture(name));
    warnings.extend(likeness::of_runs(runs, baseline));
    warnings.extend(single_runs(now, before.map(|(_, before)| before)));
    warnings
}

fn incomplete(run: &Member) -> Warning {
    let message = format!("{} ends early: what is said to be within its limit may be more.", run.file.name);
    Warning::new("incomplete", message, "Capture it again, and let the process finish writing the file.")
}

fn empty(run: &Member) -> Warning {
    let message = format!("No allocation was sampled in {}: it holds nothing to judge by.", run.file.name);
    Warning::new("empty", message, "Let the program work while it is profiled, and sample at a smaller interval.")
}

fn empty_baseline(name: &str, before: &Summary) -> Option<Warning> {
    (before.total.size == 0).then(|| {
        let message = format!("There are no bytes in {name}: nothing can be compared with it.");
        Warning::new("empty-baseline", message, "Write it anew, from runs in which the program works.")
    })
}

/// Whether no side has two runs that could differ.
fn single_runs(now: &Summary, before: Option<&Summary>) -> Option<Warning> {
    (now.files < 2 && before.is_none_or(|before| before.files < 2)).then(|| {
        let message = match before {
            Some(_) => "One run of each: by how much runs differ is not known, and 5% is taken for it.",
            None => "One run: noise is that of the sampling alone, though runs differ by more.",
        };
        Warning::new(SINGLE_RUNS, message, "Give several of each, 3 to 5.")
    })
}
