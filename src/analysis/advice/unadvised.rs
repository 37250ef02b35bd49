//! What no recommendation speaks of, where that is most of a profile: whose it is, and which function of the application asks for it.

use super::super::breakdown::package_key;
use super::super::report::Report;
use super::super::rows::Summed;
use super::super::share::Share;
use super::callers::Callers;
use super::plan::TRIFLE;
use super::program::Program;
use super::start::is_start;
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
    /// The application's function that most of that package is allocated for: the nearest one above.
    pub caused_by: Option<FrameId>,
    /// Where no such function is known: what to begin with.
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
    /// What is left besides the functions that are `told` of; nothing where that is not the greater part, or only some KB or samples.
    pub(super) fn new(report: &Report<'a>, callers: &Callers, told: &[bool]) -> Option<Self> {
        let aggregate = report.aggregate();
        let frames = &aggregate.frames;
        let left = |id: &FrameId| !told[id.0 as usize];
        let size_of = |id: FrameId| aggregate.by_frame[id.0 as usize].actionable_size;
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
        let cause = package.and_then(|(id, _)| aggregate.package_causes.get(id.0 as usize).copied().flatten());
        let is_app = |id: &FrameId| frames.get(*id).kind == FrameKind::App;
        let cause = cause.filter(|cause| is_app(&cause.frame));
        let is_of_one = package.zip(cause).is_some_and(|((id, part), cause)| {
            let own = aggregate.by_package[id.0 as usize].self_size;
            // What Node itself makes may be another's: a server's that waits beside the one who asks.
            let is_package = frames.package(id).kind == FrameKind::Dependency;
            is_package && Share::of(part, size).is_majority() && Share::of(cause.self_size, own).is_majority()
        });
        let largest = package.filter(|_| cause.is_none()).and_then(|(id, _)| {
            let kind = frames.package(id).kind;
            let is_of_it = |frame: FrameId| match is_core(kind) {
                true => is_core(frames.get(frame).kind),
                false => frames.get(frame).package == id,
            };
            Largest::of(report, callers, frames.ids().filter(left).filter(|&frame| is_of_it(frame)))
        });
        let is_package = |&(id, _): &(PackageId, u64)| frames.package(id).kind == FrameKind::Dependency;
        let program = package.filter(is_package).zip(largest);
        let program = program.and_then(|((id, _), largest)| Program::of(report, id, largest.function));
        let is_start = package.is_some_and(|(id, _)| is_core(frames.package(id).kind)) && is_start(report);
        let (is_unloaded, caused_by) = (is_unloaded(aggregate), cause.map(|cause| cause.frame));
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
