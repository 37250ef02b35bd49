//! Totals that differ so much that nothing two runs of one program do explains it, though no row tells what it differs by without a change.
//!
//! Where nearly all rows differ, their scatter counts as noise: a busy process holds other things a moment later. But when nearly all of what a program held is
//! gone, all rows differ by just that, and the scatter is the change itself. How many times as much a total is tells the two apart. What holds more than half of
//! such a difference has changed too: it held more than the other side has in all, so its bytes cannot be in another row there.

use std::collections::HashSet;

use super::matching::Matching;
use super::noise::Noise;
use super::rows::mean_sizes;
use super::{DiffRow, Verdict};
use crate::analysis::likeness::{self, Capture, is_collected};
use crate::analysis::panel::{Panel, StackId};
use crate::profile::{FrameId, FrameKind, TextId};

/// A total that is so many times as large, beyond all that sampling explains, is another one: the largest of a busy service was 6.4 times the smallest.
pub(super) const TIMES: f64 = 10.0;

/// A difference of the total that is plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plain {
    difference: i128,
}

impl Plain {
    /// Where nothing else tells it: one of two captures of one program, made alike and whole, that is so much larger.
    pub(super) fn of(
        panel: &Panel,
        before: usize,
        matching: &Matching,
        noise: &Noise,
        total: &DiffRow,
    ) -> Option<Self> {
        let members = panel.members();
        let captures: Vec<Capture<'_>> = members.iter().map(Capture::of).collect();
        let is_told = total.verdict == Verdict::Unknown && noise.scatter().is_some();
        let are_alike = likeness::objects(&captures).is_none()
            && members.iter().all(|member| {
                is_collected(member.file.dialect, member.objects.which)
                    && member.file.complete
                    && member.file.unsummed == 0
            });
        let is_plain = is_told
            && are_alike
            && noise.is_times_apart(&noise.sizes(panel.totals().row(0)), TIMES)
            && is_one_program(panel, before, matching, total);
        is_plain.then(|| Self { difference: total.difference() })
    }

    /// Whether a row holds more than half of it.
    pub(super) fn is_held_by(self, row: &DiffRow) -> bool {
        let difference = row.difference();
        difference.signum() == self.difference.signum()
            && 2 * difference.unsigned_abs() > self.difference.unsigned_abs()
    }

    /// Calls those rows changed that hold it.
    pub(super) fn call(self, rows: &mut [DiffRow]) {
        rows.iter_mut().filter(|row| self.is_held_by(row)).for_each(|row| row.verdict = Verdict::Changed);
    }
}

/// Whether two sides are of one program: what the one with fewer bytes has, it has for the most part of scripts that are on both sides. A program of which
/// nearly all is gone has nothing but what it had. Of each stack the outermost script counts, but none of Node's own: every program has those.
fn is_one_program(panel: &Panel, before: usize, matching: &Matching, total: &DiffRow) -> bool {
    let side = usize::from(total.after < total.before);
    let frames = panel.frames();
    let script = |id: FrameId| frames.get(id).url;
    let functions = &matching.functions;
    let is_on_both = |&group: &u32| [0, 1].iter().all(|&side| !functions.rows(group, side).is_empty());
    let both = (0..functions.len() as u32).filter(is_on_both);
    let shared: HashSet<TextId> =
        both.flat_map(|group| functions.rows(group, side)).map(|&row| script(FrameId(row))).collect();
    let is_of_program = |id: &FrameId| matches!(frames.get(*id).kind, FrameKind::App | FrameKind::Dependency);
    let stacks = panel.by_stack();
    let (mut told, mut all) = (0.0, 0.0);
    for stack in 0..stacks.len() {
        let Some(first) = panel.stack(StackId(stack as u32)).iter().copied().find(is_of_program) else { continue };
        let size = mean_sizes(&stacks, stack, before, 1.0)[side];
        all += size;
        if shared.contains(&script(first)) {
            told += size;
        }
    }
    all > 0.0 && 2.0 * told >= all
}

#[cfg(test)]
mod tests {
    use super::super::tests::{compared, names, panel, samples};
    use super::super::{Diff, DiffOptions};
    use super::*;
    use crate::analysis::model::Profile;
    use crate::analysis::test_support::Frame;
    use crate::profile::Dialect;

    const MAIN: Frame<'_> = ("main", "/srv/app/a.js", 3);
    const NAMES: [&str; 5] = ["cache", "query", "parse", "render", "load"];

