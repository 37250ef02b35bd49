//! Which growth since a baseline is a change: the one that a comparison would call so. A program differs from run to run by more than sampling explains,
//! also where one run of each cannot show it, so a rule about growth fails by nothing that `heapsift diff` calls noise by itself.
//!
//! A baseline has means with their errors, and the larger functions. That is enough for the tests of a comparison; whether bytes have moved from another row
//! it does not tell. So with one run of each the scatter of functions has what V8 inlines in it: for rows that counts, for the total it does not, since
//! nothing is lost or gained by that. Totals of one program agree to a few percent where functions differ by half (docs/check.md has what was measured).

use super::noise::Side;
use crate::analysis::baseline::{Figures, RowKind, Summary, SummaryRow};
use crate::analysis::likeness::is_collected;
use crate::analysis::noise::{LEVEL, Measured, Scatter, is_new_or_gone};
use crate::analysis::significance::{Runs, testable};

/// Sizes that are looked at for the least that is a change.
const MOST: f64 = (1_u64 << 62) as f64;

/// What two versions may differ by without a change.
pub(super) struct Growth {
    scatter: Scatter,
    /// The same of the total.
    of_total: Scatter,
    /// How improbable a change of a row must be, by kind: some of many rows always differ (Holm's first step).
    levels: [f64; 3],
}

impl Growth {
    /// What is known of that from all that both sides have.
    pub(super) fn between(now: &Summary, before: &Summary) -> Self {
        Self::new(now, before, true)
    }

    /// The same where what functions are scattered by is no noise: what nearly all have grown by is what the total has grown by.
    pub(super) fn beside_scatter(now: &Summary, before: &Summary) -> Self {
        Self::new(now, before, false)
    }

    fn new(now: &Summary, before: &Summary, learns: bool) -> Self {
        let sides = [before, now];
        let collect_garbage =
            sides.iter().all(|side| side.writer.is_some_and(|writer| is_collected(writer, side.objects)));
        let is_known = sides.iter().all(|side| side.interval.is_some());
        let is_at_most = sides.iter().all(|side| side.longest_interval().is_some());
        let files = sides.iter().map(|side| side.files as usize).sum();
        let mut scatter = Scatter::of(files, collect_garbage);
        let mut of_total = scatter;
        if is_at_most && files == 2 && learns {
            // Of those that were left out nobody knows the difference.
            let least = before.functions.left_out as f64;
            let was_kept = |sides: &[Measured; 2]| sides.iter().any(|side| side.runs.mean > least);
            scatter.learn(pairs(RowKind::Function, now, before).filter(was_kept));
            // Garbage is in the total as well.
            of_total = if collect_garbage { of_total } else { scatter };
        } else if !is_known && files > 2 {
            // Their spread counts whatever part of it the sampling may explain.
            (scatter, of_total) = (Scatter::Spread, Scatter::Spread);
        }
        let levels = RowKind::ALL.map(|kind| {
            let least: Vec<f64> = pairs(kind, now, before).map(|sides| scatter.least_p_value(sides)).collect();
            let tests = testable(&least, LEVEL).into_iter().filter(|&is| is).count();
            LEVEL / tests.max(1) as f64
        });
        Self { scatter, of_total, levels }
    }

    /// What rows of a kind are scattered by, or the total, in so many runs: those of each say what one of each only lets guess.
    fn scatter(&self, kind: Option<RowKind>, files: u32) -> Scatter {
        match if kind.is_some() { self.scatter } else { self.of_total } {
            Scatter::Estimated(..) if files > 2 => Scatter::Spread,
            scatter => scatter,
        }
    }

    /// How many times as large as the sampling's the variance of a run is, as far as one of each tells.
    pub(super) fn factor(&self, kind: Option<RowKind>) -> f64 {
        match self.scatter(kind, 2) {
            Scatter::Estimated(factor, _) => factor,
            _ => 1.0,
        }
    }

    fn level(&self, kind: Option<RowKind>) -> f64 {
        kind.map_or(LEVEL, |kind| self.levels[kind as usize])
    }

    /// Whether a row of a kind, or the total, has grown by more than chance explains.
    pub(super) fn is_change(&self, kind: Option<RowKind>, now: &Side, before: &Side) -> bool {
        self.would_be_change(kind, now, now.figures.size as f64, before)
    }

    /// Whether a size that is more than the baseline would be a change.
    pub(super) fn would_be_change(&self, kind: Option<RowKind>, now: &Side, size: f64, before: &Side) -> bool {
        size > before.figures.size as f64 && self.p_value(kind, now, size, before) <= self.level(kind)
    }

    /// The least size that would be a change; none where that has no end.
    pub(super) fn least(&self, kind: Option<RowKind>, now: &Side, before: &Side) -> Option<f64> {
        let level = self.level(kind);
        let exceeds = |size: f64| self.p_value(kind, now, size, before) <= level;
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
    fn p_value(&self, kind: Option<RowKind>, now: &Side, size: f64, before: &Side) -> f64 {
        let scatter = self.scatter(kind, now.files.saturating_add(before.files));
        scatter.p_value([measured(before, before.figures.size as f64), measured(now, size)])
    }
}

/// Both sides with what is known of them. Of something new it does not matter by how much it differs from run to run, so sampling alone counts. Of what the baseline
/// left out, since it was small, but which may have been there with a sample a run and more, nobody knows by how much its runs differ: it tells no more than one run.
pub(super) fn as_known(now: Side, before: Side, left_out: u64) -> (Side, Side) {
    let interval = before.interval.filter(|_| !before.is_bound);
    let had_none = interval.map_or(left_out == 0, |interval| left_out < interval);
    let sides = [&before, &now].map(|side| measured(side, side.figures.size as f64));
    match before.figures.size == 0 {
        true if !had_none => (now, before.as_one_run()),
        true if is_new_or_gone(sides) => (now.as_sampled(), before.as_sampled()),
        _ => (now, before),
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
    let least = side.figures.least.unwrap_or(0) as f64;
    let runs = Runs { count: side.files as usize, mean, least, squares };
    Measured { runs, unit: side.interval.unwrap_or(0) as f64, swing: 0.0 }
}
