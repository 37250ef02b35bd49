//! How a function is called in a report for people: its name, whose it is, and where it stands.
//!
//! All texts are visible already (see [`super::escape`]); a format only has to put them into its own quotes.

use std::borrow::Cow;

use super::escape;
use crate::analysis::model::Function;
use crate::profile::FrameKind;

/// Bytes that are enough for most labels.
const USUAL_LENGTH: usize = 64;

/// A column behind which a line is too long to have been written by hand.
const LONG: u32 = 200;

/// Its name; `(anonymous)` where it has none.
pub(crate) fn name(function: &Function<'_>) -> String {
    shown_name(function).into_owned()
}

/// The same without a copy where it is shown as it is.
pub(super) fn shown_name<'a>(function: &Function<'a>) -> Cow<'a, str> {
    escape::shown(if function.name.is_empty() { "(anonymous)" } else { function.name })
}

/// Its name, and where it stands if it has none of its own.
pub(super) fn telling(function: &Function<'_>) -> String {
    if has_own_name(function) { name(function) } else { placed(function) }
}

/// Name and place of what somebody is to look for: without a name that V8 made up.
pub(super) fn placed(function: &Function<'_>) -> String {
    match has_own_name(function) {
        true => frame(function),
        false => frame(&Function { name: "", ..*function }),
    }
}

/// Whether somebody has written its name. V8 calls a nameless function by what stands before it: `stringify({ header: true }), async () => …` is `stringify.header`.
/// What was assigned is called so as well (`Basket.prototype.add = function …` is `Basket.add`), and there it is no invention; of the application's functions only
/// these two can be told, and those of `exports`.
fn has_own_name(function: &Function<'_>) -> bool {
    let is_part = |part: &str| part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '#'));
    let parts: Vec<&str> = function.name.split('.').collect();
    match *parts.as_slice() {
        [""] => false,
        [_] => true,
        _ if function.kind != FrameKind::App || !parts.iter().all(|part| is_part(part)) => true,
        ["exports" | "module", ..] => true,
        [of, _] => of.starts_with(|c: char| c.is_uppercase()),
        _ => false,
    }
}

/// Where it stands: `urllib/utils.js:25`, `service/Sync.js:148` and `core/dist/index.js:2` in the application, `node:buffer:646`, `(native)`, `(generated:7)`.
///
/// A script of one line is minified, and so is a long line: there the column tells functions apart.
pub(super) fn source(function: &Function<'_>) -> String {
    let mut out = String::with_capacity(USUAL_LENGTH);
    push_source(&mut out, function);
    out
}

fn push_source(out: &mut String, function: &Function<'_>) {
    match function.kind {
        _ if function.url.is_empty() => out.push_str(&escape::shown(function.package)),
        FrameKind::Core => out.push_str(&escape::shown(function.url)),
        FrameKind::Dependency => {
            out.push_str(&escape::shown(function.package));
            out.push('/');
            out.push_str(&escape::shown(path_tail(function.url, 1)));
        }
        _ => out.push_str(&escape::shown(path_tail(function.url, telling_parts(function.url)))),
    }
    let Some(line) = function.line else { return };
    let in_brackets = function.url.is_empty() && out.ends_with(')');
    if in_brackets {
        out.pop();
    }
    let column = function.column.filter(|&column| (line == 1 || column > LONG) && !function.url.is_empty());
    for number in [Some(line), column].into_iter().flatten() {
        out.push(':');
        out.push_str(itoa::Buffer::new().format(number));
    }
    if in_brackets {
        out.push(')');
    }
}

/// Name and place, as a line of a call stack: `parseJSON (urllib/utils.js:25)`.
pub(crate) fn frame(function: &Function<'_>) -> String {
    let mut out = String::with_capacity(USUAL_LENGTH);
    push_frame(&mut out, function);
    out
}

/// Adds name and place, as [`frame`] gives them.
pub(super) fn push_frame(out: &mut String, function: &Function<'_>) {
    out.push_str(&shown_name(function));
    let end = out.len();
    out.push_str(" (");
    push_source(out, function);
    let source = &out[end + 2..];
    if source.starts_with('(') && source.ends_with(')') {
        out.remove(end + 1);
    } else {
        out.push(')');
    }
}

/// A package with its version.
pub(super) fn package(name: &str, version: Option<&str>) -> String {
    match version {
        Some(version) => [&escape::shown(name), " ", &escape::shown(version)].concat(),
        None => escape::name(name),
    }
}

