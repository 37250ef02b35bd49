//! Which sampling interval a file was captured with. No file says it, but sizes tell.
//!
//! A sampled object of s bytes, small beside the interval R, counts as the first multiple of s above R. So the smallest sizes stand just above R, and a node's
//! size, which is a sum of such, just above a multiple of it. A wrong interval would make all errors wrong, so nothing is said where another one could look the
//! same: where few samples are left, what stands at 2 R may be the smallest, and one large array is as large as a sample.
//! docs/doctor.md says how often it is known.

use super::sampling::{IntervalSource, Sampling};
use crate::profile::{Aggregate, Dialect, Samples, SizeSpread, Smallest};

/// V8's own default, and the only interval of xprofiler.
const DEFAULT: u64 = 512 << 10;

/// The most that the smallest sample is above the interval, and the smallest node.
const ABOVE: u64 = 32;
const NODE_ABOVE: u64 = 16;

/// What is known of the interval: what the user gave, else what the sizes tell.
pub(super) fn sampling(aggregate: &Aggregate, dialect: Dialect, given: Option<u64>) -> Sampling {
    if given.is_some() {
        return Sampling { interval: given, source: IntervalSource::Given, candidate: None };
    }
    let nodes = &aggregate.sizes;
    let samples = aggregate.samples.filter(|samples| samples.count > 0);
    let found = match &samples {
        Some(samples) => of_samples(samples, nodes),
        None if dialect == Dialect::Xprofiler => of_xprofiler(nodes).or_else(|| of_nodes(nodes)),
        None => of_nodes(nodes),
    };
    if found.is_some() {
        return Sampling { interval: found, source: IntervalSource::Inferred, candidate: None };
    }
    let smallest = samples.map_or(nodes.smallest, |samples| samples.smallest).sizes().next();
    let candidate = smallest.map(|(size, _)| usual_below(size, size / 50).unwrap_or(size));
    Sampling { candidate, ..Sampling::default() }
}

/// The usual interval that a size is above by `most` bytes at most. 1,024 is not among them, as 1,000 is too near, and nothing else that is twice one of
/// these and no power of two.
fn usual_below(size: u64, most: u64) -> Option<u64> {
    let powers = [9].into_iter().chain(11..=20).map(|power| 1 << power);
    powers.chain([10_000, 100_000]).filter(|&interval| interval < size && size - interval <= most).max()
}

/// How far above the interval a sample of a small object is.
fn width(interval: u64) -> u64 {
    (interval / 64).max(128)
}

fn of_samples(samples: &Samples, nodes: &SizeSpread) -> Option<u64> {
    let smallest: Vec<(u64, u64)> = samples.smallest.sizes().collect();
    let &[(first, _), (second, _), (third, _)] = smallest.as_slice() else { return None };
    let interval = usual_below(first, ABOVE)?;
    let are_near = third <= interval + width(interval);
    let are_objects = [first, second, third].iter().all(|&size| is_small_object(size, interval));
    let is_least = nodes.smallest.sizes().next().is_none_or(|(size, _)| size > interval);
    let near: u64 = smallest.iter().map(|(_, count)| count).sum();
    if !are_near || !are_objects || !is_least || near < 5 {
        return None;
    }
    // Most are small objects; or the smallest come again and again; or half of all are among the smallest; or the nodes say the same.
    let is_mostly_small =
        u128::from(samples.size) * 2 < u128::from(samples.count) * u128::from(interval) * 3 && samples.count >= 20;
    let is_steady = smallest.iter().all(|(_, count)| *count >= 20);
    let is_half = near >= 50 && near * 2 >= samples.count;
    (is_mostly_small || is_steady || is_half || of_nodes(nodes) == Some(interval)).then_some(interval)
}

/// Whether a sample can be of one object of 12 to 128 bytes.
fn is_small_object(size: u64, interval: u64) -> bool {
    interval < 2048 || (12..=128).step_by(4).any(|object| size.is_multiple_of(object) && size - object <= interval)
}

fn of_nodes(nodes: &SizeSpread) -> Option<u64> {
    let interval = lone(&nodes.smallest)?;
    let near: u64 = nodes.smallest.sizes().filter(|(size, _)| *size <= interval + ABOVE).map(|(_, count)| count).sum();
    let Bands { once, even, odd } = Bands::of(nodes, interval);
    let is_clear = odd * 20 <= even || even >= 100 && odd * 8 <= even;
    let is_enough = once >= 3 && near >= 3 && even >= 16 && (even >= 40 || near * 4 >= even);
    (is_clear && is_enough).then_some(interval)
}

/// xprofiler takes V8's default, so it need only be confirmed.
fn of_xprofiler(nodes: &SizeSpread) -> Option<u64> {
    let interval = lone(&nodes.smallest).filter(|interval| *interval == DEFAULT)?;
    let Bands { once, even, odd } = Bands::of(nodes, interval);
    (once >= 3 && odd * 20 <= even).then_some(interval)
}

/// The usual interval below the smallest of some sizes, of which there are two that differ.
fn lone(smallest: &Smallest) -> Option<u64> {
    let mut sizes = smallest.sizes();
    let (first, _) = sizes.next()?;
    sizes.next()?;
    usual_below(first, NODE_ABOVE)
}

/// Nodes whose sizes stand just above some multiples of an interval.
struct Bands {
    /// The interval.
    once: u64,
    /// The interval, and twice it.
    even: u64,
    /// One and a half, and two and a half: where there are many, the interval is half of it.
    odd: u64,
}

impl Bands {
    fn of(nodes: &SizeSpread, interval: u64) -> Self {
        let band = |from: u64| -> u64 {
            let touches = |&(least, most, _): &(u64, u64, u64)| least < from + width(interval) && most >= from;
            nodes.parts().filter(touches).map(|(.., count)| count).sum()
        };
        let once = band(interval);
        Self {
            once,
            even: once + band(2 * interval),
            odd: band(interval + interval / 2) + band(2 * interval + interval / 2),
        }
    }
}
