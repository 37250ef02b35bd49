//! Folds node rows, in the order in which nodes open, into sums.
//!
//! State: the open path, one row of sums for each distinct call frame, package and category, and the heaviest stacks.
//! Nothing grows with the number of nodes.

use super::heavy_stacks::HeavyStacks;
use crate::parse::Window;
use crate::profile::{Aggregate, CallFrame, CallFrameTable, CategoryId, FrameId, HeavyStack, PackageId, Sums};
use crate::scan::prefetch;

/// An open node. 16 bytes: a path may be a million deep.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// Its id, [`NO_FRAME`] where the file ended before the call frame came; and in the highest bits, of what the node is the outermost.
    frame: u32,
    /// Children met so far, for the key paths of errors.
    children: u32,
    /// Self sizes of everything below it that has closed, and its own.
    subtree: u64,
}

/// Bits of [`Open::frame`]: the node is the outermost open one of its frame, package, category. Only that adds to the total, so that
/// a recursive call counts once.
const OF_FRAME: u32 = 1 << 31;
const OF_PACKAGE: u32 = 1 << 30;
const OF_CATEGORY: u32 = 1 << 29;

/// All other bits.
const NO_FRAME: u32 = OF_CATEGORY - 1;

impl Open {
    #[inline(always)]
    fn frame(&self) -> Option<FrameId> {
        let id = self.frame & NO_FRAME;
        // No closure: this is the loop over all nodes.
        if id == NO_FRAME { None } else { Some(FrameId(id)) }
    }
}

/// What the outermost open nodes of a package or category have added up to.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    size: u64,
    /// Whether a node of it is open.
    open: bool,
}

impl Total {
    /// A node opens. Gives `bit` if it is the outermost.
    #[inline(always)]
    fn enter(&mut self, bit: u32) -> u32 {
        let outermost = if self.open { 0 } else { bit };
        self.open = true;
        outermost
    }

    /// A node closes.
    #[inline(always)]
    fn leave(&mut self, outermost: bool, subtree: u64) {
        // Without a branch: which nodes are the outermost of a category is hard to foretell.
        self.size += if outermost { subtree } else { 0 };
        self.open = !outermost;
    }
}

/// A call frame while the pass goes on; all that a row touches of it, in one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct FrameRow {
    total: Total,
    self_size: u64,
    allocating_nodes: u64,
    nodes: u64,
    package: PackageId,
    category: CategoryId,
}

impl FrameRow {
    /// A node of the frame counts.
    #[inline(always)]
    fn count(&mut self, size: u64) {
        self.nodes += 1;
        self.self_size += size;
        self.allocating_nodes += u64::from(size > 0);
    }
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
    root: Option<FrameId>,
    root_size: u64,
    total_size: u64,
    nodes: u64,
    max_level: u32,
    overflowing_sizes: u64,
}

