//! `heapsift batch`: what is found, what comes of broken dumps, that nothing depends on jobs, order or interruption.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::{code, fixture, folder, gzipped, heapsift, names_in, parsed, read, stderr, stdout, write, zstd_of};

const TREE: &str = "dumps";

/// A folder to work in, with these files below `dumps`.
fn with(files: &[(&str, &[u8])]) -> TempDir {
    let folder = folder();
    for (name, bytes) in files {
        let path = folder.path().join(TREE).join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        write(&path, bytes);
    }
    folder
}

fn batch(folder: &Path, args: &[&str]) -> Output {
    let mut command = heapsift();
    command.current_dir(folder).args(["batch", TREE, "-o", "out"]).args(args);
    command.output().expect("the program runs")
}

fn rolled_up(folder: &Path) -> Value {
    parsed(&read(folder.join("out/rollup.json")))
}

fn lines(folder: &Path, file: &str) -> Vec<Value> {
    read(folder.join("out").join(file))
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(parsed)
        .collect()
}

/// Everything that is written but for the times, by name.
fn written(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.join("out")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it can be listed") {
            let path = entry.expect("an entry").path();
            let name = path.to_string_lossy().into_owned();
            match path.is_dir() {
                true => folders.push(path),
                false if name.ends_with("timings.ndjson") || name.ends_with("journal.ndjson") => {}
                false => files.push((name.rsplit_once("/out/").expect("below it").1.to_owned(), read(&path))),
            }
        }
    }
    files.sort();
    files
}

fn profiles() -> [Vec<u8>; 3] {
    ["dialects/inspector.heapprofile", "dialects/xprofiler.heapprofile", "captured/node-v8-api.heapprofile"]
        .map(|name| read(fixture(name)))
}

