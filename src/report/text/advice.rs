//! What to do about it: near the top of the report the list of things to do, a line each; behind the tables why and how for the most rewarding
//! ones, and the budget.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::screen::{ALARM, BOLD, CAUTION, DIM, PLAIN, Screen, fit};
use super::sections::{name_and_remark, room_of_remark, widest};
use crate::analysis::model::{Function, Recommended, Report, Task};
use crate::report::advice::{self, LIKELY, Told};
use crate::report::units::{Percent, Size, count};
use crate::report::words::Words;
use crate::report::{escape, label};
use crate::rules::Urgency;

/// Things to do and recommendations that are told, unless the user gave a limit, and pieces of advice of each.
const TASKS: usize = 5;
const RECOMMENDATIONS: usize = 5;
const ITEMS: usize = 2;
/// Columns of urgency and saving before a thing to do.
const COLUMNS: usize = 4 + 14 + 2;
/// What stands before the evidence.
const EVIDENCE: &str = "   in ";
/// What is said of functions whose callers nobody knows, where there is room.
const LOST: &str = "; callers lost at `await`";
/// What stands before a command. Lines that begin so may be wider than the screen.
pub(crate) const COMMAND: &str = "     ";
/// Columns of the effort, which is shown from this width on.
const EFFORT: usize = 8;
const WITH_EFFORT: usize = 72;

/// Why and how, for the recommendations that bring the most.
pub(super) fn recommendations(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let all = &report.advice().recommendations;
    if all.is_empty() {
        return Ok(());
    }
    screen.title("Recommendations", "the largest saving first")?;
    // Where there is nothing else to do, it stands there.
    if let Some([left, begin]) = unadvised(report).filter(|_| !report.advice().tasks.is_empty()) {
        screen.paragraph(PLAIN, &format!("{left}; {begin}."), "")?;
    }
    let shown = all.len().min(report.limit_or(RECOMMENDATIONS));
    let mut told = Told::default();
    for (row, number) in all[..shown].iter().zip(1..) {
        recommendation(report, row, (number, &format!("{number}. ")), &mut told, screen)?;
    }
    if let Some(reading) = &report.advice().if_live {
        screen.end()?;
        screen.paragraph(PLAIN, advice::IF_LIVE, "")?;
        recommendation(report, &reading.recommended, (0, advice::SECOND), &mut Told::default(), screen)?;
    }
    screen.end()?;
    let rest = match all.len() - shown {
        0 => String::new(),
        rest => format!("{}: -n 0. ", count(rest, "more recommendation")),
    };
    screen.paragraph(DIM, &format!("{rest}All advice with code: -f markdown."), "")
}

/// What no rule has advice on, and where to begin with it.
fn unadvised(report: &Report<'_>) -> Option<[String; 2]> {
    advice::unadvised(report, escape::name, in_full)
}

/// A function with its place.
fn in_full(function: &Function<'_>) -> String {
    format!("`{}`", label::frame(function))
}

/// What to do first, for the head of the report.
pub(in crate::report) fn first(report: &Report<'_>) -> Option<String> {
    let sources = advice::sources_first(report);
    if let Some((text, false)) = &sources {
        return Some(format!("Do first: {text}."));
    }
    let left = unadvised(report);
    let few = advice::samples_first(report).map_or(String::new(), |text| format!("{text}. Then: "));
    let Some((task, text)) = advice::tasks(report, |row, text| advice::sentence(report, row, text)).next() else {
        let begin = sources.map(|(text, _)| text).or_else(|| left.map(|[_, begin]| begin));
        return begin.map(|begin| format!("Do first: {few}{begin}."));
    };
    let before = match (sources, left.filter(|_| advice::is_unadvised_first(report))) {
        (Some((text, _)), _) => format!("{text}. {} ", advice::WITHOUT),
        (None, Some([left, begin])) => format!("{begin}. {left}. Then: "),
        (None, None) => String::new(),
    };
    let (urgency, effort) = (task.urgency.name(), task.action.effort.name());
    let alone = advice::task_alone(report, task).map_or(String::new(), |alone| format!(", alone {alone}"));
    let or = advice::if_live(report, |row, text| advice::sentence(report, row, text));
    let or = or.map_or(String::new(), |(task, text)| {
        format!(" {}{text} (saves {}).", advice::SECOND, advice::saving_of(report, task.saving))
    });
    let joint = advice::joint(report, task, &text, in_full).map_or(String::new(), |joint| format!(", {joint}"));
    Some(format!(
        "Do first: {few}{before}{text} (saves {}{alone}, {effort} effort, {urgency}){joint}.{or}",
        advice::saving_of(report, task.saving)
    ))
}

