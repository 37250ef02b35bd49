//! Rows along one session that is read again and again.

use super::dumps::Dumps;
use super::line::{Axis, Line};
use super::shape::{SURE, Verdict, shape};
use super::usual::Usual;
use super::{Judged, LEVEL};
use crate::analysis::significance::holm;

/// The part of a long series that is left out to look for growth after a warm-up, as a divisor.
const WARM_UP: usize = 3;
/// Dumps from which on rows may lend each other what is usual; after a warm-up as many must be left.
const REST: usize = 6;
/// How many times the first total is well above it.
const WELL_ABOVE: f64 = 1.5;
/// Errors by which what follows a warm-up rises.
const RISES: f64 = 2.0;

/// Judges rows of a table, whose `sizes` are told by number. They are asked for twice: those of all rows together take more memory than what is told of them.
pub(super) fn judge(rows: &[usize], sizes: impl Fn(usize) -> Vec<f64>, dumps: &Dumps) -> Vec<Judged> {
    let lines: Vec<Line> = rows.iter().map(|&row| dumps.axis.line(&sizes(row), &dumps.units)).collect();
    let freedom = dumps.axis.len().saturating_sub(2).max(1) as f64;
    let usual = match dumps.axis.len() >= REST {
        true => Usual::of_all(lines.iter().map(|line| line.scatter), freedom),
        // So few that saw-teeth look like growth: each row stands by itself.
        false => Usual::UNKNOWN,
    };
    let rises: Vec<f64> = lines.iter().map(|line| line.p_of_rise(&usual)).collect();
    let falls: Vec<f64> = lines.iter().map(|line| line.p_of_fall(&usual)).collect();
    let (rising, falling) = (holm(&rises, LEVEL), holm(&falls, LEVEL));
    (0..rows.len())
        .map(|i| {
            let (row, sizes) = (rows[i], sizes(rows[i]));
            let verdict = shape(&dumps.places, &sizes, &dumps.units, rising[i], falling[i]);
            let judged = Judged {
                row,
                rate: lines[i].slope * dumps.step,
                error: lines[i].error(&usual) * dumps.step,
                p_value: rises[i],
                verdict,
                longer: 0,
            };
            match after_warm_up(&judged, &sizes, dumps, LEVEL / rows.len() as f64) {
                Some(late) if verdict == Verdict::WarmUp => late,
                _ => judged,
            }
        })
        .collect()
}

/// Whether sizes grow, where that takes a p-value as small as this. It is asked without other rows: what is usual is not known.
pub(super) fn grows(sizes: &[f64], dumps: &Dumps, level: f64) -> bool {
    let p = dumps.axis.line(sizes, &dumps.units).p_of_rise(&Usual::UNKNOWN);
    p <= level && shape(&dumps.places, sizes, &dumps.units, true, false) == Verdict::Grows
}

/// Whether sizes, which have this verdict, are well above the first one in the end, and do not only warm up, or rise from one fall to the next. A series with such a
/// total is not to be read as free of leaks.
pub(super) fn is_well_above(verdict: Verdict, sizes: &[f64], dumps: &Dumps) -> bool {
    let units = &dumps.units;
    let (half, Some(last)) = (sizes.len() / 2, sizes.len().checked_sub(1)) else { return false };
    let is_above = |at: usize| {
        let error = (sizes[0] * units[0] + sizes[at] * units[at]).sqrt();
        sizes[at] >= WELL_ABOVE * sizes[0] && sizes[at] - sizes[0] > SURE * error
    };
    let goes_on = || {
        let line = Axis::new(&dumps.places[half..]).line(&sizes[half..], &units[half..]);
        line.slope > RISES * line.sampling_error()
    };
    match verdict {
        Verdict::SawTooth => (half..=last).all(is_above),
        Verdict::WarmUp => is_above(last) && goes_on(),
        _ => is_above(last),
    }
}

/// The judgement of what follows a warm-up, where that grows by itself.
fn after_warm_up(all: &Judged, sizes: &[f64], dumps: &Dumps, level: f64) -> Option<Judged> {
    let from = sizes.len() / WARM_UP;
    if sizes.len() - from < REST {
        return None;
    }
    let (places, sizes, units) = (&dumps.places[from..], &sizes[from..], &dumps.units[from..]);
    let line = Axis::new(places).line(sizes, units);
    let p_value = line.p_of_rise(&Usual::UNKNOWN);
    let verdict = shape(places, sizes, units, p_value <= level, false);
    (verdict == Verdict::Grows).then(|| Judged {
        rate: line.slope * dumps.step,
        error: line.error(&Usual::UNKNOWN) * dumps.step,
        p_value,
        verdict,
        ..*all
    })
}
