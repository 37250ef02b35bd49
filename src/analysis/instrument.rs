//! What captures allocates, too: it parses and keeps the profiles that it reads, and each is larger than the one before. That is nothing of the application's.

use super::rows::Summed;
use super::share::Share;
use crate::profile::{Aggregate, CallFrameTable, CategoryId, FrameId, FrameKind, Package, PackageId};

/// What writes heap profiles, by the names of packages.
const PACKAGES: [&str; 8] = [
    "heap-profile",
    "node:inspector",
    "node:inspector/promises",
    "v8-inspector-api",
    "v8-profiler",
    "v8-profiler-next",
    "v8-profiler-node8",
    "xprofiler",
];

/// What is of what captures, and not of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapturesOwn {
    /// Bytes that its functions allocate themselves.
    pub size: u64,
    /// The one with most of them.
    pub largest: FrameId,
    /// The category that has more than half of its bytes from it, if that is so of the one of that function.
    pub category: Option<CategoryId>,
}

fn is_of_package(frames: &CallFrameTable, package: &Package) -> bool {
    matches!(package.kind, FrameKind::Core | FrameKind::Dependency) && PACKAGES.contains(&frames.text(package.name))
}

/// Whether a function is of what captures.
pub(super) fn is_instrument(frames: &CallFrameTable, id: FrameId) -> bool {
    is_of_package(frames, frames.package(frames.get(id).package))
}

/// Whether a stack ends in what captures, natives and Node's own code that it calls aside. What its callbacks do in the application is the application's.
pub(super) fn is_own(frames: &CallFrameTable, stack: &[FrameId]) -> bool {
    let is_aside =
        |id: FrameId| !is_instrument(frames, id) && matches!(frames.get(id).kind, FrameKind::Core | FrameKind::Native);
    stack.iter().rfind(|&&id| !is_aside(id)).is_some_and(|&id| is_instrument(frames, id))
}

impl CapturesOwn {
    /// What captures has of the bytes of these functions, which are in order; nothing where it has none.
    pub(super) fn of(aggregate: &Aggregate, functions: &[FrameId]) -> Option<Self> {
        let frames = &aggregate.frames;
        let size = |id: PackageId| aggregate.by_package[id.0 as usize].self_size;
        let is_its = |&id: &PackageId| size(id) > 0 && is_of_package(frames, frames.package(id));
        let size: u64 = frames.package_ids().filter(is_its).map(size).sum();
        let largest = || functions.iter().copied().find(|&id| is_instrument(frames, id));
        let largest = (size > 0).then(largest).flatten()?;
        let category = frames.get(largest).category;
        let is_most = Share::of(size, category.sums(aggregate).self_size).is_majority();
        Some(Self { size, largest, category: is_most.then_some(category) })
    }
}
