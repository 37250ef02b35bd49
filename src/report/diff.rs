//! A comparison in words that all formats for people share.

use std::fmt;

use super::units::{Grouped, Interval, Size, count};
use super::{ROWS_FOR_PEOPLE, escape, label};
use crate::analysis::model::{
    Diff, DiffChange, DiffRow, DiffVerdict, IntervalSource, Lighter, Member, Rest, STACKS, Subject,
};

/// How a comparison is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiffStyle {
    /// Rows of each list, 0 for all.
    pub limit: Option<usize>,
    /// Bytes of Markdown at most.
    pub max_chars: Option<usize>,
}

impl DiffStyle {
    /// Rows of each list for people.
    pub(super) fn rows(&self) -> usize {
        match self.limit {
            Some(0) => usize::MAX,
            Some(limit) => limit,
            None => ROWS_FOR_PEOPLE,
        }
    }
}

/// A difference with its sign: `+1.00 MB`, `-512 B`, `0 B`.
#[derive(Clone, Copy)]
pub(super) struct Signed(pub(super) i128);

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.0 {
            0 => "",
            1.. => "+",
            _ => "-",
        };
        f.pad(&format!("{sign}{}", Size(u64::try_from(self.0.unsigned_abs()).unwrap_or(u64::MAX))))
    }
}

/// By how much a row has grown, in percent: `+16%`, `×3.2`, `new`, `gone`.
pub(super) fn relative(row: &DiffRow) -> String {
    let ratio = row.after as f64 / row.before as f64;
    match (row.before, row.after) {
        (before, after) if before == after => "=".to_owned(),
        (0, _) => "new".to_owned(),
        (_, 0) => "gone".to_owned(),
        _ if ratio >= 2.0 => format!("×{ratio:.1}"),
        _ if (ratio - 1.0).abs() < 0.005 => "0%".to_owned(),
        _ => format!("{:+.0}%", (ratio - 1.0) * 100.0),
    }
}

/// What is said of a row.
pub(super) fn verdict(row: &DiffRow) -> &'static str {
    match row.verdict {
        DiffVerdict::Changed if row.difference() > 0 => "grown",
        DiffVerdict::Changed => "shrunk",
        DiffVerdict::Moved => "moved",
        DiffVerdict::Noise => "noise",
        DiffVerdict::Unknown => "unknown",
    }
}

/// A row's name, and where that is.
pub(super) fn name(diff: &Diff<'_>, row: &DiffRow) -> (String, String) {
    match row.subject {
        Subject::Total => ("all bytes".to_owned(), String::new()),
        Subject::Category(category) => (escape::name(&diff.category(category).name), String::new()),
        Subject::Package(package) => (escape::name(diff.package(package)), versions(diff, package)),
        Subject::Function(function) | Subject::WithCallees(function) => {
            let after = diff.function(function);
            let place = label::source(&after);
            match diff.functions_in(function) {
                0 | 1 => (label::name(&after), place),
                many => (format!("{many} × {}", label::name(&after)), place),
            }
        }
        Subject::Stack(stack) => (steps(diff, stack), String::new()),
    }
}

/// Where a row's function was, if it stands elsewhere now: ` (was 51)`, in another file ` (was src/orders.js:16)`.
pub(super) fn was(diff: &Diff<'_>, row: &DiffRow) -> String {
    let (Subject::Function(function) | Subject::WithCallees(function)) = row.subject else { return String::new() };
    let (after, Some(before)) = (diff.function(function), diff.moved_from(function)) else { return String::new() };
    match before.line {
        _ if diff.is_in_another_file(function) => {
            format!(" (was {})", label::source(&before))
        }
        Some(line) if after.line != before.line => format!(" (was {line})"),
        _ => String::new(),
    }
}

/// The versions of a package: `8.11.0 -> 8.12.3`, or the one on both sides.
fn versions(diff: &Diff<'_>, package: u32) -> String {
    let [before, after] = diff.versions(package).map(|versions| {
        let versions: Vec<String> = versions.into_iter().map(escape::name).collect();
        versions.join(", ")
    });
    match (before.is_empty(), after.is_empty()) {
        _ if before == after => after,
        (false, false) => format!("{before} -> {after}"),
        (true, _) => after,
        (_, true) => before,
    }
}

/// The functions of a stack from the inside out.
fn steps(diff: &Diff<'_>, stack: u32) -> String {
    /// Functions of a stack that are told.
    const STEPS: usize = 12;
    let frames = diff.stack(stack);
    let mut steps: Vec<String> = Vec::new();
    for &id in frames.iter().rev().take(STEPS) {
        let function = diff.call_frame(id);
        steps.push(match function.name {
            "" if !function.url.is_empty() => format!("({})", label::source(&function)),
            _ => label::name(&function),
        });
    }
    if frames.len() > STEPS {
        steps.push(format!("… {} more", frames.len() - STEPS));
    }
    steps.join(" ← ")
}

