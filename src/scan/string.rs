//! Where a string may end.

use super::search::{self, Stop};
use super::vector::Vector;

/// The index of the first byte at or after `at` that a string cannot hold as it is: `"`, `\` or a
/// control character (below 0x20); `bytes.len()` if there is none.
#[inline(always)]
pub fn string_special<V: Vector>(bytes: &[u8], at: usize) -> usize {
    search::first::<V>(bytes, at, Special)
}

/// What cannot stand in a string as it is.
#[derive(Clone, Copy)]
struct Special;

impl Stop for Special {
    #[inline(always)]
    fn stops<V: Vector>(self, vector: V) -> V::Mask {
        vector.eq(b'"') | vector.eq(b'\\') | vector.le(0x1f)
    }
}
