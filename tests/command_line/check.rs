//! `heapsift baseline` and `heapsift check`: exit codes, formats, and what docs/check.md shows.

use std::fs;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::{code, fixture, folder, heapsift, names_in, parsed, read, run, stderr, stdout, write};

const BASELINE: &str = "heapsift-baseline.toml";

/// The text that tells all this to users.
fn docs() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.md")).expect("the page is there")
}

/// A folder with the captures of a service before and after a change, its heapsift.toml, and the baseline of before.
fn captures() -> TempDir {
    let folder = folder();
    let from = fixture("check");
    for name in names_in(&from).iter().filter(|name| name.contains('.') && !name.ends_with(".js")) {
        fs::copy(from.join(name), folder.path().join(name)).expect("the file can be copied");
    }
    let made = in_folder(&folder, &["baseline", "before-*", "-o", BASELINE]);
    assert_eq!((code(&made), stderr(&made), stdout(&made)), (0, "", ""));
    folder
}

/// Runs in a folder; a word that ends with `*`, or has `*.`, stands for the names that begin so.
fn in_folder(folder: &TempDir, words: &[&str]) -> Output {
    let mut args: Vec<String> = Vec::new();
    for word in words {
        match word.split_once('*') {
            Some((start, _)) => args.extend(names_in(folder.path()).into_iter().filter(|name| name.starts_with(start))),
            None => args.push((*word).to_owned()),
        }
    }
    heapsift().env_remove("GITHUB_STEP_SUMMARY").current_dir(folder.path()).args(args).output().expect("it runs")
}

fn check(folder: &TempDir, words: &[&str]) -> Output {
    in_folder(folder, &[&["check", "--baseline", BASELINE], words].concat())
}

fn json(output: &Output) -> Value {
    parsed(&output.stdout)
}

#[test]
fn exit_codes_tell_the_verdict() {
    let folder = captures();
    let lenient = ["--no-rules", "--rule", "total +100%"];
    let failing = ["--no-rules", "--rule", "total +5%"];
    // One sample in three runs against none: nobody can tell.
    let unsure = ["--no-rules", "--rule", "category:regular-expressions < 300B"];
    let table: [(&[&str], &str, i32, &str); 7] = [
        (&lenient, "after-*", 0, "pass"),
        (&failing, "after-*", 1, "fail"),
        (&failing, "before-*", 0, "pass"),
        (&unsure, "before-*", 0, "inconclusive"),
        (&["--no-rules", "--rule", "category:regular-expressions < 300B", "--strict"], "before-*", 1, "inconclusive"),
        (&["--no-rules", "--rule", "category:regular-expressions < 300B", "--rule", "total +5%"], "after-*", 1, "fail"),
        // The one that is taken where none is given.
        (&["--no-rules"], "after-*", 1, "fail"),
    ];
    for (args, files, expected, verdict) in table {
        let output = check(&folder, &[args, &["-f", "json", files]].concat());
        assert_eq!((code(&output), stderr(&output)), (expected, ""), "{args:?} {files}");
        assert_eq!(json(&output)["verdict"], verdict, "{args:?} {files}: {}", stdout(&output));
        assert_eq!(json(&output)["passed"], expected == 0);
    }
}

