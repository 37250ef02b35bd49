//! The keys `correlation` (a row for each category) and `cpu` (the CPU profile itself, packages, functions, the order of work).

use std::io;

use super::frame;
use super::object::{Next, Value, members, object};
use super::stream::Stream;
use crate::analysis::model::{CategoryPair, Correlation, Report};

/// Appends the value of `correlation`: null without a CPU profile.
pub(super) fn categories(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let Some(correlation) = report.correlation() else {
        ().append(&mut json.bytes);
        return Ok(());
    };
    json.list(correlation.categories(), |row: &CategoryPair<'_>, json| {
        let reading = row.reading();
        object!(
            &mut json.bytes,
            "category": &*row.category.id,
            "cpu_share": row.cpu_share,
            "cpu_active_share": row.active_share,
            "memory_share": row.memory_share,
            "cpu_level": row.cpu_level.name(),
            "memory_level": row.memory_level.name(),
            "reading": &*format!("{}: {}", reading.levels, reading.advice),
        );
        Ok(())
    })
}

/// Appends the value of `cpu`: null without a CPU profile.
pub(super) fn cpu(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let Some(correlation) = report.correlation() else {
        ().append(&mut json.bytes);
        return Ok(());
    };
    let (profile, times) = (correlation.profile(), correlation.times());
    members!(&mut json.bytes, "{", "file": Next);
    object!(&mut json.bytes, "name": correlation.name(), "bytes": profile.bytes);
    members!(
        &mut json.bytes, ",",
        "measure": profile.measure.name(),
        "total": profile.total,
        "active": correlation.active(),
        "nodes": profile.nodes,
        "samples": profile.samples,
        "functions_share": correlation.share(times.functions),
        "program_share": correlation.share(times.program),
        "garbage_collector_share": correlation.share(times.garbage_collector),
        "garbage_collector_active_share": correlation.active_share(times.garbage_collector),
        "idle_share": correlation.share(times.idle),
        "memory_pressure": correlation.memory_pressure().name(),
        "join": Next,
    );
    let coverage = correlation.coverage();
    object!(
        &mut json.bytes,
        "functions": coverage.functions as u64,
        "by_name": coverage.by_name as u64,
        "cpu_share": coverage.time,
        "memory_share": coverage.memory,
    );
    members!(&mut json.bytes, ",", "packages": Next);
    packages(report, correlation, json)?;
    members!(&mut json.bytes, ",", "functions": Next);
    functions(report, correlation, json)?;
    members!(&mut json.bytes, ",", "order_of_work": Next);
    json.list(correlation.order_of_work(), |row, json| {
        (&*row.category.id).append(&mut json.bytes);
        Ok(())
    })?;
    json.bytes.push(b'}');
    Ok(())
}

fn packages(report: &Report<'_>, correlation: &Correlation<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let rows = correlation.packages();
    json.list(&rows[..rows.len().min(report.limit_or(0))], |row, json| {
        object!(
            &mut json.bytes,
            "name": row.name,
            "self_time": row.time,
            "self_size": row.self_size,
            "cpu_share": correlation.share(row.time),
            "cpu_active_share": correlation.active_share(row.time),
            "memory_share": correlation.memory_share(row.self_size),
        );
        Ok(())
    })
}

fn functions(report: &Report<'_>, correlation: &Correlation<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let rows = correlation.functions();
    json.list(&rows[..rows.len().min(report.limit_or(0))], |pair, json| {
        let function = report.function(pair.heap);
        frame::classified(&function, "{", &mut json.bytes);
        members!(
            &mut json.bytes, ",",
            "self_time": pair.time,
            "self_size": pair.self_size,
            "cpu_share": correlation.share(pair.time),
            "cpu_active_share": correlation.active_share(pair.time),
            "memory_share": correlation.memory_share(pair.self_size),
            "same_line": pair.same_line,
        );
        json.bytes.push(b'}');
        Ok(())
    })
}
