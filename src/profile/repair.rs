//! What became of cut stacks that were to be put back below their callers.

/// Truncated stacks: children of the root that are no entry points, since V8 left out the frames outside them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// Bytes in them.
    pub size: u64,
    /// Children of the root.
    pub stacks: u64,
}

/// What became of them. A child of the root may go to several places: it counts as what became of its worst part, its bytes as what became of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// The depth at which the file's stacks are cut, if it is one at which V8 cuts.
    pub stack_limit: Option<u64>,
    /// Exactly one complete path ends with their outermost frames: they are below it now.
    pub reattached: Fate,
    /// Several paths do: they stay where they were.
    pub ambiguous: Fate,
    /// None does: they stay as well.
    pub unmatched: Fate,
}

impl Repair {
    /// All of them together.
    pub fn cut(&self) -> Fate {
        let fates = [self.reattached, self.ambiguous, self.unmatched];
        let sum = |part: fn(&Fate) -> u64| fates.iter().map(part).sum();
        Fate { size: sum(|fate| fate.size), stacks: sum(|fate| fate.stacks) }
    }
}
