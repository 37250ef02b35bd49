//! `--max-memory`: what fits is read whole, with the same report; what does not is read in part, and said to be. The process never takes more.

mod compared;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Output;

use heapsift::generate::{Layout, Options, random_profile};

use super::{MORE, code, folder, heapsift, parsed, stderr};

/// Generates a profile with so many functions.
fn generate(path: &Path, layout: Layout, functions: u32) {
    let mut options = Options::new(layout, 12_000_000, 3);
    options.functions = functions;
    let mut file = File::create(path).expect("a file can be made");
    random_profile(&options, &mut file).expect("a profile is written");
}

const HEAD: &str = r#"{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,"id":0,"children":["#;

fn frame(name: &str, url: &str) -> String {
    format!(r#"{{"functionName":"{name}","scriptId":"7","url":"{url}","lineNumber":3,"columnNumber":4}}"#)
}

/// A profile of `count` leaves with these call frames.
fn flat(count: usize, frame: impl Fn(usize) -> String) -> String {
    let leaf = |i: usize| format!(r#"{{"callFrame":{},"selfSize":8,"id":{i},"children":[]}}"#, frame(i));
    format!("{HEAD}{}]}}}}", (1..=count).map(leaf).collect::<Vec<_>>().join(","))
}

/// One path of `count` nodes, each as `open` and `close` have it.
fn nested(count: usize, open: impl Fn(usize) -> String, close: impl Fn(usize) -> String) -> String {
    let text = |node: &dyn Fn(usize) -> String| (1..=count).map(node).collect::<String>();
    format!("{HEAD}{}{}]}}}}", text(&open), text(&close))
}

/// Texts whose tables grow in different ways, with whether their call frames come evenly.
fn kinds() -> Vec<(&'static str, String, bool)> {
    let here = |name: &str| frame(name, "/srv/app/main.js");
    vec![
        ("every frame another", flat(60_000, |i| here(&format!("f{i}"))), true),
        ("short frames", flat(60_000, |i| format!(r#"{{"functionName":"{i:x}"}}"#)), true),
        ("every package another", flat(40_000, |i| frame("f", &format!("/srv/node_modules/p{i}/i.js"))), true),
        ("long names", flat(2500, |i| here(&format!("{}{i}", "x".repeat(4000)))), true),
        (
            "deep",
            nested(
                150_000,
                |_| format!(r#"{{"callFrame":{},"selfSize":8,"id":1,"children":["#, here("f")),
                |_| "]}".to_owned(),
            ),
            true,
        ),
        (
            "late frames",
            nested(
                100_000,
                |_| r#"{"children":["#.to_owned(),
                |i| format!(r#"],"callFrame":{},"selfSize":8}}"#, here(&format!("f{}", i % 500))),
            ),
            false,
        ),
    ]
}

fn run(path: &Path, limit: Option<u64>, args: &[&str]) -> Output {
    let mut command = heapsift();
    command.arg("-v").args(args).arg(path);
    if !args.contains(&"-f") {
        command.args(["-f", "json"]);
    }
    if let Some(limit) = limit {
        command.args(["--max-memory", &format!("{limit}M")]);
    }
    command.output().expect("the program runs")
}

/// MiB that the process took at most, as it says at its end.
#[cfg(target_os = "linux")]
fn peak(output: &Output) -> f64 {
    let said = stderr(output);
    let line = said.lines().find_map(|line| line.strip_suffix(" MiB of memory at most"));
    line.and_then(|number| number.rsplit(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("no number of MiB: {said}"))
}

/// The number of MiB that it says all of the file needs.
fn named(output: &Output) -> Option<u64> {
    let rest = stderr(output).split("all of it needs at most about ").nth(1)?.to_owned();
    rest.split(' ').next()?.parse().ok()
}

/// Bytes of the file that were read.
fn read(output: &Output) -> u64 {
    let file = &parsed(&output.stdout)["file"];
    file["truncated_at"].as_u64().or(file["bytes"].as_u64()).expect("an offset")
}

/// Asserts that it stayed within its limit, where the system can be asked.
fn assert_within(what: &str, limit: u64, output: &Output) {
    // Code that is built for development is larger, and is not counted to the last page.
    #[cfg(target_os = "linux")]
    const BESIDE: f64 = if cfg!(debug_assertions) { 1.0 } else { 0.0 };
    #[cfg(target_os = "linux")]
    assert!(peak(output) <= limit as f64 + BESIDE, "{what}, {limit} MiB: it took {}", peak(output));
    assert!(matches!(code(output), 0 | 2), "{what}, {limit} MiB: {}", stderr(output));
}

#[test]
fn what_fits_is_read_whole() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    generate(&path, Layout::Inspector, 500);
    let run = |args: &[&str]| heapsift().args(["-f", "json"]).args(args).arg(&path).output().expect("the program runs");
    let bounded = run(&["--max-memory", &format!("{}M", 16 + MORE)]);
    assert_eq!((code(&bounded), stderr(&bounded)), (0, ""));
    assert_eq!(bounded.stdout, run(&[]).stdout);
}

#[test]
fn what_does_not_fit_is_read_in_part_and_says_what_all_of_it_needs() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    generate(&path, Layout::Inspector, 60_000);
    for args in [&[][..], &["--no-mmap"], &["--window-size", "4K"], &["--threads", "1"]] {
        let output = run(&path, Some(16 + MORE), args);
        assert_eq!(code(&output), 2);
        let report = parsed(&output.stdout);
        assert_eq!(report["file"]["complete"], false);
        assert_eq!(report["warnings"][0]["kind"], "incomplete");
        let offset = report["file"]["truncated_at"].as_u64().expect("an offset");
        assert!((1..12_000_000).contains(&offset), "{offset}");
        let told = format!("do not fit in {} MiB: stopped after ", 16 + MORE);
        assert!(stderr(&output).contains(&told), "{}", stderr(&output));
        // With as much memory as it says, it fits.
        let enough = named(&output).expect("a number of MiB");
        let output = run(&path, Some(enough), args);
        assert_eq!(code(&output), 0, "{enough}");
        assert_within("generated", enough, &output);
    }
}

/// A CPU profile of so many nodes of 5,000 functions.
fn cpu_profile(nodes: usize) -> String {
    let node = |i: usize| {
        let (function, number) = (i % 5000, i + 1);
        let frame = frame(&format!("f{function}"), &format!("/srv/app/{}.js", function % 50));
        format!(r#"{{"id":{number},"callFrame":{frame},"hitCount":1}}"#)
    };
    let list = |item: &dyn Fn(usize) -> String| (0..nodes).map(item).collect::<Vec<_>>().join(",");
    format!(
        r#"{{"nodes":[{}],"samples":[{}],"timeDeltas":[{}]}}"#,
        list(&node),
        list(&|i| (i + 1).to_string()),
        list(&|_| "100".to_owned())
    )
}

#[test]
fn what_is_named_counts_a_cpu_profile_that_did_not_fit() {
    let folder = folder();
    let [heap, cpu] = ["x.heapprofile", "x.cpuprofile"].map(|name| folder.path().join(name));
    std::fs::write(&heap, flat(60_000, |i| frame(&format!("g{i}"), "/srv/app/main.js"))).expect("it can be written");
    std::fs::write(&cpu, cpu_profile(20_000)).expect("it can be written");
    let beside = ["--cpu", cpu.to_str().expect("a path of letters")];
    let output = run(&heap, Some(16 + MORE), &beside);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("x.cpuprofile: "), "{}", stderr(&output));
    let of_heap_profile =
        stderr(&output).rsplit("all of it needs at most about ").next().expect("it is told").to_owned();
    let enough = of_heap_profile.split(' ').next().and_then(|number| number.parse().ok()).expect("a number of MiB");
    let output = run(&heap, Some(enough), &beside);
    assert_eq!((code(&output), parsed(&output.stdout)["correlation"].is_array()), (0, true), "{enough}");
    assert_within("beside a CPU profile", enough, &output);
}

#[test]
fn the_limit_holds_and_more_memory_reads_more() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    for (kind, text, even) in kinds() {
        std::fs::write(&path, text).expect("it can be written");
        for threads in ["1", "8"] {
            let args = ["--threads", threads];
            let mut before = 0;
            let mut enough = Vec::new();
            let mut least = None;
            for limit in [16, 17, 20, 26, 40].map(|limit| limit + MORE) {
                let output = run(&path, Some(limit), &args);
                assert_within(kind, limit, &output);
                let read = read(&output);
                assert!(read >= before, "{kind}, {threads} threads, {limit} MiB: {read} bytes, with less {before}");
                before = read;
                enough.extend(named(&output));
                if code(&output) == 0 {
                    least = Some(limit);
                    break;
                }
            }
            if let Some(&named) = enough.iter().min() {
                let output = run(&path, Some(named), &args);
                assert_eq!(code(&output), 0, "{kind}, {threads} threads: {named} MiB are not enough");
                assert_within(kind, named, &output);
            }
            if let (true, Some(&most), Some(least)) = (even, enough.iter().max(), least) {
                assert!(most <= least * 3 / 2, "{kind}, {threads} threads: {most} MiB, where {least} are enough");
            }
        }
    }
}

#[test]
fn a_token_that_is_longer_than_the_smallest_block_is_read_or_refused() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    let here = |name: &str| frame(name, "/srv/app/main.js");
    // So that there is little room when the long name comes.
    let name = |i: usize| if i.is_multiple_of(500) { "x".repeat(100_000 + i) } else { format!("f{i}") };
    std::fs::write(&path, flat(20_000, |i| here(&name(i)))).expect("it can be written");
    for limit in [16, 18, 20, 24, 28, 32, 40].map(|limit| limit + MORE) {
        assert_within("long tokens", limit, &run(&path, Some(limit), &[]));
    }
    std::fs::write(&path, flat(3, |_| here(&"x".repeat(1 << 20)))).expect("it can be written");
    for (limit, status) in [(16, 2), (72, 0)] {
        let output = run(&path, Some(limit), &[]);
        assert_within("one long token", limit, &output);
        assert_eq!(code(&output), status);
    }
}

#[test]
fn the_limit_holds_in_every_way_of_reading_and_reporting() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    let cpu = folder.path().join("x.cpuprofile");
    let node = |i: usize| {
        format!(r#"{{"id":{i},"callFrame":{},"hitCount":1}}"#, frame(&format!("f{}", i % 2000), "/srv/app/main.js"))
    };
    let numbers =
        |value: &dyn Fn(usize) -> usize| (0..100_000).map(|i| value(i).to_string()).collect::<Vec<_>>().join(",");
    let nodes = (1..=30_000).map(node).collect::<Vec<_>>().join(",");
    let samples = numbers(&|i| i * 7919 % 30_000 + 1);
    let text = format!(r#"{{"nodes":[{nodes}],"samples":[{samples}],"timeDeltas":[{}]}}"#, numbers(&|i| 100 + i % 7));
    std::fs::write(&cpu, text).expect("it can be written");
    let (cpu, again) = (cpu.to_string_lossy().into_owned(), path.to_string_lossy().into_owned());
    for layout in [Layout::Inspector, Layout::Xprofiler] {
        generate(&path, layout, 60_000);
        let text = std::fs::read(&path).expect("it can be read");
        let gzip = folder.path().join("x.gz");
        let mut encoder =
            flate2::write::GzEncoder::new(File::create(&gzip).expect("a file"), flate2::Compression::fast());
        encoder.write_all(&text).and_then(|()| encoder.finish().map(drop)).expect("it can be compressed");
        let zstd = folder.path().join("x.zst");
        std::fs::write(&zstd, zstd::bulk::compress(&text, 1).expect("it can be compressed"))
            .expect("it can be written");
        for limit in [16, 24].map(|limit| limit + MORE) {
            for args in [
                &["--no-mmap"][..],
                &["--cpu", &cpu],
                &["--threads", "8", "--cpu", &cpu],
                &["--stacks", "100", &again, &again],
                &["-f", "text", "-n", "0"],
                &["-f", "markdown", "-n", "0"],
            ] {
                assert_within(&format!("{layout:?} {args:?}"), limit, &run(&path, Some(limit), args));
            }
            for compressed in [&gzip, &zstd] {
                assert_within(&compressed.display().to_string(), limit, &run(compressed, Some(limit), &[]));
            }
        }
    }
}

/// A text in a frame that names a window, and not how long the text is.
fn in_a_window(text: &[u8], window_log: u32) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("an encoder");
    encoder.window_log(window_log).expect("a window that zstd knows");
    encoder.write_all(text).and_then(|()| encoder.finish()).expect("memory takes everything")
}

#[test]
fn a_window_counts_as_far_as_it_is_filled() {
    let folder = folder();
    let (path, packed) = (folder.path().join("x.heapprofile"), folder.path().join("x.heapprofile.zst"));
    let text = flat(200, |i| frame(&format!("f{i}"), "/srv/app/main.js"));
    for window_log in [17, 23, 27] {
        std::fs::write(&packed, in_a_window(text.as_bytes(), window_log)).expect("it can be written");
        let output = run(&packed, Some(16 + MORE), &[]);
        assert_eq!(code(&output), 0, "a window of 2^{window_log}: {}", stderr(&output));
        assert_within("a small file", 16 + MORE, &output);
    }
    generate(&path, Layout::Inspector, 60_000);
    let text = std::fs::read(&path).expect("it can be read");
    std::fs::write(&packed, in_a_window(&text, 24)).expect("it can be written");
    let mut before = 0;
    for limit in [22, 30, 40].map(|limit| limit + MORE) {
        let output = run(&packed, Some(limit), &[]);
        assert_within("a large file", limit, &output);
        assert!(read(&output) >= before, "{limit} MiB");
        before = read(&output);
        if let Some(enough) = named(&output) {
            let output = run(&packed, Some(enough), &[]);
            assert_eq!(code(&output), 0, "{enough} MiB are not enough: {}", stderr(&output));
            assert_within("a large file", enough, &output);
        }
    }
}

#[test]
fn a_window_that_fills_around_the_tree_is_no_way_past_the_limit() {
    let folder = folder();
    let packed = folder.path().join("x.heapprofile.zst");
    let spaces = " ".repeat(80 << 20);
    let profile = flat(200, |i| frame(&format!("f{i}"), "/srv/app/main.js"));
    for text in [spaces.clone(), format!("{spaces}{profile}"), format!("{profile}{spaces}")] {
        std::fs::write(&packed, in_a_window(text.as_bytes(), 27)).expect("it can be written");
        let output = run(&packed, Some(24), &[]);
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        assert_within("spaces", 24, &output);
        let output = run(&packed, Some(200), &[]);
        assert_eq!(code(&output), if text.contains('{') { 0 } else { 2 }, "{}", stderr(&output));
    }
}

#[test]
fn what_was_taken_is_told_where_nothing_could_be_read() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    std::fs::write(&path, "{}").expect("it can be written");
    let output = run(&path, Some(16), &[]);
    assert_eq!((code(&output), output.stdout.len()), (2, 0), "{}", stderr(&output));
    assert_within("nothing", 16, &output);
}

#[test]
fn of_a_stream_it_is_not_known() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    generate(&path, Layout::Inspector, 60_000);
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
