//! The built-in pack as a whole: which frames end where, and the figures of a published report.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::profile::{CategoryId, FrameKind};

fn builtin() -> Classifier {
    Classifier::builtin().unwrap()
}

fn category_id<'c>(classifier: &'c Classifier, function: &str, url: &str, has_script: bool) -> &'c str {
    let class = classifier.classify(RawFrame { function, url, has_script, has_line: true });
    &classifier.categories()[usize::from(class.category.0)].id
}

#[test]
fn every_frame_has_one_category() {
    let classifier = builtin();
    #[rustfmt::skip]
    let table = [
        // function, url, category
        ("parseJSON", "file:///a/node_modules/_urllib@4.8.2@urllib/dist/esm/utils.js", "json-parsing"),
        ("parseJSON", "/a/node_modules/urllib-next/dist/commonjs/utils.js", "json-parsing"),
        ("#requestInternal", "file:///a/node_modules/_urllib@4.8.2@urllib/dist/esm/HttpClient.js", "http-client"),
        ("parseXml", "/a/node_modules/fast-xml-parser/src/xmlparser/OrderedObjParser.js", "json-parsing"),
        ("write", "/a/node_modules/sax/lib/sax.js", "json-parsing"),
        ("parseJSONFromBytes", "node:internal/deps/undici/undici", "json-parsing"),
        ("transformResponse", "/a/node_modules/axios/dist/node/axios.cjs", "json-parsing"),
        ("dispatchRequest", "/a/node_modules/axios/dist/node/axios.cjs", "http-client"),
        ("parseJson", "/a/node_modules/got/dist/source/index.js", "json-parsing"),
        ("consumeEnd", "/a/node_modules/undici/lib/api/readable.js", "json-parsing"),
        ("request", "/a/node_modules/undici/lib/api/api-request.js", "http-client"),
        ("parseJSON", "/a/src/parse.js", "application"),
        ("toNumber", "/a/node_modules/strnum/strnum.js", "utilities"),
        ("deepEqual", "/a/node_modules/deep-equal/index.js", "utilities"),
        ("forEach", "/a/node_modules/for-each/index.js", "utilities"),
        ("f", "/a/node_modules/acme-private/index.js", "other"),
        ("dispatch", "/a/node_modules/koa-compose/index.js", "http-koa-tegg"),
        ("get", "/a/node_modules/_@eggjs_tracer@4.0.0@@eggjs/tracer/dist/index.js", "http-koa-tegg"),
        ("log", "/a/node_modules/egg-logger/lib/logger.js", "logging"), // a name comes before the family egg-*
        ("load", "/a/node_modules/egg-core/lib/loader.js", "http-koa-tegg"),
        ("match", "/a/node_modules/@koa/router/lib/layer.js", "http-koa-tegg"),
        ("f", "/a/node_modules/eggplant/index.js", "other"),
        ("f", "/a/node_modules/koala/index.js", "other"),
        ("r", "evalmachine.<anonymous>", "generated-code"), // a script of `vm` without a name
        ("containsOperation", "/a/node_modules/sift/lib/index.js", "json-queries"), // not Mongoose's alone
        ("selectiveBody", "/a/node_modules/oidc-provider/lib/shared/selective_body.js", "identity"),
        ("signIn", "/a/node_modules/next-auth/core/index.js", "identity"),
        ("n", "/a/node_modules/@casbin/expression-eval/dist/expression-eval.js", "permissions"),
        ("get protocol", "/a/node_modules/@npmcli/agent/lib/agents.js", "http-client"), // not a file, as others of @npmcli/*
        ("load", "/a/node_modules/@npmcli/config/lib/index.js", "command-line"),
        ("loadActual", "/a/node_modules/@npmcli/arborist/lib/index.js", "files"),
        ("invoke", "/a/node_modules/@langchain/core/dist/runnables/base.js", "language-models"),
        ("splitText", "/a/node_modules/@langchain/textsplitters/dist/text_splitter.js", "text-search"),
        ("runWithBinding", "/a/node_modules/@loopback/context/dist/resolution-session.js", "dependency-injection"),
        ("send", "/a/node_modules/@loopback/rest/dist/providers/send.provider.js", "http-server"),
        ("find", "/a/node_modules/@feathersjs/memory/lib/index.js", "database"),
        ("partial", "/a/node_modules/hexo/dist/plugins/helper/partial.js", "site-generators"),
        ("highlightUtil", "/a/node_modules/hexo-util/dist/highlight.js", "templates"),
        ("lintFile", "/a/node_modules/textlint-rule-terminology/index.js", "linters"),
        ("visit", "/a/node_modules/remark-lint/lib/index.js", "linters"), // not remark-*
        ("cloneMessage", "/a/node_modules/@node-red/util/lib/util.js", "flows"),
        ("stringify", "/a/node_modules/devalue/src/stringify.js", "component-rendering"),
        ("tokenHash", "/a/node_modules/oidc-token-hash/lib/index.js", "security"),
        ("instantiate", "/a/node_modules/leoric/lib/bone.js", "leoric-orm"),
        ("keyFromFields", "/a/node_modules/mysql2/lib/parsers/parser_cache.js", "mysql-driver"),
        ("escape", "/a/node_modules/sqlstring/lib/SqlString.js", "mysql-driver"),
        ("slice", "node:buffer", "buffer-operations"),
        ("slice", "buffer.js", "buffer-operations"),
        ("createPool", "internal/buffer.js", "buffer-operations"),
        ("(anonymous)", "node:internal/deps/undici/undici", "http-client"),
        ("request", "_http_client.js", "http-client"),
        ("processTicksAndRejections", "node:internal/process/task_queues", "promises"),
        ("wrapSafe", "node:internal/modules/cjs/loader", "modules"),
        ("Module._compile", "internal/modules/cjs/loader.js", "modules"),
        ("readFileSync", "fs.js", "file-system"),
        ("Readable", "node:internal/streams/readable", "streams"),
        ("Timeout", "node:internal/timers", "timers"),
        ("connResetException", "node:internal/errors", "errors"),
        ("f", "node:internal/something_new", "node-core"),
        ("emitInitNative", "node:internal/async_hooks", "tracing"),
        ("promiseInitHook", "node:internal/async_hooks", "tracing"),
        ("run", "node:async_hooks", "tracing"),
        ("pushAsyncContext", "node:internal/async_hooks", "node-core"), // for every tick, whoever is there
        ("runInAsyncScope", "node:async_hooks", "node-core"),
        ("ok", "node:assert", "node-core"),
        ("deepStrictEqual", "node:assert", "test-runners"),
        ("consumeBody", "node:internal/deps/undici/undici", "network"), // of a server's requests as well
        ("_Headers", "node:internal/deps/undici/undici", "network"),
        ("httpNetworkFetch", "node:internal/deps/undici/undici", "http-client"),
        ("exports.parse", "/a/node_modules/@hapi/bourne/lib/index.js", "json-parsing"),
        ("load", "/a/node_modules/dataloader/index.js", "promise-libraries"),
        ("W", "/a/node_modules/preact-render-to-string/dist/commonjs.js", "react"),
        ("visit", "/a/node_modules/zimmerframe/src/walk.js", "component-rendering"),
        ("find", "/a/node_modules/@seald-io/nedb/lib/datastore.js", "database"),
        ("process", "/a/node_modules/stylehacks/src/index.js", "css-tools"),
        ("unpack", "/a/node_modules/caniuse-lite/dist/unpacker/agents.js", "build-tools"),
        ("stringify", "/a/node_modules/js-stringify/index.js", "templates"),
        ("asCallback", "/a/node_modules/standard-as-callback/built/index.js", "redis-driver"),
        ("handle", "/a/node_modules/express/lib/router/index.js", "http-express"),
        ("match", "/a/node_modules/find-my-way/index.js", "http-server"),
        ("decode", "/a/node_modules/iconv-lite/lib/index.js", "buffer-operations"),
        ("_object", "/a/node_modules/object-hash/index.js", "utilities"),
        ("set", "/a/node_modules/rate-limiter-flexible/lib/component/MemoryStorage/MemoryStorage.js", "caches"),
        ("resolve", "/a/node_modules/@nestjs/core/injector/injector.js", "http-nest"),
        ("Metadata", "/a/node_modules/reflect-metadata/Reflect.js", "dependency-injection"),
        ("getInstance", "/a/node_modules/typedi/container-instance.js", "dependency-injection"),
        ("Date", "/a/src/x.js", "application"),
        ("_execute", "/a/node_modules/@hapi/hapi/lib/request.js", "http-hapi"),
        ("topo", "/a/node_modules/@hapi/topo/lib/index.js", "validation"),
        ("render", "/a/node_modules/next/dist/server/render.js", "http-next"),
        ("compile", "/a/node_modules/ajv/dist/core.js", "validation"),
        ("parse", "/a/node_modules/graphql/language/parser.js", "graphql"),
        ("deserialize", "/a/node_modules/bson/lib/parser/deserializer.js", "mongodb-driver"),
        ("parseRow", "/a/node_modules/pg/lib/result.js", "postgres-driver"),
        ("sendCommand", "/a/node_modules/ioredis/built/Redis.js", "redis-driver"),
        ("build", "/a/node_modules/sequelize/lib/model.js", "sequelize-orm"),
        ("init", "/a/node_modules/mongoose/lib/document.js", "mongoose"),
        ("renderToString", "/a/node_modules/react-dom/cjs/react-dom-server.node.production.js", "react"),
        ("track", "http://localhost:5173/node_modules/.vite/deps/vue.js?v=c9a9d595", "vue"),
        ("E", "https://cdnjs.cloudflare.com/ajax/libs/moment.js/2.29.1/moment.min.js", "dates"),
        ("extScan", "chrome-extension://ocdeecjcicjdbeimoogolofckplegpmhe/content.js", "browser-extensions"),
        ("draw", "http://localhost:3000/node_modules/chart.js/dist/chart.js", "charts"),
        ("extends", "/a/node_modules/@babel/runtime/helpers/extends.js", "utilities"),
        ("traverse", "/a/node_modules/@babel/traverse/lib/index.js", "babel"),
        ("parseModule", "/a/node_modules/webpack/lib/NormalModule.js", "bundlers"),
        ("parse", "/a/node_modules/terser/dist/bundle.min.js", "minifiers"),
        ("report", "/a/node_modules/eslint/lib/linter/linter.js", "linters"),
        ("decode", "/a/node_modules/kafkajs/src/protocol/decoder.js", "message-queues"),
        ("createNode", "file:///a/node_modules/typescript/lib/_tsc.js", "typescript"),
        ("toString", "/a/src/x.js", "application"),
        ("(GC)", "/a/src/x.js", "application"),
        ("Uint8Array", "https://example.com/x.js", "application"),
        ("f", "mystery:thing", "other"),
        ("f", "wasm://wasm/0003626a", "webassembly"),
        ("parse", "wasm://wasm/0003626a", "webassembly"),
        ("#render", "/a/node_modules/svelte/src/internal/server/renderer.js", "component-rendering"),
        ("createBaseVNode", "/a/node_modules/@vue/runtime-core/dist/runtime-core.cjs.js", "vue"),
        ("compile", "/a/node_modules/@vue/compiler-sfc/dist/compiler-sfc.cjs.js", "build-tools"),
        ("handle", "/a/node_modules/nitropack/dist/runtime/app.mjs", "http-server"),
        ("wrapBuffer", "/a/node_modules/nodemailer/dist/cjs/base64/index.js", "mail"),
        ("iterateData", "/a/node_modules/@zone-eu/mailsplit/lib/message-splitter.js", "mail"),
        ("voronoi", "/a/node_modules/@turf/voronoi/dist/cjs/index.cjs", "numbers"),
        ("bisector", "/a/node_modules/d3-array/src/bisector.js", "numbers"),
        ("parse", "/a/node_modules/d3-dsv/src/dsv.js", "csv-parsing"),
        ("push", "/a/node_modules/denque/index.js", "utilities"),
        ("transform", "/a/node_modules/split2/index.js", "streams"),
        ("wrappedFn", "node:internal/errors", "node-core"), // around checks of arguments, and throws nothing
        ("createAbortSignal", "node:internal/abort_controller", "events"),
        ("parseParams", "node:internal/url", "urls"),
        ("parse", "querystring.js", "urls"),
        ("resolve", "node:path", "string-operations"),
        ("parseURL", "/a/node_modules/whatwg-url/lib/url-state-machine.js", "urls"),
        ("deserialize", "node:v8", "binary-serialization"),
        ("getHeapStatistics", "node:v8", "node-core"),
        ("distance", "/a/node_modules/fast-levenshtein/levenshtein.js", "utilities"),
        ("equal", "/a/node_modules/fast-deep-equal/index.js", "utilities"),
        ("clone", "/a/node_modules/rfdc/index.js", "utilities"),
        ("parse", "/a/node_modules/set-cookie-parser/lib/set-cookie.js", "http-client"),
        ("json", "/a/node_modules/co-body/lib/json.js", "http-server"),
        ("emit", "/a/node_modules/eventemitter3/index.js", "events"),
        ("onMessage", "/a/node_modules/puppeteer-core/lib/cjs/puppeteer/cdp/Connection.js", "browser-automation"),
        ("run", "/a/node_modules/@playwright/test/lib/runner.js", "test-runners"),
        ("createNode", "file:///a/node_modules/@ark/schema/out/parse.js", "validation"),
        ("NodeImpl", "/a/node_modules/@oozcitak/dom/lib/dom/NodeImpl.js", "json-parsing"),
        ("parse", "/a/node_modules/peggy/lib/parser.js", "build-tools"),
        ("load", "file:///a/node_modules/supercluster/index.js", "numbers"),
        ("Graph.setNode", "/a/node_modules/graphlib/lib/graph.js", "graphs"),
        ("evaluate", "/a/node_modules/jsonata/jsonata.js", "json-queries"),
        ("j", "/a/node_modules/@casl/ability/dist/cjs/index.cjs", "permissions"),
        ("handle", "/a/node_modules/discord.js/src/client/Client.js", "bots"),
        ("encode", "/a/node_modules/viem/_cjs/utils/abi/encodeAbiParameters.js", "blockchain"),
        ("sign", "/a/node_modules/ethers/lib.commonjs/crypto/signing-key.js", "blockchain"),
        ("fromBuffer", "/a/node_modules/file-type/core.js", "files"),
        ("request", "/a/node_modules/@elastic/elasticsearch/lib/client.js", "database"),
        ("startTransaction", "/a/node_modules/@elastic/apm-rum/dist/bundles/x.js", "tracing"),
        ("mapToHeaders", "node:internal/http2/util", "network"),
        ("clone", "/a/node_modules/@hapi/hoek/lib/clone.js", "utilities"),
        ("push", "/a/node_modules/fastq/queue.js", "promise-libraries"),
        ("from", "/a/node_modules/safer-buffer/safer.js", "buffer-operations"),
        ("get", "/a/node_modules/keyv/dist/index.cjs", "caches"),
        ("mergeSplits", "/a/node_modules/@langchain/textsplitters/dist/text_splitter.cjs", "text-search"),
        ("invoke", "/a/node_modules/@langchain/core/dist/runnables/base.cjs", "language-models"),
        ("lunr.Builder.add", "/a/node_modules/lunr/lunr.js", "text-search"),
        ("insert", "/a/node_modules/yjs/dist/yjs.cjs", "immutable-data"),
        ("runLoop", "/a/node_modules/effect/dist/internal/effect.js", "promise-libraries"),
        ("nextToken", "/a/node_modules/postcss/lib/tokenize.js", "css-tools"),
        ("toString", "extensions::utils", "v8-internals"),
    ];
    for (function, url, id) in table {
        assert_eq!(category_id(&classifier, function, url, true), id, "{function} {url}");
    }
}

