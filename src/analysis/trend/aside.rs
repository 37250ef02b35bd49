//! Stacks that are no suspect, whatever grows on them, since they tell nobody what to mend.

use super::suspects::Search;
use crate::profile::{CallFrameTable, FrameId, FrameKind};

/// The script of Node's functions that run what is due, and their names.
const TIMERS: &str = "node:internal/timers";
const BETWEEN_TASKS: [&str; 2] = ["processImmediate", "processTimers"];

impl Search<'_> {
    /// Whether a stack has native code alone, as that of `(V8 API)`.
    pub(super) fn is_uncalled(&self, frames: &[FrameId]) -> bool {
        !frames.is_empty() && frames.iter().all(|&id| self.panel.frames().get(id).kind == FrameKind::Native)
    }

    /// Whether a stack has nothing but a function of Node that runs what is due and allocates nothing that lasts. Code that V8 compiles beside the program while that sleeps is
    /// put down to the function that is run first afterwards: a service that warms up has some of it in each dump.
    pub(super) fn is_between_tasks(&self, frames: &[FrameId]) -> bool {
        matches!(frames, &[only] if runs_what_is_due(self.panel.frames(), only))
    }
}

/// Whether a function is one of these of Node.
pub(super) fn runs_what_is_due(frames: &CallFrameTable, id: FrameId) -> bool {
    let frame = frames.get(id);
    frames.text(frame.url) == TIMERS && BETWEEN_TASKS.contains(&frames.text(frame.function))
}
