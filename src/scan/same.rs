//! Comparing whole texts.

use super::vector::Vector;

/// Whether two texts are equal.
#[inline(always)]
pub fn same<V: Vector>(a: &[u8], b: &[u8]) -> bool {
    let len = a.len();
    if len != b.len() {
        return false;
    }
    // The last vector may overlap the one before it.
    let (Some(last_a), Some(last_b)) = (V::load_last(a), V::load_last(b)) else { return short_same(a, b) };
    if !last_a.same(last_b) {
        return false;
    }
    let mut at = 0;
    while at + V::BYTES < len {
        let (Some(next_a), Some(next_b)) = (V::load(a, at), V::load(b, at)) else { return false };
        if !next_a.same(next_b) {
            return false;
        }
        at += V::BYTES;
    }
    true
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