/// Dumps of several writers and processes, in folders, compressed, with what does not belong to them.
fn usual() -> TempDir {
    let [inspector, xprofiler, api] = profiles();
    let cpu = read(fixture("captured/node.cpuprofile"));
    with(&[
        ("a/x-heapprofile-7-20251207-1.heapprofile", &xprofiler),
        ("a/x-heapprofile-7-20251207-2.heapprofile", &gzipped(&xprofiler)),
        ("a/x-heapprofile-7-20251207-10.heapprofile", &inspector),
        ("a/x-cpuprofile-7-20251207-3.cpuprofile", &cpu),
        ("b/named-otherwise.json", &zstd_of(&inspector)),
        ("b/api.heapprofile", &api),
        ("b/package.json", b"{\"name\":\"b\"}"),
        ("b/code.js", b"const head = 1;"),
        ("b/deep/er/Heap.20251207.101500.9.0.001.heapprofile", &inspector),
    ])
}

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
    let series = &roll_up["series"];
    let order = [expected[0], expected[2], expected[1]];
    assert_eq!(
        series,
        &serde_json::json!([{
            "ordered_by": "the number in their names",
            "times": false,
            "files": order,
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

/// The trend of the first series, where it has so few dumps.
fn too_few(dumps: usize) -> serde_json::Value {
    let headline = format!("Too few dumps to tell a leak: {dumps}. Six are a beginning.");
    serde_json::json!({"document": "trend/1.md", "headline": headline, "suspects": 0})
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
        ["files.ndjson", "index.md", "journal.ndjson", "rollup.json", "timings.ndjson", "trend"]
    );
}

#[test]
fn a_run_that_was_cut_off_goes_on_to_the_same_end() {
    let folder = usual();
    assert_eq!(code(&batch(folder.path(), &["--jobs", "1"])), 0);
    let expected = written(folder.path());
    let path = folder.path().join("out/journal.ndjson");
    let journal = read(&path);
    let ends: Vec<usize> = (1..=journal.len()).filter(|&end| journal[end - 1] == b'\n').collect();
    assert!(ends.len() > 20);
    let records: Vec<usize> = ends
        .iter()
        .copied()
        .filter(|&end| {
            let start = journal[..end - 1].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            journal[start..].starts_with(b"{\"path\"")
        })
        .collect();
    assert_eq!(records.len(), 6);
    // After each dump, in the midst of its line, and in the midst of frames.
    let cuts = records.iter().flat_map(|&end| [end, end - 9]).chain([0, ends[0], ends[3] + 5]);
    for cut in cuts {
        write(&path, &journal[..cut]);
        let output = batch(folder.path(), &["--resume", "--jobs", "2", "-v"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let known = records.iter().filter(|&&end| end <= cut).count();
        assert_eq!(lines(folder.path(), "timings.ndjson").len(), 6 - known, "only what is not known is read");
        assert!(written(folder.path()) == expected, "cut at {cut}");
    }
}

#[test]
fn what_has_changed_is_read_again() {
    let folder = usual();
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    let path = folder.path().join(TREE).join("b/api.heapprofile");
    write(&path, &profiles()[1]);
    fs::remove_file(folder.path().join(TREE).join("b/named-otherwise.json")).expect("it can be removed");
    fs::remove_file(folder.path().join("out/reports/a/x-heapprofile-7-20251207-1.heapprofile.md"))
        .expect("it is there");
    assert_eq!(code(&batch(folder.path(), &["--resume"])), 0);
    let mut again: Vec<String> = lines(folder.path(), "timings.ndjson")
        .iter()
        .map(|line| line["file"].as_str().expect("a name").to_owned())
        .collect();
    again.sort();
    assert_eq!(again, ["a/x-heapprofile-7-20251207-1.heapprofile", "b/api.heapprofile"]);
    let resumed = written(folder.path());
    fs::remove_dir_all(folder.path().join("out")).expect("it can be removed");
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    let anew: Vec<_> = written(folder.path());
    let resumed: Vec<_> = resumed.into_iter().filter(|(name, _)| !name.contains("named-otherwise")).collect();
    assert!(resumed == anew);
    // Other options, another journal.
    let output = batch(folder.path(), &["--resume", "--interval", "512K"]);
    assert_eq!(stderr(&output), "warning: --resume: the journal was made with other options; every dump is read\n");
    assert_eq!(lines(folder.path(), "timings.ndjson").len(), 5);
}

#[test]
fn broken_dumps_are_told_in_a_line_each_and_keep_no_other_from_being_read() {
    let [inspector, xprofiler, _] = profiles();
    let head = inspector.iter().position(|&byte| byte == b'[').expect("children");
    let mut damaged = inspector.clone();
    damaged[head + 400] = 0;
    let mut corrupt = gzipped(&inspector);
    let middle = corrupt.len() / 2;
    corrupt[middle..middle + 40].fill(0xff);
    let utf_16 = read(fixture("confused/utf-16-le.heapprofile"));
    let folder = with(&[
        ("01.heapprofile", &inspector),
        ("broken/a-empty.heapprofile", b""),
        ("broken/b-blank.heapprofile", b" \n"),
        ("broken/c-cut.heapprofile", &inspector[..5000]),
        ("broken/d-damaged.heapprofile", &damaged),
        ("broken/e-corrupt.heapprofile.gz", &corrupt),
        ("broken/f-cut.heapprofile.gz", &gzipped(&xprofiler)[..200]),
        ("broken/g-cpu.heapprofile", &read(fixture("captured/node.cpuprofile"))),
        ("broken/h-page.heapprofile", b"<html>not found</html>"),
        ("broken/i-utf-16.heapprofile", &utf_16),
        ("broken/j-headless.heapprofile", b"{\"samples\":[]}"),
        ("z.heapprofile", &xprofiler),
    ]);
    let output = batch(folder.path(), &[]);
    assert_eq!(code(&output), 2);
    let told: Vec<&str> = stderr(&output).lines().collect();
    assert_eq!(told.len(), 10, "{told:#?}");
    for (line, letter) in told.iter().zip("abcdefghij".chars()) {
        assert!(line.starts_with(&format!("error: broken/{letter}-")), "{line}");
    }
    let roll_up = rolled_up(folder.path());
    let summary =
        ["dumps", "complete", "incomplete", "failed"].map(|key| roll_up["summary"][key].as_u64().expect("a number"));
    assert_eq!((summary[0], summary[1], summary[2] + summary[3]), (12, 2, 10));
    assert!(summary[2] >= 2 && summary[3] >= 6, "{summary:?}");
    assert_eq!(roll_up["failures"].as_array().map(Vec::len), Some(10));
    let index = String::from_utf8(read(folder.path().join("out/index.md"))).expect("UTF-8");
    assert!(index.contains("## Broken Dumps"), "{index}");
    assert!(folder.path().join("out/reports/z.heapprofile.md").is_file());

    // They are known to be broken the next time, too.
    let again = batch(folder.path(), &["--resume"]);
    assert_eq!((code(&again), stderr(&again)), (2, stderr(&output)));
    assert_eq!(lines(folder.path(), "timings.ndjson").len(), 0);
    // An early end may be accepted.
    let accepted = batch(folder.path(), &["--allow-truncated"]);
    let warnings = stderr(&accepted).lines().filter(|line| line.starts_with("warning: ")).count();
    assert!(warnings >= 1, "{}", stderr(&accepted));
    assert_eq!(stderr(&accepted).lines().count(), 10);
}

#[cfg(unix)]
#[test]
fn links_are_followed_once_and_what_cannot_be_read_is_told() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let [inspector, ..] = profiles();
    let folder = with(&[("a/one.heapprofile", &inspector), ("c/unreadable.heapprofile", &inspector)]);
    let dumps = folder.path().join(TREE);
    symlink("..", dumps.join("a/loop")).expect("a link can be made");
    symlink("a", dumps.join("b")).expect("a link can be made");
    symlink("nowhere.heapprofile", dumps.join("dangling.heapprofile")).expect("a link can be made");
    let unreadable = dumps.join("c/unreadable.heapprofile");
    fs::set_permissions(&unreadable, fs::Permissions::from_mode(0o000)).expect("it can be set");
    let output = batch(folder.path(), &[]);
    let roll_up = rolled_up(folder.path());
    let missed = roll_up["missed"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["path"].as_str().expect("a path"))
        .collect::<Vec<_>>();
    assert!(missed.contains(&"a/loop") && missed.contains(&"dangling.heapprofile"), "{missed:?}");
    assert_eq!(roll_up["summary"]["met_again"], 1, "the same file below b");
    assert_eq!(roll_up["summary"]["dumps"], 2);
    if fs::File::open(&unreadable).is_err() {
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("error: c/unreadable.heapprofile: cannot read it: "), "{}", stderr(&output));
        // The next time it may be readable.
        fs::set_permissions(&unreadable, fs::Permissions::from_mode(0o644)).expect("it can be set");
        assert_eq!(code(&batch(folder.path(), &["--resume"])), 0);
        assert_eq!(lines(folder.path(), "timings.ndjson").len(), 1);
    }
}

#[cfg(unix)]
#[test]
fn hostile_names_reach_neither_terminal_nor_index() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let [inspector, ..] = profiles();
    let folder = with(&[]);
    let dumps = folder.path().join(TREE);
    fs::create_dir_all(&dumps).expect("it can be made");
    let long = [&b"l".repeat(230)[..], b".heapprofile"].concat();
    let names: [&[u8]; 5] = [
        b"new\nline|.heapprofile",
        b"\x1b[31mred`.heapprofile",
        b"not\xffutf-8.heapprofile",
        b"..heapprofile.heapprofile",
        &long,
    ];
    for name in names {
        write(&dumps.join(OsStr::from_bytes(name)), &inspector);
    }
    write(&dumps.join(OsStr::from_bytes(b"\x1b]0;x\x07.heapprofile")), "broken");
    let output = batch(folder.path(), &[]);
    assert_eq!(code(&output), 2);
    let index = read(folder.path().join("out/index.md"));
    for text in [&output.stdout, &output.stderr, &index] {
        assert!(!text.iter().any(|&byte| byte < b' ' && byte != b'\n'), "{}", String::from_utf8_lossy(text));
    }
    assert_eq!(names_in(&folder.path().join("out/reports")).len(), 5);
    let before = written(folder.path());
    assert_eq!(code(&batch(folder.path(), &["--resume"])), 2);
    assert_eq!(lines(folder.path(), "timings.ndjson").len(), 0, "every name is known again");
    assert!(written(folder.path()) == before);
}

#[test]
fn a_batch_wants_dumps() {
    let folder = with(&[("notes.txt", b"nothing")]);
    let output = batch(folder.path(), &[]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: there is no heap profile"), "{}", stderr(&output));
    let missing = heapsift().current_dir(folder.path()).args(["batch", "missing"]).output().expect("the program runs");
    assert_eq!(code(&missing), 2);
    assert!(stderr(&missing).starts_with("error: missing: cannot read it: "), "{}", stderr(&missing));
    let stdin = heapsift().current_dir(folder.path()).args(["batch", "-"]).output().expect("the program runs");
    assert_eq!(code(&stdin), 2);
    // What is written is not read the next time.
    let [inspector, ..] = profiles();
    write(&folder.path().join("x.heapprofile"), &inspector);
    for _ in 0..2 {
        let output = heapsift().current_dir(folder.path()).args(["batch", "."]).output().expect("the program runs");
        assert_eq!((code(&output), stderr(&output)), (0, ""));
        let roll_up = parsed(&read(folder.path().join("heapsift-report/rollup.json")));
        assert_eq!(roll_up["summary"]["dumps"], 1);
    }
}

#[test]
fn times_put_dumps_in_order() {
    let [inspector, ..] = profiles();
    let folder = with(&[("d1.heapprofile", &inspector), ("d2.heapprofile", &inspector)]);
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
    write(&folder.path().join("times"), "d1.heapprofile soon");
    let output = batch(folder.path(), &["--times", "times"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: --times times: line 1: "), "{}", stderr(&output));
}
