//! What rows go to: the fold; and before it the filters, if there are any, and the repair of cut stacks, if it was asked for.
//!
//! Filters turn each node into one of the tree that they show: at another level, with its bytes, its callees' or none. So the fold knows nothing of them, and
//! a file that is shown whole does not pay for them.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::filters::{Place, Selection};
use super::fold::{Fold, Scratch};
use super::memory::Budget;
use super::options::ReadOptions;
use super::repair::{Repaired, Tree};
use crate::parse::Window;
use crate::profile::{Aggregate, CallFrameTable, CallTree, Category, FrameId};

/// Sums over the nodes of a file, or over what filters show of it.
#[derive(Debug)]
pub(crate) struct Tally {
    fold: Fold,
    filtered: Option<Filtered>,
    /// The nodes, where they are to be repaired before anything else.
    unrepaired: Option<Tree>,
    /// The nodes, where they are wanted.
    tree: Option<CallTree>,
    /// More of them are not wanted.
    most_kept: usize,
    /// Bytes that each node of it takes beside later.
    later_of_node: usize,
}

/// The filters, and what is known of the whole file beside what they show.
#[derive(Debug)]
struct Filtered {
    selection: Selection,
    shown_size: u64,
    allocating_nodes: u64,
    /// Whether a node bears the frame.
    met: Vec<bool>,
    /// Self sizes by frame in the whole file.
    own: Vec<u64>,
}

impl Filtered {
    /// Bytes of memory it takes.
    fn memory(&self) -> usize {
        self.selection.memory() + self.met.capacity() + self.own.capacity() * size_of::<u64>()
    }
}

/// What functions with these self sizes hash to, in any order.
fn content(own: &[u64], frames: &CallFrameTable) -> u64 {
    let hash = |(id, &size): (FrameId, &u64)| {
        let (frame, mut hasher) = (frames.get(id), DefaultHasher::new());
        (frames.text(frame.function), frames.text(frame.url), frames.line(id), frames.column(id), size)
            .hash(&mut hasher);
        hasher.finish()
    };
    frames.ids().zip(own).filter(|&(_, &size)| size > 0).map(hash).fold(0, u64::wrapping_add)
}

impl Tally {
    /// No rows yet.
    pub(crate) fn new(options: &ReadOptions<'_>, categories: &[Category], budget: &Budget) -> Self {
        let filtered = (!options.filters.list().is_empty()).then(|| Filtered {
            selection: Selection::new(options.filters.clone()),
            shown_size: 0,
            allocating_nodes: 0,
            met: Vec::new(),
            own: Vec::new(),
        });
        let unrepaired = options.repair_stacks.then(Tree::default);
        let tree = options.keep_tree.then(CallTree::default);
        let fold = Fold::new(options.stacks, categories, budget);
        let (most_kept, later_of_node) = (options.most_kept, options.later_of_node);
        Self { fold, filtered, unrepaired, tree, most_kept, later_of_node }
    }

    /// What folding rows takes meanwhile.
    pub(super) fn scratch(&mut self) -> &mut Scratch {
        &mut self.fold.scratch
    }

    /// Makes room for the frames and packages that are known now.
    pub(crate) fn grow(&mut self, frames: &CallFrameTable) {
        self.fold.grow(frames);
        if let Some(filtered) = &mut self.filtered {
            filtered.selection.grow(frames);
            filtered.met.resize(frames.len(), false);
            filtered.own.resize(frames.len(), 0);
        }
    }

