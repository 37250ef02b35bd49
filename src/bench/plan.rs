//! What is to be measured: numbers of threads and back ends, how often, and how files are read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::scan::Backend;

/// How the parser reads in every run. None of it changes what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Bytes of a window; `None` is what `heapsift report` takes.
    pub window_size: Option<usize>,
    /// Whether large files are mapped.
    pub mmap: bool,
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// Reads the file and counts its quotes.
    Reference,
    /// Reads the file and reports it.
    Report,
}

/// A kind of run; each round has one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// What it does.
    pub work: Work,
    /// On how many threads.
    pub threads: usize,
    /// With which instruction set.
    pub backend: Backend,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let work = match self.work {
            Work::Reference => "the reference",
            Work::Report => "the report",
        };
        let s = if self.threads == 1 { "" } else { "s" };
        write!(f, "{work} with {} thread{s} and {}", self.threads, self.backend)
    }
}

/// All that is measured of a file.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The greatest number of threads.
    pub threads: usize,
    /// The strongest back end; all weaker ones that the CPU has are measured too.
    pub backend: Backend,
    /// Measured rounds.
    pub rounds: usize,
    /// How the parser reads.
    pub settings: Settings,
}

impl Plan {
    /// Rounds that are not counted: code and file have to be where they will be from then on.
    pub const WARM_UP_ROUNDS: usize = 1;
    /// No fewer rounds are measured.
    pub const LEAST_ROUNDS: usize = 3;

    /// The back ends that are measured, from the weakest to the strongest.
    pub fn backends(&self) -> impl Iterator<Item = Backend> {
        let strongest = self.backend;
        Backend::available().filter(move |&backend| backend <= strongest)
    }

    /// The runs of a round, in order: the reference, then each number of threads with each back end.
    pub fn tasks(&self) -> Vec<Task> {
        let reference = Task { work: Work::Reference, threads: self.threads, backend: self.backend };
        let configurations = thread_counts(self.threads)
            .into_iter()
            .flat_map(|threads| self.backends().map(move |backend| Task { work: Work::Report, threads, backend }));
        [reference].into_iter().chain(configurations).collect()
    }

    /// How many runs there will be, warm-up included.
    pub fn runs(&self) -> usize {
        (Self::WARM_UP_ROUNDS + self.rounds) * self.tasks().len()
    }
}

/// The numbers of threads to measure: all up to four; of more the powers of two, and the greatest.
pub fn thread_counts(greatest: usize) -> Vec<usize> {
    if greatest <= 4 {
        return (1..=greatest.max(1)).collect();
    }
    let powers = std::iter::successors(Some(1_usize), |n| n.checked_mul(2));
    powers.take_while(|&n| n < greatest).chain([greatest]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_double_from_four_on_and_end_with_the_greatest() {
        let table: [(usize, &[usize]); 8] = [
            (0, &[1]),
            (1, &[1]),
            (2, &[1, 2]),
            (3, &[1, 2, 3]),
            (4, &[1, 2, 3, 4]),
            (5, &[1, 2, 4, 5]),
            (8, &[1, 2, 4, 8]),
            (48, &[1, 2, 4, 8, 16, 32, 48]),
        ];
        for (greatest, expected) in table {
            assert_eq!(thread_counts(greatest), expected, "{greatest}");
        }
    }

    #[test]
    fn a_round_has_the_reference_and_each_configuration_once() {
        let settings = Settings { window_size: None, mmap: true };
        for strongest in Backend::available() {
            let plan = Plan { threads: 2, backend: strongest, rounds: 3, settings };
            let tasks = plan.tasks();
            assert_eq!(tasks[0], Task { work: Work::Reference, threads: 2, backend: strongest });
            let reports: Vec<_> = tasks[1..].iter().map(|task| (task.work, task.threads, task.backend)).collect();
            let backends = || Backend::available().filter(|&backend| backend <= strongest);
            let expected: Vec<_> =
                [1, 2].into_iter().flat_map(|threads| backends().map(move |b| (Work::Report, threads, b))).collect();
            assert_eq!(reports, expected);
            assert_eq!(plan.runs(), 4 * (1 + 2 * backends().count()));
        }
    }
}
