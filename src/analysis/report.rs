//! A report, computed: which rows are shown, in which order, with which share and priority.
//!
//! It holds handles, never texts: two ids per function, one row per package and per category. The formats ask for a
//! row's view when they print it, so a file with 100,000 functions is streamed.
//!
//! Rules that the output promises:
//! * Order is by self size, descending, then by name, url, line, column, version.
//! * A function, package or category is listed if its self or its total size is positive.
//! * A package's category is the one that holds most of its own bytes (of equal ones the larger category); a package
//!   without own bytes has none. Its priority is one step less than its share says where more than half of its bytes are
//!   in one category with a theme: that category's row tells them already.

use std::cmp::Reverse;

use super::advice::Advice;
use super::breakdown::{self, Breakdown, Grouped, package_key};
use super::correlation::{Correlation, Cpu};
use super::doctor::{self, ObjectsIn};
use super::file_date::FileDate;
use super::interval;
use super::model::{FileInfo, Profile, Warning};
use super::process_memory::{MemoryUsage, ProcessMemory};
use super::rows::{CategoryPart, CategoryRow, Function, Other, PackageRow, Summed};
use super::sampling::Sampling;
use super::share::Share;
use crate::profile::{Aggregate, Category, CategoryId, EntryPoint, FrameId, HeavyStack, Orphans, Sums};
use crate::rules::{RuleError, Rules};

/// The category of all that fits no theme: standing in it says nothing about a package.
pub(super) const NO_THEME: &str = "other";

/// How much of a profile is shown.
#[derive(Clone, Copy, Debug)]
pub struct ReportOptions {
    /// Rows of a list, where the user said so; 0 is all. Without it JSON shows all and formats for people the first 20.
    pub limit: Option<usize>,
    /// Heaviest stacks that are shown, if the aggregate holds as many.
    pub stacks: usize,
    /// Whether shares are of what filters show, not of the file.
    pub relative: bool,
    /// The sampling interval in bytes, where the user gave it.
    pub interval: Option<u64>,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self { limit: None, stacks: 20, relative: false, interval: None }
    }
}

/// A profile, ordered and weighed.
pub struct Report<'a> {
    profile: &'a Profile,
    options: ReportOptions,
    functions: Vec<FrameId>,
    grouped: Grouped,
    parts: Vec<CategoryPart>,
    categories: Vec<CategoryRow<'a>>,
    packages: Vec<PackageRow<'a>>,
    entry_points: Vec<EntryPoint>,
    sampling: Sampling,
    warnings: Vec<Warning>,
    process_memory: Option<ProcessMemory>,
    correlation: Option<Correlation<'a>>,
    advice: Advice<'a>,
}

impl<'a> Report<'a> {
    /// Orders and weighs a profile.
    pub fn new(profile: &'a Profile, options: ReportOptions) -> Self {
        let aggregate = &profile.aggregate;
        let whole = if options.relative { aggregate.shown_size } else { aggregate.total_size };
        let functions = sorted_functions(aggregate);
        let grouped = breakdown::by_category(aggregate, &functions);
        let mut breakdown = breakdown::by_package(aggregate, &grouped);
        breakdown::sort_parts(aggregate, &mut breakdown);
        let mut entry_points = aggregate.entry_points.clone();
        entry_points.sort_unstable_by(|a, b| {
            b.total_size.cmp(&a.total_size).then_with(|| aggregate.frames.compare(a.frame, b.frame))
        });
        let mut report = Self {
            profile,
            options,
            categories: category_rows(aggregate, &grouped, &breakdown, whole),
            packages: package_rows(aggregate, &breakdown, whole),
            functions,
            grouped,
            parts: breakdown.parts,
            entry_points,
            sampling: interval::sampling(aggregate, profile.file.dialect, options.interval),
            warnings: profile.warnings.clone(),
            process_memory: None,
            correlation: None,
            advice: Advice::default(),
        };
        let ranks = report.sampling.ranks(report.categories.iter().map(|row| row.sums.self_size));
        report.categories.iter_mut().zip(ranks).for_each(|(row, rank)| row.rank = rank);
        let ranks = report.sampling.ranks(report.packages.iter().map(|row| row.sums.self_size));
        report.packages.iter_mut().zip(ranks).for_each(|(row, rank)| row.rank = rank);
        let found = doctor::examine(&report);
        report.warnings.extend(found);
        report
    }

    /// Puts a CPU profile beside it, which was classified by the same rules.
    pub fn with_cpu(mut self, cpu: &'a Cpu) -> Self {
        self.correlation = Some(Correlation::new(&self.profile.aggregate, cpu));
        self
    }

    /// Puts the memory of its process beside it.
    pub fn with_memory_usage(mut self, usage: MemoryUsage) -> Self {
        self.process_memory = Some(ProcessMemory::new(usage, self.total_size(), self.objects().which));
        self
    }

    /// The memory of its process, where that is known.
    pub fn process_memory(&self) -> Option<&ProcessMemory> {
        self.process_memory.as_ref()
    }

