//! The report for programs: one JSON object on one line. Keys may be added; a change of what stands here is a new
//! `schema_version`.
//!
//! Rows are made when they are written. Keys that later work fills are there already: null, or an empty list.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use crate::analysis::model::{CategoryRow, Function, Other, PackageRow, Priority, Report, Summed, Warning};
use crate::profile::{Dialect, FrameId, FrameKind, HeavyStack};

const SCHEMA_VERSION: u32 = 1;

/// Writes `report` as one line.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &document(report))?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a, C, P, F, S> {
    schema_version: u32,
    kind: &'static str,
    file: File<'a>,
    filters: [(); 0],
    summary: Summary,
    categories: C,
    packages: P,
    functions: F,
    stacks: S,
    correlation: Option<()>,
    recommendations: [(); 0],
    budget: [(); 0],
    actions: [(); 0],
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    bytes: u64,
    compressed_bytes: Option<u64>,
    dialect: Dialect,
    complete: bool,
    truncated_at: Option<u64>,
}

#[derive(Serialize)]
struct Summary {
    total_size: u64,
    shown_size: u64,
    nodes: u64,
    allocating_nodes: u64,
    call_frames: u64,
    max_depth: u64,
    samples: Option<u64>,
    sampling_interval: SamplingInterval,
}

#[derive(Serialize)]
struct SamplingInterval {
    bytes: Option<u64>,
    source: &'static str,
}

#[derive(Serialize)]
struct CategoryJson<'a, F> {
    id: &'a str,
    name: &'a str,
    self_size: u64,
    share: f64,
    standard_error: Option<u64>,
    low: Option<u64>,
    high: Option<u64>,
    nodes: u64,
    priority: Priority,
    functions: F,
}

#[derive(Serialize)]
struct PackageJson<'a> {
    name: &'a str,
    version: Option<&'a str>,
    kind: FrameKind,
    category: Option<&'a str>,
    self_size: u64,
    caused_size: Option<u64>,
    total_size: u64,
    share: f64,
    standard_error: Option<u64>,
    low: Option<u64>,
    high: Option<u64>,
    nodes: u64,
    priority: Priority,
}

#[derive(Serialize)]
struct FunctionJson<'a> {
    function: &'a str,
    url: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    kind: FrameKind,
    package: &'a str,
    category: &'a str,
    self_size: u64,
    total_size: u64,
    share: f64,
    standard_error: Option<u64>,
    low: Option<u64>,
    high: Option<u64>,
    nodes: u64,
}

#[derive(Serialize)]
struct StackJson<F> {
    self_size: u64,
    share: f64,
    standard_error: Option<u64>,
    frames: F,
    frames_omitted: u64,
}

#[derive(Serialize)]
struct FrameJson<'a> {
    function: &'a str,
    url: &'a str,
    line: Option<u32>,
    column: Option<u32>,
}

/// The last row of a cut list.
#[derive(Serialize)]
struct OtherJson {
    other: bool,
    count: usize,
    self_size: u64,
    share: f64,
    nodes: u64,
}

fn document(report: &Report<'_>) -> impl Serialize {
    let aggregate = report.aggregate();
    let file = report.file();
    Document {
        schema_version: SCHEMA_VERSION,
        kind: "report",
        file: File {
            name: &file.name,
            bytes: file.bytes,
            compressed_bytes: file.compressed_bytes,
            dialect: file.dialect,
            complete: file.complete,
            truncated_at: file.truncated_at,
        },
        filters: [],
        summary: Summary {
            total_size: aggregate.total_size,
            shown_size: aggregate.total_size,
            nodes: aggregate.nodes,
            allocating_nodes: aggregate.allocating_nodes,
            call_frames: aggregate.call_frames,
            max_depth: aggregate.max_depth,
            samples: aggregate.samples,
            sampling_interval: SamplingInterval { bytes: None, source: "unknown" },
        },
        categories: rows(report, report.categories(), move |row| category(report, row)),
        packages: rows(report, report.packages(), move |row| package(report, row)),
        functions: rows(report, report.functions(), move |id: &FrameId| function(&report.function(*id))),
        stacks: Each { items: report.stacks(), view: move |s| stack(report, s) },
        correlation: None,
        recommendations: [],
        budget: [],
        actions: [],
        warnings: report.warnings(),
    }
}

fn category<'r>(report: &'r Report<'_>, row: &'r CategoryRow<'_>) -> impl Serialize {
    CategoryJson {
        id: &row.category.id,
        name: &row.category.name,
        self_size: row.sums.self_size,
        share: row.share.fraction(),
        standard_error: None,
        low: None,
        high: None,
        nodes: row.sums.allocating_nodes,
        priority: row.priority,
        functions: rows(report, report.functions_of(row), move |id: &FrameId| function(&report.function(*id))),
    }
}

fn package<'a>(report: &Report<'a>, row: &PackageRow<'a>) -> PackageJson<'a> {
    PackageJson {
        name: row.name,
        version: row.version,
        kind: row.kind,
        category: row.category.map(|(id, _)| report.category(id).id.as_str()),
        self_size: row.sums.self_size,
        caused_size: None,
        total_size: row.sums.total_size,
        share: row.share.fraction(),
        standard_error: None,
        low: None,
        high: None,
        nodes: row.sums.allocating_nodes,
        priority: row.priority,
    }
}

fn function<'a>(function: &Function<'a>) -> FunctionJson<'a> {
    FunctionJson {
        function: function.name,
        url: function.url,
        line: function.line,
        column: function.column,
        kind: function.kind,
        package: function.package,
        category: &function.category.id,
        self_size: function.sums.self_size,
        total_size: function.sums.total_size,
        share: function.share.fraction(),
        standard_error: None,
        low: None,
        high: None,
        nodes: function.sums.allocating_nodes,
    }
}

fn stack<'r>(report: &'r Report<'_>, stack: &'r HeavyStack) -> impl Serialize {
    let frame = move |id: &FrameId| {
        let function = report.function(*id);
        FrameJson { function: function.name, url: function.url, line: function.line, column: function.column }
    };
    StackJson {
        self_size: stack.self_size,
        share: report.share(stack.self_size).fraction(),
        standard_error: None,
        frames: Each { items: &stack.frames, view: frame },
        frames_omitted: stack.frames_omitted,
    }
}

/// A list that is cut where the user gave a limit.
struct Rows<'r, T, V> {
    shown: &'r [T],
    other: Option<OtherJson>,
    view: V,
}

fn rows<'r, T: Summed, V>(report: &Report<'_>, items: &'r [T], view: V) -> Rows<'r, T, V> {
    let (shown, other) = report.cut(items, report.limit_or(0));
    let other = other.map(|Other { count, self_size, allocating_nodes }| OtherJson {
        other: true,
        count,
        self_size,
        share: report.share(self_size).fraction(),
        nodes: allocating_nodes,
    });
    Rows { shown, other, view }
}

impl<'r, T, V, R> Serialize for Rows<'r, T, V>
where
    V: Fn(&'r T) -> R,
    R: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for item in self.shown {
            list.serialize_element(&(self.view)(item))?;
        }
        if let Some(other) = &self.other {
            list.serialize_element(other)?;
        }
        list.end()
    }
}

/// A list that is never cut here.
struct Each<'r, T, V> {
    items: &'r [T],
    view: V,
}

impl<'r, T, V, R> Serialize for Each<'r, T, V>
where
    V: Fn(&'r T) -> R,
    R: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.items.iter().map(&self.view))
    }
}
