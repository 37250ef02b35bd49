//! The reading of a batch: large files one at a time with all threads, small ones several at a time. What is read of each goes to the journal as it comes, and is added up; nothing else is
//! kept, so results do not depend on which is done first.

use std::collections::BTreeMap;
use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rayon::ThreadPool;

use super::args::BatchArgs;
use super::gathered::{Classes, Gathered, Gathering};
use super::plan::Plan;
use super::progress::BatchProgress;
use super::reader::{Known, Read, Reader, read_alone};
use super::stale;
use crate::aggregate::{ReadOptions, bounds_causes};
use crate::analysis::model::{Cpu, Entry, Report, ReportOptions};
use crate::batch::{Copies, Identity, Journal, Limit, ProblemRecord, ProfileRecord, Record, Stored};
use crate::cli::args::When;
use crate::cli::cpu;
use crate::cli::messages::Messages;
use crate::cli::output::{Output, OutputError};
use crate::cli::progress::Progress;
use crate::cli::session::{Pass, Session};
use crate::error::{Kind, OutOfMemory, Problem};
use crate::report::{Format, escaped, render_document};
use crate::source_map::Notes;

/// Bytes on disk from which a file is read with all threads: a block of the usual size for four of them.
pub(super) const LARGE: u64 = 4 << 20;

/// The part of the memory that is left for sums over all dumps, and the words of a report.
const SET_ASIDE: usize = 32;

/// Everything that the readers of a batch share.
pub(super) struct Work<'a> {
    pub(super) args: &'a BatchArgs,
    pub(super) session: &'a Session<'a>,
    pub(super) plan: &'a Plan,
    pub(super) progress: &'a BatchProgress,
    journal: Mutex<Journal>,
    copies: Copies,
    /// What was added up, by each thread for itself.
    gathered: Mutex<Vec<Gathered>>,
    /// Files that cannot be opened; that may be another matter the next time, so the journal does not tell of them.
    unread: Mutex<BTreeMap<usize, ProblemRecord>>,
    /// Seconds that each file took.
    seconds: Mutex<Vec<(usize, f64)>>,
    /// What ends the batch.
    fatal: Mutex<Option<String>>,
    stop: AtomicBool,
}

/// What has come of the reading.
pub(super) struct Worked {
    pub(super) journal: Journal,
    pub(super) copies: Copies,
    pub(super) gathered: Vec<Gathered>,
    pub(super) unread: BTreeMap<usize, ProblemRecord>,
    pub(super) seconds: Vec<(usize, f64)>,
}

/// What a thread has of its own beside what it reads with.
#[derive(Default)]
struct Own {
    gathered: Gathered,
    classes: Classes,
}

/// The report of a dump.
#[derive(Default)]
struct Reported {
    /// Its file, if there is to be any.
    file: Option<String>,
    /// The CPU profile that belongs to the dump; none that could not even be opened, so that it is tried again.
    cpu: Option<Identity>,
    /// Why it cannot be used.
    cpu_problem: Option<ProblemRecord>,
    /// The one that is used instead.
    cpu_instead: Option<Identity>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Work<'a> {
    pub(super) fn new(
        args: &'a BatchArgs,
        session: &'a Session<'a>,
        plan: &'a Plan,
        progress: &'a BatchProgress,
        journal: Journal,
    ) -> Self {
        Self {
            args,
            session,
            plan,
            progress,
            journal: Mutex::new(journal),
            copies: Copies::default(),
            gathered: Mutex::default(),
            unread: Mutex::default(),
            seconds: Mutex::default(),
            fatal: Mutex::default(),
            stop: AtomicBool::new(false),
        }
    }

