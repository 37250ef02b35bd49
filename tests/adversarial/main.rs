//! Texts that were made to mislead a reader that guesses where nodes open: the report is the oracle's, byte for byte, whatever the
//! threads, windows, back end and way of reading; and what is cut or damaged is the same problem at the same place.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;
mod texts;

use common::rng::{self, Rng};
use common::sources::inputs;
use common::{Way, as_text, classifier, json, oracle, read_input, read_text};
use heapsift::aggregate::Outcome;
use heapsift::error::Problem;
use heapsift::scan::Backend;

/// Bytes of a text: enough for it to be mapped, and for hundreds of the smallest windows.
const SIZE: usize = 1_100_000;

/// One window, one thread.
const SEQUENTIAL: Way = Way { backend: Backend::Portable, window_size: 64 << 20, threads: 1 };

/// All threads with all windows on the back end in use, and every other back end with small windows.
fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    for threads in [1, 2, 3, 8] {
        for window_size in [4 << 10, 64 << 10, 1 << 20, 5003, 77_777] {
            ways.push(Way { backend: Backend::detect(), window_size, threads });
        }
    }
    for backend in Backend::available() {
        ways.push(Way { backend, window_size: 4099, threads: 2 });
        ways.push(Way { backend, window_size: 1 << 20, threads: 1 });
    }
    ways
}

/// The report of a text that must be read to its end, and what the oracle's would be.
fn reports(name: &str, text: &[u8]) -> (String, String) {
    let outcome = read_text(text, SEQUENTIAL).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
    // The oracle counts sums; who wrote the file, which names were replaced and what stands behind the profile, other tests tell.
    let mut expected = oracle::outcome(text, classifier(), outcome.dialect);
    expected.has_another_profile = outcome.has_another_profile;
    expected.aggregate.replaced_texts = outcome.aggregate.replaced_texts;
    (json(name, outcome), json(name, expected))
}

fn check(name: &str, text: &[u8]) {
    let (sequential, expected) = reports(name, text);
    assert_same(name, &sequential, &expected);
    for way in ways() {
        let found = read_text(text, way).unwrap_or_else(|problem| panic!("{name} {way:?}: {problem:?}"));
        assert_same(&format!("{name} {way:?}"), &json(name, found), &expected);
    }
    let folder = tempfile::tempdir().expect("there is room for files");
    let way = Way { backend: Backend::detect(), window_size: 4 << 10, threads: 3 };
    for (how, input, source) in inputs(text, folder.path()) {
        assert_eq!(input.kind(), source, "{name} {how}");
        let found = read_input(input, way).unwrap_or_else(|problem| panic!("{name} {how}: {problem:?}"));
        assert_same(&format!("{name} {how}"), &json(name, found), &expected);
    }
    check_broken(name, text);
}

#[track_caller]
fn assert_same(name: &str, found: &str, expected: &str) {
    if found != expected {
        let at = found.bytes().zip(expected.bytes()).take_while(|(a, b)| a == b).count();
        let shown = |text: &str| {
            String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(300)..]).chars().take(500).collect::<String>()
        };
        panic!("{name}: from byte {at} on\nfound    {}\nexpected {}", shown(found), shown(expected));
    }
}

/// The same text cut, and with a byte that stands nowhere in JSON: whoever guesses must not be the one who tells.
fn check_broken(name: &str, text: &[u8]) {
    let mut rng = Rng(text.len() as u64);
    for turn in 0..4 {
        let at = rng.below(text.len());
        let mut broken = text.to_vec();
        if turn % 2 == 0 {
            broken.truncate(at);
        } else {
            broken[at] = 1;
        }
        let expected = account(&read_text(&broken, SEQUENTIAL));
        for (window_size, threads) in [(4 << 10, 2), (5003, 3), (64 << 10, 1)] {
            let way = Way { backend: Backend::detect(), window_size, threads };
            assert_same(&format!("{name} broken at {at} {way:?}"), &account(&read_text(&broken, way)), &expected);
        }
    }
}

/// Everything that was found.
fn account(found: &Result<Outcome, Problem>) -> String {
    match found {
        Err(problem) => format!("{problem:?}"),
        Ok(Outcome { aggregate, dialect, bytes, problem, .. }) => {
            format!("{bytes} bytes, {dialect:?}, {problem:?}\n{}", as_text::sums(aggregate))
        }
    }
}

fn check_group(name: &str) {
    let (_, kinds) = texts::GROUPS.iter().find(|(group, _)| *group == name).expect("a group");
    for (kind, make) in *kinds {
        let text = make(SIZE);
        assert!((SIZE * 9 / 10..SIZE * 3 / 2).contains(&text.len()), "{kind}: {} bytes", text.len());
        check(kind, &text);
    }
}

#[test]
fn names() {
    check_group("names");
}

#[test]
fn unknown_keys() {
    check_group("unknown");
}

#[test]
fn windows_without_nodes() {
    check_group("nodeless");
}

#[test]
fn unusual_shapes() {
    check_group("shape");
}

#[test]
fn unusual_orders() {
    check_group("order");
}

#[test]
fn changing_layouts() {
    check_group("layout");
}

#[test]
fn numbers() {
    check_group("values");
}

#[test]
fn around_the_tree() {
    check_group("document");
}

#[test]
fn mixtures() {
    check_group("mix");
}

/// Cuts at every place: windows of every size, down to less than a node.
#[test]
fn windows_of_every_size() {
    for (_, kinds) in texts::GROUPS {
        let (name, make) = kinds[0];
        let text = make(20_000);
        let (sequential, expected) = reports(name, &text);
        assert_same(name, &sequential, &expected);
        for window_size in (40..300).chain((4096..4400).step_by(7)) {
            let way = Way { backend: Backend::detect(), window_size, threads: 1 + window_size % 2 };
            let found = read_text(&text, way).unwrap_or_else(|problem| panic!("{name} {way:?}: {problem:?}"));
            assert_same(&format!("{name} {way:?}"), &json(name, found), &expected);
        }
    }
}

#[test]
fn files_of_one_byte() {
    for byte in 0..=u8::MAX {
        let expected = account(&read_text(&[byte], SEQUENTIAL));
        assert!(read_text(&[byte], SEQUENTIAL).is_err(), "{byte:#x} is no profile");
        for way in ways() {
            assert_same(&format!("{byte:#x} {way:?}"), &account(&read_text(&[byte], way)), &expected);
        }
    }
}
