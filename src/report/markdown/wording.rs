//! Facts in words: the analysis of a category, and the summary.

use std::fmt::{self, Display};
use std::io;

use super::document::Document;
use super::{advice, name, tables};
use crate::analysis::model::{CategoryPair, CategoryRow, Finding, Function, Headline, Report};
use crate::profile::FrameKind;
use crate::report::escape::Code;
use crate::report::units::{Grouped, Percent, Size, count};
use crate::report::{escape, label, notice};

/// Packages of a category that are named.
const PACKAGES: usize = 4;

/// What stands out in a category, then what its rules say of it.
pub(super) fn analysis(report: &Report<'_>, row: &CategoryRow<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let findings = report.findings(row);
    if findings.is_empty() && row.category.analysis.is_empty() {
        return Ok(());
    }
    writeln!(out, "**Analysis**:")?;
    for finding in findings {
        writeln!(out, "- {}", finding_in_words(report, &finding))?;
    }
    for line in &row.category.analysis {
        writeln!(out, "- {}", escape::prose(line))?;
    }
    writeln!(out)
}

fn finding_in_words(report: &Report<'_>, finding: &Finding<'_, '_>) -> String {
    match *finding {
        Finding::Rank { function, rank, is_tie } => {
            let place = match rank {
                1 => "**#1 allocator**".to_owned(),
                _ => format!("#{rank} allocator"),
            };
            let share = Percent(function.share);
            let tie = if is_tie { ", a tie within the error" } else { "" };
            format!("{} {} is the {place} ({share} of all allocations{tie})", name(&function), owner(&function))
        }
        Finding::Dominant { function, share } => {
            format!("{} alone holds {} of this category", name(&function), Percent(share))
        }
        Finding::Half { functions, of } if functions * 3 <= of => {
            format!("Half of it comes from {functions} of its {}", count(of, "function"))
        }
        Finding::Half { functions, of } => {
            format!("It is spread thin: half of it takes {functions} of its {}", count(of, "function"))
        }
        Finding::Packages([only]) => format!("All of it is allocated by {}", package_name(report, only.package)),
        Finding::Packages(parts) => {
            let named = parts.len().min(PACKAGES);
            let mut list: Vec<String> = parts[..named]
                .iter()
                .map(|part| format!("{} {}", package_name(report, part.package), Size(part.self_size)))
                .collect();
            if parts.len() > named {
                let rest: u64 = parts[named..].iter().map(|part| part.self_size).sum();
                list.push(format!("{} more: {}", parts.len() - named, Size(rest)));
            }
            format!("By package: {}", list.join(", "))
        }
        Finding::Calls { total_size, share } => {
            format!("Including everything that it calls: {} ({})", Size(total_size), Percent(share))
        }
    }
}

fn package_name<'a>(report: &Report<'a>, id: crate::profile::PackageId) -> Code<'a> {
    let frames = &report.aggregate().frames;
    let package = frames.package(id);
    let version = package.version.map(|version| frames.text(version));
    escape::code(label::package(frames.text(package.name), version))
}

/// Whose a function is, as the end of its name in a sentence.
fn owner(function: &Function<'_>) -> impl Display {
    fmt::from_fn(|f| match function.kind {
        FrameKind::Native => f.write_str("(native)"),
        FrameKind::App => f.write_str("in the application"),
        FrameKind::Generated => f.write_str("in generated code"),
        FrameKind::Dependency | FrameKind::Core | FrameKind::Unknown => {
            write!(f, "in {}", escape::plain(escape::shown(function.package)))
        }
    })
}

/// The whole in a few numbered lines.
pub(super) fn summary(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    writeln!(out, "## Summary\n")?;
    let lines = report.summary();
    if lines.is_empty() {
        let [fact, _] = notice::without_bytes(report);
        return writeln!(out, "{fact}");
    }
    writeln!(out, "The heap allocation profile reveals:\n")?;
    let mut number = 0;
    let mut line = |text: String, out: &mut Document<'_>| {
        number += 1;
        writeln!(out, "{number}. {text}")
    };
    for headline in &lines {
        line(headline_in_words(report, headline), out)?;
    }
    if let Some(text) = advice::first_task(report) {
        line(text, out)?;
    }
    if notice::incomplete(report.file()).is_some() {
        line("**The file is incomplete**: the true sizes are larger, and the shares may differ".into(), out)?;
    }
    Ok(())
}

fn headline_in_words(report: &Report<'_>, headline: &Headline<'_, '_>) -> String {
    match headline {
        Headline::Category { rank, row, functions } => {
            let title = escape::plain(escape::shown(&row.category.name));
            let head = match rank {
                1 => format!("**{title} is the #1 allocator** ({})", Percent(row.share)),
                _ => format!("**{title}** ({})", Percent(row.share)),
            };
            let is_hidden = |pair: &CategoryPair<'_>| pair.category.id == row.category.id && pair.is_hidden();
            let is_hidden = report.correlation().is_some_and(|beside| beside.categories().iter().any(is_hidden));
            let head = if is_hidden { head + " despite low CPU usage" } else { head };
            let named: Vec<String> = functions
                .iter()
                .map(|function| format!("{} {} {}", name(function), owner(function), Size(function.sums.self_size)))
                .collect();
            if named.is_empty() { head } else { format!("{head}: {}", named.join(", ")) }
        }
        Headline::Package(row) => format!(
            "The package **{}** is significant ({}, {})",
            escape::plain(escape::shown(row.name)),
            Percent(row.share),
            tables::whereabouts(report, row)
        ),
        Headline::Half { functions, of } => {
            format!("Half of all bytes come from {} of {}", Grouped(*functions as u64), count(*of, "function"))
        }
    }
}