/// How many parts of a path tell a file from others: it and its folder; and where each package of a repository has that (`dist/index.js`), the folder of the package as well.
fn telling_parts(url: &str) -> usize {
    /// Folders that packages have their code in.
    const OF_CODE: [&str; 8] = ["build", "cjs", "dist", "es", "esm", "lib", "out", "src"];
    let path = url.split('?').next().unwrap_or(url);
    let mut parts = path.rsplit(['/', '\\']);
    match parts.next().and_then(|file| file.split('.').next()) {
        Some("index") => 2 + parts.take_while(|folder| OF_CODE.contains(folder)).count(),
        _ => 2,
    }
}

/// The last `parts` parts of a path or url, without its query; the whole where that leaves nothing.
fn path_tail(url: &str, parts: usize) -> &str {
    let path = memchr::memchr(b'?', url.as_bytes()).map_or(url, |query| &url[..query]);
    let mut slashes = memchr::memrchr2_iter(b'/', b'\\', path.as_bytes());
    let start = slashes.nth(parts - 1).map_or(0, |slash| slash + 1);
    let tail = path[start..].trim_start_matches(['/', '\\']);
    if tail.is_empty() { url } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::model::{Report, ReportOptions};
    use crate::analysis::test_support;

    #[test]
    fn a_source_is_short_and_tells_whose_code_it_is() {
        let table = [
            (("parse", "/a/node_modules/_urllib@4.8.2@urllib/dist/esm/utils.js", 25), "parse (urllib/utils.js:25)"),
            (("slice", "node:buffer", 646), "slice (node:buffer:646)"),
            (("tick", "node:internal/process/task_queues", 71), "tick (node:internal/process/task_queues:71)"),
            (("keys", "", 0), "keys (native)"),
            (("(V8 API)", "", 0), "(V8 API) (native)"),
            (("", "", 0), "(anonymous) (native)"),
            (("row", "", 7), "row (generated:7)"),
            (("sync", "file:///srv/app/service/Sync.js", 148), "sync (service/Sync.js:148)"),
            (("load", "C:\\app\\src\\load.js", 3), "load (src\\load.js:3)"),
            (("page", "https://example.org/app.js?v=1/2", 9), "page (example.org/app.js:9)"),
            (("x", "https://example.org/", 9), "x (example.org/:9)"),
            (("x", "/srv/packages/core/dist/esm/index.mjs", 9), "x (core/dist/esm/index.mjs:9)"),
            (("x", "file:///srv/packages/core/src/index.ts?v=2", 9), "x (core/src/index.ts:9)"),
            (("x", "/srv/packages/core/routes/index.js", 9), "x (routes/index.js:9)"),
            (("x", "/dist/index.js", 9), "x (dist/index.js:9)"),
            (("x", "dist\\index.js", 9), "x (dist\\index.js:9)"),
            (("x", "evalmachine.<anonymous>", 1), "x (evalmachine.<anonymous>:1)"),
            (("x", "///", 2), "x (///:2)"),
            (("x", "?", 2), "x (?:2)"),
        ];
        for (raw, expected) in table {
            let profile = test_support::profile(&[(8, vec![raw])], &[]);
            let report = Report::new(&profile, ReportOptions::default());
            assert_eq!(frame(&report.function(report.functions()[0])), expected);
        }
    }

    #[test]
    fn names_that_v8_made_up_are_not_looked_for() {
        let own = |name| {
            let profile = test_support::profile(&[(8, vec![(name, "/srv/src/main.ts", 7)])], &[]);
            let report = Report::new(&profile, ReportOptions::default());
            let function = report.function(report.functions()[0]);
            assert_eq!(telling(&function) == name, placed(&function).starts_with(&format!("{name} (")), "{name}");
            telling(&function)
        };
        for name in ["parse", "Basket.add", "exports.parse", "module.exports.parse", "[Symbol.iterator]", "GET /a.json"]
        {
            assert_eq!(own(name), name);
        }
        for name in ["", "stringify.header", "zlib.createGzip.level", "PriceEngine.price.memoize.key"] {
            assert_eq!(own(name), "(anonymous) (src/main.ts:7)", "{name}");
        }
        // Packages are full of what was assigned.
        let node = vec![("a.b.c", "/srv/node_modules/a/index.js", 7)];
        let profile = test_support::profile(&[(8, node)], &[]);
        let report = Report::new(&profile, ReportOptions::default());
        assert_eq!(telling(&report.function(report.functions()[0])), "a.b.c");
    }

    #[test]
    fn the_column_is_told_in_scripts_of_one_line() {
        let profile = test_support::profile(&[(8, vec![("a", "/srv/dist/main.js", 1)])], &[]);
        let report = Report::new(&profile, ReportOptions::default());
        let mut function = report.function(report.functions()[0]);
        function.column = Some(4711);
        assert_eq!(source(&function), "dist/main.js:1:4711");
        function.line = Some(84);
        assert_eq!(source(&function), "dist/main.js:84:4711");
        function.column = Some(200);
        assert_eq!(source(&function), "dist/main.js:84");
    }
}
