//! Comparisons: within any limit and any width, whatever names are in them.

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::{Format, Style};
use crate::analysis::model::{Diff, DiffOptions, DiffRow, DiffVerdict, Panel, Profile, Subject};
use crate::analysis::test_support;
use crate::profile::Dialect;
use crate::report::{DiffStyle, render_diff};

/// Characters that mean something in Markdown, in HTML, or to a terminal.
const NAMES: &str = "[a-z|`<>*_&\\\\\u{1b}\u{202e}\u{8a9e} ]{0,40}";

/// Two profiles of functions with these names, of which those at the front have grown.
fn sides(names: &[String], grown: usize) -> [Profile; 2] {
    let profile = |factor: u64| {
        let path = |(i, name): (usize, &'_ String)| {
            let size = (300 + i as u64) * if i < grown { factor } else { 1 } * 512;
            (size, name.clone(), format!("/srv/app/{name}/{i}.js"))
        };
        let nodes: Vec<_> = names.iter().enumerate().map(path).collect();
        let nodes: Vec<_> = nodes.iter().map(|(size, name, url)| (*size, vec![(&**name, &**url, 3)])).collect();
        test_support::profile(&nodes, &[])
    };
    [profile(1), profile(9)]
}

fn print(sides: &[Profile; 2], how: DiffStyle, format: Format, width: usize) -> std::io::Result<String> {
    let mut panel = Panel::new(&sides[0].aggregate.categories);
    sides.iter().for_each(|profile| {
        panel.add(profile, Some(512));
    });
    let diff = Diff::new(&panel, DiffOptions { before: 1, normalise: false });
    let mut out = Vec::new();
    render_diff(&diff, &how, format, &Style { color: false, width }, &mut out)?;
    Ok(String::from_utf8(out).expect("UTF-8"))
}

#[test]
fn bytes_that_moved_are_not_said_to_be_none() {
    let row =
        |verdict, before, after| DiffRow { subject: Subject::Total, before, after, standard_error: Some(1), verdict };
    let rows = [row(DiffVerdict::Moved, 0, 2048), row(DiffVerdict::Noise, 0, 1024), row(DiffVerdict::Noise, 1024, 0)];
    let expected = "1 row moved bytes to others (+2.00 KB), 2 rows differ within the noise (+1.00 KB and -1.00 KB).";
    assert_eq!(crate::report::diff::rest(&rows).as_deref(), Some(expected));
}

#[test]
fn a_place_in_brackets_gets_no_second_ones() {
    let side = |size: u64| {
        let nodes = [(size, vec![("sort", "", 0)]), (400 * 512, vec![("work", "/srv/app/a.js", 3)])];
        let mut profile = test_support::profile(&nodes, &[]);
        profile.file.dialect = Dialect::Inspector;
        profile
    };
    let out = print(&[side(400 * 512), side(4000 * 512)], DiffStyle::default(), Format::Text, 100).unwrap();
    assert!(out.starts_with("1 change: +1.76 MB in sort (native);"), "{out}");
}

#[test]
fn where_little_of_the_total_is_told_the_first_line_begins_with_it() {
    let urls: Vec<String> = (0..200).map(|i| format!("/srv/app/{i}.js")).collect();
    // One function that stands out, and many of which none does.
    let run = |cache: u64, each: u64| {
        let others = urls.iter().map(|url| (each * 512, vec![("work", &**url, 3)]));
        let nodes: Vec<_> = others.chain([(cache * 512, vec![("cache", "/srv/app/a.js", 3)])]).collect();
        let mut profile = test_support::profile(&nodes, &[]);
        profile.file.dialect = Dialect::Inspector;
        profile
    };
    let first = |sides: [Profile; 2]| {
        let text = print(&sides, DiffStyle::default(), Format::Text, 200).expect("it can be written");
        text.lines().next().unwrap_or_default().to_owned()
    };
    let many = first([run(60, 4), run(300, 9)]);
    assert!(many.starts_with("+0.61 MB in all, in many places; 1 change: +0.12 MB in cache"), "{many}");
    let one = first([run(60, 4), run(3000, 4)]);
    assert!(one.starts_with("1 change: +1.44 MB in cache") && one.ends_with("; +1.44 MB in all."), "{one}");
}

