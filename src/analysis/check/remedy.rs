//! What would let captures tell.

use super::noise::{Noise, Side};

/// Runs that one can be asked for.
const MOST_RUNS: f64 = 30.0;
/// The smallest interval that one can be asked for.
const LEAST_INTERVAL: f64 = 1024.0;

/// What would let captures tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// A sampling interval, bytes.
    pub interval: Option<u64>,
    /// Runs of each side, with the interval as it is.
    pub runs: Option<u32>,
}

impl Remedy {
    /// What makes all noise as small as `target`: its square is as large as the interval, as far as it is of the sampling, and as the number of runs is small.
    pub(super) fn of(noises: &[Noise], target: f64, now: &Side, before: Option<&Side>) -> Option<Self> {
        let too_much = || noises.iter().map(|noise| (noise, noise.times(target))).filter(|&(_, times)| times > 1.0);
        let times = too_much().map(|(_, times)| times).fold(1.0, f64::max);
        if !times.is_finite() || times <= 1.0 {
            return None;
        }
        // A smaller interval leaves what runs differ by beyond the sampling.
        let part = |(noise, times): (&Noise, f64)| 1.0 - (1.0 - 1.0 / times) / noise.of_sampling;
        let part = too_much().map(part).fold(1.0, f64::min);
        let interval = now.interval.max(before.and_then(|before| before.interval));
        let wanted = interval.map(|interval| interval as f64 * part).filter(|&wanted| wanted >= LEAST_INTERVAL);
        let runs = now.files.max(before.map_or(0, |before| before.files));
        let runs = Some((times * f64::from(runs)).ceil()).filter(|&runs| runs <= MOST_RUNS);
        let remedy =
            Self { interval: wanted.map(|wanted| 1 << (wanted as u64).ilog2()), runs: runs.map(|runs| runs as u32) };
        (remedy.interval.is_some() || remedy.runs.is_some()).then_some(remedy)
    }
}
