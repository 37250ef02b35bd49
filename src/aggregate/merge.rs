//! Several profiles as one: the union of their trees, in which nodes with the same path are one node with the sum of their bytes.
//!
//! The union is kept, some 40 bytes for each distinct path and half as much again while it grows, and folded at the end as the tree of one file; so filters, causes, totals and stacks are what they would
//! be of a file with that tree. While a file is read its own nodes are kept as well, 16 bytes each.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

use super::memory::{self, Budget};
use super::options::ReadOptions;
use super::tally::Tally;
use crate::profile::{Aggregate, CallFrameTable, CallTree, Category, FrameId, Total, hash_table_growth};

/// The union of some trees.
#[derive(Debug, Default)]
pub struct Union {
    frames: CallFrameTable,
    nodes: Vec<Node>,
    total: Total,
    /// Open nodes at most, with the innermost.
    levels: u32,
    /// Nodes by parent and frame.
    index: HashTable<u32>,
    hasher: RandomState,
}

/// A distinct path.
#[derive(Debug)]
struct Node {
    frame: FrameId,
    parent: u32,
    /// The first of its children, and the next of its parent's, once all are there; [`NONE`] where there is none.
    child: u32,
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
    /// Adds a tree, whose call frames these are. Sizes that would carry the sum of all trees past 2^64 - 1 are left out.
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
            self.levels = self.levels.max(level);
            let node = self.child(path.last().copied().unwrap_or(NONE), frame);
            path.push(node);
            let node = &mut self.nodes[node as usize];
            node.size += self.total.add(size.unwrap_or(0));
            node.is_counted |= size.is_some();
        }
    }

    /// Bytes of memory that it takes more, at most, once a tree is added and it is folded with these options; the tree's call frames are taken in.
    ///
    /// # Panics
    ///
    /// As [`Self::add`].
    pub fn growth(&mut self, tree: &CallTree, frames: &CallFrameTable, options: &ReadOptions<'_>) -> usize {
        let growth_of_frames = self.frames.growth(frames);
        let mut ids = vec![None; frames.len()];
        let mut path: Vec<Option<u32>> = Vec::new();
        let (mut new, mut levels) = (0, self.levels);
        for (frame, level, _) in tree.nodes() {
            levels = levels.max(level);
            path.truncate(level as usize - 1);
            let frame = *ids[frame.0 as usize].get_or_insert_with(|| self.frames.adopt(frames, frame));
            let parent = path.last().copied().unwrap_or(Some(NONE));
            let node = parent.and_then(|parent| self.find(parent, frame));
            new += usize::from(node.is_none());
            path.push(node);
        }
        let of_paths = levels as usize * size_of::<Option<u32>>() + ids.len() * size_of::<Option<FrameId>>();
        let growth = growth_of_frames + of_paths + new * size_of::<Node>() + hash_table_growth(&self.index, new);
        growth + memory::of_sums(&self.frames, self.nodes.len() + new, levels as usize, options)
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
        nodes.push(Node { frame, parent, child: NONE, sibling: NONE, size: 0, is_counted: false });
        index.insert_unique(hasher.hash_one((parent, frame)), id, |&node| hasher.hash_one(nodes[node as usize].key()));
        id
    }

    /// The sums over the union, or over what filters show of it. `options` say which, how many stacks are kept, and whether its nodes are.
    pub fn fold(self, categories: &[Category], options: &ReadOptions<'_>) -> (Aggregate, Option<CallTree>) {
        let Self { frames, mut nodes, total, index, .. } = self;
        drop(index);
        let options = ReadOptions { repair_stacks: false, ..*options };
        let mut tally = Tally::new(&options, categories, &Budget::new(options.max_memory, 0, 1));
        tally.grow(&frames);
        // Roots of files differ only where one has none, or an odd one: they stand beside each other, and the first holds them.
        let (mut next, mut level) = (link(&mut nodes), 1);
        while let Some(node) = nodes.get(next as usize) {
            tally.open(Some(node.frame), level, node.is_counted.then_some(node.size), &frames);
            (next, level) = after(&nodes, node, level);
        }
        drop(nodes);
        let (mut aggregate, tree) = tally.finish(frames);
        aggregate.categories = categories.into();
        aggregate.overflowing_sizes = total.left_out;
        (aggregate, tree)
    }
}

/// Has each node name its first child and its next sibling, in the order in which they came. Gives the first root.
fn link(nodes: &mut [Node]) -> u32 {
    let mut root = NONE;
    for id in (0..nodes.len()).rev() {
        let first = match nodes.get_mut(nodes[id].parent as usize) {
            Some(parent) => &mut parent.child,
            None => &mut root,
        };
        nodes[id].sibling = std::mem::replace(first, id as u32);
    }
    root
}

/// The node that opens after one at `level`, and its level.
fn after(nodes: &[Node], node: &Node, mut level: u32) -> (u32, u32) {
    if node.child != NONE {
        return (node.child, level + 1);
    }
    let mut node = node;
    while node.sibling == NONE {
        let Some(parent) = nodes.get(node.parent as usize) else { break };
        (node, level) = (parent, level - 1);
    }
    (node.sibling, level)
}
