//! What all files of a run are read with: rules, threads, source maps.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::application;
use super::args::ReadArgs;
use super::fault::Fault;
use super::messages::Messages;
use super::progress::Progress;
use super::rules;
use super::source_maps;
use crate::aggregate::{Filters, ReadOptions, read};
use crate::analysis::model::{Cpu, Profile};
use crate::classify::Classifier;
use crate::error::Problem;
use crate::input::{Input, Options, keep_little_memory};
use crate::profile::Originals;
use crate::report::escaped;
use crate::source_map::{Lookups, Notes, SourceMaps};

/// What all files of a run are read with.
pub(super) struct Session<'a> {
    pub(super) args: &'a ReadArgs,
    pub(super) classifier: Classifier,
    pub(super) pool: rayon::ThreadPool,
    maps: Option<SourceMaps>,
}

/// What one file is read for.
#[derive(Clone, Default)]
pub(super) struct Pass<'a> {
    /// Heaviest stacks to keep.
    pub(super) stacks: usize,
    /// Whether it is of no interest who causes bytes.
    pub(super) without_causes: bool,
    /// What is to be shown.
    pub(super) filters: Filters,
    /// Whether its nodes are kept.
    pub(super) keep_tree: bool,
    /// So many at most, if that is told; of a file with more none is.
    pub(super) most_kept: Option<usize>,
    /// Bytes that each of them takes beside later.
    pub(super) later_of_node: usize,
    /// Bytes of memory that are left for what is made of it.
    pub(super) set_aside: usize,
    /// A CPU profile that is held beside it.
    pub(super) cpu: Option<&'a Cpu>,
    /// Its source maps, where they are not those of the session.
    pub(super) maps: Option<&'a SourceMaps>,
    /// What was noticed of source maps before.
    pub(super) notes: Notes,
}

impl<'a> Session<'a> {
    /// Reads the rules and starts threads, for these files. An error is ready to be shown.
    pub(super) fn open(args: &'a ReadArgs, files: &[PathBuf], messages: &Messages) -> Result<Self, Fault> {
        if args.max_memory.is_some() {
            keep_little_memory();
        }
        let rules = rules::load(&args.rules, messages)?;
        let classifier = Classifier::new(rules).with_application(args.app.clone());
        // This thread is one of them: it would only wait for the others.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads(args, files)).use_current_thread().build();
        let pool = pool.map_err(|error| format!("cannot start threads: {error}"))?;
        Ok(Self { args, classifier, pool, maps: source_maps::open(&args.source_map, args.max_memory, 1)? })
    }

