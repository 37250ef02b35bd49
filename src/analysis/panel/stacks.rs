//! The distinct stacks of a panel.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

use crate::profile::FrameId;

/// A stack of a [`Panel`](super::Panel): a row of its table of stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackId(pub u32);

/// Stacks without duplicates.
#[derive(Debug, Default)]
pub(super) struct Stacks {
    paths: Vec<Box<[FrameId]>>,
    /// With their hashes: a table that grows does not look into paths.
    index: HashTable<(u64, StackId)>,
    hasher: RandomState,
}

impl Stacks {
    pub(super) fn intern(&mut self, path: &[FrameId]) -> StackId {
        let Self { paths, index, hasher } = self;
        let hash = hasher.hash_one(path);
        let is_it = |&(other, StackId(id)): &(u64, StackId)| other == hash && *paths[id as usize] == *path;
        if let Some(&(_, id)) = index.find(hash, is_it) {
            return id;
        }
        let id = StackId(paths.len() as u32);
        paths.push(path.into());
        index.insert_unique(hash, (hash, id), |&(hash, _)| hash);
        id
    }

    pub(super) fn get(&self, StackId(id): StackId) -> &[FrameId] {
        &self.paths[id as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }
}
