//! What the fold keeps of each open node, call frame, package and category.

use std::hint::select_unpredictable;

use crate::aggregate::causes::{Callers, Claim};
use crate::profile::{CallFrame, CategoryId, FrameId, PackageId};

/// An open node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// Its id, [`NO_FRAME`] where the file ended before the call frame came; and in the highest bits, of what the node is the outermost.
    pub(super) frame: u32,
    /// Children met so far, for the key paths of errors.
    pub(super) children: u32,
    /// Self sizes of everything below it that has closed, and its own.
    pub(super) subtree: u64,
    /// Who causes what is allocated here.
    pub(super) callers: Callers,
    pub(super) package: u32,
    pub(super) category: u32,
}

/// Bits of [`Open::frame`]: the node is the outermost open one of its frame, package, category. Only that adds to the total, so that
/// a recursive call counts once.
pub(super) const OF_FRAME: u32 = 1 << 31;
pub(super) const OF_PACKAGE: u32 = 1 << 30;
pub(super) const OF_CATEGORY: u32 = 1 << 29;

/// All other bits.
pub(super) const NO_FRAME: u32 = OF_CATEGORY - 1;

impl Open {
    /// A node without a frame.
    pub(super) const NONE: Self = Self {
        frame: NO_FRAME,
        children: 0,
        subtree: 0,
        callers: Callers::NONE,
        package: u32::MAX,
        category: u32::MAX,
    };

    #[inline(always)]
    pub(super) fn frame(&self) -> Option<FrameId> {
        let id = self.frame & NO_FRAME;
        // No closure: this is the loop over all nodes.
        if id == NO_FRAME { None } else { Some(FrameId(id)) }
    }
}

/// What the outermost open nodes of a package or category have added up to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    pub(super) size: u64,
    /// Level of the outermost node of it that opened last.
    pub(super) outermost: u32,
}

/// A node opens at `level`, below `path`, of something whose outermost node opened last at `outermost`. Gives `bit` if it is the outermost now.
///
/// What is open is told by the path alone: is there still such a node where the last outermost one opened? So nothing has to be done when nodes close.
#[inline(always)]
pub(super) fn enter(path: &[Open], level: u32, outermost: &mut u32, is_such: impl Fn(&Open) -> bool, bit: u32) -> u32 {
    let there = path.get(*outermost as usize).unwrap_or(&Open::NONE);
    // Without a branch: which nodes are the outermost of a category is hard to foretell.
    let is_open = (*outermost < level) & is_such(there);
    *outermost = select_unpredictable(is_open, *outermost, level);
    select_unpredictable(is_open, 0, bit)
}

/// A call frame while the pass goes on; all that a row touches of it, in one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct FrameRow {
    pub(super) total_size: u64,
    pub(super) self_size: u64,
    pub(super) caused_size: u64,
    pub(super) actionable_size: u64,
    pub(super) allocating_nodes: u64,
    pub(super) nodes: u64,
    pub(super) package: PackageId,
    pub(super) category: CategoryId,
    /// The number of these two.
    pub(super) place: u32,
    pub(super) claim: Claim,
    /// Whether its bytes are its callers' matter.
    pub(super) follows_cause: bool,
    /// Level of the outermost node of it that opened last.
    pub(super) outermost: u32,
}

/// What of a frame bears upon causes.
pub(super) struct Cause {
    /// The number of its package and category.
    pub(super) place: u32,
    pub(super) claim: Claim,
    /// Whether its bytes are its callers' matter.
    pub(super) follows: bool,
}

impl Cause {
    /// That of every frame where causes are not kept.
    pub(super) const NONE: Self = Self { place: 0, claim: Claim::NONE, follows: false };
}

impl FrameRow {
    /// A row without sums.
    pub(super) fn new(&CallFrame { package, category, .. }: &CallFrame, cause: Cause) -> Self {
        Self {
            total_size: 0,
            self_size: 0,
            caused_size: 0,
            actionable_size: 0,
            allocating_nodes: 0,
            nodes: 0,
            package,
            category,
            place: cause.place,
            claim: cause.claim,
            follows_cause: cause.follows,
            outermost: 0,
        }
    }
}
