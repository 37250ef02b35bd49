//! Distinct texts, each stored once, addressed by a small id.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::fmt;
use std::hash::BuildHasher;

/// Index of a text in its [`StringArena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextId(u32);

/// Texts stored back to back, without duplicates.
#[derive(Clone, Default)]
pub struct StringArena {
    bytes: String,
    ends: Vec<usize>,
    index: HashTable<Entry>,
    hasher: RandomState,
}

impl fmt::Debug for StringArena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StringArena").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A text in the index. Its hash is kept, so that no text is looked at again when the index grows.
#[derive(Clone, Copy)]
struct Entry {
    hash: u32,
    id: TextId,
}

impl Entry {
    /// 32 bits of hash, spread over the 64 that the index wants.
    fn spread(hash: u32) -> u64 {
        u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl StringArena {
    /// The id of `text`, which is stored if it is new.
    pub fn intern(&mut self, text: &str) -> TextId {
        let hash = self.hasher.hash_one(text) as u32;
        let (bytes, ends) = (&self.bytes, &self.ends);
        let is_it = |entry: &Entry| entry.hash == hash && text_of(bytes, ends, entry.id) == text;
        if let Some(entry) = self.index.find(Entry::spread(hash), is_it) {
            return entry.id;
        }
        let id = TextId(self.ends.len() as u32);
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        self.index.insert_unique(Entry::spread(hash), Entry { hash, id }, |entry| Entry::spread(entry.hash));
        id
    }

    /// The text with this id.
    pub fn get(&self, id: TextId) -> &str {
        text_of(&self.bytes, &self.ends, id)
    }

    /// Bytes of memory that it takes, but for its index.
    pub fn memory(&self) -> usize {
        self.bytes.len() + size_of_val(&self.ends[..])
    }

    /// Bytes of memory that its index takes until it holds `to` as many texts as now.
    pub fn index_memory(&self, to: impl Fn(usize) -> usize) -> usize {
        while_growing(&self.index, to)
    }

    /// Bytes of memory that it takes more, at most, once all texts of another one are taken in.
    pub fn growth(&self, other: &Self) -> usize {
        other.memory() + hash_table_growth(&self.index, other.len())
    }

    /// Number of distinct texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no text is stored.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Bytes of memory that a hash table takes until it holds `to` as many entries as now: it grows by a copy that is twice as large.
pub(super) fn while_growing<T>(table: &HashTable<T>, to: impl Fn(usize) -> usize) -> usize {
    hash_table_while_growing(to(table.len()), table.capacity(), table.allocation_size(), size_of::<T>())
}

/// The same of a table with this capacity, in so many bytes, that is to hold so many `entries` of a size.
pub fn hash_table_while_growing(entries: usize, capacity: usize, allocated: usize, entry: usize) -> usize {
    if entries <= capacity {
        return allocated;
    }
    let grown = (entries * 8 / 7 + 1).next_power_of_two() * (entry + 1);
    grown + (grown / 2).max(allocated)
}

/// Bytes of memory that a hash table takes more while so many entries are added.
pub fn hash_table_growth<T>(table: &HashTable<T>, entries: usize) -> usize {
    while_growing(table, |known| known + entries) - table.allocation_size()
}

#[inline]
fn text_of<'a>(bytes: &'a str, ends: &[usize], id: TextId) -> &'a str {
    let i = id.0 as usize;
    let start = if i == 0 { 0 } else { ends[i - 1] };
    &bytes[start..ends[i]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_id_and_every_text_is_found_again() {
        let mut arena = StringArena::default();
        let ids: Vec<_> = (0..5000).map(|i| arena.intern(&format!("name {}", i % 1700))).collect();
        assert_eq!(arena.len(), 1700);
        for (i, id) in ids.iter().enumerate() {
            assert_eq!(arena.get(*id), format!("name {}", i % 1700));
        }
        let empty = arena.intern("");
        assert_eq!(arena.get(empty), "");
    }
}
