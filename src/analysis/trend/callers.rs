//! Functions with all that they call, from the heaviest stacks of a panel; and the order of stacks.
//!
//! What a function keeps may be allocated by many others, and V8 calls by the name of the outer function what it inlined: total sizes show what self sizes
//! hide.

use std::cmp::Ordering;

use crate::analysis::model::{Panel, Table};
use crate::analysis::panel::Adding;
use crate::profile::{FrameId, FrameKind};

/// Total sizes of functions of the application and of packages; rows are numbered as [`FrameId`].
pub(super) fn totals(panel: &Panel) -> Table {
    let frames = panel.frames();
    let is_caller =
        |id: FrameId| matches!(frames.get(id).kind, FrameKind::App | FrameKind::Generated | FrameKind::Dependency);
    let is_caller: Vec<bool> = frames.ids().map(is_caller).collect();
    // The stack that each was met in last: a function that calls itself stands in one several times.
    let mut met_in = vec![0; frames.len()];
    let mut number = 0_usize;
    let mut adding = Adding::default();
    let members = panel.members();
    Table::new(frames.len(), members.len(), |member, cell| {
        for (stack, size) in members[member].stacks() {
            number += 1;
            for row in panel.stack(stack).iter().map(|id| id.0 as usize).filter(|&row| is_caller[row]) {
                if std::mem::replace(&mut met_in[row], number) != number {
                    adding.add(row, size);
                }
            }
        }
        adding.take(cell);
    })
}

/// The order of stacks: by their frames from the innermost out.
pub(super) fn compare(panel: &Panel, a: &[FrameId], b: &[FrameId]) -> Ordering {
    let mut inside_out = a.iter().rev().zip(b.iter().rev());
    let differs = inside_out.find_map(|(&a, &b)| Some(panel.frames().compare(a, b)).filter(|order| order.is_ne()));
    differs.unwrap_or(a.len().cmp(&b.len()))
}
