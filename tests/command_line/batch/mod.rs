//! `heapsift batch`: what is found, what comes of broken dumps, that nothing depends on jobs, order or interruption.

mod broken;
mod cpu_profiles;
mod found;
mod incomplete;
mod one_session;
mod output_folder;
mod resumed;
mod series;
mod stale;
mod unfitting;
mod unnamed;
mod whole;

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::{fixture, folder, gzipped, heapsift, parsed, read, write, zstd_of};

const TREE: &str = "dumps";

/// A folder to work in, with these files below `dumps`.
fn with(files: &[(&str, &[u8])]) -> TempDir {
    let folder = folder();
    for (name, bytes) in files {
        let path = folder.path().join(TREE).join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        write(&path, bytes);
    }
    folder
}

fn batch(folder: &Path, args: &[&str]) -> Output {
    let mut command = heapsift();
    command.current_dir(folder).args(["batch", TREE, "-o", "out"]).args(args);
    command.output().expect("the program runs")
}

fn rolled_up(folder: &Path) -> Value {
    parsed(&read(folder.join("out/rollup.json")))
}

fn lines(folder: &Path, file: &str) -> Vec<Value> {
    read(folder.join("out").join(file))
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(parsed)
        .collect()
}

/// Everything that is written but for the times, by name.
fn written(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.join("out")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it can be listed") {
            let path = entry.expect("an entry").path();
            let name = path.to_string_lossy().into_owned();
            match path.is_dir() {
                true => folders.push(path),
                false if name.ends_with("timings.ndjson") || name.ends_with("journal.bin") => {}
                false => files.push((name.rsplit_once("/out/").expect("below it").1.to_owned(), read(&path))),
            }
        }
    }
    files.sort();
    files
}

fn profiles() -> [Vec<u8>; 3] {
    ["dialects/inspector.heapprofile", "dialects/xprofiler.heapprofile", "captured/node-v8-api.heapprofile"]
        .map(|name| read(fixture(name)))
}

/// Dumps of several writers and processes, in folders, compressed, with what does not belong to them.
fn usual() -> TempDir {
    let [inspector, xprofiler, api] = profiles();
    let another = read(fixture("captured/x-heapprofile-4242-20261122-0.heapprofile"));
    let cpu = read(fixture("captured/node.cpuprofile"));
    with(&[
        ("a/x-heapprofile-7-20251207-1.heapprofile", &xprofiler),
        ("a/x-heapprofile-7-20251207-2.heapprofile", &gzipped(&another)),
        ("a/x-heapprofile-7-20251207-10.heapprofile", &inspector),
        ("a/x-cpuprofile-7-20251207-3.cpuprofile", &cpu),
        ("b/named-otherwise.json", &zstd_of(&inspector)),
        ("b/api.heapprofile", &api),
        ("b/package.json", b"{\"name\":\"b\"}"),
        ("b/code.js", b"const head = 1;"),
        ("b/deep/er/Heap.20251207.101500.9.0.001.heapprofile", &inspector),
    ])
}

/// The trend of the first series, where it has so few dumps.
fn too_few(dumps: usize) -> serde_json::Value {
    let headline = format!("Too few dumps to tell a leak: {dumps}. Six are a beginning.");
    serde_json::json!({"document": "trend/1.md", "headline": headline, "suspects": 0, "unjudged": "too-few-dumps"})
}
