//! Names that try to break out, and output that must stay within its bounds.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{Format, Style, json, markdown, render, text};
use crate::analysis::model::{Report, ReportOptions};
use crate::analysis::test_support;

#[test]
fn nothing_invisible_is_printed_for_people() {
    let profile = test_support::hostile();
    let outputs = [markdown(&profile), text(&profile, 40), text(&profile, 200)];
    for out in &outputs {
        let bad = out.chars().find(|&c| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c)));
        assert_eq!(bad, None, "in\n{out}");
    }
    assert!(outputs[0].contains("\\u{202e}") && outputs[2].contains("\\u{1b}[31m"));
}

#[test]
fn json_has_names_whole() {
    let profile = test_support::hostile();
    let json = json(&profile, None);
    assert_eq!(json["functions"][0]["function"], "a|b`c<script>d\ne\u{202e}f\u{1b}[31mg\u{200b}");
    let longest = json["functions"].as_array().unwrap().iter().map(|f| f["function"].as_str().unwrap().len()).max();
    assert_eq!(longest, Some(5000));
    assert_eq!(json["file"]["name"], profile.file.name);
}

#[test]
fn markdown_tables_and_fences_stay_whole() {
    let out = markdown(&test_support::hostile());
    let mut fenced = false;
    let mut columns = None;
    for line in out.lines() {
        if line.starts_with("```") {
            assert_eq!(line, "```");
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        let outside_code: String = line.replace("\\`", "").split('`').step_by(2).collect();
        assert!(!outside_code.contains('<'), "raw HTML: {line}");
        if line.starts_with('|') {
            let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
            assert_eq!(*columns.get_or_insert(bars), bars, "{line}");
        } else {
            columns = None;
        }
    }
    assert!(!fenced);
    let headings = out.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(headings, 1 + 9 + 3, "a title, nine sections, a category each for the three frames:\n{out}");
}

#[test]
fn no_line_of_text_is_wider_than_the_terminal() {
    for profile in [test_support::hostile(), test_support::small()] {
        for width in (40..=120).chain([1, 133, 200, 1000]) {
            let bounds = width.clamp(40, 200);
            for line in text(&profile, width).lines().filter(|line| !is_command(line)) {
                assert!(line.width() <= bounds, "{} columns of {bounds}: {line}", line.width());
            }
        }
    }
}

/// Commands are never wrapped.
pub(super) fn is_command(line: &str) -> bool {
    ["     node ", "     heapsift ", "     grep ", "     v8.", "     fs."].iter().any(|start| line.starts_with(start))
}

/// Takes `0` bytes, then fails like a closed pipe.
struct Closed(usize);

impl Write for Closed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_reported_as_what_it_is() {
    // More than the buffer holds, so that it fails in the middle and not only at the end.
    let frames: Vec<String> = (0..3000).map(|i| format!("function{i}")).collect();
    let nodes: Vec<_> = frames.iter().map(|name| (8, vec![(name.as_str(), "", 0)])).collect();
    let profile = test_support::profile(&nodes, &[]);
    let report = Report::new(&profile, ReportOptions { limit: Some(0), ..ReportOptions::default() });
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
        for room in [0, 10, 70_000] {
            let error = render(&report, format, &Style::default(), &mut Closed(room)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format:?} after {room} bytes");
        }
    }
}
