//! Which files are taken for dumps, and what is told of the others.

use std::fs;

use super::{TREE, batch, lines, profiles, rolled_up, usual, with, written};
use crate::{code, heapsift, names_in, parsed, read, stderr, stdout, write};

#[cfg(unix)]
#[test]
fn links_are_followed_once_and_what_cannot_be_read_is_told() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let [inspector, ..] = profiles();
    let folder = with(&[("a/one.heapprofile", &inspector), ("c/unreadable.heapprofile", &inspector)]);
    let dumps = folder.path().join(TREE);
    symlink("..", dumps.join("a/loop")).expect("a link can be made");
    symlink("a", dumps.join("b")).expect("a link can be made");
    symlink("nowhere.heapprofile", dumps.join("dangling.heapprofile")).expect("a link can be made");
    symlink("c/unreadable.heapprofile/x", dumps.join("below-a-file.heapprofile")).expect("a link can be made");
    symlink("itself.heapprofile", dumps.join("itself.heapprofile")).expect("a link can be made");
    let unreadable = dumps.join("c/unreadable.heapprofile");
    fs::set_permissions(&unreadable, fs::Permissions::from_mode(0o000)).expect("it can be set");
    let output = batch(folder.path(), &[]);
    let roll_up = rolled_up(folder.path());
    let mut missed: Vec<(&str, &str, bool)> = roll_up["missed"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| {
            (row["path"].as_str().expect("a path"), row["why"].as_str().expect("why"), row["is_failure"] == true)
        })
        .collect();
    missed.sort_unstable();
    let expected = [
        ("a/loop", "a symbolic link back to dumps", false),
        ("b/loop", "a symbolic link back to dumps", false),
        ("below-a-file.heapprofile", "a symbolic link to nothing", false),
        ("dangling.heapprofile", "a symbolic link to nothing", false),
        ("itself.heapprofile", "a symbolic link back to itself", false),
    ];
    assert_eq!(missed, expected);
    assert_eq!(roll_up["summary"]["met_again"], 1, "the same file below b");
    assert_eq!(roll_up["summary"]["dumps"], 2);
    if fs::File::open(&unreadable).is_err() {
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("error: c/unreadable.heapprofile: cannot read it: "), "{}", stderr(&output));
        // The next time it may be readable.
        fs::set_permissions(&unreadable, fs::Permissions::from_mode(0o644)).expect("it can be set");
        assert_eq!(code(&batch(folder.path(), &["--resume"])), 0);
        assert_eq!(lines(folder.path(), "timings.ndjson").len(), 1);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_opened_but_told() {
    let [inspector, ..] = profiles();
    let folder = with(&[("a.heapprofile", &inspector)]);
    let dumps = folder.path().join(TREE);
    // Who opens it waits forever.
    for name in ["fifo.heapprofile", "fifo"] {
        assert!(std::process::Command::new("mkfifo").arg(dumps.join(name)).status().expect("mkfifo runs").success());
    }
    let _socket = std::os::unix::net::UnixListener::bind(dumps.join("socket.heapprofile")).expect("a socket");
    std::os::unix::fs::symlink("/dev/null", dumps.join("device.cpuprofile")).expect("a link can be made");
    let output = batch(folder.path(), &[]);
    let told: String = ["device.cpuprofile", "fifo.heapprofile", "socket.heapprofile"]
        .iter()
        .map(|name| format!("warning: {name}: it is not a regular file\n"))
        .collect();
    assert_eq!((code(&output), stderr(&output)), (0, told.as_str()));
    let summary = &rolled_up(folder.path())["summary"];
    assert_eq!(["dumps", "other_files"].map(|key| summary[key].as_u64()), [1, 1].map(Some));
}

