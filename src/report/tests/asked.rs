//! Who asks for what is advised on, which files are looked into, and that nothing is said twice.

use super::advice::{PARSE, markdown, rules, text};
use super::{Format, Style, printed};
use crate::analysis::model::{Report, ReportOptions};
use crate::analysis::test_support::{ByRules, Frame, profile_by};
use crate::report::advice::verify;
use crate::rules::Rules;

#[test]
fn what_is_more_than_all_advice_saves_and_of_one_comes_first() {
    let rules = Rules::builtin().unwrap();
    let first = |rest: Vec<Frame<'_>>| {
        let profile = profile_by(&ByRules::new(&rules), &[(9 << 20, rest), (8 << 20, vec![PARSE])], &[]);
        [text(&profile, &rules, 400), markdown(&profile, &rules)]
    };
    let main = ("main", "file:///srv/app/main.js", 1);
    let begin = "asks for most of the 9.00 MB in unheard-of: ask less often, for less, or keep what it gets. No rule has advice on 9.00 MB (52.94%). Then: Cache HTTP";
    for out in first(vec![main, ("f", "/srv/node_modules/unheard-of/index.js", 1)]) {
        assert!(out.contains(begin), "{out}");
    }
    // Nobody of the application asks for it; or it is Node's own.
    for rest in [vec![("f", "/srv/node_modules/unheard-of/index.js", 1)], vec![main, ("f", "node:unheard-of", 1)]] {
        let [text, markdown] = first(rest);
        assert!(text.contains("Do first: Cache HTTP") && markdown.contains("**To do first**: Cache HTTP"), "{text}");
    }
}

