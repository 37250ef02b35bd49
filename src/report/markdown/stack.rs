//! Call stacks, drawn as the chain of calls that leads to an allocation.

use std::io::{self, Write};

use crate::analysis::model::Report;
use crate::profile::HeavyStack;
use crate::report::certainty::{estimate, is_cut};
use crate::report::units::{Percent, Size, count};
use crate::report::{escape, label, notice};

/// Frames of a stack that are drawn, at its outer and at its inner end.
const OUTER: usize = 6;
const INNER: usize = 14;

/// The heaviest stacks of the file.
pub(super) fn heaviest(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.stacks().is_empty() {
        return Ok(());
    }
    writeln!(out, "## Top Stacks\n")?;
    let held: u64 = report.stacks().iter().map(|stack| stack.self_size).sum();
    let all = notice::shown_points(report);
    writeln!(
        out,
        "The {} of {}, from the entry point to the function that allocates. Together {} ({}).\n",
        count(report.stacks().len(), "heaviest stack"),
        count(all, "sample point"),
        Size(held),
        Percent(report.share(held)),
    )?;
    for (stack, rank) in report.stacks().iter().zip(1..) {
        let share = Percent(report.share(stack.self_size));
        writeln!(out, "**{rank}. {}: {} ({share})**", allocator(report, stack), estimate(report, stack.self_size))?;
        draw(report, stack, out)?;
    }
    writeln!(out, "---\n")
}

/// The heaviest stack of a category.
pub(super) fn of_category(report: &Report<'_>, stack: &HeavyStack, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**Call Stack for {}**:", allocator(report, stack))?;
    draw(report, stack, out)
}

/// The function at the end of a stack.
fn allocator(report: &Report<'_>, stack: &HeavyStack) -> String {
    stack.frames.last().map_or("the root".into(), |&id| escape::code(&label::name(&report.function(id))))
}

/// Draws a stack in a fenced block. A long one is shortened in its middle.
fn draw(report: &Report<'_>, stack: &HeavyStack, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "```")?;
    let frames = &stack.frames;
    let mut level = 0;
    let mut line = |text: &str, end: &str, out: &mut dyn Write| -> io::Result<()> {
        /// As deep as a stack is drawn.
        const SPACES: [u8; 4 * (OUTER + INNER + 4)] = [b' '; 4 * (OUTER + INNER + 4)];
        let indent = 4 * usize::saturating_sub(level, 1);
        let branch = if level == 0 { "" } else { "└── " };
        level += 1;
        out.write_all(&SPACES[..indent])?;
        for part in [branch, text, end, "\n"] {
            out.write_all(part.as_bytes())?;
        }
        Ok(())
    };
    if stack.frames_omitted > 0 {
        line(&format!("… {}", count(stack.frames_omitted, "outer frame")), "", out)?;
    }
    if is_cut(report, stack) {
        line("(truncated: its outer callers were not kept)", "", out)?;
    }
    let size = format!("  [{}]", estimate(report, stack.self_size));
    // Leaving out a single frame would save nothing.
    let hidden = if frames.len() > OUTER + INNER + 1 { OUTER..frames.len() - INNER } else { 0..0 };
    let mut text = String::new();
    for (i, &id) in frames.iter().enumerate() {
        if hidden.contains(&i) {
            if i == hidden.start {
                line(&format!("… {}", count(hidden.len(), "more frame")), "", out)?;
            }
            continue;
        }
        let end = if i + 1 == frames.len() { size.as_str() } else { "" };
        text.clear();
        label::push_frame(&mut text, &report.function(id));
        line(&escape::drawing(&text), end, out)?;
    }
    if frames.is_empty() {
        line("(root)", &size, out)?;
    }
    writeln!(out, "```\n")
}
