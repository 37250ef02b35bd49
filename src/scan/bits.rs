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
