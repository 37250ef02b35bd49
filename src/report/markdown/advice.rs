//! What to do about it: recommendations with their evidence and code, the budget, and the list of things to do.

use std::borrow::Cow;
use std::io;
use std::iter::repeat_n;

use super::document::Document;
use super::frames::{Frames, Named};
use super::{between, name, source, title};
use crate::analysis::model::{Function, Recommended, Report, Summed, Task};
use crate::report::advice::{self, LIKELY, RECOMMENDATIONS, TASKS, Told};
use crate::report::escape;
use crate::report::units::{Percent, Size, count};
use crate::report::words::{Said, Words};
use crate::rules::{Piece, Template};

/// Writes the sections; none where no rule has anything to say.
pub(super) fn write(report: &Report<'_>, frames: &mut Frames, out: &mut Document<'_>) -> io::Result<()> {
    recommendations(report, frames, out)?;
    budget(report, out)?;
    tasks(report, out)
}

pub(super) fn recommendations(report: &Report<'_>, frames: &mut Frames, out: &mut Document<'_>) -> io::Result<()> {
    let all = &report.advice().recommendations;
    if all.is_empty() {
        return Ok(());
    }
    out.say("## Memory Optimization Recommendations\n\n")?;
    // Where there is nothing else to do, it stands there.
    if let Some([left, begin]) = unadvised(report).filter(|_| !report.advice().tasks.is_empty()) {
        out.say((left, "; ", begin, ".\n\n"))?;
    }
    let key = advice::key_insight(report);
    if let Some(text) = key.and_then(|index| insight(report, &all[index])) {
        out.say(("**Key Insight**: ", text, "\n\n"))?;
    }
    let (saving, together) = (report.advice().together(), advice::together(report));
    let shares = advice::percents(report.share(saving.low), report.share(saving.high));
    out.say((
        "The largest saving comes first; how urgent an action is (P0 to P2) is what it saves against its effort. Potential of all of them together: ",
        together,
        " of ",
        Size(report.total_size()),
        " (",
        shares,
        "). Each byte is counted once: where two recommendations speak of the same function, the more general one has its share of what the other leaves; \
         what built-ins of the language allocate for a package counts for the package.\n\n",
    ))?;
    let shown = all.len().min(report.limit_or(RECOMMENDATIONS));
    let mut told = Told::default();
    for (index, row) in all[..shown].iter().enumerate() {
        let title = text(report, row, &row.rule.title, Place::Paragraph);
        let title = title.unwrap_or_else(|| escape::plain(advice::title(report, row)));
        let saves = advice::saves(row, ("Potential ", advice::saving_of(report, row.saving), " savings"));
        out.say(("### Priority ", index + 1, ": ", title, " (", saves, ")\n\n"))?;
        if let Some(text) = insight(report, row).filter(|_| key != Some(index)) {
            out.say((text, "\n\n"))?;
        }
        evidence(report, Some(index), row, frames, out)?;
        items(report, row, index + 1, &mut told, out)?;
    }
    if let Some(reading) = &report.advice().if_live {
        let row = &reading.recommended;
        let title = text(report, row, &row.rule.title, Place::Paragraph);
        let saves = advice::saves(row, ("Potential ", advice::saving_of(report, row.saving), " savings"));
        out.say((advice::IF_LIVE, "\n\n### ", advice::SECOND, title, " (", saves, ")\n\n"))?;
        evidence(report, None, row, frames, out)?;
        items(report, row, 0, &mut Told::default(), out)?;
    }
    let rest = &all[shown..];
    if !rest.is_empty() {
        let sum = advice::saving_of(report, Recommended::sum(rest));
        out.say((count(rest.len(), "more recommendation"), " (", sum, " together): "))?;
        for (row, between) in rest.iter().zip(between("; ")) {
            out.say((between, escape::plain(advice::title(report, row))))?;
        }
        out.say(".\n\n")?;
    }
    out.say("---\n\n")
}

