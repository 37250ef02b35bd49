//! Functions that have moved, and runs that have little in common with the baseline.

use super::*;

const MB: u64 = 1 << 20;

/// Runs whose bytes are those of these functions, and of the application and two packages.
fn of_functions(functions: &[(&str, &str, u64)]) -> Summary {
    let figures = |size| Figures::of(&[size, size, size], Some(4096));
    let row = |&(name, place, size): &(&str, &str, u64)| SummaryRow {
        name: name.to_owned(),
        place: place.to_owned(),
        figures: figures(size),
    };
    let mut rows: Vec<SummaryRow> = functions.iter().map(row).collect();
    rows.sort_by(|a, b| (&a.name, &a.place).cmp(&(&b.name, &b.place)));
    let total: u64 = functions.iter().map(|(.., size)| size).sum();
    let packages = [("(app)", MB), ("csv", MB), ("marked", MB)];
    Summary { functions: Rows { rows, left_out: 0 }, ..summary(Some(4096), &[total, total, total], &packages) }
}

fn grown(now: &Summary, before: &Summary) -> Vec<(String, String, u64)> {
    let rules = [CheckRule::parse("total +500%").unwrap()];
    let runs = run(true, now.total.size);
    let check = Check::new(&rules, Subjects { runs: &runs, now, before: Some(("b", before)) }, false).unwrap();
    let functions = check.grown.iter().filter(|change| change.kind == RowKind::Function);
    functions.map(|change| (change.name.clone(), change.place.clone(), change.growth())).collect()
}

#[test]
fn a_function_that_has_moved_has_grown_by_what_it_has_more() {
    let before = of_functions(&[
        ("", "src/sessions.js", 2 * MB),
        ("", "src/orders.js", 5 * MB),
        ("addOrder", "src/orders.js", 3 * MB),
        ("parse", "marked/lib/marked.cjs", 2 * MB),
    ]);
    let moved = of_functions(&[
        ("", "store/session-store.js", 2 * MB),
        ("", "store/orders.js", 5 * MB),
        ("addOrder", "store/orders.js", 3 * MB),
        ("parse", "marked/lib/marked.esm.js", 2 * MB),
    ]);
    assert_eq!(grown(&moved, &before), []);
    let more = of_functions(&[
        ("", "store/session-store.js", 2 * MB),
        ("", "store/orders.js", 5 * MB),
        ("addOrder", "store/orders.js", 7 * MB),
        ("parse", "csv/lib/csv.js", 2 * MB),
    ]);
    let found = grown(&more, &before);
    let row = |name: &str, place: &str, growth| (name.to_owned(), place.to_owned(), growth);
    // What has the name in another package is another function.
    assert_eq!(found, [row("addOrder", "store/orders.js", 4 * MB), row("parse", "csv/lib/csv.js", 2 * MB)]);
}

#[test]
fn runs_that_have_hardly_anything_of_the_baseline_hold_nothing() {
    let before = of_functions(&[("", "src/a.js", 4 * MB), ("load", "src/a.js", 4 * MB), ("index", "src/b.js", 2 * MB)]);
    let verdict = |now: &Summary, rule| check_one(rule, now, &before, true, |o| (o.verdict, o.blocker));
    let unlike = (Verdict::Inconclusive, Some(Blocker::Unlike));
    let little = of_functions(&[("load", "src/a.js", MB / 2)]);
    let another = of_functions(&[("main", "src/a.js", 8 * MB), ("index", "src/b.js", MB / 2)]);
    let nameless = of_functions(&[("", "csv/lib/csv.js", 8 * MB), ("index", "src/b.js", MB / 2)]);
    let renamed = of_functions(&[("load", "lib/c.js", 7 * MB), ("index", "lib/d.js", 2 * MB)]);
    let improved = of_functions(&[("load", "src/a.js", MB), ("index", "src/b.js", MB / 2)]);
    // Little is left, a part of it where V8 has inlined it now.
    let inlined = of_functions(&[("load", "src/a.js", 9 * MB / 10), ("main", "src/a.js", 6 * MB / 10)]);
    for (now, expected) in [
        (&little, unlike),
        (&another, unlike),
        (&nameless, unlike),
        (&renamed, (Verdict::Pass, None)),
        (&improved, (Verdict::Pass, None)),
        (&inlined, (Verdict::Pass, None)),
    ] {
        assert_eq!(verdict(now, "total +20%"), expected, "{:?}", now.functions.rows);
        // A limit in bytes holds whatever the baseline has.
        assert_eq!(verdict(now, "total < 40MiB"), (Verdict::Pass, None));
    }
    let rules = [CheckRule::parse("total +20%").unwrap()];
    let runs = run(true, little.total.size);
    let subjects = Subjects { runs: &runs, now: &little, before: Some(("b.toml", &before)) };
    let check = Check::new(&rules, subjects, true).unwrap();
    assert!(!check.is_passed());
    assert!(check.warnings.iter().any(|warning| warning.kind == "unlike"), "{:?}", check.warnings);
}

#[test]
fn a_category_that_no_rule_knows_is_told() {
    let row = |name: &str| SummaryRow { name: name.to_owned(), place: String::new(), figures: Figures::default() };
    let now = of_functions(&[("load", "src/a.js", MB)]);
    let (rules, runs) = ([CheckRule::parse("total +20%").unwrap()], run(true, now.total.size));
    for (id, is_told) in [("orm", false), ("om", true)] {
        let before = Summary { categories: Rows { rows: vec![row(id)], left_out: 0 }, ..now.clone() };
        let check =
            Check::new(&rules, Subjects { runs: &runs, now: &now, before: Some(("b", &before)) }, false).unwrap();
        assert_eq!(check.warnings.iter().any(|warning| warning.message.contains("`om`")), is_told);
    }
}
