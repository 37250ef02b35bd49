//! Advice about profiles made by hand, and what holds for any profile and any rules.

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
    let profile = profile_of(&rules, &[(1000, vec![KEYS]), (1000, vec![QUERY]), (8000, vec![REST])]);
    let report = report(&profile, &rules);
    let advice = report.advice();
    // 80 % of 1000; then half of the other 1000. `queries` matches too little.
    assert_eq!(rows(advice), [("keys", 1000, (500, 800)), ("all", 1000, (100, 500))]);
    assert_eq!(Recommended::together(&advice.recommendations), SizeRange { low: 600, high: 1300 });
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
            (Urgency::P0, 0, 250, 400, "low"),
            (Urgency::P2, 1, 50, 250, "medium"),
            (Urgency::P2, 1, 50, 250, "high"),
            (Urgency::P2, 0, 100, 100, "low"),
        ]
    );
    // Only `all` has a word for the budget, which the packs set at 5 %.
    let budget = &advice.budget[0];
    assert_eq!((budget.by.as_slice(), budget.reduction), (&[1][..], 2000 - budget.target.in_units_of(10_000)));
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
fn what_lowers_the_peak_saves_nothing_of_all_that_was_allocated() {
    let rules = rules(&OVERLAPPING.replace(
        "match = [{ function = \"keyFromFields\" }]",
        "match = [{ function = \"keyFromFields\" }]\n    saves = \"peak\"",
    ));
    let mut profile = profile_of(&rules, &[(1000, vec![KEYS]), (1000, vec![QUERY]), (8000, vec![REST])]);
    // Nothing tells which objects are in it, so they may be those that live.
    assert_eq!(rows(report(&profile, &rules).advice()), [("keys", 1000, (500, 800)), ("all", 1000, (100, 500))]);
    let mut samples = Samples::default();
    for ordinal in 1..=100 {
        samples.take(100, ordinal);
    }
    profile.aggregate.samples = Some(samples); // none of those that were taken is missing
    let report = report(&profile, &rules);
    let advice = report.advice();
    assert_eq!(rows(advice), [("all", 2000, (200, 1000)), ("keys", 1000, (0, 0))]);
    assert_eq!(
        advice.recommendations.iter().map(|row| row.brings).collect::<Vec<_>>(),
        [Brings::Bytes, Brings::LowerPeak]
    );
    assert!(advice.tasks.iter().all(|task| task.recommendation == 0) && advice.budget[0].by == [0]);
}

#[test]
fn what_lives_saves_what_is_repeated_only_if_several_are_held() {
    let rules = rules(&OVERLAPPING.replace(
        "match = [{ function = \"keyFromFields\" }]",
        "match = [{ function = \"keyFromFields\" }]\n    saves = \"repetition\"",
    ));
    let mut profile = profile_of(&rules, &[(1000, vec![KEYS]), (1000, vec![QUERY]), (8000, vec![REST])]);
    let with = |profile: &mut Profile, step| {
        let mut samples = Samples::default();
        for ordinal in 1..=100_u64 {
            samples.take(100, ordinal * step);
        }
        profile.aggregate.samples = Some(samples);
        let report = report(profile, &rules);
        let rows = rows(report.advice()).iter().map(|row| format!("{} {:?}", row.0, row.2)).collect::<Vec<_>>();
        // What may bring nothing is the last thing to do.
        let last = report.advice().tasks.last().unwrap();
        assert!(
            step == 1
                || last.urgency == Urgency::P2
                    && report.advice().recommendations[last.recommendation].brings == Brings::BytesIfSeveral
        );
        (
            rows,
            report.advice().recommendations.iter().map(|row| row.brings == Brings::BytesIfSeveral).collect::<Vec<_>>(),
        )
    };
    let told = |rows: [&str; 2]| rows.map(str::to_owned).to_vec();
    assert_eq!(with(&mut profile, 1), (told(["keys (500, 800)", "all (100, 500)"]), vec![false, false]));
    // Every other sample is missing: what it was of has been collected.
    assert_eq!(with(&mut profile, 2), (told(["all (160, 800)", "keys (0, 400)"]), vec![false, true]));
}

#[test]
fn of_equal_ones_that_about_what_is_held_goes_first_where_only_that_is_there() {
    let rules = Rules::builtin().unwrap();
    let main = ("main", "file:///srv/app/main.js", 1);
    let mut profile = profile_of(&rules, &[(10_000, vec![main, ("slice", "node:buffer", 662)])]);
    let first = |profile: &Profile| report(profile, &rules).advice().recommendations[0].rule.id.clone();
    assert_eq!(first(&profile), "buffers-as-bytes");
    live(&mut profile);
    assert_eq!(first(&profile), "decoded-texts-held");
}

