//! Sums over the tree of nodes, in one pass, without keeping it.
//!
//! `reader` drives the pass: it takes blocks from the input, has them parsed, and folds the rows of one batch while the next is parsed.
//! `fold` keeps the open path and the sums; `causes` what puts bytes down to packages and the application (in `pairs`), `heavy_stacks` the heaviest stacks; `deferred` rows that cannot be
//! folded yet; `filters` and `tally` what is shown of a file; `repair` stacks that V8 has cut; `memory` how much of all that there may be.

mod causes;
mod deferred;
mod filters;
mod fold;
mod heavy_stacks;
mod kept;
mod memory;
mod merge;
mod options;
mod origins;
mod orphans;
mod pairs;
mod reader;
mod repair;
mod tally;

pub use filters::{Filters, FramePattern};
pub use kept::{Kept, KeptOutcome, NotKept};
pub(crate) use memory::{Budget, PROGRAM, Tables};
#[cfg(feature = "cli")]
pub(crate) use memory::{CODE, CODE_OF_REPORTS, REPORT, bounds_causes};
pub use merge::Union;
pub use options::{ReadOptions, Reading};
pub use orphans::{first_samples, orphans};
pub(crate) use reader::excerpt;
pub use reader::{Outcome, read};

pub use crate::scan::Backend;
