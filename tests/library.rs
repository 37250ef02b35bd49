//! What a program that uses the library relies on: its report is the command's, errors go with `?`, and no argument makes it panic.

use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use heapsift::aggregate::{Kept, ReadOptions, read};
use heapsift::analysis::model::{Diff, DiffOptions, Merge, Panel, Profile, Report, ReportOptions};
use heapsift::classify::Classifier;
use heapsift::cpu;
use heapsift::error::Kind;
use heapsift::input::{Input, Options};
use heapsift::profile::Classify;
use heapsift::report::{Format, Style, render};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Profiles of several writers; the first has more stacks than a report shows.
const PROFILES: [&str; 3] = [
    "seed/x-heapprofile-3070674-20251207-1.heapprofile",
    "dialects/inspector.heapprofile",
    "dialects/xprofiler.heapprofile",
];

fn profile_of(path: &Path, input: &Options, options: &ReadOptions<'_>) -> Result<Profile, Box<dyn Error>> {
    let mut input = Input::open(path, input)?;
    let outcome = read(&mut input, &Classifier::builtin()?, options)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (profile, problem) = Profile::from_outcome(name, input.compressed_bytes(), outcome);
    problem.map_or(Ok(profile), |problem| Err(problem.into()))
}

fn printed(profile: &Profile, options: ReportOptions, format: Format) -> Result<String, Box<dyn Error>> {
    let classifier = Classifier::builtin()?;
    let report = Report::new(profile, options).with_advice(classifier.rules())?;
    let mut out = Vec::new();
    render(&report, format, &Style::default(), &mut out)?;
    Ok(String::from_utf8(out)?)
}

#[test]
fn a_report_by_default_is_that_of_the_command() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for (name, format) in PROFILES.into_iter().flat_map(|name| [(name, Format::Json), (name, Format::Markdown)]) {
        let path = fixture(name);
        let profile = profile_of(&path, &Options::default(), &ReadOptions::default())?;
        let here = printed(&profile, ReportOptions::default(), format)?;
        let word = if format == Format::Json { "json" } else { "markdown" };
        // Where there are no rules of a user.
        let mut command = Command::new(env!("CARGO_BIN_EXE_heapsift"));
        let output = command.current_dir(folder.path()).args(["-f", word]).arg(&path).output()?;
        assert!(output.status.success(), "{name}");
        assert!(here == String::from_utf8(output.stdout)?, "{name} as {word}");
    }
    let few = ReadOptions { stacks: 20, ..ReadOptions::default() };
    let reports = [few, ReadOptions::default()].map(|options| {
        let profile = profile_of(&fixture(PROFILES[0]), &Options::default(), &options)?;
        printed(&profile, ReportOptions::default(), Format::Json)
    });
    let [few, whole] = reports;
    assert!(few? != whole?, "this profile tells how many stacks were kept");
    Ok(())
}

#[test]
fn code_that_is_minified_is_told_until_maps_are_used() -> Result<(), Box<dyn Error>> {
    let frame = |number: u32| {
        format!(
            r#"{{"callFrame":{{"functionName":"f{number}","scriptId":"1","url":"file:///srv/app/dist/bundle.js","lineNumber":0,
                "columnNumber":{}}},"selfSize":1000,"children":[]}}"#,
            1000 + number
        )
    };
    let frames: Vec<String> = (0..20).map(frame).collect();
    let root = r#"{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}"#;
    let text = format!(r#"{{"head":{{"callFrame":{root},"selfSize":0,"children":[{}]}}}}"#, frames.join(","));
    let mut input = Input::from_bytes(text.into_bytes());
    let outcome = read(&mut input, &Classifier::builtin()?, &ReadOptions::default())?;
    let (mut profile, _) = Profile::from_outcome("bundle".to_owned(), None, outcome);
    let is_told = |profile: &Profile| profile.warnings.iter().any(|warning| warning.kind == "minified");
    assert!(is_told(&profile));
    profile.note_source_maps(Vec::new());
    assert!(!is_told(&profile));
    Ok(())
}

