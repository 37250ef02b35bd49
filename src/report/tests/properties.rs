//! Properties of any profile: the order of interning does not show, and lists add up wherever they are cut.

use proptest::prelude::*;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::{Format, Style, json, print, print_advised, print_beside};
use crate::analysis::model::ReportOptions;
use crate::analysis::test_support::{self, ByRules, Frame};
use crate::rules::Rules;

const POOL: [Frame<'_>; 14] = [
    ("", "", 0),
    ("keys", "", 0),
    ("toString", "", 0),
    ("row", "", 7),
    ("row", "", 8),
    ("parseJSON", "/srv/node_modules/_urllib@4.8.2@urllib/dist/esm/utils.js", 25),
    ("parseJSON", "/srv/node_modules/_urllib@4.9.0@urllib/dist/esm/utils.js", 25),
    ("parse", "/srv/node_modules/_fast-xml-parser@5.3.2@fast-xml-parser/src/XMLParser.js", 19),
    ("query", "/srv/node_modules/mysql2/lib/connection.js", 560),
    ("query", "/srv/node_modules/mysql2/lib/connection.js", 561),
    ("語 sync", "file:///srv/app/service/Sync.js", 148),
    ("slice", "node:buffer", 646),
    ("tick", "node:internal/process/task_queues", 71),
    ("x|y`<z>\u{202e}", "/srv/node_modules/o`d|d/index.js", 1),
];

/// Nodes with distinct paths; sizes are often equal, so that ties are common.
fn nodes() -> impl Strategy<Value = Vec<(u64, Vec<Frame<'static>>)>> {
    let size = prop_oneof![Just(0_u64), Just(8), Just(524_304), 0..5_000_000_u64, Just(u64::MAX / 64)];
    let path = prop::collection::vec(prop::sample::select(&POOL[..]), 1..30);
    prop::collection::btree_map(path, size, 0..30)
        .prop_map(|nodes| nodes.into_iter().map(|(path, size)| (size, path)).collect())
}

fn sum(rows: &Value, key: &str) -> u64 {
    rows.as_array().expect("a list").iter().map(|row| row[key].as_u64().expect("an integer")).sum()
}

