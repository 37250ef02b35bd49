//! A series of dumps for a terminal: whether there is a leak and where, then what each row does.

use std::io::{self, Write};

use super::screen::{ALARM, BOLD, CAUTION, DIM, PLAIN, Screen, column, fit};
use crate::analysis::model::{Judged, Of, SeriesKind, Suspect, Trend};
use crate::report::trend::{
    ROWS, course, evidence, filter, headline, holder, holders, kind, left_out, legend, longer, look_at, notes, rate,
    rate_since, row_name, sparkline, stack, table_title, title, with_callees,
};
use crate::report::units::LEGEND;
use crate::report::{Style, escape, label};

/// Columns of a rate at the least, and of a verdict.
const RATE: usize = 19;
const VERDICT: usize = 9;
/// Columns of a name below which it gets a line of its own.
const NAME: usize = 16;

/// Writes the trend; of each table `limit` rows, 0 for all.
pub(in crate::report) fn write(
    trend: &Trend<'_>,
    limit: Option<usize>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let screen = &mut Screen::new(out, style);
    let is_leak = !trend.suspects.is_empty();
    let text = headline(trend, |id| label::frame(&trend.function(id)));
    screen.paragraph(if is_leak { ALARM } else { BOLD }, &text, "  ")?;
    screen.paragraph(DIM, &title(trend), "  ")?;
    screen.paragraph(DIM, &kind(trend), "  ")?;
    for one in &trend.filters {
        screen.paragraph(CAUTION, &format!("Filtered: {}", filter(one)), "  ")?;
    }
    for note in notes(trend) {
        screen.paragraph(CAUTION, &note, "  ")?;
    }
    if is_leak {
        screen.title("Suspects", "")?;
        for (suspect, number) in trend.suspects.iter().zip(1..) {
            self::suspect(trend, suspect, number, screen)?;
        }
    }
    if !trend.totals.is_empty() {
        screen.title("Total", "")?;
        total(trend, screen)?;
    }
    if trend.unjudged.is_none() {
        for of in &Of::ALL[1..] {
            table(trend, *of, limit.unwrap_or(ROWS), screen)?;
        }
        screen.end()?;
        screen.paragraph(DIM, legend(trend), "")?;
    }
    screen.paragraph(DIM, LEGEND, "")
}

fn suspect(trend: &Trend<'_>, suspect: &Suspect, number: usize, screen: &mut Screen<'_>) -> io::Result<()> {
    let function = trend.function(holder(suspect));
    let title = label::frame(&trend.function(look_at(suspect)));
    screen.paragraph(BOLD, &format!("{number}. {title}"), "   ")?;
    let line = format!("   {}  {}  {}", rate_since(trend, suspect), sparkline(&suspect.sizes), course(&suspect.sizes));
    screen.paragraph(PLAIN, &line, "   ")?;
    let (holders, are_many) = holders(suspect, |id| label::frame(&trend.function(id)));
    if are_many || suspect.below.is_some() {
        screen.paragraph(PLAIN, &format!("   held by {holders}"), "     ")?;
    }
    let frames = stack(&suspect.frames, |id| label::name(&trend.function(id)));
    screen.paragraph(PLAIN, &format!("   {frames}"), "     ")?;
    for text in longer(suspect).iter().map(String::as_str).chain(with_callees(suspect)) {
        screen.paragraph(PLAIN, &format!("   {text}"), "   ")?;
    }
    let whose = format!("{} · {}", escape::name(function.package), escape::name(&function.category.name));
    let shown = evidence(trend, suspect);
    let text = if shown.is_empty() { format!("   {whose}") } else { format!("   {whose} · shown by {shown}") };
    screen.paragraph(DIM, &text, "     ")
}

fn total(trend: &Trend<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let judged = trend.table(Of::Total).rows.first();
    let verdict = judged.map_or(String::new(), |row| format!(", {}", row.verdict.name()));
    let text = format!("  {}  {}{verdict}", sparkline(&trend.totals), course(&trend.totals));
    screen.paragraph(PLAIN, &text, "  ")
}

fn table(trend: &Trend<'_>, of: Of, limit: usize, screen: &mut Screen<'_>) -> io::Result<()> {
    let table = trend.table(of);
    let shown = if limit == 0 { table.rows.len() } else { limit.min(table.rows.len()) };
    if shown == 0 {
        return Ok(());
    }
    let (title, remark) = table_title(of);
    screen.title(title, remark)?;
    let line = |row: &Judged| sparkline(&trend.sizes(of, row.row));
    let bars = table.rows[..shown].iter().map(|row| line(row).chars().count()).max().unwrap_or(0);
    let rates: Vec<String> = table.rows[..shown].iter().map(|row| rate(row.rate, row.error)).collect();
    let wide = rates.iter().map(|rate| rate.chars().count()).max().unwrap_or(0).max(RATE);
    let left = screen.width.saturating_sub(wide + VERDICT + bars + 6);
    let is_wide = left >= NAME;
    let with_bars = screen.width >= wide + VERDICT + bars + 4;
    let caption = match trend.kind {
        SeriesKind::Growing => "a dump",
        SeriesKind::Restarted => "a session",
    };
    screen.put(DIM, format_args!("{caption:>wide$}"))?;
    screen.end()?;
    for (row, rate) in table.rows[..shown].iter().zip(rates) {
        // Loud only where a suspect has it: one row in twenty tables stands out by chance.
        let is_evidence = trend.suspects.iter().any(|suspect| suspect.evidence.contains(&(of, row.row)));
        let paint = if is_evidence { ALARM } else { PLAIN };
        screen.put(PLAIN, format_args!("{rate:>wide$}  "))?;
        screen.put(paint, column(row.verdict.name(), VERDICT))?;
        let name = row_name(trend, of, row.row);
        if with_bars {
            screen.put(PLAIN, format_args!("  {}", column(&line(row), bars)))?;
        }
        if is_wide {
            screen.put(PLAIN, format_args!("  {}", fit(&name, left)))?;
        } else {
            screen.end()?;
            screen.put(PLAIN, format_args!("  {}", fit(&name, screen.width - 2)))?;
        }
        screen.end()?;
    }
    match left_out(table.rows.len() - shown, table.few) {
        Some(text) => screen.paragraph(DIM, &format!("  {text}"), "  "),
        None => Ok(()),
    }
}
