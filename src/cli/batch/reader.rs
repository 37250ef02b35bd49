//! Reads one file after the other. Small files of one program have the same call frames, so these are kept from file to file: decoding them is most of the work.

use std::rc::Rc;

use rayon::ThreadPool;

use crate::aggregate::{Kept, KeptOutcome, NotKept, ReadOptions};
use crate::analysis::model::Profile;
use crate::batch::{Dump, Journal};
use crate::cli::args::When;
use crate::cli::messages::Messages;
use crate::cli::progress::Progress;
use crate::cli::session::{Pass, Session, name_of};
use crate::error::Problem;
use crate::profile::{FrameId, HeavyStack};

/// Tables of call frames that a reader keeps: writers count lines from 0 or from 1, and each way wants its own.
const TABLES: usize = 2;

/// Bytes that the kept tables of all readers may take; beyond that they begin anew.
pub(super) const KEPT_MEMORY: usize = 24 << 20;

/// A file that was read.
pub(super) struct Read {
    pub(super) profile: Profile,
    /// What is wrong with it, if it could not be read to its end.
    pub(super) problem: Option<Problem>,
    /// Which table its call frames are of, and what they are in it.
    kept: Option<(usize, Vec<FrameId>)>,
}

/// Reads small files with a thread of its own.
pub(super) struct Reader<'s> {
    session: &'s Session<'s>,
    /// It is shared with who writes reports in it.
    pool: Rc<ThreadPool>,
    tables: Vec<Table<'s>>,
    memory: usize,
    jobs: usize,
}

/// A table of call frames, and what these are in the journal as far as they were asked for.
struct Table<'s> {
    kept: Kept<'s>,
    known: Vec<Option<FrameId>>,
}

impl<'s> Reader<'s> {
    /// One of so many readers, for this thread.
    pub(super) fn new(session: &'s Session<'s>, jobs: usize) -> Result<Self, String> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
        let pool = pool.map_err(|error| format!("cannot start threads: {error}"))?;
        Ok(Self { session, pool: Rc::new(pool), tables: Vec::new(), memory: KEPT_MEMORY / jobs, jobs })
    }

    /// Reads a file, with so many of its heaviest stacks. What was read before is dropped by now.
    pub(super) fn read(&mut self, dump: &Dump, pass: &Pass<'_>) -> Result<Read, Problem> {
        if self.tables.iter().map(|table| table.kept.memory()).sum::<usize>() > self.memory {
            self.tables.clear();
        }
        let Self { session, pool, tables, jobs, .. } = self;
        let options = ReadOptions {
            filters: &pass.filters,
            window_size: session.args.window_size.unwrap_or_else(|| ReadOptions::window_size_for(*jobs)),
            stacks: pass.stacks,
            repair_stacks: session.args.repair_stacks,
            ..ReadOptions::default()
        };
        for number in 0..TABLES {
            if tables.len() == number {
                tables.push(Table { kept: Kept::new(&session.classifier, None), known: Vec::new() });
            }
            let mut input = session.input(&dump.path)?;
            match pool.install(|| tables[number].kept.read(&mut input, &options)) {
                Ok(KeptOutcome { mut outcome, ids }) => {
                    let problem = outcome.problem.take();
                    let (name, compressed) = (name_of(&dump.path), input.compressed_bytes());
                    let mut profile = Profile::new(name, compressed, outcome, problem.as_ref());
                    session.note_application(&mut profile);
                    return Ok(Read { profile, problem, kept: Some((number, ids)) });
                }
                Err(NotKept::Problem(problem)) => return Err(problem),
                Err(NotKept::OtherLines) => {}
            }
        }
        // There is no third way to count lines.
        read_alone(session, dump, Pass { filters: pass.filters.clone(), stacks: pass.stacks, ..Pass::default() })
    }

    /// Its thread.
    pub(super) fn pool(&self) -> Rc<ThreadPool> {
        Rc::clone(&self.pool)
    }

    /// What the functions and stacks of a file are in the journal.
    pub(super) fn told(&mut self, read: &Read, stacks: usize, journal: &mut Journal) -> std::io::Result<Told> {
        let frames = &read.profile.aggregate.frames;
        match &read.kept {
            None => told(&read.profile, stacks, |id| journal.adopt(frames, id)),
            Some((number, ids)) => {
                let known = &mut self.tables[*number].known;
                told(&read.profile, stacks, |id| {
                    let key = ids[id.0 as usize].0 as usize;
                    if known.len() <= key {
                        known.resize(key + 1, None);
                    }
                    if let Some(id) = known[key] {
                        return Ok(id);
                    }
                    let id = journal.adopt(frames, id)?;
                    known[key] = Some(id);
                    Ok(id)
                })
            }
        }
    }
}

/// Functions with their self sizes, and heaviest stacks.
pub(super) type Told = (Vec<(FrameId, u64)>, Vec<HeavyStack>);

/// Reads a file with all threads of the session.
pub(super) fn read_alone(session: &Session<'_>, dump: &Dump, pass: Pass<'_>) -> Result<Read, Problem> {
    let (silent, quiet) = (Progress::new("", When::Never, true), Messages::new(When::Never, true, false));
    let (profile, problem) = session.read(&dump.path, pass, &silent, &quiet)?;
    Ok(Read { profile, problem, kept: None })
}

/// What the functions and stacks of a file that was read alone are in the journal.
pub(super) fn told_alone(read: &Read, stacks: usize, journal: &mut Journal) -> std::io::Result<Told> {
    told(&read.profile, stacks, |id| journal.adopt(&read.profile.aggregate.frames, id))
}

fn told(
    profile: &Profile,
    stacks: usize,
    mut frame: impl FnMut(FrameId) -> std::io::Result<FrameId>,
) -> std::io::Result<Told> {
    let aggregate = &profile.aggregate;
    let mut functions = Vec::new();
    for (id, sums) in aggregate.frames.ids().zip(&aggregate.by_frame) {
        if sums.self_size > 0 {
            functions.push((frame(id)?, sums.self_size));
        }
    }
    let mut paths = Vec::new();
    for stack in aggregate.stacks.iter().take(stacks) {
        let frames = stack.frames.iter().map(|&id| frame(id)).collect::<std::io::Result<_>>()?;
        paths.push(HeavyStack { frames, ..stack.clone() });
    }
    Ok((functions, paths))
}
