//! The figures for a terminal: one table for each file, the reference in its first row.
//!
//! Where the line is short, columns are left out, the least telling first.

mod grid;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use self::grid::{Column, Grid};
use super::measure::{Measured, Subject};
use super::page_cache::CacheState;
use super::plan::Plan;
use super::reference::BLOCK;
use super::series::Spread;
use crate::analysis::model::Share;
use crate::report::screen::{BOLD, CAUTION, DIM, PLAIN, Screen, bar};
use crate::report::{Grouped, Percent, Size, Style, count, escaped};

/// Columns of the bar of the fastest.
const BAR: usize = 12;
const BYTES: [(u64, &str); 3] = [(1 << 30, "GB/s"), (1 << 20, "MB/s"), (1 << 10, "KB/s")];
const NODES: [(u64, &str); 3] = [(1_000_000, "M nodes/s"), (1000, "k nodes/s"), (1, "nodes/s")];

/// Bytes from which on a rate is that of the parser: the first windows are small, and all call frames new.
const TELLING: u64 = 16 << 20;

/// Writes the figures of a file for people.
///
/// # Errors
/// Those of `out`.
pub fn write_table(measured: &Measured, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    let screen = &mut Screen::new(&mut text, style);
    header(measured, screen)?;
    screen.end()?;
    table(measured, screen)?;
    screen.end()?;
    legend(measured, screen)?;
    out.write_all(&text)
}

fn header(measured: &Measured, screen: &mut Screen<'_>) -> io::Result<()> {
    let (file, totals, machine) = (&measured.subject.file, &measured.subject.totals, &measured.machine);
    let title = match &measured.subject.generated {
        Some(of) => {
            format!(
                "generated profile: {}, seed {}, drawn from {}",
                of.layout,
                of.seed,
                count(of.functions, "function")
            )
        }
        None => escaped(&file.name),
    };
    screen.paragraph(BOLD, &title, "")?;
    let mut size = Size(file.bytes).to_string();
    if let Some(compressed) = file.compressed_bytes {
        size += &format!(" ({} compressed)", Size(compressed));
    }
    let facts = [
        size,
        file.dialect.to_string(),
        count(totals.nodes, "node").to_string(),
        count(totals.call_frames, "call frame").to_string(),
    ];
    screen.paragraph(DIM, &facts.join(" · "), "")?;
    let mut facts = vec![machine.cpu.as_deref().map_or_else(|| machine.architecture.to_owned(), escaped)];
    facts.push(format!("{} on {}", count(machine.cores as u64, "core"), machine.os));
    facts.extend(machine.page_size.map(|size| format!("pages of {} bytes", Grouped(size as u64))));
    screen.paragraph(DIM, &facts.join(" · "), "")?;
    let (paint, text) = cache(measured);
    screen.paragraph(paint, &text, "  ")?;
    if file.bytes < TELLING {
        let text = format!("⚠ a file below {} is done before the threads run: its rates say little", Size(TELLING));
        screen.paragraph(CAUTION, &text, "  ")?;
    }
    if cfg!(debug_assertions) {
        screen.paragraph(
            CAUTION,
            "⚠ built without optimisations: these figures say nothing about a release build",
            "  ",
        )?;
    }
    Ok(())
}

/// What is said of the page cache.
fn cache(measured: &Measured) -> (anstyle::Style, String) {
    let cache = &measured.cache;
    match (cache.state(), cache.share) {
        (CacheState::Cached, _) => {
            let before = if cache.dropped == Some(true) {
                ": dropped, then read once"
            } else {
                "; it could not be dropped before"
            };
            (DIM, format!("in the page cache{before}"))
        }
        (CacheState::Partly, Some(share)) => (
            CAUTION,
            format!(
                "⚠ only {} of the file stays in the page cache: these figures are those of the storage, too",
                Percent(share)
            ),
        ),
        _ => (DIM, "read once before; whether the page cache holds it, this system does not tell".to_owned()),
    }
}

fn table(measured: &Measured, screen: &mut Screen<'_>) -> io::Result<()> {
    let lines = grid(measured).lines(screen.width);
    let times = measured.configurations.iter().map(|of| of.nanoseconds.spread.median);
    let fastest = times.enumerate().min_by_key(|&(_, median)| median).map(|(i, _)| i);
    for (i, line) in lines.iter().enumerate() {
        // The titles and the reference come first.
        let paint = if i == 0 {
            DIM
        } else if i.checked_sub(2) == fastest {
            BOLD
        } else {
            PLAIN
        };
        screen.put(paint, line)?;
        screen.end()?;
    }
    Ok(())
}

