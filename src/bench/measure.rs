//! All that is measured of one file.

use std::fs::File;
use std::path::Path;

use serde::Serialize;

use super::machine::Machine;
use super::page_cache::PageCache;
use super::plan::{Plan, Settings, Task};
use super::rounds::{MeasureError, rounds};
use super::series::{Series, Spread};
use super::work::{Found, Run, Totals};
use crate::analysis::model::{FileInfo, Share};

/// What is measured: a file, and what is in it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The file.
    pub file: FileInfo,
    /// What every run has to find.
    pub totals: Totals,
    /// How it was made, if by the generator.
    pub generated: Option<Generated>,
}

/// How a file was generated; the same values make the same file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Generated {
    /// Name of the layout.
    pub layout: &'static str,
    /// Bytes that were asked for.
    pub size: u64,
    /// Seed of all that is random.
    pub seed: u64,
    /// Functions to draw from.
    pub functions: u32,
    /// Share of the file that `samples` takes.
    pub samples_share: f64,
}

/// The reference, measured.
#[derive(Clone, Debug)]
pub struct Reference {
    /// What was run.
    pub task: Task,
    /// Bytes of the file, as they are on the disk.
    pub bytes: u64,
    /// How long each run took.
    pub nanoseconds: Series,
}

/// A configuration of the parser, measured.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// What was run.
    pub task: Task,
    /// How long each run took.
    pub nanoseconds: Series,
    /// Peak resident memory of each run, where the system tells it.
    pub peak_memory: Option<Series>,
    /// Its rate as a share of the reference's; `None` where the two are not of the same bytes.
    pub share: Option<Share>,
}

/// All figures of a file.
#[derive(Clone, Debug)]
pub struct Measured {
    /// What was measured.
    pub subject: Subject,
    /// On what.
    pub machine: Machine,
    /// Whether the file was in the page cache.
    pub cache: PageCache,
    /// How the parser read.
    pub settings: Settings,
    /// Measured rounds.
    pub rounds: usize,
    /// Reading and counting quotes.
    pub reference: Reference,
    /// The parser, by threads and back end.
    pub configurations: Vec<Configuration>,
}

impl Reference {
    /// Bytes that were read in a second.
    pub fn bytes_per_second(&self) -> Spread {
        self.nanoseconds.spread.rate_of(self.bytes)
    }
}

/// Measures a file. `run` does a single run, in a process of its own if its memory is to be told.
///
/// # Errors
/// If the file cannot be read, a run fails, or one finds something else than `subject` says.
pub fn measure(
    path: &Path,
    subject: Subject,
    plan: &Plan,
    run: &mut dyn FnMut(&Task) -> Result<Run, String>,
) -> Result<Measured, MeasureError> {
    let file = File::open(path)?;
    let mut cache = PageCache::prepare(&file)?;
    let tasks = plan.tasks();
    let measured = rounds(&tasks, plan.rounds, subject.totals, run)?;
    cache.update(&file);

    let mut measured = tasks.into_iter().zip(measured);
    let reference = measured.next().and_then(reference_of).ok_or(MeasureError::TooFew)?;
    let comparable = subject.file.compressed_bytes.is_none();
    let configurations: Option<Vec<_>> = measured
        .map(|(task, runs)| {
            let nanoseconds = Series::new(runs.iter().map(|run| run.nanoseconds).collect())?;
            let share = Share::of(reference.nanoseconds.spread.median, nanoseconds.spread.median);
            let peaks: Option<Vec<u64>> = runs.iter().map(|run| run.peak_memory).collect();
            let peak_memory = peaks.and_then(Series::new);
            Some(Configuration { task, nanoseconds, peak_memory, share: comparable.then_some(share) })
        })
        .collect();
    let configurations = configurations.ok_or(MeasureError::TooFew)?;
    Ok(Measured {
        subject,
        machine: Machine::detect(),
        cache,
        settings: plan.settings,
        rounds: plan.rounds,
        reference,
        configurations,
    })
}

fn reference_of((task, runs): (Task, Vec<Run>)) -> Option<Reference> {
    let bytes = runs.first().map(|run| match run.found {
        Found::Quotes { bytes, .. } => bytes,
        Found::Totals(totals) => totals.bytes,
    })?;
    Some(Reference { task, bytes, nanoseconds: Series::new(runs.iter().map(|run| run.nanoseconds).collect())? })
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::plan::Work;
    use super::*;
    use crate::profile::Dialect;
    use crate::scan::Backend;

    /// A subject of 1 GB and a million nodes, and figures of it: the reference takes 0.1 s, one thread 0.5 s, two 0.25 s.
    pub(in super::super) fn measured(compressed: bool) -> Measured {
        let totals = Totals {
            bytes: 1 << 30,
            total_size: 5 << 20,
            nodes: 1_000_000,
            allocating_nodes: 300_000,
            call_frames: 1200,
            max_depth: 9,
            samples: None,
        };
        let file = FileInfo {
            name: "big.heapprofile".to_owned(),
            merged: Vec::new(),
            bytes: 1 << 30,
            compressed_bytes: compressed.then_some(1 << 20),
            dialect: Dialect::Inspector,
            complete: true,
            truncated_at: None,
            unsummed: 0,
            source_maps: Vec::new(),
        };
        let subject = Subject { file, totals, generated: None };
        let settings = Settings { window_size: None, mmap: true };
        let plan = Plan { threads: 2, backend: Backend::Portable, rounds: 3, settings };
        let mut n = 0;
        let mut run = |task: &Task| {
            n += 1;
            let (milliseconds, found) = match task.work {
                Work::Reference => (100, Found::Quotes { bytes: 1 << 30, quotes: 5 }),
                Work::Report => (500 / task.threads as u64, Found::Totals(totals)),
            };
            let noise = [0, 5, 20][((n - 1) / 3) % 3];
            Ok(Run { nanoseconds: (milliseconds + noise) * 1_000_000, peak_memory: Some((20 + noise) << 20), found })
        };
        let path = tempfile::NamedTempFile::new().unwrap();
        let measured = measure(path.path(), subject, &plan, &mut run).unwrap();
        let machine = Machine {
            cpu: Some("A CPU\u{1b}[0m".to_owned()),
            cores: 2,
            back_ends: vec!["portable"],
            page_size: Some(4096),
            os: "linux",
            architecture: "x86_64",
        };
        let cache = PageCache { share: Some(Share::of(1, 1)), dropped: Some(true) };
        Measured { machine, cache, ..measured }
    }

    #[test]
    fn shares_are_the_ratio_of_medians() {
        let measured = measured(false);
        assert_eq!(measured.reference.nanoseconds.spread.median, 105_000_000);
        let figures: Vec<_> = measured
            .configurations
            .iter()
            .map(|of| (of.task.threads, of.nanoseconds.spread.median, of.share.unwrap().fraction()))
            .collect();
        assert_eq!(figures, [(1, 505_000_000, 0.207_921), (2, 255_000_000, 0.411_765)]);
    }

    #[test]
    fn rates_of_different_bytes_are_not_compared() {
        assert!(measured(true).configurations.iter().all(|of| of.share.is_none()));
    }
}
