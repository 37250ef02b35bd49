//! A regular file with positioned reads into one reused buffer, several at once where much is wanted: one thread alone copies slower than all parse.
//!
//! The text is what the file held when it was opened: what is appended later is not read, so a file that grows faster than it is
//! read comes to an end all the same.

use std::fs::File;
use std::io;

use rayon::prelude::*;

use super::window::Window;
use super::{Behind, Block, End, Finish, Source, Text, os};

/// What is said of a file that ends before the size it had when it was opened.
pub(super) const SHORTER: &str = "the file became shorter while it was read";

/// The longest excerpt that [`reread`] gives.
const EXCERPT: usize = 64 << 10;

pub(super) struct Positioned {
    file: File,
    size: u64,
    /// The least that one read asks for: small steps of the parser must not become small reads.
    chunk: usize,
    window: Window,
    finish: Finish,
}

impl Positioned {
    /// A file of this size, read into this buffer.
    pub(super) fn new(file: File, size: u64, chunk: usize, buffer: Vec<u8>) -> Self {
        Self { file, size, chunk, window: Window::within(buffer), finish: Finish::whole(size) }
    }

    /// Reads on, `want` bytes if the text has so many. Whatever ends it early becomes its finish.
    fn read(&mut self, want: usize) {
        let at = self.window.end();
        let left = usize::try_from(self.finish.at - at).unwrap_or(usize::MAX);
        let least = want.max(self.chunk).min(left);
        let room = self.window.room(least, want.saturating_add(self.chunk));
        match read_side_by_side(&self.file, &mut room[..least], at, self.chunk) {
            Ok(0) => {
                // Some systems' generated files claim a size that they do not have; only a size that changed is damage.
                let shorter = self.file.metadata().is_ok_and(|now| now.len() < self.size);
                let how = if shorter { End::Damaged(SHORTER.into()) } else { End::Whole };
                self.finish = Finish { at, how };
            }
            Ok(read) => self.window.filled(read),
            Err(error) => self.finish = Finish { at, how: End::Damaged(format!("reading failed: {error}")) },
        }
    }
}

/// As [`os::read_up_to`], in pieces of `chunk` bytes on all threads of the current rayon pool.
fn read_side_by_side(file: &File, buffer: &mut [u8], offset: u64, chunk: usize) -> io::Result<usize> {
    if buffer.len() <= chunk || !os::READS_SIDE_BY_SIDE {
        return os::read_up_to(file, buffer, offset);
    }
    let pieces: Vec<(usize, io::Result<usize>)> = buffer
        .par_chunks_mut(chunk)
        .enumerate()
        .map(|(i, piece)| (piece.len(), os::read_up_to(file, piece, offset + (i * chunk) as u64)))
        .collect();
    // As far as they are without a gap.
    let mut filled = 0;
    for (wanted, read) in pieces {
        let read = match read {
            Ok(read) => read,
            Err(_) if filled > 0 => break,
            Err(error) => return Err(error),
        };
        filled += read;
        if read < wanted {
            break;
        }
    }
    Ok(filled)
}

impl Text for Positioned {
    fn block(&mut self, from: u64, want: usize) -> Block<'_> {
        let from = from.min(self.finish.at);
        if from < self.window.start() || from > self.window.end() {
            self.window.restart(from);
        }
        self.window.advance(from);
        let upto = from.saturating_add(want as u64);
        while self.window.end() < upto.min(self.finish.at) {
            let missing = upto.min(self.finish.at) - self.window.end();
            self.read(usize::try_from(missing).unwrap_or(usize::MAX));
        }
        Block { bytes: self.window.text(want), end: self.finish.end(upto), behind: Behind::default() }
    }

    fn release(&mut self, upto: u64) {
        self.window.advance(upto);
    }

    fn peek(&mut self, offset: u64, len: usize) -> Vec<u8> {
        reread(&self.file, self.finish.at, offset, len)
    }

    fn text_len(&self) -> Option<u64> {
        Some(self.finish.at)
    }

    fn raw_progress(&self) -> (u64, Option<u64>) {
        (self.window.end(), Some(self.size))
    }

    fn memory(&self) -> usize {
        self.window.memory()
    }

    fn take_buffer(&mut self) -> Vec<u8> {
        self.window.take_memory()
    }

    fn kind(&self) -> Source {
        Source::Positioned
    }
}

/// Bytes of a file for an excerpt; empty if they cannot be had.
pub(super) fn reread(file: &File, size: u64, offset: u64, len: usize) -> Vec<u8> {
    let left = usize::try_from(size.saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut bytes = vec![0; len.min(left).min(EXCERPT)];
    let read = os::read_up_to(file, &mut bytes, offset).unwrap_or(0);
    bytes.truncate(read);
    bytes
}
