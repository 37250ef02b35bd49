//! A heap profile as plain rows.
//!
//! The nodes stand in preorder, each with its depth: parents before children, siblings in order. Walking such a
//! list needs no recursion, so a tree may be a million levels deep.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Index of a call frame in [`Tree::frames`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameIndex(pub u32);

/// A call frame. Lines and columns count from 1, whatever the file does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The function's name; empty for an anonymous one.
    pub function: String,
    /// The script's id; 0 is none.
    pub script_id: u32,
    /// The script's url.
    pub url: String,
    /// The line the function starts at.
    pub line: Option<u32>,
    /// The column the function starts at.
    pub column: Option<u32>,
}

impl Frame {
    /// The frame of the root node.
    pub fn root() -> Self {
        Self { function: "(root)".into(), ..Self::default() }
    }
}

/// A node of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its call frame.
    pub frame: FrameIndex,
    /// Bytes allocated by the frame itself; negative only where a writer's integer has wrapped.
    pub self_size: i64,
    /// Its id; 0 where the file has none.
    pub id: u64,
    /// Its depth; the root's is 0.
    pub depth: u32,
}

/// An element of `samples`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Bytes that the sample stands for.
    pub size: u64,
    /// Id of its node.
    pub node_id: u64,
    /// Its place in time.
    pub ordinal: u64,
}

/// A heap profile.
///
/// Invariants: [`Tree::nodes`] is empty or begins with the root, the only node of depth 0; a node's depth is at most
/// one more than that of the node before it.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    frames: Vec<Frame>,
    frame_index: HashMap<Frame, FrameIndex>,
    nodes: Vec<Node>,
    /// The elements of `samples`, where the profile has them.
    pub samples: Option<Vec<Sample>>,
}

impl Tree {
    /// The index of `frame`, which is stored if it is new.
    pub fn frame_index(&mut self, frame: Frame) -> FrameIndex {
        let next = FrameIndex(self.frames.len() as u32);
        match self.frame_index.entry(frame) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                self.frames.push(new.key().clone());
                *new.insert(next)
            }
        }
    }

    /// Adds the next node in preorder. A depth that would leave a gap below the node before is reduced to close it.
    pub fn push(&mut self, node: Node) {
        let deepest = self.nodes.last().map_or(0, |last| last.depth + 1);
        let shallowest = u32::from(!self.nodes.is_empty());
        self.nodes.push(Node { depth: node.depth.clamp(shallowest, deepest), ..node });
    }

    /// The distinct call frames, in order of their first use.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The call frame of a node.
    pub fn frame(&self, node: &Node) -> &Frame {
        &self.frames[node.frame.0 as usize]
    }

    /// The nodes in preorder.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
}

/// Two trees are equal if their nodes and samples are, however their frames are numbered.
impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        let row = |tree: &Self, node: &Node| (tree.frame(node).clone(), node.self_size, node.id, node.depth);
        self.samples == other.samples
            && self.nodes.len() == other.nodes.len()
            && self.nodes.iter().zip(&other.nodes).all(|(a, b)| row(self, a) == row(other, b))
    }
}