/// What no rule has advice on, and where to begin with it.
fn unadvised(report: &Report<'_>) -> Option<[String; 2]> {
    advice::unadvised(report, |name| escape::plain(escape::name(name)).into_owned(), in_full)
}

/// A function with its place.
fn in_full(function: &Function<'_>) -> String {
    (name(function), " (", source(function), ")").to_text()
}

fn insight<'a>(report: &Report<'_>, row: &Recommended<'a>) -> Option<Cow<'a, str>> {
    text(report, row, row.rule.insight.as_ref()?, Place::Paragraph)
}

/// What it is founded on, what part can be saved and why, and what it costs. Two spaces at the end of a line keep it a line of its own.
fn evidence(
    report: &Report<'_>,
    index: Option<usize>,
    row: &Recommended<'_>,
    frames: &mut Frames,
    out: &mut Document<'_>,
) -> io::Result<()> {
    out.say("**Evidence**: ")?;
    for (&id, between) in row.evidence.functions.iter().zip(between(", ")) {
        let size = Size(id.sums(report.aggregate()).actionable_size);
        let Named { name, source } = frames.named(report, id);
        out.say((between, name, " ", size, " (", source, ")"))?;
    }
    if advice::unnamed(row) > 0 {
        out.say((", ", count(advice::unnamed(row), "more function")))?;
    }
    out.say("  \n")?;
    let (steps, is_cut) = advice::steps(row);
    if steps.len() > 1 {
        out.say("**Heaviest stack**: ")?;
        for (&id, between) in steps.zip(between(" ← ")) {
            out.say((between, frames.name(report, id)))?;
        }
        out.say((is_cut.then_some(" ← …"), "  \n"))?;
    }
    if let Some(id) = row.evidence.caused_by {
        let Named { name, source } = frames.named(report, id);
        let likely = row.evidence.is_likely.then_some(LIKELY);
        out.say(("**Caused by**: ", likely, name, " (", source, ") in the application  \n"))?;
    } else if row.evidence.is_behind_await {
        out.say("**Caused by**: unknown; the stacks begin behind an `await`, where V8 loses the callers  \n")?;
    }
    let why = text(report, row, &row.rule.saving.why, Place::Paragraph).map(|why| (": ", why));
    let below = row.saves_more_than_matched().then_some(", and what is made below its functions");
    let saves = advice::saves(row, (advice::fraction(row), " of ", Size(row.matched_size), below));
    out.say(("**Saves**: ", saves, why, "  \n"))?;
    if let Some(alone) = advice::alone(report, row) {
        out.say(("**Alone**: ", alone, ", with what others speak of and what is made below its functions  \n"))?;
    }
    let urgency = index.and_then(|index| advice::urgency(report, index));
    let urgency = urgency.map(|urgency| ("; its most urgent action is ", urgency.name()));
    out.say(("**Effort**: ", row.rule.effort.name(), urgency, "\n\n"))
}

/// The pieces of advice of the recommendation with this number, with their code, and how to check; but nothing that one before has said.
fn items<'a>(
    report: &Report<'_>,
    row: &Recommended<'a>,
    number: usize,
    told: &mut Told<'a>,
    out: &mut Document<'_>,
) -> io::Result<()> {
    let texts = row.items.iter().filter_map(|&item| text(report, row, &item.text, Place::Paragraph).map(|t| (item, t)));
    let (mut shown, mut known) = (0_usize, None);
    for (item, text) in texts {
        if let Some(before) = told.before(text.clone(), number) {
            known = known.or(Some(before));
            continue;
        }
        shown += 1;
        out.say((shown, ". ", text, "\n"))?;
        if let Some(code) = &item.code {
            // The block belongs to the item: it is indented as far as the item's text.
            let indent = if shown < 10 { "   " } else { "    " };
            block(code, item.language.as_deref().unwrap_or_default(), indent, out)?;
        }
    }
    if let Some(before) = known {
        let also = if shown > 0 { "Also as" } else { "As" };
        out.say(((shown > 0).then_some("\n"), also, " priority ", before, " says.\n"))?;
    }
    out.say("\n")?;
    let Some(command) = advice::verify(report, row) else { return Ok(()) };
    match told.before(command.clone(), number) {
        Some(before) => out.say(("**Verify**: as for priority ", before, "\n\n")),
        None => out.say(("**Verify**: ", escape::span(&escape::visible(&command)), "\n\n")),
    }
}

