//! What each category causes beside what it allocates itself, and the application's function that most of its bytes come from.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::screen::{DIM, PLAIN, Screen, fit, fit_end};
use super::sections::{name_and_remark, room_of_remark, widest};
use crate::analysis::model::{CategoryRow, Report};
use crate::report::units::{Grouped, Size};
use crate::report::{ROWS_FOR_PEOPLE, escape, label};

/// Columns of the two sizes that begin a row.
const SIZES: usize = 10 + 2 + 10 + 2;

/// The list, if there is more to say than the list of categories does.
pub(super) fn write(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let rows = report.that_allocate(report.categories());
    if rows.iter().all(|row| row.caused_by.is_none() && row.sums.caused_size == row.sums.self_size) {
        return Ok(());
    }
    screen.title("Causes", "caused: what natives, core and generated code allocate, put down to who calls them")?;
    let (shown, other) = report.cut(&rows, report.limit_or(ROWS_FOR_PEOPLE));
    let names = || shown.iter().map(|row| escape::name(&row.category.name));
    let left = screen.width - SIZES;
    let title = widest(names(), left * 3 / 5).max("category".len());
    let room = room_of_remark(title, left);
    screen.put(DIM, format_args!("{:>10}  {:>10}  ", "self", "caused"))?;
    screen.put(DIM, "category")?;
    if room > 0 {
        let gap = title + 2 - "category".len();
        screen.put(DIM, format_args!("{:gap$}{}", "", fit("of self, most comes from", room)))?;
    }
    screen.end()?;
    for (row, name) in shown.iter().zip(names()) {
        screen.put(PLAIN, format_args!("{:>10}  {:>10}  ", Size(row.sums.self_size), Size(row.sums.caused_size)))?;
        name_and_remark(screen, &name, title, &cause(report, row, room), left)?;
    }
    let Some(other) = other else { return Ok(()) };
    let noun = if other.count == 1 { "category" } else { "categories" };
    let (own, caused) = (Size(other.self_size), Size(other.caused_size));
    let line = format!("{own:>10}  {caused:>10}  in {} more {noun}", Grouped(other.count as u64));
    screen.put(DIM, fit(&line, screen.width))?;
    screen.end()
}

/// The function that most bytes of a category come from, with these.
fn cause(report: &Report<'_>, row: &CategoryRow<'_>, room: usize) -> String {
    let Some(cause) = row.caused_by else { return String::new() };
    let size = format!("{}  ", Size(cause.self_size));
    let function = report.function(cause.frame);
    match room.checked_sub(size.len()) {
        Some(room @ 8..) => {
            let frame = label::frame(&function);
            // The name without its place says more than a part of both; a function without a name is told by its place.
            size + &match frame.width() <= room {
                true => frame,
                false if function.name.is_empty() => fit_end(&label::source(&function), room),
                false => fit(&label::name(&function), room),
            }
        }
        _ => String::new(),
    }
}
