//! What a recommendation speaks of: functions, their package, the stacks that lead to them.

use std::cell::OnceCell;
use std::cmp::Reverse;

use hashbrown::{HashMap, HashSet};

use super::super::breakdown::package_key;
use super::super::report::Report;
use super::super::rows::{CategoryRow, Summed};
use super::super::share::Share;
use super::answers::{Answers, SpeaksOf};
use super::callers::{Callers, begins_behind_await, whose};
use crate::profile::{CallFrameTable, CausedBy, FrameId, FrameKind, HeavyStack, PackageId, Sums, is_loading};
use crate::rules::{AnyOf, Recommendation, Scope, Subject};

/// Functions that are named.
pub(super) const NAMED: usize = 3;

/// What part of the bytes a function must have to be looked into, in parts of a hundred.
const MUCH: u64 = 10;

/// What part of them is nearly all, likewise.
const NEARLY_ALL: u64 = 80;

fn is_much(part: u64, whole: u64) -> bool {
    part > 0 && Share::of(part, whole).in_units_of(100) >= MUCH
}

/// The part of a category that a rule speaks of.
pub(super) struct Matched<'a> {
    pub(super) rule: &'a Recommendation,
    /// Places in the list of the category's functions.
    pub(super) places: Vec<usize>,
    pub(super) size: u64,
}

/// What a recommendation is founded on.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    /// The largest functions that it speaks of, the largest first.
    pub functions: Vec<FrameId>,
    /// All functions with bytes that it speaks of.
    pub function_count: usize,
    /// The package with most of its bytes.
    pub package: Option<PackageId>,
    /// The heaviest stack that leads to one of its functions, of those that are known.
    pub stack: Option<&'a HeavyStack>,
    /// The application's function that more than half of its bytes are allocated for: the nearest one above.
    pub caused_by: Option<FrameId>,
    /// Whether that is likely alone: most of the known stacks do not have it, since V8 has inlined it into code of Node that calls it.
    pub is_likely: bool,
    /// Whether most of what the known stacks have of it begins behind an `await` of a dependency, so that nothing tells who asked.
    pub is_behind_await: bool,
    /// The application's functions that ask for a tenth of it or more, as the known stacks tell, the largest first; none where others ask for most of it.
    pub askers: Vec<FrameId>,
    /// The function of another package that asks for most of it, where no function of the application does anywhere on the known stacks.
    pub asked_by: Option<FrameId>,
    /// Those of them that nearly all of it is made below, as the known stacks tell; so also where one calls another.
    pub carriers: Vec<FrameId>,
    /// The functions in whose files it is to be looked for: of its own the application's with a tenth of its bytes or more; where there is none, those that ask.
    pub sites: Vec<FrameId>,
}

pub(super) fn subject(frames: &CallFrameTable, id: FrameId) -> Subject<'_> {
    let frame = frames.get(id);
    Subject {
        kind: frame.kind,
        package: frames.text(frames.package(frame.package).name),
        url: frames.text(frame.url),
        function: frames.text(frame.function),
        has_line: frames.line(id).is_some(),
    }
}

