//! The index of a batch: what failed, where the bytes of all dumps are, which dumps are unlike the others, and where their reports are.

use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::analysis::model::{
    BatchFile, BatchProblem, Measure, MissedPath, Over, RollUp, SeriesRow, SeriesSuspect, SeriesTrend, Share,
};
use crate::report::units::{Grouped, LEGEND, Percent, Size, count};
use crate::report::{ROWS_FOR_PEOPLE, batch, escape, label, series};

/// Dumps that are listed with their reports.
const DUMPS: usize = 200;
/// Dumps that failed that are listed, and those that hold the same as others.
const FAILURES: usize = 100;
/// What may stand in a link.
const LINK: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// Writes the index.
pub(in crate::report) fn write(roll_up: &RollUp<'_>, limit: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let limit = match limit.unwrap_or(ROWS_FOR_PEOPLE) {
        0 => usize::MAX,
        limit => limit,
    };
    writeln!(out, "# Heap Profiles\n")?;
    for sentence in series::verdict(roll_up) {
        writeln!(out, "**{}**\n", escape::plain(&sentence))?;
    }
    suspects(roll_up, limit, out)?;
    for sentence in batch::headline(roll_up) {
        writeln!(out, "{}\n", escape::plain(&sentence))?;
    }
    for warning in batch::warnings(roll_up) {
        writeln!(out, "⚠ {}\n", escape::plain(&warning))?;
    }
    for filter in &roll_up.filters {
        let pattern = escape::code(escape::shown(&filter.pattern));
        writeln!(out, "**Filtered**: {} {pattern}\n", filter.name)?;
    }
    missed(roll_up, "Not Readable", true, out)?;
    failures(roll_up, out)?;
    cpu_failures(roll_up, out)?;
    if roll_up.total_size() > 0 {
        outliers(roll_up, limit, out)?;
        categories(roll_up, limit, out)?;
        packages(roll_up, limit, out)?;
        functions(roll_up, limit, out)?;
        largest(roll_up, limit, out)?;
    }
    all_series(roll_up, limit, out)?;
    dumps(roll_up, out)?;
    copies(roll_up, out)?;
    missed(roll_up, "Not Found, Not Looked Into", false, out)?;
    writeln!(out, "---\n\n`rollup.json` has all of this for programs, `files.ndjson` a line for each dump. {LEGEND}")
}

/// The series with leak suspects, and these.
fn suspects(roll_up: &RollUp<'_>, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    let leaks: Vec<_> = roll_up.series.iter().filter(|row| series::leaks(row)).collect();
    if leaks.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Leak Suspects\n")?;
    for row in leaks.iter().take(limit) {
        let (name, trend) = (series::name(roll_up, row), &row.trend);
        let link = utf8_percent_encode(&trend.document, LINK);
        writeln!(out, "- ⚠ {}: {} [The series]({link})", escape::code(&name), escape::plain(&trend.headline))?;
        for (suspect, number) in trend.suspects.iter().take(limit).zip(1..) {
            let SeriesSuspect { function, rate, course, stack } = suspect;
            writeln!(out, "  {number}. {}: {rate} {course}. Held by {}", escape::code(function), escape::code(stack))?;
        }
        if trend.suspects.len() > limit {
            writeln!(out, "  - {} more", Grouped((trend.suspects.len() - limit) as u64))?;
        }
    }
    if leaks.len() > limit {
        writeln!(out, "- {} more: see Series", Grouped((leaks.len() - limit) as u64))?;
    }
    writeln!(out, "\n## All Dumps\n")
}

/// A link to the trend of a series, with what was found.
fn found(trend: &SeriesTrend) -> String {
    let found = match (trend.suspects.len(), trend.unjudged) {
        (0, None) if trend.has_grown => "no suspect, but it grew".to_owned(),
        (0, None) => "no suspect".to_owned(),
        (0, Some(_)) => "not judged".to_owned(),
        (suspects, _) => format!("**{}**", count(suspects, "suspect")),
    };
    format!("[{found}]({})", utf8_percent_encode(&trend.document, LINK))
}

