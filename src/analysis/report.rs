//! A report, computed: which rows are shown, in which order, with which share and priority.
//!
//! It holds handles, never texts: two ids per function, one row per package and per category. The formats ask for a
//! row's view when they print it, so a file with 100,000 functions is streamed.

use super::advice::{Advice, Answers};
use super::breakdown::{self, Grouped};
use super::correlation::{Correlation, Cpu};
use super::doctor::{self, ObjectsIn};
use super::file_date::FileDate;
use super::instrument::CapturesOwn;
use super::interval;
use super::model::{FileInfo, Profile, Warning};
use super::order;
use super::process_memory::{MemoryUsage, ProcessMemory};
use super::rows::{CategoryPart, CategoryRow, Function, Other, PackageRow, Summed};
use super::sampling::Sampling;
use super::share::Share;
use crate::aggregate::ReadOptions;
use crate::profile::{Aggregate, Category, CategoryId, EntryPoint, FrameId, HeavyStack, Orphans, Platform, Sums};
use crate::rules::{RuleError, Rules};

/// How much of a profile is shown.
#[derive(Clone, Copy, Debug)]
pub struct ReportOptions {
    /// Rows of a list, where the user said so; 0 is all. Without it JSON shows all and formats for people the first 20.
    pub limit: Option<usize>,
    /// Heaviest stacks that are shown, if the aggregate holds as many; [`ReadOptions::STACKS`] at most.
    pub stacks: usize,
    /// Whether shares are of what filters show, not of the file.
    pub relative: bool,
    /// The sampling interval in bytes, where the user gave it; 0 is none.
    pub interval: Option<u64>,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self { limit: None, stacks: 20, relative: false, interval: None }
    }
}

/// A profile, ordered and weighed.
#[derive(Debug)]
pub struct Report<'a> {
    profile: &'a Profile,
    options: ReportOptions,
    functions: Vec<FrameId>,
    grouped: Grouped,
    parts: Vec<CategoryPart>,
    categories: Vec<CategoryRow<'a>>,
    packages: Vec<PackageRow<'a>>,
    entry_points: Vec<EntryPoint>,
    platform: Platform,
    captures_own: Option<CapturesOwn>,
    sampling: Sampling,
    warnings: Vec<Warning>,
    process_memory: Option<ProcessMemory>,
    correlation: Option<Correlation<'a>>,
    advice: Advice<'a>,
    lasting_ids: Option<&'a [FrameId]>,
}

impl<'a> Report<'a> {
    /// Orders and weighs a profile.
    pub fn new(profile: &'a Profile, options: ReportOptions) -> Self {
        let aggregate = &profile.aggregate;
        let whole = if options.relative { aggregate.shown_size } else { aggregate.total_size };
        let functions = order::functions(aggregate);
        let grouped = breakdown::by_category(aggregate, &functions);
        let mut breakdown = breakdown::by_package(aggregate, &grouped);
        breakdown::sort_parts(aggregate, &mut breakdown);
        let told = || interval::sampling(aggregate, profile.file.dialect, options.interval);
        let sampling = profile.sampling.unwrap_or_else(told);
        let mut report = Self {
            profile,
            options,
            categories: order::categories(aggregate, &grouped, &breakdown, whole, &sampling),
            packages: order::packages(aggregate, &breakdown, whole, &sampling),
            captures_own: CapturesOwn::of(aggregate, &functions),
            functions,
            grouped,
            parts: breakdown.parts,
            entry_points: order::entry_points(aggregate),
            platform: Platform::of(&aggregate.frames),
            sampling,
            warnings: profile.warnings.clone(),
            process_memory: None,
            correlation: None,
            advice: Advice::default(),
            lasting_ids: None,
        };
        let found = doctor::examine(&report);
        report.warnings.extend(found);
        report
    }

    /// Says what its call frames are, by [`FrameId`], among those of many profiles: what is known of them there need not be found out again.
    #[cfg(feature = "cli")]
    pub(crate) fn with_lasting_ids(mut self, ids: Option<&'a [FrameId]>) -> Self {
        self.lasting_ids = ids;
        self
    }

    /// What a call frame is among those of many profiles; its own id where nothing was said of these.
    pub(crate) fn lasting_id(&self, id: FrameId) -> FrameId {
        self.lasting_ids.map_or(id, |ids| ids[id.0 as usize])
    }

