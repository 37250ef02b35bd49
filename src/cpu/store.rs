//! Integers in the order in which they came: the samples of a profile, or its times, until the other array comes.
//!
//! Each is stored as its difference from the one before, in one byte if that is small, as it is for nodes that run again and for times
//! that tick. What does not fit the memory goes to a temporary file without a name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, Write};

/// Bytes that are kept in memory.
const IN_MEMORY: usize = 16 << 20;

/// Integers that are being written down.
#[derive(Default)]
pub(super) struct Store {
    bytes: Vec<u8>,
    /// Bytes in memory at most.
    limit: usize,
    overflow: Option<File>,
    last: i64,
    count: u64,
    /// They could not be written down.
    lost: bool,
}

impl Store {
    /// A store that keeps at most `limit` bytes in memory, and never more than it would by itself.
    pub(super) fn within(limit: Option<usize>) -> Self {
        Self { limit: limit.map_or(IN_MEMORY, |limit| limit.min(IN_MEMORY)), ..Self::default() }
    }

    /// Writes one down.
    pub(super) fn push(&mut self, value: i64) {
        let difference = value.wrapping_sub(self.last);
        self.last = value;
        self.count += 1;
        let mut rest = (difference << 1 ^ difference >> 63) as u64;
        while rest >= 0x80 {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
        if self.bytes.len() >= self.limit {
            self.lost |= self.lost || self.spill().is_err();
            self.bytes.clear();
        }
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.overflow {
            Some(file) => file,
            overflow => overflow.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.bytes)
    }

    /// Bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.bytes.len()
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Reads them again from the first on; `None` if they could not be kept.
    pub(super) fn replay(self) -> Option<Replay> {
        if self.lost {
            return None;
        }
        let memory = Cursor::new(self.bytes);
        let source: Box<dyn Read + Send> = match self.overflow {
            Some(mut file) => {
                file.rewind().ok()?;
                Box::new(file.chain(memory))
            }
            None => Box::new(memory),
        };
        Some(Replay { source: BufReader::with_capacity(1 << 16, source), last: 0, left: self.count })
    }
}

/// The integers of a [`Store`] once more.
pub(super) struct Replay {
    source: BufReader<Box<dyn Read + Send>>,
    last: i64,
    /// Those that were not taken yet.
    pub(super) left: u64,
}

impl Replay {
    /// The next one. `None` behind the last, and where the file cannot be read: then some are [left](Self::left).
    pub(super) fn next(&mut self) -> Option<i64> {
        if self.left == 0 {
            return None;
        }
        let (mut value, mut shift) = (0_u64, 0);
        loop {
            let &byte = self.source.fill_buf().ok()?.first()?;
            self.source.consume(1);
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 || shift > 63 {
                break;
            }
        }
        self.left -= 1;
        self.last = self.last.wrapping_add((value >> 1) as i64 ^ -((value & 1) as i64));
        Some(self.last)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn replayed(values: &[i64], limit: Option<usize>) -> (Vec<i64>, bool) {
        let mut store = Store::within(limit);
        values.iter().for_each(|&value| store.push(value));
        assert_eq!(store.count(), values.len() as u64);
        let spilled = store.overflow.is_some();
        let mut replay = store.replay().unwrap();
        (std::iter::from_fn(|| replay.next()).collect(), spilled)
    }

    proptest! {
        #[test]
        fn what_was_stored_comes_back(values in prop::collection::vec(any::<i64>(), 0..300), limit in 1..2000_usize) {
            prop_assert_eq!(replayed(&values, None), (values.clone(), false));
            let (found, spilled) = replayed(&values, Some(limit));
            prop_assert_eq!(found, values.clone());
            prop_assert_eq!(spilled, limit <= 10 * values.len() && spilled);
        }
    }

    #[test]
    fn numbers_like_the_one_before_take_a_byte_and_memory_stays_small() {
        let mut store = Store::within(Some(1000));
        (0..100_000).for_each(|i| store.push(1_000_000 + i % 60));
        assert!(store.memory() < 4000, "{}", store.memory());
        let spilled = store.overflow.as_ref().unwrap().metadata().unwrap().len();
        assert_eq!(spilled, 100_000, "the first takes three bytes, the last one or two are still in memory");
    }
}
