//! The rows of a report: small handles that are sorted, and the views that are made of them when they are printed.

use std::ops::Range;

use super::share::{Priority, Share};
use crate::profile::{Aggregate, CallFrameTable, Category, CategoryId, CausedBy, FrameId, FrameKind, PackageId, Sums};

/// Anything that has [`Sums`] in an [`Aggregate`].
pub trait Summed {
    /// Its sums.
    fn sums<'a>(&self, aggregate: &'a Aggregate) -> &'a Sums;
}

impl<T: Summed> Summed for &T {
    fn sums<'a>(&self, aggregate: &'a Aggregate) -> &'a Sums {
        T::sums(self, aggregate)
    }
}

impl Summed for FrameId {
    fn sums<'a>(&self, aggregate: &'a Aggregate) -> &'a Sums {
        &aggregate.by_frame[self.0 as usize]
    }
}

impl Summed for PackageId {
    fn sums<'a>(&self, aggregate: &'a Aggregate) -> &'a Sums {
        &aggregate.by_package[self.0 as usize]
    }
}

impl Summed for CategoryId {
    fn sums<'a>(&self, aggregate: &'a Aggregate) -> &'a Sums {
        &aggregate.by_category[usize::from(self.0)]
    }
}

/// A function with everything that is shown of it.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a> {
    /// Its name; empty for an anonymous one.
    pub name: &'a str,
    /// The url of its script.
    pub url: &'a str,
    /// 1-based line of its start.
    pub line: Option<u32>,
    /// 1-based column of its start.
    pub column: Option<u32>,
    /// Whose code it is.
    pub kind: FrameKind,
    /// Name of its package.
    pub package: &'a str,
    /// The category its bytes are counted under.
    pub category: &'a Category,
    /// Its sums.
    pub sums: Sums,
    /// Its self size as a share of the profile.
    pub share: Share,
}

impl<'a> Function<'a> {
    /// That of a frame of a table which is classified under these categories; its sums and its share are of whatever is shown.
    pub(super) fn new(
        frames: &'a CallFrameTable,
        categories: &'a [Category],
        id: FrameId,
        sums: Sums,
        share: Share,
    ) -> Self {
        let frame = frames.get(id);
        Self {
            name: frames.text(frame.function),
            url: frames.text(frame.url),
            line: frames.line(id),
            column: frames.column(id),
            kind: frame.kind,
            package: frames.text(frames.package(frame.package).name),
            category: &categories[usize::from(frame.category.0)],
            sums,
            share,
        }
    }
}

/// A category that has bytes, or whose functions call something that has.
#[derive(Clone, Debug)]
pub struct CategoryRow<'a> {
    /// Its number.
    pub id: CategoryId,
    /// What it is.
    pub category: &'a Category,
    /// Its sums.
    pub sums: Sums,
    /// Its self size as a share of the profile.
    pub share: Share,
    /// The attention it deserves.
    pub priority: Priority,
    /// 1 for the largest and all that the sampling cannot tell from it, and so on.
    pub rank: usize,
    /// The application's function that most of its own bytes come from.
    pub caused_by: Option<CausedBy>,
    /// Where its functions stand in the list that is grouped by category.
    pub(super) functions: Range<usize>,
    /// Where its packages stand in the list of parts.
    pub(super) parts: Range<usize>,
}

/// What one package contributes to one category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CategoryPart {
    /// The package.
    pub package: PackageId,
    /// Its bytes that are counted under the category.
    pub self_size: u64,
}

/// A package that has bytes, or whose functions call something that has.
#[derive(Clone, Copy, Debug)]
pub struct PackageRow<'a> {
    /// Its number.
    pub id: PackageId,
    /// Its name.
    pub name: &'a str,
    /// Its version where the url tells it.
    pub version: Option<&'a str>,
    /// Whose code it is.
    pub kind: FrameKind,
    /// Its sums.
    pub sums: Sums,
    /// Its self size as a share of the profile.
    pub share: Share,
    /// The category that holds most of its bytes, with the bytes that it holds; `None` for a package without bytes.
    pub category: Option<(CategoryId, u64)>,
    /// The attention it deserves: one step less than its share says where a category already tells most of its bytes.
    pub priority: Priority,
    /// 1 for the largest and all that the sampling cannot tell from it, and so on.
    pub rank: usize,
    /// The application's function that most of its own bytes come from.
    pub caused_by: Option<CausedBy>,
}

impl PackageRow<'_> {
    /// The category that holds more than half of its bytes.
    pub fn inside(&self) -> Option<CategoryId> {
        let (id, bytes) = self.category?;
        Share::of(bytes, self.sums.self_size).is_majority().then_some(id)
    }

    /// Whether all its bytes are in one category.
    pub fn is_wholly_inside(&self) -> bool {
        self.category.is_some_and(|(_, bytes)| bytes == self.sums.self_size)
    }
}

/// What a cut list leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other {
    /// Rows.
    pub count: usize,
    /// Their bytes.
    pub self_size: u64,
    /// The bytes that they cause.
    pub caused_size: u64,
    /// Their nodes with a positive self size.
    pub allocating_nodes: u64,
}
