//! Whether `--max-memory` has room for the next step.
//!
//! It is held in one way throughout: before each step whose memory grows with what is read, what the process holds by then, as the system says, and what the step takes at most are compared with the limit.
//! A block of a file is such a step (`aggregate::memory` asks for it, and may make it smaller); so is to take a profile into a panel or a sum of files, and to compare what was taken in (`analysis::memory`).
//! Where there is no room, the step is not begun.

use super::messages::Messages;
use super::session::Session;
use crate::aggregate::{CODE, CODE_OF_REPORTS, PROGRAM, REPORT};
use crate::analysis::model::{Cpu, Profile};
use crate::error::{Kind, OutOfMemory, Problem};
use crate::input::{Resident, give_freed_memory_back, resident_memory};
use crate::report::count;

impl Session<'_> {
    /// That there is no room for what files are read for, which takes so many bytes more, if there is none. The message is ready to be shown.
    pub(super) fn room_for(&self, step: &str, bytes: usize, messages: &Messages) -> Result<(), String> {
        self.room_at(step, bytes, "stopped when all files had been read", messages)
    }

    /// The same of what is kept of so many dumps beside what is in them, before one is read.
    pub(super) fn room_for_dumps(&self, dumps: usize, messages: &Messages) -> Result<(), String> {
        /// Bytes for each: its row in the roll-up, its categories, its place in the journal.
        const KEPT: usize = 1200;
        let step = format!("what is kept of {}", count(dumps, "dump"));
        self.room_at(&step, dumps * KEPT, "nothing was read", messages)
    }

    fn room_at(&self, step: &str, bytes: usize, stopped: &str, messages: &Messages) -> Result<(), String> {
        let Some((needed, limit)) = self.beyond_limit(step, || bytes, messages) else { return Ok(()) };
        let [needed, limit] = [with_more(needed), limit].map(|bytes| bytes.div_ceil(1 << 20));
        Err(format!(
            "{step} does not fit in {limit} MiB: {stopped}; all of it needs at most about {needed} MiB\n  raise --max-memory, or leave it out"
        ))
    }

    /// Why a profile does not fit beside what it is to be added to, which takes so many bytes more then, if it does not.
    pub(super) fn no_room(
        &self,
        profile: &Profile,
        growth: impl FnOnce() -> usize,
        messages: &Messages,
    ) -> Option<Problem> {
        let (needed, limit) = self.beyond_limit("the file beside the rest", growth, messages)?;
        let bytes = profile.file.bytes;
        let reason = OutOfMemory { limit: limit as u64, read: bytes, whole: Some((bytes, with_more(needed) as u64)) };
        Some(Kind::OutOfMemory(reason).into())
    }

    /// Bytes that are needed for a step that takes so many more, and those that are allowed, where these are fewer.
    fn beyond_limit(&self, step: &str, growth: impl FnOnce() -> usize, messages: &Messages) -> Option<(usize, usize)> {
        let limit = self.args.max_memory?;
        let held = self.program_memory(None) + REPORT;
        let growth = growth();
        let [held_mib, growth_mib] = [held, growth].map(|bytes| bytes as f64 / f64::from(1 << 20));
        messages.detail(&format_args!("{step}: {growth_mib:.1} MiB at most, beside {held_mib:.1} MiB"));
        (held + growth > limit).then_some((held + growth, limit))
    }

    /// Bytes of memory that the program takes beside the step that is next, a CPU profile and what the report makes of it among them.
    pub(super) fn program_memory(&self, cpu: Option<&Cpu>) -> usize {
        /// Bytes that a function of the CPU profile takes where it is joined to those of the heap profile.
        const JOINED: usize = 600;
        /// What differs from run to run, as pages come: counted in such steps, a file that does not fit is stopped at one place.
        const STEP: usize = 128 << 10;
        if self.args.max_memory.is_none() {
            return PROGRAM;
        }
        give_freed_memory_back();
        let held = match resident_memory() {
            // What reports take counts with these, though it may be there since the last one.
            Some(Resident { own, of_files }) => own + of_files.saturating_sub(CODE_OF_REPORTS).max(CODE),
            None => PROGRAM + cpu.map_or(0, |cpu| cpu.profile.memory()),
        };
        held.next_multiple_of(STEP) + cpu.map_or(0, |cpu| cpu.profile.frames.len() * JOINED)
    }
}

/// Bytes that are needed where so many are counted: with more memory a little more of it is held.
fn with_more(needed: usize) -> usize {
    needed + needed / 32
}

/// A problem that, where it is one of memory, counts what comes of the CPU profile that did not fit: in more memory it is beside the file.
pub(super) fn beside_cpu(problem: Problem, no_cpu: &Problem) -> Problem {
    let Kind::OutOfMemory(OutOfMemory { whole: Some((_, memory)), .. }) = no_cpu.kind else { return problem };
    // What is named for it leaves most of the memory to the file.
    let own = memory.saturating_sub(PROGRAM as u64) / 4 * 3;
    plus(problem, |_| own)
}

/// A problem that, where it is one of memory, counts what comes of the file as well: `growth` bytes for what was read of it, and as much for each part of the rest.
pub(super) fn counting(problem: Problem, growth: impl FnOnce() -> usize) -> Problem {
    plus(problem, |of_read| (growth() as f64 * of_read) as u64)
}

/// A problem that, where it is one of memory, counts `more` bytes, which is told how many times as long as the part that was read the file is.
fn plus(mut problem: Problem, more: impl FnOnce(f64) -> u64) -> Problem {
    if let Kind::OutOfMemory(OutOfMemory { read, whole: Some((bytes, memory)), .. }) = &mut problem.kind {
        *memory += more(*bytes as f64 / (*read).max(1) as f64);
    }
    problem
}
