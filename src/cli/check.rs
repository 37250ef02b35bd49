//! `heapsift check`: holds rules against runs of a program and a baseline, for the build that a change must pass.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::Status;
use super::args::{ReadArgs, TalkArgs};
use super::fault::Fault;
use super::interrupt;
use super::messages::Messages;
use super::output::Output;
use super::rules;
use super::runs;
use super::session::{Session, name_of};
use crate::analysis::model::{Check, Subjects, Summary};
use crate::report::{Format, Style, escaped, render_check, write_annotations};
use crate::rules::{CheckRule, called_otherwise};

/// What is held where there is a baseline and no rule.
const USUAL: &str = "total +10%";
/// The file that GitHub Actions shows as the summary of a step.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Heap profiles of one run or, better, of several; `-` is standard input. gzip and zstd are recognised by content
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// What `heapsift baseline` wrote, to compare with
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// What must hold, such as 'total +5% or 20MiB', 'category:json-parsing < 40MiB', 'package:typeorm +10%'; repeatable, beside [[check]] in
    /// heapsift.toml [default with a baseline: 'total +10%']
    #[arg(long, value_name = "RULE")]
    rule: Vec<CheckRule>,

    /// Fail as well where the captures do not tell
    #[arg(long)]
    strict: bool,

    /// Format [default: by the extension of -o, else text on a terminal and markdown elsewhere]; github: annotations, and Markdown into the file that
    /// GITHUB_STEP_SUMMARY names
    #[arg(short, long, value_enum)]
    format: Option<CheckFormat>,

    /// Write the outcome to FILE instead of standard output; whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    read: ReadArgs,

    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    Text,
    Markdown,
    Html,
    Json,
    Github,
}

impl CheckArgs {
    /// Whether the outcome is to be shown in a pull request.
    pub(crate) fn is_for_github(&self) -> bool {
        self.format == Some(CheckFormat::Github)
    }
}

/// The same of arguments that could not be understood.
pub(super) fn wants_annotations(args: &[OsString]) -> bool {
    let mut args = args.iter().skip(1).map(|arg| arg.to_string_lossy());
    if args.next().as_deref() != Some("check") {
        return false;
    }
    let args: Vec<_> = args.collect();
    let is_apart = |pair: &[Cow<'_, str>]| ["-f", "--format"].contains(&&*pair[0]) && pair[1] == "github";
    let is_one = |arg: &Cow<'_, str>| ["-fgithub", "-f=github", "--format=github"].contains(&&**arg);
    args.windows(2).any(is_apart) || args.iter().any(is_one)
}

impl CheckFormat {
    /// The format of a report that it is like.
    fn plain(self) -> Format {
        match self {
            Self::Text | Self::Github => Format::Text,
            Self::Markdown => Format::Markdown,
            Self::Html => Format::Html,
            Self::Json => Format::Json,
        }
    }
}

/// `heapsift check`.
pub(super) fn run(args: &CheckArgs, messages: &Messages) -> Status {
    interrupt::install();
    check(args, messages).unwrap_or_else(|(status, fault)| {
        fault.iter().for_each(|fault| messages.fault(fault));
        status
    })
}

/// Fails with what is still to be said.
fn check(args: &CheckArgs, messages: &Messages) -> Result<Status, (Status, Option<Fault>)> {
    let fail = |fault: Fault| (Status::Failed, Some(fault));
    let session = Session::open(&args.read, &args.files, messages).map_err(fail)?;
    let rules = rules_in_force(args, &session).map_err(|message| fail(message.into()))?;
    for (rule, (former, now)) in args.rule.iter().filter_map(|rule| Some((rule, rule.former_category()?))) {
        messages.warning(&escaped(&format!("--rule {}: {}", rule.text, called_otherwise(former, now))));
    }
    let baseline = args.baseline.as_deref().map(read_baseline).transpose().map_err(fail)?;
    let inputs = args.read.inputs(args.files.iter().chain(&args.baseline));
    let format = Output::format(args.format.map(CheckFormat::plain), args.output.as_deref());
    let output = format.and_then(|format| Output::open(args.output.as_deref(), format, args.talk.color, &inputs));
    let mut output = output.map_err(|error| fail(error.to_string().into()))?;
    let runs = runs::read(&session, &args.files, args.read.allow_truncated, &args.talk, messages);
    let runs = runs.map_err(|status| (status, None))?;
    session.room_for("the check", Summary::memory(&runs), messages).map_err(|message| fail(message.into()))?;

    let before = baseline.as_ref().map(|(name, summary)| (name.as_str(), summary));
    let subjects = Subjects { runs: &runs, now: &Summary::of(&runs), before };
    let check = Check::new(&rules, subjects, args.strict).map_err(|error| fail(escaped(&error.to_string()).into()))?;
    let is_github = args.is_for_github();
    let written = output.print(|format, style, out| match is_github {
        true => write_annotations(&check, out),
        false => render_check(&check, format, style, out),
    });
    written.and_then(|()| output.finish()).map_err(|error| fail(error.to_string().into()))?;
    if is_github {
        summarize(&check, messages);
    }
    Ok(if check.is_passed() { Status::Done } else { Status::GateFailed })
}

/// Those of the files, then those of the arguments; without any the usual one.
fn rules_in_force(args: &CheckArgs, session: &Session<'_>) -> Result<Vec<CheckRule>, String> {
    let known = session.classifier.rules();
    let mut rules: Vec<CheckRule> = known.checks().iter().chain(&args.rule).cloned().collect();
    if rules.is_empty() && args.baseline.is_some() {
        rules.extend(CheckRule::parse(USUAL));
    }
    if rules.is_empty() {
        return Err(
            "nothing to hold: give --baseline FILE, --rule 'total < 400MiB', or [[check]] in heapsift.toml".to_owned()
        );
    }
    for rule in &rules {
        known.knows_subject(rule).map_err(|message| escaped(&format!("--rule {}: {message}", rule.text)))?;
    }
    match rules.iter().find(|rule| args.baseline.is_none() && rule.needs_baseline()) {
        Some(rule) => Err(format!(
            "the rule {} compares with a baseline: give --baseline FILE\n  `heapsift baseline FILE… -o heapsift-baseline.toml` writes one",
            escaped(&rule.text)
        )),
        None => Ok(rules),
    }
}

/// The baseline with its name.
fn read_baseline(path: &Path) -> Result<(String, Summary), Fault> {
    let remedy = "a baseline is what `heapsift baseline FILE… -o F` writes";
    let file = rules::read_as(path, "baseline")?;
    let summary = Summary::from_toml(&file.name, &file.text);
    let summary = summary.map_err(|error| Fault::of_rule(&error).with_remedy(remedy))?;
    Ok((name_of(path), summary))
}

/// Adds the outcome to the summary of the step, if there is one.
fn summarize(check: &Check<'_>, messages: &Messages) {
    let Some(path) = std::env::var_os(STEP_SUMMARY).filter(|path| !path.is_empty()) else { return };
    let mut text = Vec::new();
    let rendered = render_check(check, Format::Markdown, &Style::default(), &mut text);
    let file = rendered.and_then(|()| File::options().append(true).create(true).open(&path));
    // The verdict stands whether or not it can be shown there.
    if let Err(error) = file.and_then(|mut file| file.write_all(&text)) {
        let path = escaped(&Path::new(&path).display().to_string());
        messages.warning(&format_args!("cannot write the summary of the step, {path}: {error}"));
    }
}
