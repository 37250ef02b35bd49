//! Pieces of advice that are told where a profile has what they are about.

use super::*;

const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
const STEP: Frame<'_> = ("step", "file:///srv/app/main.js", 9);
const SORT: Frame<'_> = ("sort", "", 0);
const LIST: Frame<'_> = ("filter", "", 0);
const KEYS_OF: Frame<'_> = ("keys", "", 0);
const URL: Frame<'_> = ("URL", "node:internal/url", 700);

/// The pieces of advice of a rule that are told of a profile, and its command.
fn told(profile: &Profile, rules: &Rules, id: &str) -> (Vec<String>, Option<String>) {
    let report = report(profile, rules);
    let row = report.advice().recommendations.iter().find(|row| row.rule.id == id).unwrap();
    let texts = row.items.iter().filter_map(|item| item.text.render(|_| None)).collect();
    (texts, row.verify().map(str::to_owned))
}

#[test]
fn what_is_about_most_bytes_is_told_first_and_what_is_about_none_not_at_all() {
    let rules = rules(
        r#"
        [[recommendation]]
        id = "object-copies"
        verify = "look"
        advice = [
          { text = "keys", match = [{ function = "keys" }], verify = "look at keys" },
          { text = "lists", match = [{ function = ["filter", "map"] }], verify = "look at lists" },
          { text = "bound", match = [{ function = "bind" }] },
          { text = "all" },
        ]
        "#,
    );
    let told = |keys, lists| {
        let nodes = [(keys, vec![MAIN, KEYS_OF]), (lists, vec![MAIN, LIST]), (10, vec![MAIN, ("bind", "", 0)])];
        told(&profile_of(&rules, &nodes), &rules, "object-copies")
    };
    assert_eq!(told(5000, 2000), (vec!["keys".into(), "lists".into(), "all".into()], Some("look at keys".into())));
    assert_eq!(told(2000, 5000), (vec!["lists".into(), "keys".into(), "all".into()], Some("look at lists".into())));
    // Less than a tenth is nothing to speak of.
    assert_eq!(told(500, 5000).0, ["lists", "all"]);
    assert_eq!(told(0, 0), (vec!["bound".into(), "all".into()], Some("look".into())));
}

/// The rule for the application's own functions says these things.
fn own() -> Rules {
    rules(
        r#"
        [[recommendation]]
        id = "application-hot-spot"
        advice = [
          { text = "begin" },
          { text = "addresses", calls = [{ kind = "core", url = "node:internal/url" }] },
          { text = "views", calls = [{ kind = "core", url = "node:buffer" }], least = 0.01 },
          { text = "comparisons", called_by = [{ kind = "native", function = "sort" }] },
          { text = "lists", large = true },
          { text = "rest" },
        ]
        "#,
    )
}

#[test]
fn what_stands_around_the_largest_functions_tells_what_they_do() {
    let rules = own();
    let told = |nodes: &[(u64, Vec<Frame<'_>>)]| told(&profile_of(&rules, nodes), &rules, "application-hot-spot").0;
    assert_eq!(told(&[(5000, vec![MAIN])]), ["begin", "rest"]);
    assert_eq!(told(&[(5000, vec![MAIN]), (900, vec![MAIN, URL])]), ["begin", "addresses", "rest"]);
    // What less than a tenth of it is made in would push out the rest.
    assert_eq!(told(&[(9100, vec![MAIN]), (900, vec![MAIN, URL])]), ["begin", "rest"]);
    let both = [(5000, vec![MAIN, SORT, STEP]), (900, vec![MAIN, SORT, STEP, URL])];
    assert_eq!(told(&both), ["begin", "comparisons", "addresses", "rest"]);
    // Not what others call.
    assert_eq!(told(&[(5000, vec![MAIN]), (900, vec![REST, URL])]), ["begin", "rest"]);
}

#[test]
fn lists_are_told_of_where_what_was_sampled_is_larger_than_the_interval() {
    let rules = own();
    let told = |sizes: [u64; 2], nodes: &[(u64, Vec<Frame<'_>>)]| {
        let mut profile = profile_of(&rules, nodes);
        let mut samples = Samples::default();
        (1..=100).for_each(|ordinal| samples.take(sizes[usize::from(ordinal % 2 == 0)], ordinal));
        profile.aggregate.samples = Some(samples);
        told(&profile, &rules, "application-hot-spot").0
    };
    let nodes = [(5000, vec![MAIN])];
    assert_eq!(told([16_400, 16_400], &nodes), ["begin", "rest"]);
    assert_eq!(told([16_400, 40_000], &nodes), ["begin", "lists", "rest"]);
    // They may be another's.
    assert_eq!(told([16_400, 40_000], &[(5000, vec![MAIN]), (4000, vec![REST])]), ["begin", "rest"]);
}

#[test]
fn a_piece_of_advice_may_ask_for_less_or_for_what_is_elsewhere() {
    let own = own();
    let buffer = ("concat", "node:buffer", 560);
    let nodes = [(9800, vec![MAIN]), (200, vec![MAIN, buffer])];
    assert_eq!(told(&profile_of(&own, &nodes), &own, "application-hot-spot").0, ["begin", "views", "rest"]);
    let rules = rules(
        r#"
        [[recommendation]]
        id = "application-hot-spot"
        advice = [
          { text = "webpack", beside = [{ package = "webpack" }] },
          { text = "no steps", unless_calls = [{ function = "step" }] },
          { text = "all" },
        ]
        "#,
    );
    let told = |nodes: &[(u64, Vec<Frame<'_>>)]| told(&profile_of(&rules, nodes), &rules, "application-hot-spot").0;
    let webpack = ("run", "/srv/node_modules/webpack/lib/Compiler.js", 8);
    assert_eq!(told(&[(5000, vec![MAIN])]), ["no steps", "all"]);
    assert_eq!(told(&[(5000, vec![MAIN]), (0, vec![webpack])]), ["webpack", "no steps", "all"]);
    assert_eq!(told(&[(5000, vec![MAIN]), (900, vec![MAIN, STEP])]), ["all"]);
}
