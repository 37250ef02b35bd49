//! Decimal numbers, eight digits at a time.

use super::block::block;
use super::portable::{bytes_at_most, splat};

/// 10 to the power of the index.
const POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// The value of the decimal digits at `at`, and the index after the last of them.
///
/// There may be any number of digits, leading zeros included; a value that a `u64` cannot hold comes
/// out as `u64::MAX`, so that the caller's own range check finds it. No digit at all is the value 0,
/// with an end of `at` (or `bytes.len()` if `at` is beyond it).
#[inline(always)]
pub fn digits(bytes: &[u8], at: usize) -> (u64, usize) {
    let at = at.min(bytes.len());
    let (mut value, mut count) = up_to_eight(bytes, at);
    let mut end = at + count;
    while count == 8 {
        let more;
        (more, count) = up_to_eight(bytes, end);
        value = value.saturating_mul(POWERS[count]).saturating_add(more);
        end += count;
    }
    (value, end)
}

/// The value of the `count` decimal digits at `at`.
#[inline(always)]
pub fn digits_of(bytes: &[u8], at: usize, count: usize) -> u64 {
    if count <= 8 { value_of(word(bytes, at) ^ splat(b'0'), count) } else { digits(bytes, at).0 }
}

/// The first `count` of eight decimal digits, the first one lowest, each as a byte of 0 to 9: the last one highest, zeros below the first. Any
/// number but one to eight has no meaning.
///
/// With its bytes in reverse order this compares as the numbers do, and sums of few of them are sums of digits.
#[inline(always)]
pub fn aligned(word: u64, count: u64) -> u64 {
    (word ^ splat(b'0')).wrapping_shl(64_u64.wrapping_sub(count << 3) as u32)
}

/// The value of eight digits that are [aligned].
#[inline(always)]
pub fn value_of_aligned(digits: u64) -> u64 {
    // Neighbours are joined: eight digits to four pairs to two fours to one number. Each product
    // adds 10 (100, 10,000) times an element to the one above it, which the shift then brings down.
    let pairs = (digits.wrapping_mul(1 + (10 << 8)) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(1 + (100 << 16)) >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(1 + (10_000 << 32)) >> 32
}

/// The value of the first digits at `at`, and how many there are, eight at most.
#[inline(always)]
fn up_to_eight(bytes: &[u8], at: usize) -> (u64, usize) {
    // Digits become the bytes 0 to 9, and all others more than 9.
    let word = word(bytes, at) ^ splat(b'0');
    let others = !bytes_at_most(word, 9) & splat(0x80);
    let count = others.trailing_zeros() as usize / 8;
    (value_of(word, count), count)
}

/// The eight bytes from `at` on, the first one lowest; zeros stand for those beyond the end.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    match block(bytes, at) {
        Some(block) => u64::from_le_bytes(*block),
        None => short_word(bytes.get(at..).unwrap_or_default()),
    }
}

#[cold]
#[inline(never)]
fn short_word(rest: &[u8]) -> u64 {
    rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// The value of the first `count` of eight digits, each a byte of 0 to 9, the first one lowest.
#[inline(always)]
fn value_of(word: u64, count: usize) -> u64 {
    // The digits move to the upper end; the zeros below them are leading zeros, and the bytes after
    // the last digit fall off. (None at all is a shift by 64.)
    value_of_aligned(word.checked_shl(64 - 8 * count as u32).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{aligned, digits, value_of_aligned};
    use crate::scan::naive;
    use proptest::prelude::*;
    use std::num::IntErrorKind;

    /// What `str::parse` says about the digits at `at`.
    fn parsed(bytes: &[u8], at: usize) -> (u64, usize) {
        let count = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = std::str::from_utf8(&bytes[at..at + count]).unwrap();
        let value = match text.parse::<u64>().map_err(|error| *error.kind()) {
            Ok(value) => value,
            Err(IntErrorKind::Empty) => 0,
            Err(IntErrorKind::PosOverflow) => u64::MAX,
            Err(kind) => panic!("{text}: {kind:?}"),
        };
        (value, at + count)
    }

    #[test]
    fn every_length_at_every_offset_with_every_byte_after_it() {
        for digits_of in ["12345678901234567890123456", "99999999999999999999999999", "00000000000000000000000001"] {
            for len in 0..=25 {
                for offset in 0..64 {
                    let mut bytes = vec![b'7'; offset];
                    bytes.extend_from_slice(&digits_of.as_bytes()[..len]);
                    // The number ends the slice.
                    assert_eq!(digits(&bytes, offset), parsed(&bytes, offset));
                    for after in 0..=u8::MAX {
                        bytes.truncate(offset + len);
                        bytes.push(after);
                        assert_eq!(digits(&bytes, offset), parsed(&bytes, offset), "{bytes:?}");
                        bytes.extend_from_slice(b"0123456789");
                        assert_eq!(digits(&bytes, offset), parsed(&bytes, offset), "{bytes:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_value_beyond_u64_is_its_maximum_whatever_follows() {
        let table: [(&str, u64); 10] = [
            ("9007199254740991", 9_007_199_254_740_991),
            ("9999999999999999999", 9_999_999_999_999_999_999),
            ("18446744073709551614", u64::MAX - 1),
            ("18446744073709551615", u64::MAX),
            ("18446744073709551616", u64::MAX),
            ("18446744073709551620", u64::MAX),
            ("99999999999999999999", u64::MAX),
            ("184467440737095516150000000000", u64::MAX),
            ("000000000000000000000000000042", 42),
            ("000000000018446744073709551614", u64::MAX - 1),
        ];
        for (text, value) in table {
            assert_eq!(digits(text.as_bytes(), 0), (value, text.len()), "{text}");
            assert_eq!(naive::digits(text.as_bytes(), 0), (value, text.len()), "{text}");
        }
        let long = vec![b'1'; 1000];
        assert_eq!(digits(&long, 0), (u64::MAX, 1000));
    }

    #[test]
    fn a_place_beyond_the_end_counts_as_the_end() {
        for at in [3, 4, 11, usize::MAX] {
            assert_eq!(digits(b"123", at), (0, 3));
            assert_eq!(naive::digits(b"123", at), (0, 3));
        }
        assert_eq!(digits(b"", 0), (0, 0));
    }

    #[test]
    fn aligned_digits_compare_as_numbers_and_have_their_values() {
        let mut last = 0;
        for number in (0..3000).chain((4..8).map(|digits| 10_u64.pow(digits) - 1)).chain([12_345_678, 99_999_999]) {
            let text = format!("{number}yyyyyyyy");
            let word = u64::from_le_bytes(*text.as_bytes().first_chunk().unwrap());
            let digits = aligned(word, number.to_string().len() as u64);
            assert_eq!(value_of_aligned(digits), number);
            assert!(digits.swap_bytes() >= last, "{number}");
            last = digits.swap_bytes();
        }
    }

    proptest! {
        #[test]
        fn numbers_among_random_bytes(
            before in prop::collection::vec(any::<u8>(), 0..9),
            number in "[0-9]{0,30}",
            after in prop::collection::vec(prop_oneof![any::<u8>(), b'0'..=b'9'], 0..20),
        ) {
            let bytes = [before.as_slice(), number.as_bytes(), &after].concat();
            prop_assert_eq!(digits(&bytes, before.len()), parsed(&bytes, before.len()));
            prop_assert_eq!(naive::digits(&bytes, before.len()), parsed(&bytes, before.len()));
        }
    }
}
