//! Guesses where nodes and samples open, so that a block can be cut into windows. A guess is only worth a try: nothing rests on it.

/// Keys that a node may begin with.
pub(super) const NODE_KEYS: [&[u8]; 5] =
    [b"\"callFrame\"", b"\"selfSize\"", b"\"id\"", b"\"children\"", b"\"functionName\""];

/// Keys that a sample may begin with.
pub(super) const SAMPLE_KEYS: [&[u8]; 3] = [b"\"size\"", b"\"nodeId\"", b"\"ordinal\""];

/// How far behind the wanted place a cut is looked for. A node of xprofiler's at depth 71 takes 3,900 bytes.
const REACH: usize = 64 << 10;

/// Windows that one of the last is cut into.
const PARTS: usize = 4;

/// Where the windows of a block are wanted to begin. Threads take them in file order; the last ones are smaller, so that all threads get done at about the
/// same time: they wait for one another at the end of each block.
pub(super) struct Windows {
    size: usize,
    /// How many are of that size.
    whole: usize,
    pub(super) count: usize,
}

impl Windows {
    /// Those of about `size` bytes in a block of `len`, for so many threads.
    pub(super) fn of(len: usize, size: usize, threads: usize) -> Self {
        let all = (len + size / 2).div_ceil(size).saturating_sub(1).max(1);
        let cut = if threads > 1 && all > 1 { threads.min(all) } else { 0 };
        Self { size, whole: all - cut, count: all + cut * (PARTS - 1) }
    }

    /// How many there are at most in a block of so many times their size.
    pub(super) fn most(sizes: usize, threads: usize) -> usize {
        sizes + threads * (PARTS - 1)
    }

    /// No more of them than `most`: the last is to take what is left.
    pub(super) fn at_most(self, most: usize) -> Self {
        Self { count: self.count.min(most), ..self }
    }

    /// Where the window with this number is wanted to begin.
    fn wanted(&self, number: usize) -> usize {
        number.min(self.whole) * self.size + number.saturating_sub(self.whole) * (self.size / PARTS)
    }

    /// The start of the window with this number, if there is one: that of the first is 0, the others begin where an object with one of `keys` seems to open.
    pub(super) fn start(&self, bytes: &[u8], number: usize, keys: &[&[u8]]) -> Option<usize> {
        match number {
            0 => Some(0),
            _ if number >= self.count => None,
            _ => cut(bytes, self.wanted(number), self.wanted(number + 1), keys),
        }
    }

    /// Where the window with this number ends: where the next one begins, or at the end of the block.
    pub(super) fn stop(&self, bytes: &[u8], number: usize, keys: &[&[u8]]) -> usize {
        (number + 1..self.count).find_map(|next| self.start(bytes, next, keys)).unwrap_or(bytes.len())
    }

    /// A place past the middle of the window with this number, where such an object seems to open, too.
    pub(super) fn middle(&self, bytes: &[u8], number: usize, keys: &[&[u8]]) -> Option<usize> {
        let [start, stop] = [number, number + 1].map(|number| self.wanted(number));
        cut(bytes, start.midpoint(stop), stop, keys)
    }
}

/// Where an object with one of `keys` seems to open, from `from` on but before `to`.
fn cut(bytes: &[u8], from: usize, to: usize, keys: &[&[u8]]) -> Option<usize> {
    let reach = bytes.len().min(to).min(from + REACH);
    let mut braces = memchr::memchr_iter(b'{', bytes.get(from..reach)?).map(|at| from + at);
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

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str = "{\"id\":1,\"children\":[]},";

    #[test]
    fn windows_follow_each_other_and_the_last_ones_are_smaller() {
        let text = NODE.repeat(4_000);
        for (size, threads) in
            [(100, 1), (100, 2), (1_000, 1), (1_000, 3), (8_192, 2), (30_000, 2), (30_000, 8), (1 << 20, 2)]
        {
            for len in [1, 50, size / 2, size, 2 * size, 7 * size + 33, text.len()] {
                let bytes = &text.as_bytes()[..len.min(text.len())];
                let windows = Windows::of(bytes.len(), size, threads);
                assert!(windows.count <= Windows::most(bytes.len().div_ceil(size), threads), "{size} {threads} {len}");
                let found: Vec<_> = (0..windows.count)
                    .filter_map(|number| {
                        Some((windows.start(bytes, number, &NODE_KEYS)?, windows.stop(bytes, number, &NODE_KEYS)))
                    })
                    .collect();
                assert_eq!((found[0].0, found[found.len() - 1].1), (0, bytes.len()));
                assert!(found.windows(2).all(|pair| pair[0].1 == pair[1].0 && pair[0].0 < pair[1].0), "{found:?}");
                assert!(found.iter().all(|&(start, _)| start == 0 || bytes[start..].starts_with(b"{")));
                if threads > 1 && size >= 8_192 && bytes.len() > (threads + 2) * size {
                    let longest = |windows: &[(usize, usize)]| windows.iter().map(|(start, stop)| stop - start).max();
                    let (whole, parts) = found.split_at(found.len() - threads * PARTS);
                    assert!(longest(&parts[..parts.len() - 1]) < longest(whole), "{found:?}");
                }
            }
        }
    }

    #[test]
    fn the_middle_of_a_window_lies_in_it() {
        let text = NODE.repeat(400);
        let windows = Windows::of(text.len(), 1_000, 2);
        for number in 0..windows.count {
            let [start, stop] = [number, number + 1].map(|number| windows.start(text.as_bytes(), number, &NODE_KEYS));
            let middle = windows.middle(text.as_bytes(), number, &NODE_KEYS);
            assert!(
                start < middle && middle.is_some_and(|middle| middle < stop.unwrap_or(text.len())),
                "{start:?} {middle:?} {stop:?}"
            );
        }
    }
}
