//! The first samples of a file, by which readings of one sampling session are told.
//!
//! V8 numbers the samples of a session from 1 as it takes them, and drops those whose objects are collected. So whatever two readings of one session both
//! have has one number and one size in both. In readings of two sessions a number stands for different objects.

use std::collections::BTreeMap;

/// Samples that are kept.
const MOST: usize = 1024;

/// How improbable it must be that sizes agree by chance.
const CHANCE: f64 = 1e-6;

/// The samples with the smallest numbers, 1,024 at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstSamples {
    /// Number and size.
    samples: Vec<(u64, u64)>,
}

impl FirstSamples {
    /// Takes a sample. One without a number tells nothing.
    pub(crate) fn take(&mut self, ordinal: u64, size: u64) {
        if ordinal > 0 {
            self.samples.push((ordinal, size));
        }
        if self.samples.len() >= 2 * MOST {
            self.close();
        }
    }

    /// Leaves those that are kept, in order; to be called when all were taken.
    pub(crate) fn close(&mut self) {
        self.samples.sort_unstable();
        self.samples.dedup_by_key(|&mut (ordinal, _)| ordinal);
        self.samples.truncate(MOST);
    }

    /// How many samples two readings share, where they are of one session: all numbers that are in both stand for one size, and so many sizes would not agree
    /// by chance. Where nothing is shared any more, it cannot be told.
    pub fn shared(&self, other: &Self) -> Option<usize> {
        let mut sizes: BTreeMap<u64, u32> = BTreeMap::new();
        let mut shared = 0;
        for (ordinal, size) in &self.samples {
            let Ok(at) = other.samples.binary_search_by_key(ordinal, |&(ordinal, _)| ordinal) else { continue };
            if other.samples[at].1 != *size {
                return None;
            }
            shared += 1;
            *sizes.entry(*size).or_default() += 1;
        }
        // Two samples of any sessions have one size as often as two of these have.
        let parts = sizes.values().map(|&count| f64::from(count) / shared as f64);
        let by_chance = parts.map(|part| part * part).sum::<f64>();
        (shared > 0 && by_chance.powf(shared as f64) < CHANCE).then_some(shared)
    }
}

#[cfg(test)]
mod tests {
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
        let equal = first((1..900).map(|n| (n, 520)));
        assert_eq!(equal.shared(&equal.clone()), None);
    }

    #[test]
    fn the_first_are_kept_in_whatever_order_they_come() {
        let backwards = first((1..9000).rev().map(|n| (n, size(n, 0))));
        assert_eq!(backwards, first((1..=1024).map(|n| (n, size(n, 0)))));
        assert_eq!(first([(0, 520), (0, 528)]), FirstSamples::default());
    }
}
