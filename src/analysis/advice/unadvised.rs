//! What no recommendation speaks of, where that is most of a profile: whose it is, and which function of the application asks for it.

use hashbrown::HashMap;

use super::super::breakdown::package_key;
use super::super::instrument::is_instrument;
use super::super::report::Report;
use super::super::rows::Summed;
use super::super::share::Share;
use super::callers::Callers;
use super::plan::TRIFLE;
use super::program::Program;
use super::start::is_start;
use super::told::Told;
use crate::profile::{Aggregate, FrameId, FrameKind, PackageId};

/// The part of a profile that nobody has a word for: more than half of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unadvised<'a> {
    /// Its bytes.
    pub size: u64,
    /// The package with most of them, natives that work for it included, and these; none where they are the engine's. Node's own modules are one: the largest stands for all.
    pub package: Option<(PackageId, u64)>,
    /// Whether that is Node's own code, and most of the profile what is loaded as Node starts.
    pub is_start: bool,
    /// Whether most of what code without a url makes is of scripts that were unloaded.
    pub is_unloaded: bool,
    /// The application's function that more than half of that package is allocated for: the nearest one above.
    pub caused_by: Option<FrameId>,
    /// Where there is none, or the stacks do not tell it: what to begin with.
    pub largest: Option<Largest>,
    /// That package, where it is likely the program itself.
    pub program: Option<Program<'a>>,
    /// Whether that package has most of all that nobody has a word for, and that function asks for most of it.
    pub is_of_one: bool,
}

/// The largest function of the package that has most of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Largest {
    /// The function.
    pub function: FrameId,
    /// The function of another package that its heaviest stack comes from, on its way into that of the function.
    pub asked_by: Option<FrameId>,
}

impl<'a> Unadvised<'a> {
    /// What is left besides what is `told` of; nothing where that is not the greater part, or only some KB or samples.
    pub(super) fn new(report: &Report<'a>, callers: &Callers, told: &Told) -> Option<Self> {
        let aggregate = report.aggregate();
        let frames = &aggregate.frames;
        let left = |id: &FrameId| !told.has(*id);
        let mut sizes: Vec<u64> = aggregate.by_frame.iter().map(|sums| sums.actionable_size).collect();
        for (number, (_, whose)) in callers.stacks(report).enumerate() {
            if let Some(id) = whose {
                let size = &mut sizes[id.0 as usize];
                *size = size.saturating_sub(told.below(number));
            }
        }
        let size_of = |id: FrameId| sizes[id.0 as usize];
        let size = frames.ids().filter(left).map(size_of).sum();
        let is_little = size < TRIFLE || report.sampling().rests_on_hardly_any(size);
        if is_little || !Share::of(size, report.total_size()).is_majority() {
            return None;
        }
        let mut by_package = vec![0; aggregate.by_package.len()];
        for id in frames.ids().filter(left) {
            by_package[frames.get(id).package.0 as usize] += size_of(id);
        }
        let largest = |by_package: &[u64], is_wanted: &dyn Fn(FrameKind) -> bool| {
            let size = |id: PackageId| by_package[id.0 as usize];
            let ids = frames.package_ids().filter(|&id| size(id) > 0 && is_wanted(frames.package(id).kind));
            ids.min_by(|&a, &b| {
                size(b).cmp(&size(a)).then_with(|| package_key(aggregate, a).cmp(&package_key(aggregate, b)))
            })
        };
        // Node's code is in many modules.
        let is_core = |kind: FrameKind| kind == FrameKind::Core;
        if let Some(core) = largest(&by_package, &is_core) {
            let modules = frames.package_ids().filter(|&id| is_core(frames.package(id).kind));
            by_package[core.0 as usize] = modules.map(|id| std::mem::take(&mut by_package[id.0 as usize])).sum();
        }
        let is_somebodys = |kind: FrameKind| !matches!(kind, FrameKind::Native | FrameKind::Unknown);
        let package = largest(&by_package, &is_somebodys).map(|id| (id, by_package[id.0 as usize]));
        let is_of = |id: PackageId, other: PackageId| match is_core(frames.package(id).kind) {
            true => is_core(frames.package(other).kind),
            false => other == id,
        };
        let cause = package.and_then(|(id, _)| asker(report, |other| is_of(id, other)));
        // What Node itself makes may be another's: a server's that waits beside the one who asks.
        let is_package = |id: PackageId| frames.package(id).kind == FrameKind::Dependency;
        let is_of_one =
            cause.is_some() && package.is_some_and(|(id, part)| is_package(id) && Share::of(part, size).is_majority());
        let largest = package.filter(|_| cause.is_none()).and_then(|(id, _)| {
            // What captures is nothing to begin with.
            let is_of_it = |frame: &FrameId| is_of(id, frames.get(*frame).package) && !is_instrument(frames, *frame);
            Largest::of(report, callers, frames.ids().filter(left).filter(is_of_it))
        });
        let program = package.filter(|&(id, _)| is_package(id)).zip(largest);
        let program = program.and_then(|((id, _), largest)| Program::of(report, id, largest.function));
        let is_start = package.is_some_and(|(id, _)| is_core(frames.package(id).kind)) && is_start(report);
        let (is_unloaded, caused_by) = (is_unloaded(aggregate), cause);
        Some(Self { size, package, is_start, is_unloaded, caused_by, largest, program, is_of_one })
    }
}

