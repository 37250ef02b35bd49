//! Call frames one at a time, for profiles other than heap profiles: recognised by the same dictionary, and decoded, classified and
//! interned where they are met for the first time.
//!
//! Heap profiles do that for all new frames of a block at once, on all threads. A CPU profile has fewer nodes for each frame and is read
//! on one thread, so here it is done on the spot, and no id is ever provisional.

use std::collections::HashSet;

use bumpalo::Bump;

use super::call_frame::{Fields, ScriptForm, recognise};
use super::cursor::{Cursor, Read, Stop};
use super::fresh::{FRESH, Fresh};
use super::resolver::Resolver;
use crate::profile::{CallFrameTable, Classify, FrameId, LineBase, Originals};
use crate::scan::Vector;

/// The distinct call frames of a file, which are added one by one.
pub(crate) struct Frames<'c> {
    resolver: Resolver<'c>,
    arena: Bump,
    /// Some frame stands in a node itself, without an object of its own.
    flat: bool,
    /// Some scriptId is a string, or some line is -1.
    zero_based: bool,
    /// How lines count, as far as the first frame tells.
    base: Option<LineBase>,
}

impl<'c> Frames<'c> {
    pub(crate) fn new(classify: &'c dyn Classify, originals: Option<&'c dyn Originals>) -> Self {
        let resolver = Resolver::new(classify, originals);
        Self { resolver, arena: Bump::new(), flat: false, zero_based: false, base: None }
    }

    /// Takes the call frame object at the cursor, whose bytes begin at `base` in the text.
    pub(crate) fn take<V: Vector>(&mut self, cursor: &mut Cursor<'_>, base: u64) -> Read<FrameId> {
        let start = cursor.pos;
        self.arena.reset();
        let mut fresh = Fresh::new(&self.arena);
        let (id, fields) = recognise::<V>(cursor, &self.resolver.dictionary, &mut fresh, base, false)?;
        if let Some(fields) = fields {
            self.zero_based |= fields.script == ScriptForm::Text || fields.line == Some(-1);
            if self.resolver.frames.is_empty() {
                self.base = first_base(&fields, self.zero_based);
            }
        }
        interned(&mut self.resolver, id, &fresh, start, self.base)
    }

    /// The frame whose fields stand in a node itself; `at` is where in the block an error is told.
    pub(crate) fn take_fields(&mut self, fields: &Fields<'_>, at: usize) -> Read<FrameId> {
        self.flat = true;
        self.arena.reset();
        let mut fresh = Fresh::new(&self.arena);
        let id = fresh.intern_fields(&self.resolver.dictionary, fields, at as u64);
        interned(&mut self.resolver, id, &fresh, at, Some(LineBase::One))
    }

    /// Bytes of memory that it takes, but for indexes.
    pub(crate) fn memory(&self) -> usize {
        self.resolver.dictionary.memory() + self.resolver.frames.memory() + self.arena.allocated_bytes()
    }

    /// Bytes of memory that its indexes take until there are `to` as many frames as now.
    pub(crate) fn index_memory(&self, to: impl Fn(usize) -> usize + Copy) -> usize {
        self.resolver.dictionary.index_memory(to) + self.resolver.frames.index_memory(to)
    }

    /// The table, and the frames with text that had to be replaced.
    ///
    /// Where the fields stand in the nodes (before 2016), lines count from 1. Else a string scriptId or a line of -1 tells that they
    /// count from 0.
    pub(crate) fn finish(self) -> (CallFrameTable, HashSet<FrameId>) {
        let mut frames = self.resolver.frames;
        let zero = self.zero_based && !self.flat;
        frames.set_line_base(if zero { LineBase::Zero } else { LineBase::One });
        (frames, self.resolver.replaced)
    }
}

/// How the first frame tells that lines count. All known writers begin with the root; any other frame tells nothing where its scriptId is a
/// number.
fn first_base(fields: &Fields<'_>, zero_based: bool) -> Option<LineBase> {
    let is_root = fields.raw[0].as_deref() == Some(b"\"(root)\"");
    match zero_based {
        true => Some(LineBase::Zero),
        false => is_root.then_some(LineBase::One),
    }
}

/// The frame of an id of the dictionary or of `fresh`.
fn interned(
    resolver: &mut Resolver<'_>,
    id: u32,
    fresh: &Fresh<'_>,
    at: usize,
    base: Option<LineBase>,
) -> Read<FrameId> {
    if id & FRESH == 0 {
        return Ok(FrameId(id));
    }
    let texts: Vec<_> = fresh.texts.iter().collect();
    let ids = resolver.intern(&texts, base).map_err(|(_, kind)| Stop::fault(kind, at))?;
    ids.first().copied().ok_or(Stop::More) // there is an id for each text, and this is one
}
