//! What each category causes beside what it allocates itself, and the application's functions that the bytes come from.

use std::fmt::{self, Display};
use std::io;

use super::document::Document;
use super::{name, source, tables};
use crate::analysis::model::Report;
use crate::profile::CausedBy;
use crate::report::units::{Percent, Size};
use crate::report::{ROWS_FOR_PEOPLE, escape};

/// The table of categories by cause.
pub(super) fn write(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let rows = report.that_allocate(report.categories());
    writeln!(out, "## Causes\n")?;
    writeln!(
        out,
        "Natives, core and generated code allocate for whoever calls them. Caused puts their bytes down to the nearest calling function of a \
         package or the application; both columns add up to the total. Caused by is the application's function that is nearest to most of the \
         category's own bytes.\n"
    )?;
    writeln!(out, "| Category | Self | Caused | % | Caused by |\n|----------|-----:|-------:|--:|-----------|")?;
    let (shown, other) = report.cut(&rows, report.limit_or(ROWS_FOR_PEOPLE));
    for row in shown {
        let title = escape::plain(escape::shown(&row.category.name));
        let (own, caused) = (Size(row.sums.self_size), row.sums.caused_size);
        let (cause, share) = (caused_by(report, row.caused_by), Percent(report.share(caused)));
        writeln!(out, "| {title} | {own} | {} | {share} | {cause} |", Size(caused))?;
    }
    if let Some(other) = other {
        let (own, caused) = (Size(other.self_size), Size(other.caused_size));
        let share = Percent(report.share(other.caused_size));
        writeln!(out, "| {} | {own} | {caused} | {share} | - |", tables::others(&other, "category", "categories"))?;
    }
    writeln!(out, "\n---\n")
}

/// The cell for the function that most bytes come from.
pub(super) fn caused_by(report: &Report<'_>, cause: Option<CausedBy>) -> impl Display {
    fmt::from_fn(move |f| {
        let Some(CausedBy { frame, self_size }) = cause else { return f.write_str("-") };
        let function = report.function(frame);
        for part in [source(&function), name(&function)] {
            part.fmt(f)?;
            f.write_str(" ")?;
        }
        Size(self_size).fmt(f)
    })
}
