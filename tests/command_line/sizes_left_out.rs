//! Sizes that a writer cannot count, v8-profiler-next beyond 2 GiB: wherever such a file is judged it is said, and no gate is passed by it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{code, folder, parsed, read, run, stderr, stdout, write};

/// A profile in which `big` has so many bytes.
fn profile(folder: &Path, name: &str, big: i64) -> PathBuf {
    let node = |function: &str, size: i64, id: u64, children: &str| {
        format!(
            r#"{{"callFrame":{{"functionName":"{function}","scriptId":"7","url":"/srv/app/a.js","lineNumber":{id},"columnNumber":0}},"selfSize":{size},"id":{id},"children":[{children}]}}"#
        )
    };
    let children = [node("big", big, 2, ""), node("small", 100 << 20, 3, "")].join(",");
    let path = folder.join(name);
    write(&path, format!(r#"{{"head":{},"samples":[]}}"#, node("(root)", 0, 1, &children)));
    path
}

fn kinds(warnings: &Value) -> Vec<&str> {
    warnings.as_array().into_iter().flatten().filter_map(|warning| warning["kind"].as_str()).collect()
}

#[test]
fn a_file_whose_largest_sizes_are_in_no_sum_is_doubted_everywhere() {
    let folder = folder();
    let before = profile(folder.path(), "a-1.heapprofile", 2_000_000_000);
    let after = profile(folder.path(), "a-2.heapprofile", -1_294_967_296);
    let run = |args: &[&str], files: &[&PathBuf]| {
        run(args.iter().map(|arg| (*arg).into()).chain(files.iter().map(|file| file.as_os_str().to_owned())))
    };
    let output = run(&["diff", "--interval", "512K", "-f", "json"], &[&before, &after]);
    assert_eq!(kinds(&parsed(&output.stdout)["warnings"])[0], "sizes-left-out");

    // It holds less than is allowed as far as the writer counts.
    let rule = ["--rule", "total < 500MiB", "--interval", "512K", "-f", "json"];
    let output = run(&[&["check"][..], &rule].concat(), &[&after]);
    let checked = parsed(&output.stdout);
    assert_eq!((code(&output), &checked["rules"][0]["verdict"]), (0, &Value::from("inconclusive")), "{checked}");
    assert_eq!(checked["rules"][0]["blocker"], "sizes-left-out");
    assert!(checked["warnings"][0].as_str().is_some_and(|text| text.contains("and in none")), "{checked}");
    assert_eq!(code(&run(&[&["check", "--strict"][..], &rule].concat(), &[&after])), 1);
    let baseline = folder.path().join("b.toml").to_string_lossy().into_owned();
    let output = run(&["baseline", "--interval", "512K", "-o", &baseline], &[&after]);
    assert!(stderr(&output).contains("a-2.heapprofile: 1 size is negative"), "{}", stderr(&output));

    let out = folder.path().join("out");
    let output = run(&["batch", "-o", &out.to_string_lossy(), "--no-reports"], &[&before, &after]);
    assert!(stdout(&output).contains("and in none"), "{}", stdout(&output));
    assert_eq!(kinds(&parsed(&read(out.join("rollup.json")))["warnings"]), ["sizes-left-out"]);
}

#[test]
fn what_would_carry_a_sum_over_several_files_past_the_largest_is_in_none() {
    let folder = folder();
    let first = profile(folder.path(), "a-1.heapprofile", i64::MAX);
    let second = profile(folder.path(), "a-2.heapprofile", i64::MAX - 2);
    let third = profile(folder.path(), "a-3.heapprofile", 5);
    let files = [&first, &second, &third];
    let run =
        |args: &[&str]| run(args.iter().map(|arg| (*arg).into()).chain(files.map(|file| file.as_os_str().to_owned())));
    let (big, small) = (i64::MAX as u64, 100_u64 << 20);
    let sizes = |rows: &Value| {
        let rows = rows.as_array().into_iter().flatten();
        rows.map(|row| (row["function"].as_str().unwrap_or("").to_owned(), row["self_size"].as_u64().unwrap_or(0)))
            .collect::<Vec<_>>()
    };
    let row = |name: &str, size: u64| (name.to_owned(), size);

    // The second file's `big` does not fit behind the first and its own `small`; all that comes after it does.
    let output = run(&["--merge", "-f", "json"]);
    let merged = parsed(&output.stdout);
    assert_eq!(code(&output), 0);
    assert_eq!(sizes(&merged["functions"]), [row("big", big + 5), row("small", 3 * small)]);
    assert_eq!(merged["summary"]["total_size"], big + 5 + 3 * small);
    let overflowing: Vec<_> =
        kinds(&merged["warnings"]).into_iter().filter(|kind| *kind == "overflowing-sizes").collect();
    assert_eq!(overflowing.len(), 1, "{}", merged["warnings"]);

    // No order of dumps may show, so of a batch the function is left out in all of them.
    let out = folder.path().join("out");
    let output = run(&["batch", "-o", &out.to_string_lossy(), "--no-reports"]);
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains("more than 2^64 - 1 bytes: 1 function is in no sum"), "{}", stdout(&output));
    let rolled = parsed(&read(out.join("rollup.json")));
    assert_eq!(kinds(&rolled["warnings"]), ["sizes-left-out"]);
    assert_eq!(sizes(&rolled["functions"]), [row("small", 3 * small)]);
    assert_eq!(
        (&rolled["summary"]["total_size"], &rolled["summary"]["shown_size"]),
        (&(3 * small).into(), &(3 * small).into())
    );

    // Means fit.
    let output = run(&["diff", "-f", "json", "--after", &third.to_string_lossy(), "--before"]);
    let compared = parsed(&output.stdout);
    assert_eq!(compared["total"]["before"].as_u64(), Some(u64::MAX / 3 + 1 + small), "{}", compared["total"]);
    let output = run(&["diff", "-f", "json", "--merge", "--after", &third.to_string_lossy(), "--before"]);
    let compared = parsed(&output.stdout);
    assert_eq!(compared["total"]["before"].as_u64(), Some(big + 5 + 3 * small));
    assert!(kinds(&compared["warnings"]).contains(&"sizes-left-out"), "{}", compared["warnings"]);
}
