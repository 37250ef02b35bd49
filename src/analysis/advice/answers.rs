//! What rules have said of call frames. Dumps of one program have most frames in common, so what a rule says of a frame is found out once for all of them.

use hashbrown::HashMap;

use super::super::report::Report;
use super::evidence::subject;
use crate::profile::{CategoryId, FrameId};
use crate::rules::{AnyOf, Recommendation};
use crate::scan::prefetch;

/// What the rules in force have said of call frames, kept for further reports whose frames last: they go by their lasting ids.
#[derive(Debug, Default)]
pub struct Answers {
    /// Which of its category's rules each is, by its id.
    numbers: HashMap<String, u32>,
    /// How many rules of each category have one.
    counts: HashMap<CategoryId, u32>,
    /// What the rules of its category have said of a frame: all of it stands together, since all are asked about it one after the other.
    speak_of: Vec<Said>,
    /// Which frames conditions of these rules fit, by where a condition stands in memory: there it stays as long as the rules are in force.
    conditions: HashMap<usize, Vec<Option<bool>>>,
}

/// What rules have said of a frame, each at its number.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    /// Those that were asked.
    known: u64,
    /// Those that speak of it.
    fits: u64,
}

/// Which frames a condition fits.
pub(super) struct Fits<'a> {
    condition: &'a AnyOf,
    /// Nothing where nobody has asked.
    known: &'a mut Vec<Option<bool>>,
}

/// What a rule says of the frames of its category.
pub(super) struct SpeaksOf<'a> {
    frames: &'a mut Vec<Said>,
    /// None where its category has more rules than are kept.
    bit: Option<u64>,
}

impl Answers {
    /// Asks for what is known of a report's frames all at once.
    pub(super) fn bring_in(&self, report: &Report<'_>) {
        let frames = &report.aggregate().frames;
        frames.ids().for_each(|id| prefetch(&self.speak_of, report.lasting_id(id).0 as usize));
    }

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

    /// Which frames a condition of the rules fits.
    pub(super) fn about<'a>(&'a mut self, condition: &'a AnyOf) -> Fits<'a> {
        Fits { condition, known: self.conditions.entry(std::ptr::from_ref(condition).addr()).or_default() }
    }

    /// Bytes of memory that they take.
    #[cfg(feature = "cli")]
    pub(crate) fn memory(&self) -> usize {
        let conditions = self.conditions.values().map(Vec::capacity).sum::<usize>();
        self.numbers.allocation_size()
            + self.conditions.allocation_size()
            + conditions
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

impl Fits<'_> {
    /// Whether the condition fits a frame of a report.
    pub(super) fn of(&mut self, report: &Report<'_>, id: FrameId) -> bool {
        let ask = || self.condition.fits(&subject(&report.aggregate().frames, id));
        // Of a report that is the only one nobody asks again, and there are many conditions.
        if !report.has_lasting_ids() {
            return ask();
        }
        let place = report.lasting_id(id).0 as usize;
        if self.known.len() <= place {
            self.known.resize(place + 1, None);
        }
        *self.known[place].get_or_insert_with(ask)
    }

    /// Whether it fits any frame of a report.
    pub(super) fn any(&mut self, report: &Report<'_>) -> bool {
        report.aggregate().frames.ids().any(|id| self.of(report, id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::model::ReportOptions;
    use crate::analysis::test_support;
    use crate::rules::{Rules, RulesFile};

    #[test]
    fn a_frame_is_looked_at_once() {
        let text = r#"
            [[recommendation]]
            id = "application-hot-spot"
            beside = [{ function = "first" }]
            unless_beside = [{ function = "second" }]
        "#;
        let rules = Rules::with(vec![RulesFile { name: "heapsift.toml".to_owned(), text: text.to_owned() }]).unwrap();
        let all = rules.recommendations().unwrap();
        let scope = &all.into_iter().find(|rule| rule.id == "application-hot-spot").unwrap().scope;
        let profile = |name| test_support::profile(&[(8, vec![(name, "/srv/app/a.js", 3)])], &[]);
        let (first, second) = (profile("first"), profile("second"));
        let mut answers = Answers::default();
        // The second time another function is said to be what the frames were.
        for (profile, from, expected) in [(&first, 3, true), (&second, 3, true), (&second, 50, false)] {
            let ids: Vec<FrameId> = profile.aggregate.frames.ids().map(|id| FrameId(id.0 + from)).collect();
            let report = Report::new(profile, ReportOptions::default()).with_lasting_ids(Some(&ids));
            let fits = [&scope.beside, &scope.unless_beside].map(|condition| answers.about(condition).any(&report));
            assert_eq!(fits, [expected, !expected], "from {from}");
        }
        assert!(answers.memory() > 0);
    }

    #[test]
    fn rules_of_a_category_are_told_apart() {
        let rules = Rules::builtin().unwrap();
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
