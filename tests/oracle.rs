//! The reader against the oracle: whatever the windows, threads and back ends, the same sums.

mod common;

use common::random::{Rng, Style, profile};
use common::{Way, classifier, oracle, read_text};
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
fn random_profiles_have_the_oracles_sums() {
    let classifier = classifier();
    for seed in 0..400 {
        let mut rng = Rng(seed);
        let style = Style::of(&mut rng);
        let text = profile(&mut rng, style);
        let expected = oracle::with_deep_stack(|| oracle::canonical(&oracle::aggregate(&text, classifier, 20)));
        let ways = ways();
        for way in [Way::plain(), ways[seed as usize % ways.len()], ways[(seed as usize * 7 + 3) % ways.len()]] {
            let outcome =
                read_text(&text, way).unwrap_or_else(|problem| panic!("seed {seed} {style:?} {way:?}: {problem:?}"));
            assert!(outcome.problem.is_none(), "seed {seed} {style:?} {way:?}: {:?}", outcome.problem);
            let found = oracle::canonical(&outcome.aggregate);
            if found != expected {
                let difference = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
                panic!(
                    "seed {seed} {style:?} {way:?}: {difference:#?}\n{}",
                    String::from_utf8_lossy(&text[..text.len().min(3000)])
                );
            }
        }
    }
}
