//! The tables that stand for the whole profile.

use std::io::{self, Write};

use super::causes::caused_by;
use super::{name, size_and_share, source};
use crate::analysis::model::{Other, PackageRow, Priority, Report};
use crate::report::units::{Grouped, Percent, Size};
use crate::report::{ROWS_FOR_PEOPLE, escape};

/// Categories with their priority, then the packages that stand out.
pub(super) fn executive_summary(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Executive Summary\n")?;
    writeln!(
        out,
        "This heap allocation profile shows **where memory is being allocated** during runtime. The top allocators are:\n"
    )?;
    writeln!(out, "| Category | Size | % | Priority |\n|----------|-----:|--:|----------|")?;
    let categories = report.with_bytes(report.categories());
    let (shown, other) = report.cut(categories, report.limit_or(ROWS_FOR_PEOPLE));
    for row in shown {
        let name = escape::plain(&escape::name(&row.category.name));
        let numbers = size_and_share(row.sums.self_size, row.share);
        writeln!(out, "| {name} | {numbers} | {} |", priority(row.priority))?;
    }
    if let Some(other) = other {
        let numbers = size_and_share(other.self_size, report.share(other.self_size));
        writeln!(out, "| {} | {numbers} | - |", others(&other, "category", "categories"))?;
    }
    let mut any_package = false;
    for row in report.notable_packages().take(report.limit_or(ROWS_FOR_PEOPLE)) {
        any_package = true;
        let numbers = size_and_share(row.sums.self_size, row.share);
        let place = whereabouts(report, row);
        writeln!(out, "| {} ({place}) | {numbers} | {} |", package(row), priority(row.priority))?;
    }
    if any_package {
        writeln!(
            out,
            "\nPackages are a second view of the same bytes: they overlap the categories and do not add to them."
        )?;
    }
    writeln!(out, "\n---\n")
}

/// All packages.
pub(super) fn packages(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
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
        let version = row.version.map_or("-".into(), |version| escape::plain(&escape::name(version)));
        let category =
            row.category.map_or("-".into(), |(id, _)| escape::plain(&escape::name(&report.category(id).name)));
        writeln!(
            out,
            "| {} | {version} | {} | {} | {} | {} | {category} | {} | {} |",
            escape::code(&escape::name(row.name)),
            size_and_share(row.sums.self_size, row.share),
            Size(row.sums.caused_size),
            Size(row.sums.total_size),
            row.sums.allocating_nodes,
            caused_by(report, row.caused_by),
            priority(row.priority),
        )?;
    }
    if let Some(other) = other {
        let numbers = size_and_share(other.self_size, report.share(other.self_size));
        let (caused, nodes) = (Size(other.caused_size), other.allocating_nodes);
        let name = others(&other, "package", "packages");
        writeln!(out, "| {name} | - | {numbers} | {caused} | - | {nodes} | - | - | - |")?;
    }
    writeln!(out, "\n---\n")
}

/// The largest functions.
pub(super) fn functions(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Top Functions\n")?;
    writeln!(out, "Size is what a function allocates itself; Total adds everything that it calls.\n")?;
    writeln!(out, "| # | Function | Size | % | Total | Source | Category |")?;
    writeln!(out, "|--:|----------|-----:|--:|------:|--------|----------|")?;
    let (shown, other) = report.cut(report.with_bytes(report.functions()), report.limit_or(ROWS_FOR_PEOPLE));
    for (&id, rank) in shown.iter().zip(1..) {
        let function = report.function(id);
        writeln!(
            out,
            "| {rank} | {} | {} | {} | {} | {} |",
            name(&function),
            size_and_share(function.sums.self_size, function.share),
            Size(function.sums.total_size),
            source(&function),
            escape::plain(&escape::name(&function.category.name)),
        )?;
    }
    if let Some(other) = other {
        let numbers = size_and_share(other.self_size, report.share(other.self_size));
        writeln!(out, "| | {} | {numbers} | - | - | - |", others(&other, "function", "functions"))?;
    }
    writeln!(out, "\n---\n")
}

/// How a cut list calls what it leaves out.
pub(super) fn others(other: &Other, one: &str, many: &str) -> String {
    let noun = if other.count == 1 { one } else { many };
    format!("Other ({} {noun})", Grouped(other.count as u64))
}

fn package(row: &PackageRow<'_>) -> String {
    let name = escape::code(&escape::name(row.name));
    match row.version {
        Some(version) => format!("{name} {}", escape::plain(&escape::name(version))),
        None => name,
    }
}

/// Where the bytes of a package are counted.
pub(super) fn whereabouts(report: &Report<'_>, row: &PackageRow<'_>) -> String {
    let category = |id| escape::plain(&escape::name(&report.category(id).name));
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
