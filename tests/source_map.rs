//! `--source-map`: real captures of compiled and bundled TypeScript, and what is said of maps that are missing or broken.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Value, json};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/source_map").join(name)
}

fn run(args: &[&OsStr]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_heapsift")).args(args).output().expect("the program runs")
}

/// The report of a profile, with these options.
fn report(profile: &Path, options: &[&OsStr]) -> Value {
    let output = run(&[&["-f".as_ref(), "json".as_ref(), profile.as_os_str()], options].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn mapped(profile: &Path, map: &Path) -> Value {
    report(profile, &["--source-map".as_ref(), map.as_os_str()])
}

fn rows<'v>(report: &'v Value, list: &str) -> &'v [Value] {
    report[list].as_array().expect("a list")
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().unwrap_or_default()
}

fn size(row: &Value) -> u64 {
    row["self_size"].as_u64().expect("a size")
}

/// Self size of a package, or 0.
fn package(report: &Value, name: &str) -> u64 {
    rows(report, "packages").iter().filter(|row| text(row, "name") == name).map(size).sum()
}

/// Function and line of what stands in the program's own sources, by name.
fn own(report: &Value) -> Vec<(String, String)> {
    let functions = rows(report, "functions").iter().filter(|row| text(row, "url").starts_with("/srv/app/src/"));
    let mut found: Vec<_> = functions
        .map(|row| {
            let file = text(row, "url").trim_start_matches("/srv/app/");
            let source = fs::read_to_string(fixture(file)).expect("the source is there");
            let line = row["line"].as_u64().expect("a line") as usize;
            (
                text(row, "function").to_owned(),
                source.lines().nth(line - 1).expect("it has that line").trim().to_owned(),
            )
        })
        .collect();
    found.sort();
    found
}

fn line_of<'f>(found: &'f [(String, String)], function: &str) -> &'f str {
    let line = found.iter().find(|(name, _)| name == function).map(|(_, line)| &**line);
    line.unwrap_or_else(|| panic!("no {function} in {found:#?}"))
}

/// The kinds of the warnings about source maps.
fn kinds(report: &Value) -> Vec<&str> {
    let kinds = rows(report, "warnings").iter().map(|warning| text(warning, "kind"));
    kinds.filter(|kind| kind.starts_with("source-map")).collect()
}

#[test]
fn a_minified_bundle_is_shown_as_its_sources_and_packages() {
    let profile = fixture("esbuild/app.heapprofile");
    let (plain, mapped) = (report(&profile, &[]), mapped(&profile, &fixture("esbuild")));
    assert_eq!(own(&plain), []);
    assert_eq!(package(&plain, "lodash"), 0);
    let found = own(&mapped);
    for (function, line) in [
        ("addOrders", "addOrders(count: number): void {"),
        ("#copyLines", "#copyLines(times: number): unknown[] {"),
        ("copyLater", "async copyLater(times: number): Promise<void> {"),
        ("buildReportRows", "function buildReportRows(orders: Order[]): string[] {"),
        ("runShop", "async function runShop(): Promise<void> {"),
    ] {
        assert_eq!(line_of(&found, function), line);
    }
    assert!(!rows(&mapped, "functions").iter().any(|row| text(row, "function") == "#e"), "its short name is gone");
    // Each byte of lodash was the application's before; the script itself is the code of all sources, and stays what it is.
    let lodash = package(&mapped, "lodash");
    assert!(lodash > 1 << 20, "{lodash}");
    assert_eq!(package(&plain, "(app)"), package(&mapped, "(app)") + lodash);
    assert_eq!(plain["summary"]["total_size"], mapped["summary"]["total_size"]);
    let scripts = rows(&mapped, "functions").iter().filter(|row| text(row, "url").ends_with("/bundle/app.js"));
    let scripts: Vec<_> = scripts.map(|row| (text(row, "function"), &row["line"])).collect();
    assert!(scripts.contains(&("", &json!(1))), "{scripts:?}");
    assert_eq!(kinds(&mapped), Vec::<&str>::new());
}

