//! Dumps that hold the same: copies of a file, packed or not.
//!
//! Told by what was read of them, so no byte is read or hashed for it: texts of one length whose nodes, samples and functions with their sizes are the same. Whatever
//! else might differ, a series is judged by nothing else, so the second shows nothing that the first did not.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::record::ProfileRecord;

/// The dumps met so far, by what they hold.
#[derive(Debug, Default)]
pub struct Copies {
    first: HashMap<Content, usize>,
    hasher: RandomState,
}

/// What a dump holds, as far as copies are told by it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Content {
    text_bytes: u64,
    total_size: u64,
    allocating_nodes: u64,
    samples: Option<(u64, u64)>,
    /// All functions with their sizes, in any order.
    functions: u64,
}

impl Copies {
    /// What a dump holds.
    pub fn content(&self, profile: &ProfileRecord) -> Content {
        // What filters hide counts as well.
        let shown = || profile.functions.iter().map(|function| self.hasher.hash_one(function));
        Content {
            text_bytes: profile.file.bytes,
            total_size: profile.total_size,
            allocating_nodes: profile.allocating_nodes,
            samples: profile.objects.samples,
            functions: profile.content.unwrap_or_else(|| shown().fold(0, u64::wrapping_add)),
        }
    }

    /// The first dump that holds what this one does, whose place is `place`. Dumps without allocations are all alike, and copies of none.
    pub fn first(&mut self, place: usize, content: Content) -> Option<usize> {
        let is_empty = content.total_size == 0;
        let first = *self.first.entry(content).or_insert(place);
        (first != place && !is_empty).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::model::{FileInfo, IntervalSource, Objects, ObjectsIn, Sampling};
    use crate::profile::{Dialect, FrameId};

    fn record(text_bytes: u64, samples: Option<(u64, u64)>, functions: &[(u32, u64)]) -> ProfileRecord {
        ProfileRecord {
            file: FileInfo {
                name: "x".into(),
                bytes: text_bytes,
                compressed_bytes: None,
                dialect: Dialect::Inspector,
                complete: true,
                truncated_at: None,
                unsummed: 0,
                source_maps: Vec::new(),
                merged: Vec::new(),
            },
            sampling: Sampling { interval: None, source: IntervalSource::Unknown, candidate: None },
            objects: ObjectsIn { which: Objects::Unknown, samples },
            total_size: functions.iter().map(|function| function.1).sum(),
            allocating_nodes: 2,
            content: None,
            functions: functions.iter().map(|&(id, size)| (FrameId(id), size)).collect(),
            stacks: Vec::new(),
            stack_names: Vec::new(),
        }
    }

    #[test]
    fn copies_are_of_the_first_that_holds_the_same() {
        let mut copies = Copies::default();
        let table = [
            (record(100, Some((3, 9)), &[(1, 8), (2, 16)]), None),
            (record(100, Some((3, 9)), &[(2, 16), (1, 8)]), Some(0)),
            (record(101, Some((3, 9)), &[(1, 8), (2, 16)]), None),
            (record(100, Some((3, 10)), &[(1, 8), (2, 16)]), None),
            (record(100, Some((3, 9)), &[(1, 16), (2, 8)]), None),
            (record(100, Some((3, 9)), &[(1, 8), (2, 16)]), Some(0)),
            (record(50, None, &[]), None),
            (record(50, None, &[]), None),
        ];
        for (place, (profile, expected)) in table.iter().enumerate() {
            let content = copies.content(profile);
            assert_eq!(copies.first(place, content), *expected, "{place}");
        }
    }

    #[test]
    fn what_filters_hide_tells_dumps_apart() {
        let mut copies = Copies::default();
        let shown = |content| ProfileRecord { content: Some(content), ..record(100, None, &[(1, 8)]) };
        let found: Vec<Option<usize>> = [7, 8, 7]
            .into_iter()
            .enumerate()
            .map(|(place, content)| copies.first(place, copies.content(&shown(content))))
            .collect();
        assert_eq!(found, [None, None, Some(0)]);
    }
}
