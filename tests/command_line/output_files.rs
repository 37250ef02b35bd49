//! `-o` and `--export-…`: whole files or none, in the format that is meant.

use std::fs;

use super::{code, fixture, folder, heapsift, names_in, parsed, profile, read, run, stderr, stdout, write};

#[test]
fn the_extension_names_the_format_unless_one_is_given() {
    let folder = folder();
    let cases = [
        ("a.txt", &[][..], "text"),
        ("a.md", &[], "markdown"),
        ("a.markdown", &[], "markdown"),
        ("a.MD", &[], "markdown"),
        ("a.json", &[], "json"),
        ("a.html", &[], "html"),
        ("a.htm", &[], "html"),
        ("a", &[], "markdown"),
        ("b.txt", &["-f", "json"], "json"),
        ("a.heapprofile", &["-f", "text"], "text"),
    ];
    for (name, args, format) in cases {
        let path = folder.path().join(name);
        let output = heapsift().arg(profile()).args(args).arg("-o").arg(&path).output().expect("the program runs");
        assert_eq!((code(&output), stdout(&output), stderr(&output)), (0, "", ""), "{name}");
        let printed = heapsift().arg(profile()).args(["-f", format]).output().expect("the program runs");
        assert_eq!(read(&path), printed.stdout, "{name}");
    }
    let unknown = folder.path().join("a.toml");
    let output = heapsift().arg(profile()).arg("-o").arg(&unknown).output().expect("the program runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("give -f text|markdown|html|json"), "{}", stderr(&output));
    assert!(!unknown.exists());
}

#[test]
fn a_dash_is_standard_output() {
    let output = heapsift().arg(profile()).args(["-o", "-"]).output().expect("the program runs");
    assert_eq!((code(&output), stdout(&output)), (0, stdout(&run([profile()]))));
}

#[test]
fn one_pass_writes_all_exports() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let mut command = heapsift();
    command.args([profile(), fixture("odd/tabs.heapprofile")]).args(["-f", "text"]);
    for (option, name) in [
        ("-o", "a.txt"),
        ("--export-json", "b"),
        ("--export-json", "c.json"),
        ("--export-markdown", "d"),
        ("--export-markdown", "e.md"),
        ("--export-html", "f"),
        ("--export-html", "g.html"),
    ] {
        command.arg(option).arg(path(name));
    }
    // A stream can be read only once.
    let output = command.output().expect("the program runs");
    assert_eq!((code(&output), stdout(&output), stderr(&output)), (0, "", ""));
    assert_eq!(names_in(folder.path()), ["a.txt", "b", "c.json", "d", "e.md", "f", "g.html"]);
    let printed = |format| {
        let mut command = heapsift();
        command.args([profile(), fixture("odd/tabs.heapprofile")]).args(["-f", format]);
        command.output().expect("the program runs").stdout
    };
    for (name, format) in [
        ("a.txt", "text"),
        ("b", "json"),
        ("c.json", "json"),
        ("d", "markdown"),
        ("e.md", "markdown"),
        ("f", "html"),
        ("g.html", "html"),
    ] {
        assert_eq!(read(path(name)), printed(format), "{name}");
    }
}

#[test]
fn nothing_is_left_behind_where_every_file_fails() {
    let folder = folder();
    let old = folder.path().join("old.md");
    write(&old, "what was there");
    let mut command = heapsift();
    command.arg(fixture("confused/current.cpuprofile")).arg("-o").arg(&old);
    command.arg("--export-json").arg(folder.path().join("new.json"));
    let output = command.output().expect("the program runs");
    assert_eq!((code(&output), stdout(&output)), (2, ""));
    assert_eq!(names_in(folder.path()), ["old.md"]);
    assert_eq!(read(&old), b"what was there");
}

#[test]
fn a_report_of_some_of_the_files_is_written() {
    let folder = folder();
    let path = folder.path().join("r.json");
    let files = [fixture("confused/other.json"), profile()];
    let output = heapsift().args(&files).arg("-o").arg(&path).output().expect("the program runs");
    assert_eq!(code(&output), 2);
    assert_eq!(parsed(&read(&path))["file"]["name"], "inspector.heapprofile");
    assert_eq!(names_in(folder.path()), ["r.json"]);
}

#[test]
fn nothing_is_written_where_one_destination_fails() {
    let folder = folder();
    let good = folder.path().join("good.json");
    let missing = folder.path().join("missing/r.json");
    for bad in [missing.as_path(), folder.path()] {
        let mut command = heapsift();
        command.arg(profile()).args(["-f", "json"]).arg("--export-json").arg(&good).arg("-o").arg(bad);
        let output = command.output().expect("the program runs");
        assert_eq!((code(&output), stdout(&output)), (2, ""));
        let said = stderr(&output);
        assert!(said.starts_with(&format!("error: cannot write {}: ", bad.display())), "{said}");
        assert!(!said.contains(" at path "), "it names its temporary file: {said}");
        assert_eq!(names_in(folder.path()), Vec::<String>::new());
    }
}

#[test]
fn two_outputs_are_two_files_and_no_input_is_overwritten() {
    let folder = folder();
    let input = folder.path().join("in.json");
    fs::copy(profile(), &input).expect("the file can be copied");
    let inside = |name: &str| folder.path().join(".").join(name);
    let mut command = heapsift();
    command.arg(&input).arg("-o").arg(folder.path().join("r.json")).arg("--export-json").arg(inside("r.json"));
    let output = command.output().expect("the program runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("is named twice as an output"), "{}", stderr(&output));

    let output = heapsift().arg(&input).arg("-o").arg(inside("in.json")).output().expect("the program runs");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("it cannot be the output as well"), "{}", stderr(&output));
    assert_eq!(read(&input), read(profile()));
    assert_eq!(names_in(folder.path()), ["in.json"]);
}

