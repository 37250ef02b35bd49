//! A series of dumps in words that all formats for people share.

mod first_line;
mod holders;

pub(super) use self::first_line::{headline, since};
pub(super) use self::holders::{holder, holders, look_at, who};

use super::units::{Estimate, Size, count};
use super::{escape, label};
use crate::analysis::model::{Judged, KindReason, Of, SeriesKind, SeriesSuspect, StackId, Suspect, Trend};
use crate::profile::{Filter, FrameId, PackageId};

/// Rows of a table, unless the user gave a limit.
pub(super) const ROWS: usize = 8;
/// Columns of a sparkline at most; longer series are averaged.
const COLUMNS: usize = 24;
/// Frames of a stack that are named.
const FRAMES: usize = 6;
/// Dumps below which growth has to be large to be told.
const FEW: u64 = 6;

/// Sizes along a series as a line of bars, the largest of them full height and nothing the lowest.
pub(super) fn sparkline(sizes: &[f64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let columns = sizes.len().min(COLUMNS);
    let means: Vec<f64> = (0..columns)
        .map(|column| {
            let part = &sizes[column * sizes.len() / columns..(column + 1) * sizes.len() / columns];
            part.iter().sum::<f64>() / part.len().max(1) as f64
        })
        .collect();
    let most = means.iter().copied().fold(0.0, f64::max);
    let bar = |size: &f64| if most > 0.0 { BARS[((size / most * 8.0) as usize).min(7)] } else { BARS[0] };
    means.iter().map(bar).collect()
}

/// The same in words: `0.53 MB to 3.98 MB`, and the largest where that is between them.
pub(super) fn course(sizes: &[f64]) -> String {
    let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else { return String::new() };
    let most = sizes.iter().copied().fold(0.0, f64::max);
    let peak = if most > first.max(*last) * 1.2 { format!(", at most {}", size(most)) } else { String::new() };
    format!("{} to {}{peak}", size(*first), size(*last))
}

/// A size of some bytes, which may be a mean.
pub(super) fn size(bytes: f64) -> Size {
    Size(bytes.round().max(0.0) as u64)
}

/// A rate with its error: what a dump adds, or a session leaves.
pub(super) fn rate(rate: f64, error: f64) -> String {
    let sign = if rate < 0.0 { "-" } else { "" };
    format!("{sign}{}", Estimate::with_error(rate.abs().round() as u64, error.round() as u64))
}

/// A rate with what it is of: `0.70 ± 0.04 MB a dump, 5.6 MB an hour`.
pub(super) fn rate_in_words(trend: &Trend<'_>, (value, error): (f64, f64)) -> String {
    let of = match trend.kind {
        SeriesKind::Growing => "a dump",
        SeriesKind::Restarted => "a session",
    };
    let hourly = trend.dumps_per_hour.map(|times| format!(", {} an hour", rate(value * times, error * times)));
    format!("{} {of}{}", rate(value, error), hourly.unwrap_or_default())
}

/// The rate of a suspect, and that since it began, where that was late.
pub(super) fn rate_since(trend: &Trend<'_>, suspect: &Suspect) -> String {
    let since = since(trend, suspect).map(|since| format!("; {since}"));
    format!("{}{}", rate_in_words(trend, (suspect.rate, suspect.error)), since.unwrap_or_default())
}

/// Which dumps these are.
pub(super) fn title(trend: &Trend<'_>) -> String {
    let members = trend.panel().members();
    let files = count(trend.files(), "dump");
    match (members.first(), members.last()) {
        (Some(first), Some(last)) if members.len() > 1 => {
            let last = last.last.as_ref().unwrap_or(&last.file.name);
            format!("{files}, {} to {}", escape::name(&first.file.name), escape::name(last))
        }
        (Some(only), _) => format!("{files}, {}", escape::name(&only.file.name)),
        _ => files.to_string(),
    }
}

/// A filter by its name and pattern, escaped.
pub(super) fn filter(filter: &Filter) -> String {
    format!("{} {}", filter.name, escape::name(&filter.pattern))
}

/// The suspects in short, the highest rate first.
pub(super) fn in_short(trend: &Trend<'_>) -> Vec<SeriesSuspect> {
    let in_short = |suspect: &Suspect| SeriesSuspect {
        function: who(suspect, |id| label::frame(&trend.function(id))).0,
        rate: rate_since(trend, suspect),
        course: format!("{} {}", sparkline(&suspect.sizes), course(&suspect.sizes)),
        stack: stack(&suspect.frames, |id| label::frame(&trend.function(id))),
    };
    trend.suspects.iter().map(in_short).collect()
}

/// What the dumps are, how that is known, and what it means.
pub(super) fn kind(trend: &Trend<'_>) -> String {
    let (is, means) = match trend.kind {
        SeriesKind::Growing => ("One session, read again and again", "What is kept adds up, so growth shows a leak."),
        SeriesKind::Restarted => (
            "A session for each dump",
            "Nothing grows from dump to dump: a leak is what survives in every session at one rate while garbage swings.",
        ),
    };
    let known = match trend.reason {
        KindReason::Given => "as given".to_owned(),
        KindReason::Processes => "the dumps are of several processes".to_owned(),
        KindReason::Numbers if trend.kind == SeriesKind::Growing => "the numbers of its samples go on".to_owned(),
        KindReason::Numbers => "the numbers of samples begin anew".to_owned(),
        KindReason::Writer(dialect) => format!("{dialect} works so"),
        KindReason::Assumed => "assumed; --series restarted says otherwise".to_owned(),
    };
    format!("{is} ({known}). {means}")
}

/// What to know before believing it.
pub(super) fn notes(trend: &Trend<'_>) -> Vec<String> {
    let names: Vec<&str> = trend.left_out.iter().map(String::as_str).collect();
    let mut notes: Vec<String> = left_out_dumps(&names).into_iter().collect();
    if trend.unjudged.is_some() {
        return notes;
    }
    if trend.files() < FEW {
        notes.push(format!("{} show only what is large: six or more tell better.", count(trend.files(), "dump")));
    }
    if trend.kind == SeriesKind::Restarted && !trend.suspects.is_empty() {
        notes.push(
            "Survival is what is shown. A leak holds more the longer a session lasts: capture one of several \
             times the length, or read one session again and again (inspector, HeapProfiler.getSamplingProfile)."
                .to_owned(),
        );
    }
    notes.extend(first_line::instrument(trend));
    notes.extend(first_line::uncalled(trend));
    if trend.kind == SeriesKind::Growing && trend.suspects.len() > 1 {
        notes.push("The first suspect may keep what the others are: mend that first, and capture again.".to_owned());
    }
    notes.extend(stepwise(trend).or_else(|| exchanged(trend)).or_else(|| no_suspect(trend)));
    if trend.panel().members().iter().any(|member| member.file.unsummed > 0) {
        notes.push("Some nodes have sizes that are in no sum, the largest of all: what seems to shrink may have grown beyond what the writer can count.".to_owned());
    }
    if !trend.is_sampling_known {
        notes.push(
            "The sampling interval is not known, so the sampling error is guessed, or left out: give it with --interval."
                .to_owned(),
        );
    }
    notes
}

/// That dumps of a series are left out, and which.
pub(super) fn left_out_dumps(names: &[&str]) -> Option<String> {
    /// Names that are told.
    const NAMED: usize = 3;
    if names.is_empty() {
        return None;
    }
    let named: Vec<String> = names.iter().take(NAMED).map(|name| escape::name(name)).collect();
    let (dumps, more) = (count(names.len() as u64, "dump"), names.len().saturating_sub(NAMED));
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (are, series, they_are) = match names.len() {
        1 => ("is", "its series", "it is"),
        _ => ("are", "their series", "they are"),
    };
    Some(format!("{dumps} {are} left out of {series}, since {they_are} incomplete: {}{more}.", named.join(", ")))
}

/// What grows in one step of each stack, where there is no suspect: the row that shows it first.
fn stepwise(trend: &Trend<'_>) -> Option<String> {
    Some(format!(
        "{}, but that is no suspect: most of it is on stacks that grew in one step each, as where V8 compiles code late or a cache is filled \
         once. A leak grows on the same stacks again and again: take more dumps.",
        kept_back(trend, &trend.stepwise)?
    ))
}

/// That what grows has only what something else has lost, where there is no suspect.
fn exchanged(trend: &Trend<'_>) -> Option<String> {
    Some(format!(
        "{}, but that is no suspect: something else shrinks when it grows, and both together do not grow, as where V8 inlines functions or \
         objects are replaced by others.",
        kept_back(trend, &trend.exchanged)?
    ))
}

/// How much the first row grows that shows the first of these, which are no suspects.
fn kept_back(trend: &Trend<'_>, which: &[Suspect]) -> Option<String> {
    let first = which.first().filter(|_| trend.suspects.is_empty())?;
    let is_by_stacks = |of: Of| matches!(of, Of::Function | Of::Caller | Of::Stack);
    let rows: Vec<(Of, usize)> = first.evidence.iter().copied().filter(|&(of, _)| is_by_stacks(of)).collect();
    let &(of, row) = rows.first()?;
    let judged = trend.table(of).rows.iter().find(|judged| judged.row == row)?;
    let (name, is) = (row_name(trend, of, row), rate_in_words(trend, (judged.rate, judged.error)));
    let more = if rows.len() > 1 { format!(" (and {} more)", rows.len() - 1) } else { String::new() };
    Some(format!("{} {name} grows by {is}{more}", capital(of.name())))
}

/// Why what stands out in a table is no suspect, where there is none.
fn no_suspect(trend: &Trend<'_>) -> Option<String> {
    let tables = Of::ALL.into_iter().filter(|&of| of != Of::Total);
    let rows: Vec<(Of, &Judged)> = tables
        .flat_map(|of| trend.table(of).rows.iter().filter(|row| row.verdict.is_suspicious()).map(move |row| (of, row)))
        .filter(|(of, row)| !trend.is_instruments(*of, row.row) && !trend.is_uncalled(*of, row.row))
        .collect();
    let &(of, first) = rows.first().filter(|_| trend.suspects.is_empty())?;
    let (name, does) = (row_name(trend, of, first.row), first.verdict.name());
    let more = if rows.len() > 1 { format!(" (and {} more)", rows.len() - 1) } else { String::new() };
    let mut others = rows.iter().filter(|(of, _)| !matches!(of, Of::Category | Of::Package)).peekable();
    let why = match () {
        () if others.peek().is_none() => {
            "categories and packages are sums of much that has nothing to do with each other, and no function or stack stands out by itself"
        }
        () if others.all(|(of, row)| trend.is_compiled_beside(*of, row.row)) => {
            "Node only runs there what is due, and is given the code that V8 has compiled meanwhile"
        }
        () => {
            "a suspect needs a function or a stack that stands out twice as clearly, since one row in twenty tables does so by chance"
        }
    };
    Some(format!("{} {name} {does}{more}, but that is no suspect: {why}.", capital(of.name())))
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    first.to_uppercase() + rest
}

/// Sessions with more of a suspect.
pub(super) fn longer(suspect: &Suspect) -> Option<String> {
    match suspect.longer {
        0 => None,
        1 => Some("One session holds much more of it, as a longer one would.".to_owned()),
        n => Some(format!("{n} sessions hold much more of it, as longer ones would.")),
    }
}

/// Of what the rate of a suspect is, where that is not what its stacks tell.
pub(super) fn with_callees(suspect: &Suspect) -> Option<&'static str> {
    suspect.with_callees.then_some(
        "Rate and sizes are of the function with all that it calls: its bytes move between these along the series, as where V8 inlines one into the other.",
    )
}

