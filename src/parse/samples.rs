//! The elements of `samples`: what they add up to.
//!
//! A live profile is a third samples, one with collected objects nearly all. They are optional (the self sizes are the truth), so they are not kept, and
//! what is odd about one is no error: it is counted without a size.

use rayon::prelude::*;

use super::boundary::{SAMPLE_KEYS, cuts};
use super::cursor::{Cursor, Number, Read, Stop, plain_digits};
use super::usual::{after, behind, integer};
use crate::profile::Samples;
use crate::scan::{self, Backend, Kernel, Vector};

/// Bytes of the longest element whose size is read. All that writers print have less than a hundred.
const LONGEST: usize = 4 << 10;

/// Adds up usual samples from `pos` to the end of the block, in windows side by side. As [`usual_samples`].
///
/// A sample is to stand at `pos`, and where each window begins; so windows that meet have done what one would have done.
pub(crate) fn read_samples(backend: Backend, bytes: &[u8], pos: usize, window_size: usize) -> (usize, Samples) {
    let bytes = &bytes[pos..];
    let starts = cuts(bytes, window_size / 2, &SAMPLE_KEYS);
    let stops = starts.iter().copied().skip(1).chain([bytes.len()]);
    let windows: Vec<(usize, usize)> = starts.iter().copied().zip(stops).collect();
    let passed: Vec<[(usize, Samples); 2]> = windows
        .par_chunks(2)
        .map(|pair| {
            let nothing = (bytes.len(), bytes.len());
            scan::run(backend, Pair { bytes, windows: [pair[0], pair.get(1).copied().unwrap_or(nothing)] })
        })
        .collect();
    let (mut end, mut taken) = (0, Samples::default());
    for ((start, _), (window_end, samples)) in windows.into_iter().zip(passed.into_iter().flatten()) {
        if start != end {
            break;
        }
        end = window_end;
        taken.merge(&samples);
    }
    (pos + end, taken)
}

/// Two windows that one thread passes over by turns: where a sample ends is known only when all of it was looked at, and meanwhile the
/// CPU can look at one of the other window.
struct Pair<'b> {
    bytes: &'b [u8],
    windows: [(usize, usize); 2],
}

impl Kernel for Pair<'_> {
    type Output = [(usize, Samples); 2];

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let Self { bytes, windows: [(mut a, stop_a), (mut b, stop_b)] } = self;
        let (mut of_a, mut of_b) = (Samples::default(), Samples::default());
        while a < stop_a
            && b < stop_b
            && let Some(next_a) = one_line::<V>(bytes, a)
            && let Some(next_b) = one_line::<V>(bytes, b)
        {
            (a, b) = (next_a.end, next_b.end);
            Take::take(&mut of_a, &next_a);
            Take::take(&mut of_b, &next_b);
        }
        let end_a = usual_samples::<V, _>(bytes, a, stop_a, &mut of_a);
        let end_b = usual_samples::<V, _>(bytes, b, stop_b, &mut of_b);
        [(end_a, of_a), (end_b, of_b)]
    }
}

/// What is wanted of an element, and where what follows it stands.
pub(super) struct Sample {
    pub(super) size: u64,
    pub(super) node_id: u64,
    ordinal: u64,
    pub(super) end: usize,
}

/// What samples go to.
pub(super) trait Take {
    fn take(&mut self, sample: &Sample);
}

impl Take for Samples {
    #[inline(always)]
    fn take(&mut self, sample: &Sample) {
        Samples::take(self, sample.size, sample.ordinal);
    }
}

/// Takes usual samples that begin before `stop`, from `pos` on, each with the comma behind it. Gives the place where the next
/// element is to stand. Anything unusual, and what may go on in the next block, is left.
#[inline(always)]
pub(super) fn usual_samples<V: Vector, T: Take>(bytes: &[u8], mut pos: usize, stop: usize, to: &mut T) -> usize {
    while pos < stop
        && let Some(sample) = usual_sample::<V>(bytes, pos)
    {
        pos = sample.end;
        to.take(&sample);
    }
    scan::skip_whitespace::<V>(bytes, pos)
}

#[inline(always)]
fn usual_sample<V: Vector>(bytes: &[u8], pos: usize) -> Option<Sample> {
    match one_line::<V>(bytes, pos) {
        None => spaced::<V>(bytes, pos),
        sample => sample,
    }
}

