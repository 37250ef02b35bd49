//! Runs of one byte: what lines begin with.

use std::hint::select_unpredictable;

use super::bits::byte_bits;
use super::block::block;
use super::prefetch::{FETCHED_AHEAD, prefetch};
use super::vector::Vector;

/// How many bytes from `at` on equal `byte`.
#[inline(always)]
pub fn run_of<V: Vector>(bytes: &[u8], at: usize, byte: u8) -> usize {
    let mut end = at;
    while let (Some(first), Some(second)) = (block(bytes, end), block(bytes, end.wrapping_add(64))) {
        // In which of them it ends is hard to foretell: no branch.
        let run = run_in::<V>(first, byte);
        let run = run + select_unpredictable(run == 64, run_in::<V>(second, byte), 0);
        end += run;
        if run < 128 {
            return end - at;
        }
        prefetch(bytes, end + FETCHED_AHEAD);
        prefetch(bytes, end + FETCHED_AHEAD + 64);
    }
    // Near the end of the bytes.
    let rest = bytes.get(end..).unwrap_or_default();
    end - at + rest.iter().take_while(|&&other| other == byte).count()
}

/// Whether the next `count` bytes from `at` on equal `byte`.
#[inline(always)]
pub fn is_run<V: Vector>(bytes: &[u8], at: usize, byte: u8, count: usize) -> bool {
    // The last block, and the one before it, overlap. No branch, see above.
    let (inside, last) = (count.min(64), count.max(64) - 64);
    let mut from = last % 64;
    if let (Some(first), Some(second)) = (block(bytes, at), block(bytes, at.wrapping_add(from))) {
        let mut same = (run_in::<V>(first, byte) >= inside) & (run_in::<V>(second, byte) >= inside);
        while same && from < last {
            from += 64;
            prefetch(bytes, at + from + FETCHED_AHEAD);
            match block(bytes, at + from) {
                Some(block) => same = run_in::<V>(block, byte) == 64,
                None => return slowly(bytes, at, byte, count),
            }
        }
        return same;
    }
    slowly(bytes, at, byte, count)
}

/// How many bytes at the start of a block equal `byte`.
#[inline(always)]
fn run_in<V: Vector>(block: &[u8; 64], byte: u8) -> usize {
    byte_bits::<V>(block, byte).trailing_ones() as usize
}

/// As [`is_run`], near the end of the bytes.
#[cold]
fn slowly(bytes: &[u8], at: usize, byte: u8, count: usize) -> bool {
    let run = bytes.get(at..).unwrap_or_default().get(..count);
    run.is_some_and(|run| run.iter().all(|&other| other == byte))
}
