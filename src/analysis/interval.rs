//! Which sampling interval a file was captured with. No file but an exported one says it, but sizes tell.
//!
//! A sampled object of s bytes, small beside the interval R, counts as the first multiple of s above R. So the smallest sizes stand just above R, and a node's
//! size, which is a sum of such, just above a multiple of it. A wrong interval would make all errors wrong, so nothing is said where another one could look the
//! same: where few samples are left, what stands at 2 R may be the smallest, and one large array is as large as a sample.
//! docs/doctor.md says how often it is known.

use super::sampling::{IntervalSource, Sampling};
use crate::profile::{Aggregate, Dialect, Samples, SizeSpread, Smallest};

/// V8's own default, and the only interval of xprofiler.
pub(super) const DEFAULT: u64 = 512 << 10;

/// Whose default an interval may be that is so long at most, in a sentence; empty where it is shorter than all of them.
pub(super) fn defaults(longest: Option<u64>) -> String {
    let all = [
        (DEFAULT, "512K of `node --heap-prof`, xprofiler and V8 itself"),
        (32 << 10, "32K of the inspector"),
        (16 << 10, "16K of DevTools"),
    ];
    let can_be = |interval: u64| longest.is_none_or(|longest| interval <= longest);
    let possible: Vec<&str> = all.into_iter().filter(|&(interval, _)| can_be(interval)).map(|(_, of)| of).collect();
    match &possible[..] {
        [] => String::new(),
        [one] => format!("Default: {one}."),
        _ => format!("Defaults: {}.", possible.join(", ")),
    }
}

/// Whether somebody may have asked for an interval: it is a number of KB, or of thousands.
pub(super) fn is_usual(interval: u64) -> bool {
    interval.is_multiple_of(512) || interval.is_multiple_of(1000)
}

/// The most that the smallest sample is above the interval, and the smallest node.
const ABOVE: u64 = 32;
const NODE_ABOVE: u64 = 16;

/// How far above the interval samples of small objects stand that come again and again.
const CLOSE: u64 = 64;

/// Samples below which chance has too much of a say.
const FEW: u64 = 8;

/// What is known of the interval: what the user gave, else what the file names, else what the sizes tell. An interval of 0 is none.
pub(super) fn sampling(aggregate: &Aggregate, dialect: Dialect, given: Option<u64>) -> Sampling {
    let given = given.filter(|&interval| interval > 0).or(aggregate.interval);
    let nodes = &aggregate.sizes;
    let samples = aggregate.samples.filter(|samples| samples.count > 0);
    let found = match &samples {
        Some(samples) => of_samples(samples, nodes),
        None if dialect == Dialect::Xprofiler => of_xprofiler(nodes).or_else(|| of_nodes(nodes)),
        None => of_nodes(nodes),
    };
    if given.is_none() && found.is_some() {
        return Sampling { interval: found, source: IntervalSource::Inferred, candidate: None };
    }
    let smallest = samples.map_or(nodes.smallest, |samples| samples.smallest).sizes().next();
    let candidate = smallest.map(|size| usual_below(size, size / 50).unwrap_or(size));
    match given {
        Some(_) => Sampling { interval: given, source: IntervalSource::Given, candidate: found },
        None => Sampling { candidate, ..Sampling::default() },
    }
}

/// The usual interval that a size is above by `most` bytes at most. 1,024 is not among them, as 1,000 is too near, and nothing else that is twice one of
/// these and no power of two.
fn usual_below(size: u64, most: u64) -> Option<u64> {
    let powers = [9].into_iter().chain(11..=19).map(|power| 1 << power);
    powers.chain([10_000, 100_000]).filter(|&interval| interval < size && size - interval <= most).max()
}

/// How far above the interval a sample of a small object is.
fn width(interval: u64) -> u64 {
    (interval / 64).max(128)
}

