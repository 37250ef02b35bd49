//! Skipping from the end of one line to the first token of the next.

use super::search::{self, Stop};
use super::vector::{Mask, Vector};
use super::whitespace::skip_whitespace;

/// As [`skip_whitespace`], faster where a line feed and spaces stand.
#[inline(always)]
pub fn skip_indentation<V: Vector>(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at) != Some(&b'\n') {
        return skip_whitespace::<V>(bytes, at);
    }
    let end = search::first::<V>(bytes, at + 1, NoSpace);
    match bytes.get(end) {
        Some(b'\t' | b'\n' | b'\r') => skip_whitespace::<V>(bytes, end),
        _ => end,
    }
}

/// Anything but a space.
#[derive(Clone, Copy)]
struct NoSpace;

impl Stop for NoSpace {
    #[inline(always)]
    fn stops<V: Vector>(self, vector: V) -> V::Mask {
        !vector.eq(b' ')
    }
}

/// Whether the next `count` bytes from `at` on are spaces.
#[inline(always)]
pub fn spaces<V: Vector>(bytes: &[u8], mut at: usize, mut count: usize) -> bool {
    while let Some(vector) = V::load(bytes, at) {
        let others = (!vector.eq(b' ')).bits();
        if count < V::BYTES {
            return others & ((1 << count) - 1) == 0;
        }
        if others != 0 {
            return false;
        }
        at += V::BYTES;
        count -= V::BYTES;
    }
    // Near the end of the bytes.
    match bytes.get(at..at.saturating_add(count)) {
        Some(rest) => rest.iter().all(|&byte| byte == b' '),
        None => false,
    }
}
