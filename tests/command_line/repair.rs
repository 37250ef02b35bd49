//! `--repair-stacks`.

use serde_json::json;

use super::{MORE, code, folder, heapsift, json_of, parsed, stderr, stdout, write};

fn node(name: &str, size: u64, children: &str) -> String {
    format!(r#"{{"callFrame":{{"functionName":"{name}"}},"selfSize":{size},"children":[{children}]}}"#)
}

/// The text of a profile whose stacks are cut at 16: one of them is called by `main`, one by nobody that is known.
fn cut() -> String {
    let stack = |names: &[&str], size: u64| {
        let sized = node("leaf", size, "");
        let loops = (names.len()..15).fold(sized, |below, _| node("loop", 0, &below));
        names.iter().rev().fold(loops, |below, name| node(name, 0, &below))
    };
    let children = [node("main", 8, &node("work", 16, "")), stack(&["work"], 1 << 20), stack(&["lost"], 1 << 19)];
    format!(r#"{{"head":{}}}"#, node("(root)", 0, &children.join(",")))
}

#[test]
fn it_says_what_was_put_back() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    write(&path, cut());
    let file = path.to_str().expect("a path");
    let total = |args: &[&str]| {
        let report = json_of(args);
        let main = report["functions"].as_array().expect("a list").iter().find(|row| row["function"] == "main");
        (main.expect("main")["total_size"].as_u64().expect("a size"), report["summary"]["repair"].clone())
    };
    assert_eq!(total(&[file]), (24, json!(null)));
    let repair = json!({
        "stack_limit": 16, "cut_size": 1_572_864, "cut_stacks": 2, "reattached_size": 1_048_576, "reattached_stacks": 1,
        "ambiguous_size": 0, "ambiguous_stacks": 0, "unmatched_size": 524_288, "unmatched_stacks": 1,
    });
    assert_eq!(total(&["--repair-stacks", file]), (24 + (1 << 20), repair));
    for (format, start) in
        [("text", "Repaired: 1.00 MB of 1.50 MB"), ("markdown", "**Cut Stacks**: Repaired: 1.00 MB of 1.50 MB")]
    {
        let output = heapsift().args(["-f", format, "--repair-stacks", file]).output().expect("it runs");
        assert!(stdout(&output).lines().any(|line| line.starts_with(start)), "{}", stdout(&output));
    }
}

#[test]
fn nodes_count_against_the_memory() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    let leaf = node("f", 8, "");
    write(&path, format!(r#"{{"head":{}}}"#, node("(root)", 0, &vec![leaf; 300_000].join(","))));
    let limit = 16 + MORE;
    let bounded = ["-f", "json", "--max-memory", &format!("{limit}M")];
    let run = |args: &[&str]| heapsift().args(bounded).args(args).arg(&path).output();
    let plain = run(&[]).expect("it runs");
    assert_eq!((code(&plain), stderr(&plain)), (0, ""));
    let repaired = run(&["--repair-stacks"]).expect("it runs");
    assert_eq!(code(&repaired), 2);
    assert!(stderr(&repaired).contains(&format!("do not fit in {limit} MiB")), "{}", stderr(&repaired));
    let report = parsed(&repaired.stdout);
    assert_eq!(report["file"]["complete"], false);
    assert!(report["summary"]["nodes"].as_u64().expect("a count") > 10_000);
}
