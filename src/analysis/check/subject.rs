//! What a rule is about, found in both sides.

use super::moved::package;
use crate::analysis::address;
use crate::analysis::baseline::{Figures, Rows, Summary, SummaryRow};
use crate::rules::{CheckSubject, called_now, nearest};

/// What a rule is about, in both sides.
pub(super) struct Subject {
    pub(super) now: Figures,
    pub(super) before: Figures,
    /// Bytes that the baseline may have of it beside, in rows that were left out.
    pub(super) left_out: u64,
    /// Whether a side has it.
    pub(super) is_met: bool,
    /// Whether it is a function of the application in either side, whose name a minifier chooses anew in each build.
    pub(super) may_be_renamed: bool,
    /// What was perhaps meant, where neither has, or what a function may be called now, where the runs have none.
    pub(super) near: Option<String>,
}

impl Subject {
    pub(super) fn of(subject: &CheckSubject, now: &Summary, before: Option<&Summary>) -> Self {
        let rows = |of: fn(&Summary) -> &Rows| (of(now), before.map(of));
        match subject {
            CheckSubject::Total => Self {
                now: now.total,
                before: before.map_or_else(Figures::default, |before| before.total),
                left_out: 0,
                is_met: true,
                may_be_renamed: false,
                near: None,
            },
            CheckSubject::Category(id) => {
                let id = called_now(id).unwrap_or(id);
                let found = Self::in_rows(rows(|summary| &summary.categories), id, |row| row.name == id);
                // That there is such a category the rules in force tell: another name was not meant.
                Self { near: None, ..found }
            }
            CheckSubject::Package(name) => {
                let sides = rows(|summary| &summary.packages);
                let found = Self::in_rows(sides, name, |row| row.name == *name);
                // A rule is about all versions of a package.
                let unversioned = name.rsplit_once('@').map(|(name, _)| name).filter(|name| {
                    !found.is_met && [Some(sides.0), sides.1].iter().flatten().any(|rows| rows.get(name, "").is_some())
                });
                match unversioned {
                    Some(name) => Self { near: Some(name.to_owned()), ..found },
                    None => found,
                }
            }
            CheckSubject::Function { name, place } => {
                let found = Self::function(rows(|summary| &summary.functions), name, place);
                let is_of_application = |summary: &Summary| {
                    let mut named = summary.functions.rows.iter().filter(|row| row.name == *name);
                    named.any(|row| package(&row.place, summary).is_empty())
                };
                Self { may_be_renamed: [Some(now), before].into_iter().flatten().any(is_of_application), ..found }
            }
        }
    }

    /// Functions; where there are none, one is near that has the name elsewhere, or whose name has the `@` in it.
    fn function(sides: (&Rows, Option<&Rows>), name: &str, place: &str) -> Self {
        // A rule may name a file as a build has called it.
        let stable = address::without_hashes(place);
        let is_there = |row: &SummaryRow| row.place.contains(place) || row.place.contains(&stable);
        let mut found = Self::in_rows(sides, name, |row| row.name == name && is_there(row));
        if !found.is_met && !place.is_empty() {
            let whole = format!("{name}@{place}");
            let written = |row: &SummaryRow| match row.name == whole {
                true => format!("function:{whole:?}"),
                false => format!("function:{}@{}", if name.is_empty() { "(anonymous)" } else { name }, row.place),
            };
            let mut rows = sides.0.rows.iter().chain(sides.1.iter().flat_map(|rows| &rows.rows));
            let near = rows.find(|row| row.name == whole || row.name == name).map(written);
            found.near = near.or(found.near);
        }
        if found.is_met && found.now.size == 0 {
            let is_new = |row: &&SummaryRow| sides.1.is_none_or(|old| old.get(&row.name, &row.place).is_none());
            let names = sides.0.rows.iter().filter(is_new).map(|row| &*row.name).filter(|name| !name.is_empty());
            found.near = nearest(name, names).map(str::to_owned);
        }
        found
    }

    fn in_rows((now, before): (&Rows, Option<&Rows>), name: &str, fits: impl Fn(&SummaryRow) -> bool) -> Self {
        let found: Vec<&SummaryRow> = now.rows.iter().filter(|row| fits(row)).collect();
        let old: Vec<&SummaryRow> = before.iter().flat_map(|rows| &rows.rows).filter(|row| fits(row)).collect();
        let is_met = !found.is_empty() || !old.is_empty();
        // Each row that is there now and was left out of the baseline may have been there with as much as any that was left out.
        let left_out = before.filter(|before| before.left_out > 0).map_or(0, |before| {
            let lacking = found.iter().filter(|row| before.get(&row.name, &row.place).is_none()).count() as u64;
            before.left_out.saturating_mul(lacking)
        });
        let names = || now.rows.iter().chain(before.iter().flat_map(|rows| &rows.rows)).map(|row| &*row.name);
        let near = if is_met { None } else { nearest(name, names().filter(|name| !name.is_empty())) };
        let (now, before) = (Figures::sum(&found), Figures::sum(&old));
        Self { now, before, left_out, is_met, may_be_renamed: false, near: near.map(str::to_owned) }
    }
}
