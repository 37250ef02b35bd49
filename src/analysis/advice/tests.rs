//! Advice about profiles made by hand, and what holds for any profile and any rules.

mod alone;
mod joint;
mod objects;
mod occasions;
mod platforms;
mod programs;
mod stacks;
mod unadvised;

use std::cmp::Reverse;
use std::fmt::Write as _;

use proptest::prelude::*;

use crate::analysis::model::{Advice, Brings, Priority, Profile, Recommended, Report, ReportOptions, SizeRange};
use crate::analysis::test_support::{ByRules, Frame, cpu_by, profile_by, small_nodes};
use crate::profile::Samples;
use crate::rules::{Rules, RulesFile, Urgency};

const PARSE: Frame<'_> = ("parseJSON", "/srv/node_modules/urllib/dist/esm/utils.js", 25);
const XML: Frame<'_> = ("parseXml", "/srv/node_modules/fast-xml-parser/src/OrderedObjParser.js", 200);
const KEYS: Frame<'_> = ("keyFromFields", "/srv/node_modules/mysql2/lib/parsers/parser_cache.js", 9);
const QUERY: Frame<'_> = ("query", "/srv/node_modules/mysql2/lib/connection.js", 560);
const FETCH: Frame<'_> = ("fetch", "file:///srv/app/common/adapter/binary/PuppeteerBinary.js", 17);
const REST: Frame<'_> = ("f", "/srv/node_modules/unheard-of/index.js", 1);

fn rules(text: &str) -> Rules {
    Rules::with(vec![RulesFile { name: "heapsift.toml".to_owned(), text: text.to_owned() }]).unwrap()
}

