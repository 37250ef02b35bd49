//! The report for programs: one JSON object on one line. Keys may be added; a change of what stands here is a new
//! `schema_version`.
//!
//! Rows are made when they are written. Keys that later work fills are there already: null, or an empty list.

mod advice;
pub(super) mod batch;
pub(super) mod check;
mod correlation;
pub(super) mod diff;
mod frame;
mod object;
mod rows;
mod stream;
mod trend;

use std::io::{self, Write};

use self::object::{Next, Value, members, object};
use self::stream::Stream;
pub(super) use self::trend::write as write_trend;
use crate::analysis::model::{FileInfo, MemoryUsage, Report, Share, Warning};
use crate::profile::{CutStacks, Repair};

const SCHEMA_VERSION: u64 = 1;

/// Writes `report` as one line.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut json = Stream::new(out);
    members!(&mut json.bytes, "{", "schema_version": SCHEMA_VERSION, "kind": "report", "file": Next);
    file(report.file(), &mut json.bytes);
    members!(&mut json.bytes, ",", "filters": Next);
    json.list(&report.aggregate().filters, |filter, json| {
        object!(&mut json.bytes, "name": filter.name, "pattern": &*filter.pattern);
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "summary": Next);
    summary(report, &mut json.bytes);
    members!(&mut json.bytes, ",", "categories": Next);
    rows::cut(report, report.categories(), true, &mut json, |list, json| {
        json.items(list, |row, json| rows::category(report, row, json))
    })?;
    members!(&mut json.bytes, ",", "packages": Next);
    rows::cut(report, report.packages(), true, &mut json, |list, json| {
        json.many(list, |row, out| rows::package(report, row, out))
    })?;
    members!(&mut json.bytes, ",", "functions": Next);
    rows::cut(report, report.functions(), false, &mut json, |list, json| rows::functions(report, list, json))?;
    members!(&mut json.bytes, ",", "stacks": Next);
    json.list(report.stacks(), |row, json| rows::stack(report, row, json))?;
    members!(&mut json.bytes, ",", "stacks_omitted": Next);
    let omitted = report.stacks_omitted();
    object!(&mut json.bytes, "count": omitted.count as u64, "self_size": omitted.self_size);
    members!(&mut json.bytes, ",", "entry_points": Next);
    rows::entry_points(report, &mut json)?;
    members!(&mut json.bytes, ",", "memory_usage": Next);
    memory_usage(report, &mut json)?;
    members!(&mut json.bytes, ",", "correlation": Next);
    correlation::categories(report, &mut json)?;
    members!(&mut json.bytes, ",", "cpu": Next);
    correlation::cpu(report, &mut json)?;
    members!(&mut json.bytes, ",", "recommendations": Next);
    advice::recommendations(report, &mut json)?;
    members!(&mut json.bytes, ",", "if_live": Next);
    advice::if_live(report, &mut json)?;
    members!(&mut json.bytes, ",", "unadvised": Next);
    advice::unadvised(report, &mut json)?;
    members!(&mut json.bytes, ",", "budget": Next);
    advice::budget(report, &mut json)?;
    members!(&mut json.bytes, ",", "actions": Next);
    advice::actions(report, &mut json)?;
    members!(&mut json.bytes, ",", "warnings": Next);
    json.list(report.warnings(), warning)?;
    json.bytes.extend_from_slice(b"}\n");
    json.flush()
}

/// Writes what is wrong with a capture as one line.
pub(super) fn write_findings(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut json = Stream::new(out);
    members!(&mut json.bytes, "{", "schema_version": SCHEMA_VERSION, "kind": "doctor", "file": Next);
    file(report.file(), &mut json.bytes);
    let (sampling, objects) = (report.sampling(), report.objects());
    members!(&mut json.bytes, ",", "total_size": report.total_size(), "sampling_interval": Next);
    object!(
        &mut json.bytes,
        "bytes": sampling.interval,
        "source": sampling.source.name(),
        "candidate": sampling.candidate,
    );
    members!(&mut json.bytes, ",", "objects": Next);
    object!(
        &mut json.bytes,
        "which": objects.which.name(),
        "samples": objects.samples.map(|(count, _)| count),
        "taken": objects.samples.map(|(_, taken)| taken),
    );
    members!(&mut json.bytes, ",", "findings": Next);
    json.list(report.warnings(), warning)?;
    json.bytes.extend_from_slice(b"}\n");
    json.flush()
}

