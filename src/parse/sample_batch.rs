//! Samples as nearly all are written, sixty-four at a time.
//!
//! `{"size":16,"nodeId":5,"ordinal":7},` is read in two steps. The first finds where the numbers of each sample stand and compares what is
//! written around them; of the numbers it keeps the bytes, as they are. The second looks at the bytes of all at once, in loops that the compiler
//! makes vectors of: whether they are plain numbers, their sum, the smallest and the greatest. Numbers are compared and added up as digits,
//! since to make a number of each would take as long as all else.
//!
//! A batch counts whole or not at all. What is unusual, be it odd, wrong or cut off, is left to [`super::samples`], which can read it all.

use super::usual::behind;
use crate::profile::{Samples, Smallest};
use crate::scan::{self, FETCHED_AHEAD, Vector};

/// Samples of a batch: enough that the loops over them stay loops.
pub(super) const BATCH: usize = 64;

/// Bytes of the longest batch: numbers end in the first 64 bytes of a sample, and `},` follows.
pub(super) const LONGEST_BATCH: usize = BATCH * 66;

/// Bytes that are asked for at the start of a sample: whatever is found in the first 64, and what is compared behind it.
const SIGHT: usize = 128;

const SIZE: &str = "{\"size\":";
const ORDINAL: &str = ",\"ordinal\":";

/// Samples whose numbers are still to be looked at.
pub(super) struct Batch {
    sizes: Numbers<{ SIZE.len() as u64 }>,
    ordinals: Numbers<{ ORDINAL.len() as u64 }>,
    /// The first bytes of the node ids. Sums need no ids; they are only to be numbers, of any length.
    ids: [u8; BATCH],
}

/// Of vectors shorter than this it takes too many to look through a block once more.
const SHORT: usize = 32;

/// The highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// What makes a byte of more than 9 have its highest bit.
const ABOVE_NINE: u64 = 0x7676_7676_7676_7676;

/// Numbers as they stand in the text.
struct Numbers<const KEY: u64> {
    /// The eight bytes from the first digit on.
    words: [u64; BATCH],
    /// Where the digits end, from the start of the key, which has so many bytes.
    ends: [u64; BATCH],
}

impl Batch {
    /// Nothing read yet.
    pub(super) const NONE: Self = Self { sizes: Numbers::NONE, ordinals: Numbers::NONE, ids: [0; BATCH] };

    /// Keeps the sample at `pos` as the one with number `i`, and gives the place behind its comma. Whether its numbers are plain is not known yet.
    #[inline(always)]
    pub(super) fn read<V: Vector>(&mut self, i: usize, bytes: &[u8], pos: usize) -> Option<usize> {
        scan::prefetch(bytes, pos + FETCHED_AHEAD);
        let text = scan::block::<SIGHT>(bytes, pos)?;
        let block = scan::block(text, 0)?;
        let digits = scan::digit_bits::<V>(block);
        // Behind each number a bit; where there is none, 64 stands for it, and something below does not fit.
        let ends = digits << 1 & !digits;
        let size_end = ends.trailing_zeros() as usize;
        let ends = ends & ends.wrapping_sub(1);
        let id_end = ends.trailing_zeros() as usize;
        let ordinal_end = if V::BYTES < SHORT {
            (ends & ends.wrapping_sub(1)).trailing_zeros() as usize
        } else {
            // The next sample waits for this one's end, and so it is known sooner.
            scan::byte_bits::<V>(block, b'}').trailing_zeros() as usize
        };

        // Each comparison is of bytes that one instruction takes.
        behind(text, 0, b"{\"size\":")?;
        behind(text, size_end, b",\"nodeId")?;
        let id = behind(text, size_end + 8, b"\":")?;
        behind(text, id_end, b",\"ordina")?;
        let ordinal = behind(text, id_end + 7, b"al\":")?;
        let end = behind(text, ordinal_end, b"},")?;

        self.sizes.words[i] = word(text, SIZE.len())?;
        self.sizes.ends[i] = size_end as u64;
        self.ids[i] = *text.get(id)?;
        self.ordinals.words[i] = word(text, ordinal)?;
        self.ordinals.ends[i] = ordinal_end.wrapping_sub(id_end) as u64;
        Some(pos + end)
    }
}

impl<const KEY: u64> Numbers<KEY> {
    const NONE: Self = Self { words: [0; BATCH], ends: [0; BATCH] };

