//! The way of almost every node: keys in the order that writers print, a known call frame, plain numbers.
//!
//! [`Run::usual`] goes on as long as that is what it meets, and leaves everything else, be it odd, wrong or cut off, to
//! [`super::heap_tree`], which can read it all. It changes nothing before it has seen a node up to the `[` of its children.
//!
//! Looking a call frame up means two reads that miss the cache, one after the other: its slot, then its text. So on one line, where the
//! first `}` is almost surely the frame's end, nodes are read [ahead](AHEAD): their frames are looked up some nodes later, all together,
//! when what they need has been fetched. Where a frame turns out to be unknown, everything from its node on is taken back.

use super::MAX_DEPTH;
use super::call_frame::known_spaced;
use super::cursor::{Cursor, plain_digits};
use super::heap_tree::Run;
use super::rows::{PENDING_FRAME, Row};
use super::state::{At, GUESSED_LEVEL};
use crate::scan::{self, Vector};

/// Nodes that are read before their call frames are looked up. Fewer fetch too late, more gain nothing.
const AHEAD: usize = 16;

/// A call frame that is still to be looked up, and the place to go back to if it is not known.
#[derive(Clone, Copy)]
struct Ahead {
    hash: u64,
    /// The frame's text, if it ends at its first `}`.
    start: usize,
    len: usize,
    /// Its row.
    row: usize,
    before: Place,
}

/// A place before a node.
#[derive(Clone, Copy)]
struct Place {
    pos: usize,
    at: At,
    level: u32,
    lowest: u32,
    highest: u32,
}

/// Call frames that are still to be looked up.
pub(super) struct Lookahead {
    frames: Vec<Ahead>,
    /// How many are let wait: fewer where many are unknown, since then much is taken back.
    limit: usize,
}

impl Default for Lookahead {
    fn default() -> Self {
        Self { frames: Vec::with_capacity(AHEAD), limit: 1 }
    }
}

