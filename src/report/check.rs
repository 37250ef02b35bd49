//! What became of a rule, in the words that formats for people share.

use super::escape;
use super::units::{Estimate, Interval, Percent, Size, count};
use crate::analysis::model::{
    Blocker, Change, Check, Figures, Outcome, RowKind, Share, Subjects, Summary, Verdict, Warning,
};

/// The verdict of a rule as it stands before it.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Fail => "FAIL",
    }
}

/// The outcome in a few words: `1 of 4 rules failed, 1 inconclusive`.
pub(super) fn headline(check: &Check<'_>) -> String {
    let [failed, inconclusive] = [Verdict::Fail, Verdict::Inconclusive].map(|verdict| check.count(verdict));
    let rules = count(check.outcomes.len(), "rule");
    let strictly = if check.is_strict { ", which --strict does not accept" } else { "" };
    match (failed, inconclusive) {
        (0, 0) if check.outcomes.len() == 1 => "the rule holds".to_owned(),
        (0, 0) => format!("all {rules} hold"),
        (0, _) if check.outcomes.len() == 1 => format!("the rule is inconclusive{strictly}"),
        (0, _) => format!("{inconclusive} of {rules} inconclusive{strictly}"),
        _ if check.outcomes.len() == 1 => "the rule failed".to_owned(),
        (_, 0) => format!("{failed} of {rules} failed"),
        _ => format!("{failed} of {rules} failed, {inconclusive} inconclusive"),
    }
}

/// What was held against what: `3 runs against the 5 of heapsift-baseline.toml`.
pub(super) fn sides(check: &Check<'_>) -> String {
    let Subjects { now, before, .. } = check.subjects;
    let runs = check.subjects.members();
    let runs = match runs {
        [run] => escape::name(&run.file.name),
        [first, ..] => format!("{} runs ({} …)", runs.len(), escape::name(&first.file.name)),
        [] => String::new(),
    };
    let sampled = |side: &Summary| match (side.interval, side.longest_interval()) {
        (Some(interval), _) => format!("sampled every {}", Interval(interval)),
        (None, Some(longest)) => format!("sampled every {} at most", Interval(longest)),
        (None, None) => "sampling interval unknown".to_owned(),
    };
    let sampled_now = sampled(now);
    let Some((name, before)) = before else { return format!("{runs}, {sampled_now}") };
    let (name, files, sampled_before) = (escape::name(name), count(before.files, "run"), sampled(before));
    match sampled_before == sampled_now {
        true => format!("{runs} against {name} ({files}), {sampled_now}"),
        false => format!("{runs}, {sampled_now}, against {name} ({files}, {sampled_before})"),
    }
}

/// The sizes of a rule: `184.20 ± 2.1 MB, +47.20% on the baseline's 125.14 ± 0.8 MB`.
pub(super) fn sizes(outcome: &Outcome<'_>) -> String {
    let now = estimate(&outcome.now);
    let Some(before) = outcome.before else { return now };
    match (before.size, outcome.left_out) {
        (0, 0) => format!("{now}, nothing of it in the baseline"),
        (0, left_out) => format!("{now}, at most {} left out of the baseline", Size(left_out)),
        (base, _) => {
            let (sign, difference) = match outcome.now.size.checked_sub(base) {
                Some(growth) => ("+", growth),
                None => ("-", base - outcome.now.size),
            };
            format!("{now}, {sign}{} on the baseline's {}", Percent(Share::of(difference, base)), estimate(&before))
        }
    }
}

fn estimate(figures: &Figures) -> String {
    Estimate::with(figures.size, figures.standard_error).to_string()
}

