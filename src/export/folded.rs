//! A line for each stack: `outer (a.js:1);inner (b.js:2) 65536`.

use std::io::{self, Write};

use super::nodes::Nodes;
use crate::analysis::model::Report;
use crate::profile::FrameId;
use crate::report::frame_label;

/// Writes the lines.
pub(super) fn write(labels: &mut Labels<'_, '_>, nodes: &Nodes, out: &mut dyn Write) -> io::Result<()> {
    nodes.each_stack(|stack, size| {
        for (number, &id) in stack.iter().enumerate() {
            out.write_all(if number > 0 { b";" } else { b"" })?;
            out.write_all(labels.of(id).as_bytes())?;
        }
        writeln!(out, " {size}")
    })
}

/// How functions are called there, each as soon as it is met.
pub(super) struct Labels<'r, 'a> {
    report: &'r Report<'a>,
    known: Vec<Option<Box<str>>>,
}

impl<'r, 'a> Labels<'r, 'a> {
    pub(super) fn new(report: &'r Report<'a>) -> Self {
        Self { report, known: vec![None; report.aggregate().frames.len()] }
    }

    /// Its name and place, without what separates frames.
    pub(super) fn of(&mut self, id: FrameId) -> &str {
        self.known[id.0 as usize]
            .get_or_insert_with(|| frame_label(&self.report.function(id)).replace(';', "\\u{3b}").into())
    }
}
