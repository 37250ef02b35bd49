//! `--focus`, `--ignore`, `--hide`, `--show`, `--relative` and `--app`.

use super::{code, fixture, heapsift, parsed, stderr, stdout};
use serde_json::{Value, json};

const SEED: &str = "seed/x-heapprofile-3070674-20251207-1.heapprofile";

fn report(args: &[&str]) -> Value {
    let output = heapsift().args(["-f", "json"]).args(args).arg(fixture(SEED)).output().expect("it runs");
    assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
    parsed(&output.stdout)
}

fn package<'r>(report: &'r Value, name: &str) -> Option<&'r Value> {
    report["packages"].as_array().expect("a list").iter().find(|row| row["name"] == name)
}

#[test]
fn what_is_shown_is_said_and_adds_up() {
    let whole = report(&[]);
    assert_eq!(whole["filters"], json!([]));
    for args in [
        &["--focus", "leoric"][..],
        &["--ignore", "leoric"],
        &["--hide", r"^\(native\)$"],
        &["--show", "leoric|urllib"],
        &["--focus", "leoric", "--ignore", "^parseExprList$", "--hide", "^node:"],
    ] {
        let part = report(args);
        let summary = &part["summary"];
        for key in ["total_size", "nodes", "allocating_nodes", "call_frames", "max_depth"] {
            assert_eq!(summary[key], whole["summary"][key], "{args:?} {key}");
        }
        let shown = summary["shown_size"].as_u64().expect("a size");
        assert!(
            0 < shown && shown < summary["total_size"].as_u64().expect("a size") || args[0] == "--hide",
            "{args:?}"
        );
        for (list, keys) in [
            ("categories", &["self_size", "caused_size"][..]),
            ("packages", &["self_size", "caused_size"]),
            ("functions", &["self_size"]),
        ] {
            for key in keys {
                let sum: u64 =
                    part[list].as_array().expect("a list").iter().map(|row| row[key].as_u64().expect("a size")).sum();
                assert_eq!(sum, shown, "{args:?} {list} {key}");
            }
        }
        let named: Vec<_> = part["filters"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|filter| format!("--{}", filter["name"].as_str().expect("a name")))
            .collect();
        assert_eq!(named, args.iter().step_by(2).copied().collect::<Vec<_>>());
    }
    // The two parts make up the whole.
    let sizes = ["--focus", "--ignore"]
        .map(|option| report(&[option, "leoric"])["summary"]["shown_size"].as_u64().expect("a size"));
    assert_eq!(sizes[0] + sizes[1], whole["summary"]["total_size"].as_u64().expect("a size"));
}

#[test]
fn hidden_frames_give_their_bytes_to_their_callers() {
    let (whole, part) = (report(&[]), report(&["--hide", r"^\(native\)$"]));
    assert!(package(&part, "(native)").is_none());
    let size = |report: &Value, key| package(report, "leoric").expect("leoric")[key].as_u64().expect("a size");
    assert!(size(&part, "self_size") > size(&whole, "self_size"));
    assert_eq!(size(&part, "caused_size"), size(&whole, "caused_size"), "hiding natives is what causing means");
}

#[test]
fn shares_are_of_the_file_unless_asked_otherwise() {
    let [of_file, of_part] = [&[][..], &["--relative"]].map(|args: &[&str]| {
        let report = report(&[&["--focus", "^parseJSON$"], args].concat());
        report["functions"][0]["share"].as_f64().expect("a share")
    });
    assert_eq!((of_file, of_part), (0.102365, 1.0));
    for (format, start) in [("text", "Shown: 5.54 MB"), ("markdown", "**Filtered**: Shown: 5.54 MB")] {
        let output =
            heapsift().args(["-f", format, "--focus", "^parseJSON$"]).arg(fixture(SEED)).output().expect("it runs");
        assert!(stdout(&output).lines().any(|line| line.starts_with(start)), "{}", stdout(&output));
    }
}

#[test]
fn a_filter_that_leaves_nothing_says_so() {
    let output =
        heapsift().args(["-f", "text", "--focus", "no such name"]).arg(fixture(SEED)).output().expect("it runs");
    assert_eq!(code(&output), 0);
    assert_eq!(stdout(&output).matches("None of the bytes are shown").count(), 1, "{}", stdout(&output));
    assert!(stdout(&output).contains("in 71 sample points, 0 of them shown\n"), "{}", stdout(&output));
    assert!(stderr(&output).contains("heapprofile: None of the bytes are shown: "), "{}", stderr(&output));
    assert_eq!(report(&["--focus", "no such name"])["warnings"][0]["kind"], "nothing-shown");
    let output = heapsift().args(["--focus", "("]).arg(fixture(SEED)).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("unclosed group"), "{}", stderr(&output));
}

#[test]
fn a_function_without_a_name_fits_the_name_that_is_printed() {
    let [printed, empty, both] =
        [r"^\(anonymous\)$", "^$", r"^(\(anonymous\))?$"].map(|pattern| report(&["--focus", pattern]));
    let shown = |report: &Value| report["summary"]["shown_size"].as_u64().expect("a size");
    assert!(shown(&printed) > 0);
    // Natives have no url, which fits the empty pattern too.
    assert!(shown(&empty) > shown(&printed));
    assert_eq!(shown(&both), shown(&empty));
    let output =
        heapsift().args(["-f", "text", "--focus", "^parseJSON$"]).arg(fixture(SEED)).output().expect("it runs");
    assert!(stdout(&output).contains("54.10 ± 5.2 MB in 71 sample points, 1 of them shown\n"), "{}", stdout(&output));
    assert!(stdout(&output).contains("Stacks  1 of 1 sample point;"), "{}", stdout(&output));
}

#[test]
fn a_prefix_that_fits_no_url_is_told() {
    let run = |args: &[&str]| heapsift().args(["-f", "json"]).args(args).arg(fixture(SEED)).output().expect("it runs");
    let output = run(&["--app", "/nowhere"]);
    assert_eq!(code(&output), 0);
    let warning = &parsed(&output.stdout)["warnings"][0];
    assert_eq!(warning["kind"], "app-prefix");
    assert!(warning["message"].as_str().expect("a text").contains("prefix /nowhere."), "{warning}");
    assert!(stderr(&output).starts_with("warning: "), "{}", stderr(&output));
    assert_eq!(stderr(&run(&["--quiet", "--app", "/nowhere"])), "");
}

#[test]
fn code_below_a_prefix_is_the_applications() {
    let url = |row: &Value| row["url"].as_str().expect("a url").to_owned();
    let whole = report(&[]);
    let functions = whole["functions"].as_array().expect("a list");
    let leoric = functions.iter().find(|row| row["package"] == "leoric").map(url).expect("a function of leoric");
    let (folder, _) = leoric.rsplit_once("leoric/").expect("a folder");
    let folder = format!("{folder}leoric");
    for (prefix, fits) in
        [(folder.clone(), true), (format!("{folder}/"), true), (folder[..folder.len() - 2].to_owned(), false)]
    {
        let part = report(&["--app", &prefix]);
        assert_eq!(part["warnings"].as_array().expect("a list").is_empty(), fits, "{prefix}");
        assert_eq!(package(&part, "leoric").is_none(), fits, "{prefix}");
        let size =
            |report: &Value| package(report, "(app)").expect("the application")["self_size"].as_u64().expect("a size");
        assert_eq!(size(&part) > size(&whole), fits, "{prefix}");
    }
}
