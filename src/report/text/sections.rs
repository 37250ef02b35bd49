//! The lists: each begins with a size and a share, names take what width is left.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::screen::{CAUTION, DIM, PLAIN, Screen, bar, column, fit, fit_end, paint_of};
use crate::analysis::model::{Function, Other, Priority, Report, Share};
use crate::profile::{HeavyStack, Sums};
use crate::report::certainty::{self, estimate, is_cut, is_lower_bound};
use crate::report::units::{Grouped, Percent, Size, count};
use crate::report::{ROWS_FOR_PEOPLE, escape, label, notice};

/// Columns of a size, of one with its error, and where that is so small that it has a unit of its own.
const SIZE: usize = 10;
const ESTIMATE: usize = 16;
const FINE_ESTIMATE: usize = 19;
/// Columns of a share and the spaces around it.
const SHARE: usize = 1 + 7 + 2;
/// Columns of a caused size and the space after it, and of a total.
const CAUSED: usize = 10 + 2;
const TOTAL: usize = 11 + 2;
/// Errors are shown from this width on.
const WITH_ERRORS: usize = 80;
/// Entry points that are told, unless the user gave a limit.
const ENTRY_POINTS: usize = 5;
/// Caused sizes are shown from this width on, total sizes and priorities in words from the next.
const WITH_CAUSED: usize = 60;
const WITH_TOTALS: usize = 72;
const WITH_PRIORITIES: usize = 100;

/// Categories, with a bar and their largest function.
pub(super) fn categories(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let rows = report.with_bytes(report.categories());
    let (shown, other) = report.cut(rows, report.limit_or(ROWS_FOR_PEOPLE));
    let largest = shown.first().map_or(0, |row| row.sums.self_size);
    let names = || shown.iter().map(|row| escape::name(&row.category.name));
    let priority = if screen.width >= WITH_PRIORITIES { 8 } else { 0 };
    let bars = (screen.width / 6).min(20);
    let left = screen.width - numbers_width(report, screen) - bars - 2 - priority;
    let title = widest(names(), left);
    let room = room_of_remark(title, left);
    screen.title("Categories", if room > 0 { "with the largest function of each" } else { "" })?;
    for (row, name) in shown.iter().zip(names()) {
        let paint = paint_of(row.priority);
        numbers(report, screen, row.sums.self_size, row.share)?;
        screen.put(paint, column(&bar(row.sums.self_size, largest, bars), bars + 2))?;
        if priority > 0 {
            let word = format!("{:?}", row.priority).to_lowercase();
            screen.put(paint, column(&word, priority))?;
        }
        let largest = report.functions_of(row).first().map(|&id| report.function(id));
        let function = largest.map_or(String::new(), |function| {
            let frame = label::frame(&function);
            if frame.width() <= room { frame } else { fit(&label::name(&function), room) }
        });
        named(report, screen, &row.sums, &name, title, &function, left)?;
    }
    ties(screen, shown.iter().map(|row| row.rank))?;
    others(report, screen, other, "category", "categories")
}

/// Packages, with the category that most of their bytes are in.
pub(super) fn packages(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    screen.title("Packages", "the same bytes again, by package")?;
    let rows = report.that_allocate(report.packages());
    let (shown, other) = report.cut(&rows, report.limit_or(ROWS_FOR_PEOPLE));
    let names = || shown.iter().map(|row| label::package(row.name, row.version));
    let caused = if screen.width >= WITH_CAUSED { CAUSED } else { 0 };
    let left = width_of_names(report, screen) - caused;
    let title = widest(names(), left * 3 / 5).max("package".len());
    captions(report, screen, ("package", "mostly in"), caused > 0, title, left)?;
    for (row, name) in shown.iter().zip(names()) {
        numbers(report, screen, row.sums.self_size, row.share)?;
        if caused > 0 {
            screen.put(PLAIN, format_args!("{:>10}  ", Size(row.sums.caused_size)))?;
        }
        total(report, screen, &row.sums)?;
        let category = row.category.map_or(String::new(), |(id, _)| escape::name(&report.category(id).name));
        named(report, screen, &row.sums, &name, title, &fit(&category, room_of_remark(title, left)), left)?;
    }
    ties(screen, shown.iter().map(|row| row.rank))?;
    let Some(other) = other.filter(|_| caused > 0) else {
        return others(report, screen, other, "package", "packages");
    };
    let (size, share) = (sized(report, screen, other.self_size), Percent(report.share(other.self_size)));
    let width = size_width(report, screen);
    let noun = if other.count == 1 { "package" } else { "packages" };
    let (caused, count) = (Size(other.caused_size), Grouped(other.count as u64));
    screen.put(DIM, format_args!("{size:>width$} {share:>7}  {caused:>10}  in {count} more {noun}"))?;
    screen.end()
}

