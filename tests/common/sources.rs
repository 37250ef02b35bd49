//! One text in every form in which a file may come.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use heapsift::input::{self, Input, Source};

/// A reader that gives a few bytes at a time, never the same number twice in a row.
struct Dribble {
    text: Cursor<Vec<u8>>,
    turn: usize,
}

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        const SIZES: [usize; 7] = [1, 4096, 3, 65_537, 17, 1 << 20, 999];
        self.turn += 1;
        let len = buffer.len().min(SIZES[self.turn % SIZES.len()]);
        self.text.read(&mut buffer[..len])
    }
}

/// The text in every form, each with how it is read; files stand in `folder`.
pub(crate) fn inputs(text: &[u8], folder: &Path) -> Vec<(&'static str, Input, Source)> {
    let path = folder.join("plain");
    std::fs::write(&path, text).expect("the file can be written");
    let open = |mmap| {
        Input::open(&path, &input::Options { mmap, ..input::Options::default() }).expect("the file can be opened")
    };
    // Small files are not mapped.
    let mapped = if text.len() >= 1 << 20 { Source::Mapped } else { Source::Positioned };
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text).expect("memory takes everything");
    let gzip = gzip.finish().expect("memory takes everything");
    let zstd = zstd::encode_all(text, 1).expect("memory takes everything");
    let gz = folder.join("gz");
    std::fs::write(&gz, &gzip).expect("the file can be written");
    let dribble = |bytes: &[u8]| Input::from_reader(Dribble { text: Cursor::new(bytes.to_vec()), turn: 0 });
    vec![
        ("in memory", Input::from_bytes(text.to_vec()), Source::Memory),
        ("mapped", open(true), mapped),
        ("positioned", open(false), Source::Positioned),
        ("a stream", dribble(text), Source::Stream),
        ("a gzip file", Input::open(&gz, &input::Options::default()).expect("it can be opened"), Source::Stream),
        ("gzip in a stream", dribble(&gzip), Source::Stream),
        ("zstd", Input::from_bytes(zstd.clone()), Source::Stream),
        ("zstd in a stream", dribble(&zstd), Source::Stream),
    ]
}
