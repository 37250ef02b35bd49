//! A reader of heap profiles for comparison: serde_json for the grammar, plain loops for the sums, no speed.
//!
//! It accepts exactly what heapsift accepts, so that the two can be held against each other both ways.

use std::collections::BTreeMap;

use heapsift::profile::Aggregate;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::oracle;

const KEYS: [&str; 5] = ["functionName", "scriptId", "url", "lineNumber", "columnNumber"];

/// Why a text is no heap profile.
pub type Refused = &'static str;

/// A call frame as its text says.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Frame {
    pub function: String,
    pub url: String,
    pub has_script: bool,
    /// As written, but nothing below -1.
    pub line: i32,
    /// As written, but nothing below -1.
    pub column: i32,
}

/// What tells a frame in a report: function, url, line and column (from 1).
pub type Place = (String, String, Option<u32>, Option<u32>);

/// The sums of a profile.
#[derive(Debug, Default, PartialEq)]
pub struct Sums {
    pub total: u64,
    pub nodes: u64,
    pub allocating: u64,
    pub max_depth: u64,
    pub negative: u64,
    pub samples: Option<u64>,
    /// Self size and nodes of each frame; of the root only if it has bytes.
    pub frames: BTreeMap<Place, (u64, u64)>,
}

/// The members of an object, in order, duplicates included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

fn members(value: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    serde_json::from_str(value.get()).ok().map(|Members(members)| members)
}

fn elements(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// A text as JSON of valid Unicode: `\v`, lone surrogates and bytes that are not UTF-8 are replaced.
pub fn mended(text: &[u8]) -> String {
    oracle::mended(text)
}

/// The text of a file without its byte order mark and as valid Unicode, if it is JSON.
pub fn json(text: &[u8]) -> Option<String> {
    let mark = "\u{feff}".as_bytes();
    let text = text.strip_prefix(mark).unwrap_or(text);
    if text.starts_with(mark) {
        return None; // one is enough
    }
    let text = mended(text);
    serde_json::from_str::<IgnoredAny>(&text).ok().map(|_| text)
}

/// What stands around the tree.
#[derive(Default)]
struct Document<'a> {
    head: Option<&'a RawValue>,
    samples: Option<u64>,
}

impl<'a> Document<'a> {
    fn object(&mut self, value: &'a RawValue) -> Result<(), Refused> {
        for (key, value) in members(value).ok_or("no object")? {
            match key.as_str() {
                "head" if self.head.is_some() => return Err("head twice"),
                "head" => self.head = Some(value),
                "samples" if self.samples.is_some() => return Err("samples twice"),
                "samples" => self.samples = Some(elements(value).ok_or("samples are no array")?.len() as u64),
                "profile" | "result" | "payload" if self.head.is_none() && is(value, "{") => self.object(value)?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn is(value: &RawValue, first: &str) -> bool {
    value.get().starts_with(|c| first.contains(c))
}

fn number(value: &RawValue) -> Result<f64, Refused> {
    if !is(value, "-0123456789") {
        return Err("no number");
    }
    value.get().parse().map_err(|_| "no number")
}

/// The fields of a call frame as they are met.
#[derive(Default)]
struct Fields<'a>([Option<&'a RawValue>; 5]);

impl<'a> Fields<'a> {
    fn take(&mut self, index: usize, value: &'a RawValue) -> Result<(), Refused> {
        match index {
            0 | 2 if !is(value, "\"") => return Err("no string"),
            0 | 2 => {}
            1 if is(value, "\"") => {}
            1 => {
                let id = number(value)?;
                if value.get().parse::<u64>().is_err() && id.abs() >= 2f64.powi(63) {
                    return Err("scriptId out of range");
                }
            }
            _ => {
                let range = f64::from(i32::MIN)..=f64::from(i32::MAX);
                if !range.contains(&number(value)?.round()) {
                    return Err("position out of range");
                }
            }
        }
        match self.0[index].replace(value) {
            Some(_) => Err("a field of a call frame twice"),
            None => Ok(()),
        }
    }

    fn text(&self, index: usize) -> String {
        self.0[index].and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default()
    }

    fn position(&self, index: usize) -> Option<i32> {
        self.0[index].and_then(|value| number(value).ok()).map(|value| value.round() as i32)
    }

    fn script_is_text(&self) -> bool {
        self.0[1].is_some_and(|value| is(value, "\""))
    }

    fn frame(&self) -> Frame {
        let has_script = match self.0[1] {
            Some(_) if self.script_is_text() => !matches!(self.text(1).as_str(), "" | "0"),
            Some(value) => number(value).is_ok_and(|id| id != 0.0),
            None => false,
        };
        let position = |index| self.position(index).unwrap_or(-1).max(-1);
        Frame { function: self.text(0), url: self.text(2), has_script, line: position(3), column: position(4) }
    }
}

fn fields(value: &RawValue) -> Result<Fields<'_>, Refused> {
    let mut fields = Fields::default();
    for (key, value) in members(value).ok_or("a call frame is no object")? {
        if let Some(index) = KEYS.iter().position(|known| *known == key) {
            fields.take(index, value)?;
        }
    }
    Ok(fields)
}

/// The call frame of a (mended) text.
pub fn call_frame(text: &str) -> Result<Frame, Refused> {
    fields(serde_json::from_str(text).map_err(|_| "no JSON")?).map(|fields| fields.frame())
}

struct Node<'a> {
    fields: Fields<'a>,
    /// `None` is a negative one.
    size: Option<u64>,
    children: Vec<&'a RawValue>,
}

