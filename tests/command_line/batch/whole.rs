//! Dumps of several writers, from the folder to the roll-up.

use std::fs;

use serde_json::Value;

use super::{TREE, batch, lines, profiles, rolled_up, too_few, usual, with, written};
use crate::{code, heapsift, names_in, parsed, read, stderr, stdout};

#[test]
fn all_dumps_are_found_reported_and_added_up() {
    let folder = usual();
    let output = batch(folder.path(), &[]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let roll_up = rolled_up(folder.path());
    assert_eq!((&roll_up["schema_version"], &roll_up["kind"]), (&1.into(), &"batch".into()));
    let summary = &roll_up["summary"];
    let counts = ["dumps", "complete", "incomplete", "failed", "cpu_profiles", "paired", "other_files"]
        .map(|key| summary[key].as_u64());
    assert_eq!(counts, [6, 6, 0, 0, 1, 3, 2].map(Some));

    let files = lines(folder.path(), "files.ndjson");
    let names: Vec<&str> = files.iter().map(|file| file["file"].as_str().expect("a name")).collect();
    let expected = [
        "a/x-heapprofile-7-20251207-1.heapprofile",
        "a/x-heapprofile-7-20251207-10.heapprofile",
        "a/x-heapprofile-7-20251207-2.heapprofile",
        "b/api.heapprofile",
        "b/deep/er/Heap.20251207.101500.9.0.001.heapprofile",
        "b/named-otherwise.json",
    ];
    assert_eq!(names, expected);
    // Packed or not, in whatever folder.
    let same: Vec<Option<&str>> = files.iter().map(|file| file["same_as"].as_str()).collect();
    assert_eq!(same, [None, None, None, None, Some(expected[1]), Some(expected[1])]);
    assert_eq!(summary["copies"], 2);
    let series = &roll_up["series"];
    let order = [expected[0], expected[2], expected[1]];
    assert_eq!(
        series,
        &serde_json::json!([{
            "ordered_by": "the number in their names",
            "times": false,
            "files": order,
            "left_out": [],
            "trend": too_few(3),
        }])
    );
    assert!(names_in(&folder.path().join("out/trend")) == ["1.json", "1.md"]);

    // The sums are those of the reports of each file.
    let mut sums = std::collections::BTreeMap::<String, u64>::new();
    let mut total = 0;
    for (name, file) in names.iter().zip(&files) {
        let report = heapsift()
            .args(["-f", "json"])
            .arg(folder.path().join(TREE).join(name))
            .output()
            .expect("the program runs");
        let report = parsed(&report.stdout);
        assert_eq!(file["profile"]["total_size"], report["summary"]["total_size"], "{name}");
        total += report["summary"]["total_size"].as_u64().expect("a size");
        for row in report["functions"].as_array().expect("a list") {
            let key = format!("{} {} {} {}", row["function"], row["url"], row["line"], row["kind"]);
            *sums.entry(key).or_default() += row["self_size"].as_u64().expect("a size");
        }
        let cpu =
            if name.starts_with("a/") { Value::from("a/x-cpuprofile-7-20251207-3.cpuprofile") } else { Value::Null };
        assert_eq!(file["cpu_profile"], cpu);
    }
    sums.retain(|_, size| *size > 0);
    assert_eq!(summary["total_size"], total);
    let mut added = std::collections::BTreeMap::<String, u64>::new();
    for row in roll_up["functions"].as_array().expect("a list") {
        let key = format!("{} {} {} {}", row["function"], row["url"], row["line"], row["kind"]);
        *added.entry(key).or_default() += row["self_size"].as_u64().expect("a size");
    }
    assert_eq!(added, sums);
    for list in ["categories", "packages", "functions"] {
        let sum: u64 = roll_up[list]
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| row["self_size"].as_u64().expect("a size"))
            .sum();
        assert_eq!(sum, total, "{list}");
    }

    // A report is the one that is printed for the file with its CPU profile.
    let cpu = folder.path().join(TREE).join("a/x-cpuprofile-7-20251207-3.cpuprofile");
    let mut alone = heapsift();
    alone.args(["-f", "markdown"]).arg(folder.path().join(TREE).join(expected[0])).arg("--cpu").arg(cpu);
    let alone = alone.output().expect("the program runs");
    let report = read(folder.path().join("out/reports").join(format!("{}.md", expected[0])));
    assert_eq!(String::from_utf8_lossy(&report), stdout(&alone));
    let index = read(folder.path().join("out/index.md"));
    let index = String::from_utf8_lossy(&index);
    assert!(index.contains("](reports/a/x-heapprofile-7-20251207-1.heapprofile.md)"), "{index}");
    assert!(names_in(&folder.path().join("out")).iter().all(|name| !name.starts_with('.')));
}