/// What a row is, in a sentence.
pub(super) fn kind(row: &DiffRow) -> &'static str {
    match row.subject {
        Subject::Total => "total",
        Subject::Category(_) => "category",
        Subject::Package(_) => "package",
        Subject::Function(_) => "function",
        Subject::WithCallees(_) => "function with its callees",
        Subject::Stack(_) => "stack",
    }
}

/// Changes that are named in the headline.
pub(super) const NAMED: usize = 3;

/// The whole in one line: what has changed, of which so many are named, or that nothing has.
pub(super) fn headline(diff: &Diff<'_>, named: usize, quoted: impl Fn(&str) -> String) -> String {
    let changes = diff.changes();
    if changes.is_empty() {
        return match diff.total().verdict {
            _ if diff.scatter().is_some() => "No change can be told: nearly all differs.".to_owned(),
            DiffVerdict::Unknown => "No change can be told from the noise.".to_owned(),
            _ if diff.factor().is_some() => "No change of shares beyond the noise.".to_owned(),
            _ => "No change beyond the noise.".to_owned(),
        };
    }
    let told = |change: &DiffChange| {
        let (name, place) = name(diff, &change.row);
        let (difference, place) = (
            Signed(change.row.difference()),
            match place.as_str() {
                "" => place,
                // `(native)` is in brackets already.
                place if place.starts_with('(') => format!(" {}", quoted(place)),
                place => format!(" ({})", quoted(place)),
            },
        );
        match change.row.subject {
            Subject::Total => format!("{difference} in all"),
            Subject::Stack(_) => format!("{difference} in the stack {}", quoted(&name)),
            Subject::Package(_) => format!("{difference} in the package {}{place}", quoted(&name)),
            Subject::Category(_) => format!("{difference} in {}", quoted(&name)),
            Subject::Function(_) => format!("{difference} in {}{place}", quoted(&name)),
            Subject::WithCallees(_) => format!("{difference} in {}{place} and what it calls", quoted(&name)),
        }
    };
    // What is a part of another one is told there.
    let apart = || changes.iter().filter(|change| !change.is_within);
    let all = count(apart().count() as u64, "change");
    if named == 0 {
        return format!("{all}; {} in all.", Signed(diff.total().difference()));
    }
    let rest = changes.iter().skip(named).filter(|change| !change.is_within).count();
    let more = if rest > 0 { format!(", and {rest} more") } else { String::new() };
    // What the changes are of may be more than they tell.
    let whole = diff.total().difference();
    let is_whole = |change: &&DiffChange| matches!(change.row.subject, Subject::WithCallees(_));
    let with_parts = |change: &DiffChange| {
        let parts = changes.iter().take(named).filter(|part| part.is_within && is_whole(&change));
        let parts: Vec<String> = parts.map(told).collect();
        let parts = if parts.is_empty() { String::new() } else { format!(" (of it {})", parts.join(", ")) };
        format!("{}{parts}", told(change))
    };
    // A function with its callees that has changed by more than all has given bytes to what calls it, or got some.
    let is_more = changes.iter().find(is_whole).is_some_and(|change| change.row.difference().abs() > whole.abs());
    let rest = whole - apart().map(|change| change.row.difference()).sum::<i128>();
    let is_rest_told = is_more && rest.signum() == -whole.signum();
    let more = if is_rest_told { format!("{more}, {} elsewhere", Signed(rest)) } else { more };
    let named = changes.iter().take(named).filter(|change| !change.is_within);
    let named: Vec<String> = named.map(with_parts).collect();
    let is_told = changes.iter().any(|change| change.row.subject == Subject::Total);
    let in_all = match diff.total().verdict {
        DiffVerdict::Changed if !is_told => format!("; {} in all", Signed(whole)),
        _ => String::new(),
    };
    let told = apart().map(|change| change.row.difference()).filter(|told| told.signum() == whole.signum());
    match !in_all.is_empty() && 2 * told.sum::<i128>().unsigned_abs() < whole.unsigned_abs() {
        true => format!("{} in all, in many places; {all}: {}{more}.", Signed(whole), named.join(", ")),
        false => format!("{all}: {}{more}{in_all}.", named.join(", ")),
    }
}

/// The files of both sides, and how they were captured.
pub(super) fn sides(diff: &Diff<'_>) -> [String; 2] {
    let [before, mut after] = diff.sides().map(side);
    if let Some(factor) = diff.factor() {
        let real = Size((diff.total().after as f64 / factor).round() as u64);
        after += &format!(", {real} in fact: scaled by {factor:.3} to the total before, so that shares are compared");
    }
    [before, after]
}

