//! The command line: arguments in, exit code out.
//!
//! `args` is what a user types, `report` what `heapsift report` does with it. The report goes to standard output, everything
//! else to standard error. Exit codes: 0 done; 1 done, a gate failed; 2 usage, input or parse error; 130 interrupted.

mod args;
mod interrupt;
mod messages;
mod output;
mod progress;
mod report;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::scan::Backend;

pub(crate) use args::Args;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    /// Everything was done.
    Done = 0,
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
    let args: Vec<OsString> = args.into_iter().collect();
    let args = match Args::try_parse_from(&args) {
        Ok(args) => args,
        Err(error) => {
            messages::usage(&error, &args);
            return if error.use_stderr() { Status::Failed.into() } else { Status::Done.into() };
        }
    };
    let report = args.report();
    let messages = messages::Messages::new(report.color, report.quiet, report.verbose);
    if let Err(message) = Backend::forced() {
        messages.error(&crate::report::escaped(&message));
        return Status::Failed.into();
    }
    report::run(report, &messages).into()
}
