//! The back end of every other architecture: eight bytes in a `u64`, no instruction that not every CPU has.
//!
//! The usual trick to find a zero byte, `(w - 0x01…) & !w & 0x80…`, borrows from one byte into the
//! next and so reports a 1 above a 0 as well. The formulas here keep each byte's carry inside the
//! byte: masks are exact, so that the first match *and* the count can be read off them.

use super::backend::Kernel;
use super::block::block;
use super::vector::{Mask, Vector};
use std::ops::{BitAnd, BitOr, Not};

/// The highest bit of each byte.
const HIGH: u64 = splat(0x80);

/// Runs `kernel` on words.
#[inline]
pub(super) fn enter<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Word>()
}

/// Eight bytes, the first one lowest.
#[derive(Clone, Copy)]
struct Word(u64);

impl Vector for Word {
    const BYTES: usize = 8;
    type Mask = HighBits;

    #[inline(always)]
    fn load(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self(u64::from_le_bytes(*block(bytes, at)?)))
    }

    #[inline(always)]
    fn load_last(bytes: &[u8]) -> Option<Self> {
        Some(Self(u64::from_le_bytes(*bytes.last_chunk()?)))
    }

    #[inline(always)]
    fn eq(self, byte: u8) -> HighBits {
        HighBits(zero_bytes(self.0 ^ splat(byte)))
    }

    #[inline(always)]
    fn le(self, byte: u8) -> HighBits {
        HighBits(bytes_at_most(self.0, byte))
    }

    #[inline(always)]
    fn same(self, other: Self) -> HighBits {
        HighBits(zero_bytes(self.0 ^ other.0))
    }
}

/// The highest bit of each byte is its truth value; the other bits are clear.
#[derive(Clone, Copy)]
struct HighBits(u64);

impl Mask for HighBits {
    #[inline(always)]
    fn first(self) -> Option<usize> {
        (self.0 != 0).then(|| self.0.trailing_zeros() as usize / 8)
    }

    #[inline(always)]
    fn all(self) -> bool {
        self.0 == HIGH
    }

    #[inline(always)]
    fn count(self) -> u32 {
        // The multiplication sums the bytes into the highest one. Not `count_ones`, which takes a
        // dozen operations where the CPU has no instruction for it.
        ((self.0 >> 7).wrapping_mul(splat(1)) >> 56) as u32
    }

    #[inline(always)]
    fn bits(self) -> u64 {
        // The multiplication brings the truth value of byte `i` to bit `56 + i`; no two of its terms meet in one bit.
        (self.0 >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    }
}

impl BitAnd for HighBits {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for HighBits {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Not for HighBits {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(self.0 ^ HIGH)
    }
}

/// `byte` in each byte of a word.
#[inline(always)]
pub(super) const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of each byte of `word` that is zero.
#[inline(always)]
const fn zero_bytes(word: u64) -> u64 {
    // At most 0x7f + 0x7f in each byte: bit 7 tells whether any lower bit is set, and none carries.
    let lower_bits_set = (word & !HIGH) + !HIGH;
    !(lower_bits_set | word) & HIGH
}

/// The highest bit of each byte of `word` that is at most `byte`.
#[inline(always)]
pub(super) const fn bytes_at_most(word: u64, byte: u8) -> u64 {
    let limit = splat(byte);
    // At least 0x80 - 0x7f in each byte: bit 7 stays where the lower bits are at most the limit's,
    // and none borrows. The highest bits decide where they differ.
    let lower_bits_at_most = (limit | HIGH) - (word & !HIGH);
    ((limit & !word) | (lower_bits_at_most & !(limit ^ word))) & HIGH
}
