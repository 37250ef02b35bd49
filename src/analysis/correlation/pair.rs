//! A category in both profiles, and what that means.

use super::super::reading::{MemoryLevel, Reading, TIME_IS_THAT_OF_CALLERS, reading, works_for_others};
use super::super::share::{Priority, Share};
use crate::profile::Category;

/// A category with its time and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct CategoryPair<'a> {
    /// What it is.
    pub category: &'a Category,
    /// Bytes of its functions.
    pub self_size: u64,
    /// Time of its functions.
    pub time: u64,
    /// Time as a share of all time.
    pub cpu_share: Share,
    /// Time as a share of active time.
    pub active_share: Share,
    /// Bytes as a share of the heap profile.
    pub memory_share: Share,
    /// How much CPU time that is.
    pub cpu_level: Priority,
    /// How much memory that is.
    pub memory_level: MemoryLevel,
    /// Whether it is code that somebody can change: most of it is of the application or of a package, not of Node or V8.
    pub is_workable: bool,
    /// Whether most of it is native.
    pub is_native: bool,
}

impl CategoryPair<'_> {
    /// What that means.
    pub fn reading(&self) -> Reading {
        let reading = reading(self.cpu_level, self.memory_level);
        if self.is_workable || self.is_low() {
            reading
        } else if self.is_native && self.time == 0 {
            Reading { advice: TIME_IS_THAT_OF_CALLERS, ..reading }
        } else {
            Reading { advice: works_for_others(self.memory_level), ..reading }
        }
    }

    /// Whether it has more than half of the memory.
    pub fn has_most_memory(&self) -> bool {
        self.memory_share.is_majority()
    }

    /// Whether it takes more than half of the active time, and much of all time.
    pub fn takes_most_time(&self) -> bool {
        self.active_share.is_majority() && self.cpu_level == Priority::High
    }

    /// Whether it alone is more than all others, in time or in memory.
    pub fn dominates(&self) -> bool {
        self.has_most_memory() || self.takes_most_time()
    }

    /// Whether it belongs into the order of work. What is Node's or V8's own works for its callers: it does where it is high in something.
    pub(super) fn is_task(&self) -> bool {
        let is_high = self.cpu_level == Priority::High || self.memory_level.is_high();
        if self.is_workable { !self.is_low() } else { is_high }
    }

    /// Whether it takes much memory and so little time that a CPU profile does not show it.
    pub fn is_hidden(&self) -> bool {
        self.memory_level.is_high() && self.cpu_level == Priority::Low
    }

    /// Whether it takes little of both.
    pub fn is_low(&self) -> bool {
        self.cpu_level == Priority::Low && self.memory_level == MemoryLevel::Low
    }
}
