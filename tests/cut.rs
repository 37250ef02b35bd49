//! A file that ends early gives exactly what was complete in it, wherever it is cut.

#![expect(clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::Path;

use common::random::{Rng, Style, profile};
use common::spans::{Cuts, cuts};
use common::{Way, fixtures, read_text};
use heapsift::error::Kind;
use heapsift::scan::Backend;

/// Reads `text` cut at `at` and compares with what counts there.
fn check(name: &str, text: &[u8], cuts: &Cuts, at: usize, way: Way) {
    let found = read_text(&text[..at], way);
    let place = format!("{name} cut at {at} of {}, {way:?}", text.len());
    if at < cuts.head {
        let problem = found.err().unwrap_or_else(|| panic!("{place}: a report before head opened"));
        assert!(matches!(problem.kind, Kind::UnexpectedEnd | Kind::Empty), "{place}: {:?}", problem.kind);
        return;
    }
    let outcome = found.unwrap_or_else(|problem| panic!("{place}: {problem:?}"));
    let complete = at >= cuts.complete;
    assert_eq!(outcome.problem.is_none(), complete, "{place}: {:?}", outcome.problem);
    if let Some(problem) = &outcome.problem {
        assert!(matches!(problem.kind, Kind::UnexpectedEnd), "{place}: {problem:?}");
        assert_eq!(problem.place.as_ref().map(|place| place.offset), Some(at as u64), "{place}");
    }
    let counted = || cuts.nodes.iter().filter(|node| node.from <= at);
    let samples = cuts.samples.as_ref().filter(|(open, _)| *open <= at);
    let samples = samples.map(|(_, ends)| ends.iter().filter(|end| **end <= at).count() as u64);
    let aggregate = &outcome.aggregate;
    assert_eq!(aggregate.nodes, counted().count() as u64, "{place}");
    assert_eq!(aggregate.total_size, counted().map(|node| node.size).sum::<u64>(), "{place}");
    assert_eq!(aggregate.allocating_nodes, counted().filter(|node| node.size > 0).count() as u64, "{place}");
    assert_eq!(aggregate.samples.map(|samples| samples.count), samples, "{place}");
    for sums in [&aggregate.by_frame, &aggregate.by_package, &aggregate.by_category] {
        assert_eq!(sums.iter().map(|sums| sums.self_size).sum::<u64>(), aggregate.total_size, "{place}");
    }
}

fn ways() -> Vec<Way> {
    let backends: Vec<_> = Backend::available().collect();
    let way = |i: usize, window_size, threads| Way { backend: backends[i % backends.len()], window_size, threads };
    vec![way(0, 64, 1), way(1, 200, 2), way(2, 1 << 20, 1), way(0, 1000, 3)]
}

#[test]
fn random_profiles_cut_at_every_byte() {
    let ways = ways();
    for seed in 1000..1030 {
        let mut rng = Rng(seed);
        let style = Style { nodes: 1 + rng.below(25), ..Style::of(&mut rng) };
        let text = profile(&mut rng, style);
        let cuts = cuts(&text);
        for at in 0..=text.len() {
            check(&format!("seed {seed} {style:?}"), &text, &cuts, at, ways[(at + seed as usize) % ways.len()]);
        }
    }
}

#[test]
fn fixtures_cut_at_every_byte_or_at_500_places() {
    let ways = ways();
    for path in fixtures("", ".heapprofile") {
        if path.components().any(|part| part.as_os_str() == "confused") {
            continue;
        }
        let text = std::fs::read(&path).expect("a fixture can be read");
        let cuts = cuts(&text);
        let name = path.file_name().map(Path::new).map_or(String::new(), |name| name.display().to_string());
        let step = if text.len() <= 8192 { 1 } else { text.len().div_ceil(500) };
        for at in (0..=text.len()).step_by(step).chain([text.len() - 1, text.len()]) {
            check(&name, &text, &cuts, at, ways[at % ways.len()]);
        }
    }
}
