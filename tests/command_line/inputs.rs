//! However a file comes in, the report is the same.

use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{code, folder, gzipped, heapsift, json_of, parsed, profile, read, stderr, without_file, write, zstd_of};

/// The JSON report of what comes in on standard input.
fn from_stdin(stdin: Stdio) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
    let output = command.args(["-f", "json", "-"]).stdin(stdin).output().expect("the program runs");
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    parsed(&output.stdout)
}

#[test]
fn standard_input_from_a_pipe() {
    let text = read(profile());
    let expected = without_file(json_of([profile()]));
    for (bytes, compressed) in [(text.clone(), false), (gzipped(&text), true), (zstd_of(&text), true)] {
        let compressed = if compressed { Value::from(bytes.len()) } else { Value::Null };
        let output = heapsift().args(["-f", "json", "-"]).write_stdin(bytes).output().expect("the program runs");
        assert_eq!((code(&output), stderr(&output)), (0, ""));
        let report = parsed(&output.stdout);
        assert_eq!(report["file"]["name"], "-");
        assert_eq!((&report["file"]["bytes"], &report["file"]["compressed_bytes"]), (&text.len().into(), &compressed));
        assert_eq!(without_file(report), expected);
    }
}

#[test]
fn standard_input_from_a_file() {
    let folder = folder();
    let expected = without_file(json_of([profile()]));
    let gz = folder.path().join("x.gz");
    write(&gz, gzipped(&read(profile())));
    for path in [&profile(), &gz] {
        let file = File::open(path).expect("the file is there");
        assert_eq!(without_file(from_stdin(file.into())), expected, "{}", path.display());
    }
}

#[test]
fn standard_input_that_says_nothing() {
    let output = heapsift().arg("-").write_stdin("").output().expect("the program runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: standard input: it is empty"), "{}", stderr(&output));
}

#[test]
fn compressed_files_are_told_by_their_content() {
    let folder = folder();
    let text = read(profile());
    let expected = without_file(json_of([profile()]));
    for (name, bytes) in [("x.gz", gzipped(&text)), ("x.zst", zstd_of(&text)), ("misnamed.heapprofile", gzipped(&text))]
    {
        let path = folder.path().join(name);
        write(&path, &bytes);
        let report = json_of([&path]);
        assert_eq!(report["file"]["name"], name);
        assert_eq!(report["file"]["bytes"], text.len());
        assert_eq!(report["file"]["compressed_bytes"], bytes.len());
        assert_eq!(without_file(report), expected, "{name}");
    }
}

#[test]
fn all_ways_of_reading_give_the_same_bytes() {
    let folder = folder();
    let path = folder.path().join("large.heapprofile");
    // Large enough to be mapped.
    let options = heapsift::generate::Options::new(heapsift::generate::Layout::Inspector, 3 << 20, 7);
    let file = File::create(&path).expect("the file can be made");
    heapsift::generate::random_profile(&options, std::io::BufWriter::new(file)).expect("it can be written");
    let print = |args: &[&str], backend: &str| {
        let mut command = heapsift();
        command.args(["-f", "json", "-v"]).args(args).arg(&path).env("HEAPSIFT_SIMD", backend);
        let output = command.output().expect("the program runs");
        assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
        let how = stderr(&output)
            .rsplit("GB/s), ")
            .next()
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default()
            .to_owned();
        (output.stdout, how)
    };
    let (expected, how) = print(&["--threads", "2"], "portable");
    assert_eq!(how, "Mapped, 2 threads, portable");
    let cases: [(&[&str], &str, &str); 7] = [
        (&["--no-mmap", "--threads", "2"], "portable", "Positioned, 2 threads, portable"),
        (&["--threads", "1"], "portable", "Mapped, 1 threads, portable"),
        (&["--threads", "8"], "portable", "Mapped, 8 threads, portable"),
        (&["--threads", "3", "--window-size", "4K"], "portable", "Mapped, 3 threads, portable"),
        (&["--threads", "3", "--window-size", "64M"], "portable", "Mapped, 3 threads, portable"),
        (&["--threads", "2", "--no-mmap", "--window-size", "4K"], "portable", "Positioned, 2 threads, portable"),
        (&["--threads", "2"], "", ""),
    ];
    for (args, backend, expected_how) in cases {
        let (found, how) = print(args, backend);
        assert!(found == expected, "{args:?} {backend} differs");
        assert!(how.starts_with(expected_how), "{args:?}: {how}");
    }
}

#[test]
#[cfg(unix)]
fn a_fifo_is_read_like_a_file() {
    let folder = folder();
    let fifo = folder.path().join("x.heapprofile");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
    let writer = {
        let fifo = fifo.clone();
        std::thread::spawn(move || std::fs::write(fifo, read(profile())).expect("it can be written"))
    };
    let report = json_of([&fifo]);
    writer.join().expect("it writes");
    assert_eq!(report["file"]["name"], "x.heapprofile");
    assert_eq!(without_file(report), without_file(json_of([profile()])));
}
