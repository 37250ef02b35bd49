//! Comparisons of profiles made by hand; sampled every 512 bytes.

use super::*;
use crate::analysis::model::{Profile, Sampling};
use crate::analysis::test_support::{Frame, profile};
use crate::profile::Dialect;

const MAIN: Frame<'_> = ("main", "/srv/app/a.js", 3);
const CACHE: Frame<'_> = ("cache", "/srv/app/a.js", 40);
const PARSE: Frame<'_> = ("parse", "", 0);
const LEAK: Frame<'_> = ("leak", "/srv/app/a.js", 90);
const QUERY: Frame<'_> = ("query", "/srv/node_modules/pg/lib/client.js", 7);

/// A profile of these samples.
pub(super) fn samples(nodes: &[(u64, &[Frame<'_>])]) -> Profile {
    let nodes: Vec<_> = nodes.iter().map(|(count, path)| (count * 512, path.to_vec())).collect();
    let mut profile = profile(&nodes, &[]);
    profile.file.dialect = Dialect::Inspector;
    profile
}

pub(super) fn panel(profiles: &[Profile]) -> Panel {
    let mut panel = Panel::new(&profiles[0].aggregate.categories);
    for profile in profiles {
        panel.add(profile, Some(512));
    }
    panel
}

pub(super) fn compared(panel: &Panel, before: usize) -> Diff<'_> {
    Diff::new(panel, DiffOptions { before, normalise: false })
}

/// The rows of a change by name.
pub(super) fn names(diff: &Diff<'_>, change: &Change) -> Vec<String> {
    let name = |row: &DiffRow| match row.subject {
        Subject::Total => "total".to_owned(),
        Subject::Category(row) => diff.category(row).id.clone(),
        Subject::Package(row) => diff.package(row).to_owned(),
        Subject::Function(row) => diff.function(row).name.to_owned(),
        Subject::WithCallees(row) => format!("{} …", diff.function(row).name),
        Subject::Stack(row) => diff.stack(row).iter().map(|&id| diff.call_frame(id).name).collect::<Vec<_>>().join(" "),
    };
    [&change.row].into_iter().chain(&change.evidence).map(name).collect()
}

#[test]
fn what_differs_within_the_noise_is_no_change() {
    let before = samples(&[(100, &[MAIN]), (80, &[MAIN, CACHE]), (30, &[MAIN, QUERY]), (9, &[MAIN, PARSE])]);
    let after = samples(&[(112, &[MAIN]), (71, &[MAIN, CACHE]), (37, &[MAIN, QUERY]), (4, &[MAIN, PARSE])]);
    let panel = panel(&[before, after]);
    let diff = compared(&panel, 1);
    assert_eq!(diff.changes(), []);
    assert_eq!((diff.total().before, diff.total().after), (219 * 512, 224 * 512));
    assert_eq!(Diff::rest(diff.functions(), Verdict::Noise), Rest { rows: 4, grown: 19 * 512, shrunk: 14 * 512 });
    assert!(diff.functions().iter().all(|row| row.verdict == Verdict::Noise));
}

#[test]
fn a_change_is_told_once_with_the_rows_in_which_it_is_seen() {
    let before = samples(&[(100, &[MAIN]), (80, &[MAIN, QUERY]), (90, &[MAIN, CACHE])]);
    let after = samples(&[(105, &[MAIN]), (270, &[MAIN, QUERY]), (84, &[MAIN, CACHE])]);
    let panel = panel(&[before, after]);
    let diff = compared(&panel, 1);
    let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)).collect();
    assert_eq!(changes, [["query", "main query", "pg", "other", "total"]]);
    assert_eq!(diff.changes()[0].row.difference(), 190 * 512);
    assert!(diff.changes()[0].stacks.is_empty());
}

