//! Texts of call frames that are known, and what they stand for.
//!
//! While windows are parsed, the [`Dictionary`] is only read, by all workers and without a lock. A text it does not hold is
//! collected by the window, once ([`Fresh`]), and enters the dictionary in file order before the next windows are parsed.
//! So ids do not depend on the schedule.
//!
//! A text is found by a hash of its *head*, its part up to the first `}`, which a parser can find before it knows where the object
//! ends (the `}` may stand inside a name), and is then compared whole. JSON objects delimit themselves: where the bytes of a known
//! text stand, that object stands. So nothing rests on the hash, and it takes only the head's ends, where name, line and column are.
//! Should a file hold many texts that agree there, all are hashed whole from then on.

use std::hash::BuildHasher;

use bumpalo::Bump;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::call_frame::Fields;
use crate::scan;

/// Marks an id as an index into the window's fresh texts.
pub(crate) const FRESH: u32 = 1 << 31;

/// Texts start at multiples of this, so that 32 bits tell where.
const ALIGNMENT: usize = 16;

/// Texts with one hash that are tolerated before all are hashed whole.
const MAX_EQUAL: usize = 8;

/// A place in the table of known texts. 16 bytes: the table is what every node is looked up in.
#[derive(Clone, Copy, Default)]
struct Slot {
    /// Upper half of the hash.
    tag: u32,
    /// Length of the text; 0 where the slot is empty.
    len: u32,
    /// Where the text starts, in units of [`ALIGNMENT`].
    start: u32,
    frame: u32,
}

/// The known texts: an open-addressed table, at most half full.
pub(crate) struct Dictionary {
    texts: Vec<u8>,
    slots: Vec<Slot>,
    used: usize,
    /// Set once too many texts agree at their ends.
    whole: Option<RandomState>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self { texts: Vec::new(), slots: vec![Slot::default(); 1024], used: 0, whole: None }
    }
}

impl Dictionary {
    /// Hash of a text's head.
    #[inline(always)]
    pub(crate) fn hash(&self, head: &[u8]) -> u64 {
        match &self.whole {
            None => hash_ends(head),
            Some(hasher) => hasher.hash_one(head),
        }
    }

    /// Hash of a whole text: that of its head.
    pub(crate) fn hash_text(&self, text: &[u8]) -> u64 {
        let end = memchr::memchr(b'}', text).map_or(text.len(), |at| at + 1);
        self.hash(&text[..end])
    }

    /// The frame whose text `bytes` begins with, and the length of that text.
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, bytes: &[u8]) -> Option<(u32, usize)> {
        let mask = self.slots.len() - 1;
        let tag = (hash >> 32) as u32;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at & mask];
            if slot.len == 0 {
                return None;
            }
            if slot.tag == tag {
                let (start, len) = (slot.start as usize * ALIGNMENT, slot.len as usize);
                let text = &self.texts[start..start + len];
                if bytes.get(..len) == Some(text) {
                    return Some((slot.frame, len));
                }
            }
            at += 1;
        }
    }

    /// Asks for the slot in which a text with this hash stands, if it is known.
    #[inline(always)]
    pub(crate) fn prefetch_slot(&self, hash: u64) {
        scan::prefetch(&self.slots, hash as usize & (self.slots.len() - 1));
    }

    /// Asks for the text that is probably the one with this hash.
    #[inline(always)]
    pub(crate) fn prefetch_text(&self, hash: u64) {
        let slot = self.slots[hash as usize & (self.slots.len() - 1)];
        let start = slot.start as usize * ALIGNMENT;
        for line in 0..(slot.len as usize).div_ceil(64).min(4) {
            scan::prefetch(&self.texts, start + 64 * line);
        }
    }

    /// Makes room for so many more texts at once: to grow step by step is to hash all again each time.
    pub(crate) fn reserve(&mut self, texts: usize) {
        let wanted = ((self.used + texts) * 2).next_power_of_two();
        if wanted > self.slots.len() {
            self.rebuild(wanted);
        }
    }

    /// Adds a text that is not known yet.
    pub(crate) fn insert(&mut self, text: &[u8], frame: u32) {
        if self.used * 2 >= self.slots.len() {
            self.rebuild(self.slots.len() * 2);
        }
        self.texts.resize(self.texts.len().next_multiple_of(ALIGNMENT), 0);
        let start = (self.texts.len() / ALIGNMENT) as u32;
        self.texts.extend_from_slice(text);
        let hash = self.hash_text(text);
        let equal = self.place(Slot { tag: (hash >> 32) as u32, len: text.len() as u32, start, frame }, hash);
        self.used += 1;
        if equal > MAX_EQUAL && self.whole.is_none() {
            self.whole = Some(RandomState::default());
            self.rebuild(self.slots.len());
        }
    }

    /// Puts a slot in its place. Gives how many with the same tag were passed.
    fn place(&mut self, slot: Slot, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        let mut equal = 0;
        while self.slots[at].len != 0 {
            equal += usize::from(self.slots[at].tag == slot.tag);
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
        equal
    }

    fn rebuild(&mut self, size: usize) {
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
        for slot in old.into_iter().filter(|slot| slot.len != 0) {
            let start = slot.start as usize * ALIGNMENT;
            let hash = self.hash_text(&self.texts[start..start + slot.len as usize]);
            self.place(Slot { tag: (hash >> 32) as u32, ..slot }, hash);
        }
    }
}

/// Bytes of a head before which its ends cannot be told apart; a call frame without a name and url has more.
const SHORT: usize = 41;

