//! Finding and counting one byte.

use super::search::{self, Stop};
use super::vector::{Mask, Vector};

/// The index of the first `needle` at or after `at`; `bytes.len()` if there is none.
#[inline(always)]
pub fn find<V: Vector>(bytes: &[u8], at: usize, needle: u8) -> usize {
    search::first::<V>(bytes, at, Needle(needle))
}

/// One given byte.
#[derive(Clone, Copy)]
struct Needle(u8);

impl Stop for Needle {
    #[inline(always)]
    fn stops<V: Vector>(self, vector: V) -> V::Mask {
        vector.eq(self.0)
    }
}

/// How many bytes equal `needle`.
#[inline(always)]
pub fn count<V: Vector>(bytes: &[u8], needle: u8) -> u64 {
    let mut total = 0;
    let mut at = 0;
    while let Some(vector) = V::load(bytes, at) {
        total += u64::from(vector.eq(needle).count());
        at += V::BYTES;
    }
    if let Some(tail) = V::load(&search::padded(bytes, at, !needle), 0) {
        total += u64::from(tail.eq(needle).count());
    }
    total
}
