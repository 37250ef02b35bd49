//! What sizes after are multiplied with where shares are compared, and by how much the program as a whole did more or less.
//!
//! Scaled to one total, all differences add up to nothing: whatever grows makes the shares of all others shrink. Those have not given it their bytes. So
//! bytes that moved are looked for at another scale, at which most rows have not changed: that by which half of the bytes that both sides have differ.

use super::rows::mean_sizes;
use crate::analysis::panel::Table;

/// Factors of the sizes after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    /// With this one both sides have one total.
    pub(super) shares: f64,
    /// With this one most rows are as large as before.
    pub(super) most: f64,
}

impl Scale {
    /// Sizes as they are.
    pub(super) const NONE: Self = Self { shares: 1.0, most: 1.0 };

    /// To one total, of which these are the functions; nothing is scaled where a side has no bytes.
    pub(super) fn of_shares(total: &Table, functions: &Table, before: usize) -> Self {
        let [old, new] = mean_sizes(total, 0, before, 1.0);
        if old <= 0.0 || new <= 0.0 {
            return Self::NONE;
        }
        let shares = old / new;
        Self { shares, most: most(functions, before).unwrap_or(shares) }
    }
}

/// The scale at which most functions are as large as before; none where no row is on both sides.
fn most(functions: &Table, before: usize) -> Option<f64> {
    median((0..functions.len()).map(|row| mean_sizes(functions, row, before, 1.0)))
}

/// The median of old to new sizes, of which each counts as many bytes as both sides have; none where no row is on both.
pub(super) fn median(sizes: impl Iterator<Item = [f64; 2]>) -> Option<f64> {
    let mut ratios: Vec<(f64, f64)> =
        sizes.filter(|[old, new]| old.min(*new) > 0.0).map(|[old, new]| (old / new, old.min(new))).collect();
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut left = ratios.iter().map(|(_, bytes)| bytes).sum::<f64>() / 2.0;
    let median = ratios.iter().find(|(_, bytes)| {
        left -= bytes;
        left <= 0.0
    });
    median.map(|&(ratio, _)| ratio)
}
