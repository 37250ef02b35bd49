//! `--app`: prefixes that fit no url of a profile, which are usually mistyped.

use crate::classify::is_below;
use crate::profile::{CallFrameTable, FrameKind};

/// Those of `prefixes` that no call frame's url is below.
pub(super) fn unmet<'p>(prefixes: &'p [String], frames: &CallFrameTable) -> Vec<&'p str> {
    let application = || frames.ids().map(|id| frames.get(id)).filter(|frame| frame.kind == FrameKind::App);
    let is_met = |prefix: &str| application().any(|frame| is_below(frames.text(frame.url), prefix));
    prefixes.iter().map(String::as_str).filter(|prefix| !is_met(prefix)).collect()
}
