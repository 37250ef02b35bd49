//! The JSON report of real and odd files is, byte for byte, what the oracle's sums give.

#![expect(clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};

use common::{Way, classifier, fixtures, json, oracle, read_text, shared_captures};
use heapsift::input::Input;
use heapsift::scan::Backend;

/// The text of a file, decompressed.
fn text(path: &Path) -> Vec<u8> {
    let mut input =
        Input::open(path, &Default::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    input.block(0, usize::MAX).bytes.to_vec()
}

fn check(paths: &[PathBuf]) {
    for path in paths {
        let text = text(path);
        let name = path.display().to_string();
        let outcome = |way| read_text(&text, way).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        let first = outcome(Way::plain());
        // The oracle counts sums; who wrote the file and which names were replaced, other tests tell.
        let mut expected = oracle::outcome(&text, classifier(), first.dialect);
        expected.aggregate.replaced_texts = first.aggregate.replaced_texts;
        let expected = json(&name, expected);
        assert_eq!(json(&name, first), expected, "{name}");
        for backend in Backend::available() {
            for (window_size, threads) in [(4096, 1), (4096, 2), (20_000, 3), (1 << 20, 8)] {
                let way = Way { backend, window_size, threads };
                assert!(json(&name, outcome(way)) == expected, "{name} {way:?}");
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
