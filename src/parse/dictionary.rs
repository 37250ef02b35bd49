//! Texts of call frames that are known, and what they stand for.
//!
//! While windows are parsed, the [`Dictionary`] is only read, by all workers and without a lock. A text it does not hold is
//! collected by the window, once ([`Fresh`]), and enters the dictionary in file order before the next windows are parsed.
//! So ids do not depend on the schedule.
//!
//! A text is found by a hash of its *head*, its part up to where it probably [ends](super::frame_key), which a parser can find before it
//! knows where the object ends, and is then compared whole. JSON objects delimit themselves: where the bytes of a known text stand, that
//! object stands. So nothing rests on the hash, and it takes only the head's ends, where name, line and column are.
//! Should a file hold many texts that agree there, all are hashed whole from then on, which needs their true ends: such a file is read slower.

use std::hash::BuildHasher;
use std::hint::select_unpredictable;

use foldhash::fast::RandomState;

use super::frame_key::{By, FrameKey, Values, exact_end, hash_ends, probable_end};
use super::places::Places;
use crate::scan::{self, Vector};

/// Records start at multiples of this, so that 32 bits tell where. (Multiples of a cache line were no faster: the table grows by a third.)
const ALIGNMENT: usize = 16;

/// Bytes of a record before its text.
const HEADER: usize = 8;

/// Zeros behind the last record, so that values can be compared in blocks.
const PADDING: usize = 64;

/// What stands before a call frame in a node on one line, and after it. Records have them too, so that a node's text is compared in one go.
pub(super) const BEFORE: [u8; 13] = *b"{\"callFrame\":";
pub(super) const AFTER: [u8; 12] = *b",\"selfSize\":";

/// Lines of a record that are asked for before they are needed. Few are longer.
const FETCHED: usize = 3;

/// Texts with one hash that are tolerated before all are hashed whole.
const MAX_EQUAL: usize = 8;

/// A place in the table of known texts. 8 bytes: the table is what every node is looked up in.
#[derive(Clone, Copy, Default)]
struct Slot {
    /// Upper half of the hash.
    tag: u32,
    /// Where the record starts, in units of [`ALIGNMENT`]; 0 where the slot is empty.
    record: u32,
}

/// A record that probably is the one that is looked for; none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Probable(u32);

/// What stands before a text.
#[derive(Clone, Copy)]
struct Header {
    frame: u32,
    /// Length of the text, and [`BY_VALUES`].
    len: u32,
}

/// Bit of [`Header::len`]: the text is looked up by its values. No text is so long.
const BY_VALUES: u32 = 1 << 31;

impl Header {
    #[inline(always)]
    fn of(bytes: &[u8; HEADER]) -> Self {
        let header = u64::from_le_bytes(*bytes);
        Self { frame: header as u32, len: (header >> 32) as u32 }
    }

    #[inline(always)]
    fn by(self) -> By {
        if self.len & BY_VALUES == 0 { By::Text } else { By::Values }
    }
}

/// Slots for each text, at least: so many that nearly all texts stand in one of the first two slots of their hash.
const SPARSE: usize = 3;

/// The known texts: an open-addressed table.
pub(crate) struct Dictionary {
    /// Headers and texts.
    records: Vec<u8>,
    slots: Vec<Slot>,
    /// Where each record starts, and the hash of its ends.
    known: Vec<(u32, u64)>,
    /// Set once too many texts agree at their ends.
    whole: Option<RandomState>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self {
            records: vec![0; ALIGNMENT + PADDING],
            slots: vec![Slot::default(); 1024],
            known: Vec::new(),
            whole: None,
        }
    }
}

impl Dictionary {
    /// Where the text of the call frame that opens at `start` ends, probably, and by what hash it is looked up.
    #[inline(always)]
    pub(crate) fn hash_at<V: Vector>(&self, bytes: &[u8], start: usize) -> Option<(usize, u64)> {
        match &self.whole {
            None => {
                let end = probable_end::<V>(bytes, start)?;
                Some((end, hash_ends(bytes.get(start..end)?)))
            }
            Some(hasher) => {
                let end = exact_end::<V>(bytes, start)?;
                Some((end, hasher.hash_one(bytes.get(start..end)?)))
            }
        }
    }