proptest! {
    #[test]
    fn the_order_of_interning_does_not_show(
        nodes in nodes(),
        first in Just(POOL.to_vec()).prop_shuffle(),
        limit in prop::option::of(0..6_usize),
        width in 40..120_usize,
    ) {
        // Frames that are interned but bear no node have no sums: they are not listed either.
        let (a, b) = (test_support::profile(&nodes, &[]), test_support::profile(&nodes, &first));
        let options = ReportOptions { limit, ..ReportOptions::default() };
        for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
            let style = Style { color: width % 2 == 0, width };
            prop_assert_eq!(print(&a, options, format, style), print(&b, options, format, style));
        }
    }

    #[test]
    fn lists_add_up_wherever_they_are_cut(nodes in nodes(), limit in prop::option::of(0..6_usize)) {
        let json = json(&test_support::profile(&nodes, &[]), limit);
        let total: u64 = nodes.iter().map(|(size, _)| size).sum();
        let allocating = nodes.iter().filter(|(size, _)| *size > 0).count() as u64;
        prop_assert_eq!(json["summary"]["total_size"].as_u64(), Some(total));
        for list in ["categories", "packages", "functions"] {
            prop_assert_eq!(sum(&json[list], "self_size"), total, "{}", list);
            prop_assert_eq!(sum(&json[list], "nodes"), allocating, "{}", list);
            if list != "functions" {
                prop_assert_eq!(sum(&json[list], "caused_size"), total, "{}", list);
            }
            let rows = json[list].as_array().unwrap();
            if let Some(limit @ 1..) = limit {
                prop_assert!(rows.len() <= limit + 1);
                prop_assert_eq!(rows.len() == limit + 1, rows.iter().any(|row| row["other"] == true));
            }
            let sizes: Vec<u64> = rows.iter().filter(|row| row["other"].is_null()).map(|row| row["self_size"].as_u64().unwrap()).collect();
            prop_assert!(sizes.is_sorted_by(|a, b| a >= b));
        }
        for category in json["categories"].as_array().unwrap().iter().filter(|row| row["other"].is_null()) {
            prop_assert_eq!(sum(&category["functions"], "self_size"), category["self_size"].as_u64().unwrap());
            for function in category["functions"].as_array().unwrap().iter().filter(|row| row["other"].is_null()) {
                prop_assert_eq!(&function["category"], &category["id"]);
            }
        }
    }

    #[test]
    fn text_fits_the_terminal(nodes in nodes(), width in 40..=200_usize) {
        let text = print(
            &test_support::profile(&nodes, &[]),
            ReportOptions::default(),
            Format::Text,
            Style { color: false, width },
        );
        for line in text.lines() {
            // Sizes beyond 10,000 GB are up to 6 wider than their column, of which there are three.
            prop_assert!(line.width() <= width + 18, "{} of {}: {}", line.width(), width, line);
            let is_capture = ["     node ", "     fs."].iter().any(|start| line.starts_with(start));
            prop_assert!(is_capture || line.contains(" GB") || line.width() <= width, "{} of {}: {}", line.width(), width, line);
        }
    }

    #[test]
    fn a_cpu_profile_beside_it_fits_and_adds_up(
        nodes in nodes(),
        times in prop::collection::vec((prop_oneof![Just(0_u64), 0..90_000_000_u64], prop::sample::select(&CPU_POOL[..])), 0..20),
        width in 40..=200_usize,
    ) {
        let (profile, cpu) = (test_support::profile(&nodes, &[]), test_support::cpu(&times));
        let options = ReportOptions::default();
        let print = |format| print_beside(&profile, Some(&cpu), options, format, Style { color: false, width });
        for line in print(Format::Text).lines() {
            let is_capture = ["     node ", "     fs."].iter().any(|start| line.starts_with(start));
            prop_assert!(is_capture || line.contains(" GB") || line.width() <= width, "{} of {}: {}", line.width(), width, line);
        }
        print(Format::Markdown);
        let json: Value = serde_json::from_str(&print(Format::Json)).unwrap();
        let share = |value: &Value| value.as_f64().unwrap();
        let shares = |rows: &Value, key: &str| rows.as_array().unwrap().iter().map(|row| share(&row[key])).sum::<f64>();
        let (cpu, correlation) = (&json["cpu"], &json["correlation"]);
        let total: u64 = times.iter().map(|(time, _)| time).sum();
        prop_assert_eq!(cpu["total"].as_u64(), Some(total));
        let functions = share(&cpu["functions_share"]);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-4;
        let parts = ["program_share", "garbage_collector_share", "idle_share"].map(|key| share(&cpu[key]));
        prop_assert!(close(parts.iter().sum::<f64>() + functions, if total > 0 { 1.0 } else { 0.0 }), "{}", cpu);
        prop_assert!(close(shares(correlation, "cpu_share"), functions));
        prop_assert!(close(shares(&cpu["packages"], "cpu_share"), functions));
        let memory = if profile.aggregate.total_size > 0 { 1.0 } else { 0.0 };
        prop_assert!(close(shares(correlation, "memory_share"), memory));
        prop_assert!(close(shares(&cpu["packages"], "memory_share"), memory));
        let joined = (shares(&cpu["functions"], "memory_share"), share(&cpu["join"]["memory_share"]));
        prop_assert!(close(joined.0, joined.1), "{:?}", joined);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn advice_fits_and_saves_no_more_than_there_is(nodes in nodes(), width in 40..=200_usize) {
        let rules = Rules::builtin().unwrap();
        let profile = test_support::profile_by(&ByRules::new(&rules), &nodes, &[]);
        let print = |format| print_advised(&profile, None, &rules, format, Style { color: false, width });
        // Commands are never wrapped.
        let mut is_command = false;
        for line in print(Format::Text).lines() {
            if std::mem::replace(&mut is_command, line == "   check:") {
                continue;
            }
            let is_capture = ["     node ", "     fs."].iter().any(|start| line.starts_with(start));
            prop_assert!(is_capture || line.contains(" GB") || line.width() <= width, "{} of {}: {}", line.width(), width, line);
        }
        print(Format::Markdown);
        let json: Value = serde_json::from_str(&print(Format::Json)).unwrap();
        let total = json["summary"]["total_size"].as_u64().unwrap();
        for list in ["recommendations", "actions"] {
            let savings = json[list].as_array().unwrap().iter().map(|row| row["saving"]["high"].as_u64().unwrap());
            prop_assert!(savings.sum::<u64>() <= total, "{}", json[list]);
        }
        for row in json["budget"].as_array().unwrap() {
            prop_assert!(row["current_share"].as_f64().unwrap() >= row["target_share"].as_f64().unwrap(), "{}", row);
        }
    }
}

const CPU_POOL: [Frame<'_>; 9] = [
    ("(idle)", "", 0),
    ("(program)", "", 0),
    ("(garbage collector)", "", 0),
    ("keys", "", 0),
    ("parseJSON", "/srv/node_modules/_urllib@4.8.2@urllib/dist/esm/utils.js", 25),
    ("parse", "file:///b/node_modules/_fast-xml-parser@5.3.0@fast-xml-parser/src/XMLParser.js", 17),
    ("query", "/srv/node_modules/mysql2/lib/connection.js", 561),
    ("語 sync", "/srv/app/service/Sync.js", 148),
    ("x|y`<z>\u{202e}", "/srv/node_modules/o`d|d/index.js", 1),
];
