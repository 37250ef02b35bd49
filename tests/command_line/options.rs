//! Options that change what is shown.

use serde_json::Value;

use super::{code, fixture, heapsift, json_of, parsed, profile, run, stderr, stdout};

fn with(args: &[&str]) -> Value {
    json_of(args.iter().map(std::ffi::OsStr::new).chain([profile().as_os_str()]))
}

#[test]
fn a_limit_cuts_lists_and_leaves_their_sums() {
    let (whole, cut) = (with(&[]), with(&["-n", "3"]));
    assert_eq!(with(&["-n", "0"]), whole);
    assert_eq!(with(&["--limit", "3"]), cut);
    assert_eq!(whole["summary"], cut["summary"]);
    let sum = |rows: &[Value], key: &str| rows.iter().map(|row| row[key].as_u64().expect("a number")).sum::<u64>();
    for list in ["categories", "packages", "functions"] {
        let (all, some) = (whole[list].as_array().expect("a list"), cut[list].as_array().expect("a list"));
        assert!(all.len() > 4, "{list} is short");
        assert_eq!(sum(all, "self_size"), whole["summary"]["shown_size"].as_u64().expect("bytes"), "{list}");
        assert_eq!(some.len(), 4, "{list}");
        let other = &some[3];
        let keys: Vec<_> = other.as_object().expect("an object").keys().collect();
        let caused = usize::from(list != "functions");
        assert_eq!(keys.len(), 8 + caused, "{list}: {keys:?}");
        assert_eq!((&other["other"], &other["count"]), (&true.into(), &(all.len() - 3).into()), "{list}");
        for key in ["self_size", "nodes"] {
            assert_eq!(sum(some, key), sum(all, key), "{list} {key}");
        }
        if list != "functions" {
            assert_eq!(sum(some, "caused_size"), whole["summary"]["shown_size"].as_u64().expect("bytes"), "{list}");
        }
        assert!(other["share"].is_f64());
        for (a, b) in all.iter().zip(&some[..3]) {
            assert_eq!((&a["name"], &a["function"], &a["self_size"]), (&b["name"], &b["function"], &b["self_size"]));
        }
    }
    for category in cut["categories"].as_array().expect("a list").iter().filter(|row| row.get("id").is_some()) {
        let functions = category["functions"].as_array().expect("a list");
        assert!(functions.len() <= 4);
        assert_eq!(sum(functions, "self_size"), category["self_size"].as_u64().expect("bytes"));
    }
}

#[test]
fn a_limit_that_is_not_reached_cuts_nothing() {
    assert_eq!(with(&["-n", "1000000"]), with(&[]));
}

#[test]
fn stacks_are_as_many_as_asked_for() {
    let all = with(&["--stacks", "100"])["stacks"].as_array().expect("a list").clone();
    assert!(all.len() > 20, "the fixture has few stacks");
    for (count, args) in [(0, &["--stacks", "0"][..]), (5, &["--stacks", "5"]), (20, &[])] {
        let report = with(args);
        assert_eq!(report["stacks"].as_array().expect("a list"), &all[..count]);
        // What is left out is told beside the list.
        let bytes = |row: &Value| row["self_size"].as_u64().expect("bytes");
        let (summary, omitted) = (&report["summary"], &report["stacks_omitted"]);
        assert_eq!(
            all[..count].iter().map(bytes).sum::<u64>() + bytes(omitted),
            summary["shown_size"].as_u64().expect("bytes")
        );
        assert_eq!(
            count as u64 + omitted["count"].as_u64().expect("a count"),
            summary["allocating_nodes"].as_u64().expect("a count")
        );
    }
    let markdown = |count: &str| {
        let output = heapsift().args(["--stacks", count]).arg(profile()).output().expect("the program runs");
        assert_eq!(code(&output), 0);
        stdout(&output).to_owned()
    };
    assert!(markdown("20").len() > markdown("0").len());
}