#[test]
fn mistakes_end_with_2_and_no_verdict() {
    let folder = captures();
    write(&folder.path().join("other.toml"), "[[check]]\nrule = 'total +5%'\n");
    write(&folder.path().join("escape.toml"), "\"\\u001B[31m\" = 1");
    let table: [(&[&str], &str); 15] = [
        (&["check", "after-1*", "--no-rules"], "nothing to hold: give --baseline FILE"),
        (&["check", "after-1*", "--no-rules", "--rule", "total +5%"], "the rule total +5% compares with a baseline"),
        (&["check", "after-1*", "--rule", "total 5%"], "character 7: expected `< 40MiB`, `+5%` or `+20MiB`"),
        (
            &["check", "after-1*", "--no-rules", "--rule", "category:json < 4MB"],
            "--rule category:json < 4MB: there is no category `json`",
        ),
        (&["check", "after-1*", "--baseline", "missing.toml"], "missing.toml: cannot read it"),
        (&["check", "after-1*", "--baseline", "."], ".: it is a directory, not a baseline"),
        (&["check", "after-1*", "--baseline", "after-1.heapprofile.zst"], "a baseline is TOML in UTF-8"),
        (
            &["check", "after-1*", "--baseline", "other.toml"],
            "other.toml:1:3: `check`: unknown key; allowed are `kind`",
        ),
        (
            &["check", "after-1*", "--baseline", "escape.toml"],
            "a baseline is what `heapsift baseline FILE… -o F` writes",
        ),
        (&["check", "missing.heapprofile", "after-1*", "--baseline", BASELINE], "missing.heapprofile: cannot read it"),
        (&["check", "--baseline", BASELINE], "required arguments were not provided"),
        (&["baseline", "missing.heapprofile", "-o", "new.toml"], "missing.heapprofile: cannot read it"),
        (&["baseline", "after-1*", "-o", "after-1.heapprofile.zst"], "after-1.heapprofile.zst: a baseline is TOML"),
        (
            &["baseline", "after-1*", "-o", "after-1.md"],
            "after-1.md: a baseline is TOML; give a name that ends in .toml",
        ),
        (&["baseline", "taken", "-o", "taken"], "cannot be the output as well"),
    ];
    fs::copy(folder.path().join("after-1.heapprofile.zst"), folder.path().join("taken")).expect("it can be copied");
    let names = names_in(folder.path());
    for (args, told) in table {
        let output = in_folder(&folder, args);
        assert_eq!((code(&output), stdout(&output)), (2, ""), "{args:?}");
        assert!(stderr(&output).contains(told) && !stderr(&output).contains('\u{1b}'), "{args:?}: {}", stderr(&output));
    }
    assert_eq!(names_in(folder.path()), names, "nothing was written");
    write(&folder.path().join("heapsift.toml"), "[[check]]\nrule = 'total +5% of'\n");
    let output = check(&folder, &["after-1*"]);
    assert_eq!(code(&output), 2);
    let told = "error: heapsift.toml:2:19: `check.rule`: expected `or` and another limit, or the end of the rule\n";
    assert_eq!(stderr(&output), told);
    write(&folder.path().join("heapsift.toml"), "[[check]]\nrule = 'category:modles < 1KB'\n");
    let said = check(&folder, &["after-1*"]);
    assert!(stderr(&said).starts_with("error: heapsift.toml:2:18: `check.rule`: "), "{}", stderr(&said));
    assert!(stderr(&said).contains("did you mean `modules`?"));
}

#[test]
fn a_file_that_is_not_whole_passes_nothing() {
    let folder = captures();
    let text = zstd::decode_all(&read(fixture("check/before-1.heapprofile.zst"))[..]).expect("zstd");
    write(&folder.path().join("cut.heapprofile"), &text[..text.len() / 2]);
    write(&folder.path().join("broken.heapprofile"), [&text[..text.len() / 2], b"\0"].concat());
    let rule = ["--no-rules", "--rule", "total +5%"];
    for file in ["cut.heapprofile", "broken.heapprofile"] {
        let output = check(&folder, &[&rule[..], &["after-1*", file]].concat());
        assert_eq!((code(&output), stdout(&output)), (2, ""), "{file}");
        let output = in_folder(&folder, &["baseline", file]);
        assert_eq!((code(&output), stdout(&output)), (2, ""), "{file}");
    }
    assert_eq!(code(&in_folder(&folder, &["baseline", "--allow-truncated", "broken.heapprofile"])), 2);
    let output = in_folder(&folder, &["baseline", "--allow-truncated", "cut.heapprofile"]);
    assert_eq!((code(&output), stdout(&output).contains("kind = \"baseline\"")), (0, true));
    assert!(stderr(&output).contains("warning: cut.heapprofile ends early: what is missing"), "{}", stderr(&output));
    let allowed = [&rule[..], &["--allow-truncated", "-f", "json"]].concat();
    assert_eq!(code(&check(&folder, &[&allowed[..], &["broken.heapprofile"]].concat())), 2);
    let output = check(&folder, &[&allowed[..], &["cut.heapprofile"]].concat());
    assert_eq!(code(&output), 0);
    assert!(stderr(&output).starts_with("warning: cut.heapprofile: it ends early"), "{}", stderr(&output));
    assert_eq!(json(&output)["rules"][0]["blocker"], "incomplete");
    assert!(json(&output)["warnings"][0].as_str().is_some_and(|text| text.starts_with("cut.heapprofile ends early")));
    let strict = [&allowed[..], &["--strict", "cut.heapprofile"]].concat();
    assert_eq!(code(&check(&folder, &strict)), 1);
}

