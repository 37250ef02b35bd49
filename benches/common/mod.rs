//! Shared by the benches: the texts that are read, and how heapsift reads one.

#![expect(clippy::expect_used, clippy::panic, reason = "a bench that cannot go on stops")]
#![allow(dead_code, reason = "each bench uses a part of this")]
#![allow(clippy::allow_attributes, reason = "which part is unused differs from bench to bench")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::Criterion;
use heapsift::aggregate::{Outcome, ReadOptions, read};
use heapsift::classify::Classifier;
use heapsift::generate::{Layout, Options, Truth, random_profile};
use heapsift::input::Input;

/// Few samples: a whole run is to take minutes, and the differences that matter are large.
pub(crate) fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args()
}

/// Both layouts, by name.
pub(crate) const LAYOUTS: [(&str, Layout); 2] = [("inspector", Layout::Inspector), ("xprofiler", Layout::Xprofiler)];

/// A generated profile of about `size` bytes. It lives as long as the process, so that no bench copies it.
pub(crate) fn generated(layout: Layout, size: u64) -> (&'static [u8], Truth) {
    let mut text = Vec::new();
    let truth = random_profile(&Options::new(layout, size, 11), &mut text).expect("memory can be written");
    (text.leak(), truth)
}

/// The text of a file, decompressed; `None` if the file is not there.
pub(crate) fn text_of(path: &Path) -> Option<&'static [u8]> {
    let mut input = Input::open(path, &Default::default()).ok()?;
    Some(input.block(0, usize::MAX).bytes.to_vec().leak())
}

/// A file of `fixtures/`.
pub(crate) fn fixture(name: &str) -> &'static [u8] {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    text_of(&path).unwrap_or_else(|| panic!("{} cannot be read", path.display()))
}

/// Where captures beside the project are, if they are.
pub(crate) fn shared() -> PathBuf {
    match std::env::var_os("HEAPSIFT_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    }
}

/// The classifier of the built-in rules.
pub(crate) fn classifier() -> Classifier {
    Classifier::builtin().expect("the built-in rules are right")
}

/// A pool of so many threads.
pub(crate) fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started")
}

/// What heapsift finds in a text, on the threads of `pool`.
pub(crate) fn outcome(text: &'static [u8], pool: &rayon::ThreadPool, classifier: &Classifier) -> Outcome {
    let mut input = Input::from_bytes(text);
    let options = ReadOptions::default();
    let outcome = pool.install(|| read(&mut input, classifier, &options)).expect("a heap profile");
    assert!(outcome.problem.is_none(), "{:?}", outcome.problem);
    outcome
}
