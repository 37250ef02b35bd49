//! What stands around the tree of nodes: the outermost object, wrappers, `samples`, keys that nobody knows.

use super::call_frame::shown;
use super::cursor::{Cursor, Number, Read, Stop, Text, Unfinished};
use super::dialect::Traits;
use super::key::unescaped;
use super::skip::Skip;
use crate::error::{Kind, OtherFile};
use crate::profile::{INTERVAL_KEY, Samples};
use crate::scan::{self, Kernel, Vector};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Keys under which writers wrap the whole profile.
const WRAPPERS: [&str; 3] = ["profile", "result", "payload"];

/// Wrappers that are opened within each other; what stands in more of them is skipped.
const MAX_WRAPPERS: usize = 16;

/// How far the document was read.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// The block is used up.
    More,
    /// The value of `head` begins: the tree is to be read.
    Head,
    /// A sample may stand next: they can be [read](super::read_samples) side by side, once in a block.
    Samples,
    /// The outermost `}` was read and nothing but whitespace follows in this block.
    Complete,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    ByteOrderMark,
    Start,
    KeyOrEnd,
    Key,
    Value(Member),
    AfterValue,
    Complete,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Member {
    Head,
    Samples,
    Interval,
    Wrapper(&'static str),
    AnotherHead,
    Unknown,
}

/// The state of reading what stands around the tree.
pub(crate) struct Document {
    at: At,
    /// Wrappers that are open, outermost first.
    wrappers: Vec<&'static str>,
    /// How many were open where one began behind the tree: what is in it is no part of the profile.
    behind: Option<usize>,
    /// Another `head` was met in there.
    pub(crate) has_another_head: bool,
    skip: Skip,
    skip_key: String,
    /// `head` was met.
    pub(crate) head_seen: bool,
    /// `head` was read to its end.
    tree_closed: bool,
    /// What the elements of `samples` that were read add up to, where the key was met.
    pub(crate) samples: Option<Samples>,
    /// The sampling interval, bytes, where a key names one.
    pub(crate) interval: Option<u64>,
    pub(crate) traits: Traits,
    has_nodes: bool,
    has_times: bool,
    has_trace_events: bool,
    has_snapshot: bool,
}

/// A run over one block.
pub(crate) struct ReadDocument<'a> {
    pub(crate) document: &'a mut Document,
    pub(crate) bytes: &'a [u8],
    pub(crate) pos: usize,
    /// Whether to stop at [`Step::Samples`].
    pub(crate) stop_at_samples: bool,
}

impl Kernel for ReadDocument<'_> {
    /// How far it came, and the byte of the block there.
    type Output = (Read<Step>, usize);

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let mut cursor = Cursor::new(self.bytes, self.pos);
        loop {
            let skipping = self.document.is_skipping();
            // The byte order mark and what follows it are looked at as they stand.
            if !skipping && self.document.at != At::ByteOrderMark {
                cursor.pos = scan::skip_whitespace::<V>(self.bytes, cursor.pos);
            }
            let mark = cursor.pos;
            let mut token = Cursor::of_token(self.bytes, mark);
            let step = self.document.step::<V>(&mut token, self.stop_at_samples);
            cursor.pos = token.pos;
            match step {
                Ok(None) => {}
                Ok(Some(step)) => return (Ok(step), cursor.pos),
                Err(Stop::More) => {
                    let unfinished = token.unfinished(self.bytes, mark, skipping);
                    if !skipping {
                        cursor.pos = mark;
                    }
                    match unfinished {
                        Unfinished::GoOn => {}
                        Unfinished::AwaitMore => return (Ok(Step::More), cursor.pos),
                        Unfinished::TooLong => return (Err(Stop::fault(Kind::TooLong, mark)), cursor.pos),
                    }
                }
                Err(fault) => return (Err(fault), cursor.pos),
            }
        }
    }
}

