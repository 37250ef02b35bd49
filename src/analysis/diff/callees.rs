//! Where a total has changed though no row stands out: in what one function calls.
//!
//! What V8 inlines counts now for a function and now for its caller, so each of them swings from run to run, and with several files a side by more than one of
//! them has changed. The function that calls them all has their bytes below it in every run.

use super::{DiffRow, Verdict};

/// The part of all bytes that is elsewhere at the least: a function that has nearly all of them says no more than the total, unless it is the one of the application that asks for
/// most of its own.
const REST: f64 = 0.05;

/// Where a total has changed: the function whose callees it is (that of the application which has most of what it differs by below it, where it is a package's or Node's), and that of the application
/// that differs by as much as is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Innermost {
    pub(super) any: Option<DiffRow>,
    pub(super) of_application: Option<DiffRow>,
}

/// A function together with all that it calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WithCallees {
    pub(super) row: DiffRow,
    /// How deep it stands in a stack, at most.
    pub(super) depth: usize,
    /// Whether it is of the application, and most of the difference is on stacks without another function of that further in.
    pub(super) is_asking: bool,
}

/// The function with the fewest bytes, with all that it calls, that has changed as the total has, by more than half as much and not by more than the total may have; of equal ones the
/// innermost. What differs by more than all has got bytes from elsewhere, or given some: V8 has inlined it into a caller in one of the runs.
pub(super) fn innermost<'a>(rows: impl IntoIterator<Item = &'a WithCallees>, total: &DiffRow) -> Option<DiffRow> {
    let bytes = |row: &DiffRow| u128::from(row.before) + u128::from(row.after);
    let says_where = |found: &WithCallees| {
        let row = &found.row;
        let (difference, whole) = (row.difference(), total.difference());
        let most = whole.unsigned_abs() + 2 * u128::from(total.standard_error.unwrap_or(0));
        let size = difference.unsigned_abs();
        let is_most = difference.signum() == whole.signum() && 2 * size > whole.unsigned_abs() && size <= most;
        let leaves_rest = (bytes(row) as f64) < (1.0 - REST) * bytes(total) as f64;
        row.verdict == Verdict::Changed && is_most && (leaves_rest || found.is_asking)
    };
    let found = rows.into_iter().filter(|found| says_where(found));
    found.min_by_key(|found| (bytes(&found.row), std::cmp::Reverse(found.depth))).map(|found| found.row)
}

#[cfg(test)]
mod tests {
    use super::super::Subject;
    use super::*;

    #[test]
    fn sizes_of_any_magnitude_are_compared() {
        let row = |subject, before, after| DiffRow {
            subject,
            before,
            after,
            standard_error: Some(1),
            verdict: Verdict::Changed,
        };
        let total = row(Subject::Total, u64::MAX / 2, u64::MAX);
        let found = |depth, before, after| WithCallees {
            row: row(Subject::WithCallees(depth), before, after),
            depth: depth as usize,
            is_asking: false,
        };
        let rows =
            [found(0, u64::MAX / 2, u64::MAX), found(1, 8, u64::MAX / 2), found(2, 8, u64::MAX / 2), found(3, 8, 9)];
        assert_eq!(innermost(&rows, &total), Some(rows[2].row));
        assert_eq!(innermost(&rows[..1], &total), None);
        let asking = WithCallees { is_asking: true, ..rows[0] };
        assert_eq!(innermost([&asking], &total), Some(rows[0].row), "it asks for nearly all itself");
        // All have grown by 1,000 bytes; a function by three times as much was inlined elsewhere before.
        let total = row(Subject::Total, 9_000, 10_000);
        assert_eq!(innermost(&[found(1, 1_000, 4_000)], &total), None);
        assert!(innermost(&[found(1, 1_000, 2_002)], &total).is_some(), "as much, within two standard errors");
    }
}
