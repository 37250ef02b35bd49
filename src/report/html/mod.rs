//! Pages for a browser: what a document says, with bars, a table of contents, tables that are sorted by a click, and flame graphs.
//!
//! A page is made of documents in Markdown, so that there is one wording of everything. It loads nothing from anywhere, and is whole without its script.

mod blocks;
mod pieces;
mod raw;
mod table;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use self::blocks::{Blocks, Heading};
use self::pieces::Pieces;
use super::escape::{self, in_html};
use super::markdown;
use crate::analysis::model::Report;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// An HTML page of one or several reports, for a browser: one file that needs nothing else.
///
/// ```
/// use heapsift::report::Page;
/// # fn write(reports: &[heapsift::analysis::model::Report<'_>]) -> std::io::Result<Vec<u8>> {
/// let (mut page, mut out) = (Page::default(), Vec::new());
/// for report in reports {
///     page.report(report, None, &mut out)?;
/// }
/// page.finish(&mut out)?;
/// # Ok(out)
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Page {
    has_begun: bool,
    /// What the table of contents lists.
    headings: Vec<Heading>,
}

impl Page {
    /// Adds a report, with its flame graph if there is one, a picture in SVG (`heapsift::export::Target::Svg`).
    pub fn report(&mut self, report: &Report<'_>, flame_graph: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
        let name = escape::name(&report.file().name);
        self.begin(&name, out)?;
        let id = self.list(1, name);
        writeln!(out, "<article id=\"{id}\">")?;
        self.text(|text| markdown::write_first(report, text), out)?;
        match flame_graph {
            Some(picture) => self.flame_graph(picture, out)?,
            None if report.shown_size() > 0 => writeln!(out, "<p>{WITHOUT_FLAME_GRAPH}</p>")?,
            None => {}
        }
        self.text(|text| markdown::write_rest(report, text), out)?;
        out.write_all(b"</article>\n")
    }

    /// Adds a document that `write` writes in Markdown.
    pub(crate) fn document(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.begin("heapsift", out)?;
        out.write_all(b"<article>\n")?;
        self.text(write, out)?;
        out.write_all(b"</article>\n")
    }

    /// Adds what is wrong with the capture of a report.
    pub fn findings(&mut self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.document(|text| markdown::write_findings_or_none(report, text), out)
    }

    /// Ends the page; nothing is to be added after it.
    pub fn finish(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.begin("heapsift", out)?;
        let mut html = String::from("</main>\n<nav aria-label=\"Contents\">\n");
        for Heading { level, id, text } in &self.headings {
            html += &format!("<a class=\"level{level}\" href=\"#{id}\">{}</a>\n", in_html(text));
        }
        html += &format!("</nav>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
        out.write_all(html.as_bytes())?;
        out.flush()
    }

    fn begin(&mut self, title: &str, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return Ok(());
        }
        write!(out, "{HEAD}{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n", in_html(title))
    }

    fn text(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>, out: &mut dyn Write) -> io::Result<()> {
        let mut pieces = Pieces::new(Blocks::new(&mut self.headings, out));
        write(&mut pieces)?;
        pieces.finish()
    }

    /// The picture stands in a frame of its own: its script and ids are not those of the page.
    fn flame_graph(&mut self, picture: &str, out: &mut dyn Write) -> io::Result<()> {
        let id = self.list(2, "Flame Graph".to_owned());
        // What stands before it is for files.
        let picture = picture.find("<svg").map_or("", |start| &picture[start..]);
        let height = height(picture).map_or_else(String::new, |height| format!(" height=\"{height}\""));
        let document = in_html(&format!(
            "<!doctype html><style>body{{margin:0}}svg{{display:block;width:100%;height:auto}}</style>{picture}"
        ));
        writeln!(
            out,
            "<h2 id=\"{id}\">Flame Graph</h2>\n<p>{HOW_TO_READ}</p>\n\
             <iframe class=\"flames\" title=\"Flame graph\" sandbox=\"allow-scripts allow-modals\"{height} srcdoc=\"{document}\"></iframe>"
        )
    }

    /// Lists a heading, and gives its id.
    fn list(&mut self, level: u8, text: String) -> String {
        blocks::list(&mut self.headings, level, text)
    }
}

/// Writes a page of one document, which `write` writes in Markdown.
pub(super) fn page(write: impl FnOnce(&mut dyn Write) -> io::Result<()>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::default();
    page.document(write, out)?;
    page.finish(out)
}

/// What every page begins with, up to its title. Nothing is loaded, and nothing is sent anywhere, whatever stands in names.
const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
    <meta name=\"color-scheme\" content=\"light dark\">\n<title>";

const HOW_TO_READ: &str = "A box is a function; it stands on the one that calls it, and is as wide as what is allocated in it and in what it calls. \
    Click a box to look into it; Ctrl+F inside the picture searches functions.";

const WITHOUT_FLAME_GRAPH: &str = "No flame graph is drawn on this page: the profile has too many nodes for one, or its nodes were not kept, as with \
    <code>--max-memory</code>. <code>heapsift export FILE --to svg</code> draws one of any profile.";

/// The height of a picture, as it says itself.
fn height(picture: &str) -> Option<u32> {
    let (tag, _) = picture.split_once('>')?;
    let (_, rest) = tag.split_once(" height=\"")?;
    rest.split_once('"')?.0.parse().ok()
}