    /// Bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        let filtered = self.filtered.as_ref();
        self.fold.memory()
            + filtered.map_or(0, Filtered::memory)
            + self
                .unrepaired
                .as_ref()
                .map_or(0, |tree| tree.memory() + self.growth_of_repaired(tree.len(), tree.levels()))
            + self.tree.as_ref().map_or(0, |tree| tree.memory() + tree.nodes().len() * self.later_of_node)
    }

    /// Bytes of memory that so many nodes more take at most, of which so many are open at a time.
    pub(crate) fn growth(&self, nodes: usize, levels: usize) -> usize {
        let unrepaired = self.unrepaired.as_ref().map_or(0, |_| Tree::memory_of(nodes, levels));
        let selection = self.filtered.as_ref().map_or(0, |_| Selection::memory_of(levels));
        self.growth_of_repaired(nodes, levels) + unrepaired + selection
    }

    /// The same of nodes whose stacks are whole, and that are shown.
    fn growth_of_repaired(&self, nodes: usize, levels: usize) -> usize {
        let kept = self.tree.as_ref().map_or(0, |tree| {
            let nodes = nodes.min(self.most_kept.saturating_sub(tree.nodes().len()));
            CallTree::memory_of(nodes, levels) + nodes * self.later_of_node
        });
        self.fold.growth(nodes, levels) + kept
    }

    /// What of its memory the heaviest stacks take.
    pub(crate) fn memory_of_stacks(&self) -> usize {
        self.fold.memory_of_stacks()
    }

    /// Bytes that these take more, at most, with so many nodes more that are no deeper than those before.
    pub(crate) fn growth_of_stacks(&self, nodes: usize) -> usize {
        self.fold.growth_of_stacks(nodes, 0)
    }

    /// Bytes of memory that its indexes take until there are `to` as many entries as now.
    pub(crate) fn index_memory(&self, to: &dyn Fn(usize) -> usize) -> usize {
        self.fold.index_memory(to)
    }

    /// The rows of a window in which no node lacks a call frame or size.
    pub(crate) fn rows(&mut self, window: &mut Window<'_>, frames: &CallFrameTable) {
        if self.filtered.is_none() && self.unrepaired.is_none() && self.tree.is_none() {
            self.root(window, frames);
            return self.fold.rows(window, frames);
        }
        for row in window.rows.iter() {
            self.open(window.frame(row.frame), row.level().wrapping_add(window.shift), row.size(), frames);
        }
    }

    /// Takes the root off the rows that begin with it: the fold is slower with rows among which it is, and a small file has no others.
    fn root(&mut self, window: &mut Window<'_>, frames: &CallFrameTable) {
        if window.rows.first().is_none_or(|row| row.level().wrapping_add(window.shift) != 1) {
            return;
        }
        let Some((root, rest)) = std::mem::take(&mut window.rows).split_first_mut() else { return };
        self.fold.open(window.frame(root.frame), 1, root.size(), frames);
        window.rows = rest;
    }

    /// A node opens at `level` (the root's is 1). Its size may be added later.
    pub(crate) fn open(&mut self, frame: Option<FrameId>, level: u32, size: Option<u64>, frames: &CallFrameTable) {
        match &mut self.unrepaired {
            Some(tree) => tree.open(frame, level, size),
            None => self.fold_open(frame, level, size, frames),
        }
    }

    /// As [`Tally::open`], for a node that stands where it belongs.
    fn fold_open(&mut self, frame: Option<FrameId>, level: u32, size: Option<u64>, frames: &CallFrameTable) {
        let Some(filtered) = &mut self.filtered else {
            self.keep(frame, level, size);
            return self.fold.open(frame, level, size, frames);
        };
        if let Some(shown_level) = filtered.selection.enter(frame, level) {
            self.keep(frame, shown_level, None);
            self.fold.enter(frame, shown_level);
        }
        if let Some(size) = size {
            self.select(size, frames);
        }
    }

    /// Adds a node that opens to those that are kept, until they are too many.
    fn keep(&mut self, frame: Option<FrameId>, level: u32, size: Option<u64>) {
        let (Some(tree), Some(frame)) = (&mut self.tree, frame) else { return };
        if tree.nodes().len() == self.most_kept {
            self.tree = None;
            return;
        }
        tree.open(frame, level, size);
    }

    /// The size of the innermost open node at `level`, which was not known when it opened.
    pub(crate) fn late_size(&mut self, level: u32, size: u64, frames: &CallFrameTable) {
        if let Some(tree) = &mut self.unrepaired {
            return tree.late_size(level, size);
        }
        let Some(filtered) = &mut self.filtered else {
            if let Some(tree) = &mut self.tree {
                tree.late_size(level, size);
            }
            return self.fold.late_size(level, size, frames);
        };
        filtered.selection.close_to(level);
        self.select(size, frames);
    }

    /// The size of the innermost open node has been read: it goes where the filters say.
    fn select(&mut self, size: u64, frames: &CallFrameTable) {
        let Some(filtered) = &mut self.filtered else { return };
        let Some((frame, file_level)) = filtered.selection.innermost() else { return };
        filtered.met[frame.0 as usize] = true;
        let size = self.fold.added(size, file_level);
        filtered.allocating_nodes += u64::from(size > 0);
        filtered.own[frame.0 as usize] += size;
        let (level, size, is_its_own) = match filtered.selection.place() {
            Place::Itself(level) => (level, size, true),
            Place::Caller(level) => (level, size, false),
            Place::NotShown(level) => (level, 0, true),
            Place::Nowhere => return,
        };
        filtered.shown_size += size;
        if let Some(tree) = &mut self.tree {
            tree.late_size(level, size);
        }
        self.fold.close_to(level);
        self.fold.take_bytes(size, is_its_own, file_level, frames);
    }

    /// Children met so far of each of `levels` open nodes, outermost first.
    pub(crate) fn child_counts(&mut self, levels: u32) -> Vec<u32> {
        if let Some(tree) = &self.unrepaired {
            return tree.child_counts(levels);
        }
        match &mut self.filtered {
            Some(filtered) => {
                filtered.selection.close_to(levels);
                filtered.selection.child_counts()
            }
            None => {
                self.fold.close_to(levels);
                self.fold.child_counts().collect()
            }
        }
    }

    /// Closes what is open and gives the sums, with the nodes where they are kept. The fields that are not summed here keep their defaults.
    pub(crate) fn finish(mut self, frames: CallFrameTable) -> (Aggregate, Option<CallTree>) {
        self.grow(&frames);
        let tree = self.unrepaired.take();
        let repaired = tree
            .map(|tree| tree.repair(frames.len(), |frame, level, size| self.fold_open(frame, level, size, &frames)));
        // In a repaired tree nodes stand deeper than in the file.
        let max_depth = repaired.as_ref().map(Repaired::max_depth);
        let mut aggregate = self.fold.finish(frames, max_depth);
        if let Some(filtered) = self.filtered {
            aggregate.filters = filtered.selection.filters().list();
            aggregate.shown_size = filtered.shown_size;
            aggregate.allocating_nodes = filtered.allocating_nodes;
            aggregate.call_frames = filtered.met.iter().filter(|met| **met).count() as u64;
            aggregate.content = Some(content(&filtered.own, &aggregate.frames));
        }
        if let Some(repaired) = repaired {
            repaired.describe(&mut aggregate);
        }
        (aggregate, self.tree)
    }
}
