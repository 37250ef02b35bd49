//! What an optimising compiler decides anew in each run: for whom bytes count, and which of them are allocated at all.
//!
//! It puts built-ins, `bind` and `push` among them, into whatever calls them, however far up: their bytes count for a function above them then. And what does not leave a
//! function (numbers, closures, iterators) it does not allocate, from when that is compiled on, which is sooner in one run than in another. So a built-in or a small
//! function may have bytes in one run and none in the next, though nothing has changed and no row near by has as many more: where others have so many that it does
//! not show. A library's function that runs as before may have no bytes of its own any more, where all that is allocated has not changed. What those differ by from run to run is noise of such a row as well. Where they differ by more, it was no compiler: other rows tell what has changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::judge::{EXCHANGE, add};
use super::matching::Matching;
use super::noise::{Noise, Sizes};
use crate::analysis::noise::RUN_TO_RUN;
use crate::analysis::panel::{Panel, Table};
use crate::profile::{FrameId, FrameKind};

/// The part of what a function and all below it allocate that is there or not as it was compiled sooner or later: one standard error of a run.
const COMPILED: f64 = 0.005;

/// The part of all bytes that a built-in or a library's function may have or not have, though it runs as before: one standard error of a run.
const ESCAPED: f64 = 0.02;

/// Of one row, standard errors of a run by what is around it, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Swing {
    /// What was put into other functions, or was compiled sooner or later.
    pub(super) around: f64,
    /// The row's own objects, which are allocated or not: what is gone so has not gone anywhere, so it counts only where a row would be called a change.
    pub(super) escaped: f64,
}

/// Those of the rows of each table.
#[derive(Default)]
pub(super) struct Swings {
    pub(super) functions: Vec<Swing>,
    pub(super) stacks: Vec<Swing>,
    pub(super) categories: Vec<Swing>,
    pub(super) packages: Vec<Swing>,
    pub(super) total: Vec<Swing>,
    /// The functions of iterators that differ by when the loops that take what they give were compiled.
    pub(super) iterators: Vec<u32>,
}

impl Swings {
    /// With the table of functions, and that of stacks with the functions of each.
    pub(super) fn new(
        noise: &Noise,
        panel: &Panel,
        matching: &Matching,
        by_function: &Table,
        (by_stack, paths): (&Table, &[Vec<u32>]),
    ) -> Self {
        let Matching { functions, packages, .. } = matching;
        let frames = panel.frames();
        let frame_of = |function: u32| {
            let id = [1, 0].into_iter().find_map(|side| Some((side, *functions.rows(function, side).first()?)));
            id.map(|(side, id)| (side, frames.get(FrameId(id))))
        };
        let kind_of = |function| frame_of(function).map(|(_, frame)| frame.kind);
        let is_builtin = |function| kind_of(function) == Some(FrameKind::Native);
        let is_of_library = |function| matches!(kind_of(function), Some(FrameKind::Dependency | FrameKind::Core));
        let around = Around::new(noise, by_function, (by_stack, paths), is_builtin);
        let mut escaped = around.escaped(is_of_library);
        let is_next = |id: FrameId| frames.text(frames.get(id).function) == "next";
        let is_iterator = |function: &u32| {
            is_builtin(*function)
                && (0..2).any(|side| functions.rows(*function, side).iter().any(|&id| is_next(FrameId(id))))
        };
        let iterated = around.iterated(is_iterator);
        iterated.iter().for_each(|&(function, swing)| escaped[function as usize] = swing);
        let of_total = iterated.iter().fold(0.0, |sum: f64, &(_, swing)| sum.hypot(swing));
        let category_of = |function| frame_of(function).map(|(_, frame)| u32::from(frame.category.0));
        let package_of = |function| frame_of(function).and_then(|(side, frame)| packages.group(side, frame.package.0));
        Self {
            functions: around.of_functions(&escaped),
            stacks: around.of_stacks(by_stack, paths, &escaped),
            categories: around.of_classes(panel.categories().len(), category_of, &escaped),
            packages: around.of_classes(packages.len(), package_of, &escaped),
            total: vec![Swing { around: 0.0, escaped: of_total }],
            iterators: iterated.into_iter().map(|(function, _)| function).collect(),
        }
    }
}

/// What is around the functions of a comparison, as far as stacks show it.
struct Around<'a, B> {
    noise: &'a Noise,
    by_function: &'a Table,
    is_builtin: B,
    /// The functions with a script, each with all that it calls.
    with_callees: BTreeMap<u32, Sizes>,
    /// Those above each built-in that has bytes.
    above: BTreeMap<u32, BTreeSet<u32>>,
    /// Those that call each function that has bytes, built-ins not counted.
    callers: BTreeMap<u32, BTreeSet<u32>>,
    /// What all that each function calls has: `with_callees` but for the stacks that end in it, which are not its self size where the lighter ones are not known.
    calls: BTreeMap<u32, Sizes>,
    /// The part of what a function and all below it allocate that compiling may change.
    compiled: f64,
    /// All bytes.
    whole: Sizes,
}

