//! Which growth since a baseline is a change: the one that a comparison would call so. A program differs from run to run by more than sampling explains,
//! also where one run of each cannot show it, so a rule about growth fails by nothing that `heapsift diff` calls noise.
//!
//! A baseline has means with their errors, and the larger functions. That is enough for the tests of a comparison; whether bytes have moved from another row
//! it does not tell.

use super::noise::{Noise, Side};
use crate::analysis::baseline::{Figures, RowKind, Summary, SummaryRow};
use crate::analysis::likeness::collects_garbage;
use crate::analysis::noise::{LEVEL, Measured, Scatter};
use crate::analysis::significance::{Runs, testable};

/// Sizes that are looked at for the least that is a change.
const MOST: f64 = (1_u64 << 62) as f64;

/// What two versions may differ by without a change.
pub(super) struct Growth {
    scatter: Scatter,
    /// How improbable a change of a row must be, by kind: some of many rows always differ (Holm's first step).
    levels: [f64; 3],
}

impl Growth {
    /// What is known of that from all that both sides have.
    pub(super) fn between(now: &Summary, before: &Summary) -> Self {
        let sides = [before, now];
        let collect_garbage = sides.iter().all(|side| side.writer.is_some_and(collects_garbage));
        let is_known = sides.iter().all(|side| side.interval.is_some());
        let files = sides.iter().map(|side| side.files as usize).sum();
        let mut scatter = Scatter::of(files, collect_garbage);
        if is_known && files == 2 {
            // Of those that were left out nobody knows the difference.
            let least = before.functions.left_out as f64;
            let was_kept = |sides: &[Measured; 2]| sides.iter().any(|side| side.runs.mean > least);
            scatter.learn(pairs(RowKind::Function, now, before).filter(was_kept));
        } else if !is_known && files > 2 {
            // Their spread is all that is known.
            scatter = Scatter::Spread;
        }
        let levels = RowKind::ALL.map(|kind| {
            let least: Vec<f64> = pairs(kind, now, before).map(|sides| scatter.least_p_value(sides)).collect();
            let tests = testable(&least, LEVEL).into_iter().filter(|&is| is).count();
            LEVEL / tests.max(1) as f64
        });
        Self { scatter, levels }
    }

    fn level(&self, kind: Option<RowKind>) -> f64 {
        kind.map_or(LEVEL, |kind| self.levels[kind as usize])
    }

    /// Whether a row of a kind, or the total, has grown by more than chance explains.
    pub(super) fn is_change(&self, kind: Option<RowKind>, now: &Side, before: &Side) -> bool {
        let size = now.figures.size;
        size > before.figures.size && self.p_value(now, size as f64, before) <= self.level(kind)
    }

    /// What chance explains of how far a size is above a limit, which is the baseline and more; none where that has no end.
    pub(super) fn noise(&self, kind: Option<RowKind>, now: &Side, before: &Side, limit: f64) -> Option<Noise> {
        let base = before.figures.size as f64;
        let least = self.least(self.level(kind), now, before)?;
        let sides = [measured(before, base), measured(now, least)];
        let sampled: f64 = sides.iter().map(|side| side.sampled()).sum();
        let variance = self.scatter.error(sides).powi(2);
        let of_sampling = if variance > 0.0 { (sampled / variance).min(1.0) } else { 1.0 };
        Some(Noise { bytes: least - limit, of_sampling, allowed: limit - base })
    }

    /// The least size that would be a change.
    fn least(&self, level: f64, now: &Side, before: &Side) -> Option<f64> {
        let exceeds = |size: f64| self.p_value(now, size, before) <= level;
        let mut low = before.figures.size as f64;
        let mut high = 2.0 * low.max(1.0);
        while !exceeds(high) {
            (low, high) = (high, 2.0 * high);
            if high > MOST {
                return None;
            }
        }
        while high - low > 1.0 {
            let middle = (low + high) / 2.0;
            match middle > low && middle < high {
                true if exceeds(middle) => high = middle,
                true => low = middle,
                // There is no number between them.
                false => break,
            }
        }
        Some(high)
    }

    /// How probable it is without a change that runs now have this mean.
    fn p_value(&self, now: &Side, size: f64, before: &Side) -> f64 {
        self.scatter.p_value([measured(before, before.figures.size as f64), measured(now, size)])
    }
}

/// The rows of a kind on both sides. What the baseline left out it may have had.
fn pairs<'a>(kind: RowKind, now: &'a Summary, before: &'a Summary) -> impl Iterator<Item = [Measured; 2]> + 'a {
    let (rows, old) = (now.rows(kind), before.rows(kind));
    let met = rows.rows.iter().map(|row| {
        let left_out = Figures { size: row.figures.size.min(old.left_out), ..Figures::default() };
        [old.get(&row.name, &row.place).map_or(left_out, |row| row.figures), row.figures]
    });
    let is_gone = |row: &&SummaryRow| rows.get(&row.name, &row.place).is_none();
    let gone = old.rows.iter().filter(is_gone).map(|row| [row.figures, Figures::default()]);
    met.chain(gone).map(|[old, new]| {
        [Side::of(before, old), Side::of(now, new)].map(|side| measured(&side, side.figures.size as f64))
    })
}

/// Runs of this mean that are spread and sampled as those of a side.
fn measured(side: &Side, mean: f64) -> Measured {
    let files = f64::from(side.files);
    let error = side.figures.spread().unwrap_or(0) as f64;
    let squares = error * error * files * (files - 1.0);
    let runs = Runs { count: side.files as usize, mean, squares };
    Measured { runs, unit: side.interval.unwrap_or(0) as f64 }
}
