//! The report for a terminal: what is large, at a glance, in the width there is.

mod advice;
pub(super) mod batch;
mod causes;
pub(super) mod check;
mod correlation;
pub(super) mod diff;
mod process_memory;
pub(crate) mod screen;
mod sections;
mod trend;

use std::io::{self, Write};

use self::advice::COMMAND;
pub(super) use self::advice::first;
use self::screen::{ALARM, BOLD, CAUTION, DIM, PLAIN, Screen};
pub(super) use self::trend::write as write_trend;
use super::certainty::{self, estimate};
use super::units::{self, Percent, Size, count};
use super::{Style, escape, label, notice};
use crate::analysis::model::{CategoryRow, Priority, Report, Warning};
use crate::profile::FrameId;

/// Writes `report` for a terminal.
pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let screen = &mut Screen::new(out, style);
    header(report, screen)?;
    if report.shown_size() == 0 {
        screen.end()?;
        for text in notice::without_bytes(report) {
            screen.paragraph(PLAIN, &text, "")?;
        }
    } else {
        headline(report, screen)?;
        advice::tasks(report, screen)?;
        sections::categories(report, screen)?;
        sections::packages(report, screen)?;
        causes::write(report, screen)?;
        sections::functions(report, screen)?;
        sections::entry_points(report, screen)?;
        sections::stacks(report, screen)?;
        process_memory::write(report, screen)?;
        correlation::write(report, screen)?;
        advice::recommendations(report, screen)?;
        advice::budget(report, screen)?;
    }
    warnings(report, screen)?;
    screen.end()?;
    if let Some(text) = certainty::legend(report, "~ and dim").filter(|_| report.shown_size() > 0) {
        screen.paragraph(DIM, &text, "")?;
    }
    screen.paragraph(DIM, units::LEGEND, "")
}

/// Writes what is wrong with a capture; nothing where nothing is.
pub(super) fn write_findings(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if report.warnings().is_empty() {
        return Ok(());
    }
    let screen = &mut Screen::new(out, style);
    let file = report.file();
    screen.paragraph(BOLD, &escape::name(&file.name), "")?;
    let facts: Vec<String> = certainty::facts(report);
    screen.paragraph(DIM, &facts.join(" · "), "")?;
    for warning in report.warnings() {
        screen.end()?;
        finding(warning, screen)?;
    }
    Ok(())
}

fn header(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let (file, aggregate) = (report.file(), report.aggregate());
    screen.paragraph(BOLD, &escape::name(&file.name), "")?;
    if let Some(text) = notice::merged(file) {
        screen.paragraph(DIM, &text, "  ")?;
    }
    if let Some(text) = notice::incomplete(file) {
        screen.paragraph(ALARM, &format!("⚠ {text}"), "  ")?;
    }
    for warning in notice::of_the_sum(report) {
        finding(warning, screen)?;
    }
    let points = notice::points(report);
    screen.paragraph(BOLD, &format!("{} in {points}", estimate(report, aggregate.total_size)), "")?;
    let mut facts: Vec<String> = report.date().iter().map(ToString::to_string).collect();
    facts.extend(certainty::facts(report));
    facts.extend([
        count(aggregate.nodes, "node").to_string(),
        count(aggregate.call_frames, "call frame").to_string(),
        format!("at most {} deep", count(aggregate.max_depth, "call")),
    ]);
    screen.paragraph(DIM, &facts.join(" · "), "")?;
    if let Some(text) = notice::repaired(report) {
        screen.paragraph(CAUTION, &text, "  ")?;
    }
    match notice::filtered(report) {
        Some(text) => screen.paragraph(CAUTION, &text, "  "),
        None => Ok(()),
    }
}

/// What to remember: the largest categories, the largest function, and what to do first.
fn headline(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let own = report.captures_own();
    let is_own = |row: &&CategoryRow<'_>| own.is_some_and(|own| own.category == Some(row.id));
    let rows: Vec<_> = report.with_bytes(report.categories()).iter().filter(|row| !is_own(row)).collect();
    let high = rows.iter().take(3).take_while(|row| row.priority == Priority::High).count().max(1);
    let named: Vec<String> = rows
        .iter()
        .take(high)
        .map(|row| format!("{} {}", escape::name(&row.category.name), Percent(row.share)))
        .collect();
    let mut text = match named.split_last() {
        Some((last, [])) => format!("Largest category: {last}."),
        Some((last, others)) => format!("Largest categories: {} and {last}.", others.join(", ")),
        None => String::new(),
    };
    // What captures is not what is to be looked at.
    let is_of_own =
        |id: &FrameId| own.is_some_and(|own| report.function(*id).package == report.function(own.largest).package);
    if let Some(&first) = report.functions().iter().find(|id| !is_of_own(id)) {
        let function = report.function(first);
        let (size, share) = (estimate(report, function.sums.self_size), Percent(function.share));
        text += &format!(" Largest function: {}, {size}, {share}.", label::frame(&function));
    }
    if let Some(own) = own.filter(|own| own.category.is_some() && report.share(own.size).priority() > Priority::Low) {
        let (size, share) = (Size(own.size), Percent(report.share(own.size)));
        text += &format!(" The capture's own: {size}, {share}, {} first.", label::frame(&report.function(own.largest)));
    }
    screen.end()?;
    screen.paragraph(PLAIN, &text, "")?;
    advice::first(report).map_or(Ok(()), |first| screen.paragraph(BOLD, &first, ""))
}

fn warnings(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let warnings = notice::warnings(report);
    if warnings.is_empty() {
        return Ok(());
    }
    screen.title("Warnings", "")?;
    for warning in warnings {
        finding(warning, screen)?;
    }
    Ok(())
}

/// A warning: what is the matter, what to do, and the command that does it, on a line of its own that is never wrapped.
fn finding(warning: &Warning, screen: &mut Screen<'_>) -> io::Result<()> {
    let text = format!("⚠ {}{}", certainty::part(warning), escape::visible(&warning.message));
    screen.paragraph(CAUTION, &text, "  ")?;
    if !warning.remedy.is_empty() {
        screen.paragraph(PLAIN, &format!("  {}", escape::visible(&warning.remedy)), "  ")?;
    }
    if let Some(command) = &warning.command {
        screen.put(DIM, format_args!("{COMMAND}{}", escape::visible(command)))?;
        screen.end()?;
    }
    Ok(())
}
