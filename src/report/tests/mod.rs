//! What the formats print, as a whole.

mod advice;
mod asked;
mod check;
mod diff;
mod golden;
mod hostile;
mod narrow;
mod properties;
mod shape;
mod together;

use super::{Format, Style, render};
use crate::analysis::model::{Cpu, Profile, Report, ReportOptions};
use crate::rules::Rules;

fn print(profile: &Profile, options: ReportOptions, format: Format, style: Style) -> String {
    print_beside(profile, None, options, format, style)
}

fn print_beside(profile: &Profile, cpu: Option<&Cpu>, options: ReportOptions, format: Format, style: Style) -> String {
    let report = Report::new(profile, options);
    let report = match cpu {
        Some(cpu) => report.with_cpu(cpu),
        None => report,
    };
    printed(&report, format, style)
}

/// A report with advice; the rules are those that classified the profiles.
fn print_advised(profile: &Profile, cpu: Option<&Cpu>, rules: &Rules, format: Format, style: Style) -> String {
    let report = Report::new(profile, ReportOptions::default());
    let report = match cpu {
        Some(cpu) => report.with_cpu(cpu),
        None => report,
    };
    printed(&report.with_advice(rules).expect("rules without mistakes"), format, style)
}

fn printed(report: &Report<'_>, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    render(report, format, &style, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("UTF-8")
}

fn markdown(profile: &Profile) -> String {
    print(profile, ReportOptions::default(), Format::Markdown, Style::default())
}

fn text(profile: &Profile, width: usize) -> String {
    print(profile, ReportOptions::default(), Format::Text, Style { color: false, width })
}

fn json(profile: &Profile, limit: Option<usize>) -> serde_json::Value {
    let line = print(profile, ReportOptions { limit, ..ReportOptions::default() }, Format::Json, Style::default());
    assert!(line.ends_with("}\n") && line.lines().count() == 1, "one object on one line");
    serde_json::from_str(&line).expect("JSON")
}
