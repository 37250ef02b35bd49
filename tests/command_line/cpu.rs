//! `--cpu`: the published figures, real captures, and files that are not what they are taken for.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::common::shared;
use super::{code, fixture, folder, gzipped, heapsift, json_of, parsed, read, run, stderr, stdout, write};

fn heap() -> PathBuf {
    fixture("seed/x-heapprofile-3070674-20251207-1.heapprofile")
}

fn cpu() -> PathBuf {
    fixture("seed/x-cpuprofile-2645570-20250228-0.cpuprofile")
}

fn json(heap: &Path, cpu: &Path) -> Value {
    json_of([heap.as_os_str(), "--cpu".as_ref(), cpu.as_os_str()])
}

fn percent(share: &Value) -> String {
    format!("{:.2}", share.as_f64().expect("a share") * 100.0)
}

fn row<'v>(rows: &'v Value, key: &str, name: &str) -> &'v Value {
    let rows = rows.as_array().expect("a list");
    rows.iter().find(|row| row[key] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn the_published_shares_come_out() {
    let report = json(&heap(), &cpu());
    let profile = &report["cpu"];
    assert_eq!((&profile["measure"], &profile["total"]), (&json!("hits"), &json!(157_965)));
    let parts = ["idle_share", "garbage_collector_share", "program_share"].map(|key| percent(&profile[key]));
    assert_eq!(parts, ["13.33", "3.42", "9.03"]);
    for (package, share) in [
        ("leoric", "16.69"),
        ("mysql2", "9.01"),
        ("@eggjs/tegg-runtime", "6.03"),
        ("@eggjs/tegg-lifecycle", "3.05"), // with tegg-runtime the published 9.08
    ] {
        assert_eq!(percent(&row(&profile["packages"], "name", package)["cpu_share"]), share, "{package}");
    }
    let levels = |category: &str| {
        let row = row(&report["correlation"], "category", category);
        let text = |key: &str| row[key].as_str().expect("a text").to_owned();
        (percent(&row["memory_share"]), text("cpu_level"), text("memory_level"), text("reading"))
    };
    let expected = |share: &str, cpu: &str, memory: &str, reading: &str| {
        (share.to_owned(), cpu.to_owned(), memory.to_owned(), reading.to_owned())
    };
    assert_eq!(levels("leoric-orm"), expected("14.80", "high", "high", "High CPU + High Memory: optimize both"));
    let hidden = "Low CPU, Very High Memory: cache, stream or release results";
    assert_eq!(levels("json-parsing"), expected("20.40", "low", "very_high", hidden));
    let time = "Medium CPU, Low Memory: a matter of CPU time; it holds little";
    assert_eq!(levels("mysql-driver"), expected("4.62", "medium", "low", time));
    assert_eq!(profile["order_of_work"][0], "leoric-orm");
}

#[test]
fn functions_are_joined_over_versions() {
    let report = json(&heap(), &cpu());
    let functions = &report["cpu"]["functions"];
    for (name, cpu, memory, same_line) in [
        ("instantiate", "6.12", "2.77", false), // 1269 in 2.13.5, 1282 in 2.13.9
        ("dispatch", "0.63", "1.85", false),
        ("token", "0.77", "1.85", true),
        ("get", "2.32", "1.85", true),
        ("keyFromFields", "1.28", "1.85", true),
    ] {
        let row = row(functions, "function", name);
        assert_eq!((percent(&row["cpu_share"]), percent(&row["memory_share"])), (cpu.into(), memory.into()), "{name}");
        assert_eq!(row["same_line"], same_line, "{name}");
    }
    // A function that both have, but in files of one version, is joined by its line alone.
    assert!(functions.as_array().expect("a list").iter().all(|row| row["self_size"] != 0 && row["self_time"] != 0));
}

#[test]
fn one_capture_of_each_kind_of_the_same_program() {
    // CommonJS has `file://` and escapes in the CPU profile, bare paths in the heap profile.
    let report = json(&fixture("captured/inspector.heapprofile"), &fixture("captured/node.cpuprofile"));
    let functions = report["cpu"]["functions"].as_array().expect("a list");
    let joined = |url: &str| functions.iter().any(|row| row["url"].as_str().expect("a url").ends_with(url));
    assert!(joined(".js") && report["cpu"]["join"]["functions"].as_u64() > Some(3), "{functions:?}");
    assert_eq!(report["cpu"]["measure"], "microseconds");
}

#[test]
fn real_captures_beside_the_project() {
    let folder = shared().join("data");
    for (heap, cpu, functions) in [
        (
            "koa-service/inspector-inclgc-i8192-30s.heapprofile.zst",
            "koa-service/inspector-500us-30s.cpuprofile.zst",
            100,
        ),
        (
            "koa-service/x-heapprofile-6593-20261122-5.heapprofile",
            "koa-service/x-cpuprofile-6593-20261122-6.cpuprofile",
            1,
        ),
        ("typescript/tsc-heapprof-i16384.heapprofile.zst", "typescript/tsc-cpuprof-1000us.cpuprofile.zst", 500),
    ] {
        let (heap, cpu) = (folder.join(heap), folder.join(cpu));
        if !cpu.exists() {
            continue;
        }
        let report = json(&heap, &cpu);
        let join = &report["cpu"]["join"];
        assert!(join["functions"].as_u64() >= Some(functions), "{}: {join}", cpu.display());
        assert!(join["memory_share"].as_f64() > Some(0.4), "{}: {join}", cpu.display());
    }
}

#[test]
fn any_way_of_giving_it_is_the_same() {
    let folder = folder();
    let expected = json(&heap(), &cpu());
    for (name, bytes) in [("x.gz", gzipped(&read(cpu()))), ("x.zst", super::zstd_of(&read(cpu())))] {
        let path = folder.path().join(name);
        write(&path, bytes);
        assert_eq!(json(&heap(), &path)["correlation"], expected["correlation"]);
    }
    let mut piped = heapsift();
    piped.args(["-f", "json", "--cpu", "-"]).arg(heap()).write_stdin(read(cpu()));
    let output = piped.output().expect("it runs");
    assert_eq!(parsed(&output.stdout)["correlation"], expected["correlation"]);
    assert_eq!(parsed(&output.stdout)["cpu"]["file"]["name"], "-");
    for options in [&["--no-mmap"][..], &["--max-memory", "64M"], &["--threads", "1"]] {
        let args = options.iter().map(PathBuf::from).chain([heap(), "--cpu".into(), cpu()]);
        assert_eq!(json_of(args)["cpu"], expected["cpu"], "{options:?}");
    }
}

#[test]
fn standard_input_can_be_one_file_only() {
    for args in [
        &["-", "--cpu", "-"][..],
        &["-", "-"],
        &["--merge", "-", "-"],
        &["-", "--memory-usage", "-"],
        &["doctor", "-", "-"],
        &["diff", "-", "-"],
        &["export", "--merge", "--to", "folded", "-", "-"],
        &["baseline", "-", "-"],
        &["check", "--rule", "total < 1GB", "-", "-"],
    ] {
        let output = run(args);
        assert_eq!((code(&output), stdout(&output)), (2, ""), "{args:?}");
        assert_eq!(stderr(&output), "error: standard input can be one of the files only\n", "{args:?}");
    }
}

#[test]
fn the_cpu_profile_is_not_written_over() {
    let folder = folder();
    let path = folder.path().join("x.cpuprofile");
    write(&path, read(cpu()));
    let output =
        heapsift().arg(heap()).arg("--cpu").arg(&path).args(["-f", "json", "-o"]).arg(&path).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("it cannot be the output as well"), "{}", stderr(&output));
    assert_eq!(read(&path), read(cpu()));
}

