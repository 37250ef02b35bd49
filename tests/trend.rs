//! Series of dumps: captures without a leak have no suspect, and what is printed of a series is what it should be.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::path::PathBuf;

use common::{Way, classifier, read_input, shared};
use heapsift::analysis::model::{KindReason, Panel, Profile, SeriesKind, Trend};
use heapsift::classify::Classifier;
use heapsift::input::{self, Input};
use heapsift::profile::{Classify, Filter};
use heapsift::report::{Format, Style, render_trend};

/// The sampling interval of dumps that are made.
const INTERVAL: Option<u64> = Some(524_288);
const GIVEN: (SeriesKind, KindReason) = (SeriesKind::Growing, KindReason::Given);

fn profile(name: &str, input: Input) -> Profile {
    let outcome = read_input(input, Way::plain()).expect("it can be read");
    Profile::from_outcome(name.to_owned(), None, outcome).0
}

fn panel(profiles: impl IntoIterator<Item = Profile>) -> Panel {
    sampled(profiles, None)
}

/// The same with the sampling interval.
fn sampled(profiles: impl IntoIterator<Item = Profile>, interval: Option<u64>) -> Panel {
    let classifier: &Classifier = classifier();
    let mut panel = Panel::new(classifier.categories());
    for profile in profiles {
        panel.add(&profile, interval);
    }
    panel
}

/// A series of the service without a leak; none where the captures are not there.
fn capture(names: impl Iterator<Item = String>) -> Option<Panel> {
    let folder = shared().join("data/koa-service");
    let paths: Vec<PathBuf> = names.map(|name| folder.join(name)).collect();
    let open = |path: &PathBuf| {
        let input = Input::open(path, &input::Options::default()).expect("it can be opened");
        profile(&path.file_name().expect("a file").to_string_lossy(), input)
    };
    paths.iter().all(|path| path.exists()).then(|| panel(paths.iter().map(open)))
}

/// A dump in which functions have so many samples of 512 KiB.
fn dump(number: u64, functions: &[(&str, u64)]) -> Profile {
    let node = |(&(name, samples), id): (&(&str, u64), u64)| {
        let name = serde_json::to_string(name).expect("JSON");
        format!(
            r#"{{"callFrame":{{"functionName":{name},"scriptId":"7","url":"/srv/app/a.js","lineNumber":{id},"columnNumber":0}},"selfSize":{},"id":{id},"children":[]}}"#,
            samples * 524_304
        )
    };
    // One sample is there in each, so that the interval is told.
    let children: Vec<String> = functions.iter().chain(&[("once", 1), ("twice", 2)]).zip(2..).map(node).collect();
    let text = format!(
        r#"{{"head":{{"callFrame":{{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}},"selfSize":0,"id":1,"children":[{}]}}}}"#,
        children.join(",")
    );
    profile(&format!("dump-{number}"), Input::from_bytes(text.into_bytes()))
}

/// A series in which `leak` adds so many samples of 512 KiB a dump, beside a row that stays.
fn made(leak: &str, dumps: u64) -> Panel {
    panel((1..=dumps).map(|number| dump(number, &[(leak, 20 * number + number % 3), ("stays", 80 + number % 4)])))
}