fn of_samples(samples: &Samples, nodes: &SizeSpread) -> Option<u64> {
    let smallest: Vec<u64> = samples.smallest.sizes().collect();
    let interval = usual_below(*smallest.first()?, ABOVE)?;
    let is_object = |size: &&u64| is_small_object(**size, interval);
    let within = |above: u64| smallest.iter().filter(is_object).filter(|&&size| size - interval <= above).count();
    // Large arrays alone, which are as large as samples of a larger interval, are of one length most often.
    let are_close = within(CLOSE) >= 2 && samples.count >= FEW;
    let are_near = within(width(interval)) == 3 && nodes.count() >= 2;
    let is_least = nodes.smallest.sizes().next().is_none_or(|size| size > interval);
    // At the smallest interval others are near enough to look the same.
    let are_enough = interval > 512 || samples.count >= 50;
    if !(are_close || are_near) || !is_least || !are_enough {
        return None;
    }
    // Most are of small objects; or the smallest comes again and again, with others close to it; or the nodes say the same.
    let mean_is_small = u128::from(samples.size) * 2 < u128::from(samples.count) * u128::from(interval) * 3;
    let are_mostly_small = mean_is_small && samples.count >= FEW;
    let is_steady = samples.smallest.first_count() >= 10 && within(CLOSE) == 3;
    (are_mostly_small || is_steady || of_nodes(nodes) == Some(interval)).then_some(interval)
}

/// Whether a sample can be of one object of 12 to 128 bytes.
fn is_small_object(size: u64, interval: u64) -> bool {
    interval < 2048 || (12..=128).step_by(4).any(|object| size.is_multiple_of(object) && size - object <= interval)
}

fn of_nodes(nodes: &SizeSpread) -> Option<u64> {
    let (interval, second) = lone(&nodes.smallest)?;
    let Bands { once, even, odd } = Bands::of(nodes, interval);
    let is_clear = odd * 20 <= even || even >= 100 && odd * 8 <= even;
    let is_enough = even >= 40 || even >= 16 && nodes.smallest.first_count() * 8 >= even;
    (once >= 3 && second <= interval + ABOVE && is_clear && is_enough).then_some(interval)
}

/// xprofiler takes V8's default, so it need only be confirmed.
fn of_xprofiler(nodes: &SizeSpread) -> Option<u64> {
    let (interval, _) = lone(&nodes.smallest).filter(|(interval, _)| *interval == DEFAULT)?;
    let Bands { once, even, odd } = Bands::of(nodes, interval);
    (once >= 3 && odd * 20 <= even).then_some(interval)
}

