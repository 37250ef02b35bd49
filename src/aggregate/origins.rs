//! Where stacks begin: at the children of the root, or, where the writer cut them, nowhere that is known.
//!
//! Which depth a writer cuts at is known at the end (it is the greatest of the file), so everything is kept for each limit there is.

use hashbrown::HashMap;

use crate::profile::{CutStacks, EntryPoint, FrameId, STACK_LIMITS, hash_table_while_growing};

const LIMITS: usize = STACK_LIMITS.len();

/// Bytes by the limit under which they would be cut.
type ByLimit = [u64; LIMITS];

/// The children of the root, by frame.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// Bytes as deep as each limit, of the whole file.
    cut: ByLimit,
    /// The same of what is shown below the open child of the root.
    cut_below: ByLimit,
    /// The open child of the root, and the root's subtree before it opened.
    open: Option<(FrameId, u64)>,
    /// Bytes below children of the root.
    totals: Map<u64>,
    /// Those of them all of whose bytes are cut: how many, and these bytes.
    truncated: Map<[(u64, u64); LIMITS]>,
}

type Map<T> = HashMap<FrameId, T, foldhash::fast::RandomState>;

/// Children of the root for which there is room from the start: a small profile has some dozens.
const USUAL: usize = 112;

/// Bytes of memory that a map takes until it holds so many entries.
fn while_growing<T>(map: &Map<T>, entries: usize) -> usize {
    hash_table_while_growing(entries, map.capacity(), map.allocation_size(), size_of::<(FrameId, T)>())
}

/// Which limit a node at `level` (the root's is 1) is as deep as.
#[inline(always)]
fn limit_at(level: u32) -> Option<usize> {
    // Nearly all nodes are at none of them: one test tells, as all limits are multiples of 16.
    if level % 16 == 1 { STACK_LIMITS.iter().position(|&limit| limit == u64::from(level) - 1) } else { None }
}

impl Origins {
    /// No children yet.
    pub(super) fn new() -> Self {
        Self { totals: Map::with_capacity_and_hasher(USUAL, Default::default()), ..Self::default() }
    }

    /// A node at `level` of the file has bytes.
    #[inline(always)]
    pub(super) fn count(&mut self, level: u32, size: u64) {
        if let Some(limit) = limit_at(level) {
            self.cut[limit] += size;
        }
    }

    /// What is shown of the bytes of a node at `level` of the file goes below the open child of the root.
    #[inline(always)]
    pub(super) fn show(&mut self, level: u32, size: u64) {
        if let Some(limit) = limit_at(level) {
            self.cut_below[limit] += size;
        }
    }

    /// A child of the root opens; `subtree` is what the root's adds up to so far.
    pub(super) fn open(&mut self, frame: Option<FrameId>, subtree: u64) {
        self.open = frame.map(|frame| (frame, subtree));
    }

    /// The open child of the root, if any, closes; `subtree` is what the root's adds up to with it.
    pub(super) fn close(&mut self, subtree: u64) {
        let cut_below = std::mem::take(&mut self.cut_below);
        let Some((frame, before)) = self.open.take() else { return };
        let total_size = subtree - before;
        if total_size == 0 {
            return;
        }
        *self.totals.entry(frame).or_default() += total_size;
        if let Some(limit) = cut_below.iter().position(|&cut| cut == total_size) {
            let (stacks, bytes) = &mut self.truncated.entry(frame).or_default()[limit];
            (*stacks, *bytes) = (*stacks + 1, *bytes + total_size);
        }
    }

    /// Bytes of memory that it takes until there are `to` as many entries as now.
    pub(super) fn index_memory(&self, to: &dyn Fn(usize) -> usize) -> usize {
        let (totals, truncated) = (to(self.totals.len()), to(self.truncated.len()));
        // Each of these has as many nodes as the least limit is deep.
        let most = self.truncated.len() + totals / STACK_LIMITS[0] as usize;
        while_growing(&self.totals, totals) + while_growing(&self.truncated, truncated.min(most))
    }

    /// The entry points, and what was cut, in a file of this depth.
    pub(super) fn finish(self, max_depth: u64) -> (Vec<EntryPoint>, Option<CutStacks>) {
        let limit = STACK_LIMITS.iter().position(|&limit| limit == max_depth).filter(|&limit| self.cut[limit] > 0);
        let mut cut = limit.map(|limit| CutStacks {
            limit: STACK_LIMITS[limit],
            self_size: self.cut[limit],
            truncated: 0,
            truncated_size: 0,
        });
        let mut entry_points = Vec::new();
        for (frame, mut total_size) in self.totals {
            let truncated = self.truncated.get(&frame);
            if let (Some(cut), Some(limit), Some(truncated)) = (&mut cut, limit, truncated) {
                let (stacks, bytes) = truncated[limit];
                cut.truncated += stacks;
                cut.truncated_size += bytes;
                total_size -= bytes;
            }
            if total_size > 0 {
                entry_points.push(EntryPoint { frame, total_size });
            }
        }
        // Where no stack begins in its middle, the deepest ones are as deep by chance.
        (entry_points, cut.filter(|cut| cut.truncated > 0))
    }
}