/// Code of a rule in a fenced block that it cannot close.
fn block(code: &str, language: &str, indent: &str, out: &mut Document<'_>) -> io::Result<()> {
    let quotes = escape::longest_run(code).max(2) + 1;
    let fence = Said(|text: &mut String| text.extend(repeat_n('`', quotes)));
    let of_language = |c: &char| c.is_ascii_alphanumeric() || "+-#_.".contains(*c);
    let language = Said(|text: &mut String| text.extend(language.chars().filter(of_language)));
    out.say((indent, fence, language, "\n"))?;
    for line in code.lines() {
        if escape::is_plain(line) {
            let line = line.trim_end();
            out.say(((!line.is_empty()).then_some(indent), line, "\n"))?;
            continue;
        }
        let line: Vec<Cow<'_, str>> = line.split('\t').map(escape::visible).collect();
        out.say(((indent, line.join("\t")).to_text().trim_end(), "\n"))?;
    }
    out.say((indent, fence, "\n"))
}

pub(super) fn budget(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let rows = &report.advice().budget;
    if rows.is_empty() {
        return Ok(());
    }
    out.say(concat!(
        "## Memory Budget\n\nBased on this profile, recommended allocation budget:\n\n",
        "| Component | Current | Target | Action |\n|-----------|--------:|-------:|--------|\n",
    ))?;
    for row in rows {
        let cell = |row: &Recommended<'_>, words: &Template| text(report, row, words, Place::Cell).map(Cow::into_owned);
        let action = advice::budget_action(report, row, cell, |f| name(f).to_text());
        let (current, target) = (Percent(row.current), Percent(row.target));
        let component = title(report.category(row.category));
        out.say(("| ", component, " | ", current, " | ", target, " | ", action, " |\n"))?;
    }
    let percent = report.share(report.advice().reduction()).in_units_of(100);
    let (beyond, after) = (advice::beyond(report), advice::below_budget(report));
    out.say(("| **Total Reduction** | - | ~", percent, "% | Cutting these to target frees ", percent))?;
    out.say(("% of the profile", beyond, " |\n\n", after, "\n\n---\n\n"))
}

pub(super) fn tasks(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let told: Vec<_> = advice::tasks(report, |row, words| text(report, row, words, Place::Cell)).collect();
    if told.is_empty() {
        let Some([left, begin]) = unadvised(report) else { return Ok(()) };
        return out.say(("## Action Items\n\n", left, "; ", begin, ".\n\n---\n\n"));
    }
    out.say(concat!(
        "## Action Items\n\nThe most urgent first, then what saves more where nothing else is done (alone).\n\n",
        "| Priority | Action | Expected Impact | Effort |\n|----------|--------|----------------:|--------|\n",
    ))?;
    let shown = told.len().min(report.limit_or(TASKS));
    for (task, text) in &told[..shown] {
        let joint = advice::joint(report, task, text, in_full).map(|joint| (" (", joint, ")"));
        thing(report, task, (advice::part(task), text, joint), out)?;
    }
    let rest = told.len() - shown;
    out.say((rest > 0).then_some(("| - | ", count(rest, "more action"), " | - | - |\n")))?;
    if let Some((task, text)) = advice::if_live(report, |row, words| text(report, row, words, Place::Cell)) {
        thing(report, task, (advice::SECOND, text), out)?;
    }
    out.say("\n---\n\n")
}

