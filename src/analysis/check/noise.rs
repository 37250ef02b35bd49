//! What noise explains of the difference between a size and its limit.
//!
//! Two things make sizes differ although nothing has changed. The sampling: its error follows from the interval, two standard errors of it where there are
//! samples enough, else the distance to Garwood's limit on the side that matters. And the runs themselves, which differ by more than that: when a collection
//! came, in which order requests did. How much is known where there are several of a side; what is beyond the sampling error is pooled over both sides and
//! holds for each. Few runs tell it badly, so two standard errors become as many as Student's t wants for the degrees of freedom that are left
//! (Welch and Satterthwaite): two where the sampling is all there is, 2.6 where runs differ much and there are six of them, 14 where there are two. Of a growth, for which one run of each may differ by 5 %,
//! what they lack of four degrees of freedom may have that spread, and 2.9 are enough: the smaller one counts, since two runs tell no less than one.
//!
//! Where an interval is not known it is taken for the longest that it can be, with which the sampling explains most. What runs differ by may be all their own
//! then, which counts for more where they are few: so the noise is the larger one of that and of an interval of nothing.
//!
//! That is the noise of a limit. A growth must be a change, too (`growth`).
//!
//! The parts are independent and add up in squares; each limit's distance stands for its standard errors (the method of variance estimates recovery).

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::analysis::baseline::{Figures, Summary};
use crate::analysis::noise::with_usual;
use crate::analysis::sampling::{IntervalSource, Sampling};

/// Standard errors that chance explains.
const ERRORS: f64 = 2.0;
/// How often it does not, on one side: what is beyond two standard errors of a normal distribution.
const BEYOND: f64 = 0.022_750_131_948_179_2;
/// Degrees of freedom from which on Student's t is no other than the normal distribution.
const MANY: f64 = 1e4;

/// Something in the runs of one side.
#[derive(Clone, Copy)]
pub(super) struct Side {
    pub(super) figures: Figures,
    pub(super) files: u32,
    /// The sampling interval of a run, or where it is not known the longest that it can be.
    pub(super) interval: Option<u64>,
    /// Whether it is that, and may be shorter.
    pub(super) is_bound: bool,
    /// The sampling of the mean.
    sampling: Sampling,
}

impl Side {
    pub(super) fn of(summary: &Summary, figures: Figures) -> Self {
        let interval = summary.longest_interval();
        let is_bound = summary.interval.is_none() && interval.is_some();
        Self { figures, files: summary.files, interval, is_bound, sampling: sampling(interval, summary.files) }
    }

    /// The same, had it been captured so many times at another interval. What one run has is spread beyond the sampling by `factor` times its variance at most,
    /// as far as that is known; what several have is known by how they differ.
    pub(super) fn captured(&self, files: u32, interval: Option<u64>, factor: f64) -> Self {
        let sampled =
            |interval: Option<u64>| interval.map_or(0.0, |interval| interval as f64 * self.figures.size as f64);
        let of_a_run = match self.files {
            0 | 1 => factor * sampled(self.interval),
            several => self.figures.spread().map_or(0.0, |error| (error as f64).powi(2) * f64::from(several)),
        };
        let beyond = (of_a_run - sampled(self.interval)).max(0.0);
        let error = |variance: f64| (variance / f64::from(files.max(1))).sqrt().round() as u64;
        let spread = (files > 1).then(|| error(beyond + sampled(interval)));
        let standard_error = spread.max(interval.map(|_| error(sampled(interval))));
        let figures = Figures { standard_error, spread, ..self.figures };
        Self { figures, files, interval, sampling: sampling(interval, files), ..*self }
    }

    /// The same at the shortest interval that there can be, at which nothing is chance but what runs differ by; itself where the interval is known.
    fn finest(&self) -> Self {
        if !self.is_bound {
            return *self;
        }
        let standard_error = self.figures.spread().filter(|_| self.files > 1);
        Self {
            figures: Figures { standard_error, spread: None, ..self.figures },
            interval: Some(1),
            sampling: sampling(Some(1), self.files),
            ..*self
        }
    }

    /// The same as far as sampling goes: by how much runs differ beyond it does not matter.
    pub(super) fn as_sampled(&self) -> Self {
        let standard_error = self.sampling.standard_error(self.figures.size);
        Self { figures: Figures { standard_error, spread: Some(0), ..self.figures }, ..*self }
    }

    /// The same as if it were known by one run.
    pub(super) fn as_one_run(&self) -> Self {
        Self { files: 1, sampling: sampling(self.interval, 1), ..*self }
    }

    /// Bytes that the smallest of the runs has for sure, as far as sampling goes; none where that is not known.
    pub(super) fn least(&self) -> Option<f64> {
        let (least, interval) = (self.figures.least?, self.interval?);
        let figures = Figures { size: least, ..Figures::default() };
        let one = Self { figures, files: 1, sampling: sampling(Some(interval), 1), ..*self };
        Some(least as f64 - ERRORS * one.sampling_error(false))
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

/// The sampling of the mean of so many runs: it is as sure as one run with as small a part of the interval.
fn sampling(interval: Option<u64>, files: u32) -> Sampling {
    let interval = interval.map(|interval| (interval / u64::from(files.max(1))).max(1));
    let source = if interval.is_some() { IntervalSource::Given } else { IntervalSource::Unknown };
    Sampling { interval, source, candidate: None }
}

/// What chance explains, in bytes, of how far `now` is above `factor` times `before`; none where that is not known.
pub(super) fn noise(now: &Side, before: Option<&Side>, factor: f64) -> Option<f64> {
    let compared = before.filter(|_| factor > 0.0);
    let is_known = now.interval.is_some() && compared.is_none_or(|before| before.interval.is_some());
    let by = |now: &Side, before: Option<&Side>| noise_of(now, before, factor, is_known);
    let finest = || by(&now.finest(), before.map(Side::finest).as_ref());
    match is_bound(now, compared) {
        true => Some(by(now, before)?.max(finest()?)),
        false if is_known => by(now, before),
        // Beside an interval of which nothing is known it says nothing how long another one can be.
        false => finest(),
    }
}

/// Whether an interval of either side is not known, and the longest that it can be stands for it.
pub(super) fn is_bound(now: &Side, before: Option<&Side>) -> bool {
    let mut sides = [Some(now), before].into_iter().flatten();
    sides.clone().all(|side| side.interval.is_some()) && sides.any(|side| side.is_bound)
}

/// The same by the intervals as they are. Where one is not known, all that is known is by how much runs differ, the sampling among the reasons.
fn noise_of(now: &Side, before: Option<&Side>, factor: f64, is_known: bool) -> Option<f64> {
    let compared = before.filter(|_| factor > 0.0);
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
    if freedom == 0.0 {
        return is_known.then(|| ERRORS * sampled.sqrt());
    }
    let runs = |side: &Side| 1.0 / f64::from(side.files.max(1));
    let of_means = runs(now) + compared.map_or(0.0, |before| factor.powi(2) * runs(before));
    let size = now.figures.size.max(compared.map_or(0, |before| before.figures.size)) as f64;
    let of_a_run = sum / freedom;
    let noise = |(of_a_run, freedom): (f64, f64)| {
        let of_runs = of_a_run * of_means;
        let variance = sampled + of_runs;
        let left = freedom * (variance / of_runs).powi(2);
        if variance > 0.0 { errors(left) * variance.sqrt() } else { 0.0 }
    };
    let by_themselves = noise((of_a_run, freedom));
    Some(match compared {
        Some(_) => by_themselves.min(noise(with_usual(of_a_run, freedom, size))),
        None => by_themselves,
    })
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
