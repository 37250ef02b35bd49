//! What to do about it: recommendations with their evidence and code, the budget, and the list of things to do.

use std::borrow::Cow;
use std::io;
use std::iter::{once, repeat};

use super::document::Document;
use super::{name, source};
use crate::analysis::model::{Recommended, Report};
use crate::report::advice::{self, RECOMMENDATIONS, TASKS};
use crate::report::escape::{self, Code};
use crate::report::units::{Percent, Saving, Size, count};
use crate::rules::{Piece, Template};

/// Writes the sections; none where no rule has anything to say.
pub(super) fn write(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    recommendations(report, out)?;
    budget(report, out)?;
    tasks(report, out)
}

fn recommendations(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let all = &report.advice().recommendations;
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Memory Optimization Recommendations\n")?;
    let key = advice::key_insight(report);
    if let Some(text) = key.and_then(|index| insight(report, &all[index])) {
        writeln!(out, "**Key Insight**: {text}\n")?;
    }
    let saving = Recommended::together(all);
    let shares = advice::percents(report.share(saving.low), report.share(saving.high));
    writeln!(
        out,
        "The largest saving comes first; how urgent an action is (P0 to P2) is what it alone saves against its effort. Potential of all of them together: {} of {} ({shares}). Each byte is counted once: where two recommendations speak of the same \
         function, the more general one has its share of what the other leaves; what built-ins of the language allocate for a package counts for the package.\n",
        Saving(saving),
        Size(report.total_size()),
    )?;
    let shown = all.len().min(report.limit_or(RECOMMENDATIONS));
    for (index, row) in all[..shown].iter().enumerate() {
        let title = text(report, row, &row.rule.title, Place::Paragraph);
        let title = title.unwrap_or_else(|| escape::plain(advice::title(report, row)).into_owned());
        let saves = advice::saves(row, || format!("Potential {} savings", Saving(row.saving)));
        writeln!(out, "### Priority {}: {title} ({saves})\n", index + 1)?;
        if let Some(text) = insight(report, row).filter(|_| key != Some(index)) {
            writeln!(out, "{text}\n")?;
        }
        evidence(report, index, row, out)?;
        items(report, row, out)?;
    }
    let rest = &all[shown..];
    if !rest.is_empty() {
        let sum = Recommended::together(rest);
        let titles: Vec<Cow<'_, str>> = rest.iter().map(|row| escape::plain(advice::title(report, row))).collect();
        let number = count(rest.len(), "more recommendation");
        writeln!(out, "{number} ({} together): {}.\n", Saving(sum), titles.join("; "))?;
    }
    writeln!(out, "---\n")
}

fn insight(report: &Report<'_>, row: &Recommended<'_>) -> Option<String> {
    text(report, row, row.rule.insight.as_ref()?, Place::Paragraph)
}

/// What it is founded on, what part can be saved and why, and what it costs. Two spaces at the end of a line keep it a line of its own.
fn evidence(report: &Report<'_>, index: usize, row: &Recommended<'_>, out: &mut Document<'_>) -> io::Result<()> {
    write!(out, "**Evidence**: ")?;
    let functions = row.evidence.functions.iter().map(|&id| report.function(id));
    for (f, between) in functions.zip(between(", ")) {
        write!(out, "{between}{} {} ({})", name(&f), Size(f.sums.actionable_size), source(&f))?;
    }
    if advice::unnamed(row) > 0 {
        write!(out, ", {}", count(advice::unnamed(row), "more function"))?;
    }
    writeln!(out, "  ")?;
    let (steps, is_cut) = advice::steps(row);
    let chain: Vec<Code<'_>> = steps.map(|&id| name(&report.function(id))).collect();
    if chain.len() > 1 {
        write!(out, "**Heaviest stack**: ")?;
        for (step, between) in chain.iter().zip(between(" ← ")) {
            write!(out, "{between}{step}")?;
        }
        writeln!(out, "{}  ", if is_cut { " ← …" } else { "" })?;
    }
    if let Some(id) = row.evidence.caused_by {
        let caller = report.function(id);
        writeln!(out, "**Caused by**: {} ({}) in the application  ", name(&caller), source(&caller))?;
    } else if row.evidence.is_behind_await {
        writeln!(out, "**Caused by**: unknown; the stacks begin behind an `await`, where V8 loses the callers  ")?;
    }
    let why = text(report, row, &row.rule.saving.why, Place::Paragraph).map_or(String::new(), |why| format!(": {why}"));
    let saves = advice::saves(row, || format!("{} of {}", advice::part(row), Size(row.matched_size)));
    writeln!(out, "**Saves**: {saves}{why}  ")?;
    write!(out, "**Effort**: {}", row.rule.effort.name())?;
    if let Some(urgency) = advice::urgency(report, index) {
        write!(out, "; its most urgent action is {}", urgency.name())?;
    }
    writeln!(out, "\n")
}

/// What stands before each of some items: nothing before the first.
fn between(separator: &str) -> impl Iterator<Item = &str> {
    once("").chain(repeat(separator))
}

/// The pieces of advice, with their code, and how to check.
fn items(report: &Report<'_>, row: &Recommended<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let told = row
        .rule
        .advice_for(report.platform())
        .filter_map(|item| text(report, row, &item.text, Place::Paragraph).map(|t| (item, t)));
    for ((item, text), number) in told.zip(1..) {
        writeln!(out, "{number}. {text}")?;
        if let Some(code) = &item.code {
            // The block belongs to the item: it is indented as far as the item's text.
            let indent = if number < 10 { 3 } else { 4 };
            block(code, item.language.as_deref().unwrap_or_default(), indent, out)?;
        }
    }
    writeln!(out)?;
    match advice::verify(report, row) {
        Some(command) => writeln!(out, "**Verify**: {}\n", escape::span(&escape::visible(&command))),
        None => Ok(()),
    }
}

