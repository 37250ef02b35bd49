//! Which pieces of a recommendation's advice a profile asks for: those about functions that are there, the largest first, and those about what stands
//! around the largest of them.

use std::cmp::Reverse;

use hashbrown::HashMap;

use super::super::report::Report;
use super::super::rows::Summed;
use super::super::share::Share;
use super::answers::Answers;
use super::callers::Callers;
use super::evidence::{Matched, NAMED};
use super::savings::{WHOLE, millionths};
use crate::profile::FrameId;
use crate::rules::{AdviceItem, AnyOf, Occasion};

/// What part of the profile its functions must have, in parts of a hundred, for what the whole shows to be theirs.
const NEARLY_ALL: u64 = 75;

/// What is told of a profile by all pieces of advice of a recommendation, which speaks of these functions, the largest first.
pub(super) struct Occasions<'r, 'a> {
    pub(super) report: &'r Report<'a>,
    pub(super) callers: &'r Callers,
    /// Places in the list of functions.
    pub(super) matched: &'r Matched<'a>,
    pub(super) functions: &'r [FrameId],
    pub(super) answers: &'r mut Answers,
}

/// What stands directly inside and outside of the largest functions, with the bytes of these stacks.
#[derive(Default)]
struct Around {
    callees: HashMap<FrameId, u64>,
    callers: HashMap<FrameId, u64>,
}

impl<'a> Occasions<'_, 'a> {
    /// The pieces of advice that are told, in their order. Those that have an occasion stand where the first of them does, the one about most bytes first.
    pub(super) fn told(mut self) -> Vec<&'a AdviceItem> {
        let items = self.matched.rule.advice_for(self.report.platform());
        let mut around = None;
        let mut told: Vec<(Option<u64>, &'a AdviceItem)> = Vec::new();
        for item in items {
            match item.occasion.is_asked() {
                false => told.push((None, item)),
                true => {
                    if let Some(bytes) = self.bytes(&item.occasion, &mut around) {
                        told.push((Some(bytes), item));
                    }
                }
            }
        }
        let first = told.iter().position(|(bytes, _)| bytes.is_some()).unwrap_or(told.len());
        // Behind that none keeps its place but those without one.
        told[first..].sort_by_key(|&(bytes, _)| Reverse(bytes));
        told.into_iter().map(|(_, item)| item).collect()
    }

    /// How many bytes an occasion is about; nothing where it is not there.
    fn bytes(&mut self, occasion: &Occasion, around: &mut Option<Around>) -> Option<u64> {
        let whole = self.matched.size;
        let least = u128::from(millionths(occasion.least));
        let is_part = |part: u64| part > 0 && u128::from(part) * u128::from(WHOLE) >= u128::from(whole) * least;
        let mut most = whole;
        if occasion.is_large {
            let is_nearly_all = Share::of(whole, self.report.total_size()).in_units_of(100) >= NEARLY_ALL;
            (is_nearly_all && self.report.has_large_objects()).then_some(())?;
        }
        if occasion.beside.is_asked() {
            self.answers.about(&occasion.beside).any(self.report).then_some(())?;
        }
        if occasion.part.is_asked() {
            let part = self.of_functions(&occasion.part);
            is_part(part).then_some(())?;
            most = most.min(part);
        }
        if occasion.unless_calls.is_asked() {
            let around = around.get_or_insert_with(|| self.around());
            let part = self.of_those(&around.callees, &occasion.unless_calls);
            (!is_part(part)).then_some(())?;
        }
        for (wanted, is_inside) in [(&occasion.calls, true), (&occasion.called_by, false)] {
            if wanted.is_asked() {
                let around = around.get_or_insert_with(|| self.around());
                let part = self.of_those(if is_inside { &around.callees } else { &around.callers }, wanted);
                is_part(part).then_some(())?;
                most = most.min(part);
            }
        }
        Some(most)
    }

    /// Bytes of the functions that are so.
    fn of_functions(&mut self, wanted: &AnyOf) -> u64 {
        let mut wanted = self.answers.about(wanted);
        let ids = self.matched.places.iter().map(|&place| self.functions[place]);
        let wanted = ids.filter(|&id| wanted.of(self.report, id));
        wanted.map(|id| id.sums(self.report.aggregate()).actionable_size).sum()
    }

    /// The bytes of those of these frames that are so.
    fn of_those(&mut self, sums: &HashMap<FrameId, u64>, wanted: &AnyOf) -> u64 {
        let mut wanted = self.answers.about(wanted);
        sums.iter().filter(|(id, _)| wanted.of(self.report, **id)).map(|(_, size)| size).sum()
    }

    fn around(&self) -> Around {
        let (stacks, mut around) = (self.report.known_stacks(), Around::default());
        let largest = self.matched.places.iter().take(NAMED).map(|&place| self.functions[place]);
        for place in largest.flat_map(|id| self.callers.standing().of(id)) {
            let (stack, at) = (&stacks[place.stack as usize], place.at as usize);
            if let Some(&callee) = stack.frames.get(at + 1) {
                *around.callees.entry(callee).or_default() += stack.self_size;
            }
            if let Some(&caller) = at.checked_sub(1).and_then(|at| stack.frames.get(at)) {
                *around.callers.entry(caller).or_default() += stack.self_size;
            }
        }
        around
    }
}
