//! What two sizes of one program may differ by without a change: sampling, load, garbage. Comparisons and gates judge by the same.
//!
//! * Sampling: every size has the variance R times the size (docs/sampling.md).
//! * Load and timing: two runs never agree better than to a few percent, however finely they are sampled. With several files a side their spread says by how
//!   much; it counts where it is larger than sampling explains. Few runs tell it badly: beside two that differ by a few percent nothing would ever stand out. So what is usual fills
//!   up what they know to four degrees of freedom, where that makes it surer ([`with_usual`]). What is in none of three runs and more of one side, and in each of the other's with samples
//!   enough, is new or gone, however much those differ: of something that is there sampling seldom leaves out all, and by how much it differs says nothing of
//!   that.
//! * Garbage: some writers do not collect it before they write. Then sizes swing by what was not collected yet, by far more than sampling. With one file a
//!   side the scatter of all functions says by how much: the median of their squared differences, with few degrees of freedom.
//! * State: a process that is busy holds other things a moment later. Where that is what most functions differ by, their scatter counts in the same way; but by no more than what
//!   was allocated at one moment has bytes, where that is known.

use super::significance::{
    Estimate, Runs, difference, least_difference, means, spread, student, variance_of_difference,
};

/// The probability to call any row of a table a change where nothing is: five tables (total, categories, packages, functions, stacks) share 5 %.
pub(super) const LEVEL: f64 = 0.05 / 5.0;

/// By what part two runs of one program may differ for other reasons than sampling: one standard error.
pub(super) const RUN_TO_RUN: f64 = 0.05;

/// Degrees of freedom that the spread of runs is known by at the least: what several files lack of them has the usual spread.
const FREEDOM: f64 = 4.0;

/// Spreads as improbable as this by sampling are spreads of the program.
const SPREAD: f64 = 0.05;

/// The median of a squared standard normal variable.
const MEDIAN: f64 = 0.454_936;

/// Samples that a function must have for its difference to say something of the scatter.
const SAMPLES: f64 = 8.0;

/// The factor of the variance from which on rows are scattered too far to be runs of one program in one state.
const WILD: f64 = 6.0;

/// Runs of each side that tell what is in all of them from what is in none.
const RUNS: usize = 3;

/// Functions without which the scatter cannot be told.
const FUNCTIONS: usize = 4;

/// How much a median of squares knows compared with their mean.
const EFFICIENCY: f64 = 0.37;

/// The size of a row in the runs of one side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// The runs.
    pub(super) runs: Runs,
    /// By sampling, the variance of a run is so many times its size.
    pub(super) unit: f64,
    /// One standard error of a run beside that, by what is decided elsewhere.
    pub(super) swing: f64,
}

/// By how much more rows are scattered than sampling and load explain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scatter {
    /// Garbage was collected first.
    None,
    /// The factor of the variance, with its degrees of freedom.
    Estimated(f64, f64),
    /// The spread of several files shows it.
    Spread,
    /// There is too little to tell.
    Unknown,
}

impl Measured {
    /// The mean of the runs, with the error that sampling leaves it.
    fn mean(self) -> Estimate {
        Estimate { size: self.runs.mean, unit: self.unit / self.runs.count as f64 }
    }

    fn is_spread(self) -> bool {
        spread(self.runs, self.unit) < SPREAD
    }
}

impl Scatter {
    /// What is known of so many files before anything is compared.
    pub(super) fn of(files: usize, collect_garbage: bool) -> Self {
        match collect_garbage {
            true => Self::None,
            false if files > 2 => Self::Spread,
            false => Self::Unknown,
        }
    }

