//! Runs of minified code without source maps against a baseline of sources.

use super::*;
use crate::analysis::minified::MINIFIED;

/// A panel of two runs, of which the second is minified if that is so.
fn two_runs(is_minified: bool) -> Panel {
    let mut panel = runs(true, 100 * R, &[Objects::Live]);
    let mut second = panel.members()[0].file.clone();
    if is_minified {
        second.source_maps.push(Warning::new(
            MINIFIED,
            "/srv/app.js is minified.",
            "Name the source map: --source-map.",
        ));
    }
    let frames = CallFrameTable::default();
    let entry = Entry {
        file: &second,
        sampling: Sampling::default(),
        objects: ObjectsIn { which: Objects::Live, samples: None },
        total_size: 100 * R,
        allocating_nodes: 1,
        frames: &frames,
        ids: None,
        functions: Vec::new(),
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
        // Bytes are the same whatever they are called, and a limit in bytes is none of the baseline's.
        ("total +60%", true, false, 0, (Pass, false)),
        ("package:marked < 1GiB", true, false, 0, (Pass, false)),
    ];
    for (text, is_minified, is_baseline_minified, size, expected) in table {
        let rules = [CheckRule::parse(text).unwrap()];
        let panel = two_runs(is_minified);
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