    /// What finds the sources of generated code in the next profile.
    pub(super) fn lookups(&self) -> Option<Lookups<'_>> {
        self.lookups_without(BTreeSet::new())
    }

    /// The same for a profile in which these scripts were misled.
    pub(super) fn lookups_without(&self, misled: BTreeSet<String>) -> Option<Lookups<'_>> {
        self.maps.as_ref().map(|maps| maps.lookups_without(misled))
    }

    /// A file, opened as the arguments say.
    pub(super) fn input(&self, path: &Path) -> Result<Input, Problem> {
        self.input_into(path, Vec::new())
    }

    /// The same, which may be read into this buffer.
    pub(super) fn input_into(&self, path: &Path, buffer: Vec<u8>) -> Result<Input, Problem> {
        /// Least limit of memory with which files are mapped: the huge pages that they come in may take 4 MiB more than what is read of them.
        const MAPPED_FROM: usize = 64 << 20;
        let Self { args, .. } = self;
        let mmap = !args.no_mmap && args.max_memory.is_none_or(|limit| limit >= MAPPED_FROM);
        let options = Options { mmap, chunk: Options::chunk_within(args.max_memory) };
        Ok(Input::open_into(path, &options, buffer)?)
    }

    /// Reads one file. Gives what was found, and what is wrong with the file if it could not be read to its end.
    pub(super) fn read(
        &self,
        path: &Path,
        pass: Pass<'_>,
        progress: &Progress,
        messages: &Messages,
    ) -> Result<(Profile, Option<Problem>), Problem> {
        let Some(maps) = pass.maps.or(self.maps.as_ref()) else {
            let (mut profile, problem) = self.read_with(path, &pass, None, progress, messages)?;
            source_maps::name(&mut profile);
            self.note_application(&mut profile);
            return Ok((profile, problem));
        };
        let lookups = maps.lookups();
        let (mut profile, mut problem) = self.read_with(path, &pass, Some(&lookups), progress, messages)?;
        let misled = lookups.misled();
        let mut notes = lookups.into_notes();
        if !misled.is_empty() && path.is_file() {
            // That scripts of one name have found the same map is known at the end only.
            drop(profile);
            let lookups = maps.lookups_without(misled);
            (profile, problem) = self.read_with(path, &pass, Some(&lookups), progress, messages)?;
            notes = lookups.into_notes();
        } else {
            notes.add_misled(misled);
        }
        notes.merge(&pass.notes);
        source_maps::note(&mut profile, &notes);
        self.note_application(&mut profile);
        Ok((profile, problem))
    }

    fn read_with(
        &self,
        path: &Path,
        pass: &Pass<'_>,
        lookups: Option<&Lookups<'_>>,
        progress: &Progress,
        messages: &Messages,
    ) -> Result<(Profile, Option<Problem>), Problem> {
        let started = Instant::now();
        let Self { args, classifier, pool, .. } = self;
        // Before it is opened: then what reads ahead counts by itself, which begins at once.
        let program_memory = self.program_memory(pass.cpu);
        let mut input = self.input(path)?;
        let options = ReadOptions {
            filters: &pass.filters,
            window_size: args.window_size.unwrap_or_else(|| ReadOptions::window_size_for(pool.current_num_threads())),
            max_memory: args.max_memory,
            program_memory: program_memory + lookups.map_or(0, Lookups::room) + pass.set_aside,
            originals: lookups.map(|lookups| lookups as &dyn Originals),
            stacks: pass.stacks,
            causes: !pass.without_causes,
            repair_stacks: args.repair_stacks,
            keep_tree: pass.keep_tree,
            most_kept: pass.most_kept.unwrap_or(usize::MAX),
            later_of_node: pass.later_of_node,
            progress: &|reading| progress.reading(reading),
            ..ReadOptions::default()
        };
        let outcome = pool.install(|| read(&mut input, classifier, &options))?;
        let backend = options.backend;
        let (profile, problem) = Profile::from_outcome(name_of(path), input.compressed_bytes(), outcome);
        let seconds = started.elapsed().as_secs_f64();
        messages.detail(&format_args!(
            "{}: {} bytes in {:.3} s ({:.2} GB/s), {:?}, {} threads, {}",
            escaped(&path.display().to_string()),
            profile.file.bytes,
            seconds,
            profile.file.bytes as f64 / seconds / 1e9,
            input.kind(),
            pool.current_num_threads(),
            backend,
        ));
        Ok((profile, problem))
    }

    /// Has the report of a profile say which prefixes of the application fit none of its urls.
    pub(super) fn note_application(&self, profile: &mut Profile) {
        for prefix in application::unmet(&self.args.app, &profile.aggregate.frames) {
            profile.lacks_application(prefix);
        }
    }
}

/// Files up to this size are read before another thread has started.
const SMALL: u64 = 256 << 10;

/// How many threads the arguments ask for; 0 is as many as there are cores.
fn threads(args: &ReadArgs, files: &[PathBuf]) -> usize {
    let is_small = |path: &PathBuf| path.metadata().is_ok_and(|file| file.is_file() && file.len() <= SMALL);
    /// Memory without which a thread more is of no use: its stack, and rows of its windows.
    const FOR_A_THREAD: usize = 2 << 20;
    let wanted = match args.threads {
        Some(threads) => threads.into(),
        None if files.iter().all(is_small) => 1,
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    wanted.min(args.max_memory.map_or(usize::MAX, |limit| limit / FOR_A_THREAD))
}

/// The last part of the path; `-` for standard input.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
