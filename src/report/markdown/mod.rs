//! The report as a document, in the shape that an expert would give it: what it is, what matters most, the allocators
//! one by one with their stacks, the full tables, what to do about it, what to be careful about, and the whole in a few lines.

mod advice;
mod allocators;
pub(super) mod batch;
mod causes;
pub(super) mod check;
mod correlation;
pub(super) mod diff;
mod document;
mod process_memory;
mod stack;
mod tables;
mod trend;
mod wording;

use std::fmt::{self, Display};
use std::io::{self, Write};

use self::document::Document;
use self::stack::Drawings;
pub(super) use self::trend::write as write_trend;
use super::certainty::{self, estimate, is_lower_bound};
use super::escape::Code;
use super::units::{Percent, Size, count};
use super::{escape, label, notice, units};
use crate::analysis::model::{Function, Report, Warning};
use crate::profile::Sums;

/// Writes `report` as a document.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document::new(out);
    body(report, &mut document)?;
    document.finish()
}

fn body(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    header(report, out)?;
    if report.shown_size() == 0 {
        nothing(report, out)?;
    } else {
        let mut drawings = Drawings::new(report);
        tables::executive_summary(report, out)?;
        allocators::write(report, &mut drawings, out)?;
        tables::packages(report, out)?;
        causes::write(report, out)?;
        tables::functions(report, out)?;
        tables::entry_points(report, out)?;
        stack::heaviest(report, &mut drawings, out)?;
        process_memory::write(report, out)?;
        correlation::write(report, out)?;
        advice::write(report, out)?;
    }
    warnings(report, out)?;
    wording::summary(report, out)?;
    correlation::order_of_work(report, out)
}

/// Writes what is wrong with a capture; nothing where nothing is.
pub(super) fn write_findings(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.warnings().is_empty() {
        return Ok(());
    }
    let facts = certainty::facts(report).join(", ");
    let mut out = Document::new(out);
    writeln!(out, "## {}\n\n{facts}\n", escape::code(escape::shown(&report.file().name)))?;
    report.warnings().iter().try_for_each(|warning| finding(warning, &mut out))?;
    out.finish()
}

fn header(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let (file, aggregate) = (report.file(), report.aggregate());
    writeln!(out, "# Heap Allocation Profile Analysis\n")?;
    if let Some(text) = notice::incomplete(file) {
        writeln!(out, "> **⚠ {text}**\n")?;
    }
    for warning in notice::of_the_sum(report) {
        let (message, remedy) = (escape::prose(&warning.message), escape::prose(&warning.remedy));
        writeln!(out, "> **⚠** {message} {remedy}\n")?;
    }
    // Two spaces at the end of a line keep it a line of its own.
    writeln!(out, "**File**: {}  ", escape::code(escape::shown(&file.name)))?;
    if let Some(text) = notice::merged(file) {
        writeln!(out, "**Files**: {}  ", escape::plain(&text))?;
    }
    if let Some(date) = report.date() {
        writeln!(out, "**Date**: {date}  ")?;
    }
    writeln!(out, "**Total Allocations**: {}  ", notice::points(report))?;
    writeln!(out, "**Total Size**: {}  ", estimate(report, aggregate.total_size))?;
    let mut facts = certainty::facts(report);
    facts[0].insert_str(0, "written by ");
    facts.extend([
        Size(file.bytes).to_string(),
        count(aggregate.nodes, "node").to_string(),
        count(aggregate.call_frames, "call frame").to_string(),
        format!("at most {} deep", count(aggregate.max_depth, "call")),
    ]);
    writeln!(out, "**Profile**: {}\n", facts.join(", "))?;
    if let Some(text) = notice::repaired(report) {
        writeln!(out, "**Cut Stacks**: {text}\n")?;
    }
    if let Some(text) = notice::filtered(report) {
        writeln!(out, "**Filtered**: {}\n", escape::plain(&text))?;
    }
    if let Some(text) = certainty::legend(report, "In italics").filter(|_| report.shown_size() > 0) {
        writeln!(out, "{text}\n")?;
    }
    writeln!(out, "{}\n\n---\n", units::LEGEND)
}

fn nothing(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let [fact, remedy] = notice::without_bytes(report);
    writeln!(out, "## Executive Summary\n\n{fact} {remedy}\n\n---\n")
}

fn warnings(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let warnings = notice::warnings(report);
    if warnings.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Warnings\n")?;
    for warning in warnings {
        finding(warning, out)?;
    }
    writeln!(out, "\n---\n")
}

/// A warning as an item of a list: what is the matter, what to do, and the command that does it.
fn finding(warning: &Warning, out: &mut Document<'_>) -> io::Result<()> {
    writeln!(out, "- ⚠ {}{}", certainty::part(warning), escape::prose(&warning.message))?;
    if !warning.remedy.is_empty() {
        writeln!(out, "  **What to do**: {}", escape::prose(&warning.remedy))?;
    }
    match &warning.command {
        Some(command) => writeln!(out, "  {}", escape::span(&escape::visible(command))),
        None => Ok(()),
    }
}

/// The cell for a size with its error, in italics where it rests on few samples.
fn sized(report: &Report<'_>, size: u64) -> impl Display {
    let star = if size > 0 && report.sampling().rests_on_few(size) { "*" } else { "" };
    let estimate = estimate(report, size);
    fmt::from_fn(move |f| {
        f.write_str(star)?;
        estimate.fmt(f)?;
        f.write_str(star)
    })
}

/// The cells for a size and its share.
fn size_and_share(report: &Report<'_>, size: u64) -> impl Display {
    let (sized, share) = (sized(report, size), Percent(report.share(size)));
    fmt::from_fn(move |f| {
        sized.fmt(f)?;
        f.write_str(" | ")?;
        share.fmt(f)
    })
}

/// The cell for a total; where stacks were cut, that of callers is the least that it can be.
fn total(report: &Report<'_>, sums: &Sums) -> impl Display {
    let (mark, size) = (if is_lower_bound(report, sums) { "≥ " } else { "" }, Size(sums.total_size));
    fmt::from_fn(move |f| f.write_str(mark).and_then(|()| size.fmt(f)))
}

/// Which of the rows of a table are ties.
fn ties(ranks: &[usize], out: &mut Document<'_>) -> io::Result<()> {
    certainty::ties(ranks).map_or(Ok(()), |text| writeln!(out, "\n{text}"))
}

/// A function's name as inline code.
fn name<'a>(function: &Function<'a>) -> Code<'a> {
    escape::code(label::shown_name(function))
}

/// A function's source as inline code.
fn source(function: &Function<'_>) -> Code<'static> {
    escape::code(label::source(function))
}
