//! Names of files and of functions that want to be more than text.

use std::path::Path;
use std::process::Output;

use super::{code, fixture, folder, heapsift, parsed, read, write};

/// What no output for people may hold: control characters but for newlines, and characters that turn or hide text.
fn check(what: &str, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if let Some((at, c)) = text.char_indices().find(|(_, c)| hidden(*c)) {
        let start = text.floor_char_boundary(at.saturating_sub(60));
        panic!("{what} holds {:?} after {:?}", c, &text[start..at]);
    }
}

fn check_both(what: &str, output: &Output) {
    check(&format!("{what}: standard output"), &output.stdout);
    check(&format!("{what}: standard error"), &output.stderr);
}

/// Text that clears a screen, turns the reading direction, hides itself and ends a line.
const EVIL: &str = "a\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}b\u{200b}\u{2066}c\rd\u{9b}31m";

#[test]
fn names_of_functions_are_shown_escaped() {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    let name = serde_json::to_string(EVIL).expect("a string");
    let raw = serde_json::to_string(&EVIL.replace(|c: char| c < ' ', "")).expect("a string");
    let node = |name: &str| {
        format!(
            r#"{{"callFrame":{{"functionName":{name},"scriptId":"1","url":{name},"lineNumber":1}},"selfSize":900,"children":[]}}"#
        )
    };
    let root = format!(r#"{{"head":{{"callFrame":{{"functionName":{name},"scriptId":"0"}},"selfSize":0,"children":["#);
    write(&path, format!("{root}{},{}]}}}}", node(&name), node(&raw)));
    for args in [&["-f", "text"][..], &["-f", "markdown"], &["-f", "text", "-v", "--progress", "always"]] {
        let output = heapsift().args(args).arg(&path).output().expect("the program runs");
        assert_eq!(code(&output), 0);
        check_both(&format!("{args:?}"), &output);
        assert!(super::stdout(&output).contains("\\u{202e}"), "{args:?}");
    }
    // JSON has them whole, and escaped as well: it may go to a terminal.
    let output = heapsift().args(["-f", "json"]).arg(&path).output().expect("the program runs");
    check_both("JSON", &output);
    let report = parsed(&output.stdout);
    assert!(report["functions"].as_array().expect("a list").iter().any(|row| row["function"] == EVIL));
    // Cut within a name: the excerpt and the key path come from the file, too.
    let cut = folder.path().join("cut.heapprofile");
    for text in [
        format!(r#"{root}{{"callFrame":{{"functionName":"{}"#, &EVIL.replace(|c: char| c < ' ', "")),
        format!("{root}{{{raw}:[1,\u{202e}"),
        format!("{root}{{\"\u{202e}\\u001b\":[1,\u{1b}[31m"),
    ] {
        write(&cut, text);
        let output = heapsift().arg(&cut).output().expect("the program runs");
        assert_eq!(code(&output), 2);
        check_both("a cut file", &output);
    }
}

#[test]
fn fixtures_with_hostile_names() {
    for name in ["captured/inspector.heapprofile", "odd/control-escapes.heapprofile", "odd/not-utf8.heapprofile"] {
        for format in ["text", "markdown"] {
            let output = heapsift().args(["-f", format]).arg(fixture(name)).output().expect("the program runs");
            assert_eq!(code(&output), 0, "{name}");
            check_both(name, &output);
        }
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_are_shown_escaped() {
    use std::os::unix::ffi::OsStrExt;

    let folder = folder();
    let names = [EVIL.as_bytes(), b"new\nline", b"not \xff utf-8 \x1b[31m"];
    for name in names {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        let runs = |what: &str, path: &Path, expected: i32| {
            for args in [&["-f", "text"][..], &["-f", "markdown"], &["-v", "-f", "text", "--progress", "always"]] {
                let output = heapsift().args(args).arg(path).output().expect("the program runs");
                assert_eq!(code(&output), expected, "{what}");
                check_both(what, &output);
            }
        };
        runs("a missing file", &path, 2);
        write(&path, &read(super::profile())[..5000]);
        runs("a cut file", &path, 2);
        write(&path, "nonsense");
        runs("another file", &path, 2);
        write(&path, read(super::profile()));
        runs("a profile", &path, 0);

        let into = |option: &str, path: &Path| {
            let output = heapsift().arg(super::profile()).arg(option).arg(path).output().expect("the program runs");
            check_both(option, &output);
            assert_eq!(code(&output), 2);
        };
        into("-o", &path.join("r.md"));
        into("--export-json", &path.join("r.md"));
        let mut unknown = path.clone().into_os_string();
        unknown.push(".toml");
        into("-o", Path::new(&unknown));
    }
}

#[test]
fn arguments_and_the_environment_are_shown_escaped() {
    for args in [&[&["--", EVIL].concat()[..]][..], &["x", "--color", EVIL], &["x", "-n", EVIL], &["x", "-f", EVIL]] {
        let output = heapsift().args(args).output().expect("the program runs");
        assert_eq!(code(&output), 2);
        check_both(&format!("{args:?}"), &output);
        assert!(!output.stderr.is_empty());
    }
    // Nor does one begin a line as if it were a message of the program's own.
    const FORGED: &str = "1\nerror: forged\r\nwarning: forged";
    let with = |option: &str| [option, FORGED].concat();
    for args in [
        &["x", "-n", FORGED][..],
        &["x", &with("-n")],
        &["x", &with("--limit=")],
        &["x", "--color", FORGED],
        &["x", &with("--color=")],
        &["x", &with("--")],
        &["x", "--focus", &with("(")],
        &["diff", "a", "b", "c", FORGED],
        &["diff", "a", "b", "--max-chars", FORGED],
        &["check", "x", "--rule", FORGED],
        &["check", "x", "--no-rules", "--rule", &with("total +5% or ")],
        &["check", "x", "--no-rules", "--rule", &["category:\"", FORGED, "\" < 1KB"].concat()],
        &["check", "x", "--no-rules", "--rule", "total < 1GB", "--baseline", FORGED],
        &["baseline", FORGED],
        &["baseline", "x", "-o", FORGED],
        &["x", "--memory-usage", FORGED],
        &["x", "--rules", FORGED],
        &["x", "--source-map", FORGED],
        &["x", "--cpu", FORGED],
        &["rules", "explain", "--rules", FORGED, "x"],
        &["bench", FORGED],
        &["bench", "--generate", FORGED],
    ] {
        let output = heapsift().args(args).output().expect("the program runs");
        assert_eq!(code(&output), 2, "{args:?}");
        check_both(&format!("{args:?}"), &output);
        let text = super::stderr(&output);
        let begins_forged =
            |line: &str| ["error: forged", "warning: forged"].iter().any(|forged| line.starts_with(forged));
        assert!(!text.lines().any(begins_forged), "{args:?}: {text}");
    }
    let output = heapsift().arg("x").env("HEAPSIFT_SIMD", EVIL).output().expect("the program runs");
    assert_eq!(code(&output), 2);
    check_both("HEAPSIFT_SIMD", &output);
}
