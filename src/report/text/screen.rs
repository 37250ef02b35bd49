//! A terminal's line: painted pieces of a known width, names cut to what is left.

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::analysis::model::Priority;
use crate::report::Style;

pub(crate) const PLAIN: Paint = Paint::new();
pub(crate) const BOLD: Paint = Paint::new().bold();
pub(crate) const DIM: Paint = Paint::new().dimmed();
pub(super) const ALARM: Paint = AnsiColor::Red.on_default().bold();
pub(crate) const CAUTION: Paint = AnsiColor::Yellow.on_default();

/// The colour of a priority.
pub(super) fn paint_of(priority: Priority) -> Paint {
    match priority {
        Priority::High => AnsiColor::Red.on_default(),
        Priority::Medium => AnsiColor::Yellow.on_default(),
        Priority::Low => AnsiColor::Green.on_default(),
    }
}

/// Widths that lines are made for.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=200;

/// Where the lines go.
pub(crate) struct Screen<'w> {
    pub(crate) out: &'w mut dyn Write,
    pub(crate) color: bool,
    pub(crate) width: usize,
}

impl<'w> Screen<'w> {
    /// A screen of the width that there is, within reason.
    pub(crate) fn new(out: &'w mut dyn Write, style: &Style) -> Self {
        Self { out, color: style.color, width: style.width.clamp(*WIDTHS.start(), *WIDTHS.end()) }
    }

    /// One painted piece of a line.
    pub(crate) fn put(&mut self, paint: Paint, text: impl Display) -> io::Result<()> {
        if self.color && !paint.is_plain() {
            write!(self.out, "{paint}{text}{paint:#}")
        } else {
            write!(self.out, "{text}")
        }
    }

    /// The end of a line.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A paragraph, wrapped; lines after the first are indented.
    pub(crate) fn paragraph(&mut self, paint: Paint, text: &str, indent: &str) -> io::Result<()> {
        let options = textwrap::Options::new(self.width).subsequent_indent(indent);
        for line in textwrap::wrap(text, options) {
            self.put(paint, line)?;
            self.end()?;
        }
        Ok(())
    }

    /// The title of a section, after an empty line.
    pub(super) fn title(&mut self, title: &str, remark: &str) -> io::Result<()> {
        self.end()?;
        self.put(BOLD, title)?;
        if !remark.is_empty() && title.len() + remark.len() + 2 <= self.width {
            self.put(DIM, format_args!("  {remark}"))?;
        }
        self.end()
    }
}

/// `text` in at most `width` columns; `…` ends what was cut.
pub(super) fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let mut cut = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        cut.push(c);
    }
    if width > 0 {
        cut.push('…');
    }
    cut
}

/// `text` in at most `width` columns; `…` begins what was cut at its front.
pub(super) fn fit_end(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let tail = text.char_indices().rev().take_while(|(_, c)| {
        used += c.width().unwrap_or(0);
        used <= width
    });
    let start = tail.last().map_or(text.len(), |(start, _)| start);
    if width > 0 { format!("…{}", &text[start..]) } else { String::new() }
}

/// `text` in exactly `width` columns.
pub(super) fn column(text: &str, width: usize) -> String {
    let text = fit(text, width);
    let spaces = width.saturating_sub(text.width());
    text + &" ".repeat(spaces)
}

/// A bar of up to `width` columns for `part` of `whole`, in eighths of a column; something is never drawn as nothing.
pub(crate) fn bar(part: u64, whole: u64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let scale = u128::from(width as u64) * 8;
    let length = (u128::from(part) * scale).checked_div(u128::from(whole)).unwrap_or(0).min(scale);
    let length = if part > 0 { length.max(1) } else { 0 };
    "█".repeat((length / 8) as usize) + EIGHTHS[(length % 8) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_and_padded_by_columns_not_by_characters() {
        let table = [
            ("abc", 5, "abc  "),
            ("abcdef", 5, "abcd…"),
            ("語語語", 5, "語語…"),
            ("語語語", 4, "語… "),
            ("語", 1, "…"),
            ("abc", 0, ""),
            ("", 2, "  "),
        ];
        for (text, width, expected) in table {
            let column = column(text, width);
            assert_eq!(column, expected, "{text} in {width}");
            assert_eq!(column.width(), width);
        }
    }

    #[test]
    fn places_are_cut_at_their_front() {
        let table = [
            ("a/b.js:1", 8, "a/b.js:1"),
            ("a/b.js:1", 5, "…js:1"),
            ("語語語", 4, "…語"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
        ];
        for (text, width, expected) in table {
            assert_eq!(fit_end(text, width), expected, "{text} in {width}");
        }
    }

    #[test]
    fn a_bar_has_the_length_of_its_part() {
        let table = [
            (0, 8, ""),
            (8, 8, "██"),
            (4, 8, "█"),
            (6, 8, "█▌"),
            (1, 1_000_000, "▏"),
            (0, 0, ""),
            (9, 8, "██"),
            (u64::MAX, u64::MAX, "██"),
        ];
        for (part, whole, expected) in table {
            assert_eq!(bar(part, whole, 2), expected, "{part} of {whole}");
        }
    }
}
