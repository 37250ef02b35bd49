//! One capture, as each writer would have written it: the same categories, packages, functions and stacks, byte for byte.

mod common;

use common::{Way, fixtures, read_text};
use heapsift::analysis::model::{Profile, Report, ReportOptions};
use heapsift::profile::Dialect;
use heapsift::report::{Format, Style, render};

/// What a dialect holds besides the tree: samples, or none.
const DIALECTS: [(&str, Dialect, Option<u64>); 11] = [
    ("inspector", Dialect::Inspector, Some(SAMPLES)),
    ("inspector-ascii", Dialect::Inspector, Some(SAMPLES)),
    ("inspector-legacy", Dialect::InspectorLegacy, None),
    ("node-v8-api", Dialect::NodeV8Api, Some(SAMPLES)),
    ("xprofiler", Dialect::Xprofiler, None),
    ("v8-profiler-next", Dialect::V8ProfilerNext, None),
    ("heap-profile-npm", Dialect::HeapProfileNpm, None),
    ("vscode", Dialect::Vscode, Some(SAMPLES)),
    ("wrapped-profile", Dialect::Inspector, Some(SAMPLES)),
    ("wrapped-result", Dialect::Inspector, Some(SAMPLES)),
    ("wrapped-edge", Dialect::Inspector, Some(SAMPLES)),
];

/// Samples of the capture.
const SAMPLES: u64 = 71;

#[test]
fn every_dialect_tells_the_same() {
    let paths = fixtures("dialects", ".heapprofile");
    assert_eq!(paths.len(), DIALECTS.len());
    let mut bodies: Vec<(String, String)> = Vec::new();
    for path in paths {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let (_, dialect, samples) = DIALECTS.iter().find(|(name, ..)| *name == stem).expect("a known fixture");
        let text = std::fs::read(&path).expect("a fixture can be read");
        let outcome = read_text(&text, Way::plain()).expect("a profile");
        assert!(outcome.problem.is_none());
        assert_eq!(outcome.dialect, *dialect, "{stem}");
        assert_eq!(outcome.aggregate.samples.map(|samples| samples.count), *samples, "{stem}");
        let profile = Profile::from_outcome(String::new(), None, outcome).0;
        assert_eq!(profile.warnings, [], "{stem}");
        let mut json = Vec::new();
        // Those without samples do not tell their interval.
        let report = Report::new(&profile, ReportOptions { interval: Some(32 << 10), ..ReportOptions::default() });
        render(&report, Format::Json, &Style::default(), &mut json).expect("memory can be written");
        let json = String::from_utf8(json).expect("JSON is UTF-8");
        // What is wrong with a capture its samples tell, where there are any.
        let [start, end] = ["\"categories\":", "\"warnings\":"].map(|key| json.find(key).expect("the key"));
        let body = json[start..end].to_owned();
        bodies.push((stem, body));
    }
    for (stem, body) in &bodies[1..] {
        assert_eq!(body, &bodies[0].1, "{stem} differs from {}", bodies[0].0);
    }
}
