//! What rules have said of call frames. Dumps of one program have most frames in common, so what a rule says of a frame is found out once for all of them.

use hashbrown::HashMap;

use crate::profile::FrameId;
use crate::rules::Recommendation;

/// What the rules in force have said of call frames, kept for further reports whose frames last.
#[derive(Debug, Default)]
pub struct Answers {
    /// By the id of the rule.
    rules: HashMap<String, OfRule>,
    /// Whether a bundler wrote a function.
    pub(super) wrappers: Fits,
}

/// What a rule has said.
#[derive(Debug, Default)]
pub(super) struct OfRule {
    /// Whether it speaks of a frame.
    pub(super) speaks_of: Fits,
    /// Whether what calls a frame is what it speaks of.
    pub(super) calls: Fits,
}

/// Whether a condition fits frames, by what [`Report::lasting_id`](super::super::report::Report::lasting_id) says; nothing where nobody has asked.
#[derive(Debug, Default)]
pub(super) struct Fits(Vec<Option<bool>>);

impl Answers {
    /// What a rule has said.
    pub(super) fn of(&mut self, rule: &Recommendation) -> &mut OfRule {
        self.rules.entry_ref(rule.id.as_str()).or_default()
    }

    /// Bytes of memory that they take.
    #[cfg(feature = "cli")]
    pub(crate) fn memory(&self) -> usize {
        let of_rule = |rule: &OfRule| rule.speaks_of.0.capacity() + rule.calls.0.capacity();
        self.rules.allocation_size() + self.rules.values().map(of_rule).sum::<usize>() + self.wrappers.0.capacity()
    }
}

impl Fits {
    /// Whether the condition fits a frame, which `ask` finds out the first time.
    pub(super) fn of(&mut self, id: FrameId, ask: impl FnOnce() -> bool) -> bool {
        let place = id.0 as usize;
        if self.0.len() <= place {
            self.0.resize(place + 1, None);
        }
        *self.0[place].get_or_insert_with(ask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_looked_at_once() {
        let mut fits = Fits::default();
        assert!(fits.of(FrameId(3), || true) && !fits.of(FrameId(1), || false));
        assert!(fits.of(FrameId(3), || false) && !fits.of(FrameId(1), || true), "nobody asks again");
    }
}
