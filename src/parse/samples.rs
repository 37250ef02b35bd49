//! The usual elements of `samples`: objects of three plain numbers.
//!
//! A live profile is a third samples, one with collected objects nearly all. They are optional and only counted.

use rayon::prelude::*;

use super::boundary::{SAMPLE_KEYS, cuts};
use super::cursor::plain_digits;
use super::usual::{after, behind, integer};
use crate::scan::{self, Backend, Kernel, Vector};

/// Passes over usual samples from `pos` to the end of the block, in windows side by side. As [`usual_samples`].
///
/// A sample is to stand at `pos`, and where each window begins; so windows that meet have done what one would have done.
pub(crate) fn read_samples(backend: Backend, bytes: &[u8], pos: usize, window_size: usize) -> (usize, u64) {
    let bytes = &bytes[pos..];
    let starts = cuts(bytes, window_size / 2, &SAMPLE_KEYS);
    let stops = starts.iter().copied().skip(1).chain([bytes.len()]);
    let windows: Vec<(usize, usize)> = starts.iter().copied().zip(stops).collect();
    let passed: Vec<[(usize, u64); 2]> = windows
        .par_chunks(2)
        .map(|pair| {
            let nothing = (bytes.len(), bytes.len());
            scan::run(backend, Pair { bytes, windows: [pair[0], pair.get(1).copied().unwrap_or(nothing)] })
        })
        .collect();
    let mut taken = (0, 0);
    for ((start, _), (end, count)) in windows.into_iter().zip(passed.into_iter().flatten()) {
        if start != taken.0 {
            break;
        }
        taken = (end, taken.1 + count);
    }
    (pos + taken.0, taken.1)
}

/// Two windows that one thread passes over by turns: where a sample ends is known only when all of it was looked at, and meanwhile the
/// CPU can look at one of the other window.
struct Pair<'b> {
    bytes: &'b [u8],
    windows: [(usize, usize); 2],
}

impl Kernel for Pair<'_> {
    type Output = [(usize, u64); 2];

    #[inline(always)]
    fn run<V: Vector>(self) -> [(usize, u64); 2] {
        let Self { bytes, windows: [(mut a, stop_a), (mut b, stop_b)] } = self;
        let mut counts = [0, 0];
        while a < stop_a
            && b < stop_b
            && let Some(next_a) = one_line::<V>(bytes, a)
            && let Some(next_b) = one_line::<V>(bytes, b)
        {
            (a, b) = (next_a, next_b);
            counts[0] += 1;
            counts[1] += 1;
        }
        let (end_a, rest_a) = usual_samples::<V>(bytes, a, stop_a);
        let (end_b, rest_b) = usual_samples::<V>(bytes, b, stop_b);
        [(end_a, counts[0] + rest_a), (end_b, counts[1] + rest_b)]
    }
}

/// Passes over usual samples that begin before `stop`, from `pos` on, each with the comma behind it. Gives the place where the next
/// element is to stand, and how many there were. Anything unusual, and what may go on in the next block, is left.
#[inline(always)]
pub(super) fn usual_samples<V: Vector>(bytes: &[u8], mut pos: usize, stop: usize) -> (usize, u64) {
    let mut count = 0;
    while pos < stop
        && let Some(end) = usual_sample::<V>(bytes, pos)
    {
        pos = end;
        count += 1;
    }
    (scan::skip_whitespace::<V>(bytes, pos), count)
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
    let block = scan::block::<64>(bytes, pos)?;
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
