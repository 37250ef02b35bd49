//! What a series has, looked at before its dumps are put side by side: memory is given to what will be judged, however many dumps there are.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::panels::MEMBERS;
use crate::profile::{CallFrameTable, FrameId, HeavyStack};

/// Bytes that the stacks of a series may take. Of 10,000 dumps that bring 260,000 stacks which all differ, 32,000 of 40 frames fit, with 57 % of the bytes; the lightest has 4 samples,
/// where 20 are judged.
const ROOM: usize = 6 << 20;
/// Bytes that a stack takes beside its frames.
const STACK: usize = 64;

/// Sums of functions that are kept, of all parts together: what grows with functions does not grow with parts.
const CELLS: usize = 400_000;
/// Parts that a series is of whatever it has: what a trend makes of fewer is coarse.
const FEWEST: usize = 16;

/// The stacks of some dumps, and how many functions there are.
pub(super) struct Survey<'f> {
    frames: &'f CallFrameTable,
    /// A hash of the name and place of each call frame that was met, else 0. (Numbers differ from run to run; what is kept must not.)
    names: Vec<u64>,
    met: usize,
    /// Size and frames of each stack, by its hash.
    stacks: HashMap<u64, (u64, usize), FixedState>,
}

/// The stacks that are kept.
pub(super) struct Kept<'f> {
    survey: Survey<'f>,
    /// Their hashes; all are kept where there are none.
    stacks: Option<HashSet<u64, FixedState>>,
}

impl<'f> Survey<'f> {
    pub(super) fn new(frames: &'f CallFrameTable) -> Self {
        Self { frames, names: vec![0; frames.len()], met: 0, stacks: HashMap::default() }
    }

    /// Looks at a dump, whose frames are those of the table.
    pub(super) fn add(&mut self, functions: &[(FrameId, u64)], stacks: &[HeavyStack]) {
        for &(id, _) in functions {
            self.name(id);
        }
        for stack in stacks {
            let hash = self.hash(stack);
            let (size, _) = self.stacks.entry(hash).or_insert((0, stack.frames.len()));
            *size = size.saturating_add(stack.self_size);
        }
    }

    /// Of how many parts the series is at most.
    pub(super) fn parts(&self) -> usize {
        (CELLS / self.met.max(1)).clamp(FEWEST, MEMBERS)
    }

    /// Chooses the stacks that are kept: those with most bytes in all dumps together.
    pub(super) fn keep(mut self) -> Kept<'f> {
        let taken = |frames: usize| STACK + frames * size_of::<FrameId>();
        let mut stacks: Vec<(u64, (u64, usize))> = std::mem::take(&mut self.stacks).into_iter().collect();
        if stacks.iter().map(|&(_, (_, frames))| taken(frames)).sum::<usize>() <= ROOM {
            return Kept { survey: self, stacks: None };
        }
        stacks.sort_unstable_by(|(a, (a_size, _)), (b, (b_size, _))| b_size.cmp(a_size).then(a.cmp(b)));
        let mut left = ROOM;
        let fits = stacks.into_iter().map_while(|(hash, (_, frames))| {
            left = left.checked_sub(taken(frames))?;
            Some(hash)
        });
        Kept { stacks: Some(fits.collect()), survey: self }
    }

    /// A hash of a stack, of the hashes of its frames. It is asked for each stack of each dump, and a step for each frame is all that it takes.
    fn hash(&mut self, stack: &HeavyStack) -> u64 {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        stack.frames.iter().fold(0, |hash: u64, &id| (hash.rotate_left(29) ^ self.name(id)).wrapping_mul(ODD))
    }

    fn name(&mut self, id: FrameId) -> u64 {
        match self.names[id.0 as usize] {
            0 => self.meet(id),
            name => name,
        }
    }

    /// Counts a call frame that was not met before.
    #[cold]
    fn meet(&mut self, id: FrameId) -> u64 {
        self.met += 1;
        let (frames, frame) = (self.frames, self.frames.get(id));
        let place = (frames.line(id), frames.column(id));
        let name = FixedState::default().hash_one((frames.text(frame.function), frames.text(frame.url), place)).max(1);
        self.names[id.0 as usize] = name;
        name
    }
}

impl Kept<'_> {
    /// Leaves out of the stacks of a dump those that are not kept.
    pub(super) fn retain(&mut self, stacks: &mut Vec<HeavyStack>) {
        if let Some(kept) = &self.stacks {
            stacks.retain(|stack| kept.contains(&self.survey.hash(stack)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{CategoryId, Class, FrameKind};

    /// Call frames with these lines, each of a function of its own.
    fn frames(lines: impl Iterator<Item = i32>) -> CallFrameTable {
        let mut frames = CallFrameTable::default();
        let class = Class { kind: FrameKind::App, package: "p".into(), version: None, category: CategoryId(0) };
        for line in lines {
            frames.intern(&format!("f{line}"), "/a.js", line, 0, &class);
        }
        frames
    }

    fn stack(frames: Vec<FrameId>, self_size: u64) -> HeavyStack {
        HeavyStack { self_size, frames, frames_omitted: 0 }
    }

    /// So many stacks of 256 frames; two weigh the same each.
    fn long(n: u32, last: impl Fn(u32) -> u32) -> Vec<HeavyStack> {
        let path = |i| [vec![FrameId(last(0)); 255], vec![FrameId(last(i))]].concat();
        (0..n).map(|i| stack(path(i), 1 + u64::from(i) / 2)).collect()
    }

    /// The places of the stacks that are kept where two dumps have these.
    fn kept(frames: &CallFrameTable, stacks: &[HeavyStack]) -> Vec<usize> {
        let mut survey = Survey::new(frames);
        (0..2).for_each(|_| survey.add(&[], stacks));
        let mut left = stacks.to_vec();
        survey.keep().retain(&mut left);
        left.iter().map(|left| stacks.iter().position(|stack| stack == left).unwrap()).collect()
    }

    #[test]
    fn the_heaviest_stacks_are_kept_where_there_is_no_room_for_all() {
        let fit = ROOM / (STACK + 256 * size_of::<FrameId>());
        let table = frames(0..8000);
        let few = long(fit as u32, |i| i);
        assert_eq!(kept(&table, &few).len(), fit);
        let found = kept(&table, &long(8000, |i| i));
        assert_eq!(found.len(), fit);
        // Two weigh the same each: of the last pair one may be kept.
        assert!(found.iter().all(|&i| i >= 8000 - fit - 1), "{found:?}");
    }

    #[test]
    fn what_is_kept_does_not_depend_on_numbers() {
        // As many as fit, but for one of a pair that weighs the same.
        let fit = (ROOM / (STACK + 256 * size_of::<FrameId>())) as u32;
        let n = fit + 1 + fit % 2;
        let turned = kept(&frames((0..n as i32).rev()), &long(n, |i| n - 1 - i));
        assert_eq!(kept(&frames(0..n as i32), &long(n, |i| i)), turned);
        assert_eq!(turned.len(), fit as usize);
    }

    #[test]
    fn parts_are_fewer_the_more_functions_there_are() {
        for (functions, parts) in [(1, MEMBERS), (6000, MEMBERS), (12_500, 32), (100_000, FEWEST)] {
            let table = frames(0..functions);
            let mut survey = Survey::new(&table);
            assert_eq!(survey.parts(), MEMBERS);
            survey.add(&table.ids().map(|id| (id, 1)).collect::<Vec<_>>(), &[]);
            assert_eq!(survey.parts(), parts);
        }
    }
}
