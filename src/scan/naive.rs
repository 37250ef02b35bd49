//! The oracle: what each primitive must return, said in one line and one byte at a time.
//!
//! For tests, and as the rival in benchmarks. An `at` beyond the end counts as the end.

/// The first byte at or after `at` that is not JSON whitespace.
pub fn skip_whitespace(bytes: &[u8], at: usize) -> usize {
    first(bytes, at, |byte| !b" \t\n\r".contains(&byte))
}

/// The first `"`, `\` or control character at or after `at`.
pub fn string_special(bytes: &[u8], at: usize) -> usize {
    first(bytes, at, |byte| byte == b'"' || byte == b'\\' || byte < 0x20)
}

/// The first `needle` at or after `at`.
pub fn find(bytes: &[u8], at: usize, needle: u8) -> usize {
    first(bytes, at, |byte| byte == needle)
}

/// How many bytes equal `needle`.
pub fn count(bytes: &[u8], needle: u8) -> u64 {
    bytes.iter().filter(|&&byte| byte == needle).count() as u64
}

/// Which of 64 bytes are decimal digits.
pub fn digit_bits(block: &[u8; 64]) -> u64 {
    block.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(byte.is_ascii_digit()))
}

/// Which of 64 bytes equal `needle`.
pub fn byte_bits(block: &[u8; 64], needle: u8) -> u64 {
    block.iter().rev().fold(0, |bits, &byte| bits << 1 | u64::from(byte == needle))
}

/// The value of the decimal digits at `at`, at most `u64::MAX`, and where they end.
pub fn digits(bytes: &[u8], at: usize) -> (u64, usize) {
    let end = first(bytes, at, |byte| !byte.is_ascii_digit());
    let append = |value: u64, &digit: &u8| value.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    (bytes.get(at..end).unwrap_or_default().iter().fold(0, append), end)
}

fn first(bytes: &[u8], at: usize, stop: impl Fn(u8) -> bool) -> usize {
    (at..bytes.len()).find(|&i| stop(bytes[i])).unwrap_or(bytes.len())
}
