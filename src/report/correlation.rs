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
    let unrelated = correlation.has_nothing_in_common().then(|| {
        "No function of the application or of a package is in both profiles: is the CPU profile of the same program?".to_owned()
    });
    untimed.into_iter().chain(other_day).chain(unrelated).chain(lost).collect()
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

/// What the two profiles show together at first sight, the most striking first.
pub(super) fn insights(correlation: &Correlation<'_>) -> Vec<Sentence> {
    correlation.insights().iter().map(|insight| insight_in_words(correlation, insight)).collect()
}

fn insight_in_words(correlation: &Correlation<'_>, insight: &Insight<'_, '_>) -> Sentence {
    let (Insight::Dominant(row) | Insight::Hidden(row) | Insight::Both(row) | Insight::Time(row)) = insight;
    let (cpu, memory) = (Percent(row.cpu_share), Percent(row.memory_share));
    let before = if matches!(insight, Insight::Time(_)) { "Most CPU time goes to " } else { "" };
    let rest = match insight {
        Insight::Dominant(_) => {
            let all = "more than all else together";
            let most = match (row.takes_most_time(), row.has_most_memory()) {
                (true, true) => format!("takes {cpu} of the CPU time and {memory} of the memory, each {all}."),
                (true, false) if row.cpu_share.is_majority() => {
                    format!("takes {cpu} of the CPU time, {all}, and {memory} of the memory.")
                }
                (true, false) => {
                    let active = Percent(row.active_share);
                    format!(
                        "takes {cpu} of the CPU time ({active} of what is not idle, {all}) and {memory} of the memory."
                    )
                }
                (false, _) => format!("takes {memory} of the memory, {all}, and {cpu} of the CPU time."),
            };
            format!(" {most}")
        }
        Insight::Hidden(_) => {
            let why = match row.cpu_level {
                Priority::Low => {
                    "a CPU profile alone would not have shown it. That is typical of I/O-bound work, \
                     where few calls make large results."
                }
                Priority::Medium | Priority::High => "it costs more memory than time.",
            };
            format!(" takes {cpu} of the CPU time but {memory} of the memory: {why}")
        }
        Insight::Both(_) => format!(
            " is high in both, with {cpu} of the CPU time and {memory} of the memory: less of its work saves time and bytes."
        ),
        Insight::Time(_) => {
            format!(", with {cpu} of it, but only {memory} of the memory: there the two are different tasks.")
        }
    };
    let packages = packages(correlation, row);
    let rest = if packages.is_empty() { rest } else { format!(" ({}){rest}", packages.join(", ")) };
    Sentence { before, name: escape::name(&row.category.name), rest }
}

/// The order of the list of what to work on.
pub(super) const ORDER_OF_WORK: &str = "more than half of either first, then high in both, in memory, in time";

/// The packages that a row is told by.
fn packages(correlation: &Correlation<'_>, row: &CategoryPair<'_>) -> Vec<String> {
    correlation.packages_of(row).into_iter().map(escape::name).collect()
}

/// What to call a row in the order of work: a category without a theme, and one that dominates, is told by its largest packages.
pub(super) fn task(correlation: &Correlation<'_>, row: &CategoryPair<'_>) -> String {
    let name = escape::name(&row.category.name);
    let packages = packages(correlation, row);
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
