//! What comes of broken dumps.

use super::{batch, lines, profiles, rolled_up, with};
use crate::{code, fixture, gzipped, read, stderr};

#[test]
fn broken_dumps_are_told_in_a_line_each_and_keep_no_other_from_being_read() {
    let [inspector, xprofiler, _] = profiles();
    let head = inspector.iter().position(|&byte| byte == b'[').expect("children");
    let mut damaged = inspector.clone();
    damaged[head + 400] = 0;
    let mut corrupt = gzipped(&inspector);
    let middle = corrupt.len() / 2;
    corrupt[middle..middle + 40].fill(0xff);
    let utf_16 = read(fixture("confused/utf-16-le.heapprofile"));
    let folder = with(&[
        ("01.heapprofile", &inspector),
        ("broken/a-empty.heapprofile", b""),
        ("broken/b-blank.heapprofile", b" \n"),
        ("broken/c-cut.heapprofile", &inspector[..5000]),
        ("broken/d-damaged.heapprofile", &damaged),
        ("broken/e-corrupt.heapprofile.gz", &corrupt),
        ("broken/f-cut.heapprofile.gz", &gzipped(&xprofiler)[..200]),
        ("broken/g-cpu.heapprofile", &read(fixture("captured/node.cpuprofile"))),
        ("broken/h-page.heapprofile", b"<html>not found</html>"),
        ("broken/i-utf-16.heapprofile", &utf_16),
        ("broken/j-headless.heapprofile", b"{\"samples\":[]}"),
        ("z.heapprofile", &xprofiler),
    ]);
    let output = batch(folder.path(), &[]);
    assert_eq!(code(&output), 2);
    let told: Vec<&str> = stderr(&output).lines().collect();
    assert_eq!(told.len(), 10, "{told:#?}");
    for (line, letter) in told.iter().zip("abcdefghij".chars()) {
        assert!(line.starts_with(&format!("error: broken/{letter}-")), "{line}");
    }
    let roll_up = rolled_up(folder.path());
    let summary =
        ["dumps", "complete", "incomplete", "failed"].map(|key| roll_up["summary"][key].as_u64().expect("a number"));
    assert_eq!((summary[0], summary[1], summary[2] + summary[3]), (12, 2, 10));
    assert!(summary[2] >= 2 && summary[3] >= 6, "{summary:?}");
    assert_eq!(roll_up["failures"].as_array().map(Vec::len), Some(10));
    let index = String::from_utf8(read(folder.path().join("out/index.md"))).expect("UTF-8");
    assert!(index.contains("## Broken Dumps"), "{index}");
    assert!(folder.path().join("out/reports/z.heapprofile.md").is_file());

    // They are known to be broken the next time, too.
    let again = batch(folder.path(), &["--resume"]);
    assert_eq!((code(&again), stderr(&again)), (2, stderr(&output)));
    assert_eq!(lines(folder.path(), "timings.ndjson").len(), 0);
    // An early end may be accepted.
    let accepted = batch(folder.path(), &["--allow-truncated"]);
    let warnings = stderr(&accepted).lines().filter(|line| line.starts_with("warning: ")).count();
    assert!(warnings >= 1, "{}", stderr(&accepted));
    assert_eq!(stderr(&accepted).lines().count(), 10);
}
