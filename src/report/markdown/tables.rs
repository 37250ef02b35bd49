//! The tables that stand for the whole profile.

use std::fmt::{self, Display};
use std::io;

use super::causes::caused_by;
use super::document::Document;
use super::{name, size_and_share, source, ties, total};
use crate::analysis::model::{Other, PackageRow, Priority, Report};
use crate::report::units::{Grouped, Percent, Size};
use crate::report::{ROWS_FOR_PEOPLE, certainty, escape};

/// Entry points that are told, unless the user gave a limit.
const ENTRY_POINTS: usize = 10;

/// Categories with their priority, then the packages that stand out.
pub(super) fn executive_summary(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    writeln!(out, "## Executive Summary\n")?;
    writeln!(
        out,
        "This heap allocation profile shows **where memory is being allocated** during runtime. The top allocators are:\n"
    )?;
    writeln!(out, "| Category | Size | % | Priority |\n|----------|-----:|--:|----------|")?;
    let categories = report.with_bytes(report.categories());
    let (shown, other) = report.cut(categories, report.limit_or(ROWS_FOR_PEOPLE));
    for row in shown {
        let name = escape::plain(escape::shown(&row.category.name));
        let numbers = size_and_share(report, row.sums.self_size);
        writeln!(out, "| {name} | {numbers} | {} |", priority(row.priority))?;
    }
    if let Some(other) = other {
        let numbers = size_and_share(report, other.self_size);
        writeln!(out, "| {} | {numbers} | - |", others(&other, "category", "categories"))?;
    }
    let mut any_package = false;
    for row in report.notable_packages().take(report.limit_or(ROWS_FOR_PEOPLE)) {
        any_package = true;
        let numbers = size_and_share(report, row.sums.self_size);
        let place = whereabouts(report, row);
        writeln!(out, "| {} ({place}) | {numbers} | {} |", package(row), priority(row.priority))?;
    }
    ties(&shown.iter().map(|row| row.rank).collect::<Vec<_>>(), out)?;
    if any_package {
        writeln!(
            out,
            "\nPackages are a second view of the same bytes: they overlap the categories and do not add to them."
        )?;
    }
    writeln!(out, "\n---\n")
}

/// All packages.
pub(super) fn packages(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    writeln!(out, "## Packages\n")?;
    writeln!(
        out,
        "The same bytes by package (this view overlaps the categories). Caused adds what natives, core and generated code allocate for a \
         package, Total everything that it calls.\n"
    )?;
    writeln!(
        out,
        "| Package | Version | Size | % | Caused | Total | Sample points | Mostly in | Caused by | Priority |"
    )?;
    writeln!(
        out,
        "|---------|---------|-----:|--:|-------:|------:|--------------:|-----------|-----------|----------|"
    )?;
    let rows = report.that_allocate(report.packages());
    let (shown, other) = report.cut(&rows, report.limit_or(ROWS_FOR_PEOPLE));
    for row in shown {
        let version = row.version.map_or("-".into(), |version| escape::plain(escape::shown(version)));
        let category =
            row.category.map_or("-".into(), |(id, _)| escape::plain(escape::shown(&report.category(id).name)));
        writeln!(
            out,
            "| {} | {version} | {} | {} | {} | {} | {category} | {} | {} |",
            escape::code(escape::shown(row.name)),
            size_and_share(report, row.sums.self_size),
            Size(row.sums.caused_size),
            total(report, &row.sums),
            row.sums.allocating_nodes,
            caused_by(report, row.caused_by),
            priority(row.priority),
        )?;
    }
    if let Some(other) = other {
        let numbers = size_and_share(report, other.self_size);
        let (caused, nodes) = (Size(other.caused_size), other.allocating_nodes);
        let name = others(&other, "package", "packages");
        writeln!(out, "| {name} | - | {numbers} | {caused} | - | {nodes} | - | - | - |")?;
    }
    ties(&shown.iter().map(|row| row.rank).collect::<Vec<_>>(), out)?;
    writeln!(out, "\n---\n")
}

