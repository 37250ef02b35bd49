//! What a pass may take of the memory that is allowed, and what takes it: everything that counts stands here.
//!
//! | what | how much |
//! |---|---|
//! | the program | [`PROGRAM`], or what it says that it takes |
//! | its threads | [`THREAD`] each |
//! | pairs of causes | a part of the limit, [`CAUSES`], and a half more while their table grows |
//! | what is read ahead | as the input says |
//! | tables | what stands in them; hash tables as they will be once they have grown, with the old copy beside the new |
//! | nodes that are kept | 16 bytes each, and what the caller says that they take later |
//! | a block | [`PER_BYTE`], and while the next is read [`BEHIND`]; and stacks as deep as those before |
//! | the report | [`REPORT`], [`PER_PACKAGE`], and for each call frame less than its text in the dictionary, which is given back by then |
//!
//! It is asked before a block is read: so that the block fits whatever stands in it, it becomes smaller where room becomes scarce, and where there is
//! none for the smallest, the pass ends. Nothing is asked for each node. Counted are pages that are written to: lists are counted as long
//! as they are, since the room behind them takes no memory, and they grow by moving pages (see `keep_little_memory` in `input`).

use super::fold::OPEN;
use super::heavy_stacks::HeavyStacks;
use super::options::ReadOptions;
use super::pairs;
use crate::profile::{CallFrameTable, CallTree};

/// Bytes of the program's code and constants, those of the C library among them, that are used until a file is read: 7.2 MiB while it waits for its first byte, 8.4 at the end of
/// large files, of standard input and compressed ones. Pages come as they are used, so those to come count from the start.
pub(crate) const CODE: usize = if cfg!(debug_assertions) { 45 << 18 } else { 36 << 18 };

/// Bytes that come with what is made of files, whatever is in them: [code](CODE_OF_REPORTS), and 0.45 MiB of advice.
pub(crate) const REPORT: usize = CODE_OF_REPORTS + (1 << 19);

/// Bytes of code among them (10.5 MiB of code at most with these, of all commands in all formats).
pub(crate) const CODE_OF_REPORTS: usize = if cfg!(debug_assertions) { 3 << 19 } else { 7 << 18 };

/// Bytes that the program holds before it reads: 1.4 MiB, most of them rules. The rest is for what the allocator keeps in pieces.
const RULES: usize = 13 << 17;

/// Bytes of the program itself, where nothing better is known.
pub(crate) const PROGRAM: usize = CODE + RULES;

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
const PER_FRAME: usize = 192;

/// Bytes of the sums of a call frame, while it is added up and afterwards, and of what a report makes of them.
const PER_SUMS: usize = 192;

/// Bytes that a package takes in a report: its row, its sums, its category and causes.
const PER_PACKAGE: usize = 280;

/// The part of a text that tells what all of it needs. Most call frames of a profile come at its beginning: from less the rest looks many times as large as it is.
const TELLS: f64 = 0.1;

/// What tables take.
pub(crate) trait Tables {
    /// Bytes of what stands in them, but for hash tables, and for the heaviest stacks as they are, once so many times as much text was read, if the rest is like that.
    fn memory_after(&self, times: f64) -> usize;
    /// Entries of hash tables that so many bytes of text can bring.
    fn entries_in(&self, text: usize) -> usize;
    /// Bytes that the heaviest stacks take more, with so many nodes more that are as deep as the deepest before: a deep one takes much more than its text.
    fn growth_of_stacks(&self, entries: usize) -> usize;
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
        let taken = self.fixed + while_growing(self.causes()) + tables.memory_after(1.0) + held + BEHIND * behind;
        let least = least.max(SMALLEST_BLOCK).min(want);
        let mut block = want;
        loop {
            let entries = tables.entries_in(block);
            let indexes = tables.index_memory(&|known| known + entries);
            if taken + indexes + tables.growth_of_stacks(entries) + PER_BYTE * block <= limit {
                return Some(block);
            }
            if block <= least {
                return None;
            }
            block = (block / 2).max(least);
        }
    }

    /// The limit with which a text would be read whole of which `read` bytes of `total` are read, if the rest is like that; none where these are too few to say so. `least` and
    /// `held` are as in [`Budget::block`].
    pub(crate) fn of_whole(
        &self,
        (read, total): (u64, u64),
        least: usize,
        tables: &dyn Tables,
        held: usize,
    ) -> Option<u64> {
        let part = read as f64 / total.max(1) as f64;
        if part < TELLS {
            return None;
        }
        let times = |bytes: usize| (bytes as f64 / part) as usize;
        let stacks = tables.growth_of_stacks(usize::MAX);
        let tables = tables.memory_after(1.0 / part) + stacks + tables.index_memory(&times);
        let needed = self.fixed + tables + held + (PER_BYTE + BEHIND) * least.max(SMALLEST_BLOCK);
        // Causes take a part of the limit, up to a size.
        let causes = match self.causes {
            true => while_growing(needed / (CAUSES - 2)).min(while_growing(pairs::MOST_BYTES)),
            false => 0,
        };
        // The parts of a file differ a little.
        let needed = needed + causes;
        Some((needed + needed / 32) as u64)
    }
}

/// Whether a limit leaves less for the table of causes than it may take without one.
#[cfg(feature = "cli")]
pub(crate) fn bounds_causes(limit: usize) -> bool {
    limit / CAUSES < pairs::MOST_BYTES
}

/// Bytes that the table of causes takes at most: while it grows, what stands in it is held beside it.
fn while_growing(causes: usize) -> usize {
    causes / 8 * 11
}

/// Bytes that the sums of a tree of so many nodes take at most, and the report of it: no deeper than `levels`, with all these call frames.
pub(super) fn of_sums(frames: &CallFrameTable, nodes: usize, levels: usize, options: &ReadOptions<'_>) -> usize {
    let budget = Budget::new(options.max_memory, 0, 0);
    let causes = if options.causes { while_growing(budget.causes()) } else { 0 };
    frames.len() * PER_SUMS
        + frames.package_count() * PER_PACKAGE
        + levels * OPEN
        + if options.keep_tree { CallTree::memory_of(nodes, levels) + nodes * options.later_of_node } else { 0 }
        + HeavyStacks::memory_at_most(options.stacks, nodes, levels)
        + causes
}

/// Bytes that a report takes beyond those that the dictionary has given back by then.
pub(super) fn of_report(packages: usize, dictionary: usize) -> usize {
    (REPORT + packages * PER_PACKAGE).saturating_sub(dictionary)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables with so many bytes in them.
    struct Holding(usize);

    impl Tables for Holding {
        fn memory_after(&self, times: f64) -> usize {
            (self.0 as f64 * times) as usize
        }

        fn entries_in(&self, text: usize) -> usize {
            text
        }

        fn growth_of_stacks(&self, _: usize) -> usize {
            0
        }

        fn index_memory(&self, _: &dyn Fn(usize) -> usize) -> usize {
            0
        }
    }

    #[test]
    fn the_beginning_of_a_text_does_not_tell_what_all_of_it_needs() {
        const MIB: usize = 1 << 20;
        let budget = Budget::new(Some(16 * MIB), 4 * MIB, 1);
        let named = |read| budget.of_whole((read, 1000), 0, &Holding(MIB), 0).map(|bytes| bytes.div_ceil(1 << 20));
        assert_eq!([named(0), named(99)], [None, None]);
        let [at_tenth, at_half] = [named(100), named(500)].map(|named| named.expect("enough is read"));
        assert!(at_half < at_tenth && at_tenth < 20, "{at_half} {at_tenth}");
    }
}
