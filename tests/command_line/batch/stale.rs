//! That nothing of an earlier result is taken for one of the new one.

use std::fs;
use std::path::Path;

use super::{TREE, batch, lines, profiles, usual, with, written};
use crate::{code, heapsift, names_in, read, stderr, write};

fn run(folder: &Path, args: &[&str]) {
    let output = heapsift().current_dir(folder).arg("batch").args(args).output().expect("the program runs");
    assert_eq!((code(&output), stderr(&output)), (0, ""));
}

#[test]
fn another_result_leaves_nothing_of_the_one_before() {
    let [inspector, xprofiler, _] = profiles();
    let folder = usual();
    let path = folder.path();
    fs::create_dir(path.join("other")).expect("it can be made");
    write(&path.join("other/z.heapprofile"), &xprofiler);
    run(path, &["other", "-o", "out"]);
    let expected = written(path);
    fs::remove_dir_all(path.join("out")).expect("it is there");
    run(path, &[TREE, "-o", "out"]);
    assert!(path.join("out/trend/1.md").is_file());
    // What others have put there stays.
    let notes = ["out/reports/a/notes.md", "out/trend/notes.md", "out/trend/2.json"];
    notes.iter().for_each(|name| write(&path.join(name), "# Heap Profiles of mine\n"));
    write(&path.join("out/reports/b/data.heapprofile"), &inspector);
    run(path, &["other", "-o", "out"]);
    for name in notes {
        assert_eq!(read(path.join(name)), b"# Heap Profiles of mine\n");
        fs::remove_file(path.join(name)).expect("it is there");
    }
    assert_eq!(names_in(&path.join("out/reports/b")), ["data.heapprofile"]);
    fs::remove_dir_all(path.join("out/reports/b")).expect("it is there");
    assert!(written(path) == expected, "{:?}", names_in(&path.join("out")));
    assert_eq!(names_in(&path.join("out/trend")).len(), 0, "the notes were there until now");
    run(path, &["other", "-o", "out"]);
    assert_eq!(names_in(&path.join("out/reports")), ["z.heapprofile.md"]);
    assert!(!path.join("out/trend").exists());
}

#[test]
fn a_dump_that_is_no_more_leaves_no_report_where_a_run_goes_on() {
    let folder = usual();
    let path = folder.path();
    assert_eq!(code(&batch(path, &[])), 0);
    fs::remove_file(path.join(TREE).join("b/api.heapprofile")).expect("it is there");
    write(&path.join(TREE).join("b/deep/er/Heap.20251207.101500.9.0.001.heapprofile"), "");
    assert_eq!(code(&batch(path, &["--resume"])), 2);
    assert_eq!(names_in(&path.join("out/reports/b")), ["named-otherwise.json.md"]);
    assert_eq!(names_in(&path.join("out/reports/a")).len(), 3);
}

#[test]
fn reports_that_a_later_run_can_use_are_kept() {
    let folder = usual();
    let path = folder.path();
    assert_eq!(code(&batch(path, &[])), 0);
    let before = written(path);
    fs::remove_file(path.join(TREE).join("b/api.heapprofile")).expect("it is there");
    assert_eq!(code(&batch(path, &["--no-reports", "--resume"])), 0);
    assert_eq!(names_in(&path.join("out/reports/b")), ["deep", "named-otherwise.json.md"]);
    write(&path.join(TREE).join("b/api.heapprofile"), &profiles()[2]);
    assert_eq!(code(&batch(path, &["--resume"])), 0);
    assert_eq!(lines(path, "timings.ndjson").len(), 1);
    assert!(written(path) == before);
    // Without a journal that tells of them they are nobody's.
    assert_eq!(code(&batch(path, &["--no-reports"])), 0);
    assert!(!path.join("out/reports").exists());
}

#[test]
fn reports_of_before_make_way_for_folders_and_the_other_way_round() {
    let [inspector, xprofiler, _] = profiles();
    let folder = with(&[]);
    let path = folder.path();
    let dumps = path.join(TREE);
    let layouts: [(&str, &[u8]); 2] = [("run.md/deep/a.heapprofile", &inspector), ("run", &xprofiler)];
    let run_with = |(name, bytes): (&str, &[u8])| {
        let _ = fs::remove_dir_all(&dumps);
        fs::create_dir_all(dumps.join(name).parent().expect("a folder")).expect("it can be made");
        write(&dumps.join(name), bytes);
        batch(path, &[])
    };
    for layout in [layouts[0], layouts[1], layouts[0]] {
        let output = run_with(layout);
        assert_eq!((code(&output), stderr(&output)), (0, ""), "{}", layout.0);
        assert_eq!(lines(path, "files.ndjson")[0]["report"], format!("reports/{}.md", layout.0));
        assert!(path.join("out/reports").join(format!("{}.md", layout.0)).is_file());
    }
    // What is none of ours stays, and is told.
    write(&path.join("out/reports/run.md/notes.md"), "mine");
    let output = run_with(layouts[1]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("run.md: is a directory"), "{}", stderr(&output));
    assert_eq!(read(path.join("out/reports/run.md/notes.md")), b"mine");
}
