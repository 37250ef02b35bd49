//! What the sizes of a row do along one session: growth that goes on is a leak's; what levels off, or falls again, is not.

use super::line::{Axis, LONG};
use crate::analysis::significance::{Runs, moments, spread, student};

/// What a row does along a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It grows to the end, beyond what chance makes of so many rows.
    Grows,
    /// Sessions started anew: it is in each at one rate, while what is garbage swings.
    Survives,
    /// It grows and falls again.
    SawTooth,
    /// It grows at first and levels off.
    WarmUp,
    /// It swings, or jumps once, by more than sampling.
    Swings,
    /// It shrinks, beyond chance.
    Shrinks,
    /// What differs may be sampling.
    Steady,
}

impl Verdict {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grows => "grows",
            Self::Survives => "survives",
            Self::SawTooth => "saw-tooth",
            Self::WarmUp => "warm-up",
            Self::Swings => "swings",
            Self::Shrinks => "shrinks",
            Self::Steady => "steady",
        }
    }

    /// Whether it speaks for a leak.
    pub fn is_suspicious(self) -> bool {
        matches!(self, Self::Grows | Self::Survives)
    }
}

/// Sampling errors by which two dumps differ for sure, many pairs being looked at.
pub(super) const SURE: f64 = 3.5;
/// Below this probability sampling alone does not spread sizes so.
const UNUSUAL: f64 = 0.01;
/// The part of the early growth that must go on for it to be growth.
const LASTING: f64 = 0.5;
/// Errors by which it must fall short of that part to have levelled off.
const SHORT: f64 = 0.67;
/// Steps at the end of a series that may show that growth has stopped: fewer are an idle while.
const STOPPED: usize = 3;
/// Errors by which the growth of these steps must fall short.
const STOPPED_SHORT: f64 = 1.5;
/// The part of all that a row moves that is one jump. What grows at one rate hardly has so much in one of five steps: of 20 samples once in 1,500 series.
const JUMP: f64 = 0.6;
/// The part of the steps of a long series that are up where it grows.
const MOSTLY: f64 = 0.75;
/// The part of all that a row moves that is up where it grows, however many small steps are down: as six of seven equal ones are.
const UPWARDS: f64 = 6.0 / 7.0;
/// How many times the first size the last one is, beyond what turns over by chance.
const MANIFOLD: f64 = 3.0;
/// Dumps below which one step is always a large part of all.
const JUMPS_FROM: usize = 5;

/// The shape of a row's sizes, where its line `rises` or `falls` beyond chance.
pub(super) fn shape(places: &[f64], sizes: &[f64], units: &[f64], rises: bool, falls: bool) -> Verdict {
    let row = Shape { places, sizes, units };
    let (fall, rise) = (row.largest(-1.0), row.largest(1.0));
    let range = rise.by.max(fall.by);
    let falls_again = fall.is_sure() && fall.by >= 0.5 * range;
    match () {
        () if falls && !rises => Verdict::Shrinks,
        () if falls_again && row.climbs() => Verdict::SawTooth,
        () if falls_again => Verdict::Swings,
        () if rise.is_sure() && row.levels_off() => Verdict::WarmUp,
        () if rises && (row.jumps(range) || row.wanders()) => Verdict::Swings,
        () if rises && row.has_stopped() => Verdict::WarmUp,
        () if rises => Verdict::Grows,
        () if row.is_spread() => Verdict::Swings,
        () => Verdict::Steady,
    }
}

/// Whether one step up is most of what these sizes move, also where that is a sample or two.
pub(super) fn is_one_step(sizes: &[f64]) -> bool {
    let least = sizes.iter().copied().fold(f64::INFINITY, f64::min);
    let range = sizes.iter().copied().fold(0.0, f64::max) - least;
    sizes.len() >= JUMPS_FROM && range > 0.0 && sizes.windows(2).any(|pair| pair[1] - pair[0] >= JUMP * range)
}

struct Shape<'a> {
    places: &'a [f64],
    sizes: &'a [f64],
    units: &'a [f64],
}

/// A difference of two dumps.
#[derive(Clone, Copy, Default)]
struct Move {
    by: f64,
    errors: f64,
}

impl Move {
    fn is_sure(self) -> bool {
        self.errors >= SURE
    }
}

