//! What would let captures tell.

use super::noise::{Side, is_bound};

/// Runs that one can be asked for.
const MOST_RUNS: u32 = 30;
/// The smallest interval that one can be asked for.
const LEAST_INTERVAL: u64 = 1024;

/// What would let captures tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// A sampling interval, bytes; none where a side's is not known, as that may be shorter.
    pub interval: Option<u64>,
    /// Runs of each side, with the interval as it is.
    pub runs: Option<u32>,
}

impl Remedy {
    /// The longest interval, and the fewest runs, with which these sizes would tell. `would_tell` is asked of sides that are captured so; `factor` says how many
    /// times as large as the sampling's the variance of a run is, where there is but one.
    pub(super) fn of(
        now: &Side,
        before: Option<&Side>,
        factor: f64,
        would_tell: impl Fn(&Side, Option<&Side>) -> bool,
    ) -> Option<Self> {
        let tells = |runs: Option<u32>, interval: Option<u64>| {
            let captured = |side: &Side| side.captured(runs.unwrap_or(side.files), interval.or(side.interval), factor);
            would_tell(&captured(now), before.map(captured).as_ref())
        };
        let longest = now.interval.max(before.and_then(|before| before.interval)).unwrap_or(0);
        let shorter = std::iter::successors(longest.checked_ilog2().map(|power| 1 << power), |half| Some(half / 2));
        let mut shorter =
            shorter.skip_while(|&interval| interval >= longest).take_while(|&half| half >= LEAST_INTERVAL);
        let files = now.files.max(before.map_or(0, |before| before.files));
        let remedy = Self {
            interval: shorter.find(|&interval| !is_bound(now, before) && tells(None, Some(interval))),
            runs: (files..=MOST_RUNS).find(|&runs| tells(Some(runs), None)),
        };
        (remedy.interval.is_some() || remedy.runs.is_some()).then_some(remedy)
    }
}
