//! Folds node rows, in the order in which nodes open, into sums.
//!
//! State: the open path, one row of sums for each distinct call frame, a level for each package and category, and the heaviest stacks.
//! Nothing grows with the number of nodes.

mod heaviest;
mod loading;
mod rows;
mod stretch;

use std::hint::select_unpredictable;
use std::sync::Arc;

use self::heaviest::Heaviest;
use self::rows::{Cause, Caused, FrameRow, Open, Outermost};
pub(super) use self::stretch::Scratch;
use super::causes::{Callers, Causes, Claim};
use super::memory::Budget;
use super::origins::Origins;
use crate::profile::{Aggregate, CallFrameTable, Category, FrameId, SizeSpread, Sums, Total};

/// The sums while the pass goes on.
#[derive(Debug)]
pub(crate) struct Fold {
    /// By level, the root's being 1. At level 0 stands nothing.
    path: Vec<Open>,
    /// Those of packages and categories follow from these, at the end.
    by_frame: Vec<FrameRow>,
    caused: Vec<Caused>,
    outermost: Outermost,
    causes: Causes,
    /// Whether totals, causes and the heaviest stacks of categories are wanted. Otherwise nodes only add their own bytes up.
    keeps_causes: bool,
    /// Of each category, whether its bytes are its callers' matter.
    follows_cause: Vec<bool>,
    heaviest: Heaviest,
    origins: Origins,
    sizes: SizeSpread,
    root: Option<FrameId>,
    root_size: u64,
    root_subtree: u64,
    total: Total,
    /// What of it went to the path.
    taken: u64,
    nodes: u64,
    max_level: u32,
    pub(super) scratch: Scratch,
}

/// Bytes of an open node.
pub(super) const OPEN: usize = size_of::<Open>();

impl Fold {
    /// No rows yet; `stacks` of the heaviest will be kept, and memory as the budget says.
    pub(crate) fn new(stacks: usize, categories: &[Category], budget: &Budget) -> Self {
        let keeps_causes = budget.keeps_causes();
        let mut by_frame = Vec::new();
        let _ = by_frame.try_reserve_exact(budget.most_frames()); // aligned, it would grow by a copy; pages not written to take no memory
        Self {
            path: vec![Open::NONE],
            by_frame,
            caused: Vec::new(),
            outermost: Outermost { packages: Vec::new(), categories: vec![0; categories.len()] },
            causes: if keeps_causes { Causes::within(budget.causes()) } else { Causes::none() },
            keeps_causes,
            follows_cause: categories.iter().map(|category| category.follows_cause).collect(),
            heaviest: Heaviest::new(stacks, categories.len(), usize::from(keeps_causes)),
            origins: Origins::new(),
            sizes: SizeSpread::default(),
            root: None,
            root_size: 0,
            root_subtree: 0,
            total: Total::default(),
            nodes: 0,
            max_level: 0,
            taken: 0,
            scratch: Scratch::default(),
        }
    }

    /// Makes room for the frames and packages that are known now.
    pub(crate) fn grow(&mut self, frames: &CallFrameTable) {
        self.by_frame.reserve(frames.len() - self.by_frame.len());
        for id in frames.ids().skip(self.by_frame.len()) {
            let frame = frames.get(id);
            let cause = self.keeps_causes.then(|| Cause {
                place: self.causes.place(frame),
                claim: Claim::new(frame.kind, frame.signs),
                follows: self.follows_cause[usize::from(frame.category.0)],
            });
            self.by_frame.push(FrameRow::new(frame, cause.unwrap_or(Cause::NONE)));
        }
        if self.keeps_causes {
            self.caused.resize(frames.len(), Caused::default());
        }
        self.outermost.packages.resize(frames.package_count(), 0);
    }

