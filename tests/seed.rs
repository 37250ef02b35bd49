//! The figures published of one production process come out of the profile that was rebuilt from them.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;
use common::{Way, fixtures, read_text, shared};
use heapsift::analysis::model::{Profile, Report, ReportOptions};
use heapsift::report::{Format, Style, render};
use serde_json::Value;

/// Package, size in MB, share in percent, nodes.
const PACKAGES: [(&str, &str, &str, u64); 18] = [
    ("(native)", "15.53", "28.70", 26),
    ("leoric", "8.01", "14.80", 12),
    ("@eggjs/tegg-runtime", "6.50", "12.02", 6),
    ("urllib", "6.04", "11.16", 2),
    ("fast-xml-parser", "5.50", "10.17", 4),
    ("mysql2", "2.50", "4.62", 3),
    ("node:internal/*", "2.02", "3.73", 3),
    ("node:buffer", "2.01", "3.71", 3),
    ("@eggjs/lifecycle", "1.00", "1.85", 2),
    ("(app)", "1.00", "1.85", 2),
    ("deep-equal", "0.50", "0.92", 1),
    ("strnum", "0.50", "0.92", 1),
    ("for-each", "0.50", "0.92", 1),
    ("koa-compose", "0.50", "0.92", 1),
    ("@eggjs/tracer", "0.50", "0.92", 1),
    ("@eggjs/controller-plugin", "0.50", "0.92", 1),
    ("node:_http_incoming", "0.50", "0.92", 1),
    ("node:_tls_wrap", "0.50", "0.92", 1),
];

/// Theme, size in MB, share in percent, nodes.
const THEMES: [(&str, &str, &str, u64); 6] = [
    ("JSON Parsing", "11.04", "20.40", 5),
    ("HTTP/Koa (Tegg)", "9.00", "16.64", 11),
    ("Leoric ORM", "8.01", "14.80", 12),
    ("Buffer Operations", "3.51", "6.48", 6),
    ("MySQL Driver", "2.50", "4.62", 3),
    ("String Operations", "1.50", "2.77", 3),
];

/// Function, the end of its url, line, size in MB.
const FUNCTIONS: [(&str, &str, u64, &str); 23] = [
    ("parseJSON", "utils.js", 25, "5.54"),
    ("getOrCreateEggObject", "EggContainerFactory.js", 28, "3.50"),
    ("parseXml", "OrderedObjParser.js", 200, "3.50"),
    ("keys", "", 0, "2.50"),
    ("parseExprList", "expr.js", 137, "2.00"),
    ("initWithInjectProperty", "EggObjectImpl.js", 20, "2.00"),
    ("assign", "", 0, "1.50"),
    ("instantiate", "bone.js", 1282, "1.50"),
    ("Uint8Array", "", 0, "1.50"),
    ("slice", "node:buffer", 646, "1.50"),
    ("toString", "", 0, "1.50"),
    ("", "undici", 2058, "1.02"),
    ("dispatch", "collection.js", 81, "1.00"),
    ("parseObject", "query_object.js", 178, "1.00"),
    ("add", "", 0, "1.00"),
    ("push", "", 0, "1.00"),
    ("all", "", 0, "1.00"),
    ("has", "", 0, "1.00"),
    ("(V8 API)", "", 0, "1.00"),
    ("keyFromFields", "parser_cache.js", 9, "1.00"),
    ("readTagExp", "OrderedObjParser.js", 524, "1.00"),
    ("get", "column_definition.js", 263, "1.00"),
    ("token", "expr.js", 266, "1.00"),
];

/// What the application, packages, core and natives cause, in MB.
const CAUSED: [&str; 4] = ["3.00", "45.58", "4.52", "1.00"];

fn report(path: &Path) -> Value {
    let text = std::fs::read(path).expect("the profile can be read");
    let outcome = read_text(&text, Way::plain()).expect("a profile");
    let profile = Profile::from_outcome("seed".to_owned(), None, outcome).0;
    let mut json = Vec::new();
    let report = Report::new(&profile, ReportOptions::default());
    render(&report, Format::Json, &Style::default(), &mut json).expect("memory can be written");
    serde_json::from_slice(&json).expect("JSON")
}

fn mb(size: &Value) -> String {
    format!("{:.2}", size.as_f64().expect("a size") / f64::from(1 << 20))
}

