//! The heaviest stacks of all, and the heaviest one of each category.

use super::rows::{NO_FRAME, Open};
use crate::aggregate::heavy_stacks::HeavyStacks;
use crate::profile::{CallFrameTable, FrameId, HeavyStack};

#[derive(Debug)]
pub(super) struct Heaviest {
    all: HeavyStacks,
    by_category: Vec<HeavyStacks>,
    /// By category: smaller sizes have a place among neither.
    least: Vec<u64>,
    /// Whether a node without a call frame was met.
    pub(super) lacks_frames: bool,
}

impl Heaviest {
    /// None yet, and never more than `all`, and `of_category` of each of so many categories.
    pub(super) fn new(all: usize, categories: usize, of_category: usize) -> Self {
        let mut heaviest = Self {
            all: HeavyStacks::new(all),
            by_category: (0..categories).map(|_| HeavyStacks::new(of_category)).collect(),
            least: Vec::new(),
            lacks_frames: false,
        };
        heaviest.measure();
        heaviest
    }

    /// Tells anew which sizes have a place.
    fn measure(&mut self) {
        let Self { all, by_category, least, .. } = self;
        least.clear();
        least.extend(by_category.iter().map(|stacks| stacks.least().min(all.least())));
    }

    /// Takes notice of nodes that are all about to be offered.
    pub(super) fn announce(&mut self, sizes: impl Iterator<Item = u64>) {
        let least = self.all.least();
        self.all.announce(sizes);
        if self.all.least() != least {
            self.measure();
        }
    }

    /// Whether the stack of a node with so many bytes may have a place. Most are too light.
    #[inline(always)]
    pub(super) fn may_take(&self, size: u64, category: usize) -> bool {
        size >= self.least[category]
    }

    /// Keeps the stack of the innermost node of `path`, from the root's child on, if it is heavy.
    #[cold]
    pub(super) fn keep(&mut self, size: u64, category: usize, path: &[Open], frames: &CallFrameTable) {
        let (depth, lacks_frames) = (path.len() as u64, self.lacks_frames);
        let offer = |stacks: &mut HeavyStacks| match lacks_frames {
            // It is copied in one go.
            false => stacks.offer(size, depth, || path.iter().rev().map(|open| FrameId(open.frame & NO_FRAME)), frames),
            true => stacks.offer(size, depth, || path.iter().rev().filter_map(Open::frame), frames),
        };
        let least = self.all.least();
        let of_category = &mut self.by_category[category];
        offer(&mut self.all);
        offer(of_category);
        self.least[category] = of_category.least().min(self.all.least());
        if self.all.least() != least {
            self.measure();
        }
    }

    /// Bytes of memory that it takes.
    pub(super) fn memory(&self) -> usize {
        self.stacks().map(HeavyStacks::memory).sum()
    }

    /// Bytes of memory that it takes more, at most, with so many nodes more, none of which is deeper than `depth`.
    pub(super) fn growth(&self, nodes: usize, depth: usize) -> usize {
        self.stacks().map(|stacks| stacks.growth(nodes, depth)).sum()
    }

    fn stacks(&self) -> impl Iterator<Item = &HeavyStacks> {
        self.by_category.iter().chain([&self.all])
    }

    /// Those of all, the heaviest first, and that of each category.
    pub(super) fn finish(self, frames: &CallFrameTable) -> (Vec<HeavyStack>, Vec<Option<HeavyStack>>) {
        let first = self.by_category.into_iter().map(|stacks| stacks.into_first(frames));
        (self.all.into_vec(frames), first.collect())
    }
}
