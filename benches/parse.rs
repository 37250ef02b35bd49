//! A whole text in memory to the self size of every function: heapsift, and other readers of JSON that do no more than that.
//!
//! heapsift does the rest of its work too (total sizes, packages, categories, stacks); the others read into typed structs,
//! which borrow from the text, and sum up in one walk. One that cannot read a text is left out with a message.
//!
//! `HEAPSIFT_BENCH_SIZE` is the size of the generated texts in bytes. In small ones most of heapsift's time goes to call frames that it meets
//! for the first time; with 1000000000, as in the README, a run takes some ten minutes and 10 GB.

#![expect(clippy::print_stderr, reason = "a reader that is left out is named")]
#![expect(clippy::expect_used, reason = "a bench that cannot go on stops")]

mod common;
mod rivals;

use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput};
use heapsift::generate::Truth;
use heapsift::profile::Aggregate;

use common::{LAYOUTS, classifier, fixture, generated, outcome, pool, shared, text_of};
use rivals::{RIVALS, Rival};

/// Bytes of the generated texts, unless the environment says otherwise.
const SIZE: u64 = 32 << 20;

/// What every reader must find.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Answer {
    total: u64,
    /// Self size of the function that has most.
    top: u64,
}

impl Answer {
    fn of_truth(truth: &Truth) -> Self {
        Self { total: truth.total_size, top: truth.functions.first().map_or(0, |top| top.self_size) }
    }

    fn of_aggregate(aggregate: &Aggregate) -> Self {
        let top = aggregate.by_frame.iter().map(|sums| sums.self_size).max();
        Self { total: aggregate.total_size, top: top.unwrap_or(0) }
    }

    fn of_sums(sums: &rivals::SelfSizes<'_>) -> Self {
        Self { total: sums.values().sum(), top: sums.values().copied().max().unwrap_or(0) }
    }
}

fn bench(criterion: &mut Criterion, name: &str, text: &'static [u8], truth: Option<Answer>) {
    let classifier = classifier();
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let expected = Answer::of_aggregate(&outcome(text, &pool(all), &classifier).aggregate);
    if let Some(truth) = truth {
        assert_eq!(expected, truth, "{name}");
    }
    let mut group = criterion.benchmark_group(format!("parse/{name}"));
    group.throughput(Throughput::Bytes(text.len() as u64)).sampling_mode(SamplingMode::Flat);
    let mut thread_counts = vec![1, all];
    thread_counts.dedup();
    for threads in thread_counts {
        let pool = pool(threads);
        group.bench_function(BenchmarkId::new("heapsift", format!("{threads} threads")), |bencher| {
            bencher.iter(|| {
                let outcome = outcome(text, &pool, &classifier);
                assert_eq!(Answer::of_aggregate(&outcome.aggregate), expected);
            });
        });
    }
    for Rival { name: rival, self_sizes } in RIVALS {
        match self_sizes(&mut text.to_vec(), &mut |sums| assert_eq!(Answer::of_sums(sums), expected, "{rival} {name}"))
        {
            Ok(()) => {}
            Err(error) => {
                eprintln!("parse/{name}: {rival} is left out: {error:.200}");
                continue;
            }
        }
        group.bench_function(rival, |bencher| {
            // Some write into the text they read. The copy is not measured.
            bencher.iter_batched_ref(
                || text.to_vec(),
                |text| self_sizes(text, &mut |sums| assert_eq!(Answer::of_sums(sums), expected)).is_ok(),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = common::criterion();
    let size = std::env::var("HEAPSIFT_BENCH_SIZE").map_or(SIZE, |size| size.parse().expect("a number of bytes"));
    for (name, layout) in LAYOUTS {
        let (text, truth) = generated(layout, size);
        bench(&mut criterion, name, text, Some(Answer::of_truth(&truth)));
    }
    bench(&mut criterion, "captured", fixture("captured/node-heap-prof.heapprofile"), None);
    let capture = shared().join("data/typescript/tsc-heapprof-i16384.heapprofile.zst");
    match text_of(&capture) {
        Some(text) => bench(&mut criterion, "tsc", text, None),
        None => eprintln!("parse/tsc is left out: {} is not there", capture.display()),
    }
    criterion.final_summary();
}
