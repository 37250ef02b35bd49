//! One run, in this process: what `heapsift report -f json` does with a file, or the reference.
//!
//! The clock starts when the threads stand and the rules are parsed, and stops when the report is printed (to nowhere). Both are what
//! a larger file does not make longer; the rest is the way of a byte.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::machine::peak_memory;
use super::plan::{Plan, Settings, Task, Work};
use super::reference::{Quotes, count_quotes};
use crate::aggregate::{ReadOptions, read};
use crate::analysis::model::{FileInfo, Profile, Report, ReportOptions};
use crate::classify::Classifier;
use crate::error::{Kind, Problem};
use crate::generate::Truth;
use crate::input::{Input, Options};
use crate::report::{Format, Style, render};

/// What a run measured and found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// How long it took.
    pub nanoseconds: u64,
    /// The greatest resident memory of the process since its start, where the system tells it.
    pub peak_memory: Option<u64>,
    /// What it found; the same in every run, or something is wrong.
    pub found: Found,
}

/// What a run found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Found {
    /// The reference.
    Quotes {
        /// Bytes of the file, as they are on the disk.
        bytes: u64,
        /// How many of them are quotes.
        quotes: u64,
    },
    /// The report.
    Totals(Totals),
}

/// The sums of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Bytes of text.
    pub bytes: u64,
    /// Sum of all self sizes.
    pub total_size: u64,
    /// All nodes.
    pub nodes: u64,
    /// Nodes with a positive self size.
    pub allocating_nodes: u64,
    /// Distinct call frames that bear a node.
    pub call_frames: u64,
    /// Depth of the deepest node.
    pub max_depth: u64,
    /// Elements of `samples`.
    pub samples: Option<u64>,
}

impl Totals {
    fn of(profile: &Profile) -> Self {
        let aggregate = &profile.aggregate;
        Self {
            bytes: profile.file.bytes,
            total_size: aggregate.total_size,
            nodes: aggregate.nodes,
            allocating_nodes: aggregate.allocating_nodes,
            call_frames: aggregate.call_frames,
            max_depth: aggregate.max_depth,
            samples: aggregate.samples.map(|samples| samples.count),
        }
    }
}

impl From<&Truth> for Totals {
    fn from(truth: &Truth) -> Self {
        let &Truth { bytes, total_size, nodes, allocating_nodes, call_frames, max_depth, samples, .. } = truth;
        Self { bytes, total_size, nodes, allocating_nodes, call_frames, max_depth, samples }
    }
}

/// Why a file cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something is wrong with the file.
    #[error("{}", .0.kind)]
    File(Problem),
    /// Something else is.
    #[error("{0}")]
    Other(String),
}

impl<E: Into<Problem>> From<E> for Failure {
    fn from(problem: E) -> Self {
        Self::File(problem.into())
    }
}

/// Reads a file for the first time: whether it can be measured, and what every run has to find. `truth` is what is known to be in
/// it.
///
/// # Errors
/// If it is no regular file, which could not be read again, no heap profile that is whole, or one that holds something else.
pub fn first_pass(path: &Path, plan: &Plan, truth: Option<&Totals>) -> Result<(FileInfo, Totals), Failure> {
    let is_stream = path.as_os_str() == "-" || std::fs::metadata(path).is_ok_and(|of| !of.is_file() && !of.is_dir());
    if is_stream {
        return Err(Failure::Other("it can be read only once, and runs are repeated; name a regular file".to_owned()));
    }
    let task = Task { work: Work::Report, threads: plan.threads, backend: plan.backend };
    let (_, file, totals) = report(path, task, &plan.settings)?;
    if let Some(truth) = truth.filter(|truth| **truth != totals) {
        return Err(Failure::Other(format!("the parser found {totals:?}, but it holds {truth:?}")));
    }
    Ok((file, totals))
}

