//! Rows in sessions that were started anew for each dump.
//!
//! Nothing grows from dump to dump: each holds what was allocated since its own start and is not collected yet. What leaks is in each at one rate, and what
//! differs is sampling. Garbage depends on when the collector last ran: it swings, most of it at the same time. So a row is said to survive where
//!
//! 1. it is in every session, and its sizes differ by no more than sampling and a little (load, the length of a session) explain. Some sessions may have more
//!    of it, as longer ones do, never less;
//! 2. sizes that swing would not be so alike by chance. Where all else swings, what is asked is whether the row follows it; where nothing else does, whether it
//!    could swing by itself;
//! 3. it matters in the session that holds least, in which the collector has left hardly any garbage.
//!
//! That is evidence of survival, not of a leak: a cache that each session fills anew looks the same. Where times tell that sessions are of unequal length, what
//! does not grow with them is taken for that.

use statrs::function::erf::erfc;
use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur};

use super::dumps::Dumps;
use super::shape::Verdict;
use super::{Judged, LEVEL};
use crate::analysis::significance::{holm, moments};

/// Sessions below which nothing is said.
pub(super) const FEWEST: usize = 4;
/// Samples that tell a steady row at the least.
const SAMPLES: f64 = 10.0;
/// How much a steady row may differ beyond sampling, as a part of its size.
const LOAD: f64 = 0.15;
/// How much garbage swings, as a part of its size. A store that fills and is emptied is 0.58.
const SWING: f64 = 0.5;
/// Below this probability a row is not steady.
const UNUSUAL: f64 = 0.01;
/// A session is longer where it holds this much more of a row.
const LONGER: f64 = 1.5;
/// The part of what the emptiest session holds from which on a row matters, as a divisor.
const MATTERS: f64 = 10.0;

/// What is steady in a row.
struct Steady {
    /// Sessions that go into it.
    sessions: Vec<usize>,
    /// What each is expected to hold relative to the mean.
    shares: Vec<f64>,
    /// The mean, bytes.
    mean: f64,
    /// Sessions with more of the row.
    longer: u32,
    /// Whether its sizes go with the lengths of the sessions, which differ; none where these are not known or alike.
    with_length: Option<bool>,
}

/// Judges rows of a table, whose `sizes` are told by number.
pub(super) fn judge(rows: &[usize], sizes: impl Fn(usize) -> Vec<f64>, dumps: &Dumps) -> Vec<Judged> {
    let mut judged: Vec<Judged> = rows.iter().map(|&row| judge_alone(row, &sizes(row), dumps)).collect();
    let p_values: Vec<f64> = judged.iter().map(|row| row.p_value).collect();
    let stand_out = holm(&p_values, LEVEL);
    let steady_ones = judged.iter_mut().zip(stand_out).filter(|(row, _)| row.verdict == Verdict::Steady);
    steady_ones.filter(|&(_, stands_out)| stands_out).for_each(|(row, _)| row.verdict = Verdict::Survives);
    judged
}

/// Judges a row as if it were the only one: whether it is steady.
fn judge_alone(row: usize, sizes: &[f64], dumps: &Dumps) -> Judged {
    let unit = dumps.units.iter().copied().fold(0.0, f64::max);
    match steady(sizes, dumps) {
        Some(steady) => Judged {
            row,
            rate: steady.mean,
            error: (unit * steady.mean / steady.sessions.len() as f64).sqrt(),
            p_value: p_of_swing(sizes, &steady, dumps),
            verdict: Verdict::Steady,
            longer: steady.longer,
        },
        None => {
            let ((mean, squares), n) = (moments(sizes), sizes.len() as f64);
            let error = (unit * mean / n).max(squares / (n - 1.0).max(1.0) / n).sqrt();
            Judged { row, rate: mean, error, p_value: 1.0, verdict: Verdict::Swings, longer: 0 }
        }
    }
}

/// Whether sizes survive, where that takes a p-value as small as this.
pub(super) fn survives(sizes: &[f64], dumps: &Dumps, level: f64) -> bool {
    steady(sizes, dumps).is_some_and(|steady| p_of_swing(sizes, &steady, dumps) <= level)
}

/// The largest set of sessions in which a row is steady, if there is one: all, or all but some with more of it.
fn steady(sizes: &[f64], dumps: &Dumps) -> Option<Steady> {
    let all: Vec<usize> = (0..sizes.len()).collect();
    let even = vec![1.0; sizes.len()];
    let lengths = dumps.gaps.as_ref().and_then(|gaps| lengths(gaps));
    if let Some(lengths) = lengths {
        // How long the first session was, no time tells.
        let sessions = all[1..].to_vec();
        let [by_length, alike] = [&lengths, &even].map(|shares| is_steady(sizes, &sessions, shares, dumps));
        let shares = match (by_length, alike) {
            (Some(_), None) => Some((lengths, true)),
            (_, Some(_)) => Some((even.clone(), false)),
            (None, None) => None,
        };
        if let Some((shares, with_length)) = shares {
            let (mean, _) = mean_of(sizes, &sessions, &shares, dumps);
            return Some(Steady { sessions, shares, mean, longer: 0, with_length: Some(with_length) });
        }
    }
    let mut by_size = all;
    by_size.sort_by(|&a, &b| sizes[a].total_cmp(&sizes[b]).then(a.cmp(&b)));
    let most = sizes.len().saturating_sub(1) / 3;
    (0..=most).filter(|longer| sizes.len() - longer >= FEWEST).find_map(|longer| {
        let (kept, more) = by_size.split_at(sizes.len() - longer);
        let mean = is_steady(sizes, kept, &even, dumps)?;
        let is_more = more.iter().all(|&session| sizes[session] >= LONGER * mean);
        is_more.then(|| Steady {
            sessions: kept.to_vec(),
            shares: even.clone(),
            mean,
            longer: longer as u32,
            with_length: None,
        })
    })
}

