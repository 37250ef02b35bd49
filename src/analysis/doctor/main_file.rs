//! The file that Node was started with, where a profile tells it: what comes behind Node's own start.

use super::super::report::Report;
use crate::profile::{FrameId, FrameKind, HeavyStack};

/// The script's own code that Node runs first, as the known stacks tell.
pub(crate) fn main_script(report: &Report<'_>) -> Option<FrameId> {
    let frames = &report.aggregate().frames;
    let is_core = |id: FrameId| frames.get(id).kind == FrameKind::Core;
    let url = |id: FrameId| frames.text(frames.get(id).url);
    let is_start = |&id: &FrameId| is_core(id) && url(id).ends_with("internal/modules/run_main");
    let starts: Vec<FrameId> = frames.ids().filter(is_start).collect();
    if starts.is_empty() {
        return None;
    }
    let is_of_engine = |id: FrameId| matches!(frames.get(id).kind, FrameKind::Core | FrameKind::Native);
    let started = |stack: &HeavyStack| {
        let start = stack.frames.iter().position(|id| starts.contains(id))?;
        stack.frames[start..].iter().copied().find(|&id| !is_of_engine(id))
    };
    report.known_stacks().iter().find_map(started)
}

/// Its path below the folder that has the packages; its name alone where no package tells that folder. Nothing where it is not told, or cannot stand in a command.
pub(super) fn main_file(report: &Report<'_>) -> Option<String> {
    let frames = &report.aggregate().frames;
    let url = |id: FrameId| frames.text(frames.get(id).url);
    let main = url(main_script(report)?).trim_start_matches("file://");
    let folders = frames.ids().filter_map(|id| url(id).trim_start_matches("file://").split_once("/node_modules/"));
    let below = |folder: &str| main.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    // Of nested ones the innermost.
    let path = folders.filter_map(|(folder, _)| below(folder)).min_by_key(|path| path.len());
    let path = path.or_else(|| main.rsplit('/').next()).filter(|_| !main.contains("/node_modules/"))?;
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "._-/@+".contains(c);
    (path.contains('.') && path.chars().all(is_safe) && !path.starts_with('-')).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::model::ReportOptions;
    use crate::analysis::test_support::{self, Frame};

    const START: Frame<'_> = ("executeUserEntryPoint", "node:internal/modules/run_main", 127);
    const LOAD: Frame<'_> = ("Module._load", "node:internal/modules/cjs/loader", 1170);
    const REST: Frame<'_> = ("f", "/srv/app/lib/rest.js", 3);

    fn told(stacks: &[Vec<Frame<'_>>]) -> Option<String> {
        let nodes: Vec<_> = stacks.iter().map(|stack| (512, stack.clone())).collect();
        let profile = test_support::profile(&nodes, &[]);
        main_file(&Report::new(&profile, ReportOptions::default()))
    }

    #[test]
    fn it_is_what_node_starts_first() {
        let main = ("", "file:///srv/app/src/main.js", 1);
        let package = ("g", "/srv/app/node_modules/koa/index.js", 1);
        assert_eq!(told(&[vec![REST], vec![START, LOAD, main, REST]]).as_deref(), Some("main.js"));
        assert_eq!(told(&[vec![START, LOAD, main, REST, package]]).as_deref(), Some("src/main.js"));
        for stacks in [
            vec![REST],
            vec![START, LOAD],
            // A script that was unloaded has no url; a package is no file of the application.
            vec![START, LOAD, ("", "", 0), ("h", "", 7), REST],
            vec![START, LOAD, package, REST],
            vec![START, LOAD, ("", "/srv/app/it's.js", 1)],
        ] {
            assert_eq!(told(std::slice::from_ref(&stacks)), None, "{stacks:?}");
        }
    }
}
