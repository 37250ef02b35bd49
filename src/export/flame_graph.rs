//! A flame graph.

use std::io::{self, Write};

use inferno::flamegraph::color::{BasicPalette, Palette};
use inferno::flamegraph::{Options, from_lines};

use super::folded;
use super::nodes::Nodes;
use crate::analysis::model::Report;
use crate::report::escaped;

/// Pixels from the left to the right.
const WIDTH: u64 = 1200;

/// Parts of a pixel: a call that is narrower is not seen.
const PARTS: u64 = 2;

/// Bytes of the smallest call that is seen in a picture of so many.
pub(super) fn least_visible(size: u64) -> u64 {
    size / (WIDTH * PARTS)
}

/// Draws it. Calls that cannot be seen are to be left out before.
pub(super) fn write(report: &Report<'_>, nodes: &Nodes, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Vec::new();
    folded::write(report, nodes, &mut lines)?;
    // Labels are text, whatever the file has.
    let lines = String::from_utf8_lossy(&lines);
    let mut options = Options::default();
    options.title = format!("Allocations in {}", escaped(&report.file().name));
    options.count_name = "bytes".to_owned();
    options.colors = Palette::Basic(BasicPalette::Mem);
    // The same function has the same colour, in every picture.
    options.deterministic = true;
    options.image_width = Some(WIDTH as usize);
    options.min_width = 0.0;
    from_lines(&mut options, lines.lines(), out)
}
