//! Which functions are asked of what they and their callees differ by: those that say where something is, and of them the application's.

use std::collections::BTreeMap;

use super::callees::{self, Innermost, WithCallees};
use super::plain::Plain;
use super::rows::Comparison;
use super::{Diff, DiffRow, Subject, Verdict};
use crate::analysis::panel::Table;
use crate::profile::FrameKind;

/// What is asked, and of whom.
pub(super) struct Asked<'a, 'p> {
    pub(super) diff: &'a Diff<'p>,
    pub(super) comparison: &'a Comparison,
    /// The stacks, and the functions of each.
    pub(super) stacks: (&'a Table, &'a [Vec<u32>]),
    /// What is changed beyond all noise, where that is so.
    pub(super) plain: Option<Plain>,
    /// Whether nothing tells which function it was before.
    pub(super) is_rebuilt: &'a dyn Fn(&DiffRow) -> bool,
}

impl Asked<'_, '_> {
    /// Where the total has changed: that of the application differs by `least` bytes.
    pub(super) fn innermost(&self, least: u128) -> Innermost {
        let found = self.found();
        let total = self.diff.total();
        let is_of_application =
            |found: &&WithCallees| self.is_app(&found.row) && found.row.difference().unsigned_abs() >= least;
        let any = callees::innermost(&found, total);
        // Of what a package calls the application is who can tell.
        let others = any.filter(|row| !self.is_app(row));
        let below = others.and_then(|outer| {
            let is_below = |found: &&WithCallees| self.is_app(&found.row) && self.is_mostly_below(&found.row, &outer);
            callees::innermost(found.iter().filter(is_below), &outer)
        });
        Innermost {
            any: below.or(any),
            of_application: callees::innermost(found.iter().filter(is_of_application), total),
        }
    }

    /// The functions that say where something is.
    fn found(&self) -> Vec<WithCallees> {
        let (by_stack, paths) = self.stacks;
        let mut found = self.comparison.with_callees(by_stack, paths);
        found.retain(|found| self.says_where(&found.row) && !(self.is_rebuilt)(&found.row));
        let asking = self.asking();
        for found in &mut found {
            if let Subject::WithCallees(function) = found.row.subject {
                let own = asking.get(&function).copied().unwrap_or(0);
                found.is_asking = 2 * own.abs() > found.row.difference().abs();
            }
            if self.plain.is_some_and(|plain| plain.is_held_by(&found.row)) {
                found.row.verdict = Verdict::Changed;
            }
        }
        found
    }

    /// What has neither a script nor a name of its own, as what runs on behind an `await`, says nothing of where.
    fn says_where(&self, row: &DiffRow) -> bool {
        let Subject::WithCallees(function) = row.subject else { return true };
        let frames = self.diff.panel.frames();
        let frame = frames.get(self.diff.frame(function));
        let is_named = frame.kind == FrameKind::Generated && !frames.text(frame.function).is_empty();
        is_named || !frames.text(frame.url).is_empty()
    }

    fn is_app(&self, row: &DiffRow) -> bool {
        matches!(row.subject, Subject::WithCallees(function) if self.is_of_application(function))
    }

    fn is_of_application(&self, function: u32) -> bool {
        self.diff.panel.frames().get(self.diff.frame(function)).kind == FrameKind::App
    }

    /// By how much stacks differ of which a function of the application is the innermost of these: it asks for that itself.
    fn asking(&self) -> BTreeMap<u32, i128> {
        let mut asking = BTreeMap::new();
        for row in &self.diff.stacks {
            if let Some(function) = self.diff.path(row).into_iter().rfind(|&function| self.is_of_application(function))
            {
                *asking.entry(function).or_default() += row.difference();
            }
        }
        asking
    }

    /// Whether more than half of what a function with its callees differs by is on stacks that have the other one further out.
    fn is_mostly_below(&self, inner: &DiffRow, outer: &DiffRow) -> bool {
        let (Subject::WithCallees(function), Subject::WithCallees(caller)) = (inner.subject, outer.subject) else {
            return false;
        };
        let is_below = |path: &[u32]| {
            let (caller, function) =
                (path.iter().position(|&at| at == caller), path.iter().rposition(|&at| at == function));
            caller.zip(function).is_some_and(|(caller, function)| caller < function)
        };
        let below = self.diff.stacks.iter().filter(|row| is_below(&self.diff.path(row)));
        let below = below.map(DiffRow::difference).sum::<i128>();
        below.signum() == inner.difference().signum() && 2 * below.unsigned_abs() > inner.difference().unsigned_abs()
    }
}
