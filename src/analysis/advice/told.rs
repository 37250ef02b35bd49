//! What advice has spoken of: functions, and what is made below them that it would save as well.

use super::savings;
use crate::profile::FrameId;

/// What recommendations have spoken of so far.
pub(super) struct Told {
    /// Of each call frame, whether one of them speaks of it.
    functions: Vec<bool>,
    /// Of each known stack the bytes that one of them saves at most, being made below its functions.
    below: Vec<u64>,
}

impl Told {
    /// Nothing yet, of so many call frames and known stacks.
    pub(super) fn nothing(frames: usize, stacks: usize) -> Self {
        Self { functions: vec![false; frames], below: vec![0; stacks] }
    }

    /// One speaks of a function.
    pub(super) fn add(&mut self, id: FrameId) {
        self.functions[id.0 as usize] = true;
    }

    /// One saves these fractions of the bytes of a known stack (a number), though it speaks of another function on it.
    pub(super) fn add_below(&mut self, stack: usize, bytes: u64, fractions: (f64, f64)) {
        let below = &mut self.below[stack];
        *below = (*below).max(savings::of(bytes, fractions).high);
    }

    /// Whether one speaks of a function.
    pub(super) fn has(&self, id: FrameId) -> bool {
        self.functions[id.0 as usize]
    }

    /// The bytes of a known stack (a number) that one saves, being made below its functions.
    pub(super) fn below(&self, stack: usize) -> u64 {
        self.below[stack]
    }
}
