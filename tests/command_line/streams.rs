//! The report on standard output, everything else on standard error, and what happens where either is closed.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use super::{code, folder, heapsift, names_in, profile, run, stderr, stdout, write};

#[test]
fn verbose_says_how_a_file_was_read_and_quiet_says_nothing() {
    let verbose = run([profile().as_os_str(), "-v".as_ref()]);
    assert_eq!(code(&verbose), 0);
    assert_eq!(stdout(&verbose), stdout(&run([profile()])));
    let said = stderr(&verbose);
    let name = profile().display().to_string();
    assert!(said.starts_with(&format!("{name}: 9707 bytes in ")) && said.contains("Positioned, "), "{said}");

    let folder = folder();
    let cut = folder.path().join("cut.heapprofile");
    write(&cut, &super::read(profile())[..5000]);
    let tolerated = heapsift().arg("--allow-truncated").arg(&cut).output().expect("the program runs");
    assert!(stderr(&tolerated).starts_with("warning: "), "{}", stderr(&tolerated));
    let quiet = heapsift().args(["--allow-truncated", "-q"]).arg(&cut).output().expect("the program runs");
    assert_eq!((code(&quiet), stderr(&quiet)), (0, ""));
    assert_eq!(stdout(&quiet), stdout(&tolerated));
    // Errors are told in any case.
    let failed = heapsift().arg("-q").arg(&cut).output().expect("the program runs");
    assert_eq!(code(&failed), 2);
    assert!(stderr(&failed).starts_with("error: "), "{}", stderr(&failed));
}

#[test]
fn progress_is_shown_only_where_it_is_asked_for() {
    let plain = run([profile()]);
    assert_eq!(stderr(&plain), "");
    let never = run([profile().as_os_str(), "--progress".as_ref(), "never".as_ref()]);
    assert_eq!(stderr(&never), "");
    let always = run([profile().as_os_str(), "--progress".as_ref(), "always".as_ref()]);
    assert!(stderr(&always).contains("reading inspector.heapprofil…"), "{}", stderr(&always));
    assert_eq!(stdout(&always), stdout(&plain));
}

/// Starts the program with a pipe for its output.
fn piped(args: &[&str]) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
    command.args(args).arg(profile()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program runs")
}

#[test]
fn a_closed_pipe_is_no_error() {
    for format in ["text", "markdown", "json"] {
        // More than a pipe holds.
        let mut args = vec!["-f", format, "-n", "0", "--stacks", "100"];
        let name = profile().display().to_string();
        args.extend(std::iter::repeat_n(name.as_str(), 40));
        let mut child = piped(&args);
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = Vec::new();
        out.by_ref().take(100).read_until(b'\n', &mut line).expect("it writes something");
        drop(out);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((code(&output), stderr(&output)), (0, ""), "{format}");
        assert!(!line.is_empty(), "{format}");
    }
}

#[test]
fn files_are_written_though_the_pipe_is_closed() {
    let folder = folder();
    let file = folder.path().join("report.json");
    let mut child = piped(&["--export-json", &file.display().to_string()]);
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    assert_eq!(super::parsed(&super::read(&file))["kind"], "report");
}

#[test]
fn a_closed_standard_error_keeps_no_report_back() {
    let mut child = piped(&["-v"]);
    drop(child.stderr.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((code(&output), stdout(&output)), (0, stdout(&run([profile()]))));
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_limit_of_file_size_is_an_error_like_a_full_disk() {
    let folder = folder();
    let mut command = Command::new("sh");
    command.current_dir(folder.path()).args(["-c", "ulimit -f 1; exec \"$0\" \"$1\" -f json -o report.json"]);
    let output = command.arg(env!("CARGO_BIN_EXE_heapsift")).arg(fs::canonicalize(profile()).expect("it is there"));
    let output = output.output().expect("the program runs");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).starts_with("error: cannot write"), "{}", stderr(&output));
    assert_eq!(names_in(folder.path()), Vec::<String>::new());
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_device_is_an_error() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("a full device"));
    for format in ["text", "markdown", "json"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
        let output = command.args(["-f", format]).arg(profile()).stdout(full()).output().expect("the program runs");
        assert_eq!(code(&output), 2, "{format}");
        let said = stderr(&output);
        assert!(said.starts_with("error: cannot write standard output: No space left"), "{format}: {said}");
        assert_eq!(said.lines().count(), 1, "{format}: {said}");
    }
    for option in ["--help", "--version"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
        let output = command.arg(option).stdout(full()).output().expect("the program runs");
        assert_eq!(code(&output), 2, "{option}");
        assert!(stderr(&output).starts_with("error: cannot write standard output: No space left"), "{option}");
    }
    let file = run([profile().as_os_str(), "-f".as_ref(), "json".as_ref(), "-o".as_ref(), "/dev/full".as_ref()]);
    assert_eq!(code(&file), 2);
    assert!(stderr(&file).starts_with("error: cannot write /dev/full: No space left"), "{}", stderr(&file));
}
