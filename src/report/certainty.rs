//! How sure sizes are, in the words that formats for people share.

use super::units::{Estimate, Interval, Percent};
use crate::analysis::model::{IntervalSource, Objects, Report, Share, Warning};
use crate::profile::{HeavyStack, Sums};

/// A size of a report with its error.
pub(super) fn estimate(report: &Report<'_>, size: u64) -> Estimate {
    Estimate::new(report.sampling(), size)
}

/// How the file was made: its writer, the interval and the objects in it, as far as they are known.
pub(super) fn facts(report: &Report<'_>) -> Vec<String> {
    let mut facts = vec![report.file().dialect.to_string()];
    let sampling = report.sampling();
    if let Some(interval) = sampling.interval {
        let source = if sampling.source == IntervalSource::Given { " (given)" } else { "" };
        facts.push(format!("sampled every {}{source}", Interval(interval)));
    }
    let found = report.objects();
    let share = found.samples.map(|(count, taken)| Percent(Share::of(count, taken)));
    match (found.which, share) {
        (Objects::Live, Some(share)) => facts.push(format!("live objects ({share} of the samples taken)")),
        (Objects::All, _) => facts.push("all objects since the start, collected ones too".to_owned()),
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
    Some(format!(
        "± is one standard error of the sampling: the truth is within two in 95 of 100 cases, and of fewer than 20 samples within low and high of the JSON. \
         Any size X has the error sqrt({interval} × X). {few}: fewer than ten samples."
    ))
}

/// Which of some rows are ties, by their ranks: `1 to 3 and 4 to 6`.
pub(super) fn ties(ranks: &[usize]) -> Option<String> {
    let mut groups: Vec<String> = Vec::new();
    for group in ranks.chunk_by(|a, b| a == b).filter(|group| group.len() > 1) {
        groups.push(match group {
            [first, _] => format!("{first} and {}", first + 1),
            [first, ..] => format!("{first} to {}", first + group.len() - 1),
            [] => continue,
        });
    }
    match groups.split_last() {
        None => None,
        Some((only, [])) => Some(format!("Rows {only} are ties: the sampling cannot tell which is larger.")),
        Some((last, others)) => {
            Some(format!("Rows {}; {last} are ties: the sampling cannot tell which is larger.", others.join("; ")))
        }
    }
}

/// The rank of a row with a mark where others share it.
pub(super) fn rank(ranks: &[usize], row: usize) -> String {
    let rank = ranks[row];
    let is_tie = ranks.iter().filter(|other| **other == rank).count() > 1;
    format!("{rank}{}", if is_tie { "=" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_told_by_row() {
        let table: [(&[usize], Option<&str>); 5] = [
            (&[], None),
            (&[1, 2, 3], None),
            (&[1, 1, 3], Some("Rows 1 and 2 are ties: the sampling cannot tell which is larger.")),
            (&[1, 1, 1, 4, 5, 5], Some("Rows 1 to 3; 5 and 6 are ties: the sampling cannot tell which is larger.")),
            (&[1, 2, 2, 4, 4, 4], Some("Rows 2 and 3; 4 to 6 are ties: the sampling cannot tell which is larger.")),
        ];
        for (ranks, expected) in table {
            assert_eq!(ties(ranks).as_deref(), expected, "{ranks:?}");
        }
        assert_eq!([0, 1, 2].map(|row| rank(&[1, 1, 3], row)), ["1=", "1=", "3"]);
    }
}
