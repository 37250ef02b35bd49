//! A heap profile as the inspector writes it, without samples: what was sampled is not known of nodes.

use std::collections::HashMap;
use std::io::{self, Write};

use super::nodes::Nodes;
use crate::analysis::model::{Function, Report};
use crate::generate::{Frame, FrameIndex, ProfileWriter, Style};
use crate::profile::{Dialect, FrameKind, INTERVAL_KEY};

/// Writes the profile.
pub(super) fn write(report: &Report<'_>, nodes: &Nodes, out: &mut dyn Write) -> io::Result<()> {
    let functions = report.aggregate().frames.ids().map(|id| report.function(id));
    let mut scripts = HashMap::new();
    let frames: Vec<Frame> = functions.map(|function| frame(&function, &mut scripts)).collect();
    let mut writer = ProfileWriter::new(out, Style::from(Dialect::Inspector), &frames);
    let mut open = 0;
    for (id, node) in (1..).zip(nodes.iter()) {
        for _ in node.level..=open {
            writer.close()?;
        }
        open = node.level;
        let size = i64::try_from(node.self_size).unwrap_or(i64::MAX);
        writer.open(FrameIndex(node.frame.0), size, id)?;
    }
    for _ in 0..open {
        writer.close()?;
    }
    // Behind the nodes: so it begins as the inspector's does.
    if let Some(interval) = report.sampling().interval {
        writer.number(INTERVAL_KEY, interval);
    }
    writer.finish().map(drop)
}

/// A call frame, with a number for its script: those of one url have one.
fn frame<'a>(function: &Function<'a>, scripts: &mut HashMap<&'a str, u32>) -> Frame {
    let next = scripts.len() as u32 + 1;
    Frame {
        function: function.name.to_owned(),
        script_id: match function.kind {
            FrameKind::Native | FrameKind::Unknown if function.url.is_empty() => 0,
            _ => *scripts.entry(function.url).or_insert(next),
        },
        url: function.url.to_owned(),
        line: function.line,
        column: function.column,
    }
}
