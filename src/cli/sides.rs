//! Reads the two sides of a comparison into one panel: a member for each run, or the sum of all files of a side.

use std::path::{Path, PathBuf};

use super::Status;
use super::diff::DiffArgs;
use super::messages::Messages;
use super::progress::Progress;
use super::remedy::Consequence;
use super::room::counting;
use super::runs;
use super::session::{Pass, Session, name_of};
use crate::aggregate::ReadOptions;
use crate::analysis::model::{Diff, Merge, Panel, Profile, STACKS};
use crate::error::{Error, Kind, OutOfMemory, Problem};
use crate::profile::Classify;
use crate::source_map::SourceMaps;

/// What both sides are read with.
pub(super) struct Sides<'a> {
    pub(super) args: &'a DiffArgs,
    pub(super) session: &'a Session<'a>,
    /// The source maps of each side, where they are not those of the session.
    pub(super) maps: [Option<SourceMaps>; 2],
    pub(super) messages: &'a Messages,
}

/// Both sides.
pub(super) struct Compared {
    pub(super) panel: Panel,
    /// Members of the side before.
    pub(super) before: usize,
    /// Files that are still to be read.
    behind: usize,
    /// Whether all files are whole, as far as the user wants them to be.
    pub(super) status: Status,
}

impl Sides<'_> {
    /// Reads all files. Nothing is given where one cannot be read, which has been said then; an error, as where there is no memory for the comparison, is ready to be shown.
    pub(super) fn read(&self, sides: [&[PathBuf]; 2]) -> Result<Option<Compared>, String> {
        let panel = Panel::new(self.session.classifier.categories());
        let behind = sides.iter().map(|files| files.len()).sum();
        let mut compared = Compared { panel, before: 0, behind, status: Status::Done };
        for (side, files) in sides.into_iter().enumerate() {
            compared.before = compared.panel.members().len() * side;
            let taken = match self.args.merge {
                true => self.merge(side, files, &mut compared),
                false => self.take(side, files, &mut compared),
            };
            if taken.is_none() {
                return Ok(None);
            }
        }
        self.session.room_for("the comparison", Diff::memory(&compared.panel, 0), self.messages)?;
        Ok(Some(compared))
    }

    /// Takes in the files of a side, each capture once.
    fn take(&self, side: usize, files: &[PathBuf], compared: &mut Compared) -> Option<()> {
        let (is_one, may_be_one_session) = (files.len() == 1, runs::may_be_one_session(files));
        let interval = self.args.read.interval;
        for (path, is_thread) in runs::in_order(files) {
            let pass = Pass { stacks: STACKS, ..Pass::default() };
            let profile = self.profile(path, side, pass, compared, Panel::growth)?;
            let growth = || compared.panel.growth(&profile);
            if let Some(problem) = self.session.no_room(&profile, growth, self.messages) {
                let problem = with_comparison(problem, &compared.panel, Some(&profile));
                self.tell(path, problem, Consequence::Nothing, compared.behind);
                return None;
            }
            let first_samples = || runs::first_samples(self.session, path, &profile);
            match is_thread {
                true => compared.panel.add_thread(&profile, interval),
                false => {
                    // With one file a side, they tell what of it was held for a moment alone.
                    let is_wanted = may_be_one_session || is_one && runs::is_held(&profile);
                    let first_samples = is_wanted.then(first_samples).flatten();
                    compared.panel.add_run(&profile, interval, compared.before, first_samples);
                }
            }
        }
        Some(())
    }

    /// Takes in the sum of all files of a side.
    fn merge(&self, side: usize, files: &[PathBuf], compared: &mut Compared) -> Option<()> {
        let max_memory = self.args.read.max_memory;
        let options = ReadOptions { max_memory, stacks: STACKS, causes: false, ..ReadOptions::default() };
        let mut merge = Merge::default();
        for path in files {
            let pass = Pass { keep_tree: true, ..Pass::default() };
            let profile = self.profile(path, side, pass, compared, |_, profile| merge.growth(profile, &options))?;
            let growth = || merge.growth(&profile, &options);
            if let Some(problem) = self.session.no_room(&profile, growth, self.messages) {
                let problem = with_comparison(problem, &compared.panel, Some(&profile));
                self.tell(path, problem, Consequence::Nothing, compared.behind);
                return None;
            }
            let first_samples = runs::first_samples(self.session, path, &profile);
            merge.add(profile, self.args.read.interval);
            merge.note_samples(first_samples);
        }
        let profile = merge.finish(self.session.classifier.categories(), &options);
        let growth = || compared.panel.growth(&profile);
        if let Some(problem) = self.session.no_room(&profile, growth, self.messages) {
            let problem = with_comparison(problem, &compared.panel, Some(&profile));
            self.tell(Path::new(&profile.file.name), problem, Consequence::Nothing, compared.behind);
            return None;
        }
        compared.panel.add(&profile, None);
        Some(())
    }

    /// Reads a file of a side, by which what it is taken into grows by so many bytes. One that does not fit into the memory is not compared in part.
    fn profile(
        &self,
        path: &Path,
        side: usize,
        pass: Pass<'_>,
        compared: &mut Compared,
        growth: impl FnOnce(&Panel, &Profile) -> usize,
    ) -> Option<Profile> {
        compared.behind -= 1;
        let DiffArgs { read, talk, .. } = self.args;
        let progress = Progress::new(&name_of(path), talk.progress, self.messages.is_quiet());
        let pass = Pass { maps: self.maps[side].as_ref(), without_causes: true, ..pass };
        let outcome = self.session.read(path, pass, &progress, self.messages);
        progress.clear();
        let (profile, problem) = match outcome {
            Ok((profile, None)) => return Some(profile),
            Ok((profile, Some(problem))) => (Some(profile), problem),
            Err(problem) => (None, problem),
        };
        match (profile, problem) {
            (Some(profile), problem) if !matches!(problem.kind, Kind::OutOfMemory(_)) => {
                let is_allowed = read.allow_truncated && problem.is_early_end();
                let consequence = if is_allowed { Consequence::Tolerated } else { Consequence::Part };
                self.tell(path, problem, consequence, compared.behind);
                if !is_allowed {
                    compared.status = Status::Failed;
                }
                Some(profile)
            }
            (profile, problem) => {
                let grown = || profile.as_ref().map_or(0, |profile| growth(&compared.panel, profile));
                let problem = with_comparison(counting(problem, grown), &compared.panel, profile.as_ref());
                self.tell(path, problem, Consequence::Nothing, compared.behind);
                None
            }
        }
    }

    fn tell(&self, path: &Path, problem: Problem, consequence: Consequence, behind: usize) {
        self.messages.problem_of_one(&Error { file: path.display().to_string(), problem }, consequence, behind);
    }
}

/// A problem that, where it is one of memory, says what is needed with the comparison: of what is read already, and of all of the file if the rest is like what was read.
fn with_comparison(mut problem: Problem, panel: &Panel, profile: Option<&Profile>) -> Problem {
    if let Kind::OutOfMemory(OutOfMemory { read, whole: Some((bytes, memory)), .. }) = &mut problem.kind {
        let functions = profile.map_or(0, |profile| profile.aggregate.frames.len());
        let functions = functions as f64 * *bytes as f64 / (*read).max(1) as f64;
        *memory += Diff::memory(panel, functions as usize) as u64;
    }
    problem
}