    /// Bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        let rows = size_of_val(&*self.by_frame) + size_of_val(&*self.caused) + size_of_val(&*self.outermost.packages);
        // Where the pass ends, the children of open nodes are listed.
        let path = self.path.len() * (OPEN + size_of::<u32>());
        path + rows + self.causes.memory() + self.memory_of_stacks()
    }

    /// Bytes of memory that so many nodes more take at most, of which so many are open at a time.
    pub(crate) fn growth(&self, nodes: usize, levels: usize) -> usize {
        levels * OPEN + self.growth_of_stacks(nodes, self.path.len() + levels)
    }

    /// What of its memory the heaviest stacks take.
    pub(crate) fn memory_of_stacks(&self) -> usize {
        self.heaviest.memory()
    }

    /// Bytes that these take more, at most, with so many nodes more that are no deeper than `depth`, or than those before.
    pub(crate) fn growth_of_stacks(&self, nodes: usize, depth: usize) -> usize {
        self.heaviest.growth(nodes, depth.max(self.max_level as usize))
    }

    /// Bytes of memory that its indexes take until there are `to` as many entries as now.
    pub(crate) fn index_memory(&self, to: &dyn Fn(usize) -> usize) -> usize {
        self.origins.index_memory(to)
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

    pub(super) fn enter(&mut self, frame: Option<FrameId>, level: u32) {
        self.close_to(level - 1);
        let mut open = Open::NONE;
        if let Some(parent) = self.path.last_mut() {
            parent.children = parent.children.wrapping_add(1);
            open.callers = parent.callers;
        }
        if level == 2 {
            self.begin_at(frame);
        }
        // The root is no caller.
        match frame {
            Some(frame) if level > 1 => {
                let row = &mut self.by_frame[frame.0 as usize];
                open = match self.keeps_causes {
                    true => Open::below(&self.path, open.callers, frame, row, &mut self.outermost),
                    false => Open::of(frame),
                };
            }
            Some(frame) => open.frame = frame.0,
            None => self.heaviest.lacks_frames = true,
        }
        self.path.push(open);
    }

    /// A child of the root opens.
    fn begin_at(&mut self, frame: Option<FrameId>) {
        self.origins.close(self.taken);
        self.origins.open(frame, self.taken);
    }

    /// Closes all nodes deeper than `level`.
    pub(crate) fn close_to(&mut self, level: u32) {
        while self.path.len() > level as usize + 1 {
            let Some(closed) = self.path.pop() else { return };
            if self.path.len() == 1 {
                self.root_subtree = closed.subtree;
                return;
            }
            if let Some(parent) = self.path.last_mut() {
                parent.subtree += closed.subtree;
            }
            if let Some(frame) = closed.frame() {
                self.by_frame[frame.0 as usize].close(closed.frame, closed.subtree);
            }
        }
    }

    /// Children met so far of each open node, outermost first.
    pub(crate) fn child_counts(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.path[1..].iter().map(|open| open.children)
    }

    /// The size of the innermost open node has been read: the node counts.
    #[inline(always)]
    fn count(&mut self, size: u64, frames: &CallFrameTable) {
        if self.path.last().and_then(Open::frame).is_some() {
            let level = self.path.len() as u32 - 1;
            let size = self.added(size, level);
            self.take_bytes(size, true, level, frames);
        }
    }

    /// The innermost open node takes bytes, which are its own or those of a node that it calls; that stands at `level` of the file.
    #[inline(always)]
    pub(super) fn take_bytes(&mut self, size: u64, are_its_own: bool, level: u32, frames: &CallFrameTable) {
        let is_root = self.path.len() == 2;
        let Some(node) = self.path.last_mut() else { return };
        let Some(frame) = node.frame() else { return };
        let callers = node.callers;
        if is_root {
            self.origins.close(self.taken);
        }
        node.subtree += size;
        self.taken += size;
        if is_root {
            (self.root, self.root_size) = (Some(frame), size);
            // It has a row of its own only if it has bytes.
            if size == 0 {
                return;
            }
        }
        let row = &mut self.by_frame[frame.0 as usize];
        row.nodes += u64::from(are_its_own);
        let category = usize::from(row.category.0);
        if size > 0 {
            match self.keeps_causes {
                true => self.allocate::<true>(frame, size, callers, level),
                false => self.allocate::<false>(frame, size, callers, level),
            }
            if self.heaviest.may_take(size, category) {
                self.heaviest.keep(size, category, &self.path[2..], frames);
            }
        }
    }

    /// A node has bytes of its own. `CAUSES` says whether causes are wanted.
    #[inline(always)]
    fn allocate<const CAUSES: bool>(&mut self, frame: FrameId, size: u64, callers: Callers, level: u32) {
        let row = &mut self.by_frame[frame.0 as usize];
        row.self_size += size;
        row.allocating_nodes += 1;
        self.origins.show(level, size);
        if !CAUSES {
            return;
        }
        let (place, follows_cause) = (row.place, row.follows_cause);
        let cause = callers.cause_of(frame);
        self.caused[cause.0 as usize].size += size;
        let is_its_callers = follows_cause && self.by_frame[cause.0 as usize].claim.is_dependency();
        let whose = if is_its_callers { cause } else { frame };
        let whose = &mut self.caused[whose.0 as usize];
        whose.actionable_size += size;
        whose.loading_size += select_unpredictable(callers.are_loading(), size, 0);
        self.causes.add(place, callers, size);
    }

    /// A node at `level` counts in the sums of all. Gives what its size adds to them.
    #[inline(always)]
    pub(super) fn added(&mut self, size: u64, level: u32) -> u64 {
        self.nodes += 1;
        self.max_level = self.max_level.max(level);
        let size = self.total.add(size);
        if size > 0 {
            self.sizes.take(size);
            self.origins.count(level, size);
        }
        size
    }

    /// Closes what is open and gives the sums. The fields that are not summed here keep their defaults.
    /// `file_depth` is that of the file's deepest node, where this is not the tree of the file.
    pub(crate) fn finish(mut self, frames: CallFrameTable, file_depth: Option<u64>) -> Aggregate {
        self.grow(&frames);
        self.close_to(1);
        self.origins.close(self.taken);
        self.close_to(0);
        let max_depth = u64::from(self.max_level.saturating_sub(1));
        let (entry_points, cut_stacks) = self.origins.finish(file_depth.unwrap_or(max_depth));
        let bearing = self.by_frame.iter().filter(|row| row.nodes > 0).count() as u64;
        let bare_root = self.root.is_some_and(|root| self.by_frame[root.0 as usize].nodes == 0);
        let mut by_package = vec![Sums::default(); self.outermost.packages.len()];
        let mut by_category = vec![Sums::default(); self.outermost.categories.len()];
        let mut by_frame = Vec::with_capacity(self.by_frame.len());
        for (i, row) in self.by_frame.iter().enumerate() {
            // Where causes are not kept, none is put down to others.
            let of_itself = Caused { size: row.self_size, actionable_size: row.self_size, loading_size: 0 };
            let caused = self.caused.get(i).copied().unwrap_or(of_itself);
            let sums = Sums {
                self_size: row.self_size,
                total_size: row.total_size,
                caused_size: caused.size,
                actionable_size: caused.actionable_size,
                allocating_nodes: row.allocating_nodes,
                nodes: row.nodes,
            };
            by_package[row.package.0 as usize] += Sums { total_size: row.package_size, ..sums };
            by_category[usize::from(row.category.0)] += Sums { total_size: row.category_size, ..sums };
            by_frame.push(sums);
        }
        // The root's total counts for its frame, package and category only if it has bytes; then it holds theirs.
        if let Some(root) = self.root.filter(|_| self.keeps_causes && self.root_size > 0) {
            let row = &self.by_frame[root.0 as usize];
            let (package, category) = (row.package.0 as usize, usize::from(row.category.0));
            for sums in [&mut by_frame[root.0 as usize], &mut by_package[package], &mut by_category[category]] {
                sums.total_size = self.root_subtree;
            }
        }
        let loading = self.caused.iter().map(|caused| caused.loading_size);
        let sums = [&mut by_frame[..], &mut by_package, &mut by_category];
        let loader = loading::put_down(loading, sums, self.total.size, &frames);
        let [package_causes, category_causes] = self.causes.finish(by_package.len(), by_category.len(), &frames);
        let (stacks, category_stacks) = self.heaviest.finish(&frames);
        Aggregate {
            by_frame,
            by_package,
            by_category,
            package_causes,
            category_causes,
            loader,
            stacks,
            category_stacks,
            shown_size: self.total.size,
            total_size: self.total.size,
            nodes: self.nodes,
            allocating_nodes: self.by_frame.iter().map(|row| row.allocating_nodes).sum(),
            call_frames: bearing + u64::from(bare_root),
            max_depth,
            sizes: self.sizes,
            cut_stacks,
            entry_points,
            overflowing_sizes: self.total.left_out,
            frames,
            // No defaults of all: a spread of sizes would be made for nothing.
            categories: Arc::default(),
            content: None,
            filters: Vec::new(),
            samples: None,
            interval: None,
            negative_sizes: 0,
            replaced_texts: 0,
            repair: None,
        }
    }
}
