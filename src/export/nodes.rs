//! The nodes that are written.

use std::io;

use crate::profile::{CallTree, FrameId, Total};

/// The nodes of a profile in the order in which they open, without those that are too small or too deep: their bytes are their callers'.
pub(super) struct Nodes(Vec<Node>);

/// A node that is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) frame: FrameId,
    /// Open nodes, this one included.
    pub(super) level: u32,
    pub(super) self_size: u64,
}

impl Nodes {
    /// Those with `least` bytes or more in them, and at most `deepest` open at a time.
    pub(super) fn new(tree: &CallTree, least: u64, deepest: u32) -> Self {
        let mut nodes = Self::all(tree);
        let totals = totals(&nodes);
        let mut written = 0;
        // Where the open nodes stand among those that are written, and the level of the one that was left out last.
        let (mut open, mut left_out): (Vec<usize>, _) = (Vec::new(), u32::MAX);
        for (place, total) in totals.into_iter().enumerate() {
            let Node { level, .. } = nodes[place];
            if level > left_out {
                continue;
            }
            left_out = u32::MAX;
            open.truncate(level as usize - 1);
            match open.last() {
                Some(&caller) if total < least || level > deepest => {
                    nodes[caller].self_size += total;
                    left_out = level;
                }
                _ => {
                    open.push(written);
                    nodes[written] = nodes[place];
                    written += 1;
                }
            }
        }
        nodes.truncate(written);
        Self(nodes)
    }

    /// All nodes, with the bytes that are in the sum of all. Where a file is damaged, one in between may have no call frame: what is in it stands in its caller.
    fn all(tree: &CallTree) -> Vec<Node> {
        let (mut sum, mut open) = (Total::default(), Vec::new());
        let node = |(frame, level, size): (FrameId, u32, Option<u64>)| {
            open.truncate(open.partition_point(|&outer| outer < level));
            open.push(level);
            Node { frame, level: open.len() as u32, self_size: sum.add(size.unwrap_or(0)) }
        };
        tree.nodes().map(node).collect()
    }

    /// Bytes of memory that each node of a tree takes, while they are made.
    pub(super) const PER_NODE: usize = size_of::<Node>() + size_of::<u64>();

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Node> {
        self.0.iter()
    }

    /// Each stack with bytes of its own: its frames from the outermost in, without the root unless the bytes are the root's, and these bytes.
    pub(super) fn each_stack(&self, mut write: impl FnMut(&[FrameId], u64) -> io::Result<()>) -> io::Result<()> {
        let mut path = Vec::new();
        for node in &self.0 {
            path.truncate(node.level as usize - 1);
            path.push(node.frame);
            if node.self_size > 0 {
                write(if path.len() > 1 { &path[1..] } else { &path }, node.self_size)?;
            }
        }
        Ok(())
    }
}

/// Bytes of each node and of what is below it.
fn totals(nodes: &[Node]) -> Vec<u64> {
    let mut totals = vec![0; nodes.len()];
    // What the nodes of each level add up to that stand behind, up to the next one outside of them.
    let mut behind: Vec<u64> = Vec::new();
    for (total, node) in totals.iter_mut().zip(nodes).rev() {
        let level = node.level as usize;
        behind.resize(behind.len().max(level + 1), 0);
        *total = node.self_size + std::mem::take(&mut behind[level]);
        behind[level - 1] += *total;
    }
    totals
}