fn check(path: &Path) {
    let report = report(path);
    let summary = &report["summary"];
    assert_eq!(mb(&summary["total_size"]), "54.10");
    assert_eq!(summary["allocating_nodes"], 71);
    assert_eq!(summary["shown_size"], summary["total_size"]);

    let row = |table: &str, name: &str| -> Value {
        let rows = report[table].as_array().expect("a list");
        rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{table} has no {name}")).clone()
    };
    for (table, rows) in [("packages", &PACKAGES[..]), ("categories", &THEMES[..])] {
        for (name, size, share, nodes) in rows {
            let row = row(table, name);
            let found = (mb(&row["self_size"]), format!("{:.2}", row["share"].as_f64().expect("a share") * 100.0));
            assert_eq!(found, ((*size).to_owned(), (*share).to_owned()), "{name}");
            assert_eq!(row["nodes"], *nodes, "{name}");
        }
    }
    assert_eq!(
        report["packages"].as_array().map_or(0, |rows| rows.iter().filter(|row| row["self_size"] != 0).count()),
        18
    );
    for (name, url, line, size) in FUNCTIONS {
        let line = if line == 0 { Value::Null } else { Value::from(line) };
        let fits = |row: &&Value| {
            let native = url.is_empty() == row["url"].as_str().expect("a url").is_empty();
            row["function"] == name
                && row["line"] == line
                && native
                && row["url"].as_str().expect("a url").ends_with(url)
        };
        let found = report["functions"].as_array().expect("a list").iter().find(fits);
        assert_eq!(mb(&found.unwrap_or_else(|| panic!("no {name}"))["self_size"]), size, "{name}");
    }
    // Of what natives allocate, nearly all is put down to packages.
    let rows = report["packages"].as_array().expect("a list");
    let caused = |kind: &str| {
        let sizes =
            rows.iter().filter(|row| row["kind"] == kind).map(|row| row["caused_size"].as_u64().expect("a size"));
        mb(&sizes.sum::<u64>().into())
    };
    assert_eq!(["app", "dependency", "core", "native"].map(caused), CAUSED);
    for (table, key) in [("categories", "caused_size"), ("packages", "caused_size")] {
        let sum: u64 =
            report[table].as_array().expect("a list").iter().map(|row| row[key].as_u64().expect("a size")).sum();
        assert_eq!(summary["total_size"], sum, "{table}");
    }
    for table in ["categories", "packages", "functions"] {
        let sum: u64 = report[table]
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| row["self_size"].as_u64().expect("a size"))
            .sum();
        assert_eq!(summary["total_size"], sum, "{table}");
    }
}

#[test]
fn the_published_figures_come_out() {
    fixtures("seed", ".heapprofile").iter().for_each(|path| check(path));
}

#[test]
fn and_out_of_the_file_beside_the_project() {
    let path: PathBuf = shared().join("seed/x-heapprofile-3070674-20251207-1.heapprofile");
    if path.exists() {
        check(&path);
    }
}

/// The profile with its CPU profile, as a document.
fn document() -> String {
    let mut command = Command::cargo_bin("heapsift").expect("the binary");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["--no-rules", "-f", "markdown", "--stacks", "5"]);
    command.arg("fixtures/seed/x-heapprofile-3070674-20251207-1.heapprofile");
    command.args(["--cpu", "fixtures/seed/x-cpuprofile-2645570-20250228-0.cpuprofile"]);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_document_is_as_it_was() {
    let (printed, path) = (document(), Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/seed.md"));
    if std::env::var_os("HEAPSIFT_BLESS").is_some() {
        std::fs::write(&path, &printed).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(&path).expect("the golden file is there; HEAPSIFT_BLESS=1 writes it");
    assert!(golden == printed, "seed.md differs; HEAPSIFT_BLESS=1 accepts what is printed now:\n{printed}");
}

#[test]
fn every_section_of_the_published_report_is_there_in_its_order() {
    let printed = document();
    let mut rest = printed.as_str();
    for part in [
        "# Heap Allocation Profile Analysis\n",
        "**Total Allocations**: 71 sample points",
        "## Executive Summary\n",
        "| JSON Parsing | 11.04 ± 2.3 MB | 20.40% | 🔴 High |",
        "## Top Memory Allocators\n",
        "- `parseJSON` in urllib is the **#1 allocator** (10.24% of all allocations, a tie within the error)",
        "**Call Stack for `parseJSON`**:",
        "## Correlation with CPU Profile\n",
        "**Key Insight**: **JSON Parsing** takes",
        "## Memory Optimization Recommendations\n",
        "### Priority 1: Tegg DI Container (Potential 4.4-7.5 MB savings)\n",
        "### Priority 4: ",
        "## Memory Budget\n",
        "| JSON Parsing | 20.40% | 10.00% | ",
        "| **Total Reduction** | - | ~",
        "## Action Items\n",
        "| P0 | Cache XML manifests and listings | 2.1-3.6 MB less | Low |",
        "| P0 | Cache HTTP response JSON | 1.9-3.6 MB less | Low |",
        "| P1 | Singleton Tegg services | ",
        "## Summary\n",
        "1. **JSON Parsing is the #1 allocator** (20.40%) despite low CPU usage",
        "Combined with CPU profile data, the optimization priorities are:",
        "1. **Leoric ORM** - High CPU + High Memory",
    ] {
        let (_, after) =
            rest.split_once(part).unwrap_or_else(|| panic!("{part}\nis not there, or not in its place:\n{printed}"));
        rest = after;
    }
}
