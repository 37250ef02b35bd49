//! The README's report is what the tool prints, and its commands are ones that the tool has.

use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;

const README: &str = include_str!("../README.md");

#[test]
fn the_first_command_prints_the_report_that_is_shown() {
    let (_, rest) = README.split_once("$ cargo run --release -- ").expect("the first command");
    let (arguments, rest) = rest.split_once('\n').expect("a line");
    let (shown, _) = rest.split_once("```").expect("the end of the block");
    let mut command = Command::cargo_bin("heapsift").expect("the binary");
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments.split(' ')).output().expect("it runs");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), shown);
    assert!(output.stderr.is_empty());
}

#[test]
fn the_section_beside_a_cpu_profile_is_what_is_printed() {
    let (_, rest) = README.split_once("$ heapsift -f text -n 5 ").expect("the command");
    let (arguments, rest) = rest.split_once('\n').expect("a line");
    let (shown, _) = rest.split_once("```").expect("the end of the block");
    let mut command = Command::cargo_bin("heapsift").expect("the binary");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["-f", "text", "-n", "5"]);
    let output = command.args(arguments.split(' ')).output().expect("it runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let shown = shown.strip_prefix("…\n").and_then(|shown| shown.strip_suffix("…\n")).expect("a part of the report");
    assert!(printed.contains(shown), "{printed}");
    assert!(output.stderr.is_empty());
}

#[test]
fn options_in_the_readme_exist() {
    let help = |command: &str| {
        let mut heapsift = Command::cargo_bin("heapsift").expect("the binary");
        let help = heapsift.arg(command).arg("--help").output().expect("it runs").stdout;
        String::from_utf8_lossy(&help).into_owned()
    };
    let commands = ["report", "doctor", "batch", "diff", "baseline", "check", "export", "bench", "rules"];
    let helps = commands.map(|command| (command, help(command)));
    let lines = README.lines().filter(|line| line.starts_with("$ ") && line.contains("heapsift "));
    let mut seen = 0;
    for command in lines.flat_map(|line| line.split("heapsift ").skip(1)) {
        let named = helps.iter().find(|(name, _)| command.split(' ').next() == Some(name));
        let (_, help) = named.unwrap_or(&helps[0]);
        for option in command.split([' ', '|']).filter(|word| word.starts_with("--")) {
            assert!(help.contains(option), "{command}: {option}");
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen} options");
}

#[test]
fn the_rules_that_are_shown_do_what_is_shown() {
    let (_, section) = README.split_once("## Rules of your own").expect("the section");
    let block = |language: &str| {
        let (_, rest) = section.split_once(&format!("```{language}\n")).expect("a block");
        rest.split_once("```").expect("its end").0
    };
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("heapsift.toml"), block("toml")).expect("it can be written");
    let mut commands = block("console").split("$ heapsift ").skip(1).peekable();
    assert!(commands.peek().is_some());
    for command in commands {
        let (arguments, shown) = command.split_once('\n').expect("a line");
        let (words, quoted) =
            arguments.split_once(" \"").map_or((arguments, None), |(words, quoted)| (words, Some(quoted)));
        let arguments = words.split(' ').chain(quoted.map(|quoted| quoted.trim_end_matches('"')));
        let mut heapsift = Command::cargo_bin("heapsift").expect("the binary");
        let output = heapsift.current_dir(folder.path()).args(arguments).output().expect("it runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), shown);
        assert!(output.status.success() && output.stderr.is_empty());
    }
}