#[test]
fn compiled_files_are_shown_as_the_sources_that_the_bundle_has() {
    let compiled = own(&mapped(&fixture("tsc/app.heapprofile"), &fixture("tsc")));
    let bundled = own(&mapped(&fixture("esbuild/app.heapprofile"), &fixture("esbuild/app.js.map")));
    for function in ["addOrders", "#copyLines", "copyLater", "buildReportRows", "runShop"] {
        assert_eq!(line_of(&compiled, function), line_of(&bundled, function));
    }
    // An arrow function keeps its short name.
    let summarize = line_of(&compiled, "summarize");
    assert!(summarize.starts_with("const summarize = "), "{summarize}");
    assert!(bundled.iter().any(|(function, line)| function != "summarize" && line == summarize), "{bundled:#?}");
}

#[test]
fn the_cpu_profile_is_joined_by_sources() {
    let (heap, cpu) = (fixture("esbuild/app.heapprofile"), fixture("esbuild/app.cpuprofile"));
    let maps = fixture("esbuild");
    let report = report(&heap, &["--source-map".as_ref(), maps.as_ref(), "--cpu".as_ref(), cpu.as_ref()]);
    let functions = report["cpu"]["functions"].as_array().expect("functions");
    let both = |row: &&Value| row["self_time"].as_u64() > Some(0) && row["self_size"].as_u64() > Some(0);
    let joined: Vec<&str> = functions.iter().filter(both).map(|row| text(row, "function")).collect();
    for function in ["addOrders", "baseClone"] {
        assert!(joined.contains(&function), "{function} in {functions:#?}");
    }
}

#[test]
fn the_report_does_not_depend_on_threads_and_windows() {
    let (profile, maps) = (fixture("tsc/app.heapprofile"), fixture("tsc"));
    let with = |options: &[&str]| {
        let options: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
        report(&profile, &[&["--source-map".as_ref(), maps.as_os_str()], &options[..]].concat())
    };
    let usual = with(&[]);
    for options in
        [&["--threads", "1", "--window-size", "4K"][..], &["--threads", "4"], &["--no-mmap"], &["--max-memory", "64M"]]
    {
        assert_eq!(with(options), usual, "{options:?}");
    }
}

/// A folder with `dist/a.js.map`, in whose second line column 4 is `work` of `src/a.ts:11:3`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("dist")).expect("it can be written to");
    let map = json!({"version": 3, "sources": ["../src/a.ts"], "names": ["work"], "mappings": ";IAUEA"});
    write(&folder, "dist/a.js.map", &map.to_string());
    folder
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("it can be written to");
    path
}

/// A call frame of the inspector's (lines from 0) or of xprofiler (from 1).
fn frame(one_based: bool, function: &str, url: &str, position: Option<(i32, i32)>) -> Value {
    let first = i32::from(one_based);
    let (line, column) = position.map_or((first - 1, first - 1), |(line, column)| (line + first, column + first));
    let script = if position.is_some() { 7 } else { 0 };
    let script = if one_based { json!(script) } else { json!(script.to_string()) };
    json!({"functionName": function, "scriptId": script, "url": url, "lineNumber": line, "columnNumber": column})
}

