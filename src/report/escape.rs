//! Names that come from a file, made fit to be shown: nothing in them may move the cursor, turn the reading direction,
//! hide, or break out of the Markdown around it. JSON has names whole; what is hidden is escaped in its own way ([`in_json`]).
//!
//! A name goes through [`name`] first; what comes out is plain visible text, which [`code`], [`plain`] or [`drawing`]
//! puts into a document.

use std::borrow::Cow;
use std::fmt;
use std::iter::repeat_n;

use unicode_width::UnicodeWidthChar;

use super::words::{Said, Words};

/// Characters of a name that are shown.
const MAX_NAME: usize = 200;
/// Combining marks that may follow one another; more would be drawn over other lines.
const MAX_MARKS: usize = 3;

/// A name, visible, cut to 200 characters with `…`.
pub(super) fn name(text: &str) -> String {
    shown(text).into_owned()
}

/// The same without a copy where it is shown as it is, which nearly all are.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_NAME && is_plain(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(match text.char_indices().nth(MAX_NAME) {
        None => return visible(text),
        Some(_) => {
            let end = text.char_indices().nth(MAX_NAME - 1).map_or(text.len(), |(end, _)| end);
            (visible(&text[..end]), "…").to_text()
        }
    })
}

/// Whether a text is visible as it is, which nearly all are: nothing but the printable part of ASCII.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |all, byte| all & is_printable(byte))
}

/// Whether a byte is of the printable part of ASCII.
fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// A text with its control, bidirectional and invisible characters written as `\n` or `\u{202e}`.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let (mut marks, mut rest) = (0, text);
    loop {
        // What is plain is most of it.
        let plain = rest.bytes().position(|byte| !is_printable(byte)).unwrap_or(rest.len());
        out.push_str(&rest[..plain]);
        let mut others = rest[plain..].chars();
        let Some(c) = others.next() else { return out.into() };
        rest = others.as_str();
        marks = match c.width() {
            Some(0) if plain == 0 => marks + 1,
            Some(0) => 1,
            _ => 0,
        };
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) || marks > MAX_MARKS => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
}

/// Control characters, those that turn the reading direction, line separators, all that Unicode wants drawn as nothing, and what is no character, which XML does not allow.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// JSON with its hidden characters escaped, so that it may go to a terminal; a reader gets the same strings.
pub(crate) fn in_json(json: &str, out: &mut Vec<u8>) {
    for c in json.chars() {
        let mut units = [0; 2];
        if is_hidden(c) {
            c.encode_utf16(&mut units)
                .iter()
                .for_each(|unit| out.extend_from_slice(format!("\\u{unit:04x}").as_bytes()));
        } else {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// Visible text as inline code. Where it holds a character that inline code cannot carry everywhere (a table cell, a
/// heading), it becomes plain text with escapes; or, where that would be a mention or a link, code with escapes.
pub(super) fn code<'a>(visible: impl Into<Cow<'a, str>>) -> Code<'a> {
    let visible = visible.into();
    let is_special = memchr::memchr3(b'<', b'|', b'`', visible.as_bytes()).is_some();
    code_unless(is_special, visible)
}

/// The same where a `<` may stand in it, as in a table that GitHub shows.
pub(super) fn code_with_angles<'a>(visible: impl Into<Cow<'a, str>>) -> Code<'a> {
    let visible = visible.into();
    let is_special = memchr::memchr2(b'|', b'`', visible.as_bytes()).is_some();
    code_unless(is_special, visible)
}

fn code_unless(is_special: bool, visible: Cow<'_, str>) -> Code<'_> {
    // Few names end in a character outside ASCII, and fewer in one of its spaces.
    let is_edge = |end: Option<&u8>| end.is_some_and(u8::is_ascii_graphic);
    let bytes = visible.as_bytes();
    let is_trimmed = (is_edge(bytes.first()) && is_edge(bytes.last())) || visible.trim() == visible;
    match is_special || visible.is_empty() || !is_trimmed {
        true if may_be_live(&visible) => Code { quote: "`", text: Cow::Owned(in_code(&visible)) },
        true => Code { quote: "", text: plain(visible) },
        false => Code { quote: "`", text: visible },
    }
}

/// Whether GitHub may take a part of a text for a mention or a link, unless it is code.
fn may_be_live(text: &str) -> bool {
    ["@", "://", "www."].iter().any(|sign| text.contains(sign))
}

/// A text as inline code, to be printed or said.
pub(super) struct Code<'a> {
    quote: &'static str,
    text: Cow<'a, str>,
}

impl Words for Code<'_> {
    fn add_to(&self, text: &mut String) {
        (self.quote, &self.text, self.quote).add_to(text);
    }
}

impl fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        [self.quote, &self.text, self.quote].into_iter().try_for_each(|part| f.write_str(part))
    }
}