/// The functions of a category with bytes to save, for all rules that may speak of them.
pub(super) struct Candidates<'a> {
    /// Their places in the list of the category's functions, and these bytes: the largest first; of equal ones in the order of the list.
    sizes: Vec<(usize, u64)>,
    /// What rules see of each, as soon as one looks.
    subjects: OnceCell<Vec<Subject<'a>>>,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(report: &Report<'a>, callers: &Callers, row: &CategoryRow<'a>) -> Self {
        let (functions, frames) = (report.functions_of(row), &report.aggregate().frames);
        let sizes = functions.iter().map(|id| id.sums(report.aggregate()).actionable_size);
        let is_theirs = |place: usize| {
            let id = functions[place];
            // Nobody can rework what a bundler wrote.
            !frames.get(id).signs.is_wrapper() && !callers.is_built_in_of_core(report, id)
        };
        let mut sizes: Vec<(usize, u64)> =
            sizes.enumerate().filter(|&(place, size)| size > 0 && is_theirs(place)).collect();
        sizes.sort_by_key(|&(_, size)| Reverse(size));
        Self { sizes, subjects: OnceCell::new() }
    }

    /// Those that a rule speaks of.
    fn of(
        &self,
        report: &Report<'a>,
        row: &CategoryRow<'a>,
        rule: &Recommendation,
        mut answers: SpeaksOf<'_>,
    ) -> impl Iterator<Item = (usize, u64)> {
        let functions = report.functions_of(row);
        let seen = |&(place, _): &(usize, u64)| subject(&report.aggregate().frames, functions[place]);
        let subjects = move || self.subjects.get_or_init(|| self.sizes.iter().map(seen).collect());
        let fits_all = rule.scope.fits_all();
        let mut fits = move |number: usize, place: usize| {
            fits_all || answers.of(report.lasting_id(functions[place]), || rule.scope.fits(&subjects()[number]))
        };
        self.sizes.iter().enumerate().filter(move |&(number, &(place, _))| fits(number, place)).map(|(_, one)| *one)
    }
}

impl<'a> Matched<'a> {
    /// Whether a rule is made about such a profile at all.
    pub(super) fn suits(report: &Report<'a>, rule: &Recommendation, answers: &mut Answers) -> bool {
        rule.scope.suits(report.platform(), |wanted| answers.about(wanted).any(report))
    }

    /// Whether a rule may speak of a category.
    pub(super) fn is_possible(
        report: &Report<'a>,
        row: &CategoryRow<'a>,
        rule: &Recommendation,
        answers: &mut Answers,
    ) -> bool {
        rule.is_worth_it(row.sums.actionable_size, report.total_size())
            && !Self::is_elsewhere(report, row, rule, answers)
    }

    /// What a rule speaks of; nothing where that is too little.
    pub(super) fn find(
        report: &Report<'a>,
        callers: &Callers,
        row: &CategoryRow<'a>,
        candidates: &Candidates<'a>,
        rule: &'a Recommendation,
        answers: &mut Answers,
    ) -> Option<Self> {
        let functions = report.functions_of(row);
        let Scope { calls, called_by, caller_makes, unless_called_by, asked_by, unless_asked_by, needs, .. } =
            &rule.scope;
        let is_asked = |&(condition, _): &(&AnyOf, bool)| condition.is_asked();
        let mut fits: Vec<(usize, u64)> = candidates.of(report, row, rule, answers.speaks_of(rule)).collect();
        if fits.is_empty() {
            return None;
        }
        if calls.is_asked() {
            let direct = Self::callers(report, callers, rule, answers);
            fits.retain(|&(place, _)| direct.contains(&functions[place]));
        }
        for (condition, expected) in [(called_by, true), (unless_called_by, false)].into_iter().filter(is_asked) {
            let mut wanted = answers.about(condition);
            let mut is_called_so = |id| Self::is_called_so(report, callers, id, |id| wanted.of(report, id));
            fits.retain(|&(place, _)| is_called_so(functions[place]) == expected);
        }
        if let Some(expected) = *caller_makes {
            let mut wanted = answers.about(called_by);
            let mut do_make = |id| Self::do_callers_make(report, callers, id, |id| wanted.of(report, id));
            fits.retain(|&(place, _)| do_make(functions[place]) == expected);
        }
        for (condition, expected) in [(asked_by, true), (unless_asked_by, false)].into_iter().filter(is_asked) {
            let mut wanted = answers.about(condition);
            let mut do_ask = |id| callers.are_mostly(report, id, |asker| wanted.of(report, asker)).unwrap_or(false);
            fits.retain(|&(place, _)| do_ask(functions[place]) == expected);
        }
        let size = fits.iter().map(|(_, bytes)| bytes).sum();
        let mut wanted = answers.about(needs);
        // Much of these bytes has to be of what the rule needs to speak.
        let needed = fits.iter().filter(|&&(place, _)| needs.is_asked() && wanted.of(report, functions[place]));
        if needs.is_asked() && !is_much(needed.map(|(_, bytes)| bytes).sum(), size) {
            return None;
        }
        let places = fits.into_iter().map(|(place, _)| place).collect();
        rule.is_worth_it(size, report.total_size()).then_some(Self { rule, places, size })
    }

