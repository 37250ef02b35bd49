//! The same text from every source.

use std::fs::{self, OpenOptions};
use std::io::{Cursor, Seek, SeekFrom, Write};
use std::process::Command;
use std::thread;

use proptest::prelude::*;

use super::super::{Block, End, Input, Source};
use super::{Files, MAPPED, MIB, Pieces, READ, assert_text, gzip, profile, text, zstd};

/// All ways to read a text, with what [`Input::kind`] must say.
fn sources(files: &Files, text: &[u8]) -> Vec<(&'static str, Source, Input)> {
    let plain = files.write("plain", text);
    let (gz, zst) = (gzip(text), zstd(text));
    let (gz_path, zst_path) = (files.write("gz", &gz), files.write("zst", &zst));
    let by_size = |size: usize| match size {
        0 => Source::Stream,
        size if size < MIB => Source::Positioned,
        _ => Source::Mapped,
    };
    let read = if text.is_empty() { Source::Stream } else { Source::Positioned };
    let open = |path, options| Input::open(path, options).unwrap();
    vec![
        ("file", by_size(text.len()), open(&plain, &MAPPED)),
        ("file without mapping", read, open(&plain, &READ)),
        ("gzip file", Source::Stream, open(&gz_path, &MAPPED)),
        ("gzip file without mapping", Source::Stream, open(&gz_path, &READ)),
        ("zstd file", Source::Stream, open(&zst_path, &MAPPED)),
        ("bytes", Source::Memory, Input::from_bytes(text.to_vec())),
        ("gzip bytes", Source::Stream, Input::from_bytes(gz.clone())),
        ("zstd bytes", Source::Stream, Input::from_bytes(zst.clone())),
        ("reader", Source::Stream, Input::from_reader(Cursor::new(text.to_vec()))),
        ("reader in pieces", Source::Stream, Input::from_reader(Pieces::of(text, &[1, 65_536, 3, 4_095]))),
        ("gzip reader in pieces", Source::Stream, Input::from_reader(Pieces::of(&gz, &[1, 1, 4_095]))),
        ("zstd reader in pieces", Source::Stream, Input::from_reader(Pieces::of(&zst, &[1, 2, 4_095]))),
    ]
}

