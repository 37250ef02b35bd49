//! The tables that stand for the whole profile.

use std::borrow::Cow;
use std::io;

use super::causes::caused_by;
use super::document::Document;
use super::frames::{Frames, Named};
use super::{size_and_share, ties, title, total};
use crate::analysis::model::{Other, PackageRow, Priority, Report, Summed};
use crate::report::units::{Grouped, Percent, Size};
use crate::report::words::Words;
use crate::report::{ROWS_FOR_PEOPLE, certainty, escape};

/// Entry points that are told, unless the user gave a limit.
const ENTRY_POINTS: usize = 10;

/// Categories with their priority, then the packages that stand out.
pub(super) fn executive_summary(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    out.say(concat!(
        "## Executive Summary\n\n",
        "This heap allocation profile shows **where memory is being allocated** during runtime. The top allocators are:\n\n",
        "| Category | Size | % | Priority |\n|----------|-----:|--:|----------|\n",
    ))?;
    let categories = report.with_bytes(report.categories());
    let (shown, other) = report.cut(categories, report.limit_or(ROWS_FOR_PEOPLE));
    for row in shown {
        let numbers = size_and_share(report, row.sums.self_size);
        out.say(("| ", title(row.category), " | ", numbers, " | ", priority(row.priority), " |\n"))?;
    }
    if let Some(other) = other {
        let numbers = size_and_share(report, other.self_size);
        out.say(("| ", others(&other, "category", "categories"), " | ", numbers, " | - |\n"))?;
    }
    let mut any_package = false;
    for row in report.notable_packages().take(report.limit_or(ROWS_FOR_PEOPLE)) {
        any_package = true;
        let (numbers, place) = (size_and_share(report, row.sums.self_size), whereabouts(report, row));
        out.say(("| ", package(row), " (", place, ") | ", numbers, " | ", priority(row.priority), " |\n"))?;
    }
    ties(&shown.iter().map(|row| row.rank).collect::<Vec<_>>(), out)?;
    if any_package {
        out.say(
            "\nPackages are a second view of the same bytes: they overlap the categories and do not add to them.\n",
        )?;
    }
    out.say("\n---\n\n")
}

/// All packages.
pub(super) fn packages(report: &Report<'_>, frames: &mut Frames, out: &mut Document<'_>) -> io::Result<()> {
    out.say(concat!(
        "## Packages\n\n",
        "The same bytes by package (this view overlaps the categories). Caused adds what natives, core and generated code allocate for a ",
        "package, Total everything that it calls.\n\n",
        "| Package | Version | Size | % | Caused | Total | Sample points | Mostly in | Caused by | Priority |\n",
        "|---------|---------|-----:|--:|-------:|------:|--------------:|-----------|-----------|----------|\n",
    ))?;
    let rows = report.that_allocate(report.packages());
    let (shown, other) = report.cut(&rows, report.limit_or(ROWS_FOR_PEOPLE));
    for row in shown {
        let category = row.category.map_or(Cow::Borrowed("-"), |(id, _)| title(report.category(id)));
        let numbers = (size_and_share(report, row.sums.self_size), " | ", Size(row.sums.caused_size));
        let total = (total(report, &row.sums), " | ", row.sums.allocating_nodes);
        let name = (escape::code(escape::shown(row.name)), " | ", version(row).unwrap_or(Cow::Borrowed("-")));
        let end = (caused_by(report, row.caused_by, frames), " | ", priority(row.priority), " |\n");
        out.say(("| ", name, " | ", numbers, " | ", total, " | ", category, " | ", end))?;
    }
    if let Some(other) = other {
        let numbers = size_and_share(report, other.self_size);
        let (caused, nodes) = (Size(other.caused_size), other.allocating_nodes);
        let name = others(&other, "package", "packages");
        out.say(("| ", name, " | - | ", numbers, " | ", caused, " | - | ", nodes, " | - | - | - |\n"))?;
    }
    ties(&shown.iter().map(|row| row.rank).collect::<Vec<_>>(), out)?;
    out.say("\n---\n\n")
}