    /// Hash of a whole text.
    #[inline(always)]
    pub(crate) fn hash_text(&self, text: &[u8]) -> u64 {
        match &self.whole {
            None => hash_ends(text),
            Some(hasher) => hasher.hash_one(text),
        }
    }

    /// Hash of a call frame's values.
    #[inline(always)]
    pub(crate) fn hash_values(&self, values: &Values<'_>) -> u64 {
        match &self.whole {
            None => values.hash(),
            Some(hasher) => hash_canonical(hasher, values),
        }
    }

    /// The same for values at these places.
    #[inline(always)]
    pub(super) fn hash_places(&self, bytes: &[u8], places: &Places) -> Option<u64> {
        match &self.whole {
            None => places.hash(bytes),
            Some(hasher) => Some(hash_canonical(hasher, &places.values(bytes)?)),
        }
    }

    /// The frame of a call frame that is known, and the length of its text.
    #[inline(always)]
    pub(crate) fn find<K: FrameKey>(&self, hash: u64, key: K) -> Option<(u32, usize)> {
        let mask = self.slots.len() - 1;
        let tag = (hash >> 32) as u32;
        let mut at = hash as usize & mask;
        loop {
            let &slot = self.slots.get(at & mask)?;
            if slot.record == 0 {
                return None;
            }
            if slot.tag == tag {
                let (header, text) = self.record(slot.record);
                if header.by() == key.by() && key.is(text) {
                    return Some((header.frame, text.len()));
                }
            }
            at += 1;
        }
    }

    #[inline(always)]
    fn record(&self, record: u32) -> (Header, &[u8]) {
        let (header, text) = self.text_of_node(record);
        // Not `map_or`: a closure would not be compiled for the back end.
        match text.get(BEFORE.len()..text.len().saturating_sub(AFTER.len())) {
            Some(text) => (header, text),
            None => (header, &[]),
        }
    }

    /// A record with what stands around the call frame in a node.
    #[inline(always)]
    fn text_of_node(&self, record: u32) -> (Header, &[u8]) {
        let none = (Header { frame: 0, len: 0 }, &[][..]);
        let start = record as usize * ALIGNMENT;
        let Some(header) = scan::block::<HEADER>(&self.records, start) else { return none };
        let header = Header::of(header);
        let text = start + HEADER;
        match self.records.get(text..text + BEFORE.len() + (header.len & !BY_VALUES) as usize + AFTER.len()) {
            Some(text) => (header, text),
            None => none,
        }
    }

    /// Bytes of memory that it takes, but for its slots.
    pub(crate) fn memory(&self) -> usize {
        self.records.len() + size_of_val(&self.known[..])
    }

    /// Bytes of memory that its slots take until it holds `to` as many texts as now.
    pub(crate) fn index_memory(&self, to: impl Fn(usize) -> usize) -> usize {
        // They are placed anew in a list that is longer, not in another.
        (to(self.known.len()) * SPARSE).next_power_of_two().max(self.slots.len()) * size_of::<Slot>()
    }

    /// Asks for the slot in which a text with this hash stands, if it is known.
    #[inline(always)]
    pub(crate) fn prefetch_slot(&self, hash: u64) {
        scan::prefetch(&self.slots, hash as usize & (self.slots.len() - 1));
    }

    /// The record that is probably the one with this hash, and asks for it.
    #[inline(always)]
    pub(crate) fn probable(&self, hash: u64) -> Probable {
        let mask = self.slots.len() - 1;
        let at = hash as usize & mask;
        let (Some(first), Some(second)) = (self.slots.get(at), self.slots.get((at + 1) & mask)) else {
            return Probable::default();
        };
        // Which of the two it is cannot be foretold: no branch.
        let record = select_unpredictable(first.tag == (hash >> 32) as u32, first.record, second.record);
        for line in 0..FETCHED {
            scan::prefetch(&self.records, record as usize * ALIGNMENT + 64 * line);
        }
        Probable(record)
    }

