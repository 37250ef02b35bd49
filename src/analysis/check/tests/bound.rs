//! Sides whose sampling interval is not known, but how long it can be.

use super::chance::Random;
use super::*;

/// The same without its interval, which can be so long.
fn bound(longest: u64, totals: &[u64]) -> Summary {
    let figures = Figures { samples: None, ..Figures::of(totals, Some(longest)) };
    Summary { interval: None, interval_at_most: Some(longest), total: figures, ..summary(None, totals, &[]) }
}

fn told(rule: &str, now: &Summary, before: &Summary) -> (Verdict, Option<Blocker>, bool) {
    check_one(rule, now, before, true, |outcome| (outcome.verdict, outcome.blocker, outcome.is_bound))
}

#[test]
fn one_run_of_each_is_judged_by_the_longest_interval_that_there_can_be() {
    use Blocker::{CoarserThanAllowed, UnknownNoise, WithinNoise};
    use Verdict::{Fail, Inconclusive, Pass};
    let known = |size: u64| summary(Some(R), &[size], &[]);
    let unknown = |size: u64| summary(None, &[size], &[]);
    let table = [
        // Four samples at most, and 1,385 times as much: whatever the interval was.
        ("total +10%", known(55_400_000), bound(R, &[40_000]), (Fail, None, true)),
        ("total +10%", bound(R, &[55_400_000]), known(40_000), (Fail, None, true)),
        ("total +10%", bound(R, &[55_400_000]), bound(R, &[40_000]), (Fail, None, true)),
        ("total +10%", known(9_000_000), bound(R, &[55_400_000]), (Pass, None, true)),
        ("total +0%", known(130_000), bound(R, &[20_000]), (Fail, None, true)),
        ("total +0%", known(120_000), bound(R, &[20_000]), (Inconclusive, Some(WithinNoise), true)),
        ("total +5%", known(1_000_000), bound(R, &[1_000_000]), (Inconclusive, Some(CoarserThanAllowed), true)),
        ("total +50%", known(1_000_000), bound(R, &[1_000_000]), (Pass, None, true)),
        // Of a limit in bytes the baseline says nothing.
        ("total < 1500000B", bound(R, &[2_000_000]), unknown(1), (Fail, None, true)),
        ("total < 1500000B", bound(R, &[1_600_000]), unknown(1), (Inconclusive, Some(WithinNoise), true)),
        ("total < 1500000B", bound(R, &[1_499_999]), unknown(1), (Pass, None, true)),
        ("total < 1500000B", known(2_000_000), bound(R, &[1_000_000]), (Fail, None, false)),
        // Of a baseline that was written before, nothing is known.
        ("total +10%", known(55_400_000), unknown(40_000), (Inconclusive, Some(UnknownNoise), false)),
        ("total +10%", bound(R, &[55_400_000]), unknown(40_000), (Inconclusive, Some(UnknownNoise), false)),
        ("total +10%", bound(R, &[40_000]), unknown(40_000), (Pass, None, false)),
    ];
    for (rule, now, before, expected) in table {
        assert_eq!(told(rule, &now, &before), expected, "{rule}: {now:?} against {before:?}");
    }
}

#[test]
fn what_runs_differ_by_counts_though_the_longest_interval_would_explain_it() {
    // At the longest interval runs differ by no more than chance; at a short one two of them tell badly by how much they do.
    let now = bound(R, &[930_000, 1_070_000]);
    let limit = |size: u64| format!("total < {size}B");
    let noise = |now: &Summary| check_one(&limit(500_000), now, now, true, |outcome| outcome.noise.unwrap());
    // 13.968 of their standard error, 70,000; of the sampling 2 sqrt(10,000 · 1,000,000 / 2).
    assert!(noise(&now).abs_diff(977_760) < 1000, "{}", noise(&now));
    assert!(noise(&summary(Some(R), &[930_000, 1_070_000], &[])).abs_diff(141_421) < 100);
    // Each run is over it all the same.
    assert_eq!(told(&limit(500_000), &now, &now), (Verdict::Fail, None, true));
    assert_eq!(told(&limit(800_000), &now, &now), (Verdict::Inconclusive, Some(Blocker::WithinNoise), true));
    // Runs that hardly differ have the sampling's noise.
    let alike = bound(R, &[1_000_000, 1_001_000]);
    assert!(noise(&alike).abs_diff(141_421) < 100, "{}", noise(&alike));
}

#[test]
fn what_fails_or_passes_by_the_longest_interval_does_by_any() {
    let mut random = Random::new(11);
    let mut counts = [0; 3];
    for (files, swing) in [([1, 1], 0.0), ([1, 3], 0.0), ([5, 1], 0.1), ([5, 3], 0.2), ([2, 2], 0.3), ([3, 3], 0.02)] {
        for shorter in [1, 3, 20] {
            let interval = R / shorter;
            for step in 0..30 {
                let samples = 60.0 * (1.0 + f64::from(step) / 10.0) * shorter as f64;
                let mut side = |files: usize, samples: f64| -> Vec<u64> {
                    (0..files).map(|_| random.samples(samples, swing).max(1) * interval).collect()
                };
                let (before, now) = (side(files[0], 60.0 * shorter as f64), side(files[1], samples));
                for rule in ["total +20%", "total < 1000000B"] {
                    let of = |longest: Option<u64>| {
                        let side = |sizes: &[u64]| match longest {
                            Some(longest) => bound(longest, sizes),
                            None => summary(Some(interval), sizes, &[]),
                        };
                        told(rule, &side(&now), &side(&before)).0
                    };
                    let (by_longest, by_true) = (of(Some(R)), of(None));
                    let case = format!("{rule}: {now:?} against {before:?}, sampled every {interval} bytes");
                    assert!([Verdict::Inconclusive, by_true].contains(&by_longest), "{case}: {by_longest:?}");
                    counts[by_longest as usize] += 1;
                }
            }
        }
    }
    assert!(counts.iter().all(|&count| count > 100), "{counts:?}");
}

#[test]
fn the_interval_is_asked_for_and_said() {
    let (now, before) = (summary(Some(R), &[120_000], &[]), bound(R, &[20_000]));
    let remedy = check_one("total +0%", &now, &before, true, |outcome| outcome.remedy);
    assert_eq!(remedy.map(|remedy| remedy.interval), Some(None), "it may be shorter already: {remedy:?}");
    let rules = [CheckRule::parse("total +0%").unwrap()];
    let runs = run(true, now.total.size);
    let kinds = |now: &Summary, before: &Summary| {
        let check = Check::new(&rules, Subjects { runs: &runs, now, before: Some(("b.toml", before)) }, false).unwrap();
        let warnings =
            check.warnings.into_iter().filter(|warning| !Check::is_hint(warning) || warning.kind == "interval-unknown");
        warnings.map(|warning| (warning.kind, warning.message)).collect::<Vec<_>>()
    };
    let message = "The sampling interval of b.toml is not known. No size in it is smaller, so it is taken for 10,000 B, the longest that it can be: \
                   a rule fails or holds where it does so by that, and a shorter one may tell more.";
    assert_eq!(kinds(&now, &before), [("interval-unknown", message.to_owned())]);
    assert_eq!(kinds(&now, &now), []);
    assert_eq!(kinds(&now, &summary(None, &[20_000], &[])), [], "nothing is taken for it");
}
