//! The program itself, where it is a package: what npx runs, or was installed for the whole machine. Nothing of it counts as the application's, unless that is asked for.

use super::super::address::package_folder;
use super::super::doctor::main_script;
use super::super::report::Report;
use super::super::rows::Summed;
use super::super::share::Share;
use crate::profile::{FrameId, FrameKind, PackageId, Platform};

/// A package that is the program, or may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program<'a> {
    /// Its folder, as urls have it: the prefix by which its code is taken for the application's.
    pub folder: &'a str,
    /// Whether the stacks tell that Node was started with a script of it.
    pub is_started: bool,
}

/// Whether more than hardly anything is made at or below an application. What is loaded before the program may be somebody's own (`node --require`).
pub(super) fn has_application(report: &Report<'_>) -> bool {
    /// Part of the profile, in percent, that is hardly anything.
    const HARDLY: u64 = 2;
    below(report, FrameKind::App).in_units_of(100) >= HARDLY
}

/// Whether call frames of the application are of sources that were compiled.
pub(super) fn has_sources(report: &Report<'_>) -> bool {
    let mut frames = report.aggregate().frames.all().iter();
    frames.any(|frame| frame.kind == FrameKind::App && frame.signs.is_of_source())
}

/// What is made at or below code of this kind.
fn below(report: &Report<'_>, kind: FrameKind) -> Share {
    let aggregate = report.aggregate();
    let ids = aggregate.frames.package_ids().filter(|&id| aggregate.frames.package(id).kind == kind);
    Share::of(ids.map(|id| id.sums(aggregate).total_size).max().unwrap_or(0), report.total_size())
}

impl<'a> Program<'a> {
    /// The package with most of what nobody has a word for, one of whose functions this is: where it has most of the profile at or below it, hardly anything is made
    /// for an application, and none was started.
    pub(super) fn of(report: &Report<'a>, package: PackageId, function: FrameId) -> Option<Self> {
        let aggregate = report.aggregate();
        let frames = &aggregate.frames;
        // A script of one's own that was unloaded has no url either.
        let is_unloaded = || below(report, FrameKind::Generated).is_majority();
        let is_most = Share::of(package.sums(aggregate).total_size, report.total_size()).is_majority();
        if report.platform() != Platform::Node || has_application(report) || !is_most || is_unloaded() {
            return None;
        }
        let main = main_script(report).map(|id| frames.get(id));
        if main.is_some_and(|main| main.kind == FrameKind::App) {
            return None;
        }
        let (url, name) = (frames.text(frames.get(function).url), frames.text(frames.package(package).name));
        let is_started = main.is_some_and(|main| main.package == package);
        Some(Self { folder: package_folder(url, name)?, is_started })
    }
}
