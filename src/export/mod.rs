//! Writes the stacks of a profile for other tools: pprof, speedscope, flame graphs, DevTools.
//!
//! What is written is what a report shows: filters, put back stacks, sources of generated code, several files as one. Names are visible in what people look at, as in
//! reports; only [`Target::HeapProfile`] has them as they are in the file.
//!
//! ```
//! use heapsift::aggregate::{ReadOptions, read};
//! use heapsift::analysis::model::Profile;
//! use heapsift::classify::Classifier;
//! use heapsift::export::{Export, Target};
//! use heapsift::input::Input;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut input = Input::open("fixtures/dialects/inspector.heapprofile".as_ref(), &Default::default())?;
//! let options = ReadOptions { keep_tree: true, ..ReadOptions::default() };
//! let outcome = read(&mut input, &Classifier::builtin()?, &options)?;
//! let (profile, _) = Profile::from_outcome("inspector.heapprofile".to_owned(), None, outcome);
//!
//! let mut folded = Vec::new();
//! Export::default().write(&profile, Target::Folded, &mut folded)?;
//! assert!(String::from_utf8(folded)?.lines().all(|line| line.contains(' ')));
//! # Ok(())
//! # }
//! ```

mod flame_graph;
mod folded;
mod heap_profile;
mod nodes;
mod pprof;
mod speedscope;
#[cfg(test)]
mod tests;

use std::io::{self, BufWriter, Write};

use crate::analysis::model::{Profile, Report, ReportOptions};
use folded::Labels;
use nodes::Nodes;

/// Open nodes of a stack that are written; what is deeper counts for the function there. V8 keeps 128 at most, and viewers draw a row for each.
const DEEPEST: u32 = 1024;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A profile for `go tool pprof` and what else reads its format, compressed.
    Pprof,
    /// A file for <https://www.speedscope.app>.
    Speedscope,
    /// A line for each stack, its frames from the outermost in, with `;` between them, and its bytes: what flame graph tools read.
    Folded,
    /// A flame graph, as a picture that is searched and zoomed in a browser.
    Svg,
    /// A heap profile as the inspector writes it, for DevTools and editors.
    HeapProfile,
}

/// How it is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Export {
    /// Calls with fewer bytes in them, their own and those of what they call, are left out; their bytes are written for their caller.
    pub least: u64,
    /// The sampling interval, where it is given.
    pub interval: Option<u64>,
}

/// Why it was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The profile was read without `ReadOptions::keep_tree`.
    #[error("the nodes of the profile were not kept")]
    NoTree,
    /// There is nothing to draw.
    #[error("no allocation is shown: there is nothing to draw")]
    Empty,
    /// The destination takes no more.
    #[error(transparent)]
    Write(#[from] io::Error),
}

impl Target {
    /// Bytes of memory that writing it takes at most, beside [`Export::PER_NODE`].
    pub fn memory(self) -> usize {
        match self {
            Self::Pprof => pprof::ROOM,
            Self::Svg => flame_graph::ROOM,
            Self::Speedscope | Self::Folded | Self::HeapProfile => 0,
        }
    }
}

impl Export {
    /// Writes the nodes of a profile to `out` and flushes it. The profile must have been read with `ReadOptions::keep_tree`.
    ///
    /// # Errors
    ///
    /// Where its nodes were not kept, nothing can be drawn, or writing fails.
    pub fn write(&self, profile: &Profile, to: Target, out: &mut dyn Write) -> Result<(), ExportError> {
        let tree = profile.tree.as_ref().ok_or(ExportError::NoTree)?;
        let report = Report::new(profile, ReportOptions { interval: self.interval, ..ReportOptions::default() });
        let mut out = BufWriter::new(out);
        let nodes = |deepest: u32| Nodes::new(tree, self.least, deepest);
        match to {
            Target::Pprof => pprof::write(&report, &nodes(DEEPEST), &mut out)?,
            Target::Speedscope => speedscope::write(&report, &nodes(DEEPEST), &mut out)?,
            Target::Folded => folded::write(&mut Labels::new(&report), &nodes(DEEPEST), &mut out)?,
            Target::Svg if report.shown_size() == 0 => return Err(ExportError::Empty),
            Target::Svg => flame_graph::write(&report, tree, self.least, DEEPEST, &mut out)?,
            Target::HeapProfile => heap_profile::write(&report, &nodes(u32::MAX), &mut out)?,
        }
        Ok(out.flush()?)
    }

    /// Bytes of memory that writing takes for each node that was kept: what `ReadOptions::later_of_node` wants to know.
    pub const PER_NODE: usize = Nodes::PER_NODE;
}