fn failures(roll_up: &RollUp<'_>, out: &mut dyn Write) -> io::Result<()> {
    let broken: Vec<_> = roll_up.broken().collect();
    if !broken.is_empty() {
        writeln!(out, "## Broken Dumps\n")?;
        failed("What is wrong", &broken, out)?;
    }
    let unfitting: Vec<_> = roll_up.unfitting().map(|(file, problem, _)| (file, problem)).collect();
    if let Some(what) = batch::unfitting(roll_up) {
        writeln!(out, "## Dumps That Do Not Fit\n\n{what}\n")?;
        failed("How far it was read", &unfitting, out)?;
    }
    Ok(())
}

/// A table of dumps that could not be read, or not to their end, with what there is to say of each.
fn failed(what: &str, failures: &[(&BatchFile, &BatchProblem)], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| Dump | {what} | Counted |\n|------|{}|---------|", "-".repeat(what.len() + 2))?;
    for (file, problem) in failures.iter().take(FAILURES) {
        let counted = if file.profile.is_some() { "up to there" } else { "nothing" };
        writeln!(out, "| {} | {} | {counted} |", linked(file), escape::plain(batch::problem(problem)))?;
    }
    if failures.len() > FAILURES {
        writeln!(out, "| Other ({}) | see `files.ndjson` | - |", Grouped((failures.len() - FAILURES) as u64))?;
    }
    writeln!(out)
}

/// CPU profiles that reports go without.
fn cpu_failures(roll_up: &RollUp<'_>, out: &mut dyn Write) -> io::Result<()> {
    let failures = roll_up.cpu_failures();
    if failures.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "## CPU Profiles That Cannot Be Used\n\n| CPU profile | What is wrong |\n|-------------|---------------|"
    )?;
    for (cpu, problem) in failures.iter().take(FAILURES) {
        let cpu = escape::code(escape::shown(cpu));
        writeln!(out, "| {cpu} | {} |", escape::plain(batch::problem(problem)))?;
    }
    if failures.len() > FAILURES {
        writeln!(out, "| Other ({}) | see `files.ndjson` |", Grouped((failures.len() - FAILURES) as u64))?;
    }
    writeln!(out)
}

fn outliers(roll_up: &RollUp<'_>, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    let outliers = roll_up.outliers();
    if outliers.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Unlike the Others\n\n{}\n", batch::OUTLIERS)?;
    writeln!(out, "| Dump | What | Here | Median |\n|------|------|-----:|-------:|")?;
    for outlier in outliers.iter().take(limit) {
        let file = linked(&roll_up.files()[outlier.file]);
        match outlier.measure {
            Measure::TotalSize(size, median) => {
                writeln!(out, "| {file} | total size | {} | {} |", Size(size), Size(median))?;
            }
            Measure::CategoryShare(id, share, median) => {
                let name = escape::plain(escape::shown(&roll_up.category(id).name));
                writeln!(out, "| {file} | {name} | {} | {} |", Percent(share), Percent(median))?;
            }
        }
    }
    if outliers.len() > limit {
        writeln!(out, "| Other ({}) | - | - | - |", Grouped((outliers.len() - limit) as u64))?;
    }
    writeln!(out)
}

fn categories(roll_up: &RollUp<'_>, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Categories\n\n{}\n", batch::SUMS)?;
    writeln!(out, "| Category | Size | % | Dumps |\n|----------|-----:|--:|------:|")?;
    let rows = roll_up.categories();
    for (category, over) in rows.iter().take(limit) {
        let name = escape::plain(escape::shown(&category.name));
        writeln!(out, "| {name} | {} |", cells(roll_up, *over))?;
    }
    others(roll_up, rows.iter().skip(limit).map(|row| row.1), "", out)
}