fn node(value: &RawValue) -> Result<Node<'_>, Refused> {
    let (mut frame, mut flat) = (None, Fields::default());
    let (mut size, mut children, mut hit_count) = (None, None, false);
    for (key, value) in members(value).ok_or("a node is no object")? {
        match key.as_str() {
            "callFrame" => {
                if frame.replace(fields(value)?).is_some() {
                    return Err("callFrame twice");
                }
            }
            "selfSize" => {
                if size.replace(self_size(value)?).is_some() {
                    return Err("selfSize twice");
                }
            }
            "children" => {
                if children.replace(elements(value).ok_or("children are no array")?).is_some() {
                    return Err("children twice");
                }
                if hit_count && size.is_none() {
                    return Err("a CPU profile");
                }
            }
            "hitCount" => hit_count = true,
            key => match KEYS.iter().position(|known| *known == key) {
                Some(index) if frame.is_none() => {
                    flat.take(index, value)?;
                    if flat.0.iter().all(Option::is_some) {
                        frame = Some(std::mem::take(&mut flat));
                    }
                }
                _ => {}
            },
        }
    }
    let fields = frame.or(flat.0[0].is_some().then_some(flat)).ok_or("no call frame")?;
    Ok(Node { fields, size: size.ok_or("no size")?, children: children.unwrap_or_default() })
}

fn self_size(value: &RawValue) -> Result<Option<u64>, Refused> {
    let size = number(value)?.round();
    match value.get().parse() {
        Ok(size) => Ok(Some(size)),
        Err(_) if size >= 2f64.powi(64) => Err("size out of range"),
        Err(_) => Ok((size >= 0.0).then_some(size as u64)),
    }
}

/// The sums of a text that is JSON; `None` where they do not fit 64 bits.
pub fn sums(json: &str) -> Result<Option<Sums>, Refused> {
    let mut document = Document::default();
    document.object(serde_json::from_str(json).map_err(|_| "no JSON")?)?;
    let mut sums = Sums { samples: document.samples, ..Sums::default() };
    let mut from_zero = None;
    let mut fits = true;
    let mut open = vec![(document.head.ok_or("no head")?, 0)];
    while let Some((value, depth)) = open.pop() {
        let Node { fields, size, children } = node(value)?;
        open.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
        let from_zero = *from_zero.get_or_insert_with(|| fields.script_is_text() || fields.position(3) == Some(-1));
        sums.nodes += 1;
        sums.max_depth = sums.max_depth.max(depth);
        sums.negative += u64::from(size.is_none());
        let size = size.unwrap_or(0);
        sums.allocating += u64::from(size > 0);
        let Some(total) = sums.total.checked_add(size) else {
            fits = false;
            continue;
        };
        sums.total = total;
        if depth > 0 || size > 0 {
            let frame = fields.frame();
            let from_one = |raw: i32| match u32::try_from(raw) {
                Ok(raw) if from_zero => Some(raw + 1),
                Ok(raw) => Some(raw).filter(|&raw| raw > 0),
                Err(_) => None,
            };
            let place = (frame.function, frame.url, from_one(frame.line), from_one(frame.column));
            let row = sums.frames.entry(place).or_default();
            row.0 += size;
            row.1 += 1;
        }
    }
    Ok(fits.then_some(sums))
}

/// The same sums out of what heapsift found.
pub fn sums_of(aggregate: &Aggregate) -> Sums {
    let mut sums = Sums {
        total: aggregate.total_size,
        nodes: aggregate.nodes,
        allocating: aggregate.allocating_nodes,
        max_depth: aggregate.max_depth,
        negative: aggregate.negative_sizes,
        samples: aggregate.samples.map(|samples| samples.count),
        frames: BTreeMap::new(),
    };
    let frames = &aggregate.frames;
    for id in frames.ids() {
        let found = aggregate.by_frame[id.0 as usize];
        if found.nodes > 0 {
            let frame = frames.get(id);
            let place = (
                frames.text(frame.function).to_owned(),
                frames.text(frame.url).to_owned(),
                frames.line(id),
                frames.column(id),
            );
            let row = sums.frames.entry(place).or_default();
            row.0 += found.self_size;
            row.1 += found.nodes;
        }
    }
    sums
}