#[test]
fn the_baseline_is_small_and_the_same_for_any_order_of_files() {
    let folder = captures();
    let text = read(folder.path().join(BASELINE));
    assert!(text.len() < 8 << 10, "{} bytes", text.len());
    let files = ["before-3*", "before-1*", "before-5*", "before-2*", "before-4*"];
    let other = in_folder(&folder, &[&["baseline", "--threads", "2"], &files[..]].concat());
    assert_eq!((code(&other), stdout(&other).as_bytes()), (0, &text[..]));
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(!text.contains("/srv/"), "no folder of a machine: {text}");
}

/// A profile whose one function has this name and so many bytes.
fn with_name(name: &str, bytes: u64) -> String {
    let frame = |name: &str, url: &str| serde_json::json!({"functionName": name, "scriptId": "9", "url": url, "lineNumber": 1, "columnNumber": 1});
    let child =
        serde_json::json!({"callFrame": frame(name, "file:///srv/a.js"), "selfSize": bytes, "id": 2, "children": []});
    let head = serde_json::json!({"callFrame": frame("(root)", ""), "selfSize": 0, "id": 1, "children": [child]});
    serde_json::json!({"head": head, "samples": []}).to_string()
}

#[test]
fn files_of_the_threads_of_a_process_are_one_run() {
    let folder = folder();
    let file = |process: u32, thread: u32, bytes: u64| {
        let name = format!("Heap.20261129.133918.{process}.{thread}.00{}.heapprofile", thread + 1);
        write(&folder.path().join(&name), with_name("serve", bytes + u64::from(process)));
    };
    for process in [7, 8, 9] {
        (0..3).for_each(|thread| file(process, thread, [9 << 20, 1 << 20, 2 << 20][thread as usize]));
    }
    let made = in_folder(&folder, &["baseline", "Heap*", "-o", BASELINE, "--interval", "4096"]);
    assert_eq!(code(&made), 0);
    assert!(stderr(&made).starts_with("warning: 9 files are of 3 processes, by their names"), "{}", stderr(&made));
    let text = String::from_utf8(read(folder.path().join(BASELINE))).expect("UTF-8");
    assert!(text.contains("\nfiles = 3\n") && text.contains("total = { size = 12582936,"), "{text}");
    let rule = ["--no-rules", "--interval", "4096", "-f", "json", "--rule", "total +20%"];
    let output = check(&folder, &[&rule[..], &["Heap*"]].concat());
    assert_eq!((code(&output), json(&output)["files"].as_array().map(Vec::len)), (0, Some(3)), "{}", stdout(&output));
    let args = ["diff", "--interval", "4096", "-f", "json", "--before", "Heap*", "--after", "Heap.20261129.133918.7*"];
    let output = in_folder(&folder, &args);
    let sides = ["before", "after"].map(|side| json(&output)[side].as_array().map(Vec::len));
    assert_eq!((code(&output), sides), (0, [Some(3), Some(1)]), "{}", stderr(&output));
}

