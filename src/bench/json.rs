//! The figures for programs: one JSON object on one line, in the shape of `docs/bench.md`.

use std::io::{self, Write};

use serde::Serialize;

use super::machine::Machine;
use super::measure::{Generated, Measured};
use super::page_cache::CacheState;
use super::plan::{Plan, Settings};
use super::series::{Series, Spread};
use crate::analysis::model::Share;
use crate::report::in_json;

const SCHEMA_VERSION: u32 = 1;

/// Writes the figures of a file as one line.
///
/// # Errors
/// Those of `out`.
pub fn write_json(measured: &Measured, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    in_json(&serde_json::to_string(&document(measured))?, &mut line);
    line.push(b'\n');
    out.write_all(&line)
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    heapsift: Program,
    machine: &'a Machine,
    file: File<'a>,
    generated: Option<Generated>,
    options: Settings,
    page_cache: Cache,
    warm_up_rounds: usize,
    rounds: usize,
    reference: Reference,
    configurations: Vec<Configuration<'a>>,
}

#[derive(Serialize)]
struct Program {
    version: &'static str,
    optimised: bool,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    bytes: u64,
    compressed_bytes: Option<u64>,
    dialect: &'static str,
    nodes: u64,
    call_frames: u64,
    total_size: u64,
}

#[derive(Serialize)]
struct Cache {
    state: CacheState,
    share: Option<f64>,
    dropped: Option<bool>,
}

#[derive(Serialize)]
struct Reference {
    threads: usize,
    back_end: &'static str,
    bytes: u64,
    seconds: Seconds,
    bytes_per_second: Spread,
}

#[derive(Serialize)]
struct Configuration<'a> {
    threads: usize,
    back_end: &'static str,
    seconds: Seconds,
    bytes_per_second: Spread,
    nodes_per_second: Spread,
    share_of_reference: Option<f64>,
    peak_memory: Option<&'a Series>,
}

/// A series of nanoseconds.
#[derive(Serialize)]
struct Seconds {
    median: f64,
    min: f64,
    max: f64,
    runs: Vec<f64>,
}

impl From<&Series> for Seconds {
    fn from(series: &Series) -> Self {
        let seconds = |nanoseconds: u64| nanoseconds as f64 / 1e9;
        let Series { spread: Spread { median, min, max }, runs } = series;
        Self {
            median: seconds(*median),
            min: seconds(*min),
            max: seconds(*max),
            runs: runs.iter().copied().map(seconds).collect(),
        }
    }
}

fn document(measured: &Measured) -> Document<'_> {
    let (file, totals) = (&measured.subject.file, &measured.subject.totals);
    let reference = &measured.reference;
    Document {
        schema_version: SCHEMA_VERSION,
        kind: "bench",
        heapsift: Program { version: env!("CARGO_PKG_VERSION"), optimised: !cfg!(debug_assertions) },
        machine: &measured.machine,
        file: File {
            name: &file.name,
            bytes: file.bytes,
            compressed_bytes: file.compressed_bytes,
            dialect: file.dialect.name(),
            nodes: totals.nodes,
            call_frames: totals.call_frames,
            total_size: totals.total_size,
        },
        generated: measured.subject.generated,
        options: measured.settings,
        page_cache: Cache {
            state: measured.cache.state(),
            share: measured.cache.share.map(Share::fraction),
            dropped: measured.cache.dropped,
        },
        warm_up_rounds: Plan::WARM_UP_ROUNDS,
        rounds: measured.rounds,
        reference: Reference {
            threads: reference.task.threads,
            back_end: reference.task.backend.name(),
            bytes: reference.bytes,
            seconds: (&reference.nanoseconds).into(),
            bytes_per_second: reference.bytes_per_second(),
        },
        configurations: measured
            .configurations
            .iter()
            .map(|of| Configuration {
                threads: of.task.threads,
                back_end: of.task.backend.name(),
                seconds: (&of.nanoseconds).into(),
                bytes_per_second: of.nanoseconds.spread.rate_of(file.bytes),
                nodes_per_second: of.nanoseconds.spread.rate_of(totals.nodes),
                share_of_reference: of.share.map(Share::fraction),
                peak_memory: of.peak_memory.as_ref(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::measure::tests::measured;
    use super::*;

    fn written(compressed: bool) -> Value {
        let mut out = Vec::new();
        write_json(&measured(compressed), &mut out).unwrap();
        assert_eq!(out.iter().filter(|&&byte| byte == b'\n').count(), 1, "one line");
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn figures_stand_where_the_documentation_says() {
        let json = written(false);
        assert_eq!((&json["schema_version"], &json["kind"]), (&json!(1), &json!("bench")));
        assert_eq!(json["page_cache"], json!({"state": "cached", "share": 1.0, "dropped": true}));
        assert_eq!(json["options"], json!({"window_size": null, "mmap": true}));
        assert_eq!(
            json["reference"],
            json!({
                "threads": 2, "back_end": "portable", "bytes": 1 << 30,
                "seconds": {"median": 0.105, "min": 0.1, "max": 0.12, "runs": [0.105, 0.12, 0.1]},
                "bytes_per_second": {"median": 10_226_112_609_u64, "min": 8_947_848_533_u64, "max": 10_737_418_240_u64},
            })
        );
        assert_eq!(
            json["configurations"][1],
            json!({
                "threads": 2, "back_end": "portable",
                "seconds": {"median": 0.255, "min": 0.25, "max": 0.27, "runs": [0.255, 0.27, 0.25]},
                "bytes_per_second": {"median": 4_210_752_250_u64, "min": 3_976_821_570_u64, "max": 4_294_967_296_u64},
                "nodes_per_second": {"median": 3_921_568, "min": 3_703_703, "max": 4_000_000},
                "share_of_reference": 0.411765,
                "peak_memory": {"median": 25 << 20, "min": 20 << 20, "max": 40 << 20, "runs": [25 << 20, 40 << 20, 20 << 20]},
            })
        );
    }

    #[test]
    fn a_compressed_file_has_no_share() {
        let json = written(true);
        assert_eq!(json["file"]["compressed_bytes"], 1 << 20);
        assert_eq!(json["configurations"][0]["share_of_reference"], Value::Null);
    }
}
