//! Bytes that a suspect has only taken over from what shrinks, along one session.
//!
//! V8 names bytes by the function that it inlined another one into, and by the inner one again once it deoptimises. So on a stack that holds a level number of objects, such as a ring or a
//! cache that is full, one row grows while these are made anew, and another one shrinks; and what is loaded at the start and replaced piece by piece does the same. That is no leak: one keeps
//! more and more, so what grows and what shrinks together grow, too.
//!
//! A suspect is no suspect where, in one of the places that its bytes may have come from,
//!
//! 1. there is evidence of an exchange: what else is there loses between half and twice of what the suspect gains, and does so when the suspect gains it;
//! 2. both together do not grow.
//!
//! The places are the stacks that differ from those of the suspect by left-out frames alone, as inlining leaves them out; each caller of the stack that holds, with all that it calls; and all of the
//! heap. Of the first a fall beyond sampling that is not made up for again is evidence: what shrinks there has the suspect's own frames. Elsewhere much shrinks for reasons of its own, so the steps
//! themselves have to go against each other beyond chance.

use std::collections::HashSet;

use super::suspects::{Group, Search};
use super::usual::Usual;
use super::{Of, SeriesKind, Verdict, growing, shape};
use crate::analysis::model::StackId;
use crate::analysis::significance::student;
use crate::profile::FrameId;

/// What is lost is this part of what is gained at the least, and the other way round.
const PART: f64 = 0.5;
/// The probability with which chance may make sizes go against each other.
const LEVEL: f64 = 0.01;
/// Dumps below which steps tell nothing.
const FEWEST: usize = 5;

/// What is lost, as a part of what is gained.
type Part = std::ops::RangeInclusive<f64>;

impl Search<'_> {
    /// Suspects, and those that only have what something else has lost. Stacks `aside` are no part of it.
    pub(super) fn told_from_exchanges(
        &self,
        groups: Vec<Group>,
        aside: &[StackId],
        strengths: &[f64],
    ) -> (Vec<Group>, Vec<Group>) {
        if self.kind == SeriesKind::Restarted {
            return (groups, Vec::new());
        }
        let taken: HashSet<StackId> = groups.iter().flat_map(|group| &group.stacks).chain(aside).copied().collect();
        let (mut kept, mut exchanged) = (Vec::new(), Vec::new());
        for mut group in groups {
            let others: HashSet<StackId> =
                taken.iter().copied().filter(|stack| !group.stacks.contains(stack)).collect();
            if self.is_exchanged(&group.stacks, &others, strengths, 1.0 / PART) {
                let by_itself = self.by_itself(&group.stacks, &others, strengths);
                if by_itself.is_empty() {
                    exchanged.push(group);
                    continue;
                }
                group.stacks = by_itself;
            }
            kept.push(group);
        }
        (kept, exchanged)
    }

    /// The stacks of those functions that grow by themselves in a suspect that has what something else has lost: nothing shrinks that differs by left-out frames,
    /// and nothing else as they grow.
    fn by_itself(&self, stacks: &[StackId], others: &HashSet<StackId>, strengths: &[f64]) -> Vec<StackId> {
        let mut parts: Vec<(Option<FrameId>, Vec<StackId>)> = Vec::new();
        for &stack in stacks {
            let cause = self.cause(self.panel.stack(stack));
            match parts.iter_mut().find(|(other, _)| *other == cause) {
                Some((_, part)) => part.push(stack),
                None => parts.push((cause, vec![stack])),
            }
        }
        let own: HashSet<StackId> = stacks.iter().copied().collect();
        let grows_alone = |part: &[StackId]| {
            growing::grows(&self.sum(part), self.dumps, LEVEL)
                && falls(&self.near(part, &own, others), &self.dumps.units).is_none()
                && !self.is_exchanged(part, others, strengths, f64::INFINITY)
        };
        parts.into_iter().map(|(_, part)| part).filter(|part| grows_alone(part)).flatten().collect()
    }

    /// The sizes of what differs from these stacks by left-out frames alone, and is neither of the suspect's own nor of others.
    fn near(&self, stacks: &[StackId], own: &HashSet<StackId>, others: &HashSet<StackId>) -> Vec<f64> {
        let is_near = |frames: &[FrameId]| stacks.iter().any(|&stack| is_inlined(self.panel.stack(stack), frames));
        let mut near = self.stacks_that(is_near);
        near.retain(|stack| !own.contains(stack) && !others.contains(stack));
        self.sum(&near)
    }

    /// Whether a suspect has only what something else has lost, which is `most` times what it gains at the most. Stacks of `others` are no part of it: other suspects, and what captures.
    fn is_exchanged(&self, stacks: &[StackId], others: &HashSet<StackId>, strengths: &[f64], most: f64) -> bool {
        if stacks.is_empty() || self.dumps.axis.len() < FEWEST {
            return false;
        }
        let own = self.with_its_like(stacks, others, strengths);
        let gained = self.sum(&self.in_order(|stack| own.contains(stack)));
        let is_else = |stack: &StackId| !own.contains(stack) && !others.contains(stack);
        let lost_by = |stacks: Vec<StackId>| self.sum(&stacks.into_iter().filter(is_else).collect::<Vec<_>>());
        let is_exchange = |lost: &[f64], is_evident: &dyn Fn(&[f64], &[f64]) -> bool| {
            let both: Vec<f64> = gained.iter().zip(lost).map(|(gained, lost)| gained + lost).collect();
            is_evident(&gained, lost)
                && growing::judge(&[0], |_| both.clone(), self.dumps).iter().all(|row| row.verdict != Verdict::Grows)
        };
        let range = PART..=most;
        let is_against = |gained: &[f64], lost: &[f64]| {
            goes_against(gained, lost, &range) || self.falls_as_fast(gained, lost, &range)
        };
        let near = self.near(stacks, &own, others);
        if is_exchange(&near, &|gained, lost| {
            takes_over(gained, lost, &self.dumps.units, &range) || is_against(gained, lost)
        }) {
            return true;
        }
        let strength = |stack: StackId| strengths[stack.0 as usize];
        let holding = stacks.iter().copied().max_by(|&a, &b| {
            let tie = || self.compare(self.panel.stack(b), self.panel.stack(a));
            strength(a).total_cmp(&strength(b)).then_with(tie)
        });
        let frames = holding.map_or(&[][..], |stack| self.panel.stack(stack));
        let mut callers: Vec<FrameId> = frames.iter().copied().filter(|&id| self.is_caller(id)).collect();
        callers.dedup();
        let of_callers = callers.into_iter().rev().map(|id| lost_by(self.stacks_of(Of::Caller, id.0 as usize)));
        let aside = self.sum(&self.in_order(|stack| own.contains(stack) || others.contains(stack)));
        let all = self.dumps.totals.iter().zip(aside).map(|(total, part)| (total - part).max(0.0));
        of_callers.chain(std::iter::once(all.collect())).any(|lost| is_exchange(&lost, &is_against))
    }

    /// Whether the line of one row falls beyond chance, and about as fast as that of the other one rises.
    fn falls_as_fast(&self, gained: &[f64], lost: &[f64], range: &Part) -> bool {
        let line = |sizes: &[f64]| self.dumps.axis.line(sizes, &self.dumps.units);
        let (gain, loss) = (line(gained), line(lost));
        range.contains(&(-loss.slope / gain.slope)) && loss.p_of_fall(&Usual::UNKNOWN) <= LEVEL
    }

    /// The stacks of a suspect, and what else grows of the functions that cause it: too small to have been counted, it may have got a part of what was lost.
    fn with_its_like(&self, stacks: &[StackId], others: &HashSet<StackId>, strengths: &[f64]) -> HashSet<StackId> {
        let cause = |stack: StackId| self.cause(self.panel.stack(stack));
        let causes: HashSet<FrameId> = stacks.iter().filter_map(|&stack| cause(stack)).collect();
        let is_like = |&stack: &StackId| {
            strengths[stack.0 as usize] > 0.0
                && !others.contains(&stack)
                && cause(stack).is_some_and(|id| causes.contains(&id))
        };
        self.in_order(is_like).into_iter().chain(stacks.iter().copied()).collect()
    }

    fn in_order(&self, are_wanted: impl Fn(&StackId) -> bool) -> Vec<StackId> {
        (0..self.table(Of::Stack).sizes.len()).map(|stack| StackId(stack as u32)).filter(are_wanted).collect()
    }
}

