//! Writes a tree of nodes whose members stand in any order, in any layout.

use crate::rng::Rng;

/// What stands between the tokens.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    /// Ends a line.
    pub(crate) line: &'static str,
    /// One level of indentation.
    pub(crate) indent: &'static str,
    /// Follows a colon.
    pub(crate) space: &'static str,
}

impl Layout {
    /// Everything on one line.
    pub(crate) const COMPACT: Self = Self { line: "", indent: "", space: "" };
    /// As xprofiler prints.
    pub(crate) const PRETTY: Self = Self { line: "\n", indent: "  ", space: " " };
    /// Indented by tabs.
    pub(crate) const TABS: Self = Self { line: "\n", indent: "\t", space: "\t" };
    /// Lines as on Windows.
    pub(crate) const CRLF: Self = Self { line: "\r\n", indent: "    ", space: " " };
}

/// The value of a member.
pub(crate) enum Value {
    /// JSON as it stands.
    Text(String),
    /// An object, laid out as what is around it.
    Object(Vec<Member>),
    /// The place of the children.
    Children,
}

/// A key as it stands between its quotes, and its value.
pub(crate) struct Member(pub(crate) String, pub(crate) Value);

impl Member {
    /// A member whose value is JSON as it stands.
    pub(crate) fn text(key: &str, value: impl ToString) -> Self {
        Self(key.to_owned(), Value::Text(value.to_string()))
    }
}

/// A call frame; its strings stand as they are between the quotes.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) function: String,
    pub(crate) script: String,
    pub(crate) url: String,
    pub(crate) line: String,
    pub(crate) column: String,
}

impl Frame {
    /// A frame with such strings, at a place.
    pub(crate) fn new(function: impl Into<String>, url: impl Into<String>, line: usize) -> Self {
        Self {
            function: function.into(),
            script: format!("\"{}\"", line % 900),
            url: url.into(),
            line: line.to_string(),
            column: (line % 77).to_string(),
        }
    }

    /// So many frames as in usual profiles.
    pub(crate) fn usual(count: usize) -> Vec<Self> {
        let place = |i: usize| match i % 4 {
            0 => "node:internal/process/task_queues".to_owned(),
            1 => format!("file:///srv/app/service/{}.js", i % 31),
            _ => format!("/srv/app/node_modules/_leoric@2.13.9@leoric/lib/{}.js", i % 53),
        };
        (0..count).map(|i| Self::new(format!("parse{}", i / 3), place(i), 7 * i)).collect()
    }

    /// The member `callFrame`.
    pub(crate) fn member(&self) -> Member {
        Member("callFrame".to_owned(), Value::Object(self.fields()))
    }

    /// What is in it.
    pub(crate) fn fields(&self) -> Vec<Member> {
        vec![
            Member::text("functionName", format!("\"{}\"", self.function)),
            Member::text("scriptId", &self.script),
            Member::text("url", format!("\"{}\"", self.url)),
            Member::text("lineNumber", &self.line),
            Member::text("columnNumber", &self.column),
        ]
    }
}

/// The members of a node as the inspector writes them.
pub(crate) fn usual(frame: &Frame, size: impl ToString, id: usize) -> Vec<Member> {
    let children = Member("children".to_owned(), Value::Children);
    vec![frame.member(), Member::text("selfSize", size), Member::text("id", id), children]
}

/// A size of an allocation, mostly none.
pub(crate) fn size(rng: &mut Rng) -> usize {
    if rng.chance(3) { 8 * rng.below(100_000) } else { 0 }
}

/// Writes one profile: [`Writer::open`] and [`Writer::close`] for each node.
pub(crate) struct Writer {
    pub(crate) out: Vec<u8>,
    pub(crate) layout: Layout,
    /// What follows the children of each open node; none if it has no array of them.
    open: Vec<Option<Vec<Member>>>,
    /// Whether a comma is due before the next node.
    follows: bool,
}

