//! What keeps a mistake from writing over what was there: nothing is written before it is known that there is something to write, and a folder to write it to.

use std::io;
use std::path::Path;

use super::args::BatchArgs;
use super::plan::Plan;
use super::reader::read_alone;
use super::work::problem_of;
use crate::batch::{begins_as_other, is_result};
use crate::cli::messages::Messages;
use crate::cli::session::{Pass, Session};
use crate::report::{batch_problem, escaped};

fn shown(path: &Path) -> String {
    escaped(&path.display().to_string())
}

/// Whether the folder that is to be written to is free, or holds an earlier result. An error is ready to be shown.
pub(super) fn check_output(args: &BatchArgs) -> Result<(), String> {
    let output = &args.output;
    let Ok(resolved) = output.canonicalize() else {
        return match output.is_symlink() {
            true => Err(format!("{}: it is a symbolic link that leads to no folder; name one with -o", shown(output))),
            false => Ok(()),
        };
    };
    if !resolved.is_dir() {
        return Err(format!("{}: it is no folder; name one with -o", shown(output)));
    }
    if args.paths.iter().any(|path| path.canonicalize().is_ok_and(|path| path == resolved)) {
        return Err(format!("{}: what is read cannot be written to; name another folder with -o", shown(output)));
    }
    let is_free = is_free(&resolved).map_err(|error| format!("{}: cannot read it: {error}", shown(output)))?;
    match is_free || is_result(&resolved) {
        true => Ok(()),
        false => Err(format!(
            "{}: it holds other files and no earlier result; name a new or an empty folder with -o",
            shown(output)
        )),
    }
}

/// Whether there is nothing in a folder but hidden and empty files.
fn is_free(folder: &Path) -> io::Result<bool> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let is_empty = || entry.metadata().is_ok_and(|file| file.is_file() && file.len() == 0);
        if !entry.file_name().as_encoded_bytes().starts_with(b".") && !is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Why there is no dump, ready to be shown.
pub(super) fn why_nothing_is_there(args: &BatchArgs) -> String {
    match args.paths.iter().find(|path| is_result(path)) {
        Some(result) => format!(
            "{}: it holds the result of an earlier batch and no heap profile, so nothing was written; name the folder with the profiles",
            shown(result)
        ),
        None => "there is no heap profile, so nothing was written; `node --heap-prof app.js` captures one".to_owned(),
    }
}

/// Whether anything of any dump can be read; where not, it is told of each what is wrong.
pub(super) fn holds_profiles(plan: &Plan, session: &Session<'_>, args: &BatchArgs, messages: &Messages) -> bool {
    // Nearly always the first one shows it.
    if plan.dumps.iter().any(|dump| !begins_as_other(dump)) {
        return true;
    }
    let mut problems = Vec::new();
    for dump in &plan.dumps {
        match read_alone(session, dump, Pass::default()) {
            Ok(_) => return true,
            Err(problem) => problems.push((dump, problem_of(problem, args))),
        }
    }
    for (dump, problem) in problems {
        messages.error(&format_args!("{}: {}", escaped(&dump.name), batch_problem(&problem.into())));
    }
    false
}
