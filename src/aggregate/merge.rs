//! Several profiles as one: the union of their trees, in which nodes with the same path are one node with the sum of their bytes.
//!
//! The union is kept, some 40 bytes for each distinct path and twice that while it grows, and folded at the end as the tree of one file; so filters, causes, totals and stacks are what they would be of
//! a file with that tree. While a file is read its own nodes are kept as well, 16 bytes each.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

use super::memory::{Budget, PER_FRAME};
use super::options::ReadOptions;
use super::tally::Tally;
use crate::profile::{Aggregate, CallFrameTable, CallTree, Category, FrameId, hash_table_while_growing};

/// The union of some trees.
#[derive(Debug, Default)]
pub struct Union {
    frames: CallFrameTable,
    nodes: Vec<Node>,
    /// Nodes by parent and frame.
    index: HashTable<u32>,
    hasher: RandomState,
}

/// A distinct path.
#[derive(Debug)]
struct Node {
    frame: FrameId,
    parent: u32,
    /// Those of its children and of its parent's that came before; [`NONE`] where none did.
    last_child: u32,
    sibling: u32,
    size: u64,
    /// Whether a node of it was complete.
    is_counted: bool,
}

const NONE: u32 = u32::MAX;

impl Node {
    fn key(&self) -> (u32, FrameId) {
        (self.parent, self.frame)
    }
}

impl Union {
    /// Adds a tree, whose call frames these are.
    ///
    /// # Panics
    ///
    /// With the call frames of another tree, if there are not as many.
    pub fn add(&mut self, tree: &CallTree, frames: &CallFrameTable) {
        let mut ids = vec![None; frames.len()];
        let mut path = Vec::new();
        for (frame, level, size) in tree.nodes() {
            path.truncate(level as usize - 1);
            let frame = *ids[frame.0 as usize].get_or_insert_with(|| self.frames.adopt(frames, frame));
            let node = self.child(path.last().copied().unwrap_or(NONE), frame);
            path.push(node);
            let node = &mut self.nodes[node as usize];
            node.size = node.size.saturating_add(size.unwrap_or(0));
            node.is_counted |= size.is_some();
        }
    }

    /// Bytes of memory that it and its sums take more, at most, once a tree is added; the tree's call frames are taken in.
    ///
    /// # Panics
    ///
    /// As [`Self::add`].
    pub fn growth(&mut self, tree: &CallTree, frames: &CallFrameTable) -> usize {
        let mut ids = vec![None; frames.len()];
        let mut path: Vec<Option<u32>> = Vec::new();
        let mut new = 0;
        for (frame, level, _) in tree.nodes() {
            path.truncate(level as usize - 1);
            let frame = *ids[frame.0 as usize].get_or_insert_with(|| self.frames.adopt(frames, frame));
            let parent = path.last().copied().unwrap_or(Some(NONE));
            let node = parent.and_then(|parent| self.find(parent, frame));
            new += usize::from(node.is_none());
            path.push(node);
        }
        let (index, allocated) = (&self.index, self.index.allocation_size());
        let grown = hash_table_while_growing(index.len() + new, index.capacity(), allocated, size_of::<u32>());
        new * size_of::<Node>() + (grown - allocated) + self.frames.len() * PER_FRAME
    }

    fn find(&self, parent: u32, frame: FrameId) -> Option<u32> {
        let Self { nodes, index, hasher, .. } = self;
        let hash = hasher.hash_one((parent, frame));
        index.find(hash, |&node| nodes[node as usize].key() == (parent, frame)).copied()
    }

    /// The node of a frame below another one, which is made if it is new.
    fn child(&mut self, parent: u32, frame: FrameId) -> u32 {
        if let Some(node) = self.find(parent, frame) {
            return node;
        }
        let Self { nodes, index, hasher, .. } = self;
        let id = nodes.len() as u32;
        let above = nodes.get_mut(parent as usize);
        let sibling = above.map_or(NONE, |above| std::mem::replace(&mut above.last_child, id));
        nodes.push(Node { frame, parent, last_child: NONE, sibling, size: 0, is_counted: false });
        index.insert_unique(hasher.hash_one((parent, frame)), id, |&node| hasher.hash_one(nodes[node as usize].key()));
        id
    }

    /// The sums over the union, or over what filters show of it. `options` say which, and how many stacks are kept.
    pub fn fold(self, categories: &[Category], options: &ReadOptions<'_>) -> Aggregate {
        let Self { frames, nodes, .. } = self;
        let options = ReadOptions { repair_stacks: false, keep_tree: false, ..*options };
        let mut tally = Tally::new(&options, categories, &Budget::new(options.max_memory, 0, 1));
        tally.grow(&frames);
        // Roots of files differ only where one has none, or an odd one: they stand beside each other, and the first holds them.
        let mut open: Vec<(u32, u32)> =
            (0..).zip(&nodes).filter(|(_, node)| node.parent == NONE).map(|(id, _)| (id, 1)).collect();
        open.reverse();
        while let Some((id, level)) = open.pop() {
            let node = &nodes[id as usize];
            tally.open(Some(node.frame), level, node.is_counted.then_some(node.size), &frames);
            let mut child = node.last_child;
            while let Some(node) = nodes.get(child as usize) {
                open.push((child, level + 1));
                child = node.sibling;
            }
        }
        let mut aggregate = tally.finish(frames);
        aggregate.categories = categories.into();
        aggregate
    }
}
