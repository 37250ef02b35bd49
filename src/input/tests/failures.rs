//! What cannot be opened, what fails midway, files that change, and inputs that are dropped early.

use std::fs::{self, OpenOptions};
use std::io::{self, Cursor, ErrorKind, Read, Write};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use super::super::{Block, End, Input, Source};
use super::{Files, MAPPED, MIB, Pieces, READ, assert_text, drain, gzip, profile, text, zstd};
use crate::error::Kind;

#[test]
fn what_cannot_be_opened() {
    let files = Files::new();
    for options in [MAPPED, READ] {
        assert!(matches!(Input::open(files.0.path(), &options), Err(Kind::Directory)));
        let missing = Input::open(&files.path("missing"), &options);
        assert!(matches!(missing, Err(Kind::Unreadable(error)) if error.kind() == ErrorKind::NotFound));
    }
}

#[test]
#[cfg(unix)]
fn a_file_without_permission() {
    use std::os::unix::fs::PermissionsExt;

    let files = Files::new();
    let path = files.write("secret", b"{}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        return; // root may read everything
    }
    let denied = Input::open(&path, &MAPPED);
    assert!(matches!(denied, Err(Kind::Unreadable(error)) if error.kind() == ErrorKind::PermissionDenied));
}

#[test]
fn a_read_that_fails_midway() {
    for before in [0, 1, 3, 4, 5, 100, MIB - 1, MIB, MIB + 1, 4 * MIB] {
        let text = text(before);
        let pieces = vec![
            Err(ErrorKind::Interrupted.into()),
            Ok(text[..before / 2].to_vec()),
            Err(ErrorKind::Interrupted.into()),
            Err(ErrorKind::WouldBlock.into()),
            Ok(text[before / 2..].to_vec()),
            Err(io::Error::other("the disk is gone")),
            Ok(b"never seen".to_vec()),
        ];
        // A piece of no bytes would be the end.
        let pieces = pieces.into_iter().filter(|piece| !piece.as_ref().is_ok_and(Vec::is_empty)).collect();
        let (delivered, end) = drain(&mut Input::from_reader(Pieces::new(pieces)));
        assert!(delivered == text, "{} of {before} bytes", delivered.len());
        assert_eq!(end, End::Damaged("reading failed: the disk is gone".into()));
    }
}

