//! Several profiles as one: what a file says that holds the union of their trees, made by plain recursion.

#![expect(clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::expect_used, reason = "the same")]

mod common;

use std::path::PathBuf;

use common::{Way, classifier, fixtures, read_with};
use heapsift::aggregate::{Filters, FramePattern, Outcome, ReadOptions};
use heapsift::analysis::model::{Merge, Profile, Report, ReportOptions};
use heapsift::input::Input;
use heapsift::profile::Classify;
use heapsift::report::{Format, Style, render};
use serde_json::{Value, json};

fn json_of(profile: &Profile) -> Value {
    let mut out = Vec::new();
    let report = Report::new(profile, ReportOptions { interval: Some(512), ..ReportOptions::default() });
    render(&report, Format::Json, &Style::default(), &mut out).expect("memory can be written");
    serde_json::from_slice(&out).expect("JSON")
}

fn read(text: &[u8], options: ReadOptions<'_>) -> Outcome {
    read_with(Input::from_bytes(text.to_vec()), Way::plain(), options).unwrap_or_else(|problem| panic!("{problem:?}"))
}

fn merged(texts: &[Vec<u8>], filters: &Filters) -> Profile {
    let mut merge = Merge::default();
    for (i, text) in texts.iter().enumerate() {
        let outcome = read(text, ReadOptions { keep_tree: true, ..ReadOptions::default() });
        merge.add(Profile::from_outcome(format!("file {i}"), None, outcome).0, Some(512));
    }
    merge.finish(classifier().categories(), &ReadOptions { filters, ..ReadOptions::default() })
}

/// Adds a node to another one with the same call frame.
fn unite(node: &mut Value, other: &Value) {
    let size = |node: &Value| node["selfSize"].as_u64().expect("a size");
    node["selfSize"] = json!(size(node) + size(other));
    for child in other["children"].as_array().expect("children") {
        let children = node["children"].as_array_mut().expect("children");
        let same = children.iter_mut().find(|known| frame(known) == frame(child));
        match same {
            Some(known) => unite(known, child),
            None => {
                let mut fresh = json!({"callFrame": child["callFrame"], "selfSize": 0, "children": []});
                unite(&mut fresh, child);
                children.push(fresh);
            }
        }
    }
}

/// What a call frame is told by.
fn frame(node: &Value) -> [Value; 5] {
    let frame = &node["callFrame"];
    let has_script = !matches!(frame["scriptId"].to_string().as_str(), "0" | "\"0\"");
    [
        frame["functionName"].clone(),
        frame["url"].clone(),
        frame["lineNumber"].clone(),
        frame["columnNumber"].clone(),
        json!(has_script),
    ]
}

fn united(texts: &[Vec<u8>]) -> Vec<u8> {
    let heads: Vec<Value> = texts
        .iter()
        .map(|text| {
            // xprofiler's own escape for U+000B.
            let text = String::from_utf8_lossy(text).replace("\\v", "\\u000b");
            let mut file = serde_json::Deserializer::from_str(&text);
            file.disable_recursion_limit();
            let file: Value = serde::Deserialize::deserialize(&mut file).expect("JSON");
            file["head"].clone()
        })
        .collect();
    let mut head = json!({"callFrame": heads[0]["callFrame"], "selfSize": 0, "children": []});
    heads.iter().for_each(|other| unite(&mut head, other));
    serde_json::to_vec(&json!({"head": head})).expect("JSON")
}

fn texts(names: &[&str]) -> Vec<Vec<u8>> {
    let paths: Vec<PathBuf> =
        ["captured", "seed", "dialects"].iter().flat_map(|f| fixtures(f, ".heapprofile")).collect();
    let path = |name: &str| paths.iter().find(|path| path.ends_with(name)).unwrap_or_else(|| panic!("no {name}"));
    names.iter().map(|name| std::fs::read(path(name)).expect("a fixture can be read")).collect()
}

fn without(mut report: Value, keys: &[&str]) -> Value {
    let object = report.as_object_mut().expect("an object");
    keys.iter().for_each(|key| drop(object.remove(*key)));
    // What samples say is another matter than the tree.
    let summary = object["summary"].as_object_mut().expect("an object");
    ["samples", "objects"].iter().for_each(|key| drop(summary.remove(*key)));
    report
}