/// The largest functions.
pub(super) fn functions(report: &Report<'_>, frames: &mut Frames, out: &mut Document<'_>) -> io::Result<()> {
    out.say(concat!(
        "## Top Functions\n\n",
        "Size is what a function allocates itself; Total adds everything that it calls.\n\n",
        "| # | Function | Size | % | Total | Source | Category |\n",
        "|--:|----------|-----:|--:|------:|--------|----------|\n",
    ))?;
    let (shown, other) = report.cut(report.with_bytes(report.functions()), report.limit_or(ROWS_FOR_PEOPLE));
    let ranks = report.ranks(shown);
    for (i, &id) in shown.iter().enumerate() {
        let (sums, category) = (id.sums(report.aggregate()), report.aggregate().frames.get(id).category);
        let numbers = (size_and_share(report, sums.self_size), " | ", total(report, sums));
        let Named { name, source } = frames.named(report, id);
        let category = title(report.category(category));
        let rank = certainty::rank(&ranks, i);
        out.say(("| ", rank, " | ", name, " | ", numbers, " | ", source, " | ", category, " |\n"))?;
    }
    if let Some(other) = other {
        let numbers = size_and_share(report, other.self_size);
        out.say(("| | ", others(&other, "function", "functions"), " | ", numbers, " | - | - | - |\n"))?;
    }
    if ranks.windows(2).any(|pair| pair[0] == pair[1]) {
        out.say("\n= marks ties: the sampling cannot tell these from the first one with their number.\n")?;
    }
    out.say("\n---\n\n")
}

/// What stacks begin with.
pub(super) fn entry_points(report: &Report<'_>, frames: &mut Frames, out: &mut Document<'_>) -> io::Result<()> {
    out.say(concat!(
        "## Entry Points\n\nWhere stacks begin, with all that is allocated below.\n\n",
        "| Function | Total | % | Source |\n|----------|------:|--:|--------|\n",
    ))?;
    let all = report.entry_points();
    let (shown, rest) = all.split_at(all.len().min(report.limit_or(ENTRY_POINTS)));
    for entry in shown {
        let numbers = size_and_share(report, entry.total_size);
        let Named { name, source } = frames.named(report, entry.frame);
        out.say(("| ", name, " | ", numbers, " | ", source, " |\n"))?;
    }
    if let Some(cut) = report.aggregate().cut_stacks.filter(|cut| cut.truncated > 0) {
        let numbers = size_and_share(report, cut.truncated_size);
        let stacks = Grouped(cut.truncated);
        out.say(("| (truncated stacks) | ", numbers, " | ", stacks, " of them, cut at ", cut.limit, " frames |\n"))?;
    }
    if !rest.is_empty() {
        let numbers = size_and_share(report, rest.iter().map(|entry| entry.total_size).sum());
        out.say(("| Other (", Grouped(rest.len() as u64), ") | ", numbers, " | - |\n"))?;
    }
    out.say("\n---\n\n")
}

/// How a cut list calls what it leaves out.
pub(super) fn others<'n>(other: &Other, one: &'n str, many: &'n str) -> impl Words + use<'n> {
    let noun = if other.count == 1 { one } else { many };
    ("Other (", Grouped(other.count as u64), " ", noun, ")")
}

fn package<'a>(row: &PackageRow<'a>) -> impl Words + use<'a> {
    (escape::code(escape::shown(row.name)), version(row).map(|version| (" ", version)))
}

fn version<'a>(row: &PackageRow<'a>) -> Option<Cow<'a, str>> {
    row.version.map(|version| escape::plain(escape::shown(version)))
}

/// Where the bytes of a package are counted.
pub(super) fn whereabouts<'a>(report: &Report<'a>, row: &PackageRow<'_>) -> impl Words + use<'a> {
    let category = |id| title(report.category(id));
    match (row.inside(), row.category) {
        (Some(id), _) if row.is_wholly_inside() => ("inside ", None, Some(category(id))),
        (Some(id), _) => ("mostly inside ", None, Some(category(id))),
        (None, Some((id, bytes))) => ("spread over categories; ", Some((Size(bytes), " in ")), Some(category(id))),
        (None, None) => ("in no category", None, None),
    }
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "🔴 High",
        Priority::Medium => "🟡 Medium",
        Priority::Low => "🟢 Low",
    }
}

/// A share in parentheses, for sentences.
pub(super) fn share_of(report: &Report<'_>, size: u64) -> Percent {
    Percent(report.share(size))
}
