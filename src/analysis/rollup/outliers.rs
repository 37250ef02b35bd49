//! Files that are far from the others: in their total size, or in a category's share.
//!
//! The middle is the median of all files that were read to their end, the scale 1.4826 times the median distance from it (which is one standard deviation where they are spread normally),
//! or the file's own sampling error where that is more. A file is far if it is more than five scales away, and by a difference that matters: half of the median, or ten percent points.
//! Where more than an eighth of the files would be, in one thing or in the shares of all categories together, they are another kind of files, or such
//! shares swing: then none is told.

use std::collections::HashSet;

use super::RollUp;
use crate::analysis::model::{Sampling, Share};
use crate::profile::CategoryId;

/// Files below which there is no telling what is usual.
const FEWEST: usize = 8;
/// The sampling interval that is assumed where none is known, so that noise makes no outlier: V8's own.
const UNKNOWN: u64 = 512 << 10;
/// Scales from the median.
const FAR: f64 = 5.0;
/// From a median distance to a standard deviation.
const DEVIATION: f64 = 1.4826;
/// Of so many files one may be far.
const RARE: usize = 8;
/// The least difference of a share that matters.
const LEAST_SHARE: f64 = 0.1;

/// A file that is far from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    /// Its place among the files.
    pub file: usize,
    /// In what.
    pub measure: Measure,
    /// How many scales from the median it is.
    pub scales: f64,
}

/// What a file is far from the others in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// Its total size, with the median of all files.
    TotalSize(u64, u64),
    /// A category's share of it, with the median of all files.
    CategoryShare(CategoryId, Share, Share),
}

/// All of them, the farthest first.
pub(super) fn find(roll_up: &RollUp<'_>) -> Vec<Outlier> {
    let files: Vec<_> = roll_up.profiles().filter(|(_, profile)| profile.file.complete).collect();
    if files.len() < FEWEST {
        return Vec::new();
    }
    let error = |sampling: &Sampling, size: u64| {
        let interval = sampling.longest().unwrap_or(UNKNOWN);
        let known = Sampling { interval: Some(interval), ..*sampling };
        known.standard_error(size).unwrap_or(0) as f64
    };
    let mut found = Vec::new();

    let sizes: Vec<f64> = files.iter().map(|(_, profile)| profile.total_size as f64).collect();
    let usual = Usual::of(&sizes);
    let mut far = Vec::new();
    for (&size, (file, profile)) in sizes.iter().zip(&files) {
        if (size - usual.median).abs() < usual.median / 2.0 {
            continue;
        }
        let scales = usual.scales(size, error(&profile.sampling, profile.total_size));
        if scales > FAR {
            let measure = Measure::TotalSize(profile.total_size, usual.median as u64);
            far.push(Outlier { file: *file, measure, scales });
        }
    }
    take(&mut found, far, files.len());

    let mut in_shares = Vec::new();
    for number in 0..roll_up.categories.len() {
        let category = CategoryId(number as u16);
        if roll_up.sums.by_category.get(number).is_none_or(|over| over.self_size == 0) {
            continue;
        }
        let share = |size: u64, whole: u64| if whole == 0 { 0.0 } else { size as f64 / whole as f64 };
        let shares: Vec<f64> =
            files.iter().map(|(_, profile)| share(profile.in_category(category), profile.total_size)).collect();
        let usual = Usual::of(&shares);
        let mut far = Vec::new();
        for (&of_file, (file, profile)) in shares.iter().zip(&files) {
            // Most are not: their errors are not asked for.
            if (of_file - usual.median).abs() < LEAST_SHARE {
                continue;
            }
            let whole = profile.total_size;
            let size = profile.in_category(category);
            // Of a share of nothing, what one sample would make.
            let least = profile.sampling.longest().unwrap_or(UNKNOWN).max(size);
            let own = if whole == 0 { f64::INFINITY } else { error(&profile.sampling, least) / whole as f64 };
            let scales = usual.scales(of_file, own);
            if scales > FAR {
                let median = Share::of((usual.median * 1e6).round() as u64, 1_000_000);
                let measure = Measure::CategoryShare(category, Share::of(size, whole), median);
                far.push(Outlier { file: *file, measure, scales });
            }
        }
        take(&mut in_shares, far, files.len());
    }
    take(&mut found, in_shares, files.len());
    found.sort_by(|a, b| b.scales.total_cmp(&a.scales).then(a.file.cmp(&b.file)));
    found
}

/// Takes those that are far, where they are few of all files.
fn take(found: &mut Vec<Outlier>, far: Vec<Outlier>, files: usize) {
    let who: HashSet<usize> = far.iter().map(|outlier| outlier.file).collect();
    if who.len() * RARE <= files {
        found.extend(far);
    }
}

/// What is usual.
struct Usual {
    median: f64,
    deviation: f64,
}

impl Usual {
    fn of(values: &[f64]) -> Self {
        let median = median(values.to_vec());
        let deviation = DEVIATION * self::median(values.iter().map(|value| (value - median).abs()).collect());
        Self { median, deviation }
    }

    /// How many scales from the median a value is, whose own error is this.
    fn scales(&self, value: f64, error: f64) -> f64 {
        // Where all are alike any difference would be far: a hundredth of the median is not.
        let scale = self.deviation.max(error).max(self.median / 100.0).max(f64::MIN_POSITIVE);
        ((value - self.median).abs() / scale).min(1e6)
    }
}

/// The middle value; of an even number the mean of the middle two.
fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    let is_odd = values.len() % 2 == 1;
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    match below.iter().copied().max_by(f64::total_cmp) {
        Some(lower) if !is_odd => f64::midpoint(lower, upper),
        _ => upper,
    }
}
