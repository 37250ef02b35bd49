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
    by_frame: HashMap<FrameId, Origin, foldhash::fast::RandomState>,
}

#[derive(Debug, Default)]
struct Origin {
    total_size: u64,
    /// Children of the root all of whose bytes are cut, and these bytes.
    truncated: [(u64, u64); LIMITS],
}

/// Which limit a node at `level` (the root's is 1) is as deep as.
#[inline(always)]
fn limit_at(level: u32) -> Option<usize> {
    // Nearly all nodes are at none of them: one test tells, as all limits are multiples of 16.
    if level % 16 == 1 { STACK_LIMITS.iter().position(|&limit| limit == u64::from(level) - 1) } else { None }
}

impl Origins {
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
        let origin = self.by_frame.entry(frame).or_default();
        origin.total_size += total_size;
        for (truncated, cut) in origin.truncated.iter_mut().zip(cut_below) {
            if cut == total_size {
                truncated.0 += 1;
                truncated.1 += total_size;
            }
        }
    }

    /// Bytes of memory that it takes until there are `to` as many entries as now.
    pub(super) fn index_memory(&self, to: &dyn Fn(usize) -> usize) -> usize {
        let map = &self.by_frame;
        let entry = size_of::<(FrameId, Origin)>();
        hash_table_while_growing(to(map.len()), map.capacity(), map.allocation_size(), entry)
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
        for (frame, origin) in self.by_frame {
            let mut total_size = origin.total_size;
            if let (Some(cut), Some(limit)) = (&mut cut, limit) {
                let (stacks, bytes) = origin.truncated[limit];
                cut.truncated += stacks;
                cut.truncated_size += bytes;
                total_size -= bytes;
            }
            if total_size > 0 {
                entry_points.push(EntryPoint { frame, total_size });
            }
        }
        (entry_points, cut)
    }
}
