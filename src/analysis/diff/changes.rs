//! Each change told once: the function (or, where no single one stands out, the stack, package or category) that has changed most, and the other rows in which
//! the same bytes are seen as its evidence. `drafts` puts rows together that show one change, `whole` tells where a total has changed, `within` what is a part of that.

use std::cmp::Reverse;

use super::callees::Innermost;
use super::callers::Callers;
use super::drafts::{self, Draft};
use super::{Diff, DiffRow, Subject, Verdict, whole, within};
use crate::profile::FrameId;

/// Stacks that are told of a function for which none stands out.
const STACKS: usize = 3;

/// What has changed, and where else that is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The row that it is told of.
    pub row: DiffRow,
    /// Other rows that have changed with it: functions, stacks, packages, categories, the total.
    pub evidence: Vec<DiffRow>,
    /// Where no stack of the function has changed by itself, those that differ most; of a function with its callees, those through it.
    pub stacks: Vec<DiffRow>,
    /// Whether its bytes are for the most part of what another change is told of, a function with its callees.
    pub is_within: bool,
}

/// All changes of a comparison whose rows are sorted. Where only sums show that the total has changed, it is told of the function whose callees it is, which `innermost` looks for; where
/// several rows show it, or those of a library, of the application's function that calls them.
pub(super) fn told_once(diff: &Diff<'_>, callers: &Callers, innermost: impl FnOnce(u128) -> Innermost) -> Vec<Change> {
    let mut drafts = drafts::seen(diff, callers);
    if diff.total().verdict == Verdict::Changed {
        whole::tell(diff, &mut drafts, innermost);
    }
    let mut changes: Vec<Change> = drafts.into_iter().map(|draft| finished(diff, draft)).collect();
    within::mark(diff, &mut changes);
    changes.sort_by_key(|change| (Reverse(change.row.difference().unsigned_abs()), change.is_within));
    changes
}

impl Diff<'_> {
    /// Which change (a place among [`changes`](Self::changes)) another one is a part of.
    pub fn whole_of(&self, change: &Change) -> Option<usize> {
        let is_whole = |change: &Change| matches!(change.row.subject, Subject::WithCallees(_));
        change.is_within.then(|| self.changes().iter().position(is_whole)).flatten()
    }
}

