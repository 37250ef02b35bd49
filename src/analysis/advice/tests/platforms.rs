//! Advice that asks where the code ran, and what is beside it in the profile.

use super::{Frame, profile_of, report, rules};
use crate::rules::Rules;

/// Advice about a profile with these nodes, by the built-in rules.
fn advised(nodes: &[(u64, Vec<Frame<'_>>)]) -> Vec<String> {
    let rules = Rules::builtin().unwrap();
    let profile = profile_of(&rules, nodes);
    report(&profile, &rules).advice().recommendations.iter().map(|row| row.rule.id.clone()).collect()
}

#[test]
fn advice_for_pages_is_given_in_browsers_and_that_for_servers_where_pages_are_rendered() {
    const TICK: Frame<'_> = ("processTicksAndRejections", "node:internal/process/task_queues", 67);
    const CLIENT: &str = "node_modules/react-dom/cjs/react-dom.production.js";
    const SERVER: Frame<'_> =
        ("renderElement", "/srv/node_modules/react-dom/cjs/react-dom-server.node.production.js", 9);
    let (served, local) = (format!("http://localhost:5173/{CLIENT}"), format!("/srv/{CLIENT}"));
    assert_eq!(advised(&[(10_000, vec![("Pg", &served, 1)])]), ["react-renders"]);
    assert_eq!(advised(&[(10_000, vec![TICK, ("Pg", &local, 1)])]), [""; 0], "a test with a simulated page");
    let on_server = advised(&[(10_000, vec![TICK, SERVER])]);
    assert!(on_server.contains(&"react-pages".to_owned()) && !on_server.contains(&"react-renders".to_owned()));
    let vue = |prefix: &str, more: Vec<Frame<'_>>| {
        let url = format!("{prefix}/node_modules/vue/dist/vue.runtime.js");
        advised(&[(10_000, vec![("track", &url, 1)]), (1, more)])
    };
    assert_eq!(vue("http://localhost", vec![("f", "", 0)]), ["vue-reactivity"]);
    assert_eq!(vue("/srv", vec![TICK, ("f", "", 0)]), [""; 0]);
    let renderer = ("renderToString", "/srv/node_modules/vue-server-renderer/build.js", 3);
    assert_eq!(vue("/srv", vec![TICK, renderer]), ["vue-streaming"]);
}

#[test]
fn modules_that_are_loaded_are_no_work_on_files_and_buffers() {
    const READ: Frame<'_> = ("readFileSync", "node:fs", 435);
    const DECODE: Frame<'_> = ("decode", "node:internal/encoding", 447);
    let main = ("main", "/srv/app/main.js", 1);
    let loader = ("loadSource", "node:internal/modules/cjs/loader", 1200);
    let translator = ("stringify", "node:internal/modules/esm/translators", 60);
    for loads in [vec![loader, READ], vec![translator, DECODE]] {
        assert_eq!(advised(&[(6000, loads.clone()), (100, vec![main, READ])]), ["module-startup"]);
    }
    let both = advised(&[(6000, vec![loader, READ]), (4000, vec![main, READ])]);
    assert!(both.contains(&"module-startup".to_owned()) && both.contains(&"files-as-text".to_owned()), "{both:?}");
    // Without an application.
    assert_eq!(advised(&[(6000, vec![loader, READ])]), ["module-files"]);
    assert_eq!(advised(&[(6000, vec![translator, DECODE])]), ["module-texts"]);
}

#[test]
fn what_compiles_schemas_once_by_itself_is_not_told_to() {
    let compile = ("compileSchema", "/srv/node_modules/ajv/dist/compile/index.js", 74);
    let validator = |name| format!("/srv/node_modules/{name}/dist/index.js");
    for (name, expected) in [("unheard-of", true), ("express-openapi-validator", false), ("openapi-backend", false)] {
        let url = validator(name);
        // Their stacks are too deep to have both.
        let told = advised(&[(6000, vec![compile]), (4000, vec![("f", &url, 1)])]);
        assert_eq!(told.contains(&"ajv-compile-once".to_owned()), expected, "{name}: {told:?}");
    }
}

#[test]
fn web_streams_of_a_model_are_fewer_chunks_to_make() {
    let run = ("run", "node:internal/webstreams/readablestream", 1511);
    let stream = |name| (name, "/srv/node_modules/ai/dist/index.mjs", 8000);
    let told = |name| advised(&[(9000, vec![run]), (100, vec![stream(name)])]);
    assert!(told("streamText").contains(&"model-streams".to_owned()));
    assert!(!told("generateText").contains(&"model-streams".to_owned()));
}

#[test]
fn what_webpack_runs_by_eval_is_not_taken_for_generated_code() {
    let made = ("createElement", "", 7);
    let bundle = ("__webpack_require__", "http://localhost/main.js", 300);
    assert_eq!(advised(&[(10_000, vec![bundle, made])]), [""; 0]);
    let page = ("render", "http://localhost/main.js", 300);
    assert_eq!(advised(&[(10_000, vec![page, made])]), ["generated-in-page"]);
}

/// Node's loader, as it runs a main script.
const LOADER: [Frame<'static>; 2] = [
    ("executeUserEntryPoint", "node:internal/modules/run_main", 155),
    ("Module._compile", "node:internal/modules/cjs/loader", 1483),
];

#[test]
fn a_main_script_that_was_unloaded_has_the_advice_of_the_application() {
    let below = |inside: &[Frame<'static>]| advised(&[(10_000, [&LOADER[..], inside].concat())]);
    let (main, all, split) = (("", "", -1), ("all", "", -1), ("split", "", 0));
    assert_eq!(below(&[main, all]), ["main-script"]);
    assert_eq!(below(&[main, ("reduce", "", 0), all]), ["reduced-copies-unloaded"]);
    assert_eq!(below(&[main, all, split]), ["strings-views"]);
    assert_eq!(below(&[split]), [""; 0], "the loader's own");
    // What others compile is theirs.
    assert_eq!(below(&[("render", "/srv/app/main.js", 3), all]), [""; 0]);
    assert_eq!(advised(&[(10_000, vec![all])]), [""; 0], "nothing tells who runs it");
}

#[test]
fn the_query_that_express_5_parses_at_each_access_is_no_middleware() {
    let (handler, parse) = (("", "/srv/app/main.js", 3), ("parse", "node:querystring", 317));
    let getter = ("query", "/srv/node_modules/express/lib/request.js", 220);
    let middleware = ("query", "/srv/node_modules/express/lib/middleware/query.js", 40);
    // V8 has inlined a part of it.
    assert_eq!(advised(&[(9000, vec![handler, getter, parse]), (1000, vec![handler, parse])]), ["express-query"]);
    assert_eq!(advised(&[(10_000, vec![handler, parse])]), ["queries-parsed"]);
    assert!(!advised(&[(10_000, vec![middleware, parse])]).contains(&"express-query".to_owned()));
}

#[test]
fn copies_by_structured_clone_are_no_events() {
    let app = ("snapshot", "/srv/app/main.js", 3);
    for url in ["node:internal/worker/js_transferable", "node:internal/structured_clone"] {
        assert_eq!(advised(&[(10_000, vec![app, ("structuredClone", url, 112)])]), ["object-copies"], "{url}");
    }
}

#[test]
fn nobody_is_told_to_rework_what_a_bundler_wrote() {
    let rules = Rules::builtin().unwrap();
    let url = "http://localhost/main.js";
    let nodes = [(6000, vec![("7243", url, 1)]), (4000, vec![("__webpack_require__", url, 2), ("render", url, 3)])];
    let profile = profile_of(&rules, &nodes);
    let report = report(&profile, &rules);
    let own = &report.advice().recommendations[0];
    assert_eq!((own.rule.id.as_str(), own.matched_size), ("application-hot-spot", 4000));
    assert_eq!(report.function(own.evidence.functions[0]).name, "render");
}

#[test]
fn a_piece_of_advice_is_given_where_its_platform_is() {
    let rules = rules(
        r#"
        silence = ["application-hot-spot"]
        [[recommendation]]
        id = "own"
        category = "application"
        title = "Own"
        saving = { low = 0.1, high = 0.5, why = "because" }
        effort = "low"
        advice = [{ text = "here" }, { text = "there", platform = "browser" }, { text = "at home", platform = "node" }]
        "#,
    );
    let told = |url| {
        let profile = profile_of(&rules, &[(10_000, vec![("f", url, 1)])]);
        let report = report(&profile, &rules);
        let own = report.advice().recommendations[0].rule;
        own.advice_for(report.platform()).map(|item| item.text.render(|_| None).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(told("https://example.com/x.js"), ["here", "there"]);
    assert_eq!(told("/srv/app/x.js"), ["here", "at home"]);
}
