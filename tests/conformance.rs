//! The JSON report of real and odd files is, byte for byte, what the oracle's sums give.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};

use common::{Way, classifier, fixtures, oracle, read_text, shared_captures};
use heapsift::aggregate::Outcome;
use heapsift::analysis::model::{Profile, Report, ReportOptions};
use heapsift::input::Input;
use heapsift::report::{Format, Style, render};
use heapsift::scan::Backend;

fn json(path: &Path, outcome: Outcome) -> String {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let profile = Profile::new(name, None, outcome, None);
    let mut out = Vec::new();
    let report = Report::new(&profile, ReportOptions::default());
    render(&report, Format::Json, &Style::default(), &mut out).expect("memory can be written");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// The text of a file, decompressed.
fn text(path: &Path) -> Vec<u8> {
    let mut input =
        Input::open(path, &Default::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    input.block(0, usize::MAX).bytes.to_vec()
}

fn check(paths: &[PathBuf]) {
    for path in paths {
        let text = text(path);
        let outcome = |way| read_text(&text, way).unwrap_or_else(|problem| panic!("{}: {problem:?}", path.display()));
        let first = outcome(Way::plain());
        assert!(first.problem.is_none(), "{}: {:?}", path.display(), first.problem);
        // The oracle counts sums; who wrote the file and which names were replaced, other tests tell.
        let mut expected = oracle::outcome(&text, classifier(), first.dialect);
        expected.aggregate.replaced_texts = first.aggregate.replaced_texts;
        let expected = json(path, expected);
        assert_eq!(json(path, first), expected, "{}", path.display());
        for backend in Backend::available() {
            for (window_size, threads) in [(4096, 1), (4096, 2), (20_000, 3), (1 << 20, 8)] {
                let way = Way { backend, window_size, threads };
                assert!(json(path, outcome(way)) == expected, "{} {way:?}", path.display());
            }
        }
    }
}

#[test]
fn fixtures_conform() {
    let mut paths = fixtures("captured", ".heapprofile");
    paths.extend(fixtures("compressed", ""));
    paths.extend(fixtures("odd", ".heapprofile"));
    paths.extend(fixtures("dialects", ".heapprofile"));
    paths.extend(fixtures("seed", ".heapprofile"));
    check(&paths);
}

#[test]
fn captures_beside_the_project_conform() {
    check(&shared_captures());
}
