//! The rows of the report's lists.

use std::io;

use super::frame;
use super::object::{Next, Value, members};
use super::stream::Stream;
use crate::analysis::model::{CategoryRow, Function, Other, PackageRow, Report, Summed};
use crate::profile::{CausedBy, FrameId, HeavyStack};

pub(super) fn category(report: &Report<'_>, row: &CategoryRow<'_>, json: &mut Stream<'_>) -> io::Result<()> {
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
    cut(report, report.functions_of(row), false, json, |rows, json| functions(report, rows, json))?;
    json.bytes.push(b'}');
    Ok(())
}

pub(super) fn package(report: &Report<'_>, row: &PackageRow<'_>, out: &mut Vec<u8>) {
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
    frame::which(&function, "{", out);
    members!(out, ",", "self_size": self_size);
    out.push(b'}');
}

pub(super) fn functions(report: &Report<'_>, ids: &[FrameId], json: &mut Stream<'_>) -> io::Result<()> {
    json.many(ids, |id, out| function(report, &report.function(*id), out))
}

fn function(report: &Report<'_>, function: &Function<'_>, out: &mut Vec<u8>) {
    let errors = report.sampling().errors(function.sums.self_size);
    frame::classified(function, "{", out);
    members!(
        out, ",",
        "self_size": function.sums.self_size,
        "total_size": function.sums.total_size,
        "share": function.share,
        "standard_error": errors.standard_error,
        "low": errors.low,
        "high": errors.high,
        "nodes": function.sums.allocating_nodes,
    );
    out.push(b'}');
}

pub(super) fn stack(report: &Report<'_>, stack: &HeavyStack, json: &mut Stream<'_>) -> io::Result<()> {
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
    json.list(&stack.frames, |&id: &FrameId, json| frame::alone(&report.function(id), json))?;
    members!(&mut json.bytes, ",", "frames_omitted": stack.frames_omitted);
    json.bytes.push(b'}');
    Ok(())
}

/// What stacks begin with; behind a cut list what is left out, and last what begins nowhere that is known.
pub(super) fn entry_points(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let all = report.entry_points();
    let (shown, rest) = all.split_at(all.len().min(report.limit_or(0)));
    json.bytes.push(b'[');
    json.items(shown, |entry, json| {
        let function = report.function(entry.frame);
        frame::which(&function, "{", &mut json.bytes);
        members!(
            &mut json.bytes, ",",
            "total_size": entry.total_size,
            "share": report.share(entry.total_size),
            "standard_error": report.sampling().standard_error(entry.total_size),
        );
        json.bytes.push(b'}');
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

/// Appends a list that is cut where the user gave a limit; its last row then tells what is left out, with what it causes if its rows tell that.
pub(super) fn cut<T: Summed>(
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