#[test]
fn nothing_changes_where_versions_builds_folders_and_lines_do() {
    let old = |function, line| (function, "/srv/node_modules/.pnpm/pg@8.11.0/node_modules/pg/lib/client.js", line);
    let new = |function, line| (function, "/srv/node_modules/.pnpm/pg@8.12.0/node_modules/pg/lib/client.js", line);
    let before = samples(&[
        (200, &[("serve", "file:///home/a/app/server.js", 10)]),
        (150, &[("serve", "file:///home/a/app/server.js", 10), old("query", 20)]),
        (120, &[old("query", 20), old("", 25)]),
        (110, &[old("query", 20), old("", 30)]),
        (130, &[("page", "https://example.org/assets/main.3f2a9c1b.js", 1)]),
    ]);
    let after = samples(&[
        (205, &[("serve", "file:///builds/7/app/server.js", 17)]),
        (140, &[("serve", "file:///builds/7/app/server.js", 17), new("query", 25)]),
        (125, &[new("query", 25), new("", 30)]),
        (104, &[new("query", 25), new("", 35)]),
        (133, &[("page", "https://example.org/assets/main.77e0d1aa.js", 1)]),
    ]);
    let panel = panel(&[before, after]);
    let diff = compared(&panel, 1);
    assert_eq!(diff.changes(), []);
    let mut rows: Vec<_> =
        diff.functions().iter().filter(|row| row.after > 0).map(|row| (row.before / 512, row.after / 512)).collect();
    rows.sort_unstable();
    assert_eq!(rows, [(110, 104), (120, 125), (130, 133), (150, 140), (200, 205)]);
    let Some(&DiffRow { subject: Subject::Package(pg), .. }) =
        diff.packages().iter().find(|row| matches!(row.subject, Subject::Package(row) if diff.package(row) == "pg"))
    else {
        panic!("one row");
    };
    assert_eq!(diff.stacks().len(), 5);
    assert_eq!(diff.package(pg), "pg");
}

#[test]
fn bytes_that_an_inlined_function_took_along_have_moved() {
    let before = samples(&[(100, &[MAIN, CACHE]), (150, &[MAIN, CACHE, QUERY]), (60, &[MAIN])]);
    let after = samples(&[(245, &[MAIN, CACHE]), (63, &[MAIN])]);
    let panel = panel(&[before, after]);
    let diff = compared(&panel, 1);
    assert_eq!(diff.changes(), []);
    let moved = diff.functions().iter().filter(|row| row.verdict == Verdict::Moved).count();
    assert_eq!(moved, 2, "{:?}", diff.functions());
    assert_eq!(diff.stacks().iter().filter(|row| row.verdict == Verdict::Moved).count(), 2);
}

#[test]
fn bytes_have_not_moved_from_what_is_within_the_noise() {
    let before = samples(&[(400, &[MAIN]), (30, &[MAIN, CACHE]), (600, &[LEAK])]);
    let after = samples(&[(350, &[MAIN]), (90, &[MAIN, CACHE]), (610, &[LEAK])]);
    let panel = panel(&[before, after]);
    let diff = compared(&panel, 1);
    // It may be what its caller has lost, so it is no change either.
    let verdicts: Vec<_> = diff.functions().iter().map(|row| (row.difference() / 512, row.verdict)).collect();
    assert_eq!(verdicts, [(60, Verdict::Noise), (-50, Verdict::Noise), (10, Verdict::Noise)]);
    assert_eq!(Diff::rest(diff.stacks(), Verdict::Moved), Rest::default());
}

#[test]
fn the_spread_of_several_files_is_noise_as_well() {
    let run = |cache: u64| samples(&[(100, &[MAIN]), (cache, &[MAIN, CACHE]), (90, &[MAIN, QUERY])]);
    let swinging = panel(&[run(50), run(250), run(120), run(300), run(180), run(90)]);
    assert_eq!(compared(&swinging, 3).changes(), []);
    let steady = panel(&[run(100), run(108), run(95), run(210), run(205), run(196)]);
    let diff = compared(&steady, 3);
    let first: Vec<_> = diff.changes().iter().map(|change| names(&diff, change).swap_remove(0)).collect();
    assert_eq!(first, ["cache"]);
    assert_eq!(diff.changes()[0].row.before, 101 * 512);
}

#[test]
fn normalised_sides_have_one_total() {
    let before = samples(&[(100, &[MAIN]), (80, &[MAIN, CACHE])]);
    let after = samples(&[(300, &[MAIN]), (240, &[MAIN, CACHE])]);
    let panel = panel(&[before, after]);
    assert_eq!(compared(&panel, 1).changes().len(), 1);
    let diff = Diff::new(&panel, DiffOptions { before: 1, normalise: true });
    assert_eq!((diff.changes(), diff.factor()), (&[][..], Some(1.0 / 3.0)));
    assert!(diff.functions().iter().all(|row| row.difference() == 0));
}

