//! Texts of call frames that are known, and what they stand for.
//!
//! While windows are parsed, the [`Dictionary`] is only read, by all workers and without a lock. A text it does not hold is
//! collected by the window, once ([`Fresh`]), and enters the dictionary in file order before the next windows are parsed.
//! So ids do not depend on the schedule.
//!
//! A text is found by the hash of its part up to the first `}`, which a parser can find before it knows where the object ends
//! (the `}` may stand inside a name), and is then compared whole. JSON objects delimit themselves: where the bytes of a known text stand,
//! that object stands.

use std::hash::BuildHasher;

use bumpalo::Bump;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::call_frame::Fields;

/// Marks an id as an index into the window's fresh texts.
pub(crate) const FRESH: u32 = 1 << 31;

struct Known {
    hash: u64,
    start: usize,
    len: u32,
    frame: u32,
}

/// The known texts.
#[derive(Default)]
pub(crate) struct Dictionary {
    texts: Vec<u8>,
    known: HashTable<Known>,
    hasher: RandomState,
}

impl Dictionary {
    /// Hash of a text's part up to and including its first `}`.
    #[inline(always)]
    pub(crate) fn hash(&self, head: &[u8]) -> u64 {
        self.hasher.hash_one(head)
    }

    /// Hash of a whole text.
    pub(crate) fn hash_text(&self, text: &[u8]) -> u64 {
        let end = text.iter().position(|&byte| byte == b'}').map_or(text.len(), |at| at + 1);
        self.hash(&text[..end])
    }

    /// The frame whose text `bytes` begins with, and the length of that text.
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, bytes: &[u8]) -> Option<(u32, usize)> {
        let known = self.known.find(hash, |known| {
            let text = &self.texts[known.start..known.start + known.len as usize];
            known.hash == hash && bytes.starts_with(text)
        })?;
        Some((known.frame, known.len as usize))
    }

    /// Adds a text that is not known yet.
    pub(crate) fn insert(&mut self, hash: u64, text: &[u8], frame: u32) {
        let start = self.texts.len();
        self.texts.extend_from_slice(text);
        let known = Known { hash, start, len: text.len() as u32, frame };
        self.known.insert_unique(hash, known, |known| known.hash);
    }
}

/// A text that the dictionary did not hold when the window was parsed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FreshText<'w> {
    pub(crate) text: &'w [u8],
    pub(crate) hash: u64,
    /// Where it stands in the file.
    pub(crate) offset: u64,
}

/// The texts of one window that the dictionary does not hold, each once.
pub(crate) struct Fresh<'w> {
    arena: &'w Bump,
    pub(crate) texts: bumpalo::collections::Vec<'w, FreshText<'w>>,
    index: HashTable<u32>,
    scratch: Vec<u8>,
}

impl<'w> Fresh<'w> {
    pub(crate) fn new(arena: &'w Bump) -> Self {
        Self { arena, texts: bumpalo::collections::Vec::new_in(arena), index: HashTable::new(), scratch: Vec::new() }
    }

    /// The fresh text that `bytes` begins with, as [`Dictionary::find`].
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, bytes: &[u8]) -> Option<(u32, usize)> {
        if self.texts.is_empty() {
            return None;
        }
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