/// Code of a rule in a fenced block that it cannot close.
fn block(code: &str, language: &str, indent: usize, out: &mut Document<'_>) -> io::Result<()> {
    let fence = "`".repeat(escape::longest_run(code).max(2) + 1);
    let language: String = language.chars().filter(|c| c.is_ascii_alphanumeric() || "+-#_.".contains(*c)).collect();
    writeln!(out, "{:indent$}{fence}{language}", "")?;
    for line in code.lines() {
        if escape::is_plain(line) {
            let line = line.trim_end();
            out.push(&[if line.is_empty() { "" } else { &"    "[..indent] }, line, "\n"])?;
            continue;
        }
        let line: Vec<String> = line.split('\t').map(escape::visible).collect();
        writeln!(out, "{}", format!("{:indent$}{}", "", line.join("\t")).trim_end())?;
    }
    writeln!(out, "{:indent$}{fence}", "")
}

fn budget(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let rows = &report.advice().budget;
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Memory Budget\n")?;
    writeln!(out, "Based on this profile, recommended allocation budget:\n")?;
    writeln!(out, "| Component | Current | Target | Action |\n|-----------|--------:|-------:|--------|")?;
    for row in rows {
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            escape::plain(escape::shown(&report.category(row.category).name)),
            Percent(row.current),
            Percent(row.target),
            advice::budget_action(
                report,
                row,
                |row, words| text(report, row, words, Place::Cell),
                |f| name(f).to_string()
            ),
        )?;
    }
    let reduction = report.share(report.advice().reduction());
    let percent = reduction.in_units_of(100);
    writeln!(
        out,
        "| **Total Reduction** | - | ~{percent}% | Cutting these to target frees {percent}% of the profile{} |\n\n{}\n\n---\n",
        advice::beyond(report),
        advice::BUDGET
    )
}

fn tasks(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let told: Vec<_> = advice::tasks(report, |row, words| text(report, row, words, Place::Cell)).collect();
    if told.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Action Items\n\nThe most urgent first, then what saves more.\n")?;
    writeln!(
        out,
        "| Priority | Action | Expected Impact | Effort |\n|----------|--------|----------------:|--------|"
    )?;
    let shown = told.len().min(report.limit_or(TASKS));
    for (task, text) in &told[..shown] {
        let effort = capital(task.action.effort.name());
        writeln!(out, "| {} | {text} | {} less | {effort} |", task.urgency.name(), Saving(task.saving))?;
    }
    let rest = told.len() - shown;
    if rest > 0 {
        writeln!(out, "| - | {} | - | - |", count(rest, "more action"))?;
    }
    writeln!(out, "\n---\n")
}

/// What to do first, as a line of the summary.
pub(super) fn first_task(report: &Report<'_>) -> Option<String> {
    if let Some(text) = advice::sources_first(report) {
        return Some(format!("**To do first**: {text}"));
    }
    let (task, text) = advice::tasks(report, |row, words| text(report, row, words, Place::Paragraph)).next()?;
    let (urgency, effort) = (task.urgency.name(), task.action.effort.name());
    Some(format!("**To do first**: {text} ({urgency}, {effort} effort, {} less)", Saving(task.saving)))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Bytes that are enough for most texts.
const USUAL_LENGTH: usize = 256;

/// Where a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Paragraph,
    Cell,
}

/// A text of a rule with its places filled. What is between backticks is code; names of the profile can end neither that nor the
/// paragraph or cell.
fn text(report: &Report<'_>, row: &Recommended<'_>, template: &Template, place: Place) -> Option<String> {
    let backticks = template.pieces().map(|piece| match piece {
        Piece::Text(text) => quotes(text),
        Piece::Place(_) => 0,
    });
    // Without a partner no backtick is meant as code.
    let has_code = backticks.sum::<usize>() % 2 == 0;
    let (mut out, mut in_code) = (String::with_capacity(USUAL_LENGTH), false);
    for piece in template.pieces() {
        match piece {
            Piece::Text(text) if has_code => written(text, place, &mut in_code, &mut out),
            Piece::Text(text) => out += &escape::plain(escape::visible(text)),
            Piece::Place(what) => {
                let words = advice::fill(report, row, what)?;
                match in_code {
                    true => out += &escape::in_code(&words),
                    false => out += &escape::plain(words),
                }
            }
        }
    }
    Some(out)
}

fn quotes(text: &str) -> usize {
    memchr::memchr_iter(b'`', text.as_bytes()).count()
}

/// A piece of a rule's own text: as it is, but for HTML and the ends of cells.
fn written(text: &str, place: Place, in_code: &mut bool, out: &mut String) {
    let is_plain = escape::is_plain(text) && memchr::memchr2(b'<', b'|', text.as_bytes()).is_none();
    if is_plain {
        *in_code ^= quotes(text) % 2 == 1;
        return out.push_str(text);
    }
    for c in escape::visible(text).chars() {
        *in_code ^= c == '`';
        match c {
            '<' if !*in_code => out.push_str("&lt;"),
            '|' if place == Place::Cell => out.push_str("\\|"),
            _ => out.push(c),
        }
    }
}
