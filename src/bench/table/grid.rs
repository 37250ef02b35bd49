//! Rows of text under titles, aligned; without the columns for which a line has no room.

use unicode_width::UnicodeWidthStr;

/// Between two columns.
const GAP: &str = "  ";

pub(super) struct Column {
    pub(super) title: &'static str,
    /// Whether its texts end below one another, as numbers do.
    pub(super) right: bool,
    /// Columns of the highest rank are left out first; those of rank 0 never.
    pub(super) rank: u8,
}

pub(super) struct Grid<const N: usize> {
    pub(super) columns: [Column; N],
    pub(super) rows: Vec<[String; N]>,
}

impl<const N: usize> Grid<N> {
    /// The titles and the rows in at most `width` columns of the terminal, if the columns of rank 0 fit.
    pub(super) fn lines(&self, width: usize) -> Vec<String> {
        let titles = self.columns.each_ref().map(|column| column.title.to_owned());
        let widths = std::array::from_fn::<usize, N, _>(|i| {
            self.rows.iter().chain([&titles]).map(|row| row[i].width()).max().unwrap_or(0)
        });
        let mut kept: Vec<usize> = (0..N).collect();
        loop {
            let taken = kept.iter().map(|&i| widths[i] + GAP.len()).sum::<usize>().saturating_sub(GAP.len());
            let highest = kept.iter().map(|&i| self.columns[i].rank).max().unwrap_or(0);
            if taken <= width || highest == 0 {
                break;
            }
            kept.retain(|&i| self.columns[i].rank < highest);
        }
        let cell = |row: &[String; N], i: usize| {
            let spaces = " ".repeat(widths[i] - row[i].width());
            if self.columns[i].right { spaces + &row[i] } else { row[i].clone() + &spaces }
        };
        let line = |row: &[String; N]| kept.iter().map(|&i| cell(row, i)).collect::<Vec<_>>().join(GAP);
        [&titles].into_iter().chain(&self.rows).map(|row| line(row).trim_end().to_owned()).collect()
    }
}