/// Hash of both ends and the middle of a head: of the first characters of the name, and of line and column.
#[inline(always)]
fn hash_ends(head: &[u8]) -> u64 {
    let len = head.len();
    if len < SHORT {
        return hash_short(head);
    }
    let word = |at: usize| match head.get(at..at + 8).and_then(|word| word.first_chunk()) {
        Some(word) => u64::from_le_bytes(*word),
        None => 0,
    };
    // The first character of a name stands at byte 17, where functionName comes first.
    let name = mixed(word(17) ^ 0x9e37_79b9_7f4a_7c15, word(len / 2) ^ len as u64);
    let place = mixed(word(len - 9) ^ 0xbf58_476d_1ce4_e5b9, word(len - 17).rotate_left(23) ^ word(len - 25));
    mixed(name ^ 0x94d0_49bb_1331_11eb, place)
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

/// A text that the dictionary did not hold when the window was parsed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FreshText<'w> {
    pub(crate) text: &'w [u8],
    hash: u64,
    /// Where it stands in the file.
    pub(crate) offset: u64,
}

/// The texts of one window that the dictionary does not hold, each once.
pub(crate) struct Fresh<'w> {
    arena: &'w Bump,
    pub(crate) texts: bumpalo::collections::Vec<'w, FreshText<'w>>,
    index: HashTable<u32>,
    /// Room to write a call frame canonically.
    pub(crate) scratch: Vec<u8>,
}

impl<'w> Fresh<'w> {
    pub(crate) fn new(arena: &'w Bump) -> Self {
        Self {
            arena,
            texts: bumpalo::collections::Vec::new_in(arena),
            index: HashTable::new(),
            scratch: Vec::with_capacity(1024),
        }
    }

    /// The fresh text that `bytes` begins with, as [`Dictionary::find`].
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, bytes: &[u8]) -> Option<(u32, usize)> {
        if self.texts.is_empty() { None } else { self.search(hash, bytes) }
    }

    #[inline(never)]
    fn search(&self, hash: u64, bytes: &[u8]) -> Option<(u32, usize)> {
        let &index = self.index.find(hash, |&index| {
            let fresh = &self.texts[index as usize];
            fresh.hash == hash && bytes.starts_with(fresh.text)
        })?;
        Some((FRESH | index, self.texts[index as usize].text.len()))
    }

    /// The id of a text: of the dictionary, or of this window.
    pub(crate) fn intern(&mut self, dictionary: &Dictionary, text: &[u8], offset: u64) -> u32 {
        let hash = dictionary.hash_text(text);
        if let Some((id, _)) = dictionary.find(hash, text).or_else(|| self.find(hash, text)) {
            return id;
        }
        let index = self.texts.len() as u32;
        self.texts.push(FreshText { text: self.arena.alloc_slice_copy(text), hash, offset });
        let texts = &self.texts;
        self.index.insert_unique(hash, index, |&index| texts[index as usize].hash);
        FRESH | index
    }

    /// The same for a call frame that must be written canonically first.
    pub(crate) fn intern_fields(&mut self, dictionary: &Dictionary, fields: &Fields<'_>, offset: u64) -> u32 {
        let mut text = std::mem::take(&mut self.scratch);
        fields.canonical(&mut text);
        let id = self.intern(dictionary, &text, offset);
        self.scratch = text;
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(i: usize) -> String {
        format!(r#"{{"functionName":"f{i}","scriptId":"{}","url":"node:x","lineNumber":{i},"columnNumber":1}}"#, i % 7)
    }

    /// Texts that agree in length, at both ends and in the middle.
    fn alike(i: usize) -> String {
        format!(
            r#"{{"functionName":"abcdefgh{i:06}{}","url":"{}","columnNumber":123456}}"#,
            "x".repeat(60),
            "y".repeat(90)
        )
    }

    #[test]
    fn every_text_is_found_and_no_other() {
        for text in [frame as fn(usize) -> String, alike] {
            let mut dictionary = Dictionary::default();
            for i in 0..3000 {
                let text = text(i);
                assert_eq!(dictionary.find(dictionary.hash_text(text.as_bytes()), text.as_bytes()), None);
                dictionary.insert(text.as_bytes(), i as u32);
            }
            for i in 0..3000 {
                let text = text(i) + ",\"selfSize\":1}";
                let len = text.len() - 14;
                assert_eq!(
                    dictionary.find(dictionary.hash_text(text.as_bytes()), text.as_bytes()),
                    Some((i as u32, len))
                );
            }
            assert_eq!(dictionary.find(dictionary.hash_text(b"{}"), b"{}"), None);
        }
    }

    #[test]
    fn texts_alike_at_their_ends_are_hashed_whole() {
        let mut dictionary = Dictionary::default();
        (0..MAX_EQUAL).for_each(|i| dictionary.insert(alike(i).as_bytes(), 0));
        assert!(dictionary.whole.is_none());
        (MAX_EQUAL..3 * MAX_EQUAL).for_each(|i| dictionary.insert(alike(i).as_bytes(), 0));
        assert!(dictionary.whole.is_some());
    }

    #[test]
    fn a_brace_inside_a_name_does_not_hide_a_text() {
        let mut dictionary = Dictionary::default();
        let text = br#"{"functionName":"a}b","url":"node:x"}"#;
        dictionary.insert(text, 5);
        let head = &text[..=text.iter().position(|&byte| byte == b'}').unwrap()];
        assert_eq!(dictionary.find(dictionary.hash(head), text), Some((5, text.len())));
    }
}