#[test]
fn what_is_told_of_a_function_with_its_callees_adds_up_to_all() {
    let names: Vec<String> = (0..60).map(|i| format!("work{i}")).collect();
    // What `route` calls is gone, one of it stands out, and `main` has got some of it.
    let run = |main: u64, next: u64, each: u64| {
        let frame = |name| (name, "/srv/app/a.js", 3);
        let route = [frame("main"), frame("route")];
        let others = names.iter().map(|name| (each * 512, [&route[..], &[frame(name)]].concat()));
        let own = [(main * 512, route[..1].to_vec()), (next * 512, [&route[..], &[frame("next")]].concat())];
        let mut profile = test_support::profile(&others.chain(own).collect::<Vec<_>>(), &[]);
        profile.file.dialect = Dialect::Inspector;
        profile
    };
    let text = print(&[run(20, 40, 4), run(33, 0, 0)], DiffStyle::default(), Format::Text, 200);
    let text = text.expect("it can be written");
    let expected = "1 change: -0.14 MB in route (app/a.js:3) and what it calls (of it -20.00 KB in next (app/a.js:3)), +6.50 KB elsewhere; -0.13 MB in all.";
    assert_eq!(text.lines().next(), Some(expected));
    assert!(!text.contains("Unknown:"), "{text}");
    let json =
        print(&[run(20, 40, 4), run(33, 0, 0)], DiffStyle::default(), Format::Json, 200).expect("it can be written");
    let within: Vec<&str> =
        json.split("\"within\":").skip(1).map(|rest| &rest[..rest.find('}').unwrap_or(0)]).collect();
    assert_eq!(within, ["null", "0"]);
}

#[test]
fn it_is_said_why_a_row_is_noise_that_differs_by_several_errors() {
    let legend = |counts: &[u64]| {
        let profiles = counts.iter().map(|count| {
            let mut profile = test_support::profile(&[(count * 512, vec![("cache", "/srv/app/a.js", 3)])], &[]);
            profile.file.dialect = Dialect::Inspector;
            profile
        });
        let profiles: Vec<Profile> = profiles.collect();
        let mut panel = Panel::new(&profiles[0].aggregate.categories);
        profiles.iter().for_each(|profile| {
            panel.add(profile, Some(512));
        });
        let diff = Diff::new(&panel, DiffOptions { before: counts.len() / 2, normalise: false });
        crate::report::diff::legend(&diff)
    };
    let few = legend(&[300, 400, 500, 700, 800, 950]);
    assert!(few.contains("differ by some 5 ± to be more than noise (Student's t, 4 degrees of freedom)"), "{few}");
    assert!(!legend(&[400, 405, 395, 410, 400, 390]).contains("Student"));
}

/// Whether all that is opened is closed, and tables have their columns.
fn check_markdown(text: &str) {
    assert!(text.starts_with("**") && text.lines().next().is_some_and(|line| line.ends_with("**")), "{text}");
    assert!(text.ends_with('\n'), "{text}");
    for tag in ["details", "summary", "sub", "code"] {
        let [opened, closed] = [format!("<{tag}>"), format!("</{tag}>")].map(|tag| text.matches(&tag).count());
        assert_eq!(opened, closed, "{tag} in {text}");
    }
    for line in text.lines() {
        // Within HTML nothing is Markdown.
        let is_html = line.starts_with("<details>");
        let (bare, is_closed) = outside_code(line);
        assert!(is_html || is_closed, "{line}");
        if line.starts_with('|') {
            assert_eq!(bare.matches('|').count(), 7, "{line}");
        }
        let tags = ["<details><summary>", "</summary>", "</details>", "<sub>", "</sub>", "<code>", "</code>"];
        let rest = tags.iter().fold(if is_html { line } else { &*bare }.to_owned(), |text, tag| text.replace(tag, ""));
        assert!(!rest.contains('<'), "{line}");
    }
}