    /// Adds what the rules say about it. They are those that classified the profile; a CPU profile, where there is one, is beside it already, since
    /// it decides between recommendations that bring the same.
    pub fn with_advice(mut self, rules: &'a Rules) -> Result<Self, RuleError> {
        self.advice = Advice::new(&self, rules)?;
        Ok(self)
    }

    /// What to do about it; nothing where no rules were asked.
    pub fn advice(&self) -> &Advice<'a> {
        &self.advice
    }

    /// The profile beside a CPU profile, where there is one.
    pub fn correlation(&self) -> Option<&Correlation<'a>> {
        self.correlation.as_ref()
    }

    /// The file.
    pub fn file(&self) -> &'a FileInfo {
        &self.profile.file
    }

    /// The day that the file's name tells.
    pub fn date(&self) -> Option<FileDate> {
        FileDate::in_name(&self.profile.file.name)
    }

    /// The sums that the report is made of.
    pub fn aggregate(&self) -> &'a Aggregate {
        &self.profile.aggregate
    }

    /// What was noticed while reading, and what is wrong with the capture.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Samples whose node is not in the tree, where that was looked at.
    pub fn orphans(&self) -> Option<Orphans> {
        self.profile.orphans
    }

    /// How sure sizes are.
    pub fn sampling(&self) -> &Sampling {
        &self.sampling
    }

    /// Which objects are in the file.
    pub fn objects(&self) -> ObjectsIn {
        ObjectsIn::of(self.aggregate())
    }

    /// What stacks begin with, the largest first. Truncated stacks are not among them.
    pub fn entry_points(&self) -> &[EntryPoint] {
        &self.entry_points
    }

    /// `size` as a share of the file, whatever is shown.
    pub fn share_of_file(&self, size: u64) -> Share {
        Share::of(size, self.total_size())
    }

    /// Sum of all self sizes.
    pub fn total_size(&self) -> u64 {
        self.profile.aggregate.total_size
    }

    /// Sum of the self sizes that are shown: all, unless there are filters.
    pub fn shown_size(&self) -> u64 {
        self.profile.aggregate.shown_size
    }

    /// Whether shares are of what filters show, not of the file.
    pub fn is_relative(&self) -> bool {
        self.options.relative
    }

    /// `size` as a share of the profile, or of what is shown of it if that was asked for.
    pub fn share(&self, size: u64) -> Share {
        Share::of(size, if self.options.relative { self.shown_size() } else { self.total_size() })
    }

    /// Categories, the largest first.
    pub fn categories(&self) -> &[CategoryRow<'a>] {
        &self.categories
    }

    /// Packages, the largest first. They are another view of the same bytes as the categories.
    pub fn packages(&self) -> &[PackageRow<'a>] {
        &self.packages
    }

    /// Functions, the largest first.
    pub fn functions(&self) -> &[FrameId] {
        &self.functions
    }

    /// The functions whose bytes are counted under a category, the largest first.
    pub fn functions_of(&self, category: &CategoryRow<'a>) -> &[FrameId] {
        &self.grouped.functions[category.functions.clone()]
    }

    /// The packages whose bytes are counted under a category, the largest first; only those with bytes.
    pub fn parts_of(&self, category: &CategoryRow<'a>) -> &[CategoryPart] {
        &self.parts[category.parts.clone()]
    }

    /// The rows of a list that have bytes of their own, or cause some.
    pub fn that_allocate<'r, T: Summed>(&self, rows: &'r [T]) -> Vec<&'r T> {
        let allocates = |row: &&T| {
            let sums = row.sums(self.aggregate());
            sums.self_size > 0 || sums.caused_size > 0
        };
        rows.iter().filter(allocates).collect()
    }

    /// The functions of a list that have bytes of their own. A list is sorted by size, so they are its start.
    pub fn with_bytes<'r, T: Summed>(&self, rows: &'r [T]) -> &'r [T] {
        let aggregate = self.aggregate();
        &rows[..rows.partition_point(|row| row.sums(aggregate).self_size > 0)]
    }

    /// The heaviest stacks, the heaviest first.
    pub fn stacks(&self) -> &'a [HeavyStack] {
        let stacks = &self.aggregate().stacks;
        &stacks[..stacks.len().min(self.options.stacks)]
    }

    /// The heaviest stack that ends in a category.
    pub fn stack_of(&self, category: CategoryId) -> Option<&'a HeavyStack> {
        self.aggregate().category_stacks.get(usize::from(category.0))?.as_ref()
    }

    /// A category by its number.
    pub fn category(&self, id: CategoryId) -> &'a Category {
        &self.aggregate().categories[usize::from(id.0)]
    }

    /// Everything that is shown of a function.
    pub fn function(&self, id: FrameId) -> Function<'a> {
        let aggregate = self.aggregate();
        let frames = &aggregate.frames;
        let frame = frames.get(id);
        let sums = *id.sums(aggregate);
        Function {
            name: frames.text(frame.function),
            url: frames.text(frame.url),
            line: frames.line(id),
            column: frames.column(id),
            kind: frame.kind,
            package: frames.text(frames.package(frame.package).name),
            category: self.category(frame.category),
            sums,
            share: self.share(sums.self_size),
        }
    }

    /// The ranks of some functions, which are sorted: 1 for the largest and all that the sampling cannot tell from it, and so on.
    pub fn ranks(&self, functions: &[FrameId]) -> Vec<usize> {
        self.sampling.ranks(functions.iter().map(|id| id.sums(self.aggregate()).self_size))
    }

    /// The limit that the user gave, or `default`; 0 is all.
    pub fn limit_or(&self, default: usize) -> usize {
        match self.options.limit.unwrap_or(default) {
            0 => usize::MAX,
            limit => limit,
        }
    }

    /// Whether the user gave a limit.
    pub fn has_limit(&self) -> bool {
        self.options.limit.is_some()
    }

    /// The first `limit` rows, and what the others add up to.
    pub fn cut<'r, T: Summed>(&self, rows: &'r [T], limit: usize) -> (&'r [T], Option<Other>) {
        let (shown, rest) = rows.split_at(rows.len().min(limit));
        let aggregate = self.aggregate();
        let mut other = Other { count: rest.len(), self_size: 0, caused_size: 0, allocating_nodes: 0 };
        for row in rest {
            let sums = row.sums(aggregate);
            other.self_size += sums.self_size;
            other.caused_size += sums.caused_size;
            other.allocating_nodes += sums.allocating_nodes;
        }
        (shown, (!rest.is_empty()).then_some(other))
    }
}

