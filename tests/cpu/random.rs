//! Random CPU profiles: both kinds of trees, every writer's keys in any order, any whitespace, samples before and after the nodes.

use crate::common::rng::Rng;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) nodes: usize,
    /// Nested under `head` instead of listed under `nodes`.
    nested: bool,
    /// The fields of the call frame stand in the node.
    flat: bool,
    /// scriptId is a number and lines count from 1.
    numeric: bool,
    shuffled: bool,
    spaces: bool,
    unknown_keys: bool,
    /// Ids far apart.
    sparse: bool,
    times: Times,
    hits: bool,
}

#[derive(Clone, Copy, Debug)]
enum Times {
    Deltas,
    Stamps,
    None,
    OneMore,
    TooFew,
}

impl Style {
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let nested = rng.chance(2);
        Self {
            nodes: [1, 2, 5, 30, 200][rng.below(5)],
            nested,
            flat: nested && rng.chance(2),
            numeric: rng.chance(2),
            shuffled: rng.chance(2),
            spaces: rng.chance(3),
            unknown_keys: rng.chance(3),
            sparse: rng.chance(4),
            times: [
                Times::Deltas,
                Times::Deltas,
                Times::Deltas,
                Times::Stamps,
                Times::None,
                Times::OneMore,
                Times::TooFew,
            ][rng.below(7)],
            hits: !rng.chance(4),
        }
    }
}

const NAMES: [&str; 9] =
    ["", "parse", "(idle)", "(program)", "(garbage collector)", "a}b", "\\u0041\\\\", "{\\\"nodes\\\":[", "é\\ud83d"];
const URLS: [&str; 5] =
    ["", "node:buffer", "file:///srv/app/m%20n.js", "/srv/app/node_modules/koa/index.js", "/srv/{}[],:.js"];

struct Writer<'r> {
    rng: &'r mut Rng,
    style: Style,
    out: String,
    /// Ids of all nodes.
    ids: Vec<u64>,
    /// The next node's place in `ids`.
    next: usize,
}

/// The text of a random profile.
pub(crate) fn profile(rng: &mut Rng, style: Style) -> Vec<u8> {
    let ids: Vec<u64> = match style.sparse {
        false => (1..=style.nodes as u64).collect(),
        true => (0..style.nodes as u64).map(|i| i * 7_000_000_019 % (1 << 50)).collect(),
    };
    let mut writer = Writer { rng, style, out: String::new(), ids, next: 0 };
    writer.space();
    let mut members = vec![if style.nested { "head" } else { "nodes" }, "startTime", "endTime"];
    if !writer.rng.chance(6) {
        members.push("samples");
    }
    members.extend(match style.times {
        Times::None => None,
        Times::Stamps => Some("timestamps"),
        Times::Deltas | Times::OneMore | Times::TooFew => Some("timeDeltas"),
    });
    if style.unknown_keys {
        members.push("unknown");
    }
    if style.shuffled {
        writer.rng.shuffle(&mut members);
    }
    let count = [0, 1, 2, 40, 700][writer.rng.below(5)];
    let wrapped = writer.rng.chance(8);
    writer.out += if wrapped { "{\"result\":{\"profile\":" } else { "" };
    writer.object(&members, |writer, key| match key {
        "head" => writer.node(),
        "nodes" => {
            let nodes = writer.style.nodes;
            writer.list(nodes, |writer, _| writer.node());
        }
        "samples" => writer.list(count, |writer, _| {
            let id = writer.ids[writer.rng.below(writer.ids.len())];
            // Some are of nodes that the profile does not have.
            writer.out += &if writer.rng.chance(50) { id + 1_000_003 } else { id }.to_string();
        }),
        "timestamps" => {
            let mut now = 182_954_300_000_i64;
            writer.list(count, |writer, _| {
                now += writer.delta();
                writer.out += &now.to_string();
            });
        }
        "timeDeltas" => {
            let count = match style.times {
                Times::OneMore => count + 1,
                Times::TooFew => count / 2,
                _ => count,
            };
            writer.list(count, |writer, _| {
                let delta = writer.delta();
                writer.out += &delta.to_string();
            });
        }
        "startTime" => writer.out += "1740728520000000",
        "endTime" => writer.out += "182955.1",
        _ => writer.unknown(),
    });
    writer.out += if wrapped { "}, \"id\": 1}" } else { "" };
    writer.space();
    writer.out.clone().into_bytes()
}

