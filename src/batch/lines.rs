//! The lines of a dump in the journal. Those of its stacks and functions hold nearly all of its bytes and nothing but numbers: they are written and read by hand.

use std::io;

use super::record::{Line, Record};
use crate::profile::{FrameId, HeavyStack};

/// How lines of numbers begin and end.
const STACKS: &[u8] = b"{\"stacks\":[";
const FUNCTIONS: &[u8] = b"{\"functions\":[";
const END: &[u8] = b"]}\n";

/// What a dump adds to the journal.
pub struct Lines {
    pub(super) path: String,
    pub(super) text: Vec<u8>,
    pub(super) lengths: Lengths,
}

/// Bytes of each line of a dump, in their order; 0 where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lengths {
    pub(super) stacks: usize,
    pub(super) functions: usize,
    pub(super) record: usize,
}

impl Lengths {
    pub(super) fn all(self) -> usize {
        self.stacks + self.functions + self.record
    }
}

impl Lines {
    /// Those of a record, whose frames are the journal's.
    pub fn of(record: &Record) -> io::Result<Self> {
        let mut text = Vec::new();
        let mut lengths = Lengths::default();
        if let Some(profile) = &record.profile {
            /// Bytes that a frame takes with its size, and in a stack, in a large journal.
            const FUNCTION: usize = 16;
            const FRAME: usize = 7;
            let frames: usize = profile.stacks.iter().map(|stack| stack.frames.len() + 4).sum();
            text.reserve(1024 + frames * FRAME + profile.functions.len() * FUNCTION);
            write_stacks(&profile.stacks, &mut text);
            lengths.stacks = text.len();
            write_functions(&profile.functions, &mut text);
            lengths.functions = text.len() - lengths.stacks;
        }
        serde_json::to_writer(&mut text, &Line::from(record))?;
        text.push(b'\n');
        lengths.record = text.len() - lengths.stacks - lengths.functions;
        Ok(Self { path: record.identity.path.clone(), text, lengths })
    }
}

/// Reads the lines of a dump. None where they are none of this program's.
pub(super) fn read(text: &[u8], lengths: Lengths) -> Option<Record> {
    let (stacks, text) = text.split_at_checked(lengths.stacks)?;
    let (functions, line) = text.split_at_checked(lengths.functions)?;
    let stacks = if stacks.is_empty() { Vec::new() } else { read_stacks(stacks)? };
    let functions = if functions.is_empty() { Vec::new() } else { read_functions(functions)? };
    serde_json::from_slice::<Line<'_>>(line).ok()?.into_record(functions, stacks)
}

/// Whether a line is one of stacks.
pub(super) fn is_of_stacks(line: &[u8]) -> bool {
    line.starts_with(STACKS)
}

/// Whether a line is one of functions.
pub(super) fn is_of_functions(line: &[u8]) -> bool {
    line.starts_with(FUNCTIONS)
}

/// Frame and size by turns.
fn write_functions(functions: &[(FrameId, u64)], out: &mut Vec<u8>) {
    out.extend_from_slice(FUNCTIONS);
    write_list(functions.iter().flat_map(|&(id, size)| [u64::from(id.0), size]), out);
    out.extend_from_slice(END);
}

/// Size, frames left out, and frames of each.
fn write_stacks(stacks: &[HeavyStack], out: &mut Vec<u8>) {
    if stacks.is_empty() {
        return;
    }
    out.extend_from_slice(STACKS);
    for (i, stack) in stacks.iter().enumerate() {
        out.extend_from_slice(if i == 0 { b"[" } else { b",[" });
        let frames = stack.frames.iter().map(|id| u64::from(id.0));
        write_list([stack.self_size, stack.frames_omitted].into_iter().chain(frames), out);
        out.push(b']');
    }
    out.extend_from_slice(END);
}

fn write_list(numbers: impl Iterator<Item = u64>, out: &mut Vec<u8>) {
    let before = out.len();
    for number in numbers {
        out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        out.push(b',');
    }
    // The last comma.
    out.truncate(before.max(out.len().saturating_sub(1)));
}

