//! The function of the application to look at, where what holds a suspect is somebody else's: a package only serves it, as the response of a request that never settles, and who lets go is the
//! application.

use super::suspects::{Holder, Search};
use crate::analysis::model::StackId;
use crate::profile::{FrameId, FrameKind};

/// The part of the rate of the stacks with a function of the application that one must have more of.
const MOST: f64 = 0.5;
/// The part of the whole rate that these stacks have at the least: else it is not the application that is behind it.
const ENOUGH: f64 = 0.25;

impl Search<'_> {
    /// The function of the application that is nearest to what allocates and has most of the rate that any of them has, where the first of the holders is not the application's. `stacks` are in the order
    /// of their strength. What runs before the application is called, as a server that reads the request, is on stacks without it.
    pub(super) fn below(&self, stacks: &[StackId], strengths: &[f64], holders: &[Holder]) -> Option<FrameId> {
        let holder = holders.first()?.function;
        if self.is_application(holder) {
            return None;
        }
        let is_applications = |id: &FrameId| self.panel.frames().get(*id).kind == FrameKind::App;
        let has_application = |stack: &&StackId| self.panel.stack(**stack).iter().any(is_applications);
        let asked: Vec<StackId> = stacks.iter().filter(has_application).copied().collect();
        let rate = |stacks: &mut dyn Iterator<Item = &StackId>| -> f64 {
            stacks.map(|stack| strengths[stack.0 as usize]).sum()
        };
        let all = rate(&mut asked.iter());
        if all < ENOUGH * rate(&mut stacks.iter()) {
            return None;
        }
        let frames = self.panel.stack(*asked.first()?);
        // What the holder itself calls is not what it is below of.
        let outside = frames.iter().rposition(|&id| id == holder).unwrap_or(frames.len());
        let is_on_most = |&id: &FrameId| {
            rate(&mut asked.iter().filter(|stack| self.panel.stack(**stack).contains(&id))) > MOST * all
        };
        frames[..outside].iter().rev().copied().filter(is_applications).find(is_on_most)
    }
}