#[test]
fn an_interval_that_is_not_known_is_taken_for_the_longest_that_it_can_be() {
    let folder = folder();
    write(&folder.path().join("small.heapprofile"), with_name("work", 40_000));
    write(&folder.path().join("large.heapprofile"), with_name("work", 60 << 20));
    let made = in_folder(&folder, &["baseline", "small.heapprofile", "-o", BASELINE]);
    let told = "warning: the sampling interval is not known, so it is taken for 40,000 B, the longest that these sizes allow\n  \
                give --interval BYTES as it was captured with\n";
    assert_eq!((code(&made), stderr(&made)), (0, told));
    let text = String::from_utf8(read(folder.path().join(BASELINE))).expect("UTF-8");
    assert!(text.contains("\nfiles = 1\nsampling_interval_at_most = 40000\nwriter"), "{text}");
    assert!(text.contains("total = { size = 40000, standard_error = 40000 }"), "{text}");
    let growth = ["--no-rules", "--rule", "total +10%"];
    // The file that has grown tells its interval if that is given; else it is as long as its one size at most.
    let held = |args: &[&str]| check(&folder, &[&growth[..], args].concat());
    let grown = held(&["large.heapprofile", "--interval", "32768", "-f", "json"]);
    let found = json(&grown);
    assert_eq!((code(&grown), stderr(&grown), &found["verdict"]), (1, "", &Value::from("fail")), "{}", stdout(&grown));
    assert_eq!(
        [&found, &found["baseline"]]
            .map(|side| (side["sampling_interval"].as_u64(), side["sampling_interval_at_most"].as_u64())),
        [(Some(32_768), Some(32_768)), (None, Some(40_000))]
    );
    for format in ["text", "markdown", "github"] {
        let output = held(&["large.heapprofile", "--interval", "32768", "-f", format]);
        let shown = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((code(&output), stderr(&output)), (1, ""), "{format}");
        assert!(shown.contains("at most, at the longest interval possible"), "{shown}");
        assert!(shown.contains("it is taken for 40,000 B, the longest that it can be"), "{shown}");
        assert!(
            shown.contains(
                "sampled every 32 KB, against heapsift-baseline.toml (1 run, sampled every 40,000 B at most)"
            ) || format == "github",
            "{shown}"
        );
        assert_eq!(
            shown.contains("::notice title=heapsift::The sampling interval of heapsift-baseline.toml"),
            format == "github",
            "{shown}"
        );
    }
    // One sample of each, or many: nobody can tell.
    write(&folder.path().join("more.heapprofile"), with_name("work", 100_000));
    let unsure = held(&["more.heapprofile", "-f", "json"]);
    let rule = &json(&unsure)["rules"][0];
    assert_eq!((code(&unsure), &rule["blocker"]), (0, &Value::from("within-noise")), "{rule}");
    let of_baseline = held(&["more.heapprofile", "--interval", "32768", "-f", "json"]);
    let remedy = &json(&of_baseline)["rules"][0]["remedy"];
    let anew = "to tell, write the baseline anew with `heapsift baseline --interval BYTES`, if that is known";
    assert!(remedy["text"].as_str().is_some_and(|text| text.starts_with(anew)), "{remedy}");
    assert_eq!(rule["remedy"]["interval"], Value::Null, "{rule}");
    assert!(
        rule["remedy"]["text"].as_str().is_some_and(|text| text.starts_with("to tell, give --interval BYTES")),
        "{rule}"
    );
    // A baseline that was written before tells nothing, and is judged so.
    write(
        &folder.path().join(BASELINE),
        text.replace("sampling_interval_at_most = 40000\n", "").replace(", standard_error = 40000", ""),
    );
    let old = held(&["large.heapprofile", "--interval", "32768", "-f", "json"]);
    assert_eq!(
        (code(&old), &json(&old)["rules"][0]["blocker"]),
        (0, &Value::from("unknown-noise")),
        "{}",
        stdout(&old)
    );
    // Limits in bytes want no baseline.
    let below = |limit: &str, interval: &[&str]| {
        let rule = format!("total < {limit}");
        let args = ["check", "--no-rules", "-f", "json", "--rule", &rule, "small.heapprofile"];
        json(&in_folder(&folder, &[&args[..], interval].concat()))["verdict"].as_str().map(str::to_owned)
    };
    for (limit, interval, expected) in [
        ("40MiB", &[][..], "pass"),
        ("20KB", &[], "inconclusive"),
        ("20KB", &["--interval", "512"], "fail"),
        ("900B", &[], "fail"),
    ] {
        assert_eq!(below(limit, interval).as_deref(), Some(expected), "{limit} {interval:?}");
    }
}