/// The usual interval below the smallest of some sizes, and the next size.
fn lone(smallest: &Smallest) -> Option<(u64, u64)> {
    let mut sizes = smallest.sizes();
    let first = sizes.next()?;
    let second = sizes.next()?;
    Some((usual_below(first, NODE_ABOVE)?, second))
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
        let band = |from: u64| nodes.count_in(from..from + width(interval));
        let once = band(interval);
        Self {
            once,
            even: once + band(2 * interval),
            odd: band(interval + interval / 2) + band(2 * interval + interval / 2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Samples;

    /// An aggregate of nodes with these sizes, and of samples.
    fn aggregate(nodes: &[u64], samples: &[u64]) -> Aggregate {
        let mut aggregate = Aggregate::default();
        nodes.iter().for_each(|&size| aggregate.sizes.take(size));
        if !samples.is_empty() {
            let mut sums = Samples::default();
            samples.iter().for_each(|&size| sums.take(size, 0));
            aggregate.samples = Some(sums);
        }
        aggregate
    }

    /// What so many samples of an object of `object` bytes count at an interval.
    fn scaled(object: u64, interval: u64, count: u64) -> u64 {
        let probability = 1.0 - (-(object as f64) / interval as f64).exp();
        object * (count as f64 / probability).round() as u64
    }

    fn inferred(aggregate: &Aggregate, dialect: Dialect) -> Option<u64> {
        sampling(aggregate, dialect, None).interval
    }

    const OBJECTS: [u64; 6] = [16, 24, 40, 56, 72, 112];
    const USUAL: [u64; 7] = [512, 4096, 10_000, 16_384, 32_768, 131_072, 524_288];

    #[test]
    fn samples_tell_every_usual_interval() {
        for interval in USUAL {
            let samples: Vec<u64> = (0..60).map(|i| scaled(OBJECTS[i % 6], interval, 1)).collect();
            assert_eq!(inferred(&aggregate(&samples, &samples), Dialect::Inspector), Some(interval));
        }
    }

    #[test]
    fn two_kinds_of_small_objects_are_enough() {
        for interval in USUAL {
            let kinds = [scaled(16, interval, 1), scaled(40, interval, 1)];
            let samples: Vec<u64> = (0..60).map(|i| kinds[i % 2]).chain([5 * interval]).collect();
            // All of one function.
            let node = samples.iter().sum();
            let expected = (kinds[0] != kinds[1]).then_some(interval);
            assert_eq!(inferred(&aggregate(&[node], &samples), Dialect::Inspector), expected, "{interval}");
            // Few of them are no more than a coincidence.
            assert_eq!(inferred(&aggregate(&[node], &samples[..6]), Dialect::Inspector), None, "{interval}");
        }
    }

    #[test]
    fn nodes_tell_it_where_most_are_of_one_sample() {
        for interval in &USUAL[1..] {
            let counts = [1, 1, 1, 2, 1, 1, 3, 1, 2, 1];
            let nodes: Vec<u64> = (0..60).map(|i| scaled(OBJECTS[i % 6], *interval, counts[i % 10])).collect();
            assert_eq!(inferred(&aggregate(&nodes, &[]), Dialect::InspectorLegacy), Some(*interval));
        }
    }

    #[test]
    fn another_interval_that_looks_the_same_is_not_taken() {
        let at = |count: u64| scaled(24, 16_384, count);
        // Nothing stands at the interval itself any more: twice it looks like an interval.
        let thinned: Vec<u64> = (0..40).map(|i| [at(2), at(3), at(2), at(5)][i % 4] + 8 * (i as u64 % 3)).collect();
        let sampling = sampling(&aggregate(&thinned, &[]), Dialect::Inspector, None);
        assert_eq!((sampling.interval, sampling.source), (None, IntervalSource::Unknown));
        // Arrays of 65,536 elements are as large as a sample at 512 KB.
        assert_eq!(inferred(&aggregate(&[524_304; 20], &[524_304; 20]), Dialect::Inspector), None);
        // So are they with their headers, beside twice as large ones and others.
        let tables = [(16_400, 12), (16_432, 24), (32_784, 14), (32_816, 24), (131_088, 38), (524_304, 38)];
        let tables: Vec<u64> = tables.iter().flat_map(|&(size, count)| vec![size; count]).collect();
        assert_eq!(inferred(&aggregate(&[8_422_112, 18_320_512], &tables), Dialect::Inspector), None);
        // Too few to tell.
        assert_eq!(inferred(&aggregate(&[at(1), at(1) + 8], &[]), Dialect::Inspector), None);
        assert_eq!(inferred(&aggregate(&[], &[]), Dialect::Inspector), None);
    }

    #[test]
    fn xprofiler_has_but_one() {
        let at = |count: u64| scaled(24, DEFAULT, count);
        assert_eq!(inferred(&aggregate(&[at(1), at(1) + 8, at(2), at(1)], &[]), Dialect::Xprofiler), Some(DEFAULT));
        assert_eq!(inferred(&aggregate(&[at(1), at(1) + 8, at(2), at(1)], &[]), Dialect::InspectorLegacy), None);
    }

    #[test]
    fn what_the_user_says_is_taken() {
        let given = sampling(&aggregate(&[524_304; 20], &[]), Dialect::Inspector, Some(4096));
        assert_eq!((given.interval, given.source), (Some(4096), IntervalSource::Given));
    }
}
