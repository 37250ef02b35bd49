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

/// Judges a series, and writes what was found; nothing where it has fewer than two dumps. An error is ready to be shown.
pub(super) fn judge(
    sources: Sources<'_>,
    series: &Series,
    files: &[BatchFile],
    number: usize,
) -> Result<Option<SeriesRow>, String> {
    let mut members = distinct(series, files);
    // What was read of them in part is no observation.
    let left_out: Vec<usize> = series.members.iter().copied().filter(|&i| !is_complete(&files[i])).collect();
    if members.len() + left_out.len() < 2 {
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
    let seconds = series.times.as_ref().map(|times| means(times, series, &members, &counts));
    let numbers = (!left_out.is_empty()).then(|| {
        let numbers: Vec<f64> = (0..series.members.len()).map(|number| number as f64).collect();
        means(&numbers, series, &members, &counts)
    });
    let mut trend = Trend::among(&panel, kind, seconds.as_deref(), numbers.as_deref());
    trend.filters = sources.args.filters.patterns.filters().list();
    trend.left_out = left_out.iter().map(|&i| files[i].name.clone()).collect();
    let trend = written(sources, &trend, number)?;
    let (ordered_by, has_times) = (series.ordered_by.name(), series.times.is_some());
    Ok(Some(SeriesRow { members, left_out, ordered_by, has_times, trend }))
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
        let raw = records.raw(&plan.identities[members[dump]].path, true)?;
        raw.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    };
    let stacks = stacks_of_each(series.members.len());
    let panel = panel_of(members.len(), stacks, sources.categories(), frames, read);
    panel.map_err(|error| plan.journal_error(&error))
}

/// Whether all of a dump could be read.
fn is_complete(file: &BatchFile) -> bool {
    file.profile.as_ref().is_some_and(|profile| profile.file.complete)
}

/// The dumps that could be read whole, each with the first that holds the same.
fn contents<'f>(series: &'f Series, files: &'f [BatchFile]) -> impl Iterator<Item = (usize, usize)> + 'f {
    let readable = series.members.iter().copied().filter(|&i| is_complete(&files[i]));
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

/// What is known of each dump of a series, as its time, for the members of a panel: the mean of their dumps. Each has so many of those that were read.
fn means(of_each: &[f64], series: &Series, read: &[usize], counts: &[usize]) -> Vec<f64> {
    let known: HashSet<usize> = read.iter().copied().collect();
    let mut of_read = series.members.iter().zip(of_each).filter(|(i, _)| known.contains(i)).map(|(_, &value)| value);
    let mean = |&count: &usize| of_read.by_ref().take(count).sum::<f64>() / count.max(1) as f64;
    counts.iter().map(mean).collect()
}