impl<'a, B: Fn(u32) -> bool> Around<'a, B> {
    fn new(noise: &'a Noise, by_function: &'a Table, (by_stack, paths): (&Table, &[Vec<u32>]), is_builtin: B) -> Self {
        let mut whole = vec![0.0; noise.files()];
        by_function.rows().for_each(|row| add(&mut whole, &noise.sizes(row)));
        let mut around = Self {
            noise,
            by_function,
            is_builtin,
            with_callees: BTreeMap::new(),
            above: BTreeMap::new(),
            callers: BTreeMap::new(),
            calls: BTreeMap::new(),
            // Of what is held hardly anything is there by how code was compiled.
            compiled: if noise.is_of_all() { COMPILED } else { 0.0 },
            whole,
        };
        for (row, path) in by_stack.rows().zip(paths) {
            around.take(path, &noise.sizes(row));
        }
        around
    }

    /// Adds what one stack shows.
    fn take(&mut self, path: &[u32], sizes: &Sizes) {
        let scripts: BTreeSet<u32> = path.iter().copied().filter(|&function| !(self.is_builtin)(function)).collect();
        for &function in &scripts {
            add(self.with_callees.entry(function).or_insert_with(|| vec![0.0; sizes.len()]), sizes);
        }
        let Some((&last, above)) = path.split_last() else { return };
        for function in above.iter().copied().filter(|&function| function != last).collect::<BTreeSet<u32>>() {
            add(self.calls.entry(function).or_insert_with(|| vec![0.0; sizes.len()]), sizes);
        }
        let caller = above.iter().rev().find(|function| scripts.contains(function));
        self.callers.entry(last).or_default().extend(caller.filter(|&&caller| caller != last));
        if !scripts.contains(&last) {
            self.above.entry(last).or_default().extend(scripts);
        }
    }

    /// What a function's own objects may be by, as they are allocated or not: where all that is allocated has not changed, those of built-ins, and of a library's functions that
    /// run as before. It is no more than half of what it has. Several files a side show it by themselves.
    fn escaped(&self, is_of_library: impl Fn(u32) -> bool) -> Vec<f64> {
        let most = match self.noise.is_of_all() && self.noise.files() == 2 {
            true => self.swing(&self.whole, ESCAPED),
            false => 0.0,
        };
        let of_function = |function: u32| {
            // As what it calls is there on both sides, and about as much of it.
            let runs_as_before = || {
                let [before, after] = self.calls.get(&function).map_or([0.0; 2], |sizes| self.noise.means(sizes));
                before.min(after) > 0.0 && 2.0 * before.min(after) >= before.max(after)
            };
            let may_be = (self.is_builtin)(function) || is_of_library(function) && runs_as_before();
            let [before, after] = self.noise.means(&self.noise.sizes(self.by_function.row(function as usize)));
            if may_be { most.min(before.max(after) / 2.0) } else { 0.0 }
        };
        (0..self.by_function.len() as u32).map(of_function).collect()
    }

    /// What the built-ins of iterators may be by: the objects that they give a loop are allocated until that is compiled, all of them, and then none. So it is where they are
    /// on both sides, a quarter at least, and all else has not changed: half of what each has.
    fn iterated(&self, is_iterator: impl Fn(&u32) -> bool) -> Vec<(u32, f64)> {
        let sizes = |function: u32| self.noise.sizes(self.by_function.row(function as usize));
        let iterators: Vec<u32> = (0..self.by_function.len() as u32).filter(is_iterator).collect();
        let mut rest = self.whole.clone();
        for &function in &iterators {
            rest.iter_mut().zip(sizes(function)).for_each(|(rest, size)| *rest -= size);
        }
        if !self.noise.is_of_all() || self.noise.files() != 2 || self.swing(&rest, 1.0) == 0.0 {
            return Vec::new();
        }
        let of_function = |function: u32| {
            let [before, after] = self.noise.means(&sizes(function));
            let (least, most) = (before.min(after), before.max(after));
            (least > 0.0 && 4.0 * least >= most).then_some((function, most / 2.0))
        };
        iterators.into_iter().filter_map(of_function).collect()
    }

