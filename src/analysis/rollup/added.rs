//! Files added up one after the other, in any order and by several at once: what a [`RollUp`](super::RollUp) is made of.

use super::BatchFile;
use super::totals::{Sum, Totals};
use crate::profile::{CallFrameTable, CategoryId, FrameId, PackageId};

/// Some files of a batch, added up. Sums do not depend on the order: they are exact, however large.
#[derive(Debug, Default)]
pub struct Added {
    /// With their places in the batch.
    pub(super) files: Vec<(usize, BatchFile)>,
    by_category: Adding,
    by_package: Adding,
    by_function: Adding,
    total_size: u128,
    shown_size: u128,
}

/// Self sizes over some files, by number.
#[derive(Debug, Default)]
struct Adding {
    rows: Vec<Sum>,
    /// The file that was added to a row last, plus 1.
    last: Vec<u32>,
}

impl Added {
    /// Adds a file of which nothing could be read.
    pub fn add_broken(&mut self, place: usize, file: BatchFile) {
        self.files.push((place, file));
    }

    /// Adds a file with the self sizes of its functions, together no more than 2^64 - 1; what it has by category follows from them, and from `class`, which tells package and category of each.
    pub fn add(
        &mut self,
        place: usize,
        mut file: BatchFile,
        functions: &[(FrameId, u64)],
        class: impl Fn(FrameId) -> (PackageId, CategoryId),
    ) {
        let mut by_category = Vec::new();
        let mut shown_size = 0_u64;
        for &(id, size) in functions {
            let (package, category) = class(id);
            let category = usize::from(category.0);
            self.by_function.add(id.0 as usize, size, place);
            self.by_package.add(package.0 as usize, size, place);
            self.by_category.add(category, size, place);
            if by_category.len() <= category {
                by_category.resize(category + 1, 0_u64);
            }
            by_category[category] = by_category[category].saturating_add(size);
            shown_size = shown_size.saturating_add(size);
        }
        self.shown_size += u128::from(shown_size);
        if let Some(profile) = &mut file.profile {
            self.total_size += u128::from(profile.total_size);
            profile.shown_size = shown_size;
            let sizes = (0..).map(CategoryId).zip(by_category);
            profile.by_category = sizes.filter(|&(_, size)| size > 0).collect();
        }
        self.files.push((place, file));
    }

    /// Adds what other files add up to. They are of the same tables.
    pub fn append(&mut self, other: Self) {
        self.by_category.append(&other.by_category);
        self.by_package.append(&other.by_package);
        self.by_function.append(&other.by_function);
        self.total_size += other.total_size;
        self.shown_size += other.shown_size;
        self.files.extend(other.files);
    }

    /// The places of the files.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.files.iter().map(|(place, _)| *place)
    }

    /// The files, and what they add up to; their functions are these frames.
    pub(super) fn finish(self, frames: &CallFrameTable) -> (Vec<(usize, BatchFile)>, Totals) {
        let Self { files, by_category, by_package, by_function, total_size, shown_size } = self;
        let rows = [by_category, by_package, by_function].map(|adding| adding.rows);
        (files, Totals::new(rows, total_size, shown_size, frames))
    }
}

impl Adding {
    fn add(&mut self, row: usize, size: u64, place: usize) {
        if self.rows.len() <= row {
            self.rows.resize(row + 1, Sum::default());
            self.last.resize(row + 1, 0);
        }
        let file = place as u32 + 1;
        let is_new = std::mem::replace(&mut self.last[row], file) != file;
        self.rows[row].add(size, is_new);
    }

    /// Adds what other files have.
    fn append(&mut self, other: &Self) {
        if self.rows.len() < other.rows.len() {
            self.rows.resize(other.rows.len(), Sum::default());
            self.last.resize(other.rows.len(), 0);
        }
        self.rows.iter_mut().zip(&other.rows).for_each(|(sum, other)| sum.append(*other));
    }
}
