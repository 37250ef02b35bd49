//! A comparison for a terminal: the verdict, what has changed and where that is seen, then the largest differences of each table.

use std::io::{self, Write};

use anstyle::AnsiColor;

use super::finding;
use super::screen::{BOLD, DIM, PLAIN, Screen, column, fit};
use crate::analysis::model::{Diff, DiffChange, DiffRow, DiffVerdict};
use crate::report::diff::{self, Signed};
use crate::report::units::{self, Size, count};
use crate::report::{DiffStyle, Style};

const GROWN: anstyle::Style = AnsiColor::Red.on_default();
const SHRUNK: anstyle::Style = AnsiColor::Green.on_default();

/// Columns of sizes, differences and errors, and of what is said of a row.
const SIZE: usize = 10;
const DIFFERENCE: usize = 11;
const VERDICT: usize = 9;
/// From this width on the numbers of a row have one line, below it two.
const WIDE: usize = 64;
/// Columns that a name wants beside its numbers; where there are fewer, it has a line of its own.
const NAME: usize = 16;

/// Writes a comparison for a terminal.
pub(in crate::report) fn write(diff: &Diff<'_>, how: &DiffStyle, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let screen = &mut Screen::new(out, style);
    screen.paragraph(BOLD, &diff::headline(diff, diff::NAMED, str::to_owned), "  ")?;
    for (word, side) in ["before", "after "].into_iter().zip(diff::sides(diff)) {
        screen.paragraph(DIM, &format!("{word}  {side}"), "        ")?;
    }
    for warning in diff.warnings() {
        finding(warning, screen)?;
    }
    screen.end()?;
    head(screen)?;
    row(diff, diff.total(), screen)?;
    let limit = how.rows();
    for change in diff.changes().iter().take(limit) {
        seen(diff, change, limit, screen)?;
    }
    if diff.changes().len() > limit {
        let more = count((diff.changes().len() - limit) as u64, "more change");
        screen.paragraph(DIM, &format!("{more}; -n 0 shows all"), "")?;
    }
    let tables = [
        ("Categories", diff.categories()),
        ("Packages", diff.packages()),
        ("Functions", diff.functions()),
        ("Stacks", diff.stacks()),
    ];
    for (title, rows) in tables {
        table(diff, title, rows, limit, screen)?;
    }
    if let Some(lighter) = diff::lighter(diff) {
        screen.paragraph(DIM, &lighter, "")?;
    }
    screen.end()?;
    screen.paragraph(DIM, &diff::legend(diff), "")?;
    screen.paragraph(DIM, units::LEGEND, "")
}

/// A change with the rows in which it is seen.
fn seen(diff: &Diff<'_>, change: &DiffChange, limit: usize, screen: &mut Screen<'_>) -> io::Result<()> {
    let (name, _) = diff::name(diff, &change.row);
    let title = format!("Change in the {} {name}", diff::kind(&change.row));
    let title = fit(&title, screen.width);
    screen.title(&title, "")?;
    head(screen)?;
    row(diff, &change.row, screen)?;
    for part in change.evidence.iter().chain(&change.stacks).take(limit) {
        row(diff, part, screen)?;
    }
    let left = (change.evidence.len() + change.stacks.len()).saturating_sub(limit);
    match left {
        0 => Ok(()),
        _ => screen.paragraph(DIM, &format!("{}; -n 0 shows all", count(left as u64, "more row")), ""),
    }
}

fn table(diff: &Diff<'_>, title: &str, rows: &[DiffRow], limit: usize, screen: &mut Screen<'_>) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    screen.title(title, "changes first, then the largest difference")?;
    head(screen)?;
    for shown in rows.iter().take(limit) {
        row(diff, shown, screen)?;
    }
    if rows.len() > limit {
        screen.paragraph(DIM, &format!("{}; -n 0 shows all", count((rows.len() - limit) as u64, "more row")), "")?;
    }
    diff::rest(rows).map_or(Ok(()), |rest| screen.paragraph(DIM, &rest, ""))
}

/// The captions of the numbers.
fn head(screen: &mut Screen<'_>) -> io::Result<()> {
    let changed = format!("{:>DIFFERENCE$} {:>6} {:>SIZE$}", "diff", "", "±");
    if screen.width >= WIDE {
        screen.put(DIM, format_args!("{:>SIZE$} {:>SIZE$} {changed}", "old", "new"))?;
    } else {
        screen.put(DIM, changed)?;
        screen.end()?;
        screen.put(DIM, format_args!("{:>SIZE$} -> {:>SIZE$}", "old", "new"))?;
    }
    screen.end()
}

fn row(diff: &Diff<'_>, row: &DiffRow, screen: &mut Screen<'_>) -> io::Result<()> {
    let paint = match row.verdict {
        DiffVerdict::Changed if row.difference() > 0 => GROWN,
        DiffVerdict::Changed => SHRUNK,
        _ => PLAIN,
    };
    let (old, new) = (Size(row.before), Size(row.after));
    let is_wide = screen.width >= WIDE;
    if is_wide {
        screen.put(PLAIN, format_args!("{old:>SIZE$} {new:>SIZE$} "))?;
    }
    screen.put(paint, format_args!("{:>DIFFERENCE$} {:>6}", Signed(row.difference()), diff::relative(row)))?;
    let error = row.standard_error.map_or_else(|| "?".to_owned(), |error| Size(error).to_string());
    screen.put(DIM, format_args!(" {error:>SIZE$}"))?;
    let said = diff::verdict(row);
    let (name, place) = diff::name(diff, row);
    let name = if place.is_empty() { name } else { format!("{name}  {place}{}", diff::was(diff, row)) };
    let used = match is_wide {
        true => 2 * (SIZE + 1) + DIFFERENCE + 7 + (SIZE + 1) + 2 + VERDICT,
        false => 2 * SIZE + 4 + 2,
    };
    let left = screen.width.saturating_sub(used);
    let is_beside = left >= NAME;
    match is_wide {
        true if is_beside => screen.put(paint, format_args!("  {}", column(said, VERDICT)))?,
        true => screen.put(paint, format_args!("  {said}"))?,
        false => {
            screen.put(paint, format_args!("  {said}"))?;
            screen.end()?;
            screen.put(DIM, format_args!("{old:>SIZE$} -> {new:>SIZE$}"))?;
            if is_beside {
                screen.put(PLAIN, "  ")?;
            }
        }
    }
    if is_beside {
        screen.put(PLAIN, fit(&name, left))?;
    } else {
        screen.end()?;
        screen.put(PLAIN, format_args!("  {}", fit(&name, screen.width.saturating_sub(2))))?;
    }
    screen.end()
}