    /// Whether something was said of these.
    pub(crate) fn has_lasting_ids(&self) -> bool {
        self.lasting_ids.is_some()
    }

    /// Puts a CPU profile beside it, which was classified by the same rules.
    pub fn with_cpu(mut self, cpu: &'a Cpu) -> Self {
        self.correlation = Some(Correlation::new(&self.profile.aggregate, cpu));
        self
    }

    /// Puts the memory of its process beside it.
    pub fn with_memory_usage(mut self, usage: MemoryUsage) -> Self {
        self.warnings.retain(|warning| warning.kind != doctor::OUTSIDE_THE_HEAP);
        self.process_memory = Some(ProcessMemory::new(usage, self.total_size(), self.objects().which));
        self
    }

    /// Where its code ran.
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// What captures has of the bytes; nothing where it has none.
    pub fn captures_own(&self) -> Option<CapturesOwn> {
        self.captures_own
    }

    /// The memory of its process, where that is known.
    pub fn process_memory(&self) -> Option<&ProcessMemory> {
        self.process_memory.as_ref()
    }

    /// Adds what the rules say about it. They are those that classified the profile; a CPU profile, where there is one, is beside it already, since
    /// it decides between recommendations that bring the same.
    pub fn with_advice(self, rules: &'a Rules) -> Result<Self, RuleError> {
        self.with_known_advice(rules, &mut Answers::default())
    }

    /// The same where the rules have said something of its lasting call frames already.
    pub(crate) fn with_known_advice(mut self, rules: &'a Rules, answers: &mut Answers) -> Result<Self, RuleError> {
        self.advice = Advice::new(&self, rules, answers)?;
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

    /// Whether many of the sampled objects are larger than the sampling interval, as lists and texts are: samples of small ones count as little more than it.
    pub(super) fn has_large_objects(&self) -> bool {
        let (Some(samples), Some(interval)) = (self.aggregate().samples, self.sampling.longest()) else { return false };
        u128::from(samples.size) * 4 >= u128::from(samples.count) * u128::from(interval) * 5 && samples.count > 0
    }

    /// Which objects are in the file.
    pub fn objects(&self) -> ObjectsIn {
        ObjectsIn::of(self.aggregate(), self.file().complete, self.file().dialect)
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

    /// The stacks with bytes that are not among these; one stack is one node of the file.
    pub fn stacks_omitted(&self) -> Other {
        let aggregate = self.aggregate();
        let all: u64 = aggregate.by_category.iter().map(|sums| sums.allocating_nodes).sum();
        let (shown, size) = self
            .stacks()
            .iter()
            .fold((0, 0_u64), |(shown, size), stack| (shown + 1, size.saturating_add(stack.self_size)));
        let count = all.saturating_sub(shown);
        Other {
            count: usize::try_from(count).unwrap_or(usize::MAX),
            self_size: aggregate.shown_size.saturating_sub(size),
            caused_size: 0,
            allocating_nodes: count,
        }
    }

    /// The heaviest stacks that are known, however many are shown; the heaviest first.
    pub fn known_stacks(&self) -> &'a [HeavyStack] {
        let stacks = &self.aggregate().stacks;
        &stacks[..stacks.len().min(ReadOptions::STACKS)]
    }

    /// The heaviest stack that ends in a category.
    pub fn stack_of(&self, category: CategoryId) -> Option<&'a HeavyStack> {
        self.aggregate().category_stacks.get(usize::from(category.0))?.as_ref()
    }

    /// A category by its number.
    ///
    /// # Panics
    ///
    /// With the number of another profile's category, if there are not as many here.
    pub fn category(&self, id: CategoryId) -> &'a Category {
        &self.aggregate().categories[usize::from(id.0)]
    }

    /// Everything that is shown of a function.
    ///
    /// # Panics
    ///
    /// With the id of another profile's call frame, if there are not as many here; else it is of another function.
    pub fn function(&self, id: FrameId) -> Function<'a> {
        let aggregate = self.aggregate();
        let sums = *id.sums(aggregate);
        Function::new(&aggregate.frames, &aggregate.categories, id, sums, self.share(sums.self_size))
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
