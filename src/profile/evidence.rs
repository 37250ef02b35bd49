//! What a pass keeps of the sampling itself: how sizes and samples are spread, which stacks were cut, where stacks begin.
//!
//! None of it grows with the file, but for the entry points, of which there are at most as many as distinct call frames.

use std::cmp::Ordering;
use std::ops::Range;

use super::FrameId;

/// The three smallest of some positive sizes that differ, the smallest first, and how often that occurs. `u64::MAX` stands where there are fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Smallest {
    sizes: [u64; 3],
    first_count: u64,
}

impl Default for Smallest {
    fn default() -> Self {
        Self::NONE
    }
}

impl Smallest {
    /// No sizes.
    pub const NONE: Self = Self { sizes: [u64::MAX; 3], first_count: 0 };

    /// Takes a size. Zero is none.
    #[inline(always)]
    pub fn take(&mut self, size: u64) {
        let [a, b, c] = self.sizes;
        // Whether it is, is hard to foretell: no branch.
        self.first_count += u64::from(size == a);
        // Once some were taken, hardly any is new and small enough.
        if (size < c) & (size != a) & (size != b) {
            self.insert(size);
        }
    }

    /// Takes many sizes at once.
    #[inline(always)]
    pub fn take_all(&mut self, sizes: &[u64]) {
        let [a, b, c] = self.sizes;
        let (mut of_first, mut any_new) = (0, false);
        for &size in sizes {
            of_first += u64::from(size == a);
            any_new |= (size < c) & (size != a) & (size != b);
        }
        if any_new {
            sizes.iter().for_each(|&size| self.take(size));
        } else {
            self.first_count += of_first;
        }
    }

    #[cold]
    fn insert(&mut self, size: u64) {
        if size > 0 {
            self.first_count = if size < self.sizes[0] { 1 } else { self.first_count };
            self.sizes[2] = size;
            self.sizes.sort_unstable();
        }
    }

    /// Takes the sizes of another part.
    pub fn merge(&mut self, other: Self) {
        let count = match self.sizes[0].cmp(&other.sizes[0]) {
            Ordering::Less => self.first_count,
            Ordering::Equal => self.first_count + other.first_count,
            Ordering::Greater => other.first_count,
        };
        other.sizes().for_each(|size| self.take(size));
        self.first_count = count;
    }

    /// The same of other numbers that stand for the sizes, in the same order.
    pub fn map(self, number: impl Fn(u64) -> u64) -> Self {
        let mut mapped = Self { first_count: self.first_count, ..Self::default() };
        mapped.sizes.iter_mut().zip(self.sizes()).for_each(|(mapped, size)| *mapped = number(size));
        mapped
    }

    /// The sizes.
    pub fn sizes(&self) -> impl Iterator<Item = u64> + use<> {
        self.sizes.into_iter().filter(|size| *size < u64::MAX)
    }

    /// How often the smallest occurs.
    pub fn first_count(&self) -> u64 {
        self.first_count
    }
}

/// What the elements of `samples` add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Samples {
    /// Elements.
    pub count: u64,
    /// Sum of their sizes, bytes, `u64::MAX` at most.
    pub size: u64,
    /// Their smallest sizes. Each sample is one object, so these stand just above the sampling interval.
    pub smallest: Smallest,
    /// The greatest ordinal; samples are numbered from 1 as they are taken.
    pub last_ordinal: u64,
    /// Which of the ordinals up to that are there: a bit each, that of the greatest lowest.
    pub latest: u64,
}

impl Samples {
    /// None.
    pub const NONE: Self = Self { count: 0, size: 0, smallest: Smallest::NONE, last_ordinal: 0, latest: 0 };

    /// Takes a sample.
    #[inline(always)]
    pub fn take(&mut self, size: u64, ordinal: u64) {
        self.count += 1;
        self.size = self.size.saturating_add(size);
        self.smallest.take(size);
        self.number(ordinal, 1);
    }

