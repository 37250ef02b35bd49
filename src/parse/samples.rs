//! The elements of `samples`: what they add up to.
//!
//! A live profile is a third samples, one with collected objects nearly all. They are optional (the self sizes are the truth), so they are not kept, and
//! what is odd about one is no error: it is counted without a size.

use rayon::prelude::*;

use super::boundary::{SAMPLE_KEYS, cuts};
use super::call_frame::unescaped;
use super::cursor::{Cursor, Number, Read, Stop, plain_digits};
use super::usual::{after, behind, integer};
use crate::profile::{Samples, Smallest};
use crate::scan::{self, Backend, Kernel, Vector};

/// Bytes of the longest element whose size is read, from its `{` to its `}`. All that writers print have less than a hundred.
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
        let (mut of_a, mut of_b) = (Digits::default(), Digits::default());
        while a < stop_a
            && b < stop_b
            && let Some(next_a) = one_line::<V>(bytes, a)
            && let Some(next_b) = one_line::<V>(bytes, b)
        {
            (a, b) = (next_a.end, next_b.end);
            of_a.take(&next_a);
            of_b.take(&next_b);
        }
        let (mut of_a, mut of_b) = (of_a.into_samples(), of_b.into_samples());
        let end_a = usual_samples::<V, _>(bytes, a, stop_a, &mut of_a);
        let end_b = usual_samples::<V, _>(bytes, b, stop_b, &mut of_b);
        [(end_a, of_a), (end_b, of_b)]
    }
}

/// A sample on one line, whose numbers are [aligned digits](scan::aligned_digits).
struct OneLine {
    size: u64,
    node_id: u64,
    ordinal: u64,
    end: usize,
}

/// Sums over such samples. Numbers are compared and added up as digits: to make a number of each would take as long as all else.
#[derive(Default)]
struct Digits {
    count: u64,
    size: u64,
    /// Sums of the digits of the last few sizes, by place.
    places: u64,
    /// How many these are.
    pending: u32,
    /// The smallest sizes, as digits that compare.
    smallest: Smallest,
    /// The greatest ordinal, likewise.
    last_ordinal: u64,
}

impl Digits {
    /// Sizes whose digits a byte can hold the sum of.
    const MOST_PENDING: u32 = u8::MAX as u32 / 9;

    #[inline(always)]
    fn take(&mut self, sample: &OneLine) {
        self.count += 1;
        self.places += sample.size;
        self.pending += 1;
        if self.pending == Self::MOST_PENDING {
            self.add_pending();
        }
        self.smallest.take(sample.size.swap_bytes());
        self.last_ordinal = self.last_ordinal.max(sample.ordinal.swap_bytes());
    }

    /// Each place has a sum of digits in its byte: neighbours are joined to pairs, fours and one number, with room for the carries.
    #[inline(always)]
    fn add_pending(&mut self) {
        const PAIRS: u64 = 0x00ff_00ff_00ff_00ff;
        const FOURS: u64 = 0x0000_ffff_0000_ffff;
        let pairs = (self.places & PAIRS) * 10 + (self.places >> 8 & PAIRS);
        let fours = (pairs & FOURS) * 100 + (pairs >> 16 & FOURS);
        self.size += (fours & u64::from(u32::MAX)) * 10_000 + (fours >> 32);
        (self.places, self.pending) = (0, 0);
    }

    #[inline(always)]
    fn into_samples(mut self) -> Samples {
        self.add_pending();
        let number = |digits: u64| scan::value_of_aligned(digits.swap_bytes());
        Samples {
            count: self.count,
            size: self.size,
            smallest: self.smallest.map(number),
            last_ordinal: number(self.last_ordinal),
        }
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
pub(super) fn usual_samples<V: Vector, T: Take>(bytes: &[u8], pos: usize, stop: usize, to: &mut T) -> usize {
    let mut pos = scan::skip_whitespace::<V>(bytes, pos);
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
        Some(OneLine { size, node_id, ordinal, end }) => {
            let [size, node_id, ordinal] = [size, node_id, ordinal].map(scan::value_of_aligned);
            Some(Sample { size, node_id, ordinal, end })
        }
        None => spaced::<V>(bytes, pos),
    }
}

/// `{"size":16,"nodeId":5,"ordinal":7},`, where no number has more than eight digits.
#[inline(always)]
fn one_line<V: Vector>(bytes: &[u8], pos: usize) -> Option<OneLine> {
    let block = scan::block::<64>(bytes, pos)?;
    let digits = scan::digit_bits::<V>(block);
    let (size, at) = plain::<8>(block, digits, 0, b"{\"size\":")?;
    let (node_id, at) = plain::<10>(block, digits, at, b",\"nodeId\":")?;
    let (ordinal, at) = plain::<11>(block, digits, at, b",\"ordinal\":")?;
    let end = behind(block, at, b"},")?;
    Some(OneLine { size, node_id, ordinal, end: pos + end })
}

/// The digits of the plain integer behind `key`, which is to stand at `at`, and its end.
#[inline(always)]
fn plain<const N: usize>(block: &[u8; 64], digits: u64, at: usize, key: &[u8; N]) -> Option<(u64, usize)> {
    let start = behind(block, at, key)?;
    let count = (digits >> start.min(63)).trailing_ones() as usize;
    if count <= 8 && plain_digits(block, start, start + count) {
        Some((scan::aligned_digits(block, start, count), start + count))
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
        match unescaped(key).as_ref() {
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
