//! A profile beside the memory of its process: which part of it the profile explains.
//!
//! `process.memoryUsage()` nests: `rss` holds the heap's pages (`heapTotal`, of which `heapUsed` are objects) and what lies outside V8's heap (`external`, of
//! which `arrayBuffers` are the contents of Buffers), and more of which it says nothing. Pages that were never touched are in `heapTotal` but not in `rss`.

use serde::Deserialize;

use super::doctor::Objects;
use super::model::Share;

/// What `process.memoryUsage()` says, bytes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct MemoryUsage {
    /// All memory of the process that is resident.
    pub rss: u64,
    /// Pages of V8's heap.
    pub heap_total: u64,
    /// Objects in V8's heap.
    pub heap_used: u64,
    /// Memory outside the heap that its objects hold.
    #[serde(default)]
    pub external: u64,
    /// Contents of ArrayBuffers and Buffers, a part of `external`.
    #[serde(default)]
    pub array_buffers: u64,
}

/// Parts of a process's memory. In this order they are parts of the resident memory, as far as they do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryPart {
    /// In the profile.
    Profile,
    /// Objects of the heap that are not in the profile.
    OtherObjects,
    /// Pages of the heap without objects.
    FreeHeap,
    /// Contents of Buffers.
    Buffers,
    /// Other memory that objects of the heap hold.
    OtherExternal,
    /// Code, stacks, libraries, what allocators keep.
    Rest,
}

impl MemoryPart {
    /// The name used in reports for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::OtherObjects => "other_objects",
            Self::FreeHeap => "free_heap",
            Self::Buffers => "array_buffers",
            Self::OtherExternal => "other_external",
            Self::Rest => "rest",
        }
    }

    /// The name used in reports for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "in this profile",
            Self::OtherObjects => "objects that are not in it: made before it began",
            Self::FreeHeap => "free pages of the heap",
            Self::Buffers => "contents of Buffers (arrayBuffers): in no heap profile",
            Self::OtherExternal => "other native memory of objects (external)",
            Self::Rest => "code, stacks, libraries, allocators",
        }
    }
}

/// A profile beside the memory of its process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessMemory {
    /// What the process said.
    pub usage: MemoryUsage,
    /// What the resident memory is made of.
    pub parts: Vec<(MemoryPart, u64)>,
    /// The profile as a part of the heap's objects.
    pub of_heap: Share,
    /// What it means.
    pub reading: MemoryReading,
}

/// What it means that a profile has so much of the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryReading {
    /// The profile has more than the heap: it holds objects that were collected since, or is of another moment.
    MoreThanTheHeap,
    /// Most of the resident memory is outside the heap.
    MostlyOutside,
    /// Most of the heap is not in the profile.
    LittleOfTheHeap,
    /// The profile explains most of the heap, and the heap most of the memory.
    Explained,
}

impl MemoryReading {
    /// As a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::MoreThanTheHeap => {
                "The profile has more than the heap held: it counts objects that were collected since, or is of another moment."
            }
            Self::MostlyOutside => {
                "Most of the memory is outside V8's heap, where no heap profile looks: see who makes Buffers, and what native modules hold."
            }
            Self::LittleOfTheHeap => {
                "Most of the heap is not in the profile: it was allocated before the profile began. Start it sooner (`node --heap-prof`), or look at a heap snapshot."
            }
            Self::Explained => "The profile explains most of the heap, and the heap most of the memory.",
        }
    }
}

impl MemoryUsage {
    /// Reads what `JSON.stringify(process.memoryUsage())` gives.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the text, and where.
    pub fn from_json(text: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(text).map_err(|error| {
            format!("{error}; give what `JSON.stringify(process.memoryUsage())` says: rss, heapTotal, heapUsed, external, arrayBuffers")
        })
    }
}

