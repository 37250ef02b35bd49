//! Files added up one after the other, in any order and by several at once: what a [`RollUp`](super::RollUp) is made of.

use super::{BatchFile, Over};
use crate::profile::{CategoryId, FrameId, PackageId};

/// Some files of a batch, added up. Sums do not depend on the order.
#[derive(Debug, Default)]
pub struct Added {
    /// With their places in the batch.
    pub(super) files: Vec<(usize, BatchFile)>,
    pub(super) by_category: Sum,
    pub(super) by_package: Sum,
    pub(super) by_function: Sum,
    pub(super) total_size: u64,
    pub(super) shown_size: u64,
}

/// Self sizes over some files, by number.
#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) rows: Vec<Over>,
    /// The file that was added to a row last, plus 1.
    last: Vec<u32>,
}

impl Added {
    /// Adds a file of which nothing could be read.
    pub fn add_broken(&mut self, place: usize, file: BatchFile) {
        self.files.push((place, file));
    }

    /// Adds a file with the self sizes of its functions; what it has by category follows from them, and from `class`, which tells package and category of each.
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
        self.shown_size = self.shown_size.saturating_add(shown_size);
        if let Some(profile) = &mut file.profile {
            self.total_size = self.total_size.saturating_add(profile.total_size);
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
        self.total_size = self.total_size.saturating_add(other.total_size);
        self.shown_size = self.shown_size.saturating_add(other.shown_size);
        self.files.extend(other.files);
    }

    /// The places of the files.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.files.iter().map(|(place, _)| *place)
    }
}

impl Sum {
    fn add(&mut self, row: usize, size: u64, place: usize) {
        if self.rows.len() <= row {
            self.rows.resize(row + 1, Over::default());
            self.last.resize(row + 1, 0);
        }
        let (over, file) = (&mut self.rows[row], place as u32 + 1);
        over.self_size = over.self_size.saturating_add(size);
        over.files += u32::from(std::mem::replace(&mut self.last[row], file) != file);
    }

    /// Adds what other files have.
    fn append(&mut self, other: &Self) {
        if self.rows.len() < other.rows.len() {
            self.rows.resize(other.rows.len(), Over::default());
            self.last.resize(other.rows.len(), 0);
        }
        for (over, other) in self.rows.iter_mut().zip(&other.rows) {
            over.self_size = over.self_size.saturating_add(other.self_size);
            over.files += other.files;
        }
    }

    /// Numbers of the rows that have bytes, the largest first, equal ones as `then` says.
    pub(super) fn ordered(&self, mut then: impl FnMut(usize, usize) -> std::cmp::Ordering) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..self.rows.len()).filter(|&row| self.rows[row].self_size > 0).collect();
        rows.sort_by(|&a, &b| self.rows[b].self_size.cmp(&self.rows[a].self_size).then_with(|| then(a, b)));
        rows
    }
}
