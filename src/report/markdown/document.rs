//! Where a document is written to: its text is gathered in a buffer and goes on in large pieces, most documents in one.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

use crate::report::words::Words;

/// Bytes of text that are gathered.
const PIECE: usize = 128 << 10;

thread_local! {
    /// The buffer of a thread for its next document: one after another is written where there are many files.
    static BUFFER: Cell<String> = const { Cell::new(String::new()) };
}

/// A document that is being written.
pub(super) struct Document<'o> {
    text: String,
    out: &'o mut dyn Write,
}

impl<'o> Document<'o> {
    /// One that goes to `out`.
    pub(super) fn new(out: &'o mut dyn Write) -> Self {
        let mut text = BUFFER.take();
        text.clear();
        Self { text, out }
    }

    /// Adds what `write!` and `writeln!` say; for what stands there once.
    pub(super) fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        self.text.write_fmt(text).map_err(io::Error::other)?;
        self.pass_on(PIECE)
    }

    /// Adds these words.
    pub(super) fn say(&mut self, words: impl Words) -> io::Result<()> {
        words.add_to(&mut self.text);
        self.pass_on(PIECE)
    }

    /// Passes on what is gathered, if that is so much.
    fn pass_on(&mut self, least: usize) -> io::Result<()> {
        if self.text.len() < least {
            return Ok(());
        }
        let written = self.out.write_all(self.text.as_bytes());
        self.text.clear();
        written
    }

    /// Passes on the rest.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.pass_on(0)?;
        // One very long line is no reason to keep so much.
        if self.text.capacity() <= 2 * PIECE {
            BUFFER.set(self.text);
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_nothing_of_another_document_is_there() {
        for rows in [0, 3, 20_000] {
            let (mut found, mut expected) = (Vec::new(), String::new());
            let mut document = Document::new(&mut found);
            for row in 0..rows {
                writeln!(document, "| {row} |").unwrap();
                document.say(("a", "", "b\n")).unwrap();
                expected += &format!("| {row} |\nab\n");
            }
            document.finish().unwrap();
            assert!(found == expected.as_bytes(), "{rows} rows");
        }
    }
}
