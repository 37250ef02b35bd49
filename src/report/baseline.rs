//! A baseline as TOML: a row a line, sorted by name, so that a diff shows which rows have changed and nothing else.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape;
use crate::analysis::model::{Figures, RowKind, Summary, SummaryRow};

/// What stands above it.
const HEADER: &str = "\
# What `heapsift check` compares with; written by `heapsift baseline`. Commit it, and write it anew when a change of it is wanted.
# Sizes are bytes of one run: the mean of the files, with its standard error and the samples behind it. `left_out`: no row that is not here is larger.
";

/// Writes a baseline.
pub fn write(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::from(HEADER);
    // Into memory: nothing can fail.
    let _ = append(summary, &mut text);
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn append(summary: &Summary, text: &mut String) -> std::fmt::Result {
    writeln!(text, "kind = \"baseline\"\nschema_version = {}\nfiles = {}", Summary::SCHEMA_VERSION, summary.files)?;
    if let Some(interval) = summary.interval {
        writeln!(text, "sampling_interval = {}", integer(interval))?;
    }
    writeln!(text, "objects = \"{}\"", summary.objects.name())?;
    let [packages, functions] = [&summary.packages, &summary.functions].map(|rows| integer(rows.left_out));
    writeln!(text, "left_out = {{ packages = {packages}, functions = {functions} }}")?;
    writeln!(text, "total = {{ {} }}", figures(&summary.total))?;
    for kind in RowKind::ALL {
        let rows = &summary.rows(kind).rows;
        writeln!(text, "\n{} = [", kind.name())?;
        rows.iter().try_for_each(|row| writeln!(text, "  {{ {}, {} }},", named(kind, row), figures(&row.figures)))?;
        writeln!(text, "]")?;
    }
    Ok(())
}

fn named(kind: RowKind, row: &SummaryRow) -> String {
    let name = quoted(&row.name);
    match kind {
        RowKind::Category => format!("id = {name}"),
        RowKind::Package => format!("name = {name}"),
        RowKind::Function => format!("name = {name}, place = {}", quoted(&row.place)),
    }
}

fn figures(figures: &Figures) -> String {
    let mut text = format!("size = {}", integer(figures.size));
    for (key, value) in [("standard_error", figures.standard_error), ("samples", figures.samples)] {
        if let Some(value) = value {
            text += &format!(", {key} = {}", integer(value));
        }
    }
    text
}

/// TOML's integers have a sign.
fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A text on one line; nothing in it is hidden from who looks at the file.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if escape::is_hidden(c) => out += &format!("\\U{:08X}", u32::from(c)),
            c => out.push(c),
        }
    }
    out + "\""
}