/// Rows ahead whose sums are fetched while a row is folded.
const AHEAD: usize = 12;

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
            root: None,
            root_size: 0,
            total_size: 0,
            nodes: 0,
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

    /// Bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        self.path.capacity() * size_of::<Open>()
            + self.by_frame.capacity() * size_of::<FrameRow>()
            + self.by_package.capacity() * size_of::<Total>()
    }

    /// The rows of a window in which no node lacks a call frame or size.
    pub(crate) fn rows(&mut self, window: &Window<'_>, frames: &CallFrameTable) {
        for (i, row) in window.rows.iter().enumerate() {
            if let Some(ahead) = window.rows.get(i + AHEAD) {
                // Fresh frames and pending ones are beyond the table: nothing happens.
                prefetch(&self.by_frame, ahead.frame as usize);
            }
            let Some(frame) = window.frame(row.frame) else { continue };
            let level = row.level().wrapping_add(window.shift);
            if level > 1 {
                self.take(frame, level, row.size, frames);
            } else {
                self.open(Some(frame), level, Some(row.size), frames);
            }
        }
    }

    /// As [`Fold::open`], for a node that is not the root and lacks nothing: nearly all are such.
    #[inline(always)]
    fn take(&mut self, frame: FrameId, level: u32, size: u64, frames: &CallFrameTable) {
        self.close_to(level - 1);
        if let Some(parent) = self.path.last_mut() {
            parent.children = parent.children.wrapping_add(1);
        }
        let size = self.added(size, level);
        let row = &mut self.by_frame[frame.0 as usize];
        let (package, category) = (row.package.0 as usize, usize::from(row.category.0));
        let outermost = self.by_package[package].enter(OF_PACKAGE)
            | self.by_category[category].enter(OF_CATEGORY)
            | row.total.enter(OF_FRAME);
        row.count(size);
        self.path.push(Open { frame: frame.0 | outermost, children: 0, subtree: size });
        self.offer_heavy(size, category, frames);
    }

    /// A node opens at `level` (the root's is 1). Its size may be added later.
    pub(crate) fn open(&mut self, frame: Option<FrameId>, level: u32, size: Option<u64>, frames: &CallFrameTable) {
        self.enter(frame, level);
        if let Some(size) = size {
            self.count(size, frames);
        }
    }

    /// The size of the innermost open node at `level`, which was not known when it opened.
    pub(crate) fn late_size(&mut self, level: u32, size: u64, frames: &CallFrameTable) {
        self.close_to(level);
        self.count(size, frames);
    }

    #[inline(always)]
    fn enter(&mut self, frame: Option<FrameId>, level: u32) {
        self.close_to(level - 1);
        if let Some(parent) = self.path.last_mut() {
            parent.children = parent.children.wrapping_add(1);
        }
        let mut open = Open { frame: NO_FRAME, children: 0, subtree: 0 };
        if let Some(frame) = frame {
            open.frame = frame.0;
            if level > 1 {
                let [in_package, in_category, in_frame] = self.totals(frame);
                open.frame |= in_package.enter(OF_PACKAGE) | in_category.enter(OF_CATEGORY) | in_frame.enter(OF_FRAME);
            }
        }
        self.path.push(open);
    }

    /// Closes all nodes deeper than `level`.
    #[inline(always)]
    pub(crate) fn close_to(&mut self, level: u32) {
        while self.path.len() > level as usize {
            let Some(closed) = self.path.pop() else { return };
            let Some(parent) = self.path.last_mut() else { return self.close_root(closed) };
            parent.subtree += closed.subtree;
            if let Some(frame) = closed.frame() {
                let [in_package, in_category, in_frame] = self.totals(frame);
                in_package.leave(closed.frame & OF_PACKAGE != 0, closed.subtree);
                in_category.leave(closed.frame & OF_CATEGORY != 0, closed.subtree);
                in_frame.leave(closed.frame & OF_FRAME != 0, closed.subtree);
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
    #[inline(always)]
    fn count(&mut self, size: u64, frames: &CallFrameTable) {
        let level = self.path.len();
        let Some(frame) = self.path.last().and_then(Open::frame) else { return };
        let size = self.added(size, level as u32);
        if let Some(node) = self.path.last_mut() {
            node.subtree += size;
        }
        if level == 1 {
            (self.root, self.root_size) = (Some(frame), size);
            // It has a row of its own only if it has bytes.
            if size == 0 {
                return;
            }
        }
        let row = &mut self.by_frame[frame.0 as usize];
        row.count(size);
        let category = usize::from(row.category.0);
        self.offer_heavy(size, category, frames);
    }

    /// A node at `level` counts in the sums of all. Gives what its size adds to them.
    #[inline(always)]
    fn added(&mut self, size: u64, level: u32) -> u64 {
        self.nodes += 1;
        self.max_level = self.max_level.max(level);
        match self.total_size.checked_add(size) {
            Some(total) => {
                self.total_size = total;
                size
            }
            None => {
                self.overflowing_sizes += 1;
                0
            }
        }
    }

    /// Keeps the stack of the innermost open node, if it is heavy.
    #[inline(always)]
    fn offer_heavy(&mut self, size: u64, category: usize, frames: &CallFrameTable) {
        if self.stacks.may_take(size) || self.category_stacks[category].may_take(size) {
            self.offer(size, category, frames);
        }
    }

    #[cold]
    fn offer(&mut self, size: u64, category: usize, frames: &CallFrameTable) {
        let path = || self.path[1..].iter().rev().filter_map(Open::frame);
        let depth = self.path.len() as u64 - 1;
        self.stacks.offer(size, depth, path, frames);
        self.category_stacks[category].offer(size, depth, path, frames);
    }

    /// The root's total counts for its frame, package and category only if it has bytes; then it holds theirs.
    fn close_root(&mut self, root: Open) {
        if let Some(frame) = root.frame().filter(|_| self.root_size > 0) {
            self.totals(frame).into_iter().for_each(|total| total.size = root.subtree);
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
            allocating_nodes: self.by_frame.iter().map(|row| row.allocating_nodes).sum(),
            call_frames: bearing + u64::from(bare_root),
            max_depth: u64::from(self.max_level.saturating_sub(1)),
            overflowing_sizes: self.overflowing_sizes,
            frames,
            ..Aggregate::default()
        }
    }
}
