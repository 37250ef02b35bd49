//! Each change told once: the function (or, where no single one stands out, the stack, package or category) that has changed most, and the other rows in which
//! the same bytes are seen as its evidence.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::callees::Innermost;
use super::callers::Callers;
use super::{Diff, DiffRow, Subject, Verdict};
use crate::profile::{FrameId, FrameKind};

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

/// A change that is being put together.
struct Draft {
    rows: Vec<DiffRow>,
    /// Functions that it is seen in.
    functions: BTreeSet<u32>,
}

impl Draft {
    fn of(row: DiffRow, functions: impl IntoIterator<Item = u32>) -> Self {
        Self { rows: vec![row], functions: functions.into_iter().collect() }
    }

    /// Whether a function or a stack tells it.
    fn says_where(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.subject, Subject::Function(_) | Subject::Stack(_)))
    }

    fn grows(&self) -> bool {
        self.rows[0].difference() > 0
    }
}

/// All changes of a comparison whose rows are sorted. Where only sums show that the total has changed, it is told of the function whose callees it is, which `innermost` looks for; where
/// several rows show it, or those of a library, of the application's function that calls them.
pub(super) fn told_once(diff: &Diff<'_>, callers: &Callers, innermost: impl FnOnce(u128) -> Innermost) -> Vec<Change> {
    let mut drafts: Vec<Draft> = Vec::new();
    for row in changed(diff.functions()) {
        let Subject::Function(function) = row.subject else { continue };
        let is_seen = |draft: &&mut Draft| {
            draft.grows() == (row.difference() > 0)
                && draft.functions.iter().any(|&other| callers.are_on_a_stack(function, other))
        };
        match drafts.iter_mut().find(is_seen) {
            Some(draft) => {
                draft.rows.push(*row);
                draft.functions.insert(function);
            }
            None => drafts.push(Draft::of(*row, [function])),
        }
    }
    let group = |id: &FrameId| {
        let FrameId(row) = *id;
        [1, 0].into_iter().find_map(|side| diff.matching.functions.group(side, row))
    };
    let path_of = |row: &DiffRow| match row.subject {
        Subject::Stack(stack) => diff.stack(stack).iter().filter_map(group).collect(),
        _ => Vec::new(),
    };
    let stacks: Vec<(&DiffRow, Vec<u32>)> = changed(diff.stacks()).map(|row| (row, path_of(row))).collect();
    for (row, path) in &stacks {
        unite(&mut drafts, row.difference() > 0, path);
    }
    for (row, path) in &stacks {
        join(&mut drafts, None, row, &path.iter().copied().collect(), path.last().copied());
    }
    let functions = |is_in: &dyn Fn(FrameId) -> bool| -> BTreeSet<u32> {
        let is_in = |function: &u32| is_in(diff.frame(*function));
        (0..diff.matching.functions.len() as u32).filter(is_in).collect()
    };
    let frames = diff.panel.frames();
    for row in changed(diff.packages()) {
        let Subject::Package(package) = row.subject else { continue };
        let name = diff.package(package);
        let of_package = functions(&|id| frames.text(frames.package(frames.get(id).package).name) == name);
        join(&mut drafts, Some(callers), row, &of_package, of_package.iter().copied());
    }
    for row in changed(diff.categories()) {
        let Subject::Category(category) = row.subject else { continue };
        let of_category = functions(&|id| u32::from(frames.get(id).category.0) == category);
        join(&mut drafts, Some(callers), row, &of_category, of_category.iter().copied());
    }
    if diff.total().verdict == Verdict::Changed {
        let whole = diff.total().difference();
        let is_same_way = |draft: &&Draft| draft.grows() == (whole > 0);
        let told = drafts.iter().filter(is_same_way).map(|draft| draft.rows[0].difference().unsigned_abs());
        let is_told = 2 * told.fold(0, u128::saturating_add) >= whole.unsigned_abs();
        let first = drafts.iter().position(|draft| is_same_way(&draft));
        // Sums say little of where, and of many small changes none does.
        let says_where = first.is_some_and(|first| drafts[first].says_where());
        let is_of_application = |row: &DiffRow| {
            let frame = match row.subject {
                Subject::Function(function) => Some(diff.frame(function)),
                Subject::Stack(stack) => diff.stack(stack).last().copied(),
                _ => None,
            };
            frame.is_some_and(|id| frames.get(id).kind == FrameKind::App)
        };
        let is_one = drafts.iter().filter(is_same_way).count() == 1;
        let is_named = is_one && first.is_some_and(|first| is_of_application(&drafts[first].rows[0]));
        // What calls several has changed by more than each, and what calls one of a library by no less.
        let largest = drafts.iter().filter(is_same_way).map(|draft| draft.rows[0]);
        let largest = largest.max_by_key(|row| row.difference().unsigned_abs());
        let least = largest.map_or(0, |row| {
            let by_more = !is_one || is_of_application(&row);
            row.difference().unsigned_abs().saturating_add(u128::from(by_more))
        });
        let within = match is_told && says_where {
            true if is_named => None,
            true => innermost(least).of_application,
            false => {
                let Innermost { any, of_application } = innermost(least);
                of_application.or(any)
            }
        };
        let mut draft = match first {
            Some(first) if within.is_none() || !says_where => drafts.remove(first),
            _ => Draft { rows: Vec::new(), functions: BTreeSet::new() },
        };
        draft.rows.push(*diff.total());
        draft.rows.splice(0..0, within);
        drafts.push(draft);
    }
    let mut changes: Vec<Change> = drafts.into_iter().map(|draft| finished(diff, draft)).collect();
    let whole = changes.iter().map(|change| change.row).find(|row| matches!(row.subject, Subject::WithCallees(_)));
    if let Some(DiffRow { subject: Subject::WithCallees(function), .. }) = whole {
        let grows = whole.is_some_and(|whole| whole.difference() > 0);
        let is_part = |row: &DiffRow| {
            let through = diff.stacks().iter().map(|stack| (stack, path_of(stack)));
            let through = through.filter(|(_, path)| path.contains(&function));
            let sum_of = |is: &dyn Fn(u32) -> bool| -> i128 {
                let ending = through.filter(|(_, path)| path.last().is_some_and(|&last| is(last)));
                ending.map(|(stack, _)| stack.difference()).sum()
            };
            let part: i128 = match row.subject {
                Subject::Function(own) => sum_of(&|last| last == own),
                Subject::Stack(_) if path_of(row).contains(&function) => row.difference(),
                Subject::Category(category) => {
                    sum_of(&|last| u32::from(frames.get(diff.frame(last)).category.0) == category)
                }
                Subject::Package(package) => {
                    let name = diff.package(package);
                    sum_of(&|last| frames.text(frames.package(frames.get(diff.frame(last)).package).name) == name)
                }
                _ => 0,
            };
            (row.difference() > 0) == grows && 2 * part.abs() > row.difference().abs() && (part > 0) == grows
        };
        changes.iter_mut().for_each(|change| change.is_within = is_part(&change.row));
    }
    changes.sort_by_key(|change| (Reverse(change.row.difference().unsigned_abs()), change.is_within));
    changes
}

