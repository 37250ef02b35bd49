//! From the text of a small capture to a rendered report: what a run costs beside the start of the process.

#![expect(clippy::expect_used, reason = "a bench that cannot go on stops")]

mod common;

use criterion::{Criterion, Throughput};
use heapsift::analysis::model::{Profile, Report, ReportOptions};
use heapsift::classify::Classifier;
use heapsift::report::{Format, Style, render};

use common::{classifier, fixture, outcome, pool};

fn rendered(text: &'static [u8], pool: &rayon::ThreadPool, classifier: &Classifier, format: Format) -> Vec<u8> {
    let profile = Profile::from_outcome("small.heapprofile".to_owned(), None, outcome(text, pool, classifier)).0;
    let report = Report::new(&profile, ReportOptions::default());
    let report = report.with_advice(classifier.rules()).expect("the built-in rules are right");
    let mut out = Vec::new();
    render(&report, format, &Style::default(), &mut out).expect("memory can be written");
    out
}

fn report(criterion: &mut Criterion) {
    let classifier = classifier();
    let pool = pool(1);
    for (name, file) in [
        ("inspector", "captured/node-heap-prof.heapprofile"),
        ("xprofiler", "captured/x-heapprofile-4242-20261122-0.heapprofile"),
    ] {
        let text = fixture(file);
        let mut group = criterion.benchmark_group(format!("report/{name}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        for (format_name, format) in [("json", Format::Json), ("markdown", Format::Markdown), ("text", Format::Text)] {
            let expected = rendered(text, &pool, &classifier, format);
            assert!(expected.len() > 1000, "a whole report");
            group.bench_function(format_name, |bencher| {
                bencher.iter(|| assert_eq!(rendered(text, &pool, &classifier, format), expected));
            });
        }
        group.finish();
    }
}

fn main() {
    let mut criterion = common::criterion();
    report(&mut criterion);
    criterion.final_summary();
}