impl ProcessMemory {
    /// Sets a profile with so many bytes beside it.
    pub(super) fn new(usage: MemoryUsage, profile: u64, objects: Objects) -> Self {
        let MemoryUsage { rss, heap_total, heap_used, external, array_buffers } = usage;
        let in_heap = profile.min(heap_used);
        let mut left = rss;
        let mut part = |part: MemoryPart, size: u64| {
            let size = size.min(left);
            left -= size;
            (part, size)
        };
        let parts = vec![
            part(MemoryPart::Profile, in_heap),
            part(MemoryPart::OtherObjects, heap_used - in_heap),
            part(MemoryPart::Buffers, array_buffers),
            part(MemoryPart::OtherExternal, external.saturating_sub(array_buffers)),
            part(MemoryPart::FreeHeap, heap_total.saturating_sub(heap_used)),
            (MemoryPart::Rest, left),
        ];
        let of_heap = Share::of(profile, heap_used);
        let is_more = profile > heap_used + heap_used / 10;
        let reading = match () {
            () if is_more || objects == Objects::All => MemoryReading::MoreThanTheHeap,
            () if !Share::of(heap_used, rss).is_majority() && external > heap_used => MemoryReading::MostlyOutside,
            () if !of_heap.is_majority() => MemoryReading::LittleOfTheHeap,
            () => MemoryReading::Explained,
        };
        Self { usage, parts, of_heap, reading }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MB: u64 = 1 << 20;

    fn usage(rss: u64, heap_total: u64, heap_used: u64, external: u64, array_buffers: u64) -> MemoryUsage {
        MemoryUsage { rss, heap_total, heap_used, external, array_buffers }
    }

    #[test]
    fn what_node_prints_is_read() {
        let text = br#"{"rss":43728896,"heapTotal":6537216,"heapUsed":4692472,"external":423221,"arrayBuffers":17606}"#;
        assert_eq!(MemoryUsage::from_json(text), Ok(usage(43_728_896, 6_537_216, 4_692_472, 423_221, 17_606)));
        for wrong in
            ["", "{}", "[1]", r#"{"rss":1,"heapTotal":-1,"heapUsed":1}"#, "{ rss: 1, heapTotal: 2, heapUsed: 1 }"]
        {
            let error = MemoryUsage::from_json(wrong.as_bytes()).unwrap_err();
            assert!(error.contains("process.memoryUsage()"), "{error}");
        }
    }

    #[test]
    fn the_reading_names_what_matters() {
        let table = [
            (usage(300 * MB, 220 * MB, 200 * MB, 10 * MB, 5 * MB), 190, Objects::Live, MemoryReading::Explained),
            (usage(300 * MB, 220 * MB, 200 * MB, 10 * MB, 5 * MB), 90, Objects::Live, MemoryReading::LittleOfTheHeap),
            (usage(900 * MB, 120 * MB, 100 * MB, 700 * MB, 690 * MB), 90, Objects::Live, MemoryReading::MostlyOutside),
            (
                usage(300 * MB, 220 * MB, 200 * MB, 10 * MB, 5 * MB),
                900,
                Objects::Unknown,
                MemoryReading::MoreThanTheHeap,
            ),
            (usage(300 * MB, 220 * MB, 200 * MB, 10 * MB, 5 * MB), 100, Objects::All, MemoryReading::MoreThanTheHeap),
        ];
        for (usage, profile, objects, expected) in table {
            assert_eq!(ProcessMemory::new(usage, profile * MB, objects).reading, expected, "{profile}");
        }
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_resident_memory(sizes in any::<[u64; 5]>(), profile: u64) {
            let [rss, heap_total, heap_used, external, array_buffers] = sizes.map(|size| size / 4);
            let memory = ProcessMemory::new(usage(rss, heap_total, heap_used, external, array_buffers), profile / 4, Objects::Live);
            prop_assert_eq!(memory.parts.iter().map(|(_, size)| size).sum::<u64>(), rss);
        }
    }
}
