//! The pass over a file: blocks from the input, windows from the parser, rows into the fold.
//!
//! While the windows of one block are parsed, the rows of the block before are folded. Between the two, call frames that were met
//! for the first time are decoded and classified, in file order.

mod arenas;
mod conclusion;
mod room;

use bumpalo::Bump;

use self::arenas::Arenas;
pub(super) use self::arenas::Spare;
pub(crate) use self::conclusion::excerpt;
use self::conclusion::{Conclusion, PassSums};
use super::deferred::Deferred;
use super::kept::Part;
use super::memory::Budget;
use super::options::{ReadOptions, Reading, WINDOWS_PER_THREAD};
use super::tally::Tally;
use crate::error::{Kind, Problem};
use crate::input::{Block, End, Input, Source};
use crate::parse::{
    Document, Fault, LOOKED_AT, Progress, ReadDocument, Resolver, Step, Stop, TreeReader, Window, read_samples,
    recognise,
};
use crate::profile::{Aggregate, CallTree, Classify, Dialect};
use crate::scan;

/// Bytes of the first windows; each block's are twice as long, up to the usual size. Call frames are new at first, and each window collects
/// those that it meets: the sooner they are known, the fewer are collected twice. (Who asks for larger windows than usual wants few cuts.)
const FIRST_WINDOW: usize = 64 << 10;

/// The same where most are known already: a small file is one window.
const FIRST_OF_KNOWN: usize = 256 << 10;

/// Blocks of mapped samples are this many times as long as others, up to [`SAMPLES_AT_A_TIME`]: samples leave no rows that would have to stay in
/// the cache, and threads wait for one another at the end of each block. Of 509 MB of samples blocks of 8, 16 and 32 MiB take 74, 72 and 70 ms.
const BLOCKS_OF_SAMPLES: usize = 4;
/// Two such blocks may be resident as a whole: the one that is read, and the one that is given back meanwhile.
const SAMPLES_AT_A_TIME: usize = 16 << 20;

/// What a pass found.
#[derive(Debug)]
pub struct Outcome {
    /// The sums over everything that could be read.
    pub aggregate: Aggregate,
    /// Its nodes, where they were to be kept.
    pub tree: Option<CallTree>,
    /// Who wrote the file.
    pub dialect: Dialect,
    /// Bytes of text; of a stream that is damaged, those before the damage.
    pub bytes: u64,
    /// What is wrong with the file, if it could not be read to its end. The sums are those up to there.
    pub problem: Option<Problem>,
    /// Compressed data lacks its trailer, though all of the text is there.
    pub trailer_missing: bool,
    /// Behind the profile stands another one, in an object of its own, which is not read.
    pub has_another_profile: bool,
}

/// Reads a heap profile in one pass, on the threads of the current rayon pool.
///
/// # Errors
///
/// Where nothing of a heap profile was found: `head` never opened. A file that is damaged further on gives an [`Outcome`] with a
/// [`problem`](Outcome::problem).
pub fn read(input: &mut Input, classify: &dyn Classify, options: &ReadOptions<'_>) -> Result<Outcome, Problem> {
    let resolver = Resolver::new(classify, options.originals);
    let mut pass = Pass::new(input, options, resolver, classify);
    let ended = pass.run()?;
    let (Resolver { frames, dictionary, replaced, .. }, sums, _) = pass.finish();
    // What the report takes, this gives back.
    drop(dictionary);
    let categories = classify.categories().into();
    Ok(sums.outcome(ended, frames, categories, |id| !replaced.is_empty() && replaced.contains(&id)))
}

/// Why a pass ended.
enum Ended {
    /// The text ended, in the way that the input says.
    Text(End),
    /// The text is wrong.
    Fault(Box<Fault>),
    /// The tables take more than they may.
    OutOfMemory,
    /// Who is told of the progress wants no more.
    Stopped,
}

pub(super) struct Pass<'a, 'c> {
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
    /// The file's own call frames, where the resolver's are of many files.
    pub(super) part: Option<&'a mut Part>,
    arenas: Arenas,
    deferred: Deferred,
    document: Document,
    /// There from where `head` opens.
    tree: Option<TreeReader>,
    negative_sizes: u64,
    /// Whether no more is wanted.
    is_stopped: bool,
}

