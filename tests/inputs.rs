//! The same text, however it comes in: the same sums, and where it is cut or damaged the same problem at the same place.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::io::{Cursor, Write};
use std::path::Path;

use common::sources::inputs;
use common::{Way, as_text, classifier, oracle, read_input};
use flate2::Compression;
use flate2::write::GzEncoder;
use heapsift::aggregate::{Outcome, ReadOptions};
use heapsift::error::{Kind, Problem};
use heapsift::generate::{Layout, Options, random_profile};
use heapsift::input::Input;
use heapsift::scan::Backend;

fn generated(layout: Layout, size: u64, seed: u64) -> Vec<u8> {
    let mut text = Vec::new();
    random_profile(&Options::new(layout, size, seed), &mut text).expect("memory takes everything");
    text
}

fn ways() -> [Way; 4] {
    let way = |backend, window_size, threads| Way { backend, window_size, threads };
    let (weak, strong) = (Backend::Portable, Backend::detect());
    [way(strong, 1 << 20, 2), way(weak, 4096, 3), way(strong, 50_000, 1), way(weak, 300_000, 8)]
}

/// Everything that was found, apart from the excerpt (a stream may have given it up) and from the length of a damaged
/// text (nobody knows that of a stream).
fn shown(found: &Result<Outcome, Problem>) -> String {
    let place = |problem: &Problem| {
        let place = problem.place.as_ref().map(|place| (place.offset, place.path.clone()));
        format!("{:?} at {place:?}", problem.kind)
    };
    match found {
        Err(problem) => place(problem),
        Ok(outcome) => format!(
            "{:?} bytes, {:?}, {:?}, trailer missing: {}\n{}",
            Some(outcome.bytes).filter(|_| outcome.problem.as_ref().is_none_or(Problem::is_early_end)),
            outcome.dialect,
            outcome.problem.as_ref().map(place),
            outcome.trailer_missing,
            as_text::sums(&outcome.aggregate)
        ),
    }
}

/// Reads the text in every form, each in another way; all must find what the first finds.
fn check(name: &str, text: &[u8], folder: &Path) -> Result<Outcome, Problem> {
    let expected = read_input(Input::from_bytes(text.to_vec()), Way::plain());
    let wanted = shown(&expected);
    let ways = ways();
    for (i, (form, input, source)) in inputs(text, folder).into_iter().enumerate() {
        assert_eq!(input.kind(), source, "{name}: {form}");
        let way = ways[(i + text.len()) % ways.len()];
        let found = shown(&read_input(input, way));
        if found != wanted {
            let lines = found.lines().zip(wanted.lines()).find(|(a, b)| a != b);
            panic!("{name}: {form}, {way:?} differs: {lines:#?}");
        }
    }
    expected
}

const SIZES: [u64; 4] = [10_000, 200_000, 1_300_000, 5_000_000];

#[test]
fn whole_texts() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (seed, size) in (1..).zip(SIZES) {
        for layout in [Layout::Inspector, Layout::Xprofiler] {
            let text = generated(layout, size, seed);
            let name = format!("{layout:?} of {size} bytes");
            let outcome = check(&name, &text, folder.path()).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            assert!(outcome.problem.is_none(), "{name}: {:?}", outcome.problem);
            let expected =
                oracle::with_deep_stack(|| as_text::sums(&oracle::aggregate(&text, classifier(), ReadOptions::STACKS)));
            assert_eq!(as_text::sums(&outcome.aggregate), expected, "{name}");
        }
    }
}

#[test]
fn cut_texts() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (seed, size) in (11..).zip(SIZES) {
        for layout in [Layout::Inspector, Layout::Xprofiler] {
            let text = generated(layout, size, seed);
            for at in [5, text.len() / 3, text.len() * 4 / 5, text.len() - 2] {
                let name = format!("{layout:?} of {size} bytes cut at {at}");
                let problem = match check(&name, &text[..at], folder.path()) {
                    Ok(outcome) => outcome.problem.unwrap_or_else(|| panic!("{name}: it is not complete")),
                    Err(problem) => problem,
                };
                assert!(matches!(problem.kind, Kind::UnexpectedEnd), "{name}: {problem:?}");
                assert_eq!(problem.place.map(|place| place.offset), Some(at as u64), "{name}");
            }
        }
    }
}

#[test]
fn damaged_texts() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (seed, size) in (21..).zip(SIZES) {
        let mut text = generated(Layout::Inspector, size, seed);
        let at = text.len() / 2;
        // A control character is wrong everywhere, and nowhere else.
        let old = std::mem::replace(&mut text[at], 1);
        let name = format!("{size} bytes, {:?} at {at} damaged", char::from(old));
        let outcome = check(&name, &text, folder.path()).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        let problem = outcome.problem.unwrap_or_else(|| panic!("{name}: it is damaged"));
        let offset = problem.place.map(|place| place.offset).unwrap_or_default();
        // In a number the fault is the number's, which begins a little before.
        assert!(offset <= at as u64 && offset + 20 > at as u64, "{name}: {offset}");
        assert!(outcome.aggregate.nodes > 1, "{name}");
        assert_eq!(outcome.bytes, text.len() as u64, "{name}");
        for way in ways() {
            let stream = read_input(Input::from_reader(Cursor::new(text.clone())), way);
            assert_eq!(stream.map(|outcome| outcome.bytes).ok(), Some(offset), "{name}: {way:?}");
        }
    }
}

#[test]
fn compressed_data_that_is_cut_gives_the_text_before() {
    let text = generated(Layout::Inspector, 1_300_000, 31);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&text).expect("memory takes everything");
    let gzip = gzip.finish().expect("memory takes everything");
    let zstd = zstd::encode_all(&text[..], 1).expect("memory takes everything");
    for bytes in [gzip, zstd] {
        let outcome = read_input(Input::from_bytes(bytes[..bytes.len() / 2].to_vec()), Way::plain());
        let outcome = outcome.unwrap_or_else(|problem| panic!("{problem:?}"));
        let problem = outcome.problem.as_ref().expect("it is cut");
        assert!(matches!(problem.kind, Kind::CompressedEnd(_)), "{problem:?}");
        let decoded = outcome.bytes as usize;
        assert!(decoded > text.len() / 4 && decoded < text.len(), "{decoded}");
        assert_eq!(problem.place.as_ref().map(|place| place.offset), Some(decoded as u64));
        let plain = read_input(Input::from_bytes(text[..decoded].to_vec()), Way::plain());
        let plain = plain.unwrap_or_else(|problem| panic!("{problem:?}"));
        assert_eq!(as_text::sums(&outcome.aggregate), as_text::sums(&plain.aggregate));
    }
}
