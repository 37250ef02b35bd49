//! The reader against the oracle: whatever the windows, threads and back ends, the same sums.

mod common;

use common::filtered::{self, Patterns};
use common::random::{Rng, Style, profile};
use common::{Way, as_text, classifier, json, oracle, read_filtered, read_text};
use heapsift::aggregate::{Filters, FramePattern};
use heapsift::input::Input;
use heapsift::scan::Backend;

/// Ways to read that differ in everything that must not matter.
fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    for backend in Backend::available() {
        for (window_size, threads) in [(1 << 20, 1), (64, 1), (300, 2), (1000, 3), (4096, 8)] {
            ways.push(Way { backend, window_size, threads });
        }
    }
    ways
}

#[test]
fn random_profiles_have_the_oracles_report() {
    for seed in 0..400 {
        let mut rng = Rng(seed);
        let style = Style::of(&mut rng);
        let text = profile(&mut rng, style);
        let ways = ways();
        for way in [Way::plain(), ways[seed as usize % ways.len()], ways[(seed as usize * 7 + 3) % ways.len()]] {
            let name = format!("seed {seed} {style:?} {way:?}");
            let outcome = read_text(&text, way).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            // The oracle counts sums; who wrote the file and which names were replaced, other tests tell.
            let mut expected = oracle::outcome(&text, classifier(), outcome.dialect);
            expected.aggregate.replaced_texts = outcome.aggregate.replaced_texts;
            let sums = [&outcome, &expected].map(|outcome| as_text::sums(&outcome.aggregate));
            if sums[0] != sums[1] {
                let difference = sums[0].lines().zip(sums[1].lines()).find(|(found, expected)| found != expected);
                panic!("{name}: {difference:#?}\n{}", String::from_utf8_lossy(&text[..text.len().min(3000)]));
            }
            assert_eq!(as_text::evidence(&outcome.aggregate), as_text::evidence(&expected.aggregate), "{name}");
            assert!(json(&name, outcome) == json(&name, expected), "{name}");
        }
    }
}

/// Patterns that fit few or many of the random frames, by name, url or package.
const PATTERNS: [&str; 10] = [
    "parseJSON",
    "koa|mysql2",
    "^$",
    "node:",
    r"^\(app\)$",
    "a.b",
    "",
    "no such name",
    r"^\((native|generated)\)$",
    r"^\(anonymous\)$",
];

#[test]
fn filters_show_what_the_oracle_shows() {
    let mut shown_parts = 0;
    for seed in 0..400 {
        let mut rng = Rng(seed + 1_000_000);
        let style = Style::of(&mut rng);
        let text = profile(&mut rng, style);
        let patterns: Patterns = [(); 4].map(|()| (rng.below(5) < 2).then(|| rng.pick(&PATTERNS)));
        let pattern = |which: usize| patterns[which].map(|text| FramePattern::new(text).expect("a pattern"));
        let filters = Filters { focus: pattern(0), ignore: pattern(1), hide: pattern(2), show: pattern(3) };
        let ways = ways();
        let expected = oracle::with_deep_stack(|| filtered::aggregate(&text, classifier(), patterns));
        shown_parts += u64::from(expected.shown_size > 0 && expected.shown_size < expected.total_size);
        for way in [Way::plain(), ways[seed as usize % ways.len()]] {
            let name = format!("seed {seed} {style:?} {way:?} {patterns:?}");
            let found = read_filtered(Input::from_bytes(text.clone()), way, &filters);
            let found = found.unwrap_or_else(|problem| panic!("{name}: {problem:?}")).aggregate;
            assert_eq!(found.filters, expected.filters, "{name}");
            let shown: u64 = found.by_category.iter().map(|sums| sums.caused_size).sum();
            assert_eq!(shown, found.shown_size, "{name}");
            let begun: u64 = found.entry_points.iter().map(|entry| entry.total_size).sum();
            let truncated = found.cut_stacks.map_or(0, |cut| cut.truncated_size);
            assert!(begun + truncated <= found.shown_size, "{name}: what is left is the root's own");
            let sums = [&found, &expected].map(as_text::sums);
            if sums[0] != sums[1] {
                let difference = sums[0].lines().zip(sums[1].lines()).find(|(found, expected)| found != expected);
                panic!("{name}: {difference:#?}\n{}", String::from_utf8_lossy(&text[..text.len().min(3000)]));
            }
        }
    }
    assert!(shown_parts > 40, "only {shown_parts} profiles were shown in part");
}
