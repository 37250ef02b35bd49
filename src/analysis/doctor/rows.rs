//! Sizes that are less sure than others, or stand for something else than they seem to.

use crate::analysis::model::{Report, Share, Warning};
use crate::profile::Size as size;
use crate::profile::{Aggregate, FrameId, FrameKind};

/// The share from which a part of a profile is worth a finding, in percent.
const NOTABLE: u32 = 5;
/// Functions that are named.
const NAMED: usize = 3;
/// Functions that make Buffers and arrays of their kind. Others of the category, as those that decode, make strings in the heap.
const MAKERS: [&str; 17] = [
    "alloc",
    "allocUnsafe",
    "allocUnsafeSlow",
    "allocate",
    "allocPool",
    "createPool",
    "createUnsafeBuffer",
    "concat",
    "from",
    "fromArrayLike",
    "fromString",
    "fromStringFast",
    "fromStringOps",
    "Buffer",
    "FastBuffer",
    "Uint8Array",
    "ArrayBuffer",
];
/// The kind of what is found where much is Buffers.
pub(in crate::analysis) const OUTSIDE_THE_HEAP: &str = "outside-the-heap";
/// The category of Buffers; rules may have taken it away.
const BUFFERS: &str = "buffer-operations";

/// Functions whose size is no sum of small objects.
///
/// Each sample of a small object counts a little more than the interval, so few of them add up to a little more than a whole number of intervals.
/// What is far from that is, at least in part, an object of a size near the interval or beyond, and V8 rounds these.
pub(super) fn large_objects(report: &Report<'_>) -> Option<Warning> {
    let interval = report.sampling().interval?;
    let is_large = |bytes: u64| {
        let samples = bytes as f64 / interval as f64;
        (1.0..10.0).contains(&samples) && samples.fract() > 0.05 + 0.03 * samples
    };
    let notable = report.functions().iter().map(|&id| report.function(id));
    let notable = notable.take_while(|function| function.share.is_at_least(NOTABLE));
    let found: Vec<_> = notable.filter(|function| is_large(function.sums.self_size)).collect();
    if found.is_empty() {
        return None;
    }
    let bytes = found.iter().map(|function| function.sums.self_size).sum();
    let mut names: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|function| if function.name.is_empty() { "(anonymous)".to_owned() } else { function.name.to_owned() })
        .collect();
    if found.len() > NAMED {
        names.push(format!("{} more", found.len() - NAMED));
    }
    let (verb, them) = if found.len() == 1 { ("rests", "it") } else { ("rest", "them") };
    let warning = Warning::new(
        "large-objects",
        format!(
            "{} {verb} on a few objects that are about as large as the sampling interval: V8 rounds their sizes, by up to a third, on top of the error that is shown.",
            names.join(", ")
        ),
        format!("Compare {them} with a capture at a smaller interval."),
    );
    let command = super::capture_command(report.file().dialect, smaller(interval));
    Some(warning.of(report.share_of_file(bytes)).with_command(command))
}

/// An eighth of an interval or less that is told by sizes: a power of two, but not 1,024.
fn smaller(interval: u64) -> u64 {
    match 1 << (interval / 8).max(512).ilog2() {
        1024 => 512,
        power => power,
    }
}

/// Code without a url.
pub(super) fn without_url(report: &Report<'_>) -> Option<Warning> {
    let packages = report.packages().iter().filter(|row| row.kind == FrameKind::Generated);
    let bytes: u64 = packages.map(|row| row.sums.self_size).sum();
    let share = report.share_of_file(bytes);
    if !share.is_at_least(NOTABLE) {
        return None;
    }
    let Aggregate { frames, by_frame, .. } = report.aggregate();
    let is_made = |id: FrameId| frames.get(id).kind == FrameKind::Generated && frames.line(id).is_some();
    let made: u64 = frames.ids().zip(by_frame).filter(|&(id, _)| is_made(id)).map(|(_, sums)| sums.self_size).sum();
    let unloaded = bytes.saturating_sub(made);
    let whose = match (made, unloaded) {
        (_, 0) => "made by `new Function` or `eval`".to_owned(),
        (0, _) => "of scripts that were unloaded before the profile was written".to_owned(),
        _ => format!(
            "{} made by `new Function` or `eval`, {} of scripts that were unloaded before the profile was written",
            size(made),
            size(unloaded)
        ),
    };
    let mut remedy = match made {
        0 => "Names and callers are in the stacks.",
        _ => "Its callers are in the stacks, and the causes put it down to them.",
    }
    .to_owned();
    if made > 0 {
        // V8 does not write what `//# sourceURL=` says into heap profiles.
        remedy += " Code that is generated gets a name where it is compiled with one: `vm.runInThisContext(code, { filename: 'name.js' })`.";
    }
    if unloaded > 0 {
        remedy += " Bytes of unloaded scripts are put down to the nearest caller whose file is known, which for a main script is Node's loader, and may be none.";
        remedy += " A script is forgotten once none of its functions lives: capture while it works, or keep a function of it (`globalThis.keep = main`).";
    }
    let message = format!("{} come from code without a url, so nobody can tell whose it is: {whose}.", size(bytes));
    Some(Warning::new("no-url", message, remedy).of(share))
}

/// Buffers, whose contents no heap profile holds.
pub(super) fn outside_the_heap(report: &Report<'_>) -> Option<Warning> {
    let row = report.categories().iter().find(|row| row.category.id == BUFFERS)?;
    let functions = report.functions_of(row).iter().map(|&id| report.function(id));
    let bytes =
        functions.filter(|function| MAKERS.contains(&function.name)).map(|function| function.sums.self_size).sum();
    let share: Share = report.share_of_file(bytes);
    share.is_at_least(NOTABLE).then(|| {
        let warning = Warning::new(
            OUTSIDE_THE_HEAP,
            format!(
                "{} are made for Buffers, as far as V8's heap goes: their contents, and all native memory, are outside it and in no heap profile.",
                size(bytes)
            ),
            "Look at `process.memoryUsage()` of the same moment: --memory-usage sets it beside the profile.",
        );
        warning.of(share).with_command("require('node:fs').writeFileSync('memory.json', JSON.stringify(process.memoryUsage()))".to_owned())
    })
}