#[test]
fn nothing_else_that_is_read_is_overwritten() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("maps")).expect("a folder can be made");
    for (name, text) in [
        ("rules.toml", ""),
        ("usage.json", "{\"rss\":1,\"heapTotal\":1,\"heapUsed\":1,\"external\":1,\"arrayBuffers\":1}"),
        ("maps/app.js.map", "{\"version\":3,\"sources\":[],\"names\":[],\"mappings\":\"\"}"),
        ("heapsift.toml", ""),
    ] {
        write(&path(name), text);
    }
    let cases: [(&[&str], &str); 5] = [
        (&["--rules", "rules.toml"], "rules.toml"),
        (&["--memory-usage", "usage.json"], "usage.json"),
        (&["--source-map", "maps/app.js.map"], "maps/app.js.map"),
        (&["--source-map", "maps"], "maps/app.js.map"),
        (&[], "heapsift.toml"),
    ];
    let profile = fs::canonicalize(profile()).expect("the fixture is there");
    for (options, output) in cases {
        let before = read(path(output));
        let mut command = heapsift();
        command.current_dir(folder.path()).arg(&profile).args(options).args(["-f", "json", "-o", output]);
        let done = command.output().expect("the program runs");
        assert_eq!(code(&done), 2, "{options:?}: {}", stderr(&done));
        assert!(stderr(&done).contains("it cannot be the output as well"), "{}", stderr(&done));
        assert_eq!(read(path(output)), before, "{options:?}");
    }
}

#[test]
fn a_profile_is_never_replaced_whatever_its_name_is() {
    let folder = folder();
    let other = folder.path().join("capture");
    fs::copy(profile(), &other).expect("the file can be copied");
    for command in [&["-f", "json"][..], &["baseline"]] {
        let done = heapsift().args(command).arg(profile()).arg("-o").arg(&other).output().expect("the program runs");
        assert_eq!(code(&done), 2);
        assert!(
            stderr(&done).contains("cannot be the output") || stderr(&done).contains("is no baseline"),
            "{}",
            stderr(&done)
        );
        assert_eq!(read(&other), read(profile()));
    }
}

#[test]
fn a_baseline_replaces_only_a_baseline() {
    let folder = folder();
    let rules = folder.path().join("heapsift.toml");
    let refused = heapsift().arg("baseline").arg(profile()).arg("-o").arg(&rules).output().expect("the program runs");
    assert_eq!((code(&refused), rules.exists()), (2, false));
    assert!(stderr(&refused).contains("rules are looked for under that name"), "{}", stderr(&refused));
    let path = folder.path().join("kept");
    let written = || heapsift().arg("baseline").arg(profile()).arg("-o").arg(&path).output().expect("the program runs");
    write(&path, "# Heap Allocation Profile Analysis\n");
    let refused = written();
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains("is there and is no baseline"), "{}", stderr(&refused));
    for text in ["", "kind = \"baseline\"\n"] {
        write(&path, text);
        assert_eq!(code(&written()), 0, "{text:?}");
        assert!(String::from_utf8_lossy(&read(&path)).contains("kind = \"baseline\""));
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn a_link_stays_a_link_and_its_file_is_replaced() {
        let folder = folder();
        let (target, link) = (folder.path().join("target.json"), folder.path().join("link.json"));
        write(&target, "old");
        symlink("target.json", &link).expect("a link can be made");
        assert_eq!(code(&heapsift().arg(profile()).arg("-o").arg(&link).output().expect("the program runs")), 0);
        assert!(link.is_symlink());
        assert_eq!(parsed(&read(&target))["kind"], "report");
    }

    #[test]
    fn a_replaced_file_keeps_its_permissions_and_a_new_one_has_the_usual() {
        let folder = folder();
        let (old, new, plain) = (folder.path().join("old"), folder.path().join("new"), folder.path().join("plain"));
        write(&old, "");
        write(&plain, "");
        fs::set_permissions(&old, fs::Permissions::from_mode(0o600)).expect("permissions can be set");
        for path in [&old, &new] {
            assert_eq!(code(&heapsift().arg(profile()).arg("-o").arg(path).output().expect("the program runs")), 0);
        }
        let mode = |path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(&old), 0o600);
        assert_eq!(mode(&new), mode(&plain));
    }

    #[test]
    fn devices_and_fifos_are_written_to_not_replaced() {
        let output = heapsift().arg(profile()).args(["-o", "/dev/null"]).output().expect("the program runs");
        assert_eq!((code(&output), stdout(&output), stderr(&output)), (0, "", ""));
        assert!(fs::metadata("/dev/null").expect("it is there").file_type().is_char_device());

        let folder = folder();
        let fifo = folder.path().join("fifo");
        assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
        let reader = {
            let fifo = fifo.clone();
            std::thread::spawn(move || read(fifo))
        };
        let output = heapsift().arg(profile()).arg("-o").arg(&fifo).output().expect("the program runs");
        assert_eq!((code(&output), stderr(&output)), (0, ""));
        assert_eq!(reader.join().expect("it reads"), run([profile()]).stdout);
        assert!(fs::metadata(&fifo).expect("it is there").file_type().is_fifo());
    }
}
