//! A document on its way to a page, piece by piece: however long it is, little of it is held.

use std::io::{self, Write};

use super::blocks::Blocks;

/// Bytes of a piece: where there are so many, it ends before the next block or row of a table.
const PIECE: usize = 32 << 10;

/// Takes a document in Markdown, and writes what it becomes.
pub(super) struct Pieces<'a> {
    blocks: Blocks<'a>,
    /// The lines of the piece.
    text: String,
    /// The line that is not whole yet.
    line: Vec<u8>,
    is_after_blank: bool,
    is_in_fence: bool,
    /// Lines of the table so far, and the first two of them, which say what its columns are.
    table_lines: usize,
    table_head: String,
    /// Bytes of a piece.
    most: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(blocks: Blocks<'a>) -> Self {
        Self {
            blocks,
            text: String::new(),
            line: Vec::new(),
            is_after_blank: true,
            is_in_fence: false,
            table_lines: 0,
            table_head: String::new(),
            most: PIECE,
        }
    }

    /// Writes the rest.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.end_line()?;
        self.blocks.add(&self.text)?;
        self.blocks.finish()
    }

    fn end_line(&mut self) -> io::Result<()> {
        let line = String::from_utf8_lossy(&self.line);
        let is_row = line.starts_with('|') && !self.is_in_fence;
        let begins_block = self.is_after_blank && !self.is_in_fence && !line.starts_with(' ');
        if self.text.len() >= self.most && (begins_block || is_row && self.table_lines >= 2) {
            self.blocks.add(&self.text)?;
            self.text.clear();
            // A long table goes on in another one.
            if is_row {
                self.text += &self.table_head;
            }
        }
        self.table_lines = if is_row { self.table_lines + 1 } else { 0 };
        if self.table_lines == 1 {
            self.table_head.clear();
        }
        if matches!(self.table_lines, 1 | 2) {
            self.table_head += &line;
        }
        self.text += &line;
        self.is_after_blank = line == "\n";
        self.is_in_fence ^= line.starts_with("```");
        self.line.clear();
        Ok(())
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str, most: usize, writes: usize) -> String {
        let (mut headings, mut out) = (Vec::new(), Vec::new());
        let mut pieces = Pieces { most, ..Pieces::new(Blocks::new(&mut headings, &mut out)) };
        for part in text.as_bytes().chunks(writes) {
            pieces.write_all(part).expect("memory can be written");
        }
        pieces.finish().expect("memory can be written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn pieces_are_what_the_whole_is() {
        let text = "# A\n\nb **c**\n\n## D\n\n### E\n\n1. f\n   ```js\n   g\n\n   h\n   ```\n2. i\n\n> j\n\n```\n# k\n\n| l\n```\n\n\
            <details><summary>m</summary>\n\n### N\n\n- ö\n\n  p\n\n</details>\n\nq";
        let whole = html(text, usize::MAX, usize::MAX);
        for most in [0, 1, 20, 50] {
            for writes in [1, 7, 1000] {
                assert_eq!(html(text, most, writes), whole, "{most} {writes}");
            }
        }
    }

    #[test]
    fn a_long_table_goes_on_in_another_one() {
        let head = "| a | b |\n|---|--:|\n";
        let rows: String = (0..100).map(|i| format!("| {i} | {i} KB |\n")).collect();
        let whole = html(&format!("{head}{rows}\nc\n"), usize::MAX, usize::MAX);
        let cut = html(&format!("{head}{rows}\nc\n"), 300, usize::MAX);
        let rows = |html: &str| -> Vec<String> {
            html.split("<tr><td").skip(1).map(|row| row.split("</tr>").next().unwrap_or_default().to_owned()).collect()
        };
        assert_eq!((rows(&whole).len(), rows(&whole)), (100, rows(&cut)));
        let heads = cut.matches("<thead><tr><th>a</th><th class=\"n\">b</th></tr></thead>").count();
        assert!(heads > 3 && heads == cut.matches("<table>").count(), "{cut}");
        assert!(cut.ends_with("<p>c</p>\n"));
    }
}
