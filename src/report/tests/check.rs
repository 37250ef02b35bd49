//! A gate for terminals of any width.

use unicode_width::UnicodeWidthStr;

use super::{Format, Style};
use crate::analysis::model::{Check, Panel, Subjects, Summary};
use crate::analysis::test_support;
use crate::profile::Dialect;
use crate::report::render_check;
use crate::rules::CheckRule;

/// A gate of a program that has grown, with rules of all lengths and verdicts.
fn text(width: usize) -> String {
    let run = |factor: u64| {
        let place = "/srv/app/src/store/of/sessions/SessionStoreImplementation.js";
        let frames = [("serializeTheWholeSession", place, 3), ("\u{1b}[31m語|`", place, 9)];
        let mut profile = test_support::profile(&frames.map(|frame| (900 * 512 * factor, vec![frame])), &[]);
        profile.file.dialect = Dialect::Inspector;
        let mut panel = Panel::new(&profile.aggregate.categories);
        panel.add(&profile, Some(512));
        panel
    };
    let (before, runs) = (run(1), run(3));
    let long = format!("function:\"{}\"@src/store/sessions.js < 1MiB", "serialize the whole session ".repeat(4));
    let rules =
        ["total +5% or 1KiB", "total < 100MiB", "function:serializeTheWholeSession +25%", "package:ap < 1MiB", &long];
    let rules: Vec<CheckRule> = rules.iter().map(|rule| CheckRule::parse(rule).expect("a rule")).collect();
    let (now, before) = (Summary::of(&runs), Summary::of(&before));
    let before = Some(("baseline-of-the-main-branch-of-the-service.toml", &before));
    let check = Check::new(&rules, Subjects { runs: &runs, now: &now, before }, false).expect("rules that can be held");
    let mut out = Vec::new();
    render_check(&check, Format::Text, &Style { color: false, width }, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in (40..=120).chain([1, 200]) {
        for line in text(width).lines() {
            assert!(line.width() <= width.max(40), "{} columns of {width}: {line}", line.width());
        }
    }
}

#[test]
fn a_limit_reads_as_it_was_written() {
    let text = text(100);
    assert!(text.contains("within the limit of 100.00 MB"), "{text}");
    let small = CheckRule::parse("total < 1KiB").expect("a rule");
    let profile = test_support::profile(&[(512, vec![("read", "/srv/a.js", 3)])], &[]);
    let mut runs = Panel::new(&profile.aggregate.categories);
    runs.add(&profile, Some(512));
    let (rules, now) = ([small], Summary::of(&runs));
    let check =
        Check::new(&rules, Subjects { runs: &runs, now: &now, before: None }, false).expect("a rule that can be held");
    for format in [Format::Text, Format::Markdown] {
        let mut out = Vec::new();
        render_check(&check, format, &Style::default(), &mut out).expect("memory can be written");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.contains("within the limit of 1.00 KB"), "{text}");
    }
    assert_eq!((check.outcomes[0].limit, check.outcomes[0].written_limit), (1023, 1024));
}

#[test]
fn rules_and_names_are_whole_on_a_narrow_terminal() {
    let text = text(40);
    for told in ["  function:serializeTheWholeSession +25%", "  function  serializeTheWholeSession"] {
        assert!(text.contains(told), "{told} in\n{text}");
    }
    let unwrapped = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unwrapped.contains("session \"@src/store/sessions.js < 1MiB"), "{text}");
}
