//! How the file was made: with how many samples, at which interval, and whether it agrees with itself.

use super::{better_interval, capture_command, rounding, same_interval};
use crate::analysis::intake::EMPTY;
use crate::analysis::interval;
use crate::analysis::model::{Report, Share, Warning};
use crate::analysis::sampling::IntervalSource;
use crate::profile::Size as size;
use crate::profile::{Dialect, Interval, Platform};

/// Samples below which shares in percent say more than is known: a tenth of so many is 10 ± 3 of them.
const FEW: u64 = 100;

/// The part of the samples without a node, in percent, from which it is worth saying.
const ORPHANS: u32 = 5;

/// The part of the bytes that what captures may have, in percent, before it is worth saying.
const OWN: u32 = 5;

/// The difference between `samples` and self sizes, in percent, that V8's own bookkeeping does not explain.
const DIFFERENCE: u32 = 5;

/// Nothing was sampled.
pub(super) fn empty(report: &Report<'_>) -> Option<Warning> {
    let file = report.file();
    let is_empty = report.total_size() == 0 && file.complete && report.aggregate().negative_sizes == 0;
    is_empty.then(|| {
        let warning = Warning::new(
            EMPTY,
            "No allocation was sampled: the program allocates little beside the sampling interval, or it ended before it began to.",
            "Let it work while it is profiled, and take a smaller interval.",
        );
        warning.with_command(capture_command(report, report.sampling().no_longer_than(4096)))
    })
}

/// What captures has a part of the bytes itself.
pub(super) fn captures_own(report: &Report<'_>) -> Option<Warning> {
    let own = report.captures_own()?;
    let share = Share::of(own.size, report.total_size());
    if !share.is_at_least(OWN) {
        return None;
    }
    let function = report.function(own.largest);
    let message = format!(
        "{} are of what captures ({} of {} has most of them), and not of the application.",
        size(own.size),
        function.name,
        function.package
    );
    let remedy = "Leave them aside, or capture from another process (`node --inspect`, HeapProfiler of the DevTools protocol), or when the application holds more.";
    Some(Warning::new("captures-own", message, remedy).of(share))
}

/// The sampling interval is not known.
pub(super) fn interval(report: &Report<'_>) -> Option<Warning> {
    let sampling = report.sampling();
    if report.total_size() == 0 || sampling.source != IntervalSource::Unknown {
        return None;
    }
    let (candidate, hint) = match sampling.candidate.filter(|_| report.file().merged.is_empty()) {
        Some(candidate) if interval::is_usual(candidate) => (
            format!(" Its smallest sizes would fit {}.", Interval(candidate)),
            format!("If it was captured at that, say so: --interval {candidate}."),
        ),
        Some(candidate) => (
            format!(" No size is smaller than {}, so it is no longer than that.", Interval(candidate)),
            "If it is known, say so: --interval BYTES.".to_owned(),
        ),
        None => (String::new(), String::new()),
    };
    let defaults = match report.platform() {
        Platform::Node => interval::defaults(sampling.candidate),
        Platform::Browser => "DevTools' is 16K, the default of its protocol 32K.".to_owned(),
    };
    Some(Warning::new(
        "interval-unknown",
        format!(
            "The sampling interval is not in the file and its sizes do not tell it, so no sampling errors are given.{candidate}"
        ),
        format!("{hint} {defaults}").trim(),
    ))
}

/// The file speaks for another interval than the one that was given.
pub(super) fn another_interval(report: &Report<'_>) -> Option<Warning> {
    let sampling = report.sampling();
    let given = sampling.interval.filter(|_| sampling.source == IntervalSource::Given)?;
    let aggregate = report.aggregate();
    let smallest = aggregate.samples.map_or(aggregate.sizes.smallest, |samples| samples.smallest).sizes().next()?;
    let told = match sampling.candidate.filter(|told| *told != given) {
        Some(told) => format!("its sizes tell that it was {told} bytes"),
        None if smallest < given => format!("its smallest size, {smallest} bytes, tells that it was less"),
        None => return None,
    };
    Some(Warning::new(
        "interval-contradicted",
        format!(
            "The sampling interval of {given} bytes that was given is not that of the file: {told}. All errors follow from it."
        ),
        "Leave --interval out, or give the one of the capture.",
    ))
}

/// Samples below which a profile says hardly anything: the process may have ended early, or had others do its work.
const TOO_FEW: u64 = 50;

/// How many samples the profile rests on, where these are so few that shares are less exact than they look.
fn few(report: &Report<'_>) -> Option<u64> {
    let total = report.total_size();
    let counted = report.aggregate().samples.map(|samples| samples.count);
    let samples = report.sampling().interval.map(|interval| total / interval).or(counted)?;
    (total > 0 && samples < FEW).then_some(samples)
}

