//! What two sizes of one program may differ by without a change: sampling, load, garbage.
//!
//! * Sampling: every size has the variance R times the size (docs/sampling.md).
//! * Load and timing: two runs never agree better than to a few percent, however finely they are sampled. With several files a side their spread says by how
//!   much; it counts where it is larger than sampling explains.
//! * Garbage: some writers do not collect it before they write. Then sizes swing by what was not collected yet, by far more than sampling. With one file a
//!   side the scatter of all functions says by how much: the median of their squared differences, with few degrees of freedom.
//! * State: a process that is busy holds other things a moment later. Where that is what most functions differ by, their scatter counts in the same way.

use super::judge::Verdict;
use crate::analysis::likeness::collects_garbage;
use crate::analysis::panel::{Member, Row};
use crate::analysis::significance::{Estimate, difference, least_difference, moments, spread, student, welch};

/// By what part two runs of one program may differ for other reasons than sampling: one standard error.
const RUN_TO_RUN: f64 = 0.05;

/// Spreads as improbable as this by sampling are spreads of the program.
const SPREAD: f64 = 0.05;

/// The median of a squared standard normal variable.
const MEDIAN: f64 = 0.454_936;

/// Samples that a function must have for its difference to say something of the scatter.
const SAMPLES: f64 = 8.0;

/// The factor of the variance from which on rows are scattered too far to be runs of one program in one state.
const WILD: f64 = 6.0;

/// Functions without which the scatter cannot be told.
const FUNCTIONS: usize = 4;

/// How much a median of squares knows compared with their mean.
const EFFICIENCY: f64 = 0.37;

/// The sizes of a row in all files, in bytes, normalised where that is wanted.
pub(super) type Sizes = Vec<f64>;

/// What is known of the noise of a comparison.
#[derive(Clone)]
pub(super) struct Noise {
    /// Files before.
    before: usize,
    /// What the sizes of each file are multiplied with, and the sampling interval after that.
    files: Vec<(f64, f64)>,
    scatter: Scatter,
}

/// By how much more rows are scattered than sampling and load explain.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scatter {
    /// Garbage was collected first.
    None,
    /// The factor of the variance, with its degrees of freedom.
    Estimated(f64, f64),
    /// The spread of several files shows it.
    Spread,
    /// There is too little to tell.
    Unknown,
}

impl Noise {
    /// The noise of these files, of which `before` are before; `None` where a sampling interval is not known. Sizes after are multiplied with `factor`.
    pub(super) fn new(members: &[Member], before: usize, factor: f64) -> Option<Self> {
        let files = members.iter().enumerate().map(|(place, member)| {
            let factor = if place < before { 1.0 } else { factor };
            Some((factor, member.sampling.interval? as f64 * factor))
        });
        let files = files.collect::<Option<Vec<_>>>()?;
        let scatter = match members.iter().all(|member| collects_garbage(member.file.dialect)) {
            true => Scatter::None,
            false if members.len() > 2 => Scatter::Spread,
            false => Scatter::Unknown,
        };
        Some(Self { before, files, scatter })
    }

    /// The same with sizes after that are so many times as large.
    pub(super) fn scaled(&self, times: f64) -> Self {
        let mut noise = self.clone();
        for (factor, interval) in &mut noise.files[self.before..] {
            (*factor, *interval) = (*factor * times, *interval * times);
        }
        noise
    }

    /// These sizes with those after that are so many times as large.
    pub(super) fn scaled_sizes(&self, sizes: &[f64], times: f64) -> Sizes {
        let factor = |file: usize| if file < self.before { 1.0 } else { times };
        sizes.iter().enumerate().map(|(file, size)| size * factor(file)).collect()
    }

    /// The sizes of a row.
    pub(super) fn sizes(&self, row: Row<'_>) -> Sizes {
        self.sizes_from(row, &vec![0; self.files.len()])
    }

    /// The sizes of a row, of which a file tells only those from so many bytes.
    pub(super) fn sizes_from(&self, row: Row<'_>, floors: &[u64]) -> Sizes {
        let mut sizes = floors.to_vec();
        row.cells().for_each(|(file, size)| sizes[file] = size);
        sizes.iter().zip(&self.files).map(|(&size, &(factor, _))| size as f64 * factor).collect()
    }

    /// The sizes of a row with so many bytes more on the side that has less.
    pub(super) fn lifted(&self, sizes: &[f64], bytes: f64) -> Sizes {
        let [before, after] = self.means(sizes);
        let is_lifted = |file: usize| (file < self.before) == (before < after);
        sizes.iter().enumerate().map(|(file, size)| size + if is_lifted(file) { bytes } else { 0.0 }).collect()
    }

