//! `heapsift diff`: what it takes, what it prints, its exit codes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use super::{code, folder, parsed, run, stderr, stdout, write};

/// A profile of the inspector's: functions with their samples of 512 bytes.
fn profile(folder: &Path, name: &str, functions: &[(&str, u64)]) -> PathBuf {
    let frame = |function: &str| json!({"functionName": function, "scriptId": "7", "url": "file:///srv/app/a|b.js", "lineNumber": 4, "columnNumber": 1});
    let node = |&(function, samples): &(&str, u64)| json!({"callFrame": frame(function), "selfSize": samples * 512, "id": samples, "children": []});
    let root = json!({"functionName": "(root)", "scriptId": "0", "url": "", "lineNumber": -1, "columnNumber": -1});
    let children: Vec<Value> = functions.iter().map(node).collect();
    let head = json!({"callFrame": root, "selfSize": 0, "id": 1, "children": children});
    let path = folder.join(name);
    write(&path, json!({"head": head, "samples": []}).to_string());
    path
}

/// Two runs, of which the second has a function that allocates three times as much.
fn sides(folder: &Path) -> [PathBuf; 2] {
    let before = profile(folder, "before.heapprofile", &[("serve", 400), ("cache", 100), ("<b>x|`y", 90)]);
    [before, profile(folder, "after.heapprofile", &[("serve", 420), ("cache", 310), ("<b>x|`y", 85)])]
}

fn diff<'a>(files: impl IntoIterator<Item = &'a Path>, options: &[&str]) -> Output {
    let options = ["diff", "--interval", "512"].iter().chain(options).map(|option| OsString::from(*option));
    run(options.chain(files.into_iter().map(OsString::from)))
}

