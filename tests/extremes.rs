//! Trees of extreme shape: nothing recurses, and memory follows only the open path.

mod common;

use common::{Way, read_text};
use heapsift::generate::{Layout, Options, Shape, random_profile};
use heapsift::scan::Backend;

const MILLION: u32 = 1_000_000;

fn chain(depth: u32) -> Options {
    let options = Options::new(Layout::Inspector, u64::MAX, 11);
    Options { shape: Shape::Chain, max_depth: depth, samples_share: 0.0, ..options }
}

fn ways() -> [Way; 2] {
    [Way::plain(), Way { backend: Backend::Portable, window_size: 64 << 10, threads: 1 }]
}

#[test]
fn a_chain_of_a_million_frames() {
    let mut text = Vec::new();
    let options = chain(MILLION);
    let truth = random_profile(&options, &mut text).expect("memory can be written");
    assert_eq!(truth.max_depth, u64::from(MILLION));
    for way in ways() {
        let outcome = read_text(&text, way).expect("a profile");
        assert!(outcome.problem.is_none(), "{:?}", outcome.problem);
        assert_eq!(outcome.aggregate.nodes, truth.nodes);
        assert_eq!(outcome.aggregate.max_depth, u64::from(MILLION));
        assert_eq!(outcome.aggregate.total_size, truth.total_size);
        let omitted = outcome.aggregate.stacks.iter().filter(|stack| stack.frames.len() == 256);
        assert!(omitted.clone().count() > 0);
        assert!(omitted.into_iter().all(|stack| stack.frames_omitted > 0));
    }
}

#[test]
fn a_node_with_a_million_children() {
    let mut text = Vec::new();
    let options = Options::new(Layout::Inspector, u64::MAX, 11);
    let options = Options { shape: Shape::Fan, nodes: u64::from(MILLION) + 1, samples_share: 0.0, ..options };
    let truth = random_profile(&options, &mut text).expect("memory can be written");
    for way in ways() {
        let outcome = read_text(&text, way).expect("a profile");
        assert!(outcome.problem.is_none(), "{:?}", outcome.problem);
        assert_eq!(outcome.aggregate.nodes, u64::from(MILLION) + 1);
        assert_eq!(outcome.aggregate.max_depth, 1);
        assert_eq!(outcome.aggregate.total_size, truth.total_size);
    }
}

#[test]
fn a_chain_cut_in_its_middle() {
    let mut text = Vec::new();
    let options = chain(100_000);
    random_profile(&options, &mut text).expect("memory can be written");
    text.truncate(text.len() / 2);
    for way in ways() {
        let outcome = read_text(&text, way).expect("a part of a profile");
        let problem = outcome.problem.expect("it is cut");
        let path = problem.place.expect("a place").path;
        assert!(path.len() < 400 && path.contains(" levels "), "{path}");
        assert!(outcome.aggregate.nodes > 40_000);
    }
}
