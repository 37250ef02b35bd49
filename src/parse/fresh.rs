//! The call frames of one window that the dictionary does not hold, each once.

use bumpalo::Bump;
use hashbrown::HashTable;

use super::call_frame::Fields;
use super::dictionary::Dictionary;
use super::frame_key::{By, Exactly, FrameKey};

/// Marks an id as an index into the window's fresh texts.
pub(crate) const FRESH: u32 = 1 << 31;

/// A text that the dictionary did not hold when the window was parsed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FreshText<'w> {
    pub(crate) text: &'w [u8],
    pub(crate) by: By,
    pub(crate) hash: u64,
    /// Where it stands in the file.
    pub(crate) offset: u64,
}

/// The texts of one window that the dictionary does not hold, each once.
pub(crate) struct Fresh<'w> {
    arena: &'w Bump,
    pub(crate) texts: bumpalo::collections::Vec<'w, FreshText<'w>>,
    index: HashTable<u32>,
    /// Room to write a call frame canonically.
    scratch: Vec<u8>,
}

impl<'w> Fresh<'w> {
    pub(crate) fn new(arena: &'w Bump) -> Self {
        Self { arena, texts: bumpalo::collections::Vec::new_in(arena), index: HashTable::new(), scratch: Vec::new() }
    }

    /// The fresh text of a call frame and its length, as [`Dictionary::find`].
    #[inline(always)]
    pub(crate) fn find<K: FrameKey>(&self, hash: u64, key: K) -> Option<(u32, usize)> {
        if self.texts.is_empty() { None } else { self.search(hash, key) }
    }

    #[inline(always)]
    fn search<K: FrameKey>(&self, hash: u64, key: K) -> Option<(u32, usize)> {
        for &index in self.index.iter_hash(hash) {
            let fresh = &self.texts[index as usize];
            if fresh.hash == hash && fresh.by == key.by() && key.is(fresh.text) {
                return Some((FRESH | index, fresh.text.len()));
            }
        }
        None
    }

    /// The id of a call frame that stands in the text without whitespace: of the dictionary, or of this window.
    pub(crate) fn intern_text(&mut self, dictionary: &Dictionary, text: &[u8], offset: u64) -> u32 {
        let hash = dictionary.hash_text(text);
        self.intern(dictionary, Exactly { text, by: By::Text }, hash, offset)
    }

    /// The same for one that must be written canonically first.
    pub(crate) fn intern_fields(&mut self, dictionary: &Dictionary, fields: &Fields<'_>, offset: u64) -> u32 {
        let mut text = std::mem::take(&mut self.scratch);
        fields.canonical(&mut text);
        let id = match fields.values() {
            Some(values) => {
                let hash = dictionary.hash_values(&values);
                self.intern(dictionary, Exactly { text: &text, by: By::Values }, hash, offset)
            }
            None => self.intern_text(dictionary, &text, offset),
        };
        self.scratch = text;
        id
    }

    fn intern(&mut self, dictionary: &Dictionary, key: Exactly<'_>, hash: u64, offset: u64) -> u32 {
        if let Some((id, _)) = dictionary.find(hash, key).or_else(|| self.find(hash, key)) {
            return id;
        }
        let index = self.texts.len() as u32;
        let text = self.arena.alloc_slice_copy(key.text);
        self.texts.push(FreshText { text, by: key.by, hash, offset });
        let texts = &self.texts;
        self.index.insert_unique(hash, index, |&index| texts[index as usize].hash);
        FRESH | index
    }
}
