//! The folder that is written to: which may be one, and that no mistake costs what is in it.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::{TREE, profiles, usual, with, written};
use crate::{code, heapsift, names_in, parsed, read, stderr, write};

fn run(folder: &Path, args: &[&str]) -> Output {
    heapsift().current_dir(folder).arg("batch").args(args).output().expect("the program runs")
}

#[test]
fn a_mistake_leaves_an_earlier_result_as_it_was() {
    let folder = usual();
    let path = folder.path();
    assert_eq!(code(&run(path, &[TREE, "-o", "out"])), 0);
    let before = (written(path), read(path.join("out/journal.bin")), read(path.join("out/timings.ndjson")));
    for (name, bytes) in
        [("empty/notes.txt", &b"nothing"[..]), ("broken/a.heapprofile", b"<html>"), ("broken/b.heapprofile", b"")]
    {
        fs::create_dir_all(path.join(name).parent().expect("a folder")).expect("it can be made");
        write(&path.join(name), bytes);
    }
    let mistakes: [(&[&str], &str); 6] = [
        (&["dumsp"], "error: dumsp: cannot read it: "),
        (&["dumsp", "empty"], "error: dumsp: cannot read it: "),
        (&["empty"], "error: there is no heap profile, so nothing was written"),
        (&["broken"], "error: a.heapprofile: "),
        (&["empty/notes.txt"], "error: empty/notes.txt: "),
        (&["broken", "--resume"], "error: a.heapprofile: "),
    ];
    for (args, told) in mistakes {
        for output in ["out", "new"] {
            let run = run(path, &[args, &["-o", output]].concat());
            assert_eq!(code(&run), 2, "{args:?}");
            assert!(stderr(&run).starts_with(told), "{args:?}: {}", stderr(&run));
            assert!(run.stdout.is_empty(), "{args:?}");
        }
        let now = (written(path), read(path.join("out/journal.bin")), read(path.join("out/timings.ndjson")));
        assert!(now == before, "{args:?}");
        assert!(!path.join("new").exists(), "{args:?}");
    }
    let told = run(path, &["out", "-o", "new"]);
    assert!(stderr(&told).starts_with("error: out: it holds the result of an earlier batch"), "{}", stderr(&told));
    let told = run(path, &["broken", "-o", "out"]);
    let told: Vec<&str> = stderr(&told).lines().collect();
    assert_eq!(told.len(), 3, "each is told, and that nothing was written: {told:#?}");
    assert!(told[1].starts_with("error: b.heapprofile: it is empty"), "{told:#?}");
    assert_eq!(told[2], "error: nothing of any dump can be read, so nothing was written");
}

#[test]
fn what_is_not_of_a_batch_is_not_written_to() {
    let [inspector, ..] = profiles();
    let folder = with(&[("a.heapprofile", &inspector)]);
    let path = folder.path();
    fs::create_dir(path.join("mine")).expect("it can be made");
    write(&path.join("mine/index.md"), "mine");
    write(&path.join("file"), "mine");
    fs::create_dir(path.join("free")).expect("it can be made");
    write(&path.join("free/.gitkeep"), "kept");
    write(&path.join("free/journal.bin"), "");
    let refused = [
        (TREE, "error: dumps: what is read cannot be written to; name another folder with -o\n"),
        ("dumps/../dumps", "error: dumps/../dumps: what is read cannot be written to; name another folder with -o\n"),
        ("mine", "error: mine: it holds other files and no earlier result; name a new or an empty folder with -o\n"),
        (".", "error: .: it holds other files and no earlier result; name a new or an empty folder with -o\n"),
        ("file", "error: file: it is no folder; name one with -o\n"),
    ];
    for (output, told) in refused {
        let run = run(path, &[TREE, "-o", output]);
        assert_eq!((code(&run), stderr(&run)), (2, told));
    }
    assert_eq!(names_in(&path.join(TREE)), ["a.heapprofile"]);
    assert_eq!(names_in(&path.join("mine")), ["index.md"]);
    assert_eq!(read(path.join("mine/index.md")), b"mine");
    for output in ["free", "new", "dumps/new"] {
        let run = run(path, &[TREE, "-o", output]);
        assert_eq!((code(&run), stderr(&run).contains("error")), (0, false), "{output}");
    }
    // What was put beside a result stays there.
    write(&path.join("new/notes.md"), "mine");
    assert_eq!(code(&run(path, &[TREE, "-o", "new"])), 0);
    assert_eq!(read(path.join("new/notes.md")), b"mine");
    assert_eq!(read(path.join("free/.gitkeep")), b"kept");
}

