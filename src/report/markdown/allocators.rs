//! One section for each large category: its functions, what stands out, and its heaviest stack.

use std::io;

use super::document::Document;
use super::stack::{self, Drawings};
use super::{name, sized, source, tables, wording};
use crate::analysis::model::{CategoryRow, Report};
use crate::report::certainty::estimate;
use crate::report::escape;
use crate::report::units::{Percent, Size};

/// Categories with a section of their own, unless the user gave a limit.
const SECTIONS: usize = 10;
/// Rows of a section's table, unless the user gave a limit.
const FUNCTIONS: usize = 7;

/// Writes the sections, the largest category first.
pub(super) fn write<'a>(report: &Report<'a>, drawings: &mut Drawings<'a>, out: &mut Document<'_>) -> io::Result<()> {
    writeln!(out, "## Top Memory Allocators\n")?;
    let categories = report.with_bytes(report.categories());
    let (shown, other) = report.cut(categories, report.limit_or(SECTIONS));
    for (row, number) in shown.iter().zip(1..) {
        let title = escape::plain(escape::shown(&row.category.name));
        let size = estimate(report, row.sums.self_size);
        writeln!(out, "### {number}. {title} ({} = {size})\n", Percent(row.share))?;
        functions(report, row, out)?;
        wording::analysis(report, row, out)?;
        stack::of_category(report, row, number, drawings, out)?;
    }
    if let Some(other) = other {
        let (count, size) = (tables::others(&other, "category", "categories"), Size(other.self_size));
        writeln!(out, "{count}: {size} ({}).\n", tables::share_of(report, other.self_size))?;
    }
    writeln!(out, "---\n")
}

fn functions(report: &Report<'_>, row: &CategoryRow<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let functions = report.with_bytes(report.functions_of(row));
    let limit = report.limit_or(FUNCTIONS);
    // One row for one function says more than "Other (1 function)".
    let limit = if !report.has_limit() && functions.len() == limit + 1 { limit + 1 } else { limit };
    let (shown, other) = report.cut(functions, limit);
    writeln!(out, "| Function | Size | Source |\n|----------|-----:|--------|")?;
    for &id in shown {
        let function = report.function(id);
        writeln!(out, "| {} | {} | {} |", name(&function), sized(report, function.sums.self_size), source(&function))?;
    }
    if let Some(other) = other {
        let count = tables::others(&other, "function", "functions");
        writeln!(out, "| {count} | {} | - |", Size(other.self_size))?;
    }
    writeln!(out)
}
