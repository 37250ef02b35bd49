//! What each category causes beside what it allocates itself, and the application's functions that the bytes come from.

use std::io;

use super::document::Document;
use super::frames::{Frames, Named};
use super::{tables, title};
use crate::analysis::model::Report;
use crate::profile::CausedBy;
use crate::report::ROWS_FOR_PEOPLE;
use crate::report::units::{Percent, Size};
use crate::report::words::Words;

/// The table of categories by cause.
pub(super) fn write(report: &Report<'_>, frames: &mut Frames, out: &mut Document<'_>) -> io::Result<()> {
    let rows = report.that_allocate(report.categories());
    out.say(concat!(
        "## Causes\n\n",
        "Natives, core and generated code allocate for whoever calls them. Caused puts their bytes down to the nearest calling function of a ",
        "package or the application; both columns add up to the total. Caused by is the application's function that is nearest to most of the ",
        "category's own bytes.\n\n",
        "| Category | Self | Caused | % | Caused by |\n|----------|-----:|-------:|--:|-----------|\n",
    ))?;
    let (shown, other) = report.cut(&rows, report.limit_or(ROWS_FOR_PEOPLE));
    for row in shown {
        let (own, caused) = (Size(row.sums.self_size), row.sums.caused_size);
        let (cause, share) = (caused_by(report, row.caused_by, frames), Percent(report.share(caused)));
        out.say(("| ", title(row.category), " | ", own, " | ", Size(caused), " | ", share, " | ", cause, " |\n"))?;
    }
    if let Some(other) = other {
        let (own, caused) = (Size(other.self_size), Size(other.caused_size));
        let share = Percent(report.share(other.caused_size));
        let name = tables::others(&other, "category", "categories");
        out.say(("| ", name, " | ", own, " | ", caused, " | ", share, " | - |\n"))?;
    }
    out.say("\n---\n\n")
}

/// The cell for the function that most bytes come from.
pub(super) fn caused_by<'f>(
    report: &Report<'_>,
    cause: Option<CausedBy>,
    frames: &'f mut Frames,
) -> impl Words + use<'f> {
    let cause = cause.map(|CausedBy { frame, self_size }| {
        let Named { name, source } = frames.named(report, frame);
        (source, " ", name, " ", Size(self_size))
    });
    (cause.is_none().then_some("-"), cause)
}
