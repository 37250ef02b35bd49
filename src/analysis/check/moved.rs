//! Functions that stand elsewhere than in the baseline: a file was renamed, or they were moved to another one.
//!
//! A baseline has names, places and sizes of functions, no lines. So a function that is new and one that is gone are taken for the same if both have one name and
//! are of one package; of several those that are the nearest in size. That is no proof: it only keeps what has moved from being told as what has grown.

use std::collections::BTreeMap;

use crate::analysis::baseline::{Rows, Summary, SummaryRow};

/// What the functions of the runs that the baseline does not know were in it.
pub(super) struct Moved<'a> {
    from: BTreeMap<(&'a str, &'a str), &'a SummaryRow>,
}

impl<'a> Moved<'a> {
    pub(super) fn between(now: &'a Summary, before: &'a Summary) -> Self {
        let lacks = |rows: &Rows, row: &SummaryRow| rows.get(&row.name, &row.place).is_none();
        let gone = before.functions.rows.iter().filter(|row| lacks(&now.functions, row));
        let mut new: BTreeMap<(&str, &str), Vec<&SummaryRow>> = BTreeMap::new();
        for row in now.functions.rows.iter().filter(|row| lacks(&before.functions, row)) {
            new.entry((&row.name, package(&row.place, now))).or_default().push(row);
        }
        let mut from = BTreeMap::new();
        for old in gone {
            let Some(rows) = new.get_mut(&(&*old.name, package(&old.place, before))) else { continue };
            let misfit = |&at: &usize| rows[at].figures.size.abs_diff(old.figures.size);
            if let Some(nearest) = (0..rows.len()).min_by_key(misfit) {
                let row = rows.swap_remove(nearest);
                from.insert((&*row.name, &*row.place), old);
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
    // The name of a scoped package has a slash in it.
    let slashes = place.match_indices('/').map(|(slash, _)| slash).take(2);
    let mut names = slashes.chain([place.len()]).map(|end| &place[..end]);
    names.find(|name| summary.packages.get(name, "").is_some()).unwrap_or("")
}
