//! What packages, or categories, have exchanged: only what their functions have.
//!
//! Bytes go from one to another where a function of the one is inlined into a function of the other, or where one function is another package's (or category's) than before.
//! That two sums cancel says nothing: a regression beside an improvement of other code does so too. And no more goes from one to another than it has lost (`balance`).

use std::collections::BTreeMap;

use super::balance::{self, Passed, Room};
use super::callers::Callers;
use super::exchange::{self, Flow};
use super::judge::{EXCHANGE, LIKELY, add, difference};
use super::matching::Groups;
use super::noise::{Noise, Sizes};
use crate::analysis::panel::Table;
use crate::profile::FrameId;

/// Functions that bytes are looked for from, the largest differences first.
const MOST: usize = 200;

/// By how many standard errors what a class has lost may be more than it seems.
const ERRORS: f64 = 2.0;

/// The functions of all packages, or categories: one that has changed hands has a part in each.
pub(super) struct Parts {
    /// Class (package or category) and function of each.
    of: Vec<(u32, u32)>,
    sizes: Table,
}

/// What each package, or category, has exchanged with others.
#[derive(Default)]
pub(super) struct Exchanged {
    classes: BTreeMap<u32, Counterparts>,
}

/// What one package, or category, has exchanged.
#[derive(Default)]
struct Counterparts {
    /// Bytes after less those before.
    difference: f64,
    /// The sizes of what has differed the other way, each as far as it makes up for this one.
    sizes: Sizes,
    /// Bytes more after by exchanges between functions that both differ by more than noise.
    proved: f64,
    /// Bytes more after by what was exchanged with each of the others.
    with: BTreeMap<u32, f64>,
}

impl Parts {
    /// Those of a table of functions whose first `before` members are the side before, by the class of each frame on a side.
    pub(super) fn new(
        by_function: &Table,
        before: usize,
        functions: &Groups,
        class_of: impl Fn(usize, FrameId) -> Option<u32>,
    ) -> Self {
        let part_of = |member: usize, row: usize| {
            let side = usize::from(member >= before);
            class_of(side, FrameId(row as u32)).zip(functions.group(side, row as u32))
        };
        let mut places: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for (row, sizes) in by_function.rows().enumerate() {
            for part in sizes.cells().filter_map(|(member, _)| part_of(member, row)) {
                let next = places.len();
                places.entry(part).or_insert(next);
            }
        }
        let sizes = by_function.grouped(places.len(), |member, row| places.get(&part_of(member, row)?).copied());
        let mut of = vec![(0, 0); places.len()];
        places.into_iter().for_each(|(part, place)| of[place] = part);
        Self { of, sizes }
    }

    /// What they have exchanged.
    pub(super) fn exchanged(&self, noise: &Noise, callers: &Callers) -> Exchanged {
        let sizes: Vec<Sizes> = self.sizes.rows().map(|row| noise.sizes(row)).collect();
        let differences: Vec<f64> = sizes.iter().map(|sizes| difference(noise, sizes)).collect();
        let p_values: Vec<f64> = sizes.iter().map(|sizes| noise.p_value(sizes)).collect();
        let mut whole: BTreeMap<u32, Sizes> = BTreeMap::new();
        for (&(class, _), sizes) in self.of.iter().zip(&sizes) {
            add(whole.entry(class).or_insert_with(|| vec![0.0; sizes.len()]), sizes);
        }
        let class_of = |part: usize| self.of[part].0;
        let flows = self.flows(&differences, &p_values, callers);
        let flows: Vec<Flow> = flows.into_iter().filter(|flow| class_of(flow.from) != class_of(flow.to)).collect();
        // Of classes, too, less may be gone than of their functions, as far as that is known.
        let cut = |flows: &[Flow], errors: f64| -> Vec<f64> {
            let passed = |flow: &Flow| Passed { from: class_of(flow.from), to: class_of(flow.to), bytes: flow.bytes };
            let mut passed: Vec<Passed> = flows.iter().map(passed).collect();
            balance::cut(&mut passed, |class| {
                let (bytes, error) = (difference(noise, &whole[&class]), errors * noise.error(&whole[&class]));
                Room { shrunk: (error - bytes).max(0.0), grown: (error + bytes).max(0.0) }
            });
            passed.into_iter().map(|passed| passed.bytes).collect()
        };
        let mut exchanged = Exchanged::default();
        for (&class, sizes) in &whole {
            exchanged.classes.entry(class).or_default().difference = difference(noise, sizes);
        }
        for (flow, bytes) in flows.iter().zip(cut(&flows, ERRORS)) {
            for (part, other, bytes) in [(flow.to, flow.from, bytes), (flow.from, flow.to, -bytes)] {
                let own = exchanged.classes.entry(class_of(part)).or_default();
                let share = bytes.abs() / differences[other].abs();
                own.sizes.resize(sizes[other].len(), 0.0);
                own.sizes.iter_mut().zip(&sizes[other]).for_each(|(sum, size)| *sum += size * share);
                *own.with.entry(class_of(other)).or_insert(0.0) += bytes;
            }
        }
        let proved = |flow: &Flow| [flow.from, flow.to].iter().all(|&part| p_values[part] <= EXCHANGE);
        let proved: Vec<Flow> = flows.into_iter().filter(proved).collect();
        for (flow, bytes) in proved.iter().zip(cut(&proved, 0.0)) {
            for (part, bytes) in [(flow.to, bytes), (flow.from, -bytes)] {
                exchanged.classes.entry(class_of(part)).or_default().proved += bytes;
            }
        }
        exchanged
    }

