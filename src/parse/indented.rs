//! Nodes with each key on a line of its own, as xprofiler writes them: a line feed, spaces or tabs, `"key": value`.
//!
//! The texts of a call frame differ with its depth, so it is looked up by its values. Lines of one object are indented alike, and no value goes beyond its
//! line. So where a line begins tells where its value does, and where it ends, where the next one begins; what a value is made of
//! is told by comparing it with that of a known call frame.

use std::hint::select_unpredictable;

use super::cursor::{Cursor, plain_digits};
use super::dictionary::{Dictionary, Probable};
use super::heap_tree::Run;
use super::places::Places;
use super::rows::Row;
use super::state::At;
use super::usual::behind;
use super::{MAX_DEPTH, MAX_TOKEN};
use crate::scan::{self, FETCHED_AHEAD, Vector};

/// Nodes that are read before their call frames are looked up, a power of two. Fewer fetch too late, more gain nothing.
const AHEAD: usize = 8;

/// What was read of a node, and of what follows it.
#[derive(Debug)]
struct Node {
    hash: u64,
    places: Places,
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
    places: Places,
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
                places: node.places,
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
        let known = match self.dictionary.confirm_places::<V>(node.probable, bytes, &node.places) {
            None => self.search_values::<V>(bytes, &node),
            known => known,
        };
        match known {
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

    /// The call frame of a node whose record was not the probable one.
    #[inline(always)]
    fn search_values<V: Vector>(&self, bytes: &[u8], node: &Ahead) -> Option<u32> {
        let values = node.places.values(bytes)?;
        self.search(node.hash, values.compared::<V>(), node.places.canonical_len())
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

/// Reads the node that opens at `pos`, up to behind the `[` of its children, and the ends of nodes that follow, `most` of them at most. Does not look its call
/// frame up.
#[inline(always)]
fn node<V: Vector>(bytes: &[u8], pos: usize, most: u32, dictionary: &Dictionary) -> Option<Node> {
    let of_node = Indent::of_line::<V>(bytes, pos + 1)?;
    let frame = of_node.key::<V, 14>(bytes, pos + 1, b"\"callFrame\": {")?;
    let of_frame = Indent::of_line::<V>(bytes, frame)?;
    let name = of_frame.key::<V, 16>(bytes, frame, b"\"functionName\": ")?;
    let name_end = long_line_end::<V>(bytes, name)?;
    let script = of_frame.key::<V, 12>(bytes, name_end, b"\"scriptId\": ")?;
    let script_end = line_end::<V>(bytes, script)?;
    let url = of_frame.key::<V, 7>(bytes, script_end, b"\"url\": ")?;
    let url_end = long_line_end::<V>(bytes, url)?;
    let line = of_frame.key::<V, 14>(bytes, url_end, b"\"lineNumber\": ")?;
    let end_of_line = line_end::<V>(bytes, line)?;
    let column = of_frame.key::<V, 16>(bytes, end_of_line, b"\"columnNumber\": ")?;
    let column_end = line_end::<V>(bytes, column)?;
    let frame_end = of_node.key::<V, 2>(bytes, column_end, b"},")?;
    // The comma before the end of a line is no part of the value.
    let places = Places([
        (name, (name_end - name).checked_sub(1)?),
        (script, (script_end - script).checked_sub(1)?),
        (url, (url_end - url).checked_sub(1)?),
        (line, (end_of_line - line).checked_sub(1)?),
        (column, column_end - column),
    ]);
    let hash = dictionary.hash_places(bytes, &places)?;
    dictionary.prefetch_slot(hash);
    let size = of_node.key::<V, 12>(bytes, frame_end, b"\"selfSize\": ")?;
    let size_end = line_end::<V>(bytes, size)?;
    let digits = integer_and_comma::<V>(bytes, size, size_end)?;
    let children = match of_node.key::<V, 6>(bytes, size_end, b"\"id\": ") {
        Some(id) => {
            let id_end = line_end::<V>(bytes, id)?;
            integer_and_comma::<V>(bytes, id, id_end)?;
            of_node.key::<V, 13>(bytes, id_end, b"\"children\": [")?
        }
        None => of_node.key::<V, 13>(bytes, size_end, b"\"children\": [")?,
    };
    let (ends, at, next) = ends::<V>(bytes, children, of_node.byte, most);
    Some(Node { hash, places, size: scan::digits_of(bytes, size, digits), ends, at, next })
}

/// What lines begin with.
#[derive(Clone, Copy)]
struct Indent {
    byte: u8,
    count: usize,
}

impl Indent {
    /// That of the line behind the line feed at `at`: spaces, or tabs.
    #[inline(always)]
    fn of_line<V: Vector>(bytes: &[u8], at: usize) -> Option<Self> {
        let byte = *bytes.get(at + 1)?;
        if byte != b' ' && byte != b'\t' {
            return None;
        }
        Some(Self { byte, count: scan::run_of::<V>(bytes, at + 1, byte) })
    }

    /// The place behind a key with its colon and a space, if it is what stands on the line behind the line feed at `at`.
    #[inline(always)]
    fn key<V: Vector, const N: usize>(self, bytes: &[u8], at: usize, key: &[u8; N]) -> Option<usize> {
        scan::prefetch(bytes, at + FETCHED_AHEAD);
        let start = at + 1 + self.count;
        let end = behind(bytes, start, key)?;
        let is_indented = bytes.get(at) == Some(&b'\n') && scan::is_run::<V>(bytes, at + 1, self.byte, self.count);
        if is_indented { Some(end) } else { None }
    }
}

/// The line feed that ends the line at `at`, in which a short value is left.
#[inline(always)]
fn line_end<V: Vector>(bytes: &[u8], at: usize) -> Option<usize> {
    let line_feeds = scan::byte_bits::<V>(scan::block(bytes, at)?, b'\n');
    if line_feeds == 0 { None } else { Some(at + line_feeds.trailing_zeros() as usize) }
}

/// The same for a string.
#[inline(always)]
fn long_line_end<V: Vector>(bytes: &[u8], at: usize) -> Option<usize> {
    if let (Some(first), Some(second)) = (scan::block(bytes, at), scan::block(bytes, at + 64)) {
        // In which of them it is is hard to foretell: no branch.
        let (first, second) = (scan::byte_bits::<V>(first, b'\n'), scan::byte_bits::<V>(second, b'\n'));
        let (bits, start) = select_unpredictable(first != 0, (first, 0), (second, 64));
        if bits != 0 {
            return Some(at + start + bits.trailing_zeros() as usize);
        }
    }
    let end = scan::find::<V>(&bytes[..bytes.len().min(at + MAX_TOKEN)], at, b'\n');
    if bytes.get(end) == Some(&b'\n') { Some(end) } else { None }
}

/// How many digits an integer has that stands with a comma between two places.
#[inline(always)]
fn integer_and_comma<V: Vector>(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let digits = scan::digit_bits::<V>(scan::block(bytes, start)?).trailing_ones() as usize;
    let is_all = start + digits + 1 == end && bytes.get(start + digits) == Some(&b',');
    if is_all && plain_digits(bytes, start, start + digits) { Some(digits) } else { None }
}

/// How many nodes end at `pos`, `most` at most, and what comes after them, where. Lines begin with `indent`.
#[inline(always)]
fn ends<V: Vector>(bytes: &[u8], pos: usize, indent: u8, most: u32) -> (u32, At, usize) {
    let mut at = At::ElementOrEnd;
    let mut pos = next_line::<V>(bytes, pos, indent);
    let mut count = 0;
    while count < most && bytes.get(pos) == Some(&b']') {
        let end = next_line::<V>(bytes, pos + 1, indent);
        if bytes.get(end) != Some(&b'}') {
            break;
        }
        count += 1;
        if bytes.get(end + 1) == Some(&b',') {
            return (count, At::Element, next_line::<V>(bytes, end + 2, indent));
        }
        (at, pos) = (At::AfterElement, next_line::<V>(bytes, end + 1, indent));
    }
    (count, at, pos)
}

/// Behind the line feed at `at`, if there is one, and what the next line begins with.
#[inline(always)]
fn next_line<V: Vector>(bytes: &[u8], at: usize, indent: u8) -> usize {
    if bytes.get(at) != Some(&b'\n') {
        return at;
    }
    scan::prefetch(bytes, at + FETCHED_AHEAD);
    at + 1 + scan::run_of::<V>(bytes, at + 1, indent)
}
