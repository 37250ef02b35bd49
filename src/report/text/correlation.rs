//! The CPU profile beside the heap profile: categories, what to work on first, packages by CPU time, functions that take both.

use std::io;

use super::screen::{BOLD, DIM, PLAIN, Screen, column, fit, fit_end, paint_of};
use super::sections::{name_and_remark, room_of_remark, widest};
use crate::analysis::model::{CategoryPair, Correlation, MemoryLevel, Priority, Report, Share};
use crate::report::correlation::{self, ROWS};
use crate::report::units::{Percent, Size};
use crate::report::{escape, label};

/// Columns of the shares that begin a row.
const SHARES: usize = 3 * 9 + 1;
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
    let left = screen.width - SHARES;
    let title = widest(rows.iter().map(|row| escape::name(&row.category.name)), left / 2)
        .max("(garbage collector)".len().min(left / 2));
    // Levels that are cut say nothing.
    let fits = |row: &&&CategoryPair<'_>| row.reading().levels.len() <= room_of_remark(title, left);
    let room = if rows.iter().all(|row| fits(&row)) { room_of_remark(title, left) } else { 0 };
    // The advice stands below as well: here it stands where there is room for all of it.
    let with_advice = rows.iter().all(|row| advice(row).len() <= room);
    captions(screen, "category", if room > 0 { "reading" } else { "" }, title, left)?;
    for row in rows {
        shares(screen, (row.cpu_share, row.cpu_level), row.active_share, Some((row.memory_share, row.memory_level)))?;
        let reading = if with_advice { advice(row) } else { row.reading().levels.to_owned() };
        name_and_remark(screen, &escape::name(&row.category.name), title, &fit(&reading, room), left)?;
    }
    if let Some(others) = others {
        let memory = correlation.memory_share(others.self_size);
        let cpu = correlation.share(others.time);
        shares(screen, (cpu, Priority::Low), correlation.active_share(others.time), Some((memory, MemoryLevel::Low)))?;
        name_and_remark(screen, &others.name(), title, &fit("each low in both", room), left)?;
    }
    let times = correlation.times();
    for (time, name, remark) in [
        (times.garbage_collector, "(garbage collector)", "the price of allocating"),
        (times.program, "(program)", "work outside JavaScript"),
    ] {
        shares(screen, (correlation.share(time), Priority::Low), correlation.active_share(time), None)?;
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
    if let Some(insight) = correlation::insight(correlation) {
        screen.end()?;
        screen.paragraph(PLAIN, &format!("Key insight: {}{}{}", insight.before, insight.name, insight.rest), "  ")?;
    }
    let order = correlation.order_of_work();
    if !order.is_empty() {
        screen.end()?;
        screen.put(BOLD, "Work on")?;
        screen.end()?;
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
    let left = screen.width - SHARES;
    captions(screen, "package", "", left, left)?;
    for row in &rows[..limit] {
        let (cpu, memory) = (correlation.share(row.time), correlation.memory_share(row.self_size));
        let memory = (memory, MemoryLevel::of(memory));
        shares(screen, (cpu, cpu.priority()), correlation.active_share(row.time), Some(memory))?;
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
        shares(screen, (correlation.share(time), Priority::Low), correlation.active_share(time), Some(memory))?;
        screen.put(
            DIM,
            format_args!("in {} more {}", rest.len(), if rest.len() == 1 { "package" } else { "packages" }),
        )?;
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

fn captions(screen: &mut Screen<'_>, name: &str, remark: &str, title: usize, left: usize) -> io::Result<()> {
    screen.put(DIM, format_args!("{:>8} {:>8} {:>8}  ", "CPU", "active", "memory"))?;
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
    cpu: (Share, Priority),
    active: Share,
    memory: Option<(Share, MemoryLevel)>,
) -> io::Result<()> {
    level(screen, cpu.0, cpu.1)?;
    screen.put(DIM, format_args!("{:>8} ", Percent(active)))?;
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