#[test]
fn annotations_cannot_be_broken_out_of() {
    let folder = folder();
    let name = "50%\r\n::error::x\u{1b}[31m ##[error]y, z: \u{202e}";
    write(&folder.path().join("a.heapprofile"), with_name(name, 1 << 20));
    write(&folder.path().join("b.heapprofile"), with_name(name, 1 << 30));
    let interval = ["--interval", "4096"];
    let made = in_folder(&folder, &[&["baseline", "a.heapprofile", "-o", BASELINE], &interval[..]].concat());
    assert_eq!((code(&made), stderr(&made)), (0, ""));
    let summary = folder.path().join("summary.md");
    write(&summary, "before\n");
    let output = heapsift()
        .env("GITHUB_STEP_SUMMARY", &summary)
        .current_dir(folder.path())
        .args(["check", "b.heapprofile", "--baseline", BASELINE, "-f", "github"])
        .args(["--rule", "total +5%", "--rule", "package:(ap) < 1KB", "--rule", "function:\"50%, x\" < 1KB"])
        .args(interval)
        .output()
        .expect("it runs");
    assert_eq!((code(&output), stderr(&output)), (1, ""));
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines.len(), 5, "{lines:#?}");
    assert!(
        lines[0].starts_with("::error title=heapsift%3A total +5%25::1.00 GB ± 2.00 MB, +102300.00%25 on"),
        "{}",
        lines[0]
    );
    let grown = "%0AGrew most: category application by 1023.00 MB; package (app) by 1023.00 MB; \
                 function 50%25\\r\\n::error::x\\u{1b}[31m ##[error]y, z: \\u{202e} (srv/a.js) by 1023.00 MB.";
    assert!(lines[0].ends_with(grown), "{}", lines[0]);
    assert!(lines[1].starts_with("::warning title=heapsift%3A package%3A(ap) < 1KB::"), "{}", lines[1]);
    assert!(lines[1].ends_with("did you mean `(app)`?"), "{}", lines[1]);
    assert!(lines[2].ends_with("so this holds nothing; correct the name, or leave the rule out."), "{}", lines[2]);
    assert!(lines[3].starts_with("::notice title=heapsift::One run of each"), "{}", lines[3]);
    assert_eq!(lines[4], "heapsift check: 1 of 3 rules failed, 2 inconclusive");
    let text = String::from_utf8(read(&summary)).expect("UTF-8");
    assert!(text.starts_with("before\n## ❌ Heap check: 1 of 3 rules failed, 2 inconclusive\n"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.lines().all(|line| !line.starts_with("::")), "{text}");

    // A name that is near to one of a file is told with it.
    write(&folder.path().join("c.heapprofile"), with_name("ev\u{1b}il\n::error::", 1 << 20));
    for format in ["text", "markdown", "github"] {
        let rule = ["--rule", "function:evil::error:: < 1KB"];
        let output = in_folder(&folder, &[&["check", "c.heapprofile", "-f", format], &rule[..]].concat());
        assert_eq!((code(&output), stderr(&output)), (0, ""), "{format}");
        assert!(stdout(&output).contains("ev\\u{1b}il\\n::error::") || format == "markdown", "{}", stdout(&output));
        assert!(!stdout(&output).contains('\u{1b}'), "{format}: {}", stdout(&output));
    }

    let unwritable = heapsift()
        .env("GITHUB_STEP_SUMMARY", folder.path())
        .current_dir(folder.path())
        .args(["check", "a.heapprofile", "--baseline", BASELINE, "-f", "github", "--rule", "total +80%"])
        .args(interval)
        .output()
        .expect("it runs");
    assert_eq!(code(&unwritable), 0);
    assert_eq!(stdout(&unwritable).lines().last(), Some("heapsift check: the rule holds"));
    assert!(
        stderr(&unwritable).starts_with("warning: cannot write the summary of the step"),
        "{}",
        stderr(&unwritable)
    );
}

