//! Guesses where nodes and samples open, so that a block can be cut into windows. A guess is only worth a try: nothing rests on it.

/// Keys that a node may begin with.
pub(super) const NODE_KEYS: [&[u8]; 5] =
    [b"\"callFrame\"", b"\"selfSize\"", b"\"id\"", b"\"children\"", b"\"functionName\""];

/// Keys that a sample may begin with.
pub(super) const SAMPLE_KEYS: [&[u8]; 3] = [b"\"size\"", b"\"nodeId\"", b"\"ordinal\""];

/// How far behind the wanted place a cut is looked for. A node of xprofiler's at depth 71 takes 3,900 bytes.
const REACH: usize = 64 << 10;

/// How many windows of about `size` bytes there are in a block of `len`.
pub(super) fn windows(len: usize, size: usize) -> usize {
    (len + size / 2).div_ceil(size).saturating_sub(1).max(1)
}

/// The start of the window with this number, if there is one: that of the first is 0, the others begin where an object with one of `keys` seems to open.
pub(super) fn cut(bytes: &[u8], number: usize, size: usize, keys: &[&[u8]]) -> Option<usize> {
    if number == 0 {
        return Some(0);
    }
    let wanted = number * size;
    let reach = bytes.len().min(wanted + REACH.min(size));
    let mut braces = memchr::memchr_iter(b'{', bytes.get(wanted..reach)?).map(|at| wanted + at);
    braces.find(|&at| opens(bytes, at, keys))
}

/// Whether the `{` at `at` looks like the opening of an object in an array.
fn opens(bytes: &[u8], at: usize, keys: &[&[u8]]) -> bool {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    let before = bytes[..at].iter().rev().take(REACH).find(|byte| !is_space(byte));
    if !matches!(before, Some(b'[' | b',')) {
        return false;
    }
    let after = &bytes[at + 1..];
    let Some(key) = after.iter().take(REACH).position(|byte| !is_space(byte)) else { return false };
    keys.iter().any(|known| after[key..].starts_with(known))
}
