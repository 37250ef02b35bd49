//! The heaviest stacks met so far, a few of them.

use std::cmp::Ordering;

use crate::profile::{CallFrameTable, FrameId, HeavyStack};

/// The innermost frames of a stack that are kept.
pub(crate) const MAX_FRAMES: usize = 256;

/// At most `limit` stacks, the heaviest first. Equal sizes are ordered by their frames from the innermost out, then by depth.
#[derive(Debug)]
pub(crate) struct HeavyStacks {
    limit: usize,
    stacks: Vec<HeavyStack>,
    /// Smaller sizes have no place.
    least: u64,
}

impl HeavyStacks {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, stacks: Vec::new(), least: if limit == 0 { u64::MAX } else { 1 } }
    }

    /// Whether a node with so many bytes may have a place.
    #[inline(always)]
    pub(crate) fn may_take(&self, self_size: u64) -> bool {
        self_size >= self.least
    }

    /// Offers a node with `self_size` bytes. `path` gives its frames from the innermost out, `depth` of them; it is asked only if the size is large enough.
    pub(crate) fn offer<P: Iterator<Item = FrameId>>(
        &mut self,
        self_size: u64,
        depth: u64,
        path: impl Fn() -> P,
        table: &CallFrameTable,
    ) {
        if !self.may_take(self_size) {
            return;
        }
        let place = self.stacks.partition_point(|kept| {
            let order = self_size.cmp(&kept.self_size);
            match order {
                Ordering::Less => true,
                Ordering::Greater => false,
                Ordering::Equal => {
                    let kept_path = kept.frames.iter().rev().copied();
                    let kept_depth = kept.frames.len() as u64 + kept.frames_omitted;
                    compare(kept_path, path().take(MAX_FRAMES), table).then(kept_depth.cmp(&depth)).is_le()
                }
            }
        });
        if place == self.limit {
            return;
        }
        // The one that leaves gives its memory.
        let leaves = if self.stacks.len() == self.limit { self.stacks.pop() } else { None };
        let mut frames = leaves.map_or_else(Vec::new, |leaves| leaves.frames);
        frames.clear();
        frames.reserve(depth.min(MAX_FRAMES as u64) as usize);
        frames.extend(path().take(MAX_FRAMES));
        frames.reverse();
        let frames_omitted = depth - frames.len() as u64;
        self.stacks.insert(place, HeavyStack { self_size, frames, frames_omitted });
        if let Some(last) = self.stacks.get(self.limit - 1) {
            self.least = last.self_size;
        }
    }

    pub(crate) fn into_vec(self) -> Vec<HeavyStack> {
        self.stacks
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
