//! The page cache: files are measured as they are after one read from front to back, and it is said how much of them is there.
//!
//! How a file came into the cache (written in small pieces, read at random, mapped) decides how large the pages are that hold it, and so how fast
//! it is read. Dropping it and reading it once in blocks of 1 MiB makes files alike. What is in the cache is asked with `preadv2` and
//! `RWF_NOWAIT`, which reads a byte only if that takes no waiting: unlike `mincore` it needs no mapping. But where a page is missing, asking
//! makes the kernel fetch it; so that does not happen between the drop and the read, and never with read-ahead.
//!
//! Linux only; elsewhere the file is read once and nothing is known.

use std::fs::File;
use std::io;

use serde::Serialize;

use super::reference::{BLOCK, read_block};
use crate::analysis::model::Share;

/// What is known of a file in the page cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageCache {
    /// The part of the file that was there when it was looked up, the least of all times.
    pub share: Option<Share>,
    /// Whether it had left the cache before it was read anew.
    pub dropped: Option<bool>,
}

/// In a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheState {
    /// The file is in the page cache.
    Cached,
    /// A part of it is not: runs read from the storage.
    Partly,
    /// The system does not tell.
    Unknown,
}

impl PageCache {
    /// Drops the file from the cache, reads it once and looks how much of it is there.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn prepare(file: &File) -> io::Result<Self> {
        let drop_from_cache = || system::drop_from_cache(file);
        let dropped = drop_from_cache().and_then(|()| cached_share(file)).map(|share| !share.is_majority());
        // Looking has put single pages into the cache.
        drop_from_cache();
        let mut buffer = vec![0; BLOCK];
        let mut at = 0;
        loop {
            match read_block(file, &mut buffer, at)? {
                0 => break,
                read => at += read as u64,
            }
        }
        Ok(Self { share: cached_share(file), dropped })
    }

    /// Looks again.
    pub(super) fn update(&mut self, file: &File) {
        let now = cached_share(file);
        self.share =
            self.share.zip(now).map(|(before, now)| if now.fraction() < before.fraction() { now } else { before });
    }

    /// In a word.
    pub fn state(&self) -> CacheState {
        match self.share {
            None => CacheState::Unknown,
            Some(share) if share.is_at_least(99) => CacheState::Cached,
            Some(_) => CacheState::Partly,
        }
    }
}

/// How much of the file is in the cache, by looking at evenly spread pages; `None` if that cannot be known.
fn cached_share(file: &File) -> Option<Share> {
    /// Every page of a file up to 16 MiB; of larger ones an estimate within a few percent.
    const LOOKS: u64 = 4096;
    const PAGE: u64 = 4096;

    let len = file.metadata().ok()?.len();
    let looks = len.div_ceil(PAGE).min(LOOKS);
    let place = |look: u64| (u128::from(len) * u128::from(look) / u128::from(looks)) as u64;
    // Otherwise a page that is missing would bring in those that are looked at next.
    system::read_ahead(file, false);
    let cached: Option<u64> = (0..looks).map(|look| system::is_cached(file, place(look)).map(u64::from)).sum();
    system::read_ahead(file, true);
    cached.filter(|_| looks > 0).map(|cached| Share::of(cached, looks))
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::File;
    use std::io::IoSliceMut;

    use rustix::fs::{Advice, fadvise};
    use rustix::io::{Errno, ReadWriteFlags, preadv2};

    /// Asks the system to forget the file's pages. It declines for pages that are mapped elsewhere, and for files that live in memory.
    pub(super) fn drop_from_cache(file: &File) -> Option<()> {
        // Pages that are not yet written cannot be dropped.
        let _ = file.sync_data();
        fadvise(file, 0, None, Advice::DontNeed).ok()
    }

    /// Whether reads of this opened file bring in what follows them.
    pub(super) fn read_ahead(file: &File, on: bool) {
        // A hint: where it is declined, a file that is half there may look as if more of it were.
        let _ = fadvise(file, 0, None, if on { Advice::Normal } else { Advice::Random });
    }

    /// Whether a byte can be read without waiting for the storage.
    pub(super) fn is_cached(file: &File, at: u64) -> Option<bool> {
        match preadv2(file, &mut [IoSliceMut::new(&mut [0])], at, ReadWriteFlags::NOWAIT) {
            Ok(read) => Some(read > 0),
            Err(Errno::AGAIN) => Some(false),
            Err(_) => None, // the file system cannot tell
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::fs::File;

    pub(super) fn drop_from_cache(_file: &File) -> Option<()> {
        None
    }

    pub(super) fn read_ahead(_file: &File, _on: bool) {}

    pub(super) fn is_cached(_file: &File, _at: u64) -> Option<bool> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn state_of(share: Option<(u64, u64)>) -> CacheState {
        PageCache { share: share.map(|(part, whole)| Share::of(part, whole)), dropped: None }.state()
    }

    #[test]
    fn a_file_is_cached_from_99_percent_on() {
        let table = [
            (None, CacheState::Unknown),
            (Some((0, 100)), CacheState::Partly),
            (Some((989, 1000)), CacheState::Partly),
            (Some((99, 100)), CacheState::Cached),
            (Some((1, 1)), CacheState::Cached),
        ];
        for (share, expected) in table {
            assert_eq!(state_of(share), expected, "{share:?}");
        }
    }

    #[test]
    fn a_file_that_was_read_is_in_the_cache_or_nothing_is_known() {
        for length in [1, 5000, 3 * BLOCK + 1] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&vec![b'x'; length]).unwrap();
            let mut cache = PageCache::prepare(file.as_file()).unwrap();
            cache.update(file.as_file());
            if let Some(share) = cache.share {
                assert_eq!(share.fraction(), 1.0, "{length}");
                assert_eq!(cache.state(), CacheState::Cached);
            }
            assert!(cache.dropped.is_none() || cache.share.is_some());
        }
        let empty = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(cached_share(empty.as_file()), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_part_that_was_read_is_told_from_one_that_was_not() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&vec![b'x'; 8 * BLOCK]).unwrap();
        let file = file.as_file();
        if PageCache::prepare(file).unwrap().dropped != Some(true) {
            return; // a file system that cannot drop it, or does not tell
        }
        system::drop_from_cache(file).unwrap();
        system::read_ahead(file, false);
        read_block(file, &mut vec![0; BLOCK], 0).unwrap();
        let share = cached_share(file).unwrap().fraction();
        assert!((0.1..0.2).contains(&share), "an eighth was read: {share}");
    }

    #[test]
    fn the_least_share_is_kept() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(10_000).unwrap();
        if PageCache::prepare(file.as_file()).unwrap().share.is_none() {
            return; // this file system does not tell
        }
        let mut cache = PageCache { share: Some(Share::of(1, 2)), dropped: None };
        cache.update(file.as_file());
        assert_eq!(cache.share, Some(Share::of(1, 2)));
        // What was not known at first stays unknown.
        let mut unknown = PageCache { share: None, dropped: None };
        unknown.update(file.as_file());
        assert_eq!(unknown.share, None);
    }
}
