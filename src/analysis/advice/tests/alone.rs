//! What a recommendation saves where it alone is followed.

use super::*;

const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
const CALLBACK: Frame<'_> = ("callback", "file:///srv/app/main.js", 7);
const ENTITIES: Frame<'_> = ("transform", "/srv/node_modules/typeorm/query-builder/transformer.js", 9);
const ROWS: Frame<'_> = ("getAsObject", "/srv/node_modules/sql.js/dist/sql-wasm.js", 108);
const SOCKET: Frame<'_> = ("Socket", "node:net", 300);
const MARKDOWN: Frame<'_> = ("render", "/srv/node_modules/markdown-it/index.js", 1);
const CODE: Frame<'_> = ("highlight", "/srv/node_modules/highlight.js/lib/core.js", 2);
const CLIENT: Frame<'_> = ("request", "/srv/node_modules/axios/dist/node/axios.cjs", 3);
const TICK: Frame<'_> = ("processTicksAndRejections", "node:internal/process/task_queues", 71);

/// What a rule saves beside the others, and alone.
fn saves(rules: &Rules, id: &str, nodes: &[(u64, &[Frame<'_>])]) -> [(u64, u64); 2] {
    let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
    let profile = profile_of(rules, &nodes);
    let report = report(&profile, rules);
    let row = report.advice().recommendations.iter().find(|row| row.rule.id == id).unwrap();
    [row.of_matched, row.alone].map(|saving| (saving.low, saving.high))
}

/// The built-in rules, of which one saves half to all.
fn half(id: &str) -> Rules {
    rules(&format!("[[recommendation]]\nid = \"{id}\"\nsaving = {{ low = 0.5, high = 1.0, why = \"w\" }}"))
}

#[test]
fn what_is_made_below_goes_with_what_is_not_called() {
    let rules = half("typeorm-raw");
    let saves = |nodes: &[(u64, &[Frame<'_>])]| saves(&rules, "typeorm-raw", nodes);
    let below: (u64, &[Frame<'_>]) = (4000, &[MAIN, ENTITIES, ROWS]);
    assert_eq!(saves(&[(1000, &[MAIN, ENTITIES]), below]), [(500, 1000), (2500, 5000)]);
    // Not what others ask for, nor what Node does for it, nor what it calls back.
    assert_eq!(saves(&[(1000, &[MAIN, ENTITIES]), (4000, &[MAIN, ROWS])]), [(500, 1000); 2]);
    assert_eq!(saves(&[(1000, &[MAIN, ENTITIES]), (4000, &[MAIN, ENTITIES, SOCKET])]), [(500, 1000); 2]);
    assert_eq!(saves(&[(1000, &[MAIN, ENTITIES]), (4000, &[MAIN, ENTITIES, CALLBACK, ROWS])]), [(500, 1000); 2]);
}

#[test]
fn what_is_kept_is_not_made_whoever_speaks_of_it() {
    let rules = half("markdown-kept");
    let saves_of = |nodes: &[(u64, &[Frame<'_>])]| saves(&rules, "markdown-kept", nodes);
    // The application's highlighter is called back, and calls another package.
    let highlighted: &[Frame<'_>] = &[MAIN, MARKDOWN, CALLBACK, CODE];
    assert_eq!(saves_of(&[(1000, &[MAIN, MARKDOWN]), (4000, highlighted)]), [(500, 1000), (2500, 5000)]);
    let own: &[Frame<'_>] = &[MAIN, MARKDOWN, CALLBACK];
    assert_eq!(saves_of(&[(1000, &[MAIN, MARKDOWN]), (4000, own)]), [(500, 1000), (2500, 5000)]);
    // An answer that is kept is still worked with.
    let rules = half("http-client-bodies");
    let saves_of = |nodes: &[(u64, &[Frame<'_>])]| saves(&rules, "http-client-bodies", nodes);
    assert_eq!(saves_of(&[(1000, &[TICK, CLIENT]), (4000, &[TICK, CLIENT, CALLBACK])]), [(500, 1000); 2]);
    assert_eq!(saves_of(&[(1000, &[TICK, CLIENT]), (4000, &[TICK, CLIENT, SOCKET])]), [(500, 1000), (2500, 5000)]);
}

#[test]
fn what_others_take_is_left_to_them_unless_all_of_it_is_needless() {
    const REST_OF_IT: &str = r#"
        silence = ["mysql-rows", "mysql2-parser-cache"]
        [[recommendation]]
        id = "keys"
        category = "mysql-driver"
        match = [{ function = "keyFromFields" }]
        title = "Keys"
        saving = { low = 0.6, high = 0.8, why = "because" }
        effort = "low"
        advice = [{ text = "update" }]
        [[recommendation]]
        id = "all"
        category = "mysql-driver"
        title = "All"
        saves = "SAVES"
        saving = { low = 0.5, high = 1.0, why = "because" }
        effort = "low"
        advice = [{ text = "keep" }]
        "#;
    let nodes: &[(u64, &[Frame<'_>])] = &[(1000, &[MAIN, KEYS]), (500, &[MAIN, QUERY])];
    let [beside, alone] = saves(&rules(&REST_OF_IT.replace("SAVES", "kept")), "all", nodes);
    assert_eq!((beside, alone), ((250, 500), (750, 1500)));
    assert_eq!(saves(&rules(&REST_OF_IT.replace("SAVES", "allocation")), "all", nodes), [(250, 500); 2]);
}

fn own(name: &str) -> Frame<'_> {
    (name, "/srv/node_modules/typeorm/a.js", 1)
}

#[test]
fn the_end_of_the_range_is_that_of_all_stacks() {
    let rules = half("typeorm-raw");
    // A hundred stacks are known; of the functions' own bytes they have two thirds.
    let names: Vec<String> = (0..150).map(|i| format!("f{i}")).collect();
    let mut nodes: Vec<(u64, Vec<Frame<'_>>)> = names.iter().map(|name| (1000, vec![MAIN, own(name)])).collect();
    nodes.push((30_000, vec![MAIN, own(&names[0]), ROWS]));
    nodes.push((100_000, vec![REST]));
    let profile = profile_of(&rules, &nodes);
    let report = report(&profile, &rules);
    let row = report.advice().recommendations.iter().find(|row| row.rule.id == "typeorm-raw").unwrap();
    // 98 of 150 beside the two others.
    let most = 150_000 + 30_000 * 150 / 98;
    assert_eq!((row.of_matched.high, row.alone.low, row.alone.high), (150_000, 90_000, most));
}

#[test]
fn what_node_does_for_the_application_goes_with_its_function_unless_others_speak_of_it() {
    let rules = half("application-hot-spot");
    let advised = |nodes: &[(u64, &[Frame<'_>])]| {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let profile = profile_of(&rules, &nodes);
        let report = report(&profile, &rules);
        let row = report.advice().recommendations.iter().find(|row| row.rule.id == "application-hot-spot").unwrap();
        (row.alone.high, report.advice().unadvised.map(|left| left.size))
    };
    const SEND: Frame<'_> = ("end", "node:_http_outgoing", 1034);
    const READ: Frame<'_> = ("readFileSync", "node:fs", 441);
    let own: (u64, &[Frame<'_>]) = (100_000, &[MAIN]);
    assert_eq!(advised(&[own, (400_000, &[MAIN, SEND])]), (500_000, None));
    assert_eq!(advised(&[own, (400_000, &[MAIN, SEND, ("byteLength", "node:buffer", 770)])]), (500_000, None));
    // What reads files has advice of its own; what a package or another function asks for is not its.
    assert_eq!(advised(&[own, (400_000, &[MAIN, READ])]), (100_000, None));
    assert_eq!(advised(&[own, (400_000, &[MAIN, CLIENT, SEND])]), (100_000, Some(400_000)));
    assert_eq!(advised(&[own, (400_000, &[TICK, SEND])]), (100_000, Some(400_000)));
}

#[test]
fn a_collection_lets_go_of_what_it_was_given() {
    const PUT: Frame<'_> = ("put", "file:///srv/app/cache.js", 3);
    const LOAD: Frame<'_> = ("load", "file:///srv/app/main.js", 30);
    const SET: Frame<'_> = ("set", "", 0);
    let rules = Rules::builtin().unwrap();
    let saves = |id: &str, nodes: &[(u64, &[Frame<'_>])]| {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let mut profile = profile_of(&rules, &nodes);
        objects::live(&mut profile);
        let report = report(&profile, &rules);
        let row = report.advice().recommendations.iter().find(|row| row.rule.id == id).unwrap();
        [row.of_matched, row.alone].map(|saving| (saving.low, saving.high))
    };
    let put: (u64, &[Frame<'_>]) = (1000, &[MAIN, PUT]);
    let set: (u64, &[Frame<'_>]) = (500, &[MAIN, PUT, SET]);
    let given: (u64, &[Frame<'_>]) = (4000, &[MAIN, LOAD, ROWS]);
    let nodes = [put, set, given, (7000, &[TICK, CLIENT])];
    assert_eq!(saves("application-collections-held", &nodes), [(200, 1000), (200, 5500)]);
    assert_eq!(saves("bounded-collections", &nodes), [(100, 500), (100, 5500)]);
    // Both say to bound collections, and nobody knows that what they were given is not the same.
    let big: Vec<(u64, Vec<Frame<'_>>)> = nodes.iter().map(|&(size, path)| (size * 1000, path.to_vec())).collect();
    let mut profile = profile_of(&rules, &big);
    objects::live(&mut profile);
    let report = report(&profile, &rules);
    let tasks = &report.advice().tasks;
    let task = tasks.iter().find(|task| task.alone.high > task.saving.high).unwrap();
    let ends = |range: SizeRange| (range.low, range.high);
    assert_eq!((ends(task.saving), ends(task.alone)), ((300_000, 1_500_000), (300_000, 5_500_000)));
    // What goes on behind an `await` begins there.
    let nodes = [put, set, given, (3000, &[TICK, LOAD, ROWS]), (7000, &[TICK, CALLBACK])];
    assert_eq!(saves("application-collections-held", &nodes), [(200, 1000), (200, 8500)]);
}

#[test]
fn a_callback_for_a_built_in_is_a_part_of_its_function() {
    const OPEN: Frame<'_> = ("open", "file:///srv/app/main.js", 3);
    const FROM: Frame<'_> = ("from", "", 0);
    const ADD: Frame<'_> = ("set", "", 0);
    let rules = Rules::builtin().unwrap();
    let matched = |nodes: &[(u64, &[Frame<'_>])]| {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let mut profile = profile_of(&rules, &nodes);
        objects::live(&mut profile);
        let report = report(&profile, &rules);
        let rows = report.advice().recommendations.iter();
        rows.filter(|row| row.rule.id == "application-collections-held").map(|row| row.matched_size).sum::<u64>()
    };
    let set: (u64, &[Frame<'_>]) = (500, &[MAIN, OPEN, ADD]);
    assert_eq!(matched(&[(1000, &[MAIN, OPEN]), set]), 1000);
    assert_eq!(matched(&[(1000, &[MAIN, OPEN]), set, (3000, &[MAIN, OPEN, FROM, CALLBACK])]), 4000);
    assert_eq!(matched(&[(1000, &[MAIN, OPEN]), set, (3000, &[MAIN, OPEN, CALLBACK])]), 1000);
    assert_eq!(matched(&[(1000, &[MAIN, OPEN]), set, (3000, &[MAIN, FROM, CALLBACK])]), 1000);
}

#[test]
fn what_is_the_only_thing_to_do_saves_what_it_saves_alone() {
    let rules = half("typeorm-raw");
    let advised = |nodes: &[(u64, Vec<Frame<'_>>)]| {
        let profile = profile_of(&rules, nodes);
        let report = report(&profile, &rules);
        let advice = report.advice();
        let rows = advice.recommendations.iter().map(|row| (row.rule.id.clone(), row.saving.high, row.alone.high));
        let tasks = advice.tasks.iter().map(|task| (task.saving.high, task.alone.high));
        (rows.collect::<Vec<_>>(), tasks.collect::<Vec<_>>(), advice.together().high)
    };
    let below = [(1000, vec![MAIN, ENTITIES]), (4000, vec![MAIN, ENTITIES, ROWS])];
    let (rows, tasks, together) = advised(&below);
    assert_eq!((rows.as_slice(), together), (&[("typeorm-raw".to_owned(), 5000, 5000)][..], 5000));
    assert_eq!(tasks, [(5000, 5000)]);
    // Beside another it saves of its own functions; all together no less than the one alone.
    let beside = [&below[..], &[(700, vec![MAIN, CLIENT])]].concat();
    let (rows, tasks, together) = advised(&beside);
    assert!(rows.len() > 1 && tasks.len() > 1, "{rows:?}");
    assert_eq!((&rows[0], tasks[0]), (&("typeorm-raw".to_owned(), 1000, 5000), (1000, 5000)));
    assert_eq!(together, 5000);
}

#[test]
fn what_calls_back_is_not_what_it_calls() {
    const NEXT: Frame<'_> = ("next", "/srv/node_modules/express/lib/router/index.js", 176);
    const JSON: Frame<'_> = ("json", "/srv/node_modules/express/lib/response.js", 239);
    const HANDLER: Frame<'_> = ("list", "/srv/node_modules/unheard-of/routes.js", 75);
    let rules = half("express-middleware");
    let saves_of = |path: &[Frame<'_>]| saves(&rules, "express-middleware", &[(1000, &[NEXT]), (4000, path)])[1];
    assert_eq!(saves_of(&[NEXT, HANDLER]), (500, 1000));
    assert_eq!(saves_of(&[NEXT, HANDLER, ("sort", "", 0)]), (500, 1000), "what the handler asks for");
    // Its own parts go with it, whoever calls these.
    assert_eq!(saves_of(&[NEXT, JSON]), (2500, 5000));
    assert_eq!(saves_of(&[NEXT, HANDLER, JSON]), (2500, 5000));
}
