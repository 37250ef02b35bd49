//! Several files in one run: their order, and a broken one among them.

use super::{code, fixture, folder, heapsift, parsed, profile, read, run, stderr, stdout, write};

#[test]
fn reports_stand_in_the_order_of_the_files() {
    let files = ["odd/tabs.heapprofile", "dialects/xprofiler.heapprofile", "odd/root-only.heapprofile"].map(fixture);
    let output = heapsift().args(["-f", "json"]).args(&files).output().expect("the program runs");
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let lines: Vec<&str> = stdout(&output).lines().collect();
    assert_eq!(lines.len(), 3);
    for (line, file) in lines.iter().zip(&files) {
        assert_eq!(parsed(line.as_bytes())["file"]["name"], file.file_name().expect("a name").to_str().expect("UTF-8"));
        let alone = heapsift().args(["-f", "json"]).arg(file).output().expect("the program runs");
        assert_eq!(stdout(&alone), format!("{line}\n"), "the report is the one of the file alone");
    }
}

#[test]
fn reports_for_people_are_told_apart() {
    let files = ["odd/tabs.heapprofile", "odd/root-only.heapprofile"].map(fixture);
    let alone = files.clone().map(|file| run([file]));
    let both = run(&files);
    assert_eq!(stdout(&both), [stdout(&alone[0]), "\n---\n\n", stdout(&alone[1])].concat());
    let text = |files: &[std::path::PathBuf]| {
        let output = heapsift().args(["-f", "text"]).args(files).output().expect("the program runs");
        stdout(&output).to_owned()
    };
    assert_eq!(text(&files), [text(&files[..1]), "\n".into(), text(&files[1..])].concat());
}

#[test]
fn a_broken_file_keeps_no_other_from_being_reported() {
    let folder = folder();
    let cut = folder.path().join("cut.heapprofile");
    write(&cut, &read(profile())[..5000]);
    let broken = fixture("confused/current.cpuprofile");
    let last = fixture("odd/tabs.heapprofile");
    let missing = folder.path().join("missing");
    let files = [&broken, &profile(), &cut, &missing, &last];
    let output = heapsift().args(["-f", "json"]).args(files).output().expect("the program runs");
    assert_eq!(code(&output), 2);
    let reports: Vec<_> = stdout(&output).lines().map(|line| parsed(line.as_bytes())).collect();
    let names: Vec<_> = reports.iter().map(|report| report["file"]["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["inspector.heapprofile", "cut.heapprofile", "tabs.heapprofile"]);
    let errors: Vec<_> = stderr(&output).lines().filter(|line| line.starts_with("error: ")).collect();
    for (error, file) in errors.iter().zip([&broken, &cut, &missing]) {
        assert!(error.starts_with(&format!("error: {}: ", file.display())), "{error}");
    }
    assert_eq!(errors.len(), 3);
}

#[test]
fn the_same_file_may_be_named_twice() {
    let output = heapsift().args(["-f", "json"]).args([profile(), profile()]).output().expect("the program runs");
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!((code(&output), lines.len()), (0, 2));
    assert_eq!(lines[0], lines[1]);
}

#[test]
fn files_can_be_merged() {
    let files = ["dialects/inspector.heapprofile", "captured/inspector-small.heapprofile"].map(fixture);
    let total = |report: &serde_json::Value| report["summary"]["total_size"].as_u64().expect("a size");
    let alone: u64 = files.iter().map(|file| total(&super::json_of([file]))).sum();
    let output = heapsift().args(["-f", "json", "--merge"]).args(&files).output().expect("the program runs");
    assert_eq!((code(&output), stderr(&output), stdout(&output).lines().count()), (0, "", 1));
    let merged = parsed(&output.stdout);
    assert_eq!(total(&merged), alone);
    assert_eq!(merged["file"]["merged"], serde_json::json!(["inspector.heapprofile", "inspector-small.heapprofile"]));
    assert_eq!(merged["file"]["name"], "2 profiles");
    let output = heapsift().args(["-f", "text", "--merge"]).args(&files).output().expect("the program runs");
    assert!(stdout(&output).contains("merged from inspector.heapprofile, inspector-small.heapprofile"));
}

#[test]
fn a_broken_file_keeps_no_other_from_being_merged() {
    let folder = folder();
    let cut = folder.path().join("cut.heapprofile");
    write(&cut, &read(profile())[..5000]);
    let missing = folder.path().join("missing");
    let output = heapsift()
        .args(["-f", "json", "--merge"])
        .args([&profile(), &missing, &cut])
        .output()
        .expect("the program runs");
    assert_eq!(code(&output), 2);
    let merged = parsed(&output.stdout);
    assert_eq!(merged["file"]["merged"], serde_json::json!(["inspector.heapprofile", "cut.heapprofile"]));
    assert_eq!(merged["file"]["complete"], false);
    let warnings: Vec<_> = merged["warnings"].as_array().expect("a list").iter().collect();
    assert_eq!(warnings[0]["kind"], "not-merged");
    let message = warnings[0]["message"].as_str().expect("a text");
    assert!(message.starts_with("missing could not be read: cannot "), "{message}");
    let is_of_cut = |warning: &&serde_json::Value| {
        warning["message"].as_str().is_some_and(|text| text.starts_with("cut.heapprofile: "))
    };
    assert!(warnings.into_iter().any(|warning| is_of_cut(&warning)));
    for format in ["text", "markdown"] {
        let output =
            heapsift().args(["-f", format, "--merge"]).args([&profile(), &missing]).output().expect("the program runs");
        let at = stdout(&output).lines().position(|line| line.contains("missing could not be read"));
        assert!(at.is_some_and(|line| line < 6), "{format}: {at:?}");
        assert_eq!(stdout(&output).matches("missing could not be read").count(), 1);
    }
}
