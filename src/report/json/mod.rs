//! The report for programs: one JSON object on one line. Keys may be added; a change of what stands here is a new
//! `schema_version`.
//!
//! Rows are made when they are written. Keys that later work fills are there already: null, or an empty list.

mod advice;
pub(super) mod batch;
pub(super) mod check;
mod correlation;
mod object;
mod stream;
mod trend;

use std::io::{self, Write};

use self::object::{Next, Value, members, object};
use self::stream::Stream;
pub(super) use self::trend::write as write_trend;
use crate::analysis::model::{
    CategoryRow, FileInfo, Function, MemoryUsage, Other, PackageRow, Report, Share, Summed, Warning,
};
use crate::profile::{CausedBy, CutStacks, FrameId, HeavyStack, Repair};

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
    rows(report, report.categories(), true, &mut json, |rows, json| {
        json.items(rows, |row, json| category(report, row, json))
    })?;
    members!(&mut json.bytes, ",", "packages": Next);
    rows(report, report.packages(), true, &mut json, |rows, json| {
        json.many(rows, |row, out| package(report, row, out))
    })?;
    members!(&mut json.bytes, ",", "functions": Next);
    rows(report, report.functions(), false, &mut json, |rows, json| functions(report, rows, json))?;
    members!(&mut json.bytes, ",", "stacks": Next);
    json.list(report.stacks(), |row, json| stack(report, row, json))?;
    members!(&mut json.bytes, ",", "entry_points": Next);
    entry_points(report, &mut json)?;
    members!(&mut json.bytes, ",", "memory_usage": Next);
    memory_usage(report, &mut json)?;
    members!(&mut json.bytes, ",", "correlation": Next);
    correlation::categories(report, &mut json)?;
    members!(&mut json.bytes, ",", "cpu": Next);
    correlation::cpu(report, &mut json)?;
    members!(&mut json.bytes, ",", "recommendations": Next);
    advice::recommendations(report, &mut json)?;
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

fn category(report: &Report<'_>, row: &CategoryRow<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let errors = report.sampling().errors(row.sums.self_size);
    members!(
        &mut json.bytes, "{",
        "id": &*row.category.id,
        "name": &*row.category.name,
        "self_size": row.sums.self_size,
        "caused_size": row.sums.caused_size,
        "share": row.share,
        "standard_error": errors.standard_error,
        "low": errors.low,
        "high": errors.high,
        "nodes": row.sums.allocating_nodes,
        "priority": row.priority.name(),
        "rank": row.rank as u64,
        "caused_by": Next,
    );
    caused_by(report, row.caused_by, &mut json.bytes);
    members!(&mut json.bytes, ",", "functions": Next);
    rows(report, report.functions_of(row), false, json, |rows, json| functions(report, rows, json))?;
    json.bytes.push(b'}');
    Ok(())
}

fn package(report: &Report<'_>, row: &PackageRow<'_>, out: &mut Vec<u8>) {
    let errors = report.sampling().errors(row.sums.self_size);
    members!(
        out, "{",
        "name": row.name,
        "version": row.version,
        "kind": row.kind.name(),
        "category": row.category.map(|(id, _)| &*report.category(id).id),
        "self_size": row.sums.self_size,
        "caused_size": row.sums.caused_size,
        "total_size": row.sums.total_size,
        "share": row.share,
        "standard_error": errors.standard_error,
        "low": errors.low,
        "high": errors.high,
        "nodes": row.sums.allocating_nodes,
        "priority": row.priority.name(),
        "rank": row.rank as u64,
        "caused_by": Next,
    );
    caused_by(report, row.caused_by, out);
    out.push(b'}');
}

fn caused_by(report: &Report<'_>, cause: Option<CausedBy>, out: &mut Vec<u8>) {
    let Some(CausedBy { frame, self_size }) = cause else { return ().append(out) };
    let function = report.function(frame);
    object!(
        out,
        "function": function.name,
        "url": function.url,
        "line": function.line,
        "column": function.column,
        "self_size": self_size,
    );
}

