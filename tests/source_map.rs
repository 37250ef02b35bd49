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
    assert_eq!(message, "Several source maps fit 1 script equally well: /srv/app/dist/a.js.");
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
