//! What captures allocates, too: it parses and keeps the profiles that it reads, and each is larger than the one before. That is no leak of the application.

use super::{Of, Trend};
use crate::analysis::model::Panel;
use crate::profile::{FrameId, FrameKind};

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

/// Whether a function is of what captures.
pub(super) fn is_instrument(panel: &Panel, id: FrameId) -> bool {
    let frames = panel.frames();
    let frame = frames.get(id);
    let name = || frames.text(frames.package(frame.package).name);
    matches!(frame.kind, FrameKind::Core | FrameKind::Dependency) && PACKAGES.contains(&name())
}

/// Whether a stack ends in what captures, natives and Node's own code that it calls aside. What its callbacks do in the application is the application's.
pub(super) fn is_own(panel: &Panel, frames: &[FrameId]) -> bool {
    let is_aside = |id: FrameId| {
        !is_instrument(panel, id) && matches!(panel.frames().get(id).kind, FrameKind::Core | FrameKind::Native)
    };
    frames.iter().rfind(|&&id| !is_aside(id)).is_some_and(|&id| is_instrument(panel, id))
}

impl Trend<'_> {
    /// Whether a row stands out by what captures alone: it is among the rows that show that.
    pub fn is_instruments(&self, of: Of, row: usize) -> bool {
        self.instrument.as_ref().is_some_and(|own| own.evidence.contains(&(of, row)))
    }

    /// Whether a row stands out by native code alone of which no caller is known.
    pub fn is_uncalled(&self, of: Of, row: usize) -> bool {
        self.uncalled.as_ref().is_some_and(|natives| natives.evidence.contains(&(of, row)))
    }
}