    /// What parts have exchanged: those of one function that has changed hands, and those of functions near by.
    fn flows(&self, differences: &[f64], p_values: &[f64], callers: &Callers) -> Vec<Flow> {
        let mut of_function: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (part, &(_, function)) in self.of.iter().enumerate() {
            of_function.entry(function).or_default().push(part);
        }
        let near = |part: usize, is_direct: bool| -> Vec<usize> {
            let function = self.of[part].1;
            let is_near = |&other: &usize| {
                let are_direct = self.of[other].1 == function || callers.are_direct(function, self.of[other].1);
                differences[other] * differences[part] < 0.0
                    && are_direct == is_direct
                    && (are_direct || p_values[other] < LIKELY)
            };
            let kin = callers.kin(function);
            kin.iter().filter_map(|kin| of_function.get(kin)).flatten().copied().filter(is_near).collect()
        };
        let mut order: Vec<usize> = (0..self.of.len()).filter(|&part| p_values[part] < LIKELY).collect();
        order.sort_by(|&a, &b| differences[b].abs().total_cmp(&differences[a].abs()));
        order.truncate(MOST);
        exchange::flows(differences, &order, near)
    }
}

impl Exchanged {
    /// Those with each of which a class has exchanged most of what it differs by.
    pub(super) fn with(&self, class: u32) -> Vec<u32> {
        let Some(own) = self.classes.get(&class) else { return Vec::new() };
        let is_most = |bytes: f64| 2.0 * bytes * own.difference.signum() > own.difference.abs();
        own.with.iter().filter(|&(_, &bytes)| is_most(bytes)).map(|(&with, _)| with).collect()
    }

    /// The sizes of a class together with what differs the other way since it has exchanged bytes with it, and how many bytes more it has by exchanges that are beyond doubt.
    pub(super) fn without(&self, class: usize, sizes: &Sizes) -> (Sizes, f64) {
        let mut sizes = sizes.clone();
        let own = self.classes.get(&(class as u32));
        own.into_iter().for_each(|own| add(&mut sizes, &own.sizes));
        (sizes, own.map_or(0.0, |own| own.proved))
    }
}

#[cfg(test)]
mod tests {
    use super::super::matching::Matching;
    use super::super::tests::{compared, panel, samples};
    use super::super::{Diff, Subject, Verdict};
    use super::*;
    use crate::analysis::test_support::Frame;

    const MAIN: Frame<'_> = ("main", "/srv/app/a.js", 3);
    const CACHE: Frame<'_> = ("cache", "/srv/app/a.js", 40);
    const QUERY: Frame<'_> = ("query", "/srv/node_modules/pg/lib/client.js", 7);