/// The names of functions that are told as changes, and of those whose bytes have moved, where shares are compared.
fn by_shares(before: Profile, after: Profile) -> [Vec<String>; 2] {
    let panel = panel(&[before, after]);
    let diff = Diff::new(&panel, DiffOptions { before: 1, normalise: true });
    [Verdict::Changed, Verdict::Moved].map(|verdict| {
        let rows = diff.functions().iter().filter(|row| row.verdict == verdict);
        let name = |row: &DiffRow| match row.subject {
            Subject::Function(row) => diff.function(row).name.to_owned(),
            _ => String::new(),
        };
        rows.map(name).collect()
    })
}

#[test]
fn a_share_that_grows_has_not_moved_from_all_those_that_shrink_by_it() {
    for load in [1, 2, 5] {
        let before = samples(&[(200, &[MAIN]), (40, &[MAIN, CACHE]), (180, &[MAIN, QUERY]), (150, &[MAIN, PARSE])]);
        let after = samples(&[
            (208 * load, &[MAIN]),
            (480 * load, &[MAIN, CACHE]),
            (171 * load, &[MAIN, QUERY]),
            (155 * load, &[MAIN, PARSE]),
        ]);
        let [changed, moved] = by_shares(before, after);
        assert_eq!((changed, moved.len()), (vec!["cache".to_owned()], 3), "{load}");
    }
}

#[test]
fn shares_of_several_functions_that_grow_do_not_hide_each_other() {
    let before = samples(&[(25, &[MAIN]), (1040, &[MAIN, CACHE]), (750, &[MAIN, QUERY]), (480, &[MAIN, PARSE])]);
    let after = samples(&[
        (28, &[MAIN]),
        (9800, &[MAIN, CACHE]),
        (720, &[MAIN, QUERY]),
        (490, &[MAIN, PARSE]),
        (2200, &[MAIN, LEAK]),
    ]);
    assert_eq!(by_shares(before, after)[0], ["cache", "leak"]);
}

#[test]
fn a_large_row_whose_share_shrinks_does_not_hide_a_small_one_that_grows() {
    let before = samples(&[(20, &[MAIN]), (100, &[MAIN, CACHE]), (1000, &[MAIN, QUERY]), (300, &[MAIN, PARSE])]);
    let after = samples(&[(22, &[MAIN]), (300, &[MAIN, CACHE]), (1010, &[MAIN, QUERY]), (297, &[MAIN, PARSE])]);
    assert_eq!(by_shares(before, after)[0], ["cache"]);
}

