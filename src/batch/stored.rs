//! A record as the journal stores it: its facts as JSON, and before them its stacks and functions, which are nearly all of its bytes, as plain numbers of little-endian
//! bytes, so that they are written and read about as fast as they are copied.

use std::io;

use super::entry::{HEAD, Making, What};
use super::record::{Facts, Record};
use crate::profile::{FrameId, HeavyStack};

/// What a dump adds to the journal.
#[derive(Debug)]
pub struct Stored {
    pub(super) path: String,
    /// The entry, with its head.
    pub(super) bytes: Vec<u8>,
    pub(super) parts: Parts,
}

/// Bytes of each part of a dump's entry, in their order behind the first two numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) stacks: usize,
    pub(super) functions: usize,
    pub(super) facts: usize,
}

/// Bytes of the numbers that an entry begins with: how many its stacks take, and how many its functions.
pub(super) const LENGTHS: usize = 2 * size_of::<u32>();
/// Bytes of a function: its frame and its size.
const FUNCTION: usize = size_of::<u32>() + size_of::<u64>();
/// Bytes of a stack before its frames: its size, how many frames are left out, and how many follow.
const STACK: usize = 2 * size_of::<u64>() + size_of::<u32>();

impl Parts {
    pub(super) fn all(self) -> usize {
        self.stacks + self.functions + self.facts
    }

    /// Those of an entry with this content; none where it is none of a dump.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        let mut rest = Rest(content);
        let (stacks, functions) = (rest.u32()? as usize, rest.u32()? as usize);
        let facts = rest.0.len().checked_sub(stacks.checked_add(functions)?)?;
        Some(Self { stacks, functions, facts })
    }
}

impl Stored {
    /// That of a record, whose frames are the journal's.
    pub fn of(record: &Record) -> io::Result<Self> {
        /// What facts take, about.
        const FACTS: usize = 1024;
        let (stacks, functions) = match &record.profile {
            Some(profile) => (&profile.stacks[..], &profile.functions[..]),
            None => (&[][..], &[][..]),
        };
        let parts = Parts {
            stacks: stacks.iter().map(|stack| STACK + size_of_val(&stack.frames[..])).sum(),
            functions: functions.len() * FUNCTION,
            facts: 0,
        };
        let mut entry = Making::new(LENGTHS + parts.all() + FACTS);
        let out = entry.content();
        // Where one does not fit, neither does the entry, which is refused then.
        for part in [parts.stacks, parts.functions] {
            out.extend_from_slice(&(part as u32).to_le_bytes());
        }
        write_stacks(stacks, out);
        write_functions(functions, out);
        serde_json::to_writer(&mut *out, &Facts::from(record))?;
        let facts = out.len() - HEAD - LENGTHS - parts.all();
        let bytes = entry.finish(What::Dump)?;
        Ok(Self { path: record.identity.path.clone(), bytes, parts: Parts { facts, ..parts } })
    }
}

/// Reads the parts of a dump. None where they are none of this program's.
pub(super) fn read(bytes: &[u8], parts: Parts) -> Option<Record> {
    let (stacks, bytes) = bytes.split_at_checked(parts.stacks)?;
    let (functions, facts) = bytes.split_at_checked(parts.functions)?;
    let facts = serde_json::from_slice::<Facts<'_>>(facts).ok()?;
    facts.into_record(read_functions(functions)?, read_stacks(stacks)?)
}

fn write_functions(functions: &[(FrameId, u64)], out: &mut Vec<u8>) {
    for (frame, size) in functions {
        out.extend_from_slice(&frame.0.to_le_bytes());
        out.extend_from_slice(&size.to_le_bytes());
    }
}

fn write_stacks(stacks: &[HeavyStack], out: &mut Vec<u8>) {
    for HeavyStack { self_size, frames, frames_omitted } in stacks {
        out.extend_from_slice(&self_size.to_le_bytes());
        out.extend_from_slice(&frames_omitted.to_le_bytes());
        out.extend_from_slice(&(frames.len() as u32).to_le_bytes());
        for frame in frames {
            out.extend_from_slice(&frame.0.to_le_bytes());
        }
    }
}

fn read_functions(bytes: &[u8]) -> Option<Vec<(FrameId, u64)>> {
    let mut rest = Rest(bytes);
    let mut functions = Vec::with_capacity(bytes.len() / FUNCTION);
    while !rest.0.is_empty() {
        functions.push((FrameId(rest.u32()?), rest.u64()?));
    }
    Some(functions)
}

fn read_stacks(bytes: &[u8]) -> Option<Vec<HeavyStack>> {
    let mut rest = Rest(bytes);
    let mut stacks = Vec::new();
    while !rest.0.is_empty() {
        let (self_size, frames_omitted, count) = (rest.u64()?, rest.u64()?, rest.u32()? as usize);
        let (frames, behind) = rest.0.split_at_checked(count.checked_mul(size_of::<u32>())?)?;
        rest.0 = behind;
        let frames = frames.as_chunks().0.iter().map(|&frame| FrameId(u32::from_le_bytes(frame))).collect();
        stacks.push(HeavyStack { self_size, frames, frames_omitted });
    }
    Some(stacks)
}

/// What is left of a part.
struct Rest<'b>(&'b [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (&number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(number)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let functions = [vec![], vec![(FrameId(0), u64::MAX)], vec![(FrameId(u32::MAX), 1), (FrameId(7), 10)]];
        for functions in functions {
            let mut bytes = Vec::new();
            write_functions(&functions, &mut bytes);
            assert_eq!(bytes.len(), functions.len() * FUNCTION);
            assert_eq!(read_functions(&bytes), Some(functions));
        }
        let stack = |self_size, frames: &[u32], frames_omitted| HeavyStack {
            self_size,
            frames: frames.iter().map(|&id| FrameId(id)).collect(),
            frames_omitted,
        };
        let lists =
            [vec![], vec![stack(8, &[], 0)], vec![stack(u64::MAX, &[0, 1, u32::MAX], 9), stack(1, &[5], u64::MAX)]];
        for stacks in lists {
            let mut bytes = Vec::new();
            write_stacks(&stacks, &mut bytes);
            assert_eq!(read_stacks(&bytes), Some(stacks));
        }
    }

    #[test]
    fn what_is_cut_is_refused() {
        let stacks = [HeavyStack { self_size: 8, frames: vec![FrameId(3), FrameId(4)], frames_omitted: 0 }];
        let mut bytes = Vec::new();
        write_stacks(&stacks, &mut bytes);
        for cut in 1..bytes.len() {
            assert_eq!(read_stacks(&bytes[..cut]), None, "{cut}");
        }
        let mut bytes = Vec::new();
        write_functions(&[(FrameId(3), 4)], &mut bytes);
        for cut in 1..bytes.len() {
            assert_eq!(read_functions(&bytes[..cut]), None, "{cut}");
        }
        assert_eq!(Parts::of(&[9, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(Parts::of(&[1, 0, 0, 0, 2, 0, 0, 0, 7, 7]), None);
        assert_eq!(Parts::of(&[1, 0, 0, 0, 1, 0, 0, 0, 7, 7]), Some(Parts { stacks: 1, functions: 1, facts: 0 }));
    }
}
