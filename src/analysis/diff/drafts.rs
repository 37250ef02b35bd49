//! Rows that show one change, put together: functions and stacks that lie on one stack, and the packages and categories that they are of.

use std::collections::BTreeSet;

use super::callers::Callers;
use super::{Diff, DiffRow, Subject, Verdict};
use crate::profile::FrameId;

/// A change that is being put together.
pub(super) struct Draft {
    pub(super) rows: Vec<DiffRow>,
    /// Functions that it is seen in.
    pub(super) functions: BTreeSet<u32>,
}

impl Draft {
    fn of(row: DiffRow, functions: impl IntoIterator<Item = u32>) -> Self {
        Self { rows: vec![row], functions: functions.into_iter().collect() }
    }

    /// Whether a function or a stack tells it.
    pub(super) fn says_where(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.subject, Subject::Function(_) | Subject::Stack(_)))
    }

    pub(super) fn grows(&self) -> bool {
        self.rows[0].difference() > 0
    }
}

/// What the rows of all tables but the total show.
pub(super) fn seen(diff: &Diff<'_>, callers: &Callers) -> Vec<Draft> {
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
    let stacks: Vec<(&DiffRow, Vec<u32>)> = changed(diff.stacks()).map(|row| (row, diff.path(row))).collect();
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
    drafts
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
