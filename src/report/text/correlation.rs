//! The CPU profile beside the heap profile: categories, what to work on first, packages by CPU time, functions that take both.

use std::io;

use super::screen::{DIM, PLAIN, Screen, column, fit, fit_end, paint_of};
use super::sections::{name_and_remark, room_of_remark, widest};
use crate::analysis::model::{CategoryPair, Correlation, MemoryLevel, Priority, Report, Share};
use crate::report::correlation::{self, ROWS};
use crate::report::units::{Percent, Size, count};
use crate::report::{escape, label};

/// The shares that begin a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Columns {
    /// Of all time, of active time, of the memory.
    All,
    /// Of all time and of the memory.
    WithoutActive,
}

impl Columns {
    /// The columns of the screen that they take.
    fn width(self) -> usize {
        match self {
            Self::All => 3 * 9 + 1,
            Self::WithoutActive => 2 * 9 + 1,
        }
    }
}

/// Columns of two shares and a size.
const NUMBERS: usize = 2 * 9 + 12;

/// Writes the section.
pub(super) fn write(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let Some(correlation) = report.correlation() else { return Ok(()) };
    screen.title("CPU and memory", &format!("beside {}", escape::name(correlation.name())))?;
    let facts = format!(
        "{}. Garbage collector {} of all time: {}.",
        correlation::extent(correlation),
        Percent(correlation.share(correlation.times().garbage_collector)),
        correlation::memory_pressure(correlation),
    );
    screen.paragraph(DIM, &facts, "")?;
    for caveat in correlation::caveats(report, correlation) {
        screen.paragraph(DIM, &caveat, "")?;
    }
    categories(correlation, screen)?;
    verdict(correlation, screen)?;
    packages(report, correlation, screen)?;
    functions(report, correlation, screen)
}

fn categories(correlation: &Correlation<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let (rows, others) = correlation::rows(correlation);
    let widths = |columns: Columns| {
        let left = screen.width - columns.width();
        let longest = widest(rows.iter().map(|row| escape::name(&row.category.name)), left / 2);
        let title = longest.max("(garbage collector)".len().min(left / 2));
        let room = room_of_remark(title, left);
        // Levels that are cut say nothing.
        let room = if rows.iter().all(|row| row.reading().levels.len() <= room) { room } else { 0 };
        (columns, left, title, room)
    };
    // What it means is worth more than shares of active time.
    let both = widths(Columns::All);
    let narrow = if both.3 > 0 { both } else { widths(Columns::WithoutActive) };
    let (columns, left, title, room) = if narrow.3 > 0 { narrow } else { both };
    // The advice stands below as well: here it stands where there is room for all of it.
    let with_advice = rows.iter().all(|row| advice(row).len() <= room);
    captions(screen, columns, ("category", if room > 0 { "reading" } else { "" }), title, left)?;
    for row in rows {
        shares(
            screen,
            columns,
            (row.cpu_share, row.cpu_level),
            row.active_share,
            Some((row.memory_share, row.memory_level)),
        )?;
        let reading = if with_advice { advice(row) } else { row.reading().levels.to_owned() };
        name_and_remark(screen, &escape::name(&row.category.name), title, &fit(&reading, room), left)?;
    }
    if let Some(others) = others {
        let memory = correlation.memory_share(others.self_size);
        let cpu = correlation.share(others.time);
        let active = correlation.active_share(others.time);
        shares(screen, columns, (cpu, Priority::Low), active, Some((memory, MemoryLevel::Low)))?;
        name_and_remark(screen, &others.name(), title, &fit("each low in both", room), left)?;
    }
    let times = correlation.times();
    for (time, name, remark) in [
        (times.garbage_collector, "(garbage collector)", "the price of allocating"),
        (times.program, "(program)", "work outside JavaScript"),
    ] {
        let (share, active) = (correlation.share(time), correlation.active_share(time));
        shares(screen, columns, (share, Priority::Low), active, None)?;
        name_and_remark(screen, name, title, &fit(remark, room), left)?;
    }
    Ok(())
}

/// The levels, and what to do.
fn advice(row: &CategoryPair<'_>) -> String {
    let reading = row.reading();
    format!("{}: {}", reading.levels, reading.advice)
}

fn verdict(correlation: &Correlation<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let insights = correlation::insights(correlation);
    if !insights.is_empty() {
        let told: Vec<String> = insights.iter().map(|s| format!("{}{}{}", s.before, s.name, s.rest)).collect();
        screen.end()?;
        screen.paragraph(PLAIN, &format!("Key insight: {}", told.join(" ")), "  ")?;
    }
    let order = correlation.order_of_work();
    if !order.is_empty() {
        screen.title("Work on", correlation::ORDER_OF_WORK)?;
    }
    for (row, number) in order.iter().zip(1..) {
        let reading = row.reading();
        let line =
            format!("{number}. {} - {} ({})", correlation::task(correlation, row), reading.levels, reading.advice);
        screen.paragraph(PLAIN, &format!("  {line}"), "     ")?;
    }
    Ok(())
}

