//! A baseline as TOML: a row a line, sorted by name, so that a diff shows which rows have changed and nothing else.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape;
use crate::analysis::model::{Figures, RowKind, Summary, SummaryRow};

/// What stands above it.
const HEADER: &str = "\
# What `heapsift check` compares with; written by `heapsift baseline`. Commit it, and write it anew when a change of it is wanted.
# Sizes are bytes of one run: the mean of the files, with its standard error and the samples behind it. `left_out`: no row that is not here is larger.
";

/// Writes a baseline.
pub fn write(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::from(HEADER);
    // Into memory: nothing else can fail.
    append(summary, &mut text).map_err(|_| io::Error::other("a size is past 2^63 bytes, which TOML cannot hold"))?;
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn append(summary: &Summary, text: &mut String) -> std::fmt::Result {
    writeln!(text, "kind = \"baseline\"\nschema_version = {}\nfiles = {}", Summary::SCHEMA_VERSION, summary.files)?;
    if let Some(interval) = summary.interval {
        writeln!(text, "sampling_interval = {}", integer(interval)?)?;
    } else if let Some(longest) = summary.interval_at_most {
        writeln!(text, "sampling_interval_at_most = {}", integer(longest)?)?;
    }
    if let Some(writer) = summary.writer {
        writeln!(text, "writer = \"{writer}\"")?;
    }
    writeln!(text, "objects = \"{}\"", summary.objects.name())?;
    if summary.minified {
        writeln!(text, "minified = true")?;
    }
    let [packages, functions] = [integer(summary.packages.left_out)?, integer(summary.functions.left_out)?];
    writeln!(text, "left_out = {{ packages = {packages}, functions = {functions} }}")?;
    writeln!(text, "total = {{ {} }}", figures(&summary.total)?)?;
    for kind in RowKind::ALL {
        let rows = &summary.rows(kind).rows;
        writeln!(text, "\n{} = [", kind.name())?;
        rows.iter().try_for_each(|row| writeln!(text, "  {{ {}, {} }},", named(kind, row), figures(&row.figures)?))?;
        writeln!(text, "]")?;
    }
    Ok(())
}

fn named(kind: RowKind, row: &SummaryRow) -> String {
    let name = quoted(&row.name);
    match kind {
        RowKind::Category => format!("id = {name}"),
        RowKind::Package => format!("name = {name}"),
        RowKind::Function => format!("name = {name}, place = {}", quoted(&row.place)),
    }
}

fn figures(figures: &Figures) -> Result<String, std::fmt::Error> {
    let mut text = format!("size = {}", integer(figures.size)?);
    let values = [("standard_error", figures.standard_error), ("spread", figures.spread), ("samples", figures.samples)];
    for (key, value) in values {
        if let Some(value) = value {
            text += &format!(", {key} = {}", integer(value)?);
        }
    }
    Ok(text)
}

/// TOML's integers have a sign; what is larger would be another number.
fn integer(number: u64) -> Result<i64, std::fmt::Error> {
    i64::try_from(number).map_err(|_| std::fmt::Error)
}

/// A text on one line; nothing in it is hidden from who looks at the file.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if escape::is_hidden(c) => out += &format!("\\U{:08X}", u32::from(c)),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::model::{Objects, Rows};
    use crate::profile::Dialect;

    fn figures() -> impl Strategy<Value = Figures> {
        let size = 0..=i64::MAX as u64;
        let number = || proptest::option::of(size.clone());
        (size.clone(), number(), number(), number()).prop_map(|(size, standard_error, spread, samples)| Figures {
            size,
            standard_error,
            spread,
            samples,
            least: None,
        })
    }

    fn rows(has_place: bool) -> impl Strategy<Value = Rows> {
        let text = || prop_oneof![any::<String>(), "[\\\\\"'\n\r\t\u{0}-\u{1f}\u{7f}\u{202e}\u{200b}#=\\[\\]{}]{0,8}"];
        // Places have no more in them that differs from build to build.
        let place = || {
            proptest::sample::select(&["", "(native)", "src/main.js", "größe/\"語\u{202e}\".js", "dist/main.*.js"][..])
        };
        let names = proptest::collection::btree_map((text(), place().prop_map(str::to_owned)), figures(), 0..6);
        (names, 0..1000_u64).prop_map(move |(names, left_out)| {
            let row = |((name, place), figures): ((String, String), Figures)| {
                let place = if has_place { place } else { String::new() };
                SummaryRow { name, place, figures }
            };
            let mut rows: Vec<SummaryRow> = names.into_iter().map(row).collect();
            rows.dedup_by(|a, b| (&a.name, &a.place) == (&b.name, &b.place));
            Rows { rows, left_out }
        })
    }

    #[test]
    fn a_size_that_cannot_be_read_again_is_not_written() {
        let largest = i64::MAX as u64;
        for (size, may_be_written) in [(largest, true), (largest + 1, false), (u64::MAX, false)] {
            let total = Figures { size, ..Figures::default() };
            let mut text = Vec::new();
            let summary = Summary {
                files: 1,
                interval: Some(512),
                interval_at_most: None,
                writer: None,
                objects: Objects::All,
                minified: false,
                total,
                categories: Rows::default(),
                former: Vec::new(),
                packages: Rows::default(),
                functions: Rows::default(),
            };
            let written = write(&summary, &mut text);
            assert_eq!((written.is_ok(), text.is_empty()), (may_be_written, !may_be_written), "{size}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            (files, longest, is_known, minified) in (1_u32.., proptest::option::of(1..=i64::MAX as u64), any::<bool>(), any::<bool>()),
            writer in proptest::option::of(proptest::sample::select(&Dialect::ALL[..])),
            total in figures(),
            (categories, packages, functions) in (rows(false), rows(false), rows(true)),
        ) {
            let categories = Rows { left_out: 0, ..categories };
            let [interval, interval_at_most] = [is_known, !is_known].map(|is| longest.filter(|_| is));
            let summary = Summary { files, interval, interval_at_most, writer, objects: Objects::All, minified, total, categories, former: Vec::new(), packages, functions };
            let mut text = Vec::new();
            write(&summary, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            prop_assert!(!text.chars().any(|c| c != '\n' && escape::is_hidden(c)), "{}", text);
            let lines = 13 + 3 * 2 + [&summary.categories, &summary.packages, &summary.functions].map(|rows| rows.rows.len()).iter().sum::<usize>();
            prop_assert!(text.lines().count() <= lines + 3, "a row a line: {}", text);
            prop_assert_eq!(Summary::from_toml("b.toml", &text).unwrap(), summary);
        }
    }
}
