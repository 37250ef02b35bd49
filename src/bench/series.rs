//! What is said of repeated measurements: median, least and greatest. No mean: one disturbed run would move it.

use serde::Serialize;

/// The middle and the ends of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Half of the values are not above it.
    pub median: u64,
    /// The least value.
    pub min: u64,
    /// The greatest value.
    pub max: u64,
}

/// Values of one kind, in the order in which they were measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Series {
    /// Their middle and ends.
    #[serde(flatten)]
    pub spread: Spread,
    /// All of them.
    pub runs: Vec<u64>,
}

impl Series {
    /// A series of values; `None` if there are none.
    pub fn new(runs: Vec<u64>) -> Option<Self> {
        let mut sorted = runs.clone();
        sorted.sort_unstable();
        let (&min, &max) = (sorted.first()?, sorted.last()?);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Self { spread: Spread { median: low.midpoint(high), min, max }, runs })
    }
}

impl Spread {
    /// How much of `amount` was done in a second, if this is a spread of nanoseconds: the greatest rate is that of the
    /// shortest time.
    pub fn rate_of(&self, amount: u64) -> Self {
        let rate = |nanoseconds: u64| {
            let rate = u128::from(amount) * 1_000_000_000 / u128::from(nanoseconds.max(1));
            u64::try_from(rate).unwrap_or(u64::MAX)
        };
        Self { median: rate(self.median), min: rate(self.max), max: rate(self.min) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_the_middle_two() {
        let table: [(&[u64], [u64; 3]); 7] = [
            (&[5], [5, 5, 5]),
            (&[9, 1, 5], [5, 1, 9]),
            (&[1, 1, 1, 1000], [1, 1, 1000]),
            (&[4, 1, 3, 2], [2, 1, 4]),
            (&[10, 20, 40, 30], [25, 10, 40]),
            (&[3, 3, 1, 3, 2], [3, 1, 3]),
            (&[u64::MAX, u64::MAX], [u64::MAX; 3]),
        ];
        for (runs, [median, min, max]) in table {
            let series = Series::new(runs.to_vec()).unwrap();
            assert_eq!(series.spread, Spread { median, min, max }, "{runs:?}");
            assert_eq!(series.runs, runs, "in the order of the runs");
        }
        assert_eq!(Series::new(Vec::new()), None);
    }

    #[test]
    fn the_shortest_time_is_the_greatest_rate() {
        let times = Spread { median: 500_000_000, min: 250_000_000, max: 2_000_000_000 };
        assert_eq!(times.rate_of(1000), Spread { median: 2000, min: 500, max: 4000 });
        let nothing = Spread { median: 0, min: 0, max: 0 };
        assert_eq!(nothing.rate_of(7), Spread { median: 7_000_000_000, min: 7_000_000_000, max: 7_000_000_000 });
        assert_eq!(nothing.rate_of(u64::MAX).max, u64::MAX);
    }
}