impl Document {
    /// Before the first byte.
    pub(crate) fn new() -> Self {
        Self {
            at: At::ByteOrderMark,
            wrappers: Vec::new(),
            behind: None,
            has_another_head: false,
            skip: Skip::default(),
            skip_key: String::new(),
            head_seen: false,
            tree_closed: false,
            samples: None,
            interval: None,
            traits: Traits::default(),
            has_nodes: false,
            has_times: false,
            has_trace_events: false,
            has_snapshot: false,
        }
    }

    /// The tree was read to its end; the document goes on behind it.
    pub(crate) fn tree_closed(&mut self, traits: Traits) {
        self.at = At::AfterValue;
        self.tree_closed = true;
        self.traits = traits;
    }

    /// Whether `head` was read to its end.
    pub(crate) fn tree_seen(&self) -> bool {
        self.tree_closed
    }

    /// These samples were read, and the comma behind the last.
    pub(crate) fn take_samples(&mut self, passed: &Samples) {
        self.skip.take_samples(passed);
        self.samples = Some(self.skip.samples_so_far());
    }

    /// Whether the outermost `}` was read.
    pub(crate) fn is_complete(&self) -> bool {
        self.at == At::Complete
    }

    /// Whether nothing but whitespace was read.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.at, At::ByteOrderMark | At::Start)
    }

    /// The key path to where the document stands, without the innermost key.
    pub(crate) fn path(&self) -> String {
        self.wrappers.join(".")
    }

    /// What a document without `head` is, as far as its keys tell.
    pub(crate) fn without_head(&self) -> Kind {
        match () {
            () if self.has_nodes && self.has_times => Kind::OtherFile(OtherFile::CpuProfile),
            () if self.has_snapshot && self.has_nodes => Kind::OtherFile(OtherFile::HeapSnapshot),
            () if self.has_trace_events => Kind::OtherFile(OtherFile::ChromeTrace),
            () => Kind::NoHead,
        }
    }

    fn is_skipping(&self) -> bool {
        matches!(self.at, At::Value(Member::Samples | Member::Unknown))
    }

    #[inline(always)]
    fn step<V: Vector>(&mut self, cursor: &mut Cursor<'_>, stop_at_samples: bool) -> Read<Option<Step>> {
        match self.at {
            At::ByteOrderMark => self.byte_order_mark(cursor)?,
            At::Start => self.start::<V>(cursor)?,
            At::KeyOrEnd if cursor.peek::<V>()? == b'}' => self.close(cursor)?,
            At::KeyOrEnd | At::Key => {
                let key = cursor.key::<V>()?;
                self.member::<V>(key, cursor)?;
            }
            At::Value(Member::Head) => {
                cursor.peek::<V>()?;
                return Ok(Some(Step::Head));
            }
            At::Value(Member::Samples) => {
                return match self.samples::<V>(cursor, stop_at_samples) {
                    Err(stop) => Err(stop.within(&self.samples_path())),
                    step => step,
                };
            }
            At::Value(Member::Interval) => match cursor.peek::<V>()? {
                b'0'..=b'9' => {
                    if let Number::Unsigned(interval) = cursor.number().map_err(|stop| stop.within(INTERVAL_KEY))? {
                        self.interval = Some(interval).filter(|&interval| interval > 0);
                    }
                    self.at = At::AfterValue;
                }
                _ => self.skip_next(INTERVAL_KEY),
            },
            At::Value(Member::Wrapper(name)) => match cursor.peek::<V>()? {
                b'{' => {
                    cursor.pos += 1;
                    if self.head_seen && self.behind.is_none() {
                        self.behind = Some(self.wrappers.len());
                    }
                    self.wrappers.push(name);
                    self.at = At::KeyOrEnd;
                }
                _ => self.skip_next(name),
            },
            At::Value(Member::AnotherHead) => {
                self.has_another_head |= cursor.peek::<V>()? == b'{';
                self.at = At::Value(Member::Unknown);
            }
            At::Value(Member::Unknown) => {
                let Self { skip, skip_key, .. } = self;
                skip.run::<V>(cursor).map_err(|stop| stop.within(skip_key))?;
                self.at = At::AfterValue;
            }
            At::AfterValue => match cursor.peek::<V>()? {
                b',' => {
                    cursor.pos += 1;
                    self.at = At::Key;
                }
                b'}' => self.close(cursor)?,
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

    /// Passes over a byte order mark, which can stand only at the very start of the text.
    fn byte_order_mark(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if cursor.bytes.len() <= BOM.len() && BOM.starts_with(cursor.bytes) {
            return Err(Stop::More);
        }
        if cursor.bytes.starts_with(BOM) {
            cursor.pos = BOM.len();
        }
        self.traits.leading_newline = cursor.bytes.get(cursor.pos) == Some(&b'\n');
        self.at = At::Start;
        Ok(())
    }

    #[inline(always)]
    fn start<V: Vector>(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if cursor.peek::<V>()? != b'{' {
            return Err(cursor.expected("a JSON object"));
        }
        cursor.pos += 1;
        self.at = At::KeyOrEnd;
        Ok(())
    }

    fn member<V: Vector>(&mut self, key: Text<'_>, cursor: &mut Cursor<'_>) -> Read<()> {
        let name = unescaped(key);
        let mut duplicate = |key| {
            cursor.peek::<V>()?;
            Err(Stop::fault(Kind::DuplicateKey(key), cursor.pos).within(key))
        };
        let member = match &*name {
            b"head" if self.behind.is_some() => Member::AnotherHead,
            b"samples" if self.behind.is_some() => Member::Unknown,
            b"head" if self.head_seen => return duplicate("head"),
            b"head" => {
                self.head_seen = true;
                Member::Head
            }
            b"samples" if self.samples.is_some() => return duplicate("samples"),
            b"samples" => {
                self.traits.samples_first = !self.head_seen;
                Member::Samples
            }
            name if name == INTERVAL_KEY.as_bytes() && self.behind.is_none() => Member::Interval,
            name => {
                self.has_nodes |= name == b"nodes";
                self.has_times |= matches!(name, b"timeDeltas" | b"startTime" | b"endTime");
                self.has_trace_events |= name == b"traceEvents";
                self.has_snapshot |= name == b"snapshot";
                self.traits.vscode |= name == b"$vscode" && self.behind.is_none();
                let wrapper = WRAPPERS.into_iter().find(|wrapper| wrapper.as_bytes() == name);
                match wrapper {
                    Some(wrapper) if self.wrappers.len() < MAX_WRAPPERS => Member::Wrapper(wrapper),
                    _ => Member::Unknown,
                }
            }
        };
        self.skip_next(&shown(key));
        self.at = At::Value(member);
        Ok(())
    }

    fn skip_next(&mut self, key: &str) {
        self.skip = Skip::default();
        self.skip_key = key.to_owned();
        self.at = At::Value(Member::Unknown);
    }

    /// Where in `samples` the document stands.
    #[cold]
    fn samples_path(&self) -> String {
        match self.samples {
            Some(samples) => format!("samples[{}]", samples.count),
            None => "samples".to_owned(),
        }
    }

    /// Adds up the elements of `samples`. They are optional: the self sizes are the truth.
    #[inline(always)]
    fn samples<V: Vector>(&mut self, cursor: &mut Cursor<'_>, stop_at_samples: bool) -> Read<Option<Step>> {
        if self.samples.is_none() {
            if cursor.peek::<V>()? != b'[' {
                return Err(cursor.wrong_type("an array"));
            }
            self.samples = Some(Samples::default());
            self.skip = Skip::samples();
        }
        let ended = if stop_at_samples {
            self.skip.run_to_sample::<V>(cursor)
        } else {
            self.skip.run_over_samples::<V>(cursor).map(|()| true)
        };
        self.samples = Some(self.skip.samples_so_far());
        if !ended? {
            return Ok(Some(Step::Samples));
        }
        self.at = At::AfterValue;
        Ok(None)
    }

    fn close(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        cursor.pos += 1;
        self.at = match self.wrappers.pop() {
            Some(_) => At::AfterValue,
            None => At::Complete,
        };
        self.behind = self.behind.filter(|&outer| self.wrappers.len() > outer);
        Ok(())
    }
}
