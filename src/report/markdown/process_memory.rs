//! The memory of the process, and which part of it the profile explains.

use std::io;

use super::document::Document;
use crate::analysis::model::{MemoryReading, Report, Share};
use crate::report::units::{Percent, Size};

/// The section, where the memory of the process is known.
pub(super) fn write(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let Some(memory) = report.process_memory() else { return Ok(()) };
    let rss = memory.usage.rss;
    writeln!(out, "## Memory of the Process\n")?;
    writeln!(out, "| Part | Size | % of rss |\n|------|-----:|---------:|")?;
    for &(part, size) in &memory.parts {
        writeln!(out, "| {} | {} | {} |", part.name(), Size(size), Percent(Share::of(size, rss)))?;
    }
    writeln!(out, "| **Resident (rss)** | {} | {} |\n", Size(rss), Percent(Share::of(rss, rss)))?;
    let (of_heap, heap) = (Percent(memory.of_heap), Size(memory.usage.heap_used));
    match memory.reading {
        MemoryReading::MoreThanTheHeap => writeln!(out, "{}\n\n---\n", memory.reading.sentence()),
        reading => {
            writeln!(out, "The profile has {of_heap} of the {heap} in heapUsed. {}\n\n---\n", reading.sentence())
        }
    }
}