    /// Functions that `main` calls, with so many samples each.
    fn called_by(main: Frame<'_>, counts: [u64; 5]) -> Profile {
        let paths = NAMES.map(|name| [main, (name, main.1, 40)]);
        let nodes: Vec<(u64, &[Frame<'_>])> =
            counts.iter().zip(&paths).map(|(&count, path)| (count, &path[..])).collect();
        samples(&nodes)
    }

    fn capture(counts: [u64; 5]) -> Profile {
        called_by(MAIN, counts)
    }

    const ALL: [u64; 5] = [2600, 900, 700, 400, 300];
    const HARDLY_ANY: [u64; 5] = [20, 40, 12, 30, 9];

    /// What is told of each change, by name; nothing where the total is not known to have changed.
    fn told(runs: [Profile; 2]) -> Vec<Vec<String>> {
        let panel = panel(&runs);
        let diff = compared(&panel, 1);
        assert!(diff.scatter().is_some(), "nearly all differs");
        assert_eq!(diff.total().verdict == Verdict::Unknown, diff.changes().is_empty());
        diff.changes().iter().map(|change| names(&diff, change)).collect()
    }

    #[test]
    fn where_nearly_all_is_gone_the_total_and_what_held_it_have_changed() {
        let rows = ["cache", "main cache", "(app)", "application", "total"];
        for runs in [[ALL, HARDLY_ANY], [HARDLY_ANY, ALL]] {
            let changes = told(runs.map(capture));
            assert_eq!(changes.len(), 1, "{changes:?}");
            assert_eq!((&changes[0][0], changes[0].last().unwrap()), (&rows[0].to_owned(), &rows[4].to_owned()));
            assert!(
                changes[0].contains(&rows[1].to_owned()) && !changes[0].contains(&"query".to_owned()),
                "{changes:?}"
            );
        }
        // Nobody holds more than half.
        let changes = told([[1000, 900, 1200, 900, 900], HARDLY_ANY].map(capture));
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert!(!changes[0].iter().any(|name| NAMES.contains(&&**name)), "{changes:?}");
    }

    #[test]
    fn what_a_busy_process_may_hold_less_of_is_no_change() {
        // 4900 samples against 612 are eight times as many; 12 times as many of 4 are by chance.
        for runs in [[ALL, [120, 220, 82, 130, 60]], [[12, 9, 15, 8, 14], [0, 0, 0, 4, 0]]] {
            let panel = panel(&runs.map(capture));
            let diff = compared(&panel, 1);
            let is_called = diff.scatter().is_some() && diff.total().verdict == Verdict::Changed;
            assert!(!is_called, "{:?} {:?}", diff.total(), diff.scatter());
        }
    }

    #[test]
    fn another_program_and_another_capture_are_no_change() {
        let with = |change: &dyn Fn(&mut Profile)| {
            let mut after = capture(HARDLY_ANY);
            change(&mut after);
            told([capture(ALL), after])
        };
        assert_eq!(with(&|_| {}).len(), 1);
        assert_eq!(with(&|run| run.file.complete = false), [[""; 0]; 0]);
        assert_eq!(with(&|run| run.file.unsummed = 1), [[""; 0]; 0]);
        assert_eq!(with(&|run| run.file.dialect = Dialect::Xprofiler), [[""; 0]; 0]);
        let numbered = |run: &mut Profile, count, last_ordinal| {
            run.aggregate.samples = Some(crate::profile::Samples { count, last_ordinal, ..Default::default() });
        };
        let mut all = capture(ALL);
        numbered(&mut all, 4900, 4900);
        let mut live = capture(HARDLY_ANY);
        numbered(&mut live, 111, 4900);
        assert_eq!(told([all, live]), [[""; 0]; 0]);
        let other = || called_by(("main", "/srv/other/b.js", 9), HARDLY_ANY);
        assert_eq!(told([capture(ALL), other()]), [[""; 0]; 0]);
        assert_eq!(told([other(), capture(ALL)]), [[""; 0]; 0]);
    }

    #[test]
    fn what_is_left_tells_the_program_though_most_was_of_code_without_a_script() {
        let generated = NAMES.map(|name| [(name, "", 7)]);
        let run = |of_main: u64, counts: [u64; 5]| {
            let nodes = counts.iter().zip(&generated).map(|(&count, path)| (count, &path[..]));
            samples(&nodes.chain([(of_main, &[MAIN][..])]).collect::<Vec<_>>())
        };
        let changes = told([run(70, ALL), run(60, HARDLY_ANY)]);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert!(changes[0].contains(&"cache".to_owned()), "{changes:?}");
        // Of one that has no script at all nothing tells it.
        assert_eq!(told([run(0, ALL), run(0, HARDLY_ANY)]), [[""; 0]; 0]);
    }

    #[test]
    fn shares_are_compared_by_themselves() {
        let panel = panel(&[ALL, HARDLY_ANY].map(capture));
        let diff = Diff::new(&panel, DiffOptions { before: 1, normalise: true });
        assert_ne!(diff.total().verdict, Verdict::Changed);
    }
}
