//! How sure sizes are, in the words that formats for people share.

use super::units::{Estimate, Interval, Percent};
use super::words::Words;
use crate::analysis::model::{IntervalSource, Objects, Report, Share, Warning};
use crate::profile::{HeavyStack, Platform, Sums};

/// A size of a report with its error.
pub(super) fn estimate(report: &Report<'_>, size: u64) -> Estimate {
    Estimate::new(report.sampling(), size)
}

/// How the file was made: its writer, the interval and the objects in it, as far as they are known.
pub(super) fn facts(report: &Report<'_>) -> Vec<String> {
    let mut facts = vec![report.file().dialect.to_string()];
    if report.platform() == Platform::Browser {
        facts.push("of a browser".to_owned());
    }
    let sampling = report.sampling();
    if let Some(interval) = sampling.interval {
        let source = if sampling.source == IntervalSource::Given { " (given)" } else { "" };
        facts.push(format!("sampled every {}{source}", Interval(interval)));
    }
    let found = report.objects();
    let share = found.samples.map(|(count, taken)| Percent(Share::of(count, taken)));
    match (found.which, share) {
        (Objects::Live, Some(share)) if share.0.in_units_of(10_000) == 0 => {
            facts.push("live objects (less than 0.01% of the samples taken)".to_owned());
        }
        (Objects::Live, Some(share)) => facts.push(format!("live objects ({share} of the samples taken)")),
        (Objects::All, _) => facts.push("no sample was dropped".to_owned()),
        (Objects::Uncollected, Some(share)) => {
            facts.push(format!("live objects and garbage that was not collected yet ({share} of the samples taken)"));
        }
        (Objects::Unknown, Some(share)) => facts.push(format!("{share} of the samples taken")),
        _ => {}
    }
    facts
}

/// What part of the profile a warning is about, where that is not all of it, as the beginning of its sentence.
pub(super) fn part(warning: &Warning) -> String {
    let part = warning.share.filter(|share| share.in_units_of(10_000) < 10_000);
    part.map_or(String::new(), |share| format!("{} of the bytes: ", Percent(share)))
}

/// Whether a total is the least that it can be, as callers may have been cut off.
pub(super) fn is_lower_bound(report: &Report<'_>, sums: &Sums) -> bool {
    report.aggregate().cut_stacks.is_some() && sums.total_size > sums.self_size
}

/// Whether the outer callers of a stack were cut off.
pub(super) fn is_cut(report: &Report<'_>, stack: &HeavyStack) -> bool {
    let depth = stack.frames.len() as u64 + stack.frames_omitted;
    report.aggregate().cut_stacks.is_some_and(|cut| cut.limit == depth)
}

/// What `±` means, said once in each report for people that has it. `few` says how sizes of few samples are marked.
pub(super) fn legend(report: &Report<'_>, few: &str) -> Option<String> {
    let interval = Interval(report.sampling().interval?);
    let bounds = match report.aggregate().cut_stacks {
        Some(_) => " ≥: callers were cut off, so it may be more.",
        None => "",
    };
    Some(format!(
        "± is one standard error of the sampling: the truth is within two in 95 of 100 cases, and of fewer than 20 samples within low and high of the JSON. \
         Any size X has the error sqrt({interval} × X). {few}: fewer than ten samples.{bounds}"
    ))
}

/// Which of some rows are ties, by their ranks.
pub(super) fn ties(ranks: &[usize]) -> Option<String> {
    let mut groups: Vec<String> = Vec::new();
    for group in ranks.chunk_by(|a, b| a == b) {
        match group {
            [first, _] => groups.push(format!("row {} from row {first}", first + 1)),
            [first, _, ..] => {
                groups.push(format!("rows {} to {} from row {first}", first + 1, first + group.len() - 1))
            }
            _ => {}
        }
    }
    (!groups.is_empty()).then(|| format!("Ties: the sampling cannot tell {}.", groups.join(", ")))
}

/// The rank of a row with a mark where others share it.
pub(super) fn rank(ranks: &[usize], row: usize) -> impl Words + use<> {
    let rank = ranks[row];
    let is_tie = ranks.iter().filter(|other| **other == rank).count() > 1;
    (rank, is_tie.then_some("="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_told_by_row() {
        let table: [(&[usize], Option<&str>); 5] = [
            (&[], None),
            (&[1, 2, 3], None),
            (&[1, 1, 3], Some("Ties: the sampling cannot tell row 2 from row 1.")),
            (&[1, 1, 1, 4, 5, 5], Some("Ties: the sampling cannot tell rows 2 to 3 from row 1, row 6 from row 5.")),
            (&[1, 2, 2, 4, 4, 4], Some("Ties: the sampling cannot tell row 3 from row 2, rows 5 to 6 from row 4.")),
        ];
        for (ranks, expected) in table {
            assert_eq!(ties(ranks).as_deref(), expected, "{ranks:?}");
        }
        assert_eq!([0, 1, 2].map(|row| rank(&[1, 1, 3], row).to_text()), ["1=", "1=", "3"]);
    }
}
