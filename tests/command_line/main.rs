//! What the command line promises: streams, exit codes, files, options, and the shape of the JSON.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod agreement;
mod annotations;
mod batch;
mod bench;
mod check;
#[path = "../common/mod.rs"]
mod common;
mod cpu;
mod diff;
mod exit_codes;
mod export;
mod filters;
mod hostile;
mod html;
mod inputs;
#[cfg(unix)]
mod interrupt;
mod json_shape;
mod max_memory;
mod options;
mod output_files;
mod repair;
mod rules;
mod sessions;
mod several_files;
mod sizes_left_out;
mod streams;
mod truncated;
mod without_url;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;

/// The program, in an environment that says nothing.
fn heapsift() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "HEAPSIFT_SIMD", "RAYON_NUM_THREADS"] {
        command.env_remove(name);
    }
    command
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// A profile that most tests read.
fn profile() -> PathBuf {
    fixture("dialects/inspector.heapprofile")
}

fn read(path: impl AsRef<Path>) -> Vec<u8> {
    fs::read(path.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::write(path, bytes).expect("the file can be written");
}

/// The names in a folder, hidden ones included.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder can be listed");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// MiB of memory that the program takes more where it is built for development.
const MORE: u64 = if cfg!(debug_assertions) { 4 } else { 0 };

/// Runs with arguments.
fn run<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Output {
    heapsift().args(args).output().expect("the program runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ends by itself")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

/// The one JSON report of a run that succeeds and says nothing else.
fn json_of<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Value {
    let output = heapsift().args(["-f", "json"]).args(args).output().expect("the program runs");
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    parsed(&output.stdout)
}

fn parsed(json: &[u8]) -> Value {
    serde_json::from_slice(json).expect("JSON")
}

/// A report without what may differ from one way of reading to another.
fn without_file(mut report: Value) -> Value {
    report.as_object_mut().expect("an object").remove("file").expect("it tells of the file");
    report
}

fn gzipped(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

fn zstd_of(text: &[u8]) -> Vec<u8> {
    zstd::encode_all(text, 3).expect("memory takes everything")
}
