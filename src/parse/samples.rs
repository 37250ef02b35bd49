//! The usual elements of `samples`: objects of three plain numbers.
//!
//! A live profile is a third samples, one with collected objects nearly all. They are optional and only counted.

use super::cursor::plain_digits;
use super::usual::{after, behind, integer};
use crate::scan::{self, Vector};

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
    match one_line::<V>(bytes, pos) {
        None => spaced::<V>(bytes, pos),
        end => end,
    }
}

/// `{"size":16,"nodeId":5,"ordinal":7},`
#[inline(always)]
fn one_line<V: Vector>(bytes: &[u8], pos: usize) -> Option<usize> {
    let block = bytes.get(pos..)?.first_chunk::<64>()?;
    let digits = scan::digit_bits::<V>(block);
    let at = plain::<8>(block, digits, 0, b"{\"size\":")?;
    let at = plain::<10>(block, digits, at, b",\"nodeId\":")?;
    let at = plain::<11>(block, digits, at, b",\"ordinal\":")?;
    let end = behind(block, at, b"},")?;
    Some(pos + end)
}

/// The end of the plain integer behind `key`, which is to stand at `at`.
#[inline(always)]
fn plain<const N: usize>(block: &[u8; 64], digits: u64, at: usize, key: &[u8; N]) -> Option<usize> {
    let start = behind(block, at, key)?;
    let end = start + (digits >> start.min(63)).trailing_ones() as usize;
    if plain_digits(block, start, end) { Some(end) } else { None }
}

#[inline(always)]
fn spaced<V: Vector>(bytes: &[u8], pos: usize) -> Option<usize> {
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
