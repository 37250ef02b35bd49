//! Random heap profiles: any order of keys, any whitespace, odd names and numbers.

pub(crate) use super::rng::Rng;

/// How a random profile is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) nodes: usize,
    pub(crate) shuffled: bool,
    pub(crate) flat: bool,
    pub(crate) numeric: bool,
    pub(crate) spaces: bool,
    pub(crate) unknown_keys: bool,
    /// One in so many descends rather than widens.
    pub(crate) deep: bool,
}

impl Style {
    pub(crate) fn of(rng: &mut Rng) -> Self {
        Self {
            nodes: [1, 2, 5, 30, 200, 1500][rng.below(6)],
            shuffled: rng.chance(2),
            flat: rng.chance(6),
            numeric: rng.chance(2),
            spaces: rng.chance(3),
            unknown_keys: rng.chance(3),
            deep: rng.chance(4),
        }
    }
}

const NAMES: [&str; 22] = [
    "",
    "parseJSON",
    "(GC)",
    "(anonymous)",
    "a}b",
    "}",
    "{\\\"callFrame\\\":{",
    "\\\"selfSize\\\":99,",
    "tab\\tnew\\nline",
    "\\u000b\\v",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\ude00x",
    "\\\\",
    "\\\\\\\"",
    "é漢字😀",
    "a]b[c,d:e",
    "Object.<anonymous>",
    "x\u{7f}\u{202e}",
    "\\/",
    "get size",
    "\\u0041\\u00e9",
];
const URLS: [&str; 9] = [
    "",
    "node:buffer",
    "node:internal/process/task_queues",
    "file:///srv/app/main.js",
    "/srv/app/node_modules/koa/lib/application.js",
    "/srv/app/node_modules/_leoric@2.13.9@leoric/lib/bone.js",
    "C:\\\\srv\\\\node_modules\\\\@babel\\\\core\\\\index.js",
    "/srv/app/{}[],:.js",
    "/srv/app/node_modules/mysql2/lib/connection.js",
];
const SIZES: [&str; 12] =
    ["0", "0", "0", "0", "8", "524304", "16", "1.5e3", "0.4", "-2147483648", "12345678901", "32784"];

struct Writer<'r> {
    rng: &'r mut Rng,
    style: Style,
    out: Vec<u8>,
    left: usize,
}

