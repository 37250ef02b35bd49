//! Files that end early or are damaged: the report up to there, said to be incomplete, and exit code 2.

use heapsift::generate::{Layout, Options, random_profile};
use serde_json::Value;

use super::{code, folder, gzipped, heapsift, parsed, profile, read, stderr, stdout, write, zstd_of};

/// What a run over `bytes` in a file of that name gives: exit code, JSON report (null if there is none), standard error.
fn report(name: &str, bytes: &[u8], args: &[&str]) -> (i32, Value, String) {
    let folder = folder();
    let path = folder.path().join(name);
    write(&path, bytes);
    let output = heapsift().args(["-f", "json"]).args(args).arg(&path).output().expect("the program runs");
    let report = if output.stdout.is_empty() { Value::Null } else { parsed(&output.stdout) };
    (code(&output), report, stderr(&output).to_owned())
}

fn warning_kinds(report: &Value) -> Vec<&str> {
    let warnings = report["warnings"].as_array().expect("a list");
    warnings.iter().map(|warning| warning["kind"].as_str().expect("a name")).collect()
}

#[test]
fn a_cut_file_is_reported_up_to_there() {
    let text = read(profile());
    let (code, cut, said) = report("x", &text[..5000], &[]);
    assert_eq!(code, 2);
    assert_eq!((&cut["file"]["complete"], &cut["file"]["truncated_at"]), (&false.into(), &5000.into()));
    assert_eq!(cut["file"]["bytes"], 5000);
    assert_eq!(warning_kinds(&cut)[0], "incomplete");
    assert!(said.contains(": it ends early\n  at byte 5000, in head.children["), "{said}");
    assert!(said.contains("--allow-truncated accepts such files"), "{said}");
    let (_, whole, _) = report("x", &text, &[]);
    assert_eq!((&whole["file"]["complete"], &whole["file"]["truncated_at"]), (&true.into(), &Value::Null));
    let total = |report: &Value| report["summary"]["total_size"].as_u64().expect("bytes");
    assert!(0 < total(&cut) && total(&cut) < total(&whole));

    let (code, allowed, said) = report("x", &text[..5000], &["--allow-truncated"]);
    assert_eq!(code, 0);
    assert_eq!(allowed, cut, "the report still says so");
    assert!(said.starts_with("warning: ") && !said.contains("--allow-truncated"), "{said}");
}

#[test]
fn formats_for_people_say_so_first() {
    let folder = folder();
    let path = folder.path().join("cut.heapprofile");
    write(&path, &read(profile())[..5000]);
    for format in ["text", "markdown"] {
        let output = heapsift().args(["-f", format]).arg(&path).output().expect("the program runs");
        assert_eq!(code(&output), 2, "{format}");
        let beginning: Vec<_> = stdout(&output).lines().take(4).collect();
        let told = "incomplete: read up to byte 5000; ";
        assert!(beginning.iter().any(|line| line.contains(told)), "{format}: {beginning:#?}");
    }
}

#[test]
fn a_cut_before_head_opens_is_an_error() {
    for at in [1, 5, 8] {
        for args in [&[][..], &["--allow-truncated"]] {
            let (code, none, said) = report("x", &read(profile())[..at], args);
            assert_eq!((code, none), (2, Value::Null), "{at}");
            assert!(said.contains(": it ends early\n") && said.contains("nothing can be reported"), "{said}");
        }
    }
}

#[test]
fn the_last_newline_may_be_missing() {
    let mut text = read(profile());
    text.extend(b" \n\n");
    assert_eq!(report("x", &text, &[]).0, 0);
    assert_eq!(report("x", text.trim_ascii_end(), &[]).0, 0);
}