fn printed(trend: &Trend<'_>, format: Format, width: usize) -> String {
    let mut out = Vec::new();
    render_trend(trend, None, format, &Style { color: false, width }, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn captures_without_a_leak_have_no_suspect() {
    let restarted = |numbers: &[u32]| {
        capture(
            numbers
                .iter()
                .map(|n| format!("x-heapprofile-6593-20261122-{n}.heapprofile"))
                .collect::<Vec<_>>()
                .into_iter(),
        )
    };
    let live = [20, 40, 60, 80, 100].map(|s| format!("inspector-live-i32768-cumulative-{s}s.heapprofile"));
    let series = [
        (restarted(&[0, 1, 2, 3, 4, 5]), SeriesKind::Restarted),
        (restarted(&[0, 1, 2, 3, 4, 5, 7]), SeriesKind::Restarted),
        (capture(live.into_iter()), SeriesKind::Growing),
    ];
    for (panel, kind) in series {
        let Some(panel) = panel else { continue };
        let trend = Trend::new(&panel, SeriesKind::of(&panel, |_, _| Some(false)), None);
        assert_eq!(trend.kind, kind);
        assert!(trend.unjudged.is_none() && trend.suspects.is_empty(), "{}", printed(&trend, Format::Text, 100));
    }
}

#[test]
fn the_first_line_says_whether_there_is_a_leak_and_where() {
    let first_line = |panel: &Panel| {
        let text = printed(&Trend::new(panel, GIVEN, None), Format::Text, 200);
        text.lines().next().map(str::to_owned)
    };
    let found = first_line(&made("subscribe", 6)).unwrap_or_default();
    assert!(
        found.starts_with("1 leak suspect: subscribe (app/a.js:3) grows by 9.9")
            && found.ends_with(" MB a dump. That is 9.70% of the last dump, 102.50 MB."),
        "{found}"
    );
    assert_eq!(
        first_line(&made("subscribe", 3)).as_deref(),
        Some("Too few dumps to tell a leak: 3. Six are a beginning.")
    );
    assert_eq!(first_line(&panel([])).as_deref(), Some("Too few dumps to tell a leak: 0. Six are a beginning."));
}

#[test]
fn a_total_that_grew_is_no_all_clear() {
    let first_line = |samples: &[u64]| {
        let panel = panel((1..).zip(samples).map(|(number, &samples)| dump(number, &[("track", samples)])));
        let trend = Trend::new(&panel, GIVEN, None);
        let [text, markdown] = [Format::Text, Format::Markdown].map(|format| printed(&trend, format, 200));
        let line = text.lines().next().unwrap_or_default().to_owned();
        assert!(markdown.contains(&format!("**{line}**")), "{markdown}");
        line
    };
    assert_eq!(
        first_line(&[203, 392, 577, 436, 625, 808, 1004, 890]),
        "No leak suspect in 8 dumps, but the total grew from 103.00 MB to 446.51 MB: nothing grew steadily enough to be named; take more dumps."
    );
    assert_eq!(first_line(&[203, 230, 190, 210, 180, 220, 200, 215]), "No leak suspect in 8 dumps.");
}

#[test]
fn a_late_beginning_and_its_rate_stand_beside_the_mean() {
    let samples = [2, 1, 2, 3, 2, 22, 41, 63, 80, 101];
    let dumps = (1..).zip(samples).map(|(number, samples)| dump(number, &[("track", samples)]));
    let panel = sampled(dumps, INTERVAL);
    let trend = Trend::new(&panel, GIVEN, None);
    let [text, markdown, json] =
        [Format::Text, Format::Markdown, Format::Json].map(|format| printed(&trend, format, 200));
    let since = "; since dump 5 of 10 by 9.87 ± ";
    assert!(text.lines().next().is_some_and(|line| line.contains(since)), "{text}");
    assert_eq!(markdown.matches(since).count(), 2, "{markdown}");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let (suspect, since) = (&json["suspects"][0], &json["suspects"][0]["since"]);
    assert!(since["dump"] == 5 && since["rate"].as_u64() > suspect["rate"].as_u64(), "{suspect}");
}

#[test]
fn sessions_are_counted_where_a_suspect_is_not_in_each() {
    let first_line = |samples: [u64; 7]| {
        let swings = [42, 130, 220, 70, 55, 180, 90];
        let dumps = samples.iter().zip(swings).zip(1..);
        let dumps = dumps.map(|((&leak, swings), number)| dump(number, &[("track", leak), ("parse", swings)]));
        let panel = sampled(dumps, INTERVAL);
        let trend = Trend::new(&panel, (SeriesKind::Restarted, KindReason::Given), TIMES);
        printed(&trend, Format::Text, 200).lines().next().map(str::to_owned).unwrap_or_default()
    };
    const TIMES: Option<&[f64]> = Some(&[0.0, 20.0, 100.0, 120.0, 160.0, 180.0, 300.0]);
    let each = first_line([40, 20, 83, 19, 41, 22, 118]);
    assert!(each.starts_with("1 leak suspect: track (app/a.js:3) survives in each of 7 sessions, "), "{each}");
    // How long the first session was nobody knows, so it does not speak against it.
    let some = first_line([0, 20, 83, 19, 41, 22, 118]);
    assert!(some.starts_with("1 leak suspect: track (app/a.js:3) survives in 6 of 7 sessions, "), "{some}");
}

#[test]
fn what_captures_is_named_as_that() {
    let series = |leaks: bool| {
        let dumps = (1..=6_u64).map(|number| {
            let leak = if leaks { 20 * number + number % 3 } else { 80 + number % 4 };
            let text = format!(
                r##"{{"head":{{"callFrame":{{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}},"selfSize":0,"id":1,"children":[
                {{"callFrame":{{"functionName":"post","scriptId":"7","url":"/srv/app/a.js","lineNumber":2,"columnNumber":0}},"selfSize":{},"id":2,"children":[
                {{"callFrame":{{"functionName":"#onMessage","scriptId":"8","url":"node:inspector","lineNumber":80,"columnNumber":0}},"selfSize":{},"id":3,"children":[]}}]}}]}}}}"##,
                leak * 524_304,
                10 * number * 524_304
            );
            profile(&format!("dump-{number}"), Input::from_bytes(text.into_bytes()))
        });
        sampled(dumps, INTERVAL)
    };
    let (quiet, leaking) = (series(false), series(true));
    let [quiet, leaking] = [&quiet, &leaking].map(|panel| printed(&Trend::new(panel, GIVEN, None), Format::Text, 200));
    let line = quiet.lines().next().unwrap_or_default();
    assert!(
        line.starts_with("No leak suspect in 6 dumps: #onMessage (node:inspector:81) grows by 5.0")
            && line.ends_with(" MB a dump, but that is the capture's own."),
        "{quiet}"
    );
    assert!(!quiet.contains("that is no suspect"), "{quiet}");
    let line = leaking.lines().next().unwrap_or_default();
    assert!(line.starts_with("1 leak suspect: post (app/a.js:3) grows by 9.9"), "{leaking}");
    let note = "The capture's own, and not the application's: #onMessage (node:inspector:81) grows by 5.0";
    assert!(leaking.contains(note), "{leaking}");
}

