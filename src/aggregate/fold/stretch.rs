//! Folds many rows in two passes, which have hardly a branch that is hard to foretell.
//!
//! The obvious way closes nodes when the next one opens; but how many these are differs from row to row, and each time the CPU guesses wrong costs as much as
//! the rest of the row. So the first pass, in file order, opens nodes only: whether one is the outermost of its frame is told by the
//! path, see [`enter`](super::rows::enter). The second one goes backwards and adds up subtrees: when it comes to a row, it has met all that is below it.

use super::rows::{NO_FRAME, Open};
use super::{Callers, Fold};
use crate::parse::{Row, Window};
use crate::profile::{CallFrameTable, FrameId};
use crate::scan::prefetch;

/// Rows at a time. What they touch is to stay in the cache between the passes.
const ROWS: usize = 512;

/// Most nodes that were open before and that the rows close, for them to be folded together.
const MOST_CLOSED: usize = 4 * ROWS;

/// Rows ahead whose sums are fetched while a row is folded.
const AHEAD: usize = 12;

/// Bits of sizes that surely do not overflow, where so many rows are added to a sum of [`SAFE_SUM`] at most.
const SAFE_SIZE: u64 = 1 << 40;
const SAFE_SUM: u64 = 1 << 62;

/// What is used by each stretch again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// By level, from the lowest one of the rows: bytes of the nodes there whose parent is still to come, as seen from behind.
    at: Vec<u64>,
    /// Nodes that were open before, and that the rows close; the outermost first.
    closed: Vec<Open>,
    /// Rows with bytes, and one more.
    allocated: Vec<Allocated>,
    /// How many they are.
    allocating: usize,
}

/// A row with bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Allocated {
    frame: u32,
    level: u32,
    size: u64,
    callers: Callers,
}

impl Fold {
    /// The rows of a window in which no node lacks a call frame or size. They are not to be read again.
    pub(crate) fn rows(&mut self, window: &mut Window<'_>, frames: &CallFrameTable) {
        let Window { rows, resolved, shift, .. } = window;
        for rows in rows.chunks_mut(ROWS) {
            let mut sizes = 0;
            let (mut lowest, mut highest) = (u32::MAX, 0);
            for row in rows.iter_mut() {
                row.settle(*shift, resolved);
                sizes |= row.size;
                lowest = lowest.min(row.level());
                highest = highest.max(row.level());
            }
            if let Some(first) = rows.first() {
                self.close_to(first.level() - 1);
            }
            // What the rows close is copied.
            let few_close = self.path.len() < lowest as usize + MOST_CLOSED;
            if lowest > 1 && few_close && sizes < SAFE_SIZE && self.total_size < SAFE_SUM {
                self.stretch(rows, lowest as usize, highest as usize, frames);
            } else {
                for row in rows {
                    self.open(Some(FrameId(row.frame)), row.level(), row.size(), frames);
                }
            }
        }
    }

    /// Folds rows at these levels, below the root.
    fn stretch(&mut self, rows: &mut [Row], lowest: usize, highest: usize, frames: &CallFrameTable) {
        self.scratch.closed.clear();
        self.scratch.closed.extend_from_slice(&self.path[self.path.len().min(lowest)..]);
        self.path.resize(highest + 1, Open::NONE);
        self.scratch.allocated.resize(ROWS + 1, Allocated::default());
        self.stacks.announce(rows.iter().map(|row| row.size));
        self.forwards(rows, frames);
        self.settle_allocated();
        self.backwards(rows, lowest, highest);
        let last = rows.last().map_or(lowest, |row| row.level() as usize);
        self.path.truncate(last + 1);
        self.max_level = self.max_level.max(highest as u32);
        self.nodes += rows.len() as u64;
    }

    /// Opens nodes. Each row's frame gets the bits that say of what its node is the outermost.
    fn forwards(&mut self, rows: &mut [Row], frames: &CallFrameTable) {
        for i in 0..rows.len() {
            if let Some(ahead) = rows.get(i + AHEAD) {
                prefetch(&self.by_frame, ahead.frame as usize);
            }
            let row = &mut rows[i];
            let (frame, level, size) = (FrameId(row.frame), row.level(), row.size);
            if level == 2 {
                self.settle_allocated();
                self.begin_at(Some(frame));
            }
            let parent = &mut self.path[level as usize - 1];
            parent.children = parent.children.wrapping_add(1);
            let callers = parent.callers;
            let open = self.opened(frame, level, callers);
            row.frame = open.frame;
            self.path[level as usize] = open;
            self.by_frame[frame.0 as usize].nodes += 1;
            self.taken += size;
            self.total_size += size;
            let Scratch { allocated, allocating, .. } = &mut self.scratch;
            allocated[*allocating] = Allocated { frame: frame.0, level, size, callers: open.callers };
            *allocating += usize::from(size > 0);
            self.offer(size, open.category as usize, level as usize, frames);
        }
    }

    /// Adds up what the rows so far have allocated.
    fn settle_allocated(&mut self) {
        for i in 0..std::mem::take(&mut self.scratch.allocating) {
            let Allocated { frame, level, size, callers } = self.scratch.allocated[i];
            self.sizes.take(size);
            self.origins.count(level, size);
            self.allocate(FrameId(frame), size, callers, level);
        }
    }

    /// Adds up subtrees, those of nodes that the rows close, and what is known of the others.
    fn backwards(&mut self, rows: &[Row], lowest: usize, highest: usize) {
        let mut at = std::mem::take(&mut self.scratch.at);
        at.clear();
        at.resize((highest + 1 - lowest).max(self.scratch.closed.len()) + 1, 0);
        // Nodes less deep than all behind them are still open.
        let mut open_from = u32::MAX;
        for i in (0..rows.len()).rev() {
            if let Some(ahead) = i.checked_sub(AHEAD) {
                prefetch(&self.by_frame, (rows[ahead].frame & NO_FRAME) as usize);
            }
            let row = &rows[i];
            let level = row.level() as usize - lowest;
            let subtree = row.size + std::mem::take(&mut at[level + 1]);
            if row.level() < open_from {
                open_from = row.level();
                self.path[level + lowest].subtree = subtree;
            } else {
                at[level] += subtree;
                self.total(row.frame, subtree);
            }
        }
        for level in (0..self.scratch.closed.len()).rev() {
            let closed = self.scratch.closed[level];
            let subtree = closed.subtree + std::mem::take(&mut at[level + 1]);
            at[level] += subtree;
            self.total(closed.frame, subtree);
        }
        self.path[lowest - 1].subtree += at[0];
        self.scratch.at = at;
    }
}