#[test]
fn every_source_gives_the_same_text() {
    let files = Files::new();
    let sizes = [0, 1, 2, 3, 4, 5, 100, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB - 1, 5 * MIB + 17];
    for size in sizes {
        let text = text(size);
        let walks: &[(usize, usize)] = if size < 1000 {
            &[(1, 1), (7, 3), (64, 64), (8 * MIB, 8 * MIB)]
        } else {
            &[(4_099, 4_099), (MIB, 700_001), (MIB, MIB), (3 * MIB + 1, 77_777), (8 * MIB, 8 * MIB)]
        };
        for (want, step) in walks {
            for (name, kind, mut input) in sources(&files, &text) {
                let walk = format!("{name}: {size} bytes in blocks of {want}, steps of {step}");
                assert_eq!(input.kind(), kind, "{walk}");
                assert_text(&mut input, &text, *want, *step);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_content_in_any_pieces(
        content in proptest::collection::vec(any::<u8>(), 0..3000),
        pieces in proptest::collection::vec(1_usize..700, 1..6),
        want in 1_usize..900,
        step in 1_usize..900,
    ) {
        // Only what begins like compressed data would be decoded.
        prop_assume!(super::super::raw::Format::of(&content) == super::super::raw::Format::Plain);
        let files = Files::new();
        for (_, _, mut input) in sources(&files, &content) {
            assert_text(&mut input, &content, want, step);
        }
        for bytes in [&content, &gzip(&content), &zstd(&content)] {
            assert_text(&mut Input::from_reader(Pieces::of(bytes, &pieces)), &content, want, step);
        }
    }
}

#[test]
fn one_byte_at_a_time() {
    let text = profile(20_000);
    for bytes in [text.clone(), gzip(&text), zstd(&text)] {
        assert_text(&mut Input::from_reader(Pieces::of(&bytes, &[1])), &text, 333, 100);
    }
}

#[test]
fn blocks_that_only_end_with_the_text() {
    let files = Files::new();
    let text = text(3 * MIB + 5);
    for (name, _, mut input) in sources(&files, &text) {
        let Block { bytes, end, .. } = input.block(5, usize::MAX);
        assert!(bytes == &text[5..] && end == End::Whole, "{name}");
        let Block { bytes, end, .. } = input.block(text.len() as u64, 10);
        assert_eq!((bytes, end), (&b""[..], End::Whole), "{name}");
        let Block { bytes, end, .. } = input.block(u64::MAX, usize::MAX);
        assert_eq!((bytes, end), (&b""[..], End::Whole), "{name}");
    }
}

#[test]
fn text_may_be_skipped_and_asked_for_again() {
    let files = Files::new();
    let text = text(5 * MIB);
    for (name, _, mut input) in sources(&files, &text) {
        for from in [10, 10, 300_000, 4 * MIB, 4 * MIB, 4 * MIB + 1] {
            assert!(input.block(from as u64, 1000).bytes == &text[from..from + 1000], "{name} at {from}");
        }
        input.release(u64::MAX);
        input.release(0);
        assert_eq!(input.block(5 * MIB as u64, 1).end, End::Whole, "{name}");
    }
}

#[test]
fn a_stream_does_not_go_back() {
    let mut input = Input::from_reader(Cursor::new(text(10_000)));
    input.block(5_000, 10);
    let Block { bytes, end, .. } = input.block(4_999, 10);
    assert_eq!(bytes, b"");
    assert!(matches!(end, End::Damaged(_)));
}

#[test]
fn excerpts() {
    let files = Files::new();
    let text = text(6 * MIB);
    for (name, kind, mut input) in sources(&files, &text) {
        let mut from = 0;
        while from < 3 * MIB {
            input.block(from as u64, 500_000);
            from += 400_000;
        }
        let at = from - 400_000;
        assert!(input.peek(at as u64 - 256, 600) == text[at - 256..at + 344], "{name}");
        assert!(input.peek(at as u64 + 499_990, 10) == text[at + 499_990..at + 500_000], "{name}");
        let kept = kind != Source::Stream;
        assert_eq!(input.peek(100, 20) == text[100..120], kept, "{name}");
        assert_eq!(input.peek(6 * MIB as u64 - 5, 20).len(), if kept { 5 } else { 0 }, "{name}");
        assert_eq!(input.peek(6 * MIB as u64, 20), b"", "{name}");
        assert!(input.block(from as u64, 1000).bytes == &text[from..from + 1000], "{name}");
    }
}

#[test]
fn what_is_known_of_the_file() {
    let files = Files::new();
    let text = profile(3 * MIB);
    let (gz, len) = (gzip(&text), text.len() as u64);
    let zipped = gz.len() as u64;
    for options in [MAPPED, READ] {
        let mut input = Input::open(&files.write("plain", &text), &options).unwrap();
        assert_eq!((input.text_len(), input.compressed_bytes()), (Some(len), None));
        assert_eq!(input.raw_progress(), (0, Some(len)));
        input.block(0, 2 * MIB);
        assert_eq!(input.raw_progress(), (2 * MIB as u64, Some(len)));

        let mut input = Input::open(&files.write("gz", &gz), &options).unwrap();
        assert_eq!((input.text_len(), input.compressed_bytes()), (None, Some(zipped)));
        assert_text(&mut input, &text, MIB, MIB);
        assert_eq!((input.text_len(), input.compressed_bytes()), (Some(len), Some(zipped)));
        assert_eq!(input.raw_progress(), (zipped, Some(zipped)));
    }
    let mut input = Input::from_reader(Cursor::new(gz));
    assert_text(&mut input, &text, MIB, MIB);
    assert_eq!((input.compressed_bytes(), input.raw_progress()), (Some(zipped), (zipped, None)));
    let mut input = Input::from_reader(Cursor::new(text.clone()));
    assert_text(&mut input, &text, MIB, MIB);
    assert_eq!((input.compressed_bytes(), input.raw_progress()), (None, (len, None)));
}

#[test]
fn offsets_beyond_four_gigabytes() {
    let files = Files::new();
    let path = files.path("sparse");
    let mut file = fs::File::create(&path).unwrap();
    let at = (5 << 30) + 3;
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(b"the end").unwrap();
    for (options, kind) in [(MAPPED, Source::Mapped), (READ, Source::Positioned)] {
        let mut input = Input::open(&path, &options).unwrap();
        assert_eq!((input.kind(), input.text_len()), (kind, Some(at + 7)));
        assert_eq!(input.block(at - 2, 3).bytes, b"\0\0t");
        let Block { bytes, end, .. } = input.block(at, 100);
        assert_eq!((bytes, end), (&b"the end"[..], End::Whole));
        assert_eq!(input.peek(at + 4, 100), b"end");
    }
}

#[test]
#[cfg(unix)]
fn fifos() {
    let files = Files::new();
    let text = profile(3 * MIB);
    for (name, bytes) in [("plain", text.clone()), ("gz", gzip(&text)), ("zst", zstd(&text)), ("empty", Vec::new())] {
        let path = files.path(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (target, empty) = (path.clone(), bytes.is_empty());
        let writer = thread::spawn(move || {
            let mut fifo = OpenOptions::new().write(true).open(target).unwrap();
            for piece in bytes.chunks(60_001) {
                fifo.write_all(piece).unwrap();
            }
        });
        let mut input = Input::open(&path, &MAPPED).unwrap();
        assert_eq!(input.kind(), Source::Stream);
        assert_text(&mut input, if empty { b"" } else { &text }, MIB, 600_000);
        writer.join().unwrap();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn files_that_do_not_know_their_size() {
    for options in [MAPPED, READ] {
        let path = "/proc/filesystems";
        assert_eq!(fs::metadata(path).unwrap().len(), 0);
        let text = fs::read(path).unwrap();
        assert!(!text.is_empty());
        assert_text(&mut Input::open(path.as_ref(), &options).unwrap(), &text, 64, 50);
        // A file of `/sys` claims a page and gives less.
        let path = "/sys/kernel/mm/transparent_hugepage/enabled";
        if let Ok(text) = fs::read(path) {
            assert_text(&mut Input::open(path.as_ref(), &options).unwrap(), &text, 8, 5);
        }
        let mut status = Input::open("/proc/self/status".as_ref(), &options).unwrap();
        let Block { bytes, end, .. } = status.block(0, MIB);
        assert_eq!(end, End::Whole);
        assert!(bytes.starts_with(b"Name:") && bytes.ends_with(b"\n"));
        assert_text(&mut Input::open("/dev/null".as_ref(), &options).unwrap(), b"", 8, 5);
    }
}

/// Resident bytes of all mappings of a file in this process.
#[cfg(target_os = "linux")]
fn resident(path: &std::path::Path) -> usize {
    let smaps = fs::read_to_string("/proc/self/smaps").unwrap();
    let path = path.to_str().unwrap();
    let mut ours = false;
    let mut sum = 0;
    for line in smaps.lines() {
        if line.split_whitespace().next().is_some_and(|word| word.contains('-')) {
            ours = line.ends_with(path);
        } else if let Some(size) = line.strip_prefix("Rss:").filter(|_| ours) {
            sum += size.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10;
        }
    }
    sum
}

#[test]
#[cfg(target_os = "linux")]
fn a_mapped_file_stays_flat_in_memory() {
    let files = Files::new();
    let size = 64 * MIB;
    let path = files.write("large", &text(MIB).repeat(64));
    let most_resident = |release: bool| {
        let mut input = Input::open(&path, &MAPPED).unwrap();
        let (mut from, mut most) = (0, 0);
        while from < size {
            let Block { bytes, end, .. } = input.block(from as u64, 8 * MIB);
            assert!(!bytes.contains(&b'\0')); // touches every page
            from += bytes.len() - 1000;
            if end == End::Whole {
                from = size;
            }
            most = most.max(resident(&path));
            if release {
                input.release(from as u64);
            }
        }
        most
    };
    let (released, kept) = (most_resident(true), most_resident(false));
    assert!(released < 16 * MIB, "{released} bytes resident");
    assert!(kept > 60 * MIB, "the measurement shows nothing: {kept} bytes resident without release");
}
