//! Sums of bytes by a pair of numbers, of which there may be as many as nodes: a table of a fixed size holds the heaviest.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::scan::prefetch;

/// A pair and its bytes. The key of an empty slot is 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    pub(super) key: u64,
    pub(super) size: u64,
}

/// Bytes by key, no key being 0: a hash table with open addressing, at most three quarters full. Once it has its greatest size, the smaller half of the keys is
/// dropped whenever it is full; which these are does not depend on the order of the slots.
#[derive(Debug)]
pub(super) struct Sizes {
    pub(super) slots: Vec<Slot>,
    used: usize,
    /// The latest, which wait until their slots are in the cache.
    waiting: [Slot; WAITING],
    next: usize,
    /// Random and odd: keys come from the file, so nobody may know where they go (multiply-shift hashing, which is universal).
    factor: u64,
    /// Leaves as many bits of a product as a slot's number has.
    shift: u32,
    most: usize,
}

/// A slot further off than the second cache comes within as many nodes.
const WAITING: usize = 16;

pub(super) const FEWEST_SLOTS: usize = 1 << 8;
/// 4 MiB: as many pairs as 12,000 functions in random order make. (Real applications make a few thousand.)
pub(super) const MOST_SLOTS: usize = 1 << 18;
/// The same in bytes.
pub(super) const MOST_BYTES: usize = MOST_SLOTS * size_of::<Slot>();

/// For a power of two.
fn shift_for(slots: usize) -> u32 {
    u64::BITS - slots.trailing_zeros()
}

impl Default for Sizes {
    fn default() -> Self {
        Self::with_most(MOST_SLOTS)
    }
}

impl Sizes {
    /// An empty one that grows to as many slots, a power of two.
    pub(super) fn with_most(most: usize) -> Self {
        let factor = RandomState::default().hash_one(0_u64) | 1;
        let slots = vec![Slot::default(); FEWEST_SLOTS.min(most)];
        let shift = shift_for(slots.len());
        Self { slots, used: 0, waiting: [Slot::default(); WAITING], next: 0, factor, shift, most }
    }

    #[inline(always)]
    fn slot_of(&self, key: u64) -> usize {
        (key.wrapping_mul(self.factor) >> self.shift) as usize
    }

    /// Adds bytes to those of a key.
    #[inline(always)]
    pub(super) fn add(&mut self, key: u64, size: u64) {
        prefetch(&self.slots, self.slot_of(key));
        let place = &mut self.waiting[self.next % WAITING];
        let earlier = std::mem::replace(place, Slot { key, size });
        self.next = self.next.wrapping_add(1);
        if earlier.key != 0 {
            self.enter(earlier);
        }
    }

    /// Enters all that wait.
    pub(super) fn settle(&mut self) {
        for slot in std::mem::take(&mut self.waiting).into_iter().filter(|slot| slot.key != 0) {
            self.enter(slot);
        }
    }

    #[inline(always)]
    fn enter(&mut self, Slot { key, size }: Slot) {
        let first = self.slot_of(key);
        match self.slots.get_mut(first) {
            Some(slot) if slot.key == key => slot.size += size,
            _ => self.search(key, first, size),
        }
    }

    #[inline(never)]
    fn search(&mut self, key: u64, first: usize, size: u64) {
        let mut at = first;
        while self.slots[at].key != 0 {
            if self.slots[at].key == key {
                self.slots[at].size += size;
                return;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.make_room();
            // It is not there, but its place may be another now.
            at = self.slot_of(key);
            while self.slots[at].key != 0 {
                at = (at + 1) & (self.slots.len() - 1);
            }
        }
        self.used += 1;
        self.slots[at] = Slot { key, size };
    }

    #[cold]
    fn make_room(&mut self) {
        let used = |slots: &[Slot], least: u64| -> Vec<Slot> {
            slots.iter().filter(|slot| slot.key != 0 && slot.size >= least).copied().collect()
        };
        let kept;
        if self.slots.len() < self.most {
            let len = self.slots.len() * 2;
            kept = used(&self.slots, 0);
            // The old ones go first: there is no room for both.
            self.slots = Vec::new();
            self.slots = vec![Slot::default(); len];
            self.shift = shift_for(len);
        } else {
            let sizes = self.slots.iter().filter(|slot| slot.key != 0).map(|slot| slot.size);
            let mut sizes: Vec<u64> = sizes.collect();
            let half = sizes.len() / 2;
            let (_, &mut median, _) = sizes.select_nth_unstable(half);
            drop(sizes);
            kept = used(&self.slots, median.saturating_add(1));
            self.slots.fill(Slot::default());
        }
        self.used = kept.len();
        for slot in kept {
            let mut at = self.slot_of(slot.key);
            while self.slots[at].key != 0 {
                at = (at + 1) & (self.slots.len() - 1);
            }
            self.slots[at] = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn found(sizes: &Sizes) -> BTreeMap<u64, u64> {
        sizes.slots.iter().filter(|slot| slot.key != 0).map(|slot| (slot.key, slot.size)).collect()
    }

    #[test]
    fn sizes_are_exact_while_all_keys_have_room() {
        let (mut sizes, mut expected) = (Sizes::default(), BTreeMap::new());
        for i in 0..60_000_u64 {
            let (key, size) = (1 + (i * i) % 9973, i % 77 + 1);
            sizes.add(key, size);
            *expected.entry(key).or_insert(0) += size;
        }
        sizes.settle();
        assert_eq!(found(&sizes), expected);
        assert_eq!(sizes.used, expected.len());
    }

    #[test]
    fn heavy_keys_stay_when_there_are_too_many() {
        let run = || {
            let mut sizes = Sizes::with_most(64);
            for i in 0..100_000_u64 {
                sizes.add(1 + i % 5, 1000);
                sizes.add(100 + i, 1 + i % 7);
            }
            sizes.settle();
            found(&sizes)
        };
        let sizes = run();
        assert!(sizes.len() <= 48);
        for key in 1..=5 {
            assert_eq!(sizes[&key], 20_000_000);
        }
        assert_eq!(run(), sizes, "whatever the seed");
    }
}
