//! Sizes of rows in the members of a panel; most are 0, and not kept.

/// Sizes by row and member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Where the cells of each row begin; one more than there are rows.
    starts: Vec<u32>,
    /// Member and size, which is not 0; by row, then by member.
    cells: Vec<(u32, u64)>,
    members: usize,
}

/// The sizes of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    cells: &'a [(u32, u64)],
    members: usize,
}

impl Table {
    /// A table of the cells of each member: rows, which differ, with their sizes.
    pub fn new(rows: usize, members: Vec<Vec<(usize, u64)>>) -> Self {
        let mut starts = vec![0_u32; rows + 1];
        let cells = || {
            members
                .iter()
                .zip(0_u32..)
                .flat_map(|(cells, member)| cells.iter().map(move |&(row, size)| (row, member, size)))
        };
        for (row, _, _) in cells().filter(|&(_, _, size)| size > 0) {
            starts[row + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut placed = vec![(0, 0); starts[rows] as usize];
        for (row, member, size) in cells().filter(|&(_, _, size)| size > 0) {
            placed[next[row] as usize] = (member, size);
            next[row] += 1;
        }
        Self { starts, cells: placed, members: members.len() }
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
        Row { cells: &self.cells[cells], members: self.members }
    }

    /// All rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.len()).map(|row| self.row(row))
    }

    /// The table in which rows are added up that `group_of` gives the same of `groups` numbers.
    pub fn grouped(&self, groups: usize, group_of: impl Fn(usize) -> usize) -> Self {
        let mut members = vec![Vec::new(); self.members];
        for (row, sizes) in self.rows().enumerate() {
            let group = group_of(row);
            sizes.cells.iter().for_each(|&(member, size)| members[member as usize].push((group, size)));
        }
        Self::new(groups, members.into_iter().map(super::added_up).collect())
    }
}

impl<'a> Row<'a> {
    /// Its size in a member, bytes.
    pub fn size(&self, member: usize) -> u64 {
        let found = self.cells.binary_search_by_key(&member, |&(member, _)| member as usize);
        found.map_or(0, |at| self.cells[at].1)
    }

    /// Its sizes in all members.
    pub fn sizes(&self) -> Vec<u64> {
        let mut sizes = vec![0; self.members];
        self.cells.iter().for_each(|&(member, size)| sizes[member as usize] = size);
        sizes
    }

    /// Members in which its size is not 0, with the size.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = (usize, u64)> + use<'a> {
        self.cells.iter().map(|&(member, size)| (member as usize, size))
    }

    /// Its sizes in all members, added up.
    pub fn sum(&self) -> u64 {
        self.cells.iter().map(|&(_, size)| size).fold(0, u64::saturating_add)
    }
}