    /// What has come of it.
    pub(super) fn into_parts(self) -> Worked {
        Worked {
            journal: self.journal.into_inner().unwrap_or_else(PoisonError::into_inner),
            copies: self.copies,
            gathered: self.gathered.into_inner().unwrap_or_else(PoisonError::into_inner),
            unread: self.unread.into_inner().unwrap_or_else(PoisonError::into_inner),
            seconds: self.seconds.into_inner().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Reads these dumps. An error, such as a full disk, is ready to be shown.
    pub(super) fn run(&self, dumps: &[usize], jobs: usize) -> Result<(), String> {
        // Memory is bounded, and source maps are noted, one file at a time.
        let one_at_a_time = self.args.read.max_memory.is_some() || !self.args.read.source_map.is_empty();
        let is_large = |&i: &usize| one_at_a_time || self.plan.dumps[i].bytes >= LARGE;
        let (large, small): (Vec<usize>, Vec<usize>) = dumps.iter().partition(|i| is_large(i));
        let mut own = Own::default();
        for i in large {
            if !self.stop.load(Ordering::Relaxed) {
                let started = Instant::now();
                let read = read_alone(self.session, &self.plan.dumps[i], self.pass(i));
                self.done(i, read, &self.session.pool, started, &mut own, |_| None);
            }
        }
        lock(&self.gathered).push(own.gathered);
        let next = AtomicUsize::new(0);
        let jobs = jobs.min(small.len());
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| match Reader::new(self.session, jobs) {
                    Ok(mut reader) => {
                        let mut own = Own::default();
                        while let Some(&i) = small.get(next.fetch_add(1, Ordering::Relaxed))
                            && !self.stop.load(Ordering::Relaxed)
                        {
                            let started = Instant::now();
                            let read = reader.read(&self.plan.dumps[i], &self.pass(i));
                            let pool = reader.pool();
                            self.done(i, read, &pool, started, &mut own, |read| reader.known(read));
                        }
                        lock(&self.gathered).push(own.gathered);
                    }
                    Err(message) => self.fail(message),
                });
            }
        });
        let written = lock(&self.journal).flush().map_err(|error| self.plan.journal_error(&error));
        match lock(&self.fatal).take() {
            Some(message) => Err(message),
            None => written,
        }
    }

    /// Puts down what was read of a dump, and what went wrong; `known` is what is known of the frames of its table.
    fn done<'k>(
        &self,
        i: usize,
        read: Result<Read, Problem>,
        pool: &ThreadPool,
        started: Instant,
        own: &mut Own,
        known: impl FnOnce(&Read) -> Option<&'k mut Known>,
    ) {
        let record = match read {
            Err(problem) => Ok(self.unreadable(i, problem)),
            Ok(mut read) => {
                let mut alone = Known::default();
                let known = known(&read).unwrap_or(&mut alone);
                let reported = self.report(i, &mut read, pool, known);
                reported.and_then(|reported| self.record(i, read, reported, known, &mut own.classes).map(Some))
            }
        };
        let added = record.and_then(|record| record.map_or(Ok(()), |record| self.add(i, record, own)));
        if let Err(message) = added {
            self.fail(message);
        }
        lock(&self.seconds).push((i, started.elapsed().as_secs_f64()));
        self.progress.file(self.plan.dumps[i].bytes);
    }

    /// Puts a record into the journal, and adds it up.
    fn add(&self, i: usize, record: Record, own: &mut Own) -> Result<(), String> {
        let added = Stored::of(&record).and_then(|stored| lock(&self.journal).add(stored));
        added.map_err(|error| self.plan.journal_error(&error))?;
        let gathering = Gathering { args: self.args, plan: self.plan, copies: &self.copies };
        own.gathered.add(i, record, gathering, |id| own.classes.of(id));
        Ok(())
    }

    /// What a dump is read for.
    fn pass(&self, i: usize) -> Pass<'static> {
        let shown = if self.args.no_reports { 0 } else { ReadOptions::STACKS };
        Pass {
            stacks: self.plan.stacks[i].max(shown),
            without_causes: self.args.no_reports,
            filters: self.args.filters.patterns.filters(),
            set_aside: self.args.read.max_memory.map_or(0, |limit| limit / SET_ASIDE),
            ..Pass::default()
        }
    }

    /// The memory that a dump is read in, with this problem, and whether more may make another record of it: it or a source map may fit then, a CPU profile may be joined by time, and of who
    /// causes bytes more may be known.
    fn limit(&self, i: usize, problem: Option<&ProblemRecord>) -> Option<Limit> {
        let bytes = self.args.read.max_memory?;
        let may_report_more = !self.args.no_reports && (!self.plan.pairs[i].is_empty() || bounds_causes(bytes));
        let is_short = problem.is_some_and(|problem| problem.shortage.is_some());
        let shows = is_short || may_report_more || !self.args.read.source_map.is_empty();
        Some(Limit { bytes: bytes as u64, shows })
    }

    fn fail(&self, message: String) {
        self.stop.store(true, Ordering::Relaxed);
        lock(&self.fatal).get_or_insert(message);
    }

    /// The record of a dump that nothing could be read of; none if it could not even be opened.
    fn unreadable(&self, i: usize, problem: Problem) -> Option<Record> {
        let is_unreadable = is_unreadable(&problem);
        let problem = problem_of(problem, self.args);
        if is_unreadable {
            lock(&self.unread).insert(i, problem);
            return None;
        }
        let identity = self.plan.identities[i].clone();
        Some(Record {
            identity,
            stacks: self.plan.stacks[i],
            limit: self.limit(i, Some(&problem)),
            report: None,
            cpu: None,
            cpu_problem: None,
            cpu_instead: None,
            problem: Some(problem),
            profile: None,
        })
    }

    /// The record of a dump.
    fn record(
        &self,
        i: usize,
        mut read: Read,
        reported: Reported,
        known: &mut Known,
        classes: &mut Classes,
    ) -> Result<Record, String> {
        let mut stacks = std::mem::take(&mut read.profile.aggregate.stacks);
        stacks.truncate(self.plan.stacks[i]);
        let total_size = read.profile.aggregate.total_size;
        let Entry { sampling, objects, allocating_nodes, mut functions, .. } =
            Entry::of(&read.profile, self.args.read.interval);
        let renumbered = read.renumber(&mut functions, &mut stacks, known, &self.journal, classes);
        let stack_names = renumbered.map_err(|error| self.plan.journal_error(&error))?;
        let (file, content) = (read.profile.file, read.profile.aggregate.content);
        let profile = ProfileRecord {
            file,
            sampling,
            objects,
            total_size,
            allocating_nodes,
            content,
            functions,
            stacks,
            stack_names,
        };
        let problem = read.problem.map(|problem| problem_of(problem, self.args));
        Ok(Record {
            identity: self.plan.identities[i].clone(),
            stacks: self.plan.stacks[i],
            limit: self.limit(i, problem.as_ref()),
            cpu: reported.cpu,
            cpu_problem: reported.cpu_problem,
            cpu_instead: reported.cpu_instead,
            report: reported.file,
            problem,
            profile: Some(profile),
        })
    }

    /// Writes the report of a dump.
    fn report(&self, i: usize, read: &mut Read, pool: &ThreadPool, known: &mut Known) -> Result<Reported, String> {
        if self.args.no_reports {
            return Ok(Reported::default());
        }
        let place = &self.plan.reports[i];
        let mut reported =
            Reported { file: Some(place.clone()), cpu: self.plan.cpu_identity(i), ..Reported::default() };
        let mut tried = self.plan.pairs[i].iter().map(|&cpu| (cpu, self.cpu(cpu, pool)));
        let cpu = match tried.next() {
            Some((_, Ok(cpu))) => Some(cpu),
            Some((_, Err(problem))) => {
                let instead = tried.find_map(|(number, cpu)| cpu.ok().map(|cpu| (number, cpu)));
                reported.cpu_instead = instead.as_ref().map(|(cpu, _)| self.plan.cpu_profiles[*cpu].identity());
                if instead.is_none() {
                    read.profile.lacks_cpu(&problem);
                }
                if is_unreadable(&problem) {
                    reported.cpu = None;
                }
                // Of one that ends early nothing is used.
                reported.cpu_problem = Some(ProblemRecord { tolerated: false, ..problem_of(problem, self.args) });
                instead.map(|(_, cpu)| cpu)
            }
            None => None,
        };
        let options = ReportOptions {
            limit: self.args.limit,
            stacks: usize::from(self.args.stacks),
            relative: self.args.filters.relative,
            interval: self.args.read.interval,
        };
        let report = Report::new(&read.profile, options).with_lasting_ids(read.lasting_ids());
        let report = match &cpu {
            Some(cpu) => report.with_cpu(cpu),
            None => report,
        };
        let report = report.with_known_advice(self.session.classifier.rules(), &mut known.answers);
        let report = report.map_err(|error| escaped(&error.to_string()))?;
        let written = write_file(&self.args.output, place, |output| {
            output.print(|_, _, out| render_document(&report, &mut known.words, out))
        });
        written.map(|()| reported)
    }

    /// Reads the CPU profile of a dump.
    fn cpu(&self, cpu: usize, pool: &ThreadPool) -> Result<Cpu, Problem> {
        let (silent, quiet) = (Progress::new("", When::Never, true), Messages::new(When::Never, true, false));
        let path = &self.plan.cpu_profiles[cpu].path;
        pool.install(|| cpu::read(path, self.session, &mut Notes::default(), &silent, &quiet))
    }
}

