//! Summaries of profiles made by hand, and what is said of files that are none.

use super::*;
use crate::analysis::model::{Panel, Profile, Sampling};
use crate::analysis::test_support::{Frame, profile};

const READ: Frame<'_> = ("read", "/home/me/app/src/cache.js", 3);
const READ_TOO: Frame<'_> = ("read", "/home/me/app/src/cache.js", 90);
const PARSE: Frame<'_> = ("parse", "", 0);
const QUERY: Frame<'_> = ("query", "/srv/node_modules/pg/lib/client.js?v=1", 7);

fn panel(runs: &[&[(u64, Vec<Frame<'_>>)]], interval: Option<u64>) -> Panel {
    let mut panel = Panel::new(&[]);
    for nodes in runs {
        let profile = profile(nodes, &[]);
        if panel.categories().is_empty() {
            panel = Panel::new(&profile.aggregate.categories);
        }
        panel.add(&profile, interval);
    }
    panel
}

fn figures(size: u64, standard_error: u64, samples: u64) -> Figures {
    Figures { size, standard_error: Some(standard_error), spread: None, samples: Some(samples), least: None }
}

#[test]
fn runs_are_summed_up_by_what_stays_the_same() {
    let runs: [&[_]; 2] = [
        &[(8000, vec![READ]), (2000, vec![READ_TOO]), (400, vec![READ, PARSE]), (90, vec![QUERY])],
        &[(12_000, vec![READ_TOO]), (400, vec![PARSE])],
    ];
    let summary = Summary::of(&panel(&runs, Some(100)));
    assert_eq!((summary.files, summary.interval), (2, Some(100)));
    let row = |rows: &Rows, name: &str, place: &str| rows.get(name, place).map(|row| row.figures);
    // 10,000 and 12,000: they differ by more than the sampling's sqrt(100 · 11,000 / 2).
    assert_eq!(
        row(&summary.functions, "read", "src/cache.js"),
        Some(Figures { least: Some(10_000), ..figures(11_000, 1000, 220) })
    );
    // 400 and 400: sqrt(100 · 400 / 2).
    assert_eq!(
        row(&summary.functions, "parse", "(native)"),
        Some(Figures { spread: Some(0), least: Some(400), ..figures(400, 141, 8) })
    );
    // 90 and 0.
    assert_eq!(
        row(&summary.functions, "query", "pg/lib/client.js"),
        Some(Figures { spread: Some(45), least: Some(0), ..figures(45, 47, 1) })
    );
    let read = Figures { least: Some(10_000), ..figures(11_000, 1000, 220) };
    assert_eq!(row(&summary.packages, "(app)", ""), Some(read));
    assert_eq!(row(&summary.categories, "app", ""), Some(read));
    assert_eq!(summary.total, Figures { least: Some(10_490), ..figures(11_445, 955, 229) });
    let names: Vec<_> = summary.functions.rows.iter().map(|row| &*row.name).collect();
    assert_eq!(names, ["parse", "query", "read"]);
}

#[test]
fn an_interval_that_one_run_lacks_is_that_of_the_others_if_they_agree() {
    let nodes = [(8000, vec![READ])];
    let mut panel = panel(&[&nodes], Some(100));
    panel.add(&profile(&nodes, &[]), Some(400));
    assert_eq!(Summary::of(&panel).interval, Some(400), "the longest");
    panel.add(&profile(&nodes, &[]), None);
    let summary = Summary::of(&panel);
    assert_eq!((summary.interval, summary.total.samples), (None, None), "the others differ");
    // It is that of the longest at most, and so is the error: the runs do not differ.
    assert_eq!(summary.interval_at_most, Some(8000), "no size of the third is smaller");
    assert_eq!((summary.total.standard_error, summary.total.spread), (Some(4619), Some(0)));
    let mut alike = self::panel(&[&nodes], Some(400));
    alike.add(&profile(&nodes, &[]), None);
    assert_eq!(Summary::of(&alike).interval, Some(400));
    let one = Summary::of(&self::panel(&[&nodes], None));
    let total = Figures { size: 8000, standard_error: Some(8000), least: Some(8000), ..Figures::default() };
    assert_eq!((one.interval, one.interval_at_most, one.total), (None, Some(8000), total));
    let mut of_nothing = self::panel(&[&nodes], None);
    of_nothing.add(&profile(&[(0, vec![READ])], &[]), None);
    assert_eq!(Summary::of(&of_nothing).interval_at_most, Some(8000), "one without bytes is as the others");
    let untold = Profile { sampling: Some(Sampling::default()), ..profile(&nodes, &[]) };
    of_nothing.add(&untold, None);
    assert_eq!(Summary::of(&of_nothing).interval_at_most, None, "of one with bytes nothing is known");
}

#[test]
fn small_rows_are_left_out_and_bounded_by_the_largest_of_them() {
    let row = |name: usize, size| SummaryRow {
        name: format!("f{name:03}"),
        place: String::new(),
        figures: Figures { size, ..Figures::default() },
    };
    let mut few = Rows { rows: vec![row(0, 9), row(1, 11), row(2, 10), row(3, 3)], left_out: 0 };
    few.shorten(10);
    assert_eq!((few.rows.len(), few.left_out), (2, 9));
    few.shorten(10);
    assert_eq!((few.rows.len(), few.left_out), (2, 9), "what was left out before still is");
    let mut many = Rows { rows: (0..200).map(|i| row(i, 1000 + i as u64)).collect(), left_out: 0 };
    many.shorten(10);
    assert_eq!((many.rows.len(), many.rows[0].figures.size, many.left_out), (50, 1150, 1149));
    let mut equal = Rows { rows: (0..60).map(|i| row(i, if i < 40 { 7 } else { 8 })).collect(), left_out: 0 };
    equal.shorten(1);
    assert_eq!((equal.rows.len(), equal.left_out), (20, 7), "all of equal size or none");
}

#[test]
fn categories_of_earlier_baselines_have_their_ids_of_today() {
    let text = "kind = \"baseline\"\nschema_version = 1\nfiles = 1\nobjects = \"live\"\nleft_out = { packages = 0, functions = 0 }\ntotal = { size = 9 }\n\
                category = [{ id = \"other\", size = 2 }, { id = \"react-ssr\", size = 7 }]\n";
    let summary = Summary::from_toml("b.toml", text).unwrap();
    let rows: Vec<_> = summary.categories.rows.iter().map(|row| (&*row.name, row.figures.size)).collect();
    assert_eq!((rows, summary.former), (vec![("other", 2), ("react", 7)], vec!["react-ssr".to_owned()]));
}

#[test]
fn what_is_no_baseline_is_refused_with_its_place() {
    const HEAD: &str = "kind = \"baseline\"\nschema_version = 1\nfiles = 1\nobjects = \"live\"\nleft_out = { packages = 0, functions = 0 }\n";
    let total = "total = { size = 1 }\n";
    let good = format!("{HEAD}{total}");
    assert_eq!(Summary::from_toml("b.toml", &good).map(|summary| summary.total.size), Ok(1));
    let twice = "package = [{ name = \"a\", size = 1 },\n{ name = \"a\", size = 2 }]\n";
    let table = [
        (String::new(), "b.toml:1:1: the key `kind` is missing"),
        ("{\"head\":{}}".to_owned(), "b.toml:1:1: "),
        (
            "new = 1\nschema_version = 2".to_owned(),
            "b.toml:2:18: `schema_version`: this heapsift reads baselines of schema_version 1 only",
        ),
        ("[[check]]\nrule = \"total +5%\"".to_owned(), "`check`: unknown key; allowed are `kind`"),
        (good.replace("files = 1", "files = 0"), "b.toml:3:9: `files`: expected a whole number from 1"),
        (good.replace("size = 1", "size = -1"), "b.toml:6:18: `total.size`: expected a whole number from 0"),
        (
            good.replace("size = 1", "size = 1.5"),
            "`total.size`: expected a whole number from 0 to 9223372036854775807, found a number",
        ),
        (good.replace("live", "dead"), "`dead` is not known; expected one of `live`, `all`, `unknown`"),
        (
            good.replace("objects", "sampling_interval = 9\nsampling_interval_at_most = 9\nobjects"),
            "b.toml:5:29: `sampling_interval_at_most`: `sampling_interval` is there, too; was the file merged?",
        ),
        (format!("{good}{twice}"), "`a` is there twice; was the file merged?"),
        (format!("{good}<<<<<<< HEAD\n"), "b.toml:7:"),
        (format!("{good}function = [{{ nam = \"a\", size = 1 }}]"), "did you mean `name`?"),
    ];
    for (text, told) in table {
        let error = Summary::from_toml("b.toml", &text).expect_err(&text).to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
}
