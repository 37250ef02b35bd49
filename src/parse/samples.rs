//! The elements of `samples`: what they add up to.
//!
//! A live profile is a third samples, one with collected objects nearly all. They are optional (the self sizes are the truth), so they are not kept, and
//! what is odd about one is no error: it is counted without a size.

use rayon::prelude::*;

use super::boundary::{SAMPLE_KEYS, Windows};
use super::cursor::{Cursor, Number, Read, Stop, plain_digits};
use super::key::unescaped;
use super::sample_batch::{BATCH, Batch, BatchSums, LONGEST_BATCH};
use super::usual::{after, behind, integer};
use crate::profile::Samples;
use crate::scan::{self, Backend, Kernel, Vector};

/// Bytes of the longest element whose size is read, from its `{` to its `}`. All that writers print have less than a hundred.
const LONGEST: usize = 4 << 10;

/// Adds up usual samples from `pos` to the end of the block, in windows side by side. As [`usual_samples`].
///
/// A sample is to stand at `pos`, and where each window begins; so windows that meet have done what one would have done.
pub(crate) fn read_samples(backend: Backend, bytes: &[u8], pos: usize, window_size: usize) -> (usize, Samples) {
    let bytes = &bytes[pos..];
    let pairs = Windows::of(bytes.len(), window_size, rayon::current_num_threads());
    // Each thread looks for cuts itself: to touch a page of a mapping takes as long as to read it.
    let mut passed: Vec<_> = (0..pairs.count)
        .par_bridge() // in file order
        .filter_map(|pair| {
            let first = pairs.start(bytes, pair, &SAMPLE_KEYS)?;
            let stop = pairs.stop(bytes, pair, &SAMPLE_KEYS);
            let second = pairs.middle(bytes, pair, &SAMPLE_KEYS).filter(|&middle| middle > first).unwrap_or(stop);
            let windows = [(first, second), (second, stop)];
            windows.iter().for_each(|&(pos, stop)| scan::bring_in(bytes, pos..stop));
            let windows = windows.map(|(pos, stop)| Window { pos, stop, samples: Samples::default() });
            Some((first, second, scan::run(backend, Pair { bytes, windows })))
        })
        .collect();
    passed.sort_unstable_by_key(|&(first, ..)| first);

    let (mut end, mut taken) = (0, Samples::default());
    for (first, second, windows) in passed {
        for (start, window) in [first, second].into_iter().zip(windows) {
            if start == end {
                end = window.pos;
                taken.merge(&window.samples);
            }
        }
    }
    (pos + end, taken)
}

/// Samples from `pos` on that begin before `stop`, and those before `pos`.
struct Window {
    pos: usize,
    stop: usize,
    samples: Samples,
}

/// Two windows that one thread passes over by turns: where a sample ends is known only when all of it was looked at, and meanwhile the
/// CPU can look at one of the other window.
struct Pair<'b> {
    bytes: &'b [u8],
    windows: [Window; 2],
}

impl Kernel for Pair<'_> {
    type Output = [Window; 2];

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let Self { bytes, mut windows } = self;
        by_turns::<V, 2>(bytes, &mut windows);
        // The one that is longer, or had nothing unusual in it.
        for window in &mut windows {
            by_turns::<V, 1>(bytes, std::array::from_mut(window));
        }
        windows
    }
}

/// Takes usual samples of each window, until one of them ends or something unusual stands there.
#[inline(always)]
fn by_turns<V: Vector, const WINDOWS: usize>(bytes: &[u8], windows: &mut [Window; WINDOWS]) {
    let mut go_on = true;
    while go_on {
        batches::<V, WINDOWS>(bytes, windows);
        // One of the next few ends a window, or is no matter for a batch.
        for Window { pos, stop, samples } in &mut *windows {
            let before = samples.count;
            *pos = some_usual::<V, _>(bytes, *pos, *stop, BATCH, samples);
            go_on &= samples.count - before == BATCH as u64;
        }
    }
}

/// Takes a batch of each window by turns, as long as all are usual and end before their windows do.
#[inline(always)]
fn batches<V: Vector, const WINDOWS: usize>(bytes: &[u8], windows: &mut [Window; WINDOWS]) {
    let mut sums = [const { BatchSums::NONE }; WINDOWS];
    let mut read = [const { Batch::NONE }; WINDOWS];
    'batches: while windows.iter().all(|window| window.pos + LONGEST_BATCH <= window.stop) {
        let mut next = [0; WINDOWS];
        for w in 0..WINDOWS {
            next[w] = windows[w].pos;
        }
        for i in 0..BATCH {
            for w in 0..WINDOWS {
                let Some(end) = read[w].read::<V>(i, bytes, next[w]) else { break 'batches };
                next[w] = end;
            }
        }
        for w in 0..WINDOWS {
            if !sums[w].take(&read[w]) {
                break 'batches;
            }
            windows[w].pos = next[w];
        }
    }
    for (window, sums) in windows.iter_mut().zip(sums) {
        window.samples.merge(&sums.into_samples());
    }
}

/// What is wanted of an element, and where what follows it stands.
pub(super) struct Sample {
    pub(super) size: u64,
    pub(super) node_id: u64,
    pub(super) ordinal: u64,
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
pub(super) fn usual_samples<V: Vector, T: Take>(bytes: &[u8], pos: usize, stop: usize, to: &mut T) -> usize {
    some_usual::<V, T>(bytes, pos, stop, usize::MAX, to)
}

/// The same, `most` at most.
#[inline(always)]
fn some_usual<V: Vector, T: Take>(bytes: &[u8], pos: usize, stop: usize, most: usize, to: &mut T) -> usize {
    let mut pos = scan::skip_whitespace::<V>(bytes, pos);
    let mut taken = 0;
    while pos < stop
        && taken < most
        && let Some(sample) = usual_sample::<V>(bytes, pos)
    {
        pos = sample.end;
        taken += 1;
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

/// `{"size":16,"nodeId":5,"ordinal":7},`, where no number has more than eight digits.
#[inline(always)]
fn one_line<V: Vector>(bytes: &[u8], pos: usize) -> Option<Sample> {
    let block = scan::block::<64>(bytes, pos)?;
    let digits = scan::digit_bits::<V>(block);
    let (size, at) = plain::<8>(block, digits, 0, b"{\"size\":")?;
    let (node_id, at) = plain::<10>(block, digits, at, b",\"nodeId\":")?;
    let (ordinal, at) = plain::<11>(block, digits, at, b",\"ordinal\":")?;
    let end = behind(block, at, b"},")?;
    Some(Sample { size, node_id, ordinal, end: pos + end })
}

/// The plain integer behind `key`, which is to stand at `at`, and its end.
#[inline(always)]
fn plain<const N: usize>(block: &[u8; 64], digits: u64, at: usize, key: &[u8; N]) -> Option<(u64, usize)> {
    let start = behind(block, at, key)?;
    let count = (digits >> start.min(63)).trailing_ones() as usize;
    if count <= 8 && plain_digits(block, start, start + count) {
        Some((scan::digits_of(block, start, count), start + count))
    } else {
        None
    }
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
    let pos = scan::skip_whitespace::<V>(bytes, pos);
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
        match &*unescaped(key) {
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

#[cfg(test)]
mod tests;
