//! Runs in turns: the reference, each configuration, and again from the start.
//!
//! Whatever disturbs the machine for a while then disturbs all of them, and what is compared was measured side by side.

use std::io;

use super::plan::{Plan, Task, Work};
use super::work::{Found, Run, Totals};

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The file could not be read into the page cache.
    #[error("cannot read it: {0}")]
    Read(#[from] io::Error),
    /// A run failed.
    #[error("{0}")]
    Run(String),
    /// A run found something else than the others.
    #[error("{0}; did the file change?")]
    Different(String),
    /// There were too few rounds to say anything.
    #[error("at least {} rounds are needed", Plan::LEAST_ROUNDS)]
    TooFew,
}

/// The measured runs of each task, in the order of the tasks.
pub(super) fn rounds(
    tasks: &[Task],
    rounds: usize,
    expected: Totals,
    run: &mut dyn FnMut(&Task) -> Result<Run, String>,
) -> Result<Vec<Vec<Run>>, MeasureError> {
    if rounds < Plan::LEAST_ROUNDS {
        return Err(MeasureError::TooFew);
    }
    let mut quotes = None;
    let mut measured = vec![Vec::with_capacity(rounds); tasks.len()];
    for round in 0..Plan::WARM_UP_ROUNDS + rounds {
        for (task, runs) in tasks.iter().zip(&mut measured) {
            let done = run(task).map_err(MeasureError::Run)?;
            let expected = match task.work {
                Work::Report => Found::Totals(expected),
                Work::Reference => *quotes.get_or_insert(done.found),
            };
            if done.found != expected {
                let what = format!("{task} found {:?}, and not {expected:?} as before", done.found);
                return Err(MeasureError::Different(what));
            }
            if round >= Plan::WARM_UP_ROUNDS {
                runs.push(done);
            }
        }
    }
    Ok(measured)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Backend;

    const TOTALS: Totals = Totals {
        bytes: 1000,
        total_size: 1,
        nodes: 2,
        allocating_nodes: 1,
        call_frames: 2,
        max_depth: 1,
        samples: None,
    };

    fn tasks() -> [Task; 3] {
        let task = |work, threads| Task { work, threads, backend: Backend::Portable };
        [task(Work::Reference, 2), task(Work::Report, 1), task(Work::Report, 2)]
    }

    fn found(task: &Task) -> Found {
        match task.work {
            Work::Reference => Found::Quotes { bytes: 1000, quotes: 7 },
            Work::Report => Found::Totals(TOTALS),
        }
    }

    #[test]
    fn runs_take_turns_and_the_first_round_is_not_counted() {
        let mut order = Vec::new();
        let mut run = |task: &Task| {
            order.push(*task);
            Ok(Run { nanoseconds: order.len() as u64, peak_memory: None, found: found(task) })
        };
        let measured = rounds(&tasks(), 3, TOTALS, &mut run).unwrap();
        let times: Vec<Vec<u64>> =
            measured.iter().map(|runs| runs.iter().map(|run| run.nanoseconds).collect()).collect();
        assert_eq!(times, [[4, 7, 10], [5, 8, 11], [6, 9, 12]]);
        assert_eq!(order, [tasks(), tasks(), tasks(), tasks()].concat());
    }

    #[test]
    fn a_wrong_answer_is_no_figure() {
        let other = Totals { nodes: 3, ..TOTALS };
        let wrong =
            [Found::Quotes { bytes: 1000, quotes: 8 }, Found::Totals(other), Found::Quotes { bytes: 1, quotes: 7 }];
        for (at, wrong) in [(3, wrong[0]), (0, wrong[1]), (4, wrong[1]), (11, wrong[1]), (6, wrong[2])] {
            let mut n = 0;
            let mut run = |task: &Task| {
                n += 1;
                let found = if n == at + 1 { wrong } else { found(task) };
                Ok(Run { nanoseconds: 1, peak_memory: None, found })
            };
            let result = rounds(&tasks(), 3, TOTALS, &mut run);
            assert!(matches!(result, Err(MeasureError::Different(_))), "{at}: {result:?}");
        }
    }

    #[test]
    fn a_failed_run_and_too_few_rounds_are_errors() {
        let mut run = |_: &Task| Err("no memory".to_owned());
        assert_eq!(rounds(&tasks(), 3, TOTALS, &mut run).unwrap_err().to_string(), "no memory");
        assert!(matches!(rounds(&tasks(), 2, TOTALS, &mut run), Err(MeasureError::TooFew)));
    }
}
