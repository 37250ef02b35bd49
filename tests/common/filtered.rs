//! What filters show of a profile, the slow and obvious way: every node's path is written down, then cut.

use std::collections::HashSet;

use heapsift::aggregate::ReadOptions;
use heapsift::profile::{Aggregate, Classify, Filter, FrameId, Sums};
use regex::Regex;

use super::oracle::{self, Heavy};

/// Patterns for focus, ignore, hide and show.
pub(crate) type Patterns = [Option<&'static str>; 4];

/// The sums over what is shown; those that filters do not touch are the oracle's.
pub(crate) fn aggregate(text: &[u8], classify: &dyn Classify, patterns: Patterns) -> Aggregate {
    let whole = oracle::aggregate(text, classify, ReadOptions::STACKS);
    let frames = &whole.frames;
    let regexes = patterns.map(|pattern| pattern.map(|text| Regex::new(text).expect("a pattern")));
    let fits = |which: usize, id: FrameId| {
        let frame = frames.get(id);
        let texts = [frame.function, frame.url, frames.package(frame.package).name];
        let mut texts = texts.map(|text| frames.text(text)).to_vec();
        if texts[0].is_empty() {
            texts.push("(anonymous)");
        }
        regexes[which].as_ref().map(|regex| texts.iter().any(|text| regex.is_match(text)))
    };
    let nodes = oracle::nodes(text, classify);
    // Frames are interned in the order in which nodes open.
    let root = FrameId(0);
    let mut sums =
        [&whole.by_frame, &whole.by_package, &whole.by_category].map(|rows| vec![Sums::default(); rows.len()]);
    let mut heavy: Vec<Heavy> = Vec::new();
    for (size, path) in nodes {
        let any = |which| path.iter().any(|&id| fits(which, id) == Some(true));
        if any(1) {
            continue;
        }
        let stays = |id: &FrameId| fits(2, *id) != Some(true) && fits(3, *id) != Some(false);
        let is_root = path.is_empty();
        let is_node = path.last().is_none_or(stays);
        let left: Vec<FrameId> = path.iter().copied().filter(stays).collect();
        let is_kept =
            (patterns[0].is_none() || any(0)) && if is_root { patterns[3].is_none() } else { !left.is_empty() };
        let size = if is_kept { size } else { 0 };
        if is_node && (!is_root || size > 0) {
            each(frames, &mut sums, *left.last().unwrap_or(&root), |sums| sums.nodes += 1);
        }
        if size > 0 {
            each(frames, &mut sums, *left.last().unwrap_or(&root), |sums| {
                sums.self_size += size;
                sums.allocating_nodes += 1;
            });
            let place = heavy.len();
            heavy.push((size, left, place));
        }
    }
    // The root counts only if it has bytes.
    let outermost: &[FrameId] = if heavy.iter().any(|(_, path, _)| path.is_empty()) { &[root] } else { &[] };
    for (size, path, _) in &heavy {
        let mut met = HashSet::new();
        for &id in outermost.iter().chain(path) {
            let frame = frames.get(id);
            for (table, row) in
                [id.0 as usize, frame.package.0 as usize, frame.category.0 as usize].into_iter().enumerate()
            {
                if met.insert((table, row)) {
                    sums[table][row].total_size += size;
                }
            }
        }
    }
    let shown_size = heavy.iter().map(|(size, _, _)| size).sum();
    let found = oracle::of_nodes(frames, heavy, root, ReadOptions::STACKS, &mut sums, classify.categories());
    let [by_frame, by_package, by_category] = sums;
    let name = |(name, pattern): (&'static str, Option<&str>)| Some(Filter { name, pattern: pattern?.to_owned() });
    let filters = ["focus", "ignore", "hide", "show"].into_iter().zip(patterns).filter_map(name).collect();
    Aggregate {
        by_frame,
        by_package,
        by_category,
        filters,
        shown_size,
        package_causes: found.package_causes,
        category_causes: found.category_causes,
        stacks: found.stacks,
        category_stacks: found.category_stacks,
        ..whole
    }
}

fn each(
    frames: &heapsift::profile::CallFrameTable,
    sums: &mut [Vec<Sums>; 3],
    id: FrameId,
    change: impl Fn(&mut Sums),
) {
    let frame = frames.get(id);
    change(&mut sums[0][id.0 as usize]);
    change(&mut sums[1][frame.package.0 as usize]);
    change(&mut sums[2][usize::from(frame.category.0)]);
}
