//! What stacks tell: who asks for what, and for whom.

use super::*;

/// Nodes with their paths, and whether something is told of them.
type Told<'n> = (&'n [(u64, &'n [Frame<'n>])], bool);

#[test]
fn stacks_decide_what_is_spoken_of() {
    const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
    const OTHER: Frame<'_> = ("other", "file:///srv/app/main.js", 9);
    const CALLBACK: Frame<'_> = ("", "file:///srv/app/main.js", 2);
    const REDUCE: Frame<'_> = ("reduce", "", 0);
    const MAP: Frame<'_> = ("map", "", 0);
    const SEND: Frame<'_> = ("send", "/srv/node_modules/ws/lib/websocket.js", 460);
    const DECODER: Frame<'_> = ("", "", 3);
    const READER: Frame<'_> = ("read_double", "/srv/node_modules/protobufjs/src/reader.js", 445);
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
    // What counts for `reduce` itself are boxed numbers.
    let of_both = |own| [(9000, &[MAIN, REDUCE, CALLBACK][..]), (own, &[MAIN, REDUCE])];
    assert!(tells("boxed-numbers", &of_both(4500)) && !tells("reduced-copies", &of_both(4500)));
    assert!(!tells("boxed-numbers", &of_both(4400)) && tells("reduced-copies", &of_both(4400)));
    // What is behind the rest.
    const CALL: Frame<'_> = ("makeUnaryRequest", "/srv/node_modules/@grpc/grpc-js/build/src/client.js", 124);
    const CHANNEL: Frame<'_> = ("InternalChannel", "/srv/node_modules/@grpc/grpc-js/build/src/internal-channel.js", 9);
    let calls = |made| [(9000, &[MAIN, CALL][..]), (made, &[MAIN, CHANNEL])];
    assert!(tells("rpc-clients", &calls(1000)) && !tells("rpc-messages", &calls(1000)));
    assert!(!tells("rpc-clients", &calls(900)) && tells("rpc-messages", &calls(900)));
    // What a function calls.
    assert!(tells("broadcast-texts", &[(9000, &[MAIN]), (100, &[MAIN, SEND])]));
    assert!(!tells("broadcast-texts", &[(9000, &[MAIN]), (100, &[MAIN, OTHER, SEND])]));
    assert!(!tells("broadcast-texts", &[(9000, &[MAIN]), (100, &[MAIN, MAP])]));
    assert!(tells("generated-messages", &[(9000, &[MAIN, DECODER]), (100, &[MAIN, DECODER, READER])]));
    assert!(!tells("generated-functions", &[(9000, &[MAIN, DECODER]), (100, &[MAIN, DECODER, READER])]));
    assert!(!tells("generated-messages", &[(9000, &[MAIN, DECODER]), (100, &[MAIN, READER])]));
    // A module that is loaded, and one that does its work while it is.
    assert!(!tells("buffers-as-bytes", &[(9000, &[MAIN, LOAD, DECODE])]));
    assert!(tells("buffers-as-bytes", &[(9000, &[LOAD, MAIN, DECODE])]));
    // A package that the application has loaded, or a script that is not there any more; what packages do without an application may be the program itself.
    const BODY: Frame<'_> = ("", "/srv/node_modules/linkify-it/lib/re.js", 1);
    const TEXTS: Frame<'_> = ("compile", "/srv/node_modules/linkify-it/index.js", 330);
    const OTHER_BODY: Frame<'_> = ("", "/srv/node_modules/mailparser/index.js", 1);
    const UNLOADED: Frame<'_> = ("", "", 7);
    let of_markdown =
        |path: &[Frame<'_>]| ["markdown-kept", "markdown-processors"].iter().any(|id| tells(id, &[(9000, path)]));
    for loads in [MAIN, UNLOADED] {
        assert!(!of_markdown(&[loads, LOAD, BODY, TEXTS]), "{loads:?}");
        assert!(!of_markdown(&[loads, LOAD, OTHER_BODY, LOAD, BODY, TEXTS]), "{loads:?}");
        assert!(of_markdown(&[loads, LOAD, TEXTS]), "{loads:?}: a hook of the loader");
    }
    assert!(of_markdown(&[OTHER_BODY, LOAD, BODY, TEXTS]));
    assert!(of_markdown(&[LOAD, BODY, TEXTS]));
    assert!(of_markdown(&[MAIN, BODY, TEXTS]));
    // What is behind a library.
    assert!(tells("handlebars-code", &[(9000, &[MAIN, COMPILE, NODE])]));
    assert!(!tells("source-maps", &[(9000, &[MAIN, COMPILE, NODE])]));
    assert!(!tells("handlebars-code", &[(9000, &[MAIN, NODE])]));
    assert!(tells("source-maps", &[(9000, &[MAIN, NODE])]));
}

#[test]
fn what_core_and_dependencies_ask_for_is_not_the_applications() {
    const MAIN: Frame<'_> = ("main", "file:///srv/app/main.js", 1);
    const ORM: Frame<'_> = ("findAll", "/srv/node_modules/sequelize/lib/model.js", 1090);
    const CLONE: Frame<'_> = ("baseClone", "/srv/node_modules/lodash/lodash.js", 2667);
    const INNER: Frame<'_> = ("copyArray", "/srv/node_modules/lodash/lodash.js", 4800);
    const EQUAL: Frame<'_> = ("internalDeepEqual", "/srv/node_modules/deep-equal/index.js", 62);
    const SIDE: Frame<'_> = ("getSideChannel", "/srv/node_modules/side-channel/index.js", 14);
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
    assert!(tells("deep-copies", &[(900, &[MAIN, EQUAL, SIDE, KEYS_OF])]), "helpers of helpers");
    assert!(!tells("deep-copies", &[(900, &[MAIN, ORM, EQUAL, SIDE])]));
    assert!(!tells("deep-copies", &[(900, &[MAIN, ORM, CLONE, INNER])]));
    assert!(!tells("deep-copies", &[(900, &[MAIN, ORM, KEYS_OF, CLONE])]));
    assert!(!tells("deep-copies", &[(900, &[CLONE])]), "nobody knows who asked");
    // Copies that a cache makes of its values.
    let copy = ("_clone", "/srv/node_modules/clone/clone.js", 73);
    let cache = ("_unwrap", "/srv/node_modules/node-cache/lib/node_cache.js", 707);
    assert!(
        tells("cache-clones", &[(900, &[MAIN, cache, copy])]) && !tells("deep-copies", &[(900, &[MAIN, cache, copy])])
    );
    assert!(tells("deep-copies", &[(900, &[MAIN, copy])]) && !tells("cache-clones", &[(900, &[MAIN, copy])]));
    // Promises have an `all`, too: only a driver tells of a database.
    let (all, load) = (("all", "", 0), ("", "/srv/node_modules/better-sqlite3/lib/index.js", 1));
    assert!(!tells("sqlite-rows", &[(900, &[MAIN]), (100, &[MAIN, all])]));
    assert!(!tells("sqlite-rows", &[(900, &[MAIN]), (100, &[MAIN, all]), (0, &[load])]));
    let prepare = ("prepare", "/srv/node_modules/better-sqlite3/lib/methods/wrappers.js", 4);
    let other = ("other", "file:///srv/app/other.js", 1);
    assert!(tells("sqlite-rows", &[(900, &[MAIN]), (100, &[MAIN, prepare]), (1000, &[other])]));
    // Requests and answers of the Fetch API are a server's as well.
    let (body, fetch) =
        (("pull", "node:internal/deps/undici/undici", 5632), ("fetch", "node:internal/deps/undici/undici", 10528));
    assert!(!tells("http-client-bodies", &[(900, &[MAIN, body])]));
    assert!(tells("http-client-bodies", &[(900, &[MAIN, body]), (1, &[MAIN, fetch])]));
    let parse = ("parseJSONFromBytes", "node:internal/deps/undici/undici", 5879);
    assert!(tells("json-bodies", &[(900, &[MAIN, parse])]) && !tells("json-responses", &[(900, &[MAIN, parse])]));
    assert!(tells("json-responses", &[(900, &[MAIN, parse]), (1, &[MAIN, fetch])]));
    // Node counts contexts for every tick; a hook is somebody's.
    let (push, storage) = (("pushAsyncContext", "node:internal/async_hooks", 539), ("run", "node:async_hooks", 332));
    assert!(!tells("async-hooks", &[(900, &[push])]) && !tells("async-hooks", &[(900, &[MAIN, storage])]));
    assert!(tells("async-hooks", &[(900, &[MAIN, ("promiseInitHook", "node:internal/async_hooks", 320)])]));
    // An encoder that is made, and one that is used.
    let (encoder, entry, merge) = (
        ("_Tiktoken", "/srv/node_modules/js-tiktoken/dist/index.cjs", 84),
        ("", "/srv/node_modules/js-tiktoken/dist/index.cjs", 86),
        ("bytePairMerge", "/srv/node_modules/js-tiktoken/dist/index.cjs", 35),
    );
    assert!(tells("token-encoders", &[(900, &[MAIN, encoder, entry])]));
    assert!(!tells("token-encoders", &[(800, &[MAIN, merge]), (100, &[MAIN, merge, entry])]));
    // Babel that pug uses.
    let (pug, babel) = (
        ("parse", "/srv/node_modules/pug-code-gen/index.js", 9),
        ("next", "/srv/node_modules/@babel/parser/lib/index.js", 5696),
    );
    assert!(tells("pug-code", &[(900, &[MAIN, pug, babel])]) && !tells("babel-cache", &[(900, &[MAIN, pug, babel])]));
    assert!(tells("babel-cache", &[(900, &[MAIN, babel])]) && !tells("pug-code", &[(900, &[MAIN, babel])]));
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
    let table: [Told<'_>; 6] = [
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
    let table: [Told<'_>; 6] = [
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
