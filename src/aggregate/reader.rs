//! The pass over a file: blocks from the input, windows from the parser, rows into the fold.
//!
//! While the windows of one block are parsed, the rows of the block before are folded. Between the two, call frames that were met
//! for the first time are decoded and classified, in file order.

mod room;

use bumpalo::Bump;

use super::deferred::Deferred;
use super::memory::Budget;
use super::options::{ReadOptions, Reading, WINDOWS_PER_THREAD};
use super::tally::Tally;
use crate::error::{Excerpt, Kind, Place, Problem};
use crate::input::{Block, End, Input, Source};
use crate::parse::{
    Document, Fault, LOOKED_AT, Progress, ReadDocument, Resolver, Step, Stop, TreeReader, Window, read_samples,
    recognise,
};
use crate::profile::{Aggregate, Classify, Dialect, FrameId};
use crate::scan;

/// Bytes of the first windows; each block's are twice as long, up to the usual size. Call frames are new at first, and each window collects
/// those that it meets: the sooner they are known, the fewer are collected twice. (Who asks for larger windows than usual wants few cuts.)
const FIRST_WINDOW: usize = 64 << 10;

/// Arenas beyond one a window, for text that is parsed again where a guess failed.
const SPARE_ARENAS: usize = 2;

/// What a pass found.
pub struct Outcome {
    /// The sums over everything that could be read.
    pub aggregate: Aggregate,
    /// Who wrote the file.
    pub dialect: Dialect,
    /// Bytes of text; of a stream that is damaged, those before the damage.
    pub bytes: u64,
    /// What is wrong with the file, if it could not be read to its end. The sums are those up to there.
    pub problem: Option<Problem>,
    /// Compressed data lacks its trailer, though all of the text is there.
    pub trailer_missing: bool,
}

/// Reads a heap profile in one pass, on the threads of the current rayon pool.
///
/// # Errors
///
/// Where nothing of a heap profile was found: `head` never opened. A file that is damaged further on gives an [`Outcome`] with a
/// [`problem`](Outcome::problem).
pub fn read(input: &mut Input, classify: &dyn Classify, options: &ReadOptions<'_>) -> Result<Outcome, Problem> {
    let windows = rayon::current_num_threads() * WINDOWS_PER_THREAD;
    // What stands around the tree takes no more than its text.
    let largest = options.max_memory.map_or(usize::MAX, |limit| limit / 32 / windows);
    let window_size = options.window_size.min(largest).max(ReadOptions::MIN_WINDOW_SIZE);
    let budget = Budget::new(options.max_memory, options.program_memory, rayon::current_num_threads());
    let mut pass = Pass {
        input,
        options,
        budget,
        windows,
        window_size,
        window: window_size,
        want: windows * window_size,
        least: 0,
        pos: 0,
        seen: 0,
        resolver: Resolver::new(classify, options.originals),
        fold: Tally::new(options, classify.categories(), &budget),
        deferred: Deferred::default(),
        document: Document::new(),
        tree: None,
        negative_sizes: 0,
    };
    if let Some(other) = recognise(pass.input.block(0, LOOKED_AT).bytes) {
        return Err(Kind::OtherFile(other).into());
    }
    let end = match pass.document()? {
        Some(end) => end,
        None => match pass.tree() {
            None => pass.document().map(|end| end.unwrap_or(Ended::Text(End::Whole)))?,
            Some(end) => end,
        },
    };
    pass.finish(end, classify)
}

/// Why a pass ended.
enum Ended {
    /// The text ended, in the way that the input says.
    Text(End),
    /// The text is wrong.
    Fault(Box<Fault>),
    /// The tables take more than they may.
    OutOfMemory,
}

struct Pass<'a, 'c> {
    input: &'a mut Input,
    options: &'a ReadOptions<'a>,
    budget: Budget,
    /// Windows of a block.
    windows: usize,
    /// Bytes of a window, where most call frames are known.
    window_size: usize,
    /// Bytes of a window of the next block.
    window: usize,
    /// Bytes of the next block.
    want: usize,
    /// Bytes of it that are needed to come on, where a token did not fit the block before.
    least: usize,
    /// Byte of the text up to which everything is read.
    pos: u64,
    /// Bytes of the text that the input has shown.
    seen: u64,
    resolver: Resolver<'c>,
    fold: Tally,
    deferred: Deferred,
    document: Document,
    /// There from where `head` opens.
    tree: Option<TreeReader>,
    negative_sizes: u64,
}