    /// Learns from functions, with one file a side, by how much rows scatter.
    pub(super) fn learn(&mut self, functions: impl Iterator<Item = [Measured; 2]>) {
        let mut squares: Vec<f64> = functions
            .filter_map(|sides| {
                let ([a, b], [c, d]) = (sides.map(Measured::mean), self.estimates(sides));
                let variance = c.size * c.unit + d.size * d.unit;
                let is_sampled = a.size / a.unit + b.size / b.unit >= SAMPLES;
                is_sampled.then(|| (a.size - b.size) * (a.size - b.size) / variance)
            })
            .collect();
        if squares.len() < FUNCTIONS {
            return;
        }
        squares.sort_by(f64::total_cmp);
        let middle = squares.len() / 2;
        let median =
            if squares.len() % 2 == 1 { squares[middle] } else { (squares[middle - 1] + squares[middle]) / 2.0 };
        let factor = median / MEDIAN;
        if *self == Self::Unknown || factor > WILD {
            *self = Self::Estimated(factor.max(1.0), EFFICIENCY * squares.len() as f64);
        }
    }

    /// What a program holds at a moment scatters rows by no more than this factor of the variance, which so many samples tell.
    pub(super) fn at_most(&mut self, factor: f64, samples: f64) {
        if self.if_wild().is_some_and(|told| told > factor) {
            *self = Self::Estimated(factor.max(1.0), samples);
        }
    }

    /// By how much more rows are scattered than sampling and load explain, where that is far more.
    pub(super) fn if_wild(self) -> Option<f64> {
        match self {
            Self::Estimated(factor, _) if factor > WILD => Some(factor),
            _ => None,
        }
    }

    /// The means of both sides, with all that makes them differ without a change but their spread.
    fn estimates(self, sides: [Measured; 2]) -> [Estimate; 2] {
        let factor = if let Self::Estimated(factor, _) = self { factor } else { 1.0 };
        let [a, b] = sides;
        let sum = a.runs.mean + b.runs.mean;
        // It is there whichever side the bytes are on.
        let swings: f64 = sides.iter().map(|side| side.swing * side.swing / side.runs.count as f64).sum();
        let of_swings = if swings > 0.0 && sum > 0.0 { swings / sum } else { 0.0 };
        sides.map(|side| {
            let Estimate { size, unit } = side.mean();
            let of_runs = RUN_TO_RUN * RUN_TO_RUN * sum / 2.0 / side.runs.count as f64;
            Estimate { size, unit: unit * factor + of_runs + of_swings }
        })
    }

    /// The standard error of the difference.
    pub(super) fn error(self, sides: [Measured; 2]) -> f64 {
        let [a, b] = self.estimates(sides);
        let by_sampling = (a.size * a.unit + b.size * b.unit).sqrt();
        match self.spreads(sides) {
            Some(error) => by_sampling.max(error),
            None => by_sampling,
        }
    }

    /// How probable it is that the sides differ by as much without a change.
    pub(super) fn p_value(self, sides: [Measured; 2]) -> f64 {
        let [a, b] = self.estimates(sides);
        let by_sampling = difference(a, b);
        match self {
            Self::Unknown => 1.0,
            Self::Estimated(_, freedom) => {
                let error = (a.size * a.unit + b.size * b.unit).sqrt();
                let errors = if error > 0.0 { (a.size - b.size) / error } else { 0.0 };
                by_sampling.max(student(errors, freedom))
            }
            Self::None | Self::Spread => match self.spreads(sides) {
                Some(error) if !is_new_or_gone(sides) => {
                    let [a, b] = sides.map(|side| side.runs);
                    by_sampling.max(means(a, b).min(with_what_is_usual(a, b, error)))
                }
                _ => by_sampling,
            },
        }
    }

    /// The standard error of the difference that the spread of several files tells, where it is more than that of sampling.
    fn spreads(self, sides: [Measured; 2]) -> Option<f64> {
        if self != Self::Spread && !sides.into_iter().any(Measured::is_spread) {
            return None;
        }
        let [a, b] = sides.map(|side| side.runs);
        variance_of_difference(a, b).map(f64::sqrt)
    }

    /// The least that the p-value of sizes with this sum can be.
    pub(super) fn least_p_value(self, sides: [Measured; 2]) -> f64 {
        if self == Self::Unknown {
            return 1.0;
        }
        let [a, b] = self.estimates(sides);
        least_difference(a, b)
    }
}

