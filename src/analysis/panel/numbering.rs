//! From the ids of a profile's own tables to those of a panel.

use crate::profile::{CallFrameTable, FrameId};

/// What the ids of one table are in another, as far as they were asked for. While the first table only grows, it may serve many profiles.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    frames: Vec<Option<FrameId>>,
}

impl Numbering {
    /// The id in `to` of a frame of `from`.
    pub(super) fn frame(&mut self, id: FrameId, from: &CallFrameTable, to: &mut CallFrameTable) -> FrameId {
        if self.frames.len() < from.len() {
            self.frames.resize(from.len(), None);
        }
        *self.frames[id.0 as usize].get_or_insert_with(|| to.adopt(from, id))
    }
}
