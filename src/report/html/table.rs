//! Tables: numbers to the right, a bar behind a share.

use pulldown_cmark::{Alignment, Event, Parser, Tag, TagEnd, html};

use super::blocks::{harmless, words};

/// Adds the table whose events follow.
pub(super) fn add(alignments: &[Alignment], events: &mut Parser<'_>, out: &mut String) {
    out.push_str("<div class=\"wide\"><table>\n");
    let (mut column, mut is_head) = (0, false);
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::TableHead) => {
                is_head = true;
                column = 0;
                out.push_str("<thead><tr>");
            }
            Event::End(TagEnd::TableHead) => {
                is_head = false;
                out.push_str("</tr></thead>\n<tbody>\n");
            }
            Event::Start(Tag::TableRow) => {
                column = 0;
                out.push_str("<tr>");
            }
            Event::End(TagEnd::TableRow) => out.push_str("</tr>\n"),
            Event::Start(Tag::TableCell) => {
                let inner = events.by_ref().take_while(|event| !matches!(event, Event::End(TagEnd::TableCell)));
                let is_number = alignments.get(column) == Some(&Alignment::Right);
                cell(inner.collect(), is_head, is_number, out);
                column += 1;
            }
            Event::End(TagEnd::Table) => break,
            _ => {}
        }
    }
    out.push_str("</tbody></table></div>\n");
}

fn cell(inner: Vec<Event<'_>>, is_head: bool, is_number: bool, out: &mut String) {
    let text: String = inner.iter().filter_map(words).collect();
    let (tag, class) = (if is_head { "th" } else { "td" }, if is_number { " class=\"n\"" } else { "" });
    let bar = share(&text).filter(|_| is_number && !is_head);
    let bar = bar.map_or_else(String::new, |percent| format!(" style=\"--share:{percent:.1}%\""));
    *out += &format!("<{tag}{class}{bar}>");
    html::push_html(out, inner.into_iter().map(harmless));
    *out += &format!("</{tag}>");
}

/// The share that a cell tells, in percent; a difference is none.
fn share(text: &str) -> Option<f64> {
    let number = text.strip_suffix('%')?;
    number
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| number.parse().ok())
        .flatten()
        .filter(|share| *share <= 100.0)
}
