//! A record as the journal stores it: its facts as JSON, and before them its stacks and functions, which are nearly all of its bytes, as plain numbers of little-endian
//! bytes, so that they are written and read about as fast as they are copied.

use std::io;

use super::entry::{HEAD, Making, What};
use super::record::{Facts, ProfileRecord, Record};
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
/// Bytes of a stack before its frames: its name, its size, how many frames are left out, and how many follow.
const STACK: usize = 3 * size_of::<u64>() + size_of::<u32>();

/// What the journal tells of a dump, as it stands there.
#[derive(Debug)]
pub struct Raw<B = Vec<u8>> {
    pub(super) bytes: B,
    pub(super) parts: Parts,
}

/// A stack as it stands there.
pub(super) struct RawStack<'b> {
    /// Its [name](super::StackName).
    pub(super) name: u64,
    pub(super) self_size: u64,
    frames_omitted: u64,
    frames: &'b [[u8; 4]],
}

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
        let parts = record.profile.as_ref().map_or(Parts::default(), |profile| Parts {
            stacks: profile.stacks.iter().map(|stack| STACK + size_of_val(&stack.frames[..])).sum(),
            functions: profile.functions.len() * FUNCTION,
            facts: 0,
        });
        let mut entry = Making::new(LENGTHS + parts.all() + FACTS);
        let out = entry.content();
        // Where one does not fit, neither does the entry, which is refused then.
        for part in [parts.stacks, parts.functions] {
            out.extend_from_slice(&(part as u32).to_le_bytes());
        }
        if let Some(ProfileRecord { stacks, stack_names, functions, .. }) = &record.profile {
            write_stacks(stacks, stack_names, out);
            write_functions(functions, out);
        }
        serde_json::to_writer(&mut *out, &Facts::from(record))?;
        let facts = out.len() - HEAD - LENGTHS - parts.all();
        let bytes = entry.finish(What::Dump)?;
        Ok(Self { path: record.identity.path.clone(), bytes, parts: Parts { facts, ..parts } })
    }

    /// As it will stand in the journal.
    #[cfg(test)]
    pub(super) fn into_raw(mut self) -> Raw {
        self.bytes.drain(..HEAD + LENGTHS);
        Raw { bytes: self.bytes, parts: self.parts }
    }
}

impl<B: AsRef<[u8]>> Raw<B> {
    /// The record. None where the bytes are none of this program's.
    pub(super) fn whole(&self) -> Option<Record> {
        self.record(usize::MAX, |_| true)
    }

    /// The record, with so many of its first stacks at most, and of these with those whose names are so. None where the bytes are none of this program's.
    pub(super) fn record(&self, stacks: usize, keeps: impl Fn(u64) -> bool) -> Option<Record> {
        let facts = self.bytes.as_ref().get(self.parts.stacks + self.parts.functions..)?;
        let facts = serde_json::from_slice::<Facts<'_>>(facts).ok()?;
        let functions: Option<Vec<(FrameId, u64)>> = self.functions().collect();
        let (mut kept, mut names) = (Vec::new(), Vec::new());
        for stack in self.stacks().take(stacks) {
            let stack = stack?;
            if keeps(stack.name) {
                names.push(stack.name);
                kept.push(stack.whole());
            }
        }
        facts.into_record(functions?, kept, names)
    }

    /// Its functions with their self sizes; the last is none where these are none of this program's.
    pub(super) fn functions(&self) -> impl Iterator<Item = Option<(FrameId, u64)>> {
        let functions =
            self.bytes.as_ref().get(self.parts.stacks..).and_then(|bytes| bytes.get(..self.parts.functions));
        Rest(functions.unwrap_or_default()).all(|rest| Some((FrameId(rest.u32()?), rest.u64()?)))
    }

    /// Its stacks, likewise.
    pub(super) fn stacks(&self) -> impl Iterator<Item = Option<RawStack<'_>>> {
        Rest(self.bytes.as_ref().get(..self.parts.stacks).unwrap_or_default()).all(|rest| {
            let (name, self_size, frames_omitted) = (rest.u64()?, rest.u64()?, rest.u64()?);
            let count = rest.u32()? as usize;
            let (frames, behind) = rest.0.split_at_checked(count.checked_mul(size_of::<u32>())?)?;
            rest.0 = behind;
            Some(RawStack { name, self_size, frames_omitted, frames: frames.as_chunks().0 })
        })
    }
}

