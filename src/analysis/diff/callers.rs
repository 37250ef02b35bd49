//! Who calls whom, near by: what an optimising compiler may have put into what.
//!
//! V8 counts what a function allocates for the function that it was inlined into. Which functions those are differs from run to run: bytes then move from one
//! row to another though the program is the same. Such rows have a caller in common, a few calls away.

use super::matching::Groups;
use crate::analysis::panel::{Panel, StackId};
use crate::profile::{FrameId, FrameKind};

/// Calls that one inlined function may reach up.
pub(in crate::analysis) const NEAR: u32 = 3;

/// The callers of each function within [`NEAR`] calls, built-ins not counted: nothing is inlined into those.
pub(super) struct Callers {
    /// Caller and distance by function, 1 to 3.
    near: Vec<Vec<(u32, u32)>>,
    /// What has a function among its callers, or is it.
    below: Vec<Vec<u32>>,
    /// Functions of scripts that a package has others for now, which stand for each other.
    replaced: Vec<Vec<u32>>,
}

impl Callers {
    /// Those in all stacks of a panel whose first `before` members are the side before.
    pub(super) fn new(panel: &Panel, before: usize, functions: &Groups) -> Self {
        let mut near: Vec<Vec<(u32, u32)>> = vec![Vec::new(); functions.len()];
        for (stack, row) in (0..).map(StackId).zip(panel.by_stack().rows()) {
            for side in 0..2 {
                if row.cells().any(|(member, _)| usize::from(member >= before) == side) {
                    take(panel, stack, side, functions, &mut near);
                }
            }
        }
        for callers in &mut near {
            callers.sort_unstable();
            // Of several distances the least.
            callers.dedup_by_key(|&mut (caller, _)| caller);
        }
        let mut below: Vec<Vec<u32>> = (0..near.len() as u32).map(|function| vec![function]).collect();
        for (function, callers) in (0..).zip(&near) {
            callers.iter().for_each(|&(caller, _)| below[caller as usize].push(function));
        }
        Self { near, below, replaced: Vec::new() }
    }

    /// The same with sets of functions, each sorted, of which any may be another one by now.
    pub(super) fn with_replaced(self, sets: &[Vec<u32>]) -> Self {
        Self { replaced: sets.to_vec(), ..self }
    }

    /// Those that call a function.
    pub(super) fn direct(&self, function: u32) -> impl Iterator<Item = u32> {
        self.near[function as usize].iter().filter(|&&(_, calls)| calls == 1).map(|&(caller, _)| caller)
    }

    /// Whether one of two functions calls the other.
    pub(super) fn are_direct(&self, a: u32, b: u32) -> bool {
        self.direct(a).any(|caller| caller == b) || self.direct(b).any(|caller| caller == a)
    }

    /// Whether one of two functions is near above the other.
    pub(super) fn are_on_a_stack(&self, a: u32, b: u32) -> bool {
        let is_above =
            |above: u32, function: u32| self.near[function as usize].iter().any(|&(caller, _)| caller == above);
        is_above(a, b) || is_above(b, a)
    }

    /// All functions that have a near caller in common with one, or are it, or may be it by another name.
    pub(super) fn kin(&self, function: u32) -> Vec<u32> {
        let above = self.near[function as usize].iter().map(|&(caller, _)| caller).chain([function]);
        let mut kin: Vec<u32> = above.flat_map(|caller| self.below[caller as usize].iter().copied()).collect();
        kin.extend(self.replaced.iter().filter(|set| set.binary_search(&function).is_ok()).flatten());
        kin.sort_unstable();
        kin.dedup();
        kin
    }
}

/// Adds the callers that one stack shows.
fn take(panel: &Panel, stack: StackId, side: usize, functions: &Groups, near: &mut [Vec<(u32, u32)>]) {
    let mut above: Vec<u32> = Vec::new();
    for &id in panel.stack(stack) {
        let FrameId(row) = id;
        let Some(function) = functions.group(side, row) else { continue };
        let callers = &mut near[function as usize];
        for (&caller, calls) in above.iter().rev().zip(1..=NEAR) {
            if caller != function && !callers.contains(&(caller, calls)) {
                callers.push((caller, calls));
            }
        }
        if panel.frames().get(id).kind != FrameKind::Native && above.last() != Some(&function) {
            above.push(function);
        }
    }
}
