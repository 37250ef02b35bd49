//! Skipping the whitespace between two tokens.

use super::search::{self, Stop};
use super::vector::Vector;

/// How many bytes are tested one by one before the first vector.
const SHORT_RUN: usize = 2;

/// The index of the first byte at or after `at` that is not a space, tab, line feed or carriage
/// return; `bytes.len()` if there is none.
#[inline(always)]
pub fn skip_whitespace<V: Vector>(bytes: &[u8], mut at: usize) -> usize {
    // A file of one line has no whitespace at nearly all places where it may stand, and an indented
    // one a single space after each colon: neither is worth a vector.
    for _ in 0..SHORT_RUN {
        match bytes.get(at) {
            None => return bytes.len(),
            Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            Some(_) => return at,
        }
    }
    search::first::<V>(bytes, at, Token)
}

/// Anything but whitespace.
#[derive(Clone, Copy)]
struct Token;

impl Stop for Token {
    #[inline(always)]
    fn stops<V: Vector>(self, vector: V) -> V::Mask {
        !(vector.eq(b' ') | vector.eq(b'\n') | vector.eq(b'\r') | vector.eq(b'\t'))
    }
}
