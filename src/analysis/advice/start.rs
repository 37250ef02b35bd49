//! Whether a profile shows hardly more than how Node starts: what it loads of itself, and modules of the program as they are loaded.

use super::super::report::Report;
use super::super::share::Share;
use crate::profile::{FrameId, FrameKind, Platform};

/// Bytes that it takes at most: an empty program has some 2.5 MB of all that lives, a thread as much.
const MOST: u64 = 8 << 20;

/// Where the code stands that loads modules.
const LOADERS: [&str; 3] = ["node:internal/bootstrap/", "node:internal/main/", "node:internal/modules/"];

/// Whether the greater part is made as modules are loaded, and not by what these do: between the loader and what is made no function of the application stands.
pub(super) fn is_start(report: &Report<'_>) -> bool {
    let aggregate = report.aggregate();
    let frames = &aggregate.frames;
    let is_app = |id: FrameId| frames.get(id).kind == FrameKind::App;
    let is_loader = |id: FrameId| {
        let url = frames.text(frames.get(id).url);
        frames.get(id).kind == FrameKind::Core && LOADERS.iter().any(|folder| url.starts_with(folder))
    };
    let (mut loading, mut whole) = (0, 0);
    for stack in &aggregate.stacks {
        whole += stack.self_size;
        let inner = stack.frames.iter().rev().copied().take_while(|&id| !is_app(id));
        loading += if inner.into_iter().any(is_loader) { stack.self_size } else { 0 };
    }
    let is_small = report.total_size() <= MOST;
    is_small && report.platform() == Platform::Node && Share::of(loading, whole).is_majority()
}
