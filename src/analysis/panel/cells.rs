//! The sizes of a member, by function or by stack.

use super::adding::Adding;

/// Sizes by row, which are not 0, in the order of the rows. (Pairs of both would take a third more.)
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    rows: Vec<u32>,
    sizes: Vec<u64>,
}

impl Cells {
    /// What was added up, which takes it.
    pub(super) fn of(adding: &mut Adding) -> Self {
        let mut cells = Self::default();
        adding.take(|row, size| {
            cells.rows.push(row as u32);
            cells.sizes.push(size);
        });
        cells.rows.shrink_to_fit();
        cells.sizes.shrink_to_fit();
        cells
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u64)> {
        self.rows.iter().copied().zip(self.sizes.iter().copied())
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}