#[test]
fn commands_look_into_the_files_of_all_that_have_much_of_it() {
    let rules = Rules::builtin().unwrap();
    let own = |name, url| (name, url, 3);
    let command = |nodes: &[(u64, Vec<Frame<'_>>)], id: &str| {
        let profile = profile_by(&ByRules::new(&rules), nodes, &[]);
        let report = Report::new(&profile, ReportOptions::default()).with_advice(&rules).unwrap();
        let row = report.advice().recommendations.iter().find(|row| row.rule.id == id).expect("it is told");
        verify(&report, row).unwrap().into_owned()
    };
    let [a, b] = [own("a", "file:///srv/app/src/a.ts"), own("b", "file:///srv/app/src/b.ts")];
    let little = own("c", "file:///srv/app/src/c.ts");
    let files = "grep -rnE --include='a.ts' --include='b.ts' --exclude-dir=node_modules --exclude-dir=dist --exclude-dir=build '";
    let nodes = [(8 << 20, vec![a]), (5 << 20, vec![b]), (1 << 20, vec![little])];
    assert!(command(&nodes, "application-hot-spot").starts_with(files));
    // Built-ins stand in no file; those who call them do.
    let sort = ("sort", "", 0);
    let nodes = [(8 << 20, vec![a, sort]), (5 << 20, vec![b, sort]), (1 << 20, vec![little, sort])];
    assert!(command(&nodes, "object-copies").starts_with(files));
    let nodes = [(8 << 20, vec![own("a", "file:///srv/app/src/a.js"), sort])];
    assert!(command(&nodes, "object-copies").starts_with("grep -rnE --include='a.js' --exclude-dir=node_modules '"));
}

#[test]
fn commands_look_into_the_package_that_asks_where_no_application_does() {
    let rules = Rules::builtin().unwrap();
    let command = |nodes: &[(u64, Vec<Frame<'_>>)], id: &str| {
        let profile = profile_by(&ByRules::new(&rules), nodes, &[]);
        let report = Report::new(&profile, ReportOptions::default()).with_advice(&rules).unwrap();
        let row = report.advice().recommendations.iter().find(|row| row.rule.id == id).expect("it is told");
        verify(&report, row).unwrap().into_owned()
    };
    let glob = ("parse", "/srv/node_modules/minimatch/index.js", 9);
    let server = ("list", "/srv/node_modules/a/node_modules/serve-handler/src/index.js", 3);
    let next = ("next", "/srv/node_modules/express/lib/router/index.js", 176);
    let main = ("main", "file:///srv/app/main.js", 3);
    let asked = command(&[(8 << 20, vec![server, glob])], "glob-patterns");
    assert!(asked.starts_with("npm ls serve-handler; grep -rnE --include='*[jt]s' "), "{asked}");
    assert!(asked.ends_with("' node_modules/a/node_modules/serve-handler"), "{asked}");
    // There is an application; what asks may be asked by it, or it is lost behind an `await`.
    let alone = ("f", "file:///srv/app/other.js", 3);
    let incoming = ("parserOnIncoming", "node:_http_server", 1100);
    let beside = command(&[(8 << 20, vec![incoming, server, glob]), (1 << 20, vec![alone])], "glob-patterns");
    assert!(beside.starts_with("npm ls serve-handler; grep ") && beside.ends_with(" ."), "{beside}");
    let tick = ("processTicksAndRejections", "node:internal/process/task_queues", 71);
    let resumed = vec![tick, server, glob];
    let lost = command(&[(8 << 20, resumed.clone()), (1 << 20, vec![alone])], "glob-patterns");
    assert!(lost.starts_with("grep ") && lost.ends_with(" ."), "{lost}");
    assert_eq!(command(&[(8 << 20, resumed)], "glob-patterns"), asked);
    // The application asks on one of the stacks; nobody does; who calls back does not ask.
    let usual = command(&[(8 << 20, vec![glob])], "glob-patterns");
    assert!(usual.starts_with("grep ") && usual.ends_with(" ."), "{usual}");
    for rest in [vec![main, glob], vec![next, glob]] {
        assert_eq!(command(&[(7 << 20, vec![glob]), (1 << 20, rest)], "glob-patterns"), usual);
    }
    let most = vec![(5 << 20, vec![glob]), (3 << 20, vec![server, glob])];
    assert_eq!(command(&most, "glob-patterns"), usual, "it asks for the smaller part");
    let odd = ("list", "/srv/node_modules/it's/index.js", 3);
    assert_eq!(command(&[(8 << 20, vec![odd, glob])], "glob-patterns"), usual, "it cannot stand in a command");
}

#[test]
fn what_is_the_program_itself_is_told_with_the_option_that_takes_it_for_the_application() {
    let rules = Rules::builtin().unwrap();
    let outputs = |url| {
        let stack = vec![("next", "/srv/node_modules/express/lib/router/index.js", 176), ("plural", url, 75)];
        let profile = profile_by(&ByRules::new(&rules), &[(9 << 20, stack)], &[]);
        [text(&profile, &rules, 400), markdown(&profile, &rules)]
    };
    for out in outputs("/srv/my app/node_modules/json-server/lib/plural.js") {
        let begin = "which makes 9.00 MB of the 9.00 MB in json-server, asked by ";
        let option = "if json-server is the program itself, `--app '/srv/my app/node_modules/json-server'` takes its code for the application";
        assert!(out.contains("o first: begin with") || out.contains("**To do first**: begin with"), "{out}");
        assert!(out.contains(begin) && out.contains(option), "{out}");
    }
    for out in outputs("/srv/it's/node_modules/json-server/lib/plural.js") {
        assert!(!out.contains("--app"), "{out}");
    }
}

#[test]
fn what_rests_on_a_few_samples_says_so_first() {
    let rules = Rules::builtin().unwrap();
    let outputs = |interval| {
        let profile = profile_by(&ByRules::new(&rules), &[(8 << 20, vec![PARSE])], &[]);
        let options = ReportOptions { interval: Some(interval), ..ReportOptions::default() };
        let report = Report::new(&profile, options).with_advice(&rules).unwrap();
        [Format::Text, Format::Markdown].map(|format| printed(&report, format, Style { color: false, width: 400 }))
    };
    for out in outputs(512 << 10) {
        assert!(
            out.contains("first: capture more: all of this rests on some 16 samples")
                || out.contains("**To do first**: capture more: all of this rests on some 16 samples"),
            "{out}"
        );
        assert!(out.contains("Then: Cache HTTP"), "{out}");
    }
    for out in outputs(64 << 10) {
        assert!(!out.contains("capture more"), "{out}");
    }
}

#[test]
fn who_asks_is_named_in_what_is_to_be_done() {
    let rules = Rules::builtin().unwrap();
    let own = |name| (name, "file:///srv/app/main.js", 3);
    let sort = ("sort", "", 0);
    let first = |nodes: &[(u64, Vec<Frame<'_>>)]| text(&profile_by(&ByRules::new(&rules), nodes, &[]), &rules, 200);
    let out = first(&[(8 << 20, vec![own("a"), sort]), (2 << 20, vec![own("b"), sort])]);
    assert!(out.contains("Fewer lists and copies in a (app/main.js:3)"), "{out}");
    let out = first(&[(8 << 20, vec![own("a"), sort]), (8 << 20, vec![own("b"), sort])]);
    assert!(out.contains("Fewer lists and copies in a (app/main.js:3) and b (app/main.js:3)"), "{out}");
    let out = first(&[(8 << 20, vec![sort])]);
    assert!(out.contains("Fewer lists and copies in the callers that the stacks name"), "{out}");
}

#[test]
fn nothing_is_said_twice() {
    let rules = rules(
        r#"
        [[recommendation]]
        id = "application-hot-spot"
        advice = [{ text = "the same words" }]
        verify = "look"
        [[recommendation]]
        id = "object-copies"
        advice = [{ text = "the same words" }]
        verify = "look"
        "#,
    );
    let own = ("main", "file:///srv/app/main.js", 3);
    let nodes = [(8 << 20, vec![own]), (4 << 20, vec![own, ("sort", "", 0)])];
    let out = text(&profile_by(&ByRules::new(&rules), &nodes, &[]), &rules, 100);
    assert_eq!(out.matches("- the same words").count(), 1, "{out}");
    assert!(out.contains("   - as 1 says\n   check: as for 1\n"), "{out}");
}