    /// The same without the functions of which others have taken `most` (more than half), or any part; nothing where too little remains. They have spoken of these.
    pub(super) fn without_taken(&self, report: &Report<'a>, left: &[u64], whole: &[u64], most: bool) -> Option<Self> {
        let rule = self.rule;
        let is_left = |place: usize| match most {
            true => u128::from(left[place]) * 2 >= u128::from(whole[place]),
            false => left[place] == whole[place],
        };
        let places: Vec<usize> = self.places.iter().copied().filter(|&place| is_left(place)).collect();
        let size = places.iter().map(|&place| whole[place]).sum();
        rule.is_worth_it(size, report.total_size()).then_some(Self { rule, places, size })
    }

    /// Whether the category's heaviest stack says that something else is behind it. What calls the application from outside is not: it is the application that asks.
    fn is_elsewhere(report: &Report<'a>, row: &CategoryRow<'a>, rule: &Recommendation, answers: &mut Answers) -> bool {
        let Scope { under, unless_under, .. } = &rule.scope;
        if !under.is_asked() && !unless_under.is_asked() {
            return false;
        }
        let frames = &report.aggregate().frames;
        let stack = Self::heaviest(report, row);
        let stack = stack.map_or(&[][..], |stack| stack.frames.as_slice());
        let is_app = |id: FrameId| frames.get(id).kind == FrameKind::App;
        let inside = stack.iter().rposition(|&id| is_app(id)).unwrap_or(0);
        let seen = stack.iter().enumerate().filter(|&(place, &id)| place >= inside || is_app(id));
        let mut has = |condition| {
            let mut wanted = answers.about(condition);
            seen.clone().any(|(_, &id)| wanted.of(report, id))
        };
        (unless_under.is_asked() && has(unless_under)) || (under.is_asked() && !has(under))
    }

