//! Urls as paths: how a script's url is compared with the path of a map, and where a source is that a map names.
//!
//! Scripts are named in many ways: `file:///srv/a%20b/x.js`, `/srv/a b/x.js`, `C:\app\x.js`, `https://host/x.js?v=1`, `webpack-internal:///./x.js`.
//! A source looks like its script: with the same scheme and host, escaped if that is a url, with `\` if that is a Windows path.

use std::borrow::Cow;
use std::path::PathBuf;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::profile::extensions::{NEVER_RUN, STRIPPED};

/// What is escaped in the path of a url; a `%` is taken for the beginning of an escape.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// Longest url of a source. V8 cuts urls at 1,024 characters.
const LONGEST: usize = 4096;

/// Extensions of scripts as V8 runs them.
const SCRIPTS: [&str; 3] = [".js", ".mjs", ".cjs"];

/// Whether a file of this name is a script.
pub(super) fn is_script(name: &str) -> bool {
    SCRIPTS.iter().any(|extension| name.ends_with(extension))
}

/// Whether a file of this name runs as a script once it has been compiled.
pub(super) fn is_compiled(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    (NEVER_RUN.contains(&extension) || STRIPPED.contains(&extension))
        && ![".d.ts", ".d.mts", ".d.cts"].iter().any(|end| name.ends_with(end))
}

/// The scheme of a url, and what follows its colon. A single letter is a drive of Windows.
fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    is_scheme.then_some((scheme, rest))
}

/// Up to a query or fragment.
fn without_query(url: &str) -> &str {
    &url[..url.find(['?', '#']).unwrap_or(url.len())]
}

/// The folders and the name of the file that a url leads to (a host counts as a folder); nothing where it leads to no file.
pub(super) fn parts(url: &str) -> Option<Vec<String>> {
    let path = match split_scheme(url) {
        Some(("node" | "data" | "javascript" | "wasm" | "extensions", _)) => return None,
        Some((_, rest)) => percent_decode_str(without_query(rest)).decode_utf8_lossy(),
        None => Cow::Borrowed(url),
    };
    let mut parts = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part.to_owned()),
        }
    }
    (!parts.is_empty()).then_some(parts)
}

/// Whether a script at `url` is the application's, as far as its path tells: Node's own scripts were called `internal/x.js` once.
pub(super) fn is_of_application(url: &str, parts: &[String]) -> bool {
    let is_rooted =
        split_scheme(url).is_some() || url.starts_with(['/', '\\', '.']) || url.as_bytes().get(1) == Some(&b':');
    is_rooted
        && parts.last().is_some_and(|name| is_script(name) || is_compiled(name))
        && !parts.iter().any(|part| part == "node_modules")
}

/// The file on this machine that a url names by its whole path, without a host.
pub(super) fn local_path(url: &str) -> Option<PathBuf> {
    let path = match split_scheme(url) {
        Some(("file", rest)) => {
            let path = without_query(rest.strip_prefix("//").unwrap_or(rest));
            let path = percent_decode_str(path).decode_utf8().ok()?.into_owned();
            let has_drive = path.as_bytes().get(2) == Some(&b':');
            if has_drive { path[1..].to_owned() } else { path }
        }
        Some(_) => return None,
        None => url.to_owned(),
    };
    // What begins with two of them is on another machine.
    let slashed = path.replace('\\', "/");
    let is_local = is_absolute(&slashed) && !slashed.starts_with("//") && !path.contains('\0');
    is_local.then(|| PathBuf::from(path))
}

