//! What the journal keeps of a dump, and how it stands there.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::analysis::model::{
    BatchProblem, Entry, FileInfo, IntervalSource, Objects, ObjectsIn, Sampling, Shortage, Warning,
};
use crate::profile::{CallFrameTable, Dialect, FrameId, HeavyStack};

/// By what a dump is known to be the one that was read before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its path as it was found; bytes that are no UTF-8, control characters and `%` as `%XX`.
    pub path: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// When it was last changed, nanoseconds since 1970.
    pub modified: i64,
}

/// What was read of a dump.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Which dump.
    pub identity: Identity,
    /// Heaviest stacks that were kept, at most.
    pub stacks: usize,
    /// The memory that it was read in.
    pub limit: Option<Limit>,
    /// The file of its report, if one was written.
    pub report: Option<String>,
    /// The CPU profile that belongs to it, if there is a report, where it stands beside it.
    pub cpu: Option<Identity>,
    /// Why that CPU profile cannot be used.
    pub cpu_problem: Option<ProblemRecord>,
    /// The one that the report has instead.
    pub cpu_instead: Option<Identity>,
    /// What is wrong with it.
    pub problem: Option<ProblemRecord>,
    /// What is in it, if anything could be read.
    pub profile: Option<ProfileRecord>,
}

/// What is wrong with a dump.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemRecord {
    /// In words.
    pub message: String,
    /// The byte where it is, where one is to blame.
    pub offset: Option<u64>,
    /// Whether the user accepts it.
    pub tolerated: bool,
    /// Where it does not fit into the memory that is allowed: bytes of that, and those that all of it needs, where they are known.
    pub shortage: Option<(u64, Option<u64>)>,
}

/// The memory that a dump was read in, where that was limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Bytes.
    pub bytes: u64,
    /// Whether more of it may make another record, or another report.
    pub shows: bool,
}

impl Limit {
    /// Whether what was read within one limit, if any, is what is read within another one.
    pub fn is_as(then: Option<Self>, now: Option<u64>) -> bool {
        match (then, now) {
            (None, now) => now.is_none(),
            (Some(then), now) => now == Some(then.bytes) || !then.shows && now.is_none_or(|now| now > then.bytes),
        }
    }
}

/// What is in a dump; frames are those of the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileRecord {
    /// The file.
    pub file: FileInfo,
    /// Its sampling.
    pub sampling: Sampling,
    /// Which objects are in it.
    pub objects: ObjectsIn,
    /// Sum of all self sizes, bytes.
    pub total_size: u64,
    /// Nodes with a positive self size.
    pub allocating_nodes: u64,
    /// A hash of all functions and their self sizes, where filters may hide some.
    pub content: Option<u64>,
    /// Self sizes of functions, those that are not 0.
    pub functions: Vec<(FrameId, u64)>,
    /// Its heaviest stacks, the heaviest first.
    pub stacks: Vec<HeavyStack>,
    /// The [name](super::StackName) of each.
    pub stack_names: Vec<u64>,
}

impl From<ProblemRecord> for BatchProblem {
    fn from(ProblemRecord { message, offset, tolerated, shortage }: ProblemRecord) -> Self {
        let shortage = shortage.map(|(limit, needed)| Shortage { limit, needed });
        Self { message, offset, tolerated, shortage }
    }
}

impl ProfileRecord {
    /// What it brings into a panel: what filters show of it, so that rows and total are of the same.
    pub fn entry<'a>(&'a self, frames: &'a CallFrameTable) -> Entry<'a> {
        Entry {
            file: &self.file,
            sampling: self.sampling,
            objects: self.objects,
            allocating_nodes: self.allocating_nodes,
            frames,
            ids: None,
            functions: self.functions.clone(),
            stacks: &self.stacks,
        }
    }
}

/// All of a record but its functions and stacks.
#[derive(Serialize, Deserialize)]
pub(super) struct Facts<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
    bytes: u64,
    modified: i64,
    stacks_kept: usize,
    limit: Option<Limit>,
    report: Option<Cow<'a, str>>,
    cpu: Option<Cow<'a, Identity>>,
    cpu_problem: Option<Cow<'a, ProblemRecord>>,
    cpu_instead: Option<Cow<'a, Identity>>,
    problem: Option<Cow<'a, ProblemRecord>>,
    profile: Option<ProfileFacts<'a>>,
}

