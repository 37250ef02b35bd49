//! Nodes without whitespace, as the inspector and Node.js write them.

use super::cursor::plain_digits;
use super::dictionary::Dictionary;
use super::frame_key::{FrameKey, TextAt, probable_end};
use super::state::At;
use super::usual::{Ends, Layout, Node, behind};
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
    fn node<V: Vector>(bytes: &[u8], pos: usize, dictionary: &Dictionary) -> Option<Node<u32>> {
        for line in 0..3 {
            scan::prefetch(bytes, pos + FETCHED + 64 * line);
        }
        if scan::block(bytes, pos)? != b"{\"callFrame\":{" {
            return None;
        }
        let start = pos + FRAME;
        let close = probable_end::<V>(bytes, start)?;
        let head = bytes.get(start..close)?;
        let hash = dictionary.hash_head(head)?;
        dictionary.prefetch_slot(hash);
        // The rest is short: `,"selfSize":123,"id":456,"children":[`.
        let rest = scan::block::<64>(bytes, close)?;
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
        let end = behind(rest, end, b",\"children\":[")?;
        Some(Node { hash, frame: head.len() as u32, size, end: close + end })
    }

    #[inline(always)]
    fn ends<V: Vector>(bytes: &[u8], mut pos: usize, most: u32) -> Ends {
        let mut count = 0;
        loop {
            let pairs = pairs(bytes, pos);
            let taken = pairs.min(most - count);
            count += taken;
            pos += 2 * taken as usize;
            if taken < PAIRS {
                break;
            }
        }
        match (count, bytes.get(pos)) {
            (0, _) => Ends { count, at: At::ElementOrEnd, pos },
            (_, Some(b',')) => Ends { count, at: At::Element, pos: pos + 1 },
            _ => Ends { count, at: At::AfterElement, pos },
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

/// Pairs that are counted at once.
const PAIRS: u32 = 8;

/// How often `]}` stands at `pos`, [`PAIRS`] at most.
#[inline(always)]
fn pairs(bytes: &[u8], pos: usize) -> u32 {
    const ENDS: u128 = u128::from_le_bytes(*b"]}]}]}]}]}]}]}]}");
    let Some(block) = scan::block(bytes, pos) else { return 0 };
    (u128::from_le_bytes(*block) ^ ENDS).trailing_zeros() / 16
}
