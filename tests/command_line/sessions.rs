//! Readings of one sampling session: they are no runs of their own, wherever several files count as runs.

use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use super::common::shared;
use super::{code, folder, parsed, run, stderr, stdout, write};

/// A reading that has the samples from one number to another; sessions have other sizes.
fn reading(folder: &Path, name: &str, numbers: Range<u64>, session: u64) -> PathBuf {
    let frame = |function: &str| json!({"functionName": function, "scriptId": "7", "url": "a.js", "lineNumber": 4, "columnNumber": 1});
    let size = |n: u64| 512 + (n * 7 + session * n) % 5 * 8;
    let samples: Vec<_> = numbers.map(|n| json!({"size": size(n), "nodeId": 2, "ordinal": n})).collect();
    let total: u64 = samples.iter().filter_map(|sample| sample["size"].as_u64()).sum();
    let child = json!({"callFrame": frame("serve"), "selfSize": total, "id": 2, "children": []});
    let head = json!({"callFrame": frame("(root)"), "selfSize": 0, "id": 1, "children": [child]});
    let path = folder.join(name);
    write(&path, json!({"head": head, "samples": samples}).to_string());
    path
}

fn heapsift<'a>(words: &[&str], files: impl IntoIterator<Item = &'a PathBuf>) -> Output {
    run(words.iter().map(OsString::from).chain(files.into_iter().map(OsString::from)))
}