/// The list of things to do, and what all advice together saves.
pub(super) fn tasks(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let told: Vec<_> = advice::tasks(report, |row, text| advice::sentence(report, row, text)).collect();
    if told.is_empty() {
        let Some([left, begin]) = unadvised(report) else { return Ok(()) };
        screen.title("What to do", "what no rule knows more of")?;
        return screen.paragraph(PLAIN, &format!("{left}; {begin}."), "");
    }
    let saving = advice::together(report);
    let remark = format!("saves {saving} of {} in all; the most urgent first", Size(report.total_size()));
    screen.title("What to do", &remark)?;
    let effort = if screen.width >= WITH_EFFORT { EFFORT } else { 0 };
    let shown = told.len().min(report.limit_or(TASKS));
    let tells_alone = told[..shown].iter().any(|(task, _)| task.saves_more_alone());
    let columns = match (effort > 0, tells_alone) {
        (true, true) => "  effort  (alone: where nothing else is done)",
        (true, false) => "  effort",
        (false, _) => "",
    };
    screen.put(DIM, format_args!("    {:>14}{columns}", "saves"))?;
    screen.end()?;
    for (task, text) in &told[..shown] {
        let joint = advice::joint(report, task, text, in_full).map(|joint| (" (", joint, ")"));
        thing(report, task, (advice::part(task), text), joint, effort, screen)?;
    }
    if shown < told.len() {
        screen.put(DIM, format_args!("    {}; -n 0 shows all", count(told.len() - shown, "more thing")))?;
        screen.end()?;
    }
    match advice::if_live(report, |row, text| advice::sentence(report, row, text)) {
        Some((task, text)) => thing(report, task, (advice::SECOND, text), None::<&str>, effort, screen),
        None => Ok(()),
    }
}

/// A thing to do, with its effort in so many columns; `behind` stands at the end.
fn thing(
    report: &Report<'_>,
    task: &Task<'_>,
    text: impl Words,
    behind: Option<impl Words>,
    effort: usize,
    screen: &mut Screen<'_>,
) -> io::Result<()> {
    let paint = match task.urgency {
        Urgency::P0 => ALARM,
        Urgency::P1 => CAUTION,
        Urgency::P2 => PLAIN,
    };
    screen.put(paint, format_args!("{:<4}", task.urgency.name()))?;
    screen.put(PLAIN, format_args!("{:>14}  ", advice::saving_of(report, task.saving)))?;
    if effort > 0 {
        screen.put(DIM, format_args!("{:<effort$}", task.action.effort.name()))?;
    }
    // Without it a thing to do seems to stand before what saves more.
    let alone = advice::task_alone(report, task).map(|alone| (" (alone ", alone, ")"));
    let before = COLUMNS + effort;
    for (number, line) in textwrap::wrap(&(text, alone, behind).to_text(), screen.width - before).iter().enumerate() {
        let indent = if number > 0 { before } else { 0 };
        screen.put(PLAIN, format_args!("{:indent$}{line}", ""))?;
        screen.end()?;
    }
    Ok(())
}

