//! Plain text that the caller holds in memory.

use std::borrow::Cow;

use super::{Behind, Block, Finish, Source, Text};

pub(super) struct Memory {
    bytes: Cow<'static, [u8]>,
    reached: usize,
}

impl Memory {
    pub(super) fn new(bytes: Cow<'static, [u8]>) -> Self {
        Self { bytes, reached: 0 }
    }

    fn slice(&self, from: u64, want: usize) -> &[u8] {
        let start = usize::try_from(from).map_or(self.bytes.len(), |from| from.min(self.bytes.len()));
        &self.bytes[start..start.saturating_add(want).min(self.bytes.len())]
    }
}

impl Text for Memory {
    fn block(&mut self, from: u64, want: usize) -> Block<'_> {
        let upto = from.saturating_add(want as u64);
        self.reached = self.reached.max(upto.min(self.bytes.len() as u64) as usize);
        Block {
            bytes: self.slice(from, want),
            end: Finish::whole(self.bytes.len() as u64).end(upto),
            behind: Behind::default(),
        }
    }

    fn release(&mut self, _upto: u64) {}

    fn peek(&mut self, offset: u64, len: usize) -> Vec<u8> {
        self.slice(offset, len).to_vec()
    }

    fn text_len(&self) -> Option<u64> {
        Some(self.bytes.len() as u64)
    }

    fn raw_progress(&self) -> (u64, Option<u64>) {
        (self.reached as u64, Some(self.bytes.len() as u64))
    }

    fn memory(&self) -> usize {
        // They are the caller's.
        0
    }

    fn kind(&self) -> Source {
        Source::Memory
    }
}
