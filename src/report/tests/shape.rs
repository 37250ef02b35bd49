//! The shape of the JSON report, what lists hold, and the reference capture's published figures.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};

use super::{Format, Style, json, markdown, print, text};
use crate::analysis::model::{ReportOptions, Warning};
use crate::analysis::test_support;

/// JSON with its keys in the order in which they stand, which `serde_json::Value` forgets.
#[derive(Debug)]
enum Ordered {
    Object(Vec<(String, Ordered)>),
    List(Vec<Ordered>),
    Leaf,
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrderedVisitor)
    }
}

struct OrderedVisitor;

impl<'de> Visitor<'de> for OrderedVisitor {
    type Value = Ordered;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Ordered::Object(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Ordered, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Ordered::List(items))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }
}

impl Ordered {
    fn keys(&self) -> String {
        match self {
            Self::Object(entries) => entries.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>().join(" "),
            other => panic!("no object: {other:?}"),
        }
    }

    fn get(&self, wanted: &str) -> &Self {
        match self {
            Self::Object(entries) => &entries.iter().find(|(key, _)| key == wanted).expect("the key").1,
            other => panic!("no object: {other:?}"),
        }
    }

    fn first(&self) -> &Self {
        match self {
            Self::List(items) => items.first().expect("an item"),
            other => panic!("no list: {other:?}"),
        }
    }
}

#[test]
fn keys_stand_in_the_order_of_the_contract() {
    let mut profile = test_support::small();
    profile.warnings.push(Warning::new("odd", "it is odd", "look at it"));
    let whole = ReportOptions::default();
    let line = print(&profile, whole, Format::Json, Style::default());
    let json: Ordered = serde_json::from_str(&line).expect("JSON");
    let cut = print(&profile, ReportOptions { limit: Some(1), ..whole }, Format::Json, Style::default());
    let cut: Ordered = serde_json::from_str(&cut).expect("JSON");
    let Ordered::List(rows) = cut.get("packages") else { panic!("a list") };
    let function =
        "function url line column kind package category self_size total_size share standard_error low high nodes";
    let table = [
        (
            &json,
            "schema_version kind file filters summary categories packages functions stacks stacks_omitted entry_points \
             memory_usage correlation cpu recommendations if_live unadvised budget actions warnings",
        ),
        (json.get("file"), "name bytes compressed_bytes dialect complete truncated_at"),
        (
            json.get("summary"),
            "total_size shown_size nodes allocating_nodes call_frames max_depth samples sampling_interval \
             standard_error objects cut_stacks repair",
        ),
        (json.get("summary").get("sampling_interval"), "bytes source"),
        (
            json.get("categories").first(),
            "id name self_size caused_size share standard_error low high nodes priority rank caused_by functions",
        ),
        (json.get("categories").first().get("functions").first(), function),
        (
            json.get("packages").first(),
            "name version kind category self_size caused_size total_size share standard_error low high nodes priority \
             rank caused_by",
        ),
        (json.get("functions").first(), function),
        (json.get("stacks").first(), "self_size share standard_error low high frames frames_omitted"),
        (json.get("stacks").first().get("frames").first(), "function url line column"),
        (json.get("stacks_omitted"), "count self_size"),
        (json.get("warnings").first(), "kind message remedy share command"),
        (&rows[1], "other count self_size caused_size share standard_error low high nodes"),
    ];
    for (object, keys) in table {
        assert_eq!(object.keys(), keys);
    }
}

#[test]
fn what_later_work_fills_is_there_and_empty() {
    let json = json(&test_support::small(), None);
    for key in ["filters", "recommendations", "budget", "actions"] {
        assert_eq!(json[key], json!([]), "{key}");
    }
    assert_eq!(json["correlation"], Value::Null);
    assert_eq!(json["cpu"], Value::Null);
    assert_eq!(json["summary"]["samples"], Value::Null);
}

