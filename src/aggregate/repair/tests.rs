//! Repaired trees against the rule, written out over whole paths.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::profile::Fate;

/// Frames from below the root.
type Path = Vec<u32>;

/// A tree, with the plain recursion that nothing but tests may have.
#[derive(Clone, Debug, Default)]
struct Plain {
    frame: u32,
    size: u64,
    children: Vec<Plain>,
}

impl Plain {
    /// A tree with these stacks. Where `apart` says so, the next stack shares no node with those before.
    fn of(stacks: &[(Path, u64)], apart: &[bool]) -> Self {
        let mut root = Self::default();
        for (i, (path, size)) in stacks.iter().enumerate() {
            let is_apart = apart.get(i).copied().unwrap_or(false);
            let mut node = &mut root;
            for &frame in path {
                let found = node.children.iter().rposition(|child| child.frame == frame && !is_apart);
                let place = found.unwrap_or_else(|| {
                    node.children.push(Self { frame, ..Self::default() });
                    node.children.len() - 1
                });
                node = &mut node.children[place];
            }
            node.size += size;
        }
        root
    }

    fn height(&self) -> u32 {
        self.children.iter().map(|child| child.height() + 1).max().unwrap_or(0)
    }

    /// All nodes below it in the order in which they open, with their paths.
    fn walk(&self, path: &mut Path, found: &mut Vec<(Path, u64)>) {
        for child in &self.children {
            path.push(child.frame);
            found.push((path.clone(), child.size));
            child.walk(path, found);
            path.pop();
        }
    }

    fn paths(&self) -> Vec<(Path, u64)> {
        let mut found = Vec::new();
        self.walk(&mut Path::new(), &mut found);
        found
    }
}

/// Bytes by path.
type Sizes = BTreeMap<Path, u64>;

fn add(sizes: &mut Sizes, path: &[u32], size: u64) {
    if size > 0 {
        *sizes.entry(path.to_vec()).or_default() += size;
    }
}

/// The rule.
fn expected(tree: &Plain, limit: Option<u32>) -> (Sizes, Repair) {
    let mut sizes = Sizes::new();
    let mut repair = Repair { stack_limit: limit.map(u64::from), ..Repair::default() };
    add(&mut sizes, &[], tree.size);
    let is_cut = |path: &Path| limit == Some(path.len() as u32);
    let below = |child: &Plain| Plain { children: vec![child.clone()], ..Plain::default() }.paths();
    let (truncated, complete): (Vec<&Plain>, Vec<&Plain>) =
        tree.children.iter().partition(|child| below(child).iter().all(|(path, size)| *size == 0 || is_cut(path)));
    let mut known = BTreeSet::new();
    for (path, size) in complete.into_iter().flat_map(below) {
        add(&mut sizes, &path, size);
        known.insert(path);
    }
    for child in truncated {
        let mut fates = [0; 3];
        for (path, size) in below(child).into_iter().filter(|(_, size)| *size > 0) {
            // The complete paths that end with the first frames, for as many as there are any.
            let with_end = |end: &[u32]| -> Vec<&Path> { known.iter().filter(|known| known.ends_with(end)).collect() };
            let longest = (1..=path.len()).rev().find(|&k| !with_end(&path[..k]).is_empty()).unwrap_or(0);
            match (longest, with_end(&path[..longest])) {
                (0, _) => {
                    fates[2] += size;
                    add(&mut sizes, &path, size);
                }
                (_, only) if only.len() == 1 => {
                    fates[0] += size;
                    add(&mut sizes, &[only[0], &path[longest..]].concat(), size);
                }
                _ => {
                    fates[1] += size;
                    add(&mut sizes, &path, size);
                }
            }
        }
        let Repair { reattached, ambiguous, unmatched, .. } = &mut repair;
        let mut all = [reattached, ambiguous, unmatched];
        if let Some(worst) = (0..3).rev().find(|&fate| fates[fate] > 0) {
            all[worst].stacks += 1;
        }
        all.iter_mut().zip(fates).for_each(|(fate, size)| fate.size += size);
    }
    (sizes, repair)
}

