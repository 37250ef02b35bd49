//! A CPU profile beside the heap profile, in words that all formats for people share.

use super::units::{Grouped, Percent, count};
use super::{escape, label};
use crate::analysis::model::{CategoryPair, Correlation, Coverage, FileDate, Function, Insight, Priority, Report};
use crate::cpu::{Measure, Untimed};
use crate::profile::FrameKind;

/// Rows of the lists of packages and functions, unless the user gave a limit.
pub(super) const ROWS: usize = 10;

/// A sentence, and the name in it that it is about.
pub(super) struct Sentence {
    /// What stands before the name.
    pub(super) before: &'static str,
    /// The name.
    pub(super) name: String,
    /// The rest.
    pub(super) rest: String,
}

/// What was measured: `30.02 s in 25,531 samples, 0.17% of it idle`.
pub(super) fn extent(correlation: &Correlation<'_>) -> String {
    let profile = correlation.profile();
    let idle = Percent(correlation.share(correlation.times().idle));
    match profile.measure {
        Measure::Microseconds => {
            format!("{} in {}, {idle} of it idle", duration(profile.total), count(profile.samples, "sample"))
        }
        Measure::Hits => format!("{}, {idle} of them idle", count(profile.total, "hit")),
        Measure::Samples => format!("{}, {idle} of them idle", count(profile.total, "sample")),
    }
}

/// Why time is not what was measured, if so, and what else to know about the file.
pub(super) fn caveats(report: &Report<'_>, correlation: &Correlation<'_>) -> Vec<String> {
    let profile = correlation.profile();
    let counted = match profile.measure {
        Measure::Microseconds => "time is",
        Measure::Hits => "hits are",
        Measure::Samples => "samples are",
    };
    let untimed = profile.untimed.map(|why| match why {
        Untimed::NoTimes => format!("It has no samples with times, so {counted} counted."),
        Untimed::NoTimePasses => format!("No time passes between its samples, so {counted} counted."),
        Untimed::NoRoom => format!("There was no room to pair its samples with their times, so {counted} counted."),
        Untimed::Unpaired { samples, times } => {
            let (samples, times) = (Grouped(samples), Grouped(times));
            format!("It has {samples} samples but {times} times, so {counted} counted.")
        }
    });
    let day = FileDate::in_name(correlation.name());
    let other_day = match (day, report.date()) {
        (Some(cpu), Some(heap)) if cpu != heap => {
            Some(format!("It is of {cpu}, the heap profile of {heap}: the two show different work."))
        }
        _ => None,
    };
    let lost = (profile.lost > 0).then(|| {
        let share = Percent(correlation.share(profile.lost));
        format!("Samples of nodes that the file does not have ({share} of what is counted) are left out.")
    });
    untimed.into_iter().chain(other_day).chain(lost).collect()
}

fn duration(microseconds: u64) -> String {
    let hundredths = |unit: u64| {
        let value = (u128::from(microseconds) * 100 + u128::from(unit) / 2) / u128::from(unit);
        format!("{}.{:02}", value / 100, value % 100)
    };
    match microseconds {
        0..10_000_000 if microseconds < 1_000_000 => format!("{} ms", hundredths(1000)),
        0..600_000_000 => format!("{} s", hundredths(1_000_000)),
        _ => format!("{} min", hundredths(60_000_000)),
    }
}

/// What the garbage collector's share says.
pub(super) fn memory_pressure(correlation: &Correlation<'_>) -> &'static str {
    match correlation.memory_pressure() {
        Priority::High => "memory pressure is high, allocating less saves CPU time as well",
        Priority::Medium => "memory pressure is noticeable",
        Priority::Low => "memory pressure is low",
    }
}

/// What the two profiles show together at first sight.
pub(super) fn insight(correlation: &Correlation<'_>) -> Option<Sentence> {
    let sentence =
        |before, row: &CategoryPair<'_>, rest| Sentence { before, name: escape::name(&row.category.name), rest };
    let shares = |row: &CategoryPair<'_>| (Percent(row.cpu_share).to_string(), Percent(row.memory_share).to_string());
    Some(match correlation.insight() {
        Insight::Hidden(row) => {
            let (cpu, memory) = shares(row);
            let why = match row.cpu_level {
                Priority::Low => {
                    "a CPU profile alone would not have shown it. That is typical of I/O-bound work, \
                     where few calls make large results."
                }
                Priority::Medium | Priority::High => "it costs more memory than time.",
            };
            sentence("", row, format!(" takes {cpu} of the CPU time but {memory} of the memory: {why}"))
        }
        Insight::Both(row) => {
            let (cpu, memory) = shares(row);
            let rest = format!(
                " leads in both, with {cpu} of the CPU time and {memory} of the memory: less of its work saves time and bytes."
            );
            sentence("", row, rest)
        }
        Insight::Time(row) => {
            let (cpu, memory) = shares(row);
            let rest =
                format!(", with {cpu} of it, but only {memory} of the memory: there the two are different tasks.");
            sentence("Most CPU time goes to ", row, rest)
        }
        Insight::Nothing => return None,
    })
}

/// What to call a row in the order of work: a category without a theme is told by its largest packages.
pub(super) fn task(correlation: &Correlation<'_>, row: &CategoryPair<'_>) -> String {
    let name = escape::name(&row.category.name);
    let packages: Vec<String> = correlation.packages_of(row).into_iter().map(escape::name).collect();
    if packages.is_empty() { name } else { format!("{name}: {}", packages.join(", ")) }
}

/// The rows of categories that are worth a line, and what the others add up to.
pub(super) fn rows<'c, 'a>(correlation: &'c Correlation<'a>) -> (Vec<&'c CategoryPair<'a>>, Option<Others>) {
    let (low, shown): (Vec<_>, Vec<&CategoryPair<'a>>) = correlation.categories().iter().partition(|row| row.is_low());
    let mut others = Others { count: low.len(), time: 0, self_size: 0 };
    for row in &low {
        others.time = others.time.saturating_add(row.time);
        others.self_size = others.self_size.saturating_add(row.self_size);
    }
    (shown, (!low.is_empty()).then_some(others))
}

/// Categories that are low in both.
pub(super) struct Others {
    pub(super) count: usize,
    pub(super) time: u64,
    pub(super) self_size: u64,
}

impl Others {
    pub(super) fn name(&self) -> String {
        let noun = if self.count == 1 { "category" } else { "categories" };
        format!("{} more {noun}", self.count)
    }
}

/// How far the functions could be joined.
pub(super) fn coverage(coverage: &Coverage) -> String {
    if coverage.functions == 0 {
        return "No function stands in both profiles with time and bytes.".into();
    }
    let functions = count(coverage.functions as u64, "function");
    let verb = if coverage.functions == 1 { "has" } else { "have" };
    let by_name = match coverage.by_name {
        0 => String::new(),
        n if n == coverage.functions => "; found by name and file, since the lines differ".into(),
        n => format!("; {n} found by name and file, since the line differs"),
    };
    format!(
        "{functions} {verb} both: {} of the time in functions, {} of the bytes{by_name}.",
        Percent(coverage.time),
        Percent(coverage.memory)
    )
}

/// A function and its source; one of the package's own needs no url.
pub(super) fn source(function: &Function<'_>) -> String {
    match function.kind {
        FrameKind::Native => "(native)".into(),
        _ => label::source(function),
    }
}
