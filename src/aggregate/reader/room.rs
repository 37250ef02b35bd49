//! How a pass stays within its memory: it asks for room before each block, and where there is none tells what the whole text needs.

use super::Pass;
use crate::aggregate::ReadOptions;
use crate::aggregate::memory::{Tables, of_report};
use crate::error::OutOfMemory;
use crate::input::{Options, Source, give_freed_memory_back};
use crate::parse::{Resolver, TreeReader};
use crate::profile::FrameId;

impl Pass<'_, '_> {
    /// Makes the next block as small as the memory wants it that is allowed, where the one before was of `behind` bytes. Gives whether there is room
    /// for any.
    pub(super) fn fits(&mut self, behind: usize) -> bool {
        let block = self.budget.block(self.want, self.least, self, self.input.memory(), behind);
        if let Some(block) = block.filter(|&block| block < self.want) {
            if block < behind {
                // Rows of larger blocks were freed.
                give_freed_memory_back();
            }
            self.want = block;
            self.window = (block / self.windows).max(ReadOptions::MIN_WINDOW_SIZE);
        }
        block.is_some()
    }

    /// How far the pass came, and what the rest needs if it is like that.
    pub(super) fn extrapolated(&self) -> OutOfMemory {
        let (_, raw_total) = self.input.raw_progress();
        // Of a stream more is decoded already than has been parsed.
        let read = match self.input.decoded() {
            Some((raw, text)) => (raw as f64 * self.pos as f64 / text.max(1) as f64) as u64,
            None => self.pos,
        };
        let limit = self.options.max_memory.unwrap_or(0);
        // What stands before the tree says nothing of it.
        let whole = raw_total.filter(|_| self.tree.is_some()).and_then(|total| {
            let held = self.input.memory_at_most();
            let whole = self.budget.of_whole((read, total), self.least, self, held)?;
            if self.input.kind() == Source::Mapped {
                return Some((total, whole));
            }
            // With more memory more is read ahead.
            let most = Options::CHUNK as f64 / Options::chunk_within(Some(limit)) as f64;
            let held = held as f64 * (whole as f64 / limit.max(1) as f64).clamp(1.0, most);
            Some((total, self.budget.of_whole((read, total), self.least, self, held as usize)?))
        });
        // Of a stream all may be taken in while some of its text is still to come.
        let read = raw_total.map_or(read, |total| read.min(total.saturating_sub(1)));
        OutOfMemory { limit: limit as u64, read, whole }
    }
}

impl Tables for Pass<'_, '_> {
    fn memory_after(&self, times: f64) -> usize {
        let Self { resolver: Resolver { dictionary, frames, replaced, .. }, fold, deferred, tree, .. } = self;
        let after = |number: usize| (number as f64 * times) as usize;
        let tables = frames.memory()
            + deferred.memory(fold)
            + tree.as_ref().map_or(0, TreeReader::memory)
            + 2 * replaced.capacity() * size_of::<FrameId>();
        // Stacks grow otherwise: a few are kept, however many come.
        let stacks = fold.memory_of_stacks();
        let sums = after(fold.memory() - stacks) + stacks;
        let dictionary = after(dictionary.memory());
        after(tables) + sums + dictionary + of_report(after(frames.package_count()), dictionary)
    }

    fn entries_in(&self, text: usize) -> usize {
        /// Bytes of the shortest node.
        const NODE: usize = 40;
        text / NODE
    }

    fn growth_of_stacks(&self, entries: usize) -> usize {
        self.fold.growth_of_stacks(entries)
    }

    fn index_memory(&self, to: &dyn Fn(usize) -> usize) -> usize {
        let Resolver { dictionary, frames, .. } = &self.resolver;
        dictionary.index_memory(to) + frames.index_memory(to) + self.fold.index_memory(to)
    }
}
