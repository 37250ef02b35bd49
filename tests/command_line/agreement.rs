//! A gate and a comparison of the same captures: what `heapsift diff` calls noise fails no rule about growth of `heapsift check`. What rows near by may have exchanged with a row
//! only the comparison knows: where it says noise for that alone, the row by itself differs by several standard errors.

use std::ffi::OsString;
use std::path::PathBuf;

use serde_json::Value;

use super::{code, fixture, folder, parsed, run, stderr};

/// A file for each number: `check/before-1.heapprofile.zst` and so on.
fn captures(side: &str, numbers: &[u32]) -> Vec<PathBuf> {
    numbers.iter().map(|number| fixture(&format!("{side}-{number}.heapprofile.zst"))).collect()
}

fn json(words: &[&str], files: &[&[PathBuf]], between: &str) -> Value {
    let mut args: Vec<OsString> = words.iter().map(OsString::from).collect();
    args.extend(files[0].iter().map(Into::into));
    if let Some(others) = files.get(1) {
        args.push(between.into());
        args.extend(others.iter().map(Into::into));
    }
    let output = run(args);
    assert!(code(&output) < 2, "{}", stderr(&output));
    parsed(&output.stdout)
}

#[test]
fn what_a_comparison_calls_noise_fails_no_rule() {
    let folder = folder();
    let baseline = folder.path().join("baseline.toml");
    let at = baseline.to_str().expect("a name");
    let (check, diff) = ("check/before", "diff/before");
    let table = [
        (captures(check, &[1]), captures("check/after", &[1])),
        (captures(check, &[1]), captures(check, &[2])),
        (captures(check, &[3]), captures(check, &[1])),
        (captures(check, &[5]), captures(check, &[1])),
        (captures(check, &[1, 2, 3, 4, 5]), captures("check/after", &[1, 2, 3])),
        (captures(check, &[3, 4, 5]), captures(check, &[1, 2])),
        (captures(check, &[5]), captures(check, &[1, 2, 3])),
        (captures(diff, &[1]), captures("diff/after", &[1])),
        (captures(diff, &[2]), captures(diff, &[1])),
        (captures(diff, &[1]), captures(diff, &[2])),
        (captures(diff, &[1, 2]), captures("diff/after", &[1, 2])),
    ];
    let subjects = [
        ("total +0%", "total", "", ""),
        ("category:application +0%", "categories", "id", "application"),
        ("package:(app) +0%", "packages", "name", "(app)"),
        ("function:open +0%", "functions", "function", "open"),
        ("function:snapshot +0%", "functions", "function", "snapshot"),
        ("function:indexed +0%", "functions", "function", "indexed"),
    ];
    let mut failed = 0;
    for (before, after) in &table {
        let made = run(["baseline", "--interval", "4K", "-o", at]
            .map(OsString::from)
            .into_iter()
            .chain(before.iter().map(Into::into)));
        assert_eq!(code(&made), 0, "{}", stderr(&made));
        let mut words = vec!["check", "--interval", "4K", "--no-rules", "--baseline", at, "-f", "json"];
        words.extend(subjects.iter().flat_map(|(rule, ..)| ["--rule", rule]));
        let gate = json(&words, &[after], "");
        let compared =
            json(&["diff", "--interval", "4K", "-n", "0", "-f", "json", "--before"], &[before, after], "--after");
        for ((rule, list, key, name), outcome) in subjects.iter().zip(gate["rules"].as_array().expect("a list")) {
            if outcome["verdict"] != "fail" {
                continue;
            }
            failed += 1;
            let row = match compared[list].as_array() {
                Some(rows) => rows.iter().find(|row| row[key] == *name).expect("the row"),
                None => &compared[list],
            };
            let number = |key: &str| row[key].as_f64().expect("a number");
            let differs_by_itself = || number("difference") > 4.0 * number("standard_error");
            assert!(
                row["verdict"] != "unknown" && (row["verdict"] != "noise" || differs_by_itself()),
                "{rule} of {before:?} and {after:?}: {row}"
            );
        }
        for change in gate["grown"].as_array().expect("a list").iter().filter(|change| change["kind"] == "category") {
            let rows = compared["categories"].as_array().expect("a list");
            let row = rows.iter().find(|row| row["id"] == change["name"]).expect("the row");
            assert!(row["verdict"] != "unknown" && row["standard_error"].as_u64() < change["growth"].as_u64(), "{row}");
        }
    }
    assert!(failed >= 6, "{failed}");
}
