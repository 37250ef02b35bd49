//! Dumps whose names tell neither process nor order: a series only where the user says so.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::series::{reading, text_of};
use super::{TREE, batch, rolled_up, with};
use crate::{code, heapsift, stderr, stdout, write};

/// Readings of a session that leaks, in the order in which they were taken.
const DAYS: [&str; 6] = ["wed", "thu", "fri", "sat", "sun", "mon"];

/// The readings, each changed so many seconds after the one before.
fn folder(seconds: u64) -> tempfile::TempDir {
    let names = DAYS.map(|day| format!("{day}.heapprofile"));
    let files: Vec<(&str, Vec<u8>)> =
        names.iter().map(String::as_str).zip((1..).map(|dump| reading(20, dump))).collect();
    let folder = with(&files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect::<Vec<_>>());
    for (name, number) in names.iter().zip(0..) {
        let file = File::options().write(true).open(folder.path().join(TREE).join(name)).expect("it is there");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + number * seconds);
        file.set_modified(time).expect("it is ours");
    }
    folder
}

fn series(folder: &Path) -> Value {
    rolled_up(folder)["series"].clone()
}

/// Whether the series is in its order, with the leak; and what tells the order.
fn assert_is_found(folder: &Path, ordered_by: &str) {
    let series = series(folder);
    let name = |day: &Value| day.as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
    let files: Vec<String> = series[0]["files"].as_array().expect("a list").iter().map(name).collect();
    assert_eq!(files, DAYS.map(|day| format!("{day}.heapprofile")));
    let headline = series[0]["trend"]["headline"].as_str().expect("a sentence");
    assert!(headline.starts_with("1 leak suspect: keep (app/a.js:3) grows by 10.00 "), "{headline}");
    assert_eq!(series[0]["ordered_by"], ordered_by);
}

#[test]
fn nothing_is_guessed_and_it_is_said_what_helps() {
    let folder = folder(60);
    let output = batch(folder.path(), &["--no-reports"]);
    assert_eq!((code(&output), series(folder.path())), (0, json!([])));
    let told = "Whether there is a leak is not known: as far as names tell, no two dumps are of one process. If they are, --series growing or restarted makes a series of those of one folder.";
    assert!(stdout(&output).replace('\n', " ").starts_with(told), "{}", stdout(&output));
}

#[test]
fn whoever_says_what_they_are_has_them_judged() {
    let folder = folder(60);
    let output = batch(folder.path(), &["--no-reports", "--series", "growing", "--resume"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_is_found(folder.path(), "when they were last changed");
}

#[test]
fn times_make_a_series_of_what_they_tell() {
    let folder = folder(0);
    let times: Vec<String> =
        DAYS.iter().zip(1..).map(|(day, hour)| format!("{day}.heapprofile {}", 3600 * hour)).collect();
    write(&folder.path().join("times"), times.join("\n"));
    assert_eq!(code(&batch(folder.path(), &["--no-reports", "--times", "times"])), 0);
    assert_is_found(folder.path(), "--times");
    let headline = series(folder.path())[0]["trend"]["headline"].to_string();
    assert!(headline.contains("MB an hour."), "{headline}");
}

#[test]
fn naming_them_one_by_one_makes_a_series_in_that_order_where_nothing_else_tells_it() {
    for (seconds, ordered_by) in [(0, "as they were given"), (60, "when they were last changed")] {
        let folder = folder(seconds);
        let files = DAYS.map(|day| format!("{TREE}/{day}.heapprofile"));
        let mut command = heapsift();
        let output =
            command.current_dir(folder.path()).args(["batch", "-o", "out", "--no-reports"]).args(files).output();
        assert_eq!(code(&output.expect("it runs")), 0);
        assert_is_found(folder.path(), ordered_by);
    }
}

#[test]
fn readings_without_an_order_are_no_series_and_that_is_told() {
    let folder = folder(0);
    let output = batch(folder.path(), &["--no-reports", "--series", "growing"]);
    let told = "warning: fri.heapprofile: nothing tells its place among 5 more of its folder, neither names nor when they were last changed, so they are no series; --times tells it, or naming them one by one\n";
    assert_eq!((code(&output), stderr(&output), series(folder.path())), (0, told, json!([])));
    let index = text_of(folder.path().join("out/index.md"));
    assert!(index.contains("- `fri.heapprofile`: nothing tells its place among 5 more"), "{index}");
    // Sessions of their own need none.
    assert_eq!(code(&batch(folder.path(), &["--no-reports", "--series", "restarted"])), 0);
    assert_eq!(series(folder.path())[0]["ordered_by"], "their names");
}
