//! Names of call frames and stacks, as numbers: hashes of what they are called and where they stand. Ids differ from run to run; these do not.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::profile::{CallFrameTable, FrameId};

/// The name of a call frame; never 0.
pub(super) fn of_frame(frames: &CallFrameTable, id: FrameId) -> u64 {
    let frame = frames.get(id);
    let place = (frames.line(id), frames.column(id));
    FixedState::default().hash_one((frames.text(frame.function), frames.text(frame.url), place)).max(1)
}

/// The name of a stack, made of the names of its frames from the outside. A step for each is all that it takes: it is made for each stack of each dump.
#[derive(Debug, Default)]
pub struct StackName(u64);

impl StackName {
    /// Adds the next frame.
    pub fn add(&mut self, frame: u64) {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        self.0 = (self.0.rotate_left(29) ^ frame).wrapping_mul(ODD);
    }

    /// The name.
    pub fn get(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{CategoryId, Class, FrameKind};

    #[test]
    fn names_do_not_depend_on_numbers() {
        let class = Class { kind: FrameKind::App, package: "p".into(), version: None, category: CategoryId(0) };
        // The same four call frames, in another order.
        let named = |lines: [i32; 4]| {
            let mut frames = CallFrameTable::default();
            let mut ids = lines.map(|line| (line, frames.intern("f", "/a.js", line, 0, &class)));
            ids.sort_unstable();
            ids.map(|(_, id)| of_frame(&frames, id))
        };
        let (one, other) = (named([0, 1, 2, 3]), named([2, 0, 3, 1]));
        assert_eq!(one, other);
        let stack = |frames: &[u64]| {
            let mut name = StackName::default();
            frames.iter().for_each(|&frame| name.add(frame));
            name.get()
        };
        let names = [&one[..], &one[..3], &[one[1], one[0], one[2], one[3]], &[]].map(stack);
        assert!((1..names.len()).all(|i| !names[..i].contains(&names[i])), "{names:?}");
    }
}
