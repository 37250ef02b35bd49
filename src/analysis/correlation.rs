//! A heap profile beside a CPU profile: what takes time, what takes memory, what takes both, and in which order to work on it.
//!
//! Shares of time are of all time, idle included, and of active time. Work outside JavaScript (`(program)`, `(root)`) is active; so is the garbage
//! collector, which is no function of the application but the price of its allocations, and is shown apart. Categories hold the time of functions only: with
//! these three and idle they add up to all time.

mod pair;

use std::collections::HashMap;

use super::join::{FunctionPair, Side, join};
use super::order::NO_THEME;
use super::reading::MemoryLevel;
use super::share::{Priority, Share};
use crate::cpu::{CpuProfile, Role};
use crate::profile::{Aggregate, CallFrameTable, Category, CategoryId, FrameId, FrameKind};

pub use pair::CategoryPair;

/// A CPU profile and the name of its file.
#[derive(Debug)]
pub struct Cpu {
    /// The last part of the path; `-` for standard input.
    pub name: String,
    /// What it holds.
    pub profile: CpuProfile,
}

/// Packages that are named of a category.
const NAMED: usize = 3;

/// A package, of whatever version, with its time and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackagePair<'a> {
    /// Its name.
    pub name: &'a str,
    /// Time of its functions.
    pub time: u64,
    /// Bytes of its functions.
    pub self_size: u64,
}

/// What the two profiles together show at first sight.
#[derive(Clone, Copy, Debug)]
pub enum Insight<'r, 'a> {
    /// More than half of the time or of the memory, and not hidden.
    Dominant(&'r CategoryPair<'a>),
    /// Much memory beside little time.
    Hidden(&'r CategoryPair<'a>),
    /// Much of both.
    Both(&'r CategoryPair<'a>),
    /// Much time, and less memory.
    Time(&'r CategoryPair<'a>),
}

/// How far functions of the two profiles could be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Time of functions that allocate in the heap profile, of the time of all functions.
    pub time: Share,
    /// Bytes of functions that take time in the CPU profile, of all bytes.
    pub memory: Share,
    /// Functions that were found in both.
    pub functions: usize,
    /// Those of them whose line differs, and that were found by name and file.
    pub by_name: usize,
}

/// A heap profile beside a CPU profile.
#[derive(Debug)]
pub struct Correlation<'a> {
    cpu: &'a Cpu,
    aggregate: &'a Aggregate,
    total_size: u64,
    active: u64,
    times: Times,
    categories: Vec<CategoryPair<'a>>,
    packages: Vec<PackagePair<'a>>,
    functions: Vec<FunctionPair>,
}

/// All time by what it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// In functions.
    pub functions: u64,
    /// Outside JavaScript.
    pub program: u64,
    /// Collecting garbage.
    pub garbage_collector: u64,
    /// Doing nothing.
    pub idle: u64,
}

impl<'a> Correlation<'a> {
    /// Puts the profiles side by side. Both were classified by the same rules.
    pub(super) fn new(aggregate: &'a Aggregate, cpu: &'a Cpu) -> Self {
        let profile = &cpu.profile;
        let mut times = Times::default();
        for id in profile.frames.ids() {
            let part = match profile.role(id) {
                Role::Function => &mut times.functions,
                Role::Program => &mut times.program,
                Role::GarbageCollector => &mut times.garbage_collector,
                Role::Idle => &mut times.idle,
            };
            *part = part.saturating_add(profile.time(id));
        }
        let busy = Side::new(&profile.frames, function_times(profile));
        let heap = Side::beside(&aggregate.frames, sizes(aggregate), &busy);
        let mut functions = join(&heap, &busy);
        let rank = |pair: &FunctionPair| {
            let size = u128::from(pair.self_size) * u128::from(profile.total);
            (u128::from(pair.time) * u128::from(aggregate.total_size)).saturating_add(size)
        };
        functions.sort_unstable_by(|a, b| {
            rank(b).cmp(&rank(a)).then_with(|| aggregate.frames.compare(a.heap, b.heap)).then(a.cpu.cmp(&b.cpu))
        });
        let active = profile.total.saturating_sub(times.idle);
        Self {
            cpu,
            aggregate,
            total_size: aggregate.total_size,
            active,
            times,
            categories: categories(aggregate, profile, active),
            packages: packages(aggregate, profile),
            functions,
        }
    }

