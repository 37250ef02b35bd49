//! Dumps of one process: their order, and what is told of their trend.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::{batch, lines, profiles, rolled_up, too_few, with};
use crate::{code, gzipped, parsed, read, stderr, stdout, write};

/// A session of live objects that begins anew: functions with so many samples of 512 KiB each, of which V8 has dropped two in three.
fn session(functions: &[(&str, u64)]) -> Vec<u8> {
    reading_of(functions, 0)
}

/// The same of a session that goes on: so many samples were taken before.
fn reading_of(functions: &[(&str, u64)], before: u64) -> Vec<u8> {
    const SAMPLE: u64 = 524_304;
    let (mut nodes, mut samples, mut ordinal) = (Vec::new(), Vec::new(), before);
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

pub(super) fn text_of(path: impl AsRef<Path>) -> String {
    String::from_utf8(read(path)).expect("UTF-8")
}

#[test]
fn runs_whose_process_nobody_knows_are_judged_only_where_the_user_says_that_it_is_one() {
    let files = runs();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = with(&files);
    let out = folder.path().join("out");
    let trend = |folder: &Path| rolled_up(folder)["series"][0]["trend"].clone();

    let output = batch(folder.path(), &["--interval", "512K"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let why = "These 6 dumps cannot show a leak: each is a session of its own, and nothing tells whether they are of one process; what every process loads at its \
               start is as steady as a leak. If they are of one, --series restarted judges them.";
    assert_eq!(
        trend(folder.path()),
        serde_json::json!({"document": "trend/1.md", "headline": why, "suspects": 0, "unjudged": "start-up"})
    );
    assert!(stdout(&output).replace('\n', " ").starts_with(why), "{}", stdout(&output));
    let index = text_of(out.join("index.md"));
    assert!(!index.contains("Leak Suspects") && index.contains("| [not judged](trend/1.md) |"), "{index}");
    let document = text_of(out.join("trend/1.md"));
    assert!(document.contains(&format!("**{why}**")) && !document.contains("Leak Suspects"), "{document}");
    let json = parsed(&read(out.join("trend/1.json")));
    assert_eq!((&json["series"], &json["unjudged"]), (&Value::from("restarted"), &Value::from("start-up")));
    assert_eq!((&json["series_known_by"], &json["suspects"]), (&Value::from("sample-numbers"), &serde_json::json!([])));

    // The reading is the same; only the trend is made again.
    let output = batch(folder.path(), &["--interval", "512K", "--series", "restarted", "--resume"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let judged = trend(folder.path());
    assert_eq!((&judged["suspects"], &judged["unjudged"]), (&Value::from(1), &Value::Null), "{judged}");
    let headline = judged["headline"].as_str().expect("a sentence");
    assert!(headline.starts_with("1 leak suspect: load (app/a.js:3) survives in each of 6 sessions, "), "{headline}");
    assert!(
        headline.ends_with(
            " a session. So does a cache that each session fills anew, and what each process loads at its start."
        ),
        "{headline}"
    );
    let line = format!("⚠ run-{{1..6}}.heapprofile: {headline} (trend/1.md)");
    assert!(stdout(&output).replace("\n  ", " ").contains(&line), "{}", stdout(&output));
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
fn threads_of_a_process_are_said_to_be_no_series() {
    let files = runs();
    let named = |process: usize, thread: usize| format!("Heap.20251207.101500.{process}.{thread}.001.heapprofile");
    let written = |names: [String; 2]| {
        let files: Vec<(&str, &[u8])> =
            names.iter().zip(&files).map(|(name, (_, bytes))| (name.as_str(), bytes.as_slice())).collect();
        let folder = with(&files);
        stdout(&batch(folder.path(), &[])).replace('\n', " ")
    };
    let told = "2 dumps are of threads of one process (Heap.20251207.101500.77.0.001.heapprofile and Heap.20251207.101500.77.1.001.heapprofile): each thread has a heap of its own, \
                so they are no series, and nothing tells whether they show a leak.";
    let text = written([named(77, 0), named(77, 1)]);
    assert!(text.contains(told) && !text.contains("no two dumps are of one process"), "{text}");
    let text = written([named(77, 0), named(78, 1)]);
    assert!(!text.contains("threads of") && text.contains("no two dumps are of one process"), "{text}");
}

#[test]
fn dumps_of_a_program_that_is_started_for_each_are_a_series_where_that_is_said() {
    let files = runs();
    let named = |n: usize| format!("Heap.20251207.1015{n:02}.{}.0.001.heapprofile", 100 + 7 * n);
    let files: Vec<(String, &[u8])> = (1..).zip(&files).map(|(n, (_, bytes))| (named(n), bytes.as_slice())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let folder = with(&files);
    let output = batch(folder.path(), &["--interval", "512K"]);
    let told = "6 dumps are of 6 processes (Heap.20251207.101501.107.0.001.heapprofile, Heap.20251207.101502.114.0.001.heapprofile, …): that is no series, so nothing tells whether they show a leak. If one program was started again for each, --series restarted \
                makes a series of those of one folder.";
    assert_eq!(stdout(&output).replace('\n', " ").matches(told).count(), 1, "{}", stdout(&output));
    let index = text_of(folder.path().join("out/index.md"));
    assert!(index.starts_with(&format!("# Heap Profiles\n\n**{told}**\n")), "{index}");
    let roll_up = rolled_up(folder.path());
    assert_eq!((&roll_up["series"], &roll_up["summary"]["runs"]), (&serde_json::json!([]), &Value::from(6)));

    // Stacks were not kept of dumps that were no series: they are read again.
    let output = batch(folder.path(), &["--interval", "512K", "--series", "restarted", "--resume"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    assert!(!stdout(&output).contains("processes: that is no series"), "{}", stdout(&output));
    let roll_up = rolled_up(folder.path());
    assert_eq!((roll_up["series"].as_array().map(Vec::len), &roll_up["summary"]["runs"]), (Some(1), &Value::from(0)));
    let series = &roll_up["series"][0];
    assert_eq!(
        (series["files"].as_array().map(Vec::len), &series["ordered_by"]),
        (Some(6), &Value::from("the time in their names"))
    );
    let headline = series["trend"]["headline"].as_str().expect("a sentence");
    assert!(headline.starts_with("1 leak suspect: load (app/a.js:3) survives in each of 6 sessions, "), "{headline}");
}

/// A reading of a session that goes on: what `leak` makes is kept.
pub(super) fn reading(leak: u64, dump: u64) -> Vec<u8> {
    reading_of(
        &[("keep", 20 + leak * dump), ("stays", STAYS[dump as usize - 1]), ("once", 1), ("twice", 2)],
        3000 * dump,
    )
}

/// Samples of what stays in each reading.
const STAYS: [u64; 6] = [80, 83, 79, 82, 84, 81];

#[test]
fn series_that_leak_come_first_with_their_names() {
    let files: Vec<(String, Vec<u8>)> = ["a", "b", "c", "d", "e", "f", "g", "h"]
        .iter()
        .zip([0, 20, 20, 0, 20, 20, 20, 20])
        .flat_map(|(service, leak)| {
            (1..=6).map(move |dump| (format!("{service}/dump-{dump}.heapprofile"), reading(leak, dump)))
        })
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = with(&files);
    let output = batch(folder.path(), &["--no-reports"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let text = stdout(&output).replace("\n  ", " ");
    let lines: Vec<&str> = text.lines().take(8).collect();
    assert_eq!(lines[0], "6 leak suspects in 6 of 8 series.");
    for (line, (service, number)) in lines[1..6].iter().zip([("b", 2), ("c", 3), ("e", 5), ("f", 6), ("g", 7)]) {
        let begin = format!("⚠ {service}/dump-{{1..6}}.heapprofile: 1 leak suspect: keep (app/a.js:3) grows by 10.00 ");
        let end = format!(" MB a dump. That is 8.93% of the last dump, 112.00 MB. (trend/{number}.md)");
        assert!(line.starts_with(&begin) && line.ends_with(&end), "{line}");
    }
    assert_eq!(lines[6], "⚠ 1 more series with leak suspects: -n 0, or the index");
    assert!(lines[7].starts_with("48 dumps ("), "{text}");
    let all = batch(folder.path(), &["--no-reports", "-n", "0"]);
    assert_eq!(stdout(&all).matches('⚠').count(), 6);

    let index = text_of(folder.path().join("out/index.md"));
    assert!(index.starts_with("# Heap Profiles\n\n**6 leak suspects in 6 of 8 series.**\n\n## Leak Suspects\n\n- ⚠ `b/dump-{1..6}.heapprofile`: 1 leak suspect: "), "{index}");
    let held = "  1. `keep (app/a.js:3)`: 10.00 ± ";
    let first = index.lines().find(|line| line.starts_with(held)).unwrap_or_default();
    assert!(first.ends_with(" MB a dump ▃▄▅▆▇█ 20.00 MB to 70.00 MB. Held by `keep (app/a.js:3)`"), "{first}");
    let at = |text: &str| index.find(text).unwrap_or_else(|| panic!("{text}: {index}"));
    assert!(at(held) < at("48 dumps (") && at("48 dumps (") < at("## Categories"));
    assert!(at("[**1 suspect**](trend/8.md)") < at("[no suspect](trend/1.md)"), "leaking series come first");
}

#[test]
fn series_whose_total_grew_are_no_all_clear() {
    let series = [("a", [60, 57, 64, 61, 58, 62, 59, 63]), ("b", [20, 39, 58, 44, 63, 81, 100, 89])];
    let dumps = series.iter().flat_map(|(folder, samples)| {
        let dump = move |(number, &samples): (u64, &u64)| {
            let bytes = reading_of(&[("track", samples), ("once", 1), ("twice", 2)], 1000 * number);
            (format!("{folder}/dump-{number}.heapprofile"), bytes)
        };
        (1..).zip(samples).map(dump)
    });
    let files: Vec<(String, Vec<u8>)> = dumps.collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = with(&files);
    let output = batch(folder.path(), &["--interval", "512K"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let told = "No leak suspect in 2 series, but the total grew in 1 of them, b/dump-{1..8}.heapprofile: nothing grew steadily enough to be named; take more dumps.";
    assert!(stdout(&output).replace('\n', " ").starts_with(told), "{}", stdout(&output));
    let index = text_of(folder.path().join("out/index.md"));
    assert!(index.contains("No leak suspect in 2 series, but the total grew in 1 of them"), "{index}");
    assert!(index.contains("| [no suspect](trend/1.md) |"), "{index}");
    assert!(index.contains("| [no suspect, but it grew](trend/2.md) |"), "{index}");
    let headlines: Vec<Value> = rolled_up(folder.path())["series"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|series| series["trend"]["headline"].clone())
        .collect();
    assert_eq!(
        headlines,
        [
            "No leak suspect in 8 dumps.",
            "No leak suspect in 8 dumps, but the total grew from 11.50 MB to 46.00 MB: nothing grew steadily enough to be named; take more dumps."
        ]
    );
}

#[test]
fn what_filters_hide_is_not_in_the_total_of_a_trend_and_they_are_named() {
    let files: Vec<(String, Vec<u8>)> =
        (1..=6).map(|dump| (format!("dump-{dump}.heapprofile"), reading(20, dump))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = with(&files);
    let output = batch(folder.path(), &["--ignore", "keep"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let headline = "No leak suspect in 6 dumps. What the filters hide is not judged.";
    assert!(stdout(&output).starts_with(&format!("{headline}\n")), "{}", stdout(&output));
    let document = text_of(folder.path().join("out/trend/1.md"));
    assert!(
        document.contains(&format!("**{headline}**")) && document.contains("**Filtered**: ignore `keep`"),
        "{document}"
    );
    let json = parsed(&read(folder.path().join("out/trend/1.json")));
    assert_eq!(json["filters"], serde_json::json!([{"name": "ignore", "pattern": "keep"}]));
    assert_eq!(json["total"]["rows"][0]["sizes"], serde_json::json!(STAYS.map(|stays| (stays + 3) * 524_304)));
}

#[test]
fn what_filters_hide_makes_no_copies() {
    let run = |hidden: &str| session(&[("serve", 30), (hidden, 5), ("once", 1), ("twice", 2)]);
    let (left, right) = (run("left"), run("rite"));
    let folder = with(&[("run-1.heapprofile", &left), ("run-2.heapprofile", &right), ("run-3.heapprofile", &left)]);
    for args in [&[][..], &["--focus", "serve"], &["--ignore", "left|rite"], &["--show", "serve"]] {
        assert_eq!(code(&batch(folder.path(), args)), 0);
        let same: Vec<Value> =
            lines(folder.path(), "files.ndjson").iter().map(|line| line["same_as"].clone()).collect();
        assert_eq!(same, [Value::Null, Value::Null, Value::from("run-1.heapprofile")], "{args:?}");
    }
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
        stdout(&output).contains("3 dumps hold the same as others; a series has each once, but for"),
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
        "left_out": [],
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