#[test]
fn the_roll_up_is_the_same_however_it_is_read() {
    let folder = usual();
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    let expected = written(folder.path());
    assert_eq!(expected.len(), 3 + 6 + 2, "with the trend of a series");
    for args in [
        &["--jobs", "1"][..],
        &["--jobs", "8"],
        &["--threads", "2", "--window-size", "4K"],
        &["--resume"],
        &["--max-memory", "64M"],
    ] {
        assert_eq!(code(&batch(folder.path(), args)), 0);
        let now = written(folder.path());
        for ((name, bytes), (_, before)) in now.iter().zip(&expected) {
            assert!(bytes == before, "{name} is another with {args:?}");
        }
    }
    fs::remove_dir_all(folder.path().join("out")).expect("it can be removed");
    let output = batch(folder.path(), &["--no-reports", "-f", "json"]);
    assert_eq!(parsed(&output.stdout), rolled_up(folder.path()));
    assert_eq!(
        names_in(&folder.path().join("out")),
        ["files.ndjson", "index.md", "journal.bin", "rollup.json", "timings.ndjson", "trend"]
    );
}

#[test]
fn a_report_of_a_batch_is_that_of_the_file_alone() {
    let folder = usual();
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    for file in lines(folder.path(), "files.ndjson") {
        let name = file["file"].as_str().expect("a name");
        let mut command = heapsift();
        command.current_dir(folder.path()).args(["-f", "markdown"]).arg(format!("{TREE}/{name}"));
        if let Some(cpu) = file["cpu_profile"].as_str() {
            command.arg("--cpu").arg(format!("{TREE}/{cpu}"));
        }
        let alone = command.output().expect("the program runs").stdout;
        let report = read(folder.path().join("out").join(file["report"].as_str().expect("a report")));
        assert!(report == alone, "{name}");
    }
}

#[test]
fn a_cut_list_of_the_largest_says_what_it_left_out() {
    let [inspector, ..] = profiles();
    let names: Vec<String> = (0..25).map(|i| format!("{i:02}.heapprofile")).collect();
    let folder = with(&names.iter().map(|name| (&**name, &*inspector)).collect::<Vec<_>>());
    for (args, rows) in [(&[][..], 20), (&["-n", "0"], 25), (&["-n", "3"], 3)] {
        assert_eq!(code(&batch(folder.path(), &[&["--no-reports"], args].concat())), 0);
        let roll_up = rolled_up(folder.path());
        let largest = roll_up["largest"].as_array().expect("a list");
        assert_eq!(largest.len(), rows + usize::from(rows < 25), "{args:?}");
        for key in ["bytes", "total_size"] {
            let sum: u64 = largest.iter().filter_map(|row| row[key].as_u64()).sum();
            assert_eq!(Some(sum), roll_up["summary"][key].as_u64(), "{args:?}: {key}");
        }
        let index = String::from_utf8(read(folder.path().join("out/index.md"))).expect("UTF-8");
        let section =
            index.split("## Largest Dumps").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a section");
        let told = format!("| Other ({}) | ", 25 - rows);
        assert_eq!(section.contains(&told), rows < 25, "{section}");
        if rows < 25 {
            let other = &largest[rows];
            assert_eq!((&other["other"], &other["count"]), (&true.into(), &(25 - rows).into()));
        }
    }
}

#[test]
fn shares_are_of_what_is_shown_where_that_is_asked_for() {
    let folder = usual();
    let shares = |args: &[&str]| {
        let output = batch(folder.path(), &[&["--focus", "parse", "-n", "0"], args].concat());
        assert_eq!(code(&output), 0);
        let sum = |rows: &Value| -> f64 {
            rows.as_array().expect("a list").iter().map(|row| row["share"].as_f64().expect("a share")).sum()
        };
        let files = lines(folder.path(), "files.ndjson");
        let roll_up = rolled_up(folder.path());
        let part = |whole: &Value| {
            whole["shown_size"].as_f64().expect("a size") / whole["total_size"].as_f64().expect("a size")
        };
        let told = stdout(&output).contains("in all of them together, of which ");
        let of = |rows: &Value, whole: &Value| (sum(rows), part(whole));
        (
            of(&roll_up["categories"], &roll_up["summary"]),
            of(&files[0]["profile"]["categories"], &files[0]["profile"]),
            told,
        )
    };
    let (all, first, told) = shares(&[]);
    assert!(told && all.1 < 0.99, "{all:?}");
    for (sum, part) in [all, first] {
        assert!((sum - part).abs() < 1e-4, "{sum} {part}");
    }
    let (all, first, _) = shares(&["--relative"]);
    for (sum, _) in [all, first] {
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    }
}
