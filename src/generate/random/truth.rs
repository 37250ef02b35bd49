//! What a report of a generated profile must say, summed up while the profile is written.

use serde::Serialize;

use crate::generate::{Frame, FrameIndex};

/// The exact sums of a generated profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// Bytes of the file.
    pub bytes: u64,
    /// Sum of all self sizes.
    pub total_size: u64,
    /// All nodes, the root included.
    pub nodes: u64,
    /// Nodes with a positive self size.
    pub allocating_nodes: u64,
    /// Distinct call frames that bear a node, the root's included.
    pub call_frames: u64,
    /// Depth of the deepest node; the root's is 0.
    pub max_depth: u64,
    /// Elements of `samples`, where the layout has them.
    pub samples: Option<u64>,
    /// The functions with bytes of their own or below them, apart from the root: self size descending,
    /// then function, url, line, column.
    pub functions: Vec<FunctionTruth>,
}

/// The exact sums of a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FunctionTruth {
    /// The function's name.
    pub function: String,
    /// The script's url.
    pub url: String,
    /// Its line, from 1.
    pub line: Option<u32>,
    /// Its column, from 1.
    pub column: Option<u32>,
    /// Bytes allocated by the function itself.
    pub self_size: u64,
    /// Bytes allocated by it and everything below it; a recursive call is counted once.
    pub total_size: u64,
    /// Nodes that bear it.
    pub nodes: u64,
}

/// Sums up a walk.
pub(super) struct Tally {
    sums: Vec<Sums>,
    path: Vec<Open>,
    max_depth: u64,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    self_size: u64,
    total_size: u64,
    nodes: u64,
    allocating_nodes: u64,
    open: u64,
}

struct Open {
    frame: FrameIndex,
    /// Bytes of the node and what closed below it.
    total_size: u64,
}

impl Tally {
    pub(super) fn new(frames: usize) -> Self {
        Self { sums: vec![Sums::default(); frames], path: Vec::new(), max_depth: 0 }
    }

    pub(super) fn open(&mut self, frame: FrameIndex, self_size: u64) {
        let sums = &mut self.sums[frame.0 as usize];
        sums.self_size += self_size;
        sums.nodes += 1;
        sums.allocating_nodes += u64::from(self_size > 0);
        sums.open += 1;
        self.max_depth = self.max_depth.max(self.path.len() as u64);
        self.path.push(Open { frame, total_size: self_size });
    }

    pub(super) fn close(&mut self) {
        let Some(closed) = self.path.pop() else {
            return;
        };
        let sums = &mut self.sums[closed.frame.0 as usize];
        sums.open -= 1;
        if sums.open == 0 {
            sums.total_size += closed.total_size;
        }
        if let Some(parent) = self.path.last_mut() {
            parent.total_size += closed.total_size;
        }
    }

    pub(super) fn nodes(&self) -> u64 {
        self.sums.iter().map(|sums| sums.nodes).sum()
    }

    pub(super) fn allocating_nodes(&self) -> u64 {
        self.sums.iter().map(|sums| sums.allocating_nodes).sum()
    }

    pub(super) fn truth(&self, frames: &[Frame], bytes: u64, samples: Option<u64>) -> Truth {
        let mut functions: Vec<_> = frames
            .iter()
            .zip(&self.sums)
            .skip(1)
            .filter(|(_, sums)| sums.total_size > 0)
            .map(|(frame, sums)| FunctionTruth {
                function: frame.function.clone(),
                url: frame.url.clone(),
                line: frame.line,
                column: frame.column,
                self_size: sums.self_size,
                total_size: sums.total_size,
                nodes: sums.nodes,
            })
            .collect();
        functions.sort_by(|a, b| {
            let place = |f: &FunctionTruth| (f.function.clone(), f.url.clone(), f.line, f.column);
            b.self_size.cmp(&a.self_size).then_with(|| place(a).cmp(&place(b)))
        });
        Truth {
            bytes,
            total_size: self.sums.iter().map(|sums| sums.self_size).sum(),
            nodes: self.nodes(),
            allocating_nodes: self.allocating_nodes(),
            call_frames: self.sums.iter().filter(|sums| sums.nodes > 0).count() as u64,
            max_depth: self.max_depth,
            samples,
            functions,
        }
    }
}