    /// What is said of the packages that differ, by name.
    fn packages(before: &[(u64, &[Frame<'_>])], after: &[(u64, &[Frame<'_>])]) -> Vec<(String, Verdict)> {
        let panel = panel(&[samples(before), samples(after)]);
        let diff = compared(&panel, 1);
        let name = |diff: &Diff<'_>, subject| match subject {
            Subject::Package(package) => diff.package(package).to_owned(),
            _ => String::new(),
        };
        let rows = diff.packages().iter().filter(|row| row.verdict != Verdict::Noise);
        let mut said: Vec<_> = rows.map(|row| (name(&diff, row.subject), row.verdict)).collect();
        said.sort_by(|a, b| a.0.cmp(&b.0));
        said
    }

    #[test]
    fn an_improvement_beside_a_regression_of_other_code_is_no_move() {
        const ROUTE: Frame<'_> = ("route", "/srv/app/b.js", 3);
        let run = |cache: u64, query: u64| {
            let nodes: [(u64, &[Frame<'_>]); 3] = [(200, &[MAIN]), (cache, &[MAIN, CACHE]), (query, &[ROUTE, QUERY])];
            nodes
        };
        let said = packages(&run(40, 640), &run(630, 50));
        assert_eq!(said.iter().map(|said| said.1).collect::<Vec<_>>(), [Verdict::Changed; 2], "{said:?}");
    }

    #[test]
    fn what_is_inlined_into_a_caller_of_another_package_moves_there() {
        let called: [(u64, &[Frame<'_>]); 3] = [(60, &[MAIN]), (100, &[MAIN, CACHE]), (150, &[MAIN, CACHE, QUERY])];
        let inlined: [(u64, &[Frame<'_>]); 2] = [(63, &[MAIN]), (245, &[MAIN, CACHE])];
        for (before, after) in [(&called[..], &inlined[..]), (&inlined, &called)] {
            let said = packages(before, after);
            assert_eq!(said.iter().map(|said| said.1).collect::<Vec<_>>(), [Verdict::Moved; 2], "{said:?}");
        }
        // What is left over is a change like any other.
        let grown: [(u64, &[Frame<'_>]); 2] = [(63, &[MAIN]), (945, &[MAIN, CACHE])];
        let said = packages(&called, &grown);
        assert_eq!(said.iter().map(|said| said.1).collect::<Vec<_>>(), [Verdict::Changed, Verdict::Moved], "{said:?}");
    }

    #[test]
    fn what_a_package_has_not_lost_others_have_not_got() {
        const OTHER: Frame<'_> = ("other", "/srv/app/b.js", 9);
        // A function of the application has another name now, and what it calls allocates more.
        let run = |app: Frame<'static>, count: u64, query: u64| {
            [(200, vec![MAIN]), (count, vec![MAIN, app]), (query, vec![MAIN, app, QUERY])]
        };
        let [before, after] = [run(CACHE, 900, 1500), run(OTHER, 840, 2350)];
        let [before, after] = [&before, &after]
            .map(|nodes| nodes.iter().map(|(count, path)| (*count, &path[..])).collect::<Vec<(u64, &[Frame<'_>])>>());
        assert_eq!(packages(&before, &after), [("pg".to_owned(), Verdict::Changed)]);
        assert_eq!(packages(&after, &before), [("pg".to_owned(), Verdict::Changed)]);
    }

    #[test]
    fn the_noise_of_all_others_takes_no_bytes() {
        let urls: Vec<String> = (0..12).map(|i| format!("/srv/node_modules/dependency-{i}/index.js")).collect();
        let run = |emitter: u64, others: u64| {
            let others = urls.iter().map(|url| (others, vec![MAIN, ("work", &**url, 1)]));
            let emitter = (emitter, vec![MAIN, ("emitter", "/srv/node_modules/emitter/index.js", 1)]);
            others.chain([emitter]).collect::<Vec<(u64, Vec<Frame<'_>>)>>()
        };
        let [before, after] = [run(30, 200), run(100, 193)];
        let [before, after] = [&before, &after]
            .map(|nodes| nodes.iter().map(|(count, path)| (*count, &path[..])).collect::<Vec<(u64, &[Frame<'_>])>>());
        assert_eq!(packages(&before, &after), [("emitter".to_owned(), Verdict::Changed)]);
    }

    #[test]
    fn a_function_that_changes_hands_takes_its_bytes_along() {
        let panel = panel(&[samples(&[(100, &[MAIN]), (200, &[CACHE])]), samples(&[(95, &[MAIN]), (210, &[CACHE])])]);
        let matching = Matching::new(&panel, 1);
        let noise = Noise::new(panel.members(), 1, 1.0).expect("the intervals are known");
        let callers = Callers::new(&panel, 1, &matching.functions);
        // All is of class 0 before, and of class 1 after.
        let parts = Parts::new(&panel.by_function(), 1, &matching.functions, |side, _| Some(side as u32));
        let exchanged = parts.exchanged(&noise, &callers);
        let sizes: Sizes = vec![300.0 * 512.0, 0.0];
        let (without, proved) = exchanged.without(0, &sizes);
        assert_eq!((difference(&noise, &without), proved), (-5.0 * 512.0, -295.0 * 512.0));
        assert_eq!([0, 1].map(|class| exchanged.with(class)), [vec![1], vec![0]]);
    }
}
