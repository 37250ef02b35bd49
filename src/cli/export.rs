//! `heapsift export`: writes the stacks of a profile for another tool.

use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::Status;
use super::args::{PatternArgs, ReadArgs, TalkArgs, size};
use super::interrupt;
use super::merged::Merging;
use super::messages::Messages;
use super::output::Output;
use super::progress::Progress;
use super::remedy::Consequence;
use super::session::{Pass, Session, name_of};
use crate::aggregate::ReadOptions;
use crate::analysis::model::Profile;
use crate::error::Error;
use crate::export::{Export, ExportError, Target};
use crate::report::{Format, escaped};

#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// A heap profile; `-` is standard input. gzip and zstd are recognised by content. With --merge several
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// What to write
    #[arg(long, value_enum, value_name = "TARGET")]
    to: TargetName,

    /// Write it to FILE instead of standard output; whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write all files as if they were one profile: nodes with the same path are added up
    #[arg(long)]
    merge: bool,

    /// Leave out calls that have less in them, with what they call, such as 64K; their bytes are written for their caller
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "0")]
    min_size: usize,

    #[command(flatten)]
    patterns: PatternArgs,

    #[command(flatten)]
    read: ReadArgs,

    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TargetName {
    /// For `go tool pprof`, compressed (.pb.gz)
    Pprof,
    /// For speedscope (`https://www.speedscope.app`, .json)
    Speedscope,
    /// A line for each stack and its bytes, which flame graph tools read
    Folded,
    /// A flame graph for a browser
    Svg,
    /// A heap profile for DevTools: smaller, filtered, merged or with its sources
    Heapprofile,
}

impl From<TargetName> for Target {
    fn from(name: TargetName) -> Self {
        match name {
            TargetName::Pprof => Self::Pprof,
            TargetName::Speedscope => Self::Speedscope,
            TargetName::Folded => Self::Folded,
            TargetName::Svg => Self::Svg,
            TargetName::Heapprofile => Self::HeapProfile,
        }
    }
}

/// `heapsift export`.
pub(super) fn run(args: &ExportArgs, messages: &Messages) -> Status {
    interrupt::install();
    match export(args, messages) {
        Ok(status) => status,
        Err(message) => {
            messages.error(&message);
            Status::Failed
        }
    }
}

/// Fails with what is to be said.
fn export(args: &ExportArgs, messages: &Messages) -> Result<Status, String> {
    if args.files.len() > 1 && !args.merge {
        return Err("one profile is exported at a time\n  give --merge to export the sum of all".to_owned());
    }
    let is_stdout = args.output.as_deref().is_none_or(|path| path.as_os_str() == "-");
    if args.to == TargetName::Pprof && is_stdout && stdout().is_terminal() {
        return Err("a profile for pprof is no text; give -o FILE, such as -o heap.pb.gz".to_owned());
    }
    let session = Session::open(&args.read, &args.files, messages)?;
    let opened = Output::open(args.output.as_deref(), Format::Json, args.talk.color, &args.read.inputs(&args.files));
    let mut output = opened.map_err(|error| error.to_string())?;
    let (Some(profile), status) = read(args, &session, messages) else { return Ok(Status::Failed) };
    messages.arguments(&profile.file.name, &profile);
    let export = Export { least: args.min_size as u64, interval: args.read.interval };
    let mut failed = None;
    let written = output.print(|_, _, out| match export.write(&profile, args.to.into(), out) {
        Err(ExportError::Write(error)) => Err(error),
        done => {
            failed = done.err();
            Ok(())
        }
    });
    if let Some(error) = failed {
        return Err(format!("{}: {error}", escaped(&profile.file.name)));
    }
    written.and_then(|()| output.finish()).map_err(|error| error.to_string())?;
    Ok(status)
}

/// Reads the profile, or the sum of all. What is wrong with files has been said then.
fn read(args: &ExportArgs, session: &Session<'_>, messages: &Messages) -> (Option<Profile>, Status) {
    let filters = args.patterns.filters();
    let set_aside = Target::from(args.to).memory();
    let pass = Pass { without_causes: true, set_aside, ..Pass::default() };
    match &args.files[..] {
        [path] if !args.merge => {
            let later_of_node = Export::PER_NODE;
            read_one(path, Pass { filters, keep_tree: true, later_of_node, ..pass }, args, session, messages)
        }
        files => {
            let of_the_sum = ReadOptions {
                filters: &filters,
                max_memory: args.read.max_memory,
                stacks: 0,
                causes: false,
                keep_tree: true,
                later_of_node: Export::PER_NODE,
                ..ReadOptions::default()
            };
            Merging { session, pass, of_the_sum, no_cpu: None, talk: &args.talk, messages }.read(files)
        }
    }
}

fn read_one(
    path: &Path,
    pass: Pass<'_>,
    args: &ExportArgs,
    session: &Session<'_>,
    messages: &Messages,
) -> (Option<Profile>, Status) {
    let progress = Progress::new(&name_of(path), args.talk.progress, messages.is_quiet());
    let outcome = session.read(path, pass, &progress, messages);
    progress.clear();
    let (profile, problem) = match outcome {
        Ok((profile, problem)) => (Some(profile), problem),
        Err(problem) => (None, Some(problem)),
    };
    let Some(problem) = problem else { return (profile, Status::Done) };
    let (consequence, status) = match profile {
        Some(_) if args.read.allow_truncated && problem.is_early_end() => (Consequence::Tolerated, Status::Done),
        Some(_) => (Consequence::Part, Status::Failed),
        None => (Consequence::Nothing, Status::Failed),
    };
    messages.problem(&Error { file: path.display().to_string(), problem }, consequence);
    (profile, status)
}
