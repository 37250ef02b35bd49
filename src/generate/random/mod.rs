//! Profiles of any size from a seed, with their exact sums.
//!
//! The tree is invented while it is written, so memory holds the functions and the open path and nothing else. Shape,
//! names, repetition of call frames and sizes follow what is seen in profiles of Node services.

mod functions;
mod rng;
mod truth;
mod walk;

use std::io::{self, Write};

use rng::Rng;
use truth::Tally;
pub use truth::{FunctionTruth, Truth};
use walk::{Step, Walk};

use super::{Escapes, Frame, ProfileWriter, Sample, Style};
use crate::profile::Dialect;

/// Which of the two common layouts a random profile has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One line, with ids and samples.
    Inspector,
    /// Indented, without ids and samples.
    Xprofiler,
}

/// The shape of a random profile's tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Like a real one.
    #[default]
    Random,
    /// Every node has one child, down to the greatest depth.
    Chain,
    /// All nodes are children of the root.
    Fan,
}

/// What a random profile shall be like.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The layout.
    pub layout: Layout,
    /// The shape of the tree.
    pub shape: Shape,
    /// The same seed and options give the same bytes.
    pub seed: u64,
    /// Bytes of the file, met to within a node; the tree may end earlier for the other limits.
    pub size: u64,
    /// Greatest number of nodes, the root included.
    pub nodes: u64,
    /// Depth of the deepest nodes.
    pub max_depth: u32,
    /// Number of functions to draw from, at least 1.
    pub functions: u32,
    /// Share of the file that `samples` takes in the inspector's layout, from 0 to 0.99; 0 leaves them out.
    pub samples_share: f64,
    /// How characters beyond ASCII are written.
    pub escapes: Escapes,
    /// The seed of the functions, where profiles with other seeds are to have the same ones, as dumps of one program have.
    pub functions_seed: Option<u64>,
}

impl Options {
    /// A profile such as a service leaves behind, of `size` bytes.
    pub fn new(layout: Layout, size: u64, seed: u64) -> Self {
        Self {
            layout,
            shape: Shape::Random,
            seed,
            size,
            nodes: u64::MAX,
            max_depth: match layout {
                Layout::Inspector => 48,
                Layout::Xprofiler => 16, // all that V8's own interface records
            },
            functions: 12_000,
            samples_share: 0.07,
            escapes: Escapes::Raw,
            functions_seed: None,
        }
    }

    fn samples_share(&self) -> f64 {
        match self.layout {
            Layout::Inspector => self.samples_share.clamp(0.0, 0.99),
            Layout::Xprofiler => 0.0,
        }
    }

    /// The walk that these options describe, and the frames it meets. Every call gives the same.
    fn walk(&self) -> (Walk, Vec<Frame>) {
        let mut rng = Rng::new(self.seed);
        let functions = self.functions.max(1);
        let frames = match self.functions_seed {
            Some(seed) => functions::functions(&mut Rng::new(seed), functions),
            None => functions::functions(&mut rng, functions),
        };
        let interval = match self.layout {
            Layout::Inspector => 32 << 10,
            Layout::Xprofiler => 512 << 10,
        };
        (Walk::new(rng, self.shape, self.max_depth, functions, interval), frames)
    }
}

/// Writes a random profile and says what is in it.
///
/// # Errors
///
/// Those of `out`.
pub fn random_profile(options: &Options, out: impl Write) -> io::Result<Truth> {
    let (mut walk, frames) = options.walk();
    let dialect = match options.layout {
        Layout::Inspector => Dialect::Inspector,
        Layout::Xprofiler => Dialect::Xprofiler,
    };
    let style = Style { escapes: options.escapes, ..Style::from(dialect) };
    let mut writer = ProfileWriter::new(out, style, &frames);
    let mut tally = Tally::new(frames.len());
    let share = options.samples_share();
    let target = (options.size as f64 * (1.0 - share)) as u64;

    let mut nodes = 0;
    let mut owed = 0; // bytes that closing all open nodes will take
    while let Some(step) = walk.step(nodes < options.nodes && writer.written() + owed < target) {
        match step {
            Step::Open { frame, self_size } => {
                tally.open(frame, self_size);
                writer.open(frame, self_size as i64, node_id(nodes))?;
                owed += writer.close_length();
                nodes += 1;
            }
            Step::Close => {
                tally.close();
                owed -= writer.close_length();
                writer.close()?;
            }
        }
    }
    let proportional = (writer.written() as f64 * share / (1.0 - share)) as u64;
    let budget = proportional.min(options.size.saturating_sub(writer.written()));
    let samples = if share > 0.0 { Some(write_samples(options, &tally, budget, &mut writer)?) } else { None };
    let bytes = writer.finish()?;
    Ok(tally.truth(&frames, bytes, samples))
}

/// Writes `samples` of about `budget` bytes, spread evenly over the allocating nodes; returns their number.
fn write_samples<W: Write>(
    options: &Options,
    tally: &Tally,
    budget: u64,
    writer: &mut ProfileWriter<W>,
) -> io::Result<u64> {
    let nodes = tally.nodes();
    let mut allocating_nodes = tally.allocating_nodes();
    let (mut walk, _) = options.walk();
    let mut node = 0;
    let mut samples = 0;
    let end = writer.written() + budget;
    let mut written = 0;
    writer.open_samples();
    while allocating_nodes > 0 {
        let Some(step) = walk.step(node < nodes) else {
            break;
        };
        let Step::Open { self_size, .. } = step else {
            continue;
        };
        let node_id = node_id(node);
        node += 1;
        if self_size == 0 {
            continue;
        }
        // What is left of the budget, divided by what is left of the nodes, in samples of the length of those before.
        let length = match samples {
            0 => first_sample_length(self_size, node_id, budget, allocating_nodes),
            _ => written as f64 / samples as f64,
        };
        let left = end.saturating_sub(writer.written()) as f64 / length;
        let count = (left / allocating_nodes as f64 + 0.5) as u64;
        allocating_nodes -= 1;
        let before = writer.written();
        for i in 0..count {
            let size = self_size / count + if i == 0 { self_size % count } else { 0 };
            samples += 1;
            writer.sample(Sample { size, node_id, ordinal: scatter(samples) })?;
        }
        written += writer.written() - before;
    }
    writer.close_samples();
    Ok(samples)
}

/// About the length of the samples of the first allocating node, which may be the only one.
fn first_sample_length(self_size: u64, node_id: u64, budget: u64, nodes: u64) -> f64 {
    let text = br#",{"size":,"nodeId":,"ordinal":}"#.len() as u32;
    let all = budget / u64::from(text + 10) + 1;
    let of_node = all / nodes + 1;
    let digits = [self_size / of_node, node_id, all].map(|number| number.max(1).ilog10() + 1);
    f64::from(text + digits.iter().sum::<u32>())
}

/// The root's id is 1; the others are unique, and in large profiles neither dense nor in order, as V8's are.
fn node_id(node: u64) -> u64 {
    1 + scatter(node)
}

/// Different numbers for different `n`, out of order but not much larger.
fn scatter(n: u64) -> u64 {
    // Within each power of two above 256, multiplication by an odd number is a permutation.
    let bits = (64 - n.leading_zeros()).max(8);
    let low = 1u64 << (bits - 1);
    if n < 256 { n } else { low + ((n & (low - 1)).wrapping_mul(0x9e37_79b9) & (low - 1)) }
}
