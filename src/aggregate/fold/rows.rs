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
const OF_FRAME: u32 = 31;
const OF_PACKAGE: u32 = 30;
const OF_CATEGORY: u32 = 29;

/// All other bits.
pub(super) const NO_FRAME: u32 = (1 << OF_CATEGORY) - 1;

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

    /// A node of this frame, of which nothing else is wanted.
    #[inline(always)]
    pub(super) fn of(frame: FrameId) -> Self {
        Self { frame: frame.0, ..Self::NONE }
    }

    /// A node of this frame opens below the nodes of `path`, called by these.
    #[inline(always)]
    pub(super) fn below(
        path: &[Self],
        callers: Callers,
        frame: FrameId,
        row: &mut FrameRow,
        outermost: &mut Outermost,
    ) -> Self {
        let (package, category) = (row.package.0, u32::from(row.category.0));
        let (in_package, in_category) = outermost.of(row);
        let of_frame = enter(path, &mut row.outermost, |open| open.frame & NO_FRAME == frame.0);
        let of_package = enter(path, in_package, |open| open.package == package);
        let of_category = enter(path, in_category, |open| open.category == category);
        let outermost = u32::from(of_frame) << OF_FRAME
            | u32::from(of_package) << OF_PACKAGE
            | u32::from(of_category) << OF_CATEGORY;
        Self {
            frame: frame.0 | outermost,
            children: 0,
            subtree: 0,
            callers: row.claim.below(frame, callers),
            package,
            category,
        }
    }

    #[inline(always)]
    pub(super) fn frame(&self) -> Option<FrameId> {
        let id = self.frame & NO_FRAME;
        // No closure: this is the loop over all nodes.
        if id == NO_FRAME { None } else { Some(FrameId(id)) }
    }
}

/// Levels of the outermost node of each package and category that opened last.
#[derive(Debug)]
pub(super) struct Outermost {
    pub(super) packages: Vec<u32>,
    pub(super) categories: Vec<u32>,
}

impl Outermost {
    /// Those of a frame's package and category.
    #[inline(always)]
    fn of(&mut self, row: &FrameRow) -> (&mut u32, &mut u32) {
        (&mut self.packages[row.package.0 as usize], &mut self.categories[usize::from(row.category.0)])
    }
}

/// A node opens below the nodes of `path`, of something whose outermost node opened last at `outermost`. Gives whether it is the outermost now.
///
/// What is open is told by the path alone: is there still such a node where the last outermost one opened? So nothing has to be done when nodes close.
#[inline(always)]
fn enter(path: &[Open], outermost: &mut u32, is_such: impl Fn(&Open) -> bool) -> bool {
    let there = path.get(*outermost as usize).unwrap_or(&Open::NONE);
    // Without a branch: which nodes are the outermost of a category is hard to foretell.
    let is_open = is_such(there);
    *outermost = select_unpredictable(is_open, *outermost, path.len() as u32);
    !is_open
}

/// A call frame while the pass goes on; all that a row without bytes touches of it, in one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct FrameRow {
    /// Subtrees of its nodes that are the outermost of the frame.
    pub(super) total_size: u64,
    /// The same of its package, and of its category.
    pub(super) package_size: u64,
    pub(super) category_size: u64,
    pub(super) self_size: u64,
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

/// Bytes that are put down to a call frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Caused {
    pub(super) size: u64,
    pub(super) actionable_size: u64,
    /// The part of it that is made while modules are loaded.
    pub(super) loading_size: u64,
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
            package_size: 0,
            category_size: 0,
            self_size: 0,
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

    /// A node of it closes: its subtree goes to what `frame` says it is the outermost of, see [`Open::frame`].
    #[inline(always)]
    pub(super) fn close(&mut self, frame: u32, subtree: u64) {
        // Without a branch, see `enter`.
        let part = |bit: u32| if frame >> bit & 1 == 0 { 0 } else { subtree };
        self.total_size += part(OF_FRAME);
        self.package_size += part(OF_PACKAGE);
        self.category_size += part(OF_CATEGORY);
    }
}
