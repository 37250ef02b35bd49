//! Stacks whose outer end was cut off.

use crate::analysis::model::{Report, Share, Warning};
use crate::profile::CutStacks;
use crate::profile::Size as size;

/// The share from which cut stacks are worth a finding, in percent. Totals are marked from the first on.
const NOTABLE: u32 = 1;

/// Bytes with cut stacks.
pub(super) fn cut(report: &Report<'_>) -> Option<Warning> {
    let CutStacks { limit, self_size, truncated, truncated_size } = report.aggregate().cut_stacks?;
    let share = Share::of(self_size, report.total_size());
    if !share.is_at_least(NOTABLE) {
        return None;
    }
    let is_repaired = report.aggregate().repair.is_some();
    let hanging = match truncated {
        0 => String::new(),
        1 => format!(
            " One stack with {} would look as if it began in the middle: it is shown under (truncated stacks).",
            size(truncated_size)
        ),
        _ => format!(
            " {} of it in {truncated} stacks would look as if they began in the middle: they are shown under (truncated stacks).",
            size(truncated_size)
        ),
    };
    let remedy = match limit {
        _ if is_repaired => "What could be put back was. Of the rest the callers cannot be told: several fit, or none.",
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
    let warning = warning.of(share);
    Some(match limit {
        16 => warning.with_command(super::capture_command(report, super::same_interval(report.sampling()))),
        _ if is_repaired => warning,
        _ => warning.with_command("heapsift --repair-stacks FILE".to_owned()),
    })
}