/// Whether a file could not even be opened: that may be another matter the next time.
fn is_unreadable(problem: &Problem) -> bool {
    matches!(problem.kind, Kind::Unreadable(_) | Kind::Directory)
}

/// What is wrong with a dump, as the journal tells it.
pub(super) fn problem_of(mut problem: Problem, args: &BatchArgs) -> ProblemRecord {
    let tolerated = args.read.allow_truncated && problem.is_early_end();
    let offset = problem.place.as_ref().map(|place| place.offset);
    let shortage = match &mut problem.kind {
        Kind::OutOfMemory(OutOfMemory { limit, whole, .. }) => {
            // Of more memory more is set aside.
            whole.iter_mut().for_each(|(_, needed)| *needed += *needed / SET_ASIDE as u64);
            Some((*limit, whole.map(|(_, needed)| needed)))
        }
        _ => None,
    };
    ProblemRecord { message: problem.kind.to_string(), offset, tolerated, shortage }
}

/// Writes a file below the folder of the batch, whole or not at all. An error is ready to be shown.
pub(super) fn write_file(
    folder: &Path,
    place: &str,
    write: impl FnOnce(&mut Output) -> Result<(), OutputError>,
) -> Result<(), String> {
    let path = folder.join(place);
    let format = if place.ends_with(".md") { Format::Markdown } else { Format::Json };
    let opened = match Output::of_result(&path, format) {
        // Nearly always its folder is there, and no earlier result is in the way.
        Err(OutputError::Write { error, .. }) if matches!(error.kind(), NotFound | NotADirectory | IsADirectory) => {
            stale::make_way(folder, place);
            let folder = path.parent().unwrap_or(folder);
            std::fs::create_dir_all(folder).map_err(|error| {
                format!("cannot make the folder {}: {error}", escaped(&folder.display().to_string()))
            })?;
            Output::of_result(&path, format)
        }
        opened => opened,
    };
    let written = opened.and_then(|mut output| {
        write(&mut output)?;
        output.finish()
    });
    written.map_err(|error| error.to_string())
}
