//! From bytes to node rows, without a general tree and without recursion.
//!
//! The text of a file reaches this room in blocks. A block is cut into windows at the openings of nodes
//! (`boundary` guesses them), the windows are parsed independently of each other (`heap_tree`), and what they found is
//! accepted in file order only where it is proved to fit (`tree_reader`). What stands around the tree of nodes
//! (wrappers, `samples`, unknown keys) is read by `document`.
//!
//! A parser never looks beyond the block it was given. Where a token does not end in it, the parser returns to the start of that
//! token, keeps its state and asks for more: see `cursor::Stop`.
//!
//! What is accepted and rejected stands in one table, in `docs/accepted.md`.

mod boundary;
mod call_frame;
mod cursor;
mod decode;
mod dialect;
mod dictionary;
mod document;
mod flat_node;
mod frame_key;
mod frames;
mod fresh;
mod heap_tree;
mod indented;
mod key;
mod node_ids;
mod one_line;
mod other_files;
mod places;
mod resolver;
mod rows;
mod sample_batch;
mod samples;
mod skip;
mod state;
mod tree_reader;
mod usual;

pub(crate) use call_frame::{Fields, field_of, shown};
pub(crate) use cursor::{Cursor, Fault, Number, Read, Stop, Text, Unfinished};
pub(crate) use dialect::Traits;
pub(crate) use document::{Document, ReadDocument, Step};
pub(crate) use frame_key::KEYS;
pub(crate) use frames::Frames;
pub(crate) use key::unescaped;
pub(crate) use node_ids::{Behind, FindOrphans, IdReader, NodeIds, ReadIds};
pub(crate) use other_files::{LOOKED_AT, recognise};
pub(crate) use resolver::Resolver;
pub(crate) use rows::{LateValue, Row, Window};
pub(crate) use samples::read_samples;
pub(crate) use skip::Skip;
pub(crate) use tree_reader::{Progress, TreeReader};

/// Deepest nesting that is read: levels of nodes, and levels of containers inside a value that is skipped.
///
/// Each open node costs 40 bytes of the reader's memory, so this bounds it at 160 MiB.
pub const MAX_DEPTH: u32 = 1 << 22;

/// Longest text that is held whole: a key, a number, or one call frame.
///
/// V8 cuts urls at 1,024 characters but no function name. Without a limit, an unclosed quote would take the rest of a file into memory.
pub const MAX_TOKEN: usize = 16 << 20;
