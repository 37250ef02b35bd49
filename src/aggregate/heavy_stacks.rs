//! The heaviest stacks met so far, a few of them.

use std::cmp::Ordering;

use crate::profile::{CallFrameTable, FrameId, HeavyStack};

/// The innermost frames of a stack that are kept.
pub(crate) const MAX_FRAMES: usize = 256;

/// At most `limit` stacks, the heaviest first. Equal sizes are ordered by their frames from the innermost out, then by place in the file.
#[derive(Debug)]
pub(crate) struct HeavyStacks {
    limit: usize,
    stacks: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    stack: HeavyStack,
    /// Number of the node in the order in which nodes open.
    ordinal: u64,
}

impl HeavyStacks {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, stacks: Vec::new() }
    }

    /// Offers a node with `self_size` bytes. `path` gives its frames from the innermost out, `depth` of them; it is asked only if the size is large enough.
    #[inline]
    pub(crate) fn offer<P: Iterator<Item = FrameId>>(
        &mut self,
        self_size: u64,
        ordinal: u64,
        depth: u64,
        path: impl Fn() -> P,
        frames: &CallFrameTable,
    ) {
        let full = self.stacks.len() == self.limit;
        if full && self.stacks.last().is_none_or(|last| self_size < last.stack.self_size) {
            return;
        }
        let place = self.stacks.partition_point(|kept| {
            let order = self_size.cmp(&kept.stack.self_size);
            match order {
                Ordering::Less => true,
                Ordering::Greater => false,
                Ordering::Equal => {
                    let kept_path = kept.stack.frames.iter().rev().copied();
                    compare(kept_path, path().take(MAX_FRAMES), frames).then(kept.ordinal.cmp(&ordinal)).is_lt()
                }
            }
        });
        if place == self.limit {
            return;
        }
        if full {
            self.stacks.pop();
        }
        let mut kept: Vec<FrameId> = path().take(MAX_FRAMES).collect();
        kept.reverse();
        let frames_omitted = depth - kept.len() as u64;
        let stack = HeavyStack { self_size, frames: kept, frames_omitted };
        self.stacks.insert(place, Kept { stack, ordinal });
    }

    pub(crate) fn into_vec(self) -> Vec<HeavyStack> {
        self.stacks.into_iter().map(|kept| kept.stack).collect()
    }
}

fn compare(
    mut a: impl Iterator<Item = FrameId>,
    mut b: impl Iterator<Item = FrameId>,
    frames: &CallFrameTable,
) -> Ordering {
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) => match frames.compare(a, b) {
                Ordering::Equal => {}
                order => return order,
            },
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
        }
    }
}
