//! The calls that differ between operating systems, each with a way that works everywhere.

use std::fs::File;
use std::io;
use std::ops::Range;

use memmap2::Mmap;

/// Fills `buffer` with the file's bytes from `offset` on; fewer only where the file ends.
pub(crate) fn read_up_to(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_at(file, &mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What was read is not lost: the next call meets the error again, at its own offset.
            Err(_) if filled > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(not(any(unix, windows)))]
fn read_at(mut file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    use std::io::{Read, Seek, SeekFrom};

    file.seek(SeekFrom::Start(offset))?;
    file.read(buffer)
}

/// Whether several threads may read from one file at once, each at its own offset.
pub(crate) const READS_SIDE_BY_SIDE: bool = cfg!(any(unix, windows));

/// Has the allocator give back the pages of small pieces that were freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator is told by a call of the C library")]
pub(crate) fn give_freed_memory_back() {
    // SAFETY: `malloc_trim` touches only pages in which nothing is allocated, under glibc's own lock.
    let _ = unsafe { libc::malloc_trim(0) }; // it says whether there were any
}

/// Elsewhere the allocator is left alone.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_freed_memory_back() {}

/// Tells the system that the mapping is read from front to back, so that it reads further ahead from a disk.
pub(super) fn will_read_in_order(map: &Mmap) {
    #[cfg(unix)]
    let _ = map.advise(memmap2::Advice::Sequential); // a hint: the text is the same without it
    #[cfg(not(unix))]
    let _ = map;
}

/// Gives pages of the mapping back to the system; if they are touched again, they come from the file anew.
#[cfg(unix)]
#[expect(unsafe_code, reason = "for writable memory the system call would lose bytes; for this mapping it does not")]
pub(super) fn give_back(map: &Mmap, pages: Range<usize>) {
    // SAFETY: the mapping is read-only and of a file, so `MADV_DONTNEED` changes no byte of it, be it borrowed or not, save for
    // those that the file itself has changed, which `Mapped::new` answers for. The range lies within the map: `advise` checks
    // it, and fails otherwise.
    let advised = unsafe { map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, pages.start, pages.len()) };
    let _ = advised; // where the system declines, memory is not flat, but the text is the same
}

#[cfg(not(unix))]
pub(super) fn give_back(_map: &Mmap, _pages: Range<usize>) {}