#[test]
fn frames_without_a_url_are_told_by_name_and_script() {
    let classifier = builtin();
    for (id, functions) in [
        ("json-parsing", &["parse", "stringify"][..]),
        ("buffer-operations", &["Uint8Array", "ArrayBuffer", "get byteLength", "utf8Slice"]),
        ("string-operations", &["toString", "split", "replace", "substring"]),
        ("regular-expressions", &["exec", "test", "match", "RegExp"]),
        (
            "objects-and-arrays",
            &[
                "keys",
                "assign",
                "push",
                "create",
                "entries",
                "fromEntries",
                "bind",
                "slice",
                "concat",
                "at",
                "includes",
            ],
        ),
        ("maps-and-sets", &["has", "add", "set", "Map", "delete"]),
        ("promises", &["all", "then", "Promise", "runMicrotasks"]),
        ("iterators", &["next"]),
        ("errors", &["captureStackTrace", "TypeError"]),
        ("dates", &["Date", "getDay", "getTime", "setUTCHours", "now", "toISOString"]),
        ("i18n", &["DateTimeFormat", "formatToParts", "get format"]),
        ("timers", &["setTimeout"]),
        ("modules", &["(COMPILER)", "(BYTECODE_COMPILER)", "(PARSER)"]),
        ("v8-internals", &["(V8 API)", "(GC)", "(root)", "(program)", "(EXTERNAL)", "somethingNew", ""]),
    ] {
        for function in functions {
            assert_eq!(category_id(&classifier, function, "", false), id, "{function}");
        }
    }
    for (id, function) in [
        ("mysql-driver", "TextRow"),
        ("generated-code", "next"),
        ("generated-code", "toString"),
        ("generated-code", ""),
    ] {
        assert_eq!(category_id(&classifier, function, "", true), id, "{function}");
    }
}

