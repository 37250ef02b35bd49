//! The one buffer through which a text passes that is not mapped.
//!
//! It holds a contiguous piece of the text. What is given up stays in place until room is needed; then the kept part
//! moves to the front, with a little of what came before it for the excerpt of an error. The buffer grows only for a
//! block that does not fit, and shrinks only where blocks become much smaller.

/// Given-up bytes that stay when the kept part moves.
const HISTORY: usize = 256;

/// Most bytes that are reserved before they are needed.
const RESERVED: usize = 16 << 20;

#[derive(Default)]
pub(super) struct Window {
    /// Initialised memory; the text is in `..end`.
    bytes: Vec<u8>,
    /// The text's offset of `bytes[0]`.
    base: u64,
    /// Bytes before this are given up.
    start: usize,
    end: usize,
}

impl Window {
    /// An empty one in this memory.
    pub(super) fn within(bytes: Vec<u8>) -> Self {
        Self { bytes, ..Self::default() }
    }

    /// Gives its memory away.
    pub(super) fn take_memory(&mut self) -> Vec<u8> {
        std::mem::take(self).bytes
    }

    /// The first offset that is not given up.
    pub(super) fn start(&self) -> u64 {
        self.base + self.start as u64
    }

    /// The offset behind the last byte.
    pub(super) fn end(&self) -> u64 {
        self.base + self.end as u64
    }

    /// Gives up what lies before `from`, as far as it was read.
    pub(super) fn advance(&mut self, from: u64) {
        let from = from.saturating_sub(self.base).min(self.end as u64) as usize;
        self.start = self.start.max(from);
    }

    /// Drops everything; the next byte is that at `offset`.
    pub(super) fn restart(&mut self, offset: u64) {
        self.base = offset;
        self.start = 0;
        self.end = 0;
    }

    /// Up to `want` bytes from where the kept part starts.
    pub(super) fn text(&self, want: usize) -> &[u8] {
        &self.bytes[self.start..self.start.saturating_add(want).min(self.end)]
    }

    /// At least `least` bytes of memory behind the text. If the buffer must grow, it grows at once to hold `goal` bytes
    /// of kept text, but at most to twice its size, so that it never outgrows what was really read by more.
    pub(super) fn room(&mut self, least: usize, goal: usize) -> &mut [u8] {
        if self.bytes.len() - self.end < least {
            let keep = self.start.saturating_sub(HISTORY);
            if keep > 0 {
                self.bytes.copy_within(keep..self.end, 0);
                self.base += keep as u64;
                self.start -= keep;
                self.end -= keep;
            }
            let enough = goal.saturating_add(HISTORY).max(self.end + least);
            if self.bytes.len() / 2 > enough {
                self.bytes.truncate(enough);
                self.bytes.shrink_to_fit();
            }
            let needed = self.end + least;
            if needed > self.bytes.len() {
                if self.bytes.capacity() == 0 {
                    // One reservation, so that growing does not move the text; what is not used yet takes no memory.
                    self.bytes.reserve_exact(goal.saturating_add(HISTORY + least).min(RESERVED));
                }
                let goal = goal.saturating_add(HISTORY).min(self.bytes.len().saturating_mul(2));
                self.bytes.resize(needed.max(goal), 0);
            }
        }
        &mut self.bytes[self.end..]
    }

    /// Says that `count` bytes of the [`Self::room`] are text now.
    pub(super) fn filled(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
    }

    /// Bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.bytes.len()
    }

    /// Up to `len` bytes from `offset`, given up or not, if the first of them is still there.
    pub(super) fn peek(&self, offset: u64, len: usize) -> Vec<u8> {
        let Some(start) = offset.checked_sub(self.base).filter(|start| *start < self.end as u64) else {
            return Vec::new();
        };
        let start = start as usize;
        self.bytes[start..start.saturating_add(len).min(self.end)].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(window: &mut Window, text: &[u8], goal: usize) {
        window.room(text.len(), goal)[..text.len()].copy_from_slice(text);
        window.filled(text.len());
    }

    #[test]
    fn keeps_the_rest_and_a_little_history_when_it_moves() {
        let text: Vec<u8> = (0..4000_u32).map(|i| (i % 251) as u8).collect();
        let mut window = Window::default();
        push(&mut window, &text[..2000], 2000);
        window.advance(1500);
        push(&mut window, &text[2000..3000], 2000);
        assert_eq!((window.start(), window.end()), (1500, 3000));
        assert_eq!(window.text(usize::MAX), &text[1500..3000]);
        assert_eq!(window.text(10), &text[1500..1510]);
        assert_eq!(window.peek(1500 - HISTORY as u64, 300), &text[1500 - HISTORY..1800 - HISTORY]);
        assert!(window.peek(1499 - HISTORY as u64, 300).is_empty());
        assert_eq!(window.peek(2999, 300), &text[2999..3000]);
        assert!(window.peek(3000, 300).is_empty());
    }

    #[test]
    fn does_not_grow_while_blocks_stay_the_same_size() {
        let mut window = Window::default();
        let mut sizes = Vec::new();
        for i in 0..100_u64 {
            push(&mut window, &[b'x'; 1000], 1000);
            window.advance((i + 1) * 1000 - 10);
            sizes.push(window.bytes.len());
        }
        assert_eq!(sizes[5..], [sizes[5]; 95]);
        assert!(sizes[5] < 3000, "{sizes:?}");
        assert_eq!(window.end(), 100_000);
    }

    #[test]
    fn never_goes_back_nor_beyond_its_end() {
        let mut window = Window::default();
        push(&mut window, b"abcdef", 6);
        window.advance(4);
        window.advance(2);
        assert_eq!(window.text(9), b"ef");
        window.advance(u64::MAX);
        assert_eq!((window.text(9), window.start()), (&b""[..], 6));
        window.restart(1 << 33);
        push(&mut window, b"gh", 2);
        assert_eq!((window.text(9), window.end()), (&b"gh"[..], (1 << 33) + 2));
    }
}