#[cfg(unix)]
#[test]
fn hostile_names_reach_neither_terminal_nor_index() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let [inspector, ..] = profiles();
    let folder = with(&[]);
    let dumps = folder.path().join(TREE);
    fs::create_dir_all(&dumps).expect("it can be made");
    let long = [&b"l".repeat(230)[..], b".heapprofile"].concat();
    let names: [&[u8]; 5] = [
        b"new\nline|.heapprofile",
        b"\x1b[31mred`.heapprofile",
        b"not\xffutf-8.heapprofile",
        b"..heapprofile.heapprofile",
        &long,
    ];
    for name in names {
        write(&dumps.join(OsStr::from_bytes(name)), &inspector);
    }
    write(&dumps.join(OsStr::from_bytes(b"\x1b]0;x\x07.heapprofile")), "broken");
    write(&dumps.join("turned\u{202e}.heapprofile"), &inspector);
    let output = batch(folder.path(), &[]);
    assert_eq!(code(&output), 2);
    let index = read(folder.path().join("out/index.md"));
    let timings = read(folder.path().join("out/timings.ndjson"));
    for text in [&output.stdout, &output.stderr, &index, &timings] {
        assert!(!String::from_utf8_lossy(text).contains('\u{202e}'), "{}", String::from_utf8_lossy(text));
        assert!(!text.iter().any(|&byte| byte < b' ' && byte != b'\n'), "{}", String::from_utf8_lossy(text));
    }
    assert_eq!(names_in(&folder.path().join("out/reports")).len(), 6);
    let before = written(folder.path());
    assert_eq!(code(&batch(folder.path(), &["--resume"])), 2);
    assert_eq!(lines(folder.path(), "timings.ndjson").len(), 0, "every name is known again");
    assert!(written(folder.path()) == before);
}

