//! `samples` and the times that belong to them: two arrays, in either order, paired while the second one is read.

use super::clock::{Clock, From};
use super::profile::Untimed;
use super::store::{Replay, Store};

/// An array of numbers at the top of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// The nodes that were running.
    Samples,
    /// Microseconds since the sample before.
    TimeDeltas,
    /// Microseconds from some fixed point.
    Timestamps,
}

impl List {
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Samples => "samples",
            Self::TimeDeltas => "timeDeltas",
            Self::Timestamps => "timestamps",
        }
    }

    fn from(self) -> From {
        if self == Self::Timestamps { From::Start } else { From::Before }
    }
}

/// How far the pairing is.
#[derive(Default)]
enum Stage {
    #[default]
    Nothing,
    /// The first array is being read, or was.
    First(List, Store),
    /// The second is being read.
    Second(Box<Pairs>),
    /// Both were read.
    Done(Result<(), Untimed>),
}

struct Pairs {
    first: List,
    second: List,
    kept: Replay,
    clock: Clock,
    /// Elements of the first and of the second array.
    counts: (u64, u64),
    /// The last element of `second` beyond those of the first: the end of the last sample, if it is a time and the only one.
    extra: Option<i64>,
}

/// The samples of a profile and their times, as they are read.
#[derive(Default)]
pub(super) struct Pairing {
    stage: Stage,
    /// Bytes of memory to stay within.
    limit: Option<usize>,
    /// Samples that were read.
    pub(super) samples: u64,
    /// Whether samples, and whether times, were met.
    met: [bool; 2],
}

impl Pairing {
    pub(super) fn within(limit: Option<usize>) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Whether a list of this kind can still be taken: one of samples, one of times.
    pub(super) fn wants(&self, list: List) -> bool {
        !self.met[usize::from(list != List::Samples)]
    }

    /// The array opens.
    pub(super) fn begin(&mut self, list: List) {
        self.met[usize::from(list != List::Samples)] = true;
        self.stage = match std::mem::take(&mut self.stage) {
            Stage::Nothing => Stage::First(list, Store::within(self.limit)),
            Stage::First(first, store) => {
                let count = store.count();
                match store.replay() {
                    Some(kept) => Stage::Second(Box::new(Pairs {
                        first,
                        second: list,
                        kept,
                        clock: Clock::default(),
                        counts: (count, 0),
                        extra: None,
                    })),
                    None => Stage::Done(Err(Untimed::NoRoom)),
                }
            }
            other => other,
        };
    }

    /// The next element of the array that is open.
    pub(super) fn push(&mut self, list: List, value: i64, spend: &mut impl FnMut(u64, u64)) {
        self.samples += u64::from(list == List::Samples);
        match &mut self.stage {
            Stage::First(_, store) => store.push(value),
            Stage::Second(pairs) => pairs.push(value, spend),
            Stage::Nothing | Stage::Done(_) => {}
        }
    }

    /// The array closes.
    pub(super) fn end(&mut self, spend: &mut impl FnMut(u64, u64)) {
        self.stage = match std::mem::take(&mut self.stage) {
            Stage::Second(pairs) => Stage::Done(pairs.finish(spend)),
            other => other,
        };
    }

    /// Bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        match &self.stage {
            Stage::First(_, store) => store.memory(),
            Stage::Nothing | Stage::Second(_) | Stage::Done(_) => 0,
        }
    }

    /// Gives up the times, for want of memory.
    pub(super) fn give_up(&mut self) {
        self.stage = Stage::Done(Err(Untimed::NoRoom));
    }

    /// Whether the times are known, else why not. Samples that are not paired are counted: `spend` is told of each, with no time.
    pub(super) fn finish(self, spend: &mut impl FnMut(u64, u64)) -> Result<(), Untimed> {
        match self.stage {
            Stage::Done(done) => done,
            Stage::First(List::Samples, store) => {
                let mut kept = store.replay().ok_or(Untimed::NoRoom)?;
                while let Some(node) = kept.next() {
                    spend(node.unsigned_abs(), 0);
                }
                Err(Untimed::NoTimes)
            }
            Stage::Nothing | Stage::First(..) | Stage::Second(_) => Err(Untimed::NoTimes),
        }
    }
}

impl Pairs {
    fn push(&mut self, value: i64, spend: &mut impl FnMut(u64, u64)) {
        self.counts.1 += 1;
        match (self.kept.next(), self.first) {
            (Some(time), List::TimeDeltas | List::Timestamps) => {
                self.clock.sample(value.unsigned_abs(), time, self.first.from(), spend);
            }
            (Some(node), List::Samples) => {
                self.clock.sample(node.unsigned_abs(), value, self.second.from(), spend);
            }
            (None, List::Samples) => self.extra = Some(value),
            (None, _) => {
                // A sample without a time: it is counted, should the samples be all there is.
                spend(value.unsigned_abs(), 0);
            }
        }
    }

    /// Each sample has a time, and there is at most one more of these.
    fn finish(mut self, spend: &mut impl FnMut(u64, u64)) -> Result<(), Untimed> {
        let (samples, times, from) = match self.first {
            List::Samples => (self.counts.0, self.counts.1, self.second.from()),
            _ => (self.counts.1, self.counts.0, self.first.from()),
        };
        let paired = samples.min(times);
        let mut end = self.extra;
        let read = self.kept.left;
        if self.first == List::Samples {
            while let Some(node) = self.kept.next() {
                spend(node.unsigned_abs(), 0);
            }
        } else {
            end = self.kept.next();
        }
        self.clock.finish(end.map(|end| (end, from)), spend);
        match times.checked_sub(samples) {
            Some(0 | 1) if read + paired == self.counts.0 => Ok(()),
            _ if read + paired != self.counts.0 => Err(Untimed::NoRoom), // the temporary file could not be read again
            _ => Err(Untimed::Unpaired { samples, times }),
        }
    }
}