#[test]
fn a_change_is_the_first_thing_that_is_said() {
    let folder = folder();
    let [before, after] = sides(folder.path());
    for format in ["text", "markdown"] {
        let output = diff([&*before, &*after], &["-f", format]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let first = stdout(&output).lines().next().expect("a line");
        let name = if format == "text" { "cache" } else { "`cache`" };
        assert!(first.contains(&format!("1 change: +0.10 MB in {name}")), "{first}");
        let output = diff([&*before, &*before], &["-f", format]);
        assert!(stdout(&output).contains("No change beyond the noise."), "{}", stdout(&output));
    }
}

#[test]
fn the_json_has_the_rows_of_both_sides() {
    let folder = folder();
    let [before, after] = sides(folder.path());
    let output = diff([&*before, &*after], &["-f", "json"]);
    let shown = parsed(&output.stdout);
    assert_eq!((&shown["schema_version"], &shown["kind"]), (&json!(1), &json!("diff")));
    assert_eq!(shown["before"][0]["name"], "before.heapprofile");
    assert_eq!(shown["changes"].as_array().map(Vec::len), Some(1));
    let change = &shown["changes"][0]["change"];
    assert_eq!(
        (&change["type"], &change["function"], &change["line"]),
        (&json!("function"), &json!("cache"), &json!(5))
    );
    assert_eq!((&change["before"], &change["after"]), (&json!(51_200), &json!(158_720)));
    assert_eq!((&change["difference"], &change["verdict"]), (&json!(107_520), &json!("changed")));
    assert_eq!(shown["functions"].as_array().map(Vec::len), Some(3));
    let sum = |side: &str| {
        shown["functions"].as_array().into_iter().flatten().filter_map(|row| row[side].as_u64()).sum::<u64>()
    };
    assert_eq!(
        (json!(sum("before")), json!(sum("after"))),
        (shown["total"]["before"].clone(), shown["total"]["after"].clone())
    );
}

#[test]
fn what_cannot_be_told_is_unknown_in_every_format() {
    let folder = folder();
    let before = profile(folder.path(), "before.heapprofile", &[("a", 20), ("b", 300), ("c", 200), ("d", 90)]);
    let after = profile(folder.path(), "after.heapprofile", &[("a", 200), ("b", 20), ("c", 900), ("d", 800)]);
    let shown = parsed(&diff([&*before, &*after], &["-f", "json"]).stdout);
    assert_eq!((&shown["warnings"][0]["kind"], &shown["changes"]), (&json!("scatter"), &json!([])));
    for list in ["categories", "packages", "functions", "stacks"] {
        let rows = shown[list].as_array().expect("a list");
        assert!(rows.iter().all(|row| row["verdict"] != "noise"), "{list}: {rows:?}");
    }
    assert_eq!(shown["total"]["verdict"], "unknown");
    for format in ["text", "markdown"] {
        let output = diff([&*before, &*after], &["-f", format]);
        assert!(stdout(&output).contains("unknown") && !stdout(&output).contains("  noise"), "{}", stdout(&output));
    }
}

#[test]
fn a_stack_with_all_bytes_of_its_function_says_what_the_function_says() {
    let files = ["check/before-1.heapprofile.zst", "check/after-1.heapprofile.zst"].map(super::fixture);
    let shown = parsed(
        &run([OsString::from("diff"), "-f".into(), "json".into()].into_iter().chain(files.map(Into::into))).stdout,
    );
    let rows = |list: &str| shown[list].as_array().expect("a list").clone();
    let numbers = |row: &Value| [row["before"].clone(), row["after"].clone(), row["standard_error"].clone()];
    let mut compared = 0;
    for stack in rows("stacks") {
        let last = stack["frames"].as_array().and_then(|frames| frames.last()).expect("a frame").clone();
        let is_of = |function: &&Value| {
            ["function", "url", "line"].iter().all(|key| function[key] == last[key])
                && numbers(function) == numbers(&stack)
        };
        for function in rows("functions").iter().filter(is_of) {
            assert_eq!(function["verdict"], stack["verdict"], "{function}");
            compared += usize::from(last["function"] == "snapshot");
        }
    }
    assert_eq!(compared, 1);
    let verdict = |list: &str, key: &str, name: &str| {
        rows(list).iter().find(|row| row[key] == name).map(|row| row["verdict"].clone())
    };
    assert_eq!(verdict("functions", "function", "open"), Some(json!("changed")));
    assert_eq!(verdict("functions", "function", "snapshot"), Some(json!("changed")));
}

#[test]
fn a_function_that_allocates_twice_as_much_is_found_beside_those_that_v8_inlines_by_turns() {
    let files = |side: &str, numbers: &[u32]| -> Vec<PathBuf> {
        numbers.iter().map(|number| super::fixture(&format!("diff/{side}-{number}.heapprofile.zst"))).collect()
    };
    let changes = |before: Vec<PathBuf>, after: Vec<PathBuf>| -> Vec<Value> {
        let sides = [("--before", before), ("--after", after)].into_iter();
        let files = sides.flat_map(|(side, files)| files.into_iter().flat_map(move |file| [side.into(), file.into()]));
        let options = ["diff", "--interval", "32K", "-f", "json"].map(OsString::from);
        parsed(&run(options.into_iter().chain(files)).stdout)["changes"].as_array().expect("a list").clone()
    };
    for numbers in [&[1][..], &[2], &[1, 2]] {
        let found = changes(files("before", numbers), files("after", numbers));
        let [change] = &found[..] else { panic!("{numbers:?}: {found:?}") };
        assert_eq!((&change["change"]["type"], &change["change"]["function"]), (&json!("function"), &json!("indexed")));
        let evidence = change["evidence"].as_array().expect("a list");
        let last = |row: &Value| row["frames"].as_array().and_then(|frames| frames.last().cloned());
        assert!(evidence.iter().any(|row| last(row).is_some_and(|last| last["function"] == "indexed")), "{evidence:?}");
    }
    assert_eq!(changes(files("before", &[1]), files("before", &[2])), [json!(null); 0]);
}

#[test]
fn a_share_that_grows_is_a_change_though_all_others_shrink() {
    let folder = folder();
    let [before, after] = sides(folder.path());
    let output = diff([&*before, &*after], &["-f", "text", "--normalise"]);
    assert!(stdout(&output).starts_with("1 change: +"), "{}", stdout(&output));
    assert!(stdout(&output).lines().next().is_some_and(|line| line.contains(" in cache ")), "{}", stdout(&output));
    let same = diff([&*before, &*before], &["-f", "text", "--normalise"]);
    assert!(stdout(&same).starts_with("No change of shares beyond the noise."), "{}", stdout(&same));
}

#[test]
fn several_files_a_side_are_named_by_options() {
    let folder = folder();
    let [before, after] = sides(folder.path());
    let paths = [&before, &after].map(|path| path.to_str().expect("a name"));
    let [before, after] = paths;
    let both = diff([], &["-f", "json", "--before", before, after, "--after", before, after]);
    let shown = parsed(&both.stdout);
    assert_eq!(shown["before"].as_array().map(Vec::len), Some(2));
    assert_eq!(shown["changes"], json!([]));
    assert_eq!(shown["warnings"][0]["kind"], "same-capture", "both are on both sides");
    let twice = diff([], &["-f", "json", "--before", before, before, "--after", after]);
    let shown = parsed(&twice.stdout);
    assert_eq!((shown["before"].as_array().map(Vec::len), shown["after"].as_array().map(Vec::len)), (Some(1), Some(1)));
    let message = shown["warnings"][0]["message"].as_str().expect("a text");
    assert_eq!(message, "before.heapprofile is the same capture as before.heapprofile: it counts once.");
    for wrong in [
        vec![before],
        vec!["--before", before],
        vec![before, after, before],
        vec!["--before", before, "--after", after, before, after],
    ] {
        let output = diff([], &wrong);
        let is_right = wrong.len() == 6;
        assert_eq!(code(&output), if is_right { 0 } else { 2 }, "{wrong:?}");
    }
}

#[test]
fn markdown_is_as_short_as_asked_and_stays_whole() {
    let folder = folder();
    let functions: Vec<(String, u64)> =
        (0..300).map(|i| (format!("function_{i}_with_a_long_name"), 40 + i % 7)).collect();
    let named = |factor: u64| functions.iter().map(|(name, size)| (&**name, size * factor)).collect::<Vec<_>>();
    let before = profile(folder.path(), "before.heapprofile", &named(1));
    let after = profile(folder.path(), "after.heapprofile", &named(4));
    for most in [1000, 2000, 5000, 20_000] {
        let output = diff([&*before, &*after], &["-f", "markdown", "-n", "0", "--max-chars", &most.to_string()]);
        let text = stdout(&output);
        assert!(text.len() <= most, "{most}: {}", text.len());
        assert!(text.starts_with("**"), "{text}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        assert!(most < 2000 || text.contains("more"), "it says what is left out: {text}");
    }
    assert_eq!(code(&diff([&*before, &*after], &["--max-chars", "10"])), 2);
}

#[test]
fn a_cut_list_says_what_it_left_out() {
    let folder = folder();
    // More stacks than are compared of a file, each of a function of its own.
    let size = |i: u64| [9, 8, 1][usize::from(i >= 30) + usize::from(i >= 4500)];
    let named: Vec<(String, u64)> = (0..5000).map(|i| (format!("f{i}"), size(i))).collect();
    let functions: Vec<(&str, u64)> = named.iter().map(|(name, size)| (&**name, *size)).collect();
    let before = profile(folder.path(), "before.heapprofile", &functions);
    let after = profile(folder.path(), "after.heapprofile", &functions[..30]);
    let lists = ["categories", "packages", "functions", "stacks"];
    for (limit, rows) in
        [(&[][..], [1, 1, 5000, 4097]), (&["-n", "0"], [1, 1, 5000, 4097]), (&["-n", "7"], [1, 1, 8, 8])]
    {
        let shown = parsed(&diff([&*before, &*after], &[&["-f", "json"], limit].concat()).stdout);
        for (list, rows) in lists.into_iter().zip(rows) {
            let list = shown[list].as_array().expect("a list");
            assert_eq!(list.len(), rows);
            for side in ["before", "after", "difference"] {
                let sum: i64 = list.iter().filter_map(|row| row[side].as_i64()).sum();
                assert_eq!(Some(sum), shown["total"][side].as_i64(), "{side}");
            }
        }
        let other = shown["stacks"].as_array().and_then(|rows| rows.last()).expect("a row");
        let cut = if rows[3] == 8 { 4096 - 7 } else { 0 };
        assert_eq!((&other["other"], &other["count"]), (&json!(true), &json!(cut + 904)));
    }
    for format in ["text", "markdown"] {
        let output = diff([&*before, &*after], &["-f", format]);
        let left_out = "Of each file the 4,096 heaviest stacks are compared; not 904 stacks before (1.82 MB).";
        assert!(stdout(&output).contains(left_out), "{}", stdout(&output));
        assert!(stdout(&output).contains("4,980"), "twenty of each list: {}", stdout(&output));
    }
}

#[test]
fn sides_may_be_sums_of_files() {
    let folder = folder();
    let [a, b] = sides(folder.path());
    let c = profile(folder.path(), "c.heapprofile", &[("serve", 30), ("other", 60)]);
    let args = |merge: &[&'static str]| {
        let options = ["diff", "--interval", "512", "-f", "json"].iter().chain(merge).map(OsString::from);
        let sides =
            [OsString::from("--before"), a.clone().into(), c.clone().into(), "--after".into(), b.clone().into()];
        options.chain(sides).chain([c.clone().into()]).collect::<Vec<_>>()
    };
    let [mean, sum] = [args(&[]), args(&["--merge"])].map(|args| parsed(&run(args).stdout));
    let bytes = |shown: &Value| [&shown["total"]["before"], &shown["total"]["after"]].map(|size| size.as_u64());
    assert_eq!(bytes(&sum), [680, 905].map(|samples| Some(samples * 512)));
    assert_eq!(bytes(&mean), [340 * 512, 905 * 256].map(Some));
    assert_eq!(sum["before"][0]["merged"], json!(["before.heapprofile", "c.heapprofile"]));
    assert_eq!(sum["before"].as_array().map(Vec::len), Some(1));
    assert_eq!(sum["changes"][0]["change"]["function"], "cache");
    // A path that several files have is one stack.
    let serve = |row: &&Value| row["frames"][0]["function"] == "serve";
    let stacks: Vec<_> = sum["stacks"].as_array().into_iter().flatten().filter(serve).collect();
    assert_eq!((stacks.len(), &stacks[0]["before"]), (1, &json!(430 * 512)));
    // The same capture is in a sum as often as it was given, and that is said.
    let twice = ["diff", "--merge", "--interval", "512", "-f", "json", "--before"].map(OsString::from).into_iter();
    let twice = twice.chain([a.clone().into(), a.clone().into(), "--after".into(), b.clone().into()]);
    let twice = parsed(&run(twice).stdout);
    let is_told = |warning: &Value| {
        warning["kind"] == "same-capture"
            && warning["message"].as_str().is_some_and(|message| message.starts_with("The sum before: "))
    };
    assert!(twice["warnings"].as_array().into_iter().flatten().any(is_told), "{}", twice["warnings"]);
    assert_eq!(code(&run(["diff", "--merge", "a", "b"])), 2, "one file a side is no sum");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let folder = folder();
    let [before, _] = sides(folder.path());
    let output = diff([&*before, Path::new("/nowhere.heapprofile")], &[]);
    assert_eq!((code(&output), stdout(&output)), (2, ""));
    let text = std::fs::read(&before).expect("a file");
    let cut = folder.path().join("cut.heapprofile");
    write(&cut, &text[..text.len() - 30]);
    let output = diff([&*before, &*cut], &["-f", "json"]);
    assert_eq!(code(&output), 2);
    assert_eq!(parsed(&output.stdout)["warnings"][0]["kind"], "incomplete");
    assert_eq!(code(&diff([&*before, &*cut], &["--allow-truncated"])), 0);
    assert_eq!(code(&diff([Path::new("-"), Path::new("-")], &[])), 2);
}

#[test]
fn hostile_names_do_not_break_out() {
    let folder = folder();
    let before = profile(folder.path(), "before.heapprofile", &[("serve", 400), ("\u{1b}[31m<b>|`x", 20)]);
    let after = profile(folder.path(), "after.heapprofile", &[("serve", 400), ("\u{1b}[31m<b>|`x", 300)]);
    for format in ["text", "markdown"] {
        let output = diff([&*before, &*after], &["-f", format]);
        let text = stdout(&output);
        assert!(!text.contains('\u{1b}'), "{text}");
        assert!(format == "text" || !text.contains("<b>"), "{text}");
        assert!(
            format == "text"
                || text.lines().filter(|line| line.starts_with('|')).all(|line| line
                    .replace("\\|", "")
                    .matches('|')
                    .count()
                    == 7),
            "{text}"
        );
    }
}
