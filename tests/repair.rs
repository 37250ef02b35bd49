//! `--repair-stacks`, on profiles whose stacks are cut to 16 and 128 frames as V8 cuts them: the report of the tree in which the rule has put them back, which
//! is written out and read.

#![expect(clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::filtered::{self, Patterns};
use common::rng::Rng;
use common::{Way, as_text, classifier, fixtures, json, oracle, read_with};
use heapsift::aggregate::{Filters, FramePattern, Outcome, ReadOptions};
use heapsift::input::Input;
use heapsift::profile::{Aggregate, Fate, Repair, Sums};
use heapsift::scan::Backend;

/// Bytes by path: numbers of functions, from below the root.
type Sizes = BTreeMap<Vec<u32>, u64>;

const URLS: [&str; 4] = ["/srv/app/main.js", "/srv/app/node_modules/koa/index.js", "node:internal/timers", ""];

/// The text of a profile.
fn text(sizes: &Sizes) -> Vec<u8> {
    #[derive(Default)]
    struct Node {
        size: u64,
        children: BTreeMap<u32, Node>,
    }
    fn write(node: &Node, name: &str, url: &str, out: &mut String) {
        let script = u8::from(!url.is_empty());
        let place = "\"lineNumber\":1,\"columnNumber\":2";
        *out += &format!(
            r#"{{"callFrame":{{"functionName":"{name}","scriptId":"{script}","url":"{url}",{place}}},"selfSize":{},"children":["#,
            node.size
        );
        for (i, (function, child)) in node.children.iter().enumerate() {
            *out += if i > 0 { "," } else { "" };
            write(child, &format!("f{function}"), URLS[*function as usize % URLS.len()], out);
        }
        *out += "]}";
    }
    let mut root = Node::default();
    for (path, size) in sizes {
        let node = path.iter().fold(&mut root, |node, function| node.children.entry(*function).or_default());
        node.size += size;
    }
    let mut out = "{\"head\":".to_owned();
    write(&root, "(root)", "", &mut out);
    (out + "}").into_bytes()
}

/// True stacks: walks through a graph of calls, with loops, from a few entry points, around `usual` frames deep.
fn stacks(rng: &mut Rng, usual: usize) -> Sizes {
    let functions = 20 + rng.below(60);
    let graph: Vec<Vec<u32>> =
        (0..functions).map(|_| (0..1 + rng.below(3)).map(|_| rng.below(functions) as u32).collect()).collect();
    let mut sizes = Sizes::new();
    for _ in 0..60 {
        let mut path = vec![rng.below(3) as u32];
        for _ in 0..rng.below(2 * usual) {
            let callees = &graph[path[path.len() - 1] as usize];
            path.push(callees[rng.below(callees.len())]);
        }
        // What calls allocates, too.
        for end in [path.len(), 1 + rng.below(path.len())] {
            *sizes.entry(path[..end].to_vec()).or_default() += 8 * (1 + rng.below(1000) as u64);
        }
    }
    sizes
}

/// The same, cut to their innermost frames.
fn cut(sizes: &Sizes, limit: usize) -> Sizes {
    let mut cut = Sizes::new();
    for (path, size) in sizes {
        *cut.entry(path[path.len().saturating_sub(limit)..].to_vec()).or_default() += size;
    }
    cut
}

/// The rule, over whole paths.
fn repaired(sizes: &Sizes, limit: usize) -> (Sizes, u64) {
    // Paths have one node each here, so children of the root are told apart by their frame.
    let entries: BTreeSet<u32> = sizes.keys().filter(|path| path.len() != limit).map(|path| path[0]).collect();
    let is_complete = |path: &Vec<u32>| entries.contains(&path[0]);
    let complete: BTreeSet<&[u32]> = sizes
        .keys()
        .filter(|path| is_complete(path))
        .flat_map(|path| (1..=path.len()).map(|end| &path[..end]))
        .collect();
    let (mut found, mut moved) = (Sizes::new(), 0);
    for (path, size) in sizes {
        let mut ends: Vec<&[u32]> = Vec::new();
        let mut longest = 0;
        while !is_complete(path) && longest < path.len() {
            let next: Vec<&[u32]> =
                complete.iter().filter(|known| known.ends_with(&path[..longest + 1])).copied().collect();
            if next.is_empty() {
                break;
            }
            (ends, longest) = (next, longest + 1);
        }
        let place = match ends[..] {
            [only] => [only, &path[longest..]].concat(),
            _ => path.clone(),
        };
        moved += if ends.len() == 1 { *size } else { 0 };
        *found.entry(place).or_default() += size;
    }
    (found, moved)
}

fn read(text: &[u8], way: Way, filters: &Filters, repair_stacks: bool) -> Outcome {
    let options = ReadOptions { filters, repair_stacks, ..ReadOptions::default() };
    let outcome = read_with(Input::from_bytes(text.to_vec()), way, options);
    outcome.unwrap_or_else(|problem| panic!("{way:?}: {problem:?}"))
}

/// Everything but how many nodes bear a frame, which no report shows: in the repaired tree one path may have several.
fn canonical(aggregate: &mut Aggregate) -> String {
    for rows in [&mut aggregate.by_frame, &mut aggregate.by_package, &mut aggregate.by_category] {
        rows.iter_mut().for_each(|sums| sums.nodes = 0);
    }
    as_text::sums(aggregate)
}

fn ways() -> Vec<Way> {
    let ways = [(64, 1), (1000, 3), (4096, 8), (1 << 20, 2)];
    let of = |backend| ways.map(|(window_size, threads)| Way { backend, window_size, threads });
    Backend::available().flat_map(of).collect()
}

const PATTERNS: [&str; 4] = ["koa", r"^f(1|2|3)$", "node:", r"^\(native\)$"];

