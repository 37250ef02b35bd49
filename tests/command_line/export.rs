//! `heapsift export`, `completions` and `man`.

use std::collections::BTreeMap;

use super::{MORE, code, fixture, folder, heapsift, names_in, profile, read, run, stderr, stdout, write};

/// Bytes by stack, of a profile that is exported with these arguments.
fn folded(args: &[&str]) -> BTreeMap<String, u64> {
    let output = heapsift().args(["export", "--to", "folded"]).args(args).output().expect("it runs");
    assert_eq!((code(&output), stderr(&output)), (0, ""), "{args:?}");
    let mut stacks = BTreeMap::new();
    for line in stdout(&output).lines() {
        let (stack, size) = line.rsplit_once(' ').expect("a stack and its bytes");
        *stacks.entry(stack.to_owned()).or_default() += size.parse::<u64>().expect("bytes");
    }
    stacks
}

fn text(path: &std::path::Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn several_files_are_exported_as_one() {
    let (a, b) = (profile(), fixture("dialects/node-v8-api.heapprofile"));
    let mut sum = folded(&[text(&a)]);
    for (stack, size) in folded(&[text(&b)]) {
        *sum.entry(stack).or_default() += size;
    }
    assert_eq!(folded(&["--merge", text(&a), text(&b)]), sum);
    let only = |of: BTreeMap<String, u64>| of.into_values().sum::<u64>();
    let focused = |args: &[&str]| only(folded(&[args, &["--focus", "^node:"]].concat()));
    assert_eq!(focused(&["--merge", text(&a), text(&b)]), focused(&[text(&a)]) + focused(&[text(&b)]));
    assert!(focused(&[text(&a)]) > 0);

    let refused = run(["export", "--to", "folded", text(&a), text(&b)]);
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains("give --merge"), "{}", stderr(&refused));
}

#[test]
fn every_target_is_a_file_of_its_kind() {
    let (folder, profile) = (folder(), profile());
    for (target, begins) in [
        ("pprof", &b"\x1f\x8b"[..]),
        ("speedscope", b"{\"$schema\":"),
        ("folded", b""),
        ("svg", b"<?xml"),
        ("heapprofile", b"{\"head\":"),
    ] {
        let path = folder.path().join(target);
        let args = ["export", "--to", target, "-o", text(&path), text(&profile)];
        let output = run(args);
        assert_eq!((code(&output), stdout(&output), stderr(&output)), (0, "", ""), "{target}");
        let bytes = read(&path);
        assert!(bytes.starts_with(begins) && bytes.len() > 100, "{target}");
        for other in [&["--threads", "1"][..], &["--window-size", "4K", "--threads", "3"], &["--no-mmap"]] {
            let output = heapsift().args(["export", "--to", target]).args(other).arg(&profile).output();
            assert_eq!(output.expect("it runs").stdout, bytes, "{target} {other:?}");
        }
    }
}

#[test]
fn what_was_read_of_a_damaged_file_is_written() {
    let folder = folder();
    let path = folder.path().join("cut.heapprofile");
    let whole = read(profile());
    write(&path, &whole[..whole.len() / 2]);
    let cut = run(["export", "--to", "folded", text(&path)]);
    assert_eq!(code(&cut), 2);
    assert!(!stdout(&cut).is_empty() && stderr(&cut).contains("cut.heapprofile"), "{}", stderr(&cut));
    let allowed = run(["export", "--to", "folded", "--allow-truncated", text(&path)]);
    assert_eq!((code(&allowed), allowed.stdout), (0, cut.stdout));

    write(&path, "[]");
    let out = folder.path().join("out.svg");
    let none = run(["export", "--to", "svg", "-o", text(&out), text(&path)]);
    assert_eq!((code(&none), names_in(folder.path())), (2, vec!["cut.heapprofile".to_owned()]));
}

#[test]
fn a_file_that_is_read_is_not_written() {
    let folder = folder();
    let path = folder.path().join("a.heapprofile");
    write(&path, read(profile()));
    let output = run(["export", "--to", "heapprofile", "-o", text(&path), text(&path)]);
    assert_eq!(code(&output), 2);
    assert_eq!(read(&path), read(profile()));
}

#[test]
fn little_memory_is_kept_to() {
    let args = ["export", "--to", "folded", "--max-memory", &format!("{}M", 16 + MORE)];
    let output = heapsift().args(args).arg(profile()).output().expect("it runs");
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    assert_eq!(stdout(&output).lines().count(), folded(&[text(&profile())]).len());

    // What a picture takes is asked for before the file is read.
    let folder = folder();
    let picture = folder.path().join("a.svg");
    for (limit, status) in [("18M", 2), ("32M", 0)] {
        let args = ["export", "--to", "svg", "--max-memory", limit, "-o", text(&picture)];
        let output = heapsift().args(args).arg(profile()).output().expect("it runs");
        let said = stderr(&output);
        assert_eq!((code(&output), said.matches("error: ").count()), (status, usize::from(status > 0)), "{said}");
        assert_eq!(said.contains("do not fit in 18 MiB"), status > 0, "{said}");
        assert_eq!(picture.exists(), status == 0);
    }
}

#[test]
fn shells_and_man_are_told_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(["completions", shell]);
        assert_eq!(code(&output), 0, "{shell}");
        let text = stdout(&output);
        assert!(text.contains("heapsift") && text.contains("export") && text.contains("repair-stacks"), "{shell}");
        assert!(!text.contains("bench-run"), "{shell}: it is for the program alone");
    }
    let page = run(["man"]);
    assert!(
        code(&page) == 0 && stdout(&page).contains(".SH SYNOPSIS") && stdout(&page).contains("heapsift\\-export(1)")
    );
    let page = run(["man", "rules", "explain"]);
    assert!(code(&page) == 0 && stdout(&page).contains("Show which rule gives a frame its category"));
    for unknown in [&["man", "nothing"][..], &["man", "bench-run"], &["completions", "nothing"]] {
        assert_eq!(code(&run(unknown)), 2, "{unknown:?}");
    }
}
