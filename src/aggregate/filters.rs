//! What of a profile is shown: `--focus`, `--ignore`, `--hide` and `--show`, in pprof's meaning.
//!
//! A frame fits a pattern if its function, its url or its package does; a function without a name has the one that reports print as well. *Focus* keeps the nodes on whose path a frame fits, *ignore* drops them. *Hide* takes
//! the frames that fit out of all paths, *show* those that do not: what they allocate then belongs to their nearest caller that is left,
//! and is not shown where there is none. Focus and ignore look at whole paths, hidden frames included. The root is no frame of a path.

use regex::{Regex, RegexBuilder};

use crate::profile::{CallFrameTable, Filter, FrameId};

/// What reports for people call a function without a name.
const ANONYMOUS: &str = "(anonymous)";

/// A pattern that frames are searched for.
#[derive(Clone, Debug)]
pub struct FramePattern(Regex);

impl FramePattern {
    /// A pattern of this text, which is matched without backtracking.
    ///
    /// # Errors
    ///
    /// What is wrong with the text.
    pub fn new(text: &str) -> Result<Self, String> {
        /// Bytes of a compiled pattern, and of what it remembers while it searches.
        const MOST: usize = 1 << 20;
        let built = RegexBuilder::new(text).size_limit(MOST).dfa_size_limit(MOST / 2).build();
        built.map(Self).map_err(|error| error.to_string())
    }

    fn fits(&self, frames: &CallFrameTable, id: FrameId) -> bool {
        let frame = frames.get(id);
        let texts = [frame.function, frame.url, frames.package(frame.package).name].map(|text| frames.text(text));
        let is_match = |text: &str| self.0.is_match(text);
        texts.into_iter().any(is_match) || texts[0].is_empty() && is_match(ANONYMOUS)
    }
}

/// The patterns in force; without any, everything is shown.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Keep only the paths with a frame that fits.
    pub focus: Option<FramePattern>,
    /// Drop the paths with a frame that fits.
    pub ignore: Option<FramePattern>,
    /// Take the frames that fit out of all paths.
    pub hide: Option<FramePattern>,
    /// Take the frames that do not fit out of all paths.
    pub show: Option<FramePattern>,
}

impl Filters {
    /// The patterns by their names.
    pub(crate) fn list(&self) -> Vec<Filter> {
        let named = [("focus", &self.focus), ("ignore", &self.ignore), ("hide", &self.hide), ("show", &self.show)];
        let filter = |(name, pattern): (&'static str, &Option<FramePattern>)| {
            Some(Filter { name, pattern: pattern.as_ref()?.0.as_str().to_owned() })
        };
        named.into_iter().filter_map(filter).collect()
    }

    fn traits(&self, frames: &CallFrameTable, id: FrameId) -> u8 {
        let fits = |pattern: &Option<FramePattern>| pattern.as_ref().is_some_and(|pattern| pattern.fits(frames, id));
        let is_hidden = fits(&self.hide) || (self.show.is_some() && !fits(&self.show));
        let bit = |bit: u8, is_set: bool| if is_set { bit } else { 0 };
        bit(FOCUSED, fits(&self.focus)) | bit(IGNORED, fits(&self.ignore)) | bit(HIDDEN, is_hidden)
    }
}

/// A frame that is in focus is on the path.
const FOCUSED: u8 = 1;
/// A frame that is ignored is on the path.
const IGNORED: u8 = 2;
/// The frame is taken out.
const HIDDEN: u8 = 4;

/// An open node.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// Its frame, if it is known: that of the last node of a damaged file may not be.
    frame: Option<FrameId>,
    /// Children met so far.
    children: u32,
    /// Level of the innermost of those shown, among these: its own or a caller's.
    shown_level: u32,
    traits: u8,
}

/// To which node bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// To the node that has them, at this level of those shown.
    Itself(u32),
    /// To a caller of it.
    Caller(u32),
    /// They are not shown. The node is, at this level.
    NotShown(u32),
    /// Neither is shown.
    Nowhere,
}

/// What is shown of the path that is open.
#[derive(Debug)]
pub(super) struct Selection {
    filters: Filters,
    by_frame: Vec<u8>,
    path: Vec<Open>,
}

impl Selection {
    pub(super) fn new(filters: Filters) -> Self {
        Self { filters, by_frame: Vec::new(), path: Vec::new() }
    }

    /// The patterns in force.
    pub(super) fn filters(&self) -> &Filters {
        &self.filters
    }

    /// Looks at the frames that are new.
    pub(super) fn grow(&mut self, frames: &CallFrameTable) {
        let new = frames.ids().skip(self.by_frame.len()).map(|id| self.filters.traits(frames, id));
        self.by_frame.extend(new);
    }

    /// Bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.by_frame.capacity() + self.path.capacity() * size_of::<Open>()
    }

    /// Bytes of memory that so many open nodes take.
    pub(super) fn memory_of(levels: usize) -> usize {
        levels * size_of::<Open>()
    }

    /// Closes all nodes deeper than `level`.
    pub(super) fn close_to(&mut self, level: u32) {
        self.path.truncate(level as usize);
    }

    /// The innermost open node: its frame and its level.
    pub(super) fn innermost(&self) -> Option<(FrameId, u32)> {
        Some((self.path.last()?.frame?, self.path.len() as u32))
    }

    /// Children met so far of each open node, outermost first.
    pub(super) fn child_counts(&self) -> Vec<u32> {
        self.path.iter().map(|open| open.children).collect()
    }

    /// A node opens at `level`. Gives its level among those shown, if it is.
    pub(super) fn enter(&mut self, frame: Option<FrameId>, level: u32) -> Option<u32> {
        self.close_to(level - 1);
        let own = frame.map_or(HIDDEN, |frame| self.by_frame[frame.0 as usize]);
        let Some(above) = self.path.last_mut() else {
            let traits = if self.filters.focus.is_none() { FOCUSED } else { 0 };
            self.path.push(Open { frame, children: 0, shown_level: 1, traits });
            return Some(1);
        };
        above.children = above.children.wrapping_add(1);
        let traits = own | above.traits & (FOCUSED | IGNORED);
        let is_shown = traits & (HIDDEN | IGNORED) == 0;
        let shown_level = above.shown_level + u32::from(is_shown);
        self.path.push(Open { frame, children: 0, shown_level, traits });
        is_shown.then_some(shown_level)
    }

    /// Where the bytes of the innermost open node go.
    pub(super) fn place(&self) -> Place {
        let Some(&Open { shown_level, traits, .. }) = self.path.last() else { return Place::Nowhere };
        let is_shown = traits & (HIDDEN | IGNORED) == 0;
        // The root has no frame that fits.
        let is_root = self.path.len() == 1;
        let is_kept = traits & (FOCUSED | IGNORED) == FOCUSED && !(is_root && self.filters.show.is_some());
        match (is_kept, is_shown) {
            (true, true) => Place::Itself(shown_level),
            (true, false) if shown_level > 1 => Place::Caller(shown_level),
            (false, true) => Place::NotShown(shown_level),
            (_, false) => Place::Nowhere,
        }
    }
}
