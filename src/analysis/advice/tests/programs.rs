//! What the built-in rules say first of programs with one typical mistake each.

use super::*;

/// Where a package's functions stand.
macro_rules! of {
    ($function:literal, $path:literal) => {
        ($function, concat!("/srv/node_modules/", $path), 1)
    };
}

const HANDLER: Frame<'_> = ("list", "/srv/app/routes.js", 9);
const ROUTER: Frame<'_> = of!("next", "router/index.js");
const SERVER: Frame<'_> = ("parserOnIncoming", "node:_http_server", 900);

/// Bytes, and what the handler calls for them, the outermost first.
type Calls<'f> = &'f [(u64, &'f [Frame<'f>])];

/// The rule that stands first, and what it says first.
fn first(nodes: &[(u64, Vec<Frame<'_>>)]) -> (String, String) {
    let rules = Rules::builtin().unwrap();
    let profile = profile_of(&rules, nodes);
    let report = report(&profile, &rules);
    let row = report.advice().recommendations.first().expect("something is said");
    let text = row.items.first().and_then(|item| item.text.render(|_| Some("it".to_owned())));
    (row.rule.id.clone(), text.unwrap_or_default())
}

/// A request makes this much in the router, and so much more in what its handler calls.
fn served<'f>(calls: Calls<'f>) -> Vec<(u64, Vec<Frame<'f>>)> {
    let below = |frames: &[Frame<'f>]| [SERVER, ROUTER, HANDLER].iter().chain(frames).copied().collect();
    let calls = calls.iter().map(|&(size, frames)| (size, below(frames)));
    std::iter::once((500_000, vec![SERVER, ROUTER])).chain(calls).collect()
}

#[test]
fn the_mistake_of_a_program_comes_first() {
    const RUN: Frame<'_> = of!("run", "express-validator/lib/chain/context-runner-impl.js");
    const FIELDS: Frame<'_> = of!("flatMap", "lodash/lodash.js");
    const BUILD: Frame<'_> = of!("buildInnerObject", "fast-json-stringify/index.js");
    const WRITE: Frame<'_> = of!("asString", "fast-json-stringify/lib/serializer.js");
    const EVALUATE: Frame<'_> = of!("evaluate", "json-rules-engine/dist/rule.js");
    const DIFFER: Frame<'_> = of!("diffWithOptionsObj", "diff/libcjs/diff/base.js");
    const STORE: Frame<'_> = of!("stringify", "lowdb/lib/adapters/node/JSONFile.js");
    const JOB: Frame<'_> = of!("_tryToRun", "bottleneck/lib/Sync.js");
    const BIND: Frame<'_> = of!("add", "@inversifyjs/core/lib/common/models/OneToManyMapStar.js");
    const SETTING: Frame<'_> = of!("Provider._execute", "nconf/lib/nconf/provider.js");
    const PARSE: Frame<'_> = of!("parseOpen", "exceljs/lib/xlsx/xform/sheet/cell-xform.js");
    const IMPORT: Frame<'_> = ("importModuleDynamicallyCallback", "node:internal/modules/esm/utils", 246);
    const LOADER: Frame<'_> = ("import", "node:internal/modules/esm/loader", 604);
    const RENAME: Frame<'_> = of!("_processKeys", "humps/humps.js");
    const CLONE: Frame<'_> = of!("clone", "rfdc/index.js");
    const MATCH: Frame<'_> = of!("findTopKey", "selderee/lib/selderee.cjs");
    const COMPARE: Frame<'_> = of!("deepDiff", "deep-diff/index.js");
    const ENTRY: Frame<'_> = of!("_smartStream", "compress-commons/lib/archivers/zip/zip-archive-output-stream.js");
    #[rustfmt::skip]
    let table: &[(&str, Calls<'_>)] = &[
        ("validation-chains", &[(4_000_000, &[RUN]), (2_000_000, &[RUN, FIELDS])]),
        ("serializers-once", &[(4_000_000, &[BUILD]), (500_000, &[WRITE])]),
        ("rules-run", &[(4_000_000, &[EVALUATE])]),
        ("text-differences", &[(4_000_000, &[DIFFER])]),
        ("files-rewritten", &[(4_000_000, &[STORE])]),
        ("promise-queues", &[(4_000_000, &[JOB])]),
        ("injection-singletons", &[(4_000_000, &[BIND])]),
        ("settings-once", &[(4_000_000, &[SETTING])]),
        ("workbook-values", &[(4_000_000, &[PARSE])]),
        ("imports-kept", &[(800_000, &[IMPORT]), (3_000_000, &[IMPORT, LOADER])]),
        ("helpers-called", &[(4_000_000, &[RENAME])]),
        ("deep-copies", &[(4_000_000, &[CLONE])]),
        ("markup-converted", &[(4_000_000, &[MATCH])]),
        ("objects-compared", &[(4_000_000, &[COMPARE])]),
        ("archives", &[(4_000_000, &[ENTRY])]),
    ];
    for (id, calls) in table {
        assert_eq!(first(&served(calls)).0, *id);
    }
}

#[test]
fn what_is_said_first_fits_the_mistake() {
    const LOG: Frame<'_> = of!("asJson", "pino/lib/tools.js");
    const FORMAT: Frame<'_> = of!("format", "bunyan/lib/bunyan.js");
    const ACCESS: Frame<'_> = of!("logRequest", "morgan/index.js");
    const SESSION: Frame<'_> = of!("hash", "express-session/index.js");
    const ROWS: Frame<'_> = of!("_query", "knex/lib/dialects/better-sqlite3/index.js");
    const BUILDER: Frame<'_> = of!("toSQL", "knex/lib/query/querycompiler.js");
    const SUPER: Frame<'_> = of!("walker", "superjson/dist/plainer.js");
    const ISO: Frame<'_> = of!("fromISO", "luxon/build/node/luxon.js");
    const INSTANCE: Frame<'_> = of!("create", "i18next/dist/cjs/i18next.js");
    const CSV: Frame<'_> = of!("stringify", "csv-stringify/lib/api/index.js");
    const LINT: Frame<'_> = of!("verify", "eslint/lib/linter/linter.js");
    const COPY: Frame<'_> = ("deepClone", "/srv/app/util.js", 3);
    #[rustfmt::skip]
    let table: &[(&str, Calls<'_>)] = &[
        ("Log fields", &[(4_000_000, &[LOG])]),
        ("Log fields", &[(4_000_000, &[FORMAT])]),
        ("morgan", &[(4_000_000, &[ACCESS])]),
        ("express-session", &[(4_000_000, &[SESSION])]),
        ("Most of it is rows", &[(4_000_000, &[ROWS]), (100_000, &[BUILDER])]),
        ("N+1", &[(1_000_000, &[ROWS]), (4_000_000, &[BUILDER])]),
        ("superjson", &[(4_000_000, &[SUPER])]),
        ("ISO texts", &[(4_000_000, &[ISO])]),
        ("i18next", &[(4_000_000, &[INSTANCE])]),
        ("Write rows", &[(4_000_000, &[CSV])]),
        ("Where code is linted for requests", &[(4_000_000, &[LINT])]),
        ("Begin with", &[(4_000_000, &[COPY])]),
    ];
    for (text, calls) in table {
        let (id, told) = first(&served(calls));
        assert!(told.starts_with(text), "{id}: {told}");
    }
}

/// Without Express' views nothing is known of its cache of them.
#[test]
fn the_cache_of_views_is_told_where_there_are_views() {
    const VIEW: Frame<'_> = of!("View.render", "express/lib/view.js");
    const ANSWER: Frame<'_> = of!("send", "express/lib/response.js");
    const COMPILE: Frame<'_> = of!("compile", "ejs/lib/ejs.js");
    let told = |outside| first(&served(&[(4_000_000, &[outside, COMPILE])])).1;
    assert!(told(VIEW).starts_with("Express"), "{}", told(VIEW));
    assert!(told(ANSWER).starts_with("Compile at module level"), "{}", told(ANSWER));
}

/// Keeping pages may save all, or nothing; a template that is compiled for each is a mistake.
#[test]
fn what_is_made_again_and_again_goes_before_what_may_save_more() {
    const COMPILE: Frame<'_> = of!("compile", "ejs/lib/ejs.js");
    const FILL: Frame<'_> = of!("rethrow", "ejs/lib/ejs.js");
    let ids = |compile, fill| {
        let rules = Rules::builtin().unwrap();
        let profile = profile_of(&rules, &served(&[(compile, &[COMPILE]), (fill, &[FILL])]));
        let report = report(&profile, &rules);
        report.advice().recommendations.iter().take(2).map(|row| row.rule.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(4_000_000, 5_000_000), ["template-cache", "template-pages"]);
    // Where hardly anything is compiled, the other surely saves more.
    assert_eq!(ids(1_000_000, 9_000_000), ["template-pages", "template-cache"]);
}

#[test]
fn preact_is_called_by_its_name() {
    const RENDER: Frame<'_> = of!("renderToString", "preact-render-to-string/dist/commonjs.js");
    assert_eq!(first(&served(&[(4_000_000, &[RENDER])])).0, "preact-pages");
}

/// What lives is held by subscriptions; what was allocated is made by operators.
#[test]
fn operators_are_spoken_of_where_all_objects_are_there() {
    const MERGE: Frame<'_> = of!("outerNext", "rxjs/dist/cjs/internal/operators/mergeInternals.js");
    let rules = Rules::builtin().unwrap();
    let mut profile = profile_of(&rules, &served(&[(4_000_000, &[MERGE])]));
    let first = |profile: &Profile| {
        let report = report(profile, &rules);
        let row = report.advice().recommendations.first().expect("something is said");
        (row.rule.id.clone(), row.items.first().and_then(|item| item.text.render(|_| None)))
    };
    assert_eq!(first(&profile).0, "rxjs-subscriptions");
    let mut samples = Samples::default();
    for ordinal in 1..=100 {
        samples.take(45_000, ordinal);
    }
    profile.aggregate.samples = Some(samples); // none of those that were taken is missing
    let (id, told) = first(&profile);
    assert_eq!(id, "rxjs-chains");
    assert!(told.is_some_and(|text| text.starts_with("`map` where a value follows")));
}
