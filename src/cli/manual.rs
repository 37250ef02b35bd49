//! `heapsift completions` and `heapsift man`: what is made of the commands and options for a shell and for `man`.

use std::io::{self, Write};

use clap::{Args as _, Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Status;
use super::args::{Args, ReportArgs};
use super::messages::Messages;
use crate::report::escaped;

#[derive(Debug, clap::Args)]
pub(crate) struct CompletionArgs {
    /// The shell
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ManualArgs {
    /// The command, such as report or `rules list` [default: the program]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// `heapsift completions`.
pub(super) fn complete(args: &CompletionArgs, messages: &Messages) -> Status {
    let mut out = Vec::new();
    // Shells would offer what is hidden.
    let all = Args::command();
    let commands = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    let program = Command::new("heapsift").version(env!("CARGO_PKG_VERSION"));
    let mut program = ReportArgs::augment_args(program).subcommands(commands);
    clap_complete::generate(args.shell, &mut program, "heapsift", &mut out);
    print(&out, messages)
}

/// `heapsift man`.
pub(super) fn run(args: &ManualArgs, messages: &Messages) -> Status {
    let mut command = Args::command();
    command.build();
    let Some(command) = args.command.iter().try_fold(&command, |of, name| find(of, name)) else {
        messages.error(&format_args!(
            "there is no command `{}`\n  heapsift --help lists all",
            escaped(&args.command.join(" "))
        ));
        return Status::Failed;
    };
    let mut out = Vec::new();
    let page = Man::new(command.clone().version(env!("CARGO_PKG_VERSION"))).manual("heapsift");
    match page.render(&mut out) {
        Ok(()) => print(&out, messages),
        Err(error) => {
            messages.error(&error);
            Status::Failed
        }
    }
}

fn find<'a>(of: &'a Command, name: &str) -> Option<&'a Command> {
    of.get_subcommands().find(|command| command.get_name() == name && !command.is_hide_set())
}

fn print(text: &[u8], messages: &Messages) -> Status {
    match io::stdout().lock().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            messages.error(&format_args!("cannot write standard output: {error}"));
            Status::Failed
        }
        _ => Status::Done,
    }
}
