//! The roll-up of a batch for programs: one object; and its files, one object a line. Their shapes stand in docs/batch.md.

use std::io::{self, Write};

use super::frame;
use super::object::{Next, Value, members, object};
use super::stream::Stream;
use super::{SCHEMA_VERSION, warning};
use crate::analysis::model::{
    BatchFile, BatchProblem, Measure, MissedPath, Outlier, Over, RollUp, SeriesTrend, Shortage,
};

/// Files that are listed as the largest, unless the user gave a limit.
const LARGEST: usize = 20;

/// Writes the roll-up as one line.
pub(in crate::report) fn write(roll_up: &RollUp<'_>, limit: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let json = &mut Stream::new(out);
    let limit = limit.map(|limit| if limit == 0 { usize::MAX } else { limit });
    members!(&mut json.bytes, "{", "schema_version": SCHEMA_VERSION, "kind": "batch", "summary": Next);
    summary(roll_up, &mut json.bytes);
    members!(&mut json.bytes, ",", "warnings": Next);
    json.list(roll_up.warnings(), |row, json| warning(&row, json))?;
    members!(&mut json.bytes, ",", "filters": Next);
    json.list(&roll_up.filters, |filter, json| {
        object!(&mut json.bytes, "name": filter.name, "pattern": &*filter.pattern);
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "categories": Next);
    rows(
        roll_up,
        roll_up.categories(),
        |row| row.1,
        limit,
        json,
        |(category, _), out| {
            members!(out, "{", "id": &*category.id, "name": &*category.name);
        },
    )?;
    members!(&mut json.bytes, ",", "packages": Next);
    rows(
        roll_up,
        roll_up.packages(),
        |row| row.2,
        limit,
        json,
        |(name, version, _), out| {
            members!(out, "{", "name": *name, "version": *version);
        },
    )?;
    members!(&mut json.bytes, ",", "functions": Next);
    rows(
        roll_up,
        roll_up.functions(),
        |row| row.1,
        limit,
        json,
        |&(id, over), out| {
            frame::classified(&roll_up.function(id, over), "{", out);
        },
    )?;
    members!(&mut json.bytes, ",", "outliers": Next);
    json.list(roll_up.outliers(), |row, json| {
        outlier(roll_up, row, &mut json.bytes);
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "largest": Next);
    largest(roll_up, limit.unwrap_or(LARGEST), json)?;
    members!(&mut json.bytes, ",", "series": Next);
    json.list(&roll_up.series, |series, json| {
        members!(&mut json.bytes, "{", "ordered_by": series.ordered_by, "times": series.has_times, "files": Next);
        json.list(&series.members, |&place, json| {
            roll_up.files()[place].name.as_str().append(&mut json.bytes);
            Ok(())
        })?;
        members!(&mut json.bytes, ",", "left_out": Next);
        json.list(&series.left_out, |&place, json| {
            roll_up.files()[place].name.as_str().append(&mut json.bytes);
            Ok(())
        })?;
        let SeriesTrend { document, headline, suspects, unjudged, .. } = &series.trend;
        members!(&mut json.bytes, ",", "trend": Next);
        object!(&mut json.bytes, "document": &**document, "headline": &**headline, "suspects": suspects.len() as u64, "unjudged": *unjudged);
        json.bytes.push(b'}');
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "failures": Next);
    json.list(roll_up.failures(), |(file, problem), json| {
        members!(&mut json.bytes, "{", "file": &*file.name, "status": status(file), "problem": Next);
        wrong(problem, &mut json.bytes);
        json.bytes.push(b'}');
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "cpu_failures": Next);
    json.list(roll_up.cpu_failures(), |(cpu, problem), json| {
        members!(&mut json.bytes, "{", "file": cpu, "problem": Next);
        wrong(problem, &mut json.bytes);
        json.bytes.push(b'}');
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "missed": Next);
    json.list(&roll_up.around.missed, |MissedPath { path, why, is_failure, .. }, json| {
        object!(&mut json.bytes, "path": &**path, "why": &**why, "is_failure": *is_failure);
        Ok(())
    })?;
    json.bytes.extend_from_slice(b"}\n");
    json.flush()
}

/// Writes a line for each file.
pub(in crate::report) fn write_files(roll_up: &RollUp<'_>, out: &mut dyn Write) -> io::Result<()> {
    let files = roll_up.files();
    let mut places = vec![None; files.len()];
    for (number, series) in (0_u64..).zip(&roll_up.series) {
        for (place, &file) in (0_u64..).zip(&series.members) {
            places[file] = Some((number, place));
        }
    }
    let files: Vec<(&BatchFile, Option<(u64, u64)>)> = files.iter().zip(places).collect();
    let json = &mut Stream::new(out);
    json.lines(&files, |&(file, place), out| line(roll_up, file, place, out))?;
    json.flush()
}

/// Appends the line of a file, which has this place in this series.
fn line(roll_up: &RollUp<'_>, file: &BatchFile, place: Option<(u64, u64)>, out: &mut Vec<u8>) {
    let (series, place) = place.unzip();
    members!(
        out, "{",
        "file": &*file.name,
        "status": status(file),
        "bytes": file.bytes,
        "report": file.report.as_deref(),
        "cpu_profile": file.cpu.as_deref(),
        "cpu_problem": Next,
    );
    match &file.cpu_problem {
        Some(problem) => wrong(problem, out),
        None => ().append(out),
    }
    members!(
        out, ",",
        "cpu_instead": file.cpu_instead.as_deref(),
        "series": series,
        "place": place,
        "same_as": file.same_as.map(|first| &*roll_up.files()[first].name),
        "problem": Next,
    );
    match &file.problem {
        Some(problem) => wrong(problem, out),
        None => ().append(out),
    }
    members!(out, ",", "profile": Next);
    profile(roll_up, file, out);
    out.extend_from_slice(b"}\n");
}

fn profile(roll_up: &RollUp<'_>, file: &BatchFile, out: &mut Vec<u8>) {
    let Some(profile) = &file.profile else { return ().append(out) };
    members!(
        out, "{",
        "text_bytes": profile.file.bytes,
        "dialect": profile.file.dialect.name(),
        "total_size": profile.total_size,
        "shown_size": profile.shown_size,
        "standard_error": profile.sampling.standard_error(profile.total_size),
        "sampling_interval": Next,
    );
    object!(out, "bytes": profile.sampling.interval, "source": profile.sampling.source.name());
    members!(out, ",", "objects": profile.objects.which.name(), "categories": Next);
    let mut rows = profile.by_category.to_vec();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| roll_up.category(a.0).name.cmp(&roll_up.category(b.0).name)));
    out.push(b'[');
    for (i, (id, size)) in rows.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let share = roll_up.share_of(profile, size);
        object!(out, "id": &*roll_up.category(id).id, "self_size": size, "share": share);
    }
    out.extend_from_slice(b"]}");
}

fn summary(roll_up: &RollUp<'_>, out: &mut Vec<u8>) {
    let files = roll_up.files();
    let count = |wanted: &str| files.iter().filter(|file| status(file) == wanted).count() as u64;
    let around = &roll_up.around;
    object!(
        out,
        "dumps": files.len() as u64,
        "complete": count("complete"),
        "incomplete": count("incomplete"),
        "failed": count("failed"),
        "unfitting": roll_up.unfitting().count() as u64,
        "bytes": files.iter().map(|file| file.bytes).sum::<u64>(),
        "text_bytes": roll_up.profiles().map(|(_, profile)| profile.file.bytes).sum::<u64>(),
        "total_size": roll_up.total_size(),
        "shown_size": roll_up.shown_size(),
        "cpu_profiles": around.cpu_profiles,
        "paired": roll_up.paired() as u64,
        "other_files": around.others,
        "met_again": around.again,
        "copies": roll_up.copies().count() as u64,
        "runs": around.runs,
    );
}

/// How far a file could be read.
fn status(file: &BatchFile) -> &'static str {
    match &file.profile {
        Some(profile) if profile.file.complete => "complete",
        Some(_) => "incomplete",
        None => "failed",
    }
}

fn wrong(problem: &BatchProblem, out: &mut Vec<u8>) {
    members!(out, "{", "message": &*problem.message, "offset": problem.offset, "tolerated": problem.tolerated, "shortage": Next);
    match problem.shortage {
        Some(Shortage { limit, needed }) => object!(out, "limit": limit, "needed": needed),
        None => ().append(out),
    }
    out.push(b'}');
}

fn outlier(roll_up: &RollUp<'_>, outlier: &Outlier, out: &mut Vec<u8>) {
    let file = &*roll_up.files()[outlier.file].name;
    // Tenths are more than is known.
    let scales = outlier.scales.round() as u64;
    match outlier.measure {
        Measure::TotalSize(size, median) => {
            object!(out, "file": file, "measure": "total_size", "category": (), "value": size, "median": median, "scales": scales);
        }
        Measure::CategoryShare(id, share, median) => {
            let category = &*roll_up.category(id).id;
            object!(out, "file": file, "measure": "category_share", "category": category, "value": share, "median": median, "scales": scales);
        }
    }
}

/// Appends the largest files; the last row tells what is left out.
fn largest(roll_up: &RollUp<'_>, limit: usize, json: &mut Stream<'_>) -> io::Result<()> {
    let files = roll_up.largest();
    let (shown, rest) = files.split_at(files.len().min(limit));
    let total_size = |file: &BatchFile| file.profile.as_ref().map(|profile| profile.total_size);
    json.bytes.push(b'[');
    json.items(shown, |&place, json| {
        let file = &roll_up.files()[place];
        object!(&mut json.bytes, "file": &*file.name, "bytes": file.bytes, "total_size": total_size(file));
        Ok(())
    })?;
    if !rest.is_empty() {
        let rest = || rest.iter().map(|&place| &roll_up.files()[place]);
        json.bytes.push(b',');
        object!(
            &mut json.bytes,
            "other": true,
            "count": rest().count() as u64,
            "bytes": rest().map(|file| file.bytes).fold(0, u64::saturating_add),
            "total_size": rest().filter_map(total_size).fold(0, u64::saturating_add),
        );
    }
    json.bytes.push(b']');
    Ok(())
}

/// Appends a list, cut where the user gave a limit; its last row then tells what is left out.
fn rows<T>(
    roll_up: &RollUp<'_>,
    items: Vec<T>,
    over: impl Fn(&T) -> Over,
    limit: Option<usize>,
    json: &mut Stream<'_>,
    begin: impl Fn(&T, &mut Vec<u8>),
) -> io::Result<()> {
    let (shown, rest) = items.split_at(items.len().min(limit.unwrap_or(usize::MAX)));
    json.bytes.push(b'[');
    json.items(shown, |item, json| {
        begin(item, &mut json.bytes);
        let Over { self_size, files } = over(item);
        members!(&mut json.bytes, ",", "self_size": self_size, "share": roll_up.share(self_size), "files": files);
        json.bytes.push(b'}');
        Ok(())
    })?;
    if !rest.is_empty() {
        let size = rest.iter().map(|item| over(item).self_size).fold(0, u64::saturating_add);
        members!(
            &mut json.bytes, ",{",
            "other": true,
            "count": rest.len() as u64,
            "self_size": size,
            "share": roll_up.share(size),
        );
        json.bytes.push(b'}');
    }
    json.bytes.push(b']');
    Ok(())
}
