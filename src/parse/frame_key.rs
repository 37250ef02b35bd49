//! What a call frame is looked up by: its text as it stands, or, where whitespace makes texts differ, its five values.
//!
//! Both are compared whole with what is known, so nothing rests on the hashes. They take the ends of a text, where name, line and
//! column are, and not all of it.

use std::marker::PhantomData;

use crate::scan::{self, Vector};

/// The keys of a call frame, in the order of their canonical text.
pub(crate) const KEYS: [&str; 5] = ["functionName", "scriptId", "url", "lineNumber", "columnNumber"];

/// The keys as they stand in a canonical text, with what stands before them.
pub(super) const TEXTS: [&[u8]; 5] =
    [b"{\"functionName\":", b",\"scriptId\":", b",\"url\":", b",\"lineNumber\":", b",\"columnNumber\":"];

/// Where the end of a text is looked for: nearly all call frames are longer, their keys alone take 60 bytes.
pub(super) const SHORTEST: usize = 48;

/// How far it is looked for, and how much of a node is looked at. V8 cuts urls at 1,024 characters; a longer name is read key by key, each time.
pub(super) const LONGEST: usize = 4096;

/// Behind the first `}` of `bytes` from [`SHORTEST`] on that a comma follows. If a call frame opens there and is not odd, it ends so: in names
/// and urls a `}` is rare, and before a comma rarer.
#[inline(always)]
pub(super) fn probable_end<V: Vector>(bytes: &[u8], start: usize) -> Option<usize> {
    let bytes = &bytes[..bytes.len().min(start + LONGEST)];
    let mut at = start + SHORTEST;
    loop {
        at = scan::find::<V>(bytes, at, b'}') + 1;
        match bytes.get(at) {
            Some(b',') => return Some(at),
            Some(_) => {}
            None => return None,
        }
    }
}

/// Behind the `}` of the object that opens at `start`, if it holds no other and is not long.
#[inline(always)]
pub(super) fn exact_end<V: Vector>(bytes: &[u8], start: usize) -> Option<usize> {
    let bytes = &bytes[..bytes.len().min(start + LONGEST)];
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'}' => return Some(at + 1),
            b'{' => return None,
            b'"' => at = string_end::<V>(bytes, at)?,
            _ => at += 1,
        }
    }
}

/// Behind the string that opens at `at`. An escape that is none does not matter: what is looked up is then not known.
#[inline(always)]
fn string_end<V: Vector>(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at = scan::string_special::<V>(bytes, at);
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => return None,
        }
    }
}

/// How a known text is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum By {
    /// As it stands.
    Text,
    /// By its values. It is canonical.
    Values,
}

/// What a call frame is looked up by.
pub(crate) trait FrameKey: Copy {
    /// Which known texts it can be compared with.
    fn by(self) -> By;

    /// Whether `text`, which is known, is the call frame.
    fn is(self, text: &[u8]) -> bool;
}

/// A whole known text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exactly<'b> {
    pub(crate) text: &'b [u8],
    pub(crate) by: By,
}

impl FrameKey for Exactly<'_> {
    #[inline(always)]
    fn by(self) -> By {
        self.by
    }

    #[inline(always)]
    fn is(self, text: &[u8]) -> bool {
        self.text == text
    }
}

/// The text from the `{` on, with whatever follows the call frame.
///
/// JSON objects delimit themselves: where the bytes of a known object stand, that object stands.
#[derive(Clone, Copy)]
pub(crate) struct TextAt<'b, V> {
    bytes: &'b [u8],
    vector: PhantomData<V>,
}

impl<'b, V: Vector> TextAt<'b, V> {
    #[inline(always)]
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, vector: PhantomData }
    }
}

impl<V: Vector> FrameKey for TextAt<'_, V> {
    #[inline(always)]
    fn by(self) -> By {
        By::Text
    }

    #[inline(always)]
    fn is(self, text: &[u8]) -> bool {
        scan::starts_with::<V>(self.bytes, text)
    }
}

/// The values as the text has them, quotes included, in the order of [`KEYS`].
#[derive(Clone, Copy)]
pub(crate) struct Values<'b>(pub(crate) [&'b [u8]; 5]);

/// The same, to be compared with known ones.
#[derive(Clone, Copy)]
pub(crate) struct ValuesAt<'b, V> {
    values: [&'b [u8]; 5],
    vector: PhantomData<V>,
}