    /// The frame of the probable record, if its values stand at these places.
    #[inline(always)]
    pub(super) fn confirm_places<V: Vector>(
        &self,
        Probable(record): Probable,
        bytes: &[u8],
        places: &Places,
    ) -> Option<u32> {
        let start = record as usize * ALIGNMENT;
        let header = Header::of(scan::block(&self.records, start)?);
        let known = start + HEADER + BEFORE.len();
        let as_long = header.len as usize == places.canonical_len() | BY_VALUES as usize;
        if as_long && places.are::<V>(bytes, &self.records, known) { Some(header.frame) } else { None }
    }

    /// The same for a node on one line, if `node` begins with [`BEFORE`], the call frame of the probable record, which is to have `len` bytes, and [`AFTER`].
    #[inline(always)]
    pub(crate) fn confirm_node<V: Vector>(&self, Probable(record): Probable, node: &[u8], len: usize) -> Option<u32> {
        let (header, text) = self.text_of_node(record);
        if header.len as usize == len && scan::starts_with::<V>(node, text) { Some(header.frame) } else { None }
    }

    /// Makes room for so many more texts at once: to grow step by step is to place all again each time.
    pub(crate) fn reserve(&mut self, texts: usize) {
        let wanted = ((self.known.len() + texts) * SPARSE).next_power_of_two();
        if wanted > self.slots.len() {
            self.rebuild(wanted);
        }
    }

    /// Adds a text that is not known yet. `hash` is that by which it was looked for.
    pub(crate) fn insert(&mut self, text: &[u8], by: By, hash: u64, frame: u32) {
        if self.known.len() * SPARSE >= self.slots.len() {
            self.rebuild(self.slots.len() * 2);
        }
        self.records.truncate(self.records.len() - PADDING);
        let record = (self.records.len() / ALIGNMENT) as u32;
        let len = text.len() as u32 | if by == By::Values { BY_VALUES } else { 0 };
        self.records.extend_from_slice(&frame.to_le_bytes());
        self.records.extend_from_slice(&len.to_le_bytes());
        self.records.extend_from_slice(&BEFORE);
        self.records.extend_from_slice(text);
        self.records.extend_from_slice(&AFTER);
        self.records.resize(self.records.len().next_multiple_of(ALIGNMENT) + PADDING, 0);
        self.known.push((record, hash));
        let equal = self.place(record, self.hash_now(text, by, hash));
        if equal > MAX_EQUAL && self.whole.is_none() {
            self.whole = Some(RandomState::default());
            self.rebuild(self.slots.len());
        }
    }

    /// The hash of a text whose ends have the hash `ends`.
    pub(crate) fn hash_now(&self, text: &[u8], by: By, ends: u64) -> u64 {
        match (by, &self.whole) {
            (_, None) => ends,
            (By::Text | By::Values, Some(hasher)) => hasher.hash_one(text),
        }
    }

    /// Gives a record its slot, and how many with the same tag stand before it.
    fn place(&mut self, record: u32, hash: u64) -> usize {
        let slot = Slot { tag: (hash >> 32) as u32, record };
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        let mut equal = 0;
        while self.slots[at].record != 0 {
            equal += usize::from(self.slots[at].tag == slot.tag);
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
        equal
    }

    fn rebuild(&mut self, size: usize) {
        self.slots.clear();
        self.slots.resize(size, Slot::default());
        for i in 0..self.known.len() {
            let (record, ends) = self.known[i];
            let (header, text) = self.record(record);
            self.place(record, self.hash_now(text, header.by(), ends));
        }
    }
}

#[cold]
fn hash_canonical(hasher: &RandomState, values: &Values<'_>) -> u64 {
    let mut text = Vec::new();
    values.canonical(&mut text);
    hasher.hash_one(&text[..])
}

#[cfg(test)]
mod tests;
