//! Nodes with whitespace between their tokens, as xprofiler writes them.
//!
//! The texts of a call frame differ with its depth, so it is looked up by its values.

use super::cursor::{Cursor, plain_digits};
use super::dictionary::{Dictionary, Probable};
use super::frame_key::{FrameKey, Values};
use super::heap_tree::Run;
use super::rows::Row;
use super::state::At;
use super::usual::{behind, integer};
use super::{MAX_DEPTH, MAX_TOKEN};
use crate::scan::{self, Vector};

/// Nodes that are read before their call frames are looked up, a power of two. Fewer fetch too late, more gain nothing.
const AHEAD: usize = 16;

/// How far ahead the text is asked for, on every line. The CPU does it by itself only within a page.
const FETCHED: usize = 2048;

/// Bytes of a canonical text without its values.
const KEYS_LEN: usize = Values([&[]; 5]).canonical_len();

/// Start and end of each value of a call frame, relative to the node's `{`.
#[derive(Clone, Copy, Default)]
struct Places([(u32, u32); 5]);

/// What was read of a node, and of what follows it.
struct Node {
    hash: u64,
    frame: Places,
    size: u64,
    /// Nodes that end behind the `[` of its children.
    ends: u32,
    /// What comes after them.
    at: At,
    next: usize,
}

/// A node whose call frame is still to be looked up, and where to go back to if it is not known.
#[derive(Clone, Copy, Default)]
struct Ahead {
    hash: u64,
    /// Known from half-way on.
    probable: Probable,
    frame: Places,
    size: u64,
    pos: usize,
    level: u32,
}

