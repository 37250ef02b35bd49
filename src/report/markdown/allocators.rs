//! One section for each large category: its functions, what stands out, and its heaviest stack.

use std::io;

use super::document::Document;
use super::frames::{Frames, Named};
use super::stack::{self, Drawn};
use super::{sized, tables, title, wording};
use crate::analysis::model::{CategoryRow, Report, Summed};
use crate::report::certainty::estimate;
use crate::report::units::{Percent, Size};

/// Categories with a section of their own, unless the user gave a limit.
const SECTIONS: usize = 10;
/// Rows of a section's table, unless the user gave a limit.
const FUNCTIONS: usize = 7;

/// Writes the sections, the largest category first.
pub(super) fn write<'a>(
    report: &Report<'a>,
    drawn: &mut Drawn<'a>,
    frames: &mut Frames,
    out: &mut Document<'_>,
) -> io::Result<()> {
    out.say("## Top Memory Allocators\n\n")?;
    let categories = report.with_bytes(report.categories());
    let (shown, other) = report.cut(categories, report.limit_or(SECTIONS));
    for (row, number) in shown.iter().zip(1..) {
        let size = estimate(report, row.sums.self_size);
        out.say(("### ", number, ". ", title(row.category), " (", Percent(row.share), " = ", size, ")\n\n"))?;
        functions(report, row, frames, out)?;
        wording::analysis(report, row, out)?;
        stack::of_category(report, row, number, drawn, frames, out)?;
    }
    if let Some(other) = other {
        let (count, size) = (tables::others(&other, "category", "categories"), Size(other.self_size));
        out.say((count, ": ", size, " (", tables::share_of(report, other.self_size), ").\n\n"))?;
    }
    out.say("---\n\n")
}

fn functions(
    report: &Report<'_>,
    row: &CategoryRow<'_>,
    frames: &mut Frames,
    out: &mut Document<'_>,
) -> io::Result<()> {
    let functions = report.with_bytes(report.functions_of(row));
    let limit = report.limit_or(FUNCTIONS);
    // One row for one function says more than "Other (1 function)".
    let limit = if !report.has_limit() && functions.len() == limit + 1 { limit + 1 } else { limit };
    let (shown, other) = report.cut(functions, limit);
    out.say("| Function | Size | Source |\n|----------|-----:|--------|\n")?;
    for &id in shown {
        let size = sized(report, id.sums(report.aggregate()).self_size);
        let Named { name, source } = frames.named(report, id);
        out.say(("| ", name, " | ", size, " | ", source, " |\n"))?;
    }
    if let Some(other) = other {
        let count = tables::others(&other, "function", "functions");
        out.say(("| ", count, " | ", Size(other.self_size), " | - |\n"))?;
    }
    out.say("\n")
}
