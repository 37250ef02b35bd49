//! What noise explains of the difference between a size and its limit.
//!
//! Two things make sizes differ although nothing has changed. The sampling: its error follows from the interval, two standard errors of it where there are
//! samples enough, else the distance to Garwood's limit on the side that matters. And the runs themselves, which differ by more than that: when a collection
//! came, in which order requests did. How much is known where there are several of a side; what is beyond the sampling error is pooled over both sides and
//! holds for each. Few runs tell it badly, so two standard errors become as many as Student's t wants for the degrees of freedom that are left
//! (Welch and Satterthwaite): two where the sampling is all there is, 2.6 where runs differ much and there are six of them, 14 where there are two.
//!
//! That is the noise of a limit. A growth must be a change, too (`growth`).
//!
//! The parts are independent and add up in squares; each limit's distance stands for its standard errors (the method of variance estimates recovery).

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::analysis::baseline::{Figures, Summary};
use crate::analysis::sampling::Sampling;

/// Standard errors that chance explains.
const ERRORS: f64 = 2.0;
/// How often it does not, on one side: what is beyond two standard errors of a normal distribution.
const BEYOND: f64 = 0.022_750_131_948_179_2;
/// Degrees of freedom from which on Student's t is no other than the normal distribution.
const MANY: f64 = 1e4;

/// Something in the runs of one side.
pub(super) struct Side {
    pub(super) figures: Figures,
    pub(super) files: u32,
    /// The sampling interval of a run.
    pub(super) interval: Option<u64>,
    /// The sampling of the mean.
    sampling: Sampling,
}

/// What chance explains.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noise {
    pub(super) bytes: f64,
    /// The part of it, as a variance, that is of the sampling.
    pub(super) of_sampling: f64,
    /// What the limit allows already of that which chance explains in all.
    pub(super) allowed: f64,
}

impl Noise {
    /// How many times as large as wanted the variance is, where so many bytes are to be more than noise.
    pub(super) fn times(&self, bytes: f64) -> f64 {
        ((self.bytes + self.allowed) / (bytes + self.allowed)).powi(2)
    }
}

impl Side {
    pub(super) fn of(summary: &Summary, figures: Figures) -> Self {
        Self { figures, files: summary.files, interval: summary.interval, sampling: summary.sampling() }
    }

    /// The standard error of the sampling towards smaller sizes, or towards larger ones.
    fn sampling_error(&self, towards_larger: bool) -> f64 {
        let size = self.figures.size;
        match self.sampling.range(size) {
            Some((_, high)) if towards_larger => (high - size) as f64 / ERRORS,
            Some((low, _)) => (size - low) as f64 / ERRORS,
            None => self.sampling.standard_error(size).unwrap_or(0) as f64,
        }
    }

    /// The variance of one run beyond the sampling's, and the degrees of freedom that it is known by.
    fn spread(&self, without_sampling: bool) -> (f64, f64) {
        let error = |error: Option<u64>| error.map_or(0.0, |error| (error as f64).powi(2));
        let sampled = if without_sampling { error(self.sampling.standard_error(self.figures.size)) } else { 0.0 };
        let beyond = (error(self.figures.standard_error) - sampled).max(0.0);
        (beyond * f64::from(self.files), f64::from(self.files.saturating_sub(1)))
    }
}

/// What chance explains of how far `now` is above `factor` times `before`; none where that is not known.
pub(super) fn noise(now: &Side, before: Option<&Side>, factor: f64) -> Option<Noise> {
    let compared = before.filter(|_| factor > 0.0);
    // Where an interval is not known, all that is known is by how much runs differ, the sampling among the reasons.
    let is_known = now.interval.is_some() && compared.is_none_or(|before| before.interval.is_some());
    let sampled = match is_known {
        true => {
            let before = compared.map_or(0.0, |before| factor * before.sampling_error(true));
            now.sampling_error(false).powi(2) + before.powi(2)
        }
        false => 0.0,
    };
    let spreads = [Some(now), before].into_iter().flatten().map(|side| side.spread(is_known));
    let (sum, freedom) =
        spreads.fold((0.0, 0.0), |(sum, of), (spread, freedom)| (sum + spread * freedom, of + freedom));
    if freedom == 0.0 && !is_known {
        return None;
    }
    let of_a_run = if freedom > 0.0 { sum / freedom } else { 0.0 };
    let runs = |side: &Side| 1.0 / f64::from(side.files.max(1));
    let of_runs = of_a_run * (runs(now) + compared.map_or(0.0, |before| factor.powi(2) * runs(before)));
    let variance = sampled + of_runs;
    if variance <= 0.0 {
        return Some(Noise { bytes: 0.0, of_sampling: 1.0, allowed: 0.0 });
    }
    let left = freedom * (variance / of_runs).powi(2);
    Some(Noise { bytes: errors(left) * variance.sqrt(), of_sampling: sampled / variance, allowed: 0.0 })
}

/// As many standard errors as chance explains, with so many degrees of freedom; not a number where all is known.
fn errors(freedom: f64) -> f64 {
    if freedom.is_nan() || freedom >= MANY {
        return ERRORS;
    }
    StudentsT::new(0.0, 1.0, freedom.max(1.0)).map_or(ERRORS, |student| student.inverse_cdf(1.0 - BEYOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_runs_want_more_standard_errors() {
        // The quantiles of Student's t for 0.977250.
        let table =
            [(1.0, 13.968), (2.0, 4.527), (3.0, 3.307), (5.0, 2.649), (10.0, 2.284), (30.0, 2.087), (1e3, 2.003)];
        for (freedom, expected) in table {
            assert!((errors(freedom) - expected).abs() < 1e-3, "{freedom}: {}", errors(freedom));
        }
        assert_eq!([errors(f64::NAN), errors(f64::INFINITY), errors(MANY)], [ERRORS; 3]);
        let mut last = f64::INFINITY;
        for tenths in 10..10_000 {
            let errors = errors(f64::from(tenths) / 10.0);
            assert!(errors <= last + 1e-9 && errors > ERRORS, "{tenths}: {errors}");
            last = errors;
        }
    }
}
