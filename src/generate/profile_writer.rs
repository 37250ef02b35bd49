//! Writes a profile as a stream of nodes, in any dialect; the path that is open is all it remembers.

use std::io::{self, Write};

use crate::profile::Dialect;

use super::frame_text::{self, LINE_BREAK, push_integer};
use super::style::has_ids;
use super::{Frame, FrameIndex, Sample, Style};

/// Text is handed on in blocks of about this size.
const BLOCK: usize = 1 << 16;

/// Writes one profile. Call [`ProfileWriter::open`] and [`ProfileWriter::close`] for each node, the root first,
/// [`ProfileWriter::sample`] before or after all of them as the dialect wants it, and [`ProfileWriter::finish`] last.
#[derive(Debug)]
pub struct ProfileWriter<W: Write> {
    out: W,
    style: Style,
    frames: Vec<Vec<u8>>,
    block: Vec<u8>,
    handed_on: u64,
    /// The frames of the open nodes.
    path: Vec<FrameIndex>,
    /// Whether the array or object that is being written has an element already.
    follows: bool,
}

impl<W: Write> ProfileWriter<W> {
    /// Starts a profile whose nodes bear `frames`.
    pub fn new(out: W, style: Style, frames: &[Frame]) -> Self {
        let mut block = Vec::with_capacity(BLOCK + BLOCK / 4);
        block.extend_from_slice(style.wrapper.text().0.as_bytes());
        block.extend_from_slice(if style.dialect == Dialect::Xprofiler { b"\n{" } else { b"{" });
        let frames = frames.iter().map(|frame| frame_text::member(frame, style)).collect();
        Self { out, style, frames, block, handed_on: 0, path: Vec::new(), follows: false }
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        self.handed_on + self.block.len() as u64
    }

    /// Writes a number of the outermost object, before the nodes or behind them.
    pub fn number(&mut self, key: &str, number: u64) {
        if self.follows {
            self.block.push(b',');
        }
        self.block.extend_from_slice(format!("\"{key}\":{number}").as_bytes());
        self.follows = true;
    }

    /// Opens a node inside the one that is open.
    pub fn open(&mut self, frame: FrameIndex, self_size: i64, id: u64) -> io::Result<()> {
        if self.follows {
            self.block.push(b',');
        }
        if self.style.dialect == Dialect::Xprofiler {
            self.open_indented(frame, self_size);
        } else {
            self.open_on_one_line(frame, self_size, id);
        }
        self.path.push(frame);
        self.follows = false;
        self.hand_on_full_block()
    }

    fn open_on_one_line(&mut self, frame: FrameIndex, self_size: i64, id: u64) {
        let dialect = self.style.dialect;
        let block = &mut self.block;
        let size = |block: &mut Vec<u8>| {
            block.extend_from_slice(b"\"selfSize\":");
            // v8-profiler-next sums into a C++ int, which wraps.
            push_integer(
                block,
                if dialect == Dialect::V8ProfilerNext { i64::from(self_size as i32) } else { self_size },
            );
            block.push(b',');
            if has_ids(dialect) {
                block.extend_from_slice(b"\"id\":");
                push_integer(block, id as i64);
                block.push(b',');
            }
        };
        block.extend_from_slice(if self.path.is_empty() { b"\"head\":{" } else { b"{" });
        if dialect == Dialect::NodeV8Api {
            size(block);
        }
        block.extend_from_slice(&self.frames[frame.0 as usize]);
        if dialect != Dialect::NodeV8Api {
            size(block);
        }
        block.extend_from_slice(b"\"children\":[");
    }

    fn open_indented(&mut self, frame: FrameIndex, self_size: i64) {
        let indent = self.indent();
        let block = &mut self.block;
        break_line(block, indent - 2);
        block.extend_from_slice(if self.path.is_empty() { b"\"head\": {" } else { b"{" });
        let text = &self.frames[frame.0 as usize];
        let lines = text.split(|&byte| byte == LINE_BREAK).skip(1);
        // The first line opens the call frame and the last one closes it: those stand less deep.
        for line in lines {
            let inner = if line.starts_with(b"\"callFrame\"") || line.starts_with(b"}") { 0 } else { 2 };
            break_line(block, indent + inner);
            block.extend_from_slice(line);
        }
        break_line(block, indent);
        block.extend_from_slice(b"\"selfSize\": ");
        push_integer(block, self_size);
        block.push(b',');
        break_line(block, indent);
        block.extend_from_slice(b"\"children\": [");
    }