/// How a size stands to its limit, and what noise has to do with it.
pub(super) fn reading(outcome: &Outcome<'_>) -> String {
    let (limit, excess) = (Size(outcome.written_limit), Size(outcome.excess()));
    let noise = outcome.noise.map_or(String::new(), |noise| Size(noise).to_string());
    let at_longest = if outcome.is_bound { ", at the longest interval possible" } else { "" };
    match (outcome.verdict, outcome.blocker) {
        (Verdict::Fail, _) if outcome.is_each_over => {
            format!(
                "{excess} over the limit of {limit}; each run is over it by more than sampling explains{at_longest}"
            )
        }
        (Verdict::Fail, _) => format!("{excess} over the limit of {limit}; noise explains {noise} at most{at_longest}"),
        (_, Some(Blocker::WithinNoise)) => {
            format!("{excess} over the limit of {limit}, but noise explains up to {noise}{at_longest}")
        }
        (_, Some(Blocker::CoarserThanAllowed)) => {
            let before = outcome.before.map_or(0, |before| before.size);
            let allowed = Size(outcome.limit.saturating_sub(before));
            format!(
                "within the limit of {limit}, but noise, up to {noise}{at_longest}, is more than the {allowed} that may be added: more may go unseen"
            )
        }
        (_, Some(Blocker::UnknownNoise)) => {
            format!(
                "{excess} over the limit of {limit}, but the sampling interval is not known, so noise may explain it"
            )
        }
        (_, Some(Blocker::SingleRuns)) if outcome.excess() > 0 => {
            format!(
                "{excess} over the limit of {limit}, but one run of each does not tell how much runs differ, so noise may explain it"
            )
        }
        (_, Some(Blocker::SingleRuns)) => {
            format!(
                "within the limit of {limit}, but one run of each does not tell how much runs differ: more may go unseen"
            )
        }
        (_, Some(Blocker::Incomplete)) => format!("within the limit of {limit} as far as the file goes; it ends early"),
        (_, Some(Blocker::SizesLeftOut)) => {
            format!("within the limit of {limit} as far as sizes are in the sum; the largest are not")
        }
        (_, Some(Blocker::ObjectsDiffer)) => {
            format!(
                "within the limit of {limit}, but live objects only stand against all that were allocated, so this holds nothing"
            )
        }
        (_, Some(Blocker::Unlike)) => {
            format!(
                "within the limit of {limit}, but hardly anything of what the baseline has is there, so this holds nothing"
            )
        }
        (_, Some(Blocker::Minified)) if outcome.before.is_none() => {
            format!(
                "within the limit of {limit} as far as it has its name: code of the runs is minified or bundled, and its packages count as the application's, so this holds nothing"
            )
        }
        (_, Some(Blocker::Minified)) => {
            "code of the runs is minified or bundled: names are not those of the baseline, so this holds nothing"
                .to_owned()
        }
        (_, Some(Blocker::Empty)) => "nothing was sampled in one of the runs, so this holds nothing".to_owned(),
        (_, Some(Blocker::EmptyBaseline)) => "there are no bytes in the baseline, so this holds nothing".to_owned(),
        (_, Some(Blocker::NotMet)) => "nothing of that name has bytes on either side, so this holds nothing".to_owned(),
        (_, Some(Blocker::Gone)) => {
            "the baseline has it, none of the runs has: renamed, removed or inlined; this holds nothing".to_owned()
        }
        (_, None) => format!("within the limit of {limit}"),
    }
}