impl Run<'_, '_> {
    /// Takes usual nodes, as many as there are in a row.
    #[inline(always)]
    pub(super) fn usual<V: Vector>(&mut self, cursor: &mut Cursor<'_>) {
        // The root's traits are looked at; and the levels of a guess cannot be checked here, but few are near the limit.
        let usual_level = |level: u32| (1..MAX_DEPTH).contains(&level) || level >= GUESSED_LEVEL / 2;
        if !(self.state.before_element() && usual_level(self.state.level)) {
            return;
        }
        let bytes = cursor.bytes;
        let incomplete = self.state.incomplete.last().map_or(0, |node| node.level);
        let mut place = Place {
            pos: cursor.pos,
            at: self.state.at,
            level: self.state.level,
            lowest: self.lowest,
            highest: self.highest,
        };
        'nodes: loop {
            place.pos = scan::skip_whitespace::<V>(bytes, place.pos);
            match bytes.get(place.pos) {
                Some(b'{') if place.pos < self.stop && usual_level(place.level) => {
                    if self.lookahead.frames.len() >= self.lookahead.limit
                        && let Some(unknown) = self.look_up(bytes)
                    {
                        place = unknown;
                        break;
                    }
                    let Some(end) = self.usual_node::<V>(bytes, place) else { break };
                    place.level += 1;
                    place.highest = place.highest.max(place.level);
                    place.at = At::ElementOrEnd;
                    place.pos = end;
                }
                Some(b']') if place.at == At::ElementOrEnd => loop {
                    // At the `]` of the children of the node at this level.
                    let end = scan::skip_whitespace::<V>(bytes, place.pos + 1);
                    if place.level == incomplete || place.level == 1 || bytes.get(end) != Some(&b'}') {
                        break 'nodes;
                    }
                    place.level -= 1;
                    place.lowest = place.lowest.min(place.level);
                    let next = scan::skip_whitespace::<V>(bytes, end + 1);
                    match bytes.get(next) {
                        Some(b',') => {
                            place.at = At::Element;
                            place.pos = next + 1;
                            break;
                        }
                        Some(b']') => place.pos = next,
                        _ => {
                            place.at = At::AfterElement;
                            place.pos = end + 1;
                            break 'nodes;
                        }
                    }
                },
                _ => break,
            }
        }
        if let Some(unknown) = self.look_up(bytes) {
            place = unknown;
        }
        self.state.at = place.at;
        self.state.level = place.level;
        self.lowest = place.lowest;
        self.highest = place.highest;
        cursor.pos = place.pos;
    }

    /// Takes the node that opens at `place`, up to behind the `[` of its children.
    #[inline(always)]
    fn usual_node<V: Vector>(&mut self, bytes: &[u8], place: Place) -> Option<usize> {
        let start = after::<V, 12>(bytes, place.pos + 1, b"\"callFrame\":")?;
        let mut ahead = None;
        let (frame, at) = match bytes.get(start..start + 2)? {
            b"{\"" => {
                let end = scan::find::<V>(bytes, start, b'}');
                let head = bytes.get(start..=end)?;
                let hash = self.dictionary.hash(head);
                self.dictionary.prefetch_slot(hash);
                ahead = Some(Ahead { hash, start, len: head.len(), row: self.rows.len(), before: place });
                (PENDING_FRAME, end + 1)
            }
            [b'{', _] => known_spaced::<V>(bytes, start, self.dictionary, &mut self.fresh)?,
            _ => return None,
        };
        let at = after::<V, 1>(bytes, at, b",")?;
        let at = after::<V, 11>(bytes, at, b"\"selfSize\":")?;
        let (size, at) = integer(bytes, at)?;
        let mut at = after::<V, 1>(bytes, at, b",")?;
        if let Some(id) = after::<V, 5>(bytes, at, b"\"id\":") {
            let (_, end) = integer(bytes, id)?;
            at = after::<V, 1>(bytes, end, b",")?;
        }
        let at = after::<V, 11>(bytes, at, b"\"children\":")?;
        if *bytes.get(at)? != b'[' {
            return None;
        }
        self.rows.push(Row::new(frame, place.level + 1, Some(size)));
        self.lookahead.frames.extend(ahead);
        Some(at + 1)
    }

    /// Looks up the call frames that wait. Gives the place before the first node whose frame is not known; its row and all later
    /// ones are taken back.
    #[inline(always)]
    fn look_up(&mut self, bytes: &[u8]) -> Option<Place> {
        if self.lookahead.frames.is_empty() {
            return None;
        }
        for ahead in &self.lookahead.frames {
            self.dictionary.prefetch_text(ahead.hash);
        }
        for ahead in &self.lookahead.frames {
            let text = &bytes[ahead.start..];
            let found = match self.dictionary.find(ahead.hash, text) {
                None => self.fresh.find(ahead.hash, text),
                found => found,
            };
            match found {
                Some((frame, len)) if len == ahead.len => self.rows[ahead.row].frame = frame,
                _ => {
                    let before = ahead.before;
                    self.rows.truncate(ahead.row);
                    self.lookahead.frames.clear();
                    self.lookahead.limit = 1;
                    return Some(before);
                }
            }
        }
        self.lookahead.frames.clear();
        self.lookahead.limit = (self.lookahead.limit * 2).min(AHEAD);
        None
    }
}

/// The place behind `literal`, which is to stand at `at` but for whitespace, and behind the whitespace that follows it.
#[inline(always)]
pub(super) fn after<V: Vector, const N: usize>(bytes: &[u8], at: usize, literal: &[u8; N]) -> Option<usize> {
    let at = scan::skip_whitespace::<V>(bytes, at);
    let found = bytes.get(at..at + N)?.first_chunk::<N>()?;
    // No closure: it would not be compiled for the back end.
    if found == literal { Some(scan::skip_whitespace::<V>(bytes, at + N)) } else { None }
}

/// The integer at `at` and its end.
#[inline(always)]
pub(super) fn integer(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let (value, end) = scan::digits(bytes, at);
    plain_digits(bytes, at, end).then_some((value, end))
}
