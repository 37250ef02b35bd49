//! The way of almost every node: keys in the order that writers print, a known call frame, plain numbers.
//!
//! [`Run::usual`] goes on as long as that is what it meets, and leaves everything else, be it odd, wrong or cut off, to
//! [`super::heap_tree`], which can read it all.
//!
//! Looking a call frame up means two reads that miss the cache, one after the other: its slot, then its text. So nodes are read
//! [ahead](AHEAD): their frames are looked up some nodes later, all together, when what they need has been fetched. Where a frame turns
//! out to be unknown, everything from its node on is taken back.

use super::MAX_DEPTH;
use super::cursor::{Cursor, plain_digits};
use super::dictionary::Dictionary;
use super::frame_key::FrameKey;
use super::heap_tree::Run;
use super::indented::Indented;
use super::one_line::OneLine;
use super::rows::Row;
use super::state::At;
use crate::scan::{self, Vector};

/// Nodes that are read before their call frames are looked up, a power of two. Fewer fetch too late, more gain nothing.
pub(super) const AHEAD: usize = 16;

/// How a writer lays nodes out.
pub(super) trait Layout {
    /// Where a call frame stands, relative to its node.
    type Frame: Copy + Default;

    /// Reads the node that opens at `pos`, up to behind the `[` of its children, and the ends of nodes that follow, `most` of them at
    /// most. Does not look its call frame up.
    fn node<V: Vector>(bytes: &[u8], pos: usize, most: u32, dictionary: &Dictionary) -> Option<Node<Self::Frame>>;

    /// Bytes of a call frame's text in the dictionary.
    fn len(frame: Self::Frame) -> usize;

    /// What to look the call frame of the node at `pos` up by.
    fn key<V: Vector>(bytes: &[u8], pos: usize, frame: Self::Frame) -> impl FrameKey;
}

/// What was read of a node, and of what follows it.
pub(super) struct Node<F> {
    pub(super) hash: u64,
    pub(super) frame: F,
    pub(super) size: u64,
    /// Nodes that end behind the `[` of its children.
    pub(super) ends: u32,
    /// What comes after them.
    pub(super) at: At,
    pub(super) next: usize,
}

/// A node whose call frame is still to be looked up, and where to go back to if it is not known.
#[derive(Clone, Copy, Default)]
struct Ahead<F> {
    hash: u64,
    frame: F,
    size: u64,
    pos: usize,
    level: u32,
}

impl Run<'_, '_> {
    /// Takes usual nodes, as many as there are in a row.
    #[inline(always)]
    pub(super) fn usual<V: Vector>(&mut self, cursor: &mut Cursor<'_>) {
        // The root's traits are looked at.
        if !self.state.before_element() || self.state.level == 0 {
            return;
        }
        let pos = scan::skip_whitespace::<V>(cursor.bytes, cursor.pos);
        match cursor.bytes.get(pos..pos + 2) {
            Some(b"{\"") => self.take::<V, OneLine>(cursor, pos),
            Some([b'{', _]) => self.take::<V, Indented>(cursor, pos),
            _ => {}
        }
    }