    /// The heaviest stack of a category: of that of the loader one behind it, and of another one none behind it, where what is loaded is told.
    fn heaviest(report: &Report<'a>, row: &CategoryRow<'a>) -> Option<&'a HeavyStack> {
        let frames = &report.aggregate().frames;
        let heaviest = report.stack_of(row.id);
        let Some(loader) = report.aggregate().loader else { return heaviest };
        let of_loader = frames.get(loader).category == row.id;
        let is_of = |stack: &HeavyStack| stack.frames.last().is_some_and(|&id| frames.get(id).category == row.id);
        let is_one = |stack: &&HeavyStack| is_loading(frames, &stack.frames) == of_loader;
        let others = || report.known_stacks().iter().filter(|stack| of_loader || is_of(stack));
        heaviest.filter(is_one).or_else(|| others().find(is_one))
    }

    /// What directly calls what a rule asks for, in the heaviest stacks of the profile, and what is a part of such a function: a function of the application, most of
    /// whose bytes there are made where it is handed to a built-in, as a list's `map` or `from`.
    fn callers(
        report: &Report<'a>,
        callers: &Callers,
        rule: &Recommendation,
        answers: &mut Answers,
    ) -> HashSet<FrameId> {
        let (frames, stacks, standing) = (&report.aggregate().frames, report.known_stacks(), callers.standing());
        let mut called = answers.about(&rule.scope.calls);
        let mut callers = HashSet::new();
        for id in frames.ids().filter(|&id| called.of(report, id)) {
            let outside = standing.of(id).filter(|place| place.at > 0);
            callers.extend(outside.map(|place| stacks[place.stack as usize].frames[place.at as usize - 1]));
        }
        if callers.is_empty() {
            return callers;
        }
        let kind = |id: FrameId| frames.get(id).kind;
        // What is made where a function is handed on, and all that it makes.
        let mut sums: HashMap<FrameId, (u64, u64)> = HashMap::new();
        for HeavyStack { frames, self_size, .. } in report.known_stacks() {
            let [outside @ .., last] = frames.as_slice() else { continue };
            if kind(*last) == FrameKind::App {
                let is_handed_on = outside.last().is_some_and(|&id| kind(id) == FrameKind::Native);
                let giver = outside.iter().rev().find(|&&id| kind(id) != FrameKind::Native);
                let is_part = is_handed_on && giver.is_some_and(|id| callers.contains(id));
                let (part, whole) = sums.entry(*last).or_default();
                *part += if is_part { *self_size } else { 0 };
                *whole += self_size;
            }
        }
        let parts = sums.into_iter().filter(|&(_, (part, whole))| Share::of(part, whole).is_majority());
        callers.extend(parts.map(|(id, _)| id));
        callers
    }

    /// Whether a function is called by what is `wanted`, in the heaviest stacks of the profile.
    fn is_called_so(
        report: &Report<'a>,
        callers: &Callers,
        id: FrameId,
        mut wanted: impl FnMut(FrameId) -> bool,
    ) -> bool {
        let below = callers.direct(id).filter(|&(caller, _)| wanted(caller)).map(|(_, size)| size).sum();
        // Without what is loaded, but with what a built-in makes for packages.
        let Sums { self_size, actionable_size, .. } = *id.sums(report.aggregate());
        let follows = report.category(report.aggregate().frames.get(id).category).follows_cause;
        Share::of(below, if follows { self_size } else { self_size.min(actionable_size) }).is_majority()
    }

    /// Whether what is `wanted` and calls a function makes about as much itself, in the heaviest stacks of the profile. What counts for a built-in that makes nothing itself,
    /// as `reduce`, was made to call the function.
    fn do_callers_make(
        report: &Report<'a>,
        callers: &Callers,
        id: FrameId,
        mut wanted: impl FnMut(FrameId) -> bool,
    ) -> bool {
        let aggregate = report.aggregate();
        let ids: HashSet<FrameId> = callers.direct(id).map(|(caller, _)| caller).collect();
        let own: u64 = ids.into_iter().filter(|&id| wanted(id)).map(|caller| caller.sums(aggregate).self_size).sum();
        own.saturating_mul(2) >= id.sums(aggregate).self_size
    }

    /// What it is founded on.
    pub(super) fn evidence(&self, report: &Report<'a>, callers: &Callers, row: &CategoryRow<'a>) -> Evidence<'a> {
        let (functions, frames) = (report.functions_of(row), &report.aggregate().frames);
        let mut spoken_of: Vec<FrameId> = self.places.iter().map(|&place| functions[place]).collect();
        spoken_of.sort_unstable();
        // Most stacks end in other categories.
        let is_of = |id: FrameId| frames.get(id).category == row.id && spoken_of.binary_search(&id).is_ok();
        let leads_here = |(stack, whose): (&'a HeavyStack, Option<FrameId>)| whose.is_some_and(is_of).then_some(stack);
        let known: Vec<&HeavyStack> = callers.stacks(report).filter_map(leads_here).collect();
        let of_category = || report.stack_of(row.id).and_then(|stack| leads_here((stack, whose(report, stack))));
        let package = self.package(report, functions);
        let own_size = self.places.iter().map(|&place| Self::own_size(report, functions[place])).sum();
        let of_package = package.and_then(|(id, part)| {
            let cause = report.aggregate().package_causes.get(id.0 as usize).copied().flatten();
            self.caused_by(cause, id.sums(report.aggregate()).self_size, part, functions)
        });
        let (askers, has_application) = self.askers(report, callers, &known);
        let is_another = |id: FrameId| self.places.iter().all(|&place| functions[place] != id);
        // Where built-ins make most of it the sums do not tell whose they are, but the stacks do.
        let of_stacks = askers.first().filter(|(_, part)| Share::of(*part, self.size).is_majority());
        let of_stacks = of_stacks.map(|&(id, _)| id).filter(|&id| is_another(id));
        let askers: Vec<FrameId> = askers.into_iter().map(|(id, _)| id).collect();
        let caused_by =
            of_package.or_else(|| self.caused_by(row.caused_by, row.sums.self_size, own_size, functions)).or(of_stacks);
        let is_seen = |stack: &&&HeavyStack| caused_by.is_some_and(|id| stack.frames.contains(&id));
        let seen: u64 = known.iter().filter(is_seen).map(|stack| stack.self_size).sum();
        let is_hidden = |stack: &&&HeavyStack| callers.likely(report, stack).is_some_and(|id| Some(id) == caused_by);
        let hidden: u64 = known.iter().filter(is_hidden).map(|stack| stack.self_size).sum();
        let sites = self.sites(report, functions, &askers);
        let is_behind_await = Self::are_behind_await(report, &known);
        // Behind an `await` it may be the application that asks, where there is one.
        let is_lost = is_behind_await && callers.has_application();
        let is_packages = !has_application && !is_lost && sites.is_empty();
        Evidence {
            asked_by: is_packages.then(|| Self::asked_by(report, callers, row, &known)).flatten(),
            carriers: self.carriers(&askers, &known),
            is_likely: hidden > seen,
            sites,
            functions: self.places.iter().take(NAMED).map(|&place| functions[place]).collect(),
            function_count: self.places.len(),
            package: package.map(|(id, _)| id),
            stack: known.first().copied().or_else(of_category),
            caused_by,
            askers,
            is_behind_await,
        }
    }

    /// The application's functions that ask for what the rule speaks of, each with its part of these stacks, the largest first; none where others ask for most of it. Beside
    /// them whether the application stands on any of these stacks.
    fn askers(&self, report: &Report<'a>, callers: &Callers, stacks: &[&HeavyStack]) -> (Vec<(FrameId, u64)>, bool) {
        let frames = &report.aggregate().frames;
        let (mut asking, mut whole) = (HashMap::<FrameId, u64>::new(), 0);
        for stack in stacks {
            whole += stack.self_size;
            let own = || stack.frames.iter().copied().rfind(|&id| frames.get(id).kind == FrameKind::App);
            if let Some(id) = callers.likely(report, stack).or_else(own) {
                *asking.entry(id).or_default() += stack.self_size;
            }
        }
        let has_application = !asking.is_empty();
        let mut askers: Vec<(FrameId, u64)> = asking.into_iter().filter(|&(_, part)| is_much(part, whole)).collect();
        // Ids differ from run to run.
        askers.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| frames.compare(a.0, b.0)));
        match Share::of(askers.iter().map(|(_, part)| part).sum(), whole).is_majority() {
            true => (askers, has_application),
            false => (Vec::new(), has_application),
        }
    }

    /// The function of a package of another category that asks for most of these stacks, on none of which the application stands; nothing where none does.
    fn asked_by(
        report: &Report<'a>,
        callers: &Callers,
        row: &CategoryRow<'a>,
        stacks: &[&HeavyStack],
    ) -> Option<FrameId> {
        let frames = &report.aggregate().frames;
        let kind = |id: FrameId| frames.get(id).kind;
        let mut asking = HashMap::<PackageId, (u64, FrameId)>::new();
        for stack in stacks {
            let outermost = stack.frames.iter().position(|&id| frames.get(id).category == row.id);
            let mut outside = stack.frames[..outermost.unwrap_or(0)].iter().rev().copied();
            let is_another = |&id: &FrameId| {
                let category = frames.get(id).category;
                kind(id) == FrameKind::Dependency && category != row.id && !callers.calls_back(category)
            };
            if let Some(id) = outside.find(is_another) {
                asking.entry(frames.get(id).package).or_insert((0, id)).0 += stack.self_size;
            }
        }
        let key = |id: PackageId| package_key(report.aggregate(), id);
        let most = asking.into_iter().max_by(|a, b| a.1.0.cmp(&b.1.0).then_with(|| key(b.0).cmp(&key(a.0))));
        let whole = stacks.iter().map(|stack| stack.self_size).sum();
        most.filter(|&(_, (part, _))| Share::of(part, whole).is_majority()).map(|(_, (_, id))| id)
    }

    /// Which of those that ask have nearly all of the known stacks below them, where these tell of more than half of the bytes.
    fn carriers(&self, askers: &[FrameId], stacks: &[&HeavyStack]) -> Vec<FrameId> {
        let whole: u64 = stacks.iter().map(|stack| stack.self_size).sum();
        let below = |id: &FrameId| {
            let through = stacks.iter().filter(|stack| stack.frames.contains(id));
            through.map(|stack| stack.self_size).sum()
        };
        let is_carrier = |id: &FrameId| Share::of(below(id), whole).in_units_of(100) >= NEARLY_ALL;
        match Share::of(whole, self.size).is_majority() {
            true => askers.iter().copied().filter(is_carrier).collect(),
            false => Vec::new(),
        }
    }

    /// The functions in whose files it is to be looked for. The files of packages are nobody's to look into.
    fn sites(&self, report: &Report<'a>, functions: &[FrameId], askers: &[FrameId]) -> Vec<FrameId> {
        let aggregate = report.aggregate();
        let is_own = |id: FrameId| aggregate.frames.get(id).kind == FrameKind::App;
        let own = self.places.iter().map(|&place| functions[place]).filter(|&id| is_own(id));
        let own: Vec<FrameId> = own.filter(|id| is_much(id.sums(aggregate).actionable_size, self.size)).collect();
        if own.is_empty() { askers.to_vec() } else { own }
    }

    /// What a function itself allocates of the bytes that the rule speaks of.
    fn own_size(report: &Report<'a>, id: FrameId) -> u64 {
        let Sums { self_size, actionable_size, .. } = *id.sums(report.aggregate());
        self_size.min(actionable_size)
    }

    /// The package whose functions themselves allocate most of its bytes, and these.
    fn package(&self, report: &Report<'a>, functions: &[FrameId]) -> Option<(PackageId, u64)> {
        let aggregate = report.aggregate();
        let part = |&place: &usize| {
            let id = functions[place];
            (aggregate.frames.get(id).package, Self::own_size(report, id))
        };
        let mut parts: Vec<(PackageId, u64)> = self.places.iter().map(part).collect();
        parts.sort_unstable_by_key(|&(id, _)| id);
        let sums = parts.chunk_by(|a, b| a.0 == b.0).map(|of| (of[0].0, of.iter().map(|&(_, size)| size).sum::<u64>()));
        sums.min_by(|a, b| b.1.cmp(&a.1).then_with(|| package_key(aggregate, a.0).cmp(&package_key(aggregate, b.0))))
    }

    fn are_behind_await(report: &Report<'_>, stacks: &[&HeavyStack]) -> bool {
        let (mut behind, mut whole) = (0, 0);
        for stack in stacks {
            whole += stack.self_size;
            behind += if begins_behind_await(report, stack) { stack.self_size } else { 0 };
        }
        Share::of(behind, whole).is_majority()
    }

    /// The cause of most bytes of `whole`, a package or a category with `part` bytes that the rule speaks of: if it is that of more than half of all these bytes
    /// even where the rest of the whole comes from it too.
    fn caused_by(&self, cause: Option<CausedBy>, whole: u64, part: u64, functions: &[FrameId]) -> Option<FrameId> {
        let CausedBy { frame, self_size } = cause?;
        let least = self_size.saturating_sub(whole - part);
        // What allocates did not cause itself.
        let is_another = self.places.iter().all(|&place| functions[place] != frame);
        (is_another && Share::of(least, self.size).is_majority()).then_some(frame)
    }
}
