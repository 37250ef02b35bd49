//! What differs between two profiles, or two groups of them, by more than two runs of one program do.
//!
//! * `matching` finds which rows of both sides are one (`lines`: of functions in a script; `elsewhere`: in another script than before; `folder`: where all have moved).
//! * `noise` says what two sizes may differ by without a change; `judge` names the rows that exceed it, and those whose bytes only moved (`callers`, `exchange`; between packages and categories `parts`, `balance`).
//! * `around` says what rows may differ by beside that, as an optimising compiler has put what is around them into one another.
//! * `renamed` tells functions whose names say nothing of which they were.
//! * `scale` is what shares are compared at; `rows` puts both to the rows of a table.
//! * `plain` calls a total that differs beyond all noise, though no row stands out; `callees` finds where a total has changed that no row shows, among those that `asked` asks.
//! * `order` is that of rows; `changes` tells a change once that is seen in several rows (`drafts`, `whole`, `within`); `rest` says what lists leave out, `soundness` what makes the comparison itself doubtful.

mod around;
mod asked;
mod balance;
mod callees;
mod callers;
mod changes;
mod drafts;
mod elsewhere;
mod exchange;
mod folder;
#[cfg(test)]
mod invariants;
mod judge;
mod lines;
mod matching;
mod noise;
mod order;
mod parts;
mod plain;
mod renamed;
mod rest;
mod rows;
mod scale;
mod soundness;
#[cfg(test)]
mod tests;
mod whole;
mod within;

use super::address;
use super::model::{Function, Warning};
use super::noise::LEVEL;
use super::panel::{Member, Panel, StackId, Table};
use super::significance::errors_for;
use crate::profile::{Category, FrameId, PackageId};

pub use changes::Change;
pub use judge::Verdict;
pub use rest::{Lighter, Rest};

use around::{Swing, Swings};
use asked::Asked;
use callers::Callers;
pub(super) use callers::NEAR;
use judge::{Near, judge};
use matching::Matching;
use noise::{Noise, Sizes};
use parts::{Exchanged, Parts};
use plain::Plain;
use renamed::Renamed;
use rows::Comparison;
use scale::Scale;

/// How two sides are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiffOptions {
    /// How many members of the panel, from the first, are the side before (all at most); the others are the side after.
    pub before: usize,
    /// Whether the side after is scaled to the total of the side before.
    pub normalise: bool,
}

/// One row of one of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// All bytes.
    Total,
    /// A function.
    Function(u32),
    /// A function together with all that it calls.
    WithCallees(u32),
    /// A stack.
    Stack(u32),
    /// A package, whatever its versions.
    Package(u32),
    /// A category.
    Category(u32),
}

/// The sizes of a row on both sides: of several files the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiffRow {
    /// Which row.
    pub subject: Subject,
    /// Bytes before.
    pub before: u64,
    /// Bytes after; scaled where that is wanted.
    pub after: u64,
    /// The standard error of the difference without a change, where it is known.
    pub standard_error: Option<u64>,
    /// What is said of it.
    pub verdict: Verdict,
}

impl DiffRow {
    /// Bytes after less those before.
    pub fn difference(&self) -> i128 {
        i128::from(self.after) - i128::from(self.before)
    }
}

/// Two sides, compared.
#[derive(Debug)]
pub struct Diff<'p> {
    panel: &'p Panel,
    options: DiffOptions,
    scale: Scale,
    matching: Matching,
    total: DiffRow,
    categories: Vec<DiffRow>,
    packages: Vec<DiffRow>,
    functions: Vec<DiffRow>,
    stacks: Vec<DiffRow>,
    changes: Vec<Change>,
    scatter: Option<f64>,
    warnings: Vec<Warning>,
}

