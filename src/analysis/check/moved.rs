//! Functions that stand elsewhere than in the baseline: a file was renamed, or they were moved to another one.
//!
//! A baseline has names, places and sizes of functions, no lines. So a function that is new and one that is gone are taken for the same if both have one name and
//! are of one package; of several those that are the nearest in size. That is no proof: it only keeps what has moved from being told as what has grown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::baseline::{Rows, Summary, SummaryRow};

/// What the functions of the runs that the baseline does not know were in it.
pub(super) struct Moved<'a> {
    from: BTreeMap<(&'a str, &'a str), &'a SummaryRow>,
}

impl<'a> Moved<'a> {
    pub(super) fn between(now: &'a Summary, before: &'a Summary) -> Self {
        let key = |row: &'a SummaryRow| (&*row.name, &*row.place);
        let lacks = |rows: &Rows, row: &SummaryRow| rows.get(&row.name, &row.place).is_none();
        let mut gone: BTreeMap<(&str, &str), Vec<&SummaryRow>> = BTreeMap::new();
        for row in before.functions.rows.iter().filter(|row| lacks(&now.functions, row)) {
            gone.entry((&row.name, package(&row.place, before))).or_default().push(row);
        }
        let new = now.functions.rows.iter().filter(|row| lacks(&before.functions, row));
        let mut pairs: Vec<(&SummaryRow, &SummaryRow)> = Vec::new();
        for row in new {
            let olds = gone.get(&(&*row.name, package(&row.place, now)));
            pairs.extend(olds.into_iter().flatten().map(|old| (row, *old)));
        }
        pairs.sort_by_key(|(row, old)| row.figures.size.abs_diff(old.figures.size));
        let (mut from, mut taken) = (BTreeMap::new(), BTreeSet::new());
        for (row, old) in pairs {
            if !from.contains_key(&key(row)) && taken.insert(key(old)) {
                from.insert(key(row), old);
            }
        }
        Self { from }
    }

    /// What a function was in the baseline, if it stands elsewhere now.
    pub(super) fn from(&self, row: &SummaryRow) -> Option<&'a SummaryRow> {
        self.from.get(&(&*row.name, &*row.place)).copied()
    }
}

/// The package that a place begins with; nothing of the application's, whose places are those of its files.
pub(super) fn package<'p>(place: &'p str, summary: &Summary) -> &'p str {
    if place.starts_with("node:") {
        return "node:";
    }
    let slashes = place.match_indices('/').map(|(slash, _)| slash);
    // The name of a scoped package has a slash in it.
    let ends: Vec<usize> = slashes.take(2).chain([place.len()]).collect();
    let names = ends.iter().map(|&end| &place[..end]);
    let known = names.filter(|name| summary.packages.get(name, "").is_some());
    known.max_by_key(|name| Reverse(name.len())).unwrap_or("")
}
