//! Every source must give the same text for the same content; what goes wrong must be told after all text before it.

mod compressed;
mod failures;
mod sources;

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::{Block, End, Input, Options};

const MIB: usize = 1 << 20;

/// Text that does not repeat, so that a byte in the wrong place shows; it shrinks to about two thirds.
fn text(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            b' ' + (state >> 33) as u8 % 64
        })
        .collect()
}

/// Text like that of a profile, which shrinks about 30 times.
fn profile(len: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(len + 200);
    let mut node = 0_u64;
    while text.len() < len {
        node += 1;
        let (id, line) = (node * 7919 % 1009, node * node % 977);
        write!(
            text,
            "{{\"callFrame\":{{\"functionName\":\"f{id}\",\"url\":\"file:///app/lib.js\",\"lineNumber\":{line}}},\"children\":[",
        )
        .unwrap();
    }
    text.truncate(len);
    text
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Walks through an input in blocks of `want` bytes and steps of `step`, and compares each with what it must be.
#[track_caller]
fn assert_text(input: &mut Input, text: &[u8], want: usize, step: usize) {
    let mut from = 0;
    loop {
        let Block { bytes, end, .. } = input.block(from as u64, want);
        let upto = (from + want).min(text.len());
        assert!(bytes == &text[from..upto], "wrong text in {from}..{upto}: {} bytes", bytes.len());
        if end != End::More {
            assert_eq!((end, upto), (End::Whole, text.len()));
            break;
        }
        from += step.min(upto - from);
        input.release(from as u64);
    }
    assert_eq!(input.text_len(), Some(text.len() as u64));
}

/// All text that an input gives, and its end.
fn drain(input: &mut Input) -> (Vec<u8>, End) {
    let mut text = Vec::new();
    loop {
        let Block { bytes, end, .. } = input.block(text.len() as u64, MIB);

        assert!(end != End::More || bytes.len() == MIB, "a short block without an end");
        text.extend_from_slice(bytes);
        if end != End::More {
            return (text, end);
        }
    }
}

/// A folder for one test, and files in it.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }
}

/// A reader that gives its pieces one by one, whatever is asked for, and then ends.
struct Pieces(std::vec::IntoIter<io::Result<Vec<u8>>>);

impl Pieces {
    fn new(pieces: Vec<io::Result<Vec<u8>>>) -> Self {
        Self(pieces.into_iter())
    }

    /// Pieces of the given sizes, over and over.
    fn of(text: &[u8], sizes: &[usize]) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*size).clamp(1, rest.len()));
            pieces.push(Ok(piece.to_vec()));
            rest = after;
        }
        Self::new(pieces)
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.0.next() else { return Ok(0) };
        let mut piece = piece?;
        let len = piece.len().min(buffer.len());
        buffer[..len].copy_from_slice(&piece[..len]);
        if len < piece.len() {
            piece.drain(..len);
            let rest: Vec<_> = std::iter::once(Ok(piece)).chain(self.0.by_ref()).collect();
            self.0 = rest.into_iter();
        }
        Ok(len)
    }
}

const MAPPED: Options = Options { mmap: true, chunk: Options::CHUNK };
const READ: Options = Options { mmap: false, chunk: Options::CHUNK };
