//! A comparison for a pull request: the verdict first, then what has changed; all else folded away.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::analysis::model::{Diff, DiffChange, DiffRow, Subject};
use crate::report::diff::{self, Signed};
use crate::report::units::Size;
use crate::report::{DiffStyle, escape, units};

/// Writes a comparison, in no more bytes than the style allows.
pub(in crate::report) fn write(diff: &Diff<'_>, style: &DiffStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = style.rows();
    let Some(most) = style.max_chars else {
        // It may be long: it goes out as it is made.
        let mut through = Through { out, error: None };
        let written = through.write_str(&verdict(diff, diff::NAMED)).and_then(|()| sections(diff, rows, &mut through));
        return written.map_err(|_| through.error.unwrap_or_else(|| io::ErrorKind::Other.into()));
    };
    let mut text = document(diff, rows);
    while text.len() > most && rows > 0 {
        // Rows go first, those of each list alike.
        rows = rows.min(longest(diff)) / 2;
        text = document(diff, rows);
    }
    // A document that is cut would end within a table or a word: a shorter one is made.
    for named in (0..=diff::NAMED).rev() {
        if text.len() > most {
            text = verdict(diff, named) + &without_rest(diff);
        }
    }
    if text.len() > most {
        let message = format!("what changed does not fit into {most} characters; allow {} at least", text.len());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    out.write_all(text.as_bytes())
}

/// A text that goes out as it is made.
struct Through<'o> {
    out: &'o mut dyn Write,
    /// Why it could not.
    error: Option<io::Error>,
}

impl std::fmt::Write for Through<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|error| {
            self.error = Some(error);
            std::fmt::Error
        })
    }
}

/// What stands below the verdict where nothing else fits.
fn without_rest(diff: &Diff<'_>) -> String {
    let warnings = match diff.warnings().len() {
        0 => String::new(),
        warnings => format!(", and {} of what makes the comparison doubtful", units::count(warnings as u64, "warning")),
    };
    format!("\nThe tables do not fit here{warnings}.\n")
}

/// Rows of the longest list.
fn longest(diff: &Diff<'_>) -> usize {
    let lists = [diff.categories(), diff.packages(), diff.functions(), diff.stacks()];
    lists.into_iter().map(<[DiffRow]>::len).chain([diff.changes().len()]).max().unwrap_or(0)
}

/// The verdict. Names are code, here and in tables: in plain text `@acme/rows` would notify whoever is called acme.
fn verdict(diff: &Diff<'_>, named: usize) -> String {
    format!("**{}**\n", diff::headline(diff, named, |text| escape::code(text).to_string()))
}

/// All of it, with so many rows in each list.
fn document(diff: &Diff<'_>, rows: usize) -> String {
    let mut text = verdict(diff, diff::NAMED);
    // Writing into a text cannot fail.
    let _ = sections(diff, rows, &mut text);
    text
}

fn sections(diff: &Diff<'_>, rows: usize, text: &mut dyn std::fmt::Write) -> std::fmt::Result {
    writeln!(text)?;
    for warning in diff.warnings() {
        writeln!(text, "> **Warning**: {} {}\n", escape::prose(&warning.message), escape::prose(&warning.remedy))?;
    }
    let changes = &diff.changes()[..diff.changes().len().min(rows.max(1))];
    head(text, "What")?;
    row(diff.total(), "**Total**", text)?;
    for change in changes.iter().filter(|change| change.row.subject != Subject::Total) {
        row(&change.row, &format!("{} {}", diff::kind(&change.row), title(diff, &change.row)), text)?;
    }
    left_out(diff.changes().len() - changes.len(), "change", text)?;
    writeln!(text)?;
    for (word, side) in ["Old", "New"].into_iter().zip(diff::sides(diff)) {
        writeln!(text, "{word}: {}  ", escape::plain(side))?;
    }
    if rows > 0 {
        for change in changes {
            evidence(diff, change, rows, text)?;
        }
        let tables = [
            ("Categories", "Category", diff.categories()),
            ("Packages", "Package", diff.packages()),
            ("Functions", "Function", diff.functions()),
            ("Stacks", "Stack", diff.stacks()),
        ];
        for (title, column, list) in tables {
            table(diff, title, column, &list[..list.len().min(rows)], list, text)?;
        }
        if let Some(lighter) = diff::lighter(diff) {
            writeln!(text, "\n{lighter}")?;
        }
    } else {
        writeln!(text, "\nThe tables are left out: they do not fit.")?;
    }
    writeln!(text, "\n<sub>{} {}</sub>", diff::legend(diff), units::LEGEND)
}

fn head(text: &mut dyn std::fmt::Write, column: &str) -> std::fmt::Result {
    writeln!(text, "| {column} | Old | New | Diff | ± | Verdict |\n|---|---:|---:|---:|---:|---|")
}

fn row(row: &DiffRow, title: &str, text: &mut dyn std::fmt::Write) -> std::fmt::Result {
    let error = row.standard_error.map_or_else(|| "?".to_owned(), |error| Size(error).to_string());
    let (old, new, difference) = (Size(row.before), Size(row.after), Signed(row.difference()));
    let (relative, verdict) = (diff::relative(row), diff::verdict(row));
    writeln!(text, "| {title} | {old} | {new} | {difference} ({relative}) | {error} | {verdict} |")
}

/// What a row is called, in a cell.
fn title(diff: &Diff<'_>, row: &DiffRow) -> String {
    let (name, place) = diff::name(diff, row);
    match (row.subject, place.is_empty()) {
        (Subject::Category(_) | Subject::Total, _) => escape::plain(name).into_owned(),
        (_, true) => escape::code(name).to_string(),
        (_, false) => format!("{} {}{}", escape::code(&name), escape::code(&place), diff::was(diff, row)),
    }
}

/// Where else a change is seen.
fn evidence(diff: &Diff<'_>, change: &DiffChange, rows: usize, text: &mut dyn std::fmt::Write) -> std::fmt::Result {
    let all: Vec<&DiffRow> = change.evidence.iter().chain(&change.stacks).collect();
    if all.is_empty() {
        return Ok(());
    }
    let shown = &all[..all.len().min(rows)];
    let (difference, name) = (Signed(change.row.difference()), diff::name(diff, &change.row).0);
    writeln!(
        text,
        "\n<details><summary>{difference} in <code>{}</code>: where it is seen</summary>\n",
        escape::in_html(&name)
    )?;
    head(text, "Seen in")?;
    for part in shown {
        row(part, &format!("{} {}", diff::kind(part), title(diff, part)), text)?;
    }
    left_out(all.len() - shown.len(), "row", text)?;
    writeln!(text, "\n</details>")
}

fn table(
    diff: &Diff<'_>,
    title_of_list: &str,
    column: &str,
    shown: &[DiffRow],
    all: &[DiffRow],
    text: &mut dyn std::fmt::Write,
) -> std::fmt::Result {
    writeln!(text, "\n<details><summary>{title_of_list}: the largest differences</summary>\n")?;
    head(text, column)?;
    for shown in shown {
        row(shown, &title(diff, shown), text)?;
    }
    left_out(all.len() - shown.len(), "row", text)?;
    if let Some(rest) = diff::rest(all) {
        writeln!(text, "\n{rest}")?;
    }
    writeln!(text, "\n</details>")
}

/// A row that says how many are not shown.
fn left_out(rows: usize, noun: &str, text: &mut dyn std::fmt::Write) -> std::fmt::Result {
    match rows {
        0 => Ok(()),
        _ => writeln!(text, "| … {} more | | | | | |", units::count(rows as u64, noun)),
    }
}