fn profile_of(rules: &Rules, nodes: &[(u64, Vec<Frame<'_>>)]) -> Profile {
    profile_by(&ByRules::new(rules), nodes, &[])
}

fn report<'a>(profile: &'a Profile, rules: &'a Rules) -> Report<'a> {
    Report::new(profile, ReportOptions::default()).with_advice(rules).unwrap()
}

/// Rule, matched bytes, what it saves.
fn rows<'r>(advice: &'r Advice<'_>) -> Vec<(&'r str, u64, (u64, u64))> {
    let row = |saving: SizeRange| (saving.low, saving.high);
    advice.recommendations.iter().map(|r| (r.rule.id.as_str(), r.matched_size, row(r.saving))).collect()
}

/// Rules for mysql2 alone: two that overlap, and one that speaks of little.
const OVERLAPPING: &str = r#"
    silence = ["mysql-rows", "mysql2-parser-cache"]
    [[recommendation]]
    id = "all"
    category = "mysql-driver"
    title = "All"
    saving = { low = 0.1, high = 0.5, why = "because" }
    effort = "medium"
    budget = "Less"
    advice = [{ text = "do it" }]
    actions = [{ text = "Do it" }, { text = "Do it again", effort = "high" }]
    [[recommendation]]
    id = "keys"
    category = "mysql-driver"
    match = [{ function = "keyFromFields" }]
    title = "Keys"
    saving = { low = 0.5, high = 0.8, why = "because" }
    effort = "low"
    advice = [{ text = "update" }]
    actions = [{ text = "Update", saving = { low = 0.25, high = 0.4 } }, { text = "Now", priority = "P2", saving = { low = 0.1, high = 0.1 } }]
    [[recommendation]]
    id = "queries"
    category = "mysql-driver"
    match = [{ function = "query" }]
    minimum = { share = 0.5 }
    title = "Queries"
    saving = { low = 0.5, high = 0.8, why = "because" }
    effort = "low"
    advice = [{ text = "ask less" }]
    "#;

#[test]
fn what_the_special_rule_takes_for_the_most_part_the_other_does_not_speak_of() {
    let rules = rules(OVERLAPPING);
    let profile = profile_of(&rules, &[(1_000_000, vec![KEYS]), (1_000_000, vec![QUERY]), (8_000_000, vec![REST])]);
    let report = report(&profile, &rules);
    let advice = report.advice();
    // 80 % of a million; then half of the other million. `queries` matches too little.
    assert_eq!(rows(advice), [("keys", 1_000_000, (500_000, 800_000)), ("all", 1_000_000, (100_000, 500_000))]);
    assert_eq!(advice.together(), SizeRange { low: 600_000, high: 1_300_000 });
    let named: Vec<&str> =
        advice.recommendations[1].evidence.functions.iter().map(|&id| report.function(id).name).collect();
    assert_eq!(named, ["query"]);
    let tasks: Vec<_> = advice
        .tasks
        .iter()
        .map(|task| (task.urgency, task.recommendation, task.saving.low, task.saving.high, task.action.effort.name()))
        .collect();
    // Two things that promise all of what the rule does are given half of it each.
    assert_eq!(
        tasks,
        [
            (Urgency::P0, 0, 250_000, 400_000, "low"),
            (Urgency::P2, 1, 50_000, 250_000, "medium"),
            (Urgency::P2, 1, 50_000, 250_000, "high"),
            (Urgency::P2, 0, 100_000, 100_000, "low"),
        ]
    );
    // Only `all` has a word for the budget, which the packs set at 5 %.
    let budget = &advice.budget[0];
    assert_eq!((budget.by.as_slice(), budget.reduction), (&[1][..], 2_000_000 - budget.target.in_units_of(10_000_000)));
}

#[test]
fn of_what_another_rule_takes_a_part_of_the_rest_is_left() {
    let rules = rules(&OVERLAPPING.replace("saving = { low = 0.5, high = 0.8", "saving = { low = 0.2, high = 0.5"));
    let profile = profile_of(&rules, &[(1000, vec![KEYS]), (1000, vec![QUERY]), (8000, vec![REST])]);
    // Half of 1000; then half of the 500 that are left and of the other 1000.
    assert_eq!(rows(report(&profile, &rules).advice()), [("all", 2000, (150, 750)), ("keys", 1000, (200, 500))]);
    // What is left to speak of is less than it asks for.
    let rules = rules_of("minimum = { share = 0.15 }");
    let profile = profile_of(&rules, &[(1000, vec![KEYS]), (1000, vec![QUERY]), (8000, vec![REST])]);
    assert_eq!(rows(report(&profile, &rules).advice()), [("keys", 1000, (500, 800))]);
}

fn rules_of(all: &str) -> Rules {
    rules(&OVERLAPPING.replacen("title = \"All\"", &format!("title = \"All\"\n{all}"), 1))
}

#[test]
fn what_rests_on_few_samples_is_not_first_and_nothing_to_do() {
    let rules = rules(OVERLAPPING);
    let nodes = [(1_000_000, vec![KEYS]), (450_000, vec![QUERY]), (8_000_000, vec![REST])];
    let profile = profile_of(&rules, &nodes);
    let told = |interval| {
        let options = ReportOptions { interval, ..ReportOptions::default() };
        let report = Report::new(&profile, options).with_advice(&rules).unwrap();
        let advice = report.advice();
        let first = (advice.recommendations[0].rule.id.clone(), advice.recommendations[0].may_be_chance);
        (first, advice.tasks.iter().map(|task| task.urgency).min())
    };
    assert_eq!(told(Some(100_000)), (("keys".to_owned(), false), Some(Urgency::P0)));
    assert_eq!(told(Some(201_000)), (("keys".to_owned(), true), None), "all of it");
    assert_eq!(told(None), (("keys".to_owned(), false), Some(Urgency::P0)), "nobody knows");
    let nodes = [(400_000, vec![KEYS]), (450_000, vec![QUERY]), (8_000_000, vec![REST])];
    let profile = profile_of(&rules, &nodes);
    let options = ReportOptions { interval: Some(90_000), ..ReportOptions::default() };
    let report = Report::new(&profile, options).with_advice(&rules).unwrap();
    assert_eq!(rows(report.advice()), [("all", 450_000, (45_000, 225_000)), ("keys", 400_000, (200_000, 320_000))]);
}

#[test]
fn some_kilobytes_are_nothing_to_do_and_not_urgent() {
    let rules = rules(OVERLAPPING);
    let told = |size: u64, interval| {
        let profile = profile_of(&rules, &[(size, vec![KEYS]), (size, vec![QUERY]), (size, vec![REST])]);
        let options = ReportOptions { interval, ..ReportOptions::default() };
        let report = Report::new(&profile, options).with_advice(&rules).unwrap();
        let of_keys = |index: usize| report.advice().recommendations[index].rule.id == "keys";
        let tasks = report.advice().tasks.iter().filter(|task| of_keys(task.recommendation));
        tasks.map(|task| task.urgency).collect::<Vec<_>>()
    };
    // Of 25 to 40 % of it, and of 10 %.
    assert_eq!(told(160_000, Some(1000)), []);
    assert_eq!(told(200_000, Some(1000)), [Urgency::P2]);
    assert_eq!(told(400_000, Some(1000)), [Urgency::P2]);
    assert_eq!(told(800_000, Some(1000)), [Urgency::P0, Urgency::P2]);
    assert_eq!(told(8000, None), [Urgency::P0, Urgency::P2], "nobody knows what they are worth");
}

#[test]
fn of_a_few_samples_nothing_is_urgent() {
    let rules = rules(OVERLAPPING);
    let urgency = |interval| {
        let profile = profile_of(&rules, &[(1_000_000, vec![KEYS]), (1_000_000, vec![QUERY])]);
        let options = ReportOptions { interval: Some(interval), ..ReportOptions::default() };
        let report = Report::new(&profile, options).with_advice(&rules).unwrap();
        report.advice().tasks.iter().map(|task| task.urgency).min()
    };
    assert_eq!(urgency(40_000), Some(Urgency::P0), "50 samples");
    assert_eq!(urgency(41_000), Some(Urgency::P1), "48 samples");
}

#[test]
fn things_to_do_in_the_same_words_are_one() {
    let text = OVERLAPPING.replacen("text = \"Update\"", "text = \"Do it\"", 1);
    let rules = rules(&text);
    let profile = profile_of(&rules, &[(1_000_000, vec![KEYS]), (1_000_000, vec![QUERY]), (8_000_000, vec![REST])]);
    let report = report(&profile, &rules);
    let tasks = report.advice().tasks.iter();
    let tasks: Vec<_> =
        tasks.map(|task| (task.urgency, task.recommendation, task.saving.low, task.saving.high)).collect();
    // A quarter of a million or more of the keys, and a part of all others.
    assert_eq!(
        tasks,
        [(Urgency::P0, 0, 300_000, 650_000), (Urgency::P2, 1, 50_000, 250_000), (Urgency::P2, 0, 100_000, 100_000)]
    );
    // What rests on hardly any samples adds nothing to what does not.
    let profile = profile_of(&rules, &[(400_000, vec![KEYS]), (450_000, vec![QUERY]), (8_000_000, vec![REST])]);
    let options = ReportOptions { interval: Some(90_000), ..ReportOptions::default() };
    let report = Report::new(&profile, options).with_advice(&rules).unwrap();
    let advice = report.advice();
    assert_eq!(advice.recommendations.iter().map(|row| row.may_be_chance).collect::<Vec<_>>(), [false, true]);
    let tasks = advice.tasks.iter().filter(|task| task.action.text.render(|_| None).as_deref() == Some("Do it"));
    let tasks: Vec<_> = tasks.map(|task| (task.recommendation, task.saving)).collect();
    assert_eq!(tasks, [(0, SizeRange { low: 22_500, high: 112_500 })]);
}

#[test]
fn a_file_silences_and_overrides() {
    let nodes = [(6_000_000, vec![PARSE]), (3_000_000, vec![FETCH, XML]), (1_000_000, vec![REST])];
    let ids = |text: &str| {
        let rules = rules(text);
        let profile = profile_of(&rules, &nodes);
        let report = report(&profile, &rules);
        rows(report.advice()).iter().map(|row| format!("{} {}", row.0, row.2.1)).collect::<Vec<_>>()
    };
    assert_eq!(ids(""), ["json-responses 6000000", "xml-parsing 3000000"]);
    assert_eq!(ids("silence = [\"json-responses\", \"parsed-held\"]"), ["xml-parsing 3000000"]);
    let saving = "[[recommendation]]\nid = \"xml-parsing\"\nsaving = { low = 0.01, high = 0.02, why = \"w\" }";
    assert_eq!(ids(saving), ["json-responses 6000000", "xml-parsing 60000"]);
    let minimum = "[[recommendation]]\nid = \"xml-parsing\"\nminimum = { bytes = 3_000_001 }\n[[recommendation]]\nid = \"parsed-held\"\nminimum = { share = 1 }";
    assert_eq!(ids(minimum), ["json-responses 6000000"]);
    let own = "[[category]]\nid = \"mine\"\nname = \"Mine\"\ntarget = 0.1\nmatch = [{ package = \"urllib\" }]";
    let rules = rules(own);
    let profile = profile_of(&rules, &nodes);
    let report = report(&profile, &rules);
    let budget = &report.advice().budget[0];
    assert_eq!((&*report.category(budget.category).id, budget.reduction, budget.by.len()), ("mine", 5_000_000, 0));
}

#[test]
fn of_equal_savings_the_order_of_work_decides() {
    let text = "
        [[category]]
        id = \"a\"
        name = \"A\"
        match = [{ function = \"a\" }]
        [[category]]
        id = \"b\"
        name = \"B\"
        match = [{ function = \"b\" }]
        "
    .to_owned();
    let advice = |id| {
        format!(
            "[[recommendation]]\nid = \"do-{id}\"\ncategory = \"{id}\"\ntitle = \"T\"\neffort = \"low\"\n\
             saving = {{ low = 0.5, high = 0.5, why = \"w\" }}\nadvice = [{{ text = \"t\" }}]\n"
        )
    };
    let rules = rules(&(text + &advice("a") + &advice("b")));
    let (a, b) = (("a", "/srv/node_modules/m/a.js", 1), ("b", "/srv/node_modules/m/b.js", 1));
    let profile = profile_of(&rules, &[(100, vec![a]), (100, vec![b])]);
    let ids = |report: Report<'_>| rows(report.advice()).iter().map(|row| row.0.to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(report(&profile, &rules)), ["do-a", "do-b"]);
    let cpu = cpu_by(&ByRules::new(&rules), &[(100, b), (1, a)]);
    let beside = Report::new(&profile, ReportOptions::default()).with_cpu(&cpu);
    assert!(beside.categories()[0].priority == Priority::High);
    assert_eq!(ids(beside.with_advice(&rules).unwrap()), ["do-b", "do-a"]);
}

#[test]
fn nothing_is_said_of_nothing() {
    let rules = Rules::builtin().unwrap();
    for nodes in [&[][..], &[(0, vec![PARSE])], &[(1, vec![REST])]] {
        let profile = profile_of(&rules, nodes);
        let report = report(&profile, &rules);
        let advice = report.advice();
        assert!(advice.recommendations.is_empty() && advice.tasks.is_empty() && advice.budget.is_empty());
    }
    let profile = profile_of(&rules, &small_nodes());
    assert!(Report::new(&profile, ReportOptions::default()).advice().recommendations.is_empty(), "nobody asked");
}

const POOL: [Frame<'_>; 9] =
    [PARSE, XML, KEYS, QUERY, FETCH, REST, ("keys", "", 0), ("row", "", 7), ("slice", "node:buffer", 646)];

/// Recommendations of a user, in TOML.
fn random_rules() -> impl Strategy<Value = String> {
    let category =
        prop::sample::select(vec!["json-parsing", "mysql-driver", "application", "other", "buffer-operations"]);
    let matched = prop::sample::select(vec![
        "",
        "match = [{ function = \"parse*\" }]",
        "match = [{ package = [\"mysql2\", \"urllib\"] }, { function = \"f*\" }]",
        "match = [{ kind = [\"dependency\", \"app\"] }]",
    ]);
    let fractions = || (0.0..=1.0_f64, 0.0..=1.0_f64).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let minimum = prop_oneof![Just(0.0_f64), 0.0..0.2];
    let rule = (category, matched, fractions(), prop::collection::vec(fractions(), 0..4), minimum);
    prop::collection::vec(rule, 0..12).prop_map(|rules| {
        let mut text = String::new();
        for (i, (category, matched, (low, high), actions, minimum)) in rules.into_iter().enumerate() {
            let range = |(low, high)| format!("low = {low:.6}, high = {high:.6}");
            let action = |part| format!("{{ text = \"t{i}\", saving = {{ {} }} }}", range(part));
            let actions: Vec<String> = actions.into_iter().map(action).collect();
            let _ = writeln!(
                text,
                "[[recommendation]]\nid = \"r{i}\"\ncategory = \"{category}\"\n{matched}\ntitle = \"T\"\neffort = \"low\"\n\
                 saving = {{ {}, why = \"w\" }}\nadvice = [{{ text = \"t\" }}]\nactions = [{}]\nminimum = {{ share = {minimum:.6} }}",
                range((low, high)),
                actions.join(", "),
            );
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn savings_never_exceed_what_is_there(
        text in random_rules(),
        nodes in prop::collection::btree_map(
            prop::collection::vec(prop::sample::select(&POOL[..]), 1..6),
            prop_oneof![0..20_u64, 0..5_000_000_u64, Just(u64::MAX / 64)],
            0..30,
        ),
    ) {
        let rules = rules(&text);
        let nodes: Vec<_> = nodes.into_iter().map(|(path, size)| (size, path)).collect();
        let profile = profile_of(&rules, &nodes);
        let report = report(&profile, &rules);
        let advice = report.advice();
        prop_assert!(Recommended::sum(&advice.recommendations).high <= report.total_size());
        prop_assert!(advice.together().high <= report.total_size());
        for row in report.categories() {
            let own = || advice.recommendations.iter().filter(|advice| advice.rule.category == row.id);
            prop_assert!(own().map(|advice| advice.of_matched.high).sum::<u64>() <= row.sums.actionable_size);
            prop_assert!(own().all(|advice| advice.matched_size <= row.sums.actionable_size));
        }
        for (i, row) in advice.recommendations.iter().enumerate() {
            prop_assert!(row.of_matched.low <= row.of_matched.high && row.of_matched.high <= row.matched_size);
            prop_assert!(row.saving == row.of_matched || row.saving == row.alone);
            prop_assert!(row.alone.low >= row.of_matched.low && row.alone.high >= row.of_matched.high);
            prop_assert!(row.alone.low <= row.alone.high && row.alone.high <= report.total_size());
            prop_assert!(row.rule.is_worth_it(row.matched_size, report.total_size()));
            let own = || advice.tasks.iter().filter(|task| task.recommendation == i);
            let whole = if advice.tasks.len() == 1 { row.alone } else { row.saving };
            prop_assert!(own().map(|task| task.saving.high).sum::<u64>() <= whole.high);
            prop_assert!(own().map(|task| task.saving.low).sum::<u64>() <= whole.low);
            prop_assert!(own().map(|task| task.alone.high).sum::<u64>() <= row.alone.high);
        }
        let order = |row: &Recommended<'_>| (row.may_be_chance, Reverse(row.alone.twice_the_middle()));
        prop_assert!(advice.recommendations.is_sorted_by_key(order));
        // What belongs to the one before stands with it.
        let firsts = advice.tasks.iter().filter(|task| !task.is_part);
        prop_assert!(firsts.map(|task| task.urgency).is_sorted());
        prop_assert!(advice.reduction() <= report.total_size());
    }
}