/// The largest functions and where they stand.
pub(super) fn functions(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    screen.title("Functions", "self: allocated by the function; total: with what it calls")?;
    let rows = report.with_bytes(report.functions());
    let (shown, other) = report.cut(rows, report.limit_or(ROWS_FOR_PEOPLE));
    let left = width_of_names(report, screen);
    let title = widest(shown.iter().map(|&id| label::name(&report.function(id))), left / 2);
    let title = title.max("function".len());
    captions(report, screen, ("function", "source"), false, title, left)?;
    for &id in shown {
        let function = report.function(id);
        numbers(report, screen, function.sums.self_size, function.share)?;
        total(report, screen, &function.sums)?;
        let source = fit_end(&label::source(&function), room_of_remark(title, left));
        named(report, screen, &function.sums, &label::name(&function), title, &source, left)?;
    }
    ties(screen, report.ranks(shown).into_iter())?;
    others(report, screen, other, "function", "functions")
}

/// What stacks begin with, by everything that was allocated below.
pub(super) fn entry_points(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let all = report.entry_points();
    let (shown, rest) = all.split_at(all.len().min(report.limit_or(ENTRY_POINTS)));
    screen.title("Entry points", "where stacks begin, with all that is allocated below")?;
    let room = screen.width - numbers_width(report, screen);
    for entry in shown {
        numbers(report, screen, entry.total_size, report.share(entry.total_size))?;
        screen.put(PLAIN, fit(&label::frame(&report.function(entry.frame)), room))?;
        screen.end()?;
    }
    if let Some(cut) = report.aggregate().cut_stacks.filter(|cut| cut.truncated > 0) {
        numbers(report, screen, cut.truncated_size, report.share(cut.truncated_size))?;
        let stacks = count(cut.truncated, "stack");
        screen.put(CAUTION, fit(&format!("(truncated stacks)  {stacks} cut at {} frames", cut.limit), room))?;
        screen.end()?;
    }
    let rest_size = rest.iter().map(|entry| entry.total_size).sum();
    let other = Other { count: rest.len(), self_size: rest_size, caused_size: 0, allocating_nodes: 0 };
    others(report, screen, Some(other).filter(|other| other.count > 0), "entry", "entries")
}

/// The heaviest stacks, a line each, from the allocating function outwards.
pub(super) fn stacks(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    if report.stacks().is_empty() {
        return Ok(());
    }
    let all = count(notice::shown_points(report), "sample point");
    let remark = format!("{} of {all}; the allocating function first, then its callers", report.stacks().len());
    screen.title("Stacks", &remark)?;
    for stack in report.stacks() {
        numbers(report, screen, stack.self_size, report.share(stack.self_size))?;
        let room = screen.width - numbers_width(report, screen);
        screen.put(PLAIN, fit(&chain(report, stack, room), room))?;
        screen.end()?;
    }
    Ok(())
}

/// The frames of a stack from the inside out, as many as may fit; a frame that calls itself stands once, with a count.
fn chain(report: &Report<'_>, stack: &HeavyStack, room: usize) -> String {
    let mut text = String::new();
    let mut frames = stack.frames.iter().rev().peekable();
    while let Some(id) = frames.next() {
        let mut times = 1;
        while frames.next_if_eq(&id).is_some() {
            times += 1;
        }
        if !text.is_empty() {
            text += " ← ";
        }
        text += &step(&report.function(*id));
        if times > 1 {
            text += &format!(" ×{times}");
        }
        if text.width() > room {
            return text;
        }
    }
    if stack.frames_omitted > 0 {
        text += &format!(" ← … {}", count(stack.frames_omitted, "more frame"));
    }
    if is_cut(report, stack) {
        text += " ← (truncated)";
    }
    text
}

fn step(function: &Function<'_>) -> String {
    if function.name.is_empty() && !function.url.is_empty() {
        format!("({})", label::source(function))
    } else {
        label::name(function)
    }
}

/// Columns of the sizes that begin rows.
fn size_width(report: &Report<'_>, screen: &Screen<'_>) -> usize {
    match report.sampling().interval {
        Some(_) if screen.width >= WITH_ERRORS => {
            // Of all sizes with a unit the least has the least error.
            let mut least = [1 << 10, 1 << 20, 1 << 30].into_iter().filter(|&unit| unit <= report.total_size());
            let is_fine = least.any(|unit| estimate(report, unit).has_two_units());
            if is_fine { FINE_ESTIMATE } else { ESTIMATE }
        }
        _ => SIZE,
    }
}

/// A size, with its error where there is room.
fn sized(report: &Report<'_>, screen: &Screen<'_>, size: u64) -> String {
    match size_width(report, screen) {
        SIZE => Size(size).to_string(),
        _ => estimate(report, size).to_string(),
    }
}

/// Columns of the numbers that begin a row.
fn numbers_width(report: &Report<'_>, screen: &Screen<'_>) -> usize {
    size_width(report, screen) + SHARE
}