    /// Learns from the functions whose bytes have not moved by how much rows scatter, where the spread of several files does not show it.
    pub(super) fn learn<'a>(&mut self, functions: impl Iterator<Item = &'a Sizes>) {
        if self.scatter == Scatter::Spread || self.files.len() > 2 {
            return;
        }
        let mut squares: Vec<f64> = functions
            .filter_map(|sizes| {
                let ([a, b], [c, d]) = (self.sides(sizes), self.estimates(sizes));
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
        if self.scatter == Scatter::Unknown || factor > WILD {
            self.scatter = Scatter::Estimated(factor.max(1.0), EFFICIENCY * squares.len() as f64);
        }
    }

    /// By how much more rows are scattered than sampling and load explain, where that is far more.
    pub(super) fn scatter(&self) -> Option<f64> {
        match self.scatter {
            Scatter::Estimated(factor, _) if factor > WILD => Some(factor),
            _ => None,
        }
    }

    /// What is said of a row that does not stand out: where nearly all differ, that does not make it the same.
    pub(super) fn else_said(&self) -> Verdict {
        match self.is_unknown() || self.scatter().is_some() {
            true => Verdict::Unknown,
            false => Verdict::Noise,
        }
    }

    /// Whether nothing can be said of any row.
    pub(super) fn is_unknown(&self) -> bool {
        self.scatter == Scatter::Unknown
    }

    /// The mean sizes of both sides, with the errors that sampling leaves them.
    fn sides(&self, sizes: &[f64]) -> [Estimate; 2] {
        [0..self.before, self.before..self.files.len()].map(|side| {
            let files = side.len() as f64;
            let sum: f64 = sizes[side.clone()].iter().sum();
            let intervals = self.files[side.clone()].iter().map(|&(_, interval)| interval);
            let variance: f64 = intervals.clone().zip(&sizes[side]).map(|(interval, size)| interval * size).sum();
            let unit = if sum > 0.0 { variance / sum } else { intervals.sum::<f64>() / files };
            Estimate { size: sum / files, unit: unit / files }
        })
    }

    /// The mean sizes of both sides, with all that makes them differ without a change.
    fn estimates(&self, sizes: &[f64]) -> [Estimate; 2] {
        let [mut a, mut b] = self.sides(sizes);
        let factor = if let Scatter::Estimated(factor, _) = self.scatter { factor } else { 1.0 };
        let mean = (a.size + b.size) / 2.0;
        let files = [self.before, self.files.len() - self.before];
        for (side, files) in [&mut a, &mut b].into_iter().zip(files) {
            side.unit = side.unit * factor + RUN_TO_RUN * RUN_TO_RUN * mean / files as f64;
        }
        [a, b]
    }

    /// Mean sizes of both sides.
    pub(super) fn means(&self, sizes: &[f64]) -> [f64; 2] {
        self.sides(sizes).map(|side| side.size)
    }

    /// The standard error of the difference.
    pub(super) fn error(&self, sizes: &[f64]) -> f64 {
        let [a, b] = self.estimates(sizes);
        let by_sampling = (a.size * a.unit + b.size * b.unit).sqrt();
        match self.spreads(sizes) {
            Some(error) => by_sampling.max(error),
            None => by_sampling,
        }
    }

    /// How probable it is that the sides differ by as much without a change.
    pub(super) fn p_value(&self, sizes: &[f64]) -> f64 {
        let [a, b] = self.estimates(sizes);
        let by_sampling = difference(a, b);
        match self.scatter {
            Scatter::Unknown => 1.0,
            Scatter::Estimated(_, freedom) => {
                let error = (a.size * a.unit + b.size * b.unit).sqrt();
                let errors = if error > 0.0 { (a.size - b.size) / error } else { 0.0 };
                by_sampling.max(student(errors, freedom))
            }
            Scatter::None | Scatter::Spread => match self.spreads(sizes) {
                Some(_) => by_sampling.max(welch(&sizes[..self.before], &sizes[self.before..])),
                None => by_sampling,
            },
        }
    }

    /// The standard error of the difference that the spread of several files tells, where it is more than that of sampling.
    fn spreads(&self, sizes: &[f64]) -> Option<f64> {
        let (before, after) = sizes.split_at(self.before);
        let [a, b] = self.sides(sizes);
        let unit = |side: Estimate, files: usize| side.unit * files as f64;
        let improbable = spread(before, unit(a, before.len())).min(spread(after, unit(b, after.len()))) < SPREAD;
        if !improbable && self.scatter != Scatter::Spread {
            return None;
        }
        let of_mean = |values: &[f64]| {
            let (_, squares) = moments(values);
            (values.len() > 1).then(|| squares / (values.len() - 1) as f64 / values.len() as f64)
        };
        let parts: Vec<f64> = [before, after].into_iter().filter_map(of_mean).collect();
        (!parts.is_empty()).then(|| parts.iter().sum::<f64>().sqrt())
    }

    /// The least that the p-value of sizes with this sum can be.
    pub(super) fn least(&self, sizes: &[f64]) -> f64 {
        if self.is_unknown() {
            return 1.0;
        }
        let [a, b] = self.estimates(sizes);
        least_difference(a, b)
    }
}
