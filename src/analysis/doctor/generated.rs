//! Code without a url: whose it is, and how to give it one.

use super::rows::NOTABLE;
use crate::analysis::model::{Report, Share, Summed, Warning};
use crate::profile::Size as size;
use crate::profile::{Aggregate, CallFrameTable, FrameId, FrameKind, Platform};

/// The kind of what is told of modules that webpack runs by `eval`.
pub(in crate::analysis) const EVALUATED: &str = "webpack-eval";

/// The function that webpack puts into each of its bundles.
const OF_WEBPACK: &str = "__webpack_require__";

/// How many times as much as the application's scripts code without a url has made, where webpack's hold nothing but texts that are run.
const TIMES: u64 = 10;

/// Whether a function is that of a bundle of webpack which was not itself made by others.
fn is_loader_of_webpack(frames: &CallFrameTable, id: FrameId) -> bool {
    let frame = frames.get(id);
    frame.kind == FrameKind::App && frames.text(frame.function) == OF_WEBPACK
}

/// Code without a url.
pub(super) fn without_url(report: &Report<'_>) -> Option<Warning> {
    let packages = || report.packages().iter().filter(|row| row.kind == FrameKind::Generated);
    let bytes: u64 = packages().map(|row| row.sums.self_size).sum();
    let caused: u64 = packages().map(|row| row.sums.caused_size).sum();
    let share = report.share_of_file(bytes);
    if !share.is_at_least(NOTABLE) {
        return None;
    }
    let Aggregate { frames, .. } = report.aggregate();
    let is_made = |id: FrameId| frames.get(id).kind == FrameKind::Generated && frames.line(id).is_some();
    let made: u64 = frames.ids().filter(|&id| is_made(id)).map(|id| id.sums(report.aggregate()).self_size).sum();
    let unloaded = bytes.saturating_sub(made);
    // What V8 has forgotten of such texts has no line.
    let is_all = || {
        let of_app = report.packages().iter().filter(|row| row.kind == FrameKind::App);
        bytes / TIMES >= of_app.map(|row| row.sums.self_size).sum()
    };
    let is_of_webpack = (made > unloaded || is_all()) && frames.ids().any(|id| is_loader_of_webpack(frames, id));
    let whose = match (made, unloaded) {
        _ if is_of_webpack => "webpack has written modules as texts that are run by `eval` (`devtool: \"eval\"` and its like, its default in development)".to_owned(),
        (_, 0) => "made by `new Function` or `eval`".to_owned(),
        (0, _) => "of scripts that were unloaded before the profile was written".to_owned(),
        _ => format!(
            "{} made by `new Function` or `eval`, {} of scripts that were unloaded before the profile was written",
            size(made),
            size(unloaded)
        ),
    };
    let is_put_down = !Share::of(caused, bytes).is_majority();
    let mut remedy = match (made, is_put_down) {
        _ if is_of_webpack => "Have webpack write one map (`devtool: \"source-map\"`), best in its production mode, capture that, and name the map: --source-map. Then files, packages and lines are known.",
        (0, _) => "Names and callers are in the stacks.",
        (_, true) => "Its callers are in the stacks, and the causes put it down to them.",
        (_, false) => "Names and callers are in the stacks; for the most part code without a url calls it, so the causes name nobody else.",
    }
    .to_owned();
    if made > 0 && !is_of_webpack {
        // V8 does not write what `//# sourceURL=` says into heap profiles.
        remedy += match report.platform() {
            Platform::Node => {
                " Code that is generated gets a name where it is compiled with one: `vm.runInThisContext(code, { filename: 'name.js' })`."
            }
            Platform::Browser => {
                " Code has a url where it is loaded by one: from a file, or as `import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))`. What Puppeteer and its like evaluate has none."
            }
        };
    }
    if unloaded > 0 && !is_of_webpack {
        remedy += match report.platform() {
            Platform::Node => {
                " Bytes of unloaded scripts are put down to the nearest caller whose file is known, which for a main script is Node's loader, and may be none."
            }
            Platform::Browser => {
                " Bytes of unloaded scripts are put down to the nearest caller whose file is known, which may be none."
            }
        };
        remedy += " A script is forgotten once none of its functions lives: capture while it works, or keep a function of it (`globalThis.keep = main`).";
    }
    let message = format!("{} come from code without a url, so nobody can tell whose it is: {whose}.", size(bytes));
    let warning = match is_of_webpack {
        true => Warning::new(EVALUATED, message, remedy),
        false => Warning::new("no-url", message, remedy),
    };
    Some(warning.of(share))
}