fn packages(roll_up: &RollUp<'_>, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Packages\n\n| Package | Version | Size | % | Dumps |\n|---------|---------|-----:|--:|------:|")?;
    let rows = roll_up.packages();
    for (name, version, over) in rows.iter().take(limit) {
        let version = version.map_or("-".into(), |version| escape::plain(escape::shown(version)));
        writeln!(out, "| {} | {version} | {} |", escape::code(escape::shown(name)), cells(roll_up, *over))?;
    }
    others(roll_up, rows.iter().skip(limit).map(|row| row.2), " -", out)
}

fn functions(roll_up: &RollUp<'_>, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "## Functions\n\n| Function | Source | Size | % | Dumps |\n|----------|--------|-----:|--:|------:|"
    )?;
    let rows = roll_up.functions();
    for &(id, over) in rows.iter().take(limit) {
        let function = roll_up.function(id, over);
        let (name, source) = (escape::code(label::shown_name(&function)), escape::code(label::source(&function)));
        writeln!(out, "| {name} | {source} | {} |", cells(roll_up, over))?;
    }
    others(roll_up, rows.iter().skip(limit).map(|row| row.1), " -", out)
}

fn largest(roll_up: &RollUp<'_>, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Largest Dumps\n\n| Dump | Total size | Mostly | File |\n|------|-----------:|--------|-----:|")?;
    let files = roll_up.largest();
    let (shown, rest) = files.split_at(files.len().min(limit));
    for &place in shown {
        let file = &roll_up.files()[place];
        let Some(profile) = &file.profile else { continue };
        let most = profile.by_category.iter().max_by_key(|(id, size)| (size, std::cmp::Reverse(id.0)));
        let most = most.map_or("-".to_owned(), |&(id, size)| {
            let name = &roll_up.category(id).name;
            format!("{} {}", escape::plain(escape::shown(name)), Percent(Share::of(size, profile.total_size)))
        });
        writeln!(out, "| {} | {} | {most} | {} |", linked(file), Size(profile.total_size), Size(file.bytes))?;
    }
    if !rest.is_empty() {
        let rest = || rest.iter().map(|&place| &roll_up.files()[place]);
        let total = rest().filter_map(|file| Some(file.profile.as_ref()?.total_size)).fold(0, u64::saturating_add);
        let bytes = rest().map(|file| file.bytes).fold(0, u64::saturating_add);
        writeln!(out, "| Other ({}) | {} | - | {} |", Grouped(rest().count() as u64), Size(total), Size(bytes))?;
    }
    writeln!(out)
}

fn all_series(roll_up: &RollUp<'_>, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    if roll_up.series.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Series\n\nDumps of one process, in the order that is told by what stands under Order.\n")?;
    writeln!(
        out,
        "| Dumps | First | Last | Total, first | Total, last | Order | Trend |\n|------:|-------|------|-------------:|------------:|-------|-------|"
    )?;
    for row in series::leaking_first(roll_up).into_iter().take(limit) {
        let SeriesRow { members, left_out, ordered_by, trend, .. } = row;
        let (Some(first), Some(last)) = series::ends(row) else { continue };
        let (first, last) = (&roll_up.files()[first], &roll_up.files()[last]);
        let total = |file: &BatchFile| {
            let whole = file.profile.as_ref().filter(|profile| profile.file.complete);
            whole.map_or("-".to_owned(), |profile| Size(profile.total_size).to_string())
        };
        let (from, to) = (total(first), total(last));
        let dumps = match left_out.len() as u64 {
            0 => Grouped(members.len() as u64).to_string(),
            out => format!("{} of {}", Grouped(members.len() as u64), Grouped(members.len() as u64 + out)),
        };
        let (first, last, found) = (linked(first), linked(last), found(trend));
        writeln!(out, "| {dumps} | {first} | {last} | {from} | {to} | {ordered_by} | {found} |")?;
    }
    if roll_up.series.len() > limit {
        writeln!(out, "| Other ({}) | - | - | - | - | - | - |", Grouped((roll_up.series.len() - limit) as u64))?;
    }
    writeln!(out)
}