impl Shape<'_> {
    /// The largest rise (or fall, with -1) from a dump to a later one.
    fn largest(&self, sign: f64) -> Move {
        let mut best = Move::default();
        let mut start = 0;
        for end in 0..self.sizes.len() {
            let by = sign * (self.sizes[end] - self.sizes[start]);
            if by < 0.0 {
                start = end;
            } else if by > best.by {
                best = Move { by, errors: by / self.error(start, end) };
            }
        }
        best
    }

    fn error(&self, a: usize, b: usize) -> f64 {
        (self.sizes[a] * self.units[a] + self.sizes[b] * self.units[b]).sqrt().max(f64::MIN_POSITIVE)
    }

    /// Whether it rises for sure in two steps or more on end.
    fn climbs(&self) -> bool {
        let mut start = 0;
        (1..self.sizes.len()).any(|end| {
            if self.sizes[end] < self.sizes[end - 1] {
                start = end;
            }
            end >= start + 2 && (self.sizes[end] - self.sizes[start]) / self.error(start, end) >= SURE
        })
    }

    /// Whether its late growth falls short of what its early growth promised.
    fn levels_off(&self) -> bool {
        let n = self.sizes.len();
        let half = n.div_ceil(2);
        if half < 2 {
            return false;
        }
        let slope = |from: usize, to: usize| {
            let line = Axis::new(&self.places[from..to]).line(&self.sizes[from..to], &self.units[from..to]);
            (line.slope, line.sampling_error())
        };
        let ((early, early_error), (late, late_error)) = (slope(0, half), slope(n - half, n));
        let missing = LASTING * early - late;
        missing > SHORT * (LASTING * early_error).hypot(late_error)
    }

    /// Whether its last steps, some half of all at most, hardly grow. In one session a sample stays as long as its object lives, so that a step has the error of what was
    /// sampled in it and what was freed, not of all that is there: a row that keeps its size is known to, as soon as what it promised would have shown.
    fn has_stopped(&self) -> bool {
        let last = self.sizes.len().saturating_sub(1);
        let unit = self.units.iter().copied().fold(0.0, f64::max);
        (last / 2..=last.saturating_sub(STOPPED)).any(|stop| {
            let (before, after) = (self.places[stop] - self.places[0], self.places[last] - self.places[stop]);
            let promised = LASTING * after / before;
            let (early, late) = (self.sizes[stop] - self.sizes[0], self.sizes[last] - self.sizes[stop]);
            let moved: f64 = self.sizes[stop..].windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
            let error = ((promised * promised * early.max(0.0) + moved) * unit).sqrt();
            promised * early - late > STOPPED_SHORT * error
        })
    }

    /// Whether one step is most of what it moves.
    fn jumps(&self, range: f64) -> bool {
        self.sizes.len() >= JUMPS_FROM && self.sizes.windows(2).any(|pair| (pair[1] - pair[0]).abs() >= JUMP * range)
    }

    /// Whether, in a long series, too few of its steps are up, and these not far enough: what lives long and changes by chance moves far, too, without a
    /// direction.
    fn wanders(&self) -> bool {
        let steps: Vec<f64> = self.sizes.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let up = steps.iter().filter(|&&step| step > 0.0).count();
        let n = steps.len() as f64;
        let (mean, squares) = moments(&steps);
        let error = (squares / (n - 1.0) / n).sqrt();
        self.sizes.len() >= LONG
            && (up as f64) < MOSTLY * n
            && !self.climbs_far(&steps)
            && error > 0.0
            && 0.5 * student(mean / error, n - 1.0) > UNUSUAL
    }

    /// Whether it comes to a multiple of what it was, and hardly back in between: a leak does, also where steps down are many but small, as beside a buffer that is
    /// emptied now and then.
    fn climbs_far(&self, steps: &[f64]) -> bool {
        let (Some(first), Some(last)) = (self.sizes.first(), self.sizes.last()) else { return false };
        let up: f64 = steps.iter().filter(|&&step| step > 0.0).sum();
        let moved: f64 = steps.iter().map(|step| step.abs()).sum();
        *last >= MANIFOLD * first && up >= UPWARDS * moved
    }

    /// Whether it differs by more than sampling.
    fn is_spread(&self) -> bool {
        let unit = self.units.iter().copied().fold(0.0, f64::max);
        spread(Runs::of(self.sizes), unit) < UNUSUAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_named() {
        use Verdict::{Grows, SawTooth, Shrinks, Steady, Swings, WarmUp};
        let table: [(&[f64], bool, bool, Verdict); 28] = [
            // Filled by half of the series or more, then hardly a step; and what goes on, if slower.
            (&[1.8, 3.5, 7.0, 7.0, 14.0, 14.0, 14.0, 14.0, 14.0, 14.0, 14.0, 14.0], true, false, WarmUp),
            (&[2.0, 3.0, 3.0, 5.0, 7.0, 11.0, 15.0, 20.0, 25.0, 25.0, 25.0, 25.0], true, false, WarmUp),
            (&[4.0, 12.5, 21.3, 30.5, 32.5, 32.5, 29.5, 27.5, 38.5, 39.5], true, false, WarmUp),
            (&[8.0, 10.0, 13.0, 18.0, 25.0, 24.0, 23.0, 26.0], true, false, WarmUp),
            (&[4.0, 6.0, 6.0, 10.0, 12.0, 17.0, 17.0, 21.0, 23.0, 25.0, 27.0, 28.0], true, false, Grows),
            (&[2.0, 2.0, 6.0, 8.0, 12.0, 15.0, 16.0, 16.0, 19.0, 21.0], true, false, Grows),
            (
                &[161.0, 178.0, 158.0, 163.0, 207.0, 273.0, 276.0, 305.0, 297.0, 326.0, 333.0, 321.0],
                true,
                false,
                Swings,
            ),
            // Far up, with steps down that are few or small; not far, or far down in between.
            (&[146.0, 222.0, 413.0, 333.0, 357.0, 530.0, 652.0, 636.0], true, false, Grows),
            (&[9.0, 36.0, 30.0, 30.0, 60.0, 62.0, 74.0, 74.0], true, false, Grows),
            (&[200.0, 199.0, 198.0, 260.0, 258.0, 330.0, 329.0, 420.0], true, false, Swings),
            (&[203.0, 392.0, 577.0, 436.0, 625.0, 808.0, 1004.0, 890.0], true, false, Swings),
            (&[10.0, 20.0, 30.0, 40.0, 50.0, 60.0], true, false, Grows),
            (&[210.0, 215.0, 232.0, 240.0, 251.0, 263.0], true, false, Grows),
            (&[0.0, 100.0, 120.0, 140.0, 155.0, 180.0, 200.0, 215.0, 240.0], true, false, Grows),
            (&[20.0, 22.0, 18.0, 25.0, 19.0, 21.0], false, false, Steady),
            (&[60.0, 50.0, 40.0, 30.0, 20.0, 10.0], false, true, Shrinks),
            (&[100.0, 180.0, 200.0, 202.0, 199.0, 201.0], true, false, WarmUp),
            (&[100.0, 180.0, 200.0, 202.0, 199.0, 201.0], false, false, WarmUp),
            (&[20.0, 60.0, 100.0, 10.0, 50.0, 95.0], false, false, SawTooth),
            (&[20.0, 60.0, 100.0, 140.0, 180.0, 20.0], false, false, SawTooth),
            (&[160.0, 1.0, 176.0, 1.0, 0.0], false, false, Swings),
            (&[20.0, 20.0, 20.0, 20.0, 150.0, 150.0], true, false, Swings),
            (&[22.0, 20.0, 19.0, 28.0, 148.0], false, false, Swings),
            // Captured: code of one function, compiled after half of the series.
            (&[2.0, 2.0, 4.1, 13.6, 13.7, 15.8], true, false, Swings),
            (&[1.0, 2.0, 3.0, 4.0], false, false, Steady),
            (&[5.0], false, false, Steady),
            (&[], false, false, Steady),
            (&[0.0; 6], false, false, Steady),
        ];
        for (samples, rises, falls, expected) in table {
            let places: Vec<f64> = (0..samples.len()).map(|i| i as f64).collect();
            let sizes: Vec<f64> = samples.iter().map(|samples| samples * 512.0).collect();
            let units = vec![512.0; sizes.len()];
            assert_eq!(shape(&places, &sizes, &units, rises, falls), expected, "{samples:?}");
        }
    }

    #[test]
    fn one_step_is_told_from_growth() {
        let table: [(&[f64], bool); 8] = [
            (&[0.0, 0.0, 0.0, 0.0, 1.1, 1.1], true),
            (&[0.0, 9.0, 9.0, 10.0, 4.0, 0.0], true),
            (&[0.0, 0.0, 2.0, 2.0, 4.0, 4.0], false),
            (&[10.0, 21.0, 30.0, 41.0, 50.0, 61.0], false),
            (&[61.0, 1.0, 1.0, 1.0, 1.0, 1.0], false),
            (&[5.0; 6], false),
            // One of three steps is always a large part.
            (&[0.0, 9.0, 10.0, 10.0], false),
            (&[], false),
        ];
        for (sizes, expected) in table {
            assert_eq!(is_one_step(sizes), expected, "{sizes:?}");
        }
    }
}
