//! Cut stacks put back below their callers (`--repair-stacks`).
//!
//! V8 keeps the innermost frames of a stack: 128 of them for the inspector, 16 for API writers. A deeper stack loses its outer end, and the rest hangs directly under
//! the root, among the true entry points. Where the outermost frames that are left end exactly one of the complete paths, the stack belongs below it.
//!
//! That can be told only once the whole tree is known, so in this mode its nodes are kept, 16 bytes each, and folded at the end, as a tree in which the stacks stand
//! where they belong. `paths` finds the paths that end with given frames, `plan` decides what goes where.
//!
//! No step looks at more than one path at a time: all of it takes n log n steps for n nodes, whatever the tree looks like.

mod paths;
mod plan;
#[cfg(test)]
mod tests;

use self::plan::Plan;
use crate::profile::{Aggregate, FrameId, Repair, STACK_LIMITS, SizeSpread, Total};

/// Bytes that a node takes at most: while it is kept, and at the end what [`Plan`] takes.
const PER_NODE: usize = size_of::<Node>() + plan::PER_NODE;

/// A node, in the order in which nodes open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Node {
    /// Its [`FrameId`], or [`NO_FRAME`].
    frame: u32,
    /// Open nodes, this one included; and in the highest bits [`NO_SIZE`] and [`GONE`], which no level reaches.
    level: u32,
    size: u64,
}

/// Where the file ended before the call frame came.
const NO_FRAME: u32 = u32::MAX;
/// The size has not come.
const NO_SIZE: u32 = 1 << 31;
/// The node does not stay where it is.
const GONE: u32 = 1 << 30;

impl Node {
    fn new(frame: Option<FrameId>, level: u32) -> Self {
        Self { frame: frame.map_or(NO_FRAME, |frame| frame.0), level: level | NO_SIZE, size: 0 }
    }

    fn frame(&self) -> Option<FrameId> {
        (self.frame != NO_FRAME).then_some(FrameId(self.frame))
    }

    fn level(&self) -> u32 {
        self.level & !(NO_SIZE | GONE)
    }

    fn depth(&self) -> u32 {
        self.level() - 1
    }

    fn size(&self) -> Option<u64> {
        (self.level & NO_SIZE == 0).then_some(self.size)
    }

    fn take(&mut self, size: u64) {
        self.level &= !NO_SIZE;
        self.size += size;
    }

    fn is_gone(&self) -> bool {
        self.level & GONE != 0
    }

    fn set_gone(&mut self, is_gone: bool) {
        self.level = if is_gone { self.level | GONE } else { self.level & !GONE };
    }
}

/// The nodes of a file, and what is known of all of them together.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Indexes of those that are open, by level.
    open: Vec<usize>,
    total: Total,
    sizes: SizeSpread,
}

impl Tree {
    /// Bytes of memory it takes, and will take when it is repaired.
    pub(super) fn memory(&self) -> usize {
        self.nodes.len() * PER_NODE + size_of_val(&self.open[..])
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Open nodes of the tree at most, as far as they are known before it is repaired.
    pub(super) fn levels(&self) -> usize {
        self.open.capacity()
    }

    /// The same of so many nodes, of which so many are open at a time.
    pub(super) fn memory_of(nodes: usize, levels: usize) -> usize {
        nodes * PER_NODE + levels * size_of::<usize>()
    }

    /// A node opens at `level` (the root's is 1). Its size may be added later.
    pub(super) fn open(&mut self, frame: Option<FrameId>, level: u32, size: Option<u64>) {
        self.open.truncate(level as usize - 1);
        self.open.push(self.nodes.len());
        self.nodes.push(Node::new(frame, level));
        if let Some(size) = size {
            self.late_size(level, size);
        }
    }

    /// The size of the innermost open node at `level`.
    pub(super) fn late_size(&mut self, level: u32, size: u64) {
        let open = self.open.get(level as usize - 1);
        let Some(node) = open.and_then(|&open| self.nodes.get_mut(open)).filter(|node| node.frame != NO_FRAME) else {
            return;
        };
        let size = self.total.add(size);
        node.take(size);
        if size > 0 {
            self.sizes.take(size);
        }
    }

    /// Children met so far of each of `levels` open nodes, outermost first.
    pub(super) fn child_counts(&self, levels: u32) -> Vec<u32> {
        let mut counts = vec![0_u32; self.open.len().min(levels as usize)];
        for (i, node) in self.nodes.iter().enumerate() {
            let above = node.level() as usize - 1;
            // The open node one level up is its parent if it opened before.
            if above > 0 && above <= counts.len() && self.open[above - 1] < i {
                counts[above - 1] = counts[above - 1].wrapping_add(1);
            }
        }
        counts
    }

    /// Gives the nodes of the repaired tree, in the order in which they open, to `fold`: frame, level and size. There are so many `frames`.
    pub(super) fn repair(self, frames: usize, fold: impl FnMut(Option<FrameId>, u32, Option<u64>)) -> Repaired {
        self.repair_cut_at(&STACK_LIMITS, frames, fold)
    }

    /// As [`Tree::repair`], where stacks are cut at one of these depths.
    fn repair_cut_at(
        mut self,
        depths: &[u64],
        frames: usize,
        mut fold: impl FnMut(Option<FrameId>, u32, Option<u64>),
    ) -> Repaired {
        let mut repaired = self.numbers(frames);
        let limit = depths.contains(&repaired.max_depth).then_some(repaired.max_depth as u32);
        let plan = Plan::new(&mut self.nodes, limit, frames);
        plan.walk(&self.nodes, |node, level| fold(node.frame(), level, node.size()));
        repaired.repair = plan.repair;
        repaired
    }

    /// What stands in the summary of a report, of the file as it is.
    fn numbers(&self, frames: usize) -> Repaired {
        let mut numbers =
            Repaired { overflowing_sizes: self.total.left_out, sizes: self.sizes.clone(), ..Repaired::default() };
        let mut met = vec![false; frames];
        for node in &self.nodes {
            let (Some(frame), Some(size)) = (node.frame(), node.size()) else { continue };
            numbers.nodes += 1;
            numbers.allocating_nodes += u64::from(size > 0);
            numbers.max_depth = numbers.max_depth.max(u64::from(node.depth()));
            met[frame.0 as usize] = true;
        }
        numbers.call_frames = met.iter().filter(|met| **met).count() as u64;
        numbers
    }
}

/// What was repaired, and the numbers that are of the file, not of the repaired tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Repaired {
    repair: Repair,
    nodes: u64,
    allocating_nodes: u64,
    call_frames: u64,
    max_depth: u64,
    sizes: SizeSpread,
    overflowing_sizes: u64,
}

impl Repaired {
    /// Depth of the file's deepest node.
    pub(super) fn max_depth(&self) -> u64 {
        self.max_depth
    }

    /// Puts them in their places.
    pub(super) fn describe(self, aggregate: &mut Aggregate) {
        aggregate.repair = Some(self.repair);
        aggregate.nodes = self.nodes;
        aggregate.allocating_nodes = self.allocating_nodes;
        aggregate.call_frames = self.call_frames;
        aggregate.max_depth = self.max_depth;
        aggregate.sizes = self.sizes;
        aggregate.overflowing_sizes = self.overflowing_sizes;
    }
}
