//! CPU profiles that belong to dumps and cannot be used.

use serde_json::Value;

use super::{TREE, batch, lines, profiles, rolled_up, with, written};
use crate::{code, fixture, read, stderr, stdout, write};

#[test]
fn a_cpu_profile_that_cannot_be_used_is_told_and_not_counted() {
    let [inspector, xprofiler, api] = profiles();
    let cpu = read(fixture("captured/node.cpuprofile"));
    let folder = with(&[
        ("x-heapprofile-7-20251207-1.heapprofile", &inspector),
        ("x-heapprofile-7-20251207-3.heapprofile", &xprofiler),
        ("x-heapprofile-8-20251207-1.heapprofile", &api),
        ("x-cpuprofile-7-20251207-1.cpuprofile", &cpu[..cpu.len() / 2]),
        ("x-cpuprofile-7-20251207-3.cpuprofile", b""),
        ("x-cpuprofile-7-20251207-4.cpuprofile", &cpu),
        ("x-cpuprofile-8-20251207-1.cpuprofile", b""),
    ]);
    let path = folder.path();
    let output = batch(path, &[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let told: Vec<&str> = stderr(&output).lines().collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    for (line, process) in told.iter().zip([7, 8]) {
        let begins =
            format!("warning: x-cpuprofile-{process}-20251207-1.cpuprofile: reports go without this CPU profile: ");
        assert!(line.starts_with(&begins), "{line}");
    }
    assert!(stdout(&output).contains("2 CPU profiles cannot be used."), "{}", stdout(&output));
    let roll_up = rolled_up(path);
    assert_eq!((&roll_up["summary"]["cpu_profiles"], &roll_up["summary"]["paired"]), (&4.into(), &2.into()));
    let failures: Vec<&Value> =
        roll_up["cpu_failures"].as_array().expect("a list").iter().map(|row| &row["file"]).collect();
    assert_eq!(failures, ["x-cpuprofile-7-20251207-1.cpuprofile", "x-cpuprofile-8-20251207-1.cpuprofile"]);
    let files = lines(path, "files.ndjson");
    assert!(files[0]["cpu_problem"]["message"].is_string() && files[2]["cpu_problem"]["message"].is_string());
    assert_eq!(files[1]["cpu_profile"], "x-cpuprofile-7-20251207-4.cpuprofile", "an empty one is nearer");
    assert_eq!((&files[1]["cpu_problem"], &files[1]["cpu_instead"]), (&Value::Null, &Value::Null));
    // The next one of the process.
    assert_eq!(files[0]["cpu_instead"], "x-cpuprofile-7-20251207-4.cpuprofile");
    assert_eq!(files[2]["cpu_instead"], Value::Null);
    let report =
        |n: usize| String::from_utf8(read(path.join("out").join(files[n]["report"].as_str().expect("a report"))));
    assert!(report(0).expect("UTF-8").contains("Beside `x-cpuprofile-7-20251207-4.cpuprofile`"));
    assert!(report(2).expect("UTF-8").contains("The CPU profile cannot be used"));
    let index = String::from_utf8(read(path.join("out/index.md"))).expect("UTF-8");
    assert!(index.contains("## CPU Profiles That Cannot Be Used\n"), "{index}");
    assert_eq!(index.matches("| cannot be used |").count(), 1, "{index}");

    // The journal knows it.
    let before = written(path);
    let again = batch(path, &["--resume"]);
    assert_eq!((code(&again), stderr(&again)), (0, stderr(&output)));
    assert_eq!(lines(path, "timings.ndjson").len(), 0);
    assert!(written(path) == before);
    // One that was captured again is used.
    write(&path.join(TREE).join("x-cpuprofile-8-20251207-1.cpuprofile"), &cpu);
    assert_eq!(code(&batch(path, &["--resume"])), 0);
    assert_eq!(rolled_up(path)["summary"]["paired"], 3);
    // Where the one that was used instead is another now, the report is made anew.
    let changed = [&cpu[..], b" "].concat();
    write(&path.join(TREE).join("x-cpuprofile-7-20251207-4.cpuprofile"), &changed);
    assert_eq!(code(&batch(path, &["--resume"])), 0);
    assert_eq!(lines(path, "timings.ndjson").len(), 2);
    // Without reports none is read.
    let output = batch(path, &["--no-reports", "--resume"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    assert_eq!(rolled_up(path)["summary"]["paired"], 3);
}
