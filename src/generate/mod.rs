//! Writes heap profiles: of any size from a seed, and in the dialect of every known writer.
//!
//! Tests and benches need files whose exact sums are known before anything reads them, and the same tree as
//! each writer would have written it. Nothing here is used by the reports; the analysis never writes profiles this way.
//!
//! * [`Tree`]: a profile as plain rows in preorder, small enough to be held in memory.
//!   [`read_tree`] makes one from a file of any dialect, [`tree_from_allocations`] from a list of stacks,
//!   [`write_tree`] writes it in any [`Style`].
//! * [`random_profile`]: a profile of any size, written as it is invented; its [`Truth`] comes back.

mod allocations;
mod escape;
mod frame_text;
mod profile_writer;
mod random;
mod read_tree;
mod style;
mod tree;
mod write_tree;

pub use allocations::{Allocation, StackFrame, tree_from_allocations};
pub use profile_writer::ProfileWriter;
pub use random::{FunctionTruth, Layout, Options, Shape, Truth, random_profile};
pub use read_tree::{ReadTreeError, read_tree};
pub use style::{Escapes, Style, Wrapper};
pub use tree::{Frame, FrameIndex, Node, Sample, Tree};
pub use write_tree::write_tree;