/// A profile whose published report says what must come out.
#[test]
fn a_published_report_comes_out_to_the_byte_and_node() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/seed/x-heapprofile-3070674-20251207-1.heapprofile");
    let text = std::fs::read(seed).unwrap();
    let profile: serde_json::Value = serde_json::from_slice(&text).unwrap();

    let classifier = builtin();
    let mut packages = BTreeMap::<String, (u64, u64)>::new();
    let mut categories = BTreeMap::<String, (u64, u64)>::new();
    let mut versions = BTreeSet::new();
    let mut open = vec![&profile["head"]];
    while let Some(node) = open.pop() {
        open.extend(node["children"].as_array().unwrap());
        let size = node["selfSize"].as_u64().unwrap();
        if size == 0 {
            continue;
        }
        let frame = &node["callFrame"];
        let class = classifier.classify(RawFrame {
            function: frame["functionName"].as_str().unwrap(),
            url: frame["url"].as_str().unwrap(),
            has_script: frame["scriptId"].as_u64() != Some(0),
            has_line: frame["lineNumber"].as_u64() != Some(0),
        });
        let category = &classifier.categories()[usize::from(class.category.0)].id;
        for (table, key) in [(&mut packages, class.package.as_ref()), (&mut categories, category.as_str())] {
            let sums = table.entry(key.to_owned()).or_default();
            *sums = (sums.0 + size, sums.1 + 1);
        }
        assert_eq!(class.version.is_some(), class.kind == FrameKind::Dependency, "{}", class.package);
        versions.extend(class.version.map(|version| format!("{}@{version}", class.package)));
    }

    let rows = |table: &BTreeMap<String, (u64, u64)>| -> Vec<String> {
        let mb = |size| format!("{:.2}", size as f64 / f64::from(1 << 20));
        table.iter().map(|(key, &(size, nodes))| format!("{key} {} {nodes}", mb(size))).collect()
    };
    assert_eq!(
        rows(&categories),
        [
            "application 1.00 2",
            "buffer-operations 3.51 6",
            "http-client 1.52 2",
            "http-koa-tegg 9.00 11",
            "json-parsing 11.04 5",
            "leoric-orm 8.01 12",
            "maps-and-sets 2.52 4",
            "mysql-driver 2.50 3",
            "network 1.00 2",
            "objects-and-arrays 7.01 12",
            "promises 2.00 3",
            "regular-expressions 0.50 1",
            "string-operations 1.50 3",
            "tracing 0.50 1",
            "utilities 1.50 3",
            "v8-internals 1.00 1",
        ]
    );
    assert_eq!(
        rows(&packages),
        [
            "(app) 1.00 2",
            "(native) 15.53 26",
            "@eggjs/controller-plugin 0.50 1",
            "@eggjs/lifecycle 1.00 2",
            "@eggjs/tegg-runtime 6.50 6",
            "@eggjs/tracer 0.50 1",
            "deep-equal 0.50 1",
            "fast-xml-parser 5.50 4",
            "for-each 0.50 1",
            "koa-compose 0.50 1",
            "leoric 8.01 12",
            "mysql2 2.50 3",
            "node:_http_incoming 0.50 1",
            "node:_tls_wrap 0.50 1",
            "node:buffer 2.01 3",
            "node:internal/* 2.02 3",
            "strnum 0.50 1",
            "urllib 6.04 2",
        ]
    );
    assert!(versions.contains("@eggjs/tegg-runtime@4.0.0-beta.34") && versions.contains("leoric@2.13.9"));
}

