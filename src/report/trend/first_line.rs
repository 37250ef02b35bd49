//! The first line of a trend: whether there is a leak, and where.

use super::holders::sessions;
use super::{course, rate_in_words, size, who};
use crate::analysis::model::{
    KindReason, Member, Objects, Of, RowVerdict, SeriesKind, Share, Suspect, Trend, Unjudged,
};
use crate::profile::{Dialect, FrameId};
use crate::report::label;
use crate::report::units::{Percent, count};

/// Whether there is a leak, and where; `name` quotes a function.
pub(in crate::report) fn headline(trend: &Trend<'_>, name: impl Fn(FrameId) -> String) -> String {
    let dumps = count(trend.files(), "dump");
    match (trend.unjudged, trend.suspects.first()) {
        (Some(Unjudged::TooFewDumps), _) => {
            let (complete, of) = match trend.left_out.len() as u64 {
                0 => ("", String::new()),
                out => ("complete ", format!(" of {}", trend.files() + out)),
            };
            format!("Too few {complete}dumps to tell a leak: {}{of}. Six are a beginning.", trend.files())
        }
        (Some(Unjudged::AllAllocations), _) => {
            format!(
                "These {dumps} cannot show a leak: collected objects are in them, too, so whatever allocates grows."
            )
        }
        (Some(Unjudged::StartUp), _) if trend.reason == KindReason::Processes => format!(
            "These {dumps} cannot show a leak: they are of several processes, and what each loads at its start is as steady as a leak."
        ),
        (Some(Unjudged::StartUp), _) => format!(
            "These {dumps} cannot show a leak: each is a session of its own, and nothing tells whether they are of one process; what every process loads at its start is \
             as steady as a leak. If they are of one, --series restarted judges them."
        ),
        (Some(Unjudged::IntervalUnknown), _) => {
            let all_xprofiler = trend.panel().members().iter().all(|member| member.file.dialect == Dialect::Xprofiler);
            let give = if all_xprofiler { "--interval 512K, which is that of xprofiler" } else { "--interval" };
            format!(
                "These {dumps} cannot show a leak: without the sampling interval, which their sizes do not tell, nobody knows what is steady. Give it with {give}."
            )
        }
        (Some(Unjudged::TooFewSamples), _) => {
            let guessed = if trend.is_sampling_known {
                ""
            } else {
                " The sampling interval is guessed: give it with --interval."
            };
            format!(
                "These {dumps} cannot show a leak: they have fewer than 20 samples in all.{guessed}{}",
                shown(trend)
            )
        }
        (None, Some(first)) => {
            let number = match trend.suspects.len() {
                1 => "1 leak suspect".to_owned(),
                n => format!("{n} leak suspects, the first"),
            };
            let more = match trend.kind {
                SeriesKind::Growing => share(trend, first).unwrap_or_default(),
                SeriesKind::Restarted => alike(trend).to_owned(),
            };
            format!("{number}: {}.{more}{}", does(trend, first, name), shown(trend))
        }
        (None, None) => {
            // Where it is what captures that grows, the total says nothing.
            let is_own = trend.is_instruments(Of::Total, 0);
            let grows = trend.table(Of::Total).rows.first().filter(|row| row.verdict == RowVerdict::Grows && !is_own);
            // Native code without a caller says less than a total that grows beside it.
            let is_all = trend.is_uncalled(Of::Total, 0) || grows.is_none() && !trend.has_grown;
            let natives = trend.uncalled.as_ref().filter(|_| is_all);
            let but = match (natives, grows, &trend.instrument) {
                (Some(natives), ..) => format!(", but {}: {UNCALLED}.", does(trend, natives, name)),
                (_, Some(row), _) => {
                    let is = rate_in_words(trend, (row.rate, row.error));
                    format!(". The total grows by {is}, but no function or stack stands out clearly enough.")
                }
                (_, None, _) if trend.has_grown => format!(
                    ", but the total grew from {}: nothing grew steadily enough to be named; take more dumps.",
                    course(&trend.totals)
                ),
                (_, None, Some(own)) => format!(": {}, but that is the capture's own.", does(trend, own, name)),
                (_, None, None) => ".".to_owned(),
            };
            format!("No leak suspect in {dumps}{but}{}{}", garbage(trend), shown(trend))
        }
    }
}

