//! What a window gives: node rows, in the order in which nodes open.

use super::Fault;
use super::fresh::{FRESH, FreshText};
use crate::profile::FrameId;

/// The frame of a node whose call frame follows its children.
pub(crate) const PENDING_FRAME: u32 = u32::MAX;
/// Bit of [`Row::level`] that says that the self size follows the children. No level reaches it.
const SIZE_PENDING: u32 = 1 << 31;

/// One node, in the order in which nodes open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Row {
    /// A [`FrameId`], an index of the window's fresh texts ([`FRESH`]), or [`PENDING_FRAME`].
    pub(crate) frame: u32,
    level: u32,
    /// Bytes; 0 where they are not known yet.
    pub(crate) size: u64,
}

impl Row {
    #[inline(always)]
    pub(super) fn new(frame: u32, level: u32, size: Option<u64>) -> Self {
        let pending = if size.is_none() { SIZE_PENDING } else { 0 };
        Self { frame, level: level | pending, size: size.unwrap_or(0) }
    }

    /// Open nodes, this one included; the root's level is 1.
    #[inline(always)]
    pub(crate) fn level(&self) -> u32 {
        self.level & !SIZE_PENDING
    }

    /// Its frame and level in the file, where it has a frame and a size: what the window's levels are short of it, and what its fresh texts stand for.
    #[inline(always)]
    pub(crate) fn settled(&self, shift: u32, resolved: &[FrameId]) -> (FrameId, u32) {
        let frame = match self.frame & FRESH {
            0 => FrameId(self.frame),
            _ => resolved[(self.frame & !FRESH) as usize],
        };
        (frame, self.level.wrapping_add(shift))
    }

    /// Bytes, if they are known yet.
    pub(crate) fn size(&self) -> Option<u64> {
        (self.level & SIZE_PENDING == 0).then_some(self.size)
    }
}

/// A key that followed the children of a node whose row went out in an earlier window, or earlier in this one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Late {
    /// Rows of this window that stand before it.
    pub(crate) rows_before: usize,
    /// Level of the node, which is the innermost open one.
    pub(crate) level: u32,
    pub(crate) value: LateValue,
}

/// Which key it was.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LateValue {
    /// As [`Row::frame`].
    Frame(u32),
    Size(u64),
}

/// Why a window ended.
#[derive(Debug)]
pub(crate) enum End {
    /// A node opens at or behind the window's end.
    Boundary,
    /// The block ends.
    More,
    /// The root closed.
    Closed,
    /// The text is wrong.
    Fault(Box<Fault>),
}

/// What was found in one window.
#[derive(Debug)]
pub(crate) struct Window<'w> {
    pub(crate) rows: &'w mut [Row],
    pub(crate) lates: Vec<Late>,
    /// No row lacks a call frame or size, and none came late.
    pub(crate) plain: bool,
    pub(crate) fresh: &'w [FreshText<'w>],
    /// What the fresh texts stand for, once they are resolved.
    pub(crate) resolved: Vec<FrameId>,
    /// Nodes with a negative size.
    pub(crate) negative_sizes: u64,
    pub(crate) end: End,
    /// Byte of the block at which it ended.
    pub(crate) pos: usize,
    /// How far out it came: the level of the outermost node whose children ended, less one.
    pub(crate) lowest: u32,
    /// To be added to every level (wrapping), where the window began from a guess.
    pub(crate) shift: u32,
    /// Greatest level.
    pub(crate) highest: u32,
}

impl Window<'_> {
    /// The frame of a row or late key, once the fresh texts are resolved.
    #[inline]
    pub(crate) fn frame(&self, id: u32) -> Option<FrameId> {
        match id {
            PENDING_FRAME => None,
            fresh if fresh & FRESH != 0 => Some(self.resolved[(fresh & !FRESH) as usize]),
            known => Some(FrameId(known)),
        }
    }

    /// Gives rows and late keys other frames, once the fresh texts are resolved. `ahead` is told of those that come soon.
    pub(crate) fn renumber(&mut self, mut number: impl FnMut(FrameId) -> FrameId, ahead: impl Fn(FrameId)) {
        const AHEAD: usize = 12;
        for i in 0..self.rows.len() {
            if let Some(next) = self.rows.get(i + AHEAD).and_then(|row| self.frame(row.frame)) {
                ahead(next);
            }
            if let Some(frame) = self.frame(self.rows[i].frame) {
                self.rows[i].frame = number(frame).0;
            }
        }
        for i in 0..self.lates.len() {
            let LateValue::Frame(frame) = self.lates[i].value else { continue };
            if let Some(frame) = self.frame(frame) {
                self.lates[i].value = LateValue::Frame(number(frame).0);
            }
        }
    }
}