#[test]
fn bytes_that_moved_under_another_load_are_no_change_of_shares() {
    let inlined = |load: u64| {
        samples(&[
            (245 * load, &[MAIN, CACHE]),
            (63 * load, &[MAIN]),
            (310 * load, &[MAIN, PARSE]),
            (205 * load, &[MAIN, LEAK]),
        ])
    };
    let called = |load: u64| {
        let query: (u64, &[Frame<'_>]) = (150 * load, &[MAIN, CACHE, QUERY]);
        samples(&[
            (100 * load, &[MAIN, CACHE]),
            query,
            (60 * load, &[MAIN]),
            (300 * load, &[MAIN, PARSE]),
            (210 * load, &[MAIN, LEAK]),
        ])
    };
    for load in [1, 2, 5] {
        for (before, after) in [(called(1), inlined(load)), (inlined(1), called(load))] {
            let [changed, mut moved] = by_shares(before, after);
            moved.sort_unstable();
            assert_eq!((changed, moved), (Vec::new(), vec!["cache".to_owned(), "query".to_owned()]), "{load}");
        }
    }
}

#[test]
fn a_stack_and_the_function_that_it_alone_ends_in_are_one() {
    // What the stack's function has lost in part may be in the other row, which the first stack needs more.
    let before = samples(&[(128, &[MAIN, CACHE]), (380, &[MAIN, CACHE, QUERY]), (900, &[MAIN]), (700, &[MAIN, PARSE])]);
    let after = samples(&[(980, &[MAIN, CACHE]), (530, &[MAIN, CACHE, QUERY]), (870, &[MAIN]), (640, &[MAIN, PARSE])]);
    let panel = panel(&[before, after]);
    let diff = compared(&panel, 1);
    for row in diff.stacks() {
        let Subject::Stack(stack) = row.subject else { continue };
        let last = diff.stack(stack).last().map(|&id| diff.call_frame(id).name);
        let function = diff.functions().iter().find(|row| match row.subject {
            Subject::Function(function) => last == Some(diff.function(function).name),
            _ => false,
        });
        assert_eq!(function.map(|function| (function.after, function.verdict)), Some((row.after, row.verdict)));
    }
}

#[test]
fn what_cannot_be_told_is_no_change() {
    let run = |cache: u64, dialect: Dialect| {
        let mut profile = samples(&[(100, &[MAIN]), (cache, &[MAIN, CACHE])]);
        profile.file.dialect = dialect;
        profile
    };
    let garbage = panel(&[run(10, Dialect::Xprofiler), run(400, Dialect::Xprofiler)]);
    let diff = compared(&garbage, 1);
    assert_eq!((diff.changes(), diff.total().verdict), (&[][..], Verdict::Unknown));
    assert_eq!(diff.warnings().iter().map(|warning| warning.kind).collect::<Vec<_>>(), ["garbage"]);

    // Files whose smallest sizes are not known, as of sums.
    let profiles = [run(10, Dialect::Inspector), run(400, Dialect::Inspector)]
        .map(|profile| Profile { sampling: Some(Sampling::default()), ..profile });
    let mut unknown = Panel::new(&profiles[0].aggregate.categories);
    profiles.iter().for_each(|profile| {
        unknown.add(profile, None);
    });
    let diff = compared(&unknown, 1);
    assert_eq!(diff.changes(), []);
    assert_eq!(diff.functions()[0].standard_error, None);
    assert_eq!(diff.warnings().iter().map(|warning| warning.kind).collect::<Vec<_>>(), ["interval-unknown"]);
    assert!(diff.warnings()[0].remedy.contains("512K"), "{:?}", diff.warnings());
}

#[test]
fn no_interval_is_asked_for_that_cannot_be() {
    let sum = || samples(&[(10, &[MAIN]), (40, &[MAIN, CACHE])]);
    let at_most = |longest| Sampling { candidate: Some(longest), ..Sampling::default() };
    let mut before = Profile { sampling: Some(at_most(16 << 10)), ..sum() };
    before.file.name = "2 profiles".to_owned();
    before.file.merged = vec!["a".to_owned(), "b".to_owned()];
    let mut panel = Panel::new(&before.aggregate.categories);
    panel.add(&before, None);
    panel.add(&sum(), Some(512 << 10));
    let diff = compared(&panel, 1);
    let warning = &diff.warnings().iter().find(|warning| warning.kind == "interval-unknown").unwrap();
    assert!(warning.message.contains("the 2 profiles before is not known"), "{}", warning.message);
    assert_eq!(warning.remedy, "Give `--interval BYTES`, if that is known. Default: 16K of DevTools.");
}

#[test]
fn files_that_were_not_captured_alike_are_warned_of() {
    let run = |factor: u64, dialect: Dialect| {
        let mut profile = samples(&[(400 * factor, &[MAIN]), (90, &[MAIN, CACHE])]);
        profile.file.dialect = dialect;
        profile
    };
    let kinds = |panel: &Panel, before: usize| -> Vec<&str> {
        compared(panel, before).warnings().iter().map(|warning| warning.kind).collect()
    };
    assert!(kinds(&panel(&[run(1, Dialect::Inspector), run(2, Dialect::Inspector)]), 1).is_empty());
    // Within one side, too.
    let mixed = [run(1, Dialect::Inspector), run(2, Dialect::Xprofiler), run(3, Dialect::Inspector)];
    assert_eq!(kinds(&panel(&mixed), 2), ["writers-differ"]);
    let mut intervals = Panel::new(&mixed[0].aggregate.categories);
    intervals.add(&mixed[0], Some(512));
    intervals.add(&mixed[2], Some(1024));
    assert_eq!(kinds(&intervals, 1), ["intervals-differ"]);

    // The same capture under other names: once a side.
    let mut copy = run(1, Dialect::Inspector);
    copy.file.name = "copy".to_owned();
    let mut repeated = Panel::new(&copy.aggregate.categories);
    repeated.add_run(&run(1, Dialect::Inspector), Some(512), 0, None);
    repeated.add_run(&copy, Some(512), 0, None);
    repeated.add_run(&run(2, Dialect::Inspector), Some(512), 0, None);
    assert_eq!(repeated.members().iter().map(|member| member.also.len()).collect::<Vec<_>>(), [1, 0]);
    repeated.add_run(&copy, Some(512), 2, None);
    assert_eq!(repeated.members().len(), 3, "it is another side");
    assert_eq!(kinds(&repeated, 2), ["same-capture", "same-capture"]);
    // Nothing tells captures without bytes apart, and nothing has to.
    let empty = samples(&[(0, &[MAIN])]);
    repeated.add_run(&empty, Some(512), 0, None);
    repeated.add_run(&empty, Some(512), 0, None);
    assert_eq!(repeated.members().len(), 5);
}

#[test]
fn what_is_inlined_by_turns_is_told_of_the_function_that_calls_it() {
    const LOAD: Frame<'_> = ("load", "/srv/app/a.js", 60);
    // What `load` allocates counts for one of the three, as V8 likes.
    let run = |serve: Frame<'static>, turn: usize, held: u64| {
        let paths: [&[Frame<'_>]; 3] = [&[MAIN, serve], &[MAIN, serve, LOAD], &[MAIN, serve, LOAD, QUERY]];
        let held = [0, 1, 2].map(|i| if i == turn % 3 { held } else { 5 });
        let inner = (0..3).map(|i| (held[i], paths[i]));
        let nodes: Vec<(u64, &[Frame<'_>])> = inner.chain([(150, &[MAIN, CACHE][..])]).collect();
        samples(&nodes)
    };
    // A script that was unloaded has no url; what has no name either says nothing of where.
    let table: [(Frame<'_>, &[&str]); 4] = [
        (("serve", "/srv/app/a.js", 20), &["serve …", "total"]),
        (("", "/srv/app/a.js", 20), &[" …", "total"]),
        (("serve", "", 20), &["serve …", "total"]),
        (("", "", 20), &["total"]),
    ];
    for (serve, expected) in table {
        let runs = (0..6).map(|turn| run(serve, turn, 500)).chain((0..6).map(|turn| run(serve, turn, 900)));
        let panel = panel(&runs.collect::<Vec<_>>());
        let diff = compared(&panel, 6);
        let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)).collect();
        assert_eq!(changes, [expected], "{serve:?}");
        assert_eq!(diff.changes()[0].row.difference(), 400 * 512);
    }
    // Where the whole program is below one function, that says nothing.
    let runs: Vec<Profile> = [500, 500, 900, 900]
        .into_iter()
        .enumerate()
        .map(|(turn, held)| samples(&[(held, &[MAIN, [CACHE, QUERY][turn % 2]])]))
        .collect();
    let panel = self::panel(&runs);
    let diff = compared(&panel, 2);
    let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)).collect();
    assert_eq!(changes, [["total"]]);
}

#[test]
fn bytes_of_a_callee_go_to_its_caller_before_any_other_row() {
    const ORDERS: Frame<'_> = ("loadOrders", "/srv/app/a.js", 20);
    const PARSE_ORDER: Frame<'_> = ("parseOrder", "/srv/app/a.js", 30);
    const SESSIONS: Frame<'_> = ("openSessions", "/srv/app/a.js", 50);
    const OPEN: Frame<'_> = ("open", "/srv/app/a.js", 60);
    let run = |orders: u64, parsed: u64, sessions: u64, opened: u64| {
        samples(&[
            (orders, &[MAIN, ORDERS]),
            (parsed, &[MAIN, ORDERS, PARSE_ORDER]),
            (sessions, &[MAIN, SESSIONS]),
            (opened, &[MAIN, SESSIONS, OPEN]),
            (200, &[MAIN, CACHE]),
            (190, &[MAIN, QUERY]),
            (180, &[MAIN, LEAK]),
        ])
    };
    // `openSessions` has inlined `open`, and what `loadOrders` allocates has grown by about as much.
    let panel = panel(&[run(112, 278, 0, 350), run(372, 260, 206, 144)]);
    let diff = compared(&panel, 1);
    let first: Vec<_> = diff.changes().iter().map(|change| names(&diff, change).swap_remove(0)).collect();
    assert_eq!(first, ["loadOrders"], "{:?}", diff.functions());
    let moved = |rows: &[DiffRow]| rows.iter().filter(|row| row.verdict == Verdict::Moved).count();
    assert_eq!([moved(diff.functions()), moved(diff.stacks())], [2, 2], "{:?}", diff.functions());
}

#[test]
fn a_new_dependency_is_told_however_much_it_swings() {
    let run = |memo: u64, turn: usize| {
        let swing = [90, 250, 160][turn];
        let all = ("memoAll", "/srv/app/a.js", 70);
        let new = ("memo", "/srv/node_modules/tiny-memo/index.js", 1);
        samples(&[(200, &[MAIN]), (swing, &[MAIN, CACHE]), (250 - swing, &[MAIN, QUERY]), (memo, &[MAIN, all, new])])
    };
    let runs: Vec<Profile> = (0..3)
        .map(|turn| run(0, turn))
        .chain([110, 230, 140].iter().enumerate().map(|(i, &memo)| run(memo, i)))
        .collect();
    let panel = panel(&runs);
    let diff = compared(&panel, 3);
    let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)).collect();
    assert!(changes.iter().any(|names| names.contains(&"tiny-memo".to_owned())), "{changes:?}");
    assert!(!changes.iter().flatten().any(|name| name == "cache" || name == "query"), "{changes:?}");
}

