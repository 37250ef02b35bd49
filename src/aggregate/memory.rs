//! What a pass may take of the memory that is allowed, and what takes it: everything that counts stands here.
//!
//! | what | how much |
//! |---|---|
//! | the program | [`PROGRAM`], or what it says that it takes |
//! | its threads | [`THREAD`] each |
//! | pairs of causes | a part of the limit, [`CAUSES`], and a half more while their table grows |
//! | what is read ahead | as the input says |
//! | tables | what stands in them; hash tables as they will be once they have grown, with the old copy beside the new |
//! | a block | [`PER_BYTE`], and while the next is read [`BEHIND`] |
//! | the report | what the dictionary leaves; but [`PER_PACKAGE`] |
//!
//! It is asked before a block is read: so that the block fits whatever stands in it, it becomes smaller where room becomes scarce, and where there is
//! none for the smallest, the pass ends. Nothing is asked for each node. Counted are pages that are written to: lists are counted as long
//! as they are, since the room behind them takes no memory, and they grow by moving pages (see `keep_little_memory` in `input`).

use super::pairs;

/// Bytes of the program itself: 6.0 MiB while it waits for its first byte (5.2 of them code), 6.7 once it has written a report; built for development, all of it with
/// a small report and advice takes 14.3. The rest is for what the allocator keeps in pieces.
pub(crate) const PROGRAM: usize = if cfg!(debug_assertions) { 13 << 20 } else { 8 << 20 };

/// Bytes of a thread: the part of its stack that it has used, and what it keeps of its own.
const THREAD: usize = 128 << 10;

/// The part of the limit that pairs of causes take at most.
const CAUSES: usize = 32;

/// Bytes that a byte of text takes at most, in its block and then in tables (but hash tables). What takes most are levels that open in 13 bytes and lack
/// everything: some 12. Short call frames that are all different take 10, and 7 more while a few are decoded. The
/// window of a decoder takes 1 more, as far as it is not counted yet.
const PER_BYTE: usize = 20;

/// Bytes that a byte of text takes at most after its block was read, until it is folded: rows and new texts.
const BEHIND: usize = 4;

/// Bytes of the smallest block that is worth reading. (A longer token makes it longer.)
const SMALLEST_BLOCK: usize = 32 << 10;

/// Bytes that a call frame takes at least in all tables together.
pub(super) const PER_FRAME: usize = 192;

/// Bytes that a package takes in a report: its row, its sums, its category and causes.
const PER_PACKAGE: usize = 280;

/// What tables take.
pub(crate) trait Tables {
    /// Bytes of what stands in them, but for hash tables.
    fn memory(&self) -> usize;
    /// Entries of hash tables that so many bytes of text can bring.
    fn entries_in(&self, text: usize) -> usize;
    /// Bytes that hash tables take until there are `to` as many entries as now.
    fn index_memory(&self, to: &dyn Fn(usize) -> usize) -> usize;
}

/// The memory of a pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    limit: Option<usize>,
    /// Bytes that are taken whatever is read.
    fixed: usize,
    /// Whether causes are kept.
    causes: bool,
}

impl Budget {
    /// The budget of a pass on so many threads, where `program` bytes are taken already.
    pub(crate) fn new(limit: Option<usize>, program: usize, threads: usize) -> Self {
        // Sums with it stay within their type, whatever is said of the program.
        Self { limit, fixed: program.min(usize::MAX / 2) + threads * THREAD, causes: true }
    }

    /// The same where no causes are kept.
    pub(crate) fn without_causes(self) -> Self {
        Self { causes: false, ..self }
    }

    /// Whether there is a limit.
    pub(crate) fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    /// Whether causes are kept.
    pub(super) fn keeps_causes(&self) -> bool {
        self.causes
    }

    /// Bytes that the table of causes may take.
    pub(super) fn causes(&self) -> usize {
        match self.limit {
            _ if !self.causes => 0,
            Some(limit) => (limit / CAUSES).min(pairs::MOST_BYTES),
            None => pairs::MOST_BYTES,
        }
    }

    /// More call frames than there will be; 0 without a limit.
    pub(super) fn most_frames(&self) -> usize {
        self.limit.map_or(0, |limit| limit / PER_FRAME)
    }

    /// Bytes of text, `want` at most and `least` at least, of which the next block may be, where `held` bytes are held that are not in
    /// `tables` and the block before was of `behind` bytes.
    pub(crate) fn block(
        &self,
        want: usize,
        least: usize,
        tables: &dyn Tables,
        held: usize,
        behind: usize,
    ) -> Option<usize> {
        let Some(limit) = self.limit else { return Some(want) };
        let taken = self.fixed + while_growing(self.causes()) + tables.memory() + held + BEHIND * behind;
        let least = least.max(SMALLEST_BLOCK).min(want);
        let mut block = want;
        loop {
            let indexes = tables.index_memory(&|entries| entries + tables.entries_in(block));
            if taken + indexes + PER_BYTE * block <= limit {
                return Some(block);
            }
            if block <= least {
                return None;
            }
            block = (block / 2).max(least);
        }
    }

    /// The limit with which a text would be read whole of which `part` is read, if the rest is like that. `least` and `held` are as in
    /// [`Budget::block`].
    pub(crate) fn of_whole(&self, part: f64, least: usize, tables: &dyn Tables, held: usize) -> u64 {
        let times = |bytes: usize| (bytes as f64 / part) as usize;
        let tables = times(tables.memory()) + tables.index_memory(&times);
        let needed = self.fixed + tables + held + (PER_BYTE + BEHIND) * least.max(SMALLEST_BLOCK);
        // Causes take a part of the limit, up to a size.
        let causes = match self.causes {
            true => while_growing(needed / (CAUSES - 2)).min(while_growing(pairs::MOST_BYTES)),
            false => 0,
        };
        // The parts of a file differ a little.
        let needed = needed + causes;
        (needed + needed / 32) as u64
    }
}

/// Bytes that the table of causes takes at most: while it grows, what stands in it is held beside it.
fn while_growing(causes: usize) -> usize {
    causes / 8 * 11
}

/// Bytes that packages take in the report beyond those that the dictionary has given back by then.
pub(super) fn of_report(packages: usize, dictionary: usize) -> usize {
    (packages * PER_PACKAGE).saturating_sub(dictionary)
}
