//! The shape of the tree: which node comes next, and what it bears.
//!
//! A walk repeats itself exactly from the same seed. That is how `samples` are written without storing them: a second
//! walk meets the same nodes again.

use super::Shape;
use super::functions::builtins;
use super::rng::Rng;
use crate::generate::FrameIndex;

/// What happens next in a preorder walk.
pub(super) enum Step {
    /// A node opens inside the one that is open.
    Open { frame: FrameIndex, self_size: u64 },
    /// The node that is open closes.
    Close,
}

pub(super) struct Walk {
    rng: Rng,
    shape: Shape,
    max_depth: u32,
    functions: u32,
    interval: u32,
    /// Children still to come of each open node.
    to_come: Vec<u64>,
    started: bool,
}

/// As many children as the size of the file leaves room for.
const UNBOUNDED: u64 = u64::MAX;

impl Walk {
    /// A walk over frames 1 to `functions`; frame 0 is the root's. One sampled object stands for `interval` bytes or a little more.
    pub(super) fn new(rng: Rng, shape: Shape, max_depth: u32, functions: u32, interval: u32) -> Self {
        Self { rng, shape, max_depth, functions, interval, to_come: Vec::new(), started: false }
    }

    /// The next step, or none when the root has closed. Without `more`, nothing but the root opens any more.
    pub(super) fn step(&mut self, more: bool) -> Option<Step> {
        if !self.started {
            self.started = true;
            self.to_come.push(if self.max_depth == 0 { 0 } else { self.root_children() });
            return Some(Step::Open { frame: FrameIndex(0), self_size: 0 });
        }
        let to_come = self.to_come.last_mut()?;
        if !more || *to_come == 0 {
            self.to_come.pop();
            return Some(Step::Close);
        }
        if *to_come != UNBOUNDED {
            *to_come -= 1;
        }
        let depth = self.to_come.len() as u32;
        let step = Step::Open { frame: self.frame(), self_size: self.self_size() };
        let children = if depth >= self.max_depth { 0 } else { self.children(depth) };
        self.to_come.push(children);
        Some(step)
    }

    fn root_children(&self) -> u64 {
        match self.shape {
            Shape::Chain => 1,
            Shape::Random | Shape::Fan => UNBOUNDED,
        }
    }

    /// Entry points branch widely; below them every other node has one child at most, as real stacks do.
    fn children(&mut self, depth: u32) -> u64 {
        match self.shape {
            Shape::Chain => 1,
            Shape::Fan => 0,
            Shape::Random if depth < 4 => 3 + u64::from(self.rng.below(6)),
            Shape::Random => match self.rng.below(100) {
                0..30 => 0,
                30..70 => 1,
                70..90 => 2,
                _ => 3,
            },
        }
    }

    /// One call in ten goes to a builtin; of the others, three in four go to a quarter of the functions.
    fn frame(&mut self) -> FrameIndex {
        let builtins = builtins(self.functions);
        let others = self.functions - builtins;
        if others == 0 || self.rng.percent(10) {
            return FrameIndex(1 + self.rng.below(builtins));
        }
        let among = if self.rng.percent(75) { others.div_ceil(4) } else { others };
        FrameIndex(1 + builtins + self.rng.below(among))
    }

    /// Two nodes of three have no bytes. The others hold a few sampled objects, now and then many.
    fn self_size(&mut self) -> u64 {
        if !self.rng.percent(33) {
            return 0;
        }
        let weight = u64::from(self.interval) + 8 * u64::from(2 + self.rng.below(64));
        let few = 1 + u64::from(self.rng.below(1 << 16).trailing_zeros().min(16));
        let many = if self.rng.below(64) == 0 { u64::from(self.rng.below(100)) } else { 0 };
        weight * (few + many)
    }
}