/// Every other sample is missing: what it was of has been collected.
fn live(profile: &mut Profile) {
    numbered(profile, 2);
}

fn numbered(profile: &mut Profile, step: u64) {
    let mut samples = Samples::default();
    (1..=100).for_each(|ordinal| samples.take(100, ordinal * step));
    profile.aggregate.samples = Some(samples);
}

#[test]
fn what_is_kept_adds_to_what_lives_and_what_is_held_is_told_only_there() {
    let rules = rules_of_kept(0.8);
    let mut profile = profile_of(&rules, &[(1000, vec![KEYS]), (1000, vec![QUERY]), (8000, vec![REST])]);
    // Nothing tells which objects are in it.
    assert_eq!(rows(report(&profile, &rules).advice()), [("keys", 1000, (500, 800)), ("all", 1000, (100, 500))]);
    let little = rules_of_kept(0.4);
    let other = profile_of(&little, &[(1000, vec![KEYS]), (1000, vec![QUERY]), (8000, vec![REST])]);
    assert_eq!(rows(report(&other, &little).advice()), [("all", 1000, (100, 500)), ("keys", 1000, (100, 400))]);
    numbered(&mut profile, 1);
    assert_eq!(rows(report(&profile, &rules).advice()), [("keys", 1000, (500, 800))]);
    live(&mut profile);
    let report = report(&profile, &rules);
    let advice = report.advice();
    assert_eq!(rows(advice), [("all", 2000, (200, 1000)), ("keys", 1000, (0, 0))]);
    assert_eq!(advice.recommendations[1].brings, Brings::FewerAllocations);
    assert!(advice.tasks.iter().all(|task| task.recommendation == 0) && advice.budget[0].by == [0]);
}

/// `keys` is about what is kept, and saves so much at most; `all` about what is held.
fn rules_of_kept(high: f64) -> Rules {
    let text = OVERLAPPING.replacen("title = \"Keys\"", "title = \"Keys\"\nsaves = \"kept\"", 1);
    let low = if high < 0.5 { 0.1 } else { 0.5 };
    let text = text.replacen("low = 0.5, high = 0.8", &format!("low = {low}, high = {high}"), 1);
    rules(&text.replacen("title = \"All\"", "title = \"All\"\nsaves = \"held\"", 1))
}

#[test]
fn what_holds_memory_comes_first_where_only_that_is_there() {
    let rules = Rules::builtin().unwrap();
    let app = |name| (name, "file:///srv/app/main.js", 1);
    let parse = ("_parse", "/srv/node_modules/secure-json-parse/index.js", 17);
    let (on, set, timer) = (("addListener", "node:events", 615), ("set", "", 0), ("setInterval", "node:timers", 209));
    let nodes = [
        (6000, vec![app("handle"), parse]),
        (2000, vec![app("subscribe")]),
        (50, vec![app("subscribe"), on]),
        (900, vec![app("open")]),
        (50, vec![app("open"), set]),
        (700, vec![app("watch")]),
        (50, vec![app("watch"), timer]),
        (800, vec![app("work")]),
    ];
    let mut profile = profile_of(&rules, &nodes);
    let ids = |profile: &Profile| {
        let report = report(profile, &rules);
        let told = report.advice().recommendations.iter().map(|row| row.rule.id.clone());
        told.collect::<Vec<_>>()
    };
    let all = ids(&profile);
    assert_eq!(all, ["json-documents", "application-hot-spot"]);
    live(&mut profile);
    let held = [
        "parsed-held",
        "application-listeners-held",
        "application-collections-held",
        "application-timers-held",
        "application-held",
    ];
    assert_eq!(ids(&profile), held);
    numbered(&mut profile, 1);
    assert_eq!(ids(&profile), all);
}

