//! What comes of dumps that do not fit into `--max-memory`.

use serde_json::{Value, json};

use super::{batch, lines, profiles, rolled_up, with, written};
use crate::{MORE, code, read, stderr, stdout};

/// A profile of so many functions.
fn functions(count: usize) -> Vec<u8> {
    let frame = |name: &str, url: &str| {
        format!(r#"{{"functionName":"{name}","scriptId":"7","url":"{url}","lineNumber":3,"columnNumber":4}}"#)
    };
    let leaf = |i: usize| {
        let frame = frame(&format!("f{i}"), &format!("/srv/{}.js", i % 101));
        format!(r#"{{"callFrame":{frame},"selfSize":8,"id":{i},"children":[]}}"#)
    };
    let leaves = (1..=count).map(leaf).collect::<Vec<_>>().join(",");
    let root = frame("(root)", "");
    format!(r#"{{"head":{{"callFrame":{root},"selfSize":0,"id":0,"children":[{leaves}]}}}}"#).into_bytes()
}

#[test]
fn a_dump_that_does_not_fit_is_not_broken_and_read_again_with_more_memory() {
    let [inspector, xprofiler, _] = profiles();
    let folder = with(&[
        ("api.heapprofile", &inspector),
        ("cut.heapprofile", &inspector[..5000]),
        ("large.heapprofile", &functions(40_000)),
        ("worker.heapprofile", &xprofiler),
    ]);
    let path = folder.path();
    let limit = |mib: u64| format!("{mib}M");
    let small = limit(16 + MORE);
    let run = |limit: &str, more: &[&str]| batch(path, &[&["--no-reports", "--max-memory", limit], more].concat());
    let output = run(&small, &[]);
    assert_eq!(code(&output), 2);
    let told: Vec<&str> = stderr(&output).lines().collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told[0].starts_with("error: cut.heapprofile: it ends early"), "{}", told[0]);
    assert!(told[1].starts_with("error: large.heapprofile: its call frames and paths do not fit in "), "{}", told[1]);
    assert!(told[1].ends_with("; raise --max-memory, or leave it out"), "{}", told[1]);
    let shown = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    let headline = format!(
        "1 dump is broken: what stands before the damage counts. 1 dump does not fit into the {} MiB of --max-memory: what was read before counts. Raise it to about ",
        16 + MORE
    );
    assert!(shown.contains(&headline), "{shown}");

    let roll_up = rolled_up(path);
    let summary = |key: &str| roll_up["summary"][key].as_u64();
    assert_eq!(["dumps", "complete", "incomplete", "failed", "unfitting"].map(summary), [4, 2, 2, 0, 1].map(Some));
    let failures: Vec<_> = roll_up["failures"].as_array().expect("a list").iter().collect();
    assert_eq!((failures.len(), &failures[0]["problem"]["shortage"]), (2, &Value::Null));
    let shortage = &failures[1]["problem"]["shortage"];
    assert_eq!(shortage["limit"], json!((16 + MORE) << 20));
    let needed = shortage["needed"].as_u64().expect("a number").div_ceil(1 << 20);
    assert!(
        shown.contains(&format!(" Raise it to about {needed} MiB and go on with --resume, which reads it again.")),
        "{shown}"
    );
    let line = &lines(path, "files.ndjson")[2];
    assert_eq!((&line["status"], &line["problem"]), (&json!("incomplete"), &failures[1]["problem"]));
    let index = String::from_utf8(read(path.join("out/index.md"))).expect("UTF-8");
    let (_, rest) = index.split_once("## Broken Dumps\n").expect("what is broken");
    let (broken, unfitting) = rest.split_once("## Dumps That Do Not Fit\n").expect("what does not fit");
    assert!(broken.contains("cut.heapprofile") && !broken.contains("large.heapprofile"), "{broken}");
    assert!(unfitting.starts_with("\n1 dump does not fit into the "), "{unfitting}");
    assert!(unfitting.contains("| How far it was read |") && unfitting.contains("large.heapprofile"), "{unfitting}");

    // With the same memory all is known; with as much as was named, that one is read again, and it alone.
    assert_eq!((code(&run(&small, &["--resume"])), lines(path, "timings.ndjson").len()), (2, 0));
    let resumed = run(&limit(needed), &["--resume"]);
    assert_eq!((code(&resumed), stderr(&resumed).lines().count()), (2, 1), "{}", stderr(&resumed));
    let again: Vec<_> = lines(path, "timings.ndjson").iter().map(|line| line["file"].clone()).collect();
    assert_eq!(again, ["large.heapprofile"]);
    assert_eq!(rolled_up(path)["summary"]["unfitting"], 0);
    let expected = written(path);
    std::fs::remove_dir_all(path.join("out")).expect("it can be removed");
    run(&limit(needed), &[]);
    assert!(written(path) == expected, "what was read before is what is read now");
    // In less memory it may not fit again.
    run(&small, &["--resume"]);
    assert_eq!((lines(path, "timings.ndjson").len(), &rolled_up(path)["summary"]["unfitting"]), (4, &json!(1)));
}

#[test]
fn reports_that_more_memory_may_make_otherwise_are_made_again() {
    let [inspector, ..] = profiles();
    let folder = with(&[("api.heapprofile", &inspector)]);
    let run = |limit: &str| {
        assert_eq!(code(&batch(folder.path(), &["--max-memory", limit, "--resume"])), 0);
        lines(folder.path(), "timings.ndjson").len()
    };
    // From 128 MiB on who causes bytes is told by a table of the full size.
    assert_eq!(["64M", "64M", "96M", "128M", "200M"].map(run), [1, 0, 1, 1, 0]);
}

#[test]
fn what_is_kept_of_many_dumps_is_asked_for_before_one_is_read() {
    let tiny = functions(1);
    let names: Vec<String> = (0..8000).map(|i| format!("x-heapprofile-4242-20251207-{i}.heapprofile")).collect();
    let folder = with(&names.iter().map(|name| (name.as_str(), &tiny[..])).collect::<Vec<_>>());
    let path = folder.path();
    let output = batch(path, &["--no-reports", "--max-memory", &format!("{}M", 16 + MORE)]);
    assert_eq!((code(&output), stdout(&output)), (2, ""));
    let told = stderr(&output);
    let expected = format!(
        "error: what is kept of 8,000 dumps does not fit in {} MiB: nothing was read; all of it needs at most about ",
        16 + MORE
    );
    assert!(told.starts_with(&expected), "{told}");
    assert!(!path.join("out").exists(), "nothing was written");
    let needed = told[expected.len()..].split(' ').next().expect("a number");
    let output = batch(path, &["--no-reports", "--max-memory", &format!("{needed}M")]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
}
