//! `--cpu`: the CPU profile that is set beside the heap profiles, read once and before them.

use std::path::Path;

use super::args::{ReadArgs, ReportArgs};
use super::messages::Messages;
use super::progress::Progress;
use super::session::{Session, name_of};
use crate::aggregate::PROGRAM;
use crate::analysis::model::Cpu;
use crate::cpu;
use crate::error::{Kind, OutOfMemory, Problem};
use crate::profile::Originals;
use crate::report::escaped;
use crate::source_map::{Lookups, Notes};

/// The part of the memory that a CPU profile may take: the heap profile is what was asked for, and needs room.
const SHARE: usize = 2;

/// Reads the CPU profile that the arguments name.
pub(super) fn read_file(
    args: &ReportArgs,
    session: &Session<'_>,
    notes: &mut Notes,
    messages: &Messages,
) -> Result<Option<Cpu>, Problem> {
    let Some(path) = &args.cpu else { return Ok(None) };
    let progress = Progress::new(&name_of(path), args.talk.progress, messages.is_quiet());
    read(path, session, notes, &progress, messages).map(Some)
}

/// Reads a CPU profile. What is noticed of source maps is put down in `notes`.
pub(super) fn read(
    path: &Path,
    session: &Session<'_>,
    notes: &mut Notes,
    progress: &Progress,
    messages: &Messages,
) -> Result<Cpu, Problem> {
    let args = session.args;
    let read_with = |lookups: Option<&Lookups<'_>>| {
        let program_memory = session.program_memory(None);
        let mut input = session.input(path)?;
        let options = cpu::ReadOptions {
            max_memory: args.max_memory.map(|limit| PROGRAM + limit.saturating_sub(PROGRAM) / SHARE),
            program_memory: program_memory + lookups.map_or(0, Lookups::room),
            originals: lookups.map(|lookups| lookups as &dyn Originals),
            progress: &|reading| progress.reading(reading),
            ..cpu::ReadOptions::default()
        };
        cpu::read(&mut input, &session.classifier, &options)
    };
    let lookups = session.lookups();
    let mut read = read_with(lookups.as_ref());
    if let Some(lookups) = lookups {
        let misled = lookups.misled();
        *notes = lookups.into_notes();
        let again = session.lookups_without(misled.clone()).filter(|_| !misled.is_empty() && path.is_file());
        match again {
            Some(lookups) => {
                read = read_with(Some(&lookups));
                *notes = lookups.into_notes();
            }
            None => notes.add_misled(misled),
        }
    }
    progress.clear();
    let profile = read.map_err(|problem| of_whole_memory(problem, args))?;
    if profile.total == 0 {
        // Shares of nothing would read as if nothing took any time.
        return Err(Kind::NoCpuTime { samples: profile.samples }.into());
    }
    let cpu = Cpu { name: name_of(path), profile };
    if let Some(problem) = too_large(&cpu, session) {
        return Err(problem);
    }
    let profile = &cpu.profile;
    messages.detail(&format_args!(
        "{}: {} bytes, {} nodes, {} samples, {} counted",
        escaped(&path.display().to_string()),
        profile.bytes,
        profile.nodes,
        profile.samples,
        profile.measure.name(),
    ));
    Ok(cpu)
}

/// Whether what a CPU profile takes, and what joining it will take, leaves the heap profile less than a quarter of the memory.
fn too_large(cpu: &Cpu, session: &Session<'_>) -> Option<Problem> {
    let limit = session.args.max_memory?;
    let taken = session.program_memory(Some(cpu));
    let whole = (cpu.profile.bytes, (taken + taken / 3) as u64);
    let problem = OutOfMemory { limit: limit as u64, read: cpu.profile.bytes, whole: Some(whole) };
    (taken > limit / 4 * 3).then(|| Kind::OutOfMemory(problem).into())
}

/// A problem of memory, in terms of all that was allowed.
fn of_whole_memory(mut problem: Problem, args: &ReadArgs) -> Problem {
    if let (Kind::OutOfMemory(of_part), Some(limit)) = (&mut problem.kind, args.max_memory) {
        let (program, share) = (PROGRAM as u64, SHARE as u64);
        of_part.limit = limit as u64;
        of_part.whole = of_part.whole.map(|(bytes, memory)| (bytes, program + memory.saturating_sub(program) * share));
    }
    problem
}