impl<'p> Diff<'p> {
    /// Compares the members of a panel. Stacks are told of as far as each was read with [`STACKS`](super::panel::STACKS) of them.
    pub fn new(panel: &'p Panel, options: DiffOptions) -> Self {
        let before = options.before.min(panel.members().len());
        let options = DiffOptions { before, ..options };
        let matching = Matching::new(panel, before);
        let by_frame = panel.by_function();
        let functions = matching.functions.table(&by_frame, before);
        let scale = match options.normalise {
            true => Scale::of_shares(&panel.totals(), &functions, before),
            false => Scale::NONE,
        };
        let mut noise = Noise::new(panel.members(), before, scale.most);
        let renamed = Renamed::new(panel, before, &matching);
        let callers = Callers::new(panel, before, &matching.functions).with_replaced(renamed.replaced());
        let by_stack = matching.stacks.table(&panel.by_stack(), before);
        let paths: Vec<Vec<u32>> = (0..by_stack.len() as u32).map(|group| path(panel, &matching, group)).collect();
        let ends: Vec<Option<u32>> = paths.iter().map(|path| path.last().copied()).collect();
        let swings = noise.as_ref().map_or_else(Swings::default, |noise| {
            Swings::new(noise, panel, &matching, &functions, (&by_stack, &paths))
        });
        if let Some(noise) = &mut noise {
            let sizes: Vec<Sizes> = functions.rows().map(|row| noise.sizes(row)).collect();
            let verdicts = judge(noise, &sizes, &Near::Functions(&callers), &swings.functions);
            let is_known = |(row, verdict): (u32, Verdict)| verdict != Verdict::Moved && !renamed.is_rebuilt(row);
            let rows = sizes.iter().zip((0..).zip(verdicts)).filter(|&(_, told)| is_known(told));
            noise.learn(rows.map(|(sizes, _)| sizes));
        }
        let comparison = Comparison::new(noise, before, scale);
        let compare = |table: &Table, subject: fn(u32) -> Subject, near: &Near<'_>, swings: &[Swing]| {
            comparison.rows(table, subject, near, swings)
        };
        let mut total = compare(&panel.totals(), |_| Subject::Total, &Near::None, &swings.total)[0];
        let frames = panel.frames();
        let exchanged = |parts: Parts| {
            comparison.noise_of_most().map_or_else(Exchanged::default, |noise| parts.exchanged(noise, &callers))
        };
        let by_category = exchanged(Parts::new(&by_frame, before, &matching.functions, |_, id| {
            Some(u32::from(frames.get(id).category.0))
        }));
        let by_package = exchanged(Parts::new(&by_frame, before, &matching.functions, |side, id| {
            matching.packages.group(side, frames.get(id).package.0)
        }));
        let mut categories =
            compare(&panel.by_category(), Subject::Category, &Near::Classes(&by_category), &swings.categories);
        let packages = matching.packages.table(&panel.by_package(), before);
        let mut packages = compare(&packages, Subject::Package, &Near::Classes(&by_package), &swings.packages);
        let mut by_function = compare(&functions, Subject::Function, &Near::Functions(&callers), &swings.functions);
        let mut stacks = compare(&by_stack, Subject::Stack, &Near::Stacks(&paths), &swings.stacks);
        let is_replaced = |function| renamed.is_replaced(function);
        rows::agree((&mut stacks, &by_stack), (&mut by_function, &functions), &ends, is_replaced);
        let is_rebuilt = |row: &DiffRow| match row.subject {
            Subject::Function(function) | Subject::WithCallees(function) => renamed.is_rebuilt(function),
            Subject::Stack(stack) => paths[stack as usize].iter().any(|&function| renamed.is_rebuilt(function)),
            _ => false,
        };
        let of_names = stacks.iter_mut().chain(&mut by_function);
        of_names.filter(|row| is_rebuilt(row)).for_each(|row| row.verdict = Verdict::Unknown);
        let plain = comparison.noise().and_then(|noise| Plain::of(panel, before, &matching, noise, &total));
        if let Some(plain) = plain {
            total.verdict = Verdict::Changed;
            [&mut categories, &mut packages].into_iter().for_each(|rows| plain.call(rows));
            let of_names = by_function.iter_mut().chain(&mut stacks).filter(|row| !is_rebuilt(row));
            of_names.for_each(|row| plain.call(std::slice::from_mut(row)));
        }
        let mut diff = Self {
            panel,
            options,
            scale,
            matching,
            total,
            categories,
            packages,
            functions: by_function,
            stacks,
            changes: Vec::new(),
            scatter: comparison.scatter(),
            warnings: Vec::new(),
        };
        diff.sort();
        let asked =
            Asked { diff: &diff, comparison: &comparison, stacks: (&by_stack, &paths), plain, is_rebuilt: &is_rebuilt };
        diff.changes = changes::told_once(&diff, &callers, |least| asked.innermost(least));
        diff.warnings = soundness::warnings(&diff, renamed.has_rebuilt(), &swings.iterators);
        diff
    }

    /// The files of both sides.
    pub fn sides(&self) -> [&'p [Member]; 2] {
        let (before, after) = self.panel.members().split_at(self.options.before);
        [before, after]
    }

    /// What sizes after are multiplied with, where they are scaled to the total of the side before.
    pub fn factor(&self) -> Option<f64> {
        self.options.normalise.then_some(self.scale.shares)
    }

    /// All bytes.
    pub fn total(&self) -> &DiffRow {
        &self.total
    }

    /// Categories that have bytes on a side; changes first, then the largest difference.
    pub fn categories(&self) -> &[DiffRow] {
        &self.categories
    }

    /// Packages, likewise.
    pub fn packages(&self) -> &[DiffRow] {
        &self.packages
    }

    /// Functions, likewise.
    pub fn functions(&self) -> &[DiffRow] {
        &self.functions
    }

    /// Stacks, likewise; of each file the heaviest are known.
    pub fn stacks(&self) -> &[DiffRow] {
        &self.stacks
    }

    /// What has changed; the largest first.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// By how much more most functions differ than sampling explains, where that is so much that hardly any stands out.
    pub fn scatter(&self) -> Option<f64> {
        self.scatter
    }

    /// What makes the comparison doubtful.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// A category.
    pub fn category(&self, row: u32) -> &'p Category {
        &self.panel.categories()[row as usize]
    }

    /// The name of a package.
    pub fn package(&self, row: u32) -> &'p str {
        let frames = self.panel.frames();
        let packages = &self.matching.packages;
        let id = packages.rows(row, 1).first().or(packages.rows(row, 0).first());
        id.map_or("", |&id| frames.text(frames.package(PackageId(id)).name))
    }

    /// The versions of a package before and after, as far as its urls tell them.
    pub fn versions(&self, row: u32) -> [Vec<&'p str>; 2] {
        let frames = self.panel.frames();
        [0, 1].map(|side| {
            let ids = self.matching.packages.rows(row, side).iter().map(|&id| frames.package(PackageId(id)));
            let mut versions: Vec<&str> = ids.filter_map(|package| Some(frames.text(package.version?))).collect();
            versions.sort_unstable();
            versions.dedup();
            versions
        })
    }

    /// The function of a row: as it is after, where it is there.
    pub fn function(&self, row: u32) -> Function<'p> {
        self.call_frame(self.frame(row))
    }

    /// Where a function was before, if it is elsewhere now.
    pub fn moved_from(&self, row: u32) -> Option<Function<'p>> {
        let before = self.matching.functions.rows(row, 0).first()?;
        let after = self.matching.functions.rows(row, 1).first()?;
        (before != after).then(|| self.call_frame(FrameId(*before)))
    }

    /// Whether a function is in another file than before; the same file of another build, or in another folder, is no other.
    pub fn is_in_another_file(&self, row: u32) -> bool {
        let file = |url: &str| {
            let path = address::without_hashes(url);
            path.rsplit('/').next().unwrap_or_default().to_owned()
        };
        self.moved_from(row).is_some_and(|before| file(before.url) != file(self.function(row).url))
    }

    /// By how many standard errors a package must differ to be more than noise where the spread of several files counts, and the degrees of freedom that those leave.
    pub fn errors_needed(&self) -> Option<(f64, usize)> {
        let freedom = self.panel.members().len().checked_sub(2).filter(|&freedom| freedom > 0)?;
        let level = LEVEL / self.packages.len().max(1) as f64;
        Some((errors_for(level, freedom as f64), freedom))
    }

    /// How many functions of one script a row holds, as nothing tells which are the same: most often one.
    pub fn functions_in(&self, row: u32) -> usize {
        [0, 1].map(|side| self.matching.functions.rows(row, side).len()).into_iter().max().unwrap_or(0)
    }

    /// The frames of a stack, from below the root to the allocating function; as they are after, where they are there.
    pub fn stack(&self, row: u32) -> &'p [FrameId] {
        let stacks = &self.matching.stacks;
        let id = stacks.rows(row, 1).first().or(stacks.rows(row, 0).first());
        id.map_or(&[], |&id| self.panel.stack(StackId(id)))
    }

    /// A call frame of a stack.
    pub fn call_frame(&self, id: FrameId) -> Function<'p> {
        self.panel.function(id)
    }

    /// The functions of a row that is a stack, from the outermost.
    fn path(&self, row: &DiffRow) -> Vec<u32> {
        match row.subject {
            Subject::Stack(stack) => path(self.panel, &self.matching, stack),
            _ => Vec::new(),
        }
    }

    /// The first frame of a row, after where it is there.
    fn frame(&self, row: u32) -> FrameId {
        let functions = &self.matching.functions;
        FrameId(functions.rows(row, 1).first().or(functions.rows(row, 0).first()).copied().unwrap_or(0))
    }
}

/// The functions of a stack, from the outermost.
fn path(panel: &Panel, Matching { functions, stacks, .. }: &Matching, group: u32) -> Vec<u32> {
    let on = |side: usize| stacks.rows(group, side).first().map(|&stack| (side, StackId(stack)));
    let Some((side, stack)) = on(1).or_else(|| on(0)) else { return Vec::new() };
    panel.stack(stack).iter().filter_map(|&FrameId(id)| functions.group(side, id)).collect()
}
