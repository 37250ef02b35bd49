//! What is summed while a CPU profile is read: by call frame, and by node where the node has not come yet.

use std::num::NonZeroU32;

use hashbrown::HashMap;

use crate::profile::FrameId;

/// What a call frame (or a node that has not come yet) took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    /// Microseconds of its samples.
    pub(super) time: u64,
    /// Its samples.
    pub(super) samples: u64,
    /// Its `hitCount`.
    pub(super) hits: u64,
}

impl Spent {
    pub(super) fn add(&mut self, other: Self) {
        self.time = self.time.saturating_add(other.time);
        self.samples = self.samples.saturating_add(other.samples);
        self.hits = self.hits.saturating_add(other.hits);
    }
}

/// The sums of a profile.
#[derive(Default)]
pub(super) struct Tables {
    /// Indexed by [`FrameId`].
    by_frame: Vec<Spent>,
    /// The frame of each node, and one: a node takes 4 bytes.
    nodes: ById<Option<NonZeroU32>>,
    /// Samples of nodes that have not come yet.
    early: ById<Spent>,
    /// Nodes that were read.
    pub(super) node_count: u64,
    /// Nodes and samples are not told apart any more, for want of memory.
    only_hits: bool,
}

impl Tables {
    /// A node was read. Where an id stands twice, the first node has it.
    pub(super) fn node(&mut self, id: Option<u64>, frame: FrameId, hits: u64) {
        self.node_count += 1;
        self.frame(frame).add(Spent { hits, ..Spent::default() });
        if let Some(id) = id
            && !self.only_hits
        {
            self.nodes.at(id).get_or_insert(NonZeroU32::MIN.saturating_add(frame.0));
        }
    }

    /// A sample of a node lasted so long.
    pub(super) fn spend(&mut self, id: u64, time: u64) {
        if self.only_hits {
            return;
        }
        let spent = Spent { time, samples: 1, hits: 0 };
        match self.nodes.get(id).flatten() {
            Some(frame) => self.frame(FrameId(frame.get() - 1)).add(spent),
            None => self.early.at(id).add(spent),
        }
    }

    fn frame(&mut self, frame: FrameId) -> &mut Spent {
        let index = frame.0 as usize;
        if index >= self.by_frame.len() {
            self.by_frame.resize(index + 1, Spent::default());
        }
        &mut self.by_frame[index]
    }

    /// Bytes of memory that it takes, but for hash tables.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&self.by_frame[..]) + size_of_val(&self.nodes.dense[..]) + size_of_val(&self.early.dense[..])
    }

    /// Bytes of memory that hash tables take until they hold `to` as many entries as now.
    pub(super) fn index_memory(&self, to: impl Fn(usize) -> usize + Copy) -> usize {
        self.nodes.sparse_memory(to) + self.early.sparse_memory(to)
    }

    /// Forgets everything that is kept for each node.
    pub(super) fn give_up_nodes(&mut self) {
        self.only_hits = true;
        self.nodes = ById::default();
        self.early = ById::default();
    }

    /// The sums by frame (those of the first `frames`), and what belongs to nodes that the profile does not have.
    pub(super) fn finish(mut self, frames: usize) -> (Vec<Spent>, Spent) {
        let mut lost = Spent::default();
        for (id, spent) in std::mem::take(&mut self.early).into_entries() {
            match self.nodes.get(id).flatten() {
                Some(frame) => self.frame(FrameId(frame.get() - 1)).add(spent),
                None => lost.add(spent),
            }
        }
        self.by_frame.resize(frames, Spent::default());
        (self.by_frame, lost)
    }
}

/// A small value for each id. V8 numbers its nodes from 1 on, so most of them stand in a list; ids that are far from the others do not.
#[derive(Default)]
struct ById<T> {
    dense: Vec<T>,
    /// Those of the list that are there.
    listed: usize,
    sparse: HashMap<u64, T>,
}

