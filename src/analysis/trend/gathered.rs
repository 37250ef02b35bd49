//! What looks like a suspect of its own and is likely kept by the first: nobody can let go of it but who keeps that.

use std::collections::HashSet;

use super::suspects::{Group, Search};
use crate::analysis::model::StackId;
use crate::profile::{FrameId, FrameKind};

/// The part of the rate of the first suspect that Node's own code may have beside it without being another one.
const LITTLE: f64 = 0.2;

impl Search<'_> {
    /// Puts to the suspect with the highest rate what is likely kept by it: what a package has made for the same request, before or after it called the application, and the little
    /// that Node's own code holds, which nobody but those who use it can let go.
    pub(super) fn gathered(&self, mut groups: Vec<Group>, strengths: &[f64]) -> Vec<Group> {
        let rate = |group: &Group| match group.stacks.as_slice() {
            [] => group.rate,
            stacks => stacks.iter().map(|stack| strengths[stack.0 as usize]).sum(),
        };
        groups.sort_by(|a, b| rate(b).total_cmp(&rate(a)).then_with(|| self.compare(&a.frames, &b.frames)));
        let mut groups = groups.into_iter();
        let Some(mut first) = groups.next() else { return Vec::new() };
        let is_dependency = |id: &&FrameId| self.panel.frames().get(**id).kind == FrameKind::Dependency;
        let outside = |&stack: &StackId| {
            let frames = self.panel.stack(stack);
            let app = frames.iter().position(|&id| self.is_application(id));
            frames[..app.unwrap_or(0)].iter().filter(is_dependency)
        };
        let callers: HashSet<FrameId> = first.stacks.iter().flat_map(outside).copied().collect();
        let whole = rate(&first);
        let is_kept = |group: &Group| {
            let is_applications = group.keys.iter().any(|&id| self.is_application(id));
            let mut packages = group.frames.iter().filter(is_dependency).peekable();
            !is_applications
                && match packages.peek() {
                    Some(_) => packages.any(|id| callers.contains(id)),
                    None => rate(group) <= LITTLE * whole,
                }
        };
        let (kept, others): (Vec<Group>, Vec<Group>) = groups.partition(is_kept);
        first.stacks.extend(kept.into_iter().flat_map(|group| group.stacks));
        [first].into_iter().chain(others).collect()
    }
}
