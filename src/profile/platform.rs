//! Where the code of a profile ran: what is to be done about it, and how it is captured, differ.

use super::{CallFrameTable, FrameKind};

/// Where the code of a profile ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform {
    /// Node.js, or another program with V8 in it; also where nothing tells.
    #[default]
    Node,
    /// A browser: a page, a worker of one, or an extension.
    Browser,
}

/// Schemes of urls that pages and extensions have.
const OF_BROWSERS: [&str; 9] = [
    "http://",
    "https://",
    "blob:http",
    "chrome-extension://",
    "moz-extension://",
    "safari-web-extension://",
    "extensions::",
    "chrome://",
    "devtools://",
];

/// Whether a url is that of a file. A single letter is a drive of Windows.
fn is_file(url: &str) -> bool {
    let is_drive = |url: &[u8]| url.len() > 1 && url[0].is_ascii_alphabetic() && url[1] == b':';
    url.starts_with("file:") || url.starts_with(['/', '\\']) || is_drive(url.as_bytes())
}

impl Platform {
    /// Where code with these call frames ran: in a browser if none is of Node's or another program's own JavaScript, and more are of the web than of files.
    pub fn of(frames: &CallFrameTable) -> Self {
        let (mut of_web, mut of_files) = (0_u64, 0_u64);
        for frame in frames.ids().map(|id| frames.get(id)) {
            if frame.kind == FrameKind::Core {
                return Self::Node;
            }
            let url = frames.text(frame.url);
            of_files += u64::from(is_file(url));
            of_web += u64::from(OF_BROWSERS.iter().any(|scheme| url.starts_with(scheme)));
        }
        if of_web > of_files { Self::Browser } else { Self::Node }
    }

    /// The name used in rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Browser => "browser",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{CategoryId, Class};

    fn of(frames: &[(FrameKind, &str)]) -> Platform {
        let mut table = CallFrameTable::default();
        for (&(kind, url), line) in frames.iter().zip(0..) {
            let class = Class { kind, package: "".into(), version: None, category: CategoryId(0) };
            table.intern("f", url, line, 0, &class);
        }
        Platform::of(&table)
    }

    #[test]
    fn frames_tell_where_code_ran() {
        use FrameKind::{App, Core, Dependency, Generated, Native};
        let page = (App, "https://shop.example.com/main.js");
        let table: [(&[(FrameKind, &str)], Platform); 12] = [
            (&[], Platform::Node),
            (&[(Native, ""), (Generated, "")], Platform::Node),
            (&[page, (Native, ""), (Generated, "")], Platform::Browser),
            (&[(Native, "chrome-extension://abc/content.js")], Platform::Browser),
            (&[(Native, "extensions::SafeBuiltins"), (Generated, "")], Platform::Browser),
            (&[(App, "blob:http://localhost/1-2"), (App, "webpack://shop/src/x.js")], Platform::Browser),
            (&[(App, "webpack://shop/src/x.js")], Platform::Node),
            (&[(App, "/srv/app.js")], Platform::Node),
            // Deno loads modules from the web, Vite's server evaluates what it serves.
            (&[page, (Core, "ext:deno_web/06_streams.js")], Platform::Node),
            (&[page, (Core, "node:internal/process/task_queues")], Platform::Node),
            (&[page, (Dependency, r"C:\srv\node_modules\x\y.js")], Platform::Node),
            // What a source map says of one script.
            (&[page, (App, "http://localhost/a.js"), (App, "file:///src/x.ts")], Platform::Browser),
        ];
        for (frames, expected) in table {
            assert_eq!(of(frames), expected, "{frames:?}");
        }
    }
}
