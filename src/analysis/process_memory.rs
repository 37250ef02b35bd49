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

/// Parts of a process's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryPart {
    /// Objects of the heap that are in the profile.
    Profile,
    /// Objects of the heap that are not in the profile.
    OtherObjects,
    /// Objects of the heap, where the profile is of others as well.
    Objects,
    /// Pages of the heap without objects.
    FreeHeap,
    /// Contents of Buffers.
    Buffers,
    /// Other memory that objects of the heap hold.
    OtherExternal,
    /// Code, stacks, libraries, what allocators keep.
    Rest,
    /// What is counted in other parts but not resident: pages that were never touched, or were swapped out.
    NotResident,
}

impl MemoryPart {
    /// The name used in reports for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::OtherObjects => "other_objects",
            Self::Objects => "objects",
            Self::FreeHeap => "free_heap",
            Self::Buffers => "array_buffers",
            Self::OtherExternal => "other_external",
            Self::Rest => "rest",
            Self::NotResident => "not_resident",
        }
    }

    /// The name used in reports for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "in this profile",
            Self::OtherObjects => "other objects of the heap: most were made before it began",
            Self::Objects => "objects of the heap (heapUsed)",
            Self::FreeHeap => "free pages of the heap",
            Self::Buffers => "contents of Buffers (arrayBuffers): in no heap profile",
            Self::OtherExternal => "other native memory of objects (external)",
            Self::Rest => "code, stacks, libraries, allocators",
            Self::NotResident => "of these not resident: never touched, or swapped out",
        }
    }
}

/// A profile beside the memory of its process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessMemory {
    /// What the process said.
    pub usage: MemoryUsage,
    /// What it is made of. All but the last of kind [`MemoryPart::NotResident`], if there is one, add up to the resident memory and that one.
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
    /// The profile explains most of the heap, but most of the memory is elsewhere.
    HeapIsLittle,
    /// The profile explains most of the heap, and the heap most of the memory.
    Explained,
}

impl MemoryReading {
    /// As a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::MoreThanTheHeap => {
                "The profile may have more than the heap held: objects that were collected since, or of another moment. So it is not set against the heap."
            }
            Self::MostlyOutside => {
                "Most of the memory is outside V8's heap, where no heap profile looks: see who makes Buffers, and what native modules hold."
            }
            Self::LittleOfTheHeap => {
                "Most of the heap is not in the profile: it was allocated before the profile began. Start it sooner (`node --heap-prof`), or look at a heap snapshot."
            }
            Self::HeapIsLittle => {
                "The profile explains most of the heap, but the objects of the heap are less than half of the memory."
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
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let what =
            "give what `JSON.stringify(process.memoryUsage())` says: rss, heapTotal, heapUsed, external, arrayBuffers";
        // An object, not a list of as many numbers.
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(text).map_err(|error| format!("{error}; {what}"))?;
        let usage = Self::deserialize(serde_json::Value::Object(object)).map_err(|error| format!("{error}; {what}"))?;
        if usage.heap_used == 0 || usage.rss == 0 {
            return Err(format!("heapUsed or rss is 0, which no process has; {what}"));
        }
        Ok(usage)
    }
}

impl ProcessMemory {
    /// Sets a profile with so many bytes beside it.
    pub(super) fn new(usage: MemoryUsage, profile: u64, objects: Objects) -> Self {
        let MemoryUsage { rss, heap_total, heap_used, external, array_buffers } = usage;
        let of_heap = Share::of(profile, heap_used);
        let is_heap_little = !Share::of(heap_used, rss).is_majority();
        let reading = match () {
            () if profile > heap_used || objects == Objects::All => MemoryReading::MoreThanTheHeap,
            () if is_heap_little && external > heap_used => MemoryReading::MostlyOutside,
            () if !of_heap.is_majority() => MemoryReading::LittleOfTheHeap,
            () if is_heap_little => MemoryReading::HeapIsLittle,
            () => MemoryReading::Explained,
        };
        let mut parts = match reading {
            MemoryReading::MoreThanTheHeap => vec![(MemoryPart::Objects, heap_used)],
            _ => vec![(MemoryPart::Profile, profile), (MemoryPart::OtherObjects, heap_used - profile)],
        };
        parts.extend([
            (MemoryPart::FreeHeap, heap_total.saturating_sub(heap_used)),
            (MemoryPart::Buffers, array_buffers),
            (MemoryPart::OtherExternal, external.saturating_sub(array_buffers)),
        ]);
        let counted = parts.iter().fold(0, |sum: u64, (_, size)| sum.saturating_add(*size));
        parts.push(match rss.checked_sub(counted) {
            Some(rest) => (MemoryPart::Rest, rest),
            None => (MemoryPart::NotResident, counted - rss),
        });
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
        for wrong in [
            "",
            "{}",
            "[1]",
            r#"{"rss":1,"heapTotal":-1,"heapUsed":1}"#,
            "{ rss: 1, heapTotal: 2, heapUsed: 1 }",
            "[3,2,1,1,1]",
            r#"{"rss":0,"heapTotal":0,"heapUsed":0}"#,
        ] {
            let error = MemoryUsage::from_json(wrong.as_bytes()).unwrap_err();
            assert!(error.contains("process.memoryUsage()"), "{error}");
        }
    }

    #[test]
    fn the_reading_names_what_matters() {
        let table = [
            (usage(300 * MB, 220 * MB, 200 * MB, 10 * MB, 5 * MB), 190, Objects::Live, MemoryReading::Explained),
            (usage(300 * MB, 220 * MB, 200 * MB, 10 * MB, 5 * MB), 90, Objects::Live, MemoryReading::LittleOfTheHeap),
            (usage(500 * MB, 220 * MB, 200 * MB, 10 * MB, 5 * MB), 190, Objects::Live, MemoryReading::HeapIsLittle),
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
            let [rss, heap_total, heap_used, external, array_buffers] = sizes.map(|size| size / 8);
            let array_buffers = array_buffers.min(external);
            let usage = usage(rss, heap_total, heap_used, external, array_buffers);
            let memory = ProcessMemory::new(usage, profile / 8, Objects::Live);
            let sum = |is_resident: bool| -> u64 {
                let parts = memory.parts.iter().filter(|(part, _)| (*part != MemoryPart::NotResident) == is_resident);
                parts.map(|(_, size)| size).sum()
            };
            prop_assert_eq!(sum(true) - sum(false), rss);
        }
    }
}