/// Does one run.
///
/// # Errors
/// If the file cannot be read, or threads cannot be started.
pub fn run(path: &Path, task: Task, settings: &Settings) -> Result<Run, Failure> {
    let (time, found) = match task.work {
        Work::Report => {
            let (time, _, totals) = report(path, task, settings)?;
            (time, Found::Totals(totals))
        }
        Work::Reference => {
            let started = Instant::now();
            let Quotes { bytes, quotes } = count_quotes(path, task.threads, task.backend).map_err(Kind::from)?;
            (started.elapsed(), Found::Quotes { bytes, quotes })
        }
    };
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    Ok(Run { nanoseconds, peak_memory: peak_memory(), found })
}

/// Reads a file and prints its report to nowhere.
fn report(path: &Path, task: Task, settings: &Settings) -> Result<(Duration, FileInfo, Totals), Failure> {
    let classifier = Classifier::builtin().map_err(|error| Failure::Other(error.to_string()))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(task.threads).build();
    let pool = pool.map_err(|error| Failure::Other(format!("cannot start threads: {error}")))?;
    let options = ReadOptions {
        backend: task.backend,
        window_size: settings.window_size.unwrap_or_else(|| ReadOptions::window_size_for(task.threads)),
        ..ReadOptions::default()
    };
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();

    let started = Instant::now();
    let mut input = Input::open(path, &Options { mmap: settings.mmap, ..Options::default() })?;
    let outcome = pool.install(|| read(&mut input, &classifier, &options))?;
    let (profile, problem) = Profile::from_outcome(name, input.compressed_bytes(), outcome);
    if let Some(problem) = problem {
        return Err(problem.into());
    }
    let printed = Report::new(&profile, ReportOptions::default()).with_advice(classifier.rules());
    let printed = printed.map_err(|error| Failure::Other(error.to_string()))?;
    render(&printed, Format::Json, &Style::default(), &mut io::sink()).map_err(Kind::from)?;
    let time = started.elapsed();

    let totals = Totals::of(&profile);
    Ok((time, profile.file, totals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Layout, Options as Wanted, random_profile};
    use crate::scan::Backend;

    const SETTINGS: Settings = Settings { window_size: Some(4096), mmap: true };

    fn plan() -> Plan {
        Plan { threads: 2, backend: Backend::detect(), rounds: 3, settings: SETTINGS }
    }

    #[test]
    fn every_kind_of_run_finds_what_the_generator_put_in() {
        for layout in [Layout::Inspector, Layout::Xprofiler] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            let truth = random_profile(&Wanted::new(layout, 100_000, 5), file.as_file_mut()).unwrap();
            let totals = Totals::from(&truth);
            let (info, found) = first_pass(file.path(), &plan(), Some(&totals)).unwrap();
            assert_eq!((found, info.bytes), (totals, truth.bytes));
            let other = Totals { total_size: totals.total_size + 1, ..totals };
            assert!(matches!(first_pass(file.path(), &plan(), Some(&other)), Err(Failure::Other(_))));
            let text = std::fs::read(file.path()).unwrap();
            let quotes = text.iter().filter(|&&byte| byte == b'"').count() as u64;
            for task in plan().tasks() {
                let found = run(file.path(), task, &SETTINGS).unwrap().found;
                let expected = match task.work {
                    Work::Report => Found::Totals(totals),
                    Work::Reference => Found::Quotes { bytes: truth.bytes, quotes },
                };
                assert_eq!(found, expected, "{task:?}");
            }
        }
    }

    #[test]
    fn what_is_not_whole_or_can_be_read_only_once_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        random_profile(&Wanted::new(Layout::Inspector, 10_000, 5), file.as_file_mut()).unwrap();
        file.as_file().set_len(9000).unwrap();
        let cut = first_pass(file.path(), &plan(), None);
        assert!(matches!(cut, Err(Failure::File(Problem { kind: Kind::UnexpectedEnd, .. }))), "{cut:?}");
        for path in ["-", "/dev/null"] {
            assert!(matches!(first_pass(Path::new(path), &plan(), None), Err(Failure::Other(_))), "{path}");
        }
        let folder = first_pass(&std::env::temp_dir(), &plan(), None);
        assert!(matches!(folder, Err(Failure::File(Problem { kind: Kind::Directory, .. }))), "{folder:?}");
    }
}