#[test]
fn formats_follow_the_file() {
    let folder = captures();
    for (name, beginning) in [
        ("out.txt", "heapsift check failed: "),
        ("out.md", "## ❌ Heap check: "),
        ("out.json", "{\"schema_version\":1,\"kind\":\"check\","),
    ] {
        let output = check(&folder, &["after-*", "-o", name]);
        assert_eq!((code(&output), stdout(&output), stderr(&output)), (1, "", ""), "{name}");
        let text = String::from_utf8(read(folder.path().join(name))).expect("UTF-8");
        assert!(text.starts_with(beginning), "{name}: {text}");
    }
}

#[test]
fn what_the_documentation_shows_is_what_is_printed() {
    let (folder, docs) = (captures(), docs());
    let mut shown = 0;
    for block in docs.split("```console\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(block, _)| block) {
        for command in block.split("$ heapsift ").skip(1) {
            let (words, expected) = command.split_once('\n').expect("a line");
            let output = in_folder(&folder, &words.split(' ').collect::<Vec<_>>());
            assert_eq!(stderr(&output), "", "{words}");
            if !expected.is_empty() {
                assert_eq!(stdout(&output), expected, "{words}");
                shown += 1;
            } else if words.contains("-f text") {
                let indented: Vec<_> =
                    stdout(&output).lines().map(|line| format!("    {line}").trim_end().to_owned()).collect();
                assert!(docs.contains(&indented.join("\n")), "{words}: {}", indented.join("\n"));
                shown += 1;
            }
        }
    }
    assert_eq!(shown, 3);
    let markdown = check(&folder, &["after-*", "-f", "markdown"]);
    assert!(docs.contains(stdout(&markdown)), "{}", stdout(&markdown));
    let baseline = read(folder.path().join(BASELINE));
    let (_, block) = docs.split_once("```toml\n# What").expect("the baseline");
    assert_eq!(format!("# What{}", block.split("```").next().expect("its end")).as_bytes(), baseline);
    assert!(docs.contains(&format!("The one of the service above has {} bytes", grouped(baseline.len()))));
    assert_eq!(read(fixture("check").join(BASELINE)), baseline, "the baseline beside the captures");
}

#[test]
fn commands_and_rules_in_the_documentation_are_understood() {
    let help = |command: &str| String::from_utf8_lossy(&run([command, "--help"]).stdout).into_owned();
    let (check, baseline) = (help("check"), help("baseline"));
    let docs = docs();
    let commands: Vec<_> = docs.split("heapsift ").skip(1).filter_map(|rest| rest.lines().next()).collect();
    let mut options = 0;
    for command in commands {
        let help = if command.starts_with("baseline ") { &baseline } else { &check };
        let words = command.split(['`', ' ']).take_while(|word| !word.contains('('));
        for option in words.filter(|word| word.starts_with("--") && word.len() > 2) {
            assert!(help.contains(option.trim_end_matches(['.', ','])), "{command}: {option}");
            options += 1;
        }
    }
    assert!(options >= 5, "{options} options");
    let (_, table) = docs.split_once("| rule | holds if |\n|---|---|\n").expect("the table of rules");
    let rules: Vec<_> = table
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split("` |").next()?.strip_prefix("| `"))
        .collect();
    assert!(rules.len() >= 8, "{rules:?}");
    for rule in rules {
        assert!(rule.parse::<heapsift::rules::CheckRule>().is_ok(), "{rule}");
    }
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    format!("{},{}", &digits[..digits.len() - 3], &digits[digits.len() - 3..])
}