/// What is printed, without its line breaks.
fn shown(output: &Output) -> String {
    stdout(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn kinds(report: &Value) -> Vec<&str> {
    report["warnings"].as_array().expect("a list").iter().filter_map(|warning| warning["kind"].as_str()).collect()
}

#[test]
fn they_are_told_of_what_is_merged() {
    let folder = folder();
    let first = reading(folder.path(), "first", 1..100, 0);
    let later = reading(folder.path(), "later", 40..300, 0);
    let other = reading(folder.path(), "other", 1..100, 1);
    let has = |files: &[&PathBuf], kind: &str| {
        let output = heapsift(&["-f", "json", "--merge"], files.iter().copied());
        kinds(&parsed(&output.stdout)).contains(&kind)
    };
    assert!(has(&[&first, &later, &other], "same-session"));
    assert!(!has(&[&first, &other], "same-session"));
    assert!(has(&[&first, &first], "same-capture") && !has(&[&first, &first], "same-session"));
}

#[test]
fn the_latest_reading_of_a_session_is_the_baseline() {
    let folder = folder();
    let first = reading(folder.path(), "first", 1..100, 0);
    // It shares samples with the last one, but not with the first.
    let middle = reading(folder.path(), "middle", 90..200, 0);
    let last = reading(folder.path(), "last", 150..400, 0);
    let other = reading(folder.path(), "other", 1..350, 1);
    let baseline = |files: &[&PathBuf]| heapsift(&["baseline", "--interval", "512"], files.iter().copied());
    // One sample is too little by itself, but not beside the others.
    let (oldest, unlike) = (reading(folder.path(), "oldest", 1..91, 0), reading(folder.path(), "unlike", 1..92, 1));
    let runs = |files: &[&PathBuf]| {
        let made = baseline(files);
        stdout(&made).lines().find_map(|line| line.strip_prefix("files = ")?.parse::<u32>().ok()).expect("a number")
    };
    assert_eq!([runs(&[&oldest, &middle]), runs(&[&oldest, &unlike])], [2, 2]);
    assert_eq!([runs(&[&oldest, &last, &middle]), runs(&[&oldest, &middle, &unlike, &last])], [1, 2]);
    let told = "warning: first, middle are earlier readings of the session of last: they share samples, so they are no runs of their own, \
                and of each session the latest reading counts. Give one reading of each run of the program.\n";
    let alone = baseline(&[&last]);
    assert_eq!(stderr(&alone), "");
    for files in [[&first, &middle, &last], [&last, &middle, &first]] {
        let all = baseline(&files);
        assert_eq!((code(&all), stdout(&all)), (0, stdout(&alone)));
        assert!(stderr(&all).contains("of the session of last"), "{}", stderr(&all));
    }
    assert_eq!(stderr(&baseline(&[&first, &middle, &last])), told);
    // Runs of their own count.
    let two = baseline(&[&middle, &other, &last]);
    assert!(stdout(&two).contains("\nfiles = 2\n"), "{}", stdout(&two));
    assert_eq!(stdout(&two), stdout(&baseline(&[&last, &other])));
    assert!(!stderr(&baseline(&[&last, &other])).contains("session"));
}

#[test]
fn a_gate_does_not_take_them_for_runs() {
    let folder = folder();
    let before = reading(folder.path(), "before", 1..1001, 1);
    let baseline = folder.path().join("baseline.toml");
    let made = run(["baseline", "--interval", "512", "-o"]
        .map(OsString::from)
        .into_iter()
        .chain([(&baseline).into(), (&before).into()]));
    assert_eq!((code(&made), stderr(&made)), (0, ""));
    // A fifth more, in each of five readings of one run: five runs would tell it, one does not.
    let readings: Vec<PathBuf> =
        (0..5).map(|i| reading(folder.path(), &format!("reading-{i}"), 1 + i..1200 + i, 0)).collect();
    let runs: Vec<PathBuf> =
        (0..5).map(|i| reading(folder.path(), &format!("run-{i}"), 1 + i..1200 + i, 2 + i)).collect();
    let at = baseline.to_str().expect("a name");
    let check = |format: &str, files: &[PathBuf]| {
        let output =
            heapsift(&["check", "--interval", "512", "--baseline", at, "--rule", "total +0%", "-f", format], files);
        assert_eq!(stderr(&output), "");
        output
    };
    let told = "reading-0, reading-1, reading-2, reading-3 are earlier readings of the session of reading-4: they share samples, so they are no runs of their own";
    for format in ["text", "markdown", "github", "json"] {
        let text = shown(&check(format, &readings));
        assert!(text.replace('\\', "").contains(told), "{format}: {text}");
        assert!(text.contains("Give one reading of each run of the program."), "{format}: {text}");
        assert!(!shown(&check(format, &runs)).contains("the session of"), "{format}");
    }
    let report = parsed(&check("json", &readings).stdout);
    assert_eq!(report["files"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["rules"][0]["blocker"], "within-noise");
    let of_runs = parsed(&check("json", &runs).stdout);
    assert_eq!(of_runs["files"].as_array().map(Vec::len), Some(5));
    let noise = |report: &Value| report["rules"][0]["noise"].as_u64().expect("a number");
    assert!(noise(&report) > noise(&of_runs));
    // One file is nothing to look for others of.
    assert!(!shown(&check("json", &readings[..1])).contains("the session of"));
}

#[test]
fn a_comparison_does_not_take_them_for_runs() {
    let folder = folder();
    let before: Vec<PathBuf> =
        (0..3).map(|i| reading(folder.path(), &format!("old-{i}"), 1 + i..1001 + i, 1)).collect();
    let after: Vec<PathBuf> = (0..3).map(|i| reading(folder.path(), &format!("new-{i}"), 1 + i..1180 + i, 0)).collect();
    let diff = |format: &str, before: &[PathBuf], after: &[PathBuf]| {
        let words = ["diff", "--interval", "512", "-f", format, "--before"].map(OsString::from).into_iter();
        let words = words.chain(before.iter().map(Into::into)).chain(["--after".into()]);
        let output = run(words.chain(after.iter().map(Into::into)));
        assert_eq!((code(&output), stderr(&output)), (0, ""));
        output
    };
    let all = parsed(&diff("json", &before, &after).stdout);
    assert_eq!(kinds(&all).iter().filter(|kind| **kind == "same-session").count(), 2, "{:?}", all["warnings"]);
    assert_eq!([&all["before"], &all["after"]].map(|side| side.as_array().map(Vec::len)), [Some(1); 2]);
    let one = parsed(&diff("json", &before[2..], &after[2..]).stdout);
    assert_eq!((&all["total"], &all["functions"]), (&one["total"], &one["functions"]));
    for format in ["text", "markdown"] {
        let text = shown(&diff(format, &before, &after));
        assert!(text.contains("of the session of old-2") && text.contains("of the session of new-2"), "{text}");
        assert!(text.contains("Give one reading of each run of the program."), "{text}");
    }
    // The two sides may be of one session: what it has come to since.
    let grown = parsed(&diff("json", &before[..1], &before[1..2]).stdout);
    assert!(!kinds(&grown).contains(&"same-session"));
}

#[test]
fn a_busy_process_shares_few_samples_from_reading_to_reading() {
    let from = shared().join("data/koa-service");
    let readings: Vec<PathBuf> = [20, 40, 60]
        .map(|seconds| from.join(format!("inspector-live-i32768-cumulative-{seconds}s.heapprofile")))
        .into();
    if readings.iter().all(|reading| reading.is_file()) {
        let output = heapsift(&["baseline"], &readings);
        assert!(stdout(&output).contains("\nfiles = 1\n"), "{}", stdout(&output));
        assert!(stderr(&output).contains("are earlier readings of the session of"), "{}", stderr(&output));
    }
}
