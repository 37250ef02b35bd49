//! The section about a CPU profile: its table of levels, the key insight, what to work on in which order, packages and functions.

use std::borrow::Cow;
use std::io;

use super::document::Document;
use super::{name, source};
use crate::analysis::model::{CategoryPair, Correlation, MemoryLevel, Priority, Report};
use crate::report::correlation::{self, ROWS};
use crate::report::escape;
use crate::report::units::{Percent, Size};

/// Writes the section.
pub(super) fn write(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let Some(correlation) = report.correlation() else { return Ok(()) };
    writeln!(out, "## Correlation with CPU Profile\n")?;
    let file = escape::code(escape::shown(correlation.name()));
    writeln!(out, "Beside {file}: {}.", correlation::extent(correlation))?;
    for caveat in correlation::caveats(report, correlation) {
        writeln!(out, "{caveat}")?;
    }
    writeln!(out)?;
    categories(correlation, out)?;
    let collector = correlation.times().garbage_collector;
    writeln!(
        out,
        "\n**Garbage Collector**: {} of all time, {} of active time: {}.\n",
        Percent(correlation.share(collector)),
        Percent(correlation.active_share(collector)),
        correlation::memory_pressure(correlation),
    )?;
    let told: Vec<String> = correlation::insights(correlation)
        .iter()
        .map(|s| format!("{}**{}**{}", s.before, escape::plain(&s.name), escape::plain(&s.rest)))
        .collect();
    if !told.is_empty() {
        writeln!(out, "**Key Insight**: {}\n", told.join(" "))?;
    }
    packages(report, correlation, out)?;
    functions(report, correlation, out)?;
    writeln!(out, "---\n")
}

/// The order of work, as a part of the summary.
pub(super) fn order_of_work(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let Some(correlation) = report.correlation() else { return Ok(()) };
    let order = correlation.order_of_work();
    if order.is_empty() || report.total_size() == 0 {
        return Ok(());
    }
    let order_of_work = correlation::ORDER_OF_WORK;
    writeln!(out, "\nCombined with CPU profile data, the optimization priorities are:\n({order_of_work})\n")?;
    for (row, number) in order.iter().zip(1..) {
        let reading = row.reading();
        let task = escape::plain(correlation::task(correlation, row));
        writeln!(out, "{number}. **{task}** - {} ({})", reading.levels, reading.advice)?;
    }
    Ok(())
}

fn category<'a>(row: &CategoryPair<'a>) -> Cow<'a, str> {
    escape::plain(escape::shown(&row.category.name))
}

fn categories(correlation: &Correlation<'_>, out: &mut Document<'_>) -> io::Result<()> {
    writeln!(out, "| Component | CPU % | Active CPU % | Memory Allocation % | Correlation | What to do |")?;
    writeln!(out, "|-----------|------:|-------------:|--------------------:|-------------|------------|")?;
    let (rows, others) = correlation::rows(correlation);
    for row in rows {
        let reading = row.reading();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} {} | {} |",
            category(row),
            Percent(row.cpu_share),
            Percent(row.active_share),
            Percent(row.memory_share),
            sign(row),
            reading.levels,
            reading.advice,
        )?;
    }
    if let Some(others) = others {
        writeln!(
            out,
            "| {} | {} | {} | {} | each low in both | - |",
            others.name(),
            Percent(correlation.share(others.time)),
            Percent(correlation.active_share(others.time)),
            Percent(correlation.memory_share(others.self_size)),
        )?;
    }
    let times = correlation.times();
    for (name, time) in
        [("(garbage collector)", times.garbage_collector), ("(program): outside JavaScript", times.program)]
    {
        let (share, active) = (Percent(correlation.share(time)), Percent(correlation.active_share(time)));
        writeln!(out, "| {name} | {share} | {active} | - | - | - |")?;
    }
    writeln!(out, "| (idle) | {} | - | - | - | - |", Percent(correlation.share(times.idle)))
}

/// Red where both are high, a warning where the memory is and the CPU profile does not show it.
fn sign(row: &CategoryPair<'_>) -> &'static str {
    match (row.cpu_level, row.memory_level) {
        (Priority::High, memory) if memory.is_high() => "🔴",
        (_, memory) if memory.is_high() => "⚠️",
        (Priority::Low, MemoryLevel::Low) => "🟢",
        _ => "🟡",
    }
}

fn packages(report: &Report<'_>, correlation: &Correlation<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let rows: Vec<_> = correlation.packages().iter().filter(|row| row.time > 0).collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Packages by CPU Time\n")?;
    writeln!(out, "| Package | CPU % | Active CPU % | Memory Allocation % | Size |")?;
    writeln!(out, "|---------|------:|-------------:|--------------------:|-----:|")?;
    let shown = rows.len().min(report.limit_or(ROWS));
    for row in &rows[..shown] {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            escape::code(escape::shown(row.name)),
            Percent(correlation.share(row.time)),
            Percent(correlation.active_share(row.time)),
            Percent(correlation.memory_share(row.self_size)),
            Size(row.self_size),
        )?;
    }
    if shown < rows.len() {
        let (mut time, mut size) = (0_u64, 0_u64);
        for row in &rows[shown..] {
            time = time.saturating_add(row.time);
            size = size.saturating_add(row.self_size);
        }
        let noun = if rows.len() - shown == 1 { "package" } else { "packages" };
        writeln!(
            out,
            "| Other ({} {noun}) | {} | {} | {} | {} |",
            rows.len() - shown,
            Percent(correlation.share(time)),
            Percent(correlation.active_share(time)),
            Percent(correlation.memory_share(size)),
            Size(size),
        )?;
    }
    writeln!(out)
}

fn functions(report: &Report<'_>, correlation: &Correlation<'_>, out: &mut Document<'_>) -> io::Result<()> {
    writeln!(out, "### Functions in Both Profiles\n")?;
    writeln!(out, "{}\n", correlation::coverage(&correlation.coverage()))?;
    let rows = correlation.functions();
    let shown = &rows[..rows.len().min(report.limit_or(ROWS))];
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Function | CPU % | Active CPU % | Memory Allocation % | Size | Source |")?;
    writeln!(out, "|----------|------:|-------------:|--------------------:|-----:|--------|")?;
    for pair in shown {
        let function = report.function(pair.heap);
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            name(&function),
            Percent(correlation.share(pair.time)),
            Percent(correlation.active_share(pair.time)),
            Percent(correlation.memory_share(pair.self_size)),
            Size(pair.self_size),
            source(&function),
        )?;
    }
    writeln!(out)
}