/// Captures of applications of well-known libraries: next to nothing may be without a theme.
#[test]
fn hardly_anything_is_in_other() {
    let classifier = builtin();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/frames/");
    for (name, expected) in [
        ("express-pg", ["postgres-driver", "regular-expressions", "http-express"]),
        ("fastify-pino-ajv", ["validation", "objects-and-arrays", "regular-expressions"]),
        ("react-ssr", ["react", "buffer-operations", "application"]),
        ("webpack", ["file-system", "modules", "bundlers"]),
        ("eslint", ["linters", "file-system", "modules"]),
    ] {
        let text = std::fs::read_to_string(format!("{folder}{name}.tsv")).unwrap();
        let (mut sizes, mut total) = (BTreeMap::<&str, u64>::new(), 0);
        for line in text.lines() {
            let [size, script, function, url] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{name}: {line}")
            };
            let size: u64 = size.parse().unwrap();
            *sizes.entry(category_id(&classifier, function, url, script == "1")).or_default() += size;
            total += size;
        }
        let other = sizes.get("other").copied().unwrap_or_default();
        assert!(other * 20 <= total, "{name}: {other} of {total}");
        let mut largest: Vec<_> = sizes.into_iter().map(|(id, size)| (std::cmp::Reverse(size), id)).collect();
        largest.sort_unstable();
        assert_eq!(largest.iter().take(3).map(|&(_, id)| id).collect::<Vec<_>>(), expected, "{name}");
    }
}

