//! A flame graph.

use std::io::{self, Write};

use inferno::flamegraph::color::{BasicPalette, Palette};
use inferno::flamegraph::{Options, from_lines};

use super::folded::{self, Labels};
use super::nodes::Nodes;
use crate::analysis::model::Report;
use crate::profile::CallTree;
use crate::report::escaped;

/// Pixels from the left to the right.
const WIDTH: u64 = 1200;

/// Parts of a pixel: a call that is narrower is not seen.
const PARTS: u64 = 2;

/// Bytes of memory that drawing takes at most. Of 700 captured programs nine in ten take 1 MiB or less, and none 7.
pub(super) const ROOM: usize = 8 << 20;

/// Bytes of it for a stack and for a call, beside the texts.
const PER_STACK: usize = 32;
const PER_CALL: usize = 192;

/// Draws it, without calls that have fewer than `least` bytes in them, that cannot be seen, or, where many can be, for which there is no room.
pub(super) fn write(
    report: &Report<'_>,
    tree: &CallTree,
    least: u64,
    deepest: u32,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut labels = Labels::new(report);
    let mut least = least.max(report.shown_size() / (WIDTH * PARTS));
    let nodes = loop {
        let nodes = Nodes::new(tree, least, deepest);
        if memory(&nodes, &mut labels)? <= ROOM {
            break nodes;
        }
        least = least.saturating_mul(2).max(1);
    };
    let mut lines = Vec::new();
    folded::write(&mut labels, &nodes, &mut lines)?;
    drop(nodes);
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

/// Bytes of memory that drawing these takes.
fn memory(nodes: &Nodes, labels: &mut Labels<'_, '_>) -> io::Result<usize> {
    let mut bytes = nodes.iter().count() * PER_CALL;
    nodes.each_stack(|stack, _| {
        bytes += PER_STACK + stack.iter().map(|&id| labels.of(id).len() + 1).sum::<usize>();
        Ok(())
    })?;
    Ok(bytes)
}