/// The report goes without it, says so, and the run fails.
#[test]
fn a_cpu_profile_that_cannot_be_read() {
    let folder = folder();
    let text = read(cpu());
    let cut = &text[..8000];
    let damaged = String::from_utf8(text.clone()).expect("UTF-8").replacen("\"hitCount\": 2203", "\"hitCount\": x", 1);
    let snapshot = read(fixture("confused/four-objects.heapsnapshot"));
    let lost = br#"{"nodes":[{"id":1,"callFrame":{"functionName":"f"}}],"samples":[7,7],"timeDeltas":[5,5]}"#;
    let table: [(&[u8], &[&str]); 9] = [
        (cut, &["it ends early\n  at byte 8000, in nodes[20]", "copy the file again"]),
        (damaged.as_bytes(), &["wrong type: expected a number\n  at byte", "in nodes[2].hitCount"]),
        (b"", &["it is empty", "`node --cpu-prof app.js`"]),
        (b"{\"a\":1}", &["no CPU profile: its JSON has neither \"nodes\" nor \"head\"", "`node --cpu-prof app.js`"]),
        (
            br#"{"nodes":[],"samples":[],"timeDeltas":[],"startTime":1,"endTime":2}"#,
            &["no samples are in this CPU profile\n  the report goes without it", "`node --cpu-prof app.js`"],
        ),
        (lost, &["none of the 2 samples of this CPU profile is of a node that is known\n"]),
        (&read(heap()), &["this is a heap profile", "`heapsift report X.heapprofile --cpu X.cpuprofile`"]),
        (&read(fixture("captured/node-v8-api.heapprofile")), &["this is a heap profile"]),
        (&snapshot, &["this is a heap snapshot (.heapsnapshot), not a CPU profile", "`node --cpu-prof app.js`"]),
    ];
    for (i, (bytes, told)) in table.into_iter().enumerate() {
        let path = folder.path().join(format!("{i}.cpuprofile"));
        write(&path, bytes);
        let output = heapsift().args(["-f", "json"]).arg(heap()).arg("--cpu").arg(&path).output().expect("it runs");
        assert_eq!(code(&output), 2);
        let said = stderr(&output);
        assert!(said.starts_with(&format!("error: {}: ", path.display())), "{said}");
        for told in told {
            assert!(said.contains(told), "{told}: {said}");
        }
        let report = parsed(&output.stdout);
        assert_eq!((&report["correlation"], &report["cpu"]), (&Value::Null, &Value::Null));
        assert_eq!(report["warnings"][0]["kind"], "cpu-profile", "{}", report["warnings"]);
        assert_eq!(report["file"]["complete"], true);
    }
    let output = heapsift().arg(heap()).arg("--cpu").arg(folder.path()).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).ends_with("it is a directory\n  the report goes without it; name a CPU profile in it\n"));
    let output = heapsift().arg(heap()).args(["--cpu", "missing.cpuprofile"]).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: missing.cpuprofile: cannot read it: "), "{}", stderr(&output));
}

#[test]
fn files_the_wrong_way_round_are_both_told() {
    let output = heapsift().arg(cpu()).arg("--cpu").arg(heap()).output().expect("it runs");
    assert_eq!((code(&output), stdout(&output)), (2, ""));
    let said = stderr(&output);
    assert!(said.contains("this is a heap profile (.heapprofile), which holds no times"), "{said}");
    assert!(said.contains("this is a CPU profile (.cpuprofile), which holds no sizes"), "{said}");
    assert_eq!(said.matches("`heapsift report X.heapprofile --cpu X.cpuprofile`").count(), 2, "{said}");
}

#[test]
fn several_heap_profiles_beside_one_cpu_profile() {
    let output =
        heapsift().args(["-f", "json"]).arg(heap()).arg(heap()).arg("--cpu").arg(cpu()).output().expect("it runs");
    assert_eq!(code(&output), 0);
    let reports: Vec<Value> = stdout(&output).lines().map(|line| parsed(line.as_bytes())).collect();
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[0], reports[1]);
    assert_ne!(reports[0]["correlation"], Value::Null);
}