impl Summed for CategoryRow<'_> {
    fn sums<'s>(&self, aggregate: &'s Aggregate) -> &'s Sums {
        self.id.sums(aggregate)
    }
}

impl Summed for PackageRow<'_> {
    fn sums<'s>(&self, aggregate: &'s Aggregate) -> &'s Sums {
        self.id.sums(aggregate)
    }
}

/// Whether a category says something about what is in it.
pub(super) fn has_theme(aggregate: &Aggregate, category: CategoryId) -> bool {
    aggregate.categories[usize::from(category.0)].id != NO_THEME
}

fn is_listed(sums: &Sums) -> bool {
    sums.self_size > 0 || sums.total_size > 0
}

fn sorted_functions(aggregate: &Aggregate) -> Vec<FrameId> {
    let listed = aggregate.frames.ids().filter(|id| is_listed(id.sums(aggregate)));
    // The sizes beside the ids: most comparisons need nothing else.
    let mut functions: Vec<(u64, FrameId)> = listed.map(|id| (id.sums(aggregate).self_size, id)).collect();
    functions.sort_unstable_by(|&(left, a), &(right, b)| {
        // Lines that are none for different reasons compare as equal: the sums decide then, so that ids never do.
        let sums = |id: FrameId| {
            let sums = id.sums(aggregate);
            (sums.total_size, sums.allocating_nodes, sums.nodes)
        };
        right.cmp(&left).then_with(|| aggregate.frames.compare(a, b)).then_with(|| sums(b).cmp(&sums(a)))
    });
    functions.into_iter().map(|(_, id)| id).collect()
}

fn category_rows<'a>(
    aggregate: &'a Aggregate,
    grouped: &Grouped,
    breakdown: &Breakdown,
    whole: u64,
) -> Vec<CategoryRow<'a>> {
    let mut rows: Vec<CategoryRow<'a>> = aggregate
        .categories
        .iter()
        .zip(0_u16..)
        .filter_map(|(category, number)| {
            let id = CategoryId(number);
            let sums = *id.sums(aggregate);
            let share = Share::of(sums.self_size, whole);
            let i = usize::from(number);
            is_listed(&sums).then(|| CategoryRow {
                id,
                category,
                sums,
                share,
                priority: share.priority(),
                rank: 0,
                caused_by: aggregate.category_causes.get(i).copied().flatten(),
                functions: grouped.starts[i]..grouped.starts[i + 1],
                parts: breakdown.starts[i]..breakdown.starts[i + 1],
            })
        })
        .collect();
    rows.sort_unstable_by_key(|row| (Reverse(row.sums.self_size), &row.category.name, &row.category.id));
    rows
}

fn package_rows<'a>(aggregate: &'a Aggregate, breakdown: &Breakdown, whole: u64) -> Vec<PackageRow<'a>> {
    let mut rows: Vec<PackageRow<'a>> = aggregate
        .frames
        .package_ids()
        .filter_map(|id| {
            let sums = *id.sums(aggregate);
            let (name, version) = package_key(aggregate, id);
            let share = Share::of(sums.self_size, whole);
            let mut row = PackageRow {
                id,
                name,
                version,
                kind: aggregate.frames.package(id).kind,
                sums,
                share,
                category: breakdown.main_category[id.0 as usize],
                priority: share.priority(),
                rank: 0,
                caused_by: aggregate.package_causes.get(id.0 as usize).copied().flatten(),
            };
            if row.inside().is_some_and(|id| has_theme(aggregate, id)) {
                row.priority = row.priority.lowered();
            }
            is_listed(&sums).then_some(row)
        })
        .collect();
    rows.sort_unstable_by(|a, b| {
        b.sums.self_size.cmp(&a.sums.self_size).then_with(|| (a.name, a.version).cmp(&(b.name, b.version)))
    });
    rows
}
