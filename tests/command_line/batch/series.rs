//! Dumps of one process: their order, and what is told of their trend.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::{batch, lines, profiles, rolled_up, too_few, with};
use crate::{code, gzipped, parsed, read, stderr, stdout, write};

/// A session of live objects that begins anew: functions with so many samples of 512 KiB each, of which V8 has dropped two in three.
fn session(functions: &[(&str, u64)]) -> Vec<u8> {
    const SAMPLE: u64 = 524_304;
    let (mut nodes, mut samples, mut ordinal) = (Vec::new(), Vec::new(), 0);
    for (&(name, count), id) in functions.iter().zip(2..) {
        nodes.push(format!(
            r#"{{"callFrame":{{"functionName":"{name}","scriptId":"7","url":"/srv/app/a.js","lineNumber":{id},"columnNumber":0}},"selfSize":{},"id":{id},"children":[]}}"#,
            count * SAMPLE
        ));
        for _ in 0..count {
            ordinal += 3;
            samples.push(format!(r#"{{"size":{SAMPLE},"nodeId":{id},"ordinal":{ordinal}}}"#));
        }
    }
    let mut text = String::new();
    write!(
        text,
        r#"{{"head":{{"callFrame":{{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}},"selfSize":0,"id":1,"children":[{}]}},"samples":[{}]}}"#,
        nodes.join(","),
        samples.join(",")
    )
    .expect("memory takes everything");
    text.into_bytes()
}

/// Sessions `run-1` and so on, in each of which the same is loaded and what requests allocate swings.
fn runs() -> Vec<(String, Vec<u8>)> {
    let requests = [30, 9, 70, 44, 15, 61];
    let run = |(number, &requests): (usize, &u64)| {
        let loaded = 200 + requests % 7;
        let bytes = session(&[("load", loaded), ("serve", requests), ("once", 1), ("twice", 2)]);
        (format!("run-{}.heapprofile", number + 1), bytes)
    };
    requests.iter().enumerate().map(run).collect()
}

fn text_of(path: impl AsRef<Path>) -> String {
    String::from_utf8(read(path)).expect("UTF-8")
}

#[test]
fn runs_whose_process_nobody_knows_are_judged_only_where_the_user_says_that_it_is_one() {
    let files = runs();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = with(&files);
    let out = folder.path().join("out");
    let trend = |folder: &Path| rolled_up(folder)["series"][0]["trend"].clone();

    let output = batch(folder.path(), &[]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let why = "These 6 dumps cannot show a leak: each is a session of its own, and nothing tells whether they are of one process; what every process loads at its \
               start is as steady as a leak. If they are of one, --series restarted judges them.";
    assert_eq!(
        trend(folder.path()),
        serde_json::json!({"document": "trend/1.md", "headline": why, "suspects": 0, "unjudged": "start-up"})
    );
    assert!(stdout(&output).replace("\n  ", " ").contains(why), "{}", stdout(&output));
    let index = text_of(out.join("index.md"));
    assert!(!index.contains("Leak Suspects") && index.contains("| [not judged](trend/1.md) |"), "{index}");
    let document = text_of(out.join("trend/1.md"));
    assert!(document.contains(&format!("**{why}**")) && !document.contains("Leak Suspects"), "{document}");
    let json = parsed(&read(out.join("trend/1.json")));
    assert_eq!((&json["series"], &json["unjudged"]), (&Value::from("restarted"), &Value::from("start-up")));
    assert_eq!((&json["series_known_by"], &json["suspects"]), (&Value::from("sample-numbers"), &serde_json::json!([])));

    // The reading is the same; only the trend is made again.
    let output = batch(folder.path(), &["--series", "restarted", "--resume"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let judged = trend(folder.path());
    assert_eq!((&judged["suspects"], &judged["unjudged"]), (&Value::from(1), &Value::Null), "{judged}");
    let headline = judged["headline"].as_str().expect("a sentence");
    assert!(headline.starts_with("1 leak suspect: load (app/a.js:3) survives in each of 6 sessions, "), "{headline}");
    assert!(stdout(&output).replace("\n  ", " ").contains(&format!("⚠ {headline}")), "{}", stdout(&output));
    let index = text_of(out.join("index.md"));
    assert!(index.contains("## Leak Suspects") && index.contains("| [**1 suspect**](trend/1.md) |"), "{index}");
    assert_eq!(parsed(&read(out.join("trend/1.json")))["series_known_by"], "given");
}

#[test]
fn sessions_of_several_processes_are_series_of_their_own() {
    let files = runs();
    let named = |number: usize| format!("x-heapprofile-{}-20251207-{number}.heapprofile", 7 + number % 2);
    let files: Vec<(String, &[u8])> = (1..).zip(&files).map(|(n, (_, bytes))| (named(n), bytes.as_slice())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let folder = with(&files);
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    let series = rolled_up(folder.path())["series"].as_array().expect("a list").clone();
    let unjudged: Vec<&Value> = series.iter().map(|series| &series["trend"]["unjudged"]).collect();
    assert_eq!(unjudged, ["too-few-dumps", "too-few-dumps"]);
}

#[test]
fn a_copy_is_no_second_member_of_a_series() {
    let mut files = runs();
    // As a backup makes them, in the same folder and another.
    files.push(("run-7.heapprofile".to_owned(), files[1].1.clone()));
    files.push(("run-8.heapprofile.gz".to_owned(), gzipped(&files[1].1)));
    files.push(("old/run-2.heapprofile".to_owned(), files[1].1.clone()));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = with(&files);
    let output = batch(folder.path(), &["--series", "restarted"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    assert!(
        stdout(&output).contains("3 dumps hold the same as others; a series has each once."),
        "{}",
        stdout(&output)
    );
    let roll_up = rolled_up(folder.path());
    assert_eq!((&roll_up["summary"]["dumps"], &roll_up["summary"]["copies"]), (&Value::from(9), &Value::from(3)));
    let members: Vec<String> = (1..=6).map(|number| format!("run-{number}.heapprofile")).collect();
    // By path the first is that of the folder `old`; the series has its own.
    assert_eq!(roll_up["series"][0]["files"], serde_json::json!(members));
    assert_eq!(roll_up["series"].as_array().map(Vec::len), Some(1));
    let lines = lines(folder.path(), "files.ndjson");
    let same: Vec<(&str, &str)> = lines
        .iter()
        .filter_map(|line| Some((line["file"].as_str().expect("a name"), line["same_as"].as_str()?)))
        .collect();
    let first = "old/run-2.heapprofile";
    assert_eq!(same, ["run-2.heapprofile", "run-7.heapprofile", "run-8.heapprofile.gz"].map(|name| (name, first)));
    let index = text_of(folder.path().join("out/index.md"));
    assert!(index.contains("## The Same Content") && index.contains("| [`run-7.heapprofile`](reports/"), "{index}");
    // Every dump has a report and counts in sums.
    let sum: u64 = lines.iter().filter_map(|line| line["profile"]["total_size"].as_u64()).sum();
    assert_eq!(roll_up["summary"]["total_size"], sum);
}

#[test]
fn times_put_dumps_in_order() {
    let [inspector, xprofiler, _] = profiles();
    let folder = with(&[("d1.heapprofile", &inspector), ("d2.heapprofile", &xprofiler)]);
    write(&folder.path().join("times"), "d1.heapprofile 20\nd2.heapprofile 10\n");
    let output = batch(folder.path(), &["--times", "times"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let expected = serde_json::json!([{
        "ordered_by": "--times",
        "times": true,
        "files": ["d2.heapprofile", "d1.heapprofile"],
        "trend": too_few(2),
    }]);
    assert_eq!(rolled_up(folder.path())["series"], expected);
    for (line, told) in
        [("d1.heapprofile soon", "a line is "), ("d1.heapprofile 30", "the same dump has another time in line 1")]
    {
        write(&folder.path().join("times"), format!("d1.heapprofile 20\n\n{line}\n"));
        let output = batch(folder.path(), &["--times", "times"]);
        assert_eq!(code(&output), 2);
        let told = format!("error: --times times: line 3: {told}");
        assert!(stderr(&output).starts_with(&told), "{}", stderr(&output));
    }
}

#[test]
fn times_that_are_of_no_use_are_told() {
    let [inspector, xprofiler, _] = profiles();
    let folder = with(&[("d1.heapprofile", &inspector), ("d2.heapprofile", &xprofiler)]);
    write(&folder.path().join("times"), "d1.heapprofile 20\nd2.heapprofil 10\n");
    let output = batch(folder.path(), &["--times", "times"]);
    let told = [
        ("d2.heapprofil", "--times names it in line 2, but there is no such dump"),
        ("d2.heapprofile", "--times does not tell when it was taken, so the order of its series is not told by that"),
    ];
    let warnings: String = told.iter().map(|(name, why)| format!("warning: {name}: {why}\n")).collect();
    assert_eq!((code(&output), stderr(&output)), (0, warnings.as_str()));
    let roll_up = rolled_up(folder.path());
    let expected = told.map(|(path, why)| serde_json::json!({"path": path, "why": why, "is_failure": false}));
    assert_eq!(roll_up["missed"], serde_json::json!(expected));
    assert_eq!(roll_up["series"][0]["ordered_by"], "the number in their names");
    let index = text_of(folder.path().join("out/index.md"));
    assert!(index.contains("- `d2.heapprofil`: --times names it in line 2"), "{index}");
}
