//! Reads the runs of a program that are compared as one: a file each, or one for each thread.

use std::path::{Path, PathBuf};

use super::Status;
use super::args::{ReadArgs, TalkArgs};
use super::messages::Messages;
use super::progress::Progress;
use super::remedy::Consequence;
use super::room::counting;
use super::session::{Pass, Session, name_of};
use crate::aggregate::first_samples as first_samples_of;
use crate::analysis::model::{Panel, Profile, Summary, are_of_own_processes, by_process};
use crate::error::{Error, Problem};
use crate::profile::FirstSamples;
use crate::scan::Backend;

/// Reads all files into a panel; those that fail do not keep the others from being tried. A file that is not whole fails, unless it merely ends early and
/// `may_end_early`.
pub(super) fn read(
    session: &Session<'_>,
    paths: &[PathBuf],
    may_end_early: bool,
    talk: &TalkArgs,
    messages: &Messages,
) -> Result<Panel, Status> {
    let args: &ReadArgs = session.args;
    let mut panel = Panel::new(session.classifier.rules().categories());
    let mut status = Status::Done;
    let may_be_one_session = may_be_one_session(paths);
    let mut taken = 0;
    for (path, is_thread) in in_order(paths) {
        let progress = Progress::new(&name_of(path), talk.progress, messages.is_quiet());
        let read = session.read(path, Pass::default(), &progress, messages);
        progress.clear();
        let (profile, mut problem) = match read {
            Ok((profile, problem)) => (Some(profile), problem),
            Err(problem) => (None, Some(problem)),
        };
        let is_allowed = |problem: &Problem| may_end_early && problem.is_early_end();
        if let Some(profile) = profile.as_ref() {
            let of_summary = || {
                let runs = panel.members().len() + 1;
                Summary::memory(&panel) + Summary::memory_of(&profile.aggregate.frames, runs)
            };
            problem = match problem {
                Some(problem) if !is_allowed(&problem) => {
                    Some(counting(problem, || panel.growth(profile) + of_summary()))
                }
                problem => {
                    let no_room = session.no_room(profile, || panel.growth(profile), messages);
                    no_room.map(|problem| counting(problem, of_summary)).or(problem)
                }
            };
        }
        let is_whole = problem.as_ref().is_none_or(is_allowed);
        if let Some(problem) = problem {
            let is_tolerated = is_whole && profile.is_some();
            let consequence = if is_tolerated { Consequence::Tolerated } else { Consequence::Nothing };
            let error = Error { file: path.display().to_string(), problem };
            messages.problem_of_one(&error, consequence, paths.len() - 1 - taken);
            if !is_tolerated {
                status = Status::Failed;
            }
        }
        let Some(profile) = profile else { continue };
        messages.arguments(&path.display().to_string(), &profile);
        // Of one that fails nothing is kept.
        if is_whole {
            taken += 1;
            let first_samples = may_be_one_session.then(|| first_samples(session, path, &profile)).flatten();
            match is_thread {
                true => panel.add_thread(&profile, args.interval),
                false => panel.add_run(&profile, args.interval, 0, first_samples),
            }
        }
    }
    match status {
        Status::Done => Ok(panel),
        failed => Err(failed),
    }
}

/// The files of one side, those of the threads of one process one after the other; with each whether it is of the same process as the one before.
pub(super) fn in_order(side: &[PathBuf]) -> impl Iterator<Item = (&PathBuf, bool)> {
    let paths: Vec<&Path> = side.iter().map(PathBuf::as_path).collect();
    by_process(&paths)
        .into_iter()
        .flat_map(|threads| threads.into_iter().enumerate().map(|(i, place)| (place, i > 0)))
        .map(|(place, is_thread)| (&side[place], is_thread))
}

/// Whether several of the files of a side may be readings of one session, as far as names tell.
pub(super) fn may_be_one_session(side: &[PathBuf]) -> bool {
    let names: Vec<String> = side.iter().map(|path| name_of(path)).collect();
    side.len() > 1 && !are_of_own_processes(names.iter().map(String::as_str))
}

/// Whether samples of a file are missing, whose objects were collected: what it has was held.
pub(super) fn is_held(profile: &Profile) -> bool {
    profile.aggregate.samples.is_some_and(|samples| samples.count < samples.last_ordinal)
}

/// The first samples of a file, where they are numbered: `samples` are read once more for them.
pub(super) fn first_samples(session: &Session<'_>, path: &Path, profile: &Profile) -> Option<FirstSamples> {
    let has_numbers = profile.aggregate.samples.is_some_and(|samples| samples.last_ordinal > 0);
    (has_numbers && path.is_file()).then_some(())?;
    first_samples_of(session.input(path).ok()?, Backend::detect())
}