#[test]
fn colours_follow_option_and_environment() {
    let colored = |args: &[&str], environment: &[(&str, &str)]| {
        let mut command = heapsift();
        command.args(["-f", "text"]).args(args).arg(profile()).envs(environment.iter().copied());
        let output = command.output().expect("the program runs");
        assert_eq!(code(&output), 0);
        stdout(&output).contains('\u{1b}')
    };
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], bool);
    let cases: [Case<'_>; 9] = [
        (&[], &[], false),
        (&["--color", "always"], &[], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "0")], false),
        (&[], &[("CLICOLOR_FORCE", "")], false),
        (&[], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
        (&[], &[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")], true),
    ];
    for (args, environment, expected) in cases {
        assert_eq!(colored(args, environment), expected, "{args:?} {environment:?}");
    }
}

#[test]
fn only_text_and_messages_are_coloured() {
    for format in ["markdown", "json"] {
        let mut command = heapsift();
        let output = command.args(["-f", format, "--color", "always"]).arg(profile()).output().expect("it runs");
        assert!(!stdout(&output).contains('\u{1b}'), "{format}");
    }
    let missing = run(["--color", "always", "/nowhere"]);
    assert!(stderr(&missing).contains("\u{1b}["), "{}", stderr(&missing));
    // A file takes none.
    let folder = super::folder();
    let path = folder.path().join("r.txt");
    let mut command = heapsift();
    command.args(["--color", "always"]).arg(profile()).arg("-o").arg(&path);
    assert_eq!(code(&command.output().expect("it runs")), 0);
    assert!(!super::read(&path).contains(&0x1b));
}

#[test]
fn the_back_end_can_be_lowered() {
    let version = |backend: &str| {
        let output = heapsift().arg("--version").env("HEAPSIFT_SIMD", backend).output().expect("the program runs");
        assert_eq!(code(&output), 0);
        stdout(&output).trim_end().rsplit_once(" (").expect("a back end").1.trim_end_matches(')').to_owned()
    };
    assert_eq!(version("portable"), "portable");
    let strongest = version("");
    assert!(["portable", "avx2", "avx512"].contains(&strongest.as_str()), "{strongest}");
    assert_eq!(version("avx512"), strongest, "it may only lower");
    if strongest != "portable" {
        assert_eq!(version("avx2"), "avx2");
    }
    let expected = json_of([profile()]);
    for backend in ["portable", "avx2", "avx512", ""] {
        let mut command = heapsift();
        let output =
            command.args(["-f", "json"]).arg(profile()).env("HEAPSIFT_SIMD", backend).output().expect("it runs");
        assert_eq!((code(&output), super::parsed(&output.stdout)), (0, expected.clone()), "{backend}");
    }
    let wrong = heapsift().arg(profile()).env("HEAPSIFT_SIMD", "nonsense").output().expect("the program runs");
    assert_eq!((code(&wrong), stdout(&wrong)), (2, ""));
    assert!(stderr(&wrong).contains("HEAPSIFT_SIMD=nonsense names no back end"), "{}", stderr(&wrong));
}

#[test]
fn files_that_begin_with_a_dash_follow_two_dashes() {
    let folder = super::folder();
    std::fs::copy(fixture("odd/tabs.heapprofile"), folder.path().join("-x")).expect("the file can be copied");
    let output = heapsift().current_dir(folder.path()).args(["-f", "json", "--", "-x"]).output().expect("it runs");
    assert_eq!(super::parsed(&output.stdout)["file"]["name"], "-x");
}

#[test]
fn what_advice_is_founded_on_does_not_depend_on_how_many_stacks_are_shown() {
    let advice = |stacks: &str| {
        let mut command = heapsift();
        command
            .args(["-f", "json", "--stacks", stacks])
            .arg(fixture("seed/x-heapprofile-3070674-20251207-1.heapprofile"));
        let report = parsed(&command.output().expect("the program runs").stdout);
        (report["recommendations"].clone(), report["stacks"].as_array().map_or(0, Vec::len))
    };
    let (expected, most) = advice("100");
    assert!(expected.as_array().is_some_and(|rows| rows.len() > 3) && most > 20, "{most}");
    for stacks in ["0", "1", "20"] {
        let (found, shown) = advice(stacks);
        assert_eq!(found, expected, "{stacks}");
        assert_eq!(shown.to_string(), stacks);
    }
}
