//! The text of a CPU profile, token by token: what stands around the nodes, and the arrays of numbers. Nodes are read in `node`.
//!
//! Everything is in [`Document`], nothing on the stack, so that a block may end anywhere: what is read of a token that does not end in it
//! is read again with the next block.

use super::node::{At as NodeAt, Next, Node};
use super::pairing::{List, Pairing};
use super::tables::Tables;
use crate::aggregate::Tables as Budgeted;
use crate::error::{Kind, OtherFile};
use crate::parse::{Cursor, Frames, MAX_DEPTH, Number, Read, Skip, Stop, Text, Unfinished, shown, unescaped};
use crate::scan::{self, Kernel, Vector};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Keys under which writers wrap the whole profile.
const WRAPPERS: [&str; 3] = ["profile", "result", "payload"];

/// Wrappers that are opened within each other; what stands in more of them is skipped.
const MAX_WRAPPERS: usize = 16;

/// Largest number that an id, a count or a time may be: all up to here are exact in any writer's language.
const MAX_NUMBER: u64 = 1 << 53;

/// How far the document was read.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// The block is used up.
    More,
    /// The outermost `}` was read and nothing but whitespace follows in this block.
    Complete,
}

/// What is to be read next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum At {
    ByteOrderMark,
    Start,
    KeyOrEnd,
    Key,
    Value(Member),
    AfterValue,
    /// In an array of numbers.
    Numbers(List, Next),
    /// In the nodes.
    Nodes(NodeAt),
    Complete,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Member {
    Nodes,
    Head,
    Numbers(List),
    Wrapper(&'static str),
    Unknown,
}

/// The state of reading a CPU profile.
pub(super) struct Document<'c> {
    pub(super) at: At,
    wrappers: Vec<&'static str>,
    pub(super) skip: Skip,
    pub(super) skip_key: String,
    /// `nodes` or `head` was met.
    pub(super) has_nodes: bool,
    /// Elements of `nodes` that were met; `None` if the nodes are nested under `head`.
    pub(super) listed: Option<u64>,
    /// The node that is being read.
    pub(super) node: Node,
    /// Nodes whose `children` are being read, the outermost first, with how many of these were met.
    pub(super) open: Vec<(Node, u64)>,
    /// Some node has `hitCount`.
    pub(super) has_hits: bool,
    /// Elements met of the array of numbers.
    numbers: u64,
    pub(super) frames: Frames<'c>,
    pub(super) tables: Tables,
    pub(super) pairing: Pairing,
}

/// A run over one block.
pub(super) struct ReadDocument<'a, 'c> {
    pub(super) document: &'a mut Document<'c>,
    pub(super) bytes: &'a [u8],
    /// Byte of the text at which the block begins.
    pub(super) base: u64,
}

impl Kernel for ReadDocument<'_, '_> {
    /// How far it came, and the byte of the block there.
    type Output = (Read<Step>, usize);

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let Self { document, bytes, base } = self;
        let mut pos = 0;
        loop {
            let skipping = document.is_skipping();
            // The byte order mark and what follows it are looked at as they stand.
            if !skipping && document.at != At::ByteOrderMark {
                pos = scan::skip_whitespace::<V>(bytes, pos);
            }
            let mark = pos;
            let mut token = Cursor::of_token(bytes, mark);
            let step = document.step::<V>(&mut token, base);
            pos = token.pos;
            match step {
                Ok(None) => {}
                Ok(Some(step)) => return (Ok(step), pos),
                Err(Stop::More) => {
                    let unfinished = token.unfinished(bytes, mark, skipping);
                    if !skipping {
                        pos = mark;
                    }
                    match unfinished {
                        Unfinished::GoOn => {}
                        Unfinished::AwaitMore => return (Ok(Step::More), pos),
                        Unfinished::TooLong => return (Err(Stop::fault(Kind::TooLong, mark)), pos),
                    }
                }
                Err(fault) => return (Err(fault), pos),
            }
        }
    }
}

impl Budgeted for Document<'_> {
    fn memory_after(&self, times: f64) -> usize {
        let tables = size_of_val(&self.open[..]) + self.frames.memory() + self.tables.memory() + self.pairing.memory();
        (tables as f64 * times) as usize
    }

    fn entries_in(&self, text: usize) -> usize {
        /// Bytes of the shortest sample whose node has not come.
        const SAMPLE: usize = 4;
        text / SAMPLE
    }

    fn growth_of_stacks(&self, _: usize) -> usize {
        0
    }

    fn index_memory(&self, to: &dyn Fn(usize) -> usize) -> usize {
        self.frames.index_memory(to) + self.tables.index_memory(to)
    }
}

