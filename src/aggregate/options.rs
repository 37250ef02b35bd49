//! How a pass is made, and how far it is.

use std::fmt;
use std::ops::ControlFlow;

use super::filters::Filters;
use super::memory::PROGRAM;
use crate::profile::Originals;
use crate::scan::Backend;

/// Windows of a block for each thread. Their rows (and, of a mapping, their pages) are what is in memory at a time. With more of them the
/// rows leave the cache before they are folded, with fewer threads wait for each other: of 2 to 32 windows of 1 MiB, 6 to 12 were the fastest on two
/// cores, 2 and 32 slower by a twentieth.
pub(super) const WINDOWS_PER_THREAD: usize = 6;

/// No filters.
static EVERYTHING: Filters = Filters { focus: None, ignore: None, hide: None, show: None };

/// How the pass is made. None of it changes the result, but for `stacks`, `causes`, `filters`, `repair_stacks`, `originals` and `max_memory`.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// Instruction set to scan with.
    pub backend: Backend,
    /// Bytes of a window, the part of the text that one thread parses at a time; taken as [`ReadOptions::MIN_WINDOW_SIZE`] to
    /// [`ReadOptions::MAX_WINDOW_SIZE`].
    pub window_size: usize,
    /// Bytes of memory to stay within, [`ReadOptions::MIN_MAX_MEMORY`] at least. It makes windows smaller, and where the tables pass it, the
    /// pass ends with [`OutOfMemory`](crate::error::Kind::OutOfMemory). How far it comes then depends on threads and windows.
    pub max_memory: Option<usize>,
    /// Bytes of that memory that the program takes beside the pass.
    pub program_memory: usize,
    /// Heaviest stacks to keep. A report that is given fewer than [`ReadOptions::STACKS`] founds its recommendations on those; what compares profiles
    /// side by side wants more, and says how many.
    pub stacks: usize,
    /// Whether it is wanted what is allocated below functions (totals, which are 0 otherwise), who causes bytes, and the heaviest stack of each category; of no use
    /// where only self sizes are asked for.
    pub causes: bool,
    /// What is to be shown.
    pub filters: &'a Filters,
    /// Whether stacks that V8 has cut are put back below their callers. Then nodes are kept until the end, 40 bytes each.
    pub repair_stacks: bool,
    /// Whether the nodes are kept as they are shown, 16 bytes each.
    pub keep_tree: bool,
    /// Nodes that are kept then at most; of a file with more none is.
    pub most_kept: usize,
    /// Bytes of memory that is allowed which each of these takes beside once all are read, as to write them.
    pub later_of_node: usize,
    /// What finds the sources of generated code.
    pub originals: Option<&'a dyn Originals>,
    /// Told after each block how far the pass is. It may end the pass, as where a user cancels or a text unpacks to more than you take: what stands before is given
    /// with [`Stopped`](crate::error::Kind::Stopped).
    pub progress: &'a (dyn Fn(Reading) -> ControlFlow<()> + Sync),
}

impl fmt::Debug for ReadOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            backend,
            window_size,
            max_memory,
            program_memory,
            stacks,
            causes,
            filters,
            repair_stacks,
            keep_tree,
            most_kept,
            later_of_node,
            ..
        } = self;
        f.debug_struct("ReadOptions")
            .field("backend", backend)
            .field("window_size", window_size)
            .field("max_memory", max_memory)
            .field("program_memory", program_memory)
            .field("stacks", stacks)
            .field("causes", causes)
            .field("filters", filters)
            .field("repair_stacks", repair_stacks)
            .field("keep_tree", keep_tree)
            .field("most_kept", most_kept)
            .field("later_of_node", later_of_node)
            .field("originals", &self.originals.is_some())
            .finish_non_exhaustive()
    }
}

impl ReadOptions<'_> {
    /// Bytes of a window if nobody says otherwise, on a few threads.
    pub const WINDOW_SIZE: usize = 1 << 20;
    /// Bytes of a block that many threads share.
    const LARGEST_BLOCK: usize = 16 << 20;

    /// Bytes of a window for so many threads: with more threads they are smaller, so that memory does not follow.
    pub fn window_size_for(threads: usize) -> usize {
        (Self::LARGEST_BLOCK / (threads.max(1) * WINDOWS_PER_THREAD)).clamp(64 << 10, Self::WINDOW_SIZE)
    }

    /// Heaviest stacks that a report wants to know, however many it shows: what recommendations are founded on is looked for among them, so that
    /// it does not depend on how many are shown.
    pub const STACKS: usize = 100;

    /// Least memory in which anything can be read: that of the program itself, and some.
    pub const MIN_MAX_MEMORY: usize = 16 << 20;

    /// Smallest window.
    pub const MIN_WINDOW_SIZE: usize = 4 << 10;
    /// Largest window; it bounds the levels that a window can close.
    pub const MAX_WINDOW_SIZE: usize = 256 << 20;
}

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        Self {
            backend: Backend::detect(),
            window_size: Self::WINDOW_SIZE,
            max_memory: None,
            program_memory: PROGRAM,
            stacks: Self::STACKS,
            causes: true,
            filters: &EVERYTHING,
            repair_stacks: false,
            keep_tree: false,
            most_kept: usize::MAX,
            later_of_node: 0,
            originals: None,
            progress: &|_| ControlFlow::Continue(()),
        }
    }
}

/// How far a pass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Bytes of text that were read.
    pub text: u64,
    /// Bytes of the file that were read; fewer than `text` if it is compressed.
    pub raw: u64,
    /// Bytes of the file, if they are known.
    pub raw_total: Option<u64>,
}
