//! The summary of a batch for a terminal: a screen of it; the rest is in the index.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::screen::{ALARM, BOLD, CAUTION, DIM, PLAIN, Screen, bar, column, fit, fit_end};
use crate::analysis::model::{Measure, Over, RollUp};
use crate::report::units::{Grouped, LEGEND, Percent, Size};
use crate::report::{Style, batch, escape, label, series};

/// Rows of each list, unless the user gave a limit.
const ROWS: usize = 5;
/// Columns of a size and a share.
const NUMBERS: usize = 10 + 1 + 7 + 2;
/// Bars, and in how many dumps a row is, are shown from this width on.
const WITH_BARS: usize = 60;
/// Columns of a name that tell one dump from another.
const NAME: usize = 24;

/// Writes the summary.
pub(in crate::report) fn write(
    roll_up: &RollUp<'_>,
    style: &Style,
    limit: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let limit = match limit.unwrap_or(ROWS) {
        0 => usize::MAX,
        limit => limit,
    };
    let screen = &mut Screen::new(out, style);
    leaks(roll_up, limit, screen)?;
    for (i, sentence) in batch::headline(roll_up).into_iter().enumerate() {
        screen.paragraph(if i == 0 { BOLD } else { PLAIN }, &sentence, "")?;
    }
    for warning in batch::warnings(roll_up) {
        screen.paragraph(CAUTION, &format!("⚠ {warning}"), "  ")?;
    }
    for filter in &roll_up.filters {
        screen.paragraph(CAUTION, &format!("Filtered: {} {}", filter.name, escape::name(&filter.pattern)), "")?;
    }
    if roll_up.total_size() == 0 {
        return Ok(());
    }
    let categories: Vec<_> =
        roll_up.categories().iter().map(|(category, over)| (escape::name(&category.name), *over)).collect();
    rows(roll_up, "Categories", "over all dumps", &categories, limit, screen)?;
    let package = |&(name, version, over): &(&str, Option<&str>, Over)| (label::package(name, version), over);
    let packages: Vec<_> = roll_up.packages().iter().map(package).collect();
    rows(roll_up, "Packages", "the same bytes again, by package", &packages, limit, screen)?;
    let functions = roll_up.functions();
    let named = |&(id, over)| (label::frame(&roll_up.function(id, over)), over);
    // Texts are made only for what is shown; the others are counted.
    let names: Vec<_> = functions.iter().take(limit).map(named).collect();
    let rest = functions.iter().skip(limit).map(|&(_, over)| (String::new(), over));
    let functions: Vec<_> = names.into_iter().chain(rest).collect();
    rows(roll_up, "Functions", "", &functions, limit, screen)?;
    outliers(roll_up, limit, screen)?;
    screen.end()?;
    screen.paragraph(DIM, &format!("{} {LEGEND}", batch::SUMS), "")
}

/// Whether there is a leak, and the series that have one.
fn leaks(roll_up: &RollUp<'_>, limit: usize, screen: &mut Screen<'_>) -> io::Result<()> {
    for sentence in series::verdict(roll_up) {
        screen.paragraph(BOLD, &sentence, "")?;
    }
    let leaking: Vec<_> = roll_up.series.iter().filter(|row| series::leaks(row)).collect();
    for row in leaking.iter().take(limit) {
        let (name, trend) = (series::name(roll_up, row), &row.trend);
        screen.paragraph(ALARM, &format!("⚠ {name}: {} ({})", trend.headline, trend.document), "  ")?;
    }
    if leaking.len() > limit {
        let more = Grouped((leaking.len() - limit) as u64);
        screen.paragraph(ALARM, &format!("⚠ {more} more series with leak suspects: -n 0, or the index"), "  ")?;
    }
    Ok(())
}

fn rows(
    roll_up: &RollUp<'_>,
    title: &str,
    remark: &str,
    all: &[(String, Over)],
    limit: usize,
    screen: &mut Screen<'_>,
) -> io::Result<()> {
    screen.title(title, remark)?;
    let (shown, rest) = all.split_at(all.len().min(limit));
    let largest = shown.first().map_or(0, |(_, over)| over.self_size);
    let is_wide = screen.width >= WITH_BARS;
    let bars = (screen.width / 8).min(16);
    let numbers = |size: u64| format!("{:>10} {:>7}  ", Size(size), Percent(roll_up.share(size)));
    for (name, over) in shown {
        screen.put(PLAIN, numbers(over.self_size))?;
        if is_wide {
            let dumps = format!("  in {}", Grouped(u64::from(over.files)));
            let room = screen.width.saturating_sub(NUMBERS + bars + 2 + dumps.len());
            screen.put(PLAIN, column(&bar(over.self_size, largest, bars), bars + 2))?;
            screen.put(PLAIN, fit(name, room))?;
            screen.put(DIM, dumps)?;
        } else {
            screen.put(PLAIN, fit(name, screen.width - NUMBERS))?;
        }
        screen.end()?;
    }
    if !rest.is_empty() {
        let size = rest.iter().fold(0_u64, |size, (_, over)| size.saturating_add(over.self_size));
        screen.put(DIM, format_args!("{}in {} more", numbers(size), Grouped(rest.len() as u64)))?;
        screen.end()?;
    }
    Ok(())
}

fn outliers(roll_up: &RollUp<'_>, limit: usize, screen: &mut Screen<'_>) -> io::Result<()> {
    let outliers = roll_up.outliers();
    if outliers.is_empty() {
        return Ok(());
    }
    screen.title("Unlike the others", "far from the median of all dumps")?;
    for outlier in outliers.iter().take(limit) {
        let (what, here, median) = match outlier.measure {
            Measure::TotalSize(size, median) => {
                ("total size".to_owned(), Size(size).to_string(), Size(median).to_string())
            }
            Measure::CategoryShare(id, share, median) => {
                (escape::name(&roll_up.category(id).name), Percent(share).to_string(), Percent(median).to_string())
            }
        };
        let name = escape::name(&roll_up.files()[outlier.file].name);
        let told = format!("{what} {here}, median {median}");
        let beside = screen.width.saturating_sub(4 + told.width());
        if beside >= NAME.min(name.width()) {
            screen.put(PLAIN, format_args!("  {}  ", fit_end(&name, beside)))?;
            screen.put(CAUTION, told)?;
            screen.end()?;
        } else {
            screen.put(PLAIN, format_args!("  {}", fit_end(&name, screen.width - 2)))?;
            screen.end()?;
            screen.paragraph(CAUTION, &format!("    {told}"), "    ")?;
        }
    }
    if outliers.len() > limit {
        screen.put(DIM, format_args!("  {} more: -n 0, or the index", Grouped((outliers.len() - limit) as u64)))?;
        screen.end()?;
    }
    Ok(())
}