/// The files of a side, and how they were captured.
fn side(files: &[Member]) -> String {
    let Some(first) = files.first() else { return String::new() };
    let name = escape::name(first.file.merged.first().unwrap_or(&first.file.name));
    let mut facts = vec![match (files.len(), first.file.merged.len()) {
        (1, 0 | 1) => name,
        (1, many) => format!("sum of {many} files ({name}, …)"),
        (many, _) => format!("mean of {many} files ({name}, …)"),
    }];
    facts.push(first.file.dialect.to_string());
    if let Some(interval) = first.sampling.interval {
        let given = if first.sampling.source == IntervalSource::Given { " (given)" } else { "" };
        facts.push(format!("sampled every {}{given}", Interval(interval)));
    } else if let Some(longest) = first.sampling.longest() {
        facts.push(format!("sampled every {} at most", Interval(longest)));
    }
    facts.join(", ")
}

/// What is left out below a list: rows without a change, added up.
pub(super) fn rest(rows: &[DiffRow]) -> Option<String> {
    let told = |verdict: DiffVerdict, [one, many]: [&str; 2]| {
        let Rest { rows, grown, shrunk } = Diff::rest(rows, verdict);
        let differences = [i128::from(grown), -i128::from(shrunk)].map(Signed).map(|difference| difference.to_string());
        // What moved from rows within the noise, or into a row that has grown besides, is on one side alone.
        let differences: Vec<String> = differences.into_iter().filter(|difference| difference != "0 B").collect();
        let said = format!("{} {}", count(rows, "row"), if rows == 1 { one } else { many });
        (rows > 0).then(|| format!("{said} ({})", differences.join(" and ")))
    };
    let parts = [
        told(DiffVerdict::Moved, ["moved bytes to others"; 2]),
        told(DiffVerdict::Noise, ["differs within the noise", "differ within the noise"]),
        told(DiffVerdict::Unknown, ["differs", "differ"]),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{}.", parts.join(", ")))
}

/// The stacks that are in no row.
pub(super) fn lighter(diff: &Diff<'_>) -> Option<String> {
    let sides = diff.lighter();
    let told = |(side, Lighter { stacks, size }): (&str, Lighter)| {
        (stacks > 0).then(|| format!("{} {side} ({})", count(stacks, "stack"), Size(size)))
    };
    let told: Vec<String> = ["before", "after"].into_iter().zip(sides).filter_map(told).collect();
    let heaviest = Grouped(STACKS as u64);
    (!told.is_empty())
        .then(|| format!("Of each file the {heaviest} heaviest stacks are compared; not {}.", told.join(" and ")))
}

/// What the columns mean.
pub(super) fn legend(diff: &Diff<'_>) -> String {
    let scaled = match diff.factor() {
        Some(factor) => format!(
            " Sizes after are scaled by {factor:.3}, to the total before; shares that differ only since those of others do have moved, too."
        ),
        None => String::new(),
    };
    let few = why_noise(diff).unwrap_or_default();
    let rows = [diff.categories(), diff.packages(), diff.functions(), diff.stacks()].into_iter().flatten();
    let unknown = match rows.chain([diff.total()]).any(|row| row.verdict == DiffVerdict::Unknown) {
        true => " Unknown: it may have changed or not; a warning above says what does not tell it.",
        false => "",
    };
    format!(
        "± is one standard error of the difference that two runs of one program have: by sampling, by 5% from run to run, and by the spread of several files where that is more.{few} \
         Grown or shrunk is what exceeds it, by itself and with what rows near by may have exchanged with it (Holm, 5% for all tables together). Moved: rows near by, too, differ by more than \
         noise, by as much the other way, as where V8 inlines a function.{unknown}{scaled}"
    )
}

/// Why rows that differ by several ± are noise: few files, or what rows near by may have got of them.
fn why_noise(diff: &Diff<'_>) -> Option<String> {
    /// From so many standard errors on it is asked why a row is noise.
    const ASKED: i128 = 4;
    let rows = [diff.categories(), diff.packages()].into_iter().flatten();
    let is_asked = |row: &DiffRow| {
        let error = row.standard_error.map_or(i128::MAX, i128::from);
        row.verdict == DiffVerdict::Noise && row.difference().abs() >= error.max(1).saturating_mul(ASKED)
    };
    rows.into_iter().find(|row| is_asked(row))?;
    let Some((errors, freedom)) = diff.errors_needed() else {
        return Some(
            " A category or package that differs by several ± and is noise may have got these bytes from others, or they from it: functions near by of another one differ the other way, \
             within their noise. Several files a side tell."
                .to_owned(),
        );
    };
    Some(format!(
        " Where files spread, the first of {} must differ by some {errors:.0} ± to be more than noise (Student's t, {}): more files a side show smaller changes.",
        count(diff.packages().len() as u64, "package"),
        if freedom == 1 { "1 degree of freedom".to_owned() } else { format!("{freedom} degrees of freedom") },
    ))
}