/// Visible text for inline code that is open already: characters that inline code cannot carry everywhere are escaped.
pub(super) fn in_code(visible: &str) -> String {
    let mut out = String::with_capacity(visible.len());
    for c in visible.chars() {
        match c {
            '`' | '|' | '<' => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    out
}

/// Visible text in quotes that make it inline code, whatever backticks are in it; not for table cells.
pub(super) fn span(visible: &str) -> impl Words {
    let quotes = longest_run(visible) + 1;
    let space = if visible.starts_with('`') || visible.ends_with('`') { " " } else { "" };
    let quote = Said(move |text: &mut String| text.extend(repeat_n('`', quotes)));
    (quote, space, visible, space, quote)
}

/// The longest run of backticks in a text: what encloses it must be longer.
pub(super) fn longest_run(text: &str) -> usize {
    match memchr::memchr(b'`', text.as_bytes()) {
        Some(first) => text[first..].split(|c| c != '`').map(str::len).max().unwrap_or(0),
        None => 0,
    }
}

/// Visible text as plain Markdown: it looks as it is, in a paragraph, a table cell or a heading.
pub(super) fn plain<'a>(visible: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
    let visible = visible.into();
    let is_special =
        |byte| matches!(byte, b'<' | b'>' | b'&' | b'\\' | b'`' | b'|' | b'*' | b'_' | b'[' | b']' | b'~' | b'$');
    if !visible.bytes().fold(false, |any, byte| any | is_special(byte)) {
        return visible;
    }
    let mut out = String::with_capacity(visible.len() + 8);
    for c in visible.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '|' | '*' | '_' | '[' | ']' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A sentence of the program's own or of a rule, which may hold inline code, as a paragraph: no HTML, no second line.
pub(super) fn prose(text: &str) -> Cow<'_, str> {
    if !memchr::memchr_iter(b'`', text.as_bytes()).count().is_multiple_of(2) {
        // A backtick without a partner: then none is meant as code.
        return plain(visible(text));
    }
    let text = visible(text);
    if memchr::memchr(b'<', text.as_bytes()).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut in_code = false;
    for c in text.chars() {
        in_code ^= c == '`';
        match c {
            '<' if !in_code => out.push_str("&lt;"),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Text within an HTML element, or within the quotes of an attribute.
pub(super) fn in_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Visible text for a fenced block: no backtick can close it.
pub(super) fn drawing(visible: &str) -> Cow<'_, str> {
    match memchr::memchr(b'`', visible.as_bytes()) {
        Some(_) => Cow::Owned(visible.replace('`', "\\u{60}")),
        None => Cow::Borrowed(visible),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_shown_and_all_others_stay() {
        let table = [
            ("parseJSON", "parseJSON"),
            ("größe 語 🔴 \u{fffd}", "größe 語 🔴 \u{fffd}"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31m\u{7f}\u{9b}2J\0", "\\u{1b}[31m\\u{7f}\\u{9b}2J\\u{0}"),
            ("a\u{202e}b\u{2066}c\u{200f}", "a\\u{202e}b\\u{2066}c\\u{200f}"),
            ("a\u{200b}b\u{feff}c\u{200d}\u{2060}", "a\\u{200b}b\\u{feff}c\\u{200d}\\u{2060}"),
            ("a\u{2028}b\u{e0041}\u{ad}\u{3164}", "a\\u{2028}b\\u{e0041}\\u{ad}\\u{3164}"),
            ("e\u{301}", "e\u{301}"),
            ("e\u{301}\u{302}\u{303}\u{304}\u{305}", "e\u{301}\u{302}\u{303}\\u{304}\\u{305}"),
        ];
        for (text, expected) in table {
            assert_eq!(visible(text), expected, "{text:?}");
            assert_eq!(visible(expected), expected, "what is visible stays as it is");
        }
    }

    #[test]
    fn names_are_cut_above_200_characters_of_the_file() {
        assert_eq!(name(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(name(&"é".repeat(201)), "é".repeat(199) + "…");
        assert_eq!(name(&"\u{1}".repeat(300)), "\\u{1}".repeat(199) + "…");
        assert_eq!(name(""), "");
    }

    #[test]
    fn what_is_shown_as_it_is_is_not_copied() {
        let is_borrowed = |text: Cow<'_, str>| matches!(text, Cow::Borrowed(_));
        assert!(is_borrowed(shown("#request")) && is_borrowed(plain("#request")) && is_borrowed(prose("run `x`")));
        assert!(!is_borrowed(shown("a\n")) && !is_borrowed(plain("a_b")) && !is_borrowed(prose("a < b")));
    }

    #[test]
    fn markdown_cannot_be_broken_out_of() {
        let table = [
            ("parseJSON", "`parseJSON`"),
            ("#request $where _save", "`#request $where _save`"),
            ("a|b", "a\\|b"),
            ("``", "\\`\\`"),
            ("<static_initializer>", "&lt;static\\_initializer&gt;"),
            ("`@octocat", "`\\u{60}@octocat`"),
            ("http://a.b|", "`http://a.b\\u{7c}`"),
            (" a", " a"),
            ("größe", "`größe`"),
            ("語\u{3000}", "語\u{3000}"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(code(text).to_string(), expected, "{text}");
        }
        assert_eq!([code_with_angles("<a>"), code_with_angles("a|")].map(|code| code.to_string()), ["`<a>`", "a\\|"]);
        assert_eq!(plain("*a* [b](c) &lt; \\ ~x~ # $y$"), "\\*a\\* \\[b\\](c) &amp;lt; \\\\ \\~x\\~ # \\$y\\$");
        assert_eq!(prose("run `x <file>` or <b>\n# no"), "run `x <file>` or &lt;b>\\n# no");
        assert_eq!(prose("a ` b <i>"), "a \\` b &lt;i&gt;");
        assert_eq!(in_code("a`b|<c>"), "a\\u{60}b\\u{7c}\\u{3c}c>");
        assert_eq!(["a", "`a`b", "a``b"].map(|text| span(text).to_text()), ["`a`", "`` `a`b ``", "```a``b```"]);
        assert_eq!([longest_run(""), longest_run("a`b``"), longest_run("```")], [0, 2, 3]);
        assert_eq!(drawing("```"), "\\u{60}\\u{60}\\u{60}");
    }
}
