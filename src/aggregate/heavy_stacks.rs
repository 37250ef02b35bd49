//! The heaviest stacks met so far, a few of them.
//!
//! Stacks that may be among them are put down as they come, and sorted out once there are twice as many as wanted: most are too light by then to be
//! put down at all.

use std::cmp::Ordering;

use crate::profile::{CallFrameTable, FrameId, HeavyStack};

/// The innermost frames of a stack that are kept.
pub(crate) const MAX_FRAMES: usize = 256;

/// Bytes that the allocator takes for each list, beside what is in it.
const ALLOCATION: usize = 32;

/// At most `limit` stacks, the heaviest first. Equal sizes are ordered by their frames from the innermost out, then by depth, then by who came first.
#[derive(Clone, Debug)]
pub(crate) struct HeavyStacks {
    limit: usize,
    stacks: Vec<Stack>,
    /// How many of them are in order, from the first on.
    sorted: usize,
    /// Frames of all of them, each from the innermost out.
    frames: Vec<FrameId>,
    /// Smaller sizes have no place.
    least: u64,
}

#[derive(Clone, Copy, Debug)]
struct Stack {
    self_size: u64,
    depth: u64,
    /// Where its frames stand.
    start: usize,
    end: usize,
}

impl HeavyStacks {
    pub(crate) fn new(limit: usize) -> Self {
        let least = if limit == 0 { u64::MAX } else { 1 };
        // Twice as many are held for a while.
        let limit = limit.min(usize::MAX / 2);
        Self { limit, stacks: Vec::new(), sorted: 0, frames: Vec::new(), least }
    }

    /// Bytes of memory that it takes, while it is put in order and made a list as well.
    pub(crate) fn memory(&self) -> usize {
        memory(self.stacks.len(), self.frames.len(), self.limit)
    }

    /// Bytes of memory that it takes more, at most, with so many nodes more, none of which is deeper than `depth`.
    pub(crate) fn growth(&self, nodes: usize, depth: usize) -> usize {
        Self::memory_at_most(self.limit, self.stacks.len().saturating_add(nodes), depth).saturating_sub(self.memory())
    }

    /// Bytes of memory that `limit` of so many nodes take at most, none of which is deeper than `depth`.
    pub(crate) fn memory_at_most(limit: usize, nodes: usize, depth: usize) -> usize {
        let stacks = nodes.min(limit.saturating_mul(2));
        memory(stacks, stacks * depth.min(MAX_FRAMES), limit)
    }

    /// Takes notice of nodes that are all about to be offered: where there are as many as wanted, those with fewer bytes have no place. So a small file
    /// has no stacks put down in vain. Later on what is kept tells as much.
    pub(crate) fn announce(&mut self, sizes: impl Iterator<Item = u64>) {
        if self.least != 1 {
            return;
        }
        let mut sizes: Vec<u64> = sizes.filter(|&size| size > 0).collect();
        if self.limit <= sizes.len() {
            let (_, &mut least, _) = sizes.select_nth_unstable_by(self.limit - 1, |a, b| b.cmp(a));
            self.least = least;
        }
    }

    /// A node with fewer bytes has no place; at least 1.
    pub(crate) fn least(&self) -> u64 {
        self.least
    }

    /// Offers a node with `self_size` bytes. `path` gives its frames from the innermost out, `depth` of them; it is asked only if the size is large enough.
    pub(crate) fn offer<P: Iterator<Item = FrameId>>(
        &mut self,
        self_size: u64,
        depth: u64,
        path: impl Fn() -> P,
        table: &CallFrameTable,
    ) {
        if self_size < self.least || self.limit == 0 || self.is_behind_the_last(self_size, depth, path(), table) {
            return;
        }
        if self.limit == 1 && self.least < self_size {
            self.stacks.clear();
            self.sorted = 0;
            self.frames.clear();
            self.least = self_size;
        }
        let start = self.frames.len();
        self.frames.reserve(depth.min(MAX_FRAMES as u64) as usize);
        self.frames.extend(path().take(MAX_FRAMES));
        self.stacks.push(Stack { self_size, depth, start, end: self.frames.len() });
        if self.stacks.len() >= 2 * self.limit {
            self.sort_out(table);
            self.move_together();
        }
    }

    /// Moves the frames of those that are left to the front, in the order in which they stand.
    fn move_together(&mut self) {
        let mut stacks: Vec<&mut Stack> = self.stacks.iter_mut().collect();
        stacks.sort_unstable_by_key(|stack| stack.start);
        let mut start = 0;
        for stack in stacks {
            self.frames.copy_within(stack.start..stack.end, start);
            let end = start + (stack.end - stack.start);
            (stack.start, stack.end) = (start, end);
            start = end;
        }
        self.frames.truncate(start);
    }

    /// Whether there are as many as wanted before this stack, as far as they are in order. Of a long recursion all stacks may have the same size: without
    /// this each would be put down.
    fn is_behind_the_last(
        &self,
        self_size: u64,
        depth: u64,
        path: impl Iterator<Item = FrameId>,
        table: &CallFrameTable,
    ) -> bool {
        let Some(last) = self.stacks[..self.sorted].get(self.limit - 1) else { return false };
        let frames = &self.frames[last.start..last.end];
        let by_path = || compare(path.take(MAX_FRAMES), frames.iter().copied(), table);
        order((self_size, depth), (last.self_size, last.depth), by_path).is_ge()
    }

