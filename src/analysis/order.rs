//! What is listed, and in which order.
//!
//! Rules that the output promises:
//! * Order is by self size, descending, then by name, url, line, column, version.
//! * A function, package or category is listed if its self or its total size is positive.
//! * A package's category is the one that holds most of its own bytes (of equal ones the larger category); a package
//!   without own bytes has none. Its priority is one step less than its share says where more than half of its bytes are
//!   in one category with a theme: that category's row tells them already.

use std::cmp::Reverse;

use super::breakdown::{Breakdown, Grouped, package_key};
use super::rows::{CategoryRow, PackageRow, Summed};
use super::sampling::Sampling;
use super::share::Share;
use crate::profile::{Aggregate, CategoryId, EntryPoint, FrameId, Sums};

/// The category of all that fits no theme: standing in it says nothing about a package.
pub(super) const NO_THEME: &str = "other";

/// Whether a category says something about what is in it.
pub(super) fn has_theme(aggregate: &Aggregate, category: CategoryId) -> bool {
    aggregate.categories[usize::from(category.0)].id != NO_THEME
}

fn is_listed(sums: &Sums) -> bool {
    sums.self_size > 0 || sums.total_size > 0
}

/// All functions that are listed.
pub(super) fn functions(aggregate: &Aggregate) -> Vec<FrameId> {
    let Aggregate { frames, by_frame, .. } = aggregate;
    let mut functions = Vec::with_capacity(frames.len());
    // Size and how the name begins as one number: most of the order is told by these.
    functions.extend(frames.ids().zip(by_frame).filter(|(_, sums)| is_listed(sums)).map(|(id, sums)| {
        let key = u128::from(!sums.self_size) << 64 | u128::from(frames.get(id).beginning);
        (key, id)
    }));
    functions.sort_unstable_by_key(|&(key, _)| key);
    for alike in functions.chunk_by_mut(|(a, _), (b, _)| a == b).filter(|alike| alike.len() > 1) {
        alike.sort_unstable_by(|&(_, a), &(_, b)| {
            // Lines that are none for different reasons compare as equal: the sums decide then, so that ids never do.
            let sums = |id: FrameId| {
                let sums = id.sums(aggregate);
                (sums.total_size, sums.allocating_nodes, sums.nodes)
            };
            frames.compare(a, b).then_with(|| sums(b).cmp(&sums(a)))
        });
    }
    functions.into_iter().map(|(_, id)| id).collect()
}

/// All categories that are listed.
pub(super) fn categories<'a>(
    aggregate: &'a Aggregate,
    grouped: &Grouped,
    breakdown: &Breakdown,
    whole: u64,
    sampling: &Sampling,
) -> Vec<CategoryRow<'a>> {
    let mut rows: Vec<CategoryRow<'a>> = aggregate
        .categories
        .iter()
        .zip(0_u16..)
        .filter_map(|(category, number)| {
            let id = CategoryId(number);
            let sums = *id.sums(aggregate);
            let share = Share::of(sums.self_size, whole);
            let i = usize::from(number);
            is_listed(&sums).then(|| CategoryRow {
                id,
                category,
                sums,
                share,
                priority: share.priority(),
                rank: 0,
                caused_by: aggregate.category_causes.get(i).copied().flatten(),
                functions: grouped.starts[i]..grouped.starts[i + 1],
                parts: breakdown.starts[i]..breakdown.starts[i + 1],
            })
        })
        .collect();
    rows.sort_unstable_by_key(|row| (Reverse(row.sums.self_size), &row.category.name, &row.category.id));
    let ranks = sampling.ranks(rows.iter().map(|row| row.sums.self_size));
    rows.iter_mut().zip(ranks).for_each(|(row, rank)| row.rank = rank);
    rows
}

/// All packages that are listed.
pub(super) fn packages<'a>(
    aggregate: &'a Aggregate,
    breakdown: &Breakdown,
    whole: u64,
    sampling: &Sampling,
) -> Vec<PackageRow<'a>> {
    let mut rows: Vec<PackageRow<'a>> = aggregate
        .frames
        .package_ids()
        .filter_map(|id| {
            let sums = *id.sums(aggregate);
            let (name, version) = package_key(aggregate, id);
            let share = Share::of(sums.self_size, whole);
            let mut row = PackageRow {
                id,
                name,
                version,
                kind: aggregate.frames.package(id).kind,
                sums,
                share,
                category: breakdown.main_category[id.0 as usize],
                priority: share.priority(),
                rank: 0,
                caused_by: aggregate.package_causes.get(id.0 as usize).copied().flatten(),
            };
            if row.inside().is_some_and(|id| has_theme(aggregate, id)) {
                row.priority = row.priority.lowered();
            }
            is_listed(&sums).then_some(row)
        })
        .collect();
    rows.sort_unstable_by(|a, b| {
        b.sums.self_size.cmp(&a.sums.self_size).then_with(|| (a.name, a.version).cmp(&(b.name, b.version)))
    });
    let ranks = sampling.ranks(rows.iter().map(|row| row.sums.self_size));
    rows.iter_mut().zip(ranks).for_each(|(row, rank)| row.rank = rank);
    rows
}

/// What stacks begin with.
pub(super) fn entry_points(aggregate: &Aggregate) -> Vec<EntryPoint> {
    let mut entry_points = aggregate.entry_points.clone();
    entry_points.sort_unstable_by(|a, b| {
        b.total_size.cmp(&a.total_size).then_with(|| aggregate.frames.compare(a.frame, b.frame))
    });
    entry_points
}
