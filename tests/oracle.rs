//! The reader against the oracle: whatever the windows, threads and back ends, the same sums.

mod common;

use common::random::{Rng, Style, profile};
use common::{Way, classifier, json, oracle, read_text};
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
            let sums = [&outcome, &expected].map(|outcome| oracle::canonical(&outcome.aggregate));
            if sums[0] != sums[1] {
                let difference = sums[0].lines().zip(sums[1].lines()).find(|(found, expected)| found != expected);
                panic!("{name}: {difference:#?}\n{}", String::from_utf8_lossy(&text[..text.len().min(3000)]));
            }
            assert!(json(&name, outcome) == json(&name, expected), "{name}");
        }
    }
}
