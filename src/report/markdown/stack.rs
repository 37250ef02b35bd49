//! Call stacks, drawn as the chain of calls that leads to an allocation.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::io;
use std::ops::Range;

use super::document::Document;
use super::name;
use crate::analysis::model::{CategoryRow, Report};
use crate::profile::{FrameId, HeavyStack};
use crate::report::certainty::{estimate, is_cut};
use crate::report::units::{Percent, Size, count};
use crate::report::{escape, label, notice};

/// Frames of a stack that are drawn, at its outer and at its inner end.
const OUTER: usize = 6;
const INNER: usize = 14;

/// The heaviest stacks of the file.
pub(super) fn heaviest<'a>(report: &Report<'a>, drawings: &mut Drawings<'a>, out: &mut Document<'_>) -> io::Result<()> {
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
        write!(out, "**{rank}. {}: {} ({share})**", allocator(report, stack), estimate(report, stack.self_size))?;
        match drawings.section_of(stack) {
            Some((number, category)) => {
                writeln!(out, ", drawn above, under {number}. {}\n", escape::plain(escape::shown(category)))?;
            }
            None => {
                writeln!(out)?;
                draw(report, stack, drawings, out)?;
            }
        }
    }
    writeln!(out, "---\n")
}

/// The heaviest stack of a category, whose section has this number.
pub(super) fn of_category<'a>(
    report: &Report<'a>,
    row: &CategoryRow<'a>,
    number: usize,
    drawings: &mut Drawings<'a>,
    out: &mut Document<'_>,
) -> io::Result<()> {
    let Some(stack) = report.stack_of(row.id) else { return Ok(()) };
    drawings.above.push((stack, number, &row.category.name));
    writeln!(out, "**Call Stack for {}**:", allocator(report, stack))?;
    draw(report, stack, drawings, out)
}

/// The function at the end of a stack.
fn allocator(report: &Report<'_>, stack: &HeavyStack) -> impl Display {
    fmt::from_fn(|f| match stack.frames.last() {
        Some(&id) => name(&report.function(id)).fmt(f),
        None => f.write_str("the root"),
    })
}

/// How frames look in drawings. Stacks have most frames in common, so each is put into words once.
pub(super) struct Drawings<'a> {
    /// Stacks that are drawn already, with the number and the name of their category's section.
    above: Vec<(&'a HeavyStack, usize, &'a str)>,
    text: String,
    /// Where each frame stands in the text; nowhere as long as it was not drawn.
    places: Vec<Range<usize>>,
}

impl<'a> Drawings<'a> {
    /// None of a report is drawn yet.
    pub(super) fn new(report: &Report<'a>) -> Self {
        Self { above: Vec::new(), text: String::new(), places: vec![0..0; report.aggregate().frames.len()] }
    }

    /// The section in which a stack is drawn already.
    fn section_of(&self, stack: &HeavyStack) -> Option<(usize, &'a str)> {
        self.above.iter().find(|(above, ..)| *above == stack).map(|&(_, number, category)| (number, category))
    }

    fn frame(&mut self, report: &Report<'_>, id: FrameId) -> &str {
        let place = &mut self.places[id.0 as usize];
        if place.end == 0 {
            let start = self.text.len();
            label::push_frame(&mut self.text, &report.function(id));
            if let Cow::Owned(escaped) = escape::drawing(&self.text[start..]) {
                self.text.replace_range(start.., &escaped);
            }
            *place = start..self.text.len();
        }
        &self.text[place.clone()]
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
fn draw(
    report: &Report<'_>,
    stack: &HeavyStack,
    drawings: &mut Drawings<'_>,
    out: &mut Document<'_>,
) -> io::Result<()> {
    writeln!(out, "```")?;
    let frames = &stack.frames;
    let step = (MOST_INDENT / frames.len().clamp(1, OUTER + INNER)).clamp(2, 4);
    let mut level = 0;
    let mut line = |text: &str, end: &str, out: &mut Document<'_>| -> io::Result<()> {
        let indent = step * usize::saturating_sub(level, 1);
        let branch = if level == 0 { "" } else { "└── " };
        level += 1;
        out.push(&[&SPACES[..indent], branch, text, end, "\n"])
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
    for (i, &id) in frames.iter().enumerate() {
        if hidden.contains(&i) {
            if i == hidden.start {
                line(&format!("… {}", count(hidden.len(), "more frame")), "", out)?;
            }
            continue;
        }
        let end = if i + 1 == frames.len() { size.as_str() } else { "" };
        line(drawings.frame(report, id), end, out)?;
    }
    if frames.is_empty() {
        line("(root)", &size, out)?;
    }
    writeln!(out, "```\n")
}
