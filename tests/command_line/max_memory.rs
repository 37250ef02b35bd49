//! `--max-memory`: what fits is read whole, with the same report; what does not is read in part, and said to be.

use std::fs::File;

use heapsift::generate::{Layout, Options, random_profile};

use super::{code, folder, heapsift, parsed, stderr};

/// Generates a profile with so many functions.
fn generate(path: &std::path::Path, functions: u32) {
    let mut options = Options::new(Layout::Inspector, 12_000_000, 3);
    options.functions = functions;
    let mut file = File::create(path).expect("a file can be made");
    random_profile(&options, &mut file).expect("a profile is written");
}

#[test]
fn what_fits_is_read_whole() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    generate(&path, 500);
    let run = |args: &[&str]| heapsift().args(["-f", "json"]).args(args).arg(&path).output().expect("the program runs");
    let bounded = run(&["--max-memory", "16M"]);
    assert_eq!((code(&bounded), stderr(&bounded)), (0, ""));
    assert_eq!(bounded.stdout, run(&[]).stdout);
}

#[test]
fn what_does_not_fit_is_read_in_part_and_says_what_all_of_it_needs() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    generate(&path, 60_000);
    for args in [&[][..], &["--no-mmap"], &["--window-size", "4K"], &["--threads", "1"]] {
        let output = heapsift().args(["-f", "json", "--max-memory", "16M"]).args(args).arg(&path).output();
        let output = output.expect("the program runs");
        assert_eq!(code(&output), 2);
        let report = parsed(&output.stdout);
        assert_eq!(report["file"]["complete"], false);
        assert_eq!(report["warnings"][0]["kind"], "incomplete");
        let offset = report["file"]["truncated_at"].as_u64().expect("an offset");
        assert!((1..12_000_000).contains(&offset), "{offset}");
        let said = stderr(&output);
        assert!(said.contains("do not fit in 16 MiB: stopped after "), "{said}");
        let needed = said.split("all of it needs about ").nth(1).and_then(|rest| rest.split(' ').next());
        let needed: u64 = needed.and_then(|needed| needed.parse().ok()).expect("a number of MiB");
        // With as much memory as it says, it fits.
        let enough = format!("{needed}M");
        let output = heapsift().args(["-f", "json", "--max-memory", &enough]).args(args).arg(&path).output();
        assert_eq!(code(&output.expect("the program runs")), 0, "{needed}");
    }
}

#[test]
fn of_a_stream_it_is_not_known() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    generate(&path, 60_000);
    let text = std::fs::read(&path).expect("it can be read");
    let output = heapsift().args(["-f", "json", "--max-memory", "16M", "-"]).write_stdin(text).output();
    let output = output.expect("the program runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("what the rest needs is not known"), "{}", stderr(&output));
}

#[test]
fn too_little_is_wrong_usage() {
    let output = heapsift().args(["--max-memory", "15M", "x"]).output().expect("the program runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("nothing can be read in less than 16M"), "{}", stderr(&output));
}