impl Pass<'_, '_> {
    /// Reads what stands around the tree, up to `head` or to the end.
    fn document(&mut self) -> Result<Option<Ended>, Problem> {
        loop {
            let Block { bytes, end, behind } = self.input.block(self.pos, self.want);
            self.seen = self.pos + bytes.len() as u64;
            let (backend, window_size) = (self.options.backend, self.window_size);
            let document = &mut self.document;
            let run = ReadDocument { document, bytes, pos: 0, stop_at_samples: true };
            let (mut step, mut used) = scan::run(backend, run);
            if let Ok(Step::Samples) = step {
                let read = || read_samples(backend, bytes, used, window_size);
                let ((pos, passed), ()) = rayon::join(read, || drop(behind));
                if passed.count > 0 {
                    self.document.take_samples(&passed);
                }
                let document = &mut self.document;
                let run = ReadDocument { document, bytes, pos, stop_at_samples: false };
                (step, used) = scan::run(backend, run);
            } else {
                drop(behind);
            }
            match step {
                Ok(Step::Head) => {
                    self.advance(used);
                    return Ok(None);
                }
                Ok(Step::More | Step::Complete) if end != End::More => {
                    self.advance(used);
                    return Ok(Some(Ended::Text(end)));
                }
                Ok(Step::More | Step::Complete | Step::Samples) => {}
                Err(Stop::Fault(fault)) => return Ok(Some(Ended::Fault(fault))),
                Err(Stop::More) => {}
            }
            self.more(used);
            // Only a token that is larger than a block makes it larger.
            if used == 0 && !self.fits(0) {
                return Ok(Some(Ended::OutOfMemory));
            }
        }
    }

    /// Goes on behind `used` bytes of a block that ended in the middle of something. A token that does not fit a block gets a larger
    /// one; the parser refuses those beyond its limit.
    fn more(&mut self, used: usize) {
        self.least = if used > 0 { 0 } else { self.want * 2 };
        self.want = if used > 0 { self.windows * self.window } else { self.least };
        self.advance(used);
    }

    fn advance(&mut self, used: usize) {
        self.pos += used as u64;
        self.input.release(self.pos);
        let (raw, raw_total) = self.input.raw_progress();
        (self.options.progress)(Reading { text: self.pos, raw, raw_total });
    }

    /// Reads the tree of nodes. Gives why it ended, if not because the root closed.
    fn tree(&mut self) -> Option<Ended> {
        self.tree = Some(TreeReader::new(self.options.backend, self.document.traits.clone()));
        if self.window_size <= ReadOptions::WINDOW_SIZE {
            self.begin_windows(FIRST_WINDOW);
        }
        let ended = loop {
            if !self.fits(0) {
                break TreeEnd::Ended(Ended::OutOfMemory);
            }
            let ended = self.blocks();
            // With the rows folded there may be room again.
            if !matches!(ended, TreeEnd::Ended(Ended::OutOfMemory)) {
                break ended;
            }
        };
        self.begin_windows(self.window_size);
        match ended {
            TreeEnd::Closed => {
                if let Some(tree) = &self.tree {
                    self.document.tree_closed(tree.traits().clone());
                }
                None
            }
            TreeEnd::Ended(ended) => Some(ended),
        }
    }

    /// Reads blocks of the tree, and folds their rows, until it ends or there is no room for another block beside the last one's rows.
    fn blocks(&mut self) -> TreeEnd {
        let arenas = || -> Vec<Bump> { (0..self.windows + SPARE_ARENAS).map(|_| Bump::new()).collect() };
        let (mut odd, mut even) = (arenas(), arenas());
        let mut windows = Vec::new();
        loop {
            let (next, ended) = self.batch(&mut odd, windows);
            if let Some(ended) = ended {
                self.fold_rows(&next);
                return ended;
            }
            let ended;
            (windows, ended) = self.batch(&mut even, next);
            if let Some(ended) = ended {
                self.fold_rows(&windows);
                return ended;
            }
        }
    }

