//! Reads the tree of nodes block by block: windows in parallel, accepted in file order.
//!
//! The first window of a block begins from the true state. Each of the others begins from a guess that holds if
//!
//! 1. the window before it, accepted itself, ends exactly where it begins, and a node is to open there;
//! 2. it does not end the children of a node that lacks a key, nor those of the root: what follows them depends on more than the guess;
//! 3. it found nothing wrong and stays within the depth limit.
//!
//! Then it did what a parse from the true state would have done, but for levels, which are shifted. By induction the parallel parse
//! equals the sequential one. Where a guess fails, the text is parsed on from the true state until a later window fits.

use bumpalo::Bump;
use rayon::prelude::*;

use super::boundary::{NODE_KEYS, Windows};
use super::call_frame::Fields;
use super::dictionary::Dictionary;
use super::fresh::FRESH;
use super::heap_tree::ParseWindow;
use super::rows::{End, Window};
use super::state::{GUESSED_LEVEL, State};
use super::{Fault, MAX_DEPTH, Traits};
use crate::scan::{self, Backend};

/// After so many windows in a row that did not fit, no more are guessed in this file.
const PATIENCE: u32 = 4;

/// Arenas beyond one a window, for text that is parsed again where a guess failed.
const SPARE_ARENAS: usize = 2;

/// How far the tree was read.
#[derive(Debug)]
pub(crate) enum Progress {
    /// The block is used up but for a token that does not end in it.
    More,
    /// There was no arena for what is left of the block.
    Paused,
    /// The root closed.
    Closed,
    /// The text is wrong.
    Fault(Box<Fault>),
}

/// A reader of the tree of nodes.
pub(crate) struct TreeReader {
    backend: Backend,
    state: State,
    failures: u32,
}

/// The rows of a block, and how far it was read.
pub(crate) struct Batch<'w> {
    /// In file order.
    pub(crate) windows: Vec<Window<'w>>,
    /// Bytes of the block that are not needed again.
    pub(crate) consumed: usize,
    pub(crate) progress: Progress,
}

impl TreeReader {
    /// A reader before the `{` of the root.
    pub(crate) fn new(backend: Backend, traits: Traits) -> Self {
        Self { backend, state: State::root(traits), failures: 0 }
    }

    /// How many arenas [`read`](Self::read) can use for a block of so many windows.
    pub(crate) fn arenas(windows: usize) -> usize {
        Windows::most(windows, rayon::current_num_threads()) + SPARE_ARENAS
    }

    /// What is known of the writer.
    pub(crate) fn traits(&self) -> &Traits {
        &self.state.traits
    }

    /// Open nodes at the position reached whose rows are out.
    pub(crate) fn open_rows(&self) -> u32 {
        self.state.level - u32::from(self.state.in_node() && !self.state.node.emitted)
    }

    /// Whether the position is in a child, of the innermost node whose row is out, that has no row itself yet.
    pub(crate) fn in_new_child(&self) -> bool {
        self.state.before_element() || self.open_rows() < self.state.level
    }

    /// Bytes of memory that nodes take which lack a key.
    pub(crate) fn memory(&self) -> usize {
        let flat = self.state.incomplete.iter().filter_map(|node| node.flat.as_deref());
        size_of_val(&self.state.incomplete[..]) + flat.map(Fields::memory).sum::<usize>()
    }

    /// Whether the root's `{` was read.
    pub(crate) fn has_begun(&self) -> bool {
        self.state.level > 0
    }

    /// Replaces an id of the last window's fresh texts that is still in use.
    pub(crate) fn resolve(&mut self, last: &Window<'_>) {
        if self.open_rows() < self.state.level
            && self.state.node.frame & FRESH != 0
            && let Some(frame) = last.frame(self.state.node.frame)
        {
            self.state.node.frame = frame.0;
        }
    }