/// A line without its inline code and what is escaped in it, and whether all code is closed. Within code a backslash is one.
fn outside_code(line: &str) -> (String, bool) {
    let (mut outside, mut in_code) = (String::new(), false);
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            '`' => in_code = !in_code,
            '\\' if !in_code => drop(characters.next()),
            c if !in_code => outside.push(c),
            _ => {}
        }
    }
    (outside, !in_code)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn markdown_is_whole_within_any_limit(
        names in proptest::collection::vec(NAMES, 1..40),
        grown in 0_usize..8,
        rows in proptest::option::of(0_usize..30),
        limits in proptest::collection::vec(1000_usize..30_000, 3),
    ) {
        let sides = sides(&names, grown);
        let whole = print(&sides, DiffStyle { limit: rows, max_chars: None }, Format::Markdown, 100).unwrap();
        check_markdown(&whole);
        for most in [&[1000, 1001, whole.len().max(1000)], &limits[..]].concat() {
            let text = print(&sides, DiffStyle { limit: rows, max_chars: Some(most) }, Format::Markdown, 100).unwrap();
            prop_assert!(text.len() <= most, "{} of {most}", text.len());
            check_markdown(&text);
            let tells = [" more |", "do not fit"].iter().any(|told| text.contains(told));
            prop_assert!(text == whole || tells, "{most} of {}: it says what is left out: {text}", whole.len());
        }
    }

    #[test]
    fn no_line_of_text_is_wider_than_the_terminal(names in proptest::collection::vec(NAMES, 1..20), grown in 0_usize..8) {
        let sides = sides(&names, grown);
        for width in [40, 41, 59, 63, 64, 72, 80, 100] {
            let text = print(&sides, DiffStyle::default(), Format::Text, width).unwrap();
            for line in text.lines() {
                prop_assert!(line.width() <= width, "{} columns of {width}: {line}", line.width());
            }
        }
    }
}

#[test]
fn names_can_be_told_apart_on_a_narrow_terminal() {
    let names = ["serializeTheWholeResponse", "serializeTheWholeRequest"].map(str::to_owned);
    let text = print(&sides(&names, 1), DiffStyle::default(), Format::Text, 40).unwrap();
    for name in &names {
        assert!(text.contains(&**name), "{text}");
    }
}

#[test]
fn a_narrow_terminal_has_all_numbers_of_a_row() {
    let mut sides = sides(&["serve".to_owned(), "render".to_owned()], 1);
    sides.iter_mut().for_each(|side| side.file.dialect = Dialect::Inspector);
    for (width, row) in [
        (40, "   +1.17 MB   ×9.0   59.69 KB  grown\n   0.15 MB ->    1.32 MB\n  serve  "),
        (50, "   +1.17 MB   ×9.0   59.69 KB  grown\n   0.15 MB ->    1.32 MB  serve  "),
        (64, "   0.15 MB    1.32 MB    +1.17 MB   ×9.0   59.69 KB  grown\n  serve  "),
        (100, "   0.15 MB    1.32 MB    +1.17 MB   ×9.0   59.69 KB  grown    serve  "),
    ] {
        let text = print(&sides, DiffStyle::default(), Format::Text, width).unwrap();
        assert!(text.contains(row), "{row}in {width} columns:\n{text}");
    }
}

#[test]
fn a_limit_that_nothing_fits_is_an_error() {
    let sides = sides(&["a".to_owned()], 1);
    let how = DiffStyle { limit: None, max_chars: Some(20) };
    let error = print(&sides, how, Format::Markdown, 100).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("does not fit into 20 characters"), "{error}");
}
