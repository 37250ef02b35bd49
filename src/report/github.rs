//! A gate as workflow commands of GitHub Actions: an annotation for each rule that failed, for each that captures do not tell, and for each doubt about
//! the whole.
//!
//! The runner reads commands from a step's standard output, line by line; so nothing that comes from a file may begin one.

use std::io::{self, Write};

use super::check::{headline, name, note, sentence};
use super::escape;
use super::units::Size;
use crate::analysis::model::{Change, Check, RowKind, Verdict};

/// Writes the commands, and a last line for the log.
pub fn write(check: &Check<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    for outcome in &check.outcomes {
        let command = match outcome.verdict {
            Verdict::Fail => "error",
            Verdict::Inconclusive if check.is_strict => "error",
            Verdict::Inconclusive => "warning",
            Verdict::Pass => continue,
        };
        let mut message = super::escaped(&sentence(outcome));
        let grown: Vec<String> = RowKind::ALL.iter().filter_map(|&kind| most_grown(check, kind)).collect();
        if outcome.verdict == Verdict::Fail && !grown.is_empty() {
            // A line break in an annotation.
            message += &format!("\nGrew most: {}.", grown.join("; "));
        }
        let title = format!("heapsift: {}", escape::name(&outcome.rule.text));
        writeln!(out, "::{command} title={}::{}", property(&title), data(&message))?;
    }
    for warning in &check.warnings {
        let command = if Check::is_hint(warning) { "notice" } else { "warning" };
        writeln!(out, "::{command} title=heapsift::{}", data(&note(warning)))?;
    }
    writeln!(out, "heapsift check: {}", headline(check))?;
    out.flush()
}

/// Writes the command of an annotation that says why there is no outcome; with the file, line and column that it is about, as far as they are known.
pub fn write_error(
    message: &str,
    file: Option<&str>,
    place: Option<(usize, usize)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut properties = String::new();
    if let Some(file) = file {
        properties = format!("file={},", property(&escape::visible(file)));
    }
    if let Some((line, column)) = place {
        properties += &format!("line={line},col={column},");
    }
    writeln!(out, "::error {properties}title=heapsift::{}", data(message))?;
    out.flush()
}

/// The row of a kind that has grown most.
fn most_grown(check: &Check<'_>, kind: RowKind) -> Option<String> {
    let change: &Change = check.grown.iter().find(|change| change.kind == kind)?;
    let (name, place) = name(change);
    let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
    Some(format!("{} {name}{place} by {}", kind.name(), Size(change.growth())))
}

/// A text as the data of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_or_a_property() {
        assert_eq!(data("50%\r\n::error::x"), "50%25%0D%0A::error::x");
        assert_eq!(property("a, b: 5%\n"), "a%2C b%3A 5%25%0A");
        let mut out = Vec::new();
        write_error("x\n::y", Some("a,b:c.toml"), Some((4, 18)), &mut out).expect("memory can be written");
        let expected = "::error file=a%2Cb%3Ac.toml,line=4,col=18,title=heapsift::x%0A::y\n";
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}
