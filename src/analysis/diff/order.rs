//! The order of the rows of each table.

use std::cmp::{Ordering, Reverse};

use super::{Diff, DiffRow, Subject, Verdict};

impl Diff<'_> {
    /// The largest differences first, those that are changes before all others.
    pub(super) fn sort(&mut self) {
        let key = |row: &DiffRow| (row.verdict != Verdict::Changed, Reverse(row.difference().unsigned_abs()));
        let Self { categories, packages, functions, stacks, .. } = self;
        let mut rows = [categories, packages, functions, stacks].map(std::mem::take);
        for rows in &mut rows {
            rows.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| self.compare_names(a.subject, b.subject)));
        }
        [self.categories, self.packages, self.functions, self.stacks] = rows;
    }

    /// The order of rows whose differences are equal.
    fn compare_names(&self, a: Subject, b: Subject) -> Ordering {
        let frames = self.panel.frames();
        match (a, b) {
            (Subject::Function(a), Subject::Function(b)) => frames.compare(self.frame(a), self.frame(b)),
            (Subject::Stack(a), Subject::Stack(b)) => {
                let (a, b) = (self.stack(a), self.stack(b));
                let orders = a.iter().rev().zip(b.iter().rev()).map(|(&a, &b)| frames.compare(a, b));
                orders.fold(Ordering::Equal, |order, next| order.then(next)).then(a.len().cmp(&b.len()))
            }
            (Subject::Package(a), Subject::Package(b)) => self.package(a).cmp(self.package(b)),
            _ => a.cmp(&b),
        }
    }
}