impl<'a, 'c> Pass<'a, 'c> {
    /// A pass that has read nothing yet.
    pub(super) fn new(
        input: &'a mut Input,
        options: &'a ReadOptions<'a>,
        resolver: Resolver<'c>,
        classify: &dyn Classify,
    ) -> Self {
        let windows = rayon::current_num_threads() * WINDOWS_PER_THREAD;
        // What stands around the tree takes no more than its text.
        let largest = options.max_memory.map_or(usize::MAX, |limit| limit / 32 / windows);
        let window_size =
            options.window_size.min(largest).clamp(ReadOptions::MIN_WINDOW_SIZE, ReadOptions::MAX_WINDOW_SIZE);
        let budget = Budget::new(options.max_memory, options.program_memory, rayon::current_num_threads());
        let budget = if options.causes { budget } else { budget.without_causes() };
        Self {
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
            resolver,
            fold: Tally::new(options, classify.categories(), &budget),
            part: None,
            arenas: Arenas::default(),
            deferred: Deferred::default(),
            document: Document::new(),
            tree: None,
            negative_sizes: 0,
            is_stopped: false,
        }
    }

    /// Has what a pass before it left.
    pub(super) fn reuse(&mut self, Spare { arenas, scratch }: Spare) {
        self.arenas = arenas;
        *self.fold.scratch() = scratch;
    }

    /// Reads up to the end of the file, or as far as it can be read.
    ///
    /// # Errors
    ///
    /// Where nothing of a heap profile was found.
    pub(super) fn run(&mut self) -> Result<Conclusion, Problem> {
        let ended = self.read()?;
        self.conclude(ended)
    }

    fn read(&mut self) -> Result<Ended, Problem> {
        if let Some(other) = recognise(self.input.block(0, LOOKED_AT).bytes) {
            return Err(Kind::OtherFile(other).into());
        }
        match self.document()? {
            Some(end) => Ok(end),
            None => match self.tree() {
                None => self.document().map(|end| end.unwrap_or(Ended::Text(End::Whole))),
                Some(end) => Ok(end),
            },
        }
    }

