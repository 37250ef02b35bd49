//! The vocabulary that every other room may use: call frames and the table they are interned in,
//! node rows, sums, what a classifier is and what finds the sources of generated code, and the dialects of the files.
//!
//! Nothing here reads a file or prints anything.

mod bundler;
mod call_frame_table;
mod call_tree;
mod classify;
mod dialect;
mod evidence;
pub(crate) mod extensions;
mod first_samples;
mod loading;
mod moments;
mod originals;
mod platform;
mod repair;
mod size;
mod string_arena;
mod sums;
mod total;

pub use bundler::Signs;
pub use call_frame_table::{CallFrame, CallFrameTable, FrameId, LineBase, Package, PackageId};
pub use call_tree::CallTree;
pub use classify::{Category, CategoryId, Class, Classify, FrameKind, RawFrame};
pub use dialect::Dialect;
pub(crate) use dialect::INTERVAL_KEY;
pub use evidence::{CutStacks, EntryPoint, Orphans, STACK_LIMITS, Samples, SizeSpread, Smallest};
pub use first_samples::FirstSamples;
pub(crate) use loading::is_loading;
pub use moments::Moments;
pub use originals::{Generated, Original, Originals};
pub use platform::Platform;
pub use repair::{Fate, Repair};
pub use size::Size;
pub(crate) use size::{Grouped, Hundredths, Interval};
pub use string_arena::{StringArena, TextId, hash_table_growth, hash_table_while_growing};
pub use sums::{Aggregate, CausedBy, Filter, HeavyStack, Sums};
pub use total::Total;
