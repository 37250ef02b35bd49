//! What was read of dumps, added up as they come: each reader has its own, and so have parts of the journal of an earlier run.

use super::args::BatchArgs;
use super::plan::Plan;
use crate::analysis::model::{Added, BatchFile, BatchProblem, BatchProfile};
use crate::batch::{Content, Copies, Journal, ProblemRecord, Record};
use crate::profile::{CategoryId, FrameId, PackageId};

/// Dumps, added up. That needs no order.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) added: Added,
    /// What each holds, as far as copies are told by it.
    pub(super) contents: Vec<(usize, Content)>,
}

/// What belongs to a dump in whatever way it was read.
#[derive(Clone, Copy)]
pub(super) struct Gathering<'a> {
    pub(super) args: &'a BatchArgs,
    pub(super) plan: &'a Plan,
    pub(super) copies: &'a Copies,
}

/// Package and category of call frames of the journal, as far as they were asked for: it need not be locked for them.
#[derive(Default)]
pub(super) struct Classes(Vec<(PackageId, CategoryId)>);

impl Classes {
    /// Notes those of a frame.
    pub(super) fn note(&mut self, id: FrameId, journal: &Journal) {
        let place = id.0 as usize;
        if self.0.len() <= place {
            self.0.resize(place + 1, (PackageId(0), CategoryId(0)));
        }
        self.0[place] = journal.class_of(id);
    }

    /// Those of a frame that was noted.
    pub(super) fn of(&self, id: FrameId) -> (PackageId, CategoryId) {
        self.0[id.0 as usize]
    }
}

impl Gathered {
    /// Adds a dump; `class` tells package and category of its frames.
    pub(super) fn add(
        &mut self,
        i: usize,
        record: Record,
        gathering: Gathering<'_>,
        class: impl Fn(FrameId) -> (PackageId, CategoryId),
    ) {
        let Record { report, cpu_problem, cpu_instead, problem, profile, .. } = record;
        let Gathering { args, plan, copies } = gathering;
        let cpu_instead = cpu_instead.filter(|_| !args.no_reports);
        let mut file = BatchFile {
            report: report.filter(|_| !args.no_reports),
            cpu_problem: cpu_problem.filter(|_| !args.no_reports).map(problem_of),
            cpu_instead: cpu_instead.and_then(|cpu| plan.cpu_of(i, &cpu)).map(|cpu| cpu.name.clone()),
            ..file(i, problem, gathering)
        };
        let Some(profile) = profile else { return self.added.add_broken(i, file) };
        self.contents.push((i, copies.content(&profile)));
        file.profile = Some(Box::new(BatchProfile {
            file: profile.file,
            sampling: profile.sampling,
            objects: profile.objects,
            total_size: profile.total_size,
            shown_size: 0,
            by_category: Box::default(),
        }));
        self.added.add(i, file, &profile.functions, class);
    }

    /// Adds a dump that could not even be opened.
    pub(super) fn add_unread(&mut self, i: usize, problem: Option<ProblemRecord>, gathering: Gathering<'_>) {
        self.added.add_broken(i, file(i, problem, gathering));
    }

    /// Adds other dumps.
    pub(super) fn append(&mut self, other: Self) {
        self.added.append(other.added);
        self.contents.extend(other.contents);
    }
}

fn problem_of(problem: ProblemRecord) -> Box<BatchProblem> {
    Box::new(problem.into())
}

/// What is told of a dump without a look into it.
fn file(i: usize, problem: Option<ProblemRecord>, Gathering { plan, .. }: Gathering<'_>) -> BatchFile {
    let dump = &plan.dumps[i];
    BatchFile {
        name: dump.name.clone(),
        bytes: dump.bytes,
        report: None,
        cpu: plan.pairs[i].first().map(|&cpu| plan.cpu_profiles[cpu].name.clone()),
        cpu_problem: None,
        cpu_instead: None,
        problem: problem.map(problem_of),
        profile: None,
        same_as: None,
    }
}
