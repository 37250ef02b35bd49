//! The bytes of a stream before they are decoded: counted, read with patience, and told apart by their first bytes.

use std::io::{self, BufReader, Chain, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::stream::DecoderMemory;

/// As many first bytes as [`Format::of`] looks at.
pub(super) const SNIFFED: usize = 4;

/// How much compressed data is read at once for chunks of text of this size: what a pipe holds several times over, and little beside a chunk.
pub(super) const fn buffer(chunk: usize) -> usize {
    chunk / 4
}

/// How long to wait for a descriptor that does not block (some parents leave standard input so).
const PATIENCE: Duration = Duration::from_millis(5);

/// What the first bytes say about all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Plain,
    Gzip,
    Zstd,
}

impl Format {
    /// No JSON text begins like either of them. Fewer bytes than the magic number has are plain.
    pub(super) fn of(first: &[u8]) -> Self {
        match first {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            // A skippable frame: tools put indexes and such before the first frame of data.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// What the reading thread has done so far.
#[derive(Default)]
pub(super) struct Progress {
    read: AtomicU64,
    compressed: AtomicBool,
    /// Bytes of it that were decoded, and the bytes of text that came of them.
    consumed: AtomicU64,
    text: AtomicU64,
    /// See [`DecoderMemory`].
    decoder_fixed: AtomicUsize,
    decoder_window: AtomicUsize,
}

impl Progress {
    pub(super) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes that were decoded, and the bytes of text that came of them.
    pub(super) fn both_decoded(&self) -> (u64, u64) {
        (self.consumed.load(Ordering::Relaxed), self.text.load(Ordering::Relaxed))
    }

    pub(super) fn decoder_memory(&self) -> DecoderMemory {
        let [fixed, window] = [&self.decoder_fixed, &self.decoder_window].map(|bytes| bytes.load(Ordering::Relaxed));
        DecoderMemory { fixed, window }
    }

    /// So much text was decoded, `consumed` bytes since the start, and the decoder takes so much memory now.
    pub(super) fn decoded(&self, consumed: u64, text: usize, memory: DecoderMemory) {
        self.consumed.store(consumed, Ordering::Relaxed);
        self.text.fetch_add(text as u64, Ordering::Relaxed);
        self.decoder_fixed.store(memory.fixed, Ordering::Relaxed);
        self.decoder_window.store(memory.window, Ordering::Relaxed);
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.compressed.load(Ordering::Relaxed)
    }

    pub(super) fn set_compressed(&self) {
        self.compressed.store(true, Ordering::Relaxed);
    }
}

/// A reader that is counted, and that does not fail for what only wants another try.
pub(super) struct Steady<R> {
    reader: R,
    progress: Arc<Progress>,
    /// An error met while sniffing, to be told after the bytes before it.
    failed: Option<io::Error>,
}

impl<R: Read> Read for Steady<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        loop {
            match self.reader.read(buffer) {
                Ok(read) => {
                    self.progress.read.fetch_add(read as u64, Ordering::Relaxed);
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(PATIENCE),
                Err(error) => return Err(error),
            }
        }
    }
}

/// All bytes of a stream, with those that were sniffed in front again.
pub(super) type Raw<R> = Chain<Cursor<Vec<u8>>, BufReader<Steady<R>>>;

/// Looks at the first bytes of a stream, however few come at a time, and loses none of them.
pub(super) fn sniff<R: Read>(reader: R, progress: Arc<Progress>, buffer: usize) -> (Raw<R>, Format) {
    let mut steady = Steady { reader, progress, failed: None };
    let mut first = Vec::with_capacity(SNIFFED);
    if let Err(error) = steady.by_ref().take(SNIFFED as u64).read_to_end(&mut first) {
        steady.failed = Some(error);
    }
    let format = Format::of(&first);
    (Cursor::new(first).chain(BufReader::with_capacity(buffer, steady)), format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_their_first_bytes() {
        let table: [(&[u8], Format); 12] = [
            (b"", Format::Plain),
            (b"\x1f", Format::Plain),
            (b"\x1f\x8b", Format::Gzip),
            (b"\x1f\x8b\x08\x00", Format::Gzip),
            (b"\x1f\x9d\x90", Format::Plain),
            (b"\x28\xb5\x2f", Format::Plain),
            (b"\x28\xb5\x2f\xfd", Format::Zstd),
            (b"\x50\x2a\x4d\x18", Format::Zstd),
            (b"\x5f\x2a\x4d\x18", Format::Zstd),
            (b"\x60\x2a\x4d\x18", Format::Plain),
            (b"\x50\x2a\x4d", Format::Plain),
            (b"{\"head\"", Format::Plain),
        ];
        for (first, format) in table {
            assert_eq!(Format::of(first), format, "{first:02x?}");
        }
    }
}
