//! What no recommendation speaks of.

use super::*;

#[test]
fn what_nobody_has_a_word_for_is_told_with_who_asks_for_it() {
    const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
    let rules = rules(OVERLAPPING);
    let told = |nodes: &[(u64, Vec<Frame<'_>>)], interval| {
        let profile = profile_of(&rules, nodes);
        let options = ReportOptions { interval, ..ReportOptions::default() };
        let report = Report::new(&profile, options).with_advice(&rules).unwrap();
        let frames = &report.aggregate().frames;
        let package = |id| frames.text(frames.package(id).name).to_owned();
        report.advice().unadvised.map(|left| {
            let caller = left.caused_by.map(|id| report.function(id).name.to_owned());
            (left.size, left.package.map(|(id, size)| (package(id), size)), caller)
        })
    };
    let map = ("Map", "", 0); // works for the package
    let nodes = [(600_000, vec![MAIN, REST]), (200_000, vec![MAIN, REST, map]), (700_000, vec![MAIN, KEYS])];
    let package = Some(("unheard-of".to_owned(), 800_000));
    assert_eq!(told(&nodes, None), Some((800_000, package.clone(), Some("main".to_owned()))));
    assert_eq!(told(&nodes, Some(100_000)).map(|left| left.0), Some(800_000));
    assert_eq!(told(&nodes, Some(200_000)), None, "fewer than five samples");
    assert_eq!(told(&[(600_000, vec![MAIN, REST]), (700_000, vec![MAIN, KEYS])], None), None, "less than half");
    assert_eq!(told(&[(800_000, vec![REST])], None), Some((800_000, package, None)), "nobody is known to ask");
    assert_eq!(told(&[(8000, vec![MAIN, REST])], None), None, "some KB");
    let half = [(300_000, vec![MAIN, REST]), (300_000, vec![REST])];
    assert_eq!(told(&half, None).unwrap().2, None, "it asks for no more than half");
    let most = [(310_000, vec![MAIN, REST]), (300_000, vec![REST])];
    assert_eq!(told(&most, None).unwrap().2, Some("main".to_owned()));
    // What is saved below the functions of a rule, of which it speaks not.
    let below = ("read", "/srv/node_modules/mysql2/lib/unheard_of.js", 1);
    let of_query = [(700_000, vec![MAIN, QUERY]), (800_000, vec![MAIN, QUERY, REST]), (100_000, vec![MAIN, below])];
    assert_eq!(told(&of_query[1..], None).map(|left| left.0), Some(800_000));
    assert_eq!(told(&of_query, None), None);
    // Node's own code is one, in whatever modules.
    let core = |url| ("read", url, 1);
    let nodes = [
        (500_000, vec![MAIN, core("node:internal/unheard_of")]),
        (600_000, vec![MAIN, core("node:unheard_of")]),
        (800_000, vec![MAIN, REST]),
    ];
    assert_eq!(told(&nodes, None).and_then(|left| left.1), Some(("node:unheard_of".to_owned(), 1_100_000)));
}

#[test]
fn where_no_application_asks_the_largest_function_is_told_and_what_may_be_the_program() {
    const OWN: Frame<'_> = ("plural", "/srv/node_modules/json-server/lib/plural.js", 75);
    const SMALL: Frame<'_> = ("render", "/srv/node_modules/json-server/lib/render.js", 5);
    const NEXT: Frame<'_> = ("next", "/srv/node_modules/express/lib/router/index.js", 176);
    const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
    const UNLOADED: Frame<'_> = ("", "", 7);
    const START: Frame<'_> = ("executeUserEntryPoint", "node:internal/modules/run_main", 127);
    const BIN: Frame<'_> = ("", "/srv/node_modules/json-server/lib/bin.js", 1);
    let rules = Rules::builtin().unwrap();
    let told = |nodes: &[(u64, &[Frame<'_>])]| {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let profile = profile_of(&rules, &nodes);
        let report = report(&profile, &rules);
        let left = report.advice().unadvised.unwrap();
        let name = |id| report.function(id).name.to_owned();
        let largest = left.largest.map(|largest| (name(largest.function), largest.asked_by.map(name)));
        (largest, left.program.map(|program| (program.folder.to_owned(), program.is_started)))
    };
    let folder = |is_started| Some(("/srv/node_modules/json-server".to_owned(), is_started));
    let largest = |name: &str, asked: Option<&str>| Some((name.to_owned(), asked.map(str::to_owned)));
    let filter = ("filter", "", 0); // works for the package
    let served: [(u64, &[Frame<'_>]); 2] = [(900_000, &[NEXT, OWN, OWN, filter]), (200_000, &[NEXT, OWN, SMALL])];
    assert_eq!(told(&served), (largest("plural", Some("next")), folder(false)));
    // The stacks tell it.
    let started: (u64, &[Frame<'_>]) = (50_000, &[START, BIN]);
    assert_eq!(told(&[served[0], started]).1, folder(true));
    // There is an application, or its script was unloaded; what was loaded before the program is none.
    assert_eq!(told(&[served[0], (50_000, &[MAIN, SMALL])]).1, None);
    assert_eq!(told(&[served[0], (10_000, &[START, MAIN])]).1, None);
    assert_eq!(told(&[served[0], (10_000, &[MAIN])]).1, folder(false));
    assert_eq!(told(&[(900_000, &[UNLOADED, OWN])]).1, None);
    // The application asks for it.
    assert_eq!(told(&[(900_000, &[MAIN, OWN])]), (None, None));
    // Most is made elsewhere.
    assert_eq!(
        told(&[(400_000, &[OWN]), (300_000, &[REST]), (300_000, &[("g", "/srv/node_modules/third/a.js", 1)])]).1,
        None
    );
    // Of Node's own code the largest function is told, whatever the module.
    let read = ("read", "node:unheard_of", 1);
    let core: [(u64, &[Frame<'_>]); 2] = [(500_000, &[REST, read]), (400_000, &[("open", "node:another_one", 1)])];
    assert_eq!(told(&core), (largest("read", Some("f")), None));
}

#[test]
fn what_is_loaded_as_node_starts_is_nobodys() {
    const LOAD: Frame<'_> = ("compileForInternalLoader", "node:internal/bootstrap/realm", 383);
    const MAIN: Frame<'_> = ("", "/srv/app/main.js", 1);
    const READ: Frame<'_> = ("read", "node:unheard_of", 1);
    let rules = rules(OVERLAPPING);
    let is_start = |nodes: &[(u64, &[Frame<'_>])]| {
        let nodes: Vec<_> = nodes.iter().map(|&(size, path)| (size, path.to_vec())).collect();
        let profile = profile_of(&rules, &nodes);
        report(&profile, &rules).advice().unadvised.is_some_and(|left| left.is_start)
    };
    assert!(is_start(&[(900_000, &[LOAD]), (600_000, &[MAIN, LOAD, READ]), (500_000, &[READ])]));
    // What a module does is no start, though it was loaded; nor is what a start never takes.
    assert!(!is_start(&[(400_000, &[LOAD]), (900_000, &[LOAD, MAIN, READ])]));
    assert!(!is_start(&[(90_000_000, &[LOAD])]));
}
