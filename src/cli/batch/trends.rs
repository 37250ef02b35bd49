//! The trends of the series of a batch.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::io;

use super::outcome::Sources;
use super::work::write_file;
use crate::aggregate::first_samples;
use crate::analysis::model::{BatchFile, KindReason, Panel, SeriesKind, SeriesRow, SeriesTrend, Trend, Unjudged};
use crate::batch::{Series, TRENDS, panel_of, stacks_of_each};
use crate::profile::FirstSamples;
use crate::report::{render_trend, trend_headline, trend_suspects};
use crate::scan::Backend;

/// Judges a series, and writes what was found; nothing where fewer than two of its dumps tell something. An error is ready to be shown.
pub(super) fn judge(
    sources: Sources<'_>,
    series: &Series,
    files: &[BatchFile],
    number: usize,
) -> Result<Option<SeriesRow>, String> {
    let mut members = distinct(series, files);
    if members.len() < 2 {
        return Ok(None);
    }
    let (mut panel, mut counts) = panel(sources, series, &members)?;
    let kind = match sources.args.series {
        Some(kind) => (kind.into(), KindReason::Given),
        None => {
            let first = |member: usize| members[counts[..member].iter().sum::<usize>()];
            // Most are asked for beside both their neighbours.
            let known: Vec<OnceCell<Option<FirstSamples>>> = counts.iter().map(|_| OnceCell::new()).collect();
            let samples = |member: usize| {
                known[member].get_or_init(|| {
                    let input = sources.session.input(&sources.plan.dumps[first(member)].path).ok()?;
                    first_samples(input, Backend::detect())
                })
            };
            SeriesKind::of(&panel, |member, next| is_one_session(samples(member).as_ref(), samples(next).as_ref()))
        }
    };
    let readings = readings(series, files);
    if kind.0 == SeriesKind::Growing && readings.len() > members.len() {
        members = readings;
        (panel, counts) = self::panel(sources, series, &members)?;
    }
    let seconds = series.times.as_ref().map(|times| mean_times(times, series, &members, &counts));
    let mut trend = Trend::new(&panel, kind, seconds.as_deref());
    trend.filters = sources.args.filters.patterns().list();
    let trend = written(sources, &trend, number)?;
    Ok(Some(SeriesRow { members, ordered_by: series.ordered_by.name(), has_times: series.times.is_some(), trend }))
}

/// Writes a trend. Gives it in short.
fn written(Sources { args, .. }: Sources<'_>, trend: &Trend<'_>, number: usize) -> Result<SeriesTrend, String> {
    let document = format!("{TRENDS}/{number}.md");
    for place in [&document, &format!("{TRENDS}/{number}.json")] {
        write_file(&args.output, place, |output| {
            output.print(|format, style, out| render_trend(trend, args.limit, format, style, out))
        })?;
    }
    let (headline, suspects) = (trend_headline(trend), trend_suspects(trend));
    Ok(SeriesTrend {
        document,
        headline,
        suspects,
        has_grown: trend.has_grown,
        unjudged: trend.unjudged.map(Unjudged::name),
    })
}

/// The panel of these dumps of a series, and how many of them each member has.
fn panel(sources: Sources<'_>, series: &Series, members: &[usize]) -> Result<(Panel, Vec<usize>), String> {
    let Sources { plan, frames, records, .. } = sources;
    let read = |dump: usize| {
        let record = records.get(&plan.identities[members[dump]].path)?;
        record.and_then(|record| record.profile).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    };
    let stacks = stacks_of_each(series.members.len());
    let panel = panel_of(members.len(), stacks, sources.categories(), frames, read);
    panel.map_err(|error| plan.journal_error(&error))
}

/// The dumps that could be read, each with the first that holds the same.
fn contents<'f>(series: &'f Series, files: &'f [BatchFile]) -> impl Iterator<Item = (usize, usize)> + 'f {
    let readable = series.members.iter().copied().filter(|&i| files[i].profile.is_some());
    readable.map(|i| (i, files[i].same_as.unwrap_or(i)))
}

/// Those of which none before holds the same.
fn distinct(series: &Series, files: &[BatchFile]) -> Vec<usize> {
    let mut met = HashSet::new();
    contents(series, files).filter(|&(_, content)| met.insert(content)).map(|(i, _)| i).collect()
}

/// The same, and those that hold what the one before them does: of one session these are readings between which nothing happened.
fn readings(series: &Series, files: &[BatchFile]) -> Vec<usize> {
    let (mut met, mut before) = (HashSet::new(), None);
    let counts = |&(_, content): &(usize, usize)| {
        let counts = met.insert(content) || before == Some(content);
        before = if counts { Some(content) } else { before };
        counts
    };
    contents(series, files).filter(counts).map(|(i, _)| i).collect()
}

/// Whether two dumps share samples: then they are readings of one session. Nothing where all that the next has of old is in the first, but too few to tell.
fn is_one_session(first: Option<&FirstSamples>, next: Option<&FirstSamples>) -> Option<bool> {
    let Some((first, next)) = first.zip(next) else { return Some(false) };
    let is_shared = first.shared(next).is_some();
    (is_shared || !next.may_follow(first)).then_some(is_shared)
}

/// When the members of a panel were taken: in the middle of its dumps. Each has so many of those that could be read.
fn mean_times(times: &[f64], series: &Series, read: &[usize], counts: &[usize]) -> Vec<f64> {
    let known: HashSet<usize> = read.iter().copied().collect();
    let mut of_read = series.members.iter().zip(times).filter(|(i, _)| known.contains(i)).map(|(_, &time)| time);
    let mean = |&count: &usize| of_read.by_ref().take(count).sum::<f64>() / count.max(1) as f64;
    counts.iter().map(mean).collect()
}
