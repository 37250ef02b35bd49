//! What advice brings to live objects, and to all that were allocated.

use super::*;

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
    let mut profile = profile_of(&rules, &[(1_000_000, vec![KEYS]), (1_000_000, vec![QUERY]), (8_000_000, vec![REST])]);
    let with = |profile: &mut Profile, step| {
        let mut samples = Samples::default();
        for ordinal in 1..=100_u64 {
            samples.take(100_000, ordinal * step);
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
    assert_eq!(with(&mut profile, 1), (told(["keys (500000, 800000)", "all (100000, 500000)"]), vec![false, false]));
    // Every other sample is missing: what it was of has been collected.
    assert_eq!(with(&mut profile, 2), (told(["all (100000, 500000)", "keys (0, 400000)"]), vec![false, true]));
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

#[test]
fn what_is_known_to_hold_goes_before_what_the_application_made() {
    let rules = Rules::builtin().unwrap();
    let scope = ("scopeFor", "file:///srv/app/di.js", 3);
    let container = ("createContainerInternal", "/srv/node_modules/awilix/lib/container.js", 74);
    let price = ("price", "file:///srv/app/price.js", 1);
    let hash = ("hashSet", "/srv/node_modules/lodash/lodash.js", 1900);
    let first = |nodes: &[(u64, Vec<Frame<'_>>)], is_live: bool| {
        let mut profile = profile_of(&rules, nodes);
        if is_live {
            live(&mut profile);
        }
        report(&profile, &rules).advice().recommendations[0].rule.id.clone()
    };
    let nodes = [(600_000, vec![scope, container]), (300_000, vec![scope])];
    assert_eq!(first(&nodes, true), "injection-scopes-held");
    assert_eq!(first(&nodes, false), "injection-singletons");
    let nodes = [(100_000, vec![price, hash]), (600_000, vec![price])];
    assert_eq!(first(&nodes, true), "memoized-held");
}

/// Every other sample is missing: what it was of has been collected.
pub(super) fn live(profile: &mut Profile) {
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
        (700, vec![app("work")]),
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
fn where_nearly_all_samples_are_left_both_readings_are_told() {
    let rules = Rules::builtin().unwrap();
    let own = ("work", "file:///srv/app/main.js", 1);
    let mut profile = profile_of(&rules, &[(900_000, vec![own]), (100_000, vec![REST])]);
    let told = |profile: &Profile| {
        let report = report(profile, &rules);
        let id = |row: &Recommended<'_>| row.rule.id.clone();
        (
            report.advice().recommendations.first().map(id),
            report.advice().if_live.as_deref().map(|reading| id(&reading.recommended)),
        )
    };
    let (made, held) = (Some("application-hot-spot".to_owned()), Some("application-held".to_owned()));
    // Nothing tells how many were taken.
    assert_eq!(told(&profile), (made.clone(), None));
    for (missing, expected) in [(0, (made.clone(), None)), (50, (made, held.clone())), (500, (held, None))] {
        let mut samples = Samples::default();
        (1 + missing..=1000).for_each(|ordinal| samples.take(1000, ordinal));
        profile.aggregate.samples = Some(samples);
        assert_eq!(told(&profile), expected, "{missing}");
    }
}

#[test]
fn what_takes_most_of_the_time_to_make_again_is_begun_with() {
    let rules = rules(&OVERLAPPING.replace(
        "match = [{ function = \"keyFromFields\" }]",
        "match = [{ function = \"keyFromFields\" }]\n    saves = \"repetition\"",
    ));
    let mut profile = profile_of(&rules, &[(1_000_000, vec![KEYS]), (1_000_000, vec![QUERY]), (8_000_000, vec![REST])]);
    let mut samples = Samples::default();
    (1..=100).for_each(|ordinal| samples.take(100_000, ordinal * 2));
    profile.aggregate.samples = Some(samples); // of those that live
    let first = |times: &[(u64, Frame<'_>)]| {
        let cpu = cpu_by(&ByRules::new(&rules), times);
        let report = Report::new(&profile, ReportOptions::default()).with_cpu(&cpu).with_advice(&rules).unwrap();
        let task = &report.advice().tasks[0];
        (report.advice().recommendations[task.recommendation].rule.id.clone(), task.urgency)
    };
    assert_eq!(first(&[(600, KEYS), (400, REST)]), ("keys".to_owned(), Urgency::P0));
    assert_eq!(first(&[(300, KEYS), (700, REST)]).0, "all");
}

#[test]
fn a_budget_does_not_ask_for_bytes_that_nothing_saves() {
    let rules =
        rules(&OVERLAPPING.replace("effort = \"medium\"", "effort = \"medium\"\n    saves = \"peak\"").replace(
            "match = [{ function = \"keyFromFields\" }]",
            "match = [{ function = \"keyFromFields\" }]\n    saves = \"peak\"",
        ));
    let mut profile = profile_of(&rules, &[(1000, vec![KEYS]), (1000, vec![QUERY]), (8000, vec![REST])]);
    let in_budget = |profile: &Profile| {
        let report = report(profile, &rules);
        report.advice().budget.iter().any(|row| report.category(row.category).id == "mysql-driver")
    };
    assert!(in_budget(&profile));
    numbered(&mut profile, 1); // all that was allocated
    assert!(!in_budget(&profile));
}

/// What each of these holds has advice of its own, and only where objects that live are told.
#[test]
fn what_holds_memory_is_named_by_its_library() {
    let rules = Rules::builtin().unwrap();
    let main = ("main", "file:///srv/app/main.js", 1);
    #[rustfmt::skip]
    let table: [(&str, Frame<'_>); 11] = [
        ("session-store", ("set", "/srv/node_modules/express-session/session/memory.js", 119)),
        ("redis-clients", ("Decoder", "/srv/node_modules/ioredis/built/resp/decoder.js", 59)),
        ("matches-held", ("exec", "", 0)),
        ("reactions-held", ("autorun", "/srv/node_modules/mobx/dist/mobx.cjs.development.js", 2487)),
        ("tensors-held", ("value", "/srv/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js", 3984)),
        ("spans-held", ("startSpan", "/srv/node_modules/@opentelemetry/sdk-trace/build/src/Tracer.js", 42)),
        ("express-requests-held", ("Layer", "/srv/node_modules/router/lib/layer.js", 36)),
        ("encoded-texts-held", ("InternalDecoder.write", "/srv/node_modules/iconv-lite/encodings/internal.js", 60)),
        ("files-held", ("readFileSync", "node:fs", 441)),
        ("rate-limits", ("set", "/srv/node_modules/rate-limiter-flexible/lib/component/MemoryStorage/MemoryStorage.js", 31)),
        ("mikro-orm-identity-map", ("createEntity", "/srv/node_modules/@mikro-orm/core/entity/EntityFactory.js", 208)),
    ];
    for (id, frame) in table {
        let mut profile = profile_of(&rules, &[(10_000, vec![main, frame])]);
        let first =
            |profile: &Profile| report(profile, &rules).advice().recommendations.first().map(|row| row.rule.id.clone());
        numbered(&mut profile, 1); // all that was allocated
        assert_ne!(first(&profile).as_deref(), Some(id));
        live(&mut profile);
        assert_eq!(first(&profile).as_deref(), Some(id));
    }
    // Requests under way are no leak, nor are spans in a queue that is bounded.
    let unlike = |id: &str, nodes: &[(u64, Vec<Frame<'_>>)]| {
        let mut profile = profile_of(&rules, nodes);
        live(&mut profile);
        report(&profile, &rules).advice().recommendations.iter().all(|row| row.rule.id != id)
    };
    let under_way = ("next", "/srv/node_modules/router/index.js", 150);
    assert!(unlike("express-requests-held", &[(10_000, vec![main, under_way])]));
    let span = table[5].1;
    let queue = (
        "_addToBuffer",
        "/srv/node_modules/@opentelemetry/sdk-trace-base/build/src/export/BatchSpanProcessorBase.js",
        90,
    );
    assert!(unlike("spans-held", &[(10_000, vec![main, span]), (500, vec![main, queue])]));
    // What runs timers makes none.
    let mut profile = profile_of(&rules, &[(10_000, vec![("processTimers", "node:internal/timers", 504)])]);
    live(&mut profile);
    assert!(report(&profile, &rules).advice().recommendations.is_empty());
}
