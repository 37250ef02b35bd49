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
mod frames;
mod process_memory;
mod stack;
mod tables;
mod trend;
mod wording;

use std::borrow::Cow;
use std::io::{self, Write};
use std::iter::{once, repeat};

use self::document::Document;
pub(super) use self::frames::Frames;
use self::stack::Drawn;
pub(super) use self::trend::write as write_trend;
use super::certainty::{self, estimate, is_lower_bound};
use super::escape::Code;
use super::units::{Percent, Size, count};
use super::words::Words;
use super::{escape, label, notice, units};
use crate::analysis::model::{Function, Report, Warning};
use crate::profile::{Category, Sums};

/// Writes `report` as a document, with the words for its call frames that are known by now.
pub(super) fn write(report: &Report<'_>, frames: &mut Frames, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document::new(out);
    frames.bring_in(report);
    body(report, frames, &mut document)?;
    document.finish()
}

fn body(report: &Report<'_>, frames: &mut Frames, out: &mut Document<'_>) -> io::Result<()> {
    header(report, out)?;
    legends(report, out)?;
    if report.shown_size() == 0 {
        nothing(report, out)?;
    } else {
        tables::executive_summary(report, out)?;
        views(report, frames, out)?;
        advice::write(report, frames, out)?;
    }
    warnings(report, out)?;
    wording::summary(report, out)?;
    correlation::order_of_work(report, out)
}

/// The bytes as they are seen by allocator, package, cause, function and stack, and beside the process's memory and the CPU profile.
fn views(report: &Report<'_>, frames: &mut Frames, out: &mut Document<'_>) -> io::Result<()> {
    let mut drawn = Drawn::default();
    allocators::write(report, &mut drawn, frames, out)?;
    tables::packages(report, frames, out)?;
    causes::write(report, frames, out)?;
    tables::functions(report, frames, out)?;
    tables::entry_points(report, frames, out)?;
    stack::heaviest(report, &drawn, frames, out)?;
    process_memory::write(report, out)?;
    correlation::write(report, out)
}

/// What a page begins with, where what to do comes first: what it is, the whole in a few lines, and the list of things to do.
pub(super) fn write_first(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document::new(out);
    let out = &mut document;
    header(report, out)?;
    if let Some(text) = super::text::first(report).filter(|_| report.shown_size() > 0) {
        out.say(("> **", escape::plain(text), "**\n\n"))?;
    }
    legends(report, out)?;
    if report.shown_size() == 0 {
        nothing(report, out)?;
    }
    wording::summary(report, out)?;
    correlation::order_of_work(report, out)?;
    advice::tasks(report, out)?;
    document.finish()
}

/// The rest of a page.
pub(super) fn write_rest(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document::new(out);
    let (frames, out) = (&mut Frames::default(), &mut document);
    if report.shown_size() > 0 {
        tables::executive_summary(report, out)?;
        advice::recommendations(report, frames, out)?;
        views(report, frames, out)?;
        advice::budget(report, out)?;
    }
    warnings(report, out)?;
    document.finish()
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

/// The same, which says so where nothing is wrong.
pub(super) fn write_findings_or_none(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    match report.warnings() {
        [] => writeln!(
            out,
            "## {}\n\nNothing is wrong with this capture.",
            escape::code(escape::shown(&report.file().name))
        ),
        _ => write_findings(report, out),
    }
}

fn header(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let (file, aggregate) = (report.file(), report.aggregate());
    out.say("# Heap Allocation Profile Analysis\n\n")?;
    if let Some(text) = notice::incomplete(file) {
        writeln!(out, "> **⚠ {text}**\n")?;
    }
    for warning in notice::of_the_sum(report) {
        let (message, remedy) = (escape::prose(&warning.message), escape::prose(&warning.remedy));
        writeln!(out, "> **⚠** {message} {remedy}\n")?;
    }
    // Two spaces at the end of a line keep it a line of its own.
    out.say(("**File**: ", escape::code(escape::shown(&file.name)), "  \n"))?;
    if let Some(text) = notice::merged(file) {
        writeln!(out, "**Files**: {}  ", escape::plain(&text))?;
    }
    if let Some(date) = report.date() {
        writeln!(out, "**Date**: {date}  ")?;
    }
    out.say(("**Total Allocations**: ", notice::points(report), "  \n"))?;
    out.say(("**Total Size**: ", estimate(report, aggregate.total_size), "  \n**Profile**: written by "))?;
    for fact in certainty::facts(report) {
        out.say((fact, ", "))?;
    }
    let (nodes, frames) = (count(aggregate.nodes, "node"), count(aggregate.call_frames, "call frame"));
    let depth = count(aggregate.max_depth, "call");
    out.say((Size(file.bytes), ", ", nodes, ", ", frames, ", at most ", depth, " deep\n\n"))?;
    if let Some(text) = notice::repaired(report) {
        writeln!(out, "**Cut Stacks**: {text}\n")?;
    }
    match notice::filtered(report) {
        Some(text) => writeln!(out, "**Filtered**: {}\n", escape::plain(&text)),
        None => Ok(()),
    }
}

/// What signs and units mean.
fn legends(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    if let Some(text) = certainty::legend(report, "In italics").filter(|_| report.shown_size() > 0) {
        writeln!(out, "{text}\n")?;
    }
    out.say((units::LEGEND, "\n\n---\n\n"))
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
    out.say(("- ⚠ ", certainty::part(warning), escape::prose(&warning.message), "\n"))?;
    if !warning.remedy.is_empty() {
        out.say(("  **What to do**: ", escape::prose(&warning.remedy), "\n"))?;
    }
    match &warning.command {
        Some(command) => out.say(("  ", escape::span(&escape::visible(command)), "\n")),
        None => Ok(()),
    }
}

/// What stands before each of some items: nothing before the first.
fn between(separator: &str) -> impl Iterator<Item = &str> {
    once("").chain(repeat(separator))
}

/// The name of a category.
fn title(category: &Category) -> Cow<'_, str> {
    escape::plain(escape::shown(&category.name))
}

/// The cell for a size with its error, in italics where it rests on few samples.
fn sized(report: &Report<'_>, size: u64) -> impl Words {
    let star = if size > 0 && report.sampling().rests_on_few(size) { "*" } else { "" };
    (star, estimate(report, size), star)
}

/// The cells for a size and its share.
fn size_and_share(report: &Report<'_>, size: u64) -> impl Words {
    (sized(report, size), " | ", Percent(report.share(size)))
}

/// The cell for a total; where stacks were cut, that of callers is the least that it can be.
fn total(report: &Report<'_>, sums: &Sums) -> impl Words {
    (if is_lower_bound(report, sums) { "≥ " } else { "" }, Size(sums.total_size))
}

/// Which of the rows of a table are ties.
fn ties(ranks: &[usize], out: &mut Document<'_>) -> io::Result<()> {
    certainty::ties(ranks).map_or(Ok(()), |text| out.say(("\n", text, "\n")))
}

/// A function's name as inline code.
fn name<'a>(function: &Function<'a>) -> Code<'a> {
    escape::code(label::shown_name(function))
}

/// A function's source as inline code.
fn source(function: &Function<'_>) -> Code<'static> {
    escape::code(label::source(function))
}