/// A list of texts.
fn strings(texts: &[String], out: &mut Vec<u8>) {
    out.push(b'[');
    for (i, text) in texts.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        text.as_str().append(out);
    }
    out.push(b']');
}

fn file(file: &FileInfo, out: &mut Vec<u8>) {
    members!(out, "{", "name": &*file.name);
    if !file.merged.is_empty() {
        members!(out, ",", "merged": Next);
        strings(&file.merged, out);
    }
    members!(
        out,
        ",",
        "bytes": file.bytes,
        "compressed_bytes": file.compressed_bytes,
        "dialect": file.dialect.name(),
        "complete": file.complete,
        "truncated_at": file.truncated_at,
    );
    out.push(b'}');
}

fn summary(report: &Report<'_>, out: &mut Vec<u8>) {
    let aggregate = report.aggregate();
    members!(
        out, "{",
        "total_size": aggregate.total_size,
        "shown_size": aggregate.shown_size,
        "nodes": aggregate.nodes,
        "allocating_nodes": aggregate.allocating_nodes,
        "call_frames": aggregate.call_frames,
        "max_depth": aggregate.max_depth,
        "samples": aggregate.samples.map(|samples| samples.count),
        "sampling_interval": Next,
    );
    let sampling = report.sampling();
    object!(out, "bytes": sampling.interval, "source": sampling.source.name());
    members!(
        out, ",",
        "standard_error": sampling.standard_error(aggregate.total_size),
        "objects": report.objects().which.name(),
        "cut_stacks": Next,
    );
    match aggregate.cut_stacks {
        None => ().append(out),
        Some(CutStacks { limit, self_size, truncated, truncated_size }) => object!(
            out,
            "limit": limit,
            "self_size": self_size,
            "share": report.share_of_file(self_size),
            "truncated_stacks": truncated,
            "truncated_size": truncated_size,
        ),
    }
    members!(out, ",", "repair": Next);
    repair(aggregate.repair.as_ref(), out);
    out.push(b'}');
}

/// What became of cut stacks; null unless they were to be put back. `stack_limit` is the depth at which the file's stacks are cut, null where it is none
/// at which V8 cuts. Sizes and counts are of children of the root with nothing but cut stacks below them, cut = reattached + ambiguous + unmatched.
fn repair(repair: Option<&Repair>, out: &mut Vec<u8>) {
    let Some(repair) = repair else { return ().append(out) };
    let Repair { stack_limit, reattached, ambiguous, unmatched } = *repair;
    let cut = repair.cut();
    object!(
        out,
        "stack_limit": stack_limit,
        "cut_size": cut.size,
        "cut_stacks": cut.stacks,
        "reattached_size": reattached.size,
        "reattached_stacks": reattached.stacks,
        "ambiguous_size": ambiguous.size,
        "ambiguous_stacks": ambiguous.stacks,
        "unmatched_size": unmatched.size,
        "unmatched_stacks": unmatched.stacks,
    );
}

/// The memory of the process and its parts, or null.
fn memory_usage(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let Some(memory) = report.process_memory() else {
        ().append(&mut json.bytes);
        return Ok(());
    };
    let MemoryUsage { rss, heap_total, heap_used, external, array_buffers } = memory.usage;
    members!(
        &mut json.bytes, "{",
        "rss": rss,
        "heap_total": heap_total,
        "heap_used": heap_used,
        "external": external,
        "array_buffers": array_buffers,
        "profile_of_heap": memory.of_heap,
        "parts": Next,
    );
    json.list(&memory.parts, |&(part, size), json| {
        object!(&mut json.bytes, "part": part.id(), "size": size, "share": Share::of(size, rss));
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "reading": memory.reading.sentence());
    json.bytes.push(b'}');
    Ok(())
}

fn warning(warning: &Warning, json: &mut Stream<'_>) -> io::Result<()> {
    object!(
        &mut json.bytes,
        "kind": warning.kind,
        "message": &*warning.message,
        "remedy": &*warning.remedy,
        "share": warning.share,
        "command": warning.command.as_deref(),
    );
    Ok(())
}
