//! What files add up to, as far as 64 bits hold it. No order in which they were read may show, so nothing is left out before all of them are there.

use std::cmp::{Ordering, Reverse};

use super::Over;
use crate::profile::{CallFrameTable, FrameId};

/// The sum of some sizes, and how many files they are of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    /// Its lower half.
    low: u64,
    /// Its upper half: how often the lower one was full.
    high: u32,
    files: u32,
}

/// Sums over all files. Those by category, by package and by function each add up to what is shown.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) by_category: Vec<Over>,
    pub(super) by_package: Vec<Over>,
    pub(super) by_function: Vec<Over>,
    pub(super) total_size: u64,
    pub(super) shown_size: u64,
    /// Where that is not all: functions that would carry it past 2^64 - 1, which are in no sum.
    pub(super) left_out: Option<usize>,
}

impl Sum {
    /// Adds a size, of a file that has none in it yet if it is `new`.
    #[inline]
    pub(super) fn add(&mut self, size: u64, is_new: bool) {
        self.append(Self { low: size, high: 0, files: u32::from(is_new) });
    }

    /// Adds the sum over other files.
    #[inline]
    pub(super) fn append(&mut self, other: Self) {
        let (low, is_full) = self.low.overflowing_add(other.low);
        *self = Self { low, high: self.high + other.high + u32::from(is_full), files: self.files + other.files };
    }

    fn size(self) -> u128 {
        u128::from(self.high) << u64::BITS | u128::from(self.low)
    }

    fn take_off(&mut self, size: u128) {
        let rest = self.size() - size;
        (self.high, self.low) = ((rest >> u64::BITS) as u32, rest as u64);
    }
}

impl Totals {
    /// Of sums by category, package and function, which each add up to `shown` of `total` bytes; the functions are these frames.
    pub(super) fn new(rows: [Vec<Sum>; 3], total: u128, shown: u128, frames: &CallFrameTable) -> Self {
        let [mut by_category, mut by_package, mut by_function] = rows;
        let most = u128::from(u64::MAX);
        let mut left_out = (total.max(shown) > most).then_some(0);
        let mut is_shown = shown;
        if shown > most {
            let mut room = most;
            for row in ordered(&by_function, |sum| sum.size(), |a, b| frames.compare(FrameId(a), FrameId(b))) {
                let function = by_function[row as usize];
                match room.checked_sub(function.size()) {
                    Some(rest) => room = rest,
                    None => {
                        let (package, category) = frames.class_of(FrameId(row));
                        let (package, category) = (package.0 as usize, usize::from(category.0));
                        for sum in
                            [&mut by_category[category], &mut by_package[package], &mut by_function[row as usize]]
                        {
                            sum.take_off(function.size());
                        }
                        is_shown -= function.size();
                        left_out = left_out.map(|functions| functions + 1);
                    }
                }
            }
        }
        let over = |rows: Vec<Sum>| rows.into_iter().map(|sum| Over { self_size: sum.low, files: sum.files }).collect();
        Self {
            by_category: over(by_category),
            by_package: over(by_package),
            by_function: over(by_function),
            total_size: u64::try_from(is_shown + total.saturating_sub(shown)).unwrap_or(u64::MAX),
            shown_size: is_shown as u64,
            left_out,
        }
    }
}

/// Numbers of the rows that have bytes, the largest first, equal ones as `then` says.
pub(super) fn ordered<T, S: Ord + Default>(
    rows: &[T],
    size: impl Fn(&T) -> S,
    mut then: impl FnMut(u32, u32) -> Ordering,
) -> Vec<u32> {
    let size = |row: u32| size(&rows[row as usize]);
    let mut numbers: Vec<u32> = (0..rows.len() as u32).filter(|&row| size(row) > S::default()).collect();
    numbers.sort_by(|&a, &b| Reverse(size(a)).cmp(&Reverse(size(b))).then_with(|| then(a, b)));
    numbers
}
