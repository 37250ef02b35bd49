//! What makes a gate doubtful: captures that say too little, or that were not made alike.

use std::collections::HashMap;

use super::Subjects;
use super::moved::package;
use crate::analysis::baseline::Summary;
use crate::analysis::likeness;
use crate::analysis::model::Warning;
use crate::analysis::panel::Member;
use crate::analysis::sampling::Sampling;
use crate::rules::{called_now, called_otherwise};

/// Kind of the one that is a hint rather than a doubt.
pub(super) const SINGLE_RUNS: &str = "single-runs";

/// Everything that is to be said of the whole; `is_unlike` is what [`has_little_of`] says.
pub(super) fn warnings(subjects: &Subjects<'_>, is_unlike: bool) -> Vec<Warning> {
    let Subjects { now, before, .. } = subjects;
    let runs = subjects.members();
    let incomplete = runs.iter().filter(|run| !run.file.complete).map(incomplete);
    let empty = runs.iter().filter(|run| run.total_size == 0).map(empty);
    let mut warnings: Vec<Warning> = incomplete.chain(empty).collect();
    warnings.extend(before.and_then(|(name, before)| empty_baseline(name, before)));
    warnings.extend(before.filter(|_| is_unlike).map(|(name, before)| unlike(name, now, before)));
    warnings.extend(before.and_then(|(name, before)| unknown_category(subjects, name, before)));
    warnings.extend(before.and_then(|(name, before)| former_category(name, before)));
    let baseline = before.map(|(name, before)| before.capture(name));
    warnings.extend(likeness::of_runs(runs, baseline));
    warnings.extend(interval_unknown(subjects));
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

/// Whether runs have less than a tenth of what the baseline has: of all its bytes, or in functions of both, by their names and packages, of the bytes of whichever has fewer. So it
/// is where a program did not do its work, and with another one; wherever functions have moved to, these stay. (An improvement leaves little, but of what the baseline knows.)
pub(super) fn has_little_of(now: &Summary, before: &Summary) -> bool {
    let mut sizes: HashMap<(&str, &str), [u64; 2]> = HashMap::new();
    for (side, summary) in [before, now].into_iter().enumerate() {
        for row in &summary.functions.rows {
            let size = &mut sizes.entry((&row.name, package(&row.place, summary))).or_default()[side];
            *size = size.saturating_add(row.figures.size);
        }
    }
    let sum = |sizes: &mut dyn Iterator<Item = u64>| sizes.fold(0, u64::saturating_add);
    let known = sum(&mut sizes.values().map(|[before, _]| *before));
    let found = sum(&mut sizes.values().map(|[_, now]| *now));
    let common = sum(&mut sizes.values().map(|[before, now]| *before.min(now)));
    // Where no function stands out a summary has hardly any.
    let tells = |functions: u64, summary: &Summary| !is_little(functions, summary.total.size);
    let least = if tells(found, now) { known.min(found) } else { known };
    is_little(now.total.size, before.total.size) || (tells(known, before) && is_little(common, least))
}

fn unlike(name: &str, now: &Summary, before: &Summary) -> Warning {
    let (message, remedy) = match is_little(now.total.size, before.total.size) {
        true => (
            format!(
                "These runs have less than a tenth of what {name} has: they did not do their work, or are of another program."
            ),
            "Look how they ended; if so little is meant, write the baseline anew.",
        ),
        false => (
            format!(
                "These runs have hardly any of their bytes in functions of {name}: they did other work, or are of another program."
            ),
            "Look what they did; if that is meant, write the baseline anew.",
        ),
    };
    Warning::new("unlike", message, remedy)
}

fn is_little(part: u64, whole: u64) -> bool {
    u128::from(part) * 10 < u128::from(whole)
}

/// That a category of the baseline is none of those in force: it was edited, or written with other rules.
fn unknown_category(subjects: &Subjects<'_>, name: &str, before: &Summary) -> Option<Warning> {
    let is_known = |id: &str| subjects.runs.categories().iter().any(|category| category.id == id);
    let unknown = before.categories.rows.iter().map(|row| &*row.name).find(|id| !is_known(id))?;
    let message = format!(
        "{name} has a category that no rule in force knows, `{unknown}`: what is in it counts elsewhere in these runs."
    );
    Some(Warning::new("unknown-category", message, "Write the baseline anew, with the same rules as here."))
}

/// That the baseline names a category as it was called when it was written.
fn former_category(name: &str, before: &Summary) -> Option<Warning> {
    let former = before.former.first()?;
    let message = format!("{name} is of an earlier version: {}.", called_otherwise(former, called_now(former)?));
    Some(Warning::new(
        "former-category",
        message,
        "It is compared with that. Write the baseline anew when you have the captures.",
    ))
}

/// That the interval of a side is not known, and that rules are held by the longest that it can be.
fn interval_unknown(subjects: &Subjects<'_>) -> Option<Warning> {
    let Subjects { now, before, .. } = subjects;
    // Runs of which only some tell it were captured as these.
    let runs = subjects.members().iter().filter(|run| now.interval.is_none() && run.total_size > 0);
    let runs = runs.map(|run| (&*run.file.name, run.sampling));
    let baseline = before.map(|(name, before)| (name, before.sampling()));
    let captures: Vec<(&str, Sampling)> =
        runs.chain(baseline).filter(|(_, sampling)| sampling.longest().is_some()).collect();
    let by_longest = "a rule fails or holds where it does so by that, and a shorter one may tell more";
    let warning = likeness::interval_unknown(&captures, [by_longest, "noise is not known"])?;
    let of_baseline = captures.iter().find(|(_, sampling)| sampling.interval.is_none()).map(|&(name, _)| name);
    let is_of_baseline = before.is_some_and(|(name, _)| of_baseline == Some(name));
    // Of runs that are summed up already nobody can say it.
    let anew = "Write it anew with `heapsift baseline --interval BYTES`, if that is known, or from longer runs.";
    Some(if is_of_baseline { Warning { remedy: anew.to_owned(), ..warning } } else { warning })
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