/// What captures, where it stands out and the first line does not say so.
pub(super) fn instrument(trend: &Trend<'_>) -> Option<String> {
    let own = trend.instrument.as_ref()?;
    let does = does(trend, own, |id| label::frame(&trend.function(id)));
    let is_told = headline(trend, |id| label::frame(&trend.function(id))).contains(&does);
    (!is_told).then(|| format!("The capture's own, and not the application's: {does}."))
}

/// What is to be known of native code without a caller.
const UNCALLED: &str = "native code, of which no caller is known";

/// Native code without a caller, where it stands out and the first line does not say so.
pub(super) fn uncalled(trend: &Trend<'_>) -> Option<String> {
    let natives = trend.uncalled.as_ref()?;
    let does = does(trend, natives, |id| label::frame(&trend.function(id)));
    let is_told = headline(trend, |id| label::frame(&trend.function(id))).contains(&does);
    let whose = match trend.suspects.is_empty() {
        true => "",
        false => " It may be what the suspect keeps, too; mend that first.",
    };
    (!is_told).then(|| format!("Beside that, {does}: {UNCALLED}.{whose}"))
}

/// How much of the last dump a suspect adds in one, at its rate in the end.
fn share(trend: &Trend<'_>, suspect: &Suspect) -> Option<String> {
    let last = trend.totals.last().copied().filter(|&last| last >= 1.0)?;
    let rate = suspect.onset.map_or(suspect.rate, |onset| onset.rate);
    let share = Percent(Share::of(rate.round().max(0.0) as u64, last.round() as u64));
    Some(format!(" That is {share} of the last dump, {}.", size(last)))
}

/// What a suspect does: that it grows or survives, and at what rate.
fn does(trend: &Trend<'_>, suspect: &Suspect, name: impl Fn(FrameId) -> String) -> String {
    let is = rate_in_words(trend, (suspect.rate, suspect.error));
    let (holders, are_many) = who(suspect, name);
    let (grow, survive, together) = match are_many {
        true => ("grow", "survive", " together"),
        false => ("grows", "survives", ""),
    };
    let holders = if suspect.with_callees { format!("{holders}, with all that it calls,") } else { holders };
    match trend.kind {
        SeriesKind::Growing => {
            let since = since(trend, suspect).map(|since| format!("; {since}"));
            format!("{holders} {grow} by {is}{together}{}", since.unwrap_or_default())
        }
        SeriesKind::Restarted => {
            let (sessions, all) = (sessions(trend, suspect), trend.panel().members().len());
            let each = if sessions == all { format!("each of {all}") } else { format!("{sessions} of {all}") };
            format!("{holders} {survive}{together} in {each} sessions, {is}")
        }
    }
}

/// Since when it grows, and at what rate since, where it began late.
pub(in crate::report) fn since(trend: &Trend<'_>, suspect: &Suspect) -> Option<String> {
    let onset = suspect.onset?;
    let all = trend.panel().members().len();
    let is = rate_in_words(trend, (onset.rate, onset.error));
    Some(format!("since dump {} of {all} by {is}", onset.dump + 1))
}

/// What filters mean for what is said.
fn shown(trend: &Trend<'_>) -> &'static str {
    if trend.filters.is_empty() { "" } else { " What the filters hide is not judged." }
}

/// That garbage hides what survives, where Node's own API has left it in most sessions.
fn garbage(trend: &Trend<'_>) -> &'static str {
    let members = trend.panel().members();
    let has_garbage = |member: &&Member| {
        member.file.dialect == Dialect::NodeV8Api && !matches!(member.objects.which, Objects::Live | Objects::All)
    };
    match trend.kind == SeriesKind::Restarted && 2 * members.iter().filter(has_garbage).count() > members.len() {
        true => {
            " But garbage that was not collected yet is in them and hides what survives: v8.startHeapProfile({ forceGC: true }) collects it."
        }
        false => "",
    }
}

/// What looks the same as a leak in sessions of their own.
fn alike(trend: &Trend<'_>) -> &'static str {
    match trend.is_one_process() {
        true => " So does a cache that each session fills anew.",
        false => " So does a cache that each session fills anew, and what each process loads at its start.",
    }
}
