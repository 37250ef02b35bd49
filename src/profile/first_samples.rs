//! The first samples of a file, by which readings of one sampling session are told.
//!
//! V8 numbers the samples of a session from 1 as it takes them, and drops those whose objects are collected. So whatever two readings of one session both
//! have has one number and one size in both, and what a later one has from the time of an earlier one is in that, too. In readings of two sessions a number
//! stands for different objects.

use std::collections::BTreeMap;

use super::moments::Moments;

/// Samples that are kept.
const MOST: usize = 1024;

/// How improbable it must be that sizes agree by chance.
const CHANCE: f64 = 1e-5;

/// The samples with the smallest numbers, 1,024 at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstSamples {
    /// Number and size.
    samples: Vec<(u64, u64)>,
    /// When all of them were taken.
    moments: Moments,
}

impl FirstSamples {
    /// Takes a sample. One without a number tells nothing.
    pub(crate) fn take(&mut self, ordinal: u64, size: u64) {
        if ordinal > 0 {
            self.samples.push((ordinal, size));
            self.moments.take(ordinal, size);
        }
        if self.samples.len() >= 2 * MOST {
            self.keep_first();
        }
    }

    /// Leaves those that are kept, in order; to be called when all were taken.
    pub(crate) fn close(&mut self) {
        self.keep_first();
        self.moments.close();
    }

    fn keep_first(&mut self) {
        self.samples.sort_unstable();
        self.samples.dedup_by_key(|&mut (ordinal, _)| ordinal);
        self.samples.truncate(MOST);
    }

    /// How all samples, the first and the others, are spread over the session.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// How many samples two readings share, where they are of one session: all numbers that are in both stand for one size, and so many sizes would not agree
    /// by chance. Where nothing is shared any more, it cannot be told.
    pub fn shared(&self, other: &Self) -> Option<usize> {
        let shared = self.in_common(other)?;
        // A sample of another session has a size as often as that occurs there.
        let by_chance = |samples: &Self| {
            let sizes = samples.sizes();
            shared.iter().map(|size| f64::from(sizes[size]) / samples.samples.len() as f64).product::<f64>()
        };
        (by_chance(self).max(by_chance(other)) < CHANCE).then_some(shared.len())
    }

    /// How many samples two readings have in common, be it by chance; none where a number stands for two, as in readings of two sessions.
    pub fn common(&self, other: &Self) -> Option<usize> {
        self.in_common(other).map(|sizes| sizes.len())
    }

    /// Whether this may be a later reading of the session: all that it has from before the other was read is in that, with one size, and there is something. Of few
    /// samples that may be so by chance.
    pub fn may_follow(&self, before: &Self) -> bool {
        let last = before.samples.last().map_or(0, |&(ordinal, _)| ordinal);
        let old = self.samples.partition_point(|&(ordinal, _)| ordinal <= last);
        old > 0 && self.common(before) == Some(old)
    }

    /// The sizes of samples whose numbers are in both; none where a number stands for two sizes.
    fn in_common(&self, other: &Self) -> Option<Vec<u64>> {
        let mut shared = Vec::new();
        for &(ordinal, size) in &self.samples {
            let Ok(at) = other.samples.binary_search_by_key(&ordinal, |&(ordinal, _)| ordinal) else { continue };
            if other.samples[at].1 != size {
                return None;
            }
            shared.push(size);
        }
        Some(shared)
    }

    /// How often each size occurs.
    fn sizes(&self) -> BTreeMap<u64, u32> {
        let mut sizes = BTreeMap::new();
        self.samples.iter().for_each(|&(_, size)| *sizes.entry(size).or_default() += 1);
        sizes
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;

    fn first(samples: impl IntoIterator<Item = (u64, u64)>) -> FirstSamples {
        let mut first = FirstSamples::default();
        samples.into_iter().for_each(|(ordinal, size)| first.take(ordinal, size));
        first.close();
        first
    }

    /// A size that differs from sample to sample.
    fn size(ordinal: u64, seed: u64) -> u64 {
        512 + (ordinal * 7 + seed * ordinal) % 5 * 8
    }

    #[test]
    fn readings_of_one_session_are_told() {
        let reading = |of: &dyn Fn(u64) -> bool, seed| first((1..5000).filter(|&n| of(n)).map(|n| (n, size(n, seed))));
        let all = reading(&|_| true, 0);
        assert_eq!(all.shared(&reading(&|_| true, 0)), Some(MOST));
        assert_eq!(all.shared(&reading(&|n| n % 3 > 0, 0)), Some(683));
        assert_eq!(reading(&|n| n % 2 == 0, 0).shared(&reading(&|n| n % 2 == 1, 0)), None, "they share nothing");
        assert_eq!(all.shared(&reading(&|_| true, 1)), None, "sizes differ");
        assert_eq!(all.shared(&FirstSamples::default()), None);
        // Few samples, and any number of one size, agree by chance.
        assert_eq!(reading(&|n| n < 6, 0).shared(&all), None);
        // Sizes that occur seldom say more: four of a hundred that differ are enough, one is not.
        let seldom = |numbers: Range<u64>| first(numbers.map(|n| (n, 512 + 8 * n)));
        assert_eq!(seldom(1..101).shared(&seldom(97..197)), Some(4));
        assert_eq!(seldom(1..101).shared(&seldom(100..200)), None);
        assert_eq!([100, 101].map(|from| seldom(1..101).common(&seldom(from..200))), [Some(1), Some(0)]);
        assert_eq!(all.common(&reading(&|_| true, 1)), None, "sizes differ");
        let equal = first((1..900).map(|n| (n, 520)));
        assert_eq!(equal.shared(&equal.clone()), None);
    }

    #[test]
    fn a_later_reading_has_nothing_of_old_that_the_earlier_one_lacks() {
        let of = |numbers: &[u64]| first(numbers.iter().map(|&n| (n, 512)));
        let before = of(&[1, 2, 7, 9]);
        let table = [(&[1, 7][..], true), (&[9, 10, 11], true), (&[1, 8], false), (&[10, 11], false), (&[], false)];
        for (numbers, expected) in table {
            assert_eq!(of(numbers).may_follow(&before), expected, "{numbers:?}");
        }
        assert!(!first([(1, 512), (7, 520)]).may_follow(&before), "a number stands for two sizes");
        assert!(!before.may_follow(&of(&[])));
    }

    #[test]
    fn the_first_are_kept_in_whatever_order_they_come() {
        let backwards = first((1..9000).rev().map(|n| (n, size(n, 0))));
        assert_eq!(backwards.samples, first((1..=1024).map(|n| (n, size(n, 0)))).samples);
        assert_eq!(first([(0, 520), (0, 528)]), FirstSamples::default());
    }
}
