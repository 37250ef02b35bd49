//! What a recommendation saves where it alone is followed: what its rule speaks of, and what is made below that, whoever else speaks of it. Who does not ask
//! for a query has no rows either, whoever makes them.
//!
//! What is made below a function is told by the heaviest stacks. A range begins with what they tell, and ends with what it would be if they had all stacks of these
//! functions.

use hashbrown::HashMap;

use super::super::report::Report;
use super::super::rows::Summed;
use super::super::share::Share;
use super::callers::Callers;
use super::evidence::{Matched, subject};
use super::savings::{self, SizeRange};
use super::standing::Place;
use super::told::Told;
use crate::profile::{FrameId, FrameKind, HeavyStack};
use crate::rules::{Recommendation, Saves};

/// What is made below the functions of a rule is told of these.
struct Below<'r, 'a> {
    report: &'r Report<'a>,
    callers: &'r Callers,
    rule: &'a Recommendation,
    /// The functions.
    own: &'r [FrameId],
    /// What other advice has spoken of.
    told: &'r Told,
}

/// What the heaviest stacks tell of a rule's functions.
struct Seen {
    /// Bytes of their own.
    of_own: u64,
    /// Bytes that are made below them.
    below: u64,
    /// The stacks (their numbers) that these are of.
    stacks: Vec<usize>,
    /// What makes these below functions of the application, for the greater part of its bytes, and is in no other advice.
    nobodys: Vec<FrameId>,
}

/// What a rule saves by these parts of a category's functions: those that it `left` to others it speaks of nevertheless, where it makes all of them needless. Functions of Node
/// and of the engine that nobody else speaks of, and most of whose bytes it does, are `told` of from there on; so is what it saves of all that is made below its functions.
pub(super) fn saving(
    report: &Report<'_>,
    callers: &Callers,
    (all, left): (&Matched<'_>, &Matched<'_>),
    functions: &[FrameId],
    fractions: (f64, f64),
    told: &mut Told,
) -> SizeRange {
    if fractions.1 <= 0.0 {
        return SizeRange::default();
    }
    let matched = if makes_needless(all.rule) { all } else { left };
    let own: Vec<FrameId> = matched.places.iter().map(|&place| functions[place]).collect();
    let below = Below { report, callers, rule: matched.rule, own: &own, told };
    if matched.rule.takes_in {
        let most = matched.size.saturating_add(below.taken_in()).min(report.total_size());
        // What it keeps may be others' as well.
        return SizeRange { low: savings::of(matched.size, fractions).low, high: savings::of(most, fractions).high };
    }
    let Seen { of_own, below, stacks, nobodys } = below.seen();
    nobodys.into_iter().for_each(|id| told.add(id));
    for number in stacks {
        told.add_below(number, report.known_stacks()[number].self_size, fractions);
    }
    // Half of them stand for the rest; fewer may be quite another part.
    let most = match Share::of(of_own, matched.size).is_majority() {
        true => u128::from(below) * u128::from(matched.size) / u128::from(of_own.max(1)),
        false => u128::from(below),
    };
    let size = |below: u64| matched.size.saturating_add(below).min(report.total_size());
    let most = size(u64::try_from(most).unwrap_or(u64::MAX)).max(size(below));
    SizeRange { low: savings::of(size(below), fractions).low, high: savings::of(most, fractions).high }
}

/// Whether what follows a rule no longer calls its functions, as what is kept need not be made.
fn makes_needless(rule: &Recommendation) -> bool {
    matches!(rule.saves, Saves::Kept | Saves::Repetition)
}

impl Below<'_, '_> {
    /// What the stacks tell.
    fn seen(&self) -> Seen {
        let (is_own, stacks) = (self.is_own(), self.report.known_stacks());
        // Their own bytes are no others'.
        let whose = |number: usize| self.callers.whose(number).filter(|id| !is_own[id.0 as usize]);
        let mut is_below = vec![false; stacks.len()];
        for &id in self.own {
            for place in self.callers.standing().of(id) {
                let is_below = &mut is_below[place.stack as usize];
                *is_below =
                    *is_below || whose(place.stack as usize).is_some_and(|whose| self.goes_with(whose, id, place));
            }
        }
        let (mut of_own, mut below, mut of_below, mut nobodys) = (0, 0, Vec::new(), HashMap::new());
        for (number, (stack, is_below)) in stacks.iter().zip(is_below).enumerate() {
            match self.callers.whose(number) {
                Some(id) if is_own[id.0 as usize] => of_own += stack.self_size,
                id if is_below => {
                    below += stack.self_size;
                    of_below.push(number);
                    if let Some(id) = id.filter(|&id| !self.rule.scope.calls.is_asked() && self.is_nobodys(id)) {
                        *nobodys.entry(id).or_default() += stack.self_size;
                    }
                }
                _ => {}
            }
        }
        let size = |id: FrameId| id.sums(self.report.aggregate()).actionable_size;
        let mostly = nobodys.into_iter().filter(|&(id, part)| Share::of(part, size(id)).is_majority());
        Seen { of_own, below, stacks: of_below, nobodys: mostly.map(|(id, _)| id).collect() }
    }

