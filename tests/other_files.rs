//! Files that are taken for heap profiles are named, with what to do, and never reported as one without bytes.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::fixtures;
use flate2::Compression;
use flate2::write::GzEncoder;

fn run(path: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
    command.arg(path).output().expect("the program runs")
}

/// Asserts that the file is refused, and that all of `told` is said.
fn refused(path: &Path, told: &[&str]) {
    let output = run(path);
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{}: {said}", path.display());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{}", path.display());
    assert!(said.starts_with(&format!("error: {}: ", path.display())), "{said}");
    for told in told {
        assert!(said.contains(told), "{}: {said}", path.display());
    }
}

/// Each file of `fixtures/confused` and what is said of it.
const CONFUSED: [(&str, &[&str]); 14] = [
    ("before-2016.cpuprofile", &["this is an old CPU profile", "`node --heap-prof`"]),
    ("blank.heapprofile", &["it is empty", "`node --heap-prof app.js`"]),
    ("current.cpuprofile", &["this is a CPU profile", "`node --heap-prof`"]),
    ("empty.heapprofile", &["it is empty", "`node --heap-prof app.js`"]),
    (
        "error-page.heapprofile",
        &["expected a JSON object\n  at byte 0\n    <!doctype html>", "`node --heap-prof app.js`"],
    ),
    ("four-objects.heapsnapshot", &["this is a heap snapshot", "DevTools' Memory panel", "`node --heap-prof`"]),
    ("four-objects.heaptimeline", &["this is an allocation timeline", "DevTools' Memory panel"]),
    ("heap.pb", &["this is a pprof profile", "`go tool pprof`", "`node --heap-prof`"]),
    ("heap.pb.gz", &["this is a pprof profile", "`go tool pprof`", "`node --heap-prof`"]),
    ("other.json", &["its JSON has no \"head\"", "`node --heap-prof app.js`"]),
    ("trace-array.json", &["this is a Chrome trace", "ui.perfetto.dev"]),
    ("trace-object.json", &["this is a Chrome trace", "ui.perfetto.dev"]),
    ("utf-16-be.heapprofile", &["this is text in UTF-16", "`iconv -f UTF-16 -t UTF-8`"]),
    ("utf-16-le.heapprofile", &["this is text in UTF-16", "`iconv -f UTF-16 -t UTF-8`"]),
];

fn confused() -> Vec<PathBuf> {
    fixtures("confused", "")
}

#[test]
fn each_is_named_with_what_to_do() {
    for path in confused() {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let (_, told) =
            CONFUSED.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name} is not in the table"));
        refused(&path, told);
    }
    assert_eq!(confused().len(), CONFUSED.len());
}

#[test]
fn each_is_named_inside_gzip_and_zstd_too() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for path in confused().iter().chain(&fixtures("captured", ".cpuprofile")) {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        if name.ends_with(".gz") {
            continue; // only one layer is taken off
        }
        let text = std::fs::read(path).expect("a fixture can be read");
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        std::io::Write::write_all(&mut encoder, &text).expect("memory takes everything");
        let gzip = encoder.finish().expect("memory takes everything");
        let zstd = zstd::encode_all(&text[..], 3).expect("memory takes everything");
        let told =
            CONFUSED.iter().find(|(known, _)| *known == name).map_or(&["this is a CPU profile"][..], |(_, told)| told);
        for (ending, bytes) in [(".gz", gzip), (".zst", zstd)] {
            let path = folder.path().join([name, ending].concat());
            std::fs::write(&path, bytes).expect("the file can be written");
            refused(&path, told);
        }
    }
}

#[test]
fn real_cpu_profiles() {
    for path in fixtures("captured", ".cpuprofile") {
        refused(&path, &["this is a CPU profile (.cpuprofile), which holds no sizes", "`node --heap-prof`"]);
    }
}

#[test]
fn utf_16_without_a_byte_order_mark() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (name, order) in [("le", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("be", u16::to_be_bytes)] {
        let text: Vec<u8> = "{\"head\":{}}".encode_utf16().flat_map(order).collect();
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("the file can be written");
        refused(&path, &["this is text in UTF-16"]);
    }
}

#[test]
fn what_is_no_readable_file() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    refused(folder.path(), &["it is a directory\n  name the heap profiles in it"]);
    refused(&folder.path().join("missing.heapprofile"), &["cannot read it: "]);
    let file = folder.path().join("file");
    std::fs::write(&file, "{}").expect("the file can be written");
    refused(&file.join("x.heapprofile"), &["cannot read it: "]);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("secret.heapprofile");
    std::fs::write(&path, "{}").expect("the file can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("permissions can be set");
    if std::fs::read(&path).is_ok() {
        return; // the superuser reads everything
    }
    refused(&path, &["cannot read it: Permission denied"]);
}

#[test]
fn fixtures_of_captured_profiles_are_reported() {
    // What refuses the files above must not refuse these.
    for folder in ["captured", "dialects", "odd", "compressed", "seed"] {
        for path in fixtures(folder, "").iter().filter(|path| path.to_string_lossy().contains(".heapprofile")) {
            let output = run(path);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""), "{}", path.display());
        }
    }
}
