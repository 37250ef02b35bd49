//! A gate for a terminal or the log of a build.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::screen::{ALARM, BOLD, CAUTION, DIM, PLAIN, Screen, column, fit, paint_of};
use crate::analysis::model::{Check, Outcome, Priority, RowKind, Verdict};
use crate::report::check::{LEGEND, before, headline, name, note, reading, remedy, sides, sizes, verdict};
use crate::report::units::Size;
use crate::report::{Style, escape};

/// Columns of the verdicts; where little would be left beside them, what is said stands below.
const VERDICT: usize = 14;
const NARROW: usize = 60;
/// Columns that a name wants beside its numbers.
const NAME: usize = 20;

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
    let rule = escape::name(&outcome.rule.text);
    let indent = if screen.width < NARROW { 2 } else { VERDICT };
    let beside = indent == VERDICT && rule.width() <= screen.width - VERDICT;
    let indent = " ".repeat(indent);
    if beside {
        screen.put(paint, column(verdict(outcome.verdict), VERDICT))?;
        screen.put(BOLD, rule)?;
        screen.end()?;
    } else {
        screen.put(paint, verdict(outcome.verdict))?;
        screen.end()?;
        screen.paragraph(BOLD, &format!("{indent}{rule}"), &format!("{indent}  "))?;
    }
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
    let left = screen.width.saturating_sub(11 + 2 + 10 + 2 + 10 + 2);
    for kind in RowKind::ALL {
        for change in check.grown.iter().filter(|change| change.kind == kind) {
            let growth = format!("+{}", Size(change.growth()));
            let (before, now) = (before(change), Size(change.now));
            screen.put(PLAIN, format_args!("{growth:>11}  {before:>10}  {now:>10}"))?;
            let (name, place) = name(change);
            let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
            let text = format!("{:<10}{name}{place}", kind.name());
            match left < NAME {
                false => screen.put(PLAIN, format_args!("  {}", fit(&text, left)))?,
                true => {
                    screen.end()?;
                    screen.put(PLAIN, format_args!("  {}", fit(&text, screen.width - 2)))?;
                }
            }
            screen.end()?;
        }
    }
    Ok(())
}