    /// Of functions.
    fn of_functions(&self, escaped: &[f64]) -> Vec<Swing> {
        let mut swings: Vec<Swing> = escaped.iter().map(|&escaped| Swing { around: 0.0, escaped }).collect();
        for (&function, callers) in &self.callers {
            let compiled = callers.iter().map(|&caller| self.compiled(caller)).fold(0.0, f64::max);
            let inlined = self.above.get(&function).map_or(0.0, |above| self.inlined(above));
            swings[function as usize].around = inlined.hypot(compiled);
        }
        swings
    }

    /// Of stacks, by what stands above the function that each ends in, on that stack alone.
    fn of_stacks(&self, by_stack: &Table, paths: &[Vec<u32>], escaped: &[f64]) -> Vec<Swing> {
        let places: HashMap<&[u32], usize, RandomState> =
            paths.iter().enumerate().map(|(row, path)| (&path[..], row)).collect();
        let sizes = |path: &[u32]| places.get(path).map(|&row| self.noise.sizes(by_stack.row(row)));
        let of_stack = |path: &Vec<u32>| {
            let Some((&last, above)) = path.split_last() else { return Swing::default() };
            let scripts = (0..above.len()).rev().filter(|&level| !(self.is_builtin)(above[level]));
            let compiled = scripts.clone().next().map_or(0.0, |level| self.compiled(above[level]));
            // A built-in may be in any function above it, another one in that which calls it.
            let levels = scripts.take(if (self.is_builtin)(last) { usize::MAX } else { 1 });
            let sum = self.sum(levels.filter_map(|level| sizes(&path[..=level])));
            Swing { around: self.swing(&sum, RUN_TO_RUN).hypot(compiled), escaped: escaped[last as usize] }
        };
        paths.iter().map(of_stack).collect()
    }

    /// Of so many packages or categories, by that of each function: what may be in functions of other ones.
    fn of_classes(&self, classes: usize, class_of: impl Fn(u32) -> Option<u32>, escaped: &[f64]) -> Vec<Swing> {
        let mut above: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for (&builtin, functions) in &self.above {
            let Some(class) = class_of(builtin) else { continue };
            let others = functions.iter().filter(|&&other| class_of(other) != Some(class));
            above.entry(class).or_default().extend(others);
        }
        let of_all = self.swing(&self.whole, self.compiled);
        let mut swings = vec![Swing { around: of_all, escaped: 0.0 }; classes];
        for (function, &escaped) in (0..).zip(escaped).filter(|&(_, &escaped)| escaped > 0.0) {
            if let Some(class) = class_of(function) {
                let swing = &mut swings[class as usize];
                swing.escaped = swing.escaped.hypot(escaped);
            }
        }
        for (class, functions) in above {
            swings[class as usize].around = self.inlined(&functions).hypot(of_all);
        }
        swings
    }

    /// What may be in these functions, or may not.
    fn inlined(&self, functions: &BTreeSet<u32>) -> f64 {
        let own = |&function: &u32| self.noise.sizes(self.by_function.row(function as usize));
        self.swing(&self.sum(functions.iter().map(own)), RUN_TO_RUN)
    }

    /// What a function and all below it have, or have not, as it was compiled.
    fn compiled(&self, function: u32) -> f64 {
        self.with_callees.get(&function).map_or(0.0, |sizes| self.swing(sizes, self.compiled))
    }

    fn sum(&self, sizes: impl Iterator<Item = Sizes>) -> Sizes {
        let mut sum = vec![0.0; self.noise.files()];
        sizes.for_each(|sizes| add(&mut sum, &sizes));
        sum
    }