    /// The CPU profile's file.
    pub fn name(&self) -> &'a str {
        &self.cpu.name
    }

    /// The CPU profile.
    pub fn profile(&self) -> &'a CpuProfile {
        &self.cpu.profile
    }

    /// All time by what it was.
    pub fn times(&self) -> Times {
        self.times
    }

    /// Time that is not idle.
    pub fn active(&self) -> u64 {
        self.active
    }

    /// `time` as a share of all time.
    pub fn share(&self, time: u64) -> Share {
        Share::of(time, self.cpu.profile.total)
    }

    /// `time` as a share of active time.
    pub fn active_share(&self, time: u64) -> Share {
        Share::of(time, self.active)
    }

    /// `bytes` as a share of the heap profile.
    pub fn memory_share(&self, bytes: u64) -> Share {
        Share::of(bytes, self.total_size)
    }

    /// How much of all time goes into collecting garbage.
    pub fn memory_pressure(&self) -> Priority {
        self.share(self.times.garbage_collector).priority()
    }

    /// Categories with bytes or time, those with the most bytes first.
    pub fn categories(&self) -> &[CategoryPair<'a>] {
        &self.categories
    }

    /// Packages with bytes or time, those with the most time first.
    pub fn packages(&self) -> &[PackagePair<'a>] {
        &self.packages
    }

    /// Functions with bytes and time, by the sum of both shares.
    pub fn functions(&self) -> &[FunctionPair] {
        &self.functions
    }

    /// How far functions could be joined.
    pub fn coverage(&self) -> Coverage {
        let sum = |part: fn(&FunctionPair) -> u64| {
            self.functions.iter().fold(0_u64, |sum, pair| sum.saturating_add(part(pair)))
        };
        Coverage {
            time: Share::of(sum(|pair| pair.time), self.times.functions),
            memory: Share::of(sum(|pair| pair.self_size), self.total_size),
            functions: self.functions.len(),
            by_name: self.functions.iter().filter(|pair| !pair.same_line).count(),
        }
    }

    /// Whether both profiles have code of the application or of packages, but no function of it in common: they may be of two programs.
    pub fn has_nothing_in_common(&self) -> bool {
        let (heap, cpu) = (&self.aggregate.frames, &self.cpu.profile.frames);
        let is_own = |frames: &CallFrameTable, id: FrameId| {
            matches!(frames.get(id).kind, FrameKind::App | FrameKind::Dependency | FrameKind::Unknown)
        };
        sizes(self.aggregate).any(|(id, size)| size > 0 && is_own(heap, id))
            && function_times(&self.cpu.profile).any(|(id, time)| time > 0 && is_own(cpu, id))
            && !self.functions.iter().any(|pair| is_own(heap, pair.heap))
    }

    /// What to work on, the most rewarding first: what has more than half of the time or of the memory, then what is high in both, in memory, in
    /// time, then the rest that is not low in both. What is Node's or V8's own works for its callers: it is there where it is high.
    pub fn order_of_work(&self) -> Vec<&CategoryPair<'a>> {
        let mut rows: Vec<&CategoryPair<'a>> = self.categories.iter().filter(|row| row.is_task()).collect();
        let class = |row: &CategoryPair<'_>| match (row.cpu_level, row.memory_level) {
            _ if row.dominates() => 0,
            (Priority::High, memory) if memory.is_high() => 1,
            (_, memory) if memory.is_high() => 2,
            (Priority::High, _) => 3,
            _ => 4,
        };
        let (whole_time, whole_size) = (u128::from(self.cpu.profile.total), u128::from(self.total_size));
        // In units that both shares have: they are added where both count.
        let weight = |row: &CategoryPair<'_>| {
            let (time, size) = (u128::from(row.time) * whole_size, u128::from(row.self_size) * whole_time);
            match class(row) {
                2 => size,
                3 => time,
                _ => time.saturating_add(size),
            }
        };
        rows.sort_by(|a, b| class(a).cmp(&class(b)).then_with(|| weight(b).cmp(&weight(a))));
        rows
    }

    /// The packages that take most of a category that is no theme of its own, so that its name says nothing, and of one that dominates; none of
    /// any other category, and no natives, whose name says nothing either.
    pub fn packages_of(&self, row: &CategoryPair<'a>) -> Vec<&'a str> {
        if row.category.id != NO_THEME && !row.dominates() {
            return Vec::new();
        }
        let (aggregate, profile) = (self.aggregate, &self.cpu.profile);
        let is_in =
            |id: CategoryId| aggregate.categories.get(usize::from(id.0)).is_some_and(|c| c.id == row.category.id);
        let mut sums: HashMap<&'a str, u128> = HashMap::new();
        let mut add = |frames: &'a CallFrameTable, id: FrameId, weight: u128| {
            let frame = frames.get(id);
            if is_in(frame.category) && frame.kind != FrameKind::Native && weight > 0 {
                *sums.entry(frames.text(frames.package(frame.package).name)).or_default() += weight;
            }
        };
        for (id, size) in sizes(aggregate) {
            add(&aggregate.frames, id, u128::from(size) * u128::from(profile.total));
        }
        for (id, time) in function_times(profile) {
            add(&profile.frames, id, u128::from(time) * u128::from(self.total_size));
        }
        let mut names: Vec<_> = sums.into_iter().collect();
        names.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        names.into_iter().take(NAMED).map(|(name, _)| name).collect()
    }

    /// What the two profiles together show at first sight: what dominates, then what a CPU profile would not have shown, else what is to be
    /// worked on first; empty where nothing that could be changed stands out.
    pub fn insights(&self) -> Vec<Insight<'_, 'a>> {
        let order = self.order_of_work();
        let is_hidden = |row: &CategoryPair<'_>| row.is_workable && row.is_hidden();
        let dominating = order.iter().take_while(|row| row.dominates());
        let mut insights: Vec<Insight<'_, 'a>> =
            dominating.map(|&row| if is_hidden(row) { Insight::Hidden(row) } else { Insight::Dominant(row) }).collect();
        let hidden = self.categories.iter().find(|row| is_hidden(row)).filter(|row| !row.dominates());
        insights.extend(hidden.map(Insight::Hidden));
        if let (true, Some(&row)) = (insights.is_empty(), order.iter().find(|row| row.is_workable)) {
            insights.extend(match (row.cpu_level, row.memory_level) {
                (Priority::High, memory) if memory.is_high() => Some(Insight::Both(row)),
                (_, memory) if memory.is_high() => Some(Insight::Hidden(row)),
                (Priority::High, _) => Some(Insight::Time(row)),
                _ => None,
            });
        }
        insights
    }
}

