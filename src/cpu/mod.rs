//! Reads CPU profiles (`.cpuprofile`): how much time each call frame took itself.
//!
//! Current profiles list their nodes flat under `nodes`, with the ids of children; those from before 2016 nest them under `head`, with the
//! fields of the call frame in the node. Both are read by one state machine (`document`, `node`), with keys in any order, in blocks and on
//! one thread. `reader` drives it; what it finds goes to `tables`.
//!
//! # Time
//!
//! The time of a function stands in two parallel arrays that follow each other: `samples` (the node that was running) and `timeDeltas`
//! (microseconds since the sample before). Whichever comes first is kept compactly in a `store`, a byte or two for each number, which goes to a
//! temporary file before it becomes large; while the other one is read, the two are paired (`pairing`). So memory grows with distinct call
//! frames and with nodes (4 bytes each), never with samples.
//!
//! As in DevTools, a sample lasts until the next one (`clock`): the time before the first belongs to nobody, the last takes as long as samples do on
//! average, and samples that were written out of order are put into the order of time. Unlike in DevTools a single `(program)` between two
//! samples of one function stays what it is. Old profiles have `timestamps` instead of `timeDeltas`.
//!
//! Without usable times the nodes' `hitCount` are taken, and where there are none either, `samples` are counted ([`Measure`]).

mod clock;
mod document;
mod node;
mod pairing;
mod profile;
mod reader;
mod store;
mod tables;

pub use profile::{CpuProfile, Measure, Role, Untimed};
pub use reader::{ReadOptions, read};
