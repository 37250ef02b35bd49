//! Bytes that move between a function and what it calls, along one session.
//!
//! V8 names bytes by the function that it inlined another one into, so a leak whose function is inlined half-way seems to begin there in one row, and to stop in another.
//! What the caller has with all that it calls goes straight on. So the rate of a suspect, its error and its beginning are those of the innermost caller of all its
//! stacks where
//!
//! 1. the suspect's own bytes have no one rate: their steps differ by more than sampling makes;
//! 2. all bytes below the caller grow, and are so much nearer to a line that chance does not make it (the ratio of the squared distances, F test).
//!
//! Something else below the caller, as a cache that fills, makes it less straight, not more, unless it stops just when and just as fast as the leak begins.

use std::collections::HashSet;

use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::checked_gamma_ur;

use super::suspects::Search;
use super::{Judged, Of, Verdict, growing};
use crate::analysis::model::StackId;
use crate::profile::FrameId;

/// The probability with which chance may tell it of bytes that stay where they are, for either reason.
const LEVEL: f64 = 0.01;

/// A caller with all that it calls.
pub(super) struct Whole {
    pub(super) caller: FrameId,
    /// The stacks below it, but for those of others.
    pub(super) stacks: Vec<StackId>,
    /// Their sizes in each dump, bytes.
    pub(super) sizes: Vec<f64>,
    pub(super) judged: Judged,
}

impl Search<'_> {
    /// The innermost caller of these stacks, whose `sizes` are known, that tells their rate better; `frames` is the stack that holds. Other stacks that are
    /// `taken` do not count.
    pub(super) fn whole(
        &self,
        frames: &[FrameId],
        stacks: &[StackId],
        sizes: &[f64],
        taken: &HashSet<StackId>,
    ) -> Option<Whole> {
        let dumps = self.dumps;
        let unit = dumps.units.iter().copied().fold(0.0, f64::max);
        if stacks.is_empty() || p_of_one_rate(&dumps.places, sizes, unit) > LEVEL {
            return None;
        }
        let own: HashSet<StackId> = stacks.iter().copied().collect();
        let mut callers: Vec<FrameId> = frames.iter().rev().copied().filter(|&id| self.is_caller(id)).collect();
        callers.dedup();
        let level = LEVEL / callers.len().max(1) as f64;
        let squares = dumps.axis.line(sizes, &dumps.units).squares;
        callers.into_iter().find_map(|caller| {
            let mut below = self.stacks_of(Of::Caller, caller.0 as usize);
            if below.iter().filter(|stack| own.contains(stack)).count() < own.len() {
                return None;
            }
            below.retain(|stack| own.contains(stack) || !taken.contains(stack));
            let sizes = self.sum(&below);
            let left = dumps.axis.line(&sizes, &dumps.units).squares;
            if p_of_ratio(squares, left, dumps.axis.len().saturating_sub(2) as f64) > level {
                return None;
            }
            let judged = growing::judge(&[caller.0 as usize], |_| sizes.clone(), dumps);
            let judged = judged.into_iter().find(|judged| judged.verdict == Verdict::Grows)?;
            Some(Whole { caller, stacks: below, sizes, judged })
        })
    }
}

/// How probable it is that sampling alone makes the steps of what grows at one rate differ so much.
fn p_of_one_rate(places: &[f64], sizes: &[f64], unit: f64) -> f64 {
    let (Some(last), span) = (sizes.len().checked_sub(1), |values: &[f64], i: usize| values[i + 1] - values[i]) else {
        return 1.0;
    };
    let rate = (sizes[last] - sizes[0]) / (places[last] - places[0]);
    if last < 2 || !rate.is_finite() || rate <= 0.0 || unit <= 0.0 {
        return 1.0;
    }
    let square = |i: usize| {
        let expected = rate * span(places, i);
        (span(sizes, i) - expected).powi(2) / (expected * unit).max(f64::MIN_POSITIVE)
    };
    let squares: f64 = (0..last).map(square).sum();
    checked_gamma_ur((last as f64 - 1.0) / 2.0, squares / 2.0).unwrap_or(1.0)
}

/// How probable it is that of two sums of squared distances, each with so many degrees of freedom, the second is so much smaller by chance.
fn p_of_ratio(first: f64, second: f64, freedom: f64) -> f64 {
    if first <= 0.0 || second >= first || freedom <= 0.0 {
        return 1.0;
    }
    checked_beta_reg(freedom / 2.0, freedom / 2.0, second / (first + second)).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_of_squares_has_the_probability_of_an_f_test() {
        // scipy: f.sf(ratio, freedom, freedom).
        for (ratio, freedom, p) in [(16.0, 4.0, 0.009_974), (1.0, 7.0, 1.0), (5.0, 8.0, 0.017_633)] {
            let found = p_of_ratio(ratio, 1.0, freedom);
            assert!((found - p).abs() < 1e-5, "{ratio}: {found}");
        }
        assert_eq!([p_of_ratio(0.0, 0.0, 4.0), p_of_ratio(2.0, 1.0, 0.0), p_of_ratio(5.0, 0.0, 4.0)], [1.0, 1.0, 0.0]);
    }

    #[test]
    fn one_rate_is_told_from_a_beginning() {
        let p = |samples: &[f64]| {
            let places: Vec<f64> = (0..samples.len()).map(|i| i as f64).collect();
            p_of_one_rate(&places, samples, 1.0)
        };
        assert!(p(&[20.0, 41.0, 59.0, 80.0, 101.0, 118.0]) > 0.9);
        assert!(p(&[0.0, 0.0, 0.0, 20.0, 41.0, 59.0]) < 1e-6);
        assert_eq!([p(&[]), p(&[1.0, 50.0]), p(&[9.0, 5.0, 1.0])], [1.0; 3]);
    }
}
