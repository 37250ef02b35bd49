//! Functions with all that they call, from the heaviest stacks of a panel; and the order of stacks.
//!
//! What a function keeps may be allocated by many others, and V8 calls by the name of the outer function what it inlined: total sizes show what self sizes
//! hide.

use std::cmp::Ordering;

use crate::analysis::model::{Panel, StackId, Table};
use crate::profile::{FrameId, FrameKind};

/// Total sizes of functions of the application and of packages; rows are numbered as [`FrameId`].
pub(super) fn totals(panel: &Panel) -> Table {
    let frames = panel.frames();
    let is_caller =
        |id: FrameId| matches!(frames.get(id).kind, FrameKind::App | FrameKind::Generated | FrameKind::Dependency);
    let mut members = vec![Vec::new(); panel.members().len()];
    let mut sums = vec![0_u64; panel.members().len()];
    let stacks = panel.by_stack();
    // Stacks by caller.
    let mut below: Vec<Vec<StackId>> = vec![Vec::new(); frames.len()];
    for row in 0..stacks.len() {
        let stack = StackId(row as u32);
        for id in panel.stack(stack).iter().filter(|&&id| is_caller(id)) {
            let below = &mut below[id.0 as usize];
            // A function that calls itself stands in a stack several times.
            if below.last() != Some(&stack) {
                below.push(stack);
            }
        }
    }
    for (row, stacks_below) in below.iter().enumerate().filter(|(_, below)| !below.is_empty()) {
        sums.fill(0);
        for stack in stacks_below {
            for (member, size) in stacks.row(stack.0 as usize).cells() {
                sums[member] = sums[member].saturating_add(size);
            }
        }
        for (cells, &sum) in members.iter_mut().zip(&sums).filter(|(_, sum)| **sum > 0) {
            cells.push((row, sum));
        }
    }
    Table::new(frames.len(), members)
}

/// The order of stacks: by their frames from the innermost out.
pub(super) fn compare(panel: &Panel, a: &[FrameId], b: &[FrameId]) -> Ordering {
    let mut inside_out = a.iter().rev().zip(b.iter().rev());
    let differs = inside_out.find_map(|(&a, &b)| Some(panel.frames().compare(a, b)).filter(|order| order.is_ne()));
    differs.unwrap_or(a.len().cmp(&b.len()))
}