fn grid(measured: &Measured) -> Grid<9> {
    let (reference, configurations) = (&measured.reference, &measured.configurations);
    let Subject { file, totals, .. } = &measured.subject;
    // The rates of a compressed file's text and of its bytes are not compared.
    let compared = file.compressed_bytes.is_none();
    let of_reference = reference.bytes_per_second();
    let rates: Vec<Spread> = configurations.iter().map(|of| of.nanoseconds.spread.rate_of(file.bytes)).collect();
    let of_nodes: Vec<Spread> = configurations.iter().map(|of| of.nanoseconds.spread.rate_of(totals.nodes)).collect();
    let fastest = |rates: &[Spread]| rates.iter().map(|rate| rate.median).max().unwrap_or(0);
    let longest = fastest(&rates).max(if compared { of_reference.median } else { 0 });
    let bytes = Unit::of(fastest(&rates).max(of_reference.median), &BYTES);
    let nodes = Unit::of(fastest(&of_nodes), &NODES);
    let nothing = || "–".to_owned();

    let columns = [
        Column { title: "threads", right: true, rank: 0 },
        Column { title: "back end", right: false, rank: 0 },
        Column { title: bytes.name, right: true, rank: 0 },
        Column { title: "from – to", right: true, rank: 2 },
        Column { title: "", right: false, rank: 6 },
        Column { title: "share", right: true, rank: 1 },
        Column { title: nodes.name, right: true, rank: 4 },
        Column { title: "from – to", right: true, rank: 5 },
        Column { title: "memory", right: true, rank: 3 },
    ];
    let first = [
        reference.task.threads.to_string(),
        "reference".to_owned(),
        bytes.one(of_reference.median),
        bytes.range(of_reference),
        if compared { bar(of_reference.median, longest, BAR) } else { String::new() },
        if compared { Percent(Share::of(1, 1)).to_string() } else { nothing() },
        String::new(),
        String::new(),
        String::new(),
    ];
    let others = configurations.iter().zip(rates.iter().zip(&of_nodes)).map(|(of, (&rate, &node_rate))| {
        [
            of.task.threads.to_string(),
            of.task.backend.to_string(),
            bytes.one(rate.median),
            bytes.range(rate),
            bar(rate.median, longest, BAR),
            of.share.map_or_else(nothing, |share| Percent(share).to_string()),
            nodes.one(node_rate.median),
            nodes.range(node_rate),
            of.peak_memory.as_ref().map_or_else(nothing, |peak| Size(peak.spread.max).to_string()),
        ]
    });
    Grid { columns, rows: [first].into_iter().chain(others).collect() }
}

/// The unit of a column.
struct Unit {
    size: u64,
    name: &'static str,
}

impl Unit {
    /// The largest in which the fastest is at least a tenth.
    fn of(fastest: u64, units: &[(u64, &'static str)]) -> Self {
        let fits = |&&(size, _): &&(u64, &str)| fastest.saturating_mul(10) >= size;
        let (size, name) = units.iter().find(fits).or(units.last()).copied().unwrap_or((1, ""));
        Self { size, name }
    }

    fn one(&self, rate: u64) -> String {
        format!("{:.2}", rate as f64 / self.size as f64)
    }

    fn range(&self, rates: Spread) -> String {
        format!("{} – {}", self.one(rates.min), self.one(rates.max))
    }
}

fn legend(measured: &Measured, screen: &mut Screen<'_>) -> io::Result<()> {
    let reference = &measured.reference.task;
    let threads = count(reference.threads as u64, "thread");
    let (block, backend) = (Size(BLOCK as u64), reference.backend);
    let rates = if measured.subject.file.compressed_bytes.is_some() {
        format!(
            "{threads} read the compressed file in blocks of {block} and count its quotes ({backend}); its rate is of other bytes."
        )
    } else {
        format!("{threads} read the file in blocks of {block} and count its quotes ({backend}).")
    };
    let warm_up = count(Plan::WARM_UP_ROUNDS as u64, "round");
    for text in [
        format!(
            "Medians of {} runs each, in turns after {warm_up} of warm-up; from the slowest to the fastest.",
            measured.rounds
        ),
        format!("Reference: {rates}"),
        "Others: what `heapsift report -f json` does after its start, each run in a process of its own.".to_owned(),
        "Memory: the peak of what is resident in any run. KB, MB and GB are 2^10, 2^20 and 2^30 bytes.".to_owned(),
    ] {
        screen.paragraph(DIM, &text, "  ")?;
    }
    Ok(())
}
