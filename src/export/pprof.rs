//! A profile for pprof: <https://github.com/google/pprof/blob/main/proto/profile.proto>.
//!
//! Messages of this format that stand one behind the other are one message, so it is written piece by piece.

use std::collections::HashMap;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message;

use super::nodes::Nodes;
use crate::analysis::model::Report;
use crate::profile::FrameId;
use crate::report::{escaped, function_label};

/// Calls in the samples of a piece, but for those of the last one.
const PIECE: usize = 1 << 16;

/// Bytes of memory that a piece takes, as it is and as it is encoded, and what compresses it.
pub(super) const ROOM: usize = 4 << 20;

/// What the only mapping is called.
const MAPPING: u64 = 1;

/// The parts of the format that are written, with its names; its comments say what they mean.
#[derive(Message)]
struct Profile {
    #[prost(message, repeated, tag = "1")]
    sample_type: Vec<ValueType>,
    #[prost(message, repeated, tag = "2")]
    sample: Vec<Sample>,
    #[prost(message, repeated, tag = "3")]
    mapping: Vec<Mapping>,
    #[prost(message, repeated, tag = "4")]
    location: Vec<Location>,
    #[prost(message, repeated, tag = "5")]
    function: Vec<Function>,
    #[prost(string, repeated, tag = "6")]
    string_table: Vec<String>,
    #[prost(message, optional, tag = "11")]
    period_type: Option<ValueType>,
    #[prost(int64, tag = "12")]
    period: i64,
}

#[derive(Message)]
struct ValueType {
    #[prost(int64, tag = "1")]
    r#type: i64,
    #[prost(int64, tag = "2")]
    unit: i64,
}

#[derive(Message)]
struct Sample {
    /// The innermost first.
    #[prost(uint64, repeated, tag = "1")]
    location_id: Vec<u64>,
    #[prost(int64, repeated, tag = "2")]
    value: Vec<i64>,
    #[prost(message, repeated, tag = "3")]
    label: Vec<Label>,
}

#[derive(Message)]
struct Label {
    #[prost(int64, tag = "1")]
    key: i64,
    #[prost(int64, tag = "2")]
    str: i64,
}

/// The program; pprof looks for it unless it is told that it knows all.
#[derive(Message)]
struct Mapping {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(int64, tag = "5")]
    filename: i64,
    #[prost(bool, tag = "7")]
    has_functions: bool,
    #[prost(bool, tag = "8")]
    has_filenames: bool,
    #[prost(bool, tag = "9")]
    has_line_numbers: bool,
}

#[derive(Message)]
struct Location {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(uint64, tag = "2")]
    mapping_id: u64,
    #[prost(message, repeated, tag = "4")]
    line: Vec<Line>,
}

#[derive(Message)]
struct Line {
    #[prost(uint64, tag = "1")]
    function_id: u64,
    #[prost(int64, tag = "2")]
    line: i64,
    #[prost(int64, tag = "3")]
    column: i64,
}

#[derive(Message)]
struct Function {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(int64, tag = "2")]
    name: i64,
    #[prost(int64, tag = "4")]
    filename: i64,
    #[prost(int64, tag = "5")]
    start_line: i64,
}

/// Writes the profile.
pub(super) fn write(report: &Report<'_>, nodes: &Nodes, out: &mut dyn Write) -> io::Result<()> {
    let mut out = GzEncoder::new(out, Compression::default());
    let mut strings = Strings::default();
    // The first is to be empty.
    strings.number("");
    let [space, bytes, category, package] = ["space", "bytes", "category", "package"].map(|text| strings.number(text));
    let frames = &report.aggregate().frames;
    let mut piece = Profile {
        sample_type: vec![ValueType { r#type: space, unit: bytes }],
        mapping: vec![Mapping {
            id: MAPPING,
            filename: strings.number(&escaped(&report.file().name)),
            has_functions: true,
            has_filenames: true,
            has_line_numbers: true,
        }],
        period_type: Some(ValueType { r#type: space, unit: bytes }),
        period: report.sampling().interval.map_or(0, value),
        ..Profile::default()
    };
    let (mut is_known, mut calls) = (vec![false; frames.len()], 0);
    nodes.each_stack(|stack, size| {
        for &id in stack.iter().filter(|id| !std::mem::replace(&mut is_known[id.0 as usize], true)) {
            let function = report.function(id);
            let [line, column] = [function.line, function.column].map(|number| number.map_or(0, i64::from));
            piece.function.push(Function {
                id: number(id),
                name: strings.number(&function_label(&function)),
                filename: strings.number(&escaped(function.url)),
                start_line: line,
            });
            piece.location.push(Location {
                id: number(id),
                mapping_id: MAPPING,
                line: vec![Line { function_id: number(id), line, column }],
            });
        }
        let mut label = Vec::new();
        if let Some(&last) = stack.last() {
            let function = report.function(last);
            label.push(Label { key: category, str: strings.number(&escaped(&function.category.name)) });
            label.push(Label { key: package, str: strings.number(&escaped(function.package)) });
        }
        let location_id = stack.iter().rev().map(|&id| number(id)).collect();
        piece.sample.push(Sample { location_id, value: vec![value(size)], label });
        calls += stack.len();
        if calls >= PIECE {
            calls = 0;
            out.write_all(&std::mem::take(&mut piece).encode_to_vec())?;
        }
        Ok(())
    })?;
    piece.string_table = strings.in_order;
    out.write_all(&piece.encode_to_vec())?;
    out.finish()?.flush()
}

/// What a function and its only location are called; 0 is none.
fn number(id: FrameId) -> u64 {
    u64::from(id.0) + 1
}

fn value(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// The texts, each once.
#[derive(Default)]
struct Strings {
    numbers: HashMap<String, i64>,
    in_order: Vec<String>,
}

impl Strings {
    fn number(&mut self, text: &str) -> i64 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.in_order.len() as i64;
        self.in_order.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }
}
