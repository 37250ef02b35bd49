//! The command line: arguments in, exit code out.
//!
//! `args` is what a user types, `report`, `rules` and `bench` what the commands of these names do with it. The report goes to standard output, everything
//! else to standard error. Exit codes: 0 done; 1 done, a gate failed; 2 usage, input or parse error; 130 interrupted.

mod application;
mod args;
mod baseline;
mod batch;
mod bench;
mod check;
mod cpu;
mod diff;
mod export;
mod fault;
mod interrupt;
mod manual;
mod merged;
mod messages;
mod output;
mod progress;
mod remedy;
mod report;
mod room;
mod rules;
mod runs;
mod session;
mod sides;
mod source_maps;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::input::outlive_file_limits;
use crate::scan::Backend;

use args::{Args, Command};
use messages::Messages;
use output::Content;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    /// Everything was done.
    Done = 0,
    /// Everything was done, and a gate failed.
    GateFailed = 1,
    /// A file or the usage is wrong.
    Failed = 2,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Runs the command line and gives its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    outlive_file_limits();
    let args: Vec<OsString> = args.into_iter().collect();
    let parsed = Args::try_parse_from(&args).and_then(|parsed| match parsed.mistyped() {
        Some(error) => Err(error),
        None => Ok(parsed),
    });
    let args = match parsed {
        Ok(args) => args,
        Err(error) if error.kind() == ErrorKind::DisplayVersion && Backend::forced().is_err() => {
            return refuse_backend(&Messages::new(args::When::Auto, false, false));
        }
        Err(error) => {
            let printed = messages::usage(&error, &args);
            if let Err(problem) = &printed {
                Messages::new(args::When::Auto, false, false)
                    .error(&format_args!("cannot write standard output: {problem}"));
            }
            return if error.use_stderr() || printed.is_err() { Status::Failed.into() } else { Status::Done.into() };
        }
    };
    let command = args.into_command();
    let messages = match &command {
        Command::Report(args) => Messages::of(&args.talk),
        Command::Doctor(args) => Messages::of(&args.talk),
        Command::Baseline(args) => Messages::of(&args.talk),
        Command::Check(args) => Messages::of(&args.talk).with_annotations(args.is_for_github()),
        Command::Batch(args) => Messages::of(&args.talk),
        Command::Diff(args) => Messages::of(&args.talk),
        Command::Export(args) => Messages::of(&args.talk),
        Command::Bench(args) => Messages::new(args.color, args.quiet, false),
        Command::Rules(_) | Command::Completions(_) | Command::Man(_) | Command::BenchRun(_) => {
            Messages::new(args::When::Auto, false, false)
        }
    };
    if Backend::forced().is_err() {
        return refuse_backend(&messages);
    }
    let status = match command {
        Command::Report(args) => report::run(*args, Content::Report, &messages),
        Command::Doctor(args) => report::run((*args).into(), Content::Findings, &messages),
        Command::Baseline(args) => baseline::run(&args, &messages),
        Command::Check(args) => check::run(&args, &messages),
        Command::Batch(args) => batch::run(&args, &messages),
        Command::Diff(args) => diff::run(&args, &messages),
        Command::Export(args) => export::run(&args, &messages),
        Command::Bench(args) => bench::run(&args, &messages),
        Command::Rules(command) => rules::run(&command, &messages),
        Command::Completions(args) => manual::complete(&args, &messages),
        Command::Man(args) => manual::run(&args, &messages),
        Command::BenchRun(args) => bench::run_once(&args, &messages),
    };
    messages.memory();
    status.into()
}

/// Says what is wrong with the instruction set that was asked for.
fn refuse_backend(messages: &Messages) -> ExitCode {
    if let Err(message) = Backend::forced() {
        messages.error(&crate::report::escaped(&message));
    }
    Status::Failed.into()
}
