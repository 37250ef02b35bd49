//! Which changes are a part of the one that is told of a function with its callees: more than half of their bytes are made below that.

use super::{Change, Diff, DiffRow, Subject};

/// Marks those that are.
pub(super) fn mark(diff: &Diff<'_>, changes: &mut [Change]) {
    let whole = changes.iter().map(|change| change.row).find(|row| matches!(row.subject, Subject::WithCallees(_)));
    let Some((whole, Subject::WithCallees(function))) = whole.map(|row| (row, row.subject)) else { return };
    let (grows, frames) = (whole.difference() > 0, diff.panel.frames());
    let is_part = |row: &DiffRow| {
        let through = diff.stacks().iter().map(|stack| (stack, diff.path(stack)));
        let through = through.filter(|(_, path)| path.contains(&function));
        let sum_of = |is: &dyn Fn(u32) -> bool| -> i128 {
            let ending = through.filter(|(_, path)| path.last().is_some_and(|&last| is(last)));
            ending.map(|(stack, _)| stack.difference()).sum()
        };
        let part: i128 = match row.subject {
            Subject::Function(own) => sum_of(&|last| last == own),
            Subject::Stack(_) if diff.path(row).contains(&function) => row.difference(),
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
