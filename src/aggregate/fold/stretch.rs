//! Folds many rows in two passes, which have hardly a branch that is hard to foretell.
//!
//! The obvious way closes nodes when the next one opens; but how many these are differs from row to row, and each time the CPU guesses wrong costs as much as
//! the rest of the row. So the first pass, in file order, opens nodes only: whether one is the outermost of its frame is told by the
//! path, see [`enter`](super::rows::enter). The second one goes backwards and adds up subtrees: when it comes to a row, it has met all that is below it.

use std::cell::Cell;
use std::ops::Range;

use super::rows::{NO_FRAME, Open};
use super::{Callers, Fold};
use crate::parse::{Row, Window};
use crate::profile::{CallFrameTable, FrameId};
use crate::scan::prefetch;

/// Rows at a time. What they touch is to stay in the cache between the passes.
const ROWS: usize = 512;

/// Most nodes that were open before and that the rows close, for them to be folded together.
const MOST_CLOSED: usize = 4 * ROWS;

/// Rows ahead whose sums are fetched while a row is folded: what the parser has driven out of the second cache takes long to come back.
const AHEAD: usize = 32;

/// Rows with bytes ahead for which that is fetched which is put down to frames.
const CAUSES_AHEAD: usize = 8;

/// Rows of a window that are fetched before they are read: they were written some blocks of text ago.
const ROWS_AHEAD: usize = 64;

/// Bits of sizes that surely do not overflow, where so many rows are added to a sum of [`SAFE_SUM`] at most.
const SAFE_SIZE: u64 = 1 << 40;
const SAFE_SUM: u64 = 1 << 62;

/// What is used by each stretch again, and may be by another fold.
#[derive(Debug, Default)]
pub(in crate::aggregate) struct Scratch {
    /// The rows, between [`AHEAD`] others on either side, so that there is always one to fetch.
    rows: Vec<Opening>,
    /// Which of them have bytes, the first so many.
    allocating: Vec<usize>,
    /// By level, from the lowest one of the rows: bytes of the nodes there whose parent is still to come, as seen from behind.
    at: Vec<u64>,
    /// Nodes that were open before, and that the rows close; the outermost first.
    closed: Vec<Open>,
}

/// A row: a node that opens.
#[derive(Clone, Debug, Default)]
struct Opening {
    /// The frame; once the node is open, as in [`Open::frame`].
    frame: Cell<u32>,
    level: u32,
    size: u64,
    /// Once the node is open.
    callers: Cell<Callers>,
}

/// What some rows are like.
struct Stretch {
    rows: usize,
    /// How many of them have bytes.
    allocating: usize,
    lowest: usize,
    highest: usize,
    /// Of the first row.
    first: u32,
    /// All bits of all sizes.
    sizes: u64,
}

impl Fold {
    /// The rows of a window in which no node lacks a call frame or size.
    pub(crate) fn rows(&mut self, window: &Window<'_>, frames: &CallFrameTable) {
        for rows in window.rows.chunks(ROWS) {
            let stretch = self.scratch.settle(rows, window);
            self.close_to(stretch.first - 1);
            // What the rows close is copied.
            let few_close = self.path.len() < stretch.lowest + MOST_CLOSED;
            if stretch.lowest > 1 && few_close && stretch.sizes < SAFE_SIZE && self.total.size < SAFE_SUM {
                match self.keeps_causes {
                    true => self.stretch::<true>(&stretch, frames),
                    false => self.stretch::<false>(&stretch, frames),
                }
            } else {
                for i in AHEAD..AHEAD + rows.len() {
                    let Opening { frame, level, size, .. } = &self.scratch.rows[i];
                    let (frame, level, size) = (FrameId(frame.get()), *level, *size);
                    self.open(Some(frame), level, Some(size), frames);
                }
            }
        }
    }

    /// Folds the rows of a stretch, which are below the root; `CAUSES` as in [`Fold::allocate`].
    fn stretch<const CAUSES: bool>(&mut self, stretch: &Stretch, frames: &CallFrameTable) {
        let &Stretch { rows, lowest, highest, .. } = stretch;
        self.scratch.closed.clear();
        if CAUSES {
            self.scratch.closed.extend_from_slice(&self.path[self.path.len().min(lowest)..]);
        }
        self.path.resize(highest + 1, Open::NONE);
        let allocating = &self.scratch.allocating[..stretch.allocating];
        self.heaviest.announce(allocating.iter().map(|&i| self.scratch.rows[AHEAD + i].size));
        self.forwards::<CAUSES>(stretch, frames);
        if CAUSES {
            self.backwards(stretch);
        }
        let last = self.scratch.rows[AHEAD + rows - 1].level;
        self.path.truncate(last as usize + 1);
        self.max_level = self.max_level.max(highest as u32);
        self.nodes += rows as u64;
    }

    /// Opens nodes, in parts: bytes below a child of the root are added up before the next one opens.
    fn forwards<const CAUSES: bool>(&mut self, stretch: &Stretch, frames: &CallFrameTable) {
        let begins = |opening: &Opening| opening.level == 2;
        let (mut start, mut added) = (0, 0);
        while start < stretch.rows {
            let openings = &self.scratch.rows[AHEAD..][start..stretch.rows];
            let next = if stretch.lowest > 2 { None } else { openings[1..].iter().position(begins) };
            let end = next.map_or(stretch.rows, |next| start + 1 + next);
            if begins(&openings[0]) {
                self.begin_at(Some(FrameId(openings[0].frame.get())));
            }
            self.open_part::<CAUSES>(start..end, frames);
            let allocating = &self.scratch.allocating[..stretch.allocating];
            let upto = allocating.partition_point(|&i| i < end);
            self.add_up::<CAUSES>(added..upto);
            (start, added) = (end, upto);
        }
    }

