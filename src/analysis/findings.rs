//! What stands out: the sentences of a report, as facts. The formats put them into words.

use super::order::has_theme;
use super::report::Report;
use super::rows::{CategoryPart, CategoryRow, Function, PackageRow, Summed};
use super::share::{Priority, Share};
use crate::profile::{FrameId, FrameKind};

/// A function is called the #1, #2 or #3 allocator, nothing beyond.
const RANKED: usize = 3;
/// Categories that the summary names, and functions of each.
const SUMMED_UP: usize = 5;
const NAMED: usize = 2;

/// A fact about one category.
#[derive(Clone, Copy, Debug)]
pub enum Finding<'r, 'a> {
    /// One of the profile's largest functions is counted here.
    Rank {
        /// The function.
        function: Function<'a>,
        /// 1 for the largest of the profile.
        rank: usize,
        /// Whether the sampling cannot tell it from its neighbours in that order.
        is_tie: bool,
    },
    /// One of several functions holds more than half of the category.
    Dominant {
        /// The function.
        function: Function<'a>,
        /// Its share of the category.
        share: Share,
    },
    /// The bytes are in few functions, or spread over many.
    Half {
        /// The largest functions that are needed for half of the bytes.
        functions: usize,
        /// All functions of the category with bytes.
        of: usize,
    },
    /// The packages that the bytes come from, the largest first.
    Packages(&'r [CategoryPart]),
    /// What the category calls allocates much, too.
    Calls {
        /// Bytes of the category and of everything below it.
        total_size: u64,
        /// The same as a share of the profile.
        share: Share,
    },
}

/// A line of the summary.
#[derive(Clone, Debug)]
pub enum Headline<'r, 'a> {
    /// A large category.
    Category {
        /// 1 for the largest.
        rank: usize,
        /// The category.
        row: &'r CategoryRow<'a>,
        /// Its largest functions.
        functions: Vec<Function<'a>>,
    },
    /// A large package that no large category tells of.
    Package(&'r PackageRow<'a>),
    /// So many functions make up half of all bytes.
    Half {
        /// The largest functions that are needed for half of the bytes.
        functions: usize,
        /// All functions with bytes.
        of: usize,
    },
}

impl<'a> Report<'a> {
    /// Packages with a high or medium share, except those that are all of a category: its row says the same.
    pub fn notable_packages(&self) -> impl Iterator<Item = &PackageRow<'a>> {
        let aggregate = self.aggregate();
        self.packages().iter().filter(move |package| {
            let is_category = package.is_wholly_inside()
                && package
                    .category
                    .is_some_and(|(id, bytes)| id.sums(aggregate).self_size == bytes && has_theme(aggregate, id));
            package.share.priority() > Priority::Low && !is_category
        })
    }

    /// What stands out in a category.
    pub fn findings<'r>(&'r self, category: &CategoryRow<'a>) -> Vec<Finding<'r, 'a>> {
        let mut findings = Vec::new();
        let functions = self.with_bytes(self.functions_of(category));
        let Some(&first) = functions.first() else { return findings };
        let largest = self.function(first);
        let largest_of_all = self.with_bytes(self.functions());
        // One more than those that are called so: it may be a tie with the last of them.
        let ranks = self.ranks(&largest_of_all[..largest_of_all.len().min(RANKED + 1)]);
        let ranked = largest_of_all.iter().take(RANKED).zip(1..);
        for (&id, rank) in ranked.filter(|(id, _)| functions.contains(id)) {
            let is_tie = ranks.iter().filter(|other| **other == ranks[rank - 1]).count() > 1;
            findings.push(Finding::Rank { function: self.function(id), rank, is_tie });
        }
        let of = functions.len();
        match self.count_to_half(functions, category.sums.self_size) {
            1 if of > 2 => {
                let share = Share::of(largest.sums.self_size, category.sums.self_size);
                findings.push(Finding::Dominant { function: largest, share });
            }
            half if half > 1 && (half * 3 <= of || of >= 10) => {
                findings.push(Finding::Half { functions: half, of });
            }
            _ => {}
        }
        let parts = self.parts_of(category);
        let is_package = of > 1 && !matches!(largest.kind, FrameKind::App | FrameKind::Native | FrameKind::Generated);
        if parts.len() > 1 || is_package {
            findings.push(Finding::Packages(parts));
        }
        // A quarter more than its own bytes is worth a line; that built-in functions call back says nothing.
        let (own, total_size) = (category.sums.self_size, category.sums.total_size);
        let is_built_in = matches!(largest.kind, FrameKind::Core | FrameKind::Native);
        if u128::from(total_size) * 4 >= u128::from(own) * 5 && !is_built_in {
            findings.push(Finding::Calls { total_size, share: self.share(total_size) });
        }
        findings
    }

    /// The profile in a few lines: its large categories (the largest in any case), large packages that none of them
    /// tells of, and how the bytes are spread over the functions. What captures is none of them.
    pub fn summary(&self) -> Vec<Headline<'_, 'a>> {
        if self.shown_size() == 0 {
            return Vec::new();
        }
        let own = self.captures_own();
        let is_own = |row: &CategoryRow<'a>| own.is_some_and(|own| own.category == Some(row.id));
        let others = (1..).zip(self.categories()).take(SUMMED_UP).filter(|(_, row)| !is_own(row));
        let is_told = |row: &CategoryRow<'a>, is_first: bool| is_first || row.priority > Priority::Low;
        let large = others.enumerate().filter(|(number, (_, row))| is_told(row, *number == 0));
        let large: Vec<(usize, &CategoryRow<'a>)> = large.map(|(_, row)| row).collect();
        let named = |row| {
            let functions = self.with_bytes(self.functions_of(row));
            functions.iter().take(NAMED).map(|&id| self.function(id)).collect()
        };
        let mut lines: Vec<Headline<'_, 'a>> =
            large.iter().map(|&(rank, row)| Headline::Category { rank, row, functions: named(row) }).collect();
        let is_untold = |package: &&PackageRow<'a>| {
            let told = |id| has_theme(self.aggregate(), id) && large.iter().any(|(_, row)| row.id == id);
            let is_own = own.is_some_and(|own| self.aggregate().frames.get(own.largest).package == package.id);
            package.share.priority() == Priority::High && !is_own && !package.inside().is_some_and(told)
        };
        lines.extend(self.notable_packages().filter(is_untold).map(Headline::Package));
        let functions = self.with_bytes(self.functions());
        if functions.len() > 1 {
            let half = self.count_to_half(functions, self.shown_size());
            lines.push(Headline::Half { functions: half, of: functions.len() });
        }
        lines
    }

    /// How many of the largest functions it takes to make up half of `whole`.
    fn count_to_half(&self, functions: &[FrameId], whole: u64) -> usize {
        let mut sum = 0_u64;
        let reaches = |id: &FrameId| {
            sum += id.sums(self.aggregate()).self_size;
            u128::from(sum) * 2 >= u128::from(whole)
        };
        functions.iter().position(reaches).map_or(functions.len(), |last| last + 1)
    }
}
