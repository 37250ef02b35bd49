//! The ids of nodes, and which samples are of none of them.
//!
//! Sums need no ids, so the usual pass does not look at them. Here a tree is read for nothing else, token by token; it was read before, so what is wrong with it
//! is known.

use super::cursor::{Cursor, Number, Read, Stop, Unfinished};
use super::samples::{Sample, Take, unusual_sample, usual_samples};
use super::skip::Skip;
use crate::profile::{FirstSamples, Orphans, Samples};
use crate::scan::{self, Kernel, Vector};

/// Ids of nodes, as a bitmap.
#[derive(Debug)]
pub(crate) struct NodeIds {
    bits: Vec<u64>,
    /// Words that it may have.
    most: usize,
    /// Some id did not fit.
    pub(crate) overflowed: bool,
}

impl NodeIds {
    /// No ids yet; the bitmap may take so many bytes.
    pub(crate) fn within(bytes: usize) -> Self {
        Self { bits: Vec::new(), most: bytes / size_of::<u64>(), overflowed: false }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    fn insert(&mut self, id: u64) {
        let word = usize::try_from(id / 64).unwrap_or(usize::MAX);
        if word >= self.most {
            self.overflowed = true;
            return;
        }
        if word >= self.bits.len() {
            self.bits.resize((word + 1).max(2 * self.bits.len()).min(self.most), 0);
        }
        self.bits[word] |= 1 << (id % 64);
    }

    fn contains(&self, id: u64) -> bool {
        let word = usize::try_from(id / 64).ok().and_then(|word| self.bits.get(word));
        word.is_some_and(|word| word >> (id % 64) & 1 == 1)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    /// A node.
    Element,
    ElementOrEnd,
    KeyOrEnd,
    Key,
    Id,
    Children,
    Unknown,
    AfterValue,
    AfterElement,
}

/// The state of reading ids.
pub(crate) struct IdReader {
    at: At,
    depth: u64,
    skip: Skip,
}

impl IdReader {
    /// Before the `{` of the root.
    pub(crate) fn new() -> Self {
        Self { at: At::Element, depth: 0, skip: Skip::default() }
    }

    /// Takes one token. Gives whether the root closed.
    #[inline(always)]
    fn step<V: Vector>(&mut self, cursor: &mut Cursor<'_>, ids: &mut NodeIds) -> Read<bool> {
        if self.at == At::Unknown {
            self.skip.run::<V>(cursor)?;
            self.at = At::AfterValue;
            return Ok(false);
        }
        let byte = cursor.peek::<V>()?;
        match (self.at, byte) {
            (At::Element | At::ElementOrEnd, b'{') => {
                self.depth += 1;
                self.at = At::KeyOrEnd;
            }
            (At::ElementOrEnd | At::AfterElement, b']') => self.at = At::AfterValue,
            (At::AfterElement, b',') => self.at = At::Element,
            (At::Children, b'[') => self.at = At::ElementOrEnd,
            (At::AfterValue, b',') => self.at = At::Key,
            (At::KeyOrEnd | At::AfterValue, b'}') => {
                self.depth -= 1;
                self.at = At::AfterElement;
            }
            (At::KeyOrEnd | At::Key, b'"') => {
                self.at = match &*super::key::unescaped(cursor.key::<V>()?) {
                    b"id" => At::Id,
                    b"children" => At::Children,
                    _ => At::Unknown,
                };
                self.skip = Skip::default();
                return Ok(false);
            }
            (At::Id, b'0'..=b'9' | b'-') => {
                match cursor.number()? {
                    Number::Unsigned(id) => ids.insert(id),
                    Number::Other(_) => ids.overflowed = true,
                }
                self.at = At::AfterValue;
                return Ok(false);
            }
            (At::Id | At::Children, _) => {
                self.at = At::Unknown;
                return Ok(false);
            }
            _ => return Err(cursor.expected("a node")),
        }
        cursor.pos += 1;
        Ok(self.depth == 0)
    }
}

/// A run over one block.
pub(crate) struct ReadIds<'a> {
    pub(crate) reader: &'a mut IdReader,
    pub(crate) ids: &'a mut NodeIds,
    pub(crate) bytes: &'a [u8],
}

impl Kernel for ReadIds<'_> {
    /// Whether the root closed, and the byte of the block up to which it came.
    type Output = (Read<bool>, usize);

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let Self { reader, ids, bytes } = self;
        let mut pos = 0;
        loop {
            let skipping = reader.at == At::Unknown;
            let mut token = Cursor::of_token(bytes, pos);
            match reader.step::<V>(&mut token, ids) {
                Ok(false) => pos = token.pos,
                Ok(true) => return (Ok(true), token.pos),
                Err(Stop::More) => {
                    let unfinished = token.unfinished(bytes, pos, skipping);
                    if skipping {
                        pos = token.pos;
                    }
                    match unfinished {
                        Unfinished::GoOn => {}
                        Unfinished::AwaitMore => return (Ok(false), pos),
                        Unfinished::TooLong => return (Err(Stop::More), pos),
                    }
                }
                Err(fault) => return (Err(fault), pos),
            }
        }
    }
}

/// A run over the samples of a block, from `pos` on, where one is to stand. Those that are first are kept.
pub(crate) struct FindOrphans<'a> {
    pub(crate) ids: &'a NodeIds,
    pub(crate) orphans: &'a mut Orphans,
    pub(crate) first: &'a mut FirstSamples,
    pub(crate) bytes: &'a [u8],
    pub(crate) pos: usize,
}

/// What stands behind the samples that were passed.
#[derive(Debug, PartialEq)]
pub(crate) enum Behind {
    /// The last sample, which was looked at, or the end of the list.
    Last,
    /// What the block does not show whole.
    More,
    /// An element that is no usual sample: nothing can be said of it.
    Odd,
}

struct Check<'a> {
    ids: &'a NodeIds,
    orphans: Orphans,
    first: &'a mut FirstSamples,
    passed: Samples,
}

impl Take for Check<'_> {
    #[inline(always)]
    fn take(&mut self, sample: &Sample) {
        Take::take(&mut self.passed, sample);
        self.first.take(sample.ordinal, sample.size);
        if !self.ids.contains(sample.node_id) {
            self.orphans.samples += 1;
            self.orphans.size = self.orphans.size.saturating_add(sample.size);
        }
    }
}

impl Kernel for FindOrphans<'_> {
    /// The place of the next element, what was passed with the comma behind it, and what stands there.
    type Output = (usize, Samples, Behind);

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let Self { ids, orphans, first, bytes, mut pos } = self;
        let mut check = Check { ids, orphans: *orphans, first, passed: Samples::default() };
        let behind = loop {
            pos = usual_samples::<V, _>(bytes, pos, bytes.len(), &mut check);
            if bytes.get(pos) == Some(&b']') {
                break Behind::Last;
            }
            let sample = match unusual_sample::<V>(bytes, pos) {
                Ok(Some(sample)) => sample,
                Ok(None) => break Behind::Odd,
                Err(_) => break Behind::More,
            };
            let next = scan::skip_whitespace::<V>(bytes, sample.end);
            match bytes.get(next) {
                Some(b',') => {
                    check.take(&sample);
                    pos = next + 1;
                }
                Some(_) => {
                    let passed = check.passed;
                    check.take(&sample);
                    check.passed = passed;
                    break Behind::Last;
                }
                None => break Behind::More,
            }
        };
        *orphans = check.orphans;
        (pos, check.passed, behind)
    }
}
