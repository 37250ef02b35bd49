//! A gate for programs. docs/check.md has the shape.

use std::io::{self, Write};

use super::object::{Next, Value, members, object};
use super::stream::Stream;
use super::{SCHEMA_VERSION, file, strings};
use crate::analysis::model::{Change, Check, Figures, Outcome};
use crate::report::check::{remedy, sentence};

/// Writes what became of the rules as one line.
pub(in crate::report) fn write(check: &Check<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut json = Stream::new(out);
    members!(
        &mut json.bytes, "{",
        "schema_version": SCHEMA_VERSION,
        "kind": "check",
        "verdict": check.verdict().name(),
        "passed": check.is_passed(),
        "strict": check.is_strict,
        "files": Next,
    );
    json.list(check.subjects.members(), |run, json| {
        file(&run.file, &mut json.bytes);
        Ok(())
    })?;
    let now = check.subjects.now;
    members!(
        &mut json.bytes, ",",
        "sampling_interval": now.interval,
        "sampling_interval_at_most": now.longest_interval(),
        "baseline": Next,
    );
    match check.subjects.before {
        None => ().append(&mut json.bytes),
        Some((name, before)) => object!(
            &mut json.bytes,
            "name": name,
            "files": before.files,
            "sampling_interval": before.interval,
            "sampling_interval_at_most": before.longest_interval(),
        ),
    }
    members!(&mut json.bytes, ",", "rules": Next);
    json.list(&check.outcomes, rule)?;
    members!(&mut json.bytes, ",", "grown": Next);
    json.list(&check.grown, grown)?;
    members!(&mut json.bytes, ",", "warnings": Next);
    let warnings = check.warnings.iter().map(|warning| format!("{} {}", warning.message, warning.remedy));
    strings(&warnings.collect::<Vec<_>>(), &mut json.bytes);
    json.bytes.extend_from_slice(b"}\n");
    json.flush()
}

fn rule(outcome: &Outcome<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    members!(
        &mut json.bytes, "{",
        "rule": &*outcome.rule.text,
        "verdict": outcome.verdict.name(),
        "blocker": outcome.blocker.map(|blocker| blocker.name()),
        "now": Next,
    );
    figures(&outcome.now, &mut json.bytes);
    members!(&mut json.bytes, ",", "baseline": Next);
    match &outcome.before {
        Some(before) => figures(before, &mut json.bytes),
        None => ().append(&mut json.bytes),
    }
    members!(
        &mut json.bytes, ",",
        "left_out": outcome.left_out,
        "limit": outcome.limit,
        "excess": outcome.excess(),
        "noise": outcome.noise,
        "each_over": outcome.is_each_over,
        "met": outcome.is_met,
        "message": &*sentence(outcome),
        "remedy": Next,
    );
    match remedy(outcome) {
        None => ().append(&mut json.bytes),
        Some(text) => object!(
            &mut json.bytes,
            "text": &*text,
            "interval": outcome.remedy.and_then(|remedy| remedy.interval),
            "runs": outcome.remedy.and_then(|remedy| remedy.runs),
        ),
    }
    json.bytes.push(b'}');
    Ok(())
}

fn figures(figures: &Figures, out: &mut Vec<u8>) {
    object!(
        out,
        "size": figures.size,
        "standard_error": figures.standard_error,
        "samples": figures.samples,
    );
}

fn grown(change: &Change, json: &mut Stream<'_>) -> io::Result<()> {
    object!(
        &mut json.bytes,
        "kind": change.kind.name(),
        "name": &*change.name,
        "place": Some(&*change.place).filter(|place| !place.is_empty()),
        "baseline": change.before,
        "left_out": change.left_out,
        "now": change.now,
        "growth": change.growth(),
        "noise": change.noise,
    );
    Ok(())
}
