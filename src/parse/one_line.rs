//! Nodes without whitespace, as the inspector and Node.js write them, many at a time.
//!
//! Where a node ends is known only when all of it was read. A reader that goes from one to the next is a single chain of instructions, each of which
//! waits for the one before. So the places where nodes open are found first, whatever stands between; then each node is read by itself, its numbers
//! from where the next one opens backwards, and the CPU has several under way. In steps, for all nodes of a [`Stretch`]:
//!
//! 1. where they open: `{"c`, which inside a string would have a backslash;
//! 2. their numbers, and the hashes of their call frames, whose slots are asked for;
//! 3. the records that these slots lead to, which are asked for;
//! 4. whether these are the call frames that stand there; rows.
//!
//! Each byte from one opening to the next is compared with what is to stand there, so nothing rests on the first step: the last one stops at
//! the first node that is not as usual.

use super::MAX_DEPTH;
use super::cursor::Cursor;
use super::dictionary::{AFTER, BEFORE, Dictionary, Probable};
use super::frame_key::{SHORTEST, TextAt};
use super::heap_tree::Run;
use super::rows::Row;
use super::state::At;
use super::usual::behind;
use crate::scan::{self, FETCHED_AHEAD, Vector};

/// Most nodes that are read together. More are slower: then much memory is asked for at once, and nothing for a while.
const MOST: usize = 8;

/// How far the next node is looked for: a url has up to 1,024 characters.
const REACH: usize = 4096;

/// Parts of a node: its [beginning](BEFORE) up to its call frame, [`AFTER`] it, and around the numbers.
const ID: [u8; 6] = *b",\"id\":";
const CHILDREN: [u8; 13] = *b",\"children\":[";

/// A node that is as usual has as many bytes, at least.
const FEWEST_BYTES: usize = BEFORE.len() + SHORTEST + AFTER.len() + 1 + CHILDREN.len();

/// Where the number ends that stands before the children, in the 64 bytes up to them.
const LAST_NUMBER: usize = 64 - CHILDREN.len();

/// These 64 bytes, but for what is not known.
const TAIL: [u8; 64] = {
    let mut tail = [0; 64];
    let mut i = 0;
    while i < CHILDREN.len() {
        tail[LAST_NUMBER + i] = CHILDREN[i];
        i += 1;
    }
    tail
};

/// Nodes that are read together.
pub(super) struct Stretch {
    /// Where they open, and the one after them, from the first one on.
    starts: [u32; MOST + 1],
    nodes: [Node; MOST],
    /// How many there may be: fewer where the nodes before were not as usual, since then much is read in vain.
    most: usize,
}

impl Default for Stretch {
    fn default() -> Self {
        Self { starts: [0; MOST + 1], nodes: [Node::default(); MOST], most: 1 }
    }
}

/// What was read of a node.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    hash: u64,
    /// Bytes of its call frame.
    len: u32,
    /// Nodes that end behind the `[` of its children.
    ends: u32,
    size: u64,
    probable: Probable,
}

impl Run<'_, '_> {
    /// Takes usual nodes from `pos` on, as many as there are in a row.
    #[inline(always)]
    pub(super) fn one_line<V: Vector>(&mut self, cursor: &mut Cursor<'_>, mut pos: usize) {
        let bytes = cursor.bytes;
        // Nodes that lack a key, and the root, are not ended here.
        let outermost = self.state.incomplete.last().map_or(0, |node| node.level).max(1);
        // The levels of a guess cannot be checked here, but few are near the limit.
        let limit = if self.state.is_guess() { u32::MAX } else { MAX_DEPTH };
        let mut level = self.state.level;
        loop {
            let read = self.stretch.read::<V>(bytes, pos, self.stop, self.dictionary);
            let mut taken = 0;
            for node in &self.stretch.nodes[..read] {
                let start = pos + self.stretch.starts[taken] as usize;
                // Four lines a node, two of them where numbers are read, as only so many can be under way at a time.
                scan::prefetch(bytes, start + FETCHED_AHEAD + 128);
                scan::prefetch(bytes, start + FETCHED_AHEAD + 192);
                let text = bytes.get(start..).unwrap_or_default();
                let known = match self.dictionary.confirm_node::<V>(node.probable, text, node.len as usize) {
                    None => self.search_node::<V>(text, node),
                    known => known,
                };
                let Some(frame) = known else { break };
                if level >= limit || level + 1 < node.ends + outermost {
                    break;
                }
                level += 1;
                self.highest = self.highest.max(level);
                self.rows.push(Row::new(frame, level, Some(node.size)));
                level -= node.ends;
                self.lowest = self.lowest.min(level);
                taken += 1;
            }
            let Some(last) = taken.checked_sub(1) else { break };
            self.state.at = if self.stretch.nodes[last].ends == 0 { At::ElementOrEnd } else { At::Element };
            pos += self.stretch.starts[taken] as usize;
            if taken < self.stretch.most {
                break;
            }
            self.stretch.most = (self.stretch.most * 2).min(MOST);
        }
        if pos < self.stop {
            self.stretch.most = 1;
        }
        self.state.level = level;
        cursor.pos = pos;
    }