const FRAMES: usize = 40;

/// What the program makes of a tree whose stacks are cut at one of `depths`: bytes by path, and the numbers.
fn found(tree: Tree, depths: &[u64]) -> (Sizes, Repaired) {
    let (mut sizes, mut path) = (Sizes::new(), Path::new());
    let repaired = tree.repair_cut_at(depths, FRAMES, |frame, level, size| {
        assert!((1..=path.len() + 1).contains(&(level as usize)), "level {level} below {path:?}");
        path.truncate(level as usize - 1);
        path.push(frame.map_or(u32::MAX, |frame| frame.0));
        add(&mut sizes, &path[1..], size.unwrap_or(0));
    });
    (sizes, repaired)
}

/// The tree as a reader gives it: sizes stand before children, or behind them where `late` says so.
fn read(tree: &Plain, late: &[bool]) -> Tree {
    let mut read = Tree::default();
    let mut nodes = vec![(Path::new(), tree.size)];
    nodes.extend(tree.paths());
    let mut waiting: Vec<(u32, u64)> = Vec::new();
    for (i, (path, size)) in nodes.into_iter().enumerate() {
        let level = path.len() as u32 + 1;
        while let Some((level, size)) = waiting.pop_if(|(open, _)| *open >= level) {
            read.late_size(level, size);
        }
        let frame = Some(FrameId(path.last().copied().unwrap_or(0)));
        if late.get(i % late.len().max(1)).copied().unwrap_or(false) {
            read.open(frame, level, None);
            waiting.push((level, size));
        } else {
            read.open(frame, level, Some(size));
        }
    }
    while let Some((level, size)) = waiting.pop() {
        read.late_size(level, size);
    }
    read
}

/// Bytes by innermost frame.
fn self_sizes(sizes: &Sizes) -> BTreeMap<Option<u32>, u64> {
    let mut by_frame = BTreeMap::new();
    for (path, size) in sizes {
        *by_frame.entry(path.last().copied()).or_default() += size;
    }
    by_frame
}

/// True stacks cut to their innermost frames, as V8 does.
fn cut(stacks: &[(Path, u64)], limit: u32) -> Vec<(Path, u64)> {
    let innermost = |path: &Path| path[path.len().saturating_sub(limit as usize)..].to_vec();
    stacks.iter().map(|(path, size)| (innermost(path), *size)).collect()
}

fn assert_repaired(stacks: &[(Path, u64)], apart: &[bool], late: &[bool], limit: u32) -> (Sizes, Repaired) {
    let tree = Plain::of(&cut(stacks, limit), apart);
    let is_cut = tree.height() == limit;
    let (sizes, repair) = expected(&tree, is_cut.then_some(limit));
    let (found, repaired) = found(read(&tree, late), &[limit.into()]);
    assert_eq!(found, sizes, "{tree:?}");
    assert_eq!(repaired.repair, repair, "{tree:?}");
    assert_eq!(repaired.nodes, tree.paths().len() as u64 + 1);
    assert_eq!(repaired.max_depth, u64::from(tree.height()));
    (found, repaired)
}

