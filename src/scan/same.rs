//! Comparing whole texts.

use super::bits::same_bits;
use super::block::block;
use super::vector::{Mask, Vector};

/// Whether two texts are equal.
#[inline(always)]
pub fn same<V: Vector>(a: &[u8], b: &[u8]) -> bool {
    let len = a.len();
    if len != b.len() {
        return false;
    }
    // The last vector may overlap the one before it.
    let (Some(last_a), Some(last_b)) = (V::load_last(a), V::load_last(b)) else { return short_same(a, b) };
    if !last_a.same(last_b).all() {
        return false;
    }
    let mut at = 0;
    while at + V::BYTES < len {
        let (Some(next_a), Some(next_b)) = (V::load(a, at), V::load(b, at)) else { return false };
        if !next_a.same(next_b).all() {
            return false;
        }
        at += V::BYTES;
    }
    true
}

/// Whether `bytes` begin with `text`. Fastest where `text` has 64 to 256 bytes.
#[inline(always)]
pub fn starts_with<V: Vector>(bytes: &[u8], text: &[u8]) -> bool {
    let Some(bytes) = bytes.get(..text.len()) else { return false };
    let Some(last) = text.len().checked_sub(64).filter(|last| V::BYTES >= 32 && *last <= 192) else {
        return same::<V>(bytes, text);
    };
    // How many vectors a text takes is hard to foretell: always as many, which overlap. No branch.
    let near = same_block::<V>(bytes, text, 0) & same_block::<V>(bytes, text, last.min(64));
    let far = same_block::<V>(bytes, text, last.min(128)) & same_block::<V>(bytes, text, last);
    near & far
}

/// Whether the 64 bytes from `at` on are there and equal.
#[inline(always)]
fn same_block<V: Vector>(a: &[u8], b: &[u8], at: usize) -> bool {
    let (Some(a), Some(b)) = (block::<64>(a, at), block::<64>(b, at)) else { return false };
    let mut same = true;
    let mut at = 0;
    while let (Some(a), Some(b)) = (V::load(a, at), V::load(b, at)) {
        same &= a.same(b).all();
        at += V::BYTES;
    }
    same
}

/// Whether the `len` bytes from `at` on of one text equal those from `other_at` on of another. Fastest where `len` is 128 at most and more text follows.
#[inline(always)]
pub fn same_part<V: Vector>(text: &[u8], at: usize, other: &[u8], other_at: usize, len: usize) -> bool {
    // Two blocks that overlap, whatever the length. No branch, see above.
    let second = len.max(64) - 64;
    if len <= 128
        && let (Some(a), Some(b)) = (block(text, at), block(other, other_at))
        && let (Some(c), Some(d)) = (block(text, at + second), block(other, other_at + second))
    {
        let alike = same_bits::<V>(a, b) & same_bits::<V>(c, d);
        return alike.trailing_ones() as usize >= len.min(64);
    }
    match (text.get(at..at + len), other.get(other_at..other_at + len)) {
        (Some(text), Some(other)) => same::<V>(text, other),
        _ => false,
    }
}

/// Whether two texts of one length, shorter than a vector, are equal; without a call.
#[inline(always)]
fn short_same(a: &[u8], b: &[u8]) -> bool {
    match a.len() {
        0 | 1 => a.first() == b.first(),
        2..4 => same_ends::<2>(a, b),
        4..8 => same_ends::<4>(a, b),
        8..16 => same_ends::<8>(a, b),
        16..=32 => same_ends::<16>(a, b),
        _ => a == b,
    }
}

/// Whether the first `N` bytes are equal, and the last: all, in texts of `N` to `2 * N`.
#[inline(always)]
fn same_ends<const N: usize>(a: &[u8], b: &[u8]) -> bool {
    a.first_chunk::<N>() == b.first_chunk() && a.last_chunk::<N>() == b.last_chunk()
}
