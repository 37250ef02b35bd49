//! Facts in words: the analysis of a category, and the summary.

use std::io;
use std::iter::{once, repeat};

use super::document::Document;
use super::{advice, between, name, tables, title};
use crate::analysis::model::{CategoryPair, CategoryRow, Finding, Function, Headline, Report};
use crate::profile::{FrameKind, PackageId};
use crate::report::escape::Code;
use crate::report::units::{Grouped, Percent, Size, count};
use crate::report::words::Words;
use crate::report::{escape, label, notice};

/// Packages of a category that are named.
const PACKAGES: usize = 4;

/// What stands out in a category, then what its rules say of it.
pub(super) fn analysis(report: &Report<'_>, row: &CategoryRow<'_>, out: &mut Document<'_>) -> io::Result<()> {
    let findings = report.findings(row);
    if findings.is_empty() && row.category.analysis.is_empty() {
        return Ok(());
    }
    out.say("**Analysis**:\n")?;
    for finding in findings {
        out.say("- ")?;
        finding_in_words(report, &finding, out)?;
        out.say("\n")?;
    }
    for line in &row.category.analysis {
        out.say(("- ", escape::prose(line), "\n"))?;
    }
    out.say("\n")
}

fn finding_in_words(report: &Report<'_>, finding: &Finding<'_, '_>, out: &mut Document<'_>) -> io::Result<()> {
    match *finding {
        Finding::Rank { function, rank, is_tie } => {
            let mark = (rank == 1).then_some("**");
            let place = (mark, "#", rank, " allocator", mark);
            let tie = is_tie.then_some(", a tie within the error");
            let share = (" (", Percent(function.share), " of all allocations", tie, ")");
            out.say((name(&function), " ", owner(&function), " is the ", place, share))
        }
        Finding::Dominant { function, share } => {
            out.say((name(&function), " alone holds ", Percent(share), " of this category"))
        }
        Finding::Half { functions, of } if functions * 3 <= of => {
            out.say(("Half of it comes from ", functions, " of its ", count(of, "function")))
        }
        Finding::Half { functions, of } => {
            out.say(("It is spread thin: half of it takes ", functions, " of its ", count(of, "function")))
        }
        Finding::Packages([only]) => out.say(("All of it is allocated by ", package_name(report, only.package))),
        Finding::Packages(parts) => {
            out.say("By package: ")?;
            let (named, others) = parts.split_at(parts.len().min(PACKAGES));
            for (part, between) in named.iter().zip(between(", ")) {
                out.say((between, package_name(report, part.package), " ", Size(part.self_size)))?;
            }
            let rest: u64 = others.iter().map(|part| part.self_size).sum();
            out.say((!others.is_empty()).then_some((", ", others.len(), " more: ", Size(rest))))
        }
        Finding::Calls { total_size, share } => {
            out.say(("Including everything that it calls: ", Size(total_size), " (", Percent(share), ")"))
        }
    }
}

fn package_name<'a>(report: &Report<'a>, id: PackageId) -> Code<'a> {
    let frames = &report.aggregate().frames;
    let package = frames.package(id);
    let version = package.version.map(|version| frames.text(version));
    escape::code(label::package(frames.text(package.name), version))
}

/// Whose a function is, as the end of its name in a sentence.
fn owner<'a>(function: &Function<'a>) -> impl Words + use<'a> {
    match function.kind {
        FrameKind::Native => ("(native)", None),
        FrameKind::App => ("in the application", None),
        FrameKind::Generated => ("in generated code", None),
        FrameKind::Dependency | FrameKind::Core | FrameKind::Unknown => {
            ("in ", Some(escape::plain(escape::shown(function.package))))
        }
    }
}

/// The whole in a few numbered lines.
pub(super) fn summary(report: &Report<'_>, out: &mut Document<'_>) -> io::Result<()> {
    out.say("## Summary\n\n")?;
    let lines = report.summary();
    if lines.is_empty() {
        let [fact, _] = notice::without_bytes(report);
        return out.say((fact, "\n"));
    }
    out.say("The heap allocation profile reveals:\n\n")?;
    let mut numbers = (1_u64..).map(|number| (number, ". "));
    for headline in &lines {
        out.say(numbers.next())?;
        headline_in_words(report, headline, out)?;
        out.say("\n")?;
    }
    if let Some(text) = advice::first_task(report) {
        out.say((numbers.next(), text, "\n"))?;
    }
    if notice::incomplete(report.file()).is_some() {
        let text = "**The file is incomplete**: the true sizes are larger, and the shares may differ\n";
        out.say((numbers.next(), text))?;
    }
    Ok(())
}

fn headline_in_words(report: &Report<'_>, headline: &Headline<'_, '_>, out: &mut Document<'_>) -> io::Result<()> {
    match headline {
        Headline::Category { rank, row, functions } => {
            let first = if *rank == 1 { " is the #1 allocator" } else { "" };
            let is_hidden = |pair: &CategoryPair<'_>| pair.category.id == row.category.id && pair.is_hidden();
            let is_hidden = report.correlation().is_some_and(|beside| beside.categories().iter().any(is_hidden));
            let despite = is_hidden.then_some(" despite low CPU usage");
            out.say(("**", title(row.category), first, "** (", Percent(row.share), ")", despite))?;
            for (f, between) in functions.iter().zip(once(": ").chain(repeat(", "))) {
                out.say((between, name(f), " ", owner(f), " ", Size(f.sums.self_size)))?;
            }
            Ok(())
        }
        Headline::Package(row) => {
            let name = escape::plain(escape::shown(row.name));
            let place = tables::whereabouts(report, row);
            out.say(("The package **", name, "** is significant (", Percent(row.share), ", ", place, ")"))
        }
        Headline::Half { functions, of } => {
            let functions = Grouped(*functions as u64);
            out.say(("Half of all bytes come from ", functions, " of ", count(*of, "function")))
        }
    }
}
