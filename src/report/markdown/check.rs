//! A gate as a document: the comment of a pull request, or the summary of a build's step.

use std::io::{self, Write};

use crate::analysis::model::{Check, RowKind, Verdict};
use crate::report::check::{LEGEND, before, headline, name, note, reading, remedy, sides, sizes};
use crate::report::units::Size;
use crate::report::{escape, escaped};

/// Writes what became of the rules.
pub(in crate::report) fn write(check: &Check<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mark = match (check.is_passed(), check.verdict()) {
        (false, _) => "❌",
        (true, Verdict::Inconclusive) => "⚠️",
        (true, _) => "✅",
    };
    writeln!(out, "## {mark} Heap check: {}\n\n{}\n", headline(check), escape::plain(sides(check)))?;
    writeln!(out, "| | Rule | Size | Reading |\n|---|------|------|---------|")?;
    for outcome in &check.outcomes {
        let mark = match outcome.verdict {
            Verdict::Pass => "✅ pass",
            Verdict::Inconclusive => "⚠️ inconclusive",
            Verdict::Fail => "❌ **fail**",
        };
        let rule = escape::code_with_angles(escape::shown(&outcome.rule.text));
        let remedy = remedy(outcome).map_or(String::new(), |remedy| format!("; {remedy}"));
        let (sizes, reading) = (escape::plain(sizes(outcome)), escape::plain(escaped(&reading(outcome))));
        writeln!(out, "| {mark} | {rule} | {sizes} | {reading}{} |", escape::plain(&remedy))?;
    }
    writeln!(out)?;
    if !check.grown.is_empty() {
        writeln!(out, "### What Grew\n\nBy more than noise explains, in one run.\n")?;
        writeln!(out, "| Growth | Baseline | Now | |\n|-------:|---------:|----:|---|")?;
        for change in &check.grown {
            let (name, place) = name(change);
            let name = match change.kind {
                RowKind::Function if !place.is_empty() => {
                    format!("{} ({})", escape::code(&name), escape::code(&place))
                }
                _ => escape::code(&name).to_string(),
            };
            let (growth, before, now) = (Size(change.growth()), before(change), Size(change.now));
            writeln!(out, "| +{growth} | {before} | {now} | {} {name} |", change.kind.name())?;
        }
        writeln!(out)?;
    }
    for warning in &check.warnings {
        writeln!(out, "> ⚠️ {}\n", escape::plain(note(warning)))?;
    }
    writeln!(out, "{}", escape::prose(LEGEND))
}