fn is_unloaded(Aggregate { frames, by_frame, .. }: &Aggregate) -> bool {
    let (mut unloaded, mut whole) = (0, 0);
    for id in frames.ids().filter(|&id| frames.get(id).kind == FrameKind::Generated) {
        let size = by_frame[id.0 as usize].self_size;
        whole += size;
        unloaded += if frames.line(id).is_none() { size } else { 0 };
    }
    Share::of(unloaded, whole).is_majority()
}

/// The application's function that more than half of what these packages make is allocated for, as far as stacks have one at all: behind an `await`, and for what comes from outside, they have none.
fn asker(report: &Report<'_>, is_one: impl Fn(PackageId) -> bool) -> Option<FrameId> {
    let aggregate = report.aggregate();
    let frames = &aggregate.frames;
    let (mut whole, mut by_asker) = (0_u64, HashMap::<FrameId, u64>::new());
    for id in frames.package_ids().filter(|&id| is_one(id)) {
        whole = whole.saturating_add(aggregate.by_package[id.0 as usize].self_size);
        if let Some(cause) = aggregate.package_causes.get(id.0 as usize).copied().flatten() {
            *by_asker.entry(cause.frame).or_default() += cause.self_size;
        }
    }
    // At most one has more than half.
    let is_asker =
        |&(id, size): &(FrameId, u64)| frames.get(id).kind == FrameKind::App && Share::of(size, whole).is_majority();
    by_asker.into_iter().find(is_asker).map(|(id, _)| id)
}

impl Largest {
    /// The largest of these functions.
    fn of(report: &Report<'_>, callers: &Callers, functions: impl Iterator<Item = FrameId>) -> Option<Self> {
        let aggregate = report.aggregate();
        let frames = &aggregate.frames;
        let size = |id: FrameId| id.sums(aggregate).actionable_size;
        // Ids differ from run to run.
        let function = functions.max_by(|&a, &b| size(a).cmp(&size(b)).then_with(|| frames.compare(b, a)))?;
        let heaviest = callers.stacks(report).find(|(_, whose)| *whose == Some(function));
        let asked_by = heaviest.and_then(|(stack, _)| {
            let package = frames.get(function).package;
            let outermost = stack.frames.iter().position(|&id| frames.get(id).package == package)?;
            let mut outside = stack.frames[..outermost].iter().rev().copied();
            outside.find(|&id| frames.get(id).kind == FrameKind::Dependency)
        });
        Some(Self { function, asked_by })
    }
}