    /// Reads what stands around the tree, up to `head` or to the end.
    fn document(&mut self) -> Result<Option<Ended>, Problem> {
        loop {
            let Block { bytes, end, behind } = self.input.block(self.pos, self.want);
            self.seen = self.pos + bytes.len() as u64;
            let (backend, window_size) = (self.options.backend, self.window_size);
            let document = &mut self.document;
            let run = ReadDocument { document, bytes, pos: 0, stop_at_samples: true };
            let (mut step, mut used) = scan::run(backend, run);
            let is_samples = matches!(step, Ok(Step::Samples));
            if is_samples {
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
            if is_samples && self.input.kind() == Source::Mapped && !self.budget.is_limited() {
                self.want = self.want.max((BLOCKS_OF_SAMPLES * self.want).min(SAMPLES_AT_A_TIME));
            }
            // A token that is larger than a block makes it larger, and a decoder's window grows with what was decoded.
            if let Some(ended) = self.ends_early(0) {
                return Ok(Some(ended));
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
        self.is_stopped |= (self.options.progress)(Reading { text: self.pos, raw, raw_total }).is_break();
    }

    /// Why the pass ends before the text does: no more is wanted, or there is no room for the next block beside the `behind` bytes whose rows are not folded yet.
    fn ends_early(&mut self, behind: usize) -> Option<Ended> {
        if self.is_stopped {
            return Some(Ended::Stopped);
        }
        (!self.fits(behind)).then_some(Ended::OutOfMemory)
    }

    /// Reads the tree of nodes. Gives why it ended, if not because the root closed.
    fn tree(&mut self) -> Option<Ended> {
        self.tree = Some(TreeReader::new(self.options.backend, self.document.traits.clone()));
        if self.window_size <= ReadOptions::WINDOW_SIZE {
            let frames_are_known = self.part.is_some() && !self.resolver.frames.is_empty();
            self.begin_windows(if frames_are_known { FIRST_OF_KNOWN } else { FIRST_WINDOW });
        }
        let ended = loop {
            if let Some(ended) = self.ends_early(0) {
                break TreeEnd::Ended(ended);
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
        let mut arenas = std::mem::take(&mut self.arenas);
        let [odd, even] = arenas.of_blocks(TreeReader::arenas(self.windows));
        let ended = self.blocks_in(odd, even);
        self.arenas = arenas;
        ended
    }

    /// The same; the windows of every other block are in one list of arenas.
    fn blocks_in(&mut self, odd: &mut [Bump], even: &mut [Bump]) -> TreeEnd {
        let mut windows = Vec::new();
        loop {
            let (mut next, ended) = self.batch(odd, windows);
            if let Some(ended) = ended {
                self.fold_rows(&mut next);
                return ended;
            }
            let ended;
            (windows, ended) = self.batch(even, next);
            if let Some(ended) = ended {
                self.fold_rows(&mut windows);
                return ended;
            }
        }
    }

    /// Lets the windows from the next block on be of `size` bytes.
    fn begin_windows(&mut self, size: usize) {
        self.window = size.min(self.window_size);
        self.want = self.windows * self.window;
    }

    fn fold_rows(&mut self, windows: &mut [Window<'_>]) {
        let frames = self.part.as_deref().map_or(&self.resolver.frames, |part| &part.frames);
        for window in windows {
            self.deferred.fold(window, &mut self.fold, frames);
        }
    }

    /// Parses a block into rows, while those of the block before are folded.
    fn batch<'w>(&mut self, arenas: &'w mut [Bump], mut before: Vec<Window<'_>>) -> (Vec<Window<'w>>, Option<TreeEnd>) {
        if self.budget.is_limited() {
            // What they held for a larger block is given back.
            arenas.fill_with(Bump::new);
        }
        let Self { input, resolver, fold, part, deferred, tree, pos, want, window, .. } = self;
        let Some(tree) = tree else { return (Vec::new(), Some(TreeEnd::Closed)) };
        let Block { bytes, end, behind } = input.block(*pos, *want);
        self.seen = *pos + bytes.len() as u64;
        let (dictionary, frames) =
            (&resolver.dictionary, part.as_deref().map_or(&resolver.frames, |part| &part.frames));
        let (batch, ()) = rayon::join(
            || tree.read(bytes, *pos, *window, dictionary, arenas),
            || {
                drop(behind);
                before.iter_mut().for_each(|window| deferred.fold(window, fold, frames));
            },
        );
        drop(before);
        let mut windows = batch.windows;
        if let Some(part) = part {
            part.frames.return_texts();
        }
        if let Err((offset, kind)) = resolver.resolve(&mut windows, tree.traits().line_base_of_frames()) {
            let fault = Fault { kind, at: offset.wrapping_sub(*pos) as usize, path: "callFrame".to_owned() };
            return (Vec::new(), Some(TreeEnd::Ended(Ended::Fault(Box::new(fault)))));
        }
        self.negative_sizes += windows.iter().map(|window| window.negative_sizes).sum::<u64>();
        if let Some(last) = windows.last() {
            tree.resolve(last);
        }
        resolver.frames.set_line_base(tree.traits().line_base());
        if let Some(part) = part {
            part.take_in(&mut windows, &resolver.frames);
        }
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
                self.ends_early(behind).map(TreeEnd::Ended)
            }
        };
        (windows, ended)
    }

    /// The tables of call frames, the sums over what was read, and what another pass may have.
    pub(super) fn finish(self) -> (Resolver<'c>, PassSums, Spare) {
        let Self { resolver, mut fold, document, negative_sizes, arenas, .. } = self;
        let spare = Spare { arenas: arenas.kept(), scratch: std::mem::take(fold.scratch()) };
        (resolver, PassSums { fold, samples: document.samples, interval: document.interval, negative_sizes }, spare)
    }
}

/// Why the tree ended.
enum TreeEnd {
    Closed,
    Ended(Ended),
}