#[test]
fn equal_sizes_are_ordered_by_name_url_line_and_version() {
    let url = |package: &str| format!("/srv/node_modules/{package}/index.js");
    let urls = [url("_b@1.0.0@b"), url("_b@1.10.0@b"), url("b"), url("a")];
    let frames = [("f", 2, 9), ("f", 1, 2), ("f", 0, 2), ("f", 0, 1), ("", 3, 5), ("Z", 2, 1), ("é", 2, 1)];
    let nodes: Vec<_> = frames.iter().map(|&(name, url, line)| (8, vec![(name, urls[url].as_str(), line)])).collect();
    let json = json(&test_support::profile(&nodes, &[]), None);
    let rows = |list: &str, keys: &[&str]| -> Vec<String> {
        let row = |row: &Value| keys.iter().map(|key| row[key].to_string()).collect::<Vec<_>>().join(" ");
        json[list].as_array().unwrap().iter().map(row).collect()
    };
    let function = |name: &str, url: usize, line: i32| format!("\"{name}\" \"{}\" {line}", urls[url]);
    assert_eq!(
        rows("functions", &["function", "url", "line"]),
        [("", 3, 5), ("Z", 2, 1), ("f", 0, 1), ("f", 0, 2), ("f", 1, 2), ("f", 2, 9), ("é", 2, 1)]
            .map(|(name, url, line)| function(name, url, line))
    );
    // Three functions in b without a version, two in 1.0.0, one each in 1.10.0 and a.
    assert_eq!(
        rows("packages", &["name", "version", "self_size"]),
        ["\"b\" null 24", "\"b\" \"1.0.0\" 16", "\"a\" null 8", "\"b\" \"1.10.0\" 8"]
    );
}

#[test]
fn lists_are_whole_unless_a_limit_is_given() {
    let profile = test_support::small();
    let count = |limit| json(&profile, limit)["functions"].as_array().unwrap().len();
    assert_eq!([count(None), count(Some(0)), count(Some(2)), count(Some(8)), count(Some(9))], [9, 9, 3, 9, 9]);
    let json = json(&profile, Some(2));
    assert_eq!(
        json["functions"][2],
        json!({
            "other": true, "count": 7, "self_size": 2_622_488, "share": 0.262128, "standard_error": 1_172_578, "low": 851_759,
            "high": 6_119_041, "nodes": 4
        })
    );
    assert_eq!(json["stacks"].as_array().unwrap().len(), 6, "stacks have a limit of their own");
    let stacks = |stacks| {
        let line =
            print(&profile, ReportOptions { stacks, ..ReportOptions::default() }, Format::Json, Style::default());
        serde_json::from_str::<Value>(&line).unwrap()["stacks"].as_array().unwrap().len()
    };
    assert_eq!([stacks(0), stacks(3), stacks(100)], [0, 3, 6]);
}

#[test]
fn formats_for_people_say_what_a_limit_leaves_out() {
    let profile = test_support::small();
    let options = ReportOptions { limit: Some(1), stacks: 1, ..ReportOptions::default() };
    let markdown = print(&profile, options, Format::Markdown, Style::default());
    assert!(markdown.contains("| | Other (5 functions) | *4.00 ± 1.4 MB* | 41.95% | - | - | - |"), "{markdown}");
    assert!(markdown.contains("| Other (4 packages) | - | *3.50 ± 1.3 MB* | 36.70% | 3.50 MB | - |"), "{markdown}");
    let text = print(&profile, options, Format::Text, Style::default());
    assert!(text.contains("4.00 ± 1.4 MB  41.95%  in 5 more functions"), "{text}");
}

#[test]
fn a_package_is_one_step_less_where_a_category_with_a_theme_tells_it() {
    let dependency = |name: &str| format!("/srv/node_modules/{name}/index.js");
    let (leoric, odd, core) = (dependency("leoric"), dependency("odd"), ("slice", "node:buffer", 646));
    let native = |name| (name, "", 0);
    let nodes = [
        (40, vec![("token", leoric.as_str(), 1)]),
        (30, vec![("f", odd.as_str(), 1)]),
        (10, vec![core]),
        (10, vec![native("toString")]),
        (10, vec![native("Uint8Array")]),
    ];
    let json = json(&test_support::profile(&nodes, &[]), None);
    let row = |name: &str| {
        let packages = json["packages"].as_array().unwrap();
        let row = packages.iter().find(|row| row["name"] == name).unwrap();
        (row["priority"].as_str().unwrap().to_owned(), row["category"].as_str().unwrap().to_owned())
    };
    assert_eq!(row("leoric"), ("medium".into(), "orm".into()));
    assert_eq!(row("odd"), ("high".into(), "other".into()), "\"other\" tells nothing");
    assert_eq!(row("node:buffer"), ("medium".into(), "buffer".into()));
    assert_eq!(row("(native)"), ("high".into(), "buffer".into()), "half of its bytes are not most of them");
    assert_eq!(json["categories"][0]["priority"], "high");
}