pub(super) fn read_functions(line: &[u8]) -> Option<Vec<(FrameId, u64)>> {
    let mut rest = Rest(line.strip_prefix(FUNCTIONS)?);
    let mut functions = Vec::with_capacity(line.len() / 8);
    if !rest.takes(END) {
        loop {
            let id = rest.frame()?;
            rest.takes(b",").then_some(())?;
            functions.push((id, rest.number()?));
            if !rest.takes(b",") {
                break;
            }
        }
        rest.takes(END).then_some(())?;
    }
    rest.0.is_empty().then_some(functions)
}

pub(super) fn read_stacks(line: &[u8]) -> Option<Vec<HeavyStack>> {
    let mut rest = Rest(line.strip_prefix(STACKS)?);
    let mut stacks = Vec::new();
    // The frames of one, before they get a list of their own that is as long as it has to be.
    let mut frames = Vec::new();
    loop {
        rest.takes(b"[").then_some(())?;
        let self_size = rest.number()?;
        rest.takes(b",").then_some(())?;
        let frames_omitted = rest.number()?;
        frames.clear();
        while rest.takes(b",") {
            frames.push(rest.frame()?);
        }
        rest.takes(b"]").then_some(())?;
        stacks.push(HeavyStack { self_size, frames: frames.clone(), frames_omitted });
        if !rest.takes(b",") {
            break;
        }
    }
    (rest.takes(END) && rest.0.is_empty()).then_some(stacks)
}

/// What is left of a line.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    /// Whether these bytes follow; if so they are taken.
    #[inline]
    fn takes(&mut self, bytes: &[u8]) -> bool {
        let rest = self.0.strip_prefix(bytes);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        let mut len = 0;
        while let Some(digit) = self.0.get(len).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10) {
            value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
            len += 1;
        }
        self.0 = &self.0[len..];
        (len > 0).then_some(value)
    }

    #[inline]
    fn frame(&mut self) -> Option<FrameId> {
        self.number().and_then(|id| u32::try_from(id).ok()).map(FrameId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let functions = [
            vec![],
            vec![(FrameId(9_999_999), 10_000_000)],
            (0..7).map(|i| (FrameId(10_u32.pow(i)), 10_u64.pow(i + 1) - 1)).collect(),
            (0..10_000).map(|i| (FrameId(i), u64::from(i) * 997)).collect(),
            vec![(FrameId(0), u64::MAX)],
            vec![(FrameId(u32::MAX), 1), (FrameId(7), 10)],
        ];
        for functions in functions {
            let mut text = Vec::new();
            write_functions(&functions, &mut text);
            assert_eq!(read_functions(&text), Some(functions));
        }
        let stack = |self_size, frames: &[u32], frames_omitted| HeavyStack {
            self_size,
            frames: frames.iter().map(|&id| FrameId(id)).collect(),
            frames_omitted,
        };
        for stacks in [vec![stack(8, &[], 0)], vec![stack(u64::MAX, &[0, 1, 4_294_967_295], 9), stack(1, &[5], 0)]] {
            let mut text = Vec::new();
            write_stacks(&stacks, &mut text);
            assert_eq!(read_stacks(&text), Some(stacks));
        }
    }

    #[test]
    fn what_is_no_line_of_numbers_is_refused() {
        let functions = [
            "{\"functions\":[1]}\n",
            "{\"functions\":[1,2,]}\n",
            "{\"functions\":[1,2]}",
            "{\"functions\":[4294967296,2]}\n",
            "{\"functions\":[1,18446744073709551616]}\n",
            "{\"functions\":[1,-2]}\n",
            "{\"functions\":[1,2]}\n\n",
            "{\"functions\":[,]}\n",
        ];
        for text in functions {
            assert_eq!(read_functions(text.as_bytes()), None, "{text}");
        }
        for text in ["{\"stacks\":[]}\n", "{\"stacks\":[[1]]}\n", "{\"stacks\":[[1,2,]]}\n", "{\"stacks\":[[1,2]\n"] {
            assert_eq!(read_stacks(text.as_bytes()), None, "{text}");
        }
    }
}
