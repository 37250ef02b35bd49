//! What the runs of one version of a program allocate, in few rows: what a gate compares, and what is committed as its baseline.
//!
//! Rows are told by what stays the same from one machine and one day to another: ids of categories, names of packages (in all versions), and of functions
//! the name and the place within their package or the last two parts of their path, without a line. Sizes are those of one run: the mean, where there are
//! several, with the error of that mean. docs/check.md has the format.

mod gather;
mod read;
#[cfg(test)]
mod tests;

use super::likeness::Capture;
use super::model::Objects;
use super::sampling::{IntervalSource, Sampling};
use crate::profile::Dialect;

/// Rows of packages and of functions that a baseline keeps at most.
const ROWS: usize = 50;

/// What some runs of a program allocate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Runs, each with a file.
    pub files: u32,
    /// The sampling interval; of runs with several ones the longest, none where one is not known.
    pub interval: Option<u64>,
    /// Where it is not known: the longest that it can be by the sizes of the runs, of several the longest; none where nothing tells that.
    pub interval_at_most: Option<u64>,
    /// Who wrote the files, where that is the same for all.
    pub writer: Option<Dialect>,
    /// Which objects are in the files, where that is the same for all.
    pub objects: Objects,
    /// Whether code of a run is minified or bundled and was not taken to its sources, so that functions, packages and categories are those of what a tool has left.
    pub minified: bool,
    /// All bytes.
    pub total: Figures,
    /// By category.
    pub categories: Rows,
    /// Ids of categories that were called otherwise when it was written: the rows have those of today.
    pub former: Vec<String>,
    /// By package.
    pub packages: Rows,
    /// By function.
    pub functions: Rows,
}

/// The size of something in one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Bytes: the mean of the runs.
    pub size: u64,
    /// The standard error of it: that of the sampling (by the longest interval that there can be, where it is not known) or that by which runs differ, whichever is larger; none where neither is known.
    pub standard_error: Option<u64>,
    /// The part of it by which runs differ, where that is less than the sampling's.
    pub spread: Option<u64>,
    /// Samples that it rests on, in all runs together; none where the interval is not known.
    pub samples: Option<u64>,
    /// What each of the runs has at least, where they are at hand: a baseline does not tell.
    pub least: Option<u64>,
}

/// Rows of one kind, sorted by name and place; all of them have bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<SummaryRow>,
    /// What those that were left out have at most, each; 0 where none was.
    pub left_out: u64,
}

/// A row with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    /// Id of a category, name of a package or of a function; cut to 200 characters.
    pub name: String,
    /// Where a function stands; empty for others.
    pub place: String,
    /// Its size.
    pub figures: Figures,
}

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A category.
    Category,
    /// A package.
    Package,
    /// A function.
    Function,
}

impl Figures {
    /// Several rows as one. Their errors are of different samples.
    pub(super) fn sum(rows: &[&SummaryRow]) -> Self {
        let add = |value: fn(&Self) -> Option<u64>| {
            rows.iter().map(|row| value(&row.figures)).try_fold(0_u64, |sum, value| Some(sum.saturating_add(value?)))
        };
        let error = |of: fn(&Self) -> Option<u64>| {
            let squares = rows.iter().map(|row| of(&row.figures).map(|error| (error as f64).powi(2)));
            squares.sum::<Option<f64>>().map(|squares| squares.sqrt().round() as u64)
        };
        Self {
            size: add(|figures| Some(figures.size)).unwrap_or(0),
            standard_error: error(|figures| figures.standard_error),
            spread: error(Self::spread).filter(|_| rows.iter().any(|row| row.figures.spread.is_some())),
            samples: add(|figures| figures.samples),
            least: add(|figures| figures.least),
        }
    }

    /// The standard error by which runs differ, as far as it is known: not more than this.
    pub(super) fn spread(&self) -> Option<u64> {
        self.spread.or(self.standard_error)
    }
}

impl RowKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Category, Self::Package, Self::Function];

    /// The name used in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Package => "package",
            Self::Function => "function",
        }
    }
}

impl Summary {
    /// The rows of a kind.
    pub fn rows(&self, kind: RowKind) -> &Rows {
        match kind {
            RowKind::Category => &self.categories,
            RowKind::Package => &self.packages,
            RowKind::Function => &self.functions,
        }
    }

    /// The sampling interval, or where it is not known the longest that it can be.
    pub fn longest_interval(&self) -> Option<u64> {
        self.interval.or(self.interval_at_most)
    }

    /// What is known of the interval.
    pub(super) fn sampling(&self) -> Sampling {
        let source = if self.interval.is_some() { IntervalSource::Given } else { IntervalSource::Unknown };
        Sampling { interval: self.interval, source, candidate: self.interval_at_most }
    }

    /// How the runs were captured, which a file of this name tells.
    pub(super) fn capture<'a>(&self, name: &'a str) -> Capture<'a> {
        Capture { name, writer: self.writer, interval: self.interval, objects: self.objects }
    }

    /// The same with few enough rows to be committed: all categories, packages from a thousandth of the bytes and functions from a hundredth.
    pub fn shortened(mut self) -> Self {
        self.packages.shorten(self.total.size.div_ceil(1000));
        self.functions.shorten(self.total.size.div_ceil(100));
        self
    }
}

impl Rows {
    /// The row with this name and place.
    pub fn get(&self, name: &str, place: &str) -> Option<&SummaryRow> {
        let found = self.rows.binary_search_by(|row| (&*row.name, &*row.place).cmp(&(name, place)));
        found.ok().map(|at| &self.rows[at])
    }

    /// Leaves out what is smaller than `least`, and the smallest of what is too much.
    fn shorten(&mut self, least: u64) {
        let mut sizes: Vec<u64> = self.rows.iter().map(|row| row.figures.size).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        // Of rows of equal size all are kept or none.
        let first_too_much = sizes.get(ROWS).map_or(0, |&size| size + 1);
        let least = least.max(first_too_much);
        self.left_out = sizes.iter().copied().find(|&size| size < least).unwrap_or(0).max(self.left_out);
        self.rows.retain(|row| row.figures.size >= least);
    }
}