#[derive(Serialize, Deserialize)]
struct ProfileFacts<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    bytes: u64,
    compressed_bytes: Option<u64>,
    #[serde(borrow)]
    dialect: Cow<'a, str>,
    complete: bool,
    truncated_at: Option<u64>,
    unsummed: u64,
    interval: Option<u64>,
    #[serde(borrow)]
    interval_source: Cow<'a, str>,
    interval_candidate: Option<u64>,
    #[serde(borrow)]
    objects: Cow<'a, str>,
    samples: Option<(u64, u64)>,
    total_size: u64,
    allocating_nodes: u64,
    content: Option<u64>,
    /// Kind, message and remedy.
    #[serde(borrow)]
    source_maps: Vec<(Cow<'a, str>, Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> From<&'a Record> for Facts<'a> {
    fn from(record: &'a Record) -> Self {
        let Record { identity, stacks, limit, report, cpu, cpu_problem, cpu_instead, problem, profile } = record;
        Self {
            path: Cow::Borrowed(&identity.path),
            bytes: identity.bytes,
            modified: identity.modified,
            stacks_kept: *stacks,
            limit: *limit,
            report: report.as_deref().map(Cow::Borrowed),
            cpu: cpu.as_ref().map(Cow::Borrowed),
            cpu_problem: cpu_problem.as_ref().map(Cow::Borrowed),
            cpu_instead: cpu_instead.as_ref().map(Cow::Borrowed),
            problem: problem.as_ref().map(Cow::Borrowed),
            profile: profile.as_ref().map(ProfileFacts::from),
        }
    }
}

impl Facts<'_> {
    /// The record, with its functions and stacks; none where a word is none of this program's.
    pub(super) fn into_record(
        self,
        functions: Vec<(FrameId, u64)>,
        stacks: Vec<HeavyStack>,
        stack_names: Vec<u64>,
    ) -> Option<Record> {
        let Self { path, bytes, modified, stacks_kept, limit, report, cpu, cpu_problem, cpu_instead, problem, profile } =
            self;
        let profile = match profile {
            Some(profile) => Some(ProfileRecord { functions, stacks, stack_names, ..profile.into_record()? }),
            None => None,
        };
        Some(Record {
            identity: Identity { path: path.into_owned(), bytes, modified },
            stacks: stacks_kept,
            limit,
            report: report.map(Cow::into_owned),
            cpu: cpu.map(Cow::into_owned),
            cpu_problem: cpu_problem.map(Cow::into_owned),
            cpu_instead: cpu_instead.map(Cow::into_owned),
            problem: problem.map(Cow::into_owned),
            profile,
        })
    }
}

impl<'a> From<&'a ProfileRecord> for ProfileFacts<'a> {
    fn from(record: &'a ProfileRecord) -> Self {
        let ProfileRecord { file, sampling, objects, total_size, allocating_nodes, content, .. } = record;
        Self {
            name: Cow::Borrowed(&file.name),
            bytes: file.bytes,
            compressed_bytes: file.compressed_bytes,
            dialect: Cow::Borrowed(file.dialect.name()),
            complete: file.complete,
            truncated_at: file.truncated_at,
            unsummed: file.unsummed,
            interval: sampling.interval,
            interval_source: Cow::Borrowed(sampling.source.name()),
            interval_candidate: sampling.candidate,
            objects: Cow::Borrowed(objects.which.name()),
            samples: objects.samples,
            total_size: *total_size,
            allocating_nodes: *allocating_nodes,
            content: *content,
            source_maps: file
                .source_maps
                .iter()
                .map(|Warning { kind, message, remedy, .. }| (Cow::Borrowed(*kind), message.into(), remedy.into()))
                .collect(),
        }
    }
}

impl ProfileFacts<'_> {
    /// The record, without functions and stacks.
    fn into_record(self) -> Option<ProfileRecord> {
        let sources = [IntervalSource::Given, IntervalSource::Inferred, IntervalSource::Unknown];
        let objects = [Objects::Live, Objects::All, Objects::Unknown];
        let source_maps = self.source_maps.iter().map(|(kind, message, remedy)| {
            Some(Warning::new(Warning::SOURCE_MAPS.into_iter().find(|known| known == kind)?, &**message, &**remedy))
        });
        Some(ProfileRecord {
            file: FileInfo {
                name: self.name.into_owned(),
                bytes: self.bytes,
                compressed_bytes: self.compressed_bytes,
                dialect: Dialect::of_name(&self.dialect)?,
                complete: self.complete,
                truncated_at: self.truncated_at,
                unsummed: self.unsummed,
                merged: Vec::new(),
                source_maps: source_maps.collect::<Option<_>>()?,
            },
            sampling: Sampling {
                interval: self.interval.filter(|&interval| interval > 0),
                source: sources.into_iter().find(|source| source.name() == self.interval_source)?,
                candidate: self.interval_candidate,
            },
            objects: ObjectsIn {
                which: objects.into_iter().find(|which| which.name() == self.objects)?,
                samples: self.samples,
            },
            total_size: self.total_size,
            allocating_nodes: self.allocating_nodes,
            content: self.content,
            functions: Vec::new(),
            stacks: Vec::new(),
            stack_names: Vec::new(),
        })
    }
}