    /// Closes the node that is open.
    pub fn close(&mut self) -> io::Result<()> {
        let Some(frame) = self.path.pop() else {
            return Ok(());
        };
        let indent = self.indent();
        let block = &mut self.block;
        match self.style.dialect {
            Dialect::Xprofiler => {
                break_line(block, indent);
                block.push(b']');
                break_line(block, indent - 2);
                block.push(b'}');
            }
            Dialect::Vscode => {
                block.extend_from_slice(b"],\"locationId\":");
                push_integer(block, i64::from(frame.0));
                block.push(b'}');
            }
            _ => block.extend_from_slice(b"]}"),
        }
        self.follows = true;
        self.hand_on_full_block()
    }

    /// Bytes that [`ProfileWriter::close`] writes for the node that is open.
    pub fn close_length(&self) -> u64 {
        let depth = self.path.len().saturating_sub(1);
        match self.style.dialect {
            Dialect::Xprofiler => 10 + 8 * depth as u64,
            _ => 2,
        }
    }

    /// How far the members of a node at the present depth are indented in xprofiler's layout.
    fn indent(&self) -> usize {
        4 + 4 * self.path.len()
    }

    /// Opens the array `samples`.
    pub fn open_samples(&mut self) {
        if self.follows {
            self.block.push(b',');
        }
        self.block.extend_from_slice(b"\"samples\":[");
        self.follows = false;
    }

    /// Writes an element of `samples`.
    pub fn sample(&mut self, sample: Sample) -> io::Result<()> {
        if self.follows {
            self.block.push(b',');
        }
        self.follows = true;
        let block = &mut self.block;
        block.extend_from_slice(b"{\"size\":");
        push_integer(block, sample.size as i64);
        block.extend_from_slice(b",\"nodeId\":");
        push_integer(block, sample.node_id as i64);
        block.extend_from_slice(b",\"ordinal\":");
        if self.style.dialect == Dialect::NodeV8Api {
            block.extend_from_slice(as_cpp_double(sample.ordinal).as_bytes());
        } else {
            push_integer(block, sample.ordinal as i64);
        }
        block.push(b'}');
        self.hand_on_full_block()
    }

    /// Closes the array `samples`.
    pub fn close_samples(&mut self) {
        self.block.push(b']');
        self.follows = true;
    }

    /// Adds the table that VS Code's `locationId` refers to.
    pub fn vscode_locations(&mut self, frames: &[Frame]) -> io::Result<()> {
        self.block.extend_from_slice(b",\"$vscode\":{\"rootPath\":\"/srv/app\",\"locations\":[");
        for (i, frame) in frames.iter().enumerate() {
            if i > 0 {
                self.block.push(b',');
            }
            self.block.extend_from_slice(b"{\"callFrame\":");
            frame_text::push_object(&mut self.block, frame, self.style);
            self.block.extend_from_slice(b",\"locations\":[]}");
            self.hand_on_full_block()?;
        }
        self.block.extend_from_slice(b"]}");
        Ok(())
    }

    /// Ends the profile and flushes it.
    pub fn finish(mut self) -> io::Result<u64> {
        self.block.extend_from_slice(if self.style.dialect == Dialect::Xprofiler { b"\n}" } else { b"}" });
        self.block.extend_from_slice(self.style.wrapper.text().1.as_bytes());
        self.hand_on()?;
        self.out.flush()?;
        Ok(self.handed_on)
    }

    fn hand_on_full_block(&mut self) -> io::Result<()> {
        if self.block.len() >= BLOCK { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.out.write_all(&self.block)?;
        self.handed_on += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }
}

fn break_line(block: &mut Vec<u8>, indent: usize) {
    block.push(b'\n');
    block.resize(block.len() + indent, b' ');
}

/// A number as C++ streams print a double: six digits at most, so ordinals from a million on lose the rest.
fn as_cpp_double(number: u64) -> String {
    if number < 1_000_000 {
        return number.to_string();
    }
    let text = format!("{:.5e}", number as f64);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    format!("{mantissa}e+{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_of_the_v8_api_print_as_doubles() {
        for (number, text) in [
            (0, "0"),
            (330_057, "330057"),
            (999_999, "999999"),
            (1_000_000, "1e+06"),
            (1_234_567, "1.23457e+06"),
            (1_952_180, "1.95218e+06"),
            (12_500_000, "1.25e+07"),
        ] {
            assert_eq!(as_cpp_double(number), text);
        }
    }
}
