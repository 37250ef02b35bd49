//! A comparison for programs; docs/diff.md says what each key means.

use std::io::{self, Write};

use super::frame;
use super::object::{Next, Value, members, object};
use super::stream::Stream;
use crate::analysis::model::{Diff, DiffRow, DiffVerdict, Lighter, Member, Subject};
use crate::report::DiffStyle;

impl Value for i128 {
    fn append(self, out: &mut Vec<u8>) {
        out.extend_from_slice(itoa::Buffer::new().format(self).as_bytes());
    }
}

/// Writes a comparison as one line.
pub(in crate::report) fn write(diff: &Diff<'_>, style: &DiffStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut json = Stream::new(out);
    members!(&mut json.bytes, "{", "schema_version": super::SCHEMA_VERSION, "kind": "diff");
    let [before, after] = diff.sides();
    members!(&mut json.bytes, ",", "before": Next);
    json.list(before, file)?;
    members!(&mut json.bytes, ",", "after": Next);
    json.list(after, file)?;
    members!(&mut json.bytes, ",", "normalised": diff.factor().is_some(), "total": Next);
    row(diff, diff.total(), &mut json)?;
    members!(&mut json.bytes, ",", "changes": Next);
    json.list(diff.changes(), |change, json| {
        members!(&mut json.bytes, "{", "change": Next);
        row(diff, &change.row, json)?;
        members!(&mut json.bytes, ",", "evidence": Next);
        json.list(&change.evidence, |evidence, json| row(diff, evidence, json))?;
        members!(&mut json.bytes, ",", "stacks": Next);
        json.list(&change.stacks, |stack, json| row(diff, stack, json))?;
        members!(&mut json.bytes, ",", "within": diff.whole_of(change).map(|place| place as u64));
        json.bytes.push(b'}');
        Ok(())
    })?;
    let limit = style.limit.filter(|&limit| limit > 0).unwrap_or(usize::MAX);
    for (name, rows) in
        [("categories", diff.categories()), ("packages", diff.packages()), ("functions", diff.functions())]
    {
        json.bytes.push(b',');
        name.append(&mut json.bytes);
        json.bytes.push(b':');
        table(diff, rows, limit, Default::default(), &mut json)?;
    }
    members!(&mut json.bytes, ",", "stacks": Next);
    table(diff, diff.stacks(), limit, diff.lighter(), &mut json)?;
    members!(&mut json.bytes, ",", "warnings": Next);
    json.list(diff.warnings(), super::warning)?;
    json.bytes.extend_from_slice(b"}\n");
    json.flush()
}

/// Appends a list, `limit` rows of it; its last row then tells what is left out, with what of the table is in no row.
fn table(
    diff: &Diff<'_>,
    rows: &[DiffRow],
    limit: usize,
    lighter: [Lighter; 2],
    json: &mut Stream<'_>,
) -> io::Result<()> {
    let (shown, cut) = rows.split_at(rows.len().min(limit));
    json.bytes.push(b'[');
    json.items(shown, |shown, json| row(diff, shown, json))?;
    let [before, after] = lighter;
    let count = cut.len() as u64 + before.stacks + after.stacks;
    if count > 0 {
        if !shown.is_empty() {
            json.bytes.push(b',');
        }
        let sum =
            |lighter: Lighter, size: fn(&DiffRow) -> u64| cut.iter().map(size).fold(lighter.size, u64::saturating_add);
        let (before, after) = (sum(before, |row| row.before), sum(after, |row| row.after));
        object!(
            &mut json.bytes,
            "other": true,
            "count": count,
            "before": before,
            "after": after,
            "difference": i128::from(after) - i128::from(before),
        );
    }
    json.bytes.push(b']');
    Ok(())
}

fn file(member: &Member, json: &mut Stream<'_>) -> io::Result<()> {
    let sampling = &member.sampling;
    members!(&mut json.bytes, "{", "name": &*member.file.name);
    if !member.file.merged.is_empty() {
        members!(&mut json.bytes, ",", "merged": Next);
        super::strings(&member.file.merged, &mut json.bytes);
    }
    members!(
        &mut json.bytes,
        ",",
        "dialect": member.file.dialect.name(),
        "complete": member.file.complete,
        "total_size": member.total_size,
        "sampling_interval": sampling.interval,
        "sampling_interval_source": sampling.source.name(),
        "sampling_interval_at_most": sampling.longest(),
        "objects": member.objects.which.name(),
    );
    json.bytes.push(b'}');
    Ok(())
}

/// A row: what it is, then its numbers.
fn row(diff: &Diff<'_>, row: &DiffRow, json: &mut Stream<'_>) -> io::Result<()> {
    match row.subject {
        Subject::Total => members!(&mut json.bytes, "{", "type": "total"),
        Subject::Category(category) => {
            let category = diff.category(category);
            members!(&mut json.bytes, "{", "type": "category", "id": &*category.id, "name": &*category.name);
        }
        Subject::Package(package) => {
            members!(&mut json.bytes, "{", "type": "package", "name": diff.package(package));
            let [before, after] = diff.versions(package);
            members!(&mut json.bytes, ",", "versions_before": Next);
            json.list(before, text)?;
            members!(&mut json.bytes, ",", "versions_after": Next);
            json.list(after, text)?;
        }
        Subject::Function(function) | Subject::WithCallees(function) => {
            let is_alone = matches!(row.subject, Subject::Function(_));
            members!(&mut json.bytes, "{", "type": if is_alone { "function" } else { "function-with-callees" });
            frame::classified(&diff.function(function), ",", &mut json.bytes);
            let before = diff.moved_from(function);
            members!(
                &mut json.bytes,
                ",",
                "functions": diff.functions_in(function) as u64,
                "url_before": before.as_ref().map(|before| before.url),
                "line_before": before.as_ref().and_then(|before| before.line),
                "column_before": before.as_ref().and_then(|before| before.column),
            );
        }
        Subject::Stack(stack) => {
            members!(&mut json.bytes, "{", "type": "stack", "frames": Next);
            json.list(diff.stack(stack), |&id, json| frame::alone(&diff.call_frame(id), json))?;
        }
    }
    members!(
        &mut json.bytes,
        ",",
        "before": row.before,
        "after": row.after,
        "difference": row.difference(),
        "standard_error": row.standard_error,
        "verdict": match row.verdict {
            DiffVerdict::Changed => "changed",
            DiffVerdict::Moved => "moved",
            DiffVerdict::Noise => "noise",
            DiffVerdict::Unknown => "unknown",
        },
    );
    json.bytes.push(b'}');
    Ok(())
}

fn text(text: &str, json: &mut Stream<'_>) -> io::Result<()> {
    text.append(&mut json.bytes);
    Ok(())
}