#[test]
fn a_gate_that_holds_nothing_says_so_in_every_format() {
    let folder = folder();
    write(&folder.path().join("empty.heapprofile"), with_name("work", 0));
    write(&folder.path().join("a.heapprofile"), with_name("work", 1 << 20));
    let told = |file: &str, rule: &str| {
        ["text", "markdown", "github", "json"].map(|format| {
            let args = ["check", file, "--no-rules", "--interval", "4096", "-f", format, "--rule", rule];
            let output = in_folder(&folder, &args);
            assert_eq!((code(&output), stderr(&output)), (0, ""), "{format}");
            assert_eq!(code(&in_folder(&folder, &[&args[..], &["--strict"]].concat())), 1, "{format}");
            // A terminal's lines are wrapped.
            stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ")
        })
    };
    for text in told("empty.heapprofile", "total < 400MiB") {
        assert!(text.contains("No allocation was sampled in empty.heapprofile"), "{text}");
        assert!(text.contains("sample at a smaller interval"), "{text}");
    }
    for text in told("a.heapprofile", "function:wrok < 1MiB") {
        assert!(text.contains("nothing of that name has bytes on either side"), "{text}");
        assert!(text.contains("did you mean `work`?") || text.contains("did you mean \\`work\\`?"), "{text}");
    }
    let baseline = in_folder(&folder, &["baseline", "a.heapprofile", "empty.heapprofile", "-o", BASELINE]);
    assert_eq!((code(&baseline), names_in(folder.path()).len()), (2, 2));
    assert!(
        stderr(&baseline).starts_with("error: empty.heapprofile: no allocation was sampled in it"),
        "{}",
        stderr(&baseline)
    );
}

#[test]
fn runs_that_are_not_alike_are_warned_of_and_equal_ones_count_once() {
    let folder = folder();
    let text = |bytes: u64| with_name("work", bytes);
    write(&folder.path().join("a.heapprofile"), text(1 << 20));
    write(&folder.path().join("b.heapprofile"), text(3 << 19));
    // The same capture, indented.
    let value: Value = serde_json::from_str(&text(1 << 20)).expect("JSON");
    write(&folder.path().join("copy.heapprofile"), serde_json::to_string_pretty(&value).expect("JSON"));
    fs::copy(fixture("dialects/xprofiler.heapprofile"), folder.path().join("other.heapprofile")).expect("a copy");
    let interval = ["--interval", "4096"];
    let baseline = |files: &[&str]| in_folder(&folder, &[&["baseline"], files, &interval[..]].concat());
    let (twice, once) = (baseline(&["a.heapprofile", "copy.heapprofile"]), baseline(&["a.heapprofile"]));
    assert_eq!((code(&twice), stdout(&twice)), (0, stdout(&once)));
    let told = "warning: copy.heapprofile is the same capture as a.heapprofile: it counts once.";
    assert!(stderr(&twice).starts_with(told), "{}", stderr(&twice));
    assert_eq!(stderr(&once), "");

    let mixed = ["a.heapprofile", "b.heapprofile", "copy.heapprofile", "other.heapprofile"];
    for format in ["text", "markdown", "github", "json"] {
        let args =
            [&["check", "--no-rules", "--rule", "total < 1GB", "-f", format], &mixed[..], &interval[..]].concat();
        let output = in_folder(&folder, &args);
        assert_eq!((code(&output), stderr(&output)), (0, ""), "{format}");
        let shown = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains("copy.heapprofile is the same capture as a.heapprofile: it counts once."), "{shown}");
        assert!(shown.contains("The files are of different writers"), "{shown}");
    }
}