    /// Lets the windows from the next block on be of `size` bytes.
    fn begin_windows(&mut self, size: usize) {
        self.window = size.min(self.window_size);
        self.want = self.windows * self.window;
    }

    fn fold_rows(&mut self, windows: &[Window<'_>]) {
        for window in windows {
            self.deferred.fold(window, &mut self.fold, &self.resolver.frames);
        }
    }

    /// Parses a block into rows, while those of the block before are folded.
    fn batch<'w>(&mut self, arenas: &'w mut [Bump], before: Vec<Window<'_>>) -> (Vec<Window<'w>>, Option<TreeEnd>) {
        if self.budget.is_limited() {
            // What they held for a larger block is given back.
            arenas.fill_with(Bump::new);
        }
        let Self { input, resolver, fold, deferred, tree, pos, want, window, .. } = self;
        let Some(tree) = tree else { return (Vec::new(), Some(TreeEnd::Closed)) };
        let Block { bytes, end, behind } = input.block(*pos, *want);
        self.seen = *pos + bytes.len() as u64;
        let (dictionary, frames) = (&resolver.dictionary, &resolver.frames);
        let (batch, ()) = rayon::join(
            || tree.read(bytes, *pos, *window, dictionary, arenas),
            || {
                drop(behind);
                before.iter().for_each(|window| deferred.fold(window, fold, frames));
            },
        );
        drop(before);
        let mut windows = batch.windows;
        if let Err((offset, kind)) = resolver.resolve(&mut windows, tree.traits().line_base_of_frames()) {
            let fault = Fault { kind, at: offset.wrapping_sub(*pos) as usize, path: "callFrame".to_owned() };
            return (Vec::new(), Some(TreeEnd::Ended(Ended::Fault(Box::new(fault)))));
        }
        self.negative_sizes += windows.iter().map(|window| window.negative_sizes).sum::<u64>();
        if let Some(last) = windows.last() {
            tree.resolve(last);
        }
        resolver.frames.set_line_base(tree.traits().line_base());
        let ended = match batch.progress {
            Progress::Fault(fault) => Some(TreeEnd::Ended(Ended::Fault(fault))),
            Progress::Closed => {
                self.advance(batch.consumed);
                Some(TreeEnd::Closed)
            }
            Progress::More if end != End::More => {
                self.advance(batch.consumed);
                Some(TreeEnd::Ended(Ended::Text(end)))
            }
            Progress::More | Progress::Paused => {
                let behind = self.want;
                self.window = (2 * self.window).min(self.window_size);
                self.more(batch.consumed);
                (!self.fits(behind)).then_some(TreeEnd::Ended(Ended::OutOfMemory))
            }
        };
        (windows, ended)
    }

