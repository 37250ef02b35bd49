//! Exit codes, and what help, version and usage errors print where.

use super::{code, folder, heapsift, profile, read, run, stderr, stdout, write};

#[test]
fn a_report_ends_with_0() {
    let output = run([profile()]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    assert!(stdout(&output).starts_with("# Heap Allocation Profile Analysis\n"));
}

#[test]
fn the_command_may_be_named() {
    let named = heapsift().arg("report").arg(profile()).output().expect("the program runs");
    assert_eq!(code(&named), 0);
    assert_eq!(stdout(&named), stdout(&run([profile()])));
}

#[test]
fn wrong_usage_ends_with_2_and_is_told_on_standard_error() {
    let cases: [(&[&str], &str); 23] = [
        (&[], "Usage: heapsift"),
        (&["report"], "required arguments were not provided"),
        (&["--nonsense", "x"], "unexpected argument '--nonsense'"),
        (&["x", "--stacks", "101"], "101 is not in 0..=100"),
        (&["x", "--stacks", "-1"], "unexpected argument '-1'"),
        (&["x", "-n", "many"], "invalid value 'many'"),
        (&["x", "--threads", "0"], "0 is not in 1..=1024"),
        (&["x", "--threads", "1025"], "1025 is not in 1..=1024"),
        (&["x", "--window-size", "1K"], "a window holds 4K to 256M"),
        (&["x", "--window-size", "257M"], "a window holds 4K to 256M"),
        (&["x", "--window-size", "4X"], "a size is a number, with K, M, G or T behind it"),
        (&["x", "--window-size", "1.5"], "a size is a number, with K, M, G or T behind it"),
        (&["x", "--window-size", "99999999999999999999"], "a size is less than 2^64 bytes"),
        (&["x", "-f", "pdf"], "invalid value 'pdf'"),
        (&["x", "--color", "blue"], "invalid value 'blue'"),
        (&["x", "-o", "x.toml"], "x.toml: no report is of that kind; give -f text|markdown|html|json"),
        (&["basline", "x", "-o", "x.md"], "there is no file and no command `basline`; did you mean `baseline`?"),
        (&["chek", "x"], "did you mean `check`?"),
        (&["-f", "json", "report", "x"], "`report` is a command: it comes first, before all options"),
        (&["--no-rules", "rules", "list"], "`rules` is a command: it comes first"),
        (
            &["diff", "x"],
            "one profile before is compared with one after, not 1 file\n  several of a side: heapsift diff --before",
        ),
        (&["diff", "x", "y", "z"], "one profile before is compared with one after, not 3 files"),
        (&["x", "--export-json", "-"], "--export-json, --export-markdown and --export-html want a file"),
    ];
    for (args, told) in cases {
        let output = run(args);
        assert_eq!((code(&output), stdout(&output)), (2, ""), "{args:?}");
        assert!(stderr(&output).contains(told), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn a_mistyped_command_replaces_nothing() {
    let folder = folder();
    let kept = folder.path().join("keep.toml");
    let capture = read(profile());
    write(&folder.path().join("a.heapprofile"), &capture);
    let in_folder = |args: &[&str]| heapsift().current_dir(folder.path()).args(args).output().expect("it runs");
    for args in [
        &["basline", "a.heapprofile", "-o", "keep.toml"][..],
        &["a.heapprofile", "-o", "keep.toml"],
        &["a.heapprofile", "missing", "-o", "keep.toml"],
        &["a.heapprofile", "-o", "a.heapprofile"],
    ] {
        write(&kept, "kept");
        assert_eq!(code(&in_folder(args)), 2, "{args:?}");
        assert_eq!(
            (read(&kept), read(folder.path().join("a.heapprofile"))),
            (b"kept".to_vec(), capture.clone()),
            "{args:?}"
        );
    }
    // Who says what it is to be gets it; and a file may be called as a command nearly is.
    assert_eq!(code(&in_folder(&["a.heapprofile", "-f", "json", "-o", "keep.toml"])), 0);
    assert!(read(&kept).starts_with(b"{"));
    write(&folder.path().join("chek"), &capture);
    assert_eq!(code(&in_folder(&["chek"])), 0);
}

#[test]
fn help_and_version_go_to_standard_output() {
    let long = run(["--help"]);
    assert_eq!((code(&long), stderr(&long)), (0, ""));
    for told in
        ["Usage: heapsift", "--allow-truncated", "Exit codes: 0 done; 1 done, a gate failed; 2 usage", "HEAPSIFT_SIMD"]
    {
        assert!(stdout(&long).contains(told), "{told}");
    }
    for args in [&["-h"][..], &["report", "--help"], &["help"]] {
        let output = run(args);
        assert_eq!((code(&output), stderr(&output)), (0, ""), "{args:?}");
        assert!(stdout(&output).contains("Usage: heapsift"), "{args:?}");
        assert!(!stdout(&output).contains("bench-run"), "{args:?}");
    }
    for args in ["--version", "-V"] {
        let output = run([args]);
        assert_eq!((code(&output), stderr(&output)), (0, ""), "{args}");
        assert!(stdout(&output).starts_with(concat!("heapsift ", env!("CARGO_PKG_VERSION"), " (")), "{args}");
    }
}

#[test]
fn an_unknown_instruction_set_is_refused() {
    for argument in [profile().as_os_str(), "--version".as_ref()] {
        let output = heapsift().env("HEAPSIFT_SIMD", "mmx").arg(argument).output().expect("the program runs");
        assert_eq!((code(&output), stdout(&output)), (2, ""), "{argument:?}");
        assert!(stderr(&output).contains("HEAPSIFT_SIMD=mmx names no back end"), "{argument:?}: {}", stderr(&output));
    }
    let help = heapsift().env("HEAPSIFT_SIMD", "mmx").arg("--help").output().expect("the program runs");
    assert_eq!(code(&help), 0);
}

#[test]
fn files_that_cannot_be_read_end_with_2() {
    let missing = run(["/nowhere/x.heapprofile"]);
    assert_eq!((code(&missing), stdout(&missing)), (2, ""));
    assert!(stderr(&missing).starts_with("error: /nowhere/x.heapprofile: cannot read it: "), "{}", stderr(&missing));

    let directory = run([super::fixture("dialects")]);
    assert_eq!((code(&directory), stdout(&directory)), (2, ""));
    assert!(stderr(&directory).ends_with("it is a directory\n  name the heap profiles in it\n"));
}
