//! Call frames written in many ways are recognised: each is the frame that its text says, and equal ones are one.

#![no_main]

use std::borrow::Cow;
use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use heapsift::profile::{Category, CategoryId, Class, Classify, FrameKind, RawFrame};
use heapsift_fuzz::plain::{self, Frame};
use heapsift_fuzz::spelling::Choices;
use heapsift_fuzz::ways::{Way, read_in};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Profile {
    frames: Vec<Fields>,
    nodes: Vec<Node>,
    choices: Vec<u8>,
    window: u8,
    machine: u8,
}

/// The fields of a call frame, each of which may be missing.
#[derive(Arbitrary, Debug, Default)]
struct Fields {
    function: Option<Vec<Unit>>,
    url: Option<Vec<Unit>>,
    script: Option<Script>,
    line: Option<Position>,
    column: Option<Position>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Unit {
    Ascii(u8),
    Other(u16),
    /// A character beyond U+FFFF.
    Pair(u16),
    /// What looks like the end of a call frame.
    Braces,
}

#[derive(Arbitrary, Debug)]
enum Script {
    Number(i32),
    Text(Vec<Unit>),
    Zero,
    TextZero,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Position {
    Small(u8),
    Any(i32),
    None,
}

#[derive(Arbitrary, Debug)]
struct Node {
    frame: u8,
    size: u16,
    /// A child of the node before it, not of the root.
    deeper: bool,
    frame_last: bool,
}

impl Unit {
    fn push(self, units: &mut Vec<u16>) {
        match self {
            Self::Ascii(unit) => units.push(u16::from(unit & 0x7f)),
            Self::Other(unit) => units.push(unit),
            Self::Pair(low) => units.extend([0xd800 | low >> 10 & 0x3ff, 0xdc00 | low & 0x3ff]),
            Self::Braces => units.extend("}},{\"".encode_utf16()),
        }
    }
}

fn units(text: &[Unit]) -> Vec<u16> {
    let mut units = Vec::new();
    text.iter().for_each(|unit| unit.push(&mut units));
    units
}

impl Position {
    fn value(self) -> i32 {
        match self {
            Self::Small(value) => i32::from(value),
            Self::Any(value) => value,
            Self::None => -1,
        }
    }
}

impl Fields {
    /// What a reader must make of it.
    fn frame(&self) -> Frame {
        let text = |text: &Option<Vec<Unit>>| String::from_utf16_lossy(&units(text.as_deref().unwrap_or_default()));
        let position = |value: Option<Position>| value.map_or(-1, Position::value).max(-1);
        let has_script = match &self.script {
            None | Some(Script::Zero | Script::TextZero) => false,
            Some(Script::Number(id)) => *id != 0,
            Some(Script::Text(id)) => !matches!(String::from_utf16_lossy(&units(id)).as_str(), "" | "0"),
        };
        Frame {
            function: text(&self.function),
            url: text(&self.url),
            has_script,
            line: position(self.line),
            column: position(self.column),
        }
    }

    fn write(&self, choices: &mut Choices<'_>, out: &mut Vec<u8>) {
        out.push(b'{');
        let mut before: &[u8] = b"";
        for index in choices.order::<6>() {
            let keys = ["functionName", "scriptId", "url", "lineNumber", "columnNumber", "other"];
            let present = match index {
                0 => self.function.is_some(),
                1 => self.script.is_some(),
                2 => self.url.is_some(),
                3 => self.line.is_some(),
                4 => self.column.is_some(),
                _ => choices.of(4) == 3,
            };
            if !present {
                continue;
            }
            out.extend_from_slice(before);
            before = b",";
            choices.space(out);
            match choices.of(8) {
                7 => choices.string(&keys[index].encode_utf16().collect::<Vec<_>>(), out),
                _ => out.extend_from_slice(format!("\"{}\"", keys[index]).as_bytes()),
            }
            choices.space(out);
            out.push(b':');
            choices.space(out);
            match (index, &self.script) {
                (0, _) => choices.string(&units(self.function.as_deref().unwrap_or_default()), out),
                (1, Some(Script::Number(id))) => choices.integer(*id, out),
                (1, Some(Script::Text(id))) => choices.string(&units(id), out),
                (1, Some(Script::Zero)) => choices.integer(0, out),
                (1, _) => choices.string(&[u16::from(b'0')], out),
                (2, _) => choices.string(&units(self.url.as_deref().unwrap_or_default()), out),
                (3, _) => choices.integer(self.line.map_or(-1, Position::value), out),
                (4, _) => choices.integer(self.column.map_or(-1, Position::value), out),
                _ => out.extend_from_slice(b"{\"url\":[null,\"}\"]}"),
            }
            choices.space(out);
        }
        if before.is_empty() {
            choices.space(out);
        }
        out.push(b'}');
    }
}

/// Whose code a frame is shows whether it has a script.
struct ByScript([Category; 1]);

impl Classify for ByScript {
    fn classify<'a>(&self, frame: RawFrame<'a>) -> Class<'a> {
        let kind = if frame.has_script { FrameKind::Generated } else { FrameKind::Native };
        Class { kind, package: Cow::Borrowed(""), version: None, category: CategoryId(0) }
    }