/// The stack that holds, the allocating function first; a function that follows itself is named once.
pub(super) fn stack(frames: &[FrameId], name: impl Fn(FrameId) -> String) -> String {
    let mut inside_out: Vec<FrameId> = frames.iter().rev().copied().collect();
    inside_out.dedup();
    let mut named: Vec<String> = inside_out.iter().take(FRAMES).map(|&id| name(id)).collect();
    if inside_out.len() > FRAMES {
        named.push(count(inside_out.len() - FRAMES, "more frame").to_string());
    }
    named.join(" ← ")
}

/// The rows that show a suspect, by table.
pub(super) fn evidence(trend: &Trend<'_>, suspect: &Suspect) -> String {
    let parts = Of::ALL.iter().filter_map(|&of| {
        let rows: Vec<usize> = suspect.evidence.iter().filter(|(table, _)| *table == of).map(|&(_, row)| row).collect();
        match (of, rows.as_slice()) {
            (_, []) => None,
            (Of::Total, _) => Some("the total".to_owned()),
            (Of::Stack, rows) => Some(count(rows.len(), "stack").to_string()),
            (_, [first]) => Some(format!("{} {}", of.name(), row_name(trend, of, *first))),
            (_, [first, rest @ ..]) => {
                Some(format!("{} {} and {} more", of.name(), row_name(trend, of, *first), rest.len()))
            }
        }
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The title of a table.
pub(super) fn table_title(of: Of) -> (&'static str, &'static str) {
    match of {
        Of::Total => ("Total", ""),
        Of::Category => ("Categories", ""),
        Of::Package => ("Packages", ""),
        Of::Function => ("Functions", "by what they allocate themselves"),
        Of::Caller => ("Callers", "functions of the application and of packages, with all that they call"),
        Of::Stack => ("Stacks", "the allocating function first"),
    }
}

/// What a row is called.
pub(super) fn row_name(trend: &Trend<'_>, of: Of, row: usize) -> String {
    let panel = trend.panel();
    let frames = panel.frames();
    match of {
        Of::Total => "all".to_owned(),
        Of::Category => panel.categories().get(row).map_or(String::new(), |category| escape::name(&category.name)),
        Of::Package => {
            let package = frames.package(PackageId(row as u32));
            label::package(frames.text(package.name), package.version.map(|version| frames.text(version)))
        }
        Of::Function | Of::Caller => label::frame(&trend.function(FrameId(row as u32))),
        Of::Stack => stack(panel.stack(StackId(row as u32)), |id| label::name(&trend.function(id))),
    }
}

/// What is left out of a table.
pub(super) fn left_out(more: usize, few: usize) -> Option<String> {
    let few =
        (few > 0).then(|| format!("{} with fewer than 20 samples in all dumps, which show nothing", count(few, "row")));
    let more = (more > 0).then(|| format!("{} more", count(more, "row")));
    match (more, few) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(format!("left out: {one}")),
        (Some(more), Some(few)) => Some(format!("left out: {more}, and {few}")),
    }
}

/// What the verdicts mean, once in each report.
pub(super) fn legend(trend: &Trend<'_>) -> &'static str {
    match trend.kind {
        SeriesKind::Growing => {
            "grows: to the end, by more than sampling and scatter make of so many rows (Holm, 5% a table). warm-up: levels off. saw-tooth: falls again. swings: moves by more than \
             sampling. steady: may be sampling alone. ± is one standard error."
        }
        SeriesKind::Restarted => {
            "survives: at one rate in every session, as far as sampling tells, as nothing that swings would be among so many rows (Holm, 5% a table). steady: may be at one rate, but may swing as well. swings: \
             differs by more than sampling. ± is one standard error."
        }
    }
}