fn changed(rows: &[DiffRow]) -> impl Iterator<Item = &DiffRow> {
    rows.iter().take_while(|row| row.verdict == Verdict::Changed)
}

/// Makes one of the changes that are seen in functions of one stack that has changed as they have: it has done so but once.
fn unite(drafts: &mut Vec<Draft>, grows: bool, path: &[u32]) {
    let is_on_it = |draft: &Draft| draft.grows() == grows && path.iter().any(|it| draft.functions.contains(it));
    let Some(first) = drafts.iter().position(is_on_it) else { return };
    let (others, kept) = drafts.split_off(first + 1).into_iter().partition::<Vec<_>, _>(is_on_it);
    for other in others {
        drafts[first].rows.extend(other.rows);
        drafts[first].functions.extend(other.functions);
    }
    drafts.extend(kept);
}

/// Puts a row to the first change that is seen in it, or (given callers) near by; else it is a change by itself, in some functions.
fn join(
    drafts: &mut Vec<Draft>,
    callers: Option<&Callers>,
    row: &DiffRow,
    seen_in: &BTreeSet<u32>,
    own: impl IntoIterator<Item = u32>,
) {
    let grows = row.difference() > 0;
    let is_near = |draft: &Draft| {
        let kin = |&function: &u32| callers.map_or_else(Vec::new, |callers| callers.kin(function));
        draft.functions.iter().flat_map(kin).any(|function| seen_in.contains(&function))
    };
    let is_in = |draft: &Draft| !draft.functions.is_disjoint(seen_in);
    let find = |is: &dyn Fn(&Draft) -> bool| drafts.iter().position(|draft| draft.grows() == grows && is(draft));
    match find(&is_in).or_else(|| find(&is_near)) {
        Some(draft) => drafts[draft].rows.push(*row),
        None => drafts.push(Draft::of(*row, own)),
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