/// The largest functions.
pub(super) fn functions(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    writeln!(out, "## Top Functions\n")?;
    writeln!(out, "Size is what a function allocates itself; Total adds everything that it calls.\n")?;
    writeln!(out, "| # | Function | Size | % | Total | Source | Category |")?;
    writeln!(out, "|--:|----------|-----:|--:|------:|--------|----------|")?;
    let (shown, other) = report.cut(report.with_bytes(report.functions()), report.limit_or(ROWS_FOR_PEOPLE));
    let ranks = report.ranks(shown);
    for (i, &id) in shown.iter().enumerate() {
        let function = report.function(id);
        let rank = certainty::rank(&ranks, i);
        writeln!(
            out,
            "| {rank} | {} | {} | {} | {} | {} |",
            name(&function),
            size_and_share(report, function.sums.self_size),
            total(report, &function.sums),
            source(&function),
            escape::plain(escape::shown(&function.category.name)),
        )?;
    }
    if let Some(other) = other {
        let numbers = size_and_share(report, other.self_size);
        writeln!(out, "| | {} | {numbers} | - | - | - |", others(&other, "function", "functions"))?;
    }
    if ranks.windows(2).any(|pair| pair[0] == pair[1]) {
        writeln!(out, "\n= marks ties: the sampling cannot tell these from the first one with their number.")?;
    }
    writeln!(out, "\n---\n")
}

/// What stacks begin with.
pub(super) fn entry_points(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    writeln!(out, "## Entry Points\n\nWhere stacks begin, with all that is allocated below.\n")?;
    writeln!(out, "| Function | Total | % | Source |\n|----------|------:|--:|--------|")?;
    let all = report.entry_points();
    let (shown, rest) = all.split_at(all.len().min(report.limit_or(ENTRY_POINTS)));
    for entry in shown {
        let function = report.function(entry.frame);
        let numbers = size_and_share(report, entry.total_size);
        writeln!(out, "| {} | {numbers} | {} |", name(&function), source(&function))?;
    }
    if let Some(cut) = report.aggregate().cut_stacks.filter(|cut| cut.truncated > 0) {
        let numbers = size_and_share(report, cut.truncated_size);
        let stacks = Grouped(cut.truncated);
        writeln!(out, "| (truncated stacks) | {numbers} | {stacks} of them, cut at {} frames |", cut.limit)?;
    }
    if !rest.is_empty() {
        let numbers = size_and_share(report, rest.iter().map(|entry| entry.total_size).sum());
        writeln!(out, "| Other ({}) | {numbers} | - |", Grouped(rest.len() as u64))?;
    }
    writeln!(out, "\n---\n")
}

/// How a cut list calls what it leaves out.
pub(super) fn others(other: &Other, one: &str, many: &str) -> String {
    let noun = if other.count == 1 { one } else { many };
    format!("Other ({} {noun})", Grouped(other.count as u64))
}

fn package(row: &PackageRow<'_>) -> impl Display {
    fmt::from_fn(|f| {
        escape::code(escape::shown(row.name)).fmt(f)?;
        row.version.map_or(Ok(()), |version| write!(f, " {}", escape::plain(escape::shown(version))))
    })
}

/// Where the bytes of a package are counted.
pub(super) fn whereabouts(report: &Report<'_>, row: &PackageRow<'_>) -> String {
    let category = |id| escape::plain(escape::shown(&report.category(id).name));
    match (row.inside(), row.category) {
        (Some(id), _) if row.is_wholly_inside() => format!("inside {}", category(id)),
        (Some(id), _) => format!("mostly inside {}", category(id)),
        (None, Some((id, bytes))) => format!("spread over categories; {} in {}", Size(bytes), category(id)),
        (None, None) => "in no category".into(),
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