fn sizes(aggregate: &Aggregate) -> impl Iterator<Item = (FrameId, u64)> {
    aggregate.frames.ids().zip(aggregate.by_frame.iter().map(|sums| sums.self_size))
}

/// The frames of a CPU profile that are functions, and their times.
fn function_times(profile: &CpuProfile) -> impl Iterator<Item = (FrameId, u64)> {
    let functions = profile.frames.ids().filter(|&id| profile.role(id) == Role::Function);
    functions.map(|id| (id, profile.time(id)))
}

fn categories<'a>(aggregate: &'a Aggregate, profile: &CpuProfile, active: u64) -> Vec<CategoryPair<'a>> {
    /// What a category took, and how much of it is code that somebody can change.
    #[derive(Clone, Copy, Default)]
    struct Sum {
        all: u64,
        own: u64,
        native: u64,
    }
    impl Sum {
        fn add(&mut self, amount: u64, kind: FrameKind) {
            let is_own = matches!(kind, FrameKind::App | FrameKind::Dependency | FrameKind::Unknown);
            self.all = self.all.saturating_add(amount);
            self.own = self.own.saturating_add(if is_own { amount } else { 0 });
            self.native = self.native.saturating_add(if kind == FrameKind::Native { amount } else { 0 });
        }
    }

    let mut sums = vec![(Sum::default(), Sum::default()); aggregate.categories.len()];
    for (id, size) in sizes(aggregate) {
        let frame = aggregate.frames.get(id);
        sums[usize::from(frame.category.0)].0.add(size, frame.kind);
    }
    for (id, time) in function_times(profile) {
        let frame = profile.frames.get(id);
        if let Some((_, sum)) = sums.get_mut(usize::from(frame.category.0)) {
            sum.add(time, frame.kind);
        }
    }
    let row = |(category, (size, time)): (&'a Category, (Sum, Sum))| {
        let (cpu_share, memory_share) = (Share::of(time.all, profile.total), Share::of(size.all, aggregate.total_size));
        let deciding = if size.all > 0 { size } else { time };
        CategoryPair {
            category,
            self_size: size.all,
            time: time.all,
            cpu_share,
            active_share: Share::of(time.all, active),
            memory_share,
            cpu_level: cpu_share.priority(),
            memory_level: MemoryLevel::of(memory_share),
            is_workable: Share::of(deciding.own, deciding.all).is_majority(),
            is_native: Share::of(deciding.native, deciding.all).is_majority(),
        }
    };
    let mut rows: Vec<CategoryPair<'a>> = aggregate.categories.iter().zip(sums).map(row).collect();
    rows.retain(|row| row.self_size > 0 || row.time > 0);
    rows.sort_by(|a, b| {
        let (left, right) = ((a.self_size, a.time), (b.self_size, b.time));
        right.cmp(&left).then_with(|| (&a.category.name, &a.category.id).cmp(&(&b.category.name, &b.category.id)))
    });
    rows
}

fn packages<'a>(aggregate: &'a Aggregate, profile: &'a CpuProfile) -> Vec<PackagePair<'a>> {
    let mut sums: HashMap<&'a str, (u64, u64)> = HashMap::new();
    for (id, size) in sizes(aggregate) {
        let package = aggregate.frames.package(aggregate.frames.get(id).package);
        let sum = &mut sums.entry(aggregate.frames.text(package.name)).or_default().1;
        *sum = sum.saturating_add(size);
    }
    for (id, time) in function_times(profile) {
        let package = profile.frames.package(profile.frames.get(id).package);
        let sum = &mut sums.entry(profile.frames.text(package.name)).or_default().0;
        *sum = sum.saturating_add(time);
    }
    let rows = sums.into_iter().map(|(name, (time, self_size))| PackagePair { name, time, self_size });
    let mut rows: Vec<_> = rows.filter(|row| row.time > 0 || row.self_size > 0).collect();
    rows.sort_unstable_by(|a, b| (b.time, b.self_size).cmp(&(a.time, a.self_size)).then_with(|| a.name.cmp(b.name)));
    rows
}

#[cfg(test)]
mod tests;
