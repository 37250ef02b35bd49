//! The rooms of `src/` use only the rooms below them.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and what it may use: always rooms that stand further down.
const ROOMS: [(&str, &[&str]); 17] = [
    (
        "cli",
        &[
            "bench",
            "batch",
            "export",
            "report",
            "analysis",
            "cpu",
            "aggregate",
            "classify",
            "source_map",
            "rules",
            "generate",
            "parse",
            "input",
            "scan",
            "profile",
            "error",
        ],
    ),
    ("bench", &["report", "analysis", "aggregate", "classify", "generate", "input", "scan", "profile", "error"]),
    ("batch", &["analysis", "parse", "input", "profile", "error"]),
    ("export", &["report", "analysis", "generate", "profile"]),
    ("report", &["analysis", "cpu", "rules", "scan", "profile", "error"]),
    ("analysis", &["cpu", "aggregate", "rules", "scan", "profile", "error"]),
    ("cpu", &["aggregate", "parse", "input", "scan", "profile", "error"]),
    ("aggregate", &["parse", "input", "scan", "profile", "error"]),
    ("classify", &["rules", "profile", "error"]),
    ("source_map", &["profile", "error"]),
    ("rules", &["profile", "error"]),
    ("generate", &["profile"]),
    ("parse", &["scan", "profile", "error"]),
    ("input", &["error"]),
    ("scan", &[]),
    ("profile", &[]),
    ("error", &[]),
];

/// What may be used against that: messages tell the limits that stand where they are kept.
const EXCEPTIONS: [(&str, &str); 2] = [("error", "crate::parse::MAX_DEPTH"), ("error", "crate::parse::MAX_TOKEN")];

/// Uses of other rooms in a source text of `room` that the table does not allow.
fn violations(room: &str, source: &str) -> Vec<String> {
    let Some((_, below)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{room} is not in the table of rooms")];
    };
    let mut found = Vec::new();
    for (i, line) in source.lines().enumerate() {
        for (at, _) in line.match_indices("crate::") {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            if line[..at].ends_with(is_word) {
                continue; // the end of another word
            }
            let used = line[at + "crate::".len()..].split(|c| !is_word(c)).next().unwrap_or_default();
            let excepted = EXCEPTIONS.iter().any(|(name, path)| *name == room && line[at..].starts_with(path));
            if used != room && !below.contains(&used) && !excepted {
                let what = if used.is_empty() { "several rooms in one path" } else { used };
                found.push(format!("line {}: {room} may not use {what}: {}", i + 1, line.trim()));
            }
        }
    }
    found
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be listed") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn rooms_use_only_rooms_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.sort();
    let mut found = Vec::new();
    for file in &files {
        let path = file.strip_prefix(&root).expect("it is below the root");
        let first = path.components().next().expect("a name").as_os_str().to_str().expect("UTF-8");
        let source = fs::read_to_string(file).expect("a source can be read");
        match first.trim_end_matches(".rs") {
            "main" | "lib" => assert!(!source.contains("crate::"), "{first} uses rooms by `pub mod` or not at all"),
            room => {
                found.extend(violations(room, &source).iter().map(|what| format!("src/{}: {what}", path.display())))
            }
        }
    }
    assert!(files.len() > 50, "only {} sources were found", files.len());
    assert!(found.is_empty(), "arrows must point down (see ROOMS in this test):\n{}", found.join("\n"));
}

#[test]
fn the_table_has_no_circle_and_every_room() {
    for (i, (room, below)) in ROOMS.iter().enumerate() {
        for used in *below {
            let place = ROOMS.iter().position(|(name, _)| name == used);
            assert!(place.is_some_and(|place| place > i), "{used} stands not below {room}");
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
        assert!(path.is_dir() || path.with_extension("rs").is_file(), "there is no room {room}");
    }
}

#[test]
fn arrows_that_point_up_are_found() {
    let source = "use crate::scan::Vector;\nuse crate::aggregate::read;\nfn f() -> crate::cli::Args {}\nuse crate::{error, cli};\n";
    let found = violations("parse", source);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].starts_with("line 2: parse may not use aggregate"), "{found:#?}");
    assert!(found[1].starts_with("line 3: parse may not use cli"), "{found:#?}");
    assert!(found[2].starts_with("line 4: parse may not use several rooms in one path"), "{found:#?}");
    assert_eq!(violations("error", "crate::parse::MAX_DEPTH, crate::parse::Window").len(), 1);
    assert_eq!(violations("attic", ""), ["attic is not in the table of rooms"]);
}