#[test]
fn reports_are_those_of_the_repaired_tree() {
    let (mut reattached, mut rest) = (0, 0);
    for seed in 0..60 {
        let mut rng = Rng(seed);
        let limit = if seed % 3 == 0 { 128 } else { 16 };
        let given = cut(&stacks(&mut rng, limit * 2 / 3), limit);
        let (wanted, moved) = repaired(&given, limit);
        let (given_text, wanted_text) = (text(&given), text(&wanted));
        let patterns: Patterns = match seed % 2 {
            0 => [None; 4],
            _ => [(); 4].map(|()| (rng.below(3) == 0).then(|| rng.pick(&PATTERNS))),
        };
        let pattern = |which: usize| patterns[which].map(|text| FramePattern::new(text).expect("a pattern"));
        let filters = Filters { focus: pattern(0), ignore: pattern(1), hide: pattern(2), show: pattern(3) };
        let (mut expected, file) = oracle::with_deep_stack(|| {
            let file = oracle::aggregate(&given_text, classifier(), ReadOptions::STACKS);
            (filtered::aggregate(&wanted_text, classifier(), patterns), file)
        });
        (expected.nodes, expected.allocating_nodes) = (file.nodes, file.allocating_nodes);
        (expected.call_frames, expected.max_depth) = (file.call_frames, file.max_depth);
        let ways = ways();
        for way in [Way::plain(), ways[seed as usize % ways.len()]] {
            let name = format!("seed {seed} {way:?} {patterns:?}");
            let mut found = read(&given_text, way, &filters, true).aggregate;
            let repair = found.repair.expect("it was repaired");
            assert_eq!(repair.reattached.size, moved, "{name}");
            assert_eq!(found.max_depth as usize, limit, "{name}");
            let sums = [canonical(&mut found), canonical(&mut expected)];
            if sums[0] != sums[1] {
                let difference = sums[0].lines().zip(sums[1].lines()).find(|(found, expected)| found != expected);
                panic!("{name}: {difference:#?}");
            }
            reattached += repair.reattached.size;
            rest += repair.ambiguous.size;
        }
    }
    assert!(reattached > 10_000 && rest > 10_000, "{reattached} bytes re-attached, {rest} ambiguous");
}

/// Own sizes by function, package and category.
fn self_sizes(aggregate: &Aggregate) -> [Vec<u64>; 3] {
    let sizes = |rows: &[Sums]| rows.iter().map(|sums| sums.self_size).collect();
    [sizes(&aggregate.by_frame), sizes(&aggregate.by_package), sizes(&aggregate.by_category)]
}

#[test]
fn a_file_that_ends_anywhere_loses_nothing() {
    let none = Filters::default();
    let mut rng = Rng(5);
    for limit in [16, 128] {
        let whole = text(&cut(&stacks(&mut rng, limit), limit));
        let first = whole.len() / 2;
        for _ in 0..40 {
            let end = first + rng.below(whole.len() - first);
            // One thread: ids are those of the order in the file.
            let way = Way { threads: 1, ..Way::plain() };
            let [plain, repaired] = [false, true].map(|repair| read(&whole[..end], way, &none, repair));
            assert_eq!(self_sizes(&plain.aggregate), self_sizes(&repaired.aggregate), "{end} bytes");
            assert_eq!(plain.aggregate.nodes, repaired.aggregate.nodes, "{end} bytes");
            let [plain, repaired] = [plain, repaired].map(|outcome| format!("{:?}", outcome.problem));
            assert_eq!(plain, repaired);
        }
    }
}

#[test]
fn where_no_stack_is_cut_nothing_changes() {
    let none = Filters::default();
    let mut files = 0;
    for path in fixtures("", ".heapprofile") {
        let text = std::fs::read(&path).expect("a fixture can be read");
        let [plain, repaired] = [false, true].map(|repair_stacks| {
            let options = ReadOptions { filters: &none, repair_stacks, ..ReadOptions::default() };
            read_with(Input::from_bytes(text.clone()), Way::plain(), options)
        });
        let (Ok(plain), Ok(mut repaired)) = (plain, repaired) else { continue };
        let repair = repaired.aggregate.repair.take().expect("it was repaired");
        if repair.cut() == Fate::default() && plain.problem.is_none() {
            files += 1;
            assert_eq!(Repair { stack_limit: None, ..repair }, Repair::default());
            let name = path.display().to_string();
            assert!(json(&name, plain) == json(&name, repaired), "{name}");
        }
    }
    assert!(files > 5, "{files} files");
}

#[test]
fn truncated_stacks_are_no_entry_points() {
    let none = Filters::default();
    let mut truncated = 0;
    for seed in 0..30 {
        let mut rng = Rng(seed + 1000);
        let limit = [16, 64, 128][seed as usize % 3];
        let text = text(&cut(&stacks(&mut rng, limit * 2 / 3), limit));
        let expected = oracle::with_deep_stack(|| oracle::aggregate(&text, classifier(), ReadOptions::STACKS));
        let ways = ways();
        for way in [Way::plain(), ways[seed as usize % ways.len()]] {
            let found = read(&text, way, &none, false).aggregate;
            assert_eq!(as_text::evidence(&found), as_text::evidence(&expected), "seed {seed} {way:?}");
            truncated += found.cut_stacks.map_or(0, |cut| cut.truncated_size);
            let repaired = read(&text, way, &none, true).aggregate;
            let repair = repaired.repair.expect("it was repaired");
            let left = repaired.cut_stacks.map_or(0, |cut| cut.truncated_size);
            assert_eq!(left, repair.ambiguous.size + repair.unmatched.size, "seed {seed} {way:?}");
        }
    }
    assert!(truncated > 10_000, "{truncated} bytes");
}