    /// Whether the bytes of a stack, which are those of `whose`, go with one of the functions, which stands at this place of it.
    fn goes_with(&self, whose: FrameId, own: FrameId, place: Place) -> bool {
        let (frames, standing) = (&self.report.aggregate().frames, self.callers.standing());
        let (id, whose, needless) = (whose, frames.get(whose), makes_needless(self.rule));
        let is_core = whose.kind == FrameKind::Core;
        match frames.get(own).kind {
            // What Node does for it (a text is sent) remains where it is asked for less.
            FrameKind::Dependency if is_core && !needless => false,
            // What it calls back is the application's, but not what that asks of it: a component is, its elements are not. Where the application calls it, what it
            // calls back belongs to the same call.
            FrameKind::Dependency => {
                !standing.is_app_inside(place) && !self.is_called_back(place)
                    || whose.category == self.rule.category
                    || needless && standing.is_app_outside(place)
            }
            // Node calls whoever listens.
            FrameKind::Core => !standing.is_app_inside(place) && !standing.is_dependency_inside(place),
            FrameKind::Generated if frames.line(own).is_some() => {
                !standing.is_app_inside(place) && !standing.is_dependency_inside(place)
            }
            // A script that was unloaded, of which advice speaks, is the application's.
            FrameKind::App | FrameKind::Generated => {
                let calls = &self.rule.scope.calls;
                let callee = self.report.known_stacks()[place.stack as usize].frames.get(place.at as usize + 1);
                let is_called = |&callee| calls.fits(&subject(frames, callee));
                let is_meant = match calls.is_asked() {
                    true => !is_core && callee.is_some_and(is_called),
                    // What nobody else speaks of, and no package asks for.
                    false => self.is_nobodys(id) && !standing.is_dependency_inside(place),
                };
                !standing.is_app_inside(place) && is_meant
            }
            FrameKind::Native | FrameKind::Unknown => false,
        }
    }

    /// Whether a function that calls back whom it was given has called another package, further inside: a handler of a server, what waits for a promise.
    fn is_called_back(&self, place: Place) -> bool {
        let frames = &self.report.aggregate().frames;
        let is_another = |id: &FrameId| {
            let frame = frames.get(*id);
            frame.kind == FrameKind::Dependency && frame.category != self.rule.category
        };
        let inside = || &self.report.known_stacks()[place.stack as usize].frames[place.at as usize + 1..];
        self.rule.calls_back && inside().iter().any(is_another)
    }

    /// Of each call frame, whether it is one of the functions.
    fn is_own(&self) -> Vec<bool> {
        let mut is_own = vec![false; self.report.aggregate().frames.len()];
        self.own.iter().for_each(|id| is_own[id.0 as usize] = true);
        is_own
    }

    /// Whether they are bytes of Node's core or of the engine that no advice speaks of.
    fn is_nobodys(&self, id: FrameId) -> bool {
        let kind = self.report.aggregate().frames.get(id).kind;
        matches!(kind, FrameKind::Core | FrameKind::Native) && !self.told.has(id)
    }

    /// Bytes of what the functions may have been given to keep, beside their own: what is made below the function of the application that calls them, and what
    /// is made later by asynchronous functions that are called there.
    fn taken_in(&self) -> u64 {
        let (frames, standing) = (&self.report.aggregate().frames, self.callers.standing());
        let (is_own, stacks) = (self.is_own(), self.report.known_stacks());
        let is_app = |id: &FrameId| frames.get(*id).kind == FrameKind::App;
        let mut is_giver = vec![false; frames.len()];
        for &id in self.own {
            for place in standing.of(id) {
                let outside = &stacks[place.stack as usize].frames[..place.at as usize];
                // What calls a built-in keeps; what calls that gives.
                let is_built_in = frames.get(id).kind == FrameKind::Native;
                let callers = outside.iter().rev().filter(|id| is_app(id));
                let giver = callers.take(1 + usize::from(is_built_in)).last().copied().unwrap_or(id);
                is_giver[giver.0 as usize] = true;
            }
        }
        let begins = |stack: &HeavyStack| stack.frames.iter().position(|id| is_giver[id.0 as usize]);
        let begins: Vec<Option<usize>> = stacks.iter().map(begins).collect();
        let mut goes_on = is_giver.clone();
        for (stack, begins) in stacks.iter().zip(&begins) {
            let inside = begins.map_or(&[][..], |place| &stack.frames[place..]);
            inside.iter().filter(|id| is_app(id)).for_each(|id| goes_on[id.0 as usize] = true);
        }
        let is_later =
            |stack: &HeavyStack| stack.frames.iter().find(|id| is_app(id)).is_some_and(|id| goes_on[id.0 as usize]);
        let whose = |number: usize| self.callers.whose(number).is_some_and(|id| is_own[id.0 as usize]);
        let given = stacks
            .iter()
            .enumerate()
            .filter(|&(number, stack)| !whose(number) && (begins[number].is_some() || is_later(stack)));
        given.map(|(_, stack)| stack.self_size).sum()
    }
}

/// Beside nothing else what is saved is what is saved alone: so where there is but one of these, which save the first beside the others, and the second alone.
pub(super) fn of_the_only_one<'s>(mut savings: impl Iterator<Item = (&'s mut SizeRange, SizeRange)>) {
    if let (Some((saving, alone)), None) = (savings.next(), savings.next()) {
        *saving = alone;
    }
}

/// Whether a saving alone is so much more than beside others that it is worth a word.
pub(super) fn is_telling(alone: SizeRange, beside: SizeRange) -> bool {
    alone.high > 0 && Share::of(beside.high, alone.high).in_units_of(100) <= 90
}