/// A row of the things to do.
fn thing(report: &Report<'_>, task: &Task<'_>, text: impl Words, out: &mut Document<'_>) -> io::Result<()> {
    let (urgency, saving) = (task.urgency.name(), advice::saving_of(report, task.saving));
    let alone = advice::task_alone(report, task).map(|alone| (" (alone ", alone, ")"));
    let effort = capital(task.action.effort.name());
    out.say(("| ", urgency, " | ", text, " | ", saving, " less", alone, " | ", effort, " |\n"))
}

/// What to do first, as a line of the summary.
pub(super) fn first_task(report: &Report<'_>) -> Option<String> {
    let sources = advice::sources_first(report);
    if let Some((text, false)) = &sources {
        return Some(format!("**To do first**: {text}"));
    }
    let or = advice::if_live(report, |row, words| text(report, row, words, Place::Paragraph));
    let left = unadvised(report);
    let first = advice::samples_first(report).map(|text| (text, ". Then: "));
    let Some((task, text)) = advice::tasks(report, |row, words| text(report, row, words, Place::Paragraph)).next()
    else {
        let begin = sources.map(|(text, _)| text).or_else(|| left.map(|[_, begin]| begin));
        return begin.map(|begin| ("**To do first**: ", first, begin).to_text());
    };
    let before = match (sources, left.filter(|_| advice::is_unadvised_first(report))) {
        (Some((text, _)), _) => format!("{text}. {} ", advice::WITHOUT),
        (None, Some([left, begin])) => format!("{begin}. {left}. Then: "),
        (None, None) => String::new(),
    };
    let (urgency, effort) = (task.urgency.name(), task.action.effort.name());
    let alone = advice::task_alone(report, task).map(|alone| (", alone ", alone));
    let saving = advice::saving_of(report, task.saving);
    let joint = advice::joint(report, task, &text, in_full).map(|joint| (", ", joint));
    let or =
        or.map(|(task, text)| (". ", advice::SECOND, text, " (", advice::saving_of(report, task.saving), " less)"));
    Some(
        (
            "**To do first**: ",
            (first, before, text),
            " (",
            urgency,
            ", ",
            effort,
            " effort, ",
            saving,
            " less",
            alone,
            ")",
            (joint, or),
        )
            .to_text(),
    )
}

/// A word with its first letter as a capital one.
fn capital(word: &str) -> impl Words {
    let mut letters = word.chars();
    (letters.next().map(|first| first.to_ascii_uppercase()), letters.as_str())
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
fn text<'t>(report: &Report<'_>, row: &Recommended<'_>, template: &'t Template, place: Place) -> Option<Cow<'t, str>> {
    if let Some(plain) = template.as_plain() {
        return Some(plain.into());
    }
    let mut out = String::with_capacity(USUAL_LENGTH);
    for piece in template.pieces() {
        match piece {
            Piece::Text { text, is_plain: true, .. } => out.push_str(text),
            Piece::Text { text, is_in_code, .. } if template.has_partners() => {
                written(text, place, is_in_code, &mut out)
            }
            Piece::Text { text, .. } => out += &escape::plain(escape::visible(text)),
            Piece::Place { place, is_in_code } => {
                let words = advice::fill(report, row, place)?;
                match is_in_code {
                    true => out += &escape::in_code(&words),
                    false => out += &escape::plain(words),
                }
            }
        }
    }
    Some(out.into())
}

/// A piece of a rule's own text: as it is, but for HTML and the ends of cells.
fn written(text: &str, place: Place, mut in_code: bool, out: &mut String) {
    for c in escape::visible(text).chars() {
        in_code ^= c == '`';
        match c {
            '<' if !in_code => out.push_str("&lt;"),
            '|' if place == Place::Cell => out.push_str("\\|"),
            _ => out.push(c),
        }
    }
}