#[test]
fn what_rests_on_few_samples_is_neither_first_nor_urgent() {
    let rules = rules(OVERLAPPING);
    let nodes = [(1000, vec![KEYS]), (450, vec![QUERY]), (8000, vec![REST])];
    let profile = profile_of(&rules, &nodes);
    let told = |interval| {
        let options = ReportOptions { interval, ..ReportOptions::default() };
        let report = Report::new(&profile, options).with_advice(&rules).unwrap();
        let advice = report.advice();
        let first = (advice.recommendations[0].rule.id.clone(), advice.recommendations[0].may_be_chance);
        (first, advice.tasks.iter().map(|task| task.urgency).min().unwrap())
    };
    assert_eq!(told(Some(100)), (("keys".to_owned(), false), Urgency::P0));
    assert_eq!(told(Some(201)), (("keys".to_owned(), true), Urgency::P2), "all of it");
    assert_eq!(told(None), (("keys".to_owned(), false), Urgency::P0), "nobody knows");
    let nodes = [(400, vec![KEYS]), (450, vec![QUERY]), (8000, vec![REST])];
    let profile = profile_of(&rules, &nodes);
    let options = ReportOptions { interval: Some(90), ..ReportOptions::default() };
    let report = Report::new(&profile, options).with_advice(&rules).unwrap();
    assert_eq!(rows(report.advice()), [("all", 450, (45, 225)), ("keys", 400, (200, 320))]);
}

#[test]
fn things_to_do_in_the_same_words_are_one() {
    let text = OVERLAPPING.replacen("text = \"Update\"", "text = \"Do it\"", 1);
    let rules = rules(&text);
    let profile = profile_of(&rules, &[(1000, vec![KEYS]), (1000, vec![QUERY]), (8000, vec![REST])]);
    let report = report(&profile, &rules);
    let tasks = report.advice().tasks.iter();
    let tasks: Vec<_> =
        tasks.map(|task| (task.urgency, task.recommendation, task.saving.low, task.saving.high)).collect();
    // 250 to 400 of the keys, and 50 to 250 of all others.
    assert_eq!(tasks, [(Urgency::P0, 0, 300, 650), (Urgency::P2, 1, 50, 250), (Urgency::P2, 0, 100, 100)]);
}

