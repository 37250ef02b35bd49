//! Folds node rows, in the order in which nodes open, into sums.
//!
//! State: the open path, one row of sums for each distinct call frame, package and category, and the heaviest stacks.
//! Nothing grows with the number of nodes.

use super::heavy_stacks::HeavyStacks;
use crate::profile::{Aggregate, CallFrame, CallFrameTable, CategoryId, FrameId, HeavyStack, PackageId, Sums};
use crate::scan::prefetch;

/// An open node. 32 bytes: a path may be a million deep.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// `NO_FRAME` where the file ended before the call frame came.
    frame: u32,
    /// Children met so far; for the key paths of errors.
    children: u32,
    /// Self sizes of everything below it that has closed, and its own.
    subtree: u64,
    /// Number of the node in the order in which nodes open.
    ordinal: u64,
    /// The own size, 0 until it is known.
    size: u64,
}

const NO_FRAME: u32 = u32::MAX;

/// Open nodes on the path that belong to a frame, package or category, and what the outermost of them have added up to.
/// Only the outermost adds, so that a recursive call counts once.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    size: u64,
    open: u32,
}

impl Total {
    #[inline(always)]
    fn leave(&mut self, subtree: u64) {
        self.open -= 1;
        if self.open == 0 {
            self.size += subtree;
        }
    }
}

/// A call frame while the pass goes on; all that a row touches of it, in one line of the cache.
#[derive(Clone, Copy, Debug)]
struct FrameRow {
    total: Total,
    self_size: u64,
    allocating_nodes: u64,
    nodes: u64,
    package: PackageId,
    category: CategoryId,
}

/// The sums while the pass goes on.
#[derive(Debug)]
pub(crate) struct Fold {
    path: Vec<Open>,
    by_frame: Vec<FrameRow>,
    /// Own sizes of packages and categories follow from those of their frames, at the end.
    by_package: Vec<Total>,
    by_category: Vec<Total>,
    stacks: HeavyStacks,
    category_stacks: Vec<HeavyStacks>,
    opened: u64,
    root: Option<FrameId>,
    total_size: u64,
    nodes: u64,
    allocating_nodes: u64,
    max_level: u32,
    overflowing_sizes: u64,
}

impl Fold {
    /// No rows yet; `stacks` of the heaviest will be kept.
    pub(crate) fn new(stacks: usize, categories: usize) -> Self {
        Self {
            path: Vec::new(),
            by_frame: Vec::new(),
            by_package: Vec::new(),
            by_category: vec![Total::default(); categories],
            stacks: HeavyStacks::new(stacks),
            category_stacks: (0..categories).map(|_| HeavyStacks::new(1)).collect(),
            opened: 0,
            root: None,
            total_size: 0,
            nodes: 0,
            allocating_nodes: 0,
            max_level: 0,
            overflowing_sizes: 0,
        }
    }

    /// Makes room for the frames and packages that are known now.
    pub(crate) fn grow(&mut self, frames: &CallFrameTable) {
        let new = frames.ids().skip(self.by_frame.len()).map(|id| {
            let CallFrame { package, category, .. } = *frames.get(id);
            FrameRow { total: Total::default(), self_size: 0, allocating_nodes: 0, nodes: 0, package, category }
        });
        self.by_frame.extend(new);
        self.by_package.resize_with(frames.package_count(), Total::default);
    }

    /// A node of this frame will open soon.
    #[inline(always)]
    pub(crate) fn prefetch(&self, frame: FrameId) {
        prefetch(&self.by_frame, frame.0 as usize);
    }

    /// A node opens at `level` (the root's is 1). Its size may be added later.
    #[inline]
    pub(crate) fn open(&mut self, frame: Option<FrameId>, level: u32, size: Option<u64>, frames: &CallFrameTable) {
        self.close_to(level - 1);
        if let Some(parent) = self.path.last_mut() {
            parent.children += 1;
        }
        self.path.push(Open {
            frame: frame.map_or(NO_FRAME, |frame| frame.0),
            children: 0,
            subtree: 0,
            ordinal: self.opened,
            size: 0,
        });
        self.opened += 1;
        if let Some(frame) = frame.filter(|_| level > 1) {
            self.totals(frame).into_iter().for_each(|total| total.open += 1);
        }
        if let Some(size) = size {
            self.count(size, frames);
        }
    }

    /// The size of the innermost open node at `level`, which was not known when it opened.
    pub(crate) fn late_size(&mut self, level: u32, size: u64, frames: &CallFrameTable) {
        self.close_to(level);
        self.count(size, frames);
    }

