//! What a recommendation saves where it alone is followed: what its rule speaks of, and what is made below that, whoever else speaks of it. Who does not ask
//! for a query has no rows either, whoever makes them.
//!
//! What is made below a function is told by the heaviest stacks. A range begins with what they tell, and ends with what it would be if they had all stacks of these
//! functions.

use super::super::report::Report;
use super::super::share::Share;
use super::callers::{Callers, StackSet};
use super::evidence::{Matched, subject};
use super::savings::{self, SizeRange};
use crate::profile::{FrameId, FrameKind, HeavyStack};
use crate::rules::{Recommendation, Saves};

/// What is made below the functions of a rule is told of these.
struct Below<'r, 'a> {
    report: &'r Report<'a>,
    callers: &'r Callers,
    rule: &'a Recommendation,
    /// Of each frame, whether it is one of them.
    own: Vec<bool>,
    /// The known stacks that run through any.
    through: StackSet,
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
    let mut own = vec![false; report.aggregate().frames.len()];
    let mut through = StackSet::default();
    for id in matched.places.iter().map(|&place| functions[place]) {
        own[id.0 as usize] = true;
        through = through.and(callers.through(id));
    }
    let (of_own, below) = Below { report, callers, rule: matched.rule, own, through }.told();
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
    fn is_own(&self, id: FrameId) -> bool {
        self.own[id.0 as usize]
    }

    /// Bytes of the functions themselves that the stacks have, and bytes made below them.
    fn told(&self) -> (u64, u64) {
        let (mut of_own, mut below) = (0, 0);
        let stacks = self.callers.stacks(self.report).enumerate();
        for (_, (stack, whose)) in stacks.filter(|&(number, _)| self.through.may_have(number)) {
            match whose {
                Some(id) if self.is_own(id) => of_own += stack.self_size,
                Some(id) if self.has(id, stack) => below += stack.self_size,
                _ => {}
            }
        }
        (of_own, below)
    }

    /// Whether the bytes of a stack, which are those of `whose`, are made below one of the functions, and go with it.
    fn has(&self, whose: FrameId, stack: &HeavyStack) -> bool {
        let frames = &self.report.aggregate().frames;
        let kind = |id: FrameId| frames.get(id).kind;
        let is_of_category = frames.get(whose).category == self.rule.category;
        let (needless, is_core) = (makes_needless(self.rule), kind(whose) == FrameKind::Core);
        let (mut has_app, mut has_dependency, mut callee) = (false, false, None);
        for (place, &id) in stack.frames.iter().enumerate().rev() {
            let is_it = self.is_own(id)
                && match kind(id) {
                    // What Node does for it (a text is sent) remains where it is asked for less.
                    FrameKind::Dependency if is_core && !needless => false,
                    // What it calls back is the application's, but not what that asks of it: a component is, its elements are not.
                    FrameKind::Dependency => {
                        !has_app || is_of_category || needless && self.is_called(&stack.frames[..place])
                    }
                    // Node calls whoever listens.
                    FrameKind::Core | FrameKind::Generated => !has_app && !has_dependency,
                    FrameKind::App => {
                        let is_called = |callee| self.rule.scope.calls.fits(&subject(frames, callee));
                        !has_app && !is_core && callee.is_some_and(is_called)
                    }
                    FrameKind::Native | FrameKind::Unknown => false,
                };
            if is_it {
                return true;
            }
            match kind(id) {
                FrameKind::App => has_app = true,
                FrameKind::Dependency => has_dependency = true,
                _ => {}
            }
            callee = Some(id);
        }
        false
    }

    /// Whether the application calls what is called by these: then what that calls back belongs to the same call.
    fn is_called(&self, outside: &[FrameId]) -> bool {
        let frames = &self.report.aggregate().frames;
        outside.iter().any(|&id| frames.get(id).kind == FrameKind::App)
    }
}

/// Whether a saving alone is so much more than beside others that it is worth a word.
pub(super) fn is_telling(alone: SizeRange, beside: SizeRange) -> bool {
    Share::of(beside.high, alone.high).in_units_of(100) <= 90
}
