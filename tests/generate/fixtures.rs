//! The fixtures are those that the present code makes, and each has its biography.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use heapsift::generate::{Allocation, Escapes, Style, Wrapper, read_tree, tree_from_allocations};
use heapsift::profile::Dialect;

use crate::random::oracle;
use crate::{DIALECTS, fixture, text, written};

#[test]
fn derived_fixtures_are_those_of_the_present_code() {
    let tree = read_tree(&fixture("captured/inspector-brief.heapprofile")).unwrap();
    for dialect in DIALECTS {
        let name = format!("dialects/{dialect}.heapprofile");
        assert!(fixture(&name) == written(dialect, &tree), "{name}");
    }
    let inspector = Style::from(Dialect::Inspector);
    for (name, style) in [
        ("inspector-ascii", Style { escapes: Escapes::Ascii, ..inspector }),
        ("wrapped-profile", Style { wrapper: Wrapper::Profile, ..inspector }),
        ("wrapped-result", Style { wrapper: Wrapper::Result, ..inspector }),
        ("wrapped-edge", Style { wrapper: Wrapper::Edge, ..inspector }),
    ] {
        assert!(fixture(&format!("dialects/{name}.heapprofile")) == written(style, &tree), "{name}");
    }
}

#[test]
fn the_seed_is_rebuilt_from_its_list_of_stacks() {
    let list: Vec<Allocation> = serde_json::from_slice(&fixture("seed/allocations.json")).unwrap();
    let tree = tree_from_allocations(&list);
    let profile = fixture("seed/x-heapprofile-3070674-20251207-1.heapprofile");
    assert!(written(Dialect::Xprofiler, &tree) == profile);

    let total: i64 = tree.nodes().iter().map(|node| node.self_size).sum();
    assert_eq!(format!("{:.2} MB", total as f64 / f64::from(1 << 20)), "54.10 MB");
    assert_eq!(tree.nodes().iter().filter(|node| node.self_size > 0).count(), 71);
    assert_eq!(oracle(&profile, true).allocating_nodes, 71);
}

#[test]
fn compressed_fixtures_hold_the_capture() {
    let capture = fixture("captured/inspector-brief.heapprofile");
    let mut plain = Vec::new();
    let gz = fixture("compressed/inspector-brief.heapprofile.gz");
    flate2::read::GzDecoder::new(gz.as_slice()).read_to_end(&mut plain).unwrap();
    assert!(plain == capture);
    let zst = fixture("compressed/inspector-brief.heapprofile.zst");
    assert!(zstd::decode_all(zst.as_slice()).unwrap() == capture);
}

#[test]
fn odd_fixtures_that_only_look_different_hold_the_same_tree() {
    let usual = read_tree(&fixture("odd/tabs.heapprofile")).unwrap();
    let sizes: Vec<_> = usual.nodes().iter().map(|node| (node.depth, node.self_size)).collect();
    assert_eq!(sizes, [(0, 0), (1, 0), (2, 524_304), (3, 1_048_608), (2, 524_360), (1, 0)]);
    for name in [
        "crlf",
        "keys-alphabetical",
        "keys-call-frame-last",
        "keys-children-first",
        "keys-escaped",
        "keys-samples-first",
        "keys-unknown",
        "leaves-without-children",
        "whitespace-everywhere",
    ] {
        assert!(read_tree(&fixture(&format!("odd/{name}.heapprofile"))).unwrap() == usual, "{name}");
    }
}

#[test]
fn the_readme_of_the_fixtures_names_each_of_them() {
    let readme = fixture("README.md");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut total = 0;
    for folder in ["captured", "compressed", "confused", "dialects", "odd", "seed"] {
        let mut files: Vec<PathBuf> =
            fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{folder}");
        for file in files {
            total += file.metadata().unwrap().len();
            let name = file.file_name().unwrap().to_str().unwrap();
            let stem = name.trim_end_matches(".heapprofile");
            assert!(text(&readme).contains(&format!("`{stem}")), "{folder}/{name} has no biography");
        }
    }
    assert!(total < 1_500_000, "{total} bytes of fixtures");
}