#[test]
fn a_pass_ends_where_no_more_is_wanted() -> Result<(), Box<dyn Error>> {
    let text = fs::read(fixture(PROFILES[0]))?;
    let most = text.len() as u64 / 3;
    let classifier = Classifier::builtin()?;
    let stop = |reading: heapsift::aggregate::Reading| match reading.text > most {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let small = ReadOptions { window_size: ReadOptions::MIN_WINDOW_SIZE, ..ReadOptions::default() };
    let inputs = || [Input::from_bytes(text.clone()), Input::from_reader(std::io::Cursor::new(text.clone()))];
    for (mut stopped, mut whole) in inputs().into_iter().zip(inputs()) {
        let outcome = read(&mut stopped, &classifier, &ReadOptions { progress: &stop, ..small })?;
        let problem = outcome.problem.as_ref().ok_or("it was stopped")?;
        let offset = problem.place.as_ref().ok_or("it is known where")?.offset;
        assert!(matches!(problem.kind, Kind::Stopped) && offset > most, "{problem}");
        let all = read(&mut whole, &classifier, &small)?.aggregate.total_size;
        assert!((1..all).contains(&outcome.aggregate.total_size), "what stands before is added up");
        let (profile, _) = Profile::from_outcome("a part".to_owned(), None, outcome);
        assert!(printed(&profile, ReportOptions::default(), Format::Markdown)?.contains("reading was stopped (byte"));
    }
    // Before there is anything: an error.
    let at_once = ReadOptions { progress: &|_| ControlFlow::Break(()), ..small };
    let long = [b"{\"unknown\":[", &b"1,".repeat(1 << 20)[..], b"1]"].concat();
    let stopped = read(&mut Input::from_bytes(long), &classifier, &at_once).map(drop);
    assert!(matches!(stopped.map_err(|problem| problem.kind), Err(Kind::Stopped)));
    let times = fs::read(fixture("seed/x-cpuprofile-2645570-20250228-0.cpuprofile"))?;
    let options = cpu::ReadOptions { block_size: 4096, progress: &|_| ControlFlow::Break(()), ..Default::default() };
    let stopped = cpu::read(&mut Input::from_bytes(times), &classifier, &options).map(drop);
    assert!(matches!(stopped.map_err(|problem| problem.kind), Err(Kind::Stopped)));
    Ok(())
}

/// Reads what is no heap profile.
fn fails(text: &'static [u8]) -> Result<(), Box<dyn Error>> {
    let classifier = Classifier::builtin()?;
    let mut input = Input::from_bytes(text);
    let options = ReadOptions::default();
    Kept::new(&classifier, None).read(&mut input, &options)?;
    Ok(())
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    let message = |text| fails(text).map_err(|error| error.to_string());
    assert_eq!(message(b"{}"), Err("no heap profile: its JSON has no \"head\"".to_owned()));
    assert_eq!(message(b"{\"head\" 1}"), Err("expected a colon after the key (byte 8)".to_owned()));
    let missing = profile_of(Path::new("none.heapprofile"), &Options::default(), &ReadOptions::default());
    let missing = missing.map(drop).expect_err("there is no such file").to_string();
    assert!(missing.starts_with("cannot read it: "), "{missing}");
}

#[test]
fn no_argument_makes_it_panic() -> Result<(), Box<dyn Error>> {
    let path = fixture(PROFILES[0]);
    let plain = ReadOptions::default();
    let expected = profile_of(&path, &Options::default(), &plain)?;
    let expected = printed(&expected, ReportOptions::default(), Format::Json)?;
    for extreme in [0, 1, usize::MAX] {
        for options in [
            ReadOptions { window_size: extreme, ..plain },
            ReadOptions { program_memory: extreme, ..plain },
            ReadOptions { stacks: extreme.max(ReadOptions::STACKS), ..plain },
        ] {
            for mmap in [true, false] {
                let profile = profile_of(&path, &Options { mmap, chunk: extreme }, &options)?;
                assert!(printed(&profile, ReportOptions::default(), Format::Json)? == expected, "{extreme}");
            }
        }
        // Too little memory is an error, not a panic.
        let _ = profile_of(&path, &Options::default(), &ReadOptions { max_memory: Some(extreme), ..plain });
        let no_room = ReadOptions { max_memory: Some(1 << 30), program_memory: extreme, ..plain };
        assert_eq!(profile_of(&path, &Options::default(), &no_room).is_ok(), extreme < usize::MAX);
        let profile = profile_of(&path, &Options::default(), &ReadOptions { stacks: extreme, ..plain })?;
        for interval in [None, Some(extreme as u64)] {
            for relative in [true, false] {
                let options = ReportOptions { limit: Some(extreme), stacks: extreme, relative, interval };
                for format in [Format::Json, Format::Markdown, Format::Text] {
                    printed(&profile, options, format)?;
                }
            }
        }
    }
    let pipe = fs::read(&path)?;
    let stream = Input::from_reader(std::io::Cursor::new(pipe));
    let outcome = read(&mut { stream }, &Classifier::builtin()?, &ReadOptions { window_size: usize::MAX, ..plain })?;
    assert!(outcome.problem.is_none());
    Ok(())
}

#[test]
fn an_interval_of_0_is_none() -> Result<(), Box<dyn Error>> {
    let path = fixture(PROFILES[0]);
    let read = || profile_of(&path, &Options::default(), &ReadOptions { keep_tree: true, ..ReadOptions::default() });
    let profile = read()?;
    let none = ReportOptions { interval: Some(0), ..ReportOptions::default() };
    let expected = printed(&profile, ReportOptions::default(), Format::Json)?;
    assert!(printed(&profile, none, Format::Json)? == expected);
    let mut panel = Panel::new(Classifier::builtin()?.rules().categories());
    for interval in [Some(0), None] {
        panel.add(&profile, interval);
    }
    assert_eq!(panel.members()[0].sampling, panel.members()[1].sampling);
    let merged = |interval| {
        let mut merge = Merge::default();
        merge.add(read()?, interval);
        let classifier = Classifier::builtin()?;
        Ok::<_, Box<dyn Error>>(merge.finish(classifier.rules().categories(), &ReadOptions::default()).sampling)
    };
    assert_eq!(merged(Some(0))?, merged(None)?);
    Ok(())
}

#[test]
fn blocks_of_a_cpu_profile_may_be_of_any_size() -> Result<(), Box<dyn Error>> {
    let path = fixture("seed/x-cpuprofile-2645570-20250228-0.cpuprofile");
    let total = |block_size, max_memory| -> Result<u64, Box<dyn Error>> {
        let mut input = Input::open(&path, &Options::default())?;
        let options = cpu::ReadOptions { block_size, max_memory, ..cpu::ReadOptions::default() };
        Ok(cpu::read(&mut input, &Classifier::builtin()?, &options)?.total)
    };
    let expected = total(1 << 20, None)?;
    for block_size in [0, 1 << 12, usize::MAX] {
        assert_eq!(total(block_size, None)?, expected, "{block_size}");
        assert_eq!(total(block_size, Some(1 << 30))?, expected, "{block_size}");
    }
    Ok(())
}

#[test]
fn a_side_has_no_more_members_than_there_are() -> Result<(), Box<dyn Error>> {
    let mut panel = Panel::new(Classifier::builtin()?.categories());
    for name in &PROFILES[..2] {
        panel.add(&profile_of(&fixture(name), &Options::default(), &ReadOptions::default())?, None);
    }
    for normalise in [false, true] {
        let [all, more] = [2, 3].map(|before| Diff::new(&panel, DiffOptions { before, normalise }));
        assert_eq!(more.changes(), all.changes());
    }
    Ok(())
}
