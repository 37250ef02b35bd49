//! A series of dumps for programs; docs/trend.md has the shape.

use std::io::{self, Write};

use super::SCHEMA_VERSION;
use super::frame;
use super::object::{Next, Value, members, object};
use super::stream::Stream;
use crate::analysis::model::{FileInfo, Judged, KindReason, Of, StackId, Suspect, Trend};
use crate::profile::{FrameId, PackageId};

/// Writes the trend as one line; of each table `limit` rows.
pub(in crate::report) fn write(trend: &Trend<'_>, limit: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let mut json = Stream::new(out);
    append(trend, limit, &mut json)?;
    json.bytes.push(b'\n');
    json.flush()
}

/// Appends the trend as an object.
pub(super) fn append(trend: &Trend<'_>, limit: Option<usize>, json: &mut Stream<'_>) -> io::Result<()> {
    let reason = match trend.reason {
        KindReason::Given => "given",
        KindReason::Processes => "processes",
        KindReason::Numbers => "sample-numbers",
        KindReason::Writer(_) => "writer",
        KindReason::Assumed => "assumed",
    };
    members!(
        &mut json.bytes, "{",
        "schema_version": SCHEMA_VERSION,
        "kind": "trend",
        "series": trend.kind.name(),
        "series_known_by": reason,
        "unjudged": trend.unjudged.map(|reason| reason.name()),
        "files": trend.files(),
        "dumps_per_hour": Next,
    );
    decimal(trend.dumps_per_hour, &mut json.bytes);
    members!(&mut json.bytes, ",", "filters": Next);
    json.list(&trend.filters, |filter, json| {
        object!(&mut json.bytes, "name": filter.name, "pattern": &*filter.pattern);
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "left_out": Next);
    json.list(&trend.left_out, |name, json| {
        name.as_str().append(&mut json.bytes);
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "dumps": Next);
    json.list(trend.panel().members(), |member, json| {
        let FileInfo { name, .. } = &member.file;
        object!(
            &mut json.bytes,
            "name": &**name,
            "files": member.profiles,
            "dialect": member.file.dialect.name(),
            "total_size": member.total_size,
            "sampling_interval": member.sampling.interval,
            "objects": member.objects.which.name(),
        );
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "suspects": Next);
    json.list(&trend.suspects, |suspect, json| self::suspect(trend, suspect, json))?;
    members!(&mut json.bytes, ",", "stepwise": Next);
    json.list(&trend.stepwise, |suspect, json| self::suspect(trend, suspect, json))?;
    members!(&mut json.bytes, ",", "exchanged": Next);
    json.list(&trend.exchanged, |suspect, json| self::suspect(trend, suspect, json))?;
    members!(&mut json.bytes, ",", "instrument": Next);
    match &trend.instrument {
        Some(own) => suspect(trend, own, json)?,
        None => ().append(&mut json.bytes),
    }
    members!(&mut json.bytes, ",", "uncalled": Next);
    match &trend.uncalled {
        Some(natives) => suspect(trend, natives, json)?,
        None => ().append(&mut json.bytes),
    }
    for of in Of::ALL {
        let key = match of {
            Of::Total => ",\"total\":",
            Of::Category => ",\"categories\":",
            Of::Package => ",\"packages\":",
            Of::Function => ",\"functions\":",
            Of::Caller => ",\"callers\":",
            Of::Stack => ",\"stacks\":",
        };
        json.bytes.extend_from_slice(key.as_bytes());
        let table = trend.table(of);
        let shown = limit.filter(|&limit| limit > 0).unwrap_or(usize::MAX).min(table.rows.len());
        members!(&mut json.bytes, "{", "judged": table.rows.len() as u64, "too_few_samples": table.few as u64, "rows": Next);
        json.list(&table.rows[..shown], |row, json| self::row(trend, of, row, json))?;
        json.bytes.push(b'}');
    }
    json.bytes.push(b'}');
    Ok(())
}

fn suspect(trend: &Trend<'_>, suspect: &Suspect, json: &mut Stream<'_>) -> io::Result<()> {
    members!(&mut json.bytes, "{", "rate": Next);
    whole(suspect.rate, &mut json.bytes);
    members!(&mut json.bytes, ",", "standard_error": Next);
    whole(suspect.error, &mut json.bytes);
    members!(&mut json.bytes, ",", "sizes": Next);
    sizes(&suspect.sizes, json)?;
    members!(&mut json.bytes, ",", "since": Next);
    match suspect.onset {
        Some(onset) => {
            members!(&mut json.bytes, "{", "dump": onset.dump as u64 + 1, "rate": Next);
            whole(onset.rate, &mut json.bytes);
            members!(&mut json.bytes, ",", "standard_error": Next);
            whole(onset.error, &mut json.bytes);
            json.bytes.push(b'}');
        }
        None => ().append(&mut json.bytes),
    }
    members!(&mut json.bytes, ",", "sessions_with_more": suspect.longer, "with_callees": suspect.with_callees, "function": Next);
    match suspect.holders.first() {
        Some(holder) => function(trend, holder.function, &mut json.bytes),
        None => ().append(&mut json.bytes),
    }
    members!(&mut json.bytes, ",", "below": Next);
    match suspect.below {
        Some(below) => function(trend, below, &mut json.bytes),
        None => ().append(&mut json.bytes),
    }
    members!(&mut json.bytes, ",", "functions": Next);
    json.list(&suspect.holders, |holder, json| {
        members!(&mut json.bytes, "{", "function": Next);
        function(trend, holder.function, &mut json.bytes);
        members!(&mut json.bytes, ",", "rate": Next);
        whole(holder.rate, &mut json.bytes);
        json.bytes.push(b'}');
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "frames": Next);
    json.list(&suspect.frames, |&id, json| {
        function(trend, id, &mut json.bytes);
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "stacks": suspect.stacks.len() as u64, "evidence": Next);
    json.list(&suspect.evidence, |&(of, row), json| {
        members!(&mut json.bytes, "{", "table": of.name(), "row": Next);
        name(trend, of, row, json)?;
        json.bytes.push(b'}');
        Ok(())
    })?;
    json.bytes.push(b'}');
    Ok(())
}

fn row(trend: &Trend<'_>, of: Of, row: &Judged, json: &mut Stream<'_>) -> io::Result<()> {
    members!(&mut json.bytes, "{", "row": Next);
    name(trend, of, row.row, json)?;
    members!(&mut json.bytes, ",", "verdict": row.verdict.name(), "rate": Next);
    whole(row.rate, &mut json.bytes);
    members!(&mut json.bytes, ",", "standard_error": Next);
    whole(row.error, &mut json.bytes);
    members!(&mut json.bytes, ",", "p_value": Next);
    decimal(Some(row.p_value), &mut json.bytes);
    members!(&mut json.bytes, ",", "sizes": Next);
    sizes(&trend.sizes(of, row.row), json)?;
    json.bytes.push(b'}');
    Ok(())
}

/// What a row is: null, a category's id, a package, a function, or the frames of a stack.
fn name(trend: &Trend<'_>, of: Of, row: usize, json: &mut Stream<'_>) -> io::Result<()> {
    let panel = trend.panel();
    match of {
        Of::Total => ().append(&mut json.bytes),
        Of::Category => panel.categories().get(row).map(|category| &*category.id).append(&mut json.bytes),
        Of::Package => {
            let frames = panel.frames();
            let package = frames.package(PackageId(row as u32));
            let version = package.version.map(|version| frames.text(version));
            object!(&mut json.bytes, "name": frames.text(package.name), "version": version);
        }
        Of::Function | Of::Caller => function(trend, FrameId(row as u32), &mut json.bytes),
        Of::Stack => json.list(panel.stack(StackId(row as u32)), |&id, json| {
            function(trend, id, &mut json.bytes);
            Ok(())
        })?,
    }
    Ok(())
}

fn function(trend: &Trend<'_>, id: FrameId, out: &mut Vec<u8>) {
    let function = trend.function(id);
    frame::which(&function, "{", out);
    members!(out, ",", "package": function.package, "category": &*function.category.id);
    out.push(b'}');
}

fn sizes(sizes: &[f64], json: &mut Stream<'_>) -> io::Result<()> {
    json.list(sizes, |&size, json| {
        whole(size, &mut json.bytes);
        Ok(())
    })
}

/// Bytes, which may be negative.
fn whole(bytes: f64, out: &mut Vec<u8>) {
    if bytes.round() < 0.0 {
        out.push(b'-');
    }
    (bytes.abs().round() as u64).append(out);
}

/// A number in six significant digits; null where there is none.
fn decimal(value: Option<f64>, out: &mut Vec<u8>) {
    match value.filter(|value| value.is_finite()) {
        // In this form, JSON has it, too.
        Some(value) => out.extend_from_slice(format!("{value:.5e}").as_bytes()),
        None => ().append(out),
    }
}
