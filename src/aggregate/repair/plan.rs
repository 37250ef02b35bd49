//! What becomes of the nodes of truncated stacks.
//!
//! A child of the root all of whose bytes are at the depth at which stacks are cut is the outermost frame that is left of truncated stacks. (One without bytes may
//! be, so it tells nothing.) Going down from it, the
//! complete paths that end with the same frames are followed as far as there are any. Where one is left, what is below belongs there; where several are, or where
//! there was none from the start, it stays.

use std::ops::Range;

use super::Node;
use super::paths::{self, Paths};
use crate::profile::Repair;

/// Bytes that a node takes at most: in a complete stack its path, in a truncated one a [`Move`].
pub(super) const PER_NODE: usize = paths::PER_NODE;

/// Nodes that go below another, with all that is below them.
#[derive(Clone, Copy, Debug)]
struct Move {
    /// The node that becomes their parent.
    to: u32,
    /// The first of them, and the end of their subtree.
    from: u32,
    end: u32,
}

/// What goes where.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In the order of where they go, then of where they stand.
    moves: Vec<Move>,
    pub(super) repair: Repair,
}

/// An open node of a truncated stack, and the paths that end with the frames down to it.
#[derive(Debug)]
struct Matched {
    node: usize,
    ends: Range<u32>,
}

impl Plan {
    /// Where stacks were cut at the depth `limit`. Marks the nodes that do not stay where they are; gives bytes to others. There are so many `frames`.
    pub(super) fn new(nodes: &mut [Node], limit: Option<u32>, frames: usize) -> Self {
        let mut plan = Self::default();
        // Nodes have 32-bit numbers here: of more than 64 GB of nodes none are repaired.
        let Some(limit) = limit.filter(|_| u32::try_from(nodes.len()).is_ok()) else { return plan };
        plan.repair.stack_limit = Some(u64::from(limit));
        let stacks = truncated(nodes, limit);
        let has_bytes = |nodes: &[Node], stack: &Range<usize>| nodes[stack.clone()].iter().any(|node| node.size > 0);
        if stacks.iter().any(|stack| has_bytes(nodes, stack)) {
            let paths = Paths::new(nodes, &stacks, frames);
            for stack in stacks {
                if has_bytes(nodes, &stack) {
                    plan.place(nodes, stack, &paths);
                }
            }
            plan.moves.sort_unstable_by_key(|piece| (piece.to, piece.from));
        }
        plan
    }

    /// Decides about a child of the root.
    fn place(&mut self, nodes: &mut [Node], stack: Range<usize>, paths: &Paths) {
        let before = self.repair;
        let mut open: Vec<Matched> = Vec::new();
        let mut at = stack.start;
        while at < stack.end {
            let node = nodes[at];
            open.truncate(node.depth() as usize - 1);
            let ends = match open.last() {
                Some(above) => paths.below(&above.ends, &node),
                None => paths.that_end_with(&node),
            };
            let mut end = at + 1;
            if ends.is_empty() {
                end += nodes[end..stack.end].iter().take_while(|below| below.level() > node.level()).count();
                self.end_branch(nodes, at..end, &open, paths);
            } else {
                // Unless something below it stays.
                nodes[at].set_gone(true);
                open.push(Matched { node: at, ends });
                let is_leaf = nodes[end..stack.end].first().is_none_or(|next| next.level() <= node.level());
                if is_leaf {
                    self.end_branch(nodes, at..end, &open, paths);
                }
            }
            at = end;
        }
        let Repair { reattached, ambiguous, unmatched, .. } = &mut self.repair;
        let fate = match () {
            () if unmatched.size > before.unmatched.size => unmatched,
            () if ambiguous.size > before.ambiguous.size => ambiguous,
            () => reattached,
        };
        fate.stacks += 1;
    }

    /// What becomes of the nodes `rest`, where `open` are the ones above them as far as complete paths go. (Where a path goes to the very end, the
    /// last of these is the rest itself.)
    fn end_branch(&mut self, nodes: &mut [Node], rest: Range<usize>, open: &[Matched], paths: &Paths) {
        let size: u64 = nodes[rest.clone()].iter().map(|node| node.size).sum();
        let Some(longest) = open.last() else {
            self.repair.unmatched.size += size;
            return;
        };
        if longest.ends.len() > 1 {
            self.repair.ambiguous.size += size;
            // Above one that stays already all do.
            for above in open.iter().rev() {
                if !nodes[above.node].is_gone() {
                    break;
                }
                nodes[above.node].set_gone(false);
            }
            return;
        }
        self.repair.reattached.size += size;
        let to = paths.node(longest.ends.start);
        if longest.node < rest.start {
            nodes[rest.clone()].iter_mut().for_each(|node| node.set_gone(true));
            self.moves.push(Move { to: to as u32, from: rest.start as u32, end: rest.end as u32 });
        } else if size > 0 {
            nodes[to].take(size);
        }
    }

    /// Gives the nodes of the repaired tree, in the order in which they open, with their levels.
    pub(super) fn walk(&self, nodes: &[Node], mut visit: impl FnMut(&Node, u32)) {
        let mut moves = self.moves.iter().peekable();
        for (i, node) in nodes.iter().enumerate().filter(|(_, node)| !node.is_gone()) {
            visit(node, node.level());
            while let Some(piece) = moves.next_if(|piece| piece.to as usize == i) {
                let piece = &nodes[piece.from as usize..piece.end as usize];
                let first = piece.first().map_or(0, Node::level);
                piece.iter().for_each(|below| visit(below, below.level() - first + node.level() + 1));
            }
        }
    }
}

/// The children of the root that have no bytes but at the depth `limit`, each with what is below it.
fn truncated(nodes: &[Node], limit: u32) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 1;
    while start < nodes.len() {
        let end = start + 1 + nodes[start + 1..].iter().take_while(|node| node.depth() > 1).count();
        if nodes[start..end].iter().all(|node| node.size == 0 || node.depth() == limit) {
            found.push(start..end);
        }
        start = end;
    }
    found
}