/// A profile of one function that begins behind `w` in `function w(`, called by a script of no map, in three shapes.
fn profile(one_based: bool, shape: &str) -> String {
    let frame = |function, url, position| frame(one_based, function, url, position).to_string();
    let (root, script) = (frame("(root)", "", None), frame("", "/srv/node_modules/x/x.js", Some((0, 0))));
    let work = frame("w", "/srv/app/dist/a.js", Some((1, 5)));
    let leaf = format!(r#"{{"callFrame":{work},"selfSize":4096,"children":[]}}"#);
    let inner = format!(r#"{{"callFrame":{script},"selfSize":0,"children":[{leaf}]}}"#);
    match shape {
        "flat" => {
            let flat = |frame: &str, size: u32, children: &str| {
                format!(r#"{},"selfSize":{size},"children":[{children}]}}"#, frame.trim_end_matches('}'))
            };
            format!(r#"{{"head":{}}}"#, flat(&root, 0, &flat(&script, 0, &flat(&work, 4096, ""))))
        }
        "frame last" => format!(r#"{{"head":{{"selfSize":0,"children":[{inner}],"callFrame":{root}}}}}"#),
        _ => format!(r#"{{"head":{{"callFrame":{root},"selfSize":0,"children":[{inner}]}}}}"#),
    }
}

/// Function, url, line and column of what has bytes.
fn heaviest(report: &Value) -> [Value; 4] {
    ["function", "url", "line", "column"].map(|key| rows(report, "functions")[0][key].clone())
}

#[test]
fn lines_are_counted_as_the_writer_counts_them() {
    let folder = folder();
    let sources = [json!("work"), json!("/srv/app/src/a.ts"), json!(11), json!(3)];
    for (one_based, shape) in [(false, "usual"), (true, "usual"), (true, "flat")] {
        let path = write(&folder, "x.heapprofile", &profile(one_based, shape));
        let report = mapped(&path, folder.path());
        assert_eq!(heaviest(&report), sources, "{shape} {one_based}");
        assert_eq!(kinds(&report), Vec::<&str>::new());
    }
    // Until the root's call frame comes nobody knows how lines count: nothing is moved, rather than to the wrong line.
    let as_it_ran = [json!("w"), json!("/srv/app/dist/a.js"), json!(2), json!(6)];
    for one_based in [false, true] {
        let path = write(&folder, "x.heapprofile", &profile(one_based, "frame last"));
        let report = mapped(&path, folder.path());
        assert_eq!(heaviest(&report), as_it_ran, "{one_based}");
        assert_eq!(kinds(&report), ["source-map-lines"]);
    }
}

#[test]
fn maps_that_cannot_be_used_are_warnings() {
    let folder = folder();
    let path = write(&folder, "x.heapprofile", &profile(false, "usual"));
    let kinds_with = |map: &Path| {
        let report = mapped(&path, map);
        assert_eq!(heaviest(&report)[0], "w");
        let warnings = rows(&report, "warnings");
        let message = text(
            warnings.iter().find(|warning| text(warning, "kind").starts_with("source-map")).expect("one"),
            "message",
        );
        (kinds(&report).join(" "), message.to_owned())
    };
    let empty = tempfile::tempdir().expect("a temporary folder");
    let (told, message) = kinds_with(empty.path());
    assert_eq!(told, "source-map-missing", "none for the package");
    assert_eq!(message, "No source map was found for 1 script: /srv/app/dist/a.js.");

    let maps = folder.path().join("dist");
    for broken in ["", "{\"version\":3", "[1]", "\0", r#"{"version":3,"sources":[],"names":[],"mappings":"AAAA"}"#] {
        write(&folder, "dist/a.js.map", broken);
        let (told, message) = kinds_with(&maps);
        assert_eq!(told, "source-map-broken", "{broken:?}");
        assert!(message.starts_with("The source map a.js.map cannot be used: "), "{message}");
    }
    fs::create_dir(maps.join("copy")).expect("it can be written to");
    write(&folder, "dist/copy/a.js.map", "{}");
    fs::rename(maps.join("a.js.map"), maps.join("again.js.map")).expect("it can be moved");
    fs::create_dir(maps.join("copy2")).expect("it can be written to");
    write(&folder, "dist/copy2/a.js.map", "{}");
    let (told, message) = kinds_with(&maps);
    assert_eq!(told, "source-map-ambiguous");
    assert_eq!(message, "Which source map belongs to 1 script cannot be told: /srv/app/dist/a.js.");
    assert_eq!(kinds(&report(&path, &[])), Vec::<&str>::new(), "nothing is said where nobody asks");
}

#[test]
fn hostile_names_in_a_map_are_shown_escaped() {
    let folder = folder();
    let path = write(&folder, "x.heapprofile", &profile(false, "usual"));
    let map =
        json!({"version": 3, "sources": ["../src/\u{1b}[31m|`\u{202e}.ts"], "names": ["a\nb"], "mappings": ";IAUEA"});
    write(&folder, "dist/a.js.map", &map.to_string());
    for format in ["text", "markdown"] {
        let maps = folder.path().as_os_str();
        let output = run(&["-f".as_ref(), format.as_ref(), path.as_os_str(), "--source-map".as_ref(), maps]);
        let shown = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(shown.contains(r"a\nb") || shown.contains(r"a\\nb"), "{shown}");
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    }
}

#[test]
fn a_path_that_does_not_exist_is_an_error_of_usage() {
    let folder = folder();
    let path = write(&folder, "x.heapprofile", &profile(false, "usual"));
    let missing = folder.path().join("no\u{7}where");
    let output = run(&[path.as_os_str(), "--source-map".as_ref(), missing.as_ref()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("--source-map") && stderr.contains(r"no\u{7}where"), "{stderr}");
}

/// Place in the code, place in a source (by its number), name.
type Mapping<'a> = ((u32, u32), (u32, u32, u32), Option<&'a str>);

/// A map of these sources, with their texts, and these mappings.
fn map_of(sources: &[(&str, Option<&str>)], mappings: &[Mapping<'_>]) -> String {
    let mut builder = sourcemap::SourceMapBuilder::new(None);
    for (source, content) in sources {
        let id = builder.add_source(source);
        builder.set_source_contents(id, *content);
    }
    for &((line, column), (source, source_line, source_column), name) in mappings {
        builder.add(line, column, source_line, source_column, Some(sources[source as usize].0), name, false);
    }
    let mut text = Vec::new();
    builder.into_sourcemap().to_writer(&mut text).expect("it can be written");
    String::from_utf8(text).expect("UTF-8")
}

/// A profile of functions with 64 KB each: name, url, line and column, which count from 0.
fn profile_of(functions: &[(&str, &str, i32, i32)]) -> String {
    let child = |&(function, url, line, column): &(&str, &str, i32, i32)| json!({"callFrame": frame(false, function, url, Some((line, column))), "selfSize": 65536, "children": []});
    let children: Vec<Value> = functions.iter().map(child).collect();
    let root = frame(false, "(root)", "", None);
    format!(
        r#"{{"head":{{"callFrame":{root},"selfSize":0,"children":{}}}}}"#,
        serde_json::to_string(&children).expect("JSON")
    )
}

/// Functions and urls of a report, in order.
fn places(report: &Value) -> Vec<(String, String)> {
    let mut places: Vec<_> =
        rows(report, "functions").iter().map(|row| (text(row, "function").into(), text(row, "url").into())).collect();
    places.sort();
    places
}

fn owned(places: &[(&str, &str)]) -> Vec<(String, String)> {
    places.iter().map(|&(function, url)| (function.into(), url.into())).collect()
}

const APP: &str = "/srv/dist/app.js";

#[test]
fn a_map_without_columns_says_nothing_of_a_minified_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path =
        write(&folder, "x.heapprofile", &profile_of(&[("a", APP, 0, 40), ("b", APP, 0, 900), ("c", APP, 0, 4000)]));
    let sources = ["../src/a.ts", "../src/b.ts", "../src/c.ts"].map(|source| (source, None));
    write(&folder, "app.js.map", &map_of(&sources, &[((0, 0), (0, 0, 0), None)]));
    let report = mapped(&path, folder.path());
    assert_eq!(places(&report), owned(&[("a", APP), ("b", APP), ("c", APP)]));
    assert_eq!(kinds(&report), ["source-map-columns"]);
    // Where lines are as they were written, it is all that is needed.
    let path = write(&folder, "x.heapprofile", &profile_of(&[("a", APP, 0, 40), ("b", APP, 1, 90), ("c", APP, 2, 9)]));
    let lines = [0, 1, 2].map(|line| ((line, 0), (line, 7, 0), None));
    write(&folder, "app.js.map", &map_of(&sources, &lines));
    let report = mapped(&path, folder.path());
    assert_eq!(places(&report), owned(&[("a", "/srv/src/a.ts"), ("b", "/srv/src/b.ts"), ("c", "/srv/src/c.ts")]));
    assert_eq!(kinds(&report), Vec::<&str>::new());
}

#[test]
fn a_map_is_used_for_one_script_of_its_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(folder.path().join("server/users")).expect("it can be written to");
    write(&folder, "server/users/route.js.map", &map_of(&[("../../src/users.ts", None)], &[((0, 0), (0, 0, 0), None)]));
    let (users, orders) = ("/srv/app/users/route.js", "/srv/app/orders/route.js");
    let path = write(&folder, "x.heapprofile", &profile_of(&[("GET", users, 0, 9), ("GET", orders, 0, 9)]));
    let report = mapped(&path, folder.path());
    assert_eq!(places(&report), owned(&[("GET", orders), ("GET", "/srv/src/users.ts")]));
    assert_eq!(kinds(&report), ["source-map-ambiguous"]);
    // It is the same for standard input, where functions cannot be taken back.
    let text = fs::read(&path).expect("it is there");
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
    let piped = command.args(["-f", "json", "-", "--source-map"]).arg(folder.path()).write_stdin(text);
    let piped: Value = serde_json::from_slice(&piped.output().expect("it runs").stdout).expect("JSON");
    assert_eq!(kinds(&piped), ["source-map-ambiguous"]);
    // One that has the name to itself may stand elsewhere.
    let path = write(&folder, "x.heapprofile", &profile_of(&[("GET", orders, 0, 9)]));
    assert_eq!(kinds(&mapped(&path, folder.path())), Vec::<&str>::new());
}

/// A source of eight functions, one a line, and the generated line of them, `function a(){…}` being 20 columns.
fn eight(shift: u32) -> (String, Vec<(&'static str, &'static str, i32, i32)>) {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let source: String = names.iter().map(|name| format!("function {name}Long(x) {{\n  return x + 1;\n}}\n")).collect();
    let mappings: Vec<_> = (0..8)
        .flat_map(|i| {
            // Where the map is of a build with more in it, code is told to be that of what stands before it.
            let (line, column) = if i >= 4 && shift > 0 { (3 * i + 1, 2) } else { (3 * i, 9) };
            [((0, 20 * i), (0, 3 * i, 0), None), ((0, 20 * i + 9), (0, line, column), None)]
        })
        .collect();
    let map = map_of(&[("../src/a.ts", Some(&source))], &mappings);
    (map, names.iter().zip(0..).map(|(&name, i)| (name, APP, 0, 20 * i + 10)).collect())
}

#[test]
fn a_map_of_another_build_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (right, functions) = eight(0);
    let path = write(&folder, "x.heapprofile", &profile_of(&functions));
    write(&folder, "app.js.map", &right);
    let report = mapped(&path, folder.path());
    assert_eq!(kinds(&report), Vec::<&str>::new());
    // The text of the source has the names that the map does not have.
    let names: Vec<_> = places(&report).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["aLong", "bLong", "cLong", "dLong", "eLong", "fLong", "gLong", "hLong"]);
    write(&folder, "app.js.map", &eight(1).0);
    let report = mapped(&path, folder.path());
    assert_eq!(kinds(&report), ["source-map-mismatch"]);
    let message = text(&rows(&report, "warnings")[0], "message");
    assert!(rows(&report, "warnings").iter().any(|w| text(w, "message").contains("4 of 8")), "{message}");
}

#[test]
fn names_that_are_right_are_not_replaced() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(
        &folder,
        "x.heapprofile",
        &profile_of(&[("baseClone", APP, 0, 18), ("q", APP, 1, 10), ("r.b", APP, 2, 12), ("parse2", APP, 3, 15)]),
    );
    let content = "function baseClone(value) {\n}\nfunction real(value) {\n}\nfunction formatRecord(r) {\n}\nfunction parse(a) {\n}\n";
    let mappings = [
        ((0, 9), (0, 0, 9), Some("isFlat")),
        ((1, 9), (0, 2, 9), Some("other")),
        ((2, 4), (0, 4, 0), None),
        ((3, 9), (0, 6, 9), Some("parse")),
    ];
    let names = |content| {
        write(&folder, "app.js.map", &map_of(&[("../src/a.ts", content)], &mappings));
        places(&mapped(&path, folder.path())).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names(Some(content)), ["baseClone", "formatRecord", "parse", "real"]);
    assert_eq!(names(None), ["baseClone", "other", "parse", "r.b"]);
}

#[test]
fn scripts_whose_modules_are_evaluated_and_maps_without_sources_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(&folder, "x.heapprofile", &profile_of(&[("f", APP, 0, 20)]));
    let script = write(&folder, "app.js", r#"eval("f()\n//# sourceMappingURL=data:application/json;base64,e30=\n");"#);
    let message = |report: &Value| {
        assert_eq!(kinds(report), ["source-map-broken"]);
        rows(report, "warnings").iter().map(|warning| text(warning, "message").to_owned()).collect::<String>()
    };
    assert!(message(&mapped(&path, &script)).contains(r#"devtool: "source-map""#));
    fs::remove_file(script).expect("it is there");
    let nothing = json!({"version": 3, "sources": [null, null], "names": [], "mappings": "AAAA,IAAA"});
    write(&folder, "app.js.map", &nothing.to_string());
    assert!(message(&mapped(&path, folder.path())).contains("none of its sources has a name"));
}

#[test]
fn comparisons_gates_and_batches_say_what_is_wrong_with_maps() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(&folder, "x.heapprofile", &profile_of(&[("f", APP, 0, 20), ("g", APP, 0, 50)]));
    let other = write(&folder, "y.heapprofile", &profile_of(&[("f", APP, 0, 20), ("h", APP, 0, 70)]));
    write(&folder, "app.js.map", r#"{"version":3,"#);
    let maps = folder.path().as_os_str();
    let output = |args: &[&str]| {
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).chain(["--source-map".as_ref(), maps]).collect();
        let output = run(&args);
        (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let [file, other] = [&path, &other].map(|path| path.to_str().expect("UTF-8"));
    let (diff, _) = output(&["diff", file, other, "-f", "json"]);
    let diff: Value = serde_json::from_str(&diff).expect("JSON");
    assert_eq!(kinds(&diff), ["source-map-broken"]);
    let message = text(rows(&diff, "warnings").last().expect("one"), "message");
    assert!(
        message.starts_with("x.heapprofile: The source map app.js.map") && message.ends_with("1 more."),
        "{message}"
    );
    let (check, _) = output(&["check", file, "--rule", "function:gone < 1MiB"]);
    assert!(check.contains("app.js.map cannot be used") && check.contains("source maps first"), "{check}");
    assert!(!check.contains("correct the name"), "{check}");
    let (_, told) = output(&["baseline", file, "--interval", "512"]);
    assert!(told.contains("app.js.map cannot be used"), "{told}");
    let batch = folder.path().join("batch");
    let result = batch.to_str().expect("UTF-8");
    let (batch_told, _) = output(&["batch", file, other, "-o", result]);
    assert!(batch_told.contains("app.js.map cannot be used"), "{batch_told}");
    let index = fs::read(batch.join("index.md")).expect("it is there");
    // What was read before is told as if it had been read now.
    let (again, _) = output(&["batch", file, other, "-o", result, "--resume"]);
    assert_eq!(again, batch_told);
    assert_eq!(fs::read(batch.join("index.md")).expect("it is there"), index);
}

#[test]
fn each_side_of_a_comparison_may_have_its_own_maps() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let maps = ["old", "new"].map(|side| {
        fs::create_dir(folder.path().join(side)).expect("it can be written to");
        let column = if side == "old" { 0 } else { 100 };
        let map = map_of(&[("../src/a.ts", None)], &[((0, column + 9), (0, 3, 9), Some("work"))]);
        write(&folder, &format!("{side}/app.js.map"), &map)
    });
    let before = write(&folder, "x.heapprofile", &profile_of(&[("f", APP, 0, 10)]));
    let after = write(&folder, "y.heapprofile", &profile_of(&[("f", APP, 0, 110)]));
    let sides: [&OsStr; 4] =
        ["--source-map-before".as_ref(), maps[0].as_ref(), "--source-map-after".as_ref(), maps[1].as_ref()];
    let shared = ["diff".as_ref(), before.as_ref(), after.as_ref(), "-f".as_ref(), "json".as_ref()];
    let output = run(&[&shared[..], &sides[..]].concat());
    let diff: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(kinds(&diff), Vec::<&str>::new());
    assert!(String::from_utf8_lossy(&output.stdout).contains("/srv/src/a.ts"));
    assert!(!String::from_utf8_lossy(&output.stdout).contains(APP), "both are its source's");
    let output = run(&[&shared[..], &["--source-map-after".as_ref(), "nowhere".as_ref()]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--source-map-after: nowhere"));
}

#[test]
fn minified_code_without_a_map_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let told = |functions: &[(&str, &str, i32, i32)], options: &[&OsStr]| {
        let path = write(&folder, "x.heapprofile", &profile_of(functions));
        let report = report(&path, options);
        rows(&report, "warnings").iter().any(|warning| text(warning, "kind") == "minified")
    };
    let at = |url: &'static str, step: i32| (1..11).map(|i| ("a", url, 0, step * i)).collect::<Vec<_>>();
    assert!(told(&at(APP, 200), &[]));
    assert!(!told(&at(APP, 40), &[]), "as it was written");
    assert!(!told(&at("/srv/node_modules/x/x.min.js", 200), &[]), "its package is known");
    assert!(!told(&at(APP, 200)[..7], &[]), "a few say little");
    assert!(told(&at(APP, 200), &["--source-map".as_ref(), folder.path().as_ref()]), "no map there is its own");
    let path = write(&folder, "x.heapprofile", &profile_of(&at(APP, 200)));
    let output = run(&["doctor".as_ref(), path.as_ref()]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("--source-map"));
    // Before all advice, of which so little can be known.
    for (step, is_first) in [(200, true), (40, false)] {
        let path = write(&folder, "x.heapprofile", &profile_of(&at(APP, step)));
        for (format, words) in
            [("text", "\nDo first: name the source maps"), ("markdown", "**To do first**: name the source maps")]
        {
            let arguments = ["-f".as_ref(), format.as_ref(), path.as_os_str()];
            let maps: [&OsStr; 2] = ["--source-map".as_ref(), folder.path().as_ref()];
            // Also where a folder is named that has none for it.
            for output in [run(&arguments), run(&[&arguments[..], &maps].concat())] {
                assert_eq!(String::from_utf8_lossy(&output.stdout).contains(words), is_first, "{format} {step}");
            }
        }
    }
}

#[test]
fn what_compares_runs_tells_minified_code_without_a_map() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |step: i32| profile_of(&(1..11).map(|i| ("a", APP, 0, step * i)).collect::<Vec<_>>());
    let (plain, minified) = (write(&folder, "a.heapprofile", &at(40)), write(&folder, "b.heapprofile", &at(200)));
    let baseline = folder.path().join("b.toml");
    let in_order = |words: &[&str], files: &[&Path]| {
        let words = words.iter().map(OsStr::new).chain(files.iter().map(|file| file.as_os_str()));
        run(&words.chain(["--interval", "4096"].map(OsStr::new)).collect::<Vec<_>>())
    };
    let message = "b.heapprofile: /srv/dist/app.js is minified";
    for (file, is_minified) in [(&minified, true), (&plain, false)] {
        let output = in_order(&["baseline", "-o"], &[&baseline, file]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let is_told = stderr.contains(message) && stderr.contains("--source-map");
        let noted = fs::read_to_string(&baseline).expect("it was written").contains("\nminified = true\n");
        assert_eq!((output.status.code(), is_told, noted), (Some(0), is_minified, is_minified), "{stderr}");
    }
    // The last one is of the plain run.
    for (file, rule, verdict, blocker) in [
        (&minified, "package:(app) +900%", "inconclusive", json!("minified")),
        (&minified, "total +900%", "pass", Value::Null),
        (&plain, "package:(app) +900%", "pass", Value::Null),
    ] {
        let words = ["check", "--no-rules", "-f", "json", "--rule", rule, "--baseline"];
        let check: Value = serde_json::from_slice(&in_order(&words, &[&baseline, file]).stdout).expect("JSON");
        assert_eq!((text(&check, "verdict"), &check["rules"][0]["blocker"]), (verdict, &blocker), "{rule}");
        let mut warnings = rows(&check, "warnings").iter().filter_map(Value::as_str);
        assert_eq!(warnings.any(|warning| warning.contains(message)), file == &minified, "{rule}");
    }
    let diff = in_order(&["diff", "-f", "json"], &[&plain, &minified]);
    let diff: Value = serde_json::from_slice(&diff.stdout).expect("JSON");
    let told: Vec<_> = rows(&diff, "warnings").iter().filter(|warning| text(warning, "kind") == "minified").collect();
    assert_eq!(told.len(), 1);
    assert!(text(told[0], "message").starts_with(message), "{diff}");
}

/// The warnings of a kind in a report without maps: message and remedy.
fn warning(functions: &[(&str, &str, i32, i32)], kind: &str) -> Option<(String, String)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(&folder, "x.heapprofile", &profile_of(functions));
    let report = report(&path, &[]);
    let warning = rows(&report, "warnings").iter().find(|warning| text(warning, "kind") == kind)?;
    Some((text(warning, "message").to_owned(), text(warning, "remedy").to_owned()))
}

#[test]
fn bundles_without_a_map_are_told_and_the_map_is_named_where_it_is() {
    let in_bundle = |url: &'static str| [("node_modules/koa/lib/request.js", url, 120, 9), ("work", url, 900, 9)];
    let (message, remedy) = warning(&in_bundle(APP), "bundled").expect("it is told");
    assert!(message.starts_with("/srv/dist/app.js is a bundle"), "{message}");
    assert!(remedy.contains("the folder of that: --source-map"), "{remedy}");
    assert_eq!(warning(&in_bundle("/srv/node_modules/x/index.js"), "bundled"), None, "its package is known");
    let vite = "http://localhost:5173/node_modules/.vite/deps/chunk-ABCDEFGH.js";
    let (_, remedy) = warning(&[("a", vite, 3, 1)], "bundled").expect("it is told");
    assert!(remedy.contains("--source-map node_modules/.vite/deps"), "{remedy}");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let map = write(&folder, "app.js.map", &map_of(&[("../src/a.ts", None)], &[((0, 0), (0, 0, 0), None)]));
    let script = folder.path().join("app.js").display().to_string();
    let far: Vec<_> = (1..11).map(|i| ("a", &*script, 0, 200 * i)).collect();
    for (functions, kind) in [(&[("__commonJS", &*script, 7, 1)][..], "bundled"), (&far, "minified")] {
        let (_, remedy) = warning(functions, kind).expect("it is told");
        assert!(remedy.contains(&format!("--source-map {}", map.display())), "{remedy}");
    }
}

#[test]
fn what_is_compiled_as_it_is_loaded_is_told_until_it_has_a_map() {
    let sent = "http://localhost:5173/src/List.jsx";
    let (message, remedy) = warning(&[("Row", sent, 21, 12)], "compiled").expect("it is told");
    assert!(message.starts_with(sent) && remedy.contains("--source-map sent"), "{message} {remedy}");
    let far: Vec<_> = (1..11).map(|i| ("a", "/srv/src/a.tsx", 1, 200 * i)).collect();
    assert!(warning(&far, "compiled").is_some());
    assert_eq!(warning(&far, "minified"), None, "there is no map to name");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(&folder, "x.heapprofile", &profile_of(&[("Row", sent, 21, 12)]));
    fs::create_dir(folder.path().join("maps")).expect("it can be written to");
    write(&folder, "maps/List.jsx.map", &map_of(&[("List.jsx", None)], &[((21, 12), (0, 4, 0), None)]));
    let report = mapped(&path, &folder.path().join("maps"));
    let found: Vec<_> = rows(&report, "functions").iter().map(|row| (text(row, "url"), &row["line"])).collect();
    assert_eq!((found, kinds(&report)), (vec![(sent, &json!(5))], vec![]));
    // Another map than its own leaves it as it ran, and that is said.
    let path = write(&folder, "x.heapprofile", &profile_of(&[("App", "http://localhost:5173/src/App.vue", 21, 12)]));
    assert_eq!(kinds(&mapped(&path, &folder.path().join("maps"))), ["source-map-missing"]);
}
