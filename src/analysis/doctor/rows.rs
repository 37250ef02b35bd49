//! Sizes that are less sure than others, or stand for something else than they seem to.

use crate::analysis::model::{Report, Share, Warning};
use crate::profile::Platform;
use crate::profile::Size as size;

/// The share from which a part of a profile is worth a finding, in percent.
pub(super) const NOTABLE: u32 = 5;
/// Functions that are named.
const NAMED: usize = 3;
/// Functions that make Buffers and arrays of their kind. Others of the category, as those that decode, make strings in the heap.
const MAKERS: [&str; 27] = [
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
    "ArrayBuffer",
    "BigInt64Array",
    "BigUint64Array",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Int16Array",
    "Int32Array",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
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
    let command = super::capture_command(report, smaller(interval));
    Some(warning.of(report.share_of_file(bytes)).with_command(command))
}

/// An eighth of an interval or less that is told by sizes: a power of two, but not 1,024.
fn smaller(interval: u64) -> u64 {
    match 1 << (interval / 8).max(512).ilog2() {
        1024 => 512,
        power => power,
    }
}

/// Buffers, whose contents no heap profile holds.
pub(super) fn outside_the_heap(report: &Report<'_>) -> Option<Warning> {
    let row = report.categories().iter().find(|row| row.category.id == BUFFERS)?;
    let functions = report.functions_of(row).iter().map(|&id| report.function(id));
    let bytes =
        functions.filter(|function| MAKERS.contains(&function.name)).map(|function| function.sums.self_size).sum();
    let share: Share = report.share_of_file(bytes);
    let (what, remedy, command) = match report.platform() {
        Platform::Node => (
            "Buffers",
            "Look at `process.memoryUsage()` of the same moment: --memory-usage sets it beside the profile.",
            "require('node:fs').writeFileSync('memory.json', JSON.stringify(process.memoryUsage()))",
        ),
        Platform::Browser => (
            "ArrayBuffers and typed arrays",
            "Look at the memory of the page: the task manager of the browser has it, and so has a page that is isolated from other origins (headers COOP and COEP).",
            "await performance.measureUserAgentSpecificMemory()",
        ),
    };
    share.is_at_least(NOTABLE).then(|| {
        let message = format!(
            "{} are made for {what}, as far as V8's heap goes: their contents, and all native memory, are outside it and in no heap profile.",
            size(bytes)
        );
        Warning::new(OUTSIDE_THE_HEAP, message, remedy).of(share).with_command(command.to_owned())
    })
}