/// A node with its samples of 512 KiB and its children; one without a line is native.
fn node(name: &str, line: Option<u64>, samples: u64, children: &str) -> String {
    let (script, url) = if line.is_some() { (7, "/srv/app/a.js") } else { (0, "") };
    format!(
        r#"{{"callFrame":{{"functionName":"{name}","scriptId":"{script}","url":"{url}","lineNumber":{},"columnNumber":0}},"selfSize":{},"children":[{children}]}}"#,
        line.map_or(-1, |line| line as i64),
        samples * 524_304
    )
}

/// The series of dumps with these children of the root.
fn of_trees(trees: impl Iterator<Item = String>) -> Panel {
    let dumps = trees.zip(1..).map(|(tree, number): (String, u64)| {
        let text = format!(r#"{{"head":{}}}"#, node("(root)", None, 0, &tree));
        profile(&format!("dump-{number}"), Input::from_bytes(text.into_bytes()))
    });
    sampled(dumps, INTERVAL)
}

#[test]
fn a_leak_that_is_inlined_half_way_is_told_of_the_function_with_all_that_it_calls() {
    let inner = [98, 193, 275, 385, 483, 537, 537, 537, 537, 537, 537, 537];
    let outer = [0, 0, 0, 0, 0, 32, 127, 222, 304, 392, 475, 558];
    let trees = inner.iter().zip(outer).map(|(&inner, outer)| {
        let below = node("makeLeak", Some(3), inner, "");
        node("onLeak", Some(7), outer, &below)
    });
    let panel = of_trees(trees);
    let trend = Trend::new(&panel, GIVEN, None);
    let [text, markdown, json] =
        [Format::Text, Format::Markdown, Format::Json].map(|format| printed(&trend, format, 200));
    let line = "1 leak suspect: onLeak (app/a.js:8), with all that it calls, grows by 45.";
    assert!(text.starts_with(line) && !text.contains("since dump"), "{text}");
    let why = "Rate and sizes are of the function with all that it calls: its bytes move between these";
    assert!(text.contains(why) && markdown.contains(&format!("- {why}")), "{markdown}");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let suspect = &json["suspects"][0];
    assert_eq!((&suspect["with_callees"], &suspect["since"]), (&serde_json::json!(true), &serde_json::json!(null)));
    assert_eq!(suspect["sizes"][11], 1095 * 524_304_u64);
    let evidence = suspect["evidence"].as_array().expect("a list");
    assert!(evidence.iter().any(|row| row["table"] == "caller" && row["row"]["function"] == "onLeak"), "{evidence:?}");
}

#[test]
fn native_code_without_a_caller_is_told_and_no_suspect() {
    let series = |leaks: bool| {
        of_trees((1..=8_u64).map(|dump| {
            let leak = if leaks { 20 * dump + dump % 3 } else { 80 + dump % 4 };
            format!("{},{}", node("keep", Some(3), leak, ""), node("(V8 API)", None, 7 * dump + dump % 3, ""))
        }))
    };
    let (quiet, leaking) = (series(false), series(true));
    let [quiet, leaking] = [&quiet, &leaking].map(|panel| printed(&Trend::new(panel, GIVEN, None), Format::Text, 200));
    let line = quiet.lines().next().unwrap_or_default();
    assert!(
        line.starts_with("No leak suspect in 8 dumps, but (V8 API) (native) grows by 3.5")
            && line.ends_with(" MB a dump: native code, of which no caller is known."),
        "{quiet}"
    );
    assert!(!quiet.contains("that is no suspect"), "{quiet}");
    assert!(leaking.starts_with("1 leak suspect: keep (app/a.js:4) grows by "), "{leaking}");
    let note =
        "MB a dump: native code, of which no caller is known. It may be what the suspect keeps, too; mend that first.";
    assert!(leaking.contains("\nBeside that, (V8 API) (native) grows by 3.5") && leaking.contains(note), "{leaking}");
}

#[test]
fn what_grows_in_one_step_of_each_stack_is_told_and_no_suspect() {
    let panel = of_trees((1..=6_u64).map(|dump| {
        let compiled = |i: u64| if dump > 1 + i % 5 { 2 } else { 0 };
        let functions: Vec<String> = (0..20).map(|i| node(&format!("f{i}"), Some(10 + i), compiled(i), "")).collect();
        format!("{},{}", node("handle", Some(3), 0, &functions.join(",")), node("stays", Some(7), 80 + dump % 4, ""))
    }));
    let trend = Trend::new(&panel, GIVEN, None);
    let [text, markdown, json] =
        [Format::Text, Format::Markdown, Format::Json].map(|format| printed(&trend, format, 400));
    assert!(text.starts_with("No leak suspect in 6 dumps"), "{text}");
    let note = " MB a dump, but that is no suspect: most of it is on stacks that grew in one step each, as where V8 compiles code late";
    assert!(text.contains("\nCaller handle (app/a.js:4) grows by 4.0") && text.contains(note), "{text}");
    assert!(markdown.contains(note), "{markdown}");
    assert_eq!(text.matches("that is no suspect").count(), 1, "{text}");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["suspects"], &json["stepwise"][0]["stacks"]), (&serde_json::json!([]), &serde_json::json!(20)));
}

