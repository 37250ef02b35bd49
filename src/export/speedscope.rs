//! A file for speedscope: the calls as they open and close along the bytes, which takes no more than the nodes do.
//! The format: <https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources>.

use std::io::{self, Write};

use serde::Serialize;

use super::nodes::{Node, Nodes};
use crate::analysis::model::{Function, Report};
use crate::report::{escaped, function_label};

const SCHEMA: &str = "https://www.speedscope.app/file-format-schema.json";

#[derive(Serialize)]
struct Frame {
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    col: Option<u32>,
}

impl Frame {
    fn of(function: &Function<'_>) -> Self {
        Self { name: function_label(function), file: escaped(function.url), line: function.line, col: function.column }
    }
}

/// Writes the file.
pub(super) fn write(report: &Report<'_>, nodes: &Nodes, out: &mut dyn Write) -> io::Result<()> {
    let name = serde_json::to_string(&escaped(&report.file().name))?;
    write!(out, "{{\"$schema\":\"{SCHEMA}\",\"exporter\":\"heapsift\",\"name\":{name},\"shared\":{{\"frames\":[")?;
    for id in report.aggregate().frames.ids() {
        out.write_all(if id.0 > 0 { b"," } else { b"" })?;
        serde_json::to_writer(&mut *out, &Frame::of(&report.function(id)))?;
    }
    let end: u64 = nodes.iter().map(|node| node.self_size).sum();
    write!(
        out,
        "]}},\"profiles\":[{{\"type\":\"evented\",\"name\":{name},\"unit\":\"bytes\",\"startValue\":0,\"endValue\":{end},\"events\":["
    )?;
    events(nodes, out)?;
    writeln!(out, "]}}]}}")
}

/// What opens and closes, and at which byte; but for the root.
fn events(nodes: &Nodes, out: &mut dyn Write) -> io::Result<()> {
    let (mut at, mut is_first, mut open) = (0_u64, true, Vec::new());
    let mut event = |out: &mut dyn Write, kind: char, frame: u32, at: u64| {
        out.write_all(if std::mem::take(&mut is_first) { b"" } else { b"," })?;
        write!(out, "{{\"type\":\"{kind}\",\"frame\":{frame},\"at\":{at}}}")
    };
    for &Node { frame, level, self_size } in nodes.iter() {
        while open.len() + 1 > level.max(2) as usize - 1 {
            let Some(frame) = open.pop() else { break };
            event(out, 'C', frame, at)?;
        }
        if level > 1 {
            open.push(frame.0);
            event(out, 'O', frame.0, at)?;
        }
        at += self_size;
    }
    for frame in open.into_iter().rev() {
        event(out, 'C', frame, at)?;
    }
    Ok(())
}
