//! Roll-ups of profiles made by hand.

use super::*;
use crate::analysis::model::{Entry, Profile};
use crate::analysis::test_support::{Frame, profile};

const READ: Frame<'_> = ("read", "/srv/app/a.js", 3);
const PARSE: Frame<'_> = ("parseJSON", "/srv/node_modules/urllib/index.js", 25);
const QUERY: Frame<'_> = ("query", "/srv/node_modules/mysql2/lib/connection.js", 7);

/// One table of frames for some profiles, with what each adds: in one and in parts that are put together.
fn added_up(profiles: &[Profile], mut check: impl FnMut(&RollUp<'_>)) {
    let mut frames = CallFrameTable::default();
    let entries: Vec<_> = profiles
        .iter()
        .map(|profile| {
            let entry = Entry::of(profile, Some(8));
            let functions: Vec<_> =
                entry.functions.iter().map(|&(id, size)| (frames.adopt(entry.frames, id), size)).collect();
            (entry, functions)
        })
        .collect();
    let categories = profiles[0].aggregate.categories.clone();
    for parts in [1, 2, 3] {
        let mut sums: Vec<Added> = (0..parts).map(|_| Added::default()).collect();
        // By turns, and the last one first.
        for (i, (entry, functions)) in entries.iter().enumerate().rev() {
            sums[i % parts].add(i, file(i, entry), functions, |id| frames.class_of(id));
        }
        let mut all = Added::default();
        sums.into_iter().for_each(|part| all.append(part));
        check(&RollUp::new(&categories, &frames, all));
    }
}

/// A file of a batch.
fn file(number: usize, entry: &Entry<'_>) -> BatchFile {
    BatchFile {
        name: format!("{number}"),
        bytes: 100,
        report: None,
        cpu: None,
        cpu_problem: None,
        cpu_instead: None,
        problem: None,
        profile: Some(Box::new(BatchProfile {
            file: FileInfo { complete: true, ..entry.file.clone() },
            sampling: entry.sampling,
            objects: entry.objects,
            total_size: entry.functions.iter().map(|(_, size)| size).sum(),
            shown_size: 0,
            by_category: Box::default(),
        })),
        same_as: None,
    }
}

#[test]
fn rows_of_all_files_are_added_up() {
    let first = profile(&[(80, vec![READ]), (400, vec![READ, PARSE]), (8, vec![PARSE])], &[]);
    let second = profile(&[(100, vec![QUERY]), (800, vec![PARSE])], &[QUERY]);
    added_up(&[first, second], |roll_up| {
        assert_eq!((roll_up.total_size(), roll_up.shown_size()), (1388, 1388));
        let over = |self_size, files| Over { self_size, files };
        let functions: Vec<_> =
            roll_up.functions().into_iter().map(|(id, over)| (roll_up.function(id, over).name, over)).collect();
        assert_eq!(functions, [("parseJSON", over(1208, 2)), ("query", over(100, 1)), ("read", over(80, 1))]);
        let packages: Vec<_> = roll_up.packages().into_iter().map(|(name, _, over)| (name, over)).collect();
        assert_eq!(packages, [("urllib", over(1208, 2)), ("mysql2", over(100, 1)), ("(app)", over(80, 1))]);
        let categories: Vec<_> =
            roll_up.categories().into_iter().map(|(category, over)| (&*category.id, over)).collect();
        assert_eq!(categories, [("json-parsing", over(1208, 2)), ("mysql", over(100, 1)), ("app", over(80, 1))]);
        assert_eq!(roll_up.largest(), [1, 0]);
        assert_eq!(roll_up.outliers(), []);
    });
}

#[test]
fn files_far_from_the_others_are_found() {
    let usual = |i: u64| profile(&[(10_000 + 100 * i, vec![READ]), (90_000, vec![PARSE])], &[]);
    let mut profiles: Vec<Profile> = (0..9).map(usual).collect();
    // Twice the size, in the same parts; and the usual size, in others.
    profiles.push(profile(&[(20_800, vec![READ]), (180_000, vec![PARSE])], &[]));
    profiles.push(profile(&[(40_000, vec![READ]), (60_000, vec![PARSE])], &[]));
    added_up(&profiles, |roll_up| {
        let found: Vec<_> = roll_up
            .outliers()
            .iter()
            .map(|outlier| match outlier.measure {
                Measure::TotalSize(size, median) => (outlier.file, "total", size, median),
                Measure::CategoryShare(id, share, median) => {
                    (outlier.file, &*roll_up.category(id).id, share.in_units_of(1000), median.in_units_of(100))
                }
            })
            .collect();
        assert_eq!(found.len(), 3);
        for expected in [(9, "total", 200_800, 100_400), (10, "app", 400, 10), (10, "json-parsing", 600, 90)] {
            assert!(found.contains(&expected), "{found:?}");
        }
    });
    let few: Vec<Profile> = profiles.into_iter().skip(4).collect();
    added_up(&few[..7], |roll_up| assert_eq!(roll_up.outliers(), [], "seven files do not tell what is usual"));
}

#[test]
fn shares_that_swing_make_no_outliers() {
    // Sixteen alike. Then two with another large category each, which is a dump in eight at most; and a third.
    let with = |own: Frame<'_>| profile(&[(10_000, vec![own]), (20_000, vec![PARSE])], &[]);
    let usual = |_| profile(&[(1_000, vec![READ]), (29_000, vec![PARSE])], &[]);
    let mut profiles: Vec<Profile> = (0..16).map(usual).collect();
    profiles.extend([with(QUERY), with(("main", "node:internal/main", 1))]);
    let far = |profiles: &[Profile]| {
        let mut far = Vec::new();
        added_up(profiles, |roll_up| {
            far = roll_up.outliers().iter().map(|outlier| outlier.file).collect();
            far.sort_unstable();
            far.dedup();
        });
        far
    };
    assert_eq!(far(&profiles), [16, 17]);
    profiles.push(with(READ));
    assert_eq!(far(&profiles), [0; 0], "three of nineteen, if in a category each");
}

#[test]
fn noise_of_the_sampling_makes_no_outlier() {
    // Sizes that are alike but for one, by less than its own error.
    let sized = |size: u64| profile(&[(size, vec![READ])], &[]);
    let mut profiles: Vec<Profile> = (0..9).map(|_| sized(1000)).collect();
    profiles.push(sized(1600));
    let far = |interval: u64| {
        let mut usual = 0;
        added_up(&profiles, |roll_up| {
            let mut added = Added::default();
            for (i, profile) in profiles.iter().enumerate() {
                let entry = Entry::of(profile, Some(interval));
                let profile = BatchProfile {
                    file: FileInfo { complete: true, ..entry.file.clone() },
                    sampling: entry.sampling,
                    objects: entry.objects,
                    total_size: profile.aggregate.total_size,
                    shown_size: 0,
                    by_category: Box::default(),
                };
                let file = BatchFile {
                    name: i.to_string(),
                    bytes: 1,
                    report: None,
                    cpu: None,
                    cpu_problem: None,
                    cpu_instead: None,
                    problem: None,
                    profile: Some(Box::new(profile)),
                    same_as: None,
                };
                added.add(i, file, &[], |_| unreachable!("it has no functions"));
            }
            let roll_up = RollUp::new(roll_up.categories, roll_up.frames, added);
            usual = roll_up.outliers().len();
        });
        usual
    };
    assert_eq!([far(1), far(10), far(100)], [1, 0, 0]);
}

#[test]
fn live_objects_and_all_that_were_allocated_are_not_added_up_without_a_word() {
    let sizes = [4000, 5000, 6000, 7];
    let profiles = sizes.map(|size| profile(&[(size, vec![READ])], &[]));
    let warned = |kinds: [Objects; 4]| {
        let mut warned = None;
        added_up(&profiles, |roll_up| {
            let mut added = Added::default();
            for ((i, profile), which) in profiles.iter().enumerate().zip(kinds) {
                let entry = Entry::of(profile, Some(8));
                let mut file = file(i, &entry);
                file.profile.iter_mut().for_each(|profile| profile.objects.which = which);
                added.add(i, file, &[], |_| unreachable!("it has no functions"));
            }
            let again = RollUp::new(roll_up.categories, roll_up.frames, added);
            warned = again
                .warnings()
                .into_iter()
                .next()
                .map(|warning| (warning.message, warning.share.map(|share| share.in_units_of(100))));
        });
        warned
    };
    use Objects::{All, Live, Unknown};
    let (message, share) = warned([Live, All, Live, Unknown]).expect("a warning");
    // The largest of each kind.
    assert!(message.starts_with("2 has live objects only, 1 all that were allocated "), "{message}");
    assert_eq!(share, Some(33));
    assert_eq!(warned([Live, Live, Live, Unknown]), None);
    assert_eq!(warned([All, Unknown, All, All]), None);
    assert_eq!(warned([Live, Live, Live, All]), None, "a dump that does not matter");
}