#[test]
fn a_merged_profile_is_the_union_of_the_trees() {
    let sets: [&[&str]; 3] = [
        &[
            "inspector-small.heapprofile",
            "inspector.heapprofile",
            "inspector-small.heapprofile",
            "node-heap-prof.heapprofile",
        ],
        &["x-heapprofile-4242-20261122-0.heapprofile", "x-heapprofile-4242-20261122-1.heapprofile"],
        &["x-heapprofile-3070674-20251207-1.heapprofile", "x-heapprofile-4242-20261122-1.heapprofile"],
    ];
    let pattern = |text: &str| FramePattern::new(text).ok();
    let all_filters = [
        Filters::default(),
        Filters { focus: pattern("a"), ..Filters::default() },
        Filters { hide: pattern("node:"), ignore: pattern("^(native)$"), ..Filters::default() },
    ];
    for names in sets {
        let texts = texts(names);
        for filters in &all_filters {
            let merged = merged(&texts, filters);
            let outcome = read(&united(&texts), ReadOptions { filters, ..ReadOptions::default() });
            let expected = Profile::from_outcome("file".to_owned(), None, outcome).0;
            let not_compared = ["file", "warnings"];
            let (found, expected) =
                (without(json_of(&merged), &not_compared), without(json_of(&expected), &not_compared));
            for (key, value) in expected.as_object().expect("an object") {
                assert_eq!(&found[key], value, "{key} of {names:?} with {filters:?}");
            }
            assert_eq!(merged.file.merged.len(), names.len());
        }
    }
}

#[test]
fn lines_are_the_same_whoever_wrote_the_files() {
    let names = ["inspector.heapprofile", "xprofiler.heapprofile", "v8-profiler-next.heapprofile"];
    let of_dialects = |names: &[&str]| -> Vec<Vec<u8>> {
        let path = |name: &&str| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dialects").join(name);
        names.iter().map(|name| std::fs::read(path(name)).expect("a fixture can be read")).collect()
    };
    let functions = |names: &[&str]| {
        let report = json_of(&merged(&of_dialects(names), &Filters::default()));
        let functions = report["functions"].as_array().expect("functions").clone();
        functions
            .into_iter()
            .map(|row| (row["function"].clone(), row["line"].clone(), row["self_size"].as_u64().expect("a size")))
            .collect::<Vec<_>>()
    };
    let tripled: Vec<_> = functions(&names[..1]).into_iter().map(|(name, line, size)| (name, line, 3 * size)).collect();
    assert_eq!(functions(&names), tripled);
}

#[test]
fn files_that_were_not_captured_alike_are_warned_of() {
    let kinds = |texts: &[Vec<u8>]| -> Vec<String> {
        let report = json_of(&merged(texts, &Filters::default()));
        let warnings = report["warnings"].as_array().expect("a list").clone();
        let kinds = warnings.iter().filter_map(|warning| warning["kind"].as_str());
        kinds.filter(|kind| kind.ends_with("-differ") || *kind == "same-capture").map(str::to_owned).collect()
    };
    let of_dialects = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dialects").join(name);
        std::fs::read(path).expect("a fixture can be read")
    };
    let inspector = of_dialects("inspector.heapprofile");
    assert!(kinds(std::slice::from_ref(&inspector)).is_empty());
    assert_eq!(kinds(&[inspector.clone(), of_dialects("xprofiler.heapprofile")]), ["writers-differ"]);
    assert_eq!(kinds(&[inspector.clone(), inspector.clone()]), ["same-capture"]);

    let mut merge = Merge::default();
    for interval in [512, 1024] {
        let outcome = read(&inspector, ReadOptions { keep_tree: true, ..ReadOptions::default() });
        merge.add(Profile::from_outcome("file".to_owned(), None, outcome).0, Some(interval));
    }
    let profile = merge.finish(classifier().categories(), &ReadOptions::default());
    assert!(profile.warnings.iter().any(|warning| warning.kind == "intervals-differ"));
}