    /// Notes an ordinal, with those before it that are there.
    #[inline(always)]
    pub fn number(&mut self, ordinal: u64, latest: u64) {
        let shifted = |bits: u64, by: u64| if by < 64 { bits << by } else { 0 };
        if ordinal == 0 {
            // It has none.
        } else if ordinal > self.last_ordinal {
            self.latest = latest | shifted(self.latest, ordinal - self.last_ordinal);
            self.last_ordinal = ordinal;
        } else {
            self.latest |= shifted(latest, self.last_ordinal - ordinal);
        }
    }

    /// Takes the samples of another part.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.size = self.size.saturating_add(other.size);
        self.smallest.merge(other.smallest);
        self.number(other.last_ordinal, other.latest);
    }
}

/// Samples whose node is not in the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orphans {
    /// How many.
    pub samples: u64,
    /// Their bytes.
    pub size: u64,
}

/// Parts of an octave that [`SizeSpread`] tells apart.
const PARTS: u64 = 64;
const PART_BITS: u32 = PARTS.trailing_zeros();
/// Parts of all sizes that a `u64` can hold.
#[cfg(test)]
const BINS: usize = (65 - PART_BITS as usize) * PARTS as usize;

/// How the positive self sizes of nodes are spread: the smallest ones, and a histogram with 64 parts an octave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SizeSpread {
    /// The smallest.
    pub smallest: Smallest,
    /// Up to the octave of the largest size: all would be 30 KB.
    bins: Vec<u64>,
}

impl SizeSpread {
    /// Takes a size, which is positive.
    #[inline(always)]
    pub fn take(&mut self, size: u64) {
        self.smallest.take(size);
        match self.bins.get_mut(bin(size)) {
            Some(count) => *count += 1,
            None => self.take_largest(size),
        }
    }

    /// Takes a size that is of a larger octave than those before.
    #[cold]
    fn take_largest(&mut self, size: u64) {
        let bin = bin(size);
        self.bins.resize((bin + 1).next_multiple_of(PARTS as usize), 0);
        self.bins[bin] += 1;
    }

    /// The parts with sizes in them: the least and the greatest size of each, and how many there are.
    pub fn parts(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        let filled = self.bins.iter().enumerate().filter(|(_, count)| **count > 0);
        filled.map(|(i, &count)| (least(i), least(i + 1).wrapping_sub(1), count))
    }

    /// Sizes in the parts that any of these sizes belong to.
    pub fn count_in(&self, sizes: Range<u64>) -> u64 {
        let end = (bin(sizes.end.saturating_sub(1)) + 1).min(self.bins.len());
        self.bins.get(bin(sizes.start)..end).map_or(0, |counts| counts.iter().sum())
    }

    /// Sizes that were taken.
    pub fn count(&self) -> u64 {
        self.bins.iter().sum()
    }
}

/// The part that a size belongs to. Sizes below 128 have parts of their own.
#[inline(always)]
fn bin(size: u64) -> usize {
    let shift = (63 - (size | PARTS).leading_zeros()) - PART_BITS;
    ((u64::from(shift) << PART_BITS) + (size >> shift)) as usize
}

/// The least size of a part; 0 (2^64) for the one behind the last.
fn least(bin: usize) -> u64 {
    let shift = (bin as u32 >> PART_BITS).saturating_sub(1);
    let top = bin as u64 - (u64::from(shift) << PART_BITS);
    top.checked_shl(shift).filter(|size| size >> shift == top).unwrap_or(0)
}

/// Greatest depths of stacks that writers keep: V8's default for API writers, and those of the inspector.
pub const STACK_LIMITS: [u64; 3] = [16, 64, 128];

/// Stacks that were cut: V8 keeps the innermost frames, and what is left hangs under the root as if it began there.
///
/// A node's own bytes are cut where it stands as deep as the capture's limit, which is the greatest depth of the file if that is one of
/// [`STACK_LIMITS`], and if some child of the root has bytes at that depth alone: else the deepest stacks are as deep by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutStacks {
    /// The limit: frames that were kept of each stack.
    pub limit: u64,
    /// Bytes with a cut stack, of the whole file.
    pub self_size: u64,
    /// Children of the root that are no entry points, as all their bytes are cut; of what is shown.
    pub truncated: u64,
    /// Bytes below these.
    pub truncated_size: u64,
}