/// What the numbers of a list with totals leave of a line.
fn width_of_names(report: &Report<'_>, screen: &Screen<'_>) -> usize {
    screen.width - numbers_width(report, screen) - if screen.width >= WITH_TOTALS { TOTAL } else { 0 }
}

/// The captions of a list with totals.
fn captions(
    report: &Report<'_>,
    screen: &mut Screen<'_>,
    (name, remark): (&str, &str),
    caused: bool,
    title: usize,
    left: usize,
) -> io::Result<()> {
    let width = size_width(report, screen);
    screen.put(DIM, format_args!("{:>width$} {:>7}  ", "self", "share"))?;
    if caused {
        screen.put(DIM, format_args!("{:>10}  ", "caused"))?;
    }
    if screen.width >= WITH_TOTALS {
        screen.put(DIM, format_args!("{:>11}  ", "total"))?;
    }
    let room = room_of_remark(title, left);
    if room == 0 {
        screen.put(DIM, name)?;
    } else {
        screen.put(DIM, format_args!("{}{}", column(name, title + 2), fit(remark, room)))?;
    }
    screen.end()
}

/// A size, with its error where there is room, and its share. What rests on few samples is dim, and marked for where there are no colours.
fn numbers(report: &Report<'_>, screen: &mut Screen<'_>, size: u64, share: Share) -> io::Result<()> {
    let is_few = size > 0 && report.sampling().rests_on_few(size);
    let width = size_width(report, screen);
    let marked = format!("{}{}", if is_few { "~" } else { "" }, sized(report, screen, size));
    screen.put(if is_few { DIM } else { PLAIN }, format_args!("{marked:>width$} "))?;
    let priority = share.priority();
    let paint = if priority == Priority::Low { PLAIN } else { paint_of(priority) };
    screen.put(paint, format_args!("{:>7}", Percent(share)))?;
    screen.put(PLAIN, "  ")
}

/// A total; where stacks were cut, that of callers is the least that it can be.
fn total(report: &Report<'_>, screen: &mut Screen<'_>, sums: &Sums) -> io::Result<()> {
    if screen.width < WITH_TOTALS {
        return Ok(());
    }
    let bound = if is_lower_bound(report, sums) { "≥" } else { "" };
    screen.put(PLAIN, format_args!("{:>11}  ", format!("{bound}{}", Size(sums.total_size))))
}

/// The name and remark of a row with these sums.
fn named(
    report: &Report<'_>,
    screen: &mut Screen<'_>,
    sums: &Sums,
    name: &str,
    title: usize,
    remark: &str,
    left: usize,
) -> io::Result<()> {
    if !report.sampling().rests_on_few(sums.self_size) {
        return name_and_remark(screen, name, title, remark, left);
    }
    match remark {
        "" => screen.put(DIM, fit(name, left))?,
        _ => screen.put(DIM, format_args!("{}  {remark}", column(name, title)))?,
    }
    screen.end()
}

/// Which of the rows above are ties.
fn ties(screen: &mut Screen<'_>, ranks: impl Iterator<Item = usize>) -> io::Result<()> {
    let ranks: Vec<usize> = ranks.collect();
    certainty::ties(&ranks).map_or(Ok(()), |text| screen.paragraph(DIM, &text, ""))
}

/// The columns that the widest name needs, `room` at most.
pub(super) fn widest(names: impl Iterator<Item = String>, room: usize) -> usize {
    names.map(|name| name.width()).max().unwrap_or(0).min(room)
}

/// Columns that a name leaves for the remark behind it; less than 12 are not worth a remark.
pub(super) fn room_of_remark(title: usize, left: usize) -> usize {
    match left.saturating_sub(title + 2) {
        0..12 => 0,
        room => room,
    }
}

/// A name in `title` columns and a remark, which fits the room that is left for it.
pub(super) fn name_and_remark(
    screen: &mut Screen<'_>,
    name: &str,
    title: usize,
    remark: &str,
    left: usize,
) -> io::Result<()> {
    if remark.is_empty() {
        screen.put(PLAIN, fit(name, left))?;
    } else {
        screen.put(PLAIN, format_args!("{}  ", column(name, title)))?;
        screen.put(DIM, remark)?;
    }
    screen.end()
}

fn others(report: &Report<'_>, screen: &mut Screen<'_>, other: Option<Other>, one: &str, many: &str) -> io::Result<()> {
    let Some(other) = other else { return Ok(()) };
    let share = Percent(report.share(other.self_size));
    let noun = if other.count == 1 { one } else { many };
    let count = Grouped(other.count as u64);
    let width = size_width(report, screen);
    let size = sized(report, screen, other.self_size);
    let line = format!("{size:>width$} {share:>7}  in {count} more {noun}");
    screen.put(DIM, fit(&line, screen.width))?;
    screen.end()
}