#[test]
fn threads_of_a_process_are_one_run() {
    let runs = [samples(&[(100, &[MAIN])]), samples(&[(40, &[MAIN, CACHE])]), samples(&[(60, &[MAIN])])];
    let mut panel = Panel::new(&runs[0].aggregate.categories);
    panel.add_run(&runs[0], Some(512), 0, None);
    // A copy does not count, and no more does what is said to be of the same process.
    panel.add_run(&runs[0], Some(512), 0, None);
    panel.add_thread(&runs[1], Some(512));
    panel.add_run(&runs[2], Some(512), 0, None);
    panel.add_thread(&runs[1], Some(512));
    let members = panel.members();
    assert_eq!(members.iter().map(|member| member.total_size / 512).collect::<Vec<_>>(), [100, 100]);
    assert_eq!(members.iter().map(|member| member.threads.len()).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(members[0].also.len(), 1);
    let diff = compared(&panel, 1);
    assert!(diff.warnings().iter().any(|warning| warning.kind == "threads"), "{:?}", diff.warnings());
}

#[test]
fn samples_of_any_number_are_counted() {
    let mut runs = [samples(&[(100, &[MAIN])]), samples(&[(90, &[MAIN])]), samples(&[(80, &[MAIN])])];
    runs.iter_mut().for_each(|run| run.aggregate.total_size = u64::MAX);
    let mut panel = Panel::new(&runs[0].aggregate.categories);
    runs.iter().for_each(|run| {
        panel.add(run, Some(1));
    });
    assert!(compared(&panel, 2).warnings().iter().all(|warning| warning.kind != "few-samples"));
}

#[test]
fn stacks_with_an_outer_call_more_are_no_changes_however_many_they_are() {
    const STEP: Frame<'_> = ("step", "/srv/node_modules/bluebird/async.js", 93);
    let functions: Vec<String> = (0..260).map(|i| format!("f{i}")).collect();
    let run = |outer: &[Frame<'_>], of_first: u64| {
        let path = |name| [outer, &[(name, "/srv/app/a.js", 3)]].concat();
        let paths: Vec<Vec<Frame<'_>>> = functions.iter().map(|name| path(name.as_str())).collect();
        let sizes = std::iter::once(of_first).chain(std::iter::repeat(100));
        samples(&sizes.zip(&paths).map(|(count, path)| (count, &path[..])).collect::<Vec<_>>())
    };
    for (after, expected) in [(100, vec![]), (900, vec!["f0"])] {
        let panel = panel(&[run(&[MAIN], 100), run(&[MAIN, STEP], after)]);
        let diff = compared(&panel, 1);
        let on_one_side = diff.stacks().iter().filter(|row| row.before == 0 || row.after == 0);
        assert_eq!(on_one_side.count(), 2 * functions.len());
        let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)[0].clone()).collect();
        assert_eq!(changes, expected, "{after}");
    }
}
