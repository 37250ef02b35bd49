//! What a format for people says before anything else: that the file is incomplete, or that there is nothing in it.

use super::escape;
use super::units::{Grouped, Percent, Size, count};
use crate::analysis::model::{FileInfo, Report, Share, Warning, capture_command};

/// Which files a profile was merged from; nothing where it is one.
pub(super) fn merged(file: &FileInfo) -> Option<String> {
    /// Names that are shown.
    const SHOWN: usize = 5;
    let names: Vec<String> = file.merged.iter().take(SHOWN).map(|name| escape::name(name)).collect();
    let others = file.merged.len() - names.len();
    let more = if others > 0 { format!(" and {}", count(others as u64, "other")) } else { String::new() };
    (!names.is_empty()).then(|| format!("merged from {}{more}", names.join(", ")))
}

/// What to say first of a file that could not be read to its end.
pub(super) fn incomplete(file: &FileInfo) -> Option<String> {
    if file.complete {
        return None;
    }
    let extent = match file.truncated_at {
        Some(offset) if offset < file.bytes => format!("read up to byte {offset} of {}", file.bytes),
        // Of a stream no more is known; whether it ends there the warnings say.
        Some(offset) => format!("read up to byte {offset}"),
        None if !file.merged.is_empty() => "a file could not be read to its end, the warnings say which".into(),
        None => "it could not be read to its end".into(),
    };
    Some(format!("incomplete: {extent}; what comes after is in no number of this report"))
}

/// How many sample points the profile has, and how many of them are shown where filters are in force.
pub(super) fn points(report: &Report<'_>) -> String {
    let all = count(report.aggregate().allocating_nodes, "sample point");
    match report.aggregate().filters.is_empty() {
        true => all.to_string(),
        false => format!("{all}, {} of them shown", Grouped(shown_points(report))),
    }
}

/// Sample points whose bytes are shown.
pub(super) fn shown_points(report: &Report<'_>) -> u64 {
    report.categories().iter().map(|row| row.sums.allocating_nodes).sum()
}

/// What to warn of before any number is shown: that the files which are added up are not alike, not all there, or not different ones.
pub(super) fn of_the_sum<'r>(report: &'r Report<'_>) -> impl Iterator<Item = &'r Warning> {
    report.warnings().iter().filter(|warning| warning.is_of_the_sum())
}

/// What to warn of, but for what is said before or in the place of what is shown.
pub(super) fn warnings<'r>(report: &'r Report<'_>) -> Vec<&'r Warning> {
    let is_said = |warning: &Warning| warning.stands_for_the_rows() || warning.is_of_the_sum();
    report.warnings().iter().filter(|warning| !is_said(warning)).collect()
}

/// What filters show of a profile, and what shares are then of.
pub(super) fn filtered(report: &Report<'_>) -> Option<String> {
    let aggregate = report.aggregate();
    let filters: Vec<String> =
        aggregate.filters.iter().map(|filter| format!("{} {}", filter.name, escape::name(&filter.pattern))).collect();
    if filters.is_empty() {
        return None;
    }
    let (shown, share) = (Size(report.shown_size()), Percent(Share::of(report.shown_size(), report.total_size())));
    let whole = if report.is_relative() { "what is shown" } else { "the file" };
    Some(format!("Shown: {shown}, {share} of the file ({}). Shares are of {whole}.", filters.join(", ")))
}

/// What became of cut stacks, if they were to be put back.
pub(super) fn repaired(report: &Report<'_>) -> Option<String> {
    let repair = report.aggregate().repair?;
    let (cut, rest) = (repair.cut().size, repair.ambiguous.size + repair.unmatched.size);
    Some(match (cut, rest) {
        (0, _) => "Repaired: nothing, no stack is cut.".to_owned(),
        (_, 0) => {
            format!(
                "Repaired: all {} of cut stacks re-attached below the only path that ends with their frames.",
                Size(cut)
            )
        }
        _ => format!(
            "Repaired: {} of {} of cut stacks re-attached below the only path that ends with their frames; {} stay under (truncated stacks): several do, or none.",
            Size(repair.reattached.size),
            Size(cut),
            Size(rest)
        ),
    })
}

/// What to say of a profile without bytes.
pub(super) fn without_bytes(report: &Report<'_>) -> [String; 2] {
    let nodes = report.aggregate().nodes;
    if !report.file().complete && report.total_size() == 0 {
        let fact = "No bytes stand in the part that was read.".to_owned();
        return [fact, "Capture the profile again, and let the process finish writing it.".to_owned()];
    }
    if report.total_size() > 0 {
        let Warning { message, remedy, .. } = Warning::nothing_shown();
        return [message, remedy];
    }
    let fact = match nodes {
        0 => "No allocations were sampled: the profile has no nodes.".to_owned(),
        n => format!("No allocations were sampled: none of the {} holds any bytes.", count(n, "node")),
    };
    let remedy = "Let the process work while it is profiled, and take a smaller sampling interval:";
    let interval = report.sampling().no_longer_than(4096);
    [fact, format!("{remedy} {}", capture_command(report, interval))]
}
