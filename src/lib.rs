//! heapsift reads V8 sampling heap profiles of any size and says what allocates the memory.

pub mod aggregate;
pub mod analysis;
pub mod batch;
pub mod bench;
pub mod classify;
pub mod cli;
pub mod cpu;
pub mod error;
pub mod generate;
pub mod input;
pub mod parse;
pub mod profile;
pub mod report;
pub mod rules;
pub mod scan;
pub mod source_map;
