//! What is to be done in one function of the application, and what V8 has inlined out of sight.

use super::*;

const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
const BY_KIND: Frame<'_> = ("byKind", "file:///srv/app/catalog.js", 4);
const OTHER: Frame<'_> = ("other", "file:///srv/app/other.js", 9);
const PAGE: Frame<'_> = ("page", "file:///srv/app/page.js", 3);
const SORT: Frame<'_> = ("sort", "", 0);
const MB: u64 = 1 << 20;

#[test]
fn things_to_do_in_one_function_are_told_behind_the_first_of_them() {
    let rules = Rules::builtin().unwrap();
    // What of each thing to do is said: whether it is a part, and of how many others in which function it is the first.
    let told = |nodes: &[(u64, Vec<Frame<'_>>)]| {
        let profile = profile_of(&rules, nodes);
        let report = report(&profile, &rules);
        let told = |task: &crate::analysis::model::Task<'_>| {
            let first = task.joint.map(|joint| (report.function(joint.function).name.to_owned(), joint.others));
            let rule = report.advice().recommendations[task.recommendation].rule.id.clone();
            (rule, task.is_part, first)
        };
        let tasks = &report.advice().tasks;
        for (number, task) in tasks.iter().enumerate() {
            let Some(joint) = task.joint else { continue };
            let members = &tasks[number..=number + joint.others];
            assert!(members[1..].iter().all(|task| task.is_part), "they follow it");
            let high = members.iter().map(|task| task.saving.high).sum::<u64>();
            assert_eq!(joint.saving.high, high.max(members.iter().map(|task| task.alone.high).max().unwrap_or(0)));
        }
        tasks.iter().map(told).collect::<Vec<_>>()
    };
    let sorted = (42 * MB, vec![MAIN, BY_KIND, SORT]);
    let own = (20 * MB, vec![MAIN, BY_KIND]);
    let joint = told(&[sorted.clone(), own.clone(), (15 * MB, vec![MAIN, PARSE])]);
    let place = joint.iter().position(|(.., first)| first.is_some()).expect("things to do in one function");
    assert_eq!(joint[place].2, Some(("byKind".to_owned(), 1)));
    assert!(!joint[place].1 && joint[place + 1].1 && joint[place + 1].0 == "application-hot-spot", "{joint:?}");
    // Below a caller of both there are two functions to look into.
    let apart = told(&[sorted, (20 * MB, vec![MAIN, OTHER]), (15 * MB, vec![MAIN, PARSE])]);
    assert!(apart.len() > 1 && apart.iter().all(|(_, is_part, first)| !is_part && first.is_none()), "{apart:?}");
    // What is a trifle beside the first is none of it.
    let little = told(&[(62 * MB, vec![MAIN, BY_KIND, SORT]), (MB, vec![MAIN, BY_KIND]), (15 * MB, vec![MAIN, PARSE])]);
    assert!(little.iter().all(|(_, is_part, _)| !is_part), "{little:?}");
    // One of them calls another: nearly all is below it, and some of each its own.
    let called = [
        (20 * MB, vec![MAIN, BY_KIND, PAGE, SORT]),
        (20 * MB, vec![MAIN, BY_KIND, SORT]),
        (20 * MB, vec![MAIN, BY_KIND, PAGE]),
        (15 * MB, vec![MAIN, BY_KIND]),
    ];
    let joint = told(&called);
    assert_eq!(joint[0].2, Some(("byKind".to_owned(), 1)), "{joint:?}");
}

#[test]
fn what_v8_has_inlined_into_a_stream_is_most_likely_the_applications_that_it_calls() {
    const WRITE: Frame<'_> = ("Transform._write", "node:internal/streams/transform", 166);
    const STEP: Frame<'_> = ("_transform", "file:///srv/app/ndjson.js", 4);
    const ANOTHER: Frame<'_> = ("_transform", "/srv/node_modules/split2/index.js", 20);
    const PUMP: Frame<'_> = ("ondata", "node:internal/streams/readable", 1007);
    const REQUEST: Frame<'_> = ("request", "node:http", 100);
    const SPLIT: Frame<'_> = ("split", "", 0);
    const PUSH: Frame<'_> = ("push", "", 0);
    let rules = Rules::builtin().unwrap();
    // Who is said to ask for the built-in, and whether that is likely alone.
    let told = |nodes: &[(u64, &[Frame<'_>])]| {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let profile = profile_of(&rules, &nodes);
        let report = report(&profile, &rules);
        let row = report.advice().recommendations.iter().find(|row| row.rule.id == "strings-views")?;
        let name = |id| report.function(id).name.to_owned();
        Some((row.evidence.caused_by.map(name), row.evidence.is_likely))
    };
    let step = Some("_transform".to_owned());
    assert_eq!(told(&[(9000, &[PUMP, WRITE, SPLIT]), (900, &[PUMP, WRITE, STEP, SPLIT])]), Some((step.clone(), true)));
    assert_eq!(told(&[(900, &[PUMP, WRITE, SPLIT]), (9000, &[PUMP, WRITE, STEP, SPLIT])]), Some((step, false)));
    // Nobody is seen there; it is a package's; several are; it is hardly ever seen; or it is no code that calls back.
    assert_eq!(told(&[(9000, &[PUMP, WRITE, SPLIT])]), None);
    assert_eq!(told(&[(9000, &[PUMP, WRITE, SPLIT]), (900, &[PUMP, WRITE, ANOTHER, SPLIT])]), None);
    let of_two: [(u64, &[Frame<'_>]); 3] =
        [(9000, &[PUMP, WRITE, SPLIT]), (600, &[PUMP, WRITE, STEP, SPLIT]), (600, &[PUMP, WRITE, OTHER, SPLIT])];
    assert_eq!(told(&of_two), None);
    assert_eq!(told(&[(9000, &[PUMP, WRITE, SPLIT]), (90, &[PUMP, WRITE, STEP, SPLIT])]), None);
    assert_eq!(told(&[(9000, &[MAIN, REQUEST, SPLIT]), (900, &[MAIN, REQUEST, STEP, SPLIT])]), None);
    // Streams have lists of their own.
    let lists = [(9000, vec![PUMP, WRITE, PUSH]), (900, vec![PUMP, WRITE, STEP, PUSH])];
    let profile = profile_of(&rules, &lists);
    let report = report(&profile, &rules);
    assert!(report.advice().recommendations.iter().all(|row| !row.evidence.is_likely));
}

#[test]
fn who_asks_may_be_what_a_rule_does_not_speak_of() {
    const NEST: Frame<'_> = ("nextFn", "/srv/node_modules/@nestjs/core/interceptors/interceptors-consumer.js", 20);
    const RXJS: Frame<'_> = ("Observable", "/srv/node_modules/rxjs/dist/cjs/internal/Observable.js", 10);
    let rules = Rules::builtin().unwrap();
    let tells = |path: &[Frame<'_>]| {
        let profile = profile_of(&rules, &[(9000, path.to_vec())]);
        let report = report(&profile, &rules);
        report.advice().recommendations.iter().any(|row| row.rule.id == "rxjs-subscriptions")
    };
    assert!(tells(&[MAIN, RXJS]) && tells(&[RXJS]));
    assert!(!tells(&[MAIN, NEST, RXJS]) && tells(&[NEST, MAIN, RXJS]));
}
