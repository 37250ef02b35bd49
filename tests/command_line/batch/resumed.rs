//! What is read when a run goes on.

use std::fs;

use super::{TREE, batch, lines, profiles, usual, written};
use crate::{code, heapsift, read, stderr, write};

#[test]
fn a_run_that_was_cut_off_goes_on_to_the_same_end() {
    let folder = usual();
    assert_eq!(code(&batch(folder.path(), &["--jobs", "1"])), 0);
    let expected = written(folder.path());
    let path = folder.path().join("out/journal.bin");
    let journal = read(&path);
    let (mut ends, mut records) = (Vec::new(), Vec::new());
    let mut at = journal.iter().position(|&byte| byte == b'\n').expect("a first line") + 1;
    while at < journal.len() {
        // What it is, how long, a checksum.
        let head = journal[at..].first_chunk::<9>().expect("a whole entry");
        at += 9 + u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
        ends.push(at);
        if head[0] == 2 {
            records.push(at);
        }
    }
    assert!(ends.len() > 20);
    assert_eq!(records.len(), 6);
    // After each dump, in the midst of it, and in the midst of frames.
    let cuts = records.iter().flat_map(|&end| [end, end - 9]).chain([0, ends[0], ends[3] + 5]);
    for cut in cuts {
        write(&path, &journal[..cut]);
        let output = batch(folder.path(), &["--resume", "--jobs", "2", "-v"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let known = records.iter().filter(|&&end| end <= cut).count();
        assert_eq!(lines(folder.path(), "timings.ndjson").len(), 6 - known, "only what is not known is read");
        assert!(written(folder.path()) == expected, "cut at {cut}");
    }
}

#[test]
fn what_has_changed_is_read_again() {
    let folder = usual();
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    let path = folder.path().join(TREE).join("b/api.heapprofile");
    write(&path, &profiles()[1]);
    fs::remove_file(folder.path().join(TREE).join("b/named-otherwise.json")).expect("it can be removed");
    fs::remove_file(folder.path().join("out/reports/a/x-heapprofile-7-20251207-1.heapprofile.md"))
        .expect("it is there");
    assert_eq!(code(&batch(folder.path(), &["--resume"])), 0);
    let mut again: Vec<String> = lines(folder.path(), "timings.ndjson")
        .iter()
        .map(|line| line["file"].as_str().expect("a name").to_owned())
        .collect();
    again.sort();
    assert_eq!(again, ["a/x-heapprofile-7-20251207-1.heapprofile", "b/api.heapprofile"]);
    let resumed = written(folder.path());
    fs::remove_dir_all(folder.path().join("out")).expect("it can be removed");
    assert_eq!(code(&batch(folder.path(), &[])), 0);
    let anew: Vec<_> = written(folder.path());
    let resumed: Vec<_> = resumed.into_iter().filter(|(name, _)| !name.contains("named-otherwise")).collect();
    assert!(resumed == anew);
    // Other options, another journal.
    let output = batch(folder.path(), &["--resume", "--interval", "512K"]);
    assert_eq!(
        stderr(&output),
        "warning: --resume: the journal was made with other options or in another folder; every dump is read\n"
    );
    assert_eq!(lines(folder.path(), "timings.ndjson").len(), 5);
}

#[test]
fn the_same_relative_path_elsewhere_is_another_folder() {
    let (one, other) = (usual(), usual());
    let out = one.path().join("result");
    let run = |from: &std::path::Path| {
        let args = ["batch", TREE, "--resume", "-o", out.to_str().expect("a path")];
        heapsift().current_dir(from).args(args).output().expect("the program runs")
    };
    assert_eq!(stderr(&run(one.path())), "warning: --resume: there is no journal; every dump is read\n");
    assert_eq!(stderr(&run(one.path())), "");
    let told = "warning: --resume: the journal was made with other options or in another folder; every dump is read\n";
    assert_eq!(stderr(&run(other.path())), told);
}
