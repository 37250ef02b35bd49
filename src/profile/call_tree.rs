//! The nodes of a file, where they are kept.

use super::FrameId;

/// The nodes of a file in the order in which they open, 16 bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallTree {
    nodes: Vec<Node>,
    /// Indexes of those that are open, by level.
    open: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Node {
    frame: FrameId,
    /// Open nodes, this one included; and [`NO_SIZE`], which no level reaches.
    level: u32,
    size: u64,
}

/// The size has not come.
const NO_SIZE: u32 = 1 << 31;

impl CallTree {
    /// A node opens at `level` (the root's is 1). Its size may be added later.
    pub(crate) fn open(&mut self, frame: FrameId, level: u32, size: Option<u64>) {
        self.open.truncate(level as usize - 1);
        self.open.push(self.nodes.len());
        let level = if size.is_some() { level } else { level | NO_SIZE };
        self.nodes.push(Node { frame, level, size: size.unwrap_or(0) });
    }

    /// The size of the innermost open node at `level`.
    pub(crate) fn late_size(&mut self, level: u32, size: u64) {
        let open = self.open.get(level as usize - 1);
        if let Some(node) = open.and_then(|&open| self.nodes.get_mut(open)) {
            node.level &= !NO_SIZE;
            node.size = node.size.saturating_add(size);
        }
    }

    /// The nodes: frame, level, and the size if it came.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (FrameId, u32, Option<u64>)> + '_ {
        let size = |node: &Node| (node.level & NO_SIZE == 0).then_some(node.size);
        self.nodes.iter().map(move |node| (node.frame, node.level & !NO_SIZE, size(node)))
    }

    /// Bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        Self::memory_of(self.nodes.len(), self.open.len())
    }

    /// The same of so many nodes, of which so many are open at a time.
    pub(crate) fn memory_of(nodes: usize, levels: usize) -> usize {
        nodes * size_of::<Node>() + levels * size_of::<usize>()
    }
}
