//! Dumps that could be read in part only: they tell no size of a series.

use std::path::Path;

use serde_json::{Value, json};

use super::series::{reading, text_of};
use super::{batch, lines, rolled_up, with};
use crate::{code, parsed, read, stderr, stdout};

/// Readings of a session that leaks 20 samples of 512 KiB a dump, of which those with these numbers end early.
fn leak(cut: &[u64]) -> Vec<(String, Vec<u8>)> {
    let dump = |dump: u64| {
        let mut bytes = reading(20, dump);
        if cut.contains(&dump) {
            bytes.truncate(bytes.iter().position(|&byte| byte == b'}').expect("an object") + 220);
        }
        (format!("dump-{dump}.heapprofile"), bytes)
    };
    (1..=6).map(dump).collect()
}

fn folder_with(cut: &[u64]) -> tempfile::TempDir {
    let files = leak(cut);
    with(&files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

fn trend(folder: &Path) -> Value {
    rolled_up(folder)["series"][0]["trend"].clone()
}

/// A text without what breaks its lines, which is also done at a hyphen.
fn unbroken(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn a_dump_that_ends_early_is_left_out_of_its_series_and_named() {
    // The last one, as where the process was killed, and one between others, which leaves the rate of a dump as it is.
    for (cut, args, expected) in [(6, &[][..], 2), (6, &["--allow-truncated"][..], 0), (3, &[][..], 2)] {
        let folder = folder_with(&[cut]);
        let output = batch(folder.path(), args);
        assert_eq!(code(&output), expected, "{}", stderr(&output));
        let headline = trend(folder.path())["headline"].as_str().expect("a sentence").to_owned();
        assert!(headline.starts_with("1 leak suspect: keep (app/a.js:3) grows by 10.00 ± "), "{cut}: {headline}");
        let name = format!("dump-{cut}.heapprofile");
        let told = format!("1 dump is left out of its series, since it is incomplete: {name}.");
        assert!(unbroken(stdout(&output)).contains(&unbroken(&told)), "{}", stdout(&output));
        let out = folder.path().join("out");
        let index = text_of(out.join("index.md"));
        assert!(index.contains(&told) && index.contains("\n| 5 of 6 | "), "{index}");
        assert!(text_of(out.join("trend/1.md")).contains(&format!("> {told}\n")), "{cut}");
        let json = parsed(&read(out.join("trend/1.json")));
        assert_eq!((&json["left_out"], &json["files"]), (&json!([name]), &json!(5)));
        let series = &rolled_up(folder.path())["series"][0];
        assert_eq!((&series["left_out"], series["files"].as_array().map(Vec::len)), (&json!([name]), Some(5)));
        let line = &lines(folder.path(), "files.ndjson")[cut as usize - 1];
        assert_eq!(
            (&line["status"], &line["series"], &line["place"]),
            (&json!("incomplete"), &json!(null), &json!(null))
        );
    }
}

#[test]
fn too_few_complete_dumps_are_a_reason() {
    let folder = folder_with(&[1, 2, 4, 5, 6]);
    let output = batch(folder.path(), &[]);
    assert_eq!(code(&output), 2);
    let why = "Too few complete dumps to tell a leak: 1 of 6. Six are a beginning.";
    let expected = json!({"document": "trend/1.md", "headline": why, "suspects": 0, "unjudged": "too-few-dumps"});
    assert_eq!(trend(folder.path()), expected);
    let told = format!(
        "{why} 5 dumps are left out of their series, since they are incomplete: dump-1.heapprofile, dump-2.heapprofile, dump-4.heapprofile and 2 more."
    );
    assert!(unbroken(stdout(&output)).starts_with(&unbroken(&told)), "{}", stdout(&output));

    let folder = folder_with(&[1, 2, 3, 4, 5, 6]);
    let output = batch(folder.path(), &[]);
    let why = "Too few complete dumps to tell a leak: 0 of 6. Six are a beginning.";
    assert_eq!((code(&output), &trend(folder.path())["headline"]), (2, &json!(why)));
    let index = text_of(folder.path().join("out/index.md"));
    assert!(index.contains("\n| 0 of 6 | [`dump-1.heapprofile`]("), "{index}");
    assert!(
        index.contains("| - | - | the number in their names | [not judged](trend/1.md) |"),
        "no part of a total: {index}"
    );
}
