//! Reads one file after the other. Small files of one program have the same call frames, so these are kept from file to file: decoding them is most of the work.

use std::io;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use rayon::ThreadPool;

use super::gathered::Classes;
use crate::aggregate::{Kept, KeptOutcome, NotKept, ReadOptions};
use crate::analysis::model::{Answers, Profile};
use crate::batch::{Dump, Journal, StackName};
use crate::cli::args::When;
use crate::cli::messages::Messages;
use crate::cli::progress::Progress;
use crate::cli::session::{Pass, Session, name_of};
use crate::error::Problem;
use crate::profile::{CallFrameTable, FrameId, HeavyStack};
use crate::report::FrameWords;
use crate::scan::prefetch;

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
    /// What files are read into.
    buffer: Vec<u8>,
    memory: usize,
    jobs: usize,
}

/// A table of call frames, and what is known of these.
struct Table<'s> {
    kept: Kept<'s>,
    known: Known,
}

/// What is known of call frames, as far as it was asked for.
#[derive(Default)]
pub(super) struct Known {
    /// What they are in the journal: the id there plus 1, or 0; and their names.
    ids: Vec<(u32, u64)>,
    /// How reports call them.
    pub(super) words: FrameWords,
    /// What the rules of the session say of them.
    pub(super) answers: Answers,
}

impl Known {
    /// What the frame `id` of a file is in the journal, and its name; it is `key` here. What it belongs to is noted.
    fn number(
        &mut self,
        key: FrameId,
        id: FrameId,
        frames: &CallFrameTable,
        journal: &Mutex<Journal>,
        classes: &mut Classes,
    ) -> io::Result<(FrameId, u64)> {
        let key = key.0 as usize;
        if self.ids.len() <= key {
            self.ids.resize(key + 1, (0, 0));
        }
        let known = &mut self.ids[key];
        if known.0 == 0 {
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            let id = journal.adopt(frames, id)?;
            classes.note(id, &journal);
            *known = (id.0 + 1, journal.name_of(id));
        }
        Ok((FrameId(known.0 - 1), known.1))
    }
}

impl Read {
    /// What its call frames are in the table that is kept, if they are of one.
    pub(super) fn lasting_ids(&self) -> Option<&[FrameId]> {
        self.kept.as_ref().map(|(_, ids)| &ids[..])
    }

    /// Gives functions and stacks the ids of the journal; `known` is what is known of its frames. What new ones belong to is noted. Gives the names of the stacks.
    pub(super) fn renumber(
        &self,
        functions: &mut [(FrameId, u64)],
        stacks: &mut [HeavyStack],
        known: &mut Known,
        journal: &Mutex<Journal>,
        classes: &mut Classes,
    ) -> io::Result<Vec<u64>> {
        let frames = &self.profile.aggregate.frames;
        let ids = self.lasting_ids();
        let key = |id: FrameId| ids.map_or(id, |ids| ids[id.0 as usize]);
        // Stacks have the same frames again and again: each is asked for once. No name is 0.
        let mut numbers = vec![(FrameId(0), 0); frames.len()];
        frames.ids().for_each(|id| prefetch(&known.ids, key(id).0 as usize));
        for &id in functions.iter().map(|(id, _)| id).chain(stacks.iter().flat_map(|stack| &stack.frames)) {
            let number = &mut numbers[id.0 as usize];
            if number.1 == 0 {
                *number = known.number(key(id), id, frames, journal, classes)?;
            }
        }
        for (id, _) in functions {
            *id = numbers[id.0 as usize].0;
        }
        let named = |stack: &mut HeavyStack| {
            let mut name = StackName::default();
            for id in &mut stack.frames {
                let (number, frame) = numbers[id.0 as usize];
                *id = number;
                name.add(frame);
            }
            name.get()
        };
        Ok(stacks.iter_mut().map(named).collect())
    }
}

impl<'s> Reader<'s> {
    /// One of so many readers, for this thread.
    pub(super) fn new(session: &'s Session<'s>, jobs: usize) -> Result<Self, String> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
        let pool = pool.map_err(|error| format!("cannot start threads: {error}"))?;
        Ok(Self {
            session,
            pool: Rc::new(pool),
            tables: Vec::new(),
            buffer: Vec::new(),
            memory: KEPT_MEMORY / jobs,
            jobs,
        })
    }

    /// Reads a file, with so many of its heaviest stacks. What was read before is dropped by now.
    pub(super) fn read(&mut self, dump: &Dump, pass: &Pass<'_>) -> Result<Read, Problem> {
        let memory = |Table { kept, known }: &Table<'_>| kept.memory() + known.words.memory() + known.answers.memory();
        if self.tables.iter().map(memory).sum::<usize>() > self.memory {
            self.tables.clear();
        }
        let Self { session, pool, tables, buffer, jobs, .. } = self;
        let options = ReadOptions {
            filters: &pass.filters,
            window_size: session.args.window_size.unwrap_or_else(|| ReadOptions::window_size_for(*jobs)),
            stacks: pass.stacks,
            causes: !pass.without_causes,
            repair_stacks: session.args.repair_stacks,
            ..ReadOptions::default()
        };
        for number in 0..TABLES {
            if tables.len() == number {
                tables.push(Table { kept: Kept::new(&session.classifier, None), known: Known::default() });
            }
            let mut input = session.input_into(&dump.path, std::mem::take(buffer))?;
            let outcome = pool.install(|| tables[number].kept.read(&mut input, &options));
            let compressed = input.compressed_bytes();
            *buffer = input.into_buffer();
            match outcome {
                Ok(KeptOutcome { outcome, ids }) => {
                    let (mut profile, problem) = Profile::from_outcome(name_of(&dump.path), compressed, outcome);
                    session.note_application(&mut profile);
                    return Ok(Read { profile, problem, kept: Some((number, ids)) });
                }
                Err(NotKept::Problem(problem)) => return Err(problem),
                Err(NotKept::OtherLines) => {}
            }
        }
        // There is no third way to count lines.
        read_alone(session, dump, pass.clone())
    }

    /// Its thread.
    pub(super) fn pool(&self) -> Rc<ThreadPool> {
        Rc::clone(&self.pool)
    }

    /// What is known of the frames of a file, if they are of a table that is kept.
    pub(super) fn known(&mut self, read: &Read) -> Option<&mut Known> {
        read.kept.as_ref().map(|&(number, _)| &mut self.tables[number].known)
    }
}

/// Reads a file with all threads of the session.
pub(super) fn read_alone(session: &Session<'_>, dump: &Dump, pass: Pass<'_>) -> Result<Read, Problem> {
    let (silent, quiet) = (Progress::new("", When::Never, true), Messages::new(When::Never, true, false));
    let (profile, problem) = session.read(&dump.path, pass, &silent, &quiet)?;
    Ok(Read { profile, problem, kept: None })
}
