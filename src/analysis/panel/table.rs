//! Sizes of rows in the members of a panel; most are 0, and not kept.

use std::collections::BTreeMap;

/// Sizes by row and member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Where the cells of each row begin; one more than there are rows.
    starts: Vec<u32>,
    /// The member of each cell; by row, then by member.
    cell_members: Vec<u32>,
    /// The size of each cell, which is not 0. (Pairs of both would take a third more.)
    cell_sizes: Vec<u64>,
    members: usize,
}

/// The sizes of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    cell_members: &'a [u32],
    cell_sizes: &'a [u64],
    members: usize,
}

impl Table {
    /// A table of the cells that `tell` gives of each member, which are rows, each once, with their sizes. It is asked twice for each, so that nothing is held beside the table.
    pub fn new(rows: usize, members: usize, mut tell: impl FnMut(usize, &mut dyn FnMut(usize, u64))) -> Self {
        let mut starts = vec![0_u32; rows + 1];
        let mut tell_all = |cell: &mut dyn FnMut(usize, u32, u64)| {
            for member in 0..members {
                tell(member, &mut |row, size| {
                    if size > 0 {
                        cell(row, member as u32, size);
                    }
                });
            }
        };
        tell_all(&mut |row, _, _| starts[row + 1] += 1);
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let cells = starts[rows] as usize;
        let (mut cell_members, mut cell_sizes) = (vec![0; cells], vec![0; cells]);
        tell_all(&mut |row, member, size| {
            let at = next[row] as usize;
            (cell_members[at], cell_sizes[at]) = (member, size);
            next[row] += 1;
        });
        Self { starts, cell_members, cell_sizes, members }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of members.
    pub fn members(&self) -> usize {
        self.members
    }

    /// The sizes of a row.
    pub fn row(&self, row: usize) -> Row<'_> {
        let cells = self.starts[row] as usize..self.starts[row + 1] as usize;
        Row {
            cell_members: &self.cell_members[cells.clone()],
            cell_sizes: &self.cell_sizes[cells],
            members: self.members,
        }
    }

    /// All rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.len()).map(|row| self.row(row))
    }

    /// The table in which rows are added up that `group_of` gives the same of `groups` numbers, or none.
    pub fn grouped(&self, groups: usize, group_of: impl Fn(usize, usize) -> Option<usize>) -> Self {
        let mut members = vec![BTreeMap::new(); self.members];
        for (row, sizes) in self.rows().enumerate() {
            for (member, size) in sizes.cells() {
                if let Some(group) = group_of(member, row) {
                    let sum = members[member].entry(group).or_insert(0_u64);
                    *sum = sum.saturating_add(size);
                }
            }
        }
        Self::of(groups, &members)
    }

    /// A table of the sizes by row of each member.
    pub fn of(rows: usize, members: &[BTreeMap<usize, u64>]) -> Self {
        Self::new(rows, members.len(), |member, cell| members[member].iter().for_each(|(&row, &size)| cell(row, size)))
    }
}

impl<'a> Row<'a> {
    /// Its size in a member, bytes.
    pub fn size(&self, member: usize) -> u64 {
        let found = self.cell_members.binary_search_by_key(&member, |&member| member as usize);
        found.map_or(0, |at| self.cell_sizes[at])
    }

    /// Its sizes in all members.
    pub fn sizes(&self) -> Vec<u64> {
        let mut sizes = vec![0; self.members];
        self.cells().for_each(|(member, size)| sizes[member] = size);
        sizes
    }

    /// Members in which its size is not 0, with the size.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = (usize, u64)> + use<'a> {
        self.cell_members.iter().map(|&member| member as usize).zip(self.cell_sizes.iter().copied())
    }

    /// Its sizes in all members, added up.
    pub fn sum(&self) -> u64 {
        self.cell_sizes.iter().copied().fold(0, u64::saturating_add)
    }
}