    /// Closes all nodes deeper than `level`.
    #[inline]
    pub(crate) fn close_to(&mut self, level: u32) {
        while self.path.len() > level as usize {
            let Some(closed) = self.path.pop() else { return };
            let Some(parent) = self.path.last_mut() else { return self.close_root(closed) };
            parent.subtree += closed.subtree;
            if closed.frame != NO_FRAME {
                self.totals(FrameId(closed.frame)).into_iter().for_each(|total| total.leave(closed.subtree));
            }
        }
    }

    /// Children met so far of each open node, outermost first.
    pub(crate) fn child_counts(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.path.iter().map(|open| open.children)
    }

    #[inline(always)]
    fn totals(&mut self, frame: FrameId) -> [&mut Total; 3] {
        let row = &mut self.by_frame[frame.0 as usize];
        [
            &mut self.by_package[row.package.0 as usize],
            &mut self.by_category[usize::from(row.category.0)],
            &mut row.total,
        ]
    }

    /// The size of the innermost open node has been read: the node counts.
    fn count(&mut self, size: u64, frames: &CallFrameTable) {
        let level = self.path.len();
        let Some(node) = self.path.last_mut() else { return };
        if node.frame == NO_FRAME {
            return;
        }
        let frame = FrameId(node.frame);
        self.nodes += 1;
        self.max_level = self.max_level.max(level as u32);
        let size = match self.total_size.checked_add(size) {
            Some(total) => {
                self.total_size = total;
                size
            }
            None => {
                self.overflowing_sizes += 1;
                0
            }
        };
        node.size = size;
        node.subtree += size;
        let ordinal = node.ordinal;
        if level == 1 {
            self.root = Some(frame);
            // It has a row of its own only if it has bytes.
            if size == 0 {
                return;
            }
        }
        let allocating = u64::from(size > 0);
        self.allocating_nodes += allocating;
        let row = &mut self.by_frame[frame.0 as usize];
        row.nodes += 1;
        row.self_size += size;
        row.allocating_nodes += allocating;
        let category = usize::from(row.category.0);
        if size > 0 {
            let path =
                || self.path[1..].iter().rev().filter(|open| open.frame != NO_FRAME).map(|open| FrameId(open.frame));
            let depth = level as u64 - 1;
            self.stacks.offer(size, ordinal, depth, path, frames);
            self.category_stacks[category].offer(size, ordinal, depth, path, frames);
        }
    }

    /// The root's total counts for its frame, package and category only if it has bytes; then it holds theirs.
    fn close_root(&mut self, root: Open) {
        if root.size > 0 {
            self.totals(FrameId(root.frame)).into_iter().for_each(|total| total.size = root.subtree);
        }
    }

    /// Closes what is open and gives the sums. The fields that are not summed here keep their defaults.
    pub(crate) fn finish(mut self, frames: CallFrameTable) -> Aggregate {
        self.grow(&frames);
        self.close_to(0);
        let bearing = self.by_frame.iter().filter(|row| row.nodes > 0).count() as u64;
        let bare_root = self.root.is_some_and(|root| self.by_frame[root.0 as usize].nodes == 0);
        let totals = |totals: &[Total]| -> Vec<Sums> {
            totals.iter().map(|total| Sums { total_size: total.size, ..Sums::default() }).collect()
        };
        let (mut by_package, mut by_category) = (totals(&self.by_package), totals(&self.by_category));
        for row in &self.by_frame {
            let package = &mut by_package[row.package.0 as usize];
            let category = &mut by_category[usize::from(row.category.0)];
            for sums in [package, category] {
                sums.self_size += row.self_size;
                sums.allocating_nodes += row.allocating_nodes;
                sums.nodes += row.nodes;
            }
        }
        let sums = |row: &FrameRow| Sums {
            self_size: row.self_size,
            total_size: row.total.size,
            allocating_nodes: row.allocating_nodes,
            nodes: row.nodes,
        };
        let by_frame = self.by_frame.iter().map(sums).collect();
        let first = |stacks: HeavyStacks| -> Option<HeavyStack> { stacks.into_vec().into_iter().next() };
        Aggregate {
            by_frame,
            by_package,
            by_category,
            stacks: self.stacks.into_vec(),
            category_stacks: self.category_stacks.into_iter().map(first).collect(),
            total_size: self.total_size,
            nodes: self.nodes,
            allocating_nodes: self.allocating_nodes,
            call_frames: bearing + u64::from(bare_root),
            max_depth: u64::from(self.max_level.saturating_sub(1)),
            overflowing_sizes: self.overflowing_sizes,
            frames,
            ..Aggregate::default()
        }
    }
}
