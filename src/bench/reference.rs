//! The reference: the least that any reader of the whole file has to do.
//!
//! Each thread has one buffer of 1 MiB, takes the next block from a shared counter, reads it at its position and counts the quotes in it with
//! the parser's own vector code. Reads are steadier than a scan of a mapping, whose speed varies with how the file came into the page cache.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::scan::{self, Backend, Kernel, Vector};

/// Bytes of a block.
pub(super) const BLOCK: usize = 1 << 20;

/// What the reference finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Quotes {
    /// Bytes of the file, as they are on the disk.
    pub(super) bytes: u64,
    /// How many of them are quotes.
    pub(super) quotes: u64,
}

/// Counts the quotes of a text.
struct Count<'a>(&'a [u8]);

impl Kernel for Count<'_> {
    type Output = u64;

    #[inline(always)]
    fn run<V: Vector>(self) -> u64 {
        scan::count::<V>(self.0, b'"')
    }
}

/// Reads the file with `threads` threads and counts its quotes.
pub(super) fn count_quotes(path: &Path, threads: usize, backend: Backend) -> io::Result<Quotes> {
    let next = AtomicU64::new(0);
    let one = || -> io::Result<Quotes> {
        let file = File::open(path)?;
        let mut buffer = vec![0; BLOCK];
        let mut sum = Quotes::default();
        loop {
            let at = next.fetch_add(BLOCK as u64, Ordering::Relaxed);
            let read = read_block(&file, &mut buffer, at)?;
            if read == 0 {
                return Ok(sum);
            }
            sum.bytes += read as u64;
            sum.quotes += scan::run(backend, Count(&buffer[..read]));
        }
    };
    std::thread::scope(|scope| {
        let start = |_| std::thread::Builder::new().spawn_scoped(scope, one);
        let started: Vec<_> = (0..threads).map(start).collect::<io::Result<_>>()?;
        started.into_iter().try_fold(Quotes::default(), |sum, thread| {
            let found = thread.join().map_err(|_| io::Error::other("a thread of the reference failed"))??;
            Ok(Quotes { bytes: sum.bytes + found.bytes, quotes: sum.quotes + found.quotes })
        })
    })
}

/// Fills the buffer from the file; less only where the file ends.
pub(super) fn read_block(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_at(file, &mut buffer[filled..], at + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

/// Each thread has opened the file itself, so nobody else moves the position.
#[cfg(not(unix))]
fn read_at(mut file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    use std::io::{Read, Seek, SeekFrom};

    file.seek(SeekFrom::Start(at))?;
    file.read(buffer)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn every_byte_is_counted_once_for_any_threads_and_back_end() {
        for length in [0, 1, 63, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 17] {
            let text: Vec<u8> = (0..length).map(|i| if i % 7 == 3 || i % 1000 < 5 { b'"' } else { b'x' }).collect();
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&text).unwrap();
            let quotes = text.iter().filter(|&&byte| byte == b'"').count() as u64;
            let expected = Quotes { bytes: length as u64, quotes };
            for threads in [1, 2, 5] {
                for backend in Backend::available() {
                    let counted = count_quotes(file.path(), threads, backend).unwrap();
                    assert_eq!(counted, expected, "{length} bytes, {threads} threads, {backend}");
                }
            }
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        assert!(count_quotes(Path::new("/nowhere/x"), 2, Backend::Portable).is_err());
    }
}
