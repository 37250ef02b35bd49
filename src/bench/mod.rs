//! How fast the parser is on this machine: `heapsift bench`.
//!
//! A figure is worth something if it is repeated, compared, and that of the real work:
//!
//! * **Real work.** A run of a configuration is what `heapsift report -f json` does once its threads and rules are ready: open, read, parse, sum,
//!   order, print (to nowhere). See `work`.
//! * **A process for each run.** The same program is started with a hidden command. What an earlier run left behind in the
//!   allocator, the page tables or the thread pool then helps and burdens nobody, and the peak of resident memory is that of the
//!   run: the kernel counts it (`VmHWM`) from the start of a process. Resetting the counter between runs of one process would
//!   also count what the allocator kept from the run before; the `ru_maxrss` of a child that its parent asks for may be the
//!   parent's own peak. The start of the process is outside the clock.
//! * **Compared.** The reference, reading the file and counting its quotes, runs in every round beside the configurations, so
//!   that whatever else the machine does hits all alike. See `reference` and `rounds`.
//! * **The right answer.** Every run must find the sums that the first pass found, and for a generated file those that the
//!   generator put in. Anything else is an error, not a figure.
//! * **The page cache.** A file is dropped from it and read again before it is measured, and at the end it is looked up how much of it
//!   stayed. See `page_cache`.
//!
//! How runs are started is the caller's affair (`measure` takes a function), so that tests need no processes.
//! The shape of the JSON stands in `docs/bench.md`. When not to use it: to compare two versions of the code, `benches/` is finer.

mod json;
mod machine;
mod measure;
mod page_cache;
mod plan;
mod reference;
mod rounds;
mod series;
mod table;
mod work;

pub use json::write_json;
pub use machine::Machine;
pub use measure::{Configuration, Generated, Measured, Reference, Subject, measure};
pub use page_cache::{CacheState, PageCache};
pub use plan::{Plan, Settings, Task, Work, thread_counts};
pub use rounds::MeasureError;
pub use series::{Series, Spread};
pub use table::write_table;
pub use work::{Failure, Found, Run, Totals, first_pass, run};