#[test]
fn a_package_without_bytes_of_its_own_has_no_category() {
    let nodes = [(8, vec![("emit", "node:events", 455), ("keys", "", 0)])];
    let json = json(&test_support::profile(&nodes, &[]), None);
    let last = &json["packages"][1];
    assert_eq!(
        (&last["name"], &last["category"], &last["total_size"]),
        (&json!("node:events"), &Value::Null, &json!(8))
    );
}

#[test]
fn long_stacks_are_shortened_in_their_middle() {
    let names: Vec<String> = (0..40).map(|i| format!("f{i}")).collect();
    let path = |n: usize| names[..n].iter().map(|name| (name.as_str(), "node:x", 1)).collect::<Vec<_>>();
    let mut profile = test_support::profile(&[(8, path(40))], &[]);
    profile.aggregate.stacks[0].frames_omitted = 7;
    let out = markdown(&profile);
    let drawn = &out[out.find("## Top Stacks").unwrap()..];
    assert!(drawn.contains("```\n… 7 outer frames\n└── f0 (node:x:1)\n"), "{drawn}");
    let indented = |columns: usize, text: &str| format!("\n{:columns$}└── {text}\n", "");
    for (columns, text) in [(10, "f5 (node:x:1)"), (12, "… 20 more frames"), (14, "f26 (node:x:1)")] {
        assert!(drawn.contains(&indented(columns, text)), "{drawn}");
    }
    assert!(drawn.contains("└── f39 (node:x:1)  [8 B]\n```\n"), "{drawn}");
    let whole = markdown(&test_support::profile(&[(8, path(21))], &[]));
    assert!(!whole.contains("more frame"), "{whole}");
}

#[test]
fn an_incomplete_file_is_marked_at_the_top() {
    let mut profile = test_support::small();
    profile.file.complete = false;
    profile.file.truncated_at = Some(49_152);
    let mark = "⚠ incomplete: read up to byte 49152 of 50012";
    assert!(markdown(&profile).lines().nth(2).unwrap().contains(mark));
    assert!(text(&profile, 120).lines().nth(1).unwrap().contains(mark));
    assert_eq!(json(&profile, None)["file"]["truncated_at"], 49_152);
}

/// Shares of 54.10 MB and sizes in MB, as published for the reference capture.
#[test]
fn the_reference_capture_has_its_published_figures() {
    let Some(profile) = test_support::reference() else { return };
    let json = json(&profile, None);
    assert_eq!(json["summary"]["allocating_nodes"], 71);
    let markdown = markdown(&profile);
    for line in [
        "**File**: `x-heapprofile-3070674-20251207-1.heapprofile`  ",
        "**Date**: 2025-12-07  ",
        "**Total Allocations**: 71 sample points  ",
        "**Total Size**: 54.10 ± 5.2 MB  ",
        "| JSON Parsing | 11.04 ± 2.3 MB | 20.40% | 🔴 High |",
        "| HTTP/Koa (Tegg) | 9.00 ± 2.1 MB | 16.64% | 🔴 High |",
        "| Leoric ORM | 8.01 ± 2.0 MB | 14.80% | 🔴 High |",
        "| Buffer operations | *3.51 ± 1.3 MB* | 6.48% | 🟡 Medium |",
        "| MySQL driver | *2.50 ± 1.1 MB* | 4.62% | 🟢 Low |",
        "| String operations | *1.50 ± 0.87 MB* | 2.77% | 🟢 Low |",
        "| `urllib` 4.8.2 (mostly inside JSON Parsing) | 6.04 ± 1.7 MB | 11.16% | 🟡 Medium |",
        "| `fast-xml-parser` 5.3.2 (inside JSON Parsing) | 5.50 ± 1.7 MB | 10.17% | 🟡 Medium |",
        "- `parseJSON` in urllib is the **#1 allocator** (10.24% of all allocations, a tie within the error)",
        "| 1= | `initWithInjectProperty` | *2.00 ± 1.0 MB* | 3.70% | 5.50 MB | `@eggjs/tegg-runtime/EggObjectImpl.js:20` | HTTP/Koa (Tegg) |",
        "        └── parseJSON (urllib/utils.js:25)  [5.54 ± 1.7 MB]",
    ] {
        assert!(markdown.lines().any(|printed| printed == line), "{line}\nis not in\n{markdown}");
    }
}
