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
    index: HashTable<StackId>,
    hasher: RandomState,
}

impl Stacks {
    pub(super) fn intern(&mut self, path: Box<[FrameId]>) -> StackId {
        let Self { paths, index, hasher } = self;
        let hash = hasher.hash_one(&path);
        if let Some(&id) = index.find(hash, |&StackId(id)| paths[id as usize] == path) {
            return id;
        }
        let id = StackId(paths.len() as u32);
        paths.push(path);
        index.insert_unique(hash, id, |&StackId(id)| hasher.hash_one(&paths[id as usize]));
        id
    }

    pub(super) fn get(&self, StackId(id): StackId) -> &[FrameId] {
        &self.paths[id as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }
}