impl Run<'_, '_> {
    #[inline(always)]
    pub(super) fn indented<V: Vector>(&mut self, cursor: &mut Cursor<'_>, mut pos: usize) {
        let bytes = cursor.bytes;
        // Nodes that lack a key, and the root, are not ended here.
        let outermost = self.state.incomplete.last().map_or(0, |node| node.level).max(1);
        // The levels of a guess cannot be checked here, but few are near the limit.
        let limit = if self.state.is_guess() { u32::MAX } else { MAX_DEPTH };
        let mut level = self.state.level;
        let mut at = self.state.at;
        let mut waiting = Waiting::none();
        loop {
            let most = (level + 1).saturating_sub(outermost);
            let inside = pos < self.stop && level < limit;
            let Some(node) = (if inside { node::<V>(bytes, pos, most, self.dictionary) } else { None }) else {
                break;
            };
            level += 1;
            self.highest = self.highest.max(level);
            waiting.push(Ahead {
                hash: node.hash,
                probable: Probable::default(),
                frame: node.frame,
                size: node.size,
                pos,
                level,
            });
            level -= node.ends;
            self.lowest = self.lowest.min(level);
            (at, pos) = (node.at, node.next);
            let half_way = waiting.at_mut(waiting.read.wrapping_sub(AHEAD / 2));
            half_way.probable = self.dictionary.probable(half_way.hash);
            if waiting.read - waiting.looked_up >= self.ahead
                && let Some(unknown) = self.look_up::<V>(bytes, &mut waiting)
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
            if let Some(unknown) = self.look_up::<V>(bytes, &mut waiting) {
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
    fn look_up<V: Vector>(&mut self, bytes: &[u8], waiting: &mut Waiting) -> Option<(usize, u32)> {
        let node = *waiting.at(waiting.looked_up);
        waiting.looked_up += 1;
        let key = key::<V>(bytes, node.pos, node.frame);
        let len = len(node.frame);
        match self.known(node.probable, node.hash, key, len) {
            Some(frame) => {
                self.rows.push(Row::new(frame, node.level, Some(node.size)));
                self.ahead = (self.ahead + 1).min(AHEAD);
                None
            }
            None => {
                waiting.looked_up = waiting.read;
                self.ahead = 1;
                Some((node.pos, node.level - 1))
            }
        }
    }
}

/// The nodes that wait, in a ring.
struct Waiting {
    ring: [Ahead; AHEAD],
    /// Nodes that were read.
    read: usize,
    /// Those of them that do not wait any more.
    looked_up: usize,
}

impl Waiting {
    #[inline(always)]
    fn none() -> Self {
        Self { ring: [Ahead::default(); AHEAD], read: 0, looked_up: 0 }
    }

    #[inline(always)]
    fn at(&self, number: usize) -> &Ahead {
        &self.ring[number % AHEAD]
    }

    #[inline(always)]
    fn at_mut(&mut self, number: usize) -> &mut Ahead {
        &mut self.ring[number % AHEAD]
    }

    #[inline(always)]
    fn push(&mut self, node: Ahead) {
        self.ring[self.read % AHEAD] = node;
        self.read += 1;
    }
}

#[inline(always)]
fn node<V: Vector>(bytes: &[u8], pos: usize, most: u32, dictionary: &Dictionary) -> Option<Node> {
    let at = scan::skip_indentation::<V>(bytes, pos + 1);
    let outer = at.saturating_sub(pos + 2);
    let start = behind(bytes, at, b"\"callFrame\": ")?;
    if start - pos > MAX_TOKEN {
        return None;
    }
    let (places, at) = values::<V>(&bytes[..bytes.len().min(start + MAX_TOKEN)], pos, start, outer)?;
    let hash = dictionary.hash_values(&taken(bytes, pos, places));
    dictionary.prefetch_slot(hash);
    let at = member::<V, 12>(bytes, behind(bytes, at, b",")?, outer, b"\"selfSize\": ")?;
    let (size, at) = integer(bytes, at)?;
    let mut at = behind(bytes, at, b",")?;
    if let Some(id) = member::<V, 6>(bytes, at, outer, b"\"id\": ") {
        let (_, end) = integer(bytes, id)?;
        at = behind(bytes, end, b",")?;
    }
    let end = member::<V, 13>(bytes, at, outer, b"\"children\": [")?;
    let (ends, at, next) = ends::<V>(bytes, end, most);
    Some(Node { hash, frame: places, size, ends, at, next })
}

#[inline(always)]
fn len(Places([name, script, url, line, column]): Places) -> usize {
    let value = |(start, end): (u32, u32)| (end - start) as usize;
    KEYS_LEN + value(name) + value(script) + value(url) + value(line) + value(column)
}

#[inline(always)]
fn key<V: Vector>(bytes: &[u8], pos: usize, places: Places) -> impl FrameKey {
    taken(bytes, pos, places).compared::<V>()
}

/// How many nodes end at `pos`, `most` at most, and what comes after them, where.
#[inline(always)]
fn ends<V: Vector>(bytes: &[u8], pos: usize, most: u32) -> (u32, At, usize) {
    let mut at = At::ElementOrEnd;
    let mut pos = scan::skip_indentation::<V>(bytes, pos);
    let mut count = 0;
    while count < most && bytes.get(pos) == Some(&b']') {
        let end = scan::skip_indentation::<V>(bytes, pos + 1);
        if bytes.get(end) != Some(&b'}') {
            break;
        }
        count += 1;
        if bytes.get(end + 1) == Some(&b',') {
            return (count, At::Element, scan::skip_indentation::<V>(bytes, end + 2));
        }
        (at, pos) = (At::AfterElement, scan::skip_indentation::<V>(bytes, end + 1));
    }
    (count, at, pos)
}

/// The values that stand at `places`.
#[inline(always)]
fn taken(bytes: &[u8], pos: usize, Places([name, script, url, line, column]): Places) -> Values<'_> {
    let node = bytes.get(pos..).unwrap_or_default();
    Values([value(node, name), value(node, script), value(node, url), value(node, line), value(node, column)])
}

#[inline(always)]
fn value(node: &[u8], (start, end): (u32, u32)) -> &[u8] {
    node.get(start as usize..end as usize).unwrap_or_default()
}

/// The places of the values of the call frame that opens at `start`, if its keys stand in the usual order, and its end.
#[inline(always)]
fn values<V: Vector>(bytes: &[u8], node: usize, start: usize, outer: usize) -> Option<(Places, usize)> {
    let at = behind(bytes, start, b"{")?;
    let first = scan::skip_indentation::<V>(bytes, at);
    let inner = first.saturating_sub(at + 1);
    let (name, at) = string::<V>(bytes, behind(bytes, first, b"\"functionName\": ")?)?;
    let at = member::<V, 12>(bytes, behind(bytes, at, b",")?, inner, b"\"scriptId\": ")?;
    let (script, at) = if bytes.get(at) == Some(&b'"') { string::<V>(bytes, at)? } else { number(bytes, at)? };
    let (url, at) = string::<V>(bytes, member::<V, 7>(bytes, behind(bytes, at, b",")?, inner, b"\"url\": ")?)?;
    let (line, at) = number(bytes, member::<V, 14>(bytes, behind(bytes, at, b",")?, inner, b"\"lineNumber\": ")?)?;
    let (column, at) = number(bytes, member::<V, 16>(bytes, behind(bytes, at, b",")?, inner, b"\"columnNumber\": ")?)?;
    let end = member::<V, 1>(bytes, at, outer, b"}")?;
    let place = |(start, end): (usize, usize)| ((start - node) as u32, (end - node) as u32);
    Some((Places([place(name), place(script), place(url), place(line), place(column)]), end))
}

/// The place behind a key on the next line, with its colon and a space.
///
/// Lines of one object are indented alike. So the key is looked for where the object's first line lets it be: that way, what follows need
/// not wait until the spaces are counted.
#[inline(always)]
fn member<V: Vector, const N: usize>(bytes: &[u8], at: usize, width: usize, key: &[u8; N]) -> Option<usize> {
    scan::prefetch(bytes, at + FETCHED);
    let start = at + 1 + width;
    match behind(bytes, start, key) {
        Some(end) if bytes.get(at) == Some(&b'\n') && scan::spaces::<V>(bytes, at + 1, width) => Some(end),
        _ => behind(bytes, scan::skip_indentation::<V>(bytes, at), key),
    }
}

/// Start and end of a string without escapes.
#[inline(always)]
fn string<V: Vector>(bytes: &[u8], at: usize) -> Option<((usize, usize), usize)> {
    let start = behind(bytes, at, b"\"")?;
    let end = behind(bytes, scan::string_special::<V>(bytes, start), b"\"")?;
    Some(((at, end), end))
}

/// Start and end of an integer, which may be negative.
#[inline(always)]
fn number(bytes: &[u8], at: usize) -> Option<((usize, usize), usize)> {
    let first = if bytes.get(at) == Some(&b'-') { at + 1 } else { at };
    let (_, end) = scan::digits(bytes, first);
    if plain_digits(bytes, first, end) { Some(((at, end), end)) } else { None }
}
