//! Opens a file and hands out its text in contiguous blocks, from front to back, with a flat resident memory.
//!
//! | what it is | how it is read | [`Source`] |
//! |---|---|---|
//! | a regular file of 1 MiB or more | mapped; parsed pages go back to the system | `Mapped` |
//! | a smaller one, any with `mmap: false`, one that cannot be mapped | positioned reads into one reused buffer | `Positioned` |
//! | standard input, pipes, FIFOs, devices, files of size 0 (`/proc`) | a thread that reads ahead | `Stream` |
//! | gzip or zstd, by its first bytes and wherever it comes from | a thread that decodes ahead | `Stream` |
//! | bytes of the caller | in place | `Memory` |
//!
//! All sources give the same blocks for the same text. Only one layer of compression is taken off.
//! Calls that only one operating system has stand in `os.rs`, those about the process as a whole in `process.rs`.

mod gzip;
mod mapped;
mod memory;
mod os;
mod positioned;
#[cfg(feature = "cli")]
mod process;
mod raw;
mod stream;
mod window;
mod zstd;

pub(crate) use self::os::give_freed_memory_back;
#[cfg(feature = "cli")]
pub(crate) use self::os::{READS_SIDE_BY_SIDE, read_up_to};
#[cfg(feature = "cli")]
pub(crate) use self::process::{Resident, keep_little_memory, outlive_file_limits, peak_memory, resident_memory};

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

use self::mapped::Mapped;
use self::memory::Memory;
use self::positioned::Positioned;
use self::raw::{Format, SNIFFED};
use self::stream::Stream;
use crate::error::Kind;

/// Files below this are read, not mapped: for them a mapping, its page faults and its removal cost more than one copy.
const MAP_FROM: u64 = 1 << 20;

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Map large regular files (the default). A mapped file that another process cuts short is noticed at the next
    /// block, but a cut in the midst of a block ends the process (`SIGBUS`); reads do not have that weakness.
    pub mmap: bool,
    /// Bytes that are read or decoded ahead at a time, where a file is not mapped; taken as 1 to [`Options::LARGEST_CHUNK`]. A stream holds four times as many.
    pub chunk: usize,
}

impl Options {
    /// Bytes of a chunk if nobody says otherwise: large enough to make the hand-over cheap, small enough for the cache.
    pub const CHUNK: usize = 1 << 20;
    const SMALLEST_CHUNK: usize = 64 << 10;
    /// Bytes of the largest chunk that may be asked for.
    pub const LARGEST_CHUNK: usize = 64 << 20;

    /// Bytes of a chunk where memory is limited: all that is read ahead takes a sixteenth of it.
    pub fn chunk_within(max_memory: Option<usize>) -> usize {
        max_memory.map_or(Self::CHUNK, |limit| (limit / 64).clamp(Self::SMALLEST_CHUNK, Self::CHUNK))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { mmap: true, chunk: Self::CHUNK }
    }
}

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Through a mapping.
    Mapped,
    /// With positioned reads into a reused buffer.
    Positioned,
    /// By a thread that reads, and where needed decodes, ahead.
    Stream,
    /// It is in memory.
    Memory,
}

/// A contiguous piece of the text.
#[derive(Debug)]
pub struct Block<'a> {
    /// The bytes from the offset that was asked for.
    pub bytes: &'a [u8],
    /// What follows them.
    pub end: End,
    /// What was released before, and is given back when this is dropped. That takes time: do it beside other work.
    pub behind: Behind<'a>,
}

/// Pages of a mapping that are not needed any more. Dropping it gives them back to the system.
#[derive(Debug, Default)]
pub struct Behind<'a> {
    pages: Option<(&'a Mmap, Range<usize>)>,
}

impl Drop for Behind<'_> {
    fn drop(&mut self) {
        if let Some((map, pages)) = self.pages.take() {
            os::give_back(map, pages);
        }
    }
}

/// What follows a block. Anything but [`End::More`] means that the block reaches the end of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// More text, or an end that is not known yet: then the next block is empty.
    More,
    /// Nothing: the text ends here, properly.
    Whole,
    /// Compressed data that ends early; all text that can be decoded was handed out.
    Cut(String),
    /// Compressed data that is corrupt, a read that failed, a file that changed; all text before it was handed out.
    Damaged(String),
}

/// What each source can do. Offsets are of the text, so of what was decoded.
trait Text: Send {
    /// See [`Input::block`].
    fn block(&mut self, from: u64, want: usize) -> Block<'_>;
    /// See [`Input::release`].
    fn release(&mut self, upto: u64);
    /// See [`Input::peek`].
    fn peek(&mut self, offset: u64, len: usize) -> Vec<u8>;
    /// See [`Input::text_len`].
    fn text_len(&self) -> Option<u64>;
    /// See [`Input::raw_progress`].
    fn raw_progress(&self) -> (u64, Option<u64>);
    /// See [`Input::memory`].
    fn memory(&self) -> usize;
    /// See [`Input::memory_at_most`].
    fn memory_at_most(&self) -> usize {
        self.memory()
    }
    /// See [`Input::decoded`].
    fn decoded(&self) -> Option<(u64, u64)> {
        None
    }
    /// See [`Input::kind`].
    fn kind(&self) -> Source;
    /// See [`Input::compressed_bytes`].
    fn compressed_bytes(&self) -> Option<u64> {
        None
    }
    /// See [`Input::into_buffer`].
    fn take_buffer(&mut self) -> Vec<u8> {
        Vec::new()
    }
}

/// Where the text ends, as far as that is known, and how.
#[derive(Debug)]
struct Finish {
    at: u64,
    how: End,
}

