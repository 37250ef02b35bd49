//! Call stacks, drawn as the chain of calls that leads to an allocation.

use std::io;

use super::document::Document;
use super::frames::Frames;
use crate::analysis::model::{CategoryRow, Report};
use crate::profile::HeavyStack;
use crate::report::certainty::{estimate, is_cut};
use crate::report::units::{Percent, Size, count};
use crate::report::{escape, notice};

/// Frames of a stack that are drawn, at its outer and at its inner end.
const OUTER: usize = 6;
const INNER: usize = 14;

/// The heaviest stacks of the file.
pub(super) fn heaviest(
    report: &Report<'_>,
    drawn: &Drawn<'_>,
    frames: &mut Frames,
    out: &mut Document<'_>,
) -> io::Result<()> {
    if report.stacks().is_empty() {
        return Ok(());
    }
    let held: u64 = report.stacks().iter().map(|stack| stack.self_size).sum();
    let all = notice::shown_points(report);
    out.say((
        "## Top Stacks\n\nThe ",
        count(report.stacks().len(), "heaviest stack"),
        " of ",
        count(all, "sample point"),
        ", from the entry point to the function that allocates. Together ",
        Size(held),
        " (",
        Percent(report.share(held)),
        ").\n\n",
    ))?;
    for (stack, rank) in report.stacks().iter().zip(1_u64..) {
        let (size, share) = (estimate(report, stack.self_size), Percent(report.share(stack.self_size)));
        out.say(("**", rank, ". ", allocator(report, stack, frames), ": ", size, " (", share, ")**"))?;
        match drawn.section_of(stack) {
            Some((number, category)) => {
                let category = escape::plain(escape::shown(category));
                out.say((", drawn above, under ", number, ". ", category, "\n\n"))?;
            }
            None => {
                out.say("\n")?;
                draw(report, stack, frames, out)?;
            }
        }
    }
    out.say("---\n\n")
}

/// The heaviest stack of a category, whose section has this number.
pub(super) fn of_category<'a>(
    report: &Report<'a>,
    row: &CategoryRow<'a>,
    number: usize,
    drawn: &mut Drawn<'a>,
    frames: &mut Frames,
    out: &mut Document<'_>,
) -> io::Result<()> {
    let Some(stack) = report.stack_of(row.id) else { return Ok(()) };
    drawn.0.push((stack, number, &row.category.name));
    out.say(("**Call Stack for ", allocator(report, stack, frames), "**:\n"))?;
    draw(report, stack, frames, out)
}

/// The function at the end of a stack.
fn allocator<'f>(report: &Report<'_>, stack: &HeavyStack, frames: &'f mut Frames) -> &'f str {
    stack.frames.last().map_or("the root", |&id| frames.name(report, id))
}

/// Stacks that are drawn already, with the number and the name of their category's section.
#[derive(Default)]
pub(super) struct Drawn<'a>(Vec<(&'a HeavyStack, usize, &'a str)>);

impl<'a> Drawn<'a> {
    /// The section in which a stack is drawn already.
    fn section_of(&self, stack: &HeavyStack) -> Option<(usize, &'a str)> {
        self.0.iter().find(|(above, ..)| *above == stack).map(|&(_, number, category)| (number, category))
    }
}

/// Columns that the last line of a drawing is indented by at most, as far as each stands out from the one above.
const MOST_INDENT: usize = 40;

/// As deep as a stack is drawn.
const SPACES: &str = match str::from_utf8(&[b' '; 2 * MOST_INDENT]) {
    Ok(spaces) => spaces,
    Err(_) => "",
};

/// Draws a stack in a fenced block. A long one is shortened in its middle, and indented in smaller steps: its functions stay in sight.
fn draw(report: &Report<'_>, stack: &HeavyStack, words: &mut Frames, out: &mut Document<'_>) -> io::Result<()> {
    out.say("```\n")?;
    let frames = &stack.frames;
    let step = (MOST_INDENT / frames.len().clamp(1, OUTER + INNER)).clamp(2, 4);
    let mut levels = 0..;
    // What stands before each line.
    let mut branch = || match levels.next() {
        None | Some(0) => ("", ""),
        Some(level) => (&SPACES[..step * (level - 1)], "└── "),
    };
    if stack.frames_omitted > 0 {
        out.say((branch(), "… ", count(stack.frames_omitted, "outer frame"), "\n"))?;
    }
    if is_cut(report, stack) {
        out.say((branch(), "(truncated: its outer callers were not kept)\n"))?;
    }
    let size = ("  [", estimate(report, stack.self_size), "]");
    // Leaving out a single frame would save nothing.
    let hidden = if frames.len() > OUTER + INNER + 1 { OUTER..frames.len() - INNER } else { 0..0 };
    for (i, &id) in frames.iter().enumerate() {
        if hidden.contains(&i) {
            if i == hidden.start {
                out.say((branch(), "… ", count(hidden.len(), "more frame"), "\n"))?;
            }
            continue;
        }
        let is_last = i + 1 == frames.len();
        out.say((branch(), words.drawing(report, id), is_last.then_some(&size), "\n"))?;
    }
    if frames.is_empty() {
        out.say((branch(), "(root)", &size, "\n"))?;
    }
    out.say("```\n\n")
}
