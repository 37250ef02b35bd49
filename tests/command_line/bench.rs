//! `heapsift bench`: its table, the shape of its JSON, and what it refuses. No figure is compared with another.

use std::collections::BTreeSet;
use std::process::Output;

use serde_json::Value;

use super::{code, folder, gzipped, heapsift, names_in, parsed, profile, read, stderr, stdout, write};

/// Runs `bench` in an environment whose folder for temporary files has to be empty in the end.
fn bench<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Output {
    let temporary = folder();
    let mut command = heapsift();
    let output = command.arg("bench").args(args).env("TMPDIR", temporary.path()).output().expect("the program runs");
    assert_eq!(names_in(temporary.path()), [""; 0], "the generated profile is gone");
    output
}

fn generated(args: &[&str]) -> Output {
    bench(["--generate", "200K", "--runs", "3", "--threads", "2"].iter().chain(args))
}

fn figures(args: &[&str]) -> Value {
    let output = generated(&[&["-f", "json"], args].concat());
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    parsed(&output.stdout)
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// A series of three, whose middle and ends are those of its runs.
fn check_series(series: &Value) {
    let keys: BTreeSet<&str> = keys(series).into_iter().collect();
    assert_eq!(keys, BTreeSet::from(["max", "median", "min", "runs"]));
    let mut runs: Vec<f64> = series["runs"].as_array().expect("a list").iter().map(number).collect();
    runs.sort_by(f64::total_cmp);
    assert_eq!(runs.len(), 3);
    assert_eq!(["min", "median", "max"].map(|key| number(&series[key])), runs[..]);
    assert!(runs[0] > 0.0);
}

#[test]
fn json_has_the_shape_that_is_documented() {
    let json = figures(&[]);
    let documented = include_str!("../../docs/bench.md");
    let mut objects = vec![&json];
    while let Some(value) = objects.pop() {
        for (key, value) in value.as_object().into_iter().flatten() {
            assert!(documented.contains(&format!("\"{key}\"")), "{key} is not documented");
            objects.push(value);
        }
        objects.extend(value.as_array().into_iter().flatten());
    }
    assert_eq!((&json["schema_version"], &json["kind"]), (&1.into(), &"bench".into()));
    assert_eq!((&json["rounds"], &json["warm_up_rounds"]), (&3.into(), &1.into()));
    for key in ["heapsift", "machine", "file", "generated", "options", "page_cache", "reference"] {
        assert!(json[key].is_object(), "{key}");
    }
    assert_eq!(json["file"]["name"], "generated");
    assert_eq!(json["generated"]["size"], 200 << 10);

    let reference = &json["reference"];
    check_series(&reference["seconds"]);
    assert_eq!((&reference["threads"], &reference["bytes"]), (&2.into(), &json["file"]["bytes"]));
    let back_ends: Vec<_> = json["machine"]["back_ends"].as_array().expect("a list").iter().collect();
    let configurations = json["configurations"].as_array().expect("a list");
    let measured: Vec<_> = configurations.iter().map(|of| (of["threads"].as_u64(), &of["back_end"])).collect();
    let expected: Vec<_> =
        [1, 2].into_iter().flat_map(|threads| back_ends.iter().map(move |&name| (Some(threads), name))).collect();
    assert_eq!(measured, expected);
    for of in configurations {
        check_series(&of["seconds"]);
        if cfg!(target_os = "linux") {
            check_series(&of["peak_memory"]);
        }
        let median = number(&of["seconds"]["median"]);
        for (rate, amount) in [("bytes_per_second", "bytes"), ("nodes_per_second", "nodes")] {
            let expected = number(&json["file"][amount]) / median;
            assert!((number(&of[rate]["median"]) / expected - 1.0).abs() < 1e-3, "{rate}");
            assert!(number(&of[rate]["min"]) <= number(&of[rate]["max"]));
        }
        let share = number(&reference["seconds"]["median"]) / median;
        assert!((number(&of["share_of_reference"]) - share).abs() < 1e-5);
    }
}

#[test]
fn the_generated_file_follows_the_options() {
    let one = figures(&["--seed", "5", "--layout", "xprofiler", "--functions", "30"]);
    let expected = serde_json::json!({
        "layout": "xprofiler", "size": 204_800, "seed": 5, "functions": 30, "samples_share": 0.0,
    });
    assert_eq!(one["generated"], expected);
    assert_eq!(one["file"]["dialect"], "xprofiler");
    assert_eq!(one["file"], figures(&["--seed", "5", "--layout", "xprofiler", "--functions", "30"])["file"]);
    assert_ne!(one["file"], figures(&["--seed", "6", "--layout", "xprofiler", "--functions", "30"])["file"]);
    let options = figures(&["--window-size", "4K", "--no-mmap"]);
    assert_eq!(options["options"], serde_json::json!({"window_size": 4096, "mmap": false}));
}

#[test]
fn the_table_has_a_row_for_each_configuration() {
    let output = generated(&[]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let text = stdout(&output);
    assert!(text.starts_with("generated profile: inspector, seed 11, drawn from 12,000 functions\n"), "{text}");
    let (_, table) = text.split_once("threads  back end").expect("a table");
    let (table, legend) = table.split_once("\n\n").expect("a legend");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|row| row.split_whitespace().take(2).collect()).collect();
    let version = heapsift().arg("--version").output().expect("it runs");
    let back_ends = ["portable", "avx2", "avx512"];
    let strongest = back_ends.iter().position(|name| stdout(&version).contains(name)).expect("a back end");
    let mut expected = vec![vec!["2", "reference"]];
    for threads in ["1", "2"] {
        expected.extend(back_ends[..=strongest].iter().map(|name| vec![threads, *name]));
    }
    assert_eq!(rows, expected);
    assert!(legend.contains("Medians of 3 runs each"), "{legend}");
    assert!(!text.contains('\u{1b}'));
    assert!(stdout(&generated(&["--color", "always"])).contains('\u{1b}'));
}

#[test]
fn a_lowered_back_end_lowers_what_is_measured() {
    let mut command = heapsift();
    let output = command
        .args(["bench", "--runs", "3", "--threads", "1", "-f", "json"])
        .arg(profile())
        .env("HEAPSIFT_SIMD", "portable")
        .output()
        .expect("the program runs");
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let json = parsed(&output.stdout);
    assert_eq!(json["reference"]["back_end"], "portable");
    assert_eq!(json["configurations"].as_array().expect("a list").len(), 1);
}

#[test]
fn files_of_the_user_are_measured_one_after_the_other() {
    let folder = folder();
    let (packed, broken) = (folder.path().join("a.gz"), folder.path().join("broken"));
    let text = read(profile());
    write(&packed, gzipped(&text));
    write(&broken, &text[..text.len() - 10]);
    let report = super::json_of([profile()]);
    let mut command = heapsift();
    command.args(["bench", "--runs", "3", "--threads", "1", "-f", "json"]);
    let output = command.arg(profile()).arg(&broken).arg(&packed).output().expect("the program runs");
    assert_eq!(code(&output), 2, "one of the files is broken");
    assert!(stderr(&output).contains("broken: it ends early"), "{}", stderr(&output));
    let lines: Vec<Value> = stdout(&output).lines().map(|line| parsed(line.as_bytes())).collect();
    assert_eq!(lines.len(), 2, "the others are measured");
    for (json, compressed) in lines.iter().zip([false, true]) {
        assert_eq!(json["generated"], Value::Null);
        for key in ["nodes", "call_frames", "total_size"] {
            assert_eq!(json["file"][key], report["summary"][key]);
        }
        assert_eq!(json["file"]["bytes"], report["file"]["bytes"]);
        assert_eq!(json["file"]["compressed_bytes"].is_u64(), compressed);
        assert_eq!(json["configurations"][0]["share_of_reference"].is_null(), compressed);
    }
    assert_eq!(lines[1]["reference"]["bytes"], lines[1]["file"]["compressed_bytes"]);
}

#[test]
fn figures_go_to_a_file_whole_or_not_at_all() {
    let folder = folder();
    let path = folder.path().join("figures.json");
    let name = path.to_str().expect("UTF-8");
    let output = generated(&["-o", name]);
    assert_eq!((code(&output), stdout(&output), stderr(&output)), (0, "", ""));
    assert_eq!(parsed(&read(&path))["kind"], "bench");
    let none = folder.path().join("none.json");
    let output = bench(["/nowhere/x", "-o", none.to_str().expect("UTF-8")]);
    assert_eq!((code(&output), names_in(folder.path())), (2, vec!["figures.json".to_owned()]));
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let folder = folder();
    let (other, cut) = (folder.path().join("other"), folder.path().join("cut"));
    write(&other, "{\"tail\":[]}");
    write(&cut, &read(profile())[..3000]);
    let (other, cut) = (other.to_str().expect("UTF-8"), cut.to_str().expect("UTF-8"));
    let cases: [(&[&str], &str); 23] = [
        (&[], "heapsift bench [OPTIONS] --generate SIZE"),
        (&["--seed", "3"], "required arguments were not provided"),
        (&["--generate", "0"], "it needs room for some nodes; give at least 4K"),
        (&["--generate", "4095"], "it needs room for some nodes; give at least 4K"),
        (&["--generate", "much"], "a size"),
        (&["--generate", "-1"], "unexpected argument '-1'"),
        (&["--generate", "4K", other], "cannot be used with"),
        (&["--layout", "xprofiler", other], "cannot be used with"),
        (&["--generate", "4K", "--layout", "folded"], "invalid value 'folded'"),
        (&["--generate", "4K", "--functions", "0"], "0 is not in 1..=10000000"),
        (&["--generate", "4K", "--samples", "1"], "a number from 0 to 0.99"),
        (&["--generate", "4K", "--runs", "2"], "2 is not in 3..=1000"),
        (&["--generate", "4K", "--threads", "0"], "0 is not in 1..=1024"),
        (&["--generate", "4K", "-o", "x.md"], "bench writes no .md; give -f text|json"),
        (&["/nowhere/x"], "error: /nowhere/x: cannot read it"),
        (&["-"], "error: standard input: it can be read only once"),
        (&["."], "it is a directory"),
        (&[other], "no heap profile"),
        (&["--generate", "4K", "--layout", "xprofiler", "--samples", "0.1"], "xprofiler writes no samples"),
        (&["--generate", "999999999G"], "; TMPDIR names another folder"),
        (&[cut], "it ends early"),
        (&[cut], "only whole heap profiles can be measured"),
        (&[cut, "-f", "json", "-o", cut], "it cannot be the output as well"),
    ];
    for (args, told) in cases {
        let output = bench(args);
        assert_eq!((code(&output), stdout(&output)), (2, ""), "{args:?}");
        assert!(stderr(&output).contains(told), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn a_folder_that_takes_no_generated_file_is_named() {
    let mut command = heapsift();
    let output =
        command.args(["bench", "--generate", "4K"]).env("TMPDIR", "/nowhere").output().expect("the program runs");
    assert_eq!((code(&output), stdout(&output)), (2, ""));
    assert!(
        stderr(&output).starts_with("error: cannot write the generated profile to /nowhere: "),
        "{}",
        stderr(&output)
    );
}