    /// The call frame of a node whose record was not the probable one.
    #[inline(always)]
    fn search_node<V: Vector>(&self, text: &[u8], node: &Node) -> Option<u32> {
        let frame = behind(text, 0, &BEFORE)?;
        behind(text, frame + node.len as usize, &AFTER)?;
        self.search(node.hash, TextAt::<V>::new(text.get(frame..)?), node.len as usize)
    }
}

impl Stretch {
    /// Reads the nodes that open from `pos` on, and before `stop`, as far as they are as usual. Gives how many.
    #[inline(always)]
    fn read<V: Vector>(&mut self, bytes: &[u8], pos: usize, stop: usize, dictionary: &Dictionary) -> usize {
        if scan::block(bytes, pos) != Some(&BEFORE) {
            return 0;
        }
        let found = self.find_starts::<V>(bytes, pos);
        let mut read = 0;
        for (places, node) in self.starts[..=found].windows(2).zip(&mut self.nodes) {
            let (start, next) = (pos + places[0] as usize, pos + places[1] as usize);
            if start >= stop {
                break;
            }
            scan::prefetch(bytes, start + FETCHED_AHEAD);
            scan::prefetch(bytes, start + FETCHED_AHEAD + 64);
            let Some(usual) = usual::<V>(bytes, start, next, dictionary) else { break };
            *node = usual;
            read += 1;
        }
        for node in &mut self.nodes[..read] {
            node.probable = dictionary.probable(node.hash);
        }
        read
    }

    /// Finds where nodes open behind that at `pos`. Gives how many there are, as many as are wanted at most.
    #[inline(always)]
    fn find_starts<V: Vector>(&mut self, bytes: &[u8], pos: usize) -> usize {
        let mut start = 0;
        for (count, place) in self.starts[1..].iter_mut().take(self.most).enumerate() {
            let Some(at) = scan::find_triple::<V>(bytes, pos + start + FEWEST_BYTES, *b"{\"c", REACH) else {
                return count;
            };
            start = at - pos;
            *place = start as u32;
        }
        self.most
    }
}

/// Reads the node that opens at `start`, if it seems as usual and the next one opens at `next`. What it begins with and what stands behind its call frame
/// is not looked at.
#[inline(always)]
fn usual<V: Vector>(bytes: &[u8], start: usize, next: usize, dictionary: &Dictionary) -> Option<Node> {
    let goes_on = bytes.get(next.wrapping_sub(1)) == Some(&b',');
    let ends = ends_before(bytes, next - usize::from(goes_on));
    if goes_on != (ends > 0) {
        return None;
    }
    let children = next - usize::from(goes_on) - 2 * ends;
    // `,"selfSize":123,"id":456,"children":[`, read from its end.
    let tail_start = children.wrapping_sub(64);
    let tail = scan::block::<64>(bytes, tail_start)?;
    if scan::same_bits::<V>(tail, &TAIL) >> LAST_NUMBER != (1 << CHILDREN.len()) - 1 {
        return None;
    }
    let (digits, zeros) = (scan::digit_bits::<V>(tail), scan::byte_bits::<V>(tail, b'0'));
    let mut len = (digits << CHILDREN.len()).leading_ones() as usize;
    let mut at = LAST_NUMBER - len;
    if let Some(before) = scan::block(tail, at.wrapping_sub(ID.len()))
        && *before == ID
    {
        if !(1..20).contains(&len) {
            return None;
        }
        at -= ID.len();
        len = (digits << 1 << (63 - at)).leading_ones() as usize;
        at -= len;
    }
    // Numbers that begin with a zero and have more digits are none.
    let long_zeros = zeros & digits & !(digits << 1) & digits >> 1;
    if !(1..=8).contains(&len) || long_zeros >> at != 0 {
        return None;
    }
    let frame = bytes.get(start + BEFORE.len()..(tail_start + at).wrapping_sub(AFTER.len()))?;
    if frame.len() < SHORTEST {
        return None;
    }
    let hash = dictionary.hash_text(frame);
    dictionary.prefetch_slot(hash);
    let size = scan::digits_of(tail, at, len);
    Some(Node { hash, len: frame.len() as u32, ends: ends as u32, size, probable: Probable::default() })
}

/// How many nodes end just before `end`: how often `]}` stands there.
#[inline(always)]
fn ends_before(bytes: &[u8], mut end: usize) -> usize {
    /// Those that are counted at once.
    const AT_ONCE: usize = 8;
    const ENDS: u128 = u128::from_le_bytes(*b"]}]}]}]}]}]}]}]}");
    let mut count = 0;
    loop {
        let Some(block) = scan::block(bytes, end.wrapping_sub(2 * AT_ONCE)) else { return count };
        let here = (u128::from_le_bytes(*block) ^ ENDS).leading_zeros() as usize / 16;
        count += here;
        if here < AT_ONCE {
            return count;
        }
        end -= 2 * AT_ONCE;
    }
}