impl<'c> Document<'c> {
    /// Before the first byte.
    pub(super) fn new(frames: Frames<'c>, pairing: Pairing) -> Self {
        Self {
            at: At::ByteOrderMark,
            wrappers: Vec::new(),
            skip: Skip::default(),
            skip_key: String::new(),
            has_nodes: false,
            listed: None,
            node: Node::default(),
            open: Vec::new(),
            has_hits: false,
            numbers: 0,
            frames,
            tables: Tables::default(),
            pairing,
        }
    }

    /// Whether nothing but whitespace was read.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.at, At::ByteOrderMark | At::Start)
    }

    fn is_skipping(&self) -> bool {
        matches!(self.at, At::Value(Member::Unknown) | At::Nodes(NodeAt::Value(super::node::Member::Unknown)))
    }

    #[inline(always)]
    fn step<V: Vector>(&mut self, cursor: &mut Cursor<'_>, base: u64) -> Read<Option<Step>> {
        match self.at {
            At::Nodes(at) => self.node_step::<V>(at, cursor, base)?,
            At::Numbers(list, next) => self.number::<V>(list, next, cursor)?,
            At::ByteOrderMark => {
                if cursor.bytes.len() <= BOM.len() && BOM.starts_with(cursor.bytes) {
                    return Err(Stop::More);
                }
                cursor.pos = if cursor.bytes.starts_with(BOM) { BOM.len() } else { 0 };
                self.at = At::Start;
            }
            At::Start => {
                if cursor.peek::<V>()? != b'{' {
                    return Err(cursor.expected("a JSON object"));
                }
                cursor.pos += 1;
                self.at = At::KeyOrEnd;
            }
            At::KeyOrEnd if cursor.peek::<V>()? == b'}' => self.close(cursor),
            At::KeyOrEnd | At::Key => {
                let key = cursor.key::<V>()?;
                self.member::<V>(key, cursor)?;
            }
            At::Value(member) => self.value::<V>(member, cursor)?,
            At::AfterValue => match cursor.peek::<V>()? {
                b',' => {
                    cursor.pos += 1;
                    self.at = At::Key;
                }
                b'}' => self.close(cursor),
                _ => return Err(cursor.expected("a comma or }")),
            },
            At::Complete => {
                return match cursor.peek::<V>() {
                    Ok(_) => Err(Stop::fault(Kind::TrailingData, cursor.pos)),
                    Err(_) => Ok(Some(Step::Complete)),
                };
            }
        }
        Ok(None)
    }

    fn close(&mut self, cursor: &mut Cursor<'_>) {
        cursor.pos += 1;
        self.at = if self.wrappers.pop().is_some() { At::AfterValue } else { At::Complete };
    }

    fn member<V: Vector>(&mut self, key: Text<'_>, cursor: &mut Cursor<'_>) -> Read<()> {
        let name = unescaped(key);
        let list =
            [List::Samples, List::TimeDeltas, List::Timestamps].into_iter().find(|l| l.key().as_bytes() == &*name);
        let wrapper = WRAPPERS.into_iter().find(|wrapper| wrapper.as_bytes() == &*name);
        let member = match (&*name, list, wrapper) {
            (b"nodes" | b"head", ..) if self.has_nodes => {
                cursor.peek::<V>()?;
                let key = if &*name == b"nodes" { "nodes" } else { "head" };
                return Err(Stop::fault(Kind::DuplicateKey(key), cursor.pos).within(key));
            }
            (b"nodes", ..) => Member::Nodes,
            (b"head", ..) => Member::Head,
            (_, Some(list), _) if self.pairing.wants(list) => Member::Numbers(list),
            (_, Some(List::Samples), _) => {
                cursor.peek::<V>()?;
                return Err(Stop::fault(Kind::DuplicateKey("samples"), cursor.pos).within("samples"));
            }
            (.., Some(wrapper)) if !self.has_nodes && self.wrappers.len() < MAX_WRAPPERS => Member::Wrapper(wrapper),
            _ => Member::Unknown,
        };
        self.has_nodes |= matches!(member, Member::Nodes | Member::Head);
        self.at = At::Value(member);
        self.skip_next(&shown(key));
        Ok(())
    }

    /// Makes ready to pass over the value of a key.
    pub(super) fn skip_next(&mut self, key: &str) {
        self.skip = Skip::default();
        key.clone_into(&mut self.skip_key);
    }

    #[inline(always)]
    fn value<V: Vector>(&mut self, member: Member, cursor: &mut Cursor<'_>) -> Read<()> {
        if member == Member::Unknown {
            let Self { skip, skip_key, .. } = self;
            skip.run::<V>(cursor).map_err(|stop| stop.within(skip_key))?;
            self.at = At::AfterValue;
            return Ok(());
        }
        let first = cursor.peek::<V>()?;
        match member {
            Member::Nodes if first == b'[' => {
                self.listed = Some(0);
                self.at = At::Nodes(NodeAt::Element(Next::ElementOrEnd));
            }
            Member::Head if first == b'{' => {
                self.node = Node::default();
                self.at = At::Nodes(NodeAt::KeyOrEnd);
            }
            Member::Numbers(list) if first == b'[' => {
                self.numbers = 0;
                self.pairing.begin(list);
                self.at = At::Numbers(list, Next::ElementOrEnd);
            }
            Member::Wrapper(name) if first == b'{' => {
                self.wrappers.push(name);
                self.at = At::KeyOrEnd;
            }
            Member::Wrapper(_) | Member::Unknown => {
                self.at = At::Value(Member::Unknown);
                return Ok(());
            }
            Member::Nodes => return Err(cursor.wrong_type("an array").within("nodes")),
            Member::Head => return Err(cursor.wrong_type("an object").within("head")),
            Member::Numbers(list) => return Err(cursor.wrong_type("an array").within(list.key())),
        }
        cursor.pos += 1;
        Ok(())
    }

    /// Takes a number of an array, and the comma behind it where that is there.
    #[inline(always)]
    fn number<V: Vector>(&mut self, list: List, next: Next, cursor: &mut Cursor<'_>) -> Read<()> {
        let Self { pairing, tables, .. } = self;
        let mut spend = |id, time| tables.spend(id, time);
        let first = cursor.peek::<V>()?;
        let next = match (next, first) {
            (Next::After, b',') => {
                cursor.pos += 1;
                Next::Element
            }
            (Next::After | Next::ElementOrEnd, b']') => {
                cursor.pos += 1;
                pairing.end(&mut spend);
                self.at = At::AfterValue;
                return Ok(());
            }
            (Next::After, _) => return Err(cursor.expected("a comma or ]")),
            (_, b'-' | b'0'..=b'9') => {
                let start = cursor.pos;
                let value = match (list, cursor.number()?) {
                    (_, Number::Unsigned(value)) if value <= MAX_NUMBER => value as i64,
                    (List::TimeDeltas | List::Timestamps, Number::Other(value)) if value.abs() <= MAX_NUMBER as f64 => {
                        value.round() as i64
                    }
                    _ => return Err(Stop::fault(Kind::NumberOutOfRange, start)),
                };
                pairing.push(list, value, &mut spend);
                self.numbers += 1;
                match cursor.bytes.get(cursor.pos) {
                    Some(b',') => {
                        cursor.pos += 1;
                        Next::Element
                    }
                    _ => Next::After,
                }
            }
            // The samples of a heap profile are objects.
            (_, b'{') if list == List::Samples => {
                return Err(Stop::fault(Kind::NotCpuProfile(OtherFile::HeapProfile), cursor.pos));
            }
            _ => return Err(cursor.wrong_type("a number")),
        };
        self.at = At::Numbers(list, next);
        Ok(())
    }

    /// The key path to where the document stands; `tail` are keys inside the innermost known value.
    pub(super) fn path(&self, tail: &str) -> String {
        let mut path = self.wrappers.join(".");
        let mut push = |part: &str| {
            if !path.is_empty() && !part.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        };
        match self.at {
            At::Nodes(at) => self.node_path(at, &mut push),
            At::Numbers(list, Next::After) => push(list.key()),
            At::Numbers(list, _) => push(&format!("{}[{}]", list.key(), self.numbers)),
            _ => {}
        }
        push(tail);
        path
    }

    /// Whether so many nodes are open that no more may be.
    pub(super) fn is_deep(&self) -> bool {
        self.open.len() >= MAX_DEPTH as usize
    }
}

/// A whole number from 0 on, as ids and counts are.
pub(super) fn whole(number: Number) -> Option<u64> {
    match number {
        Number::Unsigned(value) => (value <= MAX_NUMBER).then_some(value),
        Number::Other(value) => (value >= 0.0 && value <= MAX_NUMBER as f64).then(|| value.round() as u64),
    }
}