#[test]
fn two_batches_do_not_write_into_one_folder() {
    let folder = usual();
    let path = folder.path();
    assert_eq!(code(&run(path, &[TREE, "-o", "out"])), 0);
    let (before, journal) = (written(path), path.join("out/journal.bin"));
    write(&path.join("out/reports/.heapsift-unfinished-x7Qa2b"), "of the other one");
    let other = fs::File::open(&journal).expect("it is there");
    other.lock().expect("it can be locked");
    for args in [&[TREE, "-o", "out"][..], &[TREE, "-o", "out", "--resume"]] {
        let output = run(path, args);
        let told = "error: out/journal.bin: another heapsift is writing here; wait for its end, or name another folder with -o\n";
        assert_eq!((code(&output), stderr(&output)), (2, told));
    }
    drop(other);
    fs::remove_file(path.join("out/reports/.heapsift-unfinished-x7Qa2b")).expect("it was left alone");
    assert!(written(path) == before);
    assert_eq!(code(&run(path, &[TREE, "-o", "out", "--resume"])), 0);
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_no_folder_to_write_to() {
    let [inspector, ..] = profiles();
    let folder = with(&[("a.heapprofile", &inspector)]);
    std::os::unix::fs::symlink("nowhere", folder.path().join("link")).expect("a link can be made");
    let output = run(folder.path(), &[TREE, "-o", "link"]);
    let told = "error: link: it is a symbolic link that leads to no folder; name one with -o\n";
    assert_eq!((code(&output), stderr(&output)), (2, told));
}

#[test]
fn a_folder_of_several_that_holds_no_profile_is_told() {
    let [inspector, ..] = profiles();
    let folder = with(&[("a.heapprofile", &inspector)]);
    fs::create_dir(folder.path().join("idle")).expect("it can be made");
    let output = run(folder.path(), &[TREE, "idle", "-o", "out"]);
    assert_eq!((code(&output), stderr(&output)), (0, "warning: idle: no profile is below it\n"));
    // The same folder again holds what was met already.
    let output = run(folder.path(), &[TREE, TREE, "-o", "out"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let roll_up = parsed(&read(folder.path().join("out/rollup.json")));
    assert_eq!(roll_up["summary"]["dumps"], 1);
}

#[test]
fn what_a_killed_run_was_writing_is_removed() {
    let folder = usual();
    let path = folder.path();
    assert_eq!(code(&run(path, &[TREE, "-o", "out"])), 0);
    let expected = written(path);
    let left = ["out/", "out/reports/", "out/reports/a/", "out/trend/"]
        .map(|folder| format!("{folder}.heapsift-unfinished-x7Qa2b"));
    for args in [&[][..], &["--resume"]] {
        left.iter().for_each(|name| write(&path.join(name), "half a rep"));
        assert_eq!(code(&run(path, &[&[TREE, "-o", "out"], args].concat())), 0);
        assert!(written(path) == expected, "{args:?}");
    }
    // Names that others give are none of ours.
    write(&path.join("out/reports/.tmpx7Qa2b"), "another's");
    assert_eq!(code(&run(path, &[TREE, "-o", "out"])), 0);
    assert_eq!(read(path.join("out/reports/.tmpx7Qa2b")), b"another's");
}
