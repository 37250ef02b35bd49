//! From the ids of a table of call frames to those of a panel.

use crate::profile::FrameId;

/// What the ids of one table are in another, as far as they were asked for. While the first table only grows, it may serve many profiles.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    frames: Vec<Option<FrameId>>,
}

impl Numbering {
    /// What a frame is in the other table; the first time it is asked for.
    pub(super) fn number(&mut self, id: FrameId, ask: impl FnOnce() -> FrameId) -> FrameId {
        let at = id.0 as usize;
        if self.frames.len() <= at {
            self.frames.resize(at + 1, None);
        }
        *self.frames[at].get_or_insert_with(ask)
    }
}