    /// A part of these sizes, where they differ by no more than noise.
    fn swing(&self, sizes: &Sizes, part: f64) -> f64 {
        let [before, after] = self.noise.means(sizes);
        let is_noise = before.min(after) > 0.0 && self.noise.p_value(sizes) > EXCHANGE;
        if is_noise { part * before.midpoint(after) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{compared, names, panel, samples};
    use crate::analysis::model::Profile;
    use crate::analysis::test_support::Frame;
    use crate::profile::Samples;

    const MAIN: Frame<'_> = ("main", "/srv/app/a.js", 3);
    const STEP: Frame<'_> = ("step", "/srv/app/a.js", 9);
    const RUN: Frame<'_> = ("run", "/srv/app/b.js", 4);
    const BIND: Frame<'_> = ("bind", "", 0);

    /// What is told of each change.
    fn told(runs: [Profile; 2]) -> Vec<String> {
        let panel = panel(&runs);
        let diff = compared(&panel, 1);
        diff.changes().iter().map(|change| names(&diff, change).swap_remove(0)).collect()
    }

    #[test]
    fn what_a_builtin_has_may_be_in_any_function_above_it() {
        let deep = [MAIN, STEP, RUN, STEP, RUN, STEP, RUN];
        let run = |main, of_bind, name: Frame<'static>| {
            samples(&[(main, &[MAIN]), (of_bind, &[&deep[..], &[name]].concat()), (90, &deep[..2])])
        };
        assert_eq!(told([run(4000, 150, BIND), run(4020, 20, BIND)]), [""; 0]);
        // What has a script is in those that are near, if anywhere.
        let far: Frame<'_> = ("far", "/srv/app/c.js", 4);
        assert_eq!(told([run(4000, 150, far), run(4020, 20, far)]), ["far"]);
        // By more than all of those differ from run to run it has changed, and where they are gone with it, too.
        assert_eq!(told([run(4000, 150, BIND), run(4020, 2600, BIND)]), ["run …", "bind"]);
        let panel = panel(&[run(4000, 150, BIND), run(40, 0, BIND)]);
        let diff = compared(&panel, 1);
        let all: Vec<_> = diff.changes().iter().flat_map(|change| names(&diff, change)).collect();
        assert!(all.contains(&"bind".to_owned()), "{all:?}");
    }

    #[test]
    fn what_a_library_allocates_for_a_moment_may_not_be_allocated_at_all() {
        let (feed, part) = (("feed", "/srv/node_modules/search/feed.js", 9), ("part", "/srv/app/c.js", 4));
        let run = |main: u64, of_feed: u64, of_part: u64, feed: Frame<'static>| {
            let mut run = samples(&[(main, &[MAIN]), (of_feed, &[STEP, feed]), (of_part, &[STEP, feed, part])]);
            let count = main + of_feed + of_part;
            run.aggregate.samples = Some(Samples { count, last_ordinal: count, ..Samples::default() });
            run
        };
        assert_eq!(told([run(4000, 200, 30, feed), run(4020, 0, 30, feed)]), [""; 0]);
        // One that does not run any more, or hardly ever, and one of the application, are changes; so is much of all.
        assert_eq!(told([run(4000, 200, 30, feed), run(4020, 0, 0, feed)]), ["feed"]);
        assert_eq!(told([run(4000, 200, 30, feed), run(4020, 0, 10, feed)]), ["feed"]);
        let own = ("feed", "/srv/app/feed.js", 9);
        assert_eq!(told([run(4000, 200, 30, own), run(4020, 0, 30, own)]), ["feed"]);
        assert_eq!(told([run(4000, 2000, 30, feed), run(4020, 0, 30, feed)]), ["step …", "feed"]);
    }

    #[test]
    fn what_an_iterator_gives_is_allocated_until_its_loop_is_compiled() {
        let next: Frame<'_> = ("next", "", 0);
        let run = |main: u64, of_next: u64| {
            let mut run = samples(&[(main, &[MAIN]), (of_next, &[MAIN, STEP, next]), (60, &[MAIN, STEP])]);
            let count = main + of_next + 60;
            run.aggregate.samples = Some(Samples { count, last_ordinal: count, ..Samples::default() });
            run
        };
        let panel_of = |runs: [Profile; 2]| panel(&runs);
        let compiled = panel_of([run(3000, 1100), run(3020, 2800)]);
        let diff = compared(&compiled, 1);
        assert!(diff.changes().is_empty());
        let kinds: Vec<&str> = diff.warnings().iter().map(|warning| warning.kind).collect();
        assert!(kinds.contains(&"compiled"), "{kinds:?}");
        // A loop that is new or gone is a change, and so is one among others.
        assert_eq!(told([run(3000, 0), run(3020, 2800)]), ["step …", "next"]);
        assert!(!told([run(3000, 1100), run(6000, 2800)]).is_empty());
        let panel = panel(&[run(3000, 1100), run(3020, 1120)]);
        assert!(compared(&panel, 1).warnings().iter().all(|warning| warning.kind != "compiled"));
    }

    #[test]
    fn what_is_allocated_only_until_it_is_compiled_may_not_be_there() {
        let run = |main: u64, step: u64, last_ordinal: u64| {
            let mut run = samples(&[(main, &[MAIN, RUN]), (step, &[MAIN, STEP])]);
            run.aggregate.samples = Some(Samples { count: main + step, last_ordinal, ..Samples::default() });
            run
        };
        let all = |main, step| run(main, step, main + step);
        assert_eq!(told([all(4000, 40), all(4020, 0)]), [""; 0]);
        // Of what is held it says nothing; nor of a small program, where it would be much.
        let live = |main, step| run(main, step, 50 * (main + step));
        assert_eq!(told([live(4000, 40), live(4020, 0)]), ["step"]);
        assert_eq!(told([all(400, 40), all(402, 0)]), ["step"]);
    }
}
