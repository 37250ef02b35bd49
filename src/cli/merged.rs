//! Reads several files as one profile.

use std::path::{Path, PathBuf};

use super::Status;
use super::args::{ReadArgs, TalkArgs};
use super::messages::Messages;
use super::progress::Progress;
use super::remedy::Consequence;
use super::room::{beside_cpu, counting};
use super::session::{Pass, Session, name_of};
use crate::aggregate::{ReadOptions, first_samples};
use crate::analysis::model::{Merge, Profile};
use crate::error::{Error, Problem};
use crate::profile::Classify;
use crate::scan::Backend;

/// How files are read as one.
pub(super) struct Merging<'a> {
    pub(super) session: &'a Session<'a>,
    /// What each is read for. What of it is shown is a matter of the sum.
    pub(super) pass: Pass<'a>,
    /// What is shown of the sum, and what is kept of it.
    pub(super) of_the_sum: ReadOptions<'a>,
    /// Why there is no CPU profile, where one was wanted.
    pub(super) no_cpu: Option<&'a Problem>,
    pub(super) talk: &'a TalkArgs,
    pub(super) messages: &'a Messages,
}

impl Merging<'_> {
    /// Reads all files; those that fail do not keep the others from being read, which has been said then. Gives nothing where all fail.
    pub(super) fn read(&self, files: &[PathBuf]) -> (Option<Profile>, Status) {
        let (mut merge, mut status) = (Merge::default(), Status::Done);
        for path in files {
            let others = files.len() - 1 - merge.len();
            status = status.max(self.add(path, others, &mut merge));
        }
        let profile = (!merge.is_empty()).then(|| {
            let categories = self.session.classifier.categories();
            merge.finish(categories, &self.of_the_sum)
        });
        (profile, status)
    }

    /// Adds a file. So many others are not in the sum as yet.
    fn add(&self, path: &Path, others: usize, merge: &mut Merge) -> Status {
        let Self { session, messages, talk, .. } = *self;
        let args: &ReadArgs = session.args;
        let name = name_of(path);
        let progress = Progress::new(&name, talk.progress, messages.is_quiet());
        let tell = |problem, consequence| {
            let error = Error { file: path.display().to_string(), problem };
            messages.problem_of_one(&error, consequence, others);
        };
        let pass = Pass { keep_tree: true, most_kept: None, ..self.pass.clone() };
        let (mut profile, problem) = match session.read(path, pass, &progress, messages) {
            Ok(read) => read,
            Err(problem) => {
                progress.clear();
                merge.lacks(&name, &problem);
                tell(problem, Consequence::Nothing);
                return Status::Failed;
            }
        };
        if let Some(problem) = self.no_cpu {
            profile.lacks_cpu(problem);
        }
        progress.reporting();
        let problem = problem.map(|problem| counting(problem, || merge.growth(&profile, &self.of_the_sum)));
        let problem = problem.map(|problem| match self.no_cpu {
            Some(no_cpu) => beside_cpu(problem, no_cpu),
            None => problem,
        });
        let growth = || merge.growth(&profile, &self.of_the_sum) + self.pass.set_aside;
        let no_room = session.no_room(&profile, growth, messages);
        progress.clear();
        if let Some(problem) = no_room {
            merge.lacks(&name, &problem);
            tell(problem, Consequence::Nothing);
            return Status::Failed;
        }
        let may_be_read_again = profile.aggregate.samples.is_some() && path.is_file();
        merge.add(profile, args.interval);
        if may_be_read_again && let Ok(input) = session.input(path) {
            merge.note_samples(first_samples(input, Backend::detect()));
        }
        match problem {
            Some(problem) if args.allow_truncated && problem.is_early_end() => {
                tell(problem, Consequence::Tolerated);
                Status::Done
            }
            Some(problem) => {
                tell(problem, Consequence::Part);
                Status::Failed
            }
            None => Status::Done,
        }
    }
}
