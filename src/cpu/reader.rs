//! Drives the pass over a CPU profile: blocks in, sums out, within bounded memory.

use std::fmt;
use std::ops::ControlFlow;

use super::document::{Document, ReadDocument, Step};
use super::pairing::Pairing;
use super::profile::{CpuProfile, Measure, Untimed};
use crate::aggregate::{Budget, PROGRAM, Reading, excerpt};
use crate::error::{Kind, OtherFile, OutOfMemory, Place, Problem};
use crate::input::{End, Input};
use crate::parse::{Frames, LOOKED_AT, Stop, recognise};
use crate::profile::{Classify, Originals};
use crate::scan::{self, Backend};

/// Bytes of the first block: how much room there is, is asked before each other one.
const FIRST_BLOCK: usize = 64 << 10;

/// Bytes of the largest block that may be asked for.
const LARGEST_BLOCK: usize = 256 << 20;

/// How the pass is made. None of it changes the result, but for `max_memory` and `originals`.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// Instruction set to scan with.
    pub backend: Backend,
    /// Bytes of text that are read at a time; taken as 1 to 256 MiB.
    pub block_size: usize,
    /// Bytes of memory to stay within. Where nodes and samples would pass it, hits are counted instead of time
    /// ([`Untimed::NoRoom`]); where the call frames alone do, the pass ends with [`Kind::OutOfMemory`].
    pub max_memory: Option<usize>,
    /// Bytes of that memory that the program takes beside the pass.
    pub program_memory: usize,
    /// What finds the sources of generated code.
    pub originals: Option<&'a dyn Originals>,
    /// Told after each block how far the pass is. It may end the pass, with [`Kind::Stopped`].
    pub progress: &'a (dyn Fn(Reading) -> ControlFlow<()> + Sync),
}

impl fmt::Debug for ReadOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { backend, block_size, max_memory, program_memory, .. } = self;
        f.debug_struct("ReadOptions")
            .field("backend", backend)
            .field("block_size", block_size)
            .field("max_memory", max_memory)
            .field("program_memory", program_memory)
            .field("originals", &self.originals.is_some())
            .finish_non_exhaustive()
    }
}

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        Self {
            backend: Backend::detect(),
            block_size: 1 << 20,
            max_memory: None,
            program_memory: PROGRAM,
            originals: None,
            progress: &|_| ControlFlow::Continue(()),
        }
    }
}

/// Reads a CPU profile in one pass.
///
/// # Errors
///
/// Whatever keeps it from being read whole. A CPU profile that is cut or damaged is of no use: its times stand at its end.
pub fn read(input: &mut Input, classify: &dyn Classify, options: &ReadOptions<'_>) -> Result<CpuProfile, Problem> {
    match recognise(input.block(0, LOOKED_AT).bytes) {
        None | Some(OtherFile::CpuProfile | OtherFile::OldCpuProfile) => {}
        Some(other) => return Err(Kind::NotCpuProfile(other).into()),
    }
    let block = options.block_size.clamp(1, LARGEST_BLOCK);
    let budget = Budget::new(options.max_memory, options.program_memory, 1).without_causes();
    let pairing = Pairing::within(options.max_memory.map(|limit| limit / 8));
    let mut document = Document::new(Frames::new(classify, options.originals), pairing);
    let (mut pos, mut want) = (0_u64, block.min(FIRST_BLOCK));
    loop {
        let text = input.block(pos, want);
        let (end, seen) = (text.end.clone(), pos + text.bytes.len() as u64);
        let run = ReadDocument { document: &mut document, bytes: text.bytes, base: pos };
        let (step, used) = scan::run(options.backend, run);
        drop(text);
        // A token that does not fit a block gets a larger one; the parser refuses those beyond its limit.
        want = if used > 0 { block } else { want.saturating_mul(2) };
        let at = pos;
        pos += used as u64;
        match step {
            Err(Stop::Fault(fault)) => {
                let offset = at + fault.at as u64;
                return Err(match fault.kind {
                    kind @ Kind::NotCpuProfile(_) => kind.into(),
                    kind => placed(kind, offset, document.path(&fault.path), input),
                });
            }
            Ok(step) if end != End::More => {
                return match (end, step) {
                    (End::Damaged(why), _) => Err(placed(Kind::Damaged(why), seen, document.path(""), input)),
                    (_, Step::Complete) if !document.has_nodes => Err(Kind::NoNodes.into()),
                    // Compressed data may lack its trailer: all of the text is there.
                    (_, Step::Complete) => Ok(finish(document, seen)),
                    (End::Cut(why), _) => Err(placed(Kind::CompressedEnd(why), seen, document.path(""), input)),
                    _ if document.is_empty() => Err(Kind::Empty.into()),
                    _ => Err(placed(Kind::UnexpectedEnd, seen, document.path(""), input)),
                };
            }
            Ok(_) | Err(Stop::More) => {}
        }
        input.release(pos);
        let (raw, raw_total) = input.raw_progress();
        if (options.progress)(Reading { text: pos, raw, raw_total }).is_break() {
            return Err(placed(Kind::Stopped, pos, document.path(""), input));
        }
        // Once everything else was given up, only call frames are left to take too much.
        let least = if used > 0 { 0 } else { want };
        let room = |document: &Document<'_>, input: &Input| budget.block(want, least, document, input.memory(), 0);
        let fits = room(&document, input).or_else(|| {
            document.tables.give_up_nodes();
            document.pairing.give_up();
            room(&document, input)
        });
        match fits {
            Some(fits) => want = fits,
            None => {
                let of_whole = |total| budget.of_whole((raw, total), least, &document, input.memory_at_most());
                let whole = raw_total.and_then(|total| Some((total, of_whole(total)?)));
                let limit = options.max_memory.unwrap_or(0) as u64;
                let kind = Kind::OutOfMemory(OutOfMemory { limit, read: raw, whole });
                return Err(placed(kind, pos, document.path(""), input));
            }
        }
    }
}

fn placed(kind: Kind, offset: u64, path: String, input: &mut Input) -> Problem {
    let excerpt = excerpt(input, offset);
    Problem { kind, place: Some(Place { offset, path, excerpt }) }
}

/// Chooses what is counted as time.
fn finish(document: Document<'_>, bytes: u64) -> CpuProfile {
    let Document { frames, mut tables, pairing, .. } = document;
    let (nodes, samples) = (tables.node_count, pairing.samples);
    let timed = pairing.finish(&mut |id, time| tables.spend(id, time));
    let (frames, _) = frames.finish();
    let (spent, lost) = tables.finish(frames.len());
    let any = |part: fn(&super::tables::Spent) -> u64| spent.iter().any(|spent| part(spent) > 0);
    let untimed = match timed {
        Ok(()) if samples == 0 => Some(Untimed::NoTimes),
        Ok(()) if !any(|spent| spent.time) => Some(Untimed::NoTimePasses),
        timed => timed.err(),
    };
    let (measure, part): (_, fn(&super::tables::Spent) -> u64) = match untimed {
        None => (Measure::Microseconds, |spent| spent.time),
        Some(_) if any(|spent| spent.hits) => (Measure::Hits, |spent| spent.hits),
        Some(_) => (Measure::Samples, |spent| spent.samples),
    };
    let by_frame: Vec<u64> = spent.iter().map(part).collect();
    let total = by_frame.iter().fold(0_u64, |sum, &time| sum.saturating_add(time));
    CpuProfile { frames, by_frame, measure, untimed, total, lost: part(&lost), nodes, samples, bytes }
}
