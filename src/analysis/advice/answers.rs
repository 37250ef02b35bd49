//! What rules have said of call frames. Dumps of one program have most frames in common, so what a rule says of a frame is found out once for all of them.

use hashbrown::HashMap;

use crate::profile::{CategoryId, FrameId};
use crate::rules::Recommendation;

/// What the rules in force have said of call frames, kept for further reports whose frames last: they go by their lasting ids.
#[derive(Debug, Default)]
pub struct Answers {
    /// Which of its category's rules each is, by its id.
    numbers: HashMap<String, u32>,
    /// How many rules of each category have one.
    counts: HashMap<CategoryId, u32>,
    /// What the rules of its category have said of a frame: all of it stands together, since all are asked about it one after the other.
    speak_of: Vec<Said>,
    /// Whether what calls a frame is what a rule speaks of, by the id of the rule.
    calls: HashMap<String, Fits>,
}

/// What rules have said of a frame, each at its number.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    /// Those that were asked.
    known: u64,
    /// Those that speak of it.
    fits: u64,
}

/// Whether a condition fits frames; nothing where nobody has asked.
#[derive(Debug, Default)]
pub(super) struct Fits(Vec<Option<bool>>);

/// What a rule says of the frames of its category.
pub(super) struct SpeaksOf<'a> {
    frames: &'a mut Vec<Said>,
    /// None where its category has more rules than are kept.
    bit: Option<u64>,
}

impl Answers {
    /// What a rule says of the frames of its category.
    pub(super) fn speaks_of(&mut self, rule: &Recommendation) -> SpeaksOf<'_> {
        let counts = &mut self.counts;
        let number = *self.numbers.entry_ref(rule.id.as_str()).or_insert_with(|| {
            let count = counts.entry(rule.category).or_default();
            *count += 1;
            *count - 1
        });
        SpeaksOf { frames: &mut self.speak_of, bit: 1_u64.checked_shl(number) }
    }

    /// Whether what calls a frame is what a rule speaks of.
    pub(super) fn calls(&mut self, rule: &Recommendation) -> &mut Fits {
        self.calls.entry_ref(rule.id.as_str()).or_default()
    }

    /// Bytes of memory that they take.
    #[cfg(feature = "cli")]
    pub(crate) fn memory(&self) -> usize {
        let calls = self.calls.values().map(|fits| fits.0.capacity()).sum::<usize>();
        self.numbers.allocation_size()
            + self.calls.allocation_size()
            + calls
            + self.speak_of.capacity() * size_of::<Said>()
    }
}

impl SpeaksOf<'_> {
    /// Whether it speaks of a frame, which `ask` finds out the first time.
    pub(super) fn of(&mut self, id: FrameId, ask: impl FnOnce() -> bool) -> bool {
        let Some(bit) = self.bit else { return ask() };
        let place = id.0 as usize;
        if self.frames.len() <= place {
            self.frames.resize(place + 1, Said::default());
        }
        let said = &mut self.frames[place];
        if said.known & bit == 0 {
            said.known |= bit;
            said.fits |= if ask() { bit } else { 0 };
        }
        said.fits & bit != 0
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

    #[test]
    fn rules_of_a_category_are_told_apart() {
        let rules = crate::rules::Rules::builtin().unwrap();
        let all = rules.recommendations().unwrap();
        let (first, others) = all.split_first().unwrap();
        let mut answers = Answers::default();
        assert!(answers.speaks_of(first).of(FrameId(3), || true));
        let others: Vec<_> = others.iter().filter(|rule| rule.category == first.category).collect();
        assert!(!others.is_empty());
        for (number, rule) in others.into_iter().enumerate() {
            let expected = number % 2 == 0;
            assert_eq!(answers.speaks_of(rule).of(FrameId(3), || expected), expected, "it is asked itself");
            assert_eq!(answers.speaks_of(rule).of(FrameId(3), || !expected), expected, "nobody asks again");
        }
        assert!(answers.speaks_of(first).of(FrameId(3), || false));
    }

    #[test]
    fn what_is_more_than_is_kept_is_asked_each_time() {
        let mut frames = Vec::new();
        for expected in [true, false] {
            assert_eq!(
                SpeaksOf { frames: &mut frames, bit: 1_u64.checked_shl(64) }.of(FrameId(0), || expected),
                expected
            );
        }
    }
}
