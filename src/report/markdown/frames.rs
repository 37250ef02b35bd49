//! How call frames look in a document.

use std::borrow::Cow;
use std::ops::Range;

use crate::analysis::model::Report;
use crate::profile::FrameId;
use crate::report::words::Words;
use crate::report::{escape, label};
use crate::scan::prefetch;

/// Bytes of words that are kept.
const MOST: usize = 4 << 20;

/// The words for call frames. Tables and stacks have many in common, and so have the dumps of a program; so each is put into words once.
#[derive(Debug, Default)]
pub(in crate::report) struct Frames {
    text: String,
    /// By what [`Report::lasting_id`] says.
    places: Vec<Places>,
}

/// Where the words for a frame stand in the text; nowhere as long as nobody asked for them.
#[derive(Clone, Debug, Default)]
struct Places {
    name: Range<u32>,
    source: Range<u32>,
    drawing: Range<u32>,
}

/// The name and the source of a function, as inline code.
#[derive(Clone, Copy)]
pub(super) struct Named<'f> {
    pub(super) name: &'f str,
    pub(super) source: &'f str,
}

impl Frames {
    /// Asks for the words that are known of a report's frames all at once: those of many dumps are more than is near, and each would be waited for by itself.
    pub(super) fn bring_in(&self, report: &Report<'_>) {
        let keys = || report.aggregate().frames.ids().map(|id| report.lasting_id(id).0 as usize);
        keys().for_each(|key| prefetch(&self.places, key));
        for Places { name, source, drawing } in keys().filter_map(|key| self.places.get(key)) {
            [name, source, drawing].iter().for_each(|words| prefetch(self.text.as_bytes(), words.start as usize));
        }
    }

    /// A function's name as inline code.
    pub(super) fn name(&mut self, report: &Report<'_>, id: FrameId) -> &str {
        self.bound();
        let place = self.get(report, id, |places| &mut places.name, name);
        &self.text[place]
    }

    /// The same with its source.
    pub(super) fn named(&mut self, report: &Report<'_>, id: FrameId) -> Named<'_> {
        self.bound();
        let at_name = self.get(report, id, |places| &mut places.name, name);
        let at_source = self.get(report, id, |places| &mut places.source, source);
        Named { name: &self.text[at_name], source: &self.text[at_source] }
    }

    /// A frame as a line of a drawing.
    pub(super) fn drawing(&mut self, report: &Report<'_>, id: FrameId) -> &str {
        self.bound();
        let place = self.get(report, id, |places| &mut places.drawing, drawing);
        &self.text[place]
    }

    /// Bytes of memory that they take.
    #[cfg(feature = "cli")]
    pub(in crate::report) fn memory(&self) -> usize {
        self.text.capacity() + self.places.capacity() * size_of::<Places>()
    }

    /// Begins anew where there are too many: a report that lists all functions of a large file does not hold all its words.
    fn bound(&mut self) {
        if self.text.len() > MOST {
            *self = Self::default();
        }
    }

    /// Where these words for a frame stand in the text, to which `add` adds them the first time.
    fn get(
        &mut self,
        report: &Report<'_>,
        id: FrameId,
        of: impl FnOnce(&mut Places) -> &mut Range<u32>,
        add: impl FnOnce(&Report<'_>, FrameId, &mut String),
    ) -> Range<usize> {
        let key = report.lasting_id(id).0 as usize;
        if self.places.len() <= key {
            // Most ids of a file come soon.
            self.places.resize((key + 1).max(report.aggregate().frames.len()), Places::default());
        }
        let place = of(&mut self.places[key]);
        if place.end == 0 {
            let start = self.text.len();
            add(report, id, &mut self.text);
            *place = start as u32..self.text.len() as u32;
        }
        place.start as usize..place.end as usize
    }
}

fn name(report: &Report<'_>, id: FrameId, text: &mut String) {
    super::name(&report.function(id)).add_to(text);
}

fn source(report: &Report<'_>, id: FrameId, text: &mut String) {
    super::source(&report.function(id)).add_to(text);
}

fn drawing(report: &Report<'_>, id: FrameId, text: &mut String) {
    let start = text.len();
    label::push_frame(text, &report.function(id));
    if let Cow::Owned(escaped) = escape::drawing(&text[start..]) {
        text.replace_range(start.., &escaped);
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;
    use crate::analysis::model::ReportOptions;
    use crate::analysis::test_support;

    #[test]
    fn words_last_as_frames_do() {
        let profile = |name| test_support::profile(&[(8, vec![(name, "/srv/app/a.js", 3)])], &[]);
        let (first, second) = (profile("first"), profile("second"));
        let count = first.aggregate.frames.len() as u32;
        let ids = |from: u32| (from..from + count).map(FrameId).collect::<Vec<_>>();
        let mut frames = Frames::default();
        for (profile, from, expected) in
            [(&first, 7, "`first`"), (&second, 7, "`first`"), (&second, 50, "`second`"), (&first, 7, "`first`")]
        {
            let ids = ids(from);
            let report = Report::new(profile, ReportOptions::default()).with_lasting_ids(Some(&ids));
            let id = report.functions()[0];
            assert_eq!(frames.name(&report, id), expected, "from {from}");
            let Named { name, source } = frames.named(&report, id);
            assert_eq!([name, source], [expected, "`app/a.js:3`"]);
            assert_eq!(frames.drawing(&report, id), format!("{} (app/a.js:3)", expected.trim_matches('`')));
        }
        assert!(frames.memory() > 0);
    }

    #[test]
    fn too_many_words_are_not_kept() {
        let profile = test_support::profile(&[(8, vec![("only", "/srv/app/a.js", 3)])], &[]);
        let report = Report::new(&profile, ReportOptions::default());
        let id = report.functions()[0];
        let mut frames = Frames::default();
        for _ in 0..2 {
            assert_eq!(frames.name(&report, id), "`only`");
            frames.text.extend(std::iter::repeat_n(' ', MOST));
        }
        assert!(frames.text.len() < 2 * MOST);
    }
}
