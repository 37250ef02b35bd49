//! Ways to read a text that must all give the same, and the account of a result in which they are compared.

use std::sync::{Arc, LazyLock};

use heapsift::aggregate::{Kept, NotKept, Outcome, ReadOptions, read};
use heapsift::classify::Classifier;
use heapsift::error::Problem;
use heapsift::input::Input;
use heapsift::profile::Classify;
use heapsift::scan::Backend;

use crate::as_text;

/// How a text is read.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub backend: Backend,
    pub window_size: usize,
    pub threads: usize,
}

/// Most threads of a way.
const MAX_THREADS: usize = 4;

impl Way {
    /// One window on one thread.
    pub const PLAIN: Self = Self { backend: Backend::Portable, window_size: 1 << 20, threads: 1 };

    /// Small windows, on some threads with some back end.
    pub fn of(window: u8, machine: u8) -> Self {
        let machine = usize::from(machine);
        let backends: Vec<Backend> = Backend::available().collect();
        Self {
            backend: backends[machine / MAX_THREADS % backends.len()],
            window_size: 64 + 3 * usize::from(window),
            threads: 1 + machine % MAX_THREADS,
        }
    }
}

/// The first two bytes of an input say how it is read; the rest is the text.
pub fn split(data: &[u8]) -> Option<(Way, &[u8])> {
    let (&[window, machine], text) = data.split_first_chunk()?;
    let compressed = text.starts_with(b"\x1f\x8b") || text.starts_with(b"\x28\xb5\x2f\xfd");
    // Bombs and the decoders are not what is looked for here.
    (!compressed).then(|| (Way::of(window, machine), text))
}

/// The classifier of the built-in rules.
pub fn classifier() -> &'static Classifier {
    static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| Classifier::builtin().expect("the rules are right"));
    &CLASSIFIER
}

/// Pools by number of threads.
static POOLS: LazyLock<Vec<Arc<rayon::ThreadPool>>> = LazyLock::new(|| {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().map(Arc::new);
    (1..=MAX_THREADS).map(|threads| pool(threads).expect("threads can be started")).collect()
});

fn options(way: Way) -> ReadOptions<'static> {
    ReadOptions { backend: way.backend, window_size: way.window_size, ..ReadOptions::default() }
}

/// Reads a text in a way.
pub fn read_in(text: &[u8], way: Way, classify: &dyn Classify) -> Result<Outcome, Problem> {
    let mut input = Input::from_bytes(text.to_vec());
    POOLS[way.threads - 1].install(|| read(&mut input, classify, &options(way)))
}

/// Reads a text and keeps its nodes.
pub fn read_with_tree(text: &[u8]) -> Result<Outcome, Problem> {
    let mut input = Input::from_bytes(text.to_vec());
    let options = ReadOptions { keep_tree: true, ..options(Way::PLAIN) };
    POOLS[0].install(|| read(&mut input, classifier(), &options))
}

/// Reads a text with the call frames that its first half has left; nothing where that counts lines in another way.
pub fn read_after_its_half(text: &[u8], way: Way) -> Option<Result<Outcome, Problem>> {
    let mut kept = Kept::new(classifier(), None);
    let mut read = |text: &[u8]| {
        let mut input = Input::from_bytes(text.to_vec());
        POOLS[way.threads - 1].install(|| kept.read(&mut input, &options(way)))
    };
    drop(read(&text[..text.len() / 2]));
    match read(text) {
        Ok(read) => Some(Ok(read.outcome)),
        Err(NotKept::Problem(problem)) => Some(Err(problem)),
        Err(NotKept::OtherLines) => None,
    }
}

/// Everything in a result that must not depend on the way.
pub fn account(result: &Result<Outcome, Problem>) -> String {
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(problem) => return format!("refused: {problem:?}"),
    };
    let Outcome { aggregate, dialect, bytes, problem, trailer_missing, has_another_profile, tree: _ } = outcome;
    let sums = as_text::sums(aggregate);
    let replaced = aggregate.replaced_texts;
    let behind = (trailer_missing, has_another_profile);
    format!(
        "{sums}\nreplaced {replaced} {dialect} {bytes} bytes, trailer missing, another profile {behind:?}, {problem:?}"
    )
}

/// Panics where two accounts differ, with the lines that do.
pub fn assert_same(expected: &str, found: &str, what: &dyn std::fmt::Debug) {
    if expected == found {
        return;
    }
    let only = |a: &str, b: &str| -> Vec<String> {
        a.lines().filter(|line| !b.lines().any(|other| other == *line)).map(str::to_owned).collect()
    };
    panic!("{what:?}\nexpected {:#?}\nfound {:#?}", only(expected, found), only(found, expected));
}
