//! A CPU profile that has been read.

use crate::profile::{CallFrameTable, FrameId, FrameKind};

/// What is counted as time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Microseconds, from `samples` and their times.
    Microseconds,
    /// The nodes' `hitCount`.
    Hits,
    /// How often a node stands in `samples`.
    Samples,
}

impl Measure {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Microseconds => "microseconds",
            Self::Hits => "hits",
            Self::Samples => "samples",
        }
    }
}

/// Why [`Measure::Microseconds`] could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untimed {
    /// There are no samples with times.
    NoTimes,
    /// There are not as many times as samples.
    Unpaired {
        /// Elements of `samples`.
        samples: u64,
        /// Elements of `timeDeltas`, or of `timestamps`.
        times: u64,
    },
    /// No time passes between the samples.
    NoTimePasses,
    /// There was no room to keep the samples until their times came.
    NoRoom,
}

/// What the time of a call frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Work of a function.
    Function,
    /// Work outside JavaScript: `(program)`, and `(root)` should it have any.
    Program,
    /// The garbage collector at work.
    GarbageCollector,
    /// No work.
    Idle,
}

/// A CPU profile: how much time each call frame took itself.
///
/// Invariant: `by_frame` is as long as `frames`, and adds up to `total`.
#[derive(Debug)]
#[non_exhaustive]
pub struct CpuProfile {
    /// The distinct call frames, classified.
    pub frames: CallFrameTable,
    /// Time without what the frame called, in units of `measure`, indexed by [`FrameId`].
    pub by_frame: Vec<u64>,
    /// What is counted.
    pub measure: Measure,
    /// Why it is not microseconds.
    pub untimed: Option<Untimed>,
    /// All time.
    pub total: u64,
    /// Time of samples whose node the file does not have; it is not in `total`.
    pub lost: u64,
    /// Nodes.
    pub nodes: u64,
    /// Elements of `samples`.
    pub samples: u64,
    /// Bytes of text.
    pub bytes: u64,
}

impl CpuProfile {
    /// What the time of a frame is.
    pub fn role(&self, id: FrameId) -> Role {
        let frame = self.frames.get(id);
        if frame.kind != FrameKind::Native || !self.frames.text(frame.url).is_empty() {
            return Role::Function;
        }
        match self.frames.text(frame.function) {
            "(idle)" => Role::Idle,
            "(garbage collector)" => Role::GarbageCollector,
            "(program)" | "(root)" => Role::Program,
            _ => Role::Function,
        }
    }

    /// The time of a frame.
    pub fn time(&self, id: FrameId) -> u64 {
        self.by_frame[id.0 as usize]
    }

    /// Bytes of memory it takes.
    pub fn memory(&self) -> usize {
        self.frames.memory() + self.frames.index_memory(|entries| entries) + size_of_val(&self.by_frame[..])
    }
}
