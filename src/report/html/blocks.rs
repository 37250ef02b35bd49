//! A document's blocks as HTML.

use std::io::{self, Write};
use std::mem::take;

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::{raw, table};

/// Parts of a section that are open at first; the titles of further ones are seen, and open by a click.
const OPEN: usize = 3;

/// A heading of the page.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) level: u8,
    pub(super) id: String,
    pub(super) text: String,
}

/// Lists a heading, and gives its id, which no other one has.
pub(super) fn list(headings: &mut Vec<Heading>, level: u8, text: String) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.take(6).collect::<Vec<_>>().join("-").to_ascii_lowercase();
    let id = format!("{slug}-{}", headings.len() + 1);
    headings.push(Heading { level, id: id.clone(), text });
    id
}

/// Writes the blocks of a document one after another.
pub(super) struct Blocks<'a> {
    headings: &'a mut Vec<Heading>,
    out: &'a mut dyn Write,
    html: String,
    /// How many elements of HTML are open that the document opened itself.
    opened: usize,
    /// Such elements that were open where the part began which is open.
    part: Option<usize>,
    /// Parts of the section so far.
    parts: usize,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(headings: &'a mut Vec<Heading>, out: &'a mut dyn Write) -> Self {
        Self { headings, out, html: String::new(), opened: 0, part: None, parts: 0 }
    }

    /// Writes the blocks of `text`.
    pub(super) fn add(&mut self, text: &str) -> io::Result<()> {
        let mut events = Parser::new_ext(text, Options::ENABLE_TABLES);
        let mut open = 0_usize;
        // Those of a block that is no heading and no table.
        let mut block = Vec::new();
        while let Some(event) = events.next() {
            match event {
                Event::Start(Tag::Heading { level, .. }) if open == 0 => self.heading(level, &mut events),
                Event::Start(Tag::Table(alignments)) => {
                    html::push_html(&mut self.html, take(&mut block).into_iter());
                    table::add(&alignments, &mut events, &mut self.html);
                }
                Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
                Event::Html(html) if open == 0 => self.raw(&html),
                Event::Rule => {}
                event => {
                    match event {
                        Event::Start(_) => open += 1,
                        Event::End(_) => open -= 1,
                        _ => {}
                    }
                    block.push(harmless(event));
                }
            }
            if open == 0 {
                html::push_html(&mut self.html, take(&mut block).into_iter());
                self.pass_on()?;
            }
        }
        Ok(())
    }

    /// Ends what is open.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.end_part();
        self.pass_on()
    }

    /// A heading: the second level is a section, which the table of contents lists; the third a part of it, which opens and closes.
    fn heading(&mut self, level: HeadingLevel, events: &mut Parser<'_>) {
        let inner: Vec<_> =
            events.by_ref().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_)))).collect();
        let text: String = inner.iter().filter_map(words).collect();
        let mut html = String::new();
        html::push_html(&mut html, inner.into_iter().map(harmless));
        self.end_part();
        match level {
            HeadingLevel::H1 => self.html += &format!("<h1>{html}</h1>\n"),
            HeadingLevel::H2 => {
                self.parts = 0;
                let id = list(self.headings, 2, text);
                self.html += &format!("<h2 id=\"{id}\">{html}</h2>\n");
            }
            _ => {
                let open = if self.parts < OPEN { " open" } else { "" };
                self.html += &format!("<details class=\"part\"{open}><summary><h3>{html}</h3></summary>\n");
                self.part = Some(self.opened);
                self.parts += 1;
            }
        }
    }

    fn end_part(&mut self) {
        if self.part.take().is_some() {
            self.html += "</details>\n";
        }
    }

    /// HTML of the document's own.
    fn raw(&mut self, html: &str) {
        let closed = html.matches("</details>").count();
        if self.part.is_some_and(|before| self.opened - closed.min(self.opened) < before) {
            self.end_part();
        }
        self.opened = (self.opened + html.matches("<details>").count()).saturating_sub(closed);
        raw::add(html, &mut self.html);
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let written = self.out.write_all(self.html.as_bytes());
        self.html.clear();
        written
    }
}

/// The words of an event, where it has any.
pub(super) fn words<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak | Event::HardBreak => Some(" "),
        _ => None,
    }
}

/// An event without what leads out of the page: links go to files beside it or to the web, and tags are those of reports.
pub(super) fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => {
            let mut html = String::new();
            raw::add(&text, &mut html);
            Event::InlineHtml(html.into())
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) if leads_out(&dest_url) => {
            Event::Start(Tag::Link { link_type, dest_url: CowStr::Borrowed("#"), title, id })
        }
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Event::Text(CowStr::Borrowed("")),
        event => event,
    }
}

/// Whether a link has a scheme that is not the web's.
fn leads_out(url: &str) -> bool {
    let is_web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    !is_web && url.split('/').next().is_some_and(|first| first.contains(':'))
}
