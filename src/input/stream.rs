//! Pipes and compressed data: a thread reads and decodes ahead while the parser works.
//!
//! The thread fills chunks and sends them through a bounded channel; emptied ones go back to it. Dropping the stream
//! closes the channel, which ends the thread, also while it waits to send. A thread that waits for a pipe cannot be woken:
//! it is left alone, holds a few chunks, and ends when the pipe says something or with the process.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::gzip::Gzip;
use super::raw::{self, Format, Progress, sniff};
use super::window::Window;
use super::zstd::Zstd;
use super::{Behind, Block, End, Finish, Source, Text};

/// Full chunks that wait for the parser.
const AHEAD: usize = 2;

/// Something that turns raw bytes into text.
pub(super) trait Decode {
    /// Decodes some text into `out`: how much, and how the text ended if it did.
    fn step(&mut self, out: &mut [u8]) -> (usize, Option<End>);

    /// Raw bytes that were decoded.
    fn consumed(&self) -> u64;

    /// The memory it takes, where that is much.
    fn memory(&self) -> DecoderMemory {
        DecoderMemory::default()
    }

    /// Writes text into `out` and tells how much. It fills `out` unless the text ends; what it says of the end
    /// stands behind the text that it wrote.
    fn fill(&mut self, out: &mut [u8]) -> (usize, Option<End>) {
        let mut filled = 0;
        while filled < out.len() {
            let (written, end) = self.step(&mut out[filled..]);
            filled += written;
            if end.is_some() {
                return (filled, end);
            }
        }
        (filled, None)
    }
}

/// Bytes of memory that a decoder takes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DecoderMemory {
    /// Whatever is decoded.
    pub(super) fixed: usize,
    /// At most for the text behind, which is written to as text comes.
    pub(super) window: usize,
}

/// What to say when reading (rather than decoding) fails.
pub(super) fn read_failed(error: &io::Error) -> End {
    End::Damaged(format!("reading failed: {error}"))
}

/// Text that needs no decoding.
struct Plain<R> {
    raw: R,
    read: u64,
}

impl<R: Read> Decode for Plain<R> {
    fn consumed(&self) -> u64 {
        self.read
    }

    fn step(&mut self, out: &mut [u8]) -> (usize, Option<End>) {
        match self.raw.read(out) {
            Ok(0) => (0, Some(End::Whole)),
            Ok(read) => {
                self.read += read as u64;
                (read, None)
            }
            Err(error) => (0, Some(read_failed(&error))),
        }
    }
}

struct Chunk {
    bytes: Vec<u8>,
    len: usize,
    end: Option<End>,
}

pub(super) struct Stream {
    chunks: Receiver<Chunk>,
    /// Where emptied chunks go back to.
    emptied: SyncSender<Vec<u8>>,
    window: Window,
    /// At the end of what is known, and [`End::More`], until the thread says how it ends.
    finish: Finish,
    progress: Arc<Progress>,
    size: Option<u64>,
    /// Bytes of a chunk.
    chunk: usize,
}

impl Stream {
    /// Starts the thread, which hands over `chunk` bytes of text at once. The `format`, if it is known already, and the file's `size` serve only to tell it.
    pub(super) fn start(
        reader: impl Read + Send + 'static,
        format: Option<Format>,
        size: Option<u64>,
        chunk: usize,
    ) -> Self {
        let (full, chunks) = sync_channel(AHEAD);
        let (emptied, empty) = sync_channel(AHEAD + 1);
        let progress = Arc::new(Progress::default());
        if format.is_some_and(|format| format != Format::Plain) {
            progress.set_compressed();
        }
        let shared = Arc::clone(&progress);
        let started =
            thread::Builder::new().name("input".into()).spawn(move || run(reader, shared, chunk, &full, &empty));
        let finish = match started {
            Ok(_) => Finish { at: u64::MAX, how: End::More },
            Err(error) => {
                Finish { at: 0, how: End::Damaged(format!("the thread that reads it could not be started: {error}")) }
            }
        };
        Self { chunks, emptied, window: Window::default(), finish, progress, size, chunk }
    }

    /// Bytes of memory that are held, where so many of the decoder's window were written to.
    fn memory_with(&self, window: usize) -> usize {
        // One chunk is being filled, one emptied.
        let chunks = (AHEAD + 2) * self.chunk + raw::buffer(self.chunk);
        self.window.memory() + chunks + self.progress.decoder_memory().fixed + window
    }

