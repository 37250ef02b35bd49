//! `heapsift bench`: measures the parser with files, or with a generated one, and prints the figures.

mod args;
mod process;
mod progress;
mod temporary;

use std::path::Path;

pub(super) use args::{BenchArgs, RunArgs};
pub(super) use process::run_once;

use self::process::Starter;
use self::progress::RunProgress;
use self::temporary::Temporary;
use super::Status;
use super::interrupt;
use super::messages::Messages;
use super::output::Output;
use super::remedy::Consequence;
use crate::bench::{Failure, Generated, Measured, Plan, Subject, Totals, first_pass, measure, write_json, write_table};
use crate::error::Error;
use crate::report::{Format, escaped};

/// Measures all files; those that cannot be measured do not keep the others from it.
pub(super) fn run(args: &BenchArgs, messages: &Messages) -> Status {
    interrupt::install();
    let prepared = args.check().and_then(|()| args.format()).and_then(|format| {
        let output = Output::open(args.output.as_deref(), format, args.color, &args.files);
        let starter = Starter::new(args.plan().settings)?;
        Ok((output.map_err(|error| error.to_string())?, starter))
    });
    let (output, starter) = match prepared {
        Ok(prepared) => prepared,
        Err(message) => {
            messages.error(&message);
            return Status::Failed;
        }
    };
    let mut bench = Bench { args, plan: args.plan(), starter, messages, output, first: true };
    let mut status = Status::Done;
    if let Some((generated, options)) = args.generated() {
        let progress = RunProgress::start("generating a profile", 0, args);
        let made = Temporary::generate(&options);
        progress.clear();
        match made {
            Ok((file, truth)) => status = bench.file(&file.path, Some((generated, Totals::from(&truth)))),
            Err(message) => {
                messages.error(&message);
                status = Status::Failed;
            }
        }
    }
    for path in &args.files {
        status = status.max(bench.file(path, None));
    }
    if bench.first {
        // Nothing was measured: no file is written.
        return status;
    }
    if let Err(error) = bench.output.finish() {
        messages.error(&error);
        return Status::Failed;
    }
    status
}

struct Bench<'a> {
    args: &'a BenchArgs,
    plan: Plan,
    starter: Starter,
    messages: &'a Messages,
    output: Output,
    /// Whether nothing was printed yet.
    first: bool,
}

impl Bench<'_> {
    /// Measures a file and prints its figures. A generated one has to hold what was put into it.
    fn file(&mut self, path: &Path, generated: Option<(Generated, Totals)>) -> Status {
        let measured = match self.measured(path, generated) {
            Ok(measured) => measured,
            Err(()) => return Status::Failed,
        };
        let printed = self.output.print(|format, style, out| match format {
            Format::Json => write_json(&measured, out),
            Format::Text | Format::Markdown | Format::Html => write_table(&measured, style, out),
        });
        self.first = false;
        match printed {
            Ok(()) => Status::Done,
            Err(error) => {
                self.messages.error(&error);
                Status::Failed
            }
        }
    }

    /// Says why a file cannot be measured.
    fn tell(&self, file: &Path, failure: Failure) {
        interrupt::settled();
        let file = file.display().to_string();
        match failure {
            Failure::File(problem) => self.messages.problem(&Error { file, problem }, Consequence::NoMeasurement),
            Failure::Other(message) if file == "-" => self.messages.error(&format_args!("standard input: {message}")),
            Failure::Other(message) => self.messages.error(&format_args!("{}: {message}", escaped(&file))),
        }
    }

    /// The figures of a file. Where there are none, it has been said why.
    fn measured(&self, path: &Path, generated: Option<(Generated, Totals)>) -> Result<Measured, ()> {
        let (made, truth) = generated.unzip();
        let (mut file, totals) =
            first_pass(path, &self.plan, truth.as_ref()).map_err(|failure| self.tell(path, failure))?;
        if made.is_some() {
            file.name = "generated".to_owned();
        }
        let progress = RunProgress::start(&format!("measuring {}", file.name), self.plan.runs(), self.args);
        let subject = Subject { file, totals, generated: made };
        let measured = measure(path, subject, &self.plan, &mut |task| {
            let run = self.starter.run(task, path);
            progress.step();
            run
        });
        progress.clear();
        measured.map_err(|error| self.tell(path, Failure::Other(error.to_string())))
    }
}
