//! What one pass over a file leaves behind: sums per call frame, package and category, and the heaviest stacks.

use std::ops::AddAssign;
use std::sync::Arc;

use super::{CallFrameTable, Category, CutStacks, EntryPoint, FrameId, Repair, Samples, SizeSpread};

/// Sums over the nodes of one call frame, package or category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Bytes allocated by the frames themselves.
    pub self_size: u64,
    /// Bytes allocated by the frames and everything below them; a recursive call is counted once.
    pub total_size: u64,
    /// Bytes that are put down to the frames: their own if they are of the application or a dependency, and those of what else they call, as
    /// natives, core and generated code, up to the next such frame.
    pub caused_size: u64,
    /// Bytes that advice about the frames can speak of: their own, but those of categories that follow their cause ([`super::Category::follows_cause`])
    /// are a dependency's where one caused them, and what is made while modules are loaded is the loader's ([`Aggregate::loader`]). Each byte is there once.
    pub actionable_size: u64,
    /// Nodes with a positive self size.
    pub allocating_nodes: u64,
    /// Nodes, those without bytes of their own included.
    pub nodes: u64,
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        let Self { self_size, total_size, caused_size, actionable_size, allocating_nodes, nodes } = other;
        self.self_size += self_size;
        self.total_size += total_size;
        self.caused_size += caused_size;
        self.actionable_size += actionable_size;
        self.allocating_nodes += allocating_nodes;
        self.nodes += nodes;
    }
}

/// One node of the file with its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeavyStack {
    /// Bytes allocated at the end of the path.
    pub self_size: u64,
    /// The path from below the root to the allocating function, its 256 innermost frames at most.
    pub frames: Vec<FrameId>,
    /// Outer frames that are left out of `frames`.
    pub frames_omitted: u64,
}

/// The frame of the application that most bytes of a category or package come from: of all of them the nearest to the allocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CausedBy {
    /// The frame.
    pub frame: FrameId,
    /// Self sizes of the category or package for which it is the nearest frame of the application. Where a profile has very many pairs of
    /// these, small ones are dropped on the way: then it is the least that it can be.
    pub self_size: u64,
}

/// A pattern by which a part of a profile is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What becomes of the frames that fit: `focus`, `ignore`, `hide` or `show`.
    pub name: &'static str,
    /// The regular expression.
    pub pattern: String,
}

/// Everything that is known of a heap profile after one pass over it.
///
/// Invariants: `by_frame`, `by_package` and `by_category` are as long as the tables they are indexed by,
/// and the self sizes of each add up to `shown_size`, as do the caused and the actionable sizes.
/// The root's own row is counted only where the root itself has bytes.
#[derive(Debug, Default)]
pub struct Aggregate {
    /// The distinct call frames and packages.
    pub frames: CallFrameTable,
    /// The categories of the classifier in force.
    pub categories: Arc<[Category]>,
    /// Indexed by [`FrameId`].
    pub by_frame: Vec<Sums>,
    /// Indexed by [`super::PackageId`].
    pub by_package: Vec<Sums>,
    /// Indexed by [`super::CategoryId`].
    pub by_category: Vec<Sums>,
    /// Where the bytes of each package come from, indexed by [`super::PackageId`].
    pub package_causes: Vec<Option<CausedBy>>,
    /// Where the bytes of each category come from, indexed by [`super::CategoryId`].
    pub category_causes: Vec<Option<CausedBy>>,
    /// The function of Node's module loader to which what is made while modules are loaded is put down as [`Sums::actionable_size`]: that with most bytes at or below
    /// it. None where nothing is loaded, or not for an application: then the modules are the program.
    pub loader: Option<FrameId>,
    /// The heaviest stacks of the file, the heaviest first.
    pub stacks: Vec<HeavyStack>,
    /// The heaviest stack of each category, indexed by [`super::CategoryId`].
    pub category_stacks: Vec<Option<HeavyStack>>,
    /// What the tables and stacks were filtered by; the numbers from here on, but for `shown_size`, are of the whole file.
    pub filters: Vec<Filter>,
    /// Sum of the self sizes that are shown, bytes.
    pub shown_size: u64,
    /// Sum of all self sizes, bytes.
    pub total_size: u64,
    /// A hash of all functions and their self sizes, where filters may hide some; the same in every run.
    pub content: Option<u64>,
    /// All nodes, the root included.
    pub nodes: u64,
    /// Nodes with a positive self size.
    pub allocating_nodes: u64,
    /// Distinct call frames that bear a node, the root's included.
    pub call_frames: u64,
    /// Depth of the deepest node; the root's is 0.
    pub max_depth: u64,
    /// What `samples` adds up to, where the file has it.
    pub samples: Option<Samples>,
    /// The sampling interval that the file names, bytes: that of an export does, no other.
    pub interval: Option<u64>,
    /// How the self sizes of nodes are spread.
    pub sizes: SizeSpread,
    /// Stacks that the writer cut, where any were.
    pub cut_stacks: Option<CutStacks>,
    /// What stacks begin with, in no order; of what is shown.
    pub entry_points: Vec<EntryPoint>,
    /// Nodes whose size is negative; their bytes are not in any sum.
    pub negative_sizes: u64,
    /// Nodes whose size would carry the total past 2^64 - 1; their bytes are not in any sum.
    pub overflowing_sizes: u64,
    /// Call frames with text that is not valid Unicode, shown with U+FFFD.
    pub replaced_texts: u64,
    /// What became of cut stacks, where they were to be put back. Totals, causes and stacks are then those of the repaired tree.
    pub repair: Option<Repair>,
}
