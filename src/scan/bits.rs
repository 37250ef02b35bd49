//! What stands in a block of 64 bytes, as bits.

use super::vector::{Mask, Vector};

/// Which bytes are decimal digits; the bit of the first byte is the lowest.
#[inline(always)]
pub fn digit_bits<V: Vector>(block: &[u8; 64]) -> u64 {
    let mut bits = 0;
    let mut at = 0;
    while let Some(vector) = V::load(block, at) {
        bits |= (vector.le(b'9') & !vector.le(b'0' - 1)).bits() << at;
        at += V::BYTES;
    }
    bits
}

/// Which bytes equal `byte`, likewise.
#[inline(always)]
pub fn byte_bits<V: Vector>(block: &[u8; 64], byte: u8) -> u64 {
    let mut bits = 0;
    let mut at = 0;
    while let Some(vector) = V::load(block, at) {
        bits |= vector.eq(byte).bits() << at;
        at += V::BYTES;
    }
    bits
}

/// Where in the first 64 bytes three bytes stand one after the other, likewise.
#[inline(always)]
pub(super) fn triple_bits<V: Vector>(block: &[u8; 66], [first, second, third]: [u8; 3]) -> u64 {
    let mut bits = 0;
    let mut at = 0;
    while at < 64
        && let (Some(a), Some(b), Some(c)) = (V::load(block, at), V::load(block, at + 1), V::load(block, at + 2))
    {
        bits |= (a.eq(first) & b.eq(second) & c.eq(third)).bits() << at;
        at += V::BYTES;
    }
    bits
}

/// Which bytes equal those of another block, likewise.
#[inline(always)]
pub fn same_bits<V: Vector>(block: &[u8; 64], other: &[u8; 64]) -> u64 {
    let mut bits = 0;
    let mut at = 0;
    while let (Some(a), Some(b)) = (V::load(block, at), V::load(other, at)) {
        bits |= a.same(b).bits() << at;
        at += V::BYTES;
    }
    bits
}
