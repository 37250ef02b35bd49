//! `heapsift rules`, `--rules`, `--no-rules` and heapsift.toml.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::{code, fixture, folder, heapsift, profile, stderr, stdout, write};

const BILLING: &str = r#"
[[category]]
id = "billing"
name = "Billing | <b>"
match = [{ kind = "app" }]
"#;

fn run_in(folder: &Path, args: &[&str]) -> Output {
    heapsift().current_dir(folder).args(args).output().expect("it runs")
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The ids of the categories in a report that is made in `folder`.
fn categories(folder: &Path, args: &[&str]) -> Vec<String> {
    let path = profile();
    let path = path.to_str().expect("a name in UTF-8");
    let output = run_in(folder, &[args, &["-f", "json", path]].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let report: Value = serde_json::from_str(stdout(&output)).expect("JSON");
    let rows = report["categories"].as_array().expect("a list");
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn the_nearest_file_upward_and_named_files_are_in_force() {
    let folder = folder();
    let inner = folder.path().join("a/b");
    fs::create_dir_all(&inner).expect("a folder can be made");
    let has = |args: &[&str], id: &str| categories(&inner, args).iter().any(|found| found == id);
    assert!(has(&["--no-rules"], "application") && !has(&["--no-rules"], "billing"));

    write(&folder.path().join("heapsift.toml"), BILLING);
    assert!(has(&[], "billing") && !has(&[], "application"));
    assert!(!has(&["--no-rules"], "billing"));
    write(&folder.path().join("a/heapsift.toml"), BILLING.replace("billing", "nearer"));
    assert!(has(&[], "nearer") && !has(&[], "billing"));

    write(&folder.path().join("named.toml"), BILLING.replace("billing", "named"));
    let named = folder.path().join("named.toml");
    let named = named.to_str().expect("a name in UTF-8");
    assert!(has(&["--rules", named], "named") && !has(&["--rules", named], "nearer"), "named files come first");
    let outer = folder.path().join("heapsift.toml");
    let outer = outer.to_str().expect("a name in UTF-8");
    assert!(has(&["--no-rules", "--rules", named, "--rules", outer], "billing"), "later ones before earlier ones");
}

#[test]
fn a_mistake_is_told_with_its_place_and_nothing_is_read() {
    let folder = folder();
    write(
        &folder.path().join("heapsift.toml"),
        "[[category]]\nid = \"a\"\nname = \"A\"\nmatch = [{ packge = \"x\" }]\n",
    );
    let expected = "error: heapsift.toml:4:12: `category.match.packge`: unknown key; allowed are `package`, `url`, \
                    `function`, `kind`, `has_line`, `precedence`; did you mean `package`?\n";
    for args in [
        &["report", "missing"][..],
        &["rules", "check", "heapsift.toml"],
        &["rules", "list"],
        &["rules", "explain", "f"],
    ] {
        let output = run_in(folder.path(), args);
        assert_eq!((code(&output), stderr(&output), stdout(&output)), (2, expected, ""), "{args:?}");
    }
    for (name, bytes, part) in [
        ("utf16.toml", &b"a = 1\n\xff\xfe"[..], "line 2 is not valid UTF-8"),
        ("missing.toml", b"", "cannot read it"),
        ("escape.toml", b"\"\\u001B[31m\" = 1", "unknown key"),
    ] {
        let path = folder.path().join(name);
        if name != "missing.toml" {
            write(&path, bytes);
        }
        let output = run_in(folder.path(), &["rules", "check", name]);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains(part) && !stderr(&output).contains('\u{1b}'), "{}", stderr(&output));
    }
}

#[test]
fn check_says_which_files_are_right() {
    let folder = folder();
    write(&folder.path().join("right.toml"), BILLING);
    write(&folder.path().join("wrong.toml"), "silence = [\"nothing\"]");
    let output = run_in(folder.path(), &["rules", "check", "wrong.toml", "right.toml"]);
    assert_eq!((code(&output), stdout(&output)), (2, "right.toml: no mistakes\n"));
    assert!(stderr(&output).contains("wrong.toml:1:12: `silence`: no recommendation has the id `nothing`"));
}

#[test]
fn list_shows_categories_in_their_order_with_their_advice() {
    let folder = folder();
    write(&folder.path().join("heapsift.toml"), format!("silence = [\"xml-parsing\"]\n{BILLING}"));
    let output = run_in(folder.path(), &["rules", "list"]);
    let text = stdout(&output);
    assert!(text.starts_with("billing  Billing | <b>  (precedence 100; heapsift.toml)\nlinters  Linters"), "{text}");
    assert!(text.contains("\njson-parsing  JSON Parsing  (precedence 60"), "{text}");
    assert!(
        text.contains(
            "\n    json-responses  saves 45 to 100 % of what it matches (of what is allocated), low effort\n"
        )
    );
    assert!(text.contains("\n    react-renders  saves 20 to 80 % of what it matches, medium effort, in browsers\n"));
    assert!(!text.contains("xml-parsing"));
    assert!(text.contains("\nother  Other  (precedence last"));
}

#[test]
fn what_a_file_silences_and_overrides_shows_in_the_report() {
    let folder = folder();
    let seed = fixture("seed/x-heapprofile-3070674-20251207-1.heapprofile");
    let report = |rules: &str| -> Value {
        write(&folder.path().join("heapsift.toml"), rules);
        let output = run_in(folder.path(), &["-f", "json", seed.to_str().expect("a name in UTF-8")]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        serde_json::from_str(stdout(&output)).expect("JSON")
    };
    let row = |report: &Value, rule: &str| {
        let rows = report["recommendations"].as_array().expect("a list");
        rows.iter().find(|row| row["rule"] == rule).cloned()
    };
    let as_built_in = report("");
    let xml = row(&as_built_in, "xml-parsing").expect("advice");
    let before = xml["saving"]["high"].as_u64().expect("bytes");
    assert!(before > 4 << 20 && before <= xml["matched_size"].as_u64().expect("bytes"));

    let silenced = report("silence = [\"xml-parsing\"]");
    assert!(row(&silenced, "xml-parsing").is_none() && row(&silenced, "json-responses").is_some());
    assert!(silenced["actions"].as_array().is_some_and(|rows| rows.iter().all(|row| row["rule"] != "xml-parsing")));

    let changed = report(
        "[[recommendation]]\nid = \"xml-parsing\"\ntitle = \"Manifests of binaries\"\n\
         saving = { low = 0.1, high = 0.2, why = \"measured\" }\nactions = [{ text = \"Keep them\", priority = \"P0\" }]\n\
         [[category]]\nid = \"json-parsing\"\ntarget = 0.2",
    );
    let xml = row(&changed, "xml-parsing").expect("advice");
    assert_eq!((&xml["title"], &xml["why"]), (&"Manifests of binaries".into(), &"measured".into()));
    assert!(xml["saving"]["high"].as_u64().expect("bytes") < before / 4);
    assert_eq!(changed["budget"][0]["target_share"], 0.2);
    let keep = changed["actions"].as_array().expect("a list").iter().find(|row| row["action"] == "Keep them");
    assert_eq!(keep.expect("the action")["priority"], "P0");
}

#[test]
fn explain_tells_which_rule_won_and_which_lost() {
    let explain = |args: &[&str]| {
        let output = run_in(here(), &[&["rules", "explain", "--no-rules"], args].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        stdout(&output).to_owned()
    };
    let text = explain(&["parseJSON node_modules/urllib/dist/esm/utils.js"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "parseJSON  node_modules/urllib/dist/esm/utils.js",
            "  package urllib (dependency), category json-parsing (JSON Parsing)",
        ]
    );
    assert!(lines[2].starts_with(
        "  won: json-parsing by package = \"urllib\", function = \"parseJSON\" (precedence 60, built-in parsers.toml)"
    ));
    assert!(
        lines[3].starts_with("  lost: http-client by package = \"urllib\" (precedence 50, built-in http-clients.toml)")
    );
    assert_eq!(lines[4..], ["  advice: json-responses, parsed-held"]);

    for same in [
        &["parseJSON", "node_modules/urllib/dist/esm/utils.js:25:1"][..],
        &["parseJSON (node_modules/urllib/dist/esm/utils.js:25)"],
        &[r#"{"functionName": "parseJSON", "url": "node_modules/urllib/dist/esm/utils.js", "scriptId": "7"}"#],
        &[
            r#"{"callFrame": {"functionName": "parseJSON", "url": "node_modules/urllib/dist/esm/utils.js"}, "selfSize": 1}"#,
        ],
    ] {
        assert_eq!(explain(same), text, "{same:?}");
    }
    assert!(
        explain(&["request", "/a/node_modules/urllib/x.js"])
            .contains("\n  function differs: json-parsing by package = \"urllib\"")
    );
    assert!(
        explain(&["get byteLength"])
            .contains("\n  won: buffer-operations by url = \"\", function = \"get byteLength\"")
    );
    assert!(explain(&[r#"{"functionName": "TextRow", "url": "", "scriptId": 3}"#]).contains("category mysql-driver"));
    assert!(
        explain(&["parseJSON"]).contains("\n  without a url it is taken for one of V8's own functions; with one: ")
    );
    assert!(!explain(&[r#"{"functionName": "parse", "url": ""}"#]).contains("without a url"));
    assert!(explain(&["f mystery:x"]).contains("\n  no rule names it"));

    let path = profile();
    let of_file = explain(&["-n", "2", path.to_str().expect("a name in UTF-8")]);
    assert_eq!(of_file.lines().filter(|line| line.contains("  won: ")).count(), 2, "{of_file}");
    assert!(of_file.lines().next().is_some_and(|line| line.contains(" %  ")), "{of_file}");
}

#[test]
fn a_frame_that_is_none_is_an_error() {
    for (frame, part) in [
        ("{\"functionName\": ", "no JSON"),
        ("{\"url\": 1}", "`functionName` and `url`"),
        ("x.heapprofile", "x.heapprofile: there is no such file"),
        ("missing/x.heapprofile.gz", "there is no such file"),
        ("src", "src: it is a directory"),
        ("", "nothing to explain; give a heap profile"),
    ] {
        let output = run_in(here(), &["rules", "explain", "--no-rules", frame]);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
    }
}