#[test]
fn what_has_only_what_something_else_has_lost_is_told_and_no_suspect() {
    let (taken, lost) = ([0, 0, 0, 0, 1, 42, 82, 122], [44, 76, 115, 135, 146, 105, 66, 29]);
    let panel = of_trees((0..8_usize).map(|dump| {
        let inlined = node("make", Some(10), lost[dump], "");
        format!("{},{}", node("handle", Some(3), taken[dump], &inlined), node("stays", Some(7), 80, ""))
    }));
    let trend = Trend::new(&panel, GIVEN, None);
    let [text, json] = [Format::Text, Format::Json].map(|format| printed(&trend, format, 400));
    assert!(text.starts_with("No leak suspect in 8 dumps"), "{text}");
    let note = " MB a dump (and 1 more), but that is no suspect: something else shrinks when it grows, and both together do not grow";
    assert!(text.contains(" handle (app/a.js:4) grows by ") && text.contains(note), "{text}");
    assert_eq!(text.matches("that is no suspect").count(), 1, "{text}");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let functions = &json["exchanged"][0]["functions"];
    assert_eq!(
        (&json["suspects"], &functions[0]["function"]["function"]),
        (&serde_json::json!([]), &serde_json::json!("handle"))
    );
}

#[test]
fn what_v8_compiles_beside_the_program_is_told_and_no_suspect() {
    let panel = of_trees(
        [22, 41, 63, 80, 101, 122]
            .map(|samples| {
                let due =
                    node("processTimers", Some(502), samples, "").replace("/srv/app/a.js", "node:internal/timers");
                format!("{due},{}", node("stays", Some(7), 80, ""))
            })
            .into_iter(),
    );
    let text = printed(&Trend::new(&panel, GIVEN, None), Format::Text, 400);
    assert!(text.starts_with("No leak suspect in 6 dumps"), "{text}");
    assert!(text.contains("that is no suspect: Node only runs there what is due"), "{text}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for dumps in [6, 12, 40] {
        let panel = made("subscribeToAllTheEventsOfTheConnection", dumps);
        let trend = Trend::new(&panel, GIVEN, None);
        for width in [1, 40, 41, 46, 50, 55, 60, 72, 80, 100, 200] {
            let text = printed(&trend, Format::Text, width);
            for line in text.lines() {
                assert!(
                    line.chars().count() <= width.clamp(40, 200),
                    "{dumps} dumps in {width} columns: {line}\n{text}"
                );
            }
        }
        // A name has a line of its own where there is hardly room for it.
        let narrow = printed(&trend, Format::Text, 40);
        assert!(narrow.contains("\n  subscribeToAllTheEventsOfTheConnectio…\n"), "{narrow}");
    }
}

