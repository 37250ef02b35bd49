//! Random profiles against their truth.

use std::collections::{BTreeMap, BTreeSet};

use heapsift::generate::{Escapes, FunctionTruth, Layout, Options, Shape, Truth, random_profile, read_tree};
use serde_json::Value;

fn generated(options: &Options) -> (Vec<u8>, Truth) {
    let mut out = Vec::new();
    let truth = random_profile(options, &mut out).unwrap();
    (out, truth)
}

/// The truth as another parser and a plain walk see it.
pub(crate) fn oracle(text: &[u8], lines_count_from_1: bool) -> Truth {
    let profile: Value = serde_json::from_slice(text).unwrap();
    let mut functions: BTreeMap<(String, String, Option<u32>, Option<u32>), FunctionTruth> = BTreeMap::new();
    let mut frames = BTreeSet::new();
    let (mut nodes, mut allocating_nodes, mut total_size, mut max_depth) = (0, 0, 0, 0);
    // Every node with the functions above it.
    let mut open = vec![(&profile["head"], Vec::new())];
    while let Some((node, path)) = open.pop() {
        let frame = &node["callFrame"];
        let number = |key: &str| {
            let written = frame[key].as_i64().unwrap();
            u32::try_from(if lines_count_from_1 { written } else { written + 1 }).ok().filter(|&n| n > 0)
        };
        let string = |key: &str| frame[key].as_str().unwrap().to_owned();
        let key = (string("functionName"), string("url"), number("lineNumber"), number("columnNumber"));
        let self_size = node["selfSize"].as_u64().unwrap();
        nodes += 1;
        allocating_nodes += u64::from(self_size > 0);
        total_size += self_size;
        max_depth = max_depth.max(path.len() as u64);
        frames.insert(key.clone());

        let mut path = path;
        path.push(key.clone());
        for above in path.iter().collect::<BTreeSet<_>>() {
            let function = functions.entry(above.clone()).or_insert_with(|| FunctionTruth {
                function: above.0.clone(),
                url: above.1.clone(),
                line: above.2,
                column: above.3,
                self_size: 0,
                total_size: 0,
                nodes: 0,
            });
            function.total_size += self_size;
        }
        let function = functions.get_mut(&key).unwrap();
        function.self_size += self_size;
        function.nodes += 1;
        for child in node["children"].as_array().unwrap() {
            open.push((child, path.clone()));
        }
    }
    let mut functions: Vec<_> =
        functions.into_values().filter(|f| f.total_size > 0 && f.function != "(root)").collect();
    functions.sort_by_key(|f| std::cmp::Reverse(f.self_size)); // stable: equal sizes stay in order of name and place
    Truth {
        bytes: text.len() as u64,
        total_size,
        nodes,
        allocating_nodes,
        call_frames: frames.len() as u64,
        max_depth,
        samples: profile.get("samples").map(|samples| samples.as_array().unwrap().len() as u64),
        functions,
    }
}

#[test]
fn a_random_profile_holds_what_its_truth_says() {
    for layout in [Layout::Inspector, Layout::Xprofiler] {
        for (seed, size) in [(1, 50_000), (2, 300_000), (3, 1_000_000)] {
            let mut options = Options::new(layout, size, seed);
            options.functions = 2000 / seed as u32;
            let (text, truth) = generated(&options);
            assert_eq!(oracle(&text, layout == Layout::Xprofiler), truth, "{layout:?} {seed}");
        }
    }
}

#[test]
fn every_option_leaves_the_truth_exact() {
    let base = Options::new(Layout::Inspector, 100_000, 7);
    let xprofiler = Options::new(Layout::Xprofiler, 100_000, 7);
    for options in [
        Options { shape: Shape::Chain, max_depth: 55, ..base },
        Options { shape: Shape::Chain, max_depth: 55, ..xprofiler },
        Options { shape: Shape::Fan, ..base },
        Options { shape: Shape::Fan, ..xprofiler },
        Options { nodes: 100, ..base },
        Options { nodes: 1, ..xprofiler },
        Options { size: 0, ..base },
        Options { max_depth: 0, ..base },
        Options { max_depth: 3, ..xprofiler },
        Options { functions: 1, ..base },
        Options { functions: 20, ..base },
        Options { samples_share: 0.0, ..base },
        Options { samples_share: 0.98, ..base },
        Options { escapes: Escapes::Ascii, ..base },
    ] {
        let (text, truth) = generated(&options);
        assert_eq!(oracle(&text, options.layout == Layout::Xprofiler), truth, "{options:?}");
        assert!(options.escapes == Escapes::Raw || text.is_ascii(), "{options:?}");
    }
}

#[test]
fn limits_are_met() {
    let base = Options::new(Layout::Inspector, u64::MAX, 5);
    let (_, truth) = generated(&Options { shape: Shape::Chain, max_depth: 100_000, ..base });
    assert_eq!((truth.nodes, truth.max_depth), (100_001, 100_000));
    let (_, truth) = generated(&Options { shape: Shape::Fan, nodes: 5000, ..base });
    assert_eq!((truth.nodes, truth.max_depth), (5000, 1));
    let (_, truth) = generated(&Options { nodes: 20_000, max_depth: 9, ..base });
    assert_eq!((truth.nodes, truth.max_depth), (20_000, 9));
}

#[test]
fn the_size_is_met_to_within_a_node() {
    for layout in [Layout::Inspector, Layout::Xprofiler] {
        for size in [50_000, 333_333, 4_000_000] {
            for (shape, samples_share) in [
                (Shape::Random, 0.07),
                (Shape::Random, 0.5),
                (Shape::Random, 0.98),
                (Shape::Fan, 0.2),
                (Shape::Chain, 0.07),
            ] {
                let options = Options::new(layout, size, 9);
                let max_depth = if shape == Shape::Chain { u32::MAX } else { options.max_depth };
                let truth = generated(&Options { shape, samples_share, max_depth, ..options }).1;
                // In xprofiler's layout the deepest node of a chain is as long as its indentation.
                let node = if shape == Shape::Chain { 40 * truth.max_depth } else { 2000 };
                assert!(truth.bytes.abs_diff(size) <= node.min(size / 50).max(2000), "{layout:?} {shape:?} {truth:?}");
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    for layout in [Layout::Inspector, Layout::Xprofiler] {
        let options = Options::new(layout, 80_000, 11);
        assert!(generated(&options) == generated(&options));
        assert!(generated(&options).0 != generated(&Options { seed: 12, ..options }).0);
    }
}

#[test]
fn samples_belong_to_nodes_and_add_up() {
    for samples_share in [0.1, 0.5, 0.95] {
        let options = Options { samples_share, ..Options::new(Layout::Inspector, 400_000, 4) };
        let (text, truth) = generated(&options);
        let tree = read_tree(&text).unwrap();
        let samples = tree.samples.as_deref().unwrap();
        let ids: BTreeSet<_> = tree.nodes().iter().map(|node| node.id).collect();
        assert_eq!(ids.len() as u64, truth.nodes, "ids are unique");
        assert!(samples.iter().all(|sample| ids.contains(&sample.node_id)));
        let ordinals: BTreeSet<_> = samples.iter().map(|sample| sample.ordinal).collect();
        assert_eq!(ordinals.len(), samples.len(), "ordinals are unique");
        let sum: u64 = samples.iter().map(|sample| sample.size).sum();
        assert!(sum.abs_diff(truth.total_size) <= truth.total_size / 25, "{sum} of {}", truth.total_size);
    }
}