/// `begin` stands before the title.
fn recommendation<'a>(
    report: &Report<'_>,
    row: &Recommended<'a>,
    (number, begin): (usize, &str),
    told: &mut Told<'a>,
    screen: &mut Screen<'_>,
) -> io::Result<()> {
    screen.end()?;
    let title = fit(&format!("{begin}{}", advice::title(report, row)), screen.width);
    let alone = advice::alone(report, row).map(|alone| (", alone ", alone));
    let saves = advice::saves(row, ("saves ", advice::saving(report, row)));
    let remark = (saves, alone, ", ", row.rule.effort.name(), " effort").to_text();
    screen.put(BOLD, &title)?;
    // What does not fit beside the title stands below it.
    match title.width() + 2 + remark.width() <= screen.width {
        true => screen.put(DIM, format_args!("  {remark}"))?,
        false => {
            screen.end()?;
            screen.put(DIM, fit(&format!("   {remark}"), screen.width))?;
        }
    }
    screen.end()?;
    let room = screen.width - EVIDENCE.len();
    let (functions, asked) = evidence(report, row, room);
    screen.put(DIM, format_args!("{EVIDENCE}{functions}"))?;
    screen.end()?;
    if let Some(asked) = asked {
        screen.put(DIM, format_args!("   {asked}"))?;
        screen.end()?;
    }
    let texts = row.items.iter().filter_map(|item| advice::sentence(report, row, &item.text));
    let (mut shown, mut known) = (0, None);
    for text in texts {
        if shown == ITEMS {
            break;
        }
        match told.before(text.clone().into(), number) {
            Some(before) => known = known.or(Some(before)),
            None => {
                shown += 1;
                screen.paragraph(PLAIN, &format!("   - {text}"), "     ")?;
            }
        }
    }
    if let Some(before) = known.filter(|_| shown == 0) {
        screen.paragraph(PLAIN, &format!("   - as {before} says"), "     ")?;
    }
    let Some(command) = advice::verify(report, row) else { return Ok(()) };
    match told.before(command.clone(), number) {
        Some(before) => {
            screen.put(DIM, format_args!("   check: as for {before}"))?;
            screen.end()
        }
        None => {
            // A line of its own that is never wrapped: it can be copied.
            screen.put(DIM, "   check:")?;
            screen.end()?;
            screen.put(DIM, format_args!("{COMMAND}{}", escape::visible(&command)))?;
            screen.end()
        }
    }
}

/// Its largest functions, as many as there is room for, at least one; and who asked for them, on a line of its own where it does not fit behind all of them.
fn evidence(report: &Report<'_>, row: &Recommended<'_>, room: usize) -> (String, Option<String>) {
    let functions = row.evidence.functions.iter().map(|&id| report.function(id));
    let named: Vec<String> =
        functions.map(|f| format!("{} {}", label::telling(&f), Size(f.sums.actionable_size))).collect();
    let list = |count: usize| {
        let rest = row.evidence.function_count - count;
        let rest = (rest > 0).then(|| format!("{rest} more"));
        named[..count].iter().cloned().chain(rest).collect::<Vec<_>>().join(", ")
    };
    let caller = row.evidence.caused_by.map(|id| report.function(id));
    let lost = if caller.is_none() && row.evidence.is_behind_await { LOST } else { "" };
    let lists = (1..=named.len()).rev().flat_map(|count| [lost, ""].map(|behind| list(count) + behind));
    let fitting = lists.into_iter().find(|text| text.width() <= room);
    let fitting = fitting.unwrap_or_else(|| fit(&named.join(", "), room));
    let Some(caller) = caller else { return (fitting, None) };
    let likely = if row.evidence.is_likely { LIKELY } else { "" };
    let [whole, short] = [label::placed, label::telling].map(|name| format!("{likely}caused by {}", name(&caller)));
    let behind = format!("{}; {whole}", list(named.len()));
    match behind.width() <= room {
        true => (behind, None),
        false if whole.width() <= room => (fitting, Some(whole)),
        false => (fitting, Some(fit(&short, room))),
    }
}

/// Categories above their target.
pub(super) fn budget(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let rows = &report.advice().budget;
    if rows.is_empty() {
        return Ok(());
    }
    let reduction = report.share(report.advice().reduction()).in_units_of(100);
    let more = advice::beyond(report);
    screen.title("Budget", &format!("cutting these to target frees {reduction}% of the profile{more}"))?;
    screen.put(DIM, format_args!("{:>8} {:>8}", "now", "target"))?;
    screen.end()?;
    let left = screen.width - 19;
    let names = rows.iter().map(|row| escape::name(&report.category(row.category).name));
    let title = widest(names, left / 2);
    let room = room_of_remark(title, left);
    for row in rows {
        screen.put(PLAIN, format_args!("{:>8} {:>8}  ", Percent(row.current), Percent(row.target)))?;
        let action = advice::budget_action(report, row, |row, text| advice::sentence(report, row, text), label::name);
        let name = escape::name(&report.category(row.category).name);
        name_and_remark(screen, &name, title, &fit(&action, room), left)?;
    }
    screen.paragraph(DIM, &advice::below_budget(report).to_text(), "")
}
