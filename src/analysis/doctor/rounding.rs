//! By how much V8's rounding can make self sizes larger than the sum of `samples`.
//!
//! An object of s bytes is sampled with probability p = 1 - exp(-s/R), and stands for 1/p of its kind. V8 rounds that for each sample by itself, but for all samples
//! of one size in a node together: c samples count s·c·round(1/p) in `samples` and s·round(c/p) in the node. Of small objects both are the same to a few percent;
//! of those of a good part of R and beyond a node may have half as much again, or a quarter less.

use crate::profile::Samples;

/// Whether it explains that nodes have so many bytes more than samples do, which were taken at this interval.
///
/// With 1/p just below k + 1/2 a sample counts s/2 too little. It has k·s bytes then, which is the more above R the larger s is: so what samples are above R on
/// average tells how much it can be. The square root is no less than what any k gives, and any mixture of sizes.
pub(super) fn explains(more: u64, samples: &Samples, interval: u64) -> bool {
    /// Just above 3, for objects of about R.
    const SLOPE: f64 = 3.07;
    let (size, once) = (samples.size as f64, samples.count as f64 * interval as f64);
    let most = (SLOPE * once * (size - once).max(0.0)).sqrt().min(size / 2.0);
    more as f64 <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    const R: u64 = 16 << 10;

    /// What so many samples of objects of so many bytes come to: in `samples`, and in their node.
    fn of(object: u64, count: u64) -> (Samples, u64) {
        let of_one = 1.0 / (1.0 - (-(object as f64) / R as f64).exp());
        let rounded = |count: u64| object * (count as f64 * of_one + 0.5) as u64;
        (Samples { count, size: count * rounded(1), ..Samples::default() }, rounded(count))
    }

    #[test]
    fn all_that_v8_rounds_is_explained() {
        let mut ratios: Vec<f64> = Vec::new();
        for object in (16..4 * R).step_by(8) {
            for count in (1..20).chain([50, 139, 1000]) {
                let (samples, node) = of(object, count);
                ratios.push(node as f64 / samples.size as f64);
                assert!(
                    explains(node.saturating_sub(samples.size), &samples, R),
                    "{count} of {object}: {node} {samples:?}"
                );
            }
        }
        let [least, most] = [f64::min, f64::max].map(|of| ratios.iter().copied().reduce(of).unwrap_or(0.0));
        assert!((0.75..0.751).contains(&least) && (1.499..=1.5).contains(&most), "{least} {most}");
    }

    #[test]
    fn of_small_objects_it_explains_little() {
        for object in [16, 56, 104, 208] {
            let (samples, node) = of(object, 900);
            assert!(!explains(node / 8, &samples, R), "{object}");
            assert!(explains(node / 100, &samples, R), "{object}");
        }
        // Texts of 20,056 bytes are another thing.
        let (samples, node) = of(20_056, 139);
        assert_eq!((samples.size, node), (2_787_784, 3_951_032));
    }

    #[test]
    fn mixtures_are_explained() {
        for (a, b) in [(16, 17_984), (40, 9000), (20_056, 56), (8368, 30_000)] {
            for (of_a, of_b) in [(1000, 3), (100, 100), (7, 1000)] {
                let (first, second) = (of(a, of_a), of(b, of_b));
                let mut all = first.0;
                all.merge(&second.0);
                assert!(explains((first.1 + second.1).saturating_sub(all.size), &all, R), "{a} {b}");
            }
        }
    }
}