/// The url of the source that the map of the script at `script` calls `source`. `folder` is that of the map, as seen from the script's;
/// it ends with `/`, or is empty.
pub(super) fn source_url(script: &str, folder: &str, source: &str) -> Option<String> {
    if source.is_empty() || source.len() > LONGEST {
        return None;
    }
    match split_scheme(source) {
        Some(("data" | "javascript", _)) => return None,
        Some((scheme, rest)) => {
            let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
            let (host, path) = split_host(path);
            return Some(format!("{scheme}:{host}{}{query}", joined("", path)));
        }
        None => {}
    }
    let source = source.replace('\\', "/");
    let source = match is_absolute(&source) {
        true => source,
        false => format!("{folder}{source}"),
    };
    let Some((scheme, rest)) = split_scheme(script) else {
        let path = joined(&script.replace('\\', "/"), &decoded(&source));
        let is_windows = script.contains('\\') && !script.contains('/');
        return Some(if is_windows { path.replace('/', "\\") } else { path });
    };
    let (host, path) = split_host(without_query(rest));
    let path = if path.is_empty() { "/" } else { path };
    let slash = if source.as_bytes().get(1) == Some(&b':') { "/" } else { "" }; // file:///C:/x
    let path = joined(path, &format!("{slash}{source}"));
    Some(format!("{scheme}:{host}{}", utf8_percent_encode(&path, ESCAPED)))
}

/// `//host` and the path that follows it.
fn split_host(rest: &str) -> (&str, &str) {
    match rest.strip_prefix("//") {
        Some(behind) => rest.split_at(2 + behind.find('/').unwrap_or(behind.len())),
        None => ("", rest),
    }
}

/// `path` with its escapes decoded, if that gives text.
fn decoded(path: &str) -> Cow<'_, str> {
    percent_decode_str(path).decode_utf8().unwrap_or(Cow::Borrowed(path))
}

/// Whether a path begins at a root: `/x`, `C:/x`.
fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || (path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic())
}

