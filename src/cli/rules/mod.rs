//! The rules in force, and `heapsift rules`: what they are, whether a file of them is right, and what they make of a frame.

mod explain;
mod find;
mod list;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Subcommand;

use super::Status;
use super::fault::Fault;
use super::messages::Messages;
use crate::report::escaped;
use crate::rules::{Rules, RulesFile};

pub(super) use find::{NAME, read_as};

/// Which rules are in force.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct RuleArgs {
    /// Rules that extend or override those built in; repeatable, later files come before earlier ones. The nearest heapsift.toml is read first
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,

    /// Do not look for heapsift.toml in this folder and those above it
    #[arg(long)]
    pub(crate) no_rules: bool,
}

impl RuleArgs {
    /// The files that are read, in this order.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let nearest = if self.no_rules { None } else { find::nearest() };
        nearest.into_iter().chain(self.rules.iter().cloned()).collect()
    }
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Show the categories in force, in the order of their precedence, with their recommendations
    List(ListArgs),
    /// Check files of rules; mistakes are told with line, column and what is allowed
    Check(CheckArgs),
    /// Show which rule gives a frame its category, and which ones lost; of a profile, for its largest functions
    Explain(ExplainArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Files of rules
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// A heap profile; or a frame: its function and its url, or a call frame in JSON
    #[arg(required = true, num_args = 1..=2, value_name = "FRAME|FILE")]
    pub(crate) subject: Vec<String>,

    /// Functions of a profile to explain, 0 for all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// `heapsift rules`.
pub(super) fn run(command: &RulesCommand, messages: &Messages) -> Status {
    let mut out = Vec::new();
    let loaded = |args: &RuleArgs, messages: &Messages| load(args, messages).map_err(String::from);
    let done = match command {
        RulesCommand::List(args) => loaded(&args.rules, messages).and_then(|rules| list::print(&rules, &mut out)),
        RulesCommand::Check(args) => return check(&args.files, messages),
        RulesCommand::Explain(args) => {
            loaded(&args.rules, messages).and_then(|rules| explain::print(args, rules, messages, &mut out))
        }
    };
    if let Err(message) = done {
        messages.error(&message);
        return Status::Failed;
    }
    show(&out, messages)
}

/// The rules in force: built in, then the nearest heapsift.toml, then the files that are named.
pub(super) fn load(args: &RuleArgs, messages: &Messages) -> Result<Rules, Fault> {
    let files: Vec<RulesFile> = args.files().iter().map(|path| find::read(path)).collect::<Result<_, Fault>>()?;
    for file in &files {
        messages.detail(&format_args!("rules: {}", escaped(&file.name)));
    }
    let rules = Rules::with(files).map_err(|error| Fault::of_rule(&error))?;
    rules.notes().iter().for_each(|note| messages.warning(&Fault::of_rule(note)));
    Ok(rules)
}

fn check(files: &[PathBuf], messages: &Messages) -> Status {
    let (mut status, mut out) = (Status::Done, String::new());
    for path in files {
        let checked = find::read(path).and_then(|file| {
            let name = escaped(&file.name);
            let rules = Rules::with(vec![file]).map_err(|error| Fault::of_rule(&error))?;
            rules.notes().iter().for_each(|note| messages.warning(&Fault::of_rule(note)));
            Ok(name)
        });
        match checked {
            Ok(name) => out.push_str(&format!("{name}: no mistakes\n")),
            Err(message) => {
                messages.error(&message);
                status = Status::Failed;
            }
        }
    }
    status.max(show(out.as_bytes(), messages))
}

fn show(text: &[u8], messages: &Messages) -> Status {
    match io::stdout().lock().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            messages.error(&format_args!("cannot write to standard output: {error}"));
            Status::Failed
        }
        _ => Status::Done,
    }
}
