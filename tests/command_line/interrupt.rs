//! A run that is interrupted ends with 130 and leaves no file behind.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use super::{folder, names_in, profile, read, write};

/// Starts a run that reads a pipe which does not end, and waits until it reads.
fn start(args: &[&str], folder: &std::path::Path) -> (Child, File) {
    let fifo = folder.join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
    command.current_dir(folder).args(args).arg("fifo").stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().expect("the program runs");
    // This opens once the other side does, which is after the outputs were prepared.
    let mut pipe = File::options().write(true).open(&fifo).expect("it reads");
    pipe.write_all(&read(profile())[..5000]).expect("it reads");
    (child, pipe)
}

#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    for signal in ["-INT", "-TERM"] {
        let folder = folder();
        let old = folder.path().join("old.md");
        write(&old, "what was there");
        let (child, pipe) = start(&["-o", "old.md", "--export-json", "new.json"], folder.path());
        assert_eq!(names_in(folder.path()).len(), 4, "two temporary files");
        let killed = Command::new("kill").arg(signal).arg(child.id().to_string()).status().expect("kill runs");
        assert!(killed.success());
        let output = child.wait_with_output().expect("it ends");
        drop(pipe);
        assert_eq!(output.status.code(), Some(130), "{signal}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{signal}");
        assert_eq!(names_in(folder.path()), ["fifo", "old.md"], "{signal}");
        assert_eq!(read(&old), b"what was there", "{signal}");
    }
}

#[test]
fn an_interrupted_measurement_leaves_nothing_behind() {
    // In the midst of writing the generated file, and while it is measured.
    let cases: [(&[&str], &str); 2] =
        [(&["--generate", "1G"], "generating"), (&["--generate", "64K", "--runs", "1000"], "measuring")];
    for (args, stage) in cases {
        let folder = folder();
        let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
        command.args(["bench", "--progress", "always"]).args(args).env("TMPDIR", folder.path());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        assert!(lines.any(|line| line.expect("text").contains(stage)), "{stage} is told");
        while names_in(folder.path()).is_empty() {
            assert_eq!(child.try_wait().expect("it can be asked"), None, "it ended early");
            std::thread::yield_now();
        }
        let killed = Command::new("kill").arg("-INT").arg(child.id().to_string()).status().expect("kill runs");
        assert!(killed.success());
        let rest: Vec<_> = lines.map(|line| line.expect("text")).filter(|line| !line.contains(stage)).collect();
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "{stage}");
        assert!(rest.is_empty(), "{rest:?}");
        assert_eq!(names_in(folder.path()), [""; 0], "{stage}");
    }
}