fn finished(diff: &Diff<'_>, Draft { rows, .. }: Draft) -> Change {
    let (row, evidence) = (rows[0], rows[1..].to_vec());
    let has_stack = rows.iter().any(|row| matches!(row.subject, Subject::Stack(_)));
    let stacks = match row.subject {
        Subject::Function(function) | Subject::WithCallees(function) if !has_stack => {
            let is_it = |id: &FrameId| {
                [1, 0].into_iter().any(|side| diff.matching.functions.group(side, id.0) == Some(function))
            };
            let is_of_it = |stack: &[FrameId]| match row.subject {
                Subject::Function(_) => stack.last().is_some_and(is_it),
                _ => stack.iter().any(is_it),
            };
            let is_its = |row: &&DiffRow| match row.subject {
                Subject::Stack(stack) => is_of_it(diff.stack(stack)),
                _ => false,
            };
            let grows = row.difference() > 0;
            let is_same_way = |stack: &&DiffRow| {
                // Those below a function that have changed by themselves are told of other changes as well.
                let is_whole = matches!(row.subject, Subject::WithCallees(_)) && stack.verdict == Verdict::Changed;
                let may_be = is_whole || matches!(stack.verdict, Verdict::Noise | Verdict::Unknown);
                may_be && stack.difference() != 0 && (stack.difference() > 0) == grows
            };
            diff.stacks().iter().filter(is_its).filter(is_same_way).take(STACKS).copied().collect()
        }
        _ => Vec::new(),
    };
    Change { row, evidence, stacks, is_within: false }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{compared, names, panel, samples};
    use crate::analysis::test_support::Frame;

    const MAIN: Frame<'_> = ("main", "/srv/app/a.js", 3);
    const CACHE: Frame<'_> = ("cache", "/srv/app/a.js", 40);
    const LEAK: Frame<'_> = ("leak", "/srv/app/a.js", 90);
    const QUERY: Frame<'_> = ("query", "/srv/node_modules/pg/lib/client.js", 7);

    #[test]
    fn what_changes_on_one_stack_is_one_change_with_a_builtin_between_too() {
        const SUBSCRIBE: Frame<'_> = ("subscribe", "/srv/app/a.js", 50);
        const FROM: Frame<'_> = ("from", "", 0);
        const EACH: Frame<'_> = ("each", "/srv/app/a.js", 51);
        let run = |from, each| {
            let path = [MAIN, SUBSCRIBE, FROM, EACH];
            samples(&[(100, &path[..1]), (90, &path[..2]), (from, &path[..3]), (each, &path), (100, &[CACHE])])
        };
        let panel = panel(&[run(60, 80), run(200, 500)]);
        let diff = compared(&panel, 1);
        let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)).collect();
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0][..4], ["each", "from", "main subscribe from each", "main subscribe from"]);
    }

    #[test]
    fn what_one_function_of_the_application_calls_is_one_change_of_it() {
        const READ: Frame<'_> = ("read", "/srv/app/a.js", 60);
        const SPLIT: Frame<'_> = ("split", "", 0);
        let run = |query, split| {
            let own = [MAIN, READ];
            let others = ["a", "b", "c", "d", "e", "f"].map(|name| [MAIN, (name, "/srv/app/b.js", 3)]);
            let (query_path, split_path) = ([MAIN, READ, LEAK, QUERY], [MAIN, READ, SPLIT]);
            let read: [(u64, &[Frame<'_>]); 3] = [(60, &own), (query, &query_path), (split, &split_path)];
            samples(&read.into_iter().chain(others.iter().map(|other| (200, &other[..]))).collect::<Vec<_>>())
        };
        let panel = panel(&[run(2000, 1500), run(20, 30)]);
        let diff = compared(&panel, 1);
        let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)[0].clone()).collect();
        assert_eq!(changes, ["read …", "query", "split"]);
        let is_within: Vec<bool> = diff.changes().iter().map(|change| change.is_within).collect();
        assert_eq!(is_within, [false, true, true]);
        assert!(matches!(diff.changes()[0].row.subject, super::super::Subject::WithCallees(_)));
    }

    #[test]
    fn a_function_of_the_application_that_asks_for_nearly_all_is_named() {
        let library: Vec<String> = (0..8).map(|i| format!("step{i}")).collect();
        let run = |each: u64, read: u64| {
            let frame = |name| (name, "/srv/node_modules/dates/index.js", 3);
            let path = |name| [MAIN, ("read", "/srv/app/a.js", 60), frame("parse"), frame(name)];
            let paths: Vec<_> = library.iter().map(|name| path(name.as_str())).collect();
            let nodes: Vec<(u64, &[Frame<'_>])> = paths.iter().map(|path| (each, &path[..])).collect();
            samples(&[nodes, vec![(read, &[MAIN, LEAK])]].concat())
        };
        let panel = panel(&[run(400, 20), run(3, 22)]);
        let diff = compared(&panel, 1);
        let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)[0].clone()).collect();
        assert_eq!(changes[0], "read …", "{changes:?}");
        assert!(diff.changes()[1..].iter().all(|change| diff.whole_of(change) == Some(0)), "{changes:?}");
        assert_eq!(diff.whole_of(&diff.changes()[0]), None);
    }

    #[test]
    fn of_what_a_package_calls_the_function_of_the_application_is_named() {
        const NEXT: Frame<'_> = ("next", "/srv/node_modules/express/router.js", 177);
        const SERVE: Frame<'_> = ("serve", "/srv/app/a.js", 60);
        /// Functions of a package below these frames, each with so many samples.
        fn below<'n>(outer: &[Frame<'n>], names: &'n [String], samples: u64) -> Vec<(u64, Vec<Frame<'n>>)> {
            let path = |name: &'n String| [outer, &[(name.as_str(), "/srv/node_modules/parts/index.js", 3)]].concat();
            names.iter().map(|name| (samples, path(name))).collect()
        }
        let named = |letter: char, count: usize| (0..count).map(|i| format!("{letter}{i}")).collect::<Vec<_>>();
        let (served, own, outside, steady) = (named('s', 44), named('n', 22), named('o', 44), named('r', 150));
        let run = |each: u64| {
            let nodes = [
                below(&[NEXT, SERVE], &served, each),
                below(&[NEXT], &own, each),
                below(&[], &outside, each),
                below(&[CACHE], &steady, 9),
            ]
            .concat();
            let nodes: Vec<(u64, &[Frame<'_>])> = nodes.iter().map(|(samples, path)| (*samples, &path[..])).collect();
            samples(&nodes)
        };
        // What the router calls is more than half of all that is gone, what the handler calls is not, but most of that.
        let panel = panel(&[run(9), run(0)]);
        let diff = compared(&panel, 1);
        let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)[0].clone()).collect();
        assert_eq!(changes[0], "serve …", "{changes:?}");
    }

    #[test]
    fn what_changes_on_other_stacks_is_another_change() {
        let others: [[Frame<'_>; 1]; 5] = ["a", "b", "c", "d", "e"].map(|name| [(name, "/srv/app/b.js", 3)]);
        let run = |query, cache| {
            let changed: [(u64, &[Frame<'_>]); 4] =
                [(100, &[MAIN]), (query, &[MAIN, QUERY]), (90, &[LEAK]), (cache, &[LEAK, CACHE])];
            samples(&changed.into_iter().chain(others.iter().map(|other| (100, &other[..]))).collect::<Vec<_>>())
        };
        let panel = panel(&[run(90, 80), run(400, 300)]);
        let diff = compared(&panel, 1);
        let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)[0].clone()).collect();
        assert_eq!(changes, ["query", "cache"]);
    }
}
