//! A series of dumps as a document.

use std::io::{self, Write};

use crate::analysis::model::{Of, SeriesKind, Suspect, Trend};
use crate::profile::{Filter, FrameId};
use crate::report::trend::{
    ROWS, course, evidence, headline, holder, holders, kind, left_out, legend, longer, look_at, notes, rate,
    rate_since, row_name, sparkline, table_title, title, with_callees,
};
use crate::report::units::LEGEND;
use crate::report::{escape, label};

/// Writes the trend; of each table `limit` rows, 0 for all.
pub(in crate::report) fn write(trend: &Trend<'_>, limit: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let function = |id: FrameId| escape::code(label::frame(&trend.function(id))).to_string();
    writeln!(out, "# Heap Profile Trend\n")?;
    writeln!(out, "**{}**\n", headline(trend, function))?;
    writeln!(out, "**Dumps**: {}  ", escape::plain(title(trend)))?;
    writeln!(out, "**Series**: {}\n", kind(trend))?;
    for Filter { name, pattern } in &trend.filters {
        writeln!(out, "**Filtered**: {name} {}\n", escape::code(escape::shown(pattern)))?;
    }
    for note in notes(trend) {
        writeln!(out, "> {}\n", escape::plain(&note))?;
    }
    if !trend.suspects.is_empty() {
        writeln!(out, "## Leak Suspects\n")?;
        for (suspect, number) in trend.suspects.iter().zip(1..) {
            self::suspect(trend, suspect, number, out)?;
        }
    }
    if trend.totals.is_empty() {
        return writeln!(out, "{LEGEND}");
    }
    let verdict = trend.table(Of::Total).rows.first().map_or(String::new(), |row| format!(", {}", row.verdict.name()));
    writeln!(
        out,
        "## Along the Series\n\n**Total**: {} {}{verdict}\n",
        sparkline(&trend.totals),
        course(&trend.totals)
    )?;
    if trend.unjudged.is_none() {
        for of in &Of::ALL[1..] {
            table(trend, *of, limit.unwrap_or(ROWS), out)?;
        }
        writeln!(out, "{}\n", legend(trend))?;
    }
    writeln!(out, "{LEGEND}")
}

fn suspect(trend: &Trend<'_>, suspect: &Suspect, number: usize, out: &mut dyn Write) -> io::Result<()> {
    let function = trend.function(holder(suspect));
    let title = label::frame(&trend.function(look_at(suspect)));
    writeln!(out, "### {number}. {}\n", escape::code(title))?;
    let (package, category) = (escape::name(function.package), escape::name(&function.category.name));
    let is = rate_since(trend, suspect);
    writeln!(out, "- **Rate**: {is} {}, {}", sparkline(&suspect.sizes), course(&suspect.sizes))?;
    let (holders, are_many) = holders(suspect, |id| escape::code(label::frame(&trend.function(id))).to_string());
    if are_many || suspect.below.is_some() {
        writeln!(out, "- **Held by**: {holders}")?;
    }
    writeln!(out, "- **Whose**: {}, {}", escape::code(&package), escape::plain(&category))?;
    let shown = evidence(trend, suspect);
    if !shown.is_empty() {
        writeln!(out, "- **Shown by**: {}", escape::plain(&shown))?;
    }
    for text in longer(suspect).iter().map(String::as_str).chain(with_callees(suspect)) {
        writeln!(out, "- {text}")?;
    }
    writeln!(out, "\n**The stack that holds**:\n\n```")?;
    for (depth, &id) in suspect.frames.iter().enumerate() {
        let branch = if depth == 0 { "" } else { "└── " };
        let indent = 4 * depth.saturating_sub(1).min(DEEPEST);
        writeln!(out, "{:indent$}{branch}{}", "", escape::drawing(&label::frame(&trend.function(id))))?;
    }
    writeln!(out, "```\n")
}

/// Levels by which a stack is indented.
const DEEPEST: usize = 20;

fn table(trend: &Trend<'_>, of: Of, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    let table = trend.table(of);
    let shown = if limit == 0 { table.rows.len() } else { limit.min(table.rows.len()) };
    if shown == 0 {
        return Ok(());
    }
    let (title, remark) = table_title(of);
    writeln!(out, "### {title}\n")?;
    if !remark.is_empty() {
        writeln!(out, "{remark}\n")?;
    }
    let caption = match trend.kind {
        SeriesKind::Growing => "Growth a dump",
        SeriesKind::Restarted => "Size a session",
    };
    writeln!(out, "| {} | {caption} | Verdict | Course | Sizes |\n|---|---:|---|---|---|", of.name())?;
    for row in &table.rows[..shown] {
        let sizes = trend.sizes(of, row.row);
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            escape::code(row_name(trend, of, row.row)),
            rate(row.rate, row.error),
            row.verdict.name(),
            sparkline(&sizes),
            course(&sizes)
        )?;
    }
    match left_out(table.rows.len() - shown, table.few) {
        Some(text) => writeln!(out, "\n{text}\n"),
        None => writeln!(out),
    }
}
