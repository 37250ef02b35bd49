//! Finding and counting one byte.

use std::hint::select_unpredictable;

use super::bits::triple_bits;
use super::block::block;
use super::search::{self, Stop};
use super::vector::{Mask, Vector};

/// The index of the first `needle` at or after `at`; `bytes.len()` if there is none.
#[inline(always)]
pub fn find<V: Vector>(bytes: &[u8], at: usize, needle: u8) -> usize {
    search::first::<V>(bytes, at, Needle(needle))
}

/// The index of the first `triple` at or after `at` that begins within `reach` bytes or a few more. Fastest where it stands within 192.
#[inline(always)]
pub fn find_triple<V: Vector>(bytes: &[u8], mut at: usize, triple: [u8; 3], reach: usize) -> Option<usize> {
    const NEAR: usize = 3 * 64;
    let upto = bytes.len().min(at.saturating_add(reach));
    if V::BYTES >= 32
        && let Some(near) = block::<{ NEAR + 2 }>(bytes, at)
    {
        // In which block it stands is hard to foretell: all are looked at. No branch.
        let (first, second) = (triple_at::<V>(near, 0, triple), triple_at::<V>(near, 64, triple));
        let (bits, start) = select_unpredictable(second != 0, (second, 64), (triple_at::<V>(near, 128, triple), 128));
        let (bits, start) = select_unpredictable(first != 0, (first, 0), (bits, start));
        if bits != 0 {
            return Some(at + start + bits.trailing_zeros() as usize);
        }
        at += NEAR;
    }
    while at < upto {
        at = find::<V>(&bytes[..upto], at, triple[0]);
        if at < upto && bytes.get(at + 1..at + 3) == Some(&triple[1..]) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Where in the 64 bytes from `at` on a triple begins.
#[inline(always)]
fn triple_at<V: Vector>(bytes: &[u8], at: usize, triple: [u8; 3]) -> u64 {
    match block(bytes, at) {
        Some(block) => triple_bits::<V>(block, triple),
        None => 0,
    }
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
