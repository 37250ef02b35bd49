//! A large regular file through a mapping: no copy, and workers fault its pages in side by side.
//!
//! Mapped file pages count as resident memory of the process, so pages behind the parser are given back:
//! a file of any size occupies a block or two.

use std::fs::File;

use memmap2::Mmap;

use super::{Behind, Block, End, Finish, Source, Text, os};

/// Pages are given back in steps of this size: that of a huge page, by which systems map files where they can. A part of one would have
/// to be cut out of it first.
const STEP: usize = 2 << 20;

pub(super) struct Mapped {
    map: Mmap,
    /// Kept to notice that the file has become shorter, and for excerpts.
    file: File,
    size: u64,
    finish: Finish,
    /// Pages before this have been given back.
    given_back: usize,
    /// Pages before this are not needed.
    released: usize,
    /// The furthest offset handed out.
    reached: u64,
}

impl Mapped {
    /// Maps the first `size` bytes; gives the file back if the system declines.
    #[expect(unsafe_code, reason = "another process may change the file; see the comment there")]
    pub(super) fn new(file: File, size: u64) -> Result<Self, File> {
        let Ok(len) = usize::try_from(size) else {
            return Err(file);
        };
        // SAFETY: the map is read-only and private to this struct, so this process never writes to it. Another process that
        // writes to the file can change bytes under a slice: the parser copies what it keeps and indexes only through checked
        // bounds, so that changes its results, not its safety. One that cuts the file short is met by `block`, which looks
        // at the length anew and hands out no byte beyond it; the rest of that risk is stated at `Options::mmap`.
        let mapping = unsafe { memmap2::MmapOptions::new().len(len).map(&file) };
        let Ok(map) = mapping else {
            return Err(file);
        };
        os::will_read_in_order(&map);
        Ok(Self { map, file, size, finish: Finish::whole(size), given_back: 0, released: 0, reached: 0 })
    }

    fn notice_cut(&mut self) {
        if let Ok(metadata) = self.file.metadata()
            && metadata.len() < self.finish.at
        {
            self.finish = Finish { at: metadata.len(), how: End::Damaged(super::positioned::SHORTER.into()) };
        }
    }
}

impl Text for Mapped {
    fn block(&mut self, from: u64, want: usize) -> Block<'_> {
        self.notice_cut();
        let start = from.min(self.finish.at);
        let stop = from.saturating_add(want as u64).min(self.finish.at);
        self.reached = self.reached.max(stop);
        // Both are at most the map's length, which is a `usize`.
        let bytes = self.map.get(start as usize..stop as usize).unwrap_or_default();
        let behind = self.given_back..self.released;
        self.given_back = self.released;
        let behind = Behind { pages: (!behind.is_empty()).then_some((&self.map, behind)) };
        Block { bytes, end: self.finish.end(stop), behind }
    }

    fn release(&mut self, upto: u64) {
        let upto = upto.min(self.map.len() as u64) as usize / STEP * STEP;
        self.released = self.released.max(upto);
    }

    fn peek(&mut self, offset: u64, len: usize) -> Vec<u8> {
        // Read, not mapped: that brings no page back, and cannot fault.
        super::positioned::reread(&self.file, self.finish.at, offset, len)
    }

    fn text_len(&self) -> Option<u64> {
        Some(self.finish.at)
    }

    fn raw_progress(&self) -> (u64, Option<u64>) {
        (self.reached, Some(self.size))
    }

    fn memory(&self) -> usize {
        // Pages are mapped some at a time, those ahead as well: where they are huge, up to the end of one.
        const AROUND: usize = 128 << 10;
        let reached = (self.reached as usize + AROUND).next_multiple_of(STEP).min(self.map.len());
        reached - self.given_back
    }

    fn memory_at_most(&self) -> usize {
        // Before the first step is given back there is less.
        self.memory().max((2 * STEP).min(self.map.len()))
    }

    fn kind(&self) -> Source {
        Source::Mapped
    }
}