/// A frame that stacks begin with: a child of the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryPoint {
    /// The frame.
    pub frame: FrameId,
    /// Bytes that were allocated by it and below it, where it is a child of the root; truncated stacks are not in it.
    pub total_size: u64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_part_begins_where_the_one_before_ends() {
        for i in 0..BINS {
            assert_eq!(bin(least(i)), i, "{i}");
            assert_eq!(bin(least(i + 1).wrapping_sub(1)), i, "{i}");
        }
        assert_eq!((bin(u64::MAX), least(BINS)), (BINS - 1, 0));
        for size in [127, 128, 1 << 20, 1 << 62] {
            let width = least(bin(size) + 1) - least(bin(size));
            assert!(width == 1 || width * PARTS <= size, "{size}");
        }
    }

    proptest! {
        #[test]
        fn the_latest_samples_are_told_in_any_order(
            ordinals in prop::collection::vec(prop_oneof![1..200_u64, 1..u64::MAX], 1..80),
            cut in 0..80_usize,
        ) {
            let (mut first, mut second) = (Samples::default(), Samples::default());
            let cut = cut.min(ordinals.len());
            ordinals[..cut].iter().for_each(|&ordinal| first.take(8, ordinal));
            ordinals[cut..].iter().for_each(|&ordinal| second.take(8, ordinal));
            first.merge(&second);
            let last = ordinals.iter().copied().max().unwrap_or(0);
            prop_assert_eq!(first.last_ordinal, last);
            let is_there = |before: u64| last.checked_sub(before).is_some_and(|ordinal| ordinals.contains(&ordinal));
            let expected = (0..64).filter(|&before| is_there(before)).fold(0, |bits, before| bits | 1 << before);
            prop_assert_eq!(first.latest, expected);
        }

        #[test]
        fn parts_hold_all_sizes(sizes in prop::collection::vec(1..u64::MAX, 0..50), from in 1..u64::MAX / 2, width in 1..u64::MAX / 2) {
            let mut spread = SizeSpread::default();
            sizes.iter().for_each(|&size| spread.take(size));
            prop_assert_eq!(spread.count(), sizes.len() as u64);
            for (least, most, count) in spread.parts() {
                prop_assert_eq!(count, sizes.iter().filter(|size| (least..=most).contains(*size)).count() as u64);
            }
            let touched = spread.parts().filter(|&(least, most, _)| least < from + width && most >= from);
            prop_assert_eq!(spread.count_in(from..from + width), touched.map(|(.., count)| count).sum::<u64>());
        }

        #[test]
        fn the_three_smallest_are_kept(sizes in prop::collection::vec(0..20_u64, 0..60)) {
            let mut smallest = Smallest::default();
            sizes.iter().for_each(|&size| smallest.take(size));
            let mut all = std::collections::BTreeMap::new();
            sizes.iter().filter(|size| **size > 0).for_each(|&size| *all.entry(size).or_insert(0) += 1);
            prop_assert_eq!(smallest.sizes().collect::<Vec<_>>(), all.keys().copied().take(3).collect::<Vec<_>>());
            prop_assert_eq!(smallest.first_count(), all.values().next().copied().unwrap_or(0));
        }

        #[test]
        fn parts_of_samples_add_up(samples in prop::collection::vec((0..100_u64, 0..100_u64), 0..40), cut in 0..40_usize) {
            let all = |samples: &[(u64, u64)]| {
                let mut sums = Samples::default();
                samples.iter().for_each(|&(size, ordinal)| sums.take(size, ordinal));
                sums
            };
            let (left, right) = samples.split_at(cut.min(samples.len()));
            let mut merged = all(left);
            merged.merge(&all(right));
            prop_assert_eq!(merged, all(&samples));
        }
    }
}
