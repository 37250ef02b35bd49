//! What the small tables of a pass mean: order, shares, priorities, and what stands out.
//!
//! The model of a report is computed here, from [`crate::profile::Aggregate`] and the rules in force; `report/` puts it into words and
//! characters and computes nothing. [`model`] is the door: everything public is reached through it.

mod address;
mod advice;
mod baseline;
mod breakdown;
mod check;
mod correlation;
mod diff;
mod doctor;
mod file_date;
mod findings;
mod garwood;
mod instrument;
mod intake;
mod interval;
mod join;
mod likeness;
mod memory;
mod merge;
pub mod model;
mod noise;
mod order;
mod panel;
mod process_memory;
mod reading;
mod report;
mod rollup;
mod rows;
mod sampling;
mod share;
mod significance;
#[cfg(test)]
pub(crate) mod test_support;
mod threads;
mod trend;
mod unmapped;