#[test]
fn a_read_of_compressed_data_that_fails_midway() {
    let text = profile(MIB);
    for bytes in [gzip(&text), zstd(&text)] {
        for at in [2, 3, 4, 5, bytes.len() / 2, bytes.len()] {
            let pieces =
                vec![Err(ErrorKind::Interrupted.into()), Ok(bytes[..at].to_vec()), Err(io::Error::other("unplugged"))];
            let (delivered, end) = drain(&mut Input::from_reader(Pieces::new(pieces)));
            let (before, _) = drain(&mut Input::from_bytes(bytes[..at].to_vec()));
            assert!(delivered == before, "{} of {} bytes at {at}", delivered.len(), before.len());
            assert_eq!(end, End::Damaged("reading failed: unplugged".into()), "at {at}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_cannot_be_read() {
    let (text, end) = drain(&mut Input::open("/proc/self/mem".as_ref(), &MAPPED).unwrap());
    assert_eq!(text, b"");
    assert!(matches!(end, End::Damaged(message) if message.starts_with("reading failed: ")));
}

#[test]
fn a_reader_that_panics() {
    struct Panics;
    impl Read for Panics {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("as the test wants it");
        }
    }
    let text = text(2 * MIB);
    let mut input = Input::from_reader(Cursor::new(text.clone()).chain(Panics));
    let (delivered, end) = drain(&mut input);
    assert!(text.starts_with(&delivered));
    assert!(matches!(end, End::Damaged(message) if message.contains("panicked")));
    assert!(matches!(input.block(delivered.len() as u64, 1).end, End::Damaged(_)));
}

#[test]
fn a_file_that_grows_is_read_as_it_was() {
    let files = Files::new();
    for options in [MAPPED, READ] {
        for size in [100, MIB, 3 * MIB] {
            let text = text(size);
            let path = files.write("grows", &text);
            let mut input = Input::open(&path, &options).unwrap();
            assert_eq!(input.block(0, 10).bytes, &text[..10]);
            OpenOptions::new().append(true).open(&path).unwrap().write_all(&text).unwrap();
            assert_text(&mut input, &text, 70_000, 60_000);
        }
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_shrinks_is_told() {
    let files = Files::new();
    let text = text(3 * MIB);
    for (options, kind) in [(MAPPED, Source::Mapped), (READ, Source::Positioned)] {
        for rest in [0, 5, MIB + 4097, 3 * MIB - 1] {
            let path = files.write("shrinks", &text);
            let mut input = Input::open(&path, &options).unwrap();
            assert_eq!(input.kind(), kind);
            assert_eq!(input.block(0, 10).bytes, &text[..10]);
            OpenOptions::new().write(true).open(&path).unwrap().set_len(rest as u64).unwrap();
            let (delivered, end) = drain(&mut input);
            assert!(matches!(end, End::Damaged(message) if message.contains("shorter")), "{kind:?}, {rest}");
            assert!(text.starts_with(&delivered));
            // What a buffer holds already is text all the same.
            let held = if kind == Source::Positioned { MIB } else { 0 };
            assert_eq!(delivered.len(), rest.max(held), "{kind:?}");
            assert!(matches!(input.block(3 * MIB as u64, 10).end, End::Damaged(_)));
            assert!(input.peek(rest as u64, 10).len() <= 10);
        }
    }
}

#[test]
#[cfg(unix)]
fn a_large_block_of_a_file_that_shrinks_has_no_gap() {
    let files = Files::new();
    let text = text(6 * MIB + 9);
    for rest in [1, MIB, 2 * MIB + 77, 6 * MIB + 8] {
        let path = files.write("shrinks", &text);
        let mut input = Input::open(&path, &READ).unwrap();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(rest as u64).unwrap();
        let Block { bytes, end, .. } = input.block(0, 8 * MIB);
        assert!(bytes == &text[..rest], "{rest}");
        assert!(matches!(end, End::Damaged(message) if message.contains("shorter")), "{rest}");
    }
}

/// Text without end; tells when it is dropped.
struct Endless(Sender<()>);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b' ');
        Ok(buffer.len())
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// Only a thread that never ends takes so long.
const FOREVER: Duration = Duration::from_secs(120);

#[test]
fn dropping_an_input_ends_its_thread() {
    for blocks in [0, 1, 20] {
        let (tell, told) = channel();
        let mut input = Input::from_reader(Endless(tell));
        for block in 0..blocks {
            assert_eq!(input.block(block * MIB as u64, MIB).bytes.len(), MIB);
        }
        // Three chunks ahead of what was taken, it waits to send.
        while input.raw_progress().0 < (blocks + 3) * MIB as u64 {
            thread::yield_now();
        }
        assert!(told.try_recv().is_err(), "the thread ended too early");
        drop(input);
        told.recv_timeout(FOREVER).unwrap();
    }
}

#[test]
fn dropping_an_input_of_endless_compressed_text_ends_its_thread() {
    let (tell, told) = channel();
    // An endless row of members, each of a MiB.
    let member = gzip(&vec![b' '; MIB]);
    struct Again(Vec<u8>, usize, #[expect(dead_code, reason = "its drop is what matters")] Endless);
    impl Read for Again {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = (&self.0[self.1..]).read(buffer)?;
            self.1 = (self.1 + read) % self.0.len();
            Ok(read)
        }
    }
    let mut input = Input::from_reader(Again(member, 0, Endless(tell)));
    let Block { bytes, end, .. } = input.block(10 * MIB as u64, 5);
    assert_eq!((bytes, end), (&b"     "[..], End::More));
    drop(input);
    told.recv_timeout(FOREVER).unwrap();
}

#[test]
fn dropping_an_input_does_not_wait_for_a_silent_pipe() {
    /// Says nothing until it is told to, like a pipe whose writer sleeps.
    struct Silent(std::sync::mpsc::Receiver<()>);
    impl Read for Silent {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(0)
        }
    }
    let (speak, silence) = channel();
    drop(Input::from_reader(Silent(silence))); // would hang here
    drop(speak);
}
