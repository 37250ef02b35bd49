//! Rows of a subtree whose root's call frame follows its children. They cannot be folded before it is known, so they are kept until then.
//!
//! No writer prints nodes so; some 40 bytes a node are the price of reading those that are.

use super::tally::Tally;
use crate::parse::{LateValue, Window};
use crate::profile::{CallFrameTable, FrameId};

#[derive(Clone, Copy, Debug)]
struct Kept {
    frame: Option<FrameId>,
    level: u32,
    size: Option<u64>,
}

/// Feeds rows to a [`Tally`], keeping back those that wait for a call frame above them.
#[derive(Debug, Default)]
pub(crate) struct Deferred {
    kept: Vec<Kept>,
    /// Indexes of the kept rows that are open, by level.
    open: Vec<usize>,
    /// Of these at most, since the first of them was kept.
    levels: usize,
    /// Open nodes without a call frame.
    waiting: usize,
}

impl Deferred {
    /// Folds a window's rows and late keys, as far as they can be.
    pub(crate) fn fold(&mut self, window: &mut Window<'_>, fold: &mut Tally, frames: &CallFrameTable) {
        fold.grow(frames);
        if window.plain && self.waiting == 0 {
            return fold.rows(window, frames);
        }
        let mut lates = window.lates.iter().peekable();
        for (i, row) in window.rows.iter().enumerate() {
            while let Some(late) = lates.next_if(|late| late.rows_before <= i) {
                self.late(late.level.wrapping_add(window.shift), late.value, window, fold, frames);
            }
            let level = row.level().wrapping_add(window.shift);
            let frame = window.frame(row.frame);
            if self.waiting == 0 && frame.is_some() {
                fold.open(frame, level, row.size(), frames);
            } else {
                self.keep(Kept { frame, level, size: row.size() });
            }
        }
        for late in lates {
            self.late(late.level.wrapping_add(window.shift), late.value, window, fold, frames);
        }
    }

    /// Bytes of memory it takes, and will take until what is kept back is folded.
    pub(crate) fn memory(&self, fold: &Tally) -> usize {
        let coming = if self.kept.is_empty() { 0 } else { fold.growth(self.kept.len(), self.levels) };
        size_of_val(&self.kept[..]) + self.levels * size_of::<usize>() + coming
    }

    fn keep(&mut self, row: Kept) {
        let base = self.kept.first().map_or(row.level, |first| first.level);
        self.open.truncate((row.level - base) as usize);
        self.open.push(self.kept.len());
        self.levels = self.levels.max(self.open.len());
        self.waiting += usize::from(row.frame.is_none());
        self.kept.push(row);
    }

    fn late(&mut self, level: u32, value: LateValue, window: &Window<'_>, fold: &mut Tally, frames: &CallFrameTable) {
        let first = self.kept.first().map(|first| first.level);
        let Some(base) = first.filter(|&base| level >= base) else {
            if let LateValue::Size(size) = value {
                fold.late_size(level, size, frames);
            }
            return;
        };
        let row = &mut self.kept[self.open[(level - base) as usize]];
        match value {
            LateValue::Size(size) => row.size = Some(size),
            LateValue::Frame(frame) => {
                row.frame = window.frame(frame);
                self.waiting -= 1;
                if self.waiting == 0 {
                    self.flush(fold, frames);
                }
            }
        }
    }

    /// Folds what is kept back, be it complete or not.
    pub(crate) fn flush(&mut self, fold: &mut Tally, frames: &CallFrameTable) {
        for row in self.kept.drain(..) {
            fold.open(row.frame, row.level, row.size, frames);
        }
        self.open.clear();
        (self.levels, self.waiting) = (0, 0);
    }
}
