//! What to do about it: first the list of things to do, a line each, then why and how for the most rewarding ones.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::screen::{ALARM, BOLD, CAUTION, DIM, PLAIN, Screen, fit};
use super::sections::{name_and_remark, room_of_remark, widest};
use crate::analysis::model::{Recommended, Report};
use crate::report::advice::{self, TASKS};
use crate::report::units::{Percent, Saving, Size, count};
use crate::report::{escape, label};
use crate::rules::Urgency;

/// Recommendations that are told, and pieces of advice of each, unless the user gave a limit.
const RECOMMENDATIONS: usize = 5;
const ITEMS: usize = 2;
/// Columns of urgency and saving before a thing to do.
const COLUMNS: usize = 4 + 14 + 2;
/// Columns of the effort, which is shown from this width on.
const EFFORT: usize = 8;
const WITH_EFFORT: usize = 72;

/// Writes the section.
pub(super) fn write(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let all = &report.advice().recommendations;
    if !all.is_empty() {
        let remark = format!("saves {} of {} in all", Saving(Recommended::together(all)), Size(report.total_size()));
        screen.title("What to do", &remark)?;
        tasks(report, screen)?;
        let shown = all.len().min(report.limit_or(RECOMMENDATIONS));
        for (row, number) in all[..shown].iter().zip(1..) {
            recommendation(report, row, number, screen)?;
        }
        screen.end()?;
        let rest = match all.len() - shown {
            0 => "All".to_owned(),
            rest => format!("{}, and all", count(rest, "more recommendation")),
        };
        screen.paragraph(DIM, &format!("{rest} advice with code: -f markdown."), "")?;
    }
    budget(report, screen)
}

/// What to do first, for the head of the report.
pub(super) fn first(report: &Report<'_>) -> Option<String> {
    let told = advice::tasks(report, |row, text| advice::sentence(report, row, text));
    let (task, text) = told.into_iter().next()?;
    let (urgency, effort) = (task.urgency.name(), task.action.effort.name());
    Some(format!("Do first: {text} (saves {}, {effort} effort, {urgency}).", Saving(task.saving)))
}

fn tasks(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let told = advice::tasks(report, |row, text| advice::sentence(report, row, text));
    if told.is_empty() {
        return Ok(());
    }
    let effort = if screen.width >= WITH_EFFORT { EFFORT } else { 0 };
    screen.put(DIM, format_args!("    {:>14}{}", "saves", if effort > 0 { "  effort" } else { "" }))?;
    screen.end()?;
    let shown = told.len().min(report.limit_or(TASKS));
    for (task, text) in &told[..shown] {
        let paint = match task.urgency {
            Urgency::P0 => ALARM,
            Urgency::P1 => CAUTION,
            Urgency::P2 => PLAIN,
        };
        screen.put(paint, format_args!("{:<4}", task.urgency.name()))?;
        screen.put(PLAIN, format_args!("{:>14}  ", Saving(task.saving)))?;
        if effort > 0 {
            screen.put(DIM, format_args!("{:<effort$}", task.action.effort.name()))?;
        }
        screen.put(PLAIN, fit(text, screen.width - COLUMNS - effort))?;
        screen.end()?;
    }
    if shown < told.len() {
        screen.put(DIM, format_args!("    {}", count(told.len() - shown, "more thing")))?;
        screen.end()?;
    }
    Ok(())
}

fn recommendation(
    report: &Report<'_>,
    row: &Recommended<'_>,
    number: usize,
    screen: &mut Screen<'_>,
) -> io::Result<()> {
    screen.end()?;
    let title = fit(&format!("{number}. {}", advice::title(report, row)), screen.width);
    let remark =
        format!("  saves {} of {}, {} effort", Saving(row.saving), Size(row.matched_size), row.rule.effort.name());
    screen.put(BOLD, &title)?;
    if title.width() + remark.width() <= screen.width {
        screen.put(DIM, remark)?;
    }
    screen.end()?;
    screen.put(DIM, fit(&format!("   in {}", evidence(report, row)), screen.width))?;
    screen.end()?;
    let told: Vec<String> =
        row.rule.advice.iter().filter_map(|item| advice::sentence(report, row, &item.text)).collect();
    for text in told.iter().take(ITEMS) {
        screen.paragraph(PLAIN, &format!("   - {text}"), "     ")?;
    }
    match &row.rule.verify {
        Some(command) => screen.paragraph(DIM, &format!("   check: {}", escape::visible(command)), "     "),
        None => Ok(()),
    }
}

/// Its largest functions, and who asked for them.
fn evidence(report: &Report<'_>, row: &Recommended<'_>) -> String {
    let functions = row.evidence.functions.iter().map(|&id| report.function(id));
    let mut named: Vec<String> =
        functions.map(|f| format!("{} {}", label::name(&f), Size(f.sums.actionable_size))).collect();
    if advice::unnamed(row) > 0 {
        named.push(format!("{} more", advice::unnamed(row)));
    }
    let mut text = named.join(", ");
    if let Some(caller) = row.evidence.caused_by {
        text += &format!("; caused by {}", label::frame(&report.function(caller)));
    }
    text
}

fn budget(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let rows = &report.advice().budget;
    if rows.is_empty() {
        return Ok(());
    }
    let reduction = report.share(report.advice().reduction()).in_units_of(100);
    screen.title("Budget", &format!("categories above what they should have; {reduction}% too much in all"))?;
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
    Ok(())
}
