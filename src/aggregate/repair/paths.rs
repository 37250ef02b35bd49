//! The distinct paths of a tree, in an order in which all that end with the same frames stand side by side.
//!
//! Paths are compared from the inside out: by the last frame, then by the last but one, and so on. So the paths that end with c1 … ck are a range, and those that
//! end with c1 … ck, c are among the paths of frame c the ones whose parent's path is in that range: two binary searches. Nodes with the same path
//! (siblings that differ in what reports do not show) are one.

use std::ops::Range;

use super::Node;

/// Bytes that a node takes at most while its path is put in order.
pub(super) const PER_NODE: usize = 20;

/// The paths of complete stacks, by their numbers in that order. The root's is number 0.
#[derive(Debug)]
pub(super) struct Paths {
    /// The first path that ends with each frame; one more than there are frames.
    starts: Vec<u32>,
    /// Of each path the number of the one without its last frame.
    parents: Vec<u32>,
    /// Of each path the first node that has it.
    nodes: Vec<u32>,
}

impl Paths {
    /// The paths of all nodes but those in `left_out`, which are in order. There are so many `frames`.
    pub(super) fn new(nodes: &[Node], left_out: &[Range<usize>], frames: usize) -> Self {
        let indexes = || complete(nodes.len(), left_out);
        let slot = |node: usize| nodes[node].frame().map_or(frames, |frame| frame.0 as usize);
        // By frame: the root comes first, then each frame has its places.
        let mut starts = vec![0_u32; frames + 2];
        indexes().for_each(|node| starts[slot(node) + 1] += 1);
        starts[0] = 1;
        for frame in 0..=frames {
            starts[frame + 1] += starts[frame];
        }
        let mut order = vec![0_u32; starts[frames + 1] as usize];
        let mut ranks = vec![0_u32; nodes.len()];
        for node in indexes() {
            ranks[node] = starts[slot(node)];
        }
        let mut next = starts.clone();
        for node in indexes() {
            let place = &mut next[slot(node)];
            order[*place as usize] = node as u32;
            *place += 1;
        }
        drop(next);
        sort(nodes, left_out, &mut order, &mut ranks);

        // From here on ranks are numbers of paths.
        let mut count = 1;
        let mut before = 0;
        for &node in &order[1..] {
            let rank = &mut ranks[node as usize];
            count += u32::from(before != 0 && before != *rank);
            before = *rank;
            *rank = count;
        }
        let paths = if order.len() > 1 { count as usize + 1 } else { 1 };
        for start in &mut starts[..=frames] {
            *start = order.get(*start as usize).map_or(paths as u32, |&node| ranks[node as usize]);
        }
        starts.truncate(frames + 1);
        drop(order);
        let mut found = Self { starts, parents: vec![0; paths], nodes: vec![u32::MAX; paths] };
        for (node, parent) in with_parents(nodes, left_out) {
            let path = ranks[node] as usize;
            if found.nodes[path] == u32::MAX {
                found.nodes[path] = node as u32;
                found.parents[path] = ranks[parent];
            }
        }
        found
    }

    /// The paths that end with a frame.
    pub(super) fn that_end_with(&self, node: &Node) -> Range<u32> {
        match node.frame() {
            Some(frame) => self.starts[frame.0 as usize]..self.starts[frame.0 as usize + 1],
            None => 0..0,
        }
    }

    /// The paths that are one of these and a frame below it.
    pub(super) fn below(&self, ends: &Range<u32>, node: &Node) -> Range<u32> {
        let Range { start, end } = self.that_end_with(node);
        let parents = &self.parents[start as usize..end as usize];
        let place = |bound: u32| start + parents.partition_point(|&parent| parent < bound) as u32;
        place(ends.start)..place(ends.end)
    }

    /// The first node with a path.
    pub(super) fn node(&self, path: u32) -> usize {
        self.nodes[path as usize] as usize
    }
}

/// The nodes that are not left out, but for the root.
fn complete(nodes: usize, left_out: &[Range<usize>]) -> impl Iterator<Item = usize> {
    let starts = std::iter::once(1).chain(left_out.iter().map(|range| range.end));
    let ends = left_out.iter().map(|range| range.start).chain(std::iter::once(nodes));
    starts.zip(ends).flat_map(|(start, end)| start..end)
}

/// These with their parents.
fn with_parents(nodes: &[Node], left_out: &[Range<usize>]) -> impl Iterator<Item = (usize, usize)> {
    let mut open = vec![0];
    complete(nodes.len(), left_out).map(move |node| {
        let depth = nodes[node].depth() as usize;
        open.truncate(depth);
        let parent = open.last().copied().unwrap_or(0);
        open.push(node);
        (node, parent)
    })
}

/// Puts nodes, which are in the order of their frames, in the order of their paths. A node's rank is where those begin that are not told apart from it yet.
///
/// Each round tells apart by twice as many frames as the one before: by those that are compared already, and by the rank of the caller behind them.
fn sort(nodes: &[Node], left_out: &[Range<usize>], order: &mut [u32], ranks: &mut [u32]) {
    // Behind the last frame is the root, for as long as is asked.
    let mut callers = vec![0_u32; nodes.len()];
    let mut deepest = 0;
    for (node, parent) in with_parents(nodes, left_out) {
        callers[node] = parent as u32;
        deepest = deepest.max(nodes[node].depth());
    }
    let mut alike = Vec::new();
    let mut compared = 1;
    while compared <= deepest {
        let mut start = 1;
        while let Some(&first) = order.get(start) {
            let rank = ranks[first as usize];
            let same = order[start..].iter().take_while(|&&node| ranks[node as usize] == rank).count();
            let group = &mut order[start..start + same];
            if same > 1 {
                alike.clear();
                alike.extend(group.iter().map(|&node| (ranks[callers[node as usize] as usize], node)));
                alike.sort_unstable();
                let mut before = None;
                let mut rank = 0;
                for ((place, slot), &(key, node)) in (start as u32..).zip(group).zip(&alike) {
                    if before.replace(key) != Some(key) {
                        rank = place;
                    }
                    *slot = node;
                    ranks[node as usize] = rank;
                }
            }
            start += same;
        }
        // Parents stand before their children: theirs are still those of the round before.
        for node in (0..callers.len()).rev() {
            callers[node] = callers[callers[node] as usize];
        }
        compared *= 2;
    }
}
