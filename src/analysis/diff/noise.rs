//! What the sizes of a row in the files of both sides may differ by without a change: what is known of that for one comparison.

use super::judge::Verdict;
use crate::analysis::doctor::Objects;
use crate::analysis::likeness::collects_garbage;
use crate::analysis::noise::{LEVEL, Measured, Scatter};
use crate::analysis::panel::{Member, Row};
use crate::analysis::significance::Runs;

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
    /// Whether all that was allocated is in the files: what a program holds at a moment does not count there.
    is_of_all: bool,
}

impl Noise {
    /// The noise of these files, of which `before` are before; `None` where a sampling interval is not known. Sizes after are multiplied with `factor`.
    pub(super) fn new(members: &[Member], before: usize, factor: f64) -> Option<Self> {
        let files = members.iter().enumerate().map(|(place, member)| {
            let factor = if place < before { 1.0 } else { factor };
            Some((factor, member.sampling.interval? as f64 * factor))
        });
        let files = files.collect::<Option<Vec<_>>>()?;
        let collect_garbage = members.iter().all(|member| collects_garbage(member.file.dialect));
        let scatter = Scatter::of(members.len(), collect_garbage);
        let is_of_all = collect_garbage && members.iter().all(|member| member.objects.which == Objects::All);
        Some(Self { before, files, scatter, is_of_all })
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
        if self.files.len() <= 2 && !self.is_of_all {
            let mut scatter = self.scatter;
            scatter.learn(functions.map(|sizes| self.sides(sizes)));
            self.scatter = scatter;
        }
    }

    /// By how much more rows are scattered than sampling and load explain, where that is far more.
    pub(super) fn scatter(&self) -> Option<f64> {
        self.scatter.if_wild()
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

    /// The sizes of both sides.
    fn sides(&self, sizes: &[f64]) -> [Measured; 2] {
        [0..self.before, self.before..self.files.len()].map(|side| {
            let runs = Runs::of(&sizes[side.clone()]);
            let intervals = self.files[side.clone()].iter().map(|&(_, interval)| interval);
            let sum: f64 = sizes[side.clone()].iter().sum();
            let variance: f64 = intervals.clone().zip(&sizes[side]).map(|(interval, size)| interval * size).sum();
            let unit = if sum > 0.0 { variance / sum } else { intervals.sum::<f64>() / runs.count as f64 };
            Measured { runs, unit }
        })
    }

    /// Mean sizes of both sides.
    pub(super) fn means(&self, sizes: &[f64]) -> [f64; 2] {
        self.sides(sizes).map(|side| side.runs.mean)
    }

    /// The standard error of the difference.
    pub(super) fn error(&self, sizes: &[f64]) -> f64 {
        self.scatter.error(self.sides(sizes))
    }

    /// How probable it is that the sides differ by as much without a change.
    pub(super) fn p_value(&self, sizes: &[f64]) -> f64 {
        self.scatter.p_value(self.sides(sizes))
    }

    /// Whether one side is more than so many times as large as the other, beyond all that sampling and load explain, however far rows are scattered.
    pub(super) fn is_times_apart(&self, sizes: &[f64], times: f64) -> bool {
        let [before, after] = self.means(sizes);
        let times = if after < before { times } else { 1.0 / times };
        let scaled = Self { scatter: Scatter::None, ..self.scaled(times) };
        let sizes = self.scaled_sizes(sizes, times);
        let [old, new] = scaled.means(&sizes);
        (new < old) == (after < before) && old != new && scaled.p_value(&sizes) <= LEVEL
    }

    /// The least that the p-value of sizes with this sum can be.
    pub(super) fn least(&self, sizes: &[f64]) -> f64 {
        self.scatter.least_p_value(self.sides(sizes))
    }
}