    /// Orders them, and drops those that have no place.
    fn sort_out(&mut self, table: &CallFrameTable) {
        let Self { limit, stacks, sorted, frames, least, .. } = self;
        let path = |stack: &Stack| frames[stack.start..stack.end].iter().copied();
        stacks
            .sort_by(|a, b| order((a.self_size, a.depth), (b.self_size, b.depth), || compare(path(a), path(b), table)));
        stacks.truncate(*limit);
        *sorted = stacks.len();
        if let Some(last) = limit.checked_sub(1).and_then(|last| stacks.get(last)) {
            *least = last.self_size;
        }
    }

    pub(crate) fn into_vec(mut self, table: &CallFrameTable) -> Vec<HeavyStack> {
        self.sort_out(table);
        let frames = |stack: &Stack| self.frames[stack.start..stack.end].to_vec();
        self.stacks.iter().map(|stack| stack.with(frames(stack))).collect()
    }

    /// The first one, with the list of frames that is there.
    pub(crate) fn into_first(mut self, table: &CallFrameTable) -> Option<HeavyStack> {
        self.sort_out(table);
        let Self { stacks, mut frames, .. } = self;
        let stack = stacks.first()?;
        frames.truncate(stack.end);
        frames.drain(..stack.start);
        Some(stack.with(frames))
    }
}

impl Stack {
    /// It with its frames, which come from the innermost out.
    fn with(&self, mut frames: Vec<FrameId>) -> HeavyStack {
        frames.reverse();
        HeavyStack { self_size: self.self_size, frames_omitted: self.depth - frames.len() as u64, frames }
    }
}

/// Bytes of memory that so many stacks with so many frames take, while `limit` of them are made a list.
fn memory(stacks: usize, frames: usize, limit: usize) -> usize {
    let kept = stacks.min(limit);
    let listed = frames.min(kept * MAX_FRAMES);
    2 * stacks * size_of::<Stack>()
        + kept * (size_of::<HeavyStack>() + ALLOCATION)
        + (frames + listed) * size_of::<FrameId>()
}

/// The order of two stacks, each of a size and a depth: the heavier one first, else by their frames, else the less deep one.
fn order(a: (u64, u64), b: (u64, u64), by_path: impl FnOnce() -> Ordering) -> Ordering {
    b.0.cmp(&a.0).then_with(by_path).then(a.1.cmp(&b.1))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{CategoryId, Class, FrameKind};

    #[test]
    fn the_heaviest_are_kept_whatever_is_announced() {
        let mut table = CallFrameTable::default();
        let class = Class { kind: FrameKind::App, package: "p".into(), version: None, category: CategoryId(0) };
        let ids: Vec<FrameId> = (0..5).map(|line| table.intern("f", "/a.js", line, 0, &class)).collect();
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        for nodes in [0, 1, 2, 7, 40, 200] {
            // Many are equal, and some have no bytes.
            let offered: Vec<(u64, Vec<FrameId>)> = (0..nodes)
                .map(|_| (random(12) * 8, (0..=random(4)).map(|_| ids[random(5) as usize]).collect()))
                .collect();
            for (limit, piece) in [0, 1, 2, 5, 26, 300].into_iter().flat_map(|limit| [(limit, 3), (limit, 1000)]) {
                let kept = |announces: bool| {
                    let mut stacks = HeavyStacks::new(limit);
                    let mut put_down = 0;
                    for piece in offered.chunks(piece) {
                        if announces {
                            stacks.announce(piece.iter().map(|(size, _)| *size));
                        }
                        for (size, frames) in piece {
                            put_down += u64::from(*size >= stacks.least());
                            stacks.offer(*size, frames.len() as u64, || frames.iter().copied(), &table);
                        }
                    }
                    (stacks, put_down)
                };
                let (obvious, without) = kept(false);
                let (found, with) = kept(true);
                let (obvious, first) = (obvious.clone().into_vec(&table), obvious.into_first(&table));
                let found = found.into_vec(&table);
                assert_eq!(found, obvious, "{nodes} nodes, {limit} stacks, {piece} at a time");
                assert_eq!(found.first(), first.as_ref());
                assert!(with <= without);
                let mut all: Vec<_> = offered.iter().filter(|(size, _)| *size > 0).collect();
                all.sort_by(|(a, left), (b, right)| {
                    b.cmp(a).then_with(|| compare(left.iter().copied(), right.iter().copied(), &table))
                });
                let all = all
                    .into_iter()
                    .take(limit)
                    .map(|(size, frames)| (*size, frames.iter().rev().copied().collect::<Vec<_>>()));
                assert!(found.iter().map(|stack| (stack.self_size, stack.frames.clone())).eq(all));
            }
        }
    }

    #[test]
    fn no_more_memory_is_taken_than_was_said_beforehand() {
        let table = CallFrameTable::default();
        for (limit, depth) in [(1, 3), (5, 3), (40, 300), (300, 20)] {
            let mut stacks = HeavyStacks::new(limit);
            let all = stacks.growth(1000, depth);
            assert_eq!((stacks.memory(), all), (0, HeavyStacks::memory_at_most(limit, 1000, depth)));
            for size in 1..=1000 {
                let path = || (0..depth as u32).map(FrameId);
                stacks.offer(size, depth as u64, path, &table);
                assert!(stacks.frames.len() <= 2 * limit * depth.min(MAX_FRAMES), "those without a place are let go");
                assert!(stacks.memory() <= all, "{limit} of depth {depth}: {} of {all}", stacks.memory());
            }
        }
    }
}