/// The dumps with their reports, in the order of their paths.
fn dumps(roll_up: &RollUp<'_>, out: &mut dyn Write) -> io::Result<()> {
    let files = roll_up.files();
    if files.iter().all(|file| file.report.is_none()) {
        return Ok(());
    }
    writeln!(out, "## Reports\n\n| Dump | Total size | CPU profile |\n|------|-----------:|-------------|")?;
    for file in files.iter().filter(|file| file.report.is_some()).take(DUMPS) {
        let total = file.profile.as_ref().map_or("-".to_owned(), |profile| Size(profile.total_size).to_string());
        let cpu = match (file.used_cpu(), &file.cpu_problem) {
            (Some(cpu), _) => escape::code(escape::shown(cpu)).to_string(),
            (None, Some(_)) => "cannot be used".to_owned(),
            (None, None) => "-".to_owned(),
        };
        writeln!(out, "| {} | {total} | {cpu} |", linked(file))?;
    }
    let reports = files.iter().filter(|file| file.report.is_some()).count();
    if reports > DUMPS {
        writeln!(out, "\n{} more are below `reports/`.", Grouped((reports - DUMPS) as u64))?;
    }
    writeln!(out)
}

fn copies(roll_up: &RollUp<'_>, out: &mut dyn Write) -> io::Result<()> {
    let copies = roll_up.copies().count();
    if copies == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "## The Same Content\n\n{}\n\n| Dump | Holds the same as |\n|------|-------------------|",
        batch::COPIES
    )?;
    for (file, first) in roll_up.copies().take(FAILURES) {
        writeln!(out, "| {} | {} |", linked(file), linked(first))?;
    }
    if copies > FAILURES {
        writeln!(out, "| Other ({}) | see `files.ndjson` |", Grouped((copies - FAILURES) as u64))?;
    }
    writeln!(out)
}

/// What was not looked into; that because of which dumps may be missing, or the rest of it.
fn missed(roll_up: &RollUp<'_>, title: &str, is_failure: bool, out: &mut dyn Write) -> io::Result<()> {
    let missed: Vec<_> = roll_up.around.missed.iter().filter(|missed| missed.is_failure == is_failure).collect();
    if missed.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {title}\n")?;
    for MissedPath { path, why, .. } in missed.iter().take(FAILURES) {
        writeln!(out, "- {}: {}", escape::code(escape::shown(path)), escape::plain(escape::shown(why)))?;
    }
    if missed.len() > FAILURES {
        writeln!(out, "- {} more: see `rollup.json`", Grouped((missed.len() - FAILURES) as u64))?;
    }
    writeln!(out)
}

/// A dump's name, with a link to its report if it has one.
fn linked(file: &BatchFile) -> String {
    let name = escape::code(escape::shown(&file.name));
    match &file.report {
        Some(report) => format!("[{name}]({})", utf8_percent_encode(report, LINK)),
        None => name.to_string(),
    }
}

fn cells(roll_up: &RollUp<'_>, Over { self_size, files }: Over) -> String {
    format!("{} | {} | {}", Size(self_size), Percent(roll_up.share(self_size)), Grouped(u64::from(files)))
}

/// The row of what a cut list leaves out.
fn others(roll_up: &RollUp<'_>, rest: impl Iterator<Item = Over>, column: &str, out: &mut dyn Write) -> io::Result<()> {
    let (count, size) =
        rest.fold((0_u64, 0_u64), |(count, size), over| (count + 1, size.saturating_add(over.self_size)));
    if count > 0 {
        let column = if column.is_empty() { String::new() } else { format!("{column} |") };
        writeln!(
            out,
            "| Other ({}) |{column} {} | {} | - |",
            Grouped(count),
            Size(size),
            Percent(roll_up.share(size))
        )?;
    }
    writeln!(out)
}
