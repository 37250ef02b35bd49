//! `heapsift report` and `heapsift doctor`: reads each file and prints what was found, or what is wrong with it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::Status;
use super::application;
use super::args::ReportArgs;
use super::cpu;
use super::interrupt;
use super::messages::Messages;
use super::output::{Content, Output};
use super::progress::Progress;
use super::rules;
use super::source_maps;
use crate::aggregate::{PROGRAM, ReadOptions, Reading, orphans, read};
use crate::analysis::model::{Cpu, MemoryUsage, Profile, Report, ReportOptions};
use crate::classify::Classifier;
use crate::error::{Consequence, Error, Problem};
use crate::input::{Input, Options, give_freed_memory_back, keep_little_memory, peak_memory, resident_memory};
use crate::profile::{Originals, Orphans};
use crate::report::escaped;
use crate::scan::Backend;
use crate::source_map::{Lookups, Notes, SourceMaps};

/// Reports all files; those that fail do not keep the others from being reported.
pub(super) fn run(args: ReportArgs, content: Content, messages: &Messages) -> Status {
    interrupt::install();
    if args.read.max_memory.is_some() {
        keep_little_memory();
    }
    let prepared = rules::load(&args.read.rules, messages).and_then(|rules| {
        let classifier = Classifier::new(rules).with_application(args.read.app.clone());
        // This thread is one of them: it would only wait for the others.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads(&args)).use_current_thread().build();
        let pool = pool.map_err(|error| format!("cannot start threads: {error}"))?;
        let maps = source_maps::open(&args)?;
        let outputs = Output::open_all(&args).map_err(|error| error.to_string())?;
        let usage = args.memory_usage.as_deref().map(memory_usage).transpose()?;
        Ok((classifier, pool, maps, outputs, usage))
    });
    let (classifier, pool, maps, mut outputs, usage) = match prepared {
        Ok(prepared) => prepared,
        Err(message) => {
            messages.error(&message);
            return Status::Failed;
        }
    };

    let mut status = Status::Done;
    let lookups = maps.as_ref().map(SourceMaps::lookups);
    let (cpu, no_cpu) = match cpu::read_file(&args, &classifier, lookups.as_ref(), &pool, messages) {
        Ok(cpu) => (cpu, None),
        Err(problem) => {
            let file = args.cpu.as_ref().map_or_else(String::new, |path| path.display().to_string());
            let error = Error { file, problem };
            messages.problem(&error, Consequence::NoCorrelation);
            status = Status::Failed;
            (None, Some(error.problem))
        }
    };
    let cpu_notes = lookups.map_or_else(Notes::default, Lookups::into_notes);
    let mut first = true;
    for path in &args.files {
        let name = name_of(path);
        let progress = Progress::new(&name, args.talk.progress, messages.is_quiet());
        let tell = |problem, consequence| {
            messages.problem(&Error { file: path.display().to_string(), problem }, consequence);
        };
        let lookups = maps.as_ref().map(SourceMaps::lookups);
        let beside = Beside { cpu: cpu.as_ref(), lookups: lookups.as_ref() };
        let read = read_file(path, &args, beside, &classifier, &pool, &progress, messages);
        let (mut profile, problem) = match read {
            Ok(read) => read,
            Err(problem) => {
                progress.clear();
                tell(problem, Consequence::Nothing);
                status = status.max(Status::Failed);
                continue;
            }
        };
        if content == Content::Findings {
            profile.orphans = samples_without_node(path, &profile, &args, messages);
        }
        if let Some(problem) = &no_cpu {
            profile.lacks_cpu(problem);
        }
        let mut notes = lookups.map_or_else(Notes::default, Lookups::into_notes);
        notes.merge(&cpu_notes);
        source_maps::note(&mut profile, &notes);
        for prefix in application::unmet(&args.read.app, &profile.aggregate.frames) {
            profile.lacks_application(prefix);
        }
        progress.reporting();
        let report = Report::new(
            &profile,
            ReportOptions {
                limit: args.limit,
                stacks: usize::from(args.stacks),
                relative: args.filters.relative,
                interval: args.read.interval,
            },
        );
        let report = match &cpu {
            Some(cpu) => report.with_cpu(cpu),
            None => report,
        };
        let report = match usage {
            Some(usage) => report.with_memory_usage(usage),
            None => report,
        };
        let report = match report.with_advice(classifier.rules()) {
            Ok(report) => report,
            Err(error) => {
                messages.error(&escaped(&error.to_string()));
                return Status::Failed;
            }
        };
        progress.clear();
        for warning in profile.warnings.iter().filter(|warning| warning.is_of_arguments()) {
            let (file, message) = (escaped(&path.display().to_string()), escaped(&warning.message));
            messages.warning(&format_args!("{file}: {message}\n  {}", escaped(&warning.remedy)));
        }
        for output in &mut outputs {
            if let Err(error) = output.write(&report, content) {
                messages.error(&error);
                return Status::Failed;
            }
        }
        first = false;
        if let Some(problem) = problem {
            if args.read.allow_truncated && problem.is_early_end() {
                tell(problem, Consequence::Tolerated);
            } else {
                tell(problem, Consequence::Part);
                status = status.max(Status::Failed);
            }
        }
    }
    if first {
        // No report was made: no file is written.
        return status;
    }
    for output in outputs {
        if let Err(error) = output.finish() {
            messages.error(&error);
            status = Status::Failed;
        }
    }
    if let Some(peak) = peak_memory() {
        messages.detail(&format_args!("{:.1} MiB of memory at most", peak as f64 / f64::from(1 << 20)));
    }
    status
}

