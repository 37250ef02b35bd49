//! The memory that a comparison takes, which grows with what is compared: all that counts stands here.
//!
//! Measured with 100,000 functions and more, of two files and of six: 270 to 450 bytes for each that is in one file, 610 for one that is in two, 800 where each is of a package of its own.

use super::Diff;
use crate::analysis::panel::{Panel, StackId};

/// Bytes that a function takes at most in all tables together, that a file in which it has bytes adds, and that a package does.
const FUNCTION: usize = 350;
const CELL: usize = 130;
const PACKAGE: usize = 360;

/// Bytes that a stack takes at most, and each of its frames.
const STACK: usize = 700;
const FRAME: usize = 40;

/// Bytes that a file adds to each of these: its size there, wherever sizes are at hand.
const SIZE: usize = 3 * size_of::<f64>();

impl Diff<'_> {
    /// Bytes of memory that a comparison of the members of a panel takes at most, with so many functions that are still to be added to it.
    pub fn memory(panel: &Panel, functions: usize) -> usize {
        let sizes = SIZE * panel.members().len();
        let known: usize = (0..panel.stacks() as u32).map(|id| FRAME * panel.stack(StackId(id)).len()).sum();
        let frames = panel.frames();
        (frames.len() + functions) * (FUNCTION + sizes)
            + (panel.cells() + functions) * CELL
            + frames.package_count() * PACKAGE
            + panel.stacks() * (STACK + sizes)
            + known
    }
}
