//! What the journal keeps of a dump, and how it stands in a line of it.

use serde::{Deserialize, Serialize};

use crate::analysis::model::{BatchProblem, Entry, FileInfo, IntervalSource, Objects, ObjectsIn, Sampling};
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
    /// The file of its report, if one was written.
    pub report: Option<String>,
    /// The CPU profile that stands beside it in the report.
    pub cpu: Option<Identity>,
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
    /// Self sizes of functions, those that are not 0.
    pub functions: Vec<(FrameId, u64)>,
    /// Its heaviest stacks, the heaviest first.
    pub stacks: Vec<HeavyStack>,
}

impl From<ProblemRecord> for BatchProblem {
    fn from(ProblemRecord { message, offset, tolerated }: ProblemRecord) -> Self {
        Self { message, offset, tolerated }
    }
}

impl ProfileRecord {
    /// What it brings into a panel, with `stacks` of its stacks at most.
    pub fn entry<'a>(&'a self, frames: &'a CallFrameTable, stacks: usize) -> Entry<'a> {
        Entry {
            file: &self.file,
            sampling: self.sampling,
            objects: self.objects,
            total_size: self.total_size,
            allocating_nodes: self.allocating_nodes,
            frames,
            ids: None,
            functions: self.functions.clone(),
            stacks: &self.stacks[..self.stacks.len().min(stacks)],
        }
    }

    /// Whether all frames are among this many.
    pub(super) fn is_within(&self, frames: usize) -> bool {
        let stacks = self.stacks.iter().flat_map(|stack| &stack.frames);
        self.functions.iter().map(|(id, _)| id).chain(stacks).all(|id| (id.0 as usize) < frames)
    }
}

/// A record as it stands in a line.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    #[serde(flatten)]
    identity: Identity,
    stacks_kept: usize,
    report: Option<String>,
    cpu: Option<Identity>,
    problem: Option<ProblemRecord>,
    profile: Option<ProfileLine>,
}

#[derive(Serialize, Deserialize)]
struct ProfileLine {
    name: String,
    bytes: u64,
    compressed_bytes: Option<u64>,
    dialect: String,
    complete: bool,
    truncated_at: Option<u64>,
    interval: Option<u64>,
    interval_source: String,
    interval_candidate: Option<u64>,
    objects: String,
    samples: Option<(u64, u64)>,
    total_size: u64,
    allocating_nodes: u64,
    /// Frame and size by turns.
    functions: Vec<u64>,
    /// Size, frames left out, and frames.
    stacks: Vec<Vec<u64>>,
}

impl From<&Record> for Line {
    fn from(record: &Record) -> Self {
        let Record { identity, stacks, report, cpu, problem, profile } = record;
        Self {
            identity: identity.clone(),
            stacks_kept: *stacks,
            report: report.clone(),
            cpu: cpu.clone(),
            problem: problem.clone(),
            profile: profile.as_ref().map(ProfileLine::from),
        }
    }
}

impl Line {
    /// The record; none where a line is none of this program's.
    pub(super) fn into_record(self) -> Option<Record> {
        let Self { identity, stacks_kept, report, cpu, problem, profile } = self;
        let profile = match profile {
            Some(profile) => Some(profile.into_record()?),
            None => None,
        };
        Some(Record { identity, stacks: stacks_kept, report, cpu, problem, profile })
    }
}

impl From<&ProfileRecord> for ProfileLine {
    fn from(record: &ProfileRecord) -> Self {
        let ProfileRecord { file, sampling, objects, total_size, allocating_nodes, functions, stacks } = record;
        let stack = |stack: &HeavyStack| {
            let frames = stack.frames.iter().map(|id| u64::from(id.0));
            [stack.self_size, stack.frames_omitted].into_iter().chain(frames).collect()
        };
        Self {
            name: file.name.clone(),
            bytes: file.bytes,
            compressed_bytes: file.compressed_bytes,
            dialect: file.dialect.name().to_owned(),
            complete: file.complete,
            truncated_at: file.truncated_at,
            interval: sampling.interval,
            interval_source: sampling.source.name().to_owned(),
            interval_candidate: sampling.candidate,
            objects: objects.which.name().to_owned(),
            samples: objects.samples,
            total_size: *total_size,
            allocating_nodes: *allocating_nodes,
            functions: functions.iter().flat_map(|&(id, size)| [u64::from(id.0), size]).collect(),
            stacks: stacks.iter().map(stack).collect(),
        }
    }
}

impl ProfileLine {
    fn into_record(self) -> Option<ProfileRecord> {
        let frame = |id: u64| u32::try_from(id).ok().map(FrameId);
        let (functions, rest) = self.functions.as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        let stack = |numbers: &Vec<u64>| {
            let (&[self_size, frames_omitted], frames) = numbers.split_first_chunk::<2>()?;
            let frames = frames.iter().map(|&id| frame(id)).collect::<Option<_>>()?;
            Some(HeavyStack { self_size, frames, frames_omitted })
        };
        let sources = [IntervalSource::Given, IntervalSource::Inferred, IntervalSource::Unknown];
        let objects = [Objects::Live, Objects::All, Objects::Unknown];
        Some(ProfileRecord {
            file: FileInfo {
                name: self.name,
                bytes: self.bytes,
                compressed_bytes: self.compressed_bytes,
                dialect: Dialect::of_name(&self.dialect)?,
                complete: self.complete,
                truncated_at: self.truncated_at,
                merged: Vec::new(),
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
            functions: functions.iter().map(|&[id, size]| Some((frame(id)?, size))).collect::<Option<_>>()?,
            stacks: self.stacks.iter().map(stack).collect::<Option<_>>()?,
        })
    }
}