/// `path` as seen from the folder of the file `base`, without `.` and `..`. No path leads out of its root.
fn joined(base: &str, path: &str) -> String {
    let folder = match is_absolute(path) {
        true => "",
        false => &base[..base.rfind('/').map_or(0, |slash| slash + 1)],
    };
    let whole = format!("{folder}{path}");
    let rooted = is_absolute(&whole);
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." && !last.ends_with(':') => drop(parts.pop()),
                _ if rooted => {}
                _ => parts.push(part),
            },
            part => parts.push(part),
        }
    }
    let root = if whole.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lead_to_files() {
        #[rustfmt::skip]
        let table: &[(&str, &[&str])] = &[
            ("/srv/app/dist/a.js", &["srv", "app", "dist", "a.js"]),
            ("file:///srv/my%20app/a.mjs", &["srv", "my app", "a.mjs"]),
            ("/srv/my%20app/a.js?x", &["srv", "my%20app", "a.js?x"]),
            (r"C:\app\a.js", &["C:", "app", "a.js"]),
            ("file:///C:/app/a.mjs", &["C:", "app", "a.mjs"]),
            ("https://host/js/a.js?v=1#x", &["host", "js", "a.js"]),
            ("webpack-internal:///./src/../a.js", &["a.js"]),
            ("../../a.js", &["a.js"]),
            ("evalmachine.<anonymous>", &["evalmachine.<anonymous>"]),
            ("node:fs", &[]), ("", &[]), ("/", &[]), ("data:text/javascript,1", &[]), ("wasm://wasm/0", &[]),
        ];
        for (url, expected) in table {
            assert_eq!(parts(url).unwrap_or_default(), *expected, "{url}");
        }
    }

    #[test]
    fn the_application_s_scripts_are_known() {
        for (url, expected) in [
            ("/srv/a.js", true),
            ("file:///srv/a.mjs", true),
            ("https://host/a.js?v=1", true),
            (r"C:\a.cjs", true),
            ("./a.js", true),
            ("internal/process/next_tick.js", false),
            ("/srv/node_modules/a/b.js", false),
            ("/srv/a.ts", true),
            ("http://localhost:5173/src/a.vue?t=1", true),
            ("/srv/a.d.ts", false),
            ("/srv/a.css", false),
            ("evalmachine.<anonymous>", false),
        ] {
            assert_eq!(is_of_application(url, &parts(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn whole_paths_without_a_host_are_of_this_machine() {
        for (url, expected) in [
            ("/srv/a b.js", Some("/srv/a b.js")),
            ("file:///srv/a%20b.js?v=1", Some("/srv/a b.js")),
            (r"C:\app\a.js", Some(r"C:\app\a.js")),
            ("file:///C:/app/a.js", Some("C:/app/a.js")),
            ("file://host/srv/a.js", None),
            ("//host/a.js", None),
            (r"\\host\a.js", None),
            ("http://host/a.js", None),
            ("src/a.js", None),
            ("node:fs", None),
            ("", None),
        ] {
            assert_eq!(local_path(url).as_deref(), expected.map(std::path::Path::new), "{url}");
        }
    }

    #[test]
    fn sources_look_like_their_scripts() {
        #[rustfmt::skip]
        let table = [
            ("file:///srv/app/dist/a.js", "", "../src/a.ts", "file:///srv/app/src/a.ts"),
            ("/srv/app/dist/a.js", "", "../src/a.ts", "/srv/app/src/a.ts"),
            ("/srv/app/dist/a.js", "", "src/./b//a.ts", "/srv/app/dist/src/b/a.ts"),
            ("/srv/app/dist/a.js", "maps/", "../../src/a.ts", "/srv/app/src/a.ts"),
            ("/srv/app/dist/a.js", "maps/", "/build/src/a.ts", "/build/src/a.ts"),
            ("/a.js", "", "../../../../x.ts", "/x.ts"),
            ("a.js", "", "../src/x.ts", "../src/x.ts"),
            ("dist/a.js", "", "../../x.ts", "../x.ts"),
            (r"C:\app\dist\a.js", "", "../src/a.ts", r"C:\app\src\a.ts"),
            (r"C:\app\dist\a.js", "", r"..\src\a.ts", r"C:\app\src\a.ts"),
            (r"C:\a.js", "", "../../a.ts", r"C:\a.ts"),
            (r"C:\app\a.js", "", "D:/x/a.ts", r"D:\x\a.ts"),
            ("file:///C:/app/dist/a.js", "", "../src/a.ts", "file:///C:/app/src/a.ts"),
            ("file:///C:/app/a.js", "", "D:/x/a.ts", "file:///D:/x/a.ts"),
            ("https://host/js/a.js?v=1", "", "../src/a.ts", "https://host/src/a.ts"),
            ("https://host/js/a.js", "", "/src/a.ts", "https://host/src/a.ts"),
            ("https://host", "", "a.ts", "https://host/a.ts"),
            ("file:///srv/dist/a.js", "", "../my app/ä#.ts", "file:///srv/my%20app/%C3%A4%23.ts"),
            ("file:///srv/dist/a.js", "", "../my%20app/a.ts", "file:///srv/my%20app/a.ts"),
            ("/srv/dist/a.js", "", "../my%20app/a.ts", "/srv/my app/a.ts"),
            ("/srv/dist/a.js", "", "../100%/a.ts", "/srv/100%/a.ts"),
            ("/srv/dist/a.js", "", "webpack://app/./node_modules/lodash/x.js", "webpack://app/node_modules/lodash/x.js"),
            ("/srv/dist/a.js", "", "webpack:///./src/a.ts?1a2b", "webpack:///src/a.ts?1a2b"),
            ("/srv/dist/a.js", "", "webpack://app/../../src/a.ts", "webpack://app/src/a.ts"),
            ("/srv/dist/a.js", "", "webpack://app/external node-commonjs \"fs\"", "webpack://app/external node-commonjs \"fs\""),
            ("/srv/dist/a.js", "", "webpack/bootstrap", "/srv/dist/webpack/bootstrap"),
            ("/srv/dist/a.js", "", "file:///home/x/../a.ts", "file:///home/a.ts"),
        ];
        for (script, folder, source, expected) in table {
            assert_eq!(source_url(script, folder, source).as_deref(), Some(expected), "{script} {source}");
        }
        for source in ["", "data:text/plain,x", &"x".repeat(LONGEST + 1)] {
            assert_eq!(source_url("/srv/a.js", "", source), None);
        }
    }
}