/// Reads what the process said of its memory.
fn memory_usage(path: &Path) -> Result<MemoryUsage, String> {
    /// Bytes of the longest text that is looked at; the usual has 120.
    const LONGEST: u64 = 1 << 20;
    let named =
        |error: &dyn std::fmt::Display| format!("--memory-usage {}: {error}", escaped(&path.display().to_string()));
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
    read.map_err(|error| named(&error))?;
    MemoryUsage::from_json(&text).map_err(|error| named(&error))
}

/// Files up to this size are read before another thread has started.
const SMALL: u64 = 256 << 10;

/// How many threads the arguments ask for; 0 is as many as there are cores.
fn threads(args: &ReportArgs) -> usize {
    let is_small = |path: &PathBuf| path.metadata().is_ok_and(|file| file.is_file() && file.len() <= SMALL);
    /// Memory without which a thread more is of no use: its stack, and rows of its windows.
    const FOR_A_THREAD: usize = 2 << 20;
    let wanted = match args.read.threads {
        Some(threads) => threads.into(),
        None if args.files.iter().all(is_small) => 1,
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    wanted.min(args.read.max_memory.map_or(usize::MAX, |limit| limit / FOR_A_THREAD))
}

/// What a file is read beside.
struct Beside<'a, 'm> {
    cpu: Option<&'a Cpu>,
    lookups: Option<&'a Lookups<'m>>,
}

/// Reads one file. Gives what was found, and what is wrong with the file if it could not be read to its end.
fn read_file(
    path: &Path,
    args: &ReportArgs,
    Beside { cpu, lookups }: Beside<'_, '_>,
    classifier: &Classifier,
    pool: &rayon::ThreadPool,
    progress: &Progress,
    messages: &Messages,
) -> Result<(Profile, Option<Problem>), Problem> {
    let started = Instant::now();
    let mut input = Input::open(path, &input_options(args))?;
    let filters = args.filters.patterns();
    let options = ReadOptions {
        filters: &filters,
        window_size: args.read.window_size.unwrap_or_else(|| ReadOptions::window_size_for(pool.current_num_threads())),
        max_memory: args.read.max_memory,
        program_memory: program_memory(args, cpu) + lookups.map_or(0, Lookups::room),
        originals: lookups.map(|lookups| lookups as &dyn Originals),
        stacks: usize::from(args.stacks),
        repair_stacks: args.read.repair_stacks,
        progress: &|reading: Reading| progress.reading(reading),
        ..ReadOptions::default()
    };
    let mut outcome = pool.install(|| read(&mut input, classifier, &options))?;
    let problem = outcome.problem.take();
    let profile = Profile::new(name_of(path), input.compressed_bytes(), outcome, problem.as_ref());
    let seconds = started.elapsed().as_secs_f64();
    messages.detail(&format_args!(
        "{}: {} bytes in {:.3} s ({:.2} GB/s), {:?}, {} threads, {}",
        escaped(&path.display().to_string()),
        profile.file.bytes,
        seconds,
        profile.file.bytes as f64 / seconds / 1e9,
        input.kind(),
        pool.current_num_threads(),
        options.backend,
    ));
    Ok((profile, problem))
}

/// Counts the samples of a file whose nodes are not in it. That wants a second reading, so a report does without.
fn samples_without_node(path: &Path, profile: &Profile, args: &ReportArgs, messages: &Messages) -> Option<Orphans> {
    /// The part of the memory that is allowed which ids may take, and bytes of it where all is.
    const SHARE: usize = 8;
    const MEMORY: usize = 64 << 20;
    if profile.aggregate.samples.is_none() || !profile.file.complete {
        return None;
    }
    let memory = args.read.max_memory.map_or(MEMORY, |limit| limit / SHARE);
    let found = match path.is_file() {
        true => orphans(|| Input::open(path, &input_options(args)).ok(), Backend::detect(), memory),
        false => None,
    };
    if found.is_none() {
        let name = escaped(&path.display().to_string());
        let why =
            if path.is_file() { "their ids take too much memory, or are none" } else { "it can be read but once" };
        messages.warning(&format_args!("{name}: samples were not compared with nodes: {why}"));
    }
    found
}

/// How inputs are read.
pub(super) fn input_options(args: &ReportArgs) -> Options {
    Options { mmap: !args.read.no_mmap, chunk: Options::chunk_within(args.read.max_memory) }
}

/// Bytes of memory that the program takes beside the file that is read next, a CPU profile and what the report makes of it among them.
pub(super) fn program_memory(args: &ReportArgs, cpu: Option<&Cpu>) -> usize {
    /// Bytes of code that may not have run yet.
    const TO_COME: usize = 1 << 20;
    /// Bytes that a function of the CPU profile takes where it is joined to those of the heap profile.
    const JOINED: usize = 600;
    if args.read.max_memory.is_none() {
        return PROGRAM;
    }
    give_freed_memory_back();
    let resident = match resident_memory() {
        Some(resident) => resident + TO_COME,
        None => PROGRAM + cpu.map_or(0, |cpu| cpu.profile.memory()),
    };
    resident.max(PROGRAM) + cpu.map_or(0, |cpu| cpu.profile.frames.len() * JOINED)
}

/// The last part of the path; `-` for standard input.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
