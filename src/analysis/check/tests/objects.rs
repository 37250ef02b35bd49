//! Runs of live objects only against all that were allocated.

use super::*;

#[test]
fn live_objects_within_a_limit_of_all_objects_tell_nothing() {
    use Objects::{All, Live, Unknown};
    const BYTES: u64 = 100 * R;
    // Rule, objects of the runs and of the baseline, bytes now: whether it is said that they are not alike.
    let table: [(&str, &[Objects], Objects, u64, bool); 10] = [
        ("total +60%", &[Live], All, BYTES, true),
        ("total +60%", &[Live, Live], All, BYTES / 2, true),
        ("total +60%", &[Live], Live, BYTES, false),
        ("total +60%", &[Live], Unknown, BYTES, false),
        ("total +60%", &[Unknown], All, BYTES, false),
        // If all of them are within the limit, so are those that live.
        ("total +60%", &[All], Live, BYTES, false),
        // One of the runs makes the mean smaller.
        ("total +60%", &[Live, All], Unknown, BYTES, true),
        ("total < 1GiB", &[Live, All], Unknown, BYTES, true),
        // A limit in bytes is none of the baseline's.
        ("total < 1GiB", &[Live], All, BYTES, false),
        // What lives is more than may have been allocated.
        ("total +60%", &[Live], All, 10 * BYTES, false),
    ];
    for (rule, objects, of_baseline, bytes, is_said) in table {
        let rules = [CheckRule::parse(rule).unwrap()];
        let (panel, now) = (runs(true, bytes, objects), summary(Some(R), &vec![bytes; objects.len()], &[]));
        let before = Summary { objects: of_baseline, ..summary(Some(R), &[BYTES], &[]) };
        let subjects = Subjects { runs: &panel, now: &now, before: Some(("b.toml", &before)) };
        let case = format!("{rule} {objects:?} {of_baseline:?} {bytes}");
        for is_strict in [false, true] {
            let check = Check::new(&rules, subjects, is_strict).unwrap();
            let outcome = &check.outcomes[0];
            assert_eq!(outcome.blocker.map(Blocker::name) == Some("objects-differ"), is_said, "{case}");
            let expected = match (bytes > BYTES, is_said) {
                (true, _) => Verdict::Fail,
                (false, true) => Verdict::Inconclusive,
                (false, false) => Verdict::Pass,
            };
            assert_eq!(outcome.verdict, expected, "{case}");
            assert_eq!(check.is_passed(), expected == Verdict::Pass || (is_said && !is_strict), "{case}");
        }
    }
}
