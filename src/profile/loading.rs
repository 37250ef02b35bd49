//! What is made while modules are loaded.

use super::{CallFrameTable, FrameId, FrameKind};

/// Whether what a stack ends in is made while Node loads modules of packages: behind its loader, in a package at all only where the loader runs the body of a module.
/// What a hook of the loader does (a compiler, for example) has a name; what the application does while it is loaded is its own, and that of a script that V8 has unloaded.
pub(crate) fn is_loading(frames: &CallFrameTable, stack: &[FrameId]) -> bool {
    let frame = |&id: &FrameId| frames.get(id);
    let is_either = |id: &FrameId| frame(id).kind == FrameKind::App || frame(id).signs.is_of_loader();
    let Some(place) = stack.iter().rposition(is_either) else { return false };
    let mut inside = stack[place + 1..].iter().map(frame);
    let script = inside.find(|frame| matches!(frame.kind, FrameKind::Dependency | FrameKind::Generated));
    frame(&stack[place]).kind != FrameKind::App && script.is_none_or(|frame| frame.signs.may_be_module())
}
