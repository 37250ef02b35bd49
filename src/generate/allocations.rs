//! A tree from a list of stacks and their bytes, as a report or another profiler prints them.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Frame, FrameIndex, Node, Tree};

/// Bytes allocated at the end of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Allocation {
    /// Bytes.
    pub self_size: i64,
    /// The stack, the outermost frame first.
    pub stack: Vec<StackFrame>,
}

/// A frame of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct StackFrame {
    /// The function's name; empty for an anonymous one.
    pub function: String,
    /// The script's url; empty for a builtin.
    pub url: String,
    /// The line the function starts at, from 1; 0 is none.
    pub line: u32,
}

/// Builds the tree in which stacks that begin alike share their nodes; siblings stand in order of first appearance.
///
/// Lists of this kind do not say scripts and columns. A url gets a script id of its own in order of appearance, a
/// frame without url none; columns are none.
pub fn tree_from_allocations(allocations: &[Allocation]) -> Tree {
    let mut tree = Tree::default();
    let mut scripts: HashMap<&str, u32> = HashMap::new();
    let mut rows = vec![Row { frame: tree.frame_index(Frame::root()), self_size: 0, children: Vec::new() }];
    let mut known: HashMap<(usize, FrameIndex), usize> = HashMap::new();

    for allocation in allocations {
        let mut at = 0;
        for frame in &allocation.stack {
            let next_script = scripts.len() as u32 + 1;
            let script_id = if frame.url.is_empty() { 0 } else { *scripts.entry(&frame.url).or_insert(next_script) };
            let frame = tree.frame_index(Frame {
                function: frame.function.clone(),
                script_id,
                url: frame.url.clone(),
                line: Some(frame.line).filter(|&line| line > 0),
                column: None,
            });
            at = *known.entry((at, frame)).or_insert_with(|| {
                let child = rows.len();
                rows.push(Row { frame, self_size: 0, children: Vec::new() });
                rows[at].children.push(child);
                child
            });
        }
        rows[at].self_size += allocation.self_size;
    }

    let mut open = vec![(0, 0)];
    while let Some((row, depth)) = open.pop() {
        let Row { frame, self_size, children } = &rows[row];
        let id = tree.nodes().len() as u64 + 1;
        tree.push(Node { frame: *frame, self_size: *self_size, id, depth });
        open.extend(children.iter().rev().map(|&child| (child, depth + 1)));
    }
    tree
}

/// A node while the tree grows.
struct Row {
    frame: FrameIndex,
    self_size: i64,
    children: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_beginnings_are_merged_and_equal_frames_are_one() {
        let list = r#"[
            {"self_size": 8, "stack": [{"function": "a", "url": "x", "line": 1}, {"function": "b", "url": "y", "line": 2}]},
            {"self_size": 16, "stack": [{"function": "keys", "url": "", "line": 0}]},
            {"self_size": 32, "stack": [{"function": "a", "url": "x", "line": 1}, {"function": "a", "url": "x", "line": 1}]},
            {"self_size": 64, "stack": [{"function": "a", "url": "x", "line": 1}, {"function": "b", "url": "y", "line": 2}]}
        ]"#;
        let tree = tree_from_allocations(&serde_json::from_str::<Vec<Allocation>>(list).unwrap());
        let rows: Vec<_> = tree
            .nodes()
            .iter()
            .map(|node| (node.depth, tree.frame(node).function.as_str(), tree.frame(node).script_id, node.self_size))
            .collect();
        assert_eq!(rows, [(0, "(root)", 0, 0), (1, "a", 1, 0), (2, "b", 2, 72), (2, "a", 1, 32), (1, "keys", 0, 16)]);
        assert_eq!(tree.frames().len(), 4);
    }
}