/// The longest hostile urls take as long as their length, not its square: these would run for hours otherwise.
#[test]
fn urls_of_a_megabyte_are_classified() {
    let classifier = builtin();
    let long = |part: &str| part.repeat((1 << 20) / part.len());
    for part in [
        "/",
        "//",
        "/node_modules",
        "/node_modules/",
        "/node_modules/.bin/",
        "/node_modules/@a/",
        "/node_modules/_@",
        "/node_modules/_a@1.0.0@",
        "/node_modules/.store/",
        "@",
        "%",
        "%2F",
        "%FF",
        "\\",
        "-",
        "a",
        "é",
        "?",
        "!",
        ".js",
        ":",
        "/node_modules/.store/a-npm-1.0.0-b/package",
        "/.pnpm/a@1.0.0/node_modules",
    ] {
        for head in ["", "/", "file:///", "node:", "npm:", "webpack://", "/node_modules/.store/", "/node_modules/"] {
            let url = head.to_owned() + &long(part);
            let class = classifier.classify(RawFrame { function: &url, url: &url, has_script: true, has_line: true });
            assert!(!class.package.is_empty());
        }
    }
}

proptest! {
    #[test]
    fn any_url_has_a_package_and_a_category(
        // Pieces with a meaning, so that they meet in every order; and any text at all.
        pieces in prop::collection::vec(prop_oneof![
            prop::sample::select(vec![
                "node_modules", "/", "//", "\\", "@", "@@", "_", ".pnpm", ".store", ".zip", "-npm-", "-", "+", "a", "b.js", "1.2.3",
                "package", "%2F", "%", "%E6", "?", "#", "!", ":", "file://", "node:", "internal/", "npm:", "jsr:", "webpack:", "ext:", "é",
            ]).prop_map(str::to_owned),
            any::<String>(),
        ], 0..12),
        function in any::<String>(),
        has_script in any::<bool>(),
    ) {
        let classifier = builtin();
        let url = pieces.concat();
        let class = classifier.classify(RawFrame { function: &function, url: &url, has_script, has_line: true });
        prop_assert!(!class.package.is_empty());
        prop_assert!(class.version.as_deref() != Some(""));
        prop_assert!(class.category < CategoryId(classifier.categories().len() as u16));
        // Only a dependency has a version, and it is never the application's name.
        prop_assert!(class.version.is_none() || class.kind == FrameKind::Dependency);
        prop_assert_eq!(class.package == "(app)", class.kind == FrameKind::App);
    }
}
