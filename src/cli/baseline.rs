//! `heapsift baseline`: writes down what the runs of a program allocate.

use std::path::PathBuf;

use super::Status;
use super::args::{ReadArgs, TalkArgs};
use super::interrupt;
use super::messages::Messages;
use super::output::Output;
use super::runs;
use super::session::Session;
use crate::analysis::model::Summary;
use crate::profile::Interval;
use crate::report::{escaped, write_baseline};

#[derive(Debug, clap::Args)]
pub(crate) struct BaselineArgs {
    /// Heap profiles of several runs of one version, 3 to 5 of them: by how much they differ is part of the baseline
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Write the baseline to FILE instead of standard output; whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    read: ReadArgs,

    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

/// `heapsift baseline`.
pub(super) fn run(args: &BaselineArgs, messages: &Messages) -> Status {
    interrupt::install();
    match write(args, messages) {
        Ok(()) => Status::Done,
        Err((status, message)) => {
            message.iter().for_each(|message| messages.error(message));
            status
        }
    }
}

/// Fails with what is still to be said.
fn write(args: &BaselineArgs, messages: &Messages) -> Result<(), (Status, Option<String>)> {
    let fail = |message: String| (Status::Failed, Some(message));
    let session = Session::open(&args.read, &args.files, messages).map_err(|fault| fail(fault.into()))?;
    let output = Output::of_baseline(args.output.as_deref(), &args.read.inputs(&args.files));
    let mut output = output.map_err(|error| fail(error.to_string()))?;
    // What is not whole is a measure only where the user says so.
    let may_end_early = args.read.allow_truncated;
    let runs = runs::read(&session, &args.files, may_end_early, &args.talk, messages);
    let runs = runs.map_err(|status| (status, None))?;
    session.room_for("the baseline", Summary::memory(&runs), messages).map_err(fail)?;
    if let Some(run) = runs.members().iter().find(|run| run.total_size == 0) {
        return Err(fail(format!(
            "{}: no allocation was sampled in it, so it is no measure\n  let the program work while it is profiled, and sample at a smaller interval",
            escaped(&run.file.name)
        )));
    }
    let summary = Summary::of(&runs).shortened();
    for warning in Summary::doubts(&runs) {
        messages.warning(&escaped(&format!("{} {}", warning.message, warning.remedy)));
    }
    if summary.interval.is_none() {
        let consequence = match summary.longest_interval() {
            Some(longest) => format!("it is taken for {}, the longest that these sizes allow", Interval(longest)),
            None => "neither is the noise of these sizes".to_owned(),
        };
        messages.warning(&format_args!(
            "the sampling interval is not known, so {consequence}\n  give --interval BYTES as it was captured with"
        ));
    }
    let written = output.print(|_, _, out| write_baseline(&summary, out));
    written.and_then(|()| output.finish()).map_err(|error| fail(error.to_string()))
}