/// Whether one of two stacks is the other one without some of its frames.
fn is_inlined(a: &[FrameId], b: &[FrameId]) -> bool {
    let (short, mut long) = if a.len() <= b.len() { (a, b.iter()) } else { (b, a.iter()) };
    !short.is_empty() && short.iter().all(|frame| long.any(|other| other == frame))
}

/// Whether one row gains about as much as the other one loses in its largest fall, and has most of all that it gains from then.
fn takes_over(gained: &[f64], lost: &[f64], units: &[f64], range: &Part) -> bool {
    falls(lost, units).is_some_and(|(from, to)| {
        let (fall, gain) = (lost[from] - lost[to], gained[to] - gained[from]);
        range.contains(&(fall / gain)) && gain >= PART * (gained[gained.len() - 1] - gained[0])
    })
}

/// The dumps between which sizes fall most, where that is more than sampling makes, and they hardly come back.
fn falls(sizes: &[f64], units: &[f64]) -> Option<(usize, usize)> {
    let (from, to) = largest_fall(sizes)?;
    let fall = sizes[from] - sizes[to];
    let error = (sizes[from] * units[from] + sizes[to] * units[to]).sqrt();
    (fall >= shape::SURE * error && sizes[from] - sizes[sizes.len() - 1] >= PART * fall).then_some((from, to))
}

/// The two dumps between which sizes fall most.
fn largest_fall(sizes: &[f64]) -> Option<(usize, usize)> {
    let (mut top, mut best) = (0, None);
    let mut most = 0.0;
    for (at, size) in sizes.iter().enumerate() {
        if *size > sizes[top] {
            top = at;
        } else if sizes[top] - size > most {
            (most, best) = (sizes[top] - size, Some((top, at)));
        }
    }
    best
}

/// Whether steps of one row go against those of the other beyond chance: a line through the origin, Student's t.
fn goes_against(gained: &[f64], lost: &[f64], range: &Part) -> bool {
    let steps = |sizes: &[f64]| -> Vec<f64> { sizes.windows(2).map(|pair| pair[1] - pair[0]).collect() };
    let (gains, losses) = (steps(gained), steps(lost));
    let squares: f64 = gains.iter().map(|gain| gain * gain).sum();
    let freedom = gains.len() as f64 - 1.0;
    if squares <= 0.0 || freedom < 1.0 {
        return false;
    }
    let part = -gains.iter().zip(&losses).map(|(gain, loss)| gain * loss).sum::<f64>() / squares;
    let left: f64 = gains.iter().zip(&losses).map(|(gain, loss)| (loss + part * gain).powi(2)).sum();
    let error = (left / freedom / squares).sqrt();
    range.contains(&part) && (error <= 0.0 || 0.5 * student(part / error, freedom) <= LEVEL)
}
