//! A gate for a terminal or the log of a build.

use std::io;

use super::screen::{ALARM, BOLD, CAUTION, DIM, PLAIN, Screen, fit, paint_of};
use crate::analysis::model::{Check, Outcome, Priority, RowKind, Verdict};
use crate::report::check::{LEGEND, headline, name, note, reading, remedy, sides, sizes, verdict};
use crate::report::units::Size;
use crate::report::{Style, escape};

/// Columns of the verdicts.
const VERDICT: usize = 14;

/// Writes what became of the rules.
pub(in crate::report) fn write(check: &Check<'_>, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let screen = &mut Screen::new(out, style);
    let (paint, word) = match (check.is_passed(), check.verdict()) {
        (false, _) => (ALARM, "failed"),
        (true, Verdict::Inconclusive) => (CAUTION, "not failed"),
        (true, _) => (paint_of(Priority::Low).bold(), "passed"),
    };
    screen.paragraph(paint, &format!("heapsift check {word}: {}", headline(check)), "")?;
    screen.paragraph(DIM, &sides(check), "")?;
    for outcome in &check.outcomes {
        screen.end()?;
        rule(outcome, screen)?;
    }
    grown(check, screen)?;
    screen.end()?;
    for warning in &check.warnings {
        screen.paragraph(CAUTION, &format!("⚠ {}", note(warning)), "  ")?;
    }
    screen.paragraph(DIM, LEGEND, "")
}

fn rule(outcome: &Outcome<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let paint = match outcome.verdict {
        Verdict::Pass => paint_of(Priority::Low),
        Verdict::Inconclusive => CAUTION,
        Verdict::Fail => ALARM,
    };
    screen.put(paint, format_args!("{:<VERDICT$}", verdict(outcome.verdict)))?;
    screen.put(BOLD, fit(&escape::name(&outcome.rule.text), screen.width - VERDICT))?;
    screen.end()?;
    let indent = " ".repeat(VERDICT);
    let texts = match outcome.verdict {
        Verdict::Pass => vec![format!("{}; {}", sizes(outcome), reading(outcome))],
        _ => [Some(sizes(outcome)), Some(reading(outcome)), remedy(outcome)].into_iter().flatten().collect(),
    };
    for text in texts {
        screen.paragraph(PLAIN, &format!("{indent}{text}"), &format!("{indent}  "))?;
    }
    Ok(())
}

/// What has grown, so that the reader knows where to look.
fn grown(check: &Check<'_>, screen: &mut Screen<'_>) -> io::Result<()> {
    if check.grown.is_empty() {
        return Ok(());
    }
    screen.title("What grew", "by more than noise explains, in one run")?;
    screen.put(DIM, format_args!("{:>11}  {:>10}  {:>10}", "growth", "baseline", "now"))?;
    screen.end()?;
    let left = screen.width - 11 - 2 - 10 - 2 - 10 - 2;
    for kind in RowKind::ALL {
        for change in check.grown.iter().filter(|change| change.kind == kind) {
            let growth = format!("+{}", Size(change.growth()));
            let (before, now) = (Size(change.before), Size(change.now));
            screen.put(PLAIN, format_args!("{growth:>11}  {before:>10}  {now:>10}  "))?;
            let (name, place) = name(change);
            let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
            screen.put(PLAIN, fit(&format!("{:<10}{name}{place}", kind.name()), left))?;
            screen.end()?;
        }
    }
    Ok(())
}