impl Writer<'_> {
    fn space(&mut self) {
        if self.style.spaces {
            self.out += self.rng.pick(&["", " ", "\n", "\r\n\t", "                                             "]);
        }
    }

    /// Microseconds to the next sample; sometimes a few back.
    fn delta(&mut self) -> i64 {
        match self.rng.below(12) {
            0 => -(self.rng.below(3000) as i64),
            1 => 0,
            _ => 900 + self.rng.below(300) as i64,
        }
    }

    fn list(&mut self, count: usize, mut element: impl FnMut(&mut Self, usize)) {
        self.out.push('[');
        for i in 0..count {
            if i > 0 {
                self.space();
                self.out.push(',');
            }
            self.space();
            element(self, i);
        }
        self.space();
        self.out.push(']');
    }

    fn object(&mut self, members: &[&str], mut value: impl FnMut(&mut Self, &str)) {
        self.out.push('{');
        for (i, key) in members.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.space();
            match (*key, self.rng.below(30)) {
                ("samples", 0) => self.out += "\"s\\u0061mples\"",
                ("hitCount", 0) => self.out += "\"\\u0068itCount\"",
                _ => self.out += &format!("\"{key}\""),
            }
            self.space();
            self.out.push(':');
            self.space();
            value(self, key);
            self.space();
        }
        self.out.push('}');
    }

    fn node(&mut self) {
        let id = self.ids[self.next];
        self.next += 1;
        let frame = ["functionName", "scriptId", "url", "lineNumber", "columnNumber"];
        let mut members: Vec<&str> = vec!["id"];
        match self.style.flat {
            true => members.extend(frame),
            false => members.push("callFrame"),
        }
        if self.style.hits {
            members.push("hitCount");
        }
        if self.style.unknown_keys && self.rng.chance(3) {
            // A selfSize without any hitCount is that of a heap profile.
            members.push(if self.style.hits && self.rng.chance(2) { "selfSize" } else { "unknown" });
        }
        if self.style.nested || !self.rng.chance(4) {
            members.push("children");
        }
        if self.style.shuffled {
            self.rng.shuffle(&mut members);
        }
        let url = *self.rng.pick(&[&URLS[0], &URLS[1], &URLS[2], &URLS[3], &URLS[4]]);
        let name = NAMES[self.rng.below(NAMES.len())];
        let base = if self.style.numeric || self.style.flat { 1 } else { 0 };
        let line = self.rng.below(3) + base;
        let is_root = id == self.ids[0];
        let field = move |key: &str, style: Style| match (key, style.numeric) {
            ("functionName", _) => format!("\"{}\"", if is_root { "(root)" } else { name }),
            ("scriptId", false) => format!("\"{}\"", if url.is_empty() { 0 } else { 12 }),
            ("scriptId", true) => format!("{}", if url.is_empty() { 0 } else { 12 }),
            ("url", _) => format!("\"{}\"", if is_root { "" } else { url }),
            _ if is_root => format!("{}", base as i64 - 1),
            ("lineNumber", _) => line.to_string(),
            _ => "7".to_owned(),
        };
        let style = self.style;
        self.object(&members, |writer, key| match key {
            "callFrame" => {
                let mut keys = frame.to_vec();
                if style.unknown_keys {
                    keys.push("bailoutReason");
                }
                if style.shuffled && writer.rng.chance(3) {
                    writer.rng.shuffle(&mut keys);
                }
                writer.object(&keys, |writer, key| match key {
                    "bailoutReason" => writer.out += "\"\"",
                    key => writer.out += &field(key, style),
                });
            }
            "id" => writer.out += &id.to_string(),
            "hitCount" => {
                let hits = writer.rng.below(40);
                writer.out += &hits.to_string();
            }
            "children" if style.nested => writer.children(),
            "children" => {
                let count = writer.rng.below(5);
                writer.list(count, |writer, i| writer.out += &(i + 2).to_string());
            }
            "selfSize" => writer.out += "8",
            "unknown" => writer.unknown(),
            key => writer.out += &field(key, style),
        });
    }

    fn children(&mut self) {
        let wanted = 1 + self.rng.below(4);
        self.out.push('[');
        for i in 0..wanted {
            if self.next == self.ids.len() {
                break;
            }
            self.out += if i > 0 { "," } else { "" };
            self.space();
            self.node();
            self.space();
        }
        self.out.push(']');
    }

    fn unknown(&mut self) {
        self.out += self.rng.pick(&[
            "null",
            "-12.5e-3",
            "\"{\\\"samples\\\":[1,2]}\"",
            "[{\"id\":1,\"hitCount\":7,\"callFrame\":{}},[1,[2]]]",
            "{\"nodes\":[],\"samples\":[5],\"timeDeltas\":{\"a\":true}}",
        ]);
    }
}
