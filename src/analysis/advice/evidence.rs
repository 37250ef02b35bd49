//! What a recommendation speaks of: functions, their package, the stacks that lead to them.

use std::collections::HashMap;

use super::super::breakdown::package_key;
use super::super::report::Report;
use super::super::rows::{CategoryRow, Summed};
use super::super::share::Share;
use crate::profile::{CallFrameTable, CausedBy, FrameId, HeavyStack, PackageId};
use crate::rules::{Recommendation, Subject};

/// Functions that are named.
const NAMED: usize = 3;

/// The part of a category that a rule speaks of.
pub(super) struct Matched<'a> {
    pub(super) rule: &'a Recommendation,
    /// Places in the list of the category's functions.
    pub(super) places: Vec<usize>,
    pub(super) size: u64,
}

/// What a recommendation is founded on.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    /// The largest functions that it speaks of, the largest first.
    pub functions: Vec<FrameId>,
    /// All functions with bytes that it speaks of.
    pub function_count: usize,
    /// The package with most of its bytes.
    pub package: Option<PackageId>,
    /// The heaviest stack that leads to one of its functions, of those that are known.
    pub stack: Option<&'a HeavyStack>,
    /// The application's function that more than half of its bytes are allocated for: the nearest one above.
    pub caused_by: Option<FrameId>,
}

fn subject(frames: &CallFrameTable, id: FrameId) -> Subject<'_> {
    let frame = frames.get(id);
    Subject {
        kind: frame.kind,
        package: frames.text(frames.package(frame.package).name),
        url: frames.text(frame.url),
        function: frames.text(frame.function),
    }
}

impl<'a> Matched<'a> {
    /// What a rule speaks of; nothing where that is too little.
    pub(super) fn find(report: &Report<'a>, row: &CategoryRow<'a>, rule: &'a Recommendation) -> Option<Self> {
        let (aggregate, total) = (report.aggregate(), report.total_size());
        if !rule.is_worth_it(row.sums.self_size, total) {
            return None;
        }
        let (mut places, mut size) = (Vec::new(), 0);
        for (place, id) in report.with_bytes(report.functions_of(row)).iter().enumerate() {
            if rule.fits(&subject(&aggregate.frames, *id)) {
                places.push(place);
                size += id.sums(aggregate).self_size;
            }
        }
        rule.is_worth_it(size, total).then_some(Self { rule, places, size })
    }

    /// What it is founded on.
    pub(super) fn evidence(&self, report: &Report<'a>, row: &CategoryRow<'a>) -> Evidence<'a> {
        let (functions, known) = (report.functions_of(row), &report.aggregate().stacks);
        let package = self.package(report, functions);
        let of_package = package.and_then(|(id, part)| {
            let cause = report.aggregate().package_causes.get(id.0 as usize).copied().flatten();
            self.caused_by(cause, id.sums(report.aggregate()).self_size, part, functions)
        });
        Evidence {
            functions: self.places.iter().take(NAMED).map(|&place| functions[place]).collect(),
            function_count: self.places.len(),
            package: package.map(|(id, _)| id),
            stack: known.iter().chain(report.stack_of(row.id)).find(|stack| self.leads_here(report, stack)),
            caused_by: of_package.or_else(|| self.caused_by(row.caused_by, row.sums.self_size, self.size, functions)),
        }
    }

    /// The package with most of its bytes, and these.
    fn package(&self, report: &Report<'a>, functions: &[FrameId]) -> Option<(PackageId, u64)> {
        let aggregate = report.aggregate();
        let mut sums: HashMap<PackageId, u64> = HashMap::new();
        for &place in &self.places {
            let id = functions[place];
            *sums.entry(aggregate.frames.get(id).package).or_default() += id.sums(aggregate).self_size;
        }
        sums.into_iter()
            .min_by(|a, b| b.1.cmp(&a.1).then_with(|| package_key(aggregate, a.0).cmp(&package_key(aggregate, b.0))))
    }

    fn leads_here(&self, report: &Report<'a>, stack: &HeavyStack) -> bool {
        let frames = &report.aggregate().frames;
        stack
            .frames
            .last()
            .is_some_and(|&id| frames.get(id).category == self.rule.category && self.rule.fits(&subject(frames, id)))
    }

    /// The cause of most bytes of `whole`, a package or a category with `part` bytes that the rule speaks of: if it is that of more than half of all these bytes
    /// even where the rest of the whole comes from it too.
    fn caused_by(&self, cause: Option<CausedBy>, whole: u64, part: u64, functions: &[FrameId]) -> Option<FrameId> {
        let CausedBy { frame, self_size } = cause?;
        let least = self_size.saturating_sub(whole - part);
        // What allocates did not cause itself.
        let is_another = self.places.iter().all(|&place| functions[place] != frame);
        (is_another && Share::of(least, self.size).is_majority()).then_some(frame)
    }
}