/// The text of a random profile.
pub(crate) fn profile(rng: &mut Rng, style: Style) -> Vec<u8> {
    let mut writer = Writer { rng, style, out: Vec::new(), left: style.nodes };
    writer.space();
    let mut members: Vec<&str> = vec!["head"];
    if writer.rng.chance(2) {
        members.push("samples");
    }
    if writer.style.unknown_keys {
        members.push("unknown");
    }
    if writer.style.shuffled {
        writer.rng.shuffle(&mut members);
    }
    let wrapped = writer.rng.chance(8);
    if wrapped {
        writer.text("{\"profile\":");
    }
    writer.object(&members, |writer, key| match key {
        "head" => writer.node(0),
        "samples" => writer.samples(),
        _ => writer.unknown(0),
    });
    if wrapped {
        writer.text("}");
    }
    writer.space();
    writer.out
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn space(&mut self) {
        if self.style.spaces {
            let spaces = [
                "",
                " ",
                "\n",
                "\r\n\t",
                "                                                                                 ",
            ];
            let space = self.rng.pick(&spaces);
            self.text(space);
        }
    }

    fn object(&mut self, members: &[&str], mut value: impl FnMut(&mut Self, &str)) {
        self.text("{");
        for (i, key) in members.iter().enumerate() {
            if i > 0 {
                self.text(",");
            }
            self.space();
            match (*key, self.rng.below(40)) {
                ("callFrame", 0) => self.text("\"call\\u0046rame\""),
                ("selfSize", 0) => self.text("\"\\u0073elfSize\""),
                _ => self.text(&format!("\"{key}\"")),
            }
            self.space();
            self.text(":");
            self.space();
            value(self, key);
            self.space();
        }
        self.text("}");
    }

    fn node(&mut self, depth: usize) {
        self.left = self.left.saturating_sub(1);
        let frame = ["functionName", "scriptId", "url", "lineNumber", "columnNumber"];
        let mut members: Vec<&str> = if self.style.flat { frame.to_vec() } else { vec!["callFrame"] };
        members.push("selfSize");
        if self.rng.chance(2) {
            members.push("id");
        }
        if self.style.unknown_keys && self.rng.chance(3) {
            members.push("unknown");
        }
        if self.left > 0 || self.rng.chance(2) {
            members.push("children");
        }
        if self.style.shuffled {
            self.rng.shuffle(&mut members);
        }
        // One frame a node, whatever the order of its keys.
        let chosen = Frame::of(self.rng, self.style.numeric, depth == 0);
        let style = self.style;
        self.object(&members, |writer, key| match key {
            "callFrame" => {
                let mut keys = frame.to_vec();
                if style.shuffled && writer.rng.chance(2) {
                    writer.rng.shuffle(&mut keys);
                }
                if style.unknown_keys && writer.rng.chance(4) {
                    keys.push("unknown");
                }
                writer.object(&keys, |writer, key| match key {
                    "unknown" => writer.unknown(0),
                    key => writer.text(&chosen.field(key)),
                });
            }
            "selfSize" => {
                let size = writer.rng.pick(&SIZES);
                writer.text(size);
            }
            "id" => {
                let id = writer.rng.below(1 << 20).to_string();
                writer.text(&id);
            }
            "unknown" => writer.unknown(0),
            "children" => writer.children(depth),
            key => writer.text(&chosen.field(key)),
        });
    }

    fn children(&mut self, depth: usize) {
        self.text("[");
        self.space();
        let wanted = if self.style.deep { 1 + self.rng.below(2) } else { self.rng.below(6) };
        let wanted = if depth < 2 { wanted.max(3) } else { wanted };
        let mut first = true;
        for _ in 0..wanted {
            if self.left == 0 || depth > 400 {
                break;
            }
            if !first {
                self.text(",");
                self.space();
            }
            first = false;
            self.node(depth + 1);
            self.space();
        }
        self.text("]");
    }

    fn samples(&mut self) {
        // Long runs of usual ones are read another way.
        let usual = self.rng.below(3) == 0;
        let count = self.rng.below(if usual { 400 } else { 50 });
        self.text("[");
        for i in 0..count {
            let comma = if i > 0 { "," } else { "" };
            self.text(comma);
            self.space();
            let text = match if usual { 12 } else { self.rng.below(12) } {
                12 => format!("{{\"size\":{},\"nodeId\":{},\"ordinal\":{}}}", 8 * (500 - i), 1 + i % 7, i * i + 1),
                0 => format!("{{\"ordinal\":{i}.5e0,\"size\":{}.25,\"nodeId\":-1}}", 8 * i),
                1 => format!("{{ \"nodeId\" : 5 , \"x\" : \"}}\", \"size\" : {} , \"y\":null }}", 1_u64 << (i % 63)),
                2 => format!("{{\"size\":{},\"deeper\":{{\"size\":[{i}]}}}}", 8 * i),
                3 => ["{}", "[]", "7", "null", "\"size\"", "{\"size\":-8}", "[{\"size\":8}]"][i % 7].to_owned(),
                4 => format!("{{\"size\":{i},{}\"ordinal\":{i}}}", " ".repeat(self.rng.below(9))),
                _ => format!("{{\"size\":{},\"nodeId\":{},\"ordinal\":{i}}}", 8 * (50 - i), i % 7),
            };
            self.text(&text);
            self.space();
        }
        self.text("]");
    }

    fn unknown(&mut self, depth: usize) {
        match self.rng.below(if depth > 3 { 6 } else { 8 }) {
            0 => self.text("null"),
            1 => self.text("true"),
            2 => self.text("-12.5e-3"),
            3 => self.text(
                "\"{\\\"callFrame\\\":{\\\"functionName\\\":\\\"x\\\"},\\\"selfSize\\\":5,\\\"children\\\":[]}\"",
            ),
            4 => {
                self.text("[{\"callFrame\":{\"functionName\":\"in\"},\"selfSize\":7,\"children\":[]},{\"selfSize\":1}]")
            }
            5 => self.text("[]"),
            6 => {
                self.text("[");
                self.unknown(depth + 1);
                self.text(",");
                self.unknown(depth + 1);
                self.text("]");
            }
            _ => self.object(&["children", "selfSize"], |writer, _| writer.unknown(depth + 1)),
        }
    }
}

struct Frame {
    name: &'static str,
    url: &'static str,
    script: String,
    line: i64,
    column: i64,
}

impl Frame {
    fn of(rng: &mut Rng, numeric: bool, root: bool) -> Self {
        let script = if root { 0 } else { [0, 0, 3, 17][rng.below(4)] };
        let low = if numeric { 0 } else { -1 };
        Self {
            name: if root { "(root)" } else { rng.pick(&NAMES) },
            url: if root { "" } else { rng.pick(&URLS) },
            script: if numeric { script.to_string() } else { format!("\"{script}\"") },
            line: if root { low } else { low + rng.below(4) as i64 },
            column: if root { low } else { low + rng.below(2) as i64 },
        }
    }

    fn field(&self, key: &str) -> String {
        match key {
            "functionName" => format!("\"{}\"", self.name),
            "url" => format!("\"{}\"", self.url),
            "scriptId" => self.script.clone(),
            "lineNumber" => self.line.to_string(),
            _ => self.column.to_string(),
        }
    }
}
