//! What is made while modules are loaded comes once, whatever it is: advice may speak of loading them, and of nothing else there.

use crate::profile::{CallFrameTable, FrameId, FrameKind, Sums};

/// The part of a profile, in percent, below which what is made at or below an application is hardly anything: a file of settings, or what is loaded before a program
/// that is a package itself.
const HARDLY: u64 = 2;

/// Likewise of code without a url, which is the application's where V8 has unloaded its scripts.
const MOST: u64 = 50;

/// Puts down the part of each frame's bytes that is made while modules are loaded to the loader, in the sums by frame, package and category. Gives the frame that stands for it;
/// none where nothing is loaded for an application, and nothing is changed.
pub(super) fn put_down(
    loading: impl Iterator<Item = u64>,
    [by_frame, by_package, by_category]: [&mut [Sums]; 3],
    total: u64,
    frames: &CallFrameTable,
) -> Option<FrameId> {
    let has = |kind: FrameKind, percent: u64| {
        let packages = frames.package_ids().filter(|&id| frames.package(id).kind == kind);
        let most = packages.map(|id| by_package[id.0 as usize].total_size).max().unwrap_or(0);
        u128::from(most) * 100 > u128::from(total) * u128::from(percent)
    };
    if !has(FrameKind::App, HARDLY) && !has(FrameKind::Generated, MOST) {
        return None;
    }
    let size = |id: FrameId| by_frame[id.0 as usize].total_size;
    let loaders = frames.ids().filter(|&id| frames.get(id).signs.is_of_loader() && size(id) > 0);
    // Ids differ from run to run.
    let loader = loaders.max_by(|&a, &b| size(a).cmp(&size(b)).then_with(|| frames.compare(b, a)))?;
    let mut add = |id: FrameId, part: u64| {
        let frame = frames.get(id);
        by_frame[id.0 as usize].add_actionable(part);
        by_package[frame.package.0 as usize].add_actionable(part);
        by_category[usize::from(frame.category.0)].add_actionable(part);
    };
    for (id, part) in frames.ids().zip(loading).filter(|&(_, part)| part > 0) {
        add(id, part.wrapping_neg());
        add(loader, part);
    }
    Some(loader)
}

impl Sums {
    /// Adds bytes, or takes them away where the number is a negative one.
    fn add_actionable(&mut self, part: u64) {
        self.actionable_size = self.actionable_size.wrapping_add(part);
    }
}
