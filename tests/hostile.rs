//! Texts that were made to break the reader, each with what must come of it.

#![expect(clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Way, read_text};
use heapsift::aggregate::{Outcome, ReadOptions};
use heapsift::error::{Kind, OtherFile, Problem};
use heapsift::profile::Dialect;
use heapsift::scan::Backend;

fn way(window_size: usize) -> Way {
    Way { backend: Backend::detect(), window_size, threads: 1 }
}

fn problem(result: Result<Outcome, Problem>) -> Problem {
    match result {
        Ok(Outcome { problem: Some(problem), .. }) | Err(problem) => problem,
        Ok(_) => panic!("something is wrong with it"),
    }
}

/// The root's call frame tells how lines count and who wrote the file, also where its text was met before.
#[test]
fn a_root_that_is_written_like_a_child_before_it() {
    let frame = r#"{"functionName":"f","scriptId":"7","url":"/srv/app/f.js","lineNumber":4,"columnNumber":0}"#;
    let text = format!(
        r#"{{"head":{{"children":[{{"callFrame":{frame},"selfSize":8,"children":[]}}],"callFrame":{frame},"selfSize":0}}}}"#
    );
    let outcome = read_text(text.as_bytes(), Way::plain()).expect("a heap profile");
    assert!(outcome.problem.is_none(), "{:?}", outcome.problem);
    assert_eq!(outcome.dialect, Dialect::InspectorLegacy);
    let frames = &outcome.aggregate.frames;
    let places: Vec<_> = frames.ids().map(|id| (frames.line(id), frames.column(id))).collect();
    assert_eq!(places, [(Some(5), Some(1))]);
}

/// A size may be too large for a sum, or so far below zero that it counts as the other negative ones do.
#[test]
fn sizes_beyond_all_numbers() {
    let text = |size| {
        format!(
            r#"{{"head":{{"callFrame":{{"functionName":"f","scriptId":"0","url":"","lineNumber":0,"columnNumber":0}},"selfSize":{size},"children":[]}}}}"#
        )
    };
    for size in ["1e999", "18446744073709551616"] {
        let text = text(size);
        let problem = problem(read_text(text.as_bytes(), Way::plain()));
        assert!(matches!(problem.kind, Kind::NumberOutOfRange), "{size}: {problem:?}");
        let place = problem.place.expect("a place");
        assert_eq!(
            (place.offset, place.path.as_str()),
            (text.find(size).expect("it is there") as u64, "head.selfSize")
        );
    }
    let outcome = read_text(text("-1e999").as_bytes(), Way::plain()).expect("a heap profile");
    assert!(outcome.problem.is_none(), "{:?}", outcome.problem);
    assert_eq!((outcome.aggregate.negative_sizes, outcome.aggregate.total_size), (1, 0));
}

/// What kind of file it is does not depend on how much of it is read at once.
#[test]
fn other_files_are_told_whatever_the_windows() {
    let padding = " ".repeat(3 * 4 * ReadOptions::MIN_WINDOW_SIZE);
    let cases = [
        (format!(r#"[{{"pid":1,{padding}"ph":"X"}}]"#), OtherFile::ChromeTrace),
        (format!(r#"{{"snapshot":{{"meta":{{}},{padding}"trace_function_count":27}}}}"#), OtherFile::HeapTimeline),
    ];
    for (text, expected) in cases {
        for window_size in [ReadOptions::MIN_WINDOW_SIZE, ReadOptions::WINDOW_SIZE] {
            let problem = problem(read_text(text.as_bytes(), way(window_size)));
            assert!(
                matches!(problem.kind, Kind::OtherFile(found) if found == expected),
                "{window_size}: {:?}, not {expected:?}",
                problem.kind
            );
        }
    }
}

/// How long a call frame may be does not depend on how much of the file is read at once.
#[test]
fn a_name_that_is_longer_than_any_token() {
    let name = "x".repeat(40 << 20);
    let text = format!(
        r#"{{"head":{{"callFrame":{{"functionName":"{name}","scriptId":"0","url":"","lineNumber":0,"columnNumber":0}},"selfSize":8,"children":[]}}}}"#
    );
    for window_size in [ReadOptions::MIN_WINDOW_SIZE, ReadOptions::WINDOW_SIZE, 64 << 20] {
        let problem = problem(read_text(text.as_bytes(), way(window_size)));
        assert!(matches!(problem.kind, Kind::TooLong), "{window_size}: {:?}", problem.kind);
    }
}

/// An error stays short however many wrappers are open, and nesting is bounded as everywhere.
#[test]
fn wrappers_in_wrappers() {
    let cut = problem(read_text(r#"{"profile":"#.repeat(1000).as_bytes(), Way::plain()));
    assert!(matches!(cut.kind, Kind::UnexpectedEnd), "{:?}", cut.kind);
    let path = cut.place.expect("a place").path;
    assert!(path.len() < 400, "{} bytes: {path:.100}", path.len());

    let deep = r#"{"profile":"#.repeat(heapsift::parse::MAX_DEPTH as usize + 100);
    let deep = problem(read_text(deep.as_bytes(), Way::plain()));
    assert!(matches!(deep.kind, Kind::TooDeep), "{:?}", deep.kind);
}
