//! Whose the bytes are that V8 counts for Node's own code, since it has inlined a function of the application there.
//!
//! A stream or an emitter calls back what the application has given it. Once that is compiled into the caller, its frame is missing, and what it makes stands directly
//! below Node's: `split` below `Transform._write`. Where other stacks, of the time before, have the same built-in below a function of the application that the same
//! code of Node calls, it is most likely that one.

use hashbrown::HashMap;

use super::super::report::Report;
use super::super::share::Share;
use crate::profile::{FrameId, FrameKind, HeavyStack};

/// Built-ins that streams and emitters call for themselves.
const OF_NODE: [&str; 18] = [
    "(anonymous)",
    "Array",
    "Map",
    "Promise",
    "Set",
    "Symbol",
    "apply",
    "bind",
    "call",
    "get",
    "indexOf",
    "next",
    "push",
    "resolve",
    "set",
    "shift",
    "slice",
    "then",
];

/// What part of what Node is seen to call with such a built-in must be one function, in parts of a hundred.
const NEARLY_ALL: u64 = 80;
/// What part of the built-in's bytes there that function must have itself, likewise.
const SOME: u64 = 5;

/// Code of Node that calls back, and what is called directly below it.
type Call = (FrameId, FrameId);

/// The functions of the application that are likely behind what built-ins make below Node's code.
#[derive(Debug, Default)]
pub(super) struct Inlined(HashMap<Call, FrameId>);

/// Who calls what a stack ends in, natives and Node's helpers that it goes through aside.
enum Asks {
    /// A function that Node calls back.
    CalledBack(FrameId, Call),
    /// Node itself, as it seems.
    Node(Call),
}

impl Inlined {
    pub(super) fn new(report: &Report<'_>, stacks: &[HeavyStack]) -> Self {
        let frames = &report.aggregate().frames;
        let mut seen: HashMap<Call, (HashMap<FrameId, u64>, u64)> = HashMap::new();
        for stack in stacks {
            match asks(report, stack) {
                Some(Asks::CalledBack(function, call)) => {
                    *seen.entry(call).or_default().0.entry(function).or_default() += stack.self_size;
                }
                Some(Asks::Node(call)) => seen.entry(call).or_default().1 += stack.self_size,
                None => {}
            }
        }
        let likely = seen.into_iter().filter_map(|(call, (functions, hidden))| {
            let told: u64 = functions.values().sum();
            let is_it = |&(id, size): &(FrameId, u64)| {
                let is_most = Share::of(size, told).in_units_of(100) >= NEARLY_ALL;
                let is_some = Share::of(size, told + hidden).in_units_of(100) >= SOME;
                is_most && is_some && frames.get(id).kind == FrameKind::App
            };
            let found = functions.into_iter().find(is_it).filter(|_| hidden > 0);
            found.map(|(function, _)| (call, function))
        });
        Self(likely.collect())
    }

    /// The function of the application that most likely asks for what a stack ends in, though Node's code stands there.
    pub(super) fn of(&self, report: &Report<'_>, stack: &HeavyStack) -> Option<FrameId> {
        if self.0.is_empty() {
            return None;
        }
        match asks(report, stack)? {
            Asks::Node(call) => self.0.get(&call).copied(),
            Asks::CalledBack(..) => None,
        }
    }
}

/// Who asks for what a stack ends in, where a stream or an emitter of Node calls that, or is it.
fn asks(report: &Report<'_>, stack: &HeavyStack) -> Option<Asks> {
    let frames = &report.aggregate().frames;
    let calls_back = |id: FrameId| {
        let url = frames.text(frames.get(id).url);
        url == "node:events" || url.contains("internal/streams/")
    };
    let is_helper = |id: FrameId| match frames.get(id).kind {
        FrameKind::Native => true,
        FrameKind::Core => !calls_back(id),
        _ => false,
    };
    let path = stack.frames.as_slice();
    let last = path.iter().rposition(|&id| !is_helper(id))?;
    let (cause, called) = (path[last], *path.get(last + 1)?);
    let name = frames.text(frames.get(called).function);
    if frames.get(called).kind == FrameKind::Native && (name.is_empty() || OF_NODE.contains(&name)) {
        return None;
    }
    match frames.get(cause).kind {
        FrameKind::Core => Some(Asks::Node((cause, called))),
        FrameKind::App | FrameKind::Dependency => {
            let node = *path.get(last.checked_sub(1)?)?;
            let is_node = frames.get(node).kind == FrameKind::Core && calls_back(node);
            is_node.then_some(Asks::CalledBack(cause, (node, called)))
        }
        _ => None,
    }
}
