//! A run in a process of its own: how `bench` starts it, and what it does there.
//!
//! The process prints one line of JSON: what it measured, or why it could not. It belongs to a group of its own, so that an interrupt
//! from the keyboard reaches `bench` alone, and on Linux it ends where `bench` ends, however that happens.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::args::{RunArgs, words_of};
use crate::bench::{Run, Settings, Task};
use crate::cli::Status;
use crate::cli::messages::Messages;

/// Starts processes of this program.
pub(super) struct Starter {
    program: PathBuf,
    settings: Settings,
}

impl Starter {
    pub(super) fn new(settings: Settings) -> Result<Self, String> {
        // The very program that runs, even if its file was replaced meanwhile.
        let this = PathBuf::from("/proc/self/exe");
        let program = if this.exists() {
            this
        } else {
            std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?
        };
        Ok(Self { program, settings })
    }

    /// Does a task with a file, in a process of its own.
    pub(super) fn run(&self, task: &Task, file: &Path) -> Result<Run, String> {
        self.start(task, file).map_err(|message| format!("a run failed ({task}): {message}"))
    }

    fn start(&self, task: &Task, file: &Path) -> Result<Run, String> {
        let mut command = Command::new(&self.program);
        command.args(words_of(task, &self.settings)).arg(file);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let output = command.output().map_err(|error| format!("cannot start a process: {error}"))?;
        if !output.status.success() {
            return Err(format!("its process ended with {}", output.status));
        }
        serde_json::from_slice::<Result<Run, String>>(&output.stdout)
            .map_err(|error| format!("cannot read what it measured: {error}"))?
    }
}

/// Does a single task and prints what it measured.
pub(crate) fn run_once(args: &RunArgs, messages: &Messages) -> Status {
    end_with_parent();
    let run = crate::bench::run(&args.file, args.task(), &args.settings()).map_err(|failure| failure.to_string());
    let line = serde_json::to_vec(&run).map_err(std::io::Error::from);
    match line.and_then(|line| std::io::stdout().lock().write_all(&line)) {
        Ok(()) => Status::Done,
        Err(error) => {
            messages.error(&format_args!("cannot write what was measured: {error}"));
            Status::Failed
        }
    }
}

#[cfg(target_os = "linux")]
fn end_with_parent() {
    // Where this is refused, the run ends by itself a moment later.
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent() {}