#[test]
fn hostile_names_stay_names() {
    let name = format!("a|b`c<script>\u{1b}[31m\u{202e}\n# {}", "x".repeat(5000));
    let panel = made(&name, 6);
    let trend = Trend::new(&panel, GIVEN, None);
    for width in [40, 60, 100, 200] {
        let text = printed(&trend, Format::Text, width);
        assert!(!text.contains(['\u{1b}', '\u{202e}']) && !text.contains(&"x".repeat(300)));
        for line in text.lines().filter(|line| !line.contains(' ')) {
            assert!(line.chars().count() <= width, "{line}");
        }
    }
    let markdown = printed(&trend, Format::Markdown, 100);
    assert!(
        !markdown.contains(['\u{1b}', '\u{202e}'])
            && !markdown.contains("\n# a")
            && !markdown.contains(&"x".repeat(300))
    );
    assert!(
        markdown
            .lines()
            .filter(|line| line.contains("<script>"))
            .all(|line| line.starts_with("└── ") || !line.starts_with('|'))
    );
    let json: serde_json::Value = serde_json::from_str(&printed(&trend, Format::Json, 100)).expect("JSON");
    assert_eq!(json["suspects"][0]["function"]["function"], name.as_str(), "whole in JSON");
}

/// A series in which thirty functions grow, each too small to be judged.
fn scattered() -> Panel {
    panel((1..=6_u64).map(|dump| {
        let node = |id: u64| {
            format!(
                r#"{{"callFrame":{{"functionName":"f_{id}","scriptId":"7","url":"/srv/app/a.js","lineNumber":{id},"columnNumber":0}},"selfSize":{},"id":{id},"children":[]}}"#,
                524_304 * (1 + dump * u64::from(dump % 2 == id % 2))
            )
        };
        let children: Vec<String> = (2..32).map(node).collect();
        let text = format!(
            r#"{{"head":{{"callFrame":{{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}},"selfSize":0,"id":1,"children":[{}]}}}}"#,
            children.join(",")
        );
        profile(&format!("dump-{dump}"), Input::from_bytes(text.into_bytes()))
    }))
}

#[test]
fn what_grows_and_is_no_suspect_has_a_reason() {
    let panel = scattered();
    let trend = Trend::new(&panel, GIVEN, None);
    assert!(trend.unjudged.is_none() && trend.suspects.is_empty(), "{}", printed(&trend, Format::Text, 100));
    let reason = "Category Application Code grows (and 1 more), but that is no suspect: categories and packages are sums of much that has nothing to do with each \
                  other, and no function or stack stands out by itself.";
    let markdown = printed(&trend, Format::Markdown, 100);
    let before = markdown.split("## Along the Series").next().unwrap_or_default();
    assert!(
        before.contains("**No leak suspect in 6 dumps. The total grows by ")
            && before.contains(&format!("> {reason}\n")),
        "{markdown}"
    );
    assert!(printed(&trend, Format::Text, 200).replace("\n  ", " ").contains(reason));
}

