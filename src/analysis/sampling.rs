//! How sure a size is.
//!
//! V8 samples allocations as a Poisson process, one every R bytes on average. So a size X is an estimate whose standard error is at most sqrt(R X); what
//! it rests on is some X / R samples. docs/sampling.md derives it.

use super::garwood;

/// The sampling interval, as far as it is known, and what follows from it for any size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sampling {
    /// R, bytes; positive.
    pub interval: Option<u64>,
    /// How it is known.
    pub source: IntervalSource,
    /// Where it is not known: what the smallest sizes would fit; of merged files, the most that it can be of any. Where it was given: what they tell.
    pub candidate: Option<u64>,
}

/// How sure one size is, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// The standard error, where the interval is known.
    pub standard_error: Option<u64>,
    /// The least that the true size is with 97.5 % confidence, where fewer than 20 samples are behind it.
    pub low: Option<u64>,
    /// The most that it is with 97.5 % confidence, likewise.
    pub high: Option<u64>,
}

/// How the sampling interval is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IntervalSource {
    /// The user gave it, or the file names it.
    Given,
    /// The sizes in the file tell it.
    Inferred,
    /// It is not known.
    #[default]
    Unknown,
}

impl IntervalSource {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Inferred => "inferred",
            Self::Unknown => "unknown",
        }
    }
}

impl Sampling {
    /// Samples below which a size has a range of its own: two standard errors would not do.
    const EXACT_BELOW: u64 = 20;
    /// Samples below which a size says little.
    const FEW: u64 = 10;
    /// Samples below which a size may be chance: the true one may be more than twice it, or next to nothing.
    const HARDLY_ANY: u64 = 5;

    /// The standard error of a size, bytes.
    pub fn standard_error(&self, size: u64) -> Option<u64> {
        let variance = u128::from(self.interval?) * u128::from(size);
        // Rounded to the nearest.
        Some(variance.saturating_mul(4).isqrt().div_ceil(2) as u64)
    }

    /// Between which sizes the true one lies with 95 % confidence, where so few samples are behind it that two standard errors do not say it.
    pub fn range(&self, size: u64) -> Option<(u64, u64)> {
        let interval = self.interval.filter(|&interval| self.is_below(size, interval, Self::EXACT_BELOW))? as f64;
        let (low, high) = garwood::limits(size as f64 / interval);
        Some(((low * interval).round() as u64, (high * interval).round() as u64))
    }

    /// Everything that is to be said of how sure a size is.
    pub fn errors(&self, size: u64) -> Errors {
        let (low, high) = self.range(size).unzip();
        Errors { standard_error: self.standard_error(size), low, high }
    }

    /// Whether a size is known to rest on fewer than ten samples.
    pub fn rests_on_few(&self, size: u64) -> bool {
        self.interval.is_some_and(|interval| self.is_below(size, interval, Self::FEW))
    }

    /// Whether a size is known to rest on fewer than five samples.
    pub fn rests_on_hardly_any(&self, size: u64) -> bool {
        self.interval.is_some_and(|interval| self.is_below(size, interval, Self::HARDLY_ANY))
    }

    fn is_below(&self, size: u64, interval: u64, samples: u64) -> bool {
        u128::from(size) < u128::from(interval) * u128::from(samples)
    }

    /// The longest that it can be: itself, or where it is not known what the smallest sizes would fit, since none is smaller than the interval (by a fiftieth it may be longer).
    pub fn longest(&self) -> Option<u64> {
        self.interval.or(self.candidate)
    }

    /// An interval to sample at next time: this one, or the capture's own where that is known and shorter.
    pub fn no_longer_than(&self, interval: u64) -> u64 {
        self.interval.map_or(interval, |own| own.min(interval))
    }

    /// Whether the sampling cannot tell which of two sizes is the larger one: they differ by less than two standard errors of their difference.
    pub fn are_tied(&self, a: u64, b: u64) -> bool {
        let Some(interval) = self.interval else { return false };
        let variance = u128::from(interval).saturating_mul(u128::from(a) + u128::from(b));
        let difference = u128::from(a.abs_diff(b));
        difference.saturating_mul(difference) < variance.saturating_mul(4)
    }

    /// The rank of each of some sizes, which are sorted, the largest first: 1 for the first and all that it cannot be told from, and so on.
    pub fn ranks(&self, sizes: impl Iterator<Item = u64>) -> Vec<usize> {
        let mut first = (0, 1);
        let rank = |(size, place): (u64, usize)| {
            if place == 1 || !self.are_tied(first.0, size) {
                first = (size, place);
            }
            first.1
        };
        sizes.zip(1..).map(rank).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF_MB: Sampling = Sampling { interval: Some(524_288), source: IntervalSource::Given, candidate: None };

    #[test]
    fn a_size_has_the_error_of_its_samples() {
        let table = [(0, 0), (524_288, 524_288), (524_304, 524_296), (4 * 524_288, 2 * 524_288), (100 << 19, 10 << 19)];
        for (size, error) in table {
            assert_eq!(HALF_MB.standard_error(size), Some(error), "{size}");
        }
        // 5.54 MB are 5.54 ± 1.66 MB.
        assert_eq!(HALF_MB.standard_error(5_807_200).map(|error| (error * 100) >> 20), Some(166));
        let huge = Sampling { interval: Some(u64::MAX / 4), ..HALF_MB };
        assert_eq!(huge.standard_error(u64::MAX), Some((1 << 63) - 1));
        assert_eq!(Sampling::default().standard_error(8), None);
    }

    #[test]
    fn few_samples_have_a_range() {
        let range = |samples: u64| HALF_MB.range(samples << 19);
        assert_eq!(range(0), Some((0, 1_934_035)), "no sample: up to 3.69 intervals");
        assert_eq!(range(1), Some((13_274, 2_921_146)));
        assert!(range(19).is_some());
        assert_eq!(range(20), None);
        assert_eq!(Sampling::default().range(8), None);
        assert!(HALF_MB.rests_on_few((10 << 19) - 1));
        assert!(!HALF_MB.rests_on_few(10 << 19));
        assert!(!Sampling::default().rests_on_few(1));
        assert!(HALF_MB.rests_on_hardly_any((5 << 19) - 1));
        assert!(!HALF_MB.rests_on_hardly_any(5 << 19));
        assert!(!Sampling::default().rests_on_hardly_any(1));
    }

    #[test]
    fn ties_share_a_rank() {
        // Of 100 samples and 75 the difference is 25, two errors of it 26.5; 73 are far enough.
        assert!(HALF_MB.are_tied(100 << 19, 75 << 19));
        assert!(!HALF_MB.are_tied(100 << 19, 73 << 19));
        assert_eq!(HALF_MB.ranks([100, 80, 75, 73, 60, 1].map(|n| n << 19).into_iter()), [1, 1, 1, 4, 4, 6]);
        assert_eq!(Sampling::default().ranks([5, 4, 4].into_iter()), [1, 2, 3]);
        assert_eq!(HALF_MB.ranks(std::iter::empty()), [0; 0]);
    }
}