impl Finish {
    fn whole(at: u64) -> Self {
        Self { at, how: End::Whole }
    }

    /// What to say about a block that reaches up to `upto`.
    fn end(&self, upto: u64) -> End {
        if upto >= self.at { self.how.clone() } else { End::More }
    }
}

/// A text that is read once, from front to back.
pub struct Input {
    text: Box<dyn Text>,
}

impl Input {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// [`Kind::Directory`] for a directory, [`Kind::Unreadable`] for what cannot be opened. Whatever fails later
    /// is told by [`End::Damaged`], after the text before it.
    pub fn open(path: &Path, options: &Options) -> Result<Self, Kind> {
        Self::open_into(path, options, Vec::new())
    }

    /// The same; where the file is neither mapped nor a stream, it is read into `buffer`, which [`Self::into_buffer`] gives back for the next.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_into(path: &Path, options: &Options, buffer: Vec<u8>) -> Result<Self, Kind> {
        let chunk = options.chunk.clamp(1, Options::LARGEST_CHUNK);
        if path.as_os_str() == "-" {
            return Ok(Self::new(Stream::start(io::stdin(), None, None, chunk)));
        }
        let mut file = match File::open(path) {
            Ok(file) => file,
            // Windows does not open a directory at all.
            Err(_) if path.is_dir() => return Err(Kind::Directory),
            Err(error) => return Err(Kind::Unreadable(error)),
        };
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(Kind::Directory);
        }
        let size = metadata.len();
        if !metadata.is_file() || size == 0 {
            return Ok(Self::new(Stream::start(file, None, None, chunk)));
        }
        let mut first = [0; SNIFFED];
        let sniffed = os::read_up_to(&file, &mut first, 0)?;
        let format = Format::of(&first[..sniffed]);
        if format != Format::Plain {
            file.rewind()?; // where there is no positioned read, the look at the first bytes moved the cursor
            return Ok(Self::new(Stream::start(file, Some(format), Some(size), chunk)));
        }
        if options.mmap && size >= MAP_FROM {
            match Mapped::new(file, size) {
                Ok(mapped) => return Ok(Self::new(mapped)),
                Err(unmapped) => file = unmapped,
            }
        }
        Ok(Self::new(Positioned::new(file, size, chunk, buffer)))
    }

    /// The buffer that it was read into, if any.
    pub fn into_buffer(mut self) -> Vec<u8> {
        self.text.take_buffer()
    }

    /// Reads a stream in a thread of its own, which decodes gzip and zstd.
    ///
    /// Dropping the input ends the thread, except while the reader itself blocks: then once that returns.
    pub fn from_reader(reader: impl Read + Send + 'static) -> Self {
        Self::new(Stream::start(reader, None, None, Options::CHUNK))
    }

    /// Reads bytes that are in memory; gzip and zstd are decoded like those of a file.
    pub fn from_bytes(bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        let bytes = bytes.into();
        match Format::of(&bytes) {
            Format::Plain => Self::new(Memory::new(bytes)),
            format => {
                let len = bytes.len() as u64;
                Self::new(Stream::start(Cursor::new(bytes), Some(format), Some(len), Options::CHUNK))
            }
        }
    }

    fn new(text: impl Text + 'static) -> Self {
        Self { text: Box::new(text) }
    }

    /// The text from the absolute offset `from`: `want` bytes, fewer only where the text ends.
    ///
    /// `from` must not decrease from call to call; everything before it is given up. A stream that is asked for what
    /// it has given up answers [`End::Damaged`].
    pub fn block(&mut self, from: u64, want: usize) -> Block<'_> {
        self.text.block(from, want)
    }

    /// Says that bytes before `upto` are not needed again: mapped pages go back to the system, buffers keep only
    /// the rest. May be called often, and again with the same offset.
    pub fn release(&mut self, upto: u64) {
        self.text.release(upto);
    }

    /// The length of the text: known beforehand for plain files and bytes, at the end for all others.
    pub fn text_len(&self) -> Option<u64> {
        self.text.text_len()
    }

    /// The length of the compressed data, as far as it was read where that is not known beforehand; `None` if the
    /// text is not compressed. Of a stream this is known once it has given its first block.
    pub fn compressed_bytes(&self) -> Option<u64> {
        self.text.compressed_bytes()
    }

    /// How many bytes of the file itself (compressed, if it is) have been read, and how many there are.
    pub fn raw_progress(&self) -> (u64, Option<u64>) {
        self.text.raw_progress()
    }

    /// Bytes of the file that were decoded so far, and the bytes of text that came of them, which may be ahead of what was handed out.
    /// `None` where both are one.
    pub fn decoded(&self) -> Option<(u64, u64)> {
        self.text.decoded()
    }

    /// Bytes of memory that are held beside the block handed out last: what is read ahead, and what was released but not given back yet.
    pub fn memory(&self) -> usize {
        self.text.memory()
    }

    /// The same as far on as it becomes most: once the window of a decoder is full.
    pub fn memory_at_most(&self) -> usize {
        self.text.memory_at_most()
    }

    /// Up to `len` bytes from `offset` again, for an excerpt: files are read again, streams give what they still hold
    /// (the last block, and at least the 256 bytes before it). Empty if those bytes are gone.
    pub fn peek(&mut self, offset: u64, len: usize) -> Vec<u8> {
        self.text.peek(offset, len)
    }

    /// How the text is read.
    pub fn kind(&self) -> Source {
        self.text.kind()
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("kind", &self.kind()).finish_non_exhaustive()
    }
}