#[test]
fn filters_are_named() {
    let panel = made("subscribe", 6);
    let mut trend = Trend::new(&panel, GIVEN, None);
    trend.filters = vec![Filter { name: "ignore", pattern: "a|b\u{1b}".to_owned() }];
    let text = printed(&trend, Format::Text, 200);
    assert!(
        text.contains("What the filters hide is not judged.") && text.contains("\nFiltered: ignore a|b\\u{1b}\n"),
        "{text}"
    );
    let markdown = printed(&trend, Format::Markdown, 100);
    assert!(markdown.contains("\n**Filtered**: ignore a\\|b"), "{markdown}");
    let json: serde_json::Value = serde_json::from_str(&printed(&trend, Format::Json, 100)).expect("JSON");
    assert_eq!(json["filters"], serde_json::json!([{"name": "ignore", "pattern": "a|b\u{1b}"}]));
}

#[test]
fn what_a_package_holds_is_told_with_the_function_of_the_application_that_it_is_below() {
    let node = |name: &str, url: &str, id: u64, size: u64, children: &str| {
        format!(
            r#"{{"callFrame":{{"functionName":"{name}","scriptId":"{id}","url":"{url}","lineNumber":{id},"columnNumber":0}},"selfSize":{size},"id":{id},"children":[{children}]}}"#
        )
    };
    let dumps = (1..=6).map(|number| {
        let send = node("send", "/srv/node_modules/express/response.js", 3, 20 * number * 524_304, "");
        let text = node("(root)", "", 1, 0, &node("notify", "/srv/app/a.js", 2, 0, &send));
        profile(&format!("dump-{number}"), Input::from_bytes(format!(r#"{{"head":{text}}}"#).into_bytes()))
    });
    let panel = sampled(dumps, INTERVAL);
    let trend = Trend::new(&panel, GIVEN, None);
    let [text, markdown, json] =
        [Format::Text, Format::Markdown, Format::Json].map(|format| printed(&trend, format, 200));
    assert!(
        text.starts_with("1 leak suspect: below notify (app/a.js:3), send (express/response.js:4) grows by "),
        "{text}"
    );
    assert!(text.contains("1. notify (app/a.js:3)") && text.contains("held by send (express/response.js:4)"), "{text}");
    assert!(markdown.contains("### 1. `notify (app/a.js:3)`"), "{markdown}");
    assert!(markdown.contains("- **Held by**: `send (express/response.js:4)`"), "{markdown}");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let suspect = &json["suspects"][0];
    assert_eq!([&suspect["function"]["function"], &suspect["below"]["function"]], ["send", "notify"]);
}

#[test]
fn json_has_the_documented_shape() {
    let panel = made("subscribe", 6);
    let trend = Trend::new(
        &panel,
        SeriesKind::of(&panel, |_, _| Some(false)),
        Some(&[0.0, 600.0, 1200.0, 1800.0, 2400.0, 3000.0]),
    );
    let text = printed(&trend, Format::Json, 100);
    assert!(text.ends_with("}\n") && text.lines().count() == 1);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let keys = |value: &serde_json::Value| {
        value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>().join(" "))
    };
    let expected = "callers categories dumps dumps_per_hour exchanged files filters functions instrument kind left_out packages schema_version series series_known_by stacks stepwise suspects total uncalled unjudged";
    let mut found: Vec<String> = keys(&json).unwrap_or_default().split(' ').map(str::to_owned).collect();
    found.sort();
    assert_eq!(found.join(" "), expected);
    assert_eq!(json["dumps_per_hour"], 6.0);
    assert_eq!(json["suspects"][0]["sizes"].as_array().map(Vec::len), Some(6));
    let rows = json["functions"]["rows"].as_array().expect("rows");
    assert_eq!([&rows[0]["row"]["function"], &rows[0]["verdict"]], ["subscribe", "grows"]);
    assert_eq!([&rows[1]["row"]["function"], &rows[1]["verdict"]], ["stays", "steady"]);
    assert_eq!(json["functions"]["too_few_samples"], 2);
}
