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

/// The part of a difference below which nobody asks what else has changed with it.
const MORE: f64 = 0.1;

/// The function with the fewest bytes, with all that it calls, that has changed as the total has, by more than half as much and not by more than the total may have; of equal ones the
/// innermost. What differs by more than all has got bytes from elsewhere, or given some: V8 has inlined it into a caller in one of the runs. Where all else below one further out has
/// changed as well, and as much for its size, it is that one: it runs more often.
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
    let mut found: Vec<&WithCallees> = rows.into_iter().filter(|found| says_where(found)).collect();
    found.sort_by_key(|found| (bytes(&found.row), std::cmp::Reverse(found.depth)));
    let rows = found.into_iter().map(|found| found.row);
    rows.reduce(|inner, outer| if changes_as_a_whole(&inner, &outer) { outer } else { inner })
}

/// Whether what a row has beside a part of it has changed by more than chance, and for its size by half as much as that part at the least.
fn changes_as_a_whole(part: &DiffRow, whole: &DiffRow) -> bool {
    let beside = |of: fn(&DiffRow) -> f64| of(whole) - of(part);
    let size = |row: &DiffRow| row.difference() as f64;
    // Errors of what is apart add up in squares.
    let error = |row: &DiffRow| row.standard_error.unwrap_or(0) as f64;
    let chance = (error(whole).powi(2) - error(part).powi(2)).max(0.0).sqrt();
    let more = beside(|row| row.difference() as f64) * size(part).signum();
    let is_more = more > (2.0 * chance).max(MORE * size(whole).abs());
    let before = beside(|row| row.before as f64).max(0.0);
    is_more && 2.0 * more * part.before as f64 >= size(part).abs() * before
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

    #[test]
    fn what_runs_more_often_is_told_of_the_function_that_does() {
        let row = |subject, before, after| DiffRow {
            subject,
            before,
            after,
            standard_error: Some(10),
            verdict: Verdict::Changed,
        };
        let total = row(Subject::Total, 10_000, 11_800);
        let found = |depth, before, after| WithCallees {
            row: row(Subject::WithCallees(depth), before, after),
            depth: depth as usize,
            is_asking: false,
        };
        let place = |outer: WithCallees| innermost(&[outer, found(2, 1_300, 2_600)], &total).map(|row| row.subject);
        // All of it has doubled; hardly more than a part has; as much more, but of far more that is as it was.
        assert_eq!(place(found(1, 1_800, 3_600)), Some(Subject::WithCallees(1)));
        assert_eq!(place(found(1, 1_800, 3_150)), Some(Subject::WithCallees(2)));
        assert_eq!(place(found(1, 6_800, 8_600)), Some(Subject::WithCallees(2)));
        // What is gone.
        let total = row(Subject::Total, 11_800, 10_000);
        let gone = [found(1, 1_800, 0), found(2, 1_300, 0)];
        assert_eq!(innermost(&gone, &total).map(|row| row.subject), Some(Subject::WithCallees(1)));
    }
}