    /// Reads on in `bytes`, which begin at `base` in the text, in windows of about `window` bytes. Uses up to one arena a window.
    pub(crate) fn read<'w>(
        &mut self,
        bytes: &[u8],
        base: u64,
        window: usize,
        dictionary: &Dictionary,
        arenas: &'w mut [Bump],
    ) -> Batch<'w> {
        let cuts = Windows::of(bytes.len(), window, rayon::current_num_threads());
        let cuts = cuts.at_most(if self.failures < PATIENCE { arenas.len() } else { 1 });
        let backend = self.backend;
        let parse = |start: usize, stop: usize, state: State, arena: &'w mut Bump| {
            arena.reset();
            scan::bring_in(bytes, start..stop);
            scan::run(backend, ParseWindow { bytes, start, stop, base, state, dictionary, arena })
        };

        let (used, spare) = arenas.split_at_mut(cuts.count);
        let mut states = vec![std::mem::replace(&mut self.state, State::guess())];
        states.resize_with(cuts.count, State::guess);
        // Each thread looks for cuts itself: to touch a page of a mapping takes as long as to read it.
        let mut parsed: Vec<_> = used
            .iter_mut()
            .zip(states)
            .enumerate()
            .par_bridge() // in file order
            .filter_map(|(number, (arena, state))| {
                let start = cuts.start(bytes, number, &NODE_KEYS)?;
                let stop = cuts.stop(bytes, number, &NODE_KEYS);
                Some((start, parse(start, stop, state, arena)))
            })
            .collect();
        parsed.sort_unstable_by_key(|&(start, _)| start);

        let mut windows = Vec::with_capacity(parsed.len());
        let mut spare = spare.iter_mut();
        let mut pos = 0;
        for (start, (window, state)) in parsed {
            if start > 0 {
                // Parse on to where this window begins, or past it.
                while pos < start {
                    let Some(arena) = spare.next() else {
                        return Batch { windows, consumed: pos, progress: Progress::Paused };
                    };
                    let (window, state) = parse(pos, start, std::mem::replace(&mut self.state, State::guess()), arena);
                    pos = window.pos;
                    if let Some(progress) = self.accept(window, state, &mut windows) {
                        return Batch { windows, consumed: pos, progress };
                    }
                }
                if pos > start || !self.proves(&window) {
                    self.failures += 1;
                    continue;
                }
            }
            pos = window.pos;
            if let Some(progress) = self.accept(window, state, &mut windows) {
                return Batch { windows, consumed: pos, progress };
            }
        }
        // The last window did not fit: what it covers is left to the next block.
        Batch { windows, consumed: pos, progress: Progress::Paused }
    }

    /// Whether a window that began from a guess where the true state now stands did what a parse from that state would have done.
    fn proves(&self, window: &Window<'_>) -> bool {
        let shift = i64::from(self.state.level) - i64::from(GUESSED_LEVEL);
        let lowest = i64::from(window.lowest) + shift;
        let incomplete = self.state.incomplete.last().map_or(0, |node| i64::from(node.level));
        self.state.before_element()
            && self.state.level > 0
            && lowest >= incomplete.max(1)
            && i64::from(window.highest) + shift <= i64::from(MAX_DEPTH)
            && matches!(window.end, End::Boundary | End::More)
    }

    /// Takes a window's rows and its final state for true. Gives how the block ended, if it did.
    fn accept<'w>(&mut self, mut window: Window<'w>, state: State, windows: &mut Vec<Window<'w>>) -> Option<Progress> {
        let guessed = state.is_guess();
        let before = std::mem::replace(&mut self.state, state);
        if guessed {
            self.failures = 0;
            window.shift = before.level.wrapping_sub(GUESSED_LEVEL);
            self.state.rebase(window.shift, before);
        }
        let end = std::mem::replace(&mut window.end, End::Boundary);
        windows.push(window);
        match end {
            End::Boundary => None,
            End::More => Some(Progress::More),
            End::Closed => Some(Progress::Closed),
            End::Fault(fault) => Some(Progress::Fault(fault)),
        }
    }
}