fn packages(report: &Report<'_>, correlation: &Correlation<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let rows: Vec<_> = correlation.packages().iter().filter(|row| row.time > 0).collect();
    if rows.is_empty() {
        return Ok(());
    }
    screen.title("Packages by CPU time", "")?;
    let limit = report.limit_or(ROWS).min(rows.len());
    let columns = Columns::All;
    let left = screen.width - columns.width();
    captions(screen, columns, ("package", ""), left, left)?;
    for row in &rows[..limit] {
        let (cpu, memory) = (correlation.share(row.time), correlation.memory_share(row.self_size));
        let memory = (memory, MemoryLevel::of(memory));
        shares(screen, columns, (cpu, cpu.priority()), correlation.active_share(row.time), Some(memory))?;
        screen.put(PLAIN, fit(&escape::name(row.name), left))?;
        screen.end()?;
    }
    let rest = &rows[limit..];
    if !rest.is_empty() {
        let sum = |part: fn(&crate::analysis::model::PackagePair<'_>) -> u64| {
            rest.iter().fold(0_u64, |sum, row| sum.saturating_add(part(row)))
        };
        let (time, size) = (sum(|row| row.time), sum(|row| row.self_size));
        let memory = (correlation.memory_share(size), MemoryLevel::Low);
        let active = correlation.active_share(time);
        shares(screen, columns, (correlation.share(time), Priority::Low), active, Some(memory))?;
        screen.put(DIM, fit(&format!("in {}", count(rest.len(), "more package")), left))?;
        screen.end()?;
    }
    Ok(())
}

fn functions(report: &Report<'_>, correlation: &Correlation<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    screen.title("Functions in both profiles", "")?;
    screen.paragraph(DIM, &correlation::coverage(&correlation.coverage()), "")?;
    let rows = correlation.functions();
    let shown = &rows[..rows.len().min(report.limit_or(ROWS))];
    if shown.is_empty() {
        return Ok(());
    }
    let left = screen.width - NUMBERS;
    let title =
        widest(shown.iter().map(|pair| label::name(&report.function(pair.heap))), left / 2).max("function".len());
    screen.put(DIM, format_args!("{:>8} {:>8} {:>10}  ", "CPU", "memory", "size"))?;
    caption(screen, "function", "source", title, left)?;
    for pair in shown {
        let function = report.function(pair.heap);
        let (cpu, memory) = (correlation.share(pair.time), correlation.memory_share(pair.self_size));
        level(screen, cpu, cpu.priority())?;
        level(screen, memory, memory.priority())?;
        screen.put(PLAIN, format_args!("{:>10}  ", Size(pair.self_size)))?;
        let source = fit_end(&correlation::source(&function), room_of_remark(title, left));
        name_and_remark(screen, &label::name(&function), title, &source, left)?;
    }
    Ok(())
}

fn captions(
    screen: &mut Screen<'_>,
    columns: Columns,
    (name, remark): (&str, &str),
    title: usize,
    left: usize,
) -> io::Result<()> {
    let active = if columns == Columns::All { format!("{:>8} ", "active") } else { String::new() };
    screen.put(DIM, format_args!("{:>8} {active}{:>8}  ", "CPU", "memory"))?;
    caption(screen, name, remark, title, left)
}

fn caption(screen: &mut Screen<'_>, name: &str, remark: &str, title: usize, left: usize) -> io::Result<()> {
    match room_of_remark(title, left) {
        0 => screen.put(DIM, fit(name, left))?,
        room => screen.put(DIM, format_args!("{}{}", column(name, title + 2), fit(remark, room)))?,
    }
    screen.end()
}

/// Shares of all time, of active time, and of the memory.
fn shares(
    screen: &mut Screen<'_>,
    columns: Columns,
    cpu: (Share, Priority),
    active: Share,
    memory: Option<(Share, MemoryLevel)>,
) -> io::Result<()> {
    level(screen, cpu.0, cpu.1)?;
    if columns == Columns::All {
        screen.put(DIM, format_args!("{:>8} ", Percent(active)))?;
    }
    match memory {
        Some((share, memory)) => {
            let priority = match memory {
                MemoryLevel::High | MemoryLevel::VeryHigh => Priority::High,
                MemoryLevel::Medium => Priority::Medium,
                MemoryLevel::Low => Priority::Low,
            };
            level(screen, share, priority)?;
        }
        None => screen.put(DIM, format_args!("{:>8} ", "-"))?,
    }
    screen.put(PLAIN, " ")
}

fn level(screen: &mut Screen<'_>, share: Share, priority: Priority) -> io::Result<()> {
    let paint = if priority == Priority::Low { PLAIN } else { paint_of(priority) };
    screen.put(paint, format_args!("{:>8}", Percent(share)))?;
    screen.put(PLAIN, " ")
}