#[test]
fn what_core_and_dependencies_ask_for_is_not_the_applications() {
    const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
    const ORM: Frame<'_> = ("findAll", "/srv/node_modules/sequelize/lib/model.js", 1090);
    const CLONE: Frame<'_> = ("baseClone", "/srv/node_modules/lodash/lodash.js", 2667);
    const INNER: Frame<'_> = ("copyArray", "/srv/node_modules/lodash/lodash.js", 4800);
    const KEYS_OF: Frame<'_> = ("keys", "", 0);
    const TEST: Frame<'_> = ("test", "", 0);
    const IS_IP: Frame<'_> = ("isIPv6", "node:internal/net", 50);
    const LOOKUP: Frame<'_> = ("lookup", "node:dns", 150);
    const READ: Frame<'_> = ("onStreamRead", "node:internal/stream_base_commons", 168);
    const BYTES: Frame<'_> = ("Uint8Array", "", 0);
    const PATH: Frame<'_> = ("normalize", "node:path", 1);
    const SPLIT: Frame<'_> = ("split", "", 0);
    let rules = Rules::builtin().unwrap();
    let tells = |id: &str, nodes: &[(u64, &[Frame<'_>])]| {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let profile = profile_of(&rules, &nodes);
        report(&profile, &rules).advice().recommendations.iter().any(|row| row.rule.id == id)
    };
    // A built-in that Node uses itself, or the application; and one that stands behind Node's own functions for texts.
    assert!(tells("regexp-matches", &[(900, &[MAIN, TEST])]));
    assert!(tells("regexp-matches", &[(900, &[TEST])]));
    assert!(!tells("regexp-matches", &[(900, &[MAIN, IS_IP, TEST])]));
    assert!(!tells("regexp-matches", &[(500, &[LOOKUP, IS_IP, TEST]), (400, &[MAIN, TEST])]));
    assert!(tells("regexp-matches", &[(400, &[LOOKUP, IS_IP, TEST]), (500, &[MAIN, TEST])]));
    assert!(tells("strings-views", &[(900, &[MAIN, PATH, SPLIT])]));
    // What came from outside.
    assert!(tells("buffers-as-bytes", &[(900, &[READ, BYTES])]));
    assert!(!tells("buffers-as-bytes", &[(900, &[MAIN, READ, BYTES])]));
    // A helper of the application's own, and of another package, built-ins between them.
    assert!(tells("deep-copies", &[(900, &[ORM, MAIN, CLONE, INNER])]));
    assert!(tells("deep-copies", &[(900, &[MAIN, KEYS_OF, CLONE, KEYS_OF])]));
    assert!(!tells("deep-copies", &[(900, &[MAIN, ORM, CLONE, INNER])]));
    assert!(!tells("deep-copies", &[(900, &[MAIN, ORM, KEYS_OF, CLONE])]));
    assert!(!tells("deep-copies", &[(900, &[CLONE])]), "nobody knows who asked");
    // What a logger writes as JSON.
    let write = ("stringifyFnReplacer", "/srv/node_modules/safe-stable-stringify/index.js", 190);
    let logger = ("", "/srv/node_modules/logform/combine.js", 17);
    assert!(tells("logged-objects", &[(900, &[MAIN, logger, write, write])]));
    assert!(!tells("json-stringify", &[(900, &[MAIN, logger, write, write])]));
    assert!(!tells("logged-objects", &[(900, &[MAIN, write])]));
    assert!(tells("json-stringify", &[(900, &[MAIN, write])]));
}

#[test]
fn what_a_package_makes_while_it_is_loaded_is_not_spoken_of() {
    const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
    const LOAD: Frame<'_> = ("Module._compile", "node:internal/modules/cjs/loader", 1483);
    const BODY: Frame<'_> = ("", "/srv/node_modules/moment/moment.js", 1);
    const HOOK: Frame<'_> = ("register", "/srv/node_modules/ts-node/dist/index.js", 9);
    const DATE: Frame<'_> = ("createLocal", "/srv/node_modules/moment/moment.js", 3000);
    let rules = Rules::builtin().unwrap();
    let table: [(&[(u64, &[Frame<'_>])], bool); 6] = [
        (&[(900, &[MAIN, DATE])], true),
        (&[(900, &[MAIN, LOAD, BODY, DATE])], false),
        (&[(500, &[MAIN, DATE]), (400, &[MAIN, LOAD, BODY, DATE])], true),
        // A script of the application, a tool that is started itself, and what a hook of the loader does.
        (&[(900, &[LOAD, MAIN, DATE])], true),
        (&[(900, &[LOAD, BODY, DATE])], true),
        (&[(900, &[MAIN, LOAD, HOOK, DATE])], true),
    ];
    for (nodes, expected) in table {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let profile = profile_of(&rules, &nodes);
        let report = report(&profile, &rules);
        assert_eq!(
            report.advice().recommendations.iter().any(|row| row.rule.id == "dates-parsed-once"),
            expected,
            "{nodes:?}"
        );
    }
}

#[test]
fn callers_that_are_lost_at_await_are_told_to_be() {
    const ORM: Frame<'_> = ("findAll", "/srv/node_modules/sequelize/lib/model.js", 1090);
    const QUEUE: Frame<'_> = ("processTicksAndRejections", "node:internal/process/task_queues", 67);
    const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
    const STREAM: Frame<'_> = ("endReadableNT", "node:internal/streams/readable", 1700);
    let rules = Rules::builtin().unwrap();
    let table: [(&[(u64, &[Frame<'_>])], bool); 6] = [
        (&[(900, &[ORM])], true),
        (&[(900, &[QUEUE, ORM])], true),
        (&[(500, &[QUEUE, ORM]), (400, &[MAIN, ORM])], true),
        (&[(400, &[QUEUE, ORM]), (500, &[MAIN, ORM])], false),
        (&[(900, &[QUEUE, MAIN, ORM])], false),
        (&[(900, &[QUEUE, STREAM, ORM])], false),
    ];
    for (nodes, expected) in table {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let profile = profile_of(&rules, &nodes);
        let report = report(&profile, &rules);
        assert_eq!(report.advice().recommendations[0].evidence.is_behind_await, expected, "{nodes:?}");
    }
}

#[test]
fn stacks_decide_what_is_spoken_of() {
    const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
    const OTHER: Frame<'_> = ("other", "file:///srv/app/main.js", 9);
    const CALLBACK: Frame<'_> = ("", "file:///srv/app/main.js", 2);
    const REDUCE: Frame<'_> = ("reduce", "", 0);
    const MAP: Frame<'_> = ("map", "", 0);
    const SEND: Frame<'_> = ("send", "/srv/node_modules/ws/lib/websocket.js", 460);
    const LOAD: Frame<'_> = ("Module._compile", "node:internal/modules/cjs/loader", 1483);
    const DECODE: Frame<'_> = ("toString", "node:buffer", 834);
    const COMPILE: Frame<'_> = ("compile", "/srv/node_modules/handlebars/dist/cjs/handlebars/compiler/compiler.js", 65);
    const NODE: Frame<'_> = ("SourceNode_add", "/srv/node_modules/source-map/lib/source-node.js", 172);
    let rules = Rules::builtin().unwrap();
    let tells = |id: &str, nodes: &[(u64, &[Frame<'_>])]| {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let profile = profile_of(&rules, &nodes);
        report(&profile, &rules).advice().recommendations.iter().any(|row| row.rule.id == id)
    };
    // What most of a function's bytes are made below.
    assert!(tells("reduced-copies", &[(9000, &[MAIN, REDUCE, CALLBACK])]));
    assert!(!tells("reduced-copies", &[(9000, &[MAIN, MAP, CALLBACK])]));
    assert!(!tells("reduced-copies", &[(4000, &[MAIN, REDUCE, CALLBACK]), (5000, &[MAIN, MAP, CALLBACK])]));
    assert!(!tells("reduced-copies", &[(9000, &[MAIN, REDUCE, CALLBACK, OTHER])]));
    // What a function calls.
    assert!(tells("broadcast-texts", &[(9000, &[MAIN]), (100, &[MAIN, SEND])]));
    assert!(!tells("broadcast-texts", &[(9000, &[MAIN]), (100, &[MAIN, OTHER, SEND])]));
    assert!(!tells("broadcast-texts", &[(9000, &[MAIN]), (100, &[MAIN, MAP])]));
    // A module that is loaded, and one that does its work while it is.
    assert!(!tells("buffers-as-bytes", &[(9000, &[MAIN, LOAD, DECODE])]));
    assert!(tells("buffers-as-bytes", &[(9000, &[LOAD, MAIN, DECODE])]));
    // What is behind a library.
    assert!(tells("handlebars-code", &[(9000, &[MAIN, COMPILE, NODE])]));
    assert!(!tells("source-maps", &[(9000, &[MAIN, COMPILE, NODE])]));
    assert!(!tells("handlebars-code", &[(9000, &[MAIN, NODE])]));
    assert!(tells("source-maps", &[(9000, &[MAIN, NODE])]));
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
fn evidence_names_functions_package_stack_and_who_asked() {
    let rules = Rules::builtin().unwrap();
    let app = ("sync", "file:///srv/app/core/service/SyncService.js", 148);
    let read = ("readTagExp", XML.1, 524);
    let nodes =
        [(500, vec![app, FETCH, XML]), (300, vec![app, FETCH, XML, read]), (600, vec![app, read]), (900, vec![PARSE])];
    let profile = profile_of(&rules, &nodes);
    let report = report(&profile, &rules);
    let xml = report.advice().recommendations.iter().find(|row| row.rule.id == "xml-parsing").unwrap();
    let name = |id| report.function(id).name;
    let names: Vec<&str> = xml.evidence.functions.iter().map(|&id| name(id)).collect();
    assert_eq!((names, xml.evidence.function_count, xml.matched_size), (vec!["readTagExp", "parseXml"], 2, 1400));
    let frames = &report.aggregate().frames;
    assert_eq!(frames.text(frames.package(xml.evidence.package.unwrap()).name), "fast-xml-parser");
    assert_eq!(xml.evidence.stack.unwrap().self_size, 600);
    assert_eq!(xml.evidence.caused_by.map(name), Some("fetch"), "800 of 1400 bytes");
    let json = report.advice().recommendations.iter().find(|row| row.rule.id == "json-responses").unwrap();
    assert_eq!(json.evidence.caused_by, None);
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
        prop_assert!(Recommended::together(&advice.recommendations).high <= report.total_size());
        for row in report.categories() {
            let own = || advice.recommendations.iter().filter(|advice| advice.rule.category == row.id);
            prop_assert!(own().map(|advice| advice.saving.high).sum::<u64>() <= row.sums.actionable_size);
            prop_assert!(own().all(|advice| advice.matched_size <= row.sums.actionable_size));
        }
        for (i, row) in advice.recommendations.iter().enumerate() {
            prop_assert!(row.saving.low <= row.saving.high && row.saving.high <= row.matched_size);
            prop_assert!(row.rule.is_worth_it(row.matched_size, report.total_size()));
            let own = || advice.tasks.iter().filter(|task| task.recommendation == i);
            prop_assert!(own().map(|task| task.saving.high).sum::<u64>() <= row.saving.high);
            prop_assert!(own().map(|task| task.saving.low).sum::<u64>() <= row.saving.low);
        }
        let order = |row: &Recommended<'_>| (row.may_be_chance, Reverse(row.saving.twice_the_middle()));
        prop_assert!(advice.recommendations.is_sorted_by_key(order));
        prop_assert!(advice.tasks.is_sorted_by_key(|task| task.urgency));
        prop_assert!(advice.reduction() <= report.total_size());
    }
}