    /// Takes the next chunk.
    fn read(&mut self, want: usize) {
        let Ok(Chunk { bytes, len, end }) = self.chunks.recv() else {
            // It ends with a chunk that says so, or it did not end well.
            let how = End::Damaged("the thread that reads it panicked".into());
            self.finish = Finish { at: self.window.end(), how };
            return;
        };
        let text = &bytes[..len];
        self.window.room(len, want.saturating_add(self.chunk))[..len].copy_from_slice(text);
        self.window.filled(len);
        if let Some(how) = end {
            self.finish = Finish { at: self.window.end(), how };
        }
        let _ = self.emptied.try_send(bytes); // nobody takes it if the thread has ended
    }
}

impl Text for Stream {
    fn block(&mut self, from: u64, want: usize) -> Block<'_> {
        if from < self.window.start() {
            return Block {
                bytes: &[],
                end: End::Damaged(format!("the text from byte {from} on was given up")),
                behind: Behind::default(),
            };
        }
        let upto = from.saturating_add(want as u64);
        self.window.advance(from);
        while self.window.end() < upto.min(self.finish.at) {
            self.read(want);
            self.window.advance(from);
        }
        // Beyond the end, the window is empty.
        Block { bytes: self.window.text(want), end: self.finish.end(upto), behind: Behind::default() }
    }

    fn release(&mut self, upto: u64) {
        self.window.advance(upto);
    }

    fn peek(&mut self, offset: u64, len: usize) -> Vec<u8> {
        self.window.peek(offset, len)
    }

    fn text_len(&self) -> Option<u64> {
        (self.finish.how != End::More).then_some(self.finish.at)
    }

    fn raw_progress(&self) -> (u64, Option<u64>) {
        (self.progress.read(), self.size)
    }

    fn memory(&self) -> usize {
        // So much may be decoded that was not handed over.
        let ahead = if self.finish.how == End::More { (AHEAD + 2) * self.chunk } else { 0 };
        let decoded = usize::try_from(self.window.end()).map_or(usize::MAX, |end| end.saturating_add(ahead));
        self.memory_with(self.progress.decoder_memory().window.min(decoded))
    }

    fn memory_at_most(&self) -> usize {
        self.memory_with(self.progress.decoder_memory().window)
    }

    fn decoded(&self) -> Option<(u64, u64)> {
        Some(self.progress.both_decoded())
    }

    fn kind(&self) -> Source {
        Source::Stream
    }

    fn compressed_bytes(&self) -> Option<u64> {
        self.progress.is_compressed().then(|| self.size.unwrap_or_else(|| self.progress.read()))
    }
}

/// The thread: decodes until the text ends or nobody listens any more.
fn run<R: Read>(reader: R, progress: Arc<Progress>, chunk: usize, full: &SyncSender<Chunk>, empty: &Receiver<Vec<u8>>) {
    let (raw, format) = sniff(reader, Arc::clone(&progress), raw::buffer(chunk));
    if format != Format::Plain {
        progress.set_compressed();
    }
    match format {
        Format::Plain => send_all(Plain { raw, read: 0 }, &progress, chunk, full, empty),
        Format::Gzip => send_all(Gzip::new(raw), &progress, chunk, full, empty),
        Format::Zstd => match Zstd::new(raw) {
            Some(zstd) => send_all(zstd, &progress, chunk, full, empty),
            None => {
                let end = End::Damaged("no memory for the zstd decoder".into());
                let _ = full.send(Chunk { bytes: Vec::new(), len: 0, end: Some(end) }); // or nobody listens
            }
        },
    }
}

fn send_all(
    mut text: impl Decode,
    progress: &Progress,
    chunk: usize,
    full: &SyncSender<Chunk>,
    empty: &Receiver<Vec<u8>>,
) {
    loop {
        let mut bytes = empty.try_recv().unwrap_or_else(|_| vec![0; chunk]);
        let (len, end) = text.fill(&mut bytes);
        progress.decoded(text.consumed(), len, text.memory());
        let last = end.is_some();
        if full.send(Chunk { bytes, len, end }).is_err() || last {
            return;
        }
    }
}