    fn categories(&self) -> &[Category] {
        &self.0
    }
}

const ROOT: &str = r#"{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}"#;

/// Self size and nodes of each frame.
type Rows = BTreeMap<Frame, (u64, u64)>;

fn write(profile: &Profile, rows: &mut Rows) -> Vec<u8> {
    let mut choices = Choices(&profile.choices);
    let mut out = format!("{{\"head\":{{\"callFrame\":{ROOT},\"selfSize\":0,\"children\":[").into_bytes();
    let mut open: Vec<Vec<u8>> = Vec::new();
    let nothing = Fields { function: Some(Vec::new()), ..Fields::default() };
    for (i, node) in profile.nodes.iter().enumerate() {
        if !node.deeper {
            open.drain(..).rev().for_each(|end| out.extend_from_slice(&end));
        }
        if i > 0 && !node.deeper {
            out.push(b',');
        }
        let fields = match profile.frames.len() {
            0 => &nothing,
            frames => &profile.frames[usize::from(node.frame) % frames],
        };
        let mut text = Vec::new();
        fields.write(&mut choices, &mut text);
        let decoded = plain::call_frame(&plain::mended(&text));
        let frame = fields.frame();
        assert_eq!(decoded.as_ref(), Ok(&frame), "{}", String::from_utf8_lossy(&text));
        let row = rows.entry(frame).or_default();
        row.0 += u64::from(node.size);
        row.1 += 1;

        choices.space(&mut out);
        out.push(b'{');
        let member = |name: &str, value: &[u8], choices: &mut Choices<'_>, out: &mut Vec<u8>| {
            choices.space(out);
            out.extend_from_slice(format!("\"{name}\"").as_bytes());
            choices.space(out);
            out.push(b':');
            choices.space(out);
            out.extend_from_slice(value);
            choices.space(out);
        };
        if !node.frame_last {
            member("callFrame", &text, &mut choices, &mut out);
            out.push(b',');
        }
        member("selfSize", node.size.to_string().as_bytes(), &mut choices, &mut out);
        out.push(b',');
        member("children", b"[", &mut choices, &mut out);
        let mut end = b"]".to_vec();
        if node.frame_last {
            end.push(b',');
            member("callFrame", &text, &mut choices, &mut end);
        }
        end.push(b'}');
        open.push(end);
    }
    open.drain(..).rev().for_each(|end| out.extend_from_slice(&end));
    out.extend_from_slice(b"]}}");
    out
}

fuzz_target!(|profile: Profile| {
    let mut expected = Rows::new();
    let text = write(&profile, &mut expected);
    let classify =
        ByScript([Category { id: String::new(), name: String::new(), analysis: Vec::new(), follows_cause: false }]);
    let root = Frame { function: "(root)".to_owned(), line: -1, column: -1, ..Frame::default() };
    let distinct = expected.len() + usize::from(!expected.contains_key(&root));
    let shown = || String::from_utf8_lossy(&text).into_owned();
    for way in [Way::of(profile.window, profile.machine), Way::PLAIN] {
        let outcome = read_in(&text, way, &classify).expect("a heap profile");
        assert!(outcome.problem.is_none(), "{way:?} {:?}\n{}", outcome.problem, shown());
        let aggregate = outcome.aggregate;
        let frames = &aggregate.frames;
        let mut found = Rows::new();
        for id in frames.ids() {
            let frame = frames.get(id);
            let raw = |from_one: Option<u32>| from_one.map_or(-1, |n| (n - 1) as i32);
            let sums = aggregate.by_frame[id.0 as usize];
            let frame = Frame {
                function: frames.text(frame.function).to_owned(),
                url: frames.text(frame.url).to_owned(),
                has_script: frame.kind == FrameKind::Generated,
                line: raw(frames.line(id)),
                column: raw(frames.column(id)),
            };
            if sums.nodes > 0 {
                let before = found.insert(frame.clone(), (sums.self_size, sums.nodes));
                assert_eq!(before, None, "{way:?} {frame:?} has two rows\n{}", shown());
            }
        }
        assert_eq!(found, expected, "{way:?}\n{}", shown());
        assert_eq!((frames.len(), aggregate.call_frames), (distinct, distinct as u64), "{way:?}\n{}", shown());
    }
});
