//! Runs of minified code without source maps against a baseline of sources.

use super::*;
use crate::analysis::unmapped::{BUNDLED, COMPILED, MINIFIED};

/// A panel of two runs, of the second of which this is said.
fn two_runs(kind: Option<&'static str>) -> Panel {
    let mut panel = runs(true, 100 * R, &[Objects::Live]);
    let mut second = panel.members()[0].file.clone();
    second
        .source_maps
        .extend(kind.map(|kind| Warning::new(kind, "/srv/app.js is minified.", "Name the source map: --source-map.")));
    let (frames, id) = one_function();
    let entry = Entry {
        file: &second,
        sampling: Sampling::default(),
        objects: ObjectsIn { which: Objects::Live, samples: None },
        allocating_nodes: 1,
        frames: &frames,
        ids: None,
        functions: vec![(id, 100 * R)],
        stacks: &[],
    };
    panel.enter(entry, &mut Numbering::default());
    panel
}

#[test]
fn names_of_minified_code_are_not_held_against_those_of_sources() {
    use Verdict::{Fail, Inconclusive, Pass};
    const MANY: u64 = 100 * R;
    // Rule, whether a run and the baseline are minified, bytes of the package now: the verdict, and whether it is for that.
    let table = [
        ("package:marked +60%", true, false, 0, (Inconclusive, true)),
        ("package:marked +60%", true, false, 10 * MANY, (Inconclusive, true)),
        ("package:marked +60%", true, true, 0, (Pass, false)),
        ("package:marked +60%", false, false, 0, (Pass, false)),
        ("package:marked +60%", false, false, 10 * MANY, (Fail, false)),
        ("function:lexer +60%", true, false, MANY, (Inconclusive, true)),
        ("category:orm +60%", true, false, MANY, (Inconclusive, true)),
        // Bytes are the same whatever they are called.
        ("total +60%", true, false, 0, (Pass, false)),
        ("package:marked < 1GiB", true, false, 0, (Inconclusive, true)),
        ("package:marked < 1GiB", false, false, 0, (Pass, false)),
    ];
    for (text, is_minified, is_baseline_minified, size, expected) in table {
        let rules = [CheckRule::parse(text).unwrap()];
        let panel = two_runs(is_minified.then_some(MINIFIED));
        let now = summary(Some(R), &[MANY, MANY], &[("marked", size)]);
        let before = Summary { minified: is_baseline_minified, ..summary(Some(R), &[MANY, MANY], &[("marked", MANY)]) };
        let check = Check::new(&rules, Subjects { runs: &panel, now: &now, before: Some(("b.toml", &before)) }, false);
        let check = check.unwrap();
        let outcome = &check.outcomes[0];
        let is_for_that = outcome.blocker.map(Blocker::name) == Some("minified");
        assert_eq!((outcome.verdict, is_for_that), expected, "{text} {is_minified} {is_baseline_minified} {size}");
        let told: Vec<_> = check.warnings.iter().filter(|warning| warning.kind == MINIFIED).collect();
        assert_eq!(told.len(), usize::from(is_minified), "{text}");
        assert!(told.iter().all(|warning| warning.message.starts_with("a.heapprofile: /srv/app.js is minified.")));
    }
}

#[test]
fn a_minifier_renames_functions_of_the_application_alone() {
    const MANY: u64 = 100 * R;
    let function = |name: &str, place: &str| SummaryRow {
        name: name.to_owned(),
        place: place.to_owned(),
        figures: Figures::of(&[MANY], Some(R)),
    };
    let functions = [("a", "app.js:1:900"), ("slice", "(native)"), ("lexer", "marked/marked.js:3")];
    let rows: Vec<SummaryRow> = functions.iter().map(|&(name, place)| function(name, place)).collect();
    let packages = [("(native)", MANY), ("marked", MANY)];
    let side = || Summary {
        minified: true,
        functions: Rows { rows: rows.clone(), left_out: 0 },
        ..summary(Some(R), &[3 * MANY, 3 * MANY], &packages)
    };
    for (name, expected) in [("a", true), ("slice", false), ("lexer", false)] {
        for limit in ["+60%", "< 1GiB"] {
            let rules = [CheckRule::parse(&format!("function:{name} {limit}")).unwrap()];
            let (panel, now, before) = (two_runs(Some(MINIFIED)), side(), side());
            let subjects = Subjects { runs: &panel, now: &now, before: Some(("b.toml", &before)) };
            let check = Check::new(&rules, subjects, false).unwrap();
            let is_renamed = check.outcomes[0].blocker.map(Blocker::name) == Some("minified");
            assert_eq!(is_renamed, expected, "{name} {limit} {:?}", check.outcomes[0].blocker);
        }
    }
}

#[test]
fn what_a_bundle_may_hide_is_not_known_to_be_below_a_size() {
    const MANY: u64 = 100 * R;
    // Rule, what is said of a run: whether it holds nothing for that.
    let table = [
        ("category:orm < 4MiB", Some(MINIFIED), true),
        ("category:orm < 4MiB", Some(BUNDLED), true),
        ("category:orm < 4MiB", Some(COMPILED), false),
        ("category:orm < 4MiB", None, false),
        ("category:application < 4MiB", Some(BUNDLED), false),
        ("category:errors < 4MiB", Some(BUNDLED), false),
        ("package:marked < 4MiB", Some(BUNDLED), true),
        ("package:marked < 4KiB", Some(BUNDLED), false),
        ("package:(app) < 4MiB", Some(BUNDLED), false),
        ("function:work < 4MiB", Some(MINIFIED), false),
        ("total < 4MiB", Some(MINIFIED), false),
    ];
    for (text, kind, expected) in table {
        let rules = [CheckRule::parse(text).unwrap()];
        let panel = two_runs(kind);
        let now = summary(Some(R), &[MANY, MANY], &[("marked", MANY)]);
        let check = Check::new(&rules, Subjects { runs: &panel, now: &now, before: None }, false).unwrap();
        let is_hidden = check.outcomes[0].blocker.map(Blocker::name) == Some("minified");
        assert_eq!(is_hidden, expected, "{text} {kind:?} {:?}", check.outcomes[0].blocker);
    }
}
