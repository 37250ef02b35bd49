//! Many profiles, one after the other, with one table of call frames.
//!
//! A small file is bound by decoding its call frames, and files of one program have the same. So their texts, once they are decoded and classified, are kept for
//! the next file. What a file's rows go to is a table of its own frames ([`Part`]), with the kept table's texts: sums, reports and all else know nothing of it.

use std::fmt;
use std::sync::Arc;

use crate::error::Problem;
use crate::input::Input;
use crate::parse::{Resolver, Window};
use crate::profile::{CallFrameTable, Category, Classify, FrameId, LineBase, Originals, PackageId};
use crate::scan::prefetch;

use super::options::ReadOptions;
use super::reader::{Outcome, Pass, Spare};

/// Reads profiles with one table of call frames. They are read on the threads of the current rayon pool.
pub struct Kept<'c> {
    classify: &'c dyn Classify,
    categories: Arc<[Category]>,
    /// None while a profile is read.
    resolver: Option<Resolver<'c>>,
    part: Part,
    spare: Spare,
    lines: Option<LineBase>,
}

impl fmt::Debug for Kept<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("memory", &self.memory()).field("lines", &self.lines).finish_non_exhaustive()
    }
}

/// What was read of one of many profiles.
#[derive(Debug)]
#[non_exhaustive]
pub struct KeptOutcome {
    /// The profile, with its own call frames.
    pub outcome: Outcome,
    /// What these are in the table of all, by [`FrameId`].
    pub ids: Vec<FrameId>,
}

/// Why a profile was not read with a table of call frames.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// Nothing of a heap profile was found.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Its writer counts lines in another way than those before: it is to be read with another table.
    #[error("its writer counts lines in another way than those before")]
    OtherLines,
}

impl<'c> Kept<'c> {
    /// A table without call frames. What comes from elsewhere, as `originals` says, is taken to be there; those of [`ReadOptions`] are not asked.
    pub fn new(classify: &'c dyn Classify, originals: Option<&'c dyn Originals>) -> Self {
        Self {
            classify,
            categories: classify.categories().into(),
            resolver: Some(Resolver::new(classify, originals)),
            part: Part::default(),
            spare: Spare::default(),
            lines: None,
        }
    }

    /// Bytes of memory that the table takes.
    pub fn memory(&self) -> usize {
        let Some(Resolver { dictionary, frames, .. }) = &self.resolver else { return 0 };
        let now = |entries: usize| entries;
        let indexes = dictionary.index_memory(now) + frames.index_memory(now);
        dictionary.memory() + frames.memory() + indexes + self.part.locals.capacity() * size_of::<u32>()
    }

    /// Reads a profile. What was read before is to be dropped by now: it has the texts of the table. The table only grows, and counts against a limit of
    /// memory in `options`: begin another one where [`Kept::memory`] is more than you want to keep.
    ///
    /// # Errors
    ///
    /// As [`read`](super::read), and where the writer counts lines in another way.
    pub fn read(&mut self, input: &mut Input, options: &ReadOptions<'_>) -> Result<KeptOutcome, NotKept> {
        self.part.clear();
        let resolver = self.resolver.take().unwrap_or_else(|| Resolver::new(self.classify, None));
        let mut pass = Pass::new(input, options, resolver, self.classify);
        pass.part = Some(&mut self.part);
        pass.reuse(std::mem::take(&mut self.spare));
        let ended = pass.run();
        let (resolver, sums, spare) = pass.finish();
        self.spare = spare;
        let Resolver { frames, replaced, .. } = self.resolver.insert(resolver);
        let lines = frames.line_base();
        if let Some(before) = self.lines.filter(|&before| before != lines) {
            // Frames hold what the files have: none of them is wrong.
            frames.set_line_base(before);
            return Err(NotKept::OtherLines);
        }
        let ended = ended.map_err(NotKept::Problem)?;
        self.lines = Some(lines);
        let ids = self.part.ids.clone();
        let is_replaced = |local: FrameId| !replaced.is_empty() && replaced.contains(&ids[local.0 as usize]);
        let frames = std::mem::take(&mut self.part.frames);
        let outcome = sums.outcome(ended, frames, Arc::clone(&self.categories), is_replaced);
        Ok(KeptOutcome { outcome, ids })
    }
}

/// The call frames of one file among those of many.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Those of the file. They borrow the texts of all while they are asked for.
    pub(super) frames: CallFrameTable,
    /// What they are among all.
    ids: Vec<FrameId>,
    packages: Vec<PackageId>,
    /// By the id among all: that of the file plus 1, or 0.
    locals: Vec<u32>,
    local_packages: Vec<u32>,
}

impl Part {
    /// A new file.
    fn clear(&mut self) {
        self.frames = CallFrameTable::default();
        // Files of one program are alike.
        self.frames.reserve(self.ids.len());
        self.ids.drain(..).for_each(|id| self.locals[id.0 as usize] = 0);
        self.packages.drain(..).for_each(|id| self.local_packages[id.0 as usize] = 0);
    }

    /// Lets rows have the file's own frames.
    pub(super) fn take_in(&mut self, windows: &mut [Window<'_>], all: &CallFrameTable) {
        self.locals.resize(all.len(), 0);
        self.local_packages.resize(all.package_count(), 0);
        for window in windows {
            window.renumber(|id| self.local(id, all), |id| prefetch(all.all(), id.0 as usize));
        }
        self.frames.borrow_texts(all);
    }

    fn local(&mut self, id: FrameId, all: &CallFrameTable) -> FrameId {
        let known = self.locals[id.0 as usize];
        if known > 0 {
            return FrameId(known - 1);
        }
        let package = all.get(id).package;
        let place = &mut self.local_packages[package.0 as usize];
        if *place == 0 {
            self.packages.push(package);
            *place = self.frames.copy_package(all, package).0 + 1;
        }
        let local = self.frames.copy(all, id, PackageId(*place - 1));
        self.ids.push(id);
        self.locals[id.0 as usize] = local.0 + 1;
        local
    }
}