    fn finish(mut self, end: Ended, classify: &dyn Classify) -> Result<Outcome, Problem> {
        self.deferred.flush(&mut self.fold, &self.resolver.frames);
        let complete = self.document.is_complete();
        let mut trailer_missing = false;
        let problem = match end {
            Ended::Text(End::Damaged(why)) => Some((self.seen, Kind::Damaged(why), String::new())),
            _ if complete && !self.document.head_seen => return Err(self.document.without_head().into()),
            Ended::Fault(fault) if matches!(fault.kind, Kind::OtherFile(_)) => return Err(fault.kind.into()),
            Ended::Fault(fault) => Some((self.pos.wrapping_add(fault.at as u64), fault.kind, fault.path)),
            Ended::OutOfMemory => Some((self.pos, Kind::OutOfMemory(self.extrapolated()), String::new())),
            Ended::Text(End::Cut(_)) if complete => {
                trailer_missing = true;
                None
            }
            Ended::Text(_) if complete => None,
            Ended::Text(End::Cut(why)) => Some((self.seen, Kind::CompressedEnd(why), String::new())),
            Ended::Text(_) if self.document.is_empty() => return Err(Kind::Empty.into()),
            Ended::Text(_) => Some((self.seen, Kind::UnexpectedEnd, String::new())),
        };
        let problem = problem.map(|(offset, kind, tail)| {
            let path = self.key_path(&tail);
            let excerpt = excerpt(self.input, offset);
            Problem { kind, place: Some(Place { offset, path, excerpt }) }
        });
        let opened = self.tree.as_ref().is_some_and(TreeReader::has_begun) || self.document.tree_seen();
        let problem = match problem {
            Some(problem) if !opened => return Err(problem),
            problem => problem,
        };
        let traits = match &self.tree {
            Some(tree) if !self.document.tree_seen() => tree.traits(),
            _ => &self.document.traits,
        };
        let dialect = traits.dialect();
        let Resolver { frames, dictionary, replaced, .. } = self.resolver;
        // What the report takes, this gives back.
        drop(dictionary);
        let mut aggregate = self.fold.finish(frames);
        aggregate.categories = classify.categories().to_vec();
        aggregate.samples = self.document.samples;
        aggregate.negative_sizes = self.negative_sizes;
        let bears_node = |frame: &&FrameId| aggregate.by_frame[frame.0 as usize].nodes > 0;
        aggregate.replaced_texts = replaced.iter().filter(bears_node).count() as u64;
        // How far a stream was read ahead of a fault depends on threads and windows; how long it is, nobody knows.
        let bytes = match problem.as_ref().and_then(|problem| problem.place.as_ref()) {
            Some(place) if self.input.kind() == Source::Stream => place.offset,
            _ => self.input.text_len().unwrap_or(self.seen),
        };
        Ok(Outcome { aggregate, dialect, bytes, problem, trailer_missing })
    }

    /// The key path to where the pass stands, with the keys inside the innermost known object.
    fn key_path(&mut self, tail: &str) -> String {
        let mut path = self.document.path();
        let mut push = |part: &str| {
            if !path.is_empty() && !part.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        };
        if let Some(tree) = self.tree.as_ref().filter(|_| !self.document.tree_seen()) {
            push("head");
            let counts = self.fold.child_counts(tree.open_rows());
            let (levels, new) = (counts.len(), usize::from(tree.in_new_child()));
            // The number of a child that is open counts already; that of one without a row does not.
            let steps = (levels + new).saturating_sub(1);
            for (i, count) in counts.into_iter().take(steps).enumerate() {
                if i == CLIPPED_PATH && steps > 2 * CLIPPED_PATH {
                    push(&format!("… {} levels …", steps - 2 * CLIPPED_PATH));
                }
                if i < CLIPPED_PATH || i + CLIPPED_PATH >= steps || steps <= 2 * CLIPPED_PATH {
                    let open = u32::from(i + 1 < levels);
                    push(&format!("children[{}]", count.saturating_sub(open)));
                }
            }
        }
        push(tail);
        path
    }
}

/// Levels of a key path that are shown at each end of a long one.
const CLIPPED_PATH: usize = 8;

/// Why the tree ended.
enum TreeEnd {
    Closed,
    Ended(Ended),
}

/// The text around an offset, as far as it can still be had. Characters that stand in it only in part are left out.
pub(crate) fn excerpt(input: &mut Input, offset: u64) -> Excerpt {
    const BEFORE: u64 = 32;
    const AFTER: usize = 32;
    let start = offset.saturating_sub(BEFORE);
    let before = (offset - start) as usize;
    let bytes = input.peek(start, before + AFTER);
    let (mut before, mut after) = bytes.split_at(before.min(bytes.len()));
    if start > 0 {
        let rest = before.iter().take_while(|&&byte| byte & 0xc0 == 0x80).count();
        before = &before[rest.min(3)..];
    }
    if after.len() == AFTER {
        let part = after.utf8_chunks().last().map_or(0, |chunk| chunk.invalid().len());
        after = &after[..AFTER - part];
    }
    Excerpt { before: String::from_utf8_lossy(before).into_owned(), after: String::from_utf8_lossy(after).into_owned() }
}
