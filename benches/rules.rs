//! What rules cost: to load, to classify call frames by (once for each distinct one), and to advise by.

#![expect(clippy::expect_used, reason = "a bench that cannot go on stops")]

mod common;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use heapsift::classify::Classifier;
use heapsift::generate::Layout;
use heapsift::profile::{Classify, RawFrame};
use heapsift::rules::Rules;

use common::{classifier, fixture, generated, outcome, pool};

fn load(criterion: &mut Criterion) {
    criterion.bench_function("rules/load", |bencher| bencher.iter(Classifier::builtin));
    criterion.bench_function("rules/load with all advice", |bencher| {
        bencher.iter(|| Rules::builtin().expect("right rules").recommendations().map(|all| all.len()));
    });
}

fn classify(criterion: &mut Criterion) {
    let classifier = classifier();
    let (random, _) = generated(Layout::Inspector, 30_000_000);
    let texts = [
        ("generated", random),
        ("seed", fixture("seed/x-heapprofile-3070674-20251207-1.heapprofile")),
        ("captured", fixture("captured/node-heap-prof.heapprofile")),
    ];
    let mut group = criterion.benchmark_group("rules/classify");
    for (name, text) in texts {
        let frames = outcome(text, &pool(1), &classifier).aggregate.frames;
        let raw: Vec<RawFrame<'_>> = frames
            .ids()
            .map(|id| {
                let frame = frames.get(id);
                let (function, url) = (frames.text(frame.function), frames.text(frame.url));
                RawFrame { function, url, has_script: !url.is_empty(), has_line: true }
            })
            .collect();
        group.throughput(Throughput::Elements(raw.len() as u64));
        group.bench_function(format!("{name}, {} call frames", raw.len()), |bencher| {
            bencher.iter(|| raw.iter().for_each(|&frame| drop(black_box(classifier.classify(frame)))));
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = common::criterion();
    load(&mut criterion);
    classify(&mut criterion);
    criterion.final_summary();
}
