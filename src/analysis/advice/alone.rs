//! What a recommendation saves where it alone is followed: what its rule speaks of, and what is made below that, whoever else speaks of it. Who does not ask
//! for a query has no rows either, whoever makes them.
//!
//! What is made below a function is told by the heaviest stacks. A range begins with what they tell, and ends with what it would be if they had all stacks of these
//! functions.

use super::super::report::Report;
use super::super::share::Share;
use super::callers::Callers;
use super::evidence::{Matched, subject};
use super::savings::{self, SizeRange};
use super::standing::Place;
use crate::profile::{FrameId, FrameKind};
use crate::rules::{Recommendation, Saves};

/// What is made below the functions of a rule is told of these.
struct Below<'r, 'a> {
    report: &'r Report<'a>,
    callers: &'r Callers,
    rule: &'a Recommendation,
    /// The functions.
    own: &'r [FrameId],
}

/// What a rule saves by these parts of a category's functions: those that it `left` to others it speaks of nevertheless, where it makes all of them needless.
pub(super) fn saving(
    report: &Report<'_>,
    callers: &Callers,
    (all, left): (&Matched<'_>, &Matched<'_>),
    functions: &[FrameId],
    fractions: (f64, f64),
) -> SizeRange {
    if fractions.1 <= 0.0 {
        return SizeRange::default();
    }
    let matched = if makes_needless(all.rule) { all } else { left };
    let own: Vec<FrameId> = matched.places.iter().map(|&place| functions[place]).collect();
    let (of_own, below) = Below { report, callers, rule: matched.rule, own: &own }.told();
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
    /// Bytes of the functions themselves that the stacks have, and bytes made below them.
    fn told(&self) -> (u64, u64) {
        let mut is_own = vec![false; self.report.aggregate().frames.len()];
        self.own.iter().for_each(|id| is_own[id.0 as usize] = true);
        let stacks = self.report.known_stacks();
        // Their own bytes are no others'.
        let whose = |number: usize| self.callers.whose(number).filter(|id| !is_own[id.0 as usize]);
        let mut is_below = vec![false; stacks.len()];
        for &id in self.own {
            for &place in self.callers.standing().of(id) {
                let is_below = &mut is_below[place.stack as usize];
                *is_below =
                    *is_below || whose(place.stack as usize).is_some_and(|whose| self.goes_with(whose, id, place));
            }
        }
        let (mut of_own, mut below) = (0, 0);
        for (number, (stack, is_below)) in stacks.iter().zip(is_below).enumerate() {
            match self.callers.whose(number) {
                Some(id) if is_own[id.0 as usize] => of_own += stack.self_size,
                _ if is_below => below += stack.self_size,
                _ => {}
            }
        }
        (of_own, below)
    }

    /// Whether the bytes of a stack, which are those of `whose`, go with one of the functions, which stands at this place of it.
    fn goes_with(&self, whose: FrameId, own: FrameId, place: Place) -> bool {
        let (frames, standing) = (&self.report.aggregate().frames, self.callers.standing());
        let (whose, needless) = (frames.get(whose), makes_needless(self.rule));
        let is_core = whose.kind == FrameKind::Core;
        match frames.get(own).kind {
            // What Node does for it (a text is sent) remains where it is asked for less.
            FrameKind::Dependency if is_core && !needless => false,
            // What it calls back is the application's, but not what that asks of it: a component is, its elements are not. Where the application calls it, what it
            // calls back belongs to the same call.
            FrameKind::Dependency => {
                !standing.is_app_inside(place)
                    || whose.category == self.rule.category
                    || needless && standing.is_app_outside(place)
            }
            // Node calls whoever listens.
            FrameKind::Core | FrameKind::Generated => {
                !standing.is_app_inside(place) && !standing.is_dependency_inside(place)
            }
            FrameKind::App => {
                let callee = self.report.known_stacks()[place.stack as usize].frames.get(place.at as usize + 1);
                let is_called = |&callee| self.rule.scope.calls.fits(&subject(frames, callee));
                !standing.is_app_inside(place) && !is_core && callee.is_some_and(is_called)
            }
            FrameKind::Native | FrameKind::Unknown => false,
        }
    }
}

/// Whether a saving alone is so much more than beside others that it is worth a word.
pub(super) fn is_telling(alone: SizeRange, beside: SizeRange) -> bool {
    Share::of(beside.high, alone.high).in_units_of(100) <= 90
}
