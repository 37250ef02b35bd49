//! What a series has, looked at before its dumps are put side by side: memory is given to what will be judged, however many dumps there are.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::panels::MEMBERS;
use crate::profile::FrameId;

/// Bytes that the stacks of a series may take. Of 10,000 dumps that bring 260,000 stacks which all differ, 32,000 of 40 frames fit, with 57 % of the bytes; the lightest has 4 samples,
/// where 20 are judged.
const ROOM: usize = 6 << 20;
/// Bytes that a stack takes beside its frames.
const STACK: usize = 64;

/// Sums of functions that are kept, of all parts together: what grows with functions does not grow with parts.
const CELLS: usize = 400_000;
/// Parts that a series is of whatever it has: what a trend makes of fewer is coarse.
const FEWEST: usize = 16;

/// Which call frames some dumps have. All threads note them.
pub(super) struct Met(Vec<AtomicBool>);

/// A stack of a dump, in short.
pub(super) struct Seen {
    /// Its [name](super::StackName): what is kept must not differ from run to run, as ids do.
    pub(super) name: u64,
    pub(super) self_size: u64,
    /// How many it has.
    pub(super) frames: usize,
}

/// The names of the stacks that are kept; all are where there are none.
pub(super) struct Kept(Option<HashSet<u64, FixedState>>);

impl Met {
    /// None of so many.
    pub(super) fn new(frames: usize) -> Self {
        Self((0..frames).map(|_| AtomicBool::new(false)).collect())
    }

    /// Notes a call frame; none where it is none of them.
    pub(super) fn note(&self, FrameId(id): FrameId) -> Option<()> {
        let is_met = self.0.get(id as usize)?;
        // Nearly all were met before, and what is only read no thread waits for.
        if !is_met.load(Ordering::Relaxed) {
            is_met.store(true, Ordering::Relaxed);
        }
        Some(())
    }

    /// Of how many parts a series of these dumps is at most.
    pub(super) fn parts(&self) -> usize {
        let met = self.0.iter().filter(|is_met| is_met.load(Ordering::Relaxed)).count();
        (CELLS / met.max(1)).clamp(FEWEST, MEMBERS)
    }
}

impl Kept {
    /// Chooses of the stacks of some dumps, in any order, those with most bytes in all of them together.
    pub(super) fn of(mut seen: Vec<Seen>) -> Self {
        seen.par_sort_unstable_by_key(|stack| stack.name);
        seen.dedup_by(|next, first| {
            let is_same = next.name == first.name;
            if is_same {
                first.self_size = first.self_size.saturating_add(next.self_size);
            }
            is_same
        });
        let taken = |stack: &Seen| STACK + stack.frames * size_of::<FrameId>();
        if seen.iter().map(taken).sum::<usize>() <= ROOM {
            return Self(None);
        }
        let heaviest = |stack: &Seen| (Reverse(stack.self_size), stack.name);
        // Of so many as may fit only these are put in order.
        let most = ROOM / seen.iter().map(taken).min().unwrap_or(STACK);
        if most < seen.len() {
            seen.select_nth_unstable_by_key(most, heaviest);
            seen.truncate(most);
        }
        seen.sort_unstable_by_key(heaviest);
        let mut left = ROOM;
        let fits = seen.iter().map_while(|stack| {
            left = left.checked_sub(taken(stack))?;
            Some(stack.name)
        });
        Self(Some(fits.collect()))
    }

    /// Whether a stack is kept.
    pub(super) fn has(&self, name: u64) -> bool {
        self.0.as_ref().is_none_or(|kept| kept.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many stacks of 256 frames; two weigh the same each.
    fn long(n: u64) -> impl Iterator<Item = (u64, u64)> {
        (0..n).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15), 1 + i / 2))
    }

    /// The places of the stacks that are kept where two dumps have these.
    fn kept(n: u64) -> Vec<u64> {
        let seen = |(name, self_size)| Seen { name, self_size, frames: 256 };
        let kept = Kept::of(long(n).chain(long(n)).map(seen).collect());
        (0..).zip(long(n)).filter(|&(_, (name, _))| kept.has(name)).map(|(i, _)| i).collect()
    }

    #[test]
    fn the_heaviest_stacks_are_kept_where_there_is_no_room_for_all() {
        let fit = ROOM / (STACK + 256 * size_of::<FrameId>());
        assert_eq!(kept(fit as u64).len(), fit);
        let found = kept(8000);
        assert_eq!(found.len(), fit);
        // Two weigh the same each: of the last pair one may be kept.
        assert!(found.iter().all(|&i| i >= 8000 - fit as u64 - 1), "{found:?}");
    }

    #[test]
    fn parts_are_fewer_the_more_functions_there_are() {
        for (functions, parts) in [(1, MEMBERS), (6000, MEMBERS), (12_500, 32), (100_000, FEWEST)] {
            let met = Met::new(functions as usize);
            assert_eq!(met.parts(), MEMBERS);
            assert!((0..functions).all(|id| met.note(FrameId(id)).is_some()));
            assert_eq!(met.note(FrameId(functions)), None);
            assert_eq!(met.parts(), parts);
        }
    }
}
