//! Shared by the tests: an oracle that reads a profile slowly and obviously, stand-ins, and where the fixtures are.

#![allow(dead_code, reason = "each test uses a part of this")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::allow_attributes, reason = "which part is unused differs from test to test")]

pub(crate) mod as_text;
pub(crate) mod evidence;
pub(crate) mod filtered;
pub(crate) mod oracle;
pub(crate) mod random;
pub(crate) mod rng;
pub(crate) mod sources;
pub(crate) mod spans;

use std::path::{Path, PathBuf};

use heapsift::aggregate::{Filters, Outcome, ReadOptions, read};
use heapsift::analysis::model::{Profile, Report, ReportOptions};
use heapsift::classify::Classifier;
use heapsift::error::Problem;
use heapsift::input::Input;
use heapsift::report::{Format, Style, render};
use heapsift::scan::Backend;

/// The classifier of the built-in rules.
pub(crate) fn classifier() -> &'static Classifier {
    static CLASSIFIER: std::sync::OnceLock<Classifier> = std::sync::OnceLock::new();
    CLASSIFIER.get_or_init(|| Classifier::builtin().expect("the built-in rules are right"))
}

/// How a test reads: any of it must give the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) backend: Backend,
    pub(crate) window_size: usize,
    pub(crate) threads: usize,
}

impl Way {
    pub(crate) fn plain() -> Self {
        Self { backend: Backend::detect(), window_size: ReadOptions::WINDOW_SIZE, threads: 2 }
    }
}

/// Runs `job` on a pool of so many threads. Pools are kept: starting threads is slow.
pub(crate) fn on_threads<T: Send>(threads: usize, job: impl FnOnce() -> T + Send) -> T {
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex, OnceLock};
    static POOLS: OnceLock<Mutex<HashMap<usize, Arc<rayon::ThreadPool>>>> = OnceLock::new();
    let pools = POOLS.get_or_init(Mutex::default);
    let pool = Arc::clone(pools.lock().expect("no test panics here").entry(threads).or_insert_with(|| {
        Arc::new(rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started"))
    }));
    pool.install(job)
}

/// Reads an input in a way.
pub(crate) fn read_input(input: Input, way: Way) -> Result<Outcome, Problem> {
    read_filtered(input, way, &Filters::default())
}

/// Reads of an input what filters show.
pub(crate) fn read_filtered(input: Input, way: Way, filters: &Filters) -> Result<Outcome, Problem> {
    read_with(input, way, ReadOptions { filters, ..ReadOptions::default() })
}

/// Reads an input in a way, otherwise as the options say.
pub(crate) fn read_with(mut input: Input, way: Way, options: ReadOptions<'_>) -> Result<Outcome, Problem> {
    let classifier = classifier();
    on_threads(way.threads, move || {
        let Way { backend, window_size, .. } = way;
        read(&mut input, classifier, &ReadOptions { backend, window_size, ..options })
    })
}

/// Reads a text in a way.
pub(crate) fn read_text(text: &[u8], way: Way) -> Result<Outcome, Problem> {
    read_input(Input::from_bytes(text.to_vec()), way)
}

/// The JSON report of what was read.
pub(crate) fn json(name: &str, outcome: Outcome) -> String {
    let problem = outcome.problem.as_ref().map(|problem| format!("{problem:?}"));
    assert_eq!(problem, None, "{name}");
    let profile = Profile::from_outcome(name.to_owned(), None, outcome).0;
    let mut out = Vec::new();
    let report = Report::new(&profile, ReportOptions::default());
    render(&report, Format::Json, &Style::default(), &mut out).expect("memory can be written");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// The files below a folder of `fixtures/` whose name ends so.
pub(crate) fn fixtures(folder: &str, ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut folders = vec![root];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a folder can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "no fixtures in {folder}");
    files
}

/// Where captures beside the project are, if they are.
pub(crate) fn shared() -> PathBuf {
    match std::env::var_os("HEAPSIFT_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    }
}

/// Heap profiles beside the project; none where only the project is there.
pub(crate) fn shared_captures() -> Vec<PathBuf> {
    let mut folders = vec![shared().join("data"), shared().join("seed")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".heapprofile") || name.ends_with(".heapprofile.zst") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