/// What to do where captures do not tell.
pub(super) fn remedy(outcome: &Outcome<'_>) -> Option<String> {
    let blocker = outcome.blocker?;
    Some(match blocker {
        Blocker::UnknownNoise => {
            "give --interval BYTES as it was captured with, here and to heapsift baseline".to_owned()
        }
        Blocker::SingleRuns => "to tell, give several runs of each, 3 to 5".to_owned(),
        Blocker::Incomplete => "capture it again, and let the process finish writing the file".to_owned(),
        Blocker::SizesLeftOut => {
            "capture with `node --heap-prof` or the inspector, which write sizes of any magnitude".to_owned()
        }
        Blocker::ObjectsDiffer => {
            "capture all of them with the same flags and for the same time, those of the baseline too".to_owned()
        }
        Blocker::Unlike => "look how the runs ended; if so little is meant, write the baseline anew".to_owned(),
        Blocker::Minified => "name the source maps that were written with it: --source-map".to_owned(),
        Blocker::Empty => "let the program work while it is profiled, and sample at a smaller interval".to_owned(),
        Blocker::EmptyBaseline => "write it anew, from runs in which the program works".to_owned(),
        // The name may be right: it is that of a source.
        Blocker::NotMet if outcome.lacks_sources => {
            "mend what is said of the source maps first: without them functions have other names, files and packages"
                .to_owned()
        }
        Blocker::NotMet => match &outcome.near {
            Some(near) => format!("did you mean `{}`?", escape::name(near)),
            None => "correct the name, or leave the rule out".to_owned(),
        },
        Blocker::Gone => match &outcome.near {
            Some(near) => format!("is it called `{}` now?", escape::name(near)),
            None => "name what it is called now, or leave the rule out".to_owned(),
        },
        Blocker::WithinNoise | Blocker::CoarserThanAllowed => {
            let interval = outcome.remedy.and_then(|remedy| remedy.interval);
            let interval = interval.map(|interval| format!("sample every {} on both sides", Interval(interval)));
            let runs = outcome.remedy.and_then(|remedy| remedy.runs);
            let sides = if outcome.before.is_some() { " of each" } else { "" };
            let runs = runs.map(|runs| format!("give {runs} runs{sides}"));
            if outcome.is_bound {
                let other = runs.map_or(String::new(), |runs| format!(", or {runs}"));
                let give = match outcome.is_bound_by_baseline {
                    true => "write the baseline anew with `heapsift baseline --interval BYTES`, if that is known",
                    false => "give --interval BYTES as it was captured with",
                };
                return Some(format!("to tell, {give}{other}"));
            }
            match (interval, runs) {
                (Some(interval), Some(runs)) => format!("to tell, {interval}, or {runs}"),
                (Some(one), None) | (None, Some(one)) => format!("to tell, {one}"),
                (None, None) if outcome.left_out > 0 => {
                    "what was left out of the baseline stays unknown; allow more, or set a limit in bytes, such as `< 40MiB`".to_owned()
                }
                (None, None) => format!("30 runs{sides} like these would not tell; allow more"),
            }
        }
    })
}

/// All that is to be said of a rule, as a sentence.
pub(super) fn sentence(outcome: &Outcome<'_>) -> String {
    let text = format!("{}: {}", sizes(outcome), reading(outcome));
    match remedy(outcome) {
        Some(remedy) if remedy.ends_with('?') => format!("{text}; {remedy}"),
        Some(remedy) => format!("{text}; {remedy}."),
        None => format!("{text}."),
    }
}

/// A doubt about the whole, in a line.
pub(super) fn note(warning: &Warning) -> String {
    super::escaped(&format!("{} {}", warning.message, warning.remedy))
}

/// A row that has grown, without its sizes.
pub(super) fn name(change: &Change) -> (String, String) {
    let name = match change.kind {
        RowKind::Function if change.name.is_empty() => "(anonymous)".to_owned(),
        _ => escape::name(&change.name),
    };
    (name, escape::name(&change.place))
}

/// What the baseline has of a row that has grown, as far as it is known.
pub(super) fn before(change: &Change) -> String {
    match change.left_out {
        0 => Size(change.before).to_string(),
        most => format!("≤ {}", Size(most)),
    }
}

/// What `±` and noise mean, said once.
pub(super) const LEGEND: &str = "± is one standard error of the mean. Noise is two of the difference from the limit, more where runs are few and differ much; of a growth, whatever \
    `heapsift diff` would not call a change. KB, MB and GB are 2^10, 2^20 and 2^30 bytes.";