/// Ids below this always stand in the list.
const ALWAYS_DENSE: u64 = 1 << 10;

impl<T: Copy + Default + PartialEq> ById<T> {
    fn get(&self, id: u64) -> Option<T> {
        let dense = usize::try_from(id).ok().and_then(|index| self.dense.get(index));
        match self.sparse.is_empty() {
            false => self.sparse.get(&id).or(dense).copied(),
            true => dense.copied(),
        }
    }

    fn at(&mut self, id: u64) -> &mut T {
        let reach = ALWAYS_DENSE.max(2 * (self.listed + self.sparse.len()) as u64);
        match usize::try_from(id) {
            Ok(index) if id < reach && (self.sparse.is_empty() || !self.sparse.contains_key(&id)) => {
                if index >= self.dense.len() {
                    self.dense.resize(index + 1, T::default());
                }
                let value = &mut self.dense[index];
                self.listed += usize::from(*value == T::default());
                value
            }
            _ => self.sparse.entry(id).or_default(),
        }
    }

    fn sparse_memory(&self, to: impl Fn(usize) -> usize) -> usize {
        let entries = to(self.sparse.len());
        if self.sparse.is_empty() || entries <= self.sparse.capacity() {
            return self.sparse.allocation_size();
        }
        let grown = (entries * 8 / 7 + 1).next_power_of_two() * (size_of::<(u64, T)>() + 1);
        grown + (grown / 2).max(self.sparse.allocation_size())
    }

    fn into_entries(self) -> impl Iterator<Item = (u64, T)> {
        (0..).zip(self.dense).chain(self.sparse)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_of_any_size_keep_their_values(ids in prop::collection::vec(prop_oneof![0..50_u64, 900..5000_u64, any::<u64>()], 0..300)) {
            let mut map = ById::<u64>::default();
            let mut expected: HashMap<u64, u64> = HashMap::new();
            for &id in &ids {
                *map.at(id) += 1;
                *expected.entry(id).or_default() += 1;
            }
            for id in ids.iter().copied().chain(0..100) {
                prop_assert_eq!(map.get(id).unwrap_or(0), expected.get(&id).copied().unwrap_or(0));
            }
            let entries: HashMap<u64, u64> = map.into_entries().filter(|(_, count)| *count > 0).collect();
            prop_assert_eq!(entries, expected);
        }
    }

    fn memory(map: &ById<u32>) -> usize {
        map.dense.len() * 4 + map.sparse_memory(|entries| entries)
    }

    #[test]
    fn memory_follows_the_number_of_ids_not_their_size() {
        let mut map = ById::<u32>::default();
        (0..2000).for_each(|id| *map.at(id << 40) += 1);
        assert!(memory(&map) < 200_000, "{}", memory(&map));
        let mut map = ById::<u32>::default();
        (1..=100_000).for_each(|id| *map.at(id) += 1);
        assert!(memory(&map) < 1_100_000, "{}", memory(&map));
        // Each as far as the list may reach.
        let mut map = ById::<u32>::default();
        (10..40).for_each(|power| *map.at((1 << power) - 1) += 1);
        assert!(memory(&map) < 10_000, "{}", memory(&map));
    }

    #[test]
    fn samples_may_come_before_their_nodes() {
        let spent = |time, samples, hits| Spent { time, samples, hits };
        let mut tables = Tables::default();
        tables.spend(7, 100);
        tables.spend(9, 5);
        tables.node(Some(7), FrameId(1), 3);
        tables.node(Some(8), FrameId(1), 4);
        tables.node(None, FrameId(0), 1);
        tables.node(Some(8), FrameId(0), 0);
        tables.spend(7, 10);
        tables.spend(8, 1);
        let (by_frame, lost) = tables.finish(3);
        assert_eq!(by_frame, [spent(0, 0, 1), spent(111, 3, 7), spent(0, 0, 0)]);
        assert_eq!(lost, spent(5, 1, 0));
    }
}
