//! Nodes without whitespace, as the inspector and Node.js write them.

use super::cursor::plain_digits;
use super::dictionary::Dictionary;
use super::frame_key::{FrameKey, LONGEST, TextAt};
use super::state::At;
use super::usual::{Layout, Node, behind};
use crate::scan::{self, Vector};

/// Byte of a node at which its call frame opens.
const FRAME: usize = 13;

/// How far ahead the text is asked for: some ten nodes. The CPU does it by itself only within a page.
const FETCHED: usize = 2048;

/// What stands between a call frame and the self size.
const SIZE: [u8; 12] = *b",\"selfSize\":";

pub(super) struct OneLine;

impl Layout for OneLine {
    /// Bytes of the call frame, if it ends where it seems to. They are few.
    type Frame = u32;

    #[inline(always)]
    fn node<V: Vector>(bytes: &[u8], pos: usize, most: u32, dictionary: &Dictionary) -> Option<Node<u32>> {
        // Where the length is known when this is compiled, few comparisons with it are left.
        match scan::block::<LONGEST>(bytes, pos) {
            Some(node) => read::<V>(node, pos, most, dictionary),
            None => read::<V>(bytes.get(pos..)?, pos, most, dictionary),
        }
    }

    #[inline(always)]
    fn len(frame: u32) -> usize {
        frame as usize
    }

    #[inline(always)]
    fn key<V: Vector>(bytes: &[u8], pos: usize, _: u32) -> impl FrameKey {
        TextAt::<V>::new(bytes.get(pos + FRAME..).unwrap_or_default())
    }
}

/// Reads the node at the start of `text`, which is byte `pos` of the block.
#[inline(always)]
fn read<V: Vector>(text: &[u8], pos: usize, most: u32, dictionary: &Dictionary) -> Option<Node<u32>> {
    for line in 0..3 {
        scan::prefetch(text, FETCHED + 64 * line);
    }
    if scan::block(text, 0)? != b"{\"callFrame\":{" {
        return None;
    }
    let (close, hash) = dictionary.hash_at::<V>(text, FRAME)?;
    dictionary.prefetch_slot(hash);
    // The rest is short: `,"selfSize":123,"id":456,"children":[`.
    let rest = scan::block::<64>(text, close)?;
    let digits = scan::digit_bits::<V>(rest);
    if rest[..SIZE.len()] != SIZE {
        return None;
    }
    let mut end = SIZE.len() + (digits >> SIZE.len()).trailing_ones() as usize;
    if !plain_digits(rest, SIZE.len(), end) {
        return None;
    }
    let size = scan::digits_of(rest, SIZE.len(), end - SIZE.len());
    if let Some(id) = behind(rest, end, b",\"id\":") {
        end = id + (digits >> id.min(63)).trailing_ones() as usize;
        if !plain_digits(rest, id, end) {
            return None;
        }
    }
    let end = close + behind(rest, end, b",\"children\":[")?;
    let ends = pairs(text, end, most);
    let next = end + 2 * ends as usize;
    let (at, next) = match (ends, text.get(next)) {
        (0, _) => (At::ElementOrEnd, next),
        (_, Some(b',')) => (At::Element, next + 1),
        _ => (At::AfterElement, next),
    };
    Some(Node { hash, frame: (close - FRAME) as u32, size, ends, at, next: pos + next })
}

/// Pairs that are counted at once.
const PAIRS: u32 = 8;

/// How often `]}` stands at `pos`, `most` at most.
#[inline(always)]
fn pairs(text: &[u8], mut pos: usize, most: u32) -> u32 {
    const ENDS: u128 = u128::from_le_bytes(*b"]}]}]}]}]}]}]}]}");
    let mut count = 0;
    loop {
        let Some(block) = scan::block(text, pos) else { return count };
        let pairs = (u128::from_le_bytes(*block) ^ ENDS).trailing_zeros() / 16;
        count += pairs;
        if pairs < PAIRS || count >= most {
            return count.min(most);
        }
        pos += 2 * PAIRS as usize;
    }
}
