//! What a gate and a comparison say of the same captures: no rule about growth fails where `diff` calls nothing a change.

use super::tests::chance::Random;
use super::{Blocker, Check, Outcome, RowKind, Subjects, Summary, Verdict};
use crate::analysis::model::{Diff, DiffOptions, DiffVerdict, Panel, Profile};
use crate::analysis::test_support::{Frame, profile};
use crate::profile::Dialect;
use crate::rules::CheckRule;

const R: u64 = 512;

/// A capture with so many samples in each function.
fn capture(dialect: Dialect, samples: &[u64]) -> Profile {
    let names = ["read", "parse", "render", "load", "serve", "cache"];
    let frame = |name: &'static str| -> Vec<Frame<'_>> { vec![(name, "/srv/app/a.js", 3)] };
    let nodes: Vec<_> = samples.iter().zip(names).map(|(&samples, name)| (samples * R, frame(name))).collect();
    let mut profile = profile(&nodes, &[]);
    profile.file.dialect = dialect;
    profile
}

fn panel(sides: &[&[Profile]]) -> Panel {
    let mut panel = Panel::new(&sides[0][0].aggregate.categories);
    sides.iter().flat_map(|side| *side).for_each(|profile| {
        panel.add(profile, Some(R));
    });
    panel
}

/// What becomes of a rule, with what a comparison says of the total.
fn both<T>(sides: &[Vec<Profile>; 2], rule: &str, then: impl Fn(&Outcome<'_>) -> T) -> (T, DiffVerdict) {
    let [before, after] = sides.each_ref().map(|side| panel(&[side]));
    let (before, now) = (Summary::of(&before).shortened(), Summary::of(&after));
    let rules = [CheckRule::parse(rule).unwrap()];
    let subjects = Subjects { runs: &after, now: &now, before: Some(("b.toml", &before)) };
    let outcome = then(&Check::new(&rules, subjects, false).unwrap().outcomes[0]);
    let all = panel(&[&sides[0], &sides[1]]);
    let diff = Diff::new(&all, DiffOptions { before: sides[0].len(), normalise: false });
    (outcome, diff.total().verdict)
}

#[test]
fn a_rule_fails_where_a_comparison_calls_the_growth_a_change() {
    let mut random = Random::new(3);
    let mut counts = [0; 3];
    for (files, samples, swing) in [
        ([1, 1], 40.0, 0.0),
        ([1, 1], 20_000.0, 0.0),
        ([1, 1], 20_000.0, 0.1),
        ([5, 3], 300.0, 0.0),
        ([5, 3], 20_000.0, 0.02),
        ([5, 3], 3000.0, 0.2),
        ([3, 1], 3000.0, 0.1),
        ([1, 4], 3000.0, 0.1),
    ] {
        for dialect in [Dialect::Inspector, Dialect::Xprofiler] {
            for step in 0..40 {
                let mut side = |files: usize, samples: f64| -> Vec<Profile> {
                    (0..files).map(|_| capture(dialect, &[random.samples(samples, swing).max(1)])).collect()
                };
                let sides = [side(files[0], samples), side(files[1], samples * (1.0 + f64::from(step) / 40.0))];
                let (verdict, told) = both(&sides, "total +0%", |outcome| outcome.verdict);
                let case = format!("{files:?} {samples} {swing} {dialect} {step}: {verdict:?} {told:?}");
                assert!(verdict != Verdict::Fail || told == DiffVerdict::Changed, "{case}");
                let both = [verdict == Verdict::Fail, told == DiffVerdict::Changed];
                counts[both.into_iter().filter(|&is| is).count()] += 1;
            }
        }
    }
    // A gate wants little more: several runs pooled, and a few that shrink.
    assert!(counts[2] > 150 && counts[1] < counts[2] / 4, "{counts:?}");
}

#[test]
fn five_percent_are_what_two_runs_may_differ_by() {
    // However finely they are sampled: 2.576 errors of 5 % of each.
    let run = |samples: u64| vec![capture(Dialect::Inspector, &[samples])];
    let told = |now: u64, rule: &str| {
        both(&[run(1_000_000), run(now)], rule, |outcome| (outcome.verdict, outcome.blocker, outcome.noise.unwrap()))
    };
    let ((verdict, blocker, noise), said) = told(1_150_000, "total +0%");
    assert_eq!((verdict, blocker), (Verdict::Inconclusive, Some(Blocker::WithinNoise)));
    assert_eq!(said, DiffVerdict::Noise);
    let part = noise as f64 / (1_000_000 * R) as f64;
    assert!((0.19..0.21).contains(&part), "{part}");
    let ((verdict, ..), said) = told(1_250_000, "total +0%");
    assert_eq!((verdict, said), (Verdict::Fail, DiffVerdict::Changed));
    // What is allowed is part of the growth that must be a change.
    assert_eq!(told(1_150_000, "total +10%").0.1, Some(Blocker::WithinNoise));
    assert_eq!(told(1_250_000, "total +10%").0.0, Verdict::Fail);
    assert_eq!(told(1_000_000, "total +5%").0.1, Some(Blocker::CoarserThanAllowed));
    assert_eq!(told(1_000_000, "total +11%").0.0, Verdict::Pass);
    // A fixed limit is of the one side alone, and more surely known.
    assert_eq!(told(1_150_000, "total < 490MiB").0.0, Verdict::Fail);
}

#[test]
fn where_nearly_all_has_grown_it_is_listed_what_the_total_has_grown_by() {
    let before = panel(&[&[capture(Dialect::Inspector, &[40, 90, 30, 120, 70, 10])]]);
    let grown = |samples: &[u64], rule: &str| {
        let after = panel(&[&[capture(Dialect::Inspector, samples)]]);
        let (before, now) = (Summary::of(&before).shortened(), Summary::of(&after));
        let rules = [CheckRule::parse(rule).unwrap()];
        let subjects = Subjects { runs: &after, now: &now, before: Some(("b.toml", &before)) };
        let check = Check::new(&rules, subjects, false).unwrap();
        let functions = check.grown.iter().filter(|change| change.kind == RowKind::Function);
        (check.verdict(), functions.map(|change| change.name.clone()).collect::<Vec<_>>())
    };
    let (verdict, names) = grown(&[1200, 20, 400, 70, 4000, 90], "total +10%");
    assert_eq!((verdict, &names[..]), (Verdict::Fail, &["serve", "read", "render", "cache"].map(String::from)[..]));
    // Where the total holds, what is scattered by as much as all others is noise.
    let (verdict, names) = grown(&[120, 20, 100, 20, 10, 80], "total +100%");
    assert_eq!((verdict, names.len()), (Verdict::Pass, 0));
}

#[test]
fn garbage_is_noise() {
    // Without a collection functions differ by far more than sampling, and the total has doubled no more surely than they.
    let sides = |dialect: Dialect| {
        let before = capture(dialect, &[400, 900, 300, 1200, 700, 100]);
        [vec![before], vec![capture(dialect, &[900, 500, 900, 2600, 300, 400])]]
    };
    let (verdict, told) = both(&sides(Dialect::Xprofiler), "total +5%", |outcome| outcome.verdict);
    assert_eq!(told, DiffVerdict::Unknown);
    assert_eq!(verdict, Verdict::Inconclusive);
    // So few functions tell nothing of that.
    let few = [&[1000_u64][..], &[2000]].map(|samples| vec![capture(Dialect::Xprofiler, samples)]);
    let (found, told) = both(&few, "total +5%", |outcome| (outcome.verdict, outcome.blocker, outcome.noise));
    assert_eq!(told, DiffVerdict::Unknown);
    assert_eq!(found, (Verdict::Inconclusive, Some(Blocker::SingleRuns), None));
    let few = [&[1000_u64][..], &[1000]].map(|samples| vec![capture(Dialect::Xprofiler, samples)]);
    assert_eq!(both(&few, "total +50%", |outcome| outcome.blocker).0, Some(Blocker::SingleRuns), "within, unseen");
    assert_eq!(both(&few, "total < 1GiB", |outcome| outcome.verdict).0, Verdict::Pass);
}

#[test]
fn with_one_run_of_each_the_total_is_not_scattered_as_its_functions_are() {
    // V8 has inlined `parse` in one run and `load` in the other; all of it together has doubled, or has not.
    let before = [400, 900, 300, 1200, 700, 100];
    let now = |times: u64| [1250, 50, 300, 350, 1550, 100].map(|samples| samples * times);
    let verdict = |dialect: Dialect, times: u64, rule: &str| {
        let sides = [vec![capture(dialect, &before)], vec![capture(dialect, &now(times))]];
        both(&sides, rule, |outcome| outcome.verdict).0
    };
    assert_eq!(verdict(Dialect::Inspector, 2, "total +12%"), Verdict::Fail);
    assert_eq!(verdict(Dialect::Inspector, 1, "total +15%"), Verdict::Pass);
    assert_eq!(verdict(Dialect::Inspector, 1, "total +0%"), Verdict::Inconclusive);
    // What scatters functions may be all that a function has grown by.
    assert_eq!(verdict(Dialect::Inspector, 2, "function:read +12%"), Verdict::Inconclusive);
    // Garbage is in the total, too.
    assert_eq!(verdict(Dialect::Xprofiler, 2, "total +12%"), Verdict::Inconclusive);
}