impl<V: Vector> FrameKey for ValuesAt<'_, V> {
    #[inline(always)]
    fn by(self) -> By {
        By::Values
    }

    /// It is enough to compare the values, since a canonical text holds no others, and strings and numbers delimit themselves.
    #[inline(always)]
    fn is(self, text: &[u8]) -> bool {
        let mut at = 0;
        for (key, value) in TEXTS.iter().zip(self.values) {
            at += key.len();
            match text.get(at..at + value.len()) {
                Some(known) if scan::same::<V>(known, value) => at += value.len(),
                _ => return false,
            }
        }
        at + 1 == text.len()
    }
}

impl<'b> Values<'b> {
    #[inline(always)]
    pub(crate) fn compared<V: Vector>(self) -> ValuesAt<'b, V> {
        ValuesAt { values: self.0, vector: PhantomData }
    }

    /// Writes the call frame as JSON without whitespace, so that equal frames have equal texts in any layout.
    pub(crate) fn canonical(&self, out: &mut Vec<u8>) {
        out.clear();
        for (key, value) in TEXTS.iter().zip(self.0) {
            out.extend_from_slice(key);
            out.extend_from_slice(value);
        }
        out.push(b'}');
    }

    /// Bytes of the canonical text.
    pub(crate) const fn canonical_len(&self) -> usize {
        let mut len = 1;
        let mut i = 0;
        while i < TEXTS.len() {
            len += TEXTS[i].len() + self.0[i].len();
            i += 1;
        }
        len
    }

    /// That of its [`Ends`].
    pub(super) fn hash(&self) -> u64 {
        let [name, script, url, line, column] = self.0;
        Ends { name: first(name), script: last(script), url: last(url), line: last(line), column: last(column) }
            .hash(name.len(), url.len())
    }
}

/// What values are hashed by: the first or last bytes of each, eight at most, the first one lowest.
pub(super) struct Ends {
    pub(super) name: u64,
    pub(super) script: u64,
    pub(super) url: u64,
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Ends {
    /// The hash of values of which name and url are so long.
    #[inline(always)]
    pub(super) fn hash(&self, name_len: usize, url_len: usize) -> u64 {
        let names = mixed(self.name ^ 0x9e37_79b9_7f4a_7c15, self.url ^ (name_len << 32 | url_len) as u64);
        let place = mixed(self.line ^ 0xbf58_476d_1ce4_e5b9, self.column.rotate_left(23) ^ self.script);
        mixed(names ^ 0x94d0_49bb_1331_11eb, place)
    }
}

/// The first bytes of a value, eight at most.
fn first(value: &[u8]) -> u64 {
    few(&value[..value.len().min(8)])
}

/// The last bytes of a value, eight at most.
fn last(value: &[u8]) -> u64 {
    few(&value[value.len().saturating_sub(8)..])
}

/// Up to eight bytes.
fn few(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// Hash of both ends and the middle of a text's head: of the first characters of the name, and of line and column.
#[inline(always)]
pub(super) fn hash_ends(head: &[u8]) -> u64 {
    let (Some(front), Some(back)) = (head.first_chunk::<SHORTEST>(), head.last_chunk::<SHORTEST>()) else {
        return hash_short(head);
    };
    let middle = scan::block(head, head.len() / 2).map_or(0, |word| u64::from_le_bytes(*word));
    // The first character of a name stands at byte 17, where functionName comes first.
    let front = word(front, 17) ^ word(back, 23).rotate_left(23);
    let rest = word(back, 39) ^ word(back, 31).rotate_left(41) ^ middle.rotate_left(11) ^ head.len() as u64;
    mixed(front ^ 0x9e37_79b9_7f4a_7c15, rest ^ 0xbf58_476d_1ce4_e5b9)
}

/// Eight bytes from `at` on.
#[inline(always)]
fn word(bytes: &[u8; SHORTEST], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word))
}

#[cold]
fn hash_short(head: &[u8]) -> u64 {
    head.iter().fold(head.len() as u64, |hash, &byte| mixed(hash ^ u64::from(byte), 0x9e37_79b9_7f4a_7c15))
}

/// Both halves of the product, folded.
#[inline(always)]
fn mixed(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}
