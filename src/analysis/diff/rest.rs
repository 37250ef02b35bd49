//! What lists of a comparison leave out.

use super::rows::mean;
use super::{Diff, DiffRow, Verdict};
use crate::analysis::panel::Member;

/// What several rows differ by together, without a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// Rows that differ.
    pub rows: usize,
    /// Bytes by which some have grown.
    pub grown: u64,
    /// Bytes by which others have shrunk.
    pub shrunk: u64,
}

/// Stacks of a side that are not compared: those that are lighter than the [`STACKS`](crate::analysis::panel::STACKS) heaviest of their file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lighter {
    /// How many, in all files of the side.
    pub stacks: u64,
    /// Their bytes; of several files the mean. Scaled where that is wanted.
    pub size: u64,
}

impl Diff<'_> {
    /// What rows without a change differ by: noise, and bytes that moved.
    pub fn rest(rows: &[DiffRow], verdict: Verdict) -> Rest {
        let mut rest = Rest::default();
        for row in rows.iter().filter(|row| row.verdict == verdict && row.difference() != 0) {
            rest.rows += 1;
            rest.grown = rest.grown.saturating_add(row.after.saturating_sub(row.before));
            rest.shrunk = rest.shrunk.saturating_add(row.before.saturating_sub(row.after));
        }
        rest
    }

    /// The stacks before and after that are not among [`Diff::stacks`].
    pub fn lighter(&self) -> [Lighter; 2] {
        let sides = self.sides();
        [(sides[0], 1.0), (sides[1], self.scale.shares)].map(|(files, factor)| {
            let (stacks, sizes): (Vec<u64>, Vec<u64>) = files.iter().map(Member::lighter_stacks).unzip();
            Lighter { stacks: stacks.iter().sum(), size: mean(&sizes, factor) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{compared, panel, samples};
    use super::*;

    #[test]
    fn stacks_that_are_not_known_are_counted_with_their_bytes() {
        let run = |left_out: usize| {
            let mut profile = samples(&[(30, &[("main", "/srv/app/a.js", 3)]), (20, &[("cache", "/srv/app/a.js", 9)])]);
            let stacks = &mut profile.aggregate.stacks;
            stacks.truncate(stacks.len() - left_out);
            profile
        };
        let panel = panel(&[run(0), run(1), run(2), run(0)]);
        let lighter = compared(&panel, 3).lighter();
        assert_eq!(lighter, [Lighter { stacks: 3, size: 11_947 }, Lighter::default()]);
    }
}
