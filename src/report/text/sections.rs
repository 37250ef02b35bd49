//! The lists: each begins with a size and a share, names take what width is left.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::screen::{DIM, PLAIN, Screen, bar, column, fit, fit_end, paint_of};
use crate::analysis::model::{Function, Other, Priority, Report};
use crate::profile::HeavyStack;
use crate::report::units::{Grouped, Percent, Size, count};
use crate::report::{ROWS_FOR_PEOPLE, escape, label, notice};

/// Columns of the numbers that begin a row: a size, a share, and two more after them.
const NUMBERS: usize = 10 + 1 + 7 + 2;
/// Columns of a total or caused size and the space after it.
const TOTAL: usize = 10 + 2;
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
    let left = screen.width - NUMBERS - bars - 2 - priority;
    let title = widest(names(), left);
    let room = room_of_remark(title, left);
    screen.title("Categories", if room > 0 { "with the largest function of each" } else { "" })?;
    for (row, name) in shown.iter().zip(names()) {
        let paint = paint_of(row.priority);
        numbers(screen, row.sums.self_size, Percent(row.share), row.share.priority())?;
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
        name_and_remark(screen, &name, title, &function, left)?;
    }
    others(report, screen, other, "category", "categories")
}

/// Packages, with the category that most of their bytes are in.
pub(super) fn packages(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    screen.title("Packages", "the same bytes again, by package")?;
    let rows = report.that_allocate(report.packages());
    let (shown, other) = report.cut(&rows, report.limit_or(ROWS_FOR_PEOPLE));
    let names = || shown.iter().map(|row| label::package(row.name, row.version));
    let caused = if screen.width >= WITH_CAUSED { TOTAL } else { 0 };
    let left = width_of_names(screen) - caused;
    let title = widest(names(), left * 3 / 5).max("package".len());
    captions(screen, ("package", "mostly in"), caused > 0, title, left)?;
    for (row, name) in shown.iter().zip(names()) {
        numbers(screen, row.sums.self_size, Percent(row.share), row.share.priority())?;
        if caused > 0 {
            screen.put(PLAIN, format_args!("{:>10}  ", Size(row.sums.caused_size)))?;
        }
        total(screen, row.sums.total_size)?;
        let category = row.category.map_or(String::new(), |(id, _)| escape::name(&report.category(id).name));
        name_and_remark(screen, &name, title, &fit(&category, room_of_remark(title, left)), left)?;
    }
    let Some(other) = other.filter(|_| caused > 0) else {
        return others(report, screen, other, "package", "packages");
    };
    let (size, share) = (Size(other.self_size), Percent(report.share(other.self_size)));
    let noun = if other.count == 1 { "package" } else { "packages" };
    let (caused, count) = (Size(other.caused_size), Grouped(other.count as u64));
    screen.put(DIM, format_args!("{size:>10} {share:>7}  {caused:>10}  in {count} more {noun}"))?;
    screen.end()
}

/// The largest functions and where they stand.
pub(super) fn functions(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    screen.title("Functions", "self: allocated by the function; total: with what it calls")?;
    let rows = report.with_bytes(report.functions());
    let (shown, other) = report.cut(rows, report.limit_or(ROWS_FOR_PEOPLE));
    let left = width_of_names(screen);
    let title = widest(shown.iter().map(|&id| label::name(&report.function(id))), left / 2);
    let title = title.max("function".len());
    captions(screen, ("function", "source"), false, title, left)?;
    for &id in shown {
        let function = report.function(id);
        numbers(screen, function.sums.self_size, Percent(function.share), function.share.priority())?;
        total(screen, function.sums.total_size)?;
        let source = fit_end(&label::source(&function), room_of_remark(title, left));
        name_and_remark(screen, &label::name(&function), title, &source, left)?;
    }
    others(report, screen, other, "function", "functions")
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
        let share = report.share(stack.self_size);
        numbers(screen, stack.self_size, Percent(share), share.priority())?;
        let room = screen.width - NUMBERS;
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
    text
}

fn step(function: &Function<'_>) -> String {
    if function.name.is_empty() && !function.url.is_empty() {
        format!("({})", label::source(function))
    } else {
        label::name(function)
    }
}

/// What the numbers of a list with totals leave of a line.
fn width_of_names(screen: &Screen<'_>) -> usize {
    screen.width - NUMBERS - if screen.width >= WITH_TOTALS { TOTAL } else { 0 }
}

/// The captions of a list with totals.
fn captions(
    screen: &mut Screen<'_>,
    (name, remark): (&str, &str),
    caused: bool,
    title: usize,
    left: usize,
) -> io::Result<()> {
    screen.put(DIM, format_args!("{:>10} {:>7}  ", "self", "share"))?;
    if caused {
        screen.put(DIM, format_args!("{:>10}  ", "caused"))?;
    }
    if screen.width >= WITH_TOTALS {
        screen.put(DIM, format_args!("{:>10}  ", "total"))?;
    }
    let room = room_of_remark(title, left);
    if room == 0 {
        screen.put(DIM, name)?;
    } else {
        screen.put(DIM, format_args!("{}{}", column(name, title + 2), fit(remark, room)))?;
    }
    screen.end()
}

fn numbers(screen: &mut Screen<'_>, size: u64, share: Percent, priority: Priority) -> io::Result<()> {
    screen.put(PLAIN, format_args!("{:>10} ", Size(size)))?;
    let paint = if priority == Priority::Low { PLAIN } else { paint_of(priority) };
    screen.put(paint, format_args!("{share:>7}"))?;
    screen.put(PLAIN, "  ")
}

fn total(screen: &mut Screen<'_>, size: u64) -> io::Result<()> {
    if screen.width >= WITH_TOTALS { screen.put(PLAIN, format_args!("{:>10}  ", Size(size))) } else { Ok(()) }
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
    screen.put(DIM, format_args!("{:>10} {share:>7}  in {count} more {noun}", Size(other.self_size)))?;
    screen.end()
}