#[test]
fn compressed_data_may_end_early_too() {
    // Long enough for several blocks of zstd's.
    let mut text = Vec::new();
    random_profile(&Options::new(Layout::Inspector, 1 << 20, 3), &mut text).expect("memory takes everything");
    for (name, bytes) in [("x.gz", gzipped(&text)), ("x.zst", zstd_of(&text))] {
        let cut = &bytes[..bytes.len() / 2];
        let (code, first, said) = report(name, cut, &[]);
        assert_eq!((code, &first["file"]["complete"]), (2, &false.into()), "{name}");
        assert!(first["summary"]["nodes"].as_u64() > Some(100), "{name}: {}", first["summary"]);
        assert!(said.contains("the compressed data ends early: the "), "{said}");
        let (code, second, said) = report(name, cut, &["--allow-truncated"]);
        assert_eq!((code, second), (0, first), "{name}");
        assert!(said.starts_with("warning: "), "{said}");
    }
}

#[test]
fn a_missing_trailer_is_only_a_warning() {
    let text = read(profile());
    let bytes = gzipped(&text);
    for missing in [1, 4, 8] {
        let (code, found, said) = report("x.gz", &bytes[..bytes.len() - missing], &[]);
        assert_eq!((code, said.as_str()), (0, ""));
        assert_eq!((&found["file"]["complete"], warning_kinds(&found)[0]), (&true.into(), "trailer-missing"));
        let (_, whole, _) = report("x.gz", &bytes, &[]);
        assert_eq!(found["summary"], whole["summary"]);
    }
    // It makes no profile of what is none.
    let none = gzipped(b"{\"a\":1}");
    let (code, found, said) = report("x.gz", &none[..none.len() - 4], &[]);
    assert_eq!((code, found), (2, Value::Null));
    assert!(said.contains("its JSON has no \"head\""), "{said}");
}

#[test]
fn a_profile_behind_another_one_is_told() {
    let text = String::from_utf8(read(profile())).expect("UTF-8");
    let (_, alone, _) = report("x.heapprofile", text.as_bytes(), &[]);
    let is_told = |found: &Value| warning_kinds(found).contains(&"another-profile");
    for (wrapped, expected) in [
        (format!("{{\"profile\":{text},\"result\":{{\"profile\":{text}}}}}"), true),
        (format!("{{\"profile\":{text},\"profile\":{text}}}"), true),
        (format!("{{\"result\":{{\"profile\":{text}}},\"payload\":{{\"head\":1,\"samples\":2}}}}"), false),
        (format!("{{\"profile\":{text},\"meta\":{text}}}"), false),
    ] {
        let (code, found, said) = report("x.heapprofile", wrapped.as_bytes(), &[]);
        assert_eq!((code, said.as_str(), is_told(&found)), (0, "", expected));
        assert_eq!((&found["summary"], &found["file"]["complete"]), (&alone["summary"], &true.into()));
    }
    assert!(!is_told(&alone));
}

#[test]
fn damage_is_never_tolerated() {
    let text = read(profile());
    let mut corrupt = gzipped(&text);
    let middle = corrupt.len() / 2;
    corrupt[middle..middle + 8].fill(0xff);
    let mut wrong_sum = gzipped(&text);
    let sum = wrong_sum.len() - 8;
    wrong_sum[sum] ^= 1;
    let mut wrong_byte = text.clone();
    wrong_byte[5000] = 0;
    for (name, bytes) in [("corrupt.gz", corrupt), ("sum.gz", wrong_sum), ("byte.heapprofile", wrong_byte)] {
        for args in [&[][..], &["--allow-truncated"]] {
            let (code, found, said) = report(name, &bytes, args);
            assert_eq!((code, &found["file"]["complete"]), (2, &false.into()), "{name} {args:?}");
            assert_eq!(warning_kinds(&found)[0], "incomplete", "{name}");
            assert!(said.starts_with("error: ") && said.contains("what stands before it is reported"), "{said}");
        }
    }
    let (code, found, _) = report("trailing", &[&text[..], b"x"].concat(), &["--allow-truncated"]);
    assert_eq!((code, &found["file"]["complete"]), (2, &false.into()));
    assert_eq!(found["file"]["truncated_at"], text.len());
}
