//! The memory of the process, and which part of it the profile explains.

use std::io;

use super::screen::{DIM, PLAIN, Screen, bar, column, fit};
use crate::analysis::model::{MemoryReading, Report, Share};
use crate::report::units::{Percent, Size};

/// The section, where the memory of the process is known.
pub(super) fn write(report: &Report<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let Some(memory) = report.process_memory() else { return Ok(()) };
    let (rss, of_heap) = (memory.usage.rss, Percent(memory.of_heap));
    screen.title("Memory of the process", &format!("{} resident", Size(rss)))?;
    let bars = (screen.width / 6).min(20);
    let largest = memory.parts.iter().map(|(_, size)| *size).max().unwrap_or(0);
    for &(part, size) in &memory.parts {
        screen.put(PLAIN, format_args!("{:>10} {:>7}  ", Size(size), Percent(Share::of(size, rss))))?;
        screen.put(DIM, column(&bar(size, largest, bars), bars + 2))?;
        screen.put(PLAIN, fit(part.name(), screen.width - 20 - bars - 2))?;
        screen.end()?;
    }
    let heap = Size(memory.usage.heap_used);
    let text = match memory.reading {
        MemoryReading::MoreThanTheHeap => memory.reading.sentence().to_owned(),
        reading => format!("The profile has {of_heap} of the {heap} in heapUsed. {}", reading.sentence()),
    };
    screen.paragraph(PLAIN, &text, "")
}