/// How many samples the profile rests on, where these are too few to go by.
pub(crate) fn too_few_samples(report: &Report<'_>) -> Option<u64> {
    few(report).filter(|&samples| samples < TOO_FEW)
}

/// The interval that the next capture is to have.
pub(super) fn next_interval(report: &Report<'_>) -> u64 {
    match few(report) {
        Some(_) => better_interval(report.total_size(), report.sampling()),
        None => same_interval(report.sampling()),
    }
}

/// Shares of so few samples are less exact than they look.
pub(super) fn few_samples(report: &Report<'_>) -> Option<Warning> {
    let samples = few(report)?;
    // A tenth of n samples is n / 10, more or less its square root.
    let error = (10.0 / (samples.max(1) as f64 / 10.0).sqrt()).round();
    let told = if samples == 0 { "no samples".to_owned() } else { format!("some {samples} samples") };
    let warning = Warning::new(
        "few-samples",
        format!(
            "The whole profile rests on {told}: a share of 10% may be anything from {}% to {}%.",
            (10.0 - error).max(0.0),
            10.0 + error
        ),
        match report.file().dialect {
            _ if report.platform() == Platform::Browser => {
                "Take a smaller interval, or capture for longer. That of DevTools' Memory panel is fixed at 16 KB; the protocol takes any (Puppeteer, Playwright)."
            }
            Dialect::Xprofiler => {
                "Let it run longer between start and stop: its interval is fixed at 512 KB. Or capture with the inspector, at a smaller interval."
            }
            _ => "Take a smaller interval, or capture for longer.",
        },
    );
    Some(warning.of(Share::of(1, 1)).with_command(capture_command(report, next_interval(report))))
}

/// Samples of nodes that are not in the tree.
pub(super) fn samples_without_node(report: &Report<'_>) -> Option<Warning> {
    let (samples, orphans) = (report.aggregate().samples?, report.orphans()?);
    let share = Share::of(orphans.size, samples.size);
    if !share.is_at_least(ORPHANS) {
        return None;
    }
    let warning = Warning::new(
        "samples-without-node",
        format!(
            "{} of {} samples, {}, are of nodes that are not in the tree: V8 goes on sampling while it writes the file, and the tree is written first. Self \
             sizes, which this report goes by, do not have these bytes.",
            orphans.samples,
            samples.count,
            size(orphans.size),
        ),
        "Nothing of the program is lost. In a longer capture it does not count.",
    );
    Some(warning.of(share))
}

/// `samples` and the self sizes of nodes do not add up to the same, and not because of nodes that are not there, where that is said.
pub(super) fn samples_differ(report: &Report<'_>) -> Option<Warning> {
    let samples = report.aggregate().samples?;
    let (file, total) = (report.file(), report.total_size());
    let share = |of_samples: u64| Share::of(of_samples.abs_diff(total), total.max(of_samples));
    let orphans = report.orphans().map_or(0, |orphans| orphans.size.min(samples.size));
    let is_said = Share::of(orphans, samples.size).is_at_least(ORPHANS);
    let rest = if is_said { samples.size - orphans } else { samples.size };
    if !file.complete || !share(samples.size).is_at_least(DIFFERENCE) || !share(rest).is_at_least(DIFFERENCE) {
        return None;
    }
    let more = total.saturating_sub(samples.size);
    // Where several files were merged, or sizes speak against the interval, nothing tells how much it can be.
    let interval = report.sampling().interval.filter(|&interval| {
        file.merged.is_empty() && u128::from(samples.count) * u128::from(interval) <= u128::from(samples.size)
    });
    let (why, remedy) = match interval {
        _ if more == 0 => (
            "V8 went on sampling while it wrote the file, which counts in small captures; or many objects are about as large as the interval, and V8 rounds each sample of these by itself",
            "Take a smaller interval, or capture for longer.",
        ),
        Some(interval) if !rounding::explains(more, &samples, interval) => {
            ("they are not of one moment, or the file was changed", "Capture it again if you did not change it.")
        }
        _ => (
            "V8 rounds each sample by itself, but all of one size in a node together, which differs where objects are about as large as the interval",
            "Nothing is wrong with such a file. At a smaller interval both agree.",
        ),
    };
    let without_node = match orphans {
        0 => String::new(),
        _ => format!(" ({} of these are of nodes that are not in the tree)", size(orphans)),
    };
    let warning = Warning::new(
        "samples-differ",
        format!(
            "The elements of `samples` add up to {}{without_node}, the self sizes of the nodes to {}: {why}. This report goes by self sizes.",
            size(samples.size),
            size(total),
        ),
        remedy,
    );
    Some(warning.of(share(samples.size)))
}