impl RawStack<'_> {
    /// Its frames, from the outside.
    pub(super) fn frames(&self) -> impl ExactSizeIterator<Item = FrameId> {
        self.frames.iter().map(|&frame| FrameId(u32::from_le_bytes(frame)))
    }

    fn whole(&self) -> HeavyStack {
        let Self { self_size, frames_omitted, .. } = *self;
        HeavyStack { self_size, frames: self.frames().collect(), frames_omitted }
    }
}

fn write_functions(functions: &[(FrameId, u64)], out: &mut Vec<u8>) {
    for (frame, size) in functions {
        out.extend_from_slice(&frame.0.to_le_bytes());
        out.extend_from_slice(&size.to_le_bytes());
    }
}

fn write_stacks(stacks: &[HeavyStack], names: &[u64], out: &mut Vec<u8>) {
    for (HeavyStack { self_size, frames, frames_omitted }, name) in stacks.iter().zip(names) {
        out.extend_from_slice(&name.to_le_bytes());
        out.extend_from_slice(&self_size.to_le_bytes());
        out.extend_from_slice(&frames_omitted.to_le_bytes());
        out.extend_from_slice(&(frames.len() as u32).to_le_bytes());
        for frame in frames {
            out.extend_from_slice(&frame.0.to_le_bytes());
        }
    }
}

/// What is left of a part.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    /// All that `next` takes off it; none as the last where something is left that it cannot take.
    fn all<T>(mut self, next: impl Fn(&mut Self) -> Option<T>) -> impl Iterator<Item = Option<T>> {
        std::iter::from_fn(move || {
            let next = (!self.0.is_empty()).then(|| next(&mut self))?;
            if next.is_none() {
                self.0 = &[];
            }
            Some(next)
        })
    }

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

    /// An entry of these functions and stacks, each of which is named by its place; it has no facts.
    fn raw(functions: &[(FrameId, u64)], stacks: &[HeavyStack]) -> Raw {
        let mut bytes = Vec::new();
        let names: Vec<u64> = (0..).take(stacks.len()).collect();
        write_stacks(stacks, &names, &mut bytes);
        let of_stacks = bytes.len();
        write_functions(functions, &mut bytes);
        let parts = Parts { stacks: of_stacks, functions: bytes.len() - of_stacks, facts: 0 };
        Raw { bytes, parts }
    }

    fn stack(self_size: u64, frames: &[u32], frames_omitted: u64) -> HeavyStack {
        HeavyStack { self_size, frames: frames.iter().map(|&id| FrameId(id)).collect(), frames_omitted }
    }

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let functions = [vec![], vec![(FrameId(0), u64::MAX)], vec![(FrameId(u32::MAX), 1), (FrameId(7), 10)]];
        let lists =
            [vec![], vec![stack(8, &[], 0)], vec![stack(u64::MAX, &[0, 1, u32::MAX], 9), stack(1, &[5], u64::MAX)]];
        for (functions, stacks) in functions.into_iter().zip(lists) {
            let raw = raw(&functions, &stacks);
            assert_eq!(raw.parts.functions, functions.len() * FUNCTION);
            assert_eq!(raw.functions().collect::<Option<Vec<_>>>(), Some(functions));
            let named: Option<Vec<_>> = raw.stacks().map(|stack| stack.map(|it| (it.name, it.whole()))).collect();
            assert_eq!(named, Some((0..).zip(stacks).collect()));
        }
    }

    #[test]
    fn what_is_cut_is_refused() {
        let Raw { bytes, parts } = raw(&[(FrameId(3), 4)], &[stack(8, &[3, 4], 0)]);
        for cut in 1..parts.stacks {
            let raw = Raw { bytes: bytes[..cut].to_vec(), parts: Parts { stacks: cut, functions: 0, facts: 0 } };
            assert!(raw.stacks().any(|stack| stack.is_none()), "{cut}");
        }
        for cut in 1..parts.functions {
            let bytes = bytes[parts.stacks..][..cut].to_vec();
            let raw = Raw { bytes, parts: Parts { stacks: 0, functions: cut, facts: 0 } };
            assert_eq!(raw.functions().collect::<Vec<_>>(), [None], "{cut}");
        }
        assert_eq!(Parts::of(&[9, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(Parts::of(&[1, 0, 0, 0, 2, 0, 0, 0, 7, 7]), None);
        assert_eq!(Parts::of(&[1, 0, 0, 0, 1, 0, 0, 0, 7, 7]), Some(Parts { stacks: 1, functions: 1, facts: 0 }));
    }
}
