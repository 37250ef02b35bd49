//! The keys `recommendations`, `budget` and `actions`: what to do, from the rules in force.
//!
//! Texts are filled as for people, with names that are fit to be shown; `evidence` has the names whole.

use std::io;

use super::frame;
use super::object::{Next, Value, members, object};
use super::stream::Stream;
use crate::analysis::model::{BudgetRow, Evidence, Recommended, Report, SizeRange, Task, Unadvised};
use crate::profile::{FrameId, FrameKind};
use crate::report::{advice, label};
use crate::rules::Template;

/// Appends the value of `recommendations`, the most rewarding first.
pub(super) fn recommendations(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    json.list((1_u64..).zip(&report.advice().recommendations), |(priority, row), json| {
        recommendation(report, row, priority, json)
    })
}

/// Appends the value of `if_live`: what would come first if all objects lived, where the samples leave that open.
pub(super) fn if_live(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    match &report.advice().if_live {
        Some(reading) => recommendation(report, &reading.recommended, 1, json),
        None => {
            ().append(&mut json.bytes);
            Ok(())
        }
    }
}

fn recommendation(report: &Report<'_>, row: &Recommended<'_>, priority: u64, json: &mut Stream<'_>) -> io::Result<()> {
    let rule = row.rule;
    let text = |template: &Template| advice::sentence(report, row, template);
    members!(
        &mut json.bytes, "{",
        "rule": &*rule.id,
        "category": &*report.category(rule.category).id,
        "priority": priority,
        "title": &*advice::title(report, row),
        "advice": Next,
    );
    let items = row.items.iter().filter_map(|&item| text(&item.text).map(|text| (item, text)));
    json.list(items, |(item, text), json| {
        let (code, language) = (item.code.as_deref(), item.language.as_deref());
        object!(&mut json.bytes, "text": &*text, "code": code, "language": language);
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "matched_size": row.matched_size, "saving": Next);
    saving(row.saving, &mut json.bytes);
    members!(&mut json.bytes, ",", "alone": Next);
    saving(row.alone, &mut json.bytes);
    members!(
        &mut json.bytes, ",",
        "saves": rule.saves.name(),
        "effort": rule.effort.name(),
        "why": text(&rule.saving.why).as_deref(),
        "insight": rule.insight.as_ref().and_then(text).as_deref(),
        "verify": advice::verify(report, row).as_deref(),
        "evidence": Next,
    );
    evidence(report, row, json)?;
    json.bytes.push(b'}');
    Ok(())
}

fn saving(saving: SizeRange, out: &mut Vec<u8>) {
    object!(out, "low": saving.low, "high": saving.high);
}

fn evidence(report: &Report<'_>, row: &Recommended<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let frames = &report.aggregate().frames;
    let package = row.evidence.package.map(|id| frames.text(frames.package(id).name));
    members!(
        &mut json.bytes, "{",
        "package": package,
        "function_count": row.evidence.function_count as u64,
        "functions": Next,
    );
    json.list(&row.evidence.functions, |&id, json| {
        frame::which(&report.function(id), "{", &mut json.bytes);
        let sums = report.function(id).sums;
        members!(&mut json.bytes, ",", "self_size": sums.self_size, "matched_size": sums.actionable_size);
        json.bytes.push(b'}');
        Ok(())
    })?;
    members!(&mut json.bytes, ",", "stack": Next);
    json.list(row.evidence.stack.map_or(&[][..], |stack| stack.frames.as_slice()), |&id: &FrameId, json| {
        frame::alone(&report.function(id), json)
    })?;
    members!(&mut json.bytes, ",", "caused_by": Next);
    match row.evidence.caused_by {
        Some(id) => frame::alone(&report.function(id), json)?,
        None => ().append(&mut json.bytes),
    }
    let Evidence { is_likely, is_behind_await, .. } = row.evidence;
    members!(&mut json.bytes, ",", "caused_by_is_likely": is_likely, "behind_await": is_behind_await);
    json.bytes.push(b'}');
    Ok(())
}

/// Appends the value of `unadvised`: what no recommendation speaks of, where that is most of the profile.
pub(super) fn unadvised(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    let Some(Unadvised { size, package, caused_by, largest, program, .. }) = report.advice().unadvised else {
        ().append(&mut json.bytes);
        return Ok(());
    };
    let frames = &report.aggregate().frames;
    let package = package.map(|(id, _)| match frames.package(id).kind {
        FrameKind::Core => "(core)",
        _ => frames.text(frames.package(id).name),
    });
    members!(&mut json.bytes, "{", "self_size": size, "share": report.share(size), "package": package, "caused_by": Next);
    place(report, caused_by, json)?;
    members!(&mut json.bytes, ",", "largest": Next);
    place(report, largest.map(|largest| largest.function), json)?;
    members!(&mut json.bytes, ",", "asked_by": Next);
    place(report, largest.and_then(|largest| largest.asked_by), json)?;
    members!(&mut json.bytes, ",", "app": program.map(|program| program.folder));
    json.bytes.push(b'}');
    Ok(())
}

/// Appends a function with its place, or `null`.
fn place(report: &Report<'_>, id: Option<FrameId>, json: &mut Stream<'_>) -> io::Result<()> {
    match id {
        Some(id) => frame::alone(&report.function(id), json),
        None => {
            ().append(&mut json.bytes);
            Ok(())
        }
    }
}

/// Appends the value of `budget`, the largest category first.
pub(super) fn budget(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    json.list(&report.advice().budget, |row: &BudgetRow, json| {
        object!(
            &mut json.bytes,
            "category": &*report.category(row.category).id,
            "current_share": row.current,
            "target_share": row.target,
            "action": &*advice::budget_action(report, row, |row, text| advice::sentence(report, row, text), label::name),
            "reduction": row.reduction,
        );
        Ok(())
    })
}

/// Appends the value of `actions`, the most urgent first.
pub(super) fn actions(report: &Report<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    json.list(
        advice::tasks(report, |row, text| advice::sentence(report, row, text)),
        |(task, text): (&Task<'_>, String), json| {
            let row = &report.advice().recommendations[task.recommendation];
            members!(&mut json.bytes, "{", "priority": task.urgency.name(), "action": &*text, "saving": Next);
            saving(task.saving, &mut json.bytes);
            members!(&mut json.bytes, ",", "alone": Next);
            saving(task.alone, &mut json.bytes);
            members!(&mut json.bytes, ",", "effort": task.action.effort.name(), "rule": &*row.rule.id, "joint": Next);
            match task.joint {
                Some(joint) => {
                    members!(&mut json.bytes, "{", "function": Next);
                    frame::alone(&report.function(joint.function), json)?;
                    members!(&mut json.bytes, ",", "others": joint.others as u64, "saving": Next);
                    saving(joint.saving, &mut json.bytes);
                    json.bytes.push(b'}');
                }
                None => ().append(&mut json.bytes),
            }
            members!(&mut json.bytes, ",", "is_part": task.is_part);
            json.bytes.push(b'}');
            Ok(())
        },
    )
}