/// How probable it is that means are as far apart where few runs tell by how much they differ (`error`), and what is usual fills that up.
fn with_what_is_usual(a: Runs, b: Runs, error: f64) -> f64 {
    let of_means = 1.0 / a.count as f64 + 1.0 / b.count as f64;
    let known = (a.count + b.count) as f64 - 2.0;
    let (variance, freedom) = with_usual(error * error / of_means, known, a.mean.max(b.mean));
    student((a.mean - b.mean) / (variance * of_means).sqrt().max(f64::MIN_POSITIVE), freedom)
}

/// The variance of a run of this size, which several tell with so many degrees of freedom, and what it is known by once the usual spread has filled up what they lack of four: two runs that
/// differ by a few percent then want five standard errors to be told from a change, not sixty-four.
pub(super) fn with_usual(variance: f64, freedom: f64, size: f64) -> (f64, f64) {
    let lacking = (FREEDOM - freedom).max(0.0);
    let usual = (RUN_TO_RUN * size).powi(2);
    ((variance * freedom + usual * lacking) / (freedom + lacking), freedom + lacking)
}

/// Whether something is in no run of one side, and in each of the other's with samples enough.
pub(super) fn is_new_or_gone(sides: [Measured; 2]) -> bool {
    let [a, b] = sides;
    let is = |none: Measured, each: Measured| none.runs.mean <= 0.0 && each.runs.least >= SAMPLES * each.unit;
    sides.iter().all(|side| side.runs.count >= RUNS && side.unit > 0.0) && (is(a, b) || is(b, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(samples: &[f64]) -> Measured {
        let sizes: Vec<f64> = samples.iter().map(|samples| samples * 512.0).collect();
        Measured { runs: Runs::of(&sizes), unit: 512.0, swing: 0.0 }
    }

    #[test]
    fn what_is_usual_fills_up_what_few_runs_tell() {
        // Of four degrees of freedom; what many runs tell stays.
        let of_usual = (RUN_TO_RUN * 100.0).powi(2);
        assert_eq!(with_usual(400.0, 1.0, 100.0), ((400.0 + 3.0 * of_usual) / 4.0, 4.0));
        assert_eq!(with_usual(0.0, 2.0, 100.0), (of_usual / 2.0, 4.0));
        assert_eq!(with_usual(400.0, 4.0, 100.0), (400.0, 4.0));
        assert_eq!(with_usual(400.0, 8.0, 100.0), (400.0, 8.0));
        // Two runs of 4 % more and less, against one of half as much again, and of a quarter.
        let p = |now: f64| Scatter::None.p_value([side(&[24_100.0, 23_000.0]), side(&[now])]);
        assert!(p(36_000.0) < LEVEL && p(12_000.0) < LEVEL && p(28_000.0) > LEVEL, "{} {}", p(36_000.0), p(28_000.0));
    }

    #[test]
    fn what_is_in_each_run_of_one_side_alone_is_new_however_much_it_swings() {
        // Runs before and after, then whether they differ by more than chance.
        let table: [(&[f64], &[f64], bool); 7] = [
            (&[0.0, 0.0, 0.0], &[100.0, 230.0, 130.0], true),
            (&[100.0, 230.0, 130.0], &[0.0, 0.0, 0.0], true),
            (&[0.0, 0.0, 0.0], &[9.0, 300.0, 80.0], true),
            // A run that has nearly none of it speaks against that, and so does one that has some.
            (&[0.0, 0.0, 0.0], &[7.0, 300.0, 80.0], false),
            (&[0.0, 2.0, 0.0], &[100.0, 230.0, 130.0], false),
            // Two runs are too few.
            (&[0.0, 0.0], &[100.0, 230.0, 130.0], false),
            (&[0.0, 0.0, 0.0], &[100.0, 230.0], false),
        ];
        for (before, after, expected) in table {
            let p = Scatter::None.p_value([side(before), side(after)]);
            assert_eq!(p < LEVEL, expected, "{before:?} {after:?}: {p}");
        }
    }
}
