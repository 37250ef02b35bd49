//! Stacks whose outer end was cut off.

use crate::analysis::model::{Report, Share, Warning};
use crate::profile::CutStacks;
use crate::profile::Size as size;

/// Bytes with cut stacks.
pub(super) fn cut(report: &Report<'_>) -> Option<Warning> {
    let CutStacks { limit, self_size, truncated, truncated_size } = report.aggregate().cut_stacks?;
    let hanging = match truncated {
        0 => String::new(),
        _ => format!(
            " {} of it in {truncated} stacks would look as if they began in the middle: they are shown under (truncated stacks).",
            size(truncated_size)
        ),
    };
    let remedy = match limit {
        16 => {
            "Capture with the inspector, which keeps 128 frames; or let --repair-stacks put those back whose callers are unique."
        }
        _ => "No writer of V8 keeps more than 128 frames. --repair-stacks puts those back whose callers are unique.",
    };
    let warning = Warning::new(
        "cut-stacks",
        format!(
            "{} were allocated as deep as {limit} calls, the most that was kept of a stack: their outer callers are cut off.{hanging} Totals of outer \
             functions are lower bounds.",
            size(self_size)
        ),
        remedy,
    );
    let command = match limit {
        16 => "node --heap-prof app.js",
        _ => "heapsift --repair-stacks FILE",
    };
    Some(warning.of(Share::of(self_size, report.total_size())).with_command(command.to_owned()))
}
