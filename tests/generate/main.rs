//! Generated profiles hold what is said of them, and every writer's dialect holds the same tree.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod dialects;
mod fixtures;
mod random;

use std::fs;
use std::path::Path;

use heapsift::generate::{Style, Tree, write_tree};
use heapsift::profile::Dialect;

const DIALECTS: [Dialect; 7] = [
    Dialect::Inspector,
    Dialect::InspectorLegacy,
    Dialect::NodeV8Api,
    Dialect::Xprofiler,
    Dialect::V8ProfilerNext,
    Dialect::HeapProfileNpm,
    Dialect::Vscode,
];

fn fixture(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn written(style: impl Into<Style>, tree: &Tree) -> Vec<u8> {
    let mut out = Vec::new();
    let bytes = write_tree(style, tree, &mut out).unwrap();
    assert_eq!(bytes, out.len() as u64);
    out
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
