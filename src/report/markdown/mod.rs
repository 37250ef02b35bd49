//! The report as a document, in the shape that an expert would give it: what it is, what matters most, the allocators
//! one by one with their stacks, the full tables, what to do about it, what to be careful about, and the whole in a few lines.

mod advice;
mod allocators;
mod causes;
mod correlation;
mod stack;
mod tables;
mod wording;

use std::io::{self, Write};

use super::units::{Percent, Size, count};
use super::{escape, label, notice, units};
use crate::analysis::model::{Function, Report, Share};

/// Writes `report` as a document.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    header(report, out)?;
    if report.shown_size() == 0 {
        nothing(report, out)?;
    } else {
        tables::executive_summary(report, out)?;
        allocators::write(report, out)?;
        tables::packages(report, out)?;
        causes::write(report, out)?;
        tables::functions(report, out)?;
        stack::heaviest(report, out)?;
        correlation::write(report, out)?;
        advice::write(report, out)?;
    }
    warnings(report, out)?;
    wording::summary(report, out)?;
    correlation::order_of_work(report, out)
}

fn header(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (file, aggregate) = (report.file(), report.aggregate());
    writeln!(out, "# Heap Allocation Profile Analysis\n")?;
    if let Some(text) = notice::incomplete(file) {
        writeln!(out, "> **⚠ {text}**\n")?;
    }
    // Two spaces at the end of a line keep it a line of its own.
    writeln!(out, "**File**: {}  ", escape::code(&escape::name(&file.name)))?;
    if let Some(date) = report.date() {
        writeln!(out, "**Date**: {date}  ")?;
    }
    writeln!(out, "**Total Allocations**: {}  ", notice::points(report))?;
    writeln!(out, "**Total Size**: {}  ", Size(aggregate.total_size))?;
    let facts = [
        format!("written by {}", file.dialect),
        Size(file.bytes).to_string(),
        count(aggregate.nodes, "node"),
        count(aggregate.call_frames, "call frame"),
        format!("at most {} deep", count(aggregate.max_depth, "call")),
    ];
    writeln!(out, "**Profile**: {}\n", facts.join(", "))?;
    if let Some(text) = notice::repaired(report) {
        writeln!(out, "**Cut Stacks**: {text}\n")?;
    }
    if let Some(text) = notice::filtered(report) {
        writeln!(out, "**Filtered**: {}\n", escape::plain(&text))?;
    }
    writeln!(out, "{}\n\n---\n", units::LEGEND)
}

fn nothing(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let [fact, remedy] = notice::without_bytes(report);
    writeln!(out, "## Executive Summary\n\n{fact} {remedy}\n\n---\n")
}

fn warnings(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let warnings = notice::warnings(report);
    if warnings.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Warnings\n")?;
    for warning in warnings {
        writeln!(out, "- ⚠ {}", escape::prose(&warning.message))?;
        if !warning.remedy.is_empty() {
            writeln!(out, "  **What to do**: {}", escape::prose(&warning.remedy))?;
        }
    }
    writeln!(out, "\n---\n")
}

/// The cells for a size and its share.
fn size_and_share(size: u64, share: Share) -> String {
    format!("{} | {}", Size(size), Percent(share))
}

/// A function's name as inline code.
fn name(function: &Function<'_>) -> String {
    escape::code(&label::name(function))
}

/// A function's source as inline code.
fn source(function: &Function<'_>) -> String {
    escape::code(&label::source(function))
}
