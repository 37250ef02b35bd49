//! What is told of a total that has changed: where, if anything says so.

use std::collections::BTreeSet;

use super::callees::Innermost;
use super::drafts::Draft;
use super::{Diff, DiffRow, Subject};
use crate::profile::FrameKind;

/// Puts the total to a change, and before it the function with its callees that it is told of. `innermost` looks for that, among those that differ by so much.
pub(super) fn tell(diff: &Diff<'_>, drafts: &mut Vec<Draft>, innermost: impl FnOnce(u128) -> Innermost) {
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
        frame.is_some_and(|id| diff.panel.frames().get(id).kind == FrameKind::App)
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
