//! What is wrong with a capture, and how to make a better one: everything that makes its numbers mean less than they seem to.
//!
//! `capture` is about how the file was made (`rounding`: what V8 rounds), `stacks` about what was cut off, `rows` about sizes that are less sure than others,
//! `generated` about code without a url, `main_file` tells what a capture is to be made of. Each finding says what part
//! of the bytes it is about, and the command that does better. Where there is nothing to say, nothing is said.

mod capture;
#[cfg(test)]
mod documented;
mod generated;
mod main_file;
mod objects;
mod rounding;
mod rows;
mod stacks;
#[cfg(test)]
mod tests;

pub(crate) use capture::too_few_samples;
pub(super) use generated::EVALUATED;
pub(super) use main_file::main_script;
pub use objects::{Objects, ObjectsIn};
pub(super) use rows::OUTSIDE_THE_HEAP;

use super::interval;
use super::model::Warning;
use super::report::Report;
use super::sampling::Sampling;
use crate::profile::{Dialect, Platform};

/// Everything that is found in a report's profile.
pub(super) fn examine(report: &Report<'_>) -> Vec<Warning> {
    // Sizes that are not summed say that no number of this file means anything.
    if report.aggregate().overflowing_sizes > 0 {
        return Vec::new();
    }
    let found = [
        capture::empty(report),
        capture::interval(report),
        capture::another_interval(report),
        capture::few_samples(report),
        stacks::cut(report),
        capture::samples_without_node(report),
        capture::samples_differ(report),
        capture::captures_own(report),
        objects::collected(report),
        objects::uncollected(report),
        rows::large_objects(report),
        generated::without_url(report),
        rows::outside_the_heap(report),
    ];
    found.into_iter().flatten().collect()
}

/// Samples that a better capture should have.
const ENOUGH: u64 = 1000;

/// The smallest interval that is asked for, unless a capture's own is smaller.
const LEAST_INTERVAL: u64 = 512;

/// The interval at which so many bytes come to samples enough: a power of two, and never longer than the capture's own where that is known.
pub(super) fn better_interval(total: u64, sampling: &Sampling) -> u64 {
    let wanted = (total / ENOUGH).checked_ilog2().map_or(LEAST_INTERVAL, |log| 1 << log);
    sampling.no_longer_than(wanted.clamp(LEAST_INTERVAL, 128 << 10))
}

/// The interval of a capture that is to be as this one; where that is not known the usual one, unless its sizes say that it was shorter.
fn same_interval(sampling: &Sampling) -> u64 {
    let longest = || sampling.candidate.and_then(u64::checked_ilog2).map_or(u64::MAX, |log| 1 << log);
    sampling.interval.unwrap_or_else(|| longest().min(interval::DEFAULT))
}

/// The command that captures with this interval, for whom the file's writer serves. In a browser it is sent by the DevTools protocol (`session` is what Puppeteer's
/// `page.createCDPSession()` and Playwright's `context.newCDPSession(page)` give).
pub(crate) fn capture_command(report: &Report<'_>, interval: u64) -> String {
    match report.file().dialect {
        _ if report.platform() == Platform::Browser => {
            format!("session.send('HeapProfiler.startSampling', {{ samplingInterval: {interval} }})")
        }
        Dialect::NodeV8Api => {
            format!("v8.startHeapProfile({{ sampleInterval: {interval}, stackDepth: 128, forceGC: true }})")
        }
        _ => {
            let main = main_file::main_file(report);
            format!("node --heap-prof --heap-prof-interval={interval} {}", main.as_deref().unwrap_or("app.js"))
        }
    }
}