/// The lengths of sessions relative to their mean, where they differ so much that it shows.
fn lengths(gaps: &[f64]) -> Option<Vec<f64>> {
    let (shortest, longest) =
        gaps.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), &gap| (low.min(gap), high.max(gap)));
    let mean = gaps.iter().sum::<f64>() / gaps.len().max(1) as f64;
    (gaps.len() >= FEWEST && longest >= LONGER * shortest)
        .then(|| std::iter::once(1.0).chain(gaps.iter().map(|gap| gap / mean)).collect())
}

/// The mean of a row whose sizes go with `shares`, and the variance that sampling makes of a share of 1.
fn mean_of(sizes: &[f64], sessions: &[usize], shares: &[f64], dumps: &Dumps) -> (f64, f64) {
    let whole: f64 = sessions.iter().map(|&session| shares[session]).sum();
    let mean = sessions.iter().map(|&session| sizes[session]).sum::<f64>() / whole.max(f64::MIN_POSITIVE);
    let unit = sessions.iter().map(|&session| dumps.units[session]).sum::<f64>() / sessions.len().max(1) as f64;
    (mean, unit * mean)
}

/// The mean of a row in these sessions, if it is steady there.
fn is_steady(sizes: &[f64], sessions: &[usize], shares: &[f64], dumps: &Dumps) -> Option<f64> {
    let (mean, sampling) = mean_of(sizes, sessions, shares, dumps);
    let samples: f64 = sessions.iter().map(|&session| sizes[session] / dumps.units[session]).sum();
    if samples < SAMPLES || sessions.len() < FEWEST {
        return None;
    }
    let spread = squares(sizes, sessions, shares, mean, sampling, LOAD);
    let freedom = sessions.len() as f64 - 1.0;
    let by_chance = checked_gamma_ur(freedom / 2.0, spread / 2.0).unwrap_or(1.0);
    // A session that has hardly any of it speaks louder than the spread of all.
    let least = sessions.iter().map(|&session| {
        let (samples, expected) =
            (sizes[session] / dumps.units[session], mean * shares[session] / dumps.units[session]);
        // As few samples, or fewer.
        let slack = 1.0 - LOAD;
        sessions.len() as f64 * checked_gamma_ur(samples + 1.0, expected * slack).unwrap_or(1.0)
    });
    (by_chance >= UNUSUAL && least.fold(1.0, f64::min) >= UNUSUAL).then_some(mean)
}

/// Squared distances from the mean, in units of the variance that sampling makes and a swing of this part of the size.
fn squares(sizes: &[f64], sessions: &[usize], shares: &[f64], mean: f64, sampling: f64, swing: f64) -> f64 {
    let square = |&session: &usize| {
        let (share, distance) = (shares[session], sizes[session] - mean * shares[session]);
        distance * distance / (sampling * share + (swing * mean * share).powi(2))
    };
    sessions.iter().map(square).sum()
}

/// How probable sizes as steady as these are where they swing; 1 where the row does not matter, or does not go with the lengths that are known.
fn p_of_swing(sizes: &[f64], steady: &Steady, dumps: &Dumps) -> f64 {
    let least = dumps.totals.iter().copied().fold(f64::INFINITY, f64::min);
    if steady.with_length == Some(false) || steady.mean < least / MATTERS {
        return 1.0;
    }
    let Steady { sessions, shares, mean, .. } = steady;
    let (_, sampling) = mean_of(sizes, sessions, shares, dumps);
    let alike = squares(sizes, sessions, shares, *mean, sampling, SWING);
    let by_itself = checked_gamma_lr((sessions.len() as f64 - 1.0) / 2.0, alike / 2.0).unwrap_or(1.0);
    match p_of_following(sizes, steady, sampling, dumps) {
        Some(p) if by_itself <= LEVEL => p.min(by_itself),
        _ => by_itself,
    }
}

/// How probable it is that a row follows what swings around it as little as this one does; none where the rest hardly swings.
fn p_of_following(sizes: &[f64], steady: &Steady, sampling: f64, dumps: &Dumps) -> Option<f64> {
    let Steady { sessions, mean, .. } = steady;
    let rest: Vec<f64> = sessions.iter().map(|&session| (dumps.totals[session] - sizes[session]).max(0.0)).collect();
    let (rest_mean, rest_squares) = moments(&rest);
    let swing = (rest_squares / (rest.len() as f64 - 1.0)).sqrt() / rest_mean;
    if !swing.is_finite() || swing < SWING {
        return None;
    }
    // Sessions in which the rest is small say most: the row should be small there, too.
    let (mut distance, mut variance) = (0.0, 0.0);
    for (&session, rest) in sessions.iter().zip(&rest) {
        let expected = (rest / rest_mean).max(0.01);
        let of_session = sampling / (mean * mean) * expected + (SWING * expected).powi(2);
        let missing = 1.0 - expected;
        distance += (sizes[session] / mean - expected) * missing / of_session;
        variance += missing * missing / of_session;
    }
    Some(0.5 * erfc(distance / (2.0 * variance).sqrt()))
}