    /// The digits, as numbers that compare as those of the text do: a byte for each, the last one lowest. Gives whether all of them are
    /// plain numbers of one to eight digits.
    #[inline(always)]
    fn digits(&self, digits: &mut [u64; BATCH]) -> bool {
        // The highest bits tell: what is below nothing, and which bytes are no digits.
        let (mut below, mut odd) = (0, 0);
        for ((digits, &word), end) in digits.iter_mut().zip(&self.words).zip(&self.ends) {
            let count = end.wrapping_sub(KEY);
            let number = scan::aligned(word, count);
            *digits = number.swap_bytes();
            below |= (word & 0xff).wrapping_sub(u64::from(b'1')) | count.wrapping_sub(1) | 8_u64.wrapping_sub(count);
            odd |= number | number.wrapping_add(ABOVE_NINE);
        }
        below >> 63 == 0 && odd & HIGH == 0
    }
}

#[inline(always)]
fn word(text: &[u8; SIGHT], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*scan::block(text, at)?))
}

/// Sums over batches.
pub(super) struct BatchSums {
    count: u64,
    size: u64,
    /// The smallest sizes, as digits that compare.
    smallest: Smallest,
    /// The greatest ordinal, with those before it that are there.
    latest: Samples,
    /// From which ordinal on one may be among these, as digits that compare.
    latest_from: u64,
}

impl BatchSums {
    /// Nothing taken yet.
    pub(super) const NONE: Self =
        Self { count: 0, size: 0, smallest: Smallest::NONE, latest: Samples::NONE, latest_from: 0 };

    /// Takes the batch, unless there is a number in it that is not plain. Gives whether it did.
    #[inline(always)]
    pub(super) fn take(&mut self, batch: &Batch) -> bool {
        let (mut sizes, mut ordinals) = ([0; BATCH], [0; BATCH]);
        let mut plain = batch.sizes.digits(&mut sizes) & batch.ordinals.digits(&mut ordinals);
        for first in batch.ids {
            plain &= first.wrapping_sub(b'1') < 9;
        }
        if !plain {
            return false;
        }
        let mut any_late = false;
        for ordinal in ordinals {
            any_late |= ordinal >= self.latest_from;
        }
        if any_late {
            self.take_late(&ordinals);
        }
        self.count += BATCH as u64;
        self.size += sum(&sizes);
        self.smallest.take_all(&sizes);
        true
    }

    /// Takes the ordinals that are among the latest. Hardly any is once some were taken, since samples stand in no order.
    #[cold]
    fn take_late(&mut self, ordinals: &[u64; BATCH]) {
        for &ordinal in ordinals.iter().filter(|&&ordinal| ordinal >= self.latest_from) {
            self.latest.number(number(ordinal), 1);
        }
        self.latest_from = digits_of(self.latest.last_ordinal.saturating_sub(u64::from(u64::BITS)));
    }

    #[inline(always)]
    pub(super) fn into_samples(self) -> Samples {
        Samples { count: self.count, size: self.size, smallest: self.smallest.map(number), ..self.latest }
    }
}

/// The number of digits, a byte each, the last one lowest.
#[inline(always)]
fn number(digits: u64) -> u64 {
    scan::value_of_aligned(digits.swap_bytes())
}

/// The digits of a number of eight at most, as those of a text are kept.
fn digits_of(number: u64) -> u64 {
    let (mut digits, mut rest) = (0, number);
    for place in 0..8 {
        digits |= (rest % 10) << (8 * place);
        rest /= 10;
    }
    digits
}

/// The sum of numbers that are digits, a byte each, the last one lowest.
#[inline(always)]
fn sum(numbers: &[u64; BATCH]) -> u64 {
    const LANES: usize = 8;
    const BYTES: u64 = 0x00ff_00ff_00ff_00ff;
    const PAIRS: u64 = 0x0000_ffff_0000_ffff;
    const { assert!(BATCH / LANES * 9 <= u8::MAX as usize && BATCH * 99 <= u16::MAX as usize) };
    let mut lanes = [0; LANES];
    for numbers in numbers.as_chunks::<LANES>().0 {
        for (lane, number) in lanes.iter_mut().zip(numbers) {
            *lane += number;
        }
    }
    // Neighbours are joined to pairs, fours and one number, with room for the carries.
    let mut pairs = 0;
    for lane in lanes {
        pairs += (lane & BYTES) + (lane >> 8 & BYTES) * 10;
    }
    let fours = (pairs & PAIRS) + (pairs >> 16 & PAIRS) * 100;
    (fours & u64::from(u32::MAX)) + (fours >> 32) * 10_000
}