    /// Opens the nodes of these rows. Each gets its callers, and the bits that say of what it is the outermost.
    fn open_part<const CAUSES: bool>(&mut self, part: Range<usize>, frames: &CallFrameTable) {
        let Self { path, by_frame, outermost, heaviest, scratch, .. } = self;
        let (path, by_frame) = (&mut path[..], &mut by_frame[..]);
        let (rows, ahead) = (&scratch.rows[AHEAD..][part.clone()], &scratch.rows[2 * AHEAD..][part]);
        for (row, ahead) in rows.iter().zip(ahead) {
            prefetch(by_frame, ahead.frame.get() as usize);
            let frame = FrameId(row.frame.get());
            let (above, below) = path.split_at_mut(row.level as usize);
            let (Some(parent), Some(here)) = (above.last_mut(), below.first_mut()) else { break };
            parent.children = parent.children.wrapping_add(1);
            let callers = parent.callers;
            let of_frame = &mut by_frame[frame.0 as usize];
            of_frame.nodes += 1;
            let category = usize::from(of_frame.category.0);
            *here = match CAUSES {
                true => Open::below(above, callers, frame, of_frame, outermost),
                false => Open::of(frame),
            };
            row.frame.set(here.frame);
            row.callers.set(here.callers);
            if heaviest.may_take(row.size, category) {
                heaviest.keep(row.size, category, &path[2..=row.level as usize], frames);
            }
        }
    }

    /// Adds up what these of the allocating rows have allocated.
    fn add_up<const CAUSES: bool>(&mut self, allocating: Range<usize>) {
        for next in allocating {
            if let Some(&ahead) = self.scratch.allocating.get(next + CAUSES_AHEAD) {
                let Opening { frame, callers, .. } = &self.scratch.rows[AHEAD + ahead];
                let frame = FrameId(frame.get() & NO_FRAME);
                if CAUSES {
                    prefetch(&self.caused, frame.0 as usize);
                    prefetch(&self.caused, callers.get().cause_of(frame).0 as usize);
                }
            }
            let Opening { frame, level, size, callers } = &self.scratch.rows[AHEAD + self.scratch.allocating[next]];
            let (frame, level, size, callers) = (FrameId(frame.get() & NO_FRAME), *level, *size, callers.get());
            self.taken += size;
            self.total.size += size;
            self.sizes.take(size);
            self.origins.count(level, size);
            self.allocate::<CAUSES>(frame, size, callers, level);
        }
    }

    /// Adds up subtrees, those of nodes that the rows close, and what is known of the others.
    fn backwards(&mut self, &Stretch { rows, lowest, highest, .. }: &Stretch) {
        let Self { path, by_frame, scratch: Scratch { rows: openings, at, closed, .. }, .. } = self;
        let by_frame = &mut by_frame[..];
        at.clear();
        at.resize((highest + 1 - lowest).max(closed.len()) + 1, 0);
        let at = &mut at[..];
        // Nodes less deep than all behind them are still open.
        let mut open_from = u32::MAX;
        for (row, ahead) in openings[AHEAD..][..rows].iter().zip(&openings[..rows]).rev() {
            prefetch(by_frame, (ahead.frame.get() & NO_FRAME) as usize);
            let Some([here, below]) = at.get_mut(row.level as usize - lowest..).and_then(<[u64]>::first_chunk_mut)
            else {
                break;
            };
            let subtree = row.size + std::mem::take(below);
            if row.level < open_from {
                open_from = row.level;
                path[row.level as usize].subtree = subtree;
            } else {
                *here += subtree;
                let frame = row.frame.get();
                by_frame[(frame & NO_FRAME) as usize].close(frame, subtree);
            }
        }
        for level in (0..closed.len()).rev() {
            let Open { frame, subtree, .. } = closed[level];
            let subtree = subtree + std::mem::take(&mut at[level + 1]);
            at[level] += subtree;
            by_frame[(frame & NO_FRAME) as usize].close(frame, subtree);
        }
        path[lowest - 1].subtree += at[0];
    }
}

impl Scratch {
    /// Puts down these rows of a window.
    fn settle(&mut self, rows: &[Row], window: &Window<'_>) -> Stretch {
        self.rows.resize(AHEAD + ROWS + AHEAD, Opening::default());
        self.allocating.resize(ROWS, 0);
        let mut allocating = 0;
        let (mut lowest, mut highest, mut sizes) = (u32::MAX, 0, 0);
        for (i, (row, opening)) in rows.iter().zip(&mut self.rows[AHEAD..]).enumerate() {
            prefetch(rows, i + ROWS_AHEAD);
            let (frame, level) = row.settled(window.shift, &window.resolved);
            opening.frame.set(frame.0);
            (opening.level, opening.size) = (level, row.size);
            self.allocating[allocating] = i;
            allocating += usize::from(row.size > 0);
            sizes |= row.size;
            lowest = lowest.min(level);
            highest = highest.max(level);
        }
        let first = self.rows[AHEAD].level;
        Stretch { rows: rows.len(), allocating, lowest: lowest as usize, highest: highest as usize, first, sizes }
    }
}
