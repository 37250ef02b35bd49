//! The usual elements of `samples`: objects of three plain numbers.
//!
//! A live profile is a third samples, one with collected objects nearly all. They are optional and only counted.

use super::usual::{after, integer};
use crate::scan::Vector;

/// Passes over usual samples from `pos` on, each with the comma behind it. Gives the place where the next element is to stand, and how
/// many there were. Anything unusual, and what may go on in the next block, is left.
#[inline(always)]
pub(super) fn usual_samples<V: Vector>(bytes: &[u8], mut pos: usize) -> (usize, u64) {
    let mut count = 0;
    while let Some(end) = usual_sample::<V>(bytes, pos) {
        pos = end;
        count += 1;
    }
    (pos, count)
}

#[inline(always)]
fn usual_sample<V: Vector>(bytes: &[u8], pos: usize) -> Option<usize> {
    let at = after::<V, 1>(bytes, pos, b"{")?;
    let at = after::<V, 7>(bytes, at, b"\"size\":")?;
    let (_, at) = integer(bytes, at)?;
    let at = after::<V, 1>(bytes, at, b",")?;
    let at = after::<V, 9>(bytes, at, b"\"nodeId\":")?;
    let (_, at) = integer(bytes, at)?;
    let at = after::<V, 1>(bytes, at, b",")?;
    let at = after::<V, 10>(bytes, at, b"\"ordinal\":")?;
    let (_, at) = integer(bytes, at)?;
    let at = after::<V, 1>(bytes, at, b"}")?;
    after::<V, 1>(bytes, at, b",")
}