/// `{"size":16,"nodeId":5,"ordinal":7},`
#[inline(always)]
fn one_line<V: Vector>(bytes: &[u8], pos: usize) -> Option<Sample> {
    let block = scan::block::<64>(bytes, pos)?;
    let digits = scan::digit_bits::<V>(block);
    let size = plain::<8>(block, digits, 0, b"{\"size\":")?;
    let node_id = plain::<10>(block, digits, size.1, b",\"nodeId\":")?;
    let ordinal = plain::<11>(block, digits, node_id.1, b",\"ordinal\":")?;
    let end = behind(block, ordinal.1, b"},")?;
    let [size, node_id, ordinal] = [value(block, size), value(block, node_id), value(block, ordinal)];
    Some(Sample { size, node_id, ordinal, end: pos + end })
}

/// The start and the end of the plain integer behind `key`, which is to stand at `at`.
#[inline(always)]
fn plain<const N: usize>(block: &[u8; 64], digits: u64, at: usize, key: &[u8; N]) -> Option<(usize, usize)> {
    let start = behind(block, at, key)?;
    let end = start + (digits >> start.min(63)).trailing_ones() as usize;
    if plain_digits(block, start, end) { Some((start, end)) } else { None }
}

#[inline(always)]
fn value(block: &[u8; 64], (start, end): (usize, usize)) -> u64 {
    scan::digits_of(block, start, end - start)
}

#[inline(always)]
fn spaced<V: Vector>(bytes: &[u8], pos: usize) -> Option<Sample> {
    let at = after::<V, 1>(bytes, pos, b"{")?;
    let at = after::<V, 7>(bytes, at, b"\"size\":")?;
    let (size, at) = integer(bytes, at)?;
    let at = after::<V, 1>(bytes, at, b",")?;
    let at = after::<V, 9>(bytes, at, b"\"nodeId\":")?;
    let (node_id, at) = integer(bytes, at)?;
    let at = after::<V, 1>(bytes, at, b",")?;
    let at = after::<V, 10>(bytes, at, b"\"ordinal\":")?;
    let (ordinal, at) = integer(bytes, at)?;
    let at = scan::skip_whitespace::<V>(bytes, at);
    if at - pos >= LONGEST {
        return None;
    }
    let at = after::<V, 1>(bytes, at, b"}")?;
    let end = after::<V, 1>(bytes, at, b",")?;
    Some(Sample { size, node_id, ordinal, end })
}

/// An element that is not a usual sample with a comma behind it, read up to behind its `}`: keys in any order, numbers of any form. [`Stop::More`] says that
/// it may go on in the next block; `None` that it is to be passed over, as it is too long, holds more than plain values, or is wrong.
#[inline(always)]
pub(super) fn unusual_sample<V: Vector>(bytes: &[u8], pos: usize) -> Read<Option<Sample>> {
    let longest = (pos + LONGEST).min(bytes.len());
    let mut cursor = Cursor::new(&bytes[..longest], pos);
    match members::<V>(&mut cursor) {
        Err(Stop::More) if longest == bytes.len() => Err(Stop::More),
        Err(_) => Ok(None),
        Ok(sample) => Ok(sample),
    }
}

#[inline(always)]
fn members<V: Vector>(cursor: &mut Cursor<'_>) -> Read<Option<Sample>> {
    let mut sample = Sample { size: 0, node_id: 0, ordinal: 0, end: 0 };
    if cursor.peek::<V>()? != b'{' {
        return Ok(None);
    }
    cursor.pos += 1;
    if cursor.peek::<V>()? == b'}' {
        return Ok(None);
    }
    loop {
        let key = cursor.key::<V>()?;
        let number = match cursor.peek::<V>()? {
            b'-' | b'0'..=b'9' => whole(cursor.number()?),
            b'"' => {
                cursor.string::<V>()?;
                0
            }
            b'{' | b'[' => return Ok(None),
            _ => {
                cursor.literal()?;
                0
            }
        };
        match key.raw {
            b"size" => sample.size = number,
            b"nodeId" => sample.node_id = number,
            b"ordinal" => sample.ordinal = number,
            _ => {}
        }
        match cursor.peek::<V>()? {
            b',' => cursor.pos += 1,
            b'}' => break,
            _ => return Ok(None),
        }
    }
    sample.end = cursor.pos + 1;
    Ok(Some(sample))
}

/// The nearest whole number that is not negative.
fn whole(number: Number) -> u64 {
    match number {
        Number::Unsigned(number) => number,
        // Out of range it is the nearest that there is, and 0 for what is no number.
        Number::Other(number) => number.round() as u64,
    }
}