#[cfg(unix)]
#[test]
fn a_file_goes_by_its_own_name_and_not_by_that_of_a_link() {
    use std::os::unix::fs::symlink;
    let [inspector, xprofiler, _] = profiles();
    let folder = with(&[("ok.heapprofile", &inspector), ("z/deep.heapprofile", &xprofiler)]);
    let dumps = folder.path().join(TREE);
    symlink("ok.heapprofile", dumps.join("alias.heapprofile")).expect("a link can be made");
    symlink("z", dumps.join("a")).expect("a link can be made");
    fs::hard_link(dumps.join("ok.heapprofile"), dumps.join("z/hard.heapprofile")).expect("a link can be made");
    write(&folder.path().join("outside.heapprofile"), &profiles()[2]);
    symlink("../outside.heapprofile", dumps.join("b.heapprofile")).expect("a link can be made");
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    let names = |file: &str| -> Vec<String> {
        lines(folder.path(), file).iter().map(|line| line["file"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names("files.ndjson"), ["b.heapprofile", "ok.heapprofile", "z/deep.heapprofile"]);
    assert_eq!(rolled_up(folder.path())["summary"]["met_again"], 4, "alias, hard, and both below a");
    // Named alone, in whatever order.
    for order in
        [["dumps/alias.heapprofile", "dumps/ok.heapprofile"], ["dumps/ok.heapprofile", "dumps/alias.heapprofile"]]
    {
        let output = heapsift().current_dir(folder.path()).arg("batch").args(order).args(["-o", "out"]).output();
        assert_eq!(code(&output.expect("the program runs")), 0);
        assert_eq!(names("files.ndjson"), ["dumps/ok.heapprofile"]);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_told_first() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let [inspector, ..] = profiles();
    let folder = with(&[("a.heapprofile", &inspector), ("locked/b.heapprofile", &inspector)]);
    let dumps = folder.path().join(TREE);
    symlink("nowhere", dumps.join("a-link.heapprofile")).expect("a link can be made");
    let mode =
        |mode| fs::set_permissions(dumps.join("locked"), fs::Permissions::from_mode(mode)).expect("it can be set");
    mode(0o000);
    let is_locked = fs::read_dir(dumps.join("locked")).is_err();
    let output = batch(folder.path(), &[]);
    mode(0o755);
    // Who may do everything sees no difference.
    if !is_locked {
        return;
    }
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: locked: cannot read it: "), "{}", stderr(&output));
    assert!(stdout(&output).contains("1 folder cannot be read: dumps may be missing."), "{}", stdout(&output));
    assert_eq!(rolled_up(folder.path())["missed"][0]["path"], "locked");
    let index = String::from_utf8(read(folder.path().join("out/index.md"))).expect("UTF-8");
    let place = |text: &str| index.find(text).unwrap_or(usize::MAX);
    assert!(place("## Not Readable\n\n- `locked`: ") < place("## Categories"), "{index}");
    assert!(place("## Categories") < place("## Not Found, Not Looked Into\n\n- `a-link.heapprofile`"), "{index}");
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_opened_may_be_anything() {
    use std::os::unix::fs::PermissionsExt;
    let [inspector, ..] = profiles();
    let folder = with(&[("a.heapprofile", &inspector), ("plain", &inspector)]);
    let plain = folder.path().join(TREE).join("plain");
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o000)).expect("it can be set");
    let output = batch(folder.path(), &[]);
    // Who may do everything reads it.
    if fs::File::open(&plain).is_ok() {
        return;
    }
    assert_eq!(code(&output), 0);
    assert!(stderr(&output).starts_with("warning: plain: cannot read it: "), "{}", stderr(&output));
}

#[test]
fn a_batch_wants_dumps() {
    let folder = with(&[("notes.txt", b"nothing")]);
    let output = batch(folder.path(), &[]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: there is no heap profile"), "{}", stderr(&output));
    let missing = heapsift().current_dir(folder.path()).args(["batch", "missing"]).output().expect("the program runs");
    assert_eq!(code(&missing), 2);
    assert!(stderr(&missing).starts_with("error: missing: cannot read it: "), "{}", stderr(&missing));
    let stdin = heapsift().current_dir(folder.path()).args(["batch", "-"]).output().expect("the program runs");
    assert_eq!(code(&stdin), 2);
    // What is written is not read the next time.
    let [inspector, ..] = profiles();
    write(&folder.path().join("x.heapprofile"), &inspector);
    for _ in 0..2 {
        let output = heapsift().current_dir(folder.path()).args(["batch", "."]).output().expect("the program runs");
        assert_eq!((code(&output), stderr(&output)), (0, ""));
        let roll_up = parsed(&read(folder.path().join("heapsift-report/rollup.json")));
        assert_eq!(roll_up["summary"]["dumps"], 1);
    }
}

#[test]
fn what_is_named_and_not_there_is_a_failure_beside_others() {
    let folder = usual();
    let path = folder.path();
    let run = |args: &[&str]| {
        heapsift().current_dir(path).arg("batch").args(args).args(["-o", "out"]).output().expect("the program runs")
    };
    let alone = run(&["dumps/b", "dumps/a"]);
    assert_eq!((code(&alone), stderr(&alone)), (0, ""));
    let expected = rolled_up(path);
    let output = run(&["dumps/b", "dumsp", "dumps/a"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: dumsp: cannot read it: "), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    let told = rolled_up(path);
    assert_eq!(
        (&told["summary"]["dumps"], &told["categories"]),
        (&expected["summary"]["dumps"], &expected["categories"])
    );
    assert_eq!(told["missed"][0]["path"], "dumsp");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_a_failure_where_it_is_named() {
    let folder = usual();
    let path = folder.path();
    std::os::unix::fs::symlink("nowhere", path.join("lost.heapprofile")).expect("it can be made");
    let args = ["batch", "lost.heapprofile", TREE, "-o", "out"];
    let output = heapsift().current_dir(path).args(args).output().expect("the program runs");
    assert_eq!(code(&output), 2);
    assert_eq!(stderr(&output), "error: lost.heapprofile: a symbolic link to nothing\n");
}

#[test]
fn what_is_made_of_dumps_is_no_dump() {
    let [inspector, xprofiler, _] = profiles();
    let folder = with(&[
        ("a.heapprofile", &inspector),
        ("a.heapprofile.md", b"# Heap Profile\n"),
        ("a.heapprofile.json", b"{\"schema_version\":1,\"kind\":\"report\"}\n"),
        ("a.heapprofile.TXT", b"34 MB\n"),
        ("a.heapprofile.html", b"<html></html>"),
        ("b.heapprofile.json", &xprofiler),
        ("c.heapprofile.old", b"neither"),
    ]);
    let output = batch(folder.path(), &[]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: c.heapprofile.old: "), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    let summary = &rolled_up(folder.path())["summary"];
    assert_eq!(["dumps", "failed", "other_files"].map(|key| summary[key].as_u64()), [3, 1, 4].map(Some));
}

#[test]
fn results_of_earlier_batches_are_passed_over_and_told() {
    let [inspector, xprofiler, _] = profiles();
    let folder = with(&[("a.heapprofile", &inspector), ("sub/b.heapprofile", &xprofiler)]);
    let batch = |output: &str| {
        let mut command = heapsift();
        command.current_dir(folder.path()).args(["batch", TREE, "-o", output]);
        command.output().expect("the program runs")
    };
    assert_eq!(code(&batch("dumps/sub/monday")), 0);
    // A dump that was put into a result is none of this batch.
    write(&folder.path().join("dumps/sub/monday/c.heapprofile"), &inspector);
    let output = batch("dumps/tuesday");
    let told = "warning: sub/monday: the result of an earlier batch is passed over\n";
    assert_eq!((code(&output), stderr(&output)), (0, told));
    let roll_up = parsed(&read(folder.path().join("dumps/tuesday/rollup.json")));
    assert_eq!(["dumps", "other_files"].map(|key| roll_up["summary"][key].as_u64()), [2, 0].map(Some));
    assert_eq!(roll_up["missed"][0]["path"], "sub/monday");
    // One that a run has left unfinished is one, too.
    std::fs::remove_file(folder.path().join("dumps/sub/monday/rollup.json")).expect("it is there");
    let output = batch("dumps/tuesday");
    assert_eq!((code(&output), stderr(&output)), (0, told));
}

#[cfg(unix)]
#[test]
fn of_hard_links_that_counts_which_tells_the_process() {
    let [inspector, xprofiler, _] = profiles();
    let (first, second) = ("x-heapprofile-7-20251207-0.heapprofile", "x-heapprofile-7-20251207-1.heapprofile");
    let folder = with(&[(&format!("sub/{first}"), &inspector), (&format!("sub/{second}"), &xprofiler)]);
    let dumps = folder.path().join(TREE);
    fs::hard_link(dumps.join("sub").join(first), dumps.join("latest.heapprofile")).expect("a link can be made");
    fs::hard_link(dumps.join("sub").join(first), dumps.join("zz.heapprofile")).expect("a link can be made");
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    let files = lines(folder.path(), "files.ndjson");
    let names: Vec<&str> = files.iter().map(|file| file["file"].as_str().expect("a name")).collect();
    assert_eq!(names, [format!("sub/{first}"), format!("sub/{second}")]);
    assert_eq!(rolled_up(folder.path())["summary"]["met_again"], 2);
}

#[test]
fn a_heap_profile_is_one_under_the_name_of_a_cpu_profile_too() {
    let [inspector, xprofiler, _] = profiles();
    let folder = with(&[("a.heapprofile", &inspector), ("b.cpuprofile", &xprofiler), ("c.cpuprofile", b"{}")]);
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    let summary = &rolled_up(folder.path())["summary"];
    assert_eq!(["dumps", "cpu_profiles"].map(|key| summary[key].as_u64()), [2, 1].map(Some));
}