fn stacks(frames: std::ops::Range<u32>, longest: usize) -> impl Strategy<Value = Vec<(Path, u64)>> {
    let path = prop::collection::vec(frames, 1..longest);
    prop::collection::vec((path, prop_oneof![Just(0_u64), 1..1000_u64]), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn stacks_go_where_the_rule_says(
        stacks in prop_oneof![stacks(0..2, 12), stacks(0..4, 9), stacks(0..9, 7)],
        apart in prop::collection::vec(prop::bool::weighted(0.2), 30),
        late in prop::collection::vec(any::<bool>(), 0..9),
        limit in 1..6_u32,
    ) {
        let (found, _) = assert_repaired(&stacks, &apart, &late, limit);
        // Nothing is lost, nothing changes hands.
        let given: Sizes = cut(&stacks, limit).into_iter().fold(Sizes::new(), |mut sizes, (path, size)| {
            add(&mut sizes, &path, size);
            sizes
        });
        prop_assert_eq!(self_sizes(&found), self_sizes(&given));
        // And all that V8 has kept is still there.
        let again = cut(&found.into_iter().collect::<Vec<_>>(), limit);
        prop_assert_eq!(again.into_iter().fold(Sizes::new(), |mut sizes, (path, size)| {
            add(&mut sizes, &path, size);
            sizes
        }), given);
    }

    /// Where each function is called from one place alone, what can be told is true.
    #[test]
    fn what_has_one_caller_goes_where_it_was(parents in prop::collection::vec((any::<u32>(), 1..1000_u64), 1..38), limit in 2..6_u32) {
        let mut paths: Vec<Path> = vec![vec![]];
        for (frame, (parent, _)) in (1..).zip(&parents) {
            let path = [&paths[*parent as usize % paths.len()][..], &[frame]].concat();
            paths.push(path);
        }
        let truth: Vec<(Path, u64)> = paths.into_iter().skip(1).zip(parents.iter().map(|(_, size)| *size)).collect();
        let (found, repaired) = assert_repaired(&truth, &[], &[], limit);
        prop_assert_eq!(repaired.repair.ambiguous, Fate::default());
        let truth: Sizes = truth.into_iter().collect();
        let untrue: u64 = found.iter().filter(|(path, _)| !truth.contains_key(*path)).map(|(_, size)| size).sum();
        prop_assert_eq!(untrue, repaired.repair.unmatched.size);
    }

    /// A file that ends early is repaired as far as it goes.
    #[test]
    fn a_part_of_a_tree_is_a_tree(stacks in stacks(0..4, 9), end in any::<prop::sample::Index>(), limit in 1..5_u32) {
        let mut nodes = vec![(Path::new(), 0)];
        nodes.extend(Plain::of(&cut(&stacks, limit), &[]).paths());
        nodes.truncate(end.index(nodes.len()) + 1);
        let mut read = Tree::default();
        for (path, size) in &nodes {
            read.open(Some(FrameId(path.last().copied().unwrap_or(0))), path.len() as u32 + 1, Some(*size));
        }
        let level = nodes.last().map_or(0, |(path, _)| path.len() as u32 + 1);
        let children = |path: &Path| {
            nodes.iter().filter(|(below, _)| below.len() == path.len() + 1 && below.starts_with(path)).count() as u32
        };
        let last = nodes.last().expect("a root").0.clone();
        let counts: Vec<u32> = (0..=last.len()).map(|depth| children(&last[..depth].to_vec())).collect();
        prop_assert_eq!(read.child_counts(level), counts);
        // What comes last has neither call frame nor size.
        read.open(None, level + 1, None);
        read.late_size(level + 1, 7);
        let (found, repaired) = found(read, &[limit.into()]);
        let total: u64 = nodes.iter().map(|(_, size)| size).sum();
        prop_assert_eq!(found.values().sum::<u64>(), total);
        prop_assert_eq!(repaired.nodes, nodes.len() as u64);
    }
}

/// Frames by letters.
fn path(text: &str) -> Path {
    text.bytes().filter(|letter| *letter != b'0').map(|letter| u32::from(letter - b'a')).collect()
}

#[test]
fn each_kind_of_cut_stack() {
    // Stacks of a file in which they are cut at 4; what becomes of them.
    #[rustfmt::skip]
    let table: &[(&[&str], &[&str], [u64; 3])] = &[
        // One path ends so.
        (&["abc", "bcde"], &["abc", "abcde"], [1, 0, 0]),
        // By more frames it is told which.
        (&["abc", "xbd", "bcde"], &["abc", "xbd", "abcde"], [1, 0, 0]),
        (&["abc", "xbd", "bdef"], &["abc", "xbd", "xbdef"], [1, 0, 0]),
        // A branch may be told, its sibling not.
        (&["abc", "xb", "bcde", "bfgh"], &["abc", "xb", "abcde", "bfgh"], [1, 1, 0]),
        // Two paths that differ further out; one of them goes on.
        (&["abc", "xbc", "bcde"], &["abc", "xbc", "bcde"], [0, 1, 0]),
        (&["abc", "ybcd", "y", "bcde"], &["abc", "ybcd", "y", "ybcde"], [1, 0, 0]),
        // No path has its outermost frame.
        (&["abc", "dabc"], &["abc", "dabc"], [0, 0, 1]),
        // A recursion goes on where it was deepest.
        (&["aff", "fffg"], &["aff", "afffg"], [1, 0, 0]),
        // Stacks of that depth below an entry point with other bytes may be whole.
        (&["abcd", "a", "bcde"], &["abcd", "a", "abcde"], [1, 0, 0]),
        // What has no bytes is no path.
        (&["abc", "xb", "ybc0", "bcde"], &["abc", "xb", "abcde"], [1, 0, 0]),
        // None is as deep.
        (&["abc", "bcd"], &["abc", "bcd"], [0, 0, 0]),
    ];
    for (given, wanted, fates) in table {
        let sizes =
            |texts: &[&str]| texts.iter().map(|text| (path(text), u64::from(!text.ends_with('0')))).collect::<Vec<_>>();
        let (found, repaired) = found(read(&Plain::of(&sizes(given), &[]), &[]), &[4]);
        assert_eq!(found, sizes(wanted).into_iter().collect(), "{given:?}");
        let Repair { reattached, ambiguous, unmatched, .. } = repaired.repair;
        assert_eq!([reattached.size, ambiguous.size, unmatched.size], *fates, "{given:?}");
    }
}

#[test]
fn siblings_with_the_same_frame_are_one_path() {
    let stacks = [(path("ab"), 1), (path("abc"), 2), (path("bcde"), 4)];
    let (found, repaired) = found(read(&Plain::of(&stacks, &[false, true]), &[]), &[4]);
    assert_eq!(repaired.repair.reattached, Fate { size: 4, stacks: 1 });
    assert_eq!(found.get(&path("abcde")), Some(&4));
}

#[test]
fn a_stack_that_stands_on_an_entry_point_gives_it_its_bytes() {
    // The first child of the root is complete, the second, with the same frame, is not.
    let stacks = [(path("ab"), 1), (path("abcd"), 2), (path("abcd"), 4)];
    let (found, repaired) = found(read(&Plain::of(&stacks, &[false, false, true]), &[]), &[4]);
    assert_eq!(repaired.repair.reattached, Fate { size: 4, stacks: 1 });
    assert_eq!(found, [(path("ab"), 1), (path("abcd"), 6)].into());
}

#[test]
fn stacks_are_cut_where_v8_cuts() {
    for depth in 1..300_u32 {
        let mut tree = Tree::default();
        for level in 1..=depth + 1 {
            tree.open(Some(FrameId(0)), level, Some(8));
        }
        let limit = STACK_LIMITS.contains(&u64::from(depth)).then_some(u64::from(depth));
        assert_eq!(tree.repair(1, |_, _, _| {}).repair.stack_limit, limit);
    }
}

#[test]
fn sizes_beyond_what_can_be_counted_are_told() {
    let mut tree = Tree::default();
    tree.open(Some(FrameId(0)), 1, Some(0));
    tree.open(Some(FrameId(1)), 2, Some(u64::MAX - 1));
    tree.open(Some(FrameId(2)), 2, Some(2));
    tree.open(Some(FrameId(3)), 2, Some(1));
    let (found, repaired) = found(tree, &[4]);
    assert_eq!(found.values().sum::<u64>(), u64::MAX);
    assert_eq!((repaired.overflowing_sizes, repaired.nodes, repaired.allocating_nodes), (1, 4, 2));
}
