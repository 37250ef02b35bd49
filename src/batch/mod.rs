//! Many dumps: which there are, which belong together, and what is known of them already.
//!
//! * `find` walks folders; `recognise` tells a heap profile by how it begins.
//! * `name` reads what names of dumps tell; `series` puts those of one process in their order, `loose` those that the user says are one, `times` reads a file that gives times; `pair` finds the CPU
//!   profile that belongs to a heap profile; `panels` sets a series side by side, with what `survey` keeps of it (stacks by their `names`), `copies` knows dumps that hold the same.
//! * `journal` keeps on disk what was read of each dump (`record`, as `stored` in an `entry`): the roll-up is made of it alone, so a run that was cut off can go on, and memory
//!   does not grow with the number of dumps.
//! * `places` gives each dump a file for its report; `result` knows a folder that holds what a batch wrote.
//!
//! Dumps are addressed by their place in the list that `find` gives, which is in the order of paths.

mod copies;
mod entry;
mod find;
mod journal;
mod loose;
mod name;
mod names;
mod pair;
mod panels;
mod places;
mod recognise;
mod record;
mod result;
mod series;
mod stored;
mod survey;
mod times;

pub use copies::{Content, Copies};
pub use find::{CpuFile, Dump, Found, Missed, begins_as_other, find, is_profile};
pub use journal::{Journal, Records, Resumed};
pub use loose::Said;
pub use name::DumpName;
pub use names::StackName;
pub use pair::{Pair, pairs};
pub use panels::{panel_of, stacks_of_each};
pub use places::report_places;
pub use record::{Identity, Limit, ProblemRecord, ProfileRecord, Record};
pub use result::{JOURNAL, REPORTS, ROLL_UP, TRENDS, is_of_batch, is_result};
pub use series::{AllSeries, OrderedBy, Series, runs, series, threads};
pub use stored::{Raw, Stored};
pub use times::Times;
