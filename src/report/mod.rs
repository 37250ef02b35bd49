//! Prints a [`Report`] in one of several formats, row by row: no format ever holds the whole text.
//!
//! Nothing is computed here, only worded. The body depends on the report alone: no clock, no host, no path, no locale.

mod advice;
mod baseline;
mod batch;
mod certainty;
mod check;
mod correlation;
mod diff;
mod escape;
mod github;
mod html;
mod json;
mod label;
mod markdown;
mod notice;
mod series;
#[cfg(test)]
mod tests;
mod text;
mod trend;
mod units;
mod verify;
mod words;

use std::io::{self, Write};

pub use baseline::write as write_baseline;
pub use github::{write as write_annotations, write_error as write_error_annotation};

pub use batch::{problem as batch_problem, render_batch, render_batch_files};
pub use diff::DiffStyle;
#[cfg(feature = "cli")]
pub(crate) use escape::in_json;
pub use html::Page;
pub(crate) use label::{frame as frame_label, name as function_label};
#[cfg(feature = "cli")]
pub(crate) use text::screen;
pub use units::Size;
#[cfg(feature = "cli")]
pub(crate) use units::count;
pub(crate) use units::{Grouped, Percent};

use crate::analysis::model::{Check, Diff, Report, SeriesSuspect, Trend};

/// Text of a file as it may be shown on a terminal: control, bidirectional and invisible characters are escaped.
pub fn escaped(text: &str) -> String {
    escape::visible(text).into_owned()
}

/// Rows of a list in a format for people, unless the user gave a limit.
const ROWS_FOR_PEOPLE: usize = 20;

/// Writes what is wrong with the capture of a `report` to `out` and flushes it; nothing where nothing is, but for JSON.
pub fn render_findings(report: &Report<'_>, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    match format {
        Format::Text => text::write_findings(report, style, &mut out)?,
        Format::Markdown => markdown::write_findings(report, &mut out)?,
        Format::Html => {
            let mut page = Page::default();
            page.findings(report, &mut out)?;
            page.finish(&mut out)?;
        }
        Format::Json => json::write_findings(report, &mut out)?,
    }
    out.flush()
}

/// Whether a series shows a leak, and where, in a sentence.
pub fn trend_headline(trend: &Trend<'_>) -> String {
    trend::headline(trend, |id| label::frame(&trend.function(id)))
}

/// The leak suspects of a series, in short.
pub fn trend_suspects(trend: &Trend<'_>) -> Vec<SeriesSuspect> {
    trend::in_short(trend)
}

/// Writes the trend of a series to `out` and flushes it; of each table at most `limit` rows, all with 0, and as many as the format usually has with none.
pub fn render_trend(
    trend: &Trend<'_>,
    limit: Option<usize>,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    match format {
        Format::Text => text::write_trend(trend, limit, style, &mut out)?,
        Format::Markdown => markdown::write_trend(trend, limit, &mut out)?,
        Format::Html => html::page(|text| markdown::write_trend(trend, limit, text), &mut out)?,
        Format::Json => json::write_trend(trend, limit, &mut out)?,
    }
    out.flush()
}

/// Writes what differs between two sides to `out` and flushes it.
pub fn render_diff(
    diff: &Diff<'_>,
    how: &DiffStyle,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    match format {
        Format::Text => text::diff::write(diff, how, style, &mut out)?,
        Format::Markdown => markdown::diff::write(diff, how, &mut out)?,
        Format::Html => html::page(|text| markdown::diff::write(diff, how, text), &mut out)?,
        Format::Json => json::diff::write(diff, how, &mut out)?,
    }
    out.flush()
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// For a terminal.
    Text,
    /// A document.
    Markdown,
    /// A page for a browser ([`Page`]).
    Html,
    /// For programs: one object on one line.
    Json,
}

/// What the text format may do. The other formats do not depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to use colours.
    pub color: bool,
    /// Columns of the terminal; taken as 40 to 200.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}

/// Writes `report` to `out` and flushes it. The output is buffered here; `out` need not be.
pub fn render(report: &Report<'_>, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if format == Format::Markdown {
        return markdown::write(report, &mut markdown::Frames::default(), out);
    }
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    match format {
        Format::Json => json::write(report, &mut out)?,
        Format::Html => {
            let mut page = Page::default();
            page.report(report, None, &mut out)?;
            page.finish(&mut out)?;
        }
        _ => text::write(report, style, &mut out)?,
    }
    out.flush()
}

/// The words that reports have for call frames, kept for further reports whose frames [last](Report::with_lasting_ids).
#[cfg(feature = "cli")]
#[derive(Debug, Default)]
pub(crate) struct FrameWords(markdown::Frames);

#[cfg(feature = "cli")]
impl FrameWords {
    /// Bytes of memory that they take.
    pub(crate) fn memory(&self) -> usize {
        self.0.memory()
    }
}

/// The same as [`render`] of a document, with the words that earlier reports have used.
#[cfg(feature = "cli")]
pub(crate) fn render_document(report: &Report<'_>, words: &mut FrameWords, out: &mut dyn Write) -> io::Result<()> {
    markdown::write(report, &mut words.0, out)
}

/// Writes what became of the rules of a gate to `out` and flushes it.
pub fn render_check(check: &Check<'_>, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    match format {
        Format::Text => text::check::write(check, style, &mut out)?,
        Format::Markdown => markdown::check::write(check, &mut out)?,
        Format::Html => html::page(|text| markdown::check::write(check, text), &mut out)?,
        Format::Json => json::check::write(check, &mut out)?,
    }
    out.flush()
}