impl Writer {
    /// A writer after `text`, which ends where the root's value is to stand.
    pub(crate) fn after(text: &str, layout: Layout) -> Self {
        Self { out: text.into(), layout, open: Vec::new(), follows: false }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn line(&mut self, level: usize) {
        self.text(self.layout.line);
        if !self.layout.indent.is_empty() {
            (0..level).for_each(|_| self.text(self.layout.indent));
        }
    }

    fn members(&mut self, members: impl Iterator<Item = Member>, level: usize, mut first: bool) {
        for Member(key, value) in members {
            if !std::mem::take(&mut first) {
                self.text(",");
            }
            self.line(level);
            self.text(&format!("\"{key}\":{}", self.layout.space));
            match value {
                Value::Text(text) => self.text(&text),
                Value::Children => self.text("["),
                Value::Object(members) => {
                    self.text("{");
                    self.members(members.into_iter(), level + 1, true);
                    self.line(level);
                    self.text("}");
                }
            }
        }
    }

    /// Opens a node with these members; those after [`Value::Children`] are written when it closes.
    pub(crate) fn open(&mut self, mut members: Vec<Member>) {
        let level = 2 * self.open.len() + 1;
        if self.follows {
            self.text(",");
        }
        if !self.open.is_empty() {
            self.line(level);
        }
        self.text("{");
        let children = members.iter().position(|member| matches!(member.1, Value::Children));
        let rest = children.map(|at| members.split_off(at + 1));
        self.members(members.into_iter(), level + 1, true);
        self.open.push(rest);
        self.follows = false;
    }

    /// Closes the innermost node.
    pub(crate) fn close(&mut self) {
        let Some(rest) = self.open.pop() else { return };
        let level = 2 * self.open.len() + 1;
        if let Some(rest) = rest {
            self.line(level + 1);
            self.text("]");
            self.members(rest.into_iter(), level + 1, false);
        }
        self.line(level);
        self.text("}");
        self.follows = true;
    }

    /// Open nodes.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Opens the root.
    pub(crate) fn root(&mut self) {
        let none = || "-1".to_owned();
        self.open(usual(&Frame { line: none(), column: none(), ..Frame::new("(root)", "", 0) }, 0, 1));
    }

    /// Closes all nodes.
    pub(crate) fn close_all(&mut self) {
        (0..self.open.len()).for_each(|_| self.close());
    }

    /// Writes the root and nodes below it, at most so deep, until the text has `size` bytes; then closes them all.
    pub(crate) fn tree(&mut self, size: usize, depth: usize, mut node: impl FnMut(&mut Self, &mut Rng) -> Vec<Member>) {
        let mut rng = Rng(size as u64);
        self.root();
        while self.out.len() < size {
            let climb =
                if self.open.len() > depth { 1 + rng.below(depth) } else { [0, 0, 0, 1, 1, 2, 3][rng.below(7)] };
            // The root stays open, and a node without an array takes no children.
            (0..climb.min(self.open.len() - 1)).for_each(|_| self.close());
            if self.open.last().is_some_and(Option::is_none) {
                self.close();
            }
            let members = node(self, &mut rng);
            self.open(members);
        }
        self.close_all();
    }
}

/// A profile that holds nothing but a tree on one line.
pub(crate) fn profile(size: usize, mut node: impl FnMut(&mut Rng) -> Vec<Member>) -> Vec<u8> {
    let mut writer = Writer::after("{\"head\":", Layout::COMPACT);
    writer.tree(size, 40, |_, rng| node(rng));
    writer.text("}");
    writer.out
}

/// A profile on one line whose nodes bear these frames.
pub(crate) fn of_frames(size: usize, frames: &[Frame]) -> Vec<u8> {
    profile(size, |rng| usual(&frames[rng.below(frames.len())], self::size(rng), rng.below(1 << 20)))
}

/// Look-alikes of nodes, in an array of about so many bytes.
pub(crate) fn fake_nodes(bytes: usize, seed: usize) -> String {
    let frames = Frame::usual(90);
    let mut writer = Writer::after("[", Layout::COMPACT);
    let mut rng = Rng(seed as u64);
    while writer.out.len() < bytes {
        let climb = if writer.open.len() > 6 { 5 } else { rng.below(3) };
        (0..climb).for_each(|_| writer.close());
        writer.open(usual(&frames[rng.below(frames.len())], size(&mut rng), seed));
    }
    writer.close_all();
    writer.text("]");
    String::from_utf8_lossy(&writer.out).into_owned()
}

/// JSON as it stands inside a string.
pub(crate) fn quoted(json: &str) -> String {
    json.replace('\\', "\\\\").replace('"', "\\\"")
}
