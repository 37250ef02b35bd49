//! Since when something grows: a mean rate over all dumps belittles a leak that begins late.
//!
//! Of each dump that may be the last one before it begins it is asked whether the steps before and after it have one rate. Two things make them differ by chance, and
//! the larger p-value counts: sampling, by which what is gained is spread over the steps like coins in proportion to their time; and whatever else makes steps differ,
//! which the steps themselves tell (Student's t).

use statrs::function::beta::checked_beta_reg;

use super::dumps::Dumps;
use super::line::Axis;
use super::usual::Usual;
use crate::analysis::significance::{moments, student};

/// Where growth begins late.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// The last dump before it, counted from 0.
    pub dump: usize,
    /// What each dump adds since, bytes.
    pub rate: f64,
    /// The standard error of that rate.
    pub error: f64,
}

/// Steps before it and after it at the least.
const STEPS: usize = 2;
/// The probability with which chance may tell it of what grows from the beginning.
const LEVEL: f64 = 0.01;
/// The part of the later rate that the earlier one is at most: else it grows faster, and does not begin.
const EARLIER: f64 = 0.2;

/// Where growth of these sizes begins, if it begins late.
pub(super) fn of(sizes: &[f64], dumps: &Dumps) -> Option<Onset> {
    begins(&dumps.places, sizes, &dumps.units).map(|dump| {
        let line = Axis::new(&dumps.places[dump..]).line(&sizes[dump..], &dumps.units[dump..]);
        Onset { dump, rate: line.slope * dumps.step, error: line.error(&Usual::UNKNOWN) * dumps.step }
    })
}

/// The last dump before growth begins.
fn begins(places: &[f64], sizes: &[f64], units: &[f64]) -> Option<usize> {
    let last = sizes.len().checked_sub(1)?;
    let unit = units.iter().copied().fold(0.0, f64::max);
    let candidates = STEPS..(last + 1).saturating_sub(STEPS);
    let tried = candidates.len() as f64;
    let steps = Steps { places, sizes };
    let probable = candidates.filter_map(|dump| Some((dump, steps.p(dump, unit)?)));
    let (dump, p) = probable.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (p * tried <= LEVEL).then_some(dump)
}

struct Steps<'a> {
    places: &'a [f64],
    sizes: &'a [f64],
}

impl Steps<'_> {
    /// How probable it is that the rate before this dump falls so far short of the one after it; none where the earlier one is too much of the later.
    fn p(&self, dump: usize, unit: f64) -> Option<f64> {
        let last = self.sizes.len() - 1;
        let span = |values: &[f64], from: usize, to: usize| values[to] - values[from];
        let (before, after) = (span(self.places, 0, dump), span(self.places, dump, last));
        let (early, late) = (span(self.sizes, 0, dump), span(self.sizes, dump, last));
        if before <= 0.0 || after <= 0.0 || late <= 0.0 || early / before > EARLIER * late / after {
            return None;
        }
        let rates = |from: usize, to: usize| -> Vec<f64> {
            (from..to).map(|i| span(self.sizes, i, i + 1) / span(self.places, i, i + 1)).collect()
        };
        let ((m, m_squares), (n, n_squares)) = (moments(&rates(0, dump)), moments(&rates(dump, last)));
        // Where steps are of unequal length, their mean rate may tell otherwise.
        if n <= m {
            return None;
        }
        let freedom = last as f64 - 2.0;
        let variance = (m_squares + n_squares) / freedom * (1.0 / dump as f64 + 1.0 / (last - dump) as f64);
        let by_scatter = if variance > 0.0 { 0.5 * student((n - m) / variance.sqrt(), freedom) } else { 0.0 };
        Some(by_sampling(early.max(0.0) / unit, late / unit, before / (before + after)).max(by_scatter))
    }
}

/// How probable it is that of all samples so few come in the first part of the time.
fn by_sampling(early: f64, late: f64, part: f64) -> f64 {
    // No more than `early` of all of them: those after it are at least `late`.
    checked_beta_reg(late, early + 1.0, 1.0 - part).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(samples: &[f64]) -> Option<usize> {
        let places: Vec<f64> = (0..samples.len()).map(|i| i as f64).collect();
        let sizes: Vec<f64> = samples.iter().map(|samples| samples * 512.0).collect();
        begins(&places, &sizes, &vec![512.0; sizes.len()])
    }

    #[test]
    fn a_late_beginning_is_told_from_growth_all_along() {
        let table: [(&[f64], Option<usize>); 10] = [
            (&[0.0, 0.0, 0.0, 0.0, 0.0, 20.0, 41.0, 59.0, 80.0, 101.0], Some(4)),
            (&[52.0, 49.0, 51.0, 50.0, 48.0, 71.0, 90.0, 110.0, 129.0, 151.0], Some(4)),
            (&[0.0, 0.0, 0.0, 30.0, 61.0, 90.0], Some(2)),
            // From the beginning, faster and faster, and by so few samples that it may be so.
            (&[10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0], None),
            (&[22.0, 41.0, 63.0, 80.0, 101.0, 122.0], None),
            (&[0.0, 10.0, 20.0, 30.0, 40.0, 65.0, 90.0, 115.0, 140.0], None),
            (&[0.0, 0.0, 1.0, 2.0, 3.0, 5.0], None),
            (&[50.0, 80.0, 20.0, 70.0, 60.0, 130.0, 90.0, 200.0], None),
            (&[0.0, 0.0, 0.0, 40.0], None),
            (&[], None),
        ];
        for (samples, expected) in table {
            assert_eq!(begin(samples), expected, "{samples:?}");
        }
    }

    #[test]
    fn sampling_alone_spreads_samples_like_coins() {
        // 0 of 10, and 2 of 10 or fewer, where half are expected.
        assert!((by_sampling(0.0, 10.0, 0.5) - 0.5_f64.powi(10)).abs() < 1e-12);
        assert!((by_sampling(2.0, 8.0, 0.5) - 56.0 / 1024.0).abs() < 1e-9);
    }
}