fn functions(report: &Report<'_>, ids: &[FrameId], json: &mut Stream<'_>) -> io::Result<()> {
    json.many(ids, |id, out| function(report, &report.function(*id), out))
}

fn function(report: &Report<'_>, function: &Function<'_>, out: &mut Vec<u8>) {
    let errors = report.sampling().errors(function.sums.self_size);
    object!(
        out,
        "function": function.name,
        "url": function.url,
        "line": function.line,
        "column": function.column,
        "kind": function.kind.name(),
        "package": function.package,
        "category": &*function.category.id,
        "self_size": function.sums.self_size,
        "total_size": function.sums.total_size,
        "share": function.share,
        "standard_error": errors.standard_error,
        "low": errors.low,
        "high": errors.high,
        "nodes": function.sums.allocating_nodes,
    );
}

fn stack(report: &Report<'_>, stack: &HeavyStack, json: &mut Stream<'_>) -> io::Result<()> {
    let errors = report.sampling().errors(stack.self_size);
    members!(
        &mut json.bytes, "{",
        "self_size": stack.self_size,
        "share": report.share(stack.self_size),
        "standard_error": errors.standard_error,
        "low": errors.low,
        "high": errors.high,
        "frames": Next,
    );
    json.list(&stack.frames, |&id: &FrameId, json| {
        let function = report.function(id);
        object!(
            &mut json.bytes,
            "function": function.name,
            "url": function.url,
            "line": function.line,
            "column": function.column,
        );
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "frames_omitted": stack.frames_omitted);
    json.bytes.push(b'}');
    Ok(())
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

/// What stacks begin with; behind a cut list what is left out, and last what begins nowhere that is known.
fn entry_points(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let all = report.entry_points();
    let (shown, rest) = all.split_at(all.len().min(report.limit_or(0)));
    json.bytes.push(b'[');
    json.items(shown, |entry, json| {
        let function = report.function(entry.frame);
        object!(
            &mut json.bytes,
            "function": function.name,
            "url": function.url,
            "line": function.line,
            "column": function.column,
            "total_size": entry.total_size,
            "share": report.share(entry.total_size),
            "standard_error": report.sampling().standard_error(entry.total_size),
        );
        Ok(())
    })?;
    let mut row = |name: &[u8], count: u64, total_size: u64| {
        if json.bytes.last() != Some(&b'[') {
            json.bytes.push(b',');
        }
        json.bytes.push(b'{');
        json.bytes.extend_from_slice(name);
        members!(
            &mut json.bytes, ":true,",
            "count": count,
            "total_size": total_size,
            "share": report.share(total_size),
            "standard_error": report.sampling().standard_error(total_size),
        );
        json.bytes.push(b'}');
    };
    if !rest.is_empty() {
        row(b"\"other\"", rest.len() as u64, rest.iter().map(|entry| entry.total_size).sum());
    }
    if let Some(cut) = report.aggregate().cut_stacks.filter(|cut| cut.truncated > 0) {
        row(b"\"truncated\"", cut.truncated, cut.truncated_size);
    }
    json.bytes.push(b']');
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

/// Appends a list that is cut where the user gave a limit; its last row then tells what is left out, with what it causes if its rows tell that.
fn rows<T: Summed>(
    report: &Report<'_>,
    items: &[T],
    cause: bool,
    json: &mut Stream<'_>,
    append: impl FnOnce(&[T], &mut Stream<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let (shown, other) = report.cut(items, report.limit_or(0));
    json.bytes.push(b'[');
    append(shown, json)?;
    if let Some(Other { count, self_size, caused_size, allocating_nodes }) = other {
        members!(
            &mut json.bytes, ",{",
            "other": true,
            "count": count as u64,
            "self_size": self_size,
        );
        if cause {
            members!(&mut json.bytes, ",", "caused_size": caused_size);
        }
        let errors = report.sampling().errors(self_size);
        members!(
            &mut json.bytes, ",",
            "share": report.share(self_size),
            "standard_error": errors.standard_error,
            "low": errors.low,
            "high": errors.high,
            "nodes": allocating_nodes,
        );
        json.bytes.push(b'}');
    }
    json.bytes.push(b']');
    Ok(())
}