    #[inline(always)]
    fn take<V: Vector, L: Layout>(&mut self, cursor: &mut Cursor<'_>, mut pos: usize) {
        let bytes = cursor.bytes;
        // Nodes that lack a key, and the root, are not ended here.
        let outermost = self.state.incomplete.last().map_or(0, |node| node.level).max(1);
        // The levels of a guess cannot be checked here, but few are near the limit.
        let limit = if self.state.is_guess() { u32::MAX } else { MAX_DEPTH };
        let mut level = self.state.level;
        let mut at = self.state.at;
        let mut waiting = Waiting::<L::Frame>::none();
        loop {
            let most = (level + 1).saturating_sub(outermost);
            let inside = pos < self.stop && level < limit;
            let Some(node) = (if inside { L::node::<V>(bytes, pos, most, self.dictionary) } else { None }) else {
                break;
            };
            level += 1;
            self.highest = self.highest.max(level);
            waiting.push(Ahead { hash: node.hash, frame: node.frame, size: node.size, pos, level });
            level -= node.ends;
            self.lowest = self.lowest.min(level);
            (at, pos) = (node.at, node.next);
            self.dictionary.prefetch_record(waiting.at(waiting.read.wrapping_sub(AHEAD / 2)).hash);
            if waiting.read - waiting.looked_up >= self.ahead
                && let Some(unknown) = self.look_up::<V, L>(bytes, &mut waiting)
            {
                (pos, level) = unknown;
                at = At::Element;
                break;
            }
            if at == At::AfterElement {
                break;
            }
        }
        while waiting.looked_up < waiting.read {
            if let Some(unknown) = self.look_up::<V, L>(bytes, &mut waiting) {
                (pos, level) = unknown;
                at = At::Element;
                break;
            }
        }
        self.state.at = at;
        self.state.level = level;
        cursor.pos = pos;
    }

    /// Looks up the call frame of the node that waits longest. Where it is known, its row goes out; else nothing waits any more, and this
    /// gives the node's place and the level around it.
    #[inline(always)]
    fn look_up<V: Vector, L: Layout>(&mut self, bytes: &[u8], waiting: &mut Waiting<L::Frame>) -> Option<(usize, u32)> {
        let node = *waiting.at(waiting.looked_up);
        waiting.looked_up += 1;
        let key = L::key::<V>(bytes, node.pos, node.frame);
        let found = match self.dictionary.find(node.hash, key) {
            None => self.fresh.find(node.hash, key),
            found => found,
        };
        match found {
            Some((frame, len)) if len == L::len(node.frame) => {
                self.rows.push(Row::new(frame, node.level, Some(node.size)));
                self.ahead = (self.ahead + 1).min(AHEAD);
                None
            }
            _ => {
                waiting.looked_up = waiting.read;
                self.ahead = 1;
                Some((node.pos, node.level - 1))
            }
        }
    }
}

/// The nodes that wait, in a ring.
struct Waiting<F> {
    ring: [Ahead<F>; AHEAD],
    /// Nodes that were read.
    read: usize,
    /// Those of them that do not wait any more.
    looked_up: usize,
}

impl<F: Copy + Default> Waiting<F> {
    #[inline(always)]
    fn none() -> Self {
        Self { ring: [Ahead::default(); AHEAD], read: 0, looked_up: 0 }
    }

    #[inline(always)]
    fn at(&self, number: usize) -> &Ahead<F> {
        &self.ring[number % AHEAD]
    }

    #[inline(always)]
    fn push(&mut self, node: Ahead<F>) {
        self.ring[self.read % AHEAD] = node;
        self.read += 1;
    }
}

/// The place behind `literal`, which is to stand at `at` but for whitespace, and behind the whitespace that follows it.
#[inline(always)]
pub(super) fn after<V: Vector, const N: usize>(bytes: &[u8], at: usize, literal: &[u8; N]) -> Option<usize> {
    let at = scan::skip_whitespace::<V>(bytes, at);
    let at = behind(bytes, at, literal)?;
    Some(scan::skip_whitespace::<V>(bytes, at))
}

/// The place behind `literal`, which is to stand at `at`.
#[inline(always)]
pub(super) fn behind<const N: usize>(bytes: &[u8], at: usize, literal: &[u8; N]) -> Option<usize> {
    let found = scan::block::<N>(bytes, at)?;
    // No closure: it would not be compiled for the back end.
    if found == literal { Some(at + N) } else { None }
}

/// The integer at `at` and its end.
#[inline(always)]
pub(super) fn integer(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let (value, end) = scan::digits(bytes, at);
    // Not `then_some`: see `behind`.
    if plain_digits(bytes, at, end) { Some((value, end)) } else { None }
}
