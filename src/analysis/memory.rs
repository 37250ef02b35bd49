//! The memory that profiles take while they are compared, which grows with what is compared: all that counts stands here.
//!
//! | step | what it takes at most |
//! |---|---|
//! | a profile becomes a member of a panel | [`Panel::growth`] |
//! | sides are compared, and told of | [`Diff::memory`] |
//! | runs are summed up, for a baseline or a check | [`Summary::memory`] |
//!
//! Each is what the step takes beside all that is held before it. Who must stay within a limit asks before the step. (A sum of files knows what it takes itself: `aggregate::merge`.)

use foldhash::quality::FixedState;
use std::hash::{BuildHasher, Hash};

use super::diff::NEAR;
use super::model::{Diff, Panel, Profile, Summary};
use super::panel::StackId;
use crate::profile::{CallFrameTable, FrameId};

impl Panel {
    /// Bytes of memory that it takes more, at most, once a profile is added.
    pub fn growth(&self, profile: &Profile) -> usize {
        /// Bytes of a function among those of a member, while they are put in order, and of its number in the panel; and of a stack with its place in the index.
        const FUNCTION: usize = 48;
        const STACK: usize = 128;
        let (frames, stacks) = (&profile.aggregate.frames, &profile.aggregate.stacks);
        let stacks: usize = stacks.iter().map(|stack| STACK + size_of_val(&stack.frames[..])).sum();
        self.frames().growth(frames) + frames.len() * FUNCTION + stacks
    }
}

impl Diff<'_> {
    /// Bytes of memory that a comparison of the members of a panel takes at most, with so many functions that are still to be added to it.
    pub fn memory(panel: &Panel, functions: usize) -> usize {
        /// Bytes that a function takes at most in all tables together, that a file in which it has bytes adds, and that a package does.
        const FUNCTION: usize = 366;
        const CELL: usize = 130;
        const PACKAGE: usize = 360;
        /// Bytes that a stack takes at most, each of its frames, and each caller near by of a function, which are the same in many stacks.
        const STACK: usize = 700;
        const FRAME: usize = 16;
        const CALLER: usize = 24;
        /// Bytes that a file adds to each of these: its size there, wherever sizes are at hand.
        const SIZE: usize = 3 * size_of::<f64>();
        let sizes = SIZE * panel.members().len();
        let stacks = || (0..panel.stacks() as u32).map(|id| panel.stack(StackId(id)));
        let in_stacks: usize = stacks().map(<[_]>::len).sum();
        let callers = distinct(stacks().flat_map(calls_near_by));
        let frames = panel.frames();
        (frames.len() + functions) * (FUNCTION + sizes)
            + (panel.cells() + functions) * CELL
            + frames.package_count() * PACKAGE
            + panel.stacks() * (STACK + sizes)
            + in_stacks * FRAME
            + callers * CALLER
    }
}

impl Summary {
    /// Bytes of memory that [`Summary::of`] a panel takes at most, and what is made of it.
    pub fn memory(panel: &Panel) -> usize {
        Self::memory_of(panel.frames(), panel.members().len())
    }

    /// Bytes that these call frames add to that at most, with so many runs.
    pub fn memory_of(frames: &CallFrameTable, runs: usize) -> usize {
        /// Bytes that a row takes at most in all tables together (600 with the texts, of 300,000 functions of three files), and times that its name and place are held.
        const ROW: usize = 400;
        const HELD: usize = 3;
        let texts = |id: FrameId| frames.text(frames.get(id).function).len() + frames.text(frames.get(id).url).len();
        let texts: usize = frames.ids().map(texts).sum();
        let sizes = 6 * size_of::<f64>() * runs;
        (frames.len() + frames.package_count()) * (ROW + sizes) + HELD * texts
    }
}

/// The frames of a stack, each with one that calls it near by, and by how many calls.
fn calls_near_by(stack: &[FrameId]) -> impl Iterator<Item = (FrameId, FrameId, usize)> {
    let above = move |i: usize| {
        (1..=NEAR as usize).filter_map(move |calls| Some((stack[i], *stack.get(i.checked_sub(calls)?)?, calls)))
    };
    (0..stack.len()).flat_map(above)
}

/// About how many of some things differ, in little memory: by how many of so many places none of them falls upon (linear counting; good to a hundredth for up to 20 million).
fn distinct<T: Hash>(things: impl Iterator<Item = T>) -> usize {
    const PLACES: usize = 1 << 22;
    let mut taken = vec![0_u64; PLACES / 64];
    let hasher = FixedState::default();
    for thing in things {
        let place = hasher.hash_one(thing) as usize % PLACES;
        taken[place / 64] |= 1 << (place % 64);
    }
    let free: u32 = taken.iter().map(|word| word.count_zeros()).sum();
    let places = PLACES as f64;
    (places * (places / f64::from(free.max(1))).ln()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_near_by_are_those_of_three_calls() {
        let stack = [7, 8, 9, 7, 8].map(FrameId);
        let calls: Vec<_> = calls_near_by(&stack).map(|(FrameId(of), FrameId(by), calls)| (of, by, calls)).collect();
        let of_inner = [(7, 9, 1), (7, 8, 2), (7, 7, 3), (8, 7, 1), (8, 9, 2), (8, 8, 3)];
        assert_eq!(calls, [&[(8, 7, 1), (9, 8, 1), (9, 7, 2)][..], &of_inner].concat());
        assert_eq!(calls_near_by(&stack[..1]).count(), 0);
    }

    #[test]
    fn what_differs_is_counted_to_a_hundredth() {
        for number in [0_usize, 1, 1000, 300_000, 6_000_000] {
            let counted = distinct((0..number).chain(0..number / 2)) as f64;
            assert!((counted - number as f64).abs() <= 1.0 + number as f64 / 100.0, "{number}: {counted}");
        }
    }
}
