//! Who asks for what allocates, as far as the heaviest stacks tell: the nearest caller outside of a function's own package and
//! category that is no built-in.
//!
//! What Node's core or another package does with a built-in or a helper is not the application's to change. Nor is what a package makes while it is loaded:
//! that comes once.

use hashbrown::HashSet;

use super::super::report::Report;
use super::super::share::Share;
use super::inlined::Inlined;
use super::program;
use super::standing::Standing;
use crate::profile::{CategoryId, FrameId, FrameKind, HeavyStack, is_loading};
use crate::rules::Recommendation;

/// Who asks for the functions of a profile, and by how many bytes.
pub(super) struct Callers {
    /// Whose bytes those of each of the known stacks are.
    whose: Vec<Option<FrameId>>,
    /// In the order of the functions.
    askers: Vec<Asker>,
    /// The function at the end of each known stack, what calls it there, and its bytes; but what is loaded.
    direct: Vec<(FrameId, FrameId, u64)>,
    /// Whether there is an application.
    has_application: bool,
    /// The categories of packages that call back whom they were given.
    calls_back: HashSet<CategoryId>,
    standing: Standing,
    inlined: Inlined,
}

/// Who asks for the bytes of a stack.
#[derive(Clone, Copy, Debug)]
struct Asker {
    /// The function whose bytes they are.
    whose: FrameId,
    /// `None` is nobody.
    frame: Option<FrameId>,
    /// Whether its stack begins there: what it makes came from outside, such as bytes of a socket.
    is_outermost: bool,
    size: u64,
}

impl Callers {
    /// Of the known stacks of a report; `rules` are those for its categories.
    pub(super) fn new(report: &Report<'_>, rules: &[&Recommendation]) -> Self {
        let stacks = report.known_stacks();
        let whose: Vec<Option<FrameId>> = stacks.iter().map(|stack| whose(report, stack)).collect();
        let told = || stacks.iter().zip(&whose).filter_map(|(stack, whose)| Some((stack, (*whose)?)));
        let inlined = Inlined::new(report, stacks);
        let likely = |stack, asker: Asker| match inlined.of(report, stack) {
            Some(id) => Asker { frame: Some(id), is_outermost: false, ..asker },
            None => asker,
        };
        let mut askers: Vec<Asker> = told().map(|(stack, whose)| likely(stack, asker(report, stack, whose))).collect();
        askers.sort_unstable_by_key(|asker| asker.whose);
        let loader = report.aggregate().loader;
        let direct = told().filter(|&(_, whose)| Some(whose) != loader);
        let direct = direct.filter_map(|(stack, _)| match *stack.frames.as_slice() {
            [.., caller, last] => Some((last, caller, stack.self_size)),
            _ => None,
        });
        let direct = direct.collect();
        let standing = Standing::new(stacks, &report.aggregate().frames);
        let has_application = program::has_application(report);
        let calls_back = rules.iter().filter(|rule| rule.calls_back).map(|rule| rule.category).collect();
        Self { whose, askers, direct, has_application, calls_back, standing, inlined }
    }

    /// Whether there is an application that may ask for something.
    pub(super) fn has_application(&self) -> bool {
        self.has_application
    }

    /// Whether packages of a category call back whom they were given: what is below them did not ask for it.
    pub(super) fn calls_back(&self, category: CategoryId) -> bool {
        self.calls_back.contains(&category)
    }

    /// Where call frames stand in the known stacks.
    pub(super) fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The function of the application that most likely asks for what a stack ends in, though it is not there: V8 has inlined it into Node's own code.
    pub(super) fn likely(&self, report: &Report<'_>, stack: &HeavyStack) -> Option<FrameId> {
        self.inlined.of(report, stack)
    }

    /// The known stacks, each with whose bytes its are.
    pub(super) fn stacks<'a>(
        &self,
        report: &Report<'a>,
    ) -> impl Iterator<Item = (&'a HeavyStack, Option<FrameId>)> + Clone {
        report.known_stacks().iter().zip(self.whose.iter().copied())
    }

    /// Whose bytes those of a known stack are.
    pub(super) fn whose(&self, stack: usize) -> Option<FrameId> {
        self.whose[stack]
    }

    /// What directly calls a function in the known stacks that end in it, and its bytes there.
    pub(super) fn direct(&self, id: FrameId) -> impl Iterator<Item = (FrameId, u64)> {
        self.direct.iter().filter(move |(last, ..)| *last == id).map(|&(_, caller, size)| (caller, size))
    }

    /// Who asks for a function.
    fn of_function(&self, id: FrameId) -> &[Asker] {
        let start = self.askers.partition_point(|asker| asker.whose < id);
        let count = self.askers[start..].partition_point(|asker| asker.whose == id);
        &self.askers[start..start + count]
    }

    /// Whether a function's bytes are for the greater part made for frames that are so; where no stack of its own is known, those of its package.
    pub(super) fn are_mostly(
        &self,
        report: &Report<'_>,
        id: FrameId,
        mut is_so: impl FnMut(FrameId) -> bool,
    ) -> Option<bool> {
        let frames = &report.aggregate().frames;
        let fits = |asker: &Asker| asker.frame.is_some_and(&mut is_so);
        let own = self.of_function(id);
        if !own.is_empty() {
            return Some(is_majority(own.iter(), fits));
        }
        let package = frames.get(id).package;
        let mut of_package = self.askers.iter().filter(|asker| frames.get(asker.whose).package == package).peekable();
        of_package.peek().is_some().then(|| is_majority(of_package, fits))
    }

    /// Whether it is a built-in of the language that Node's core uses for itself.
    pub(super) fn is_built_in_of_core(&self, report: &Report<'_>, id: FrameId) -> bool {
        let frames = &report.aggregate().frames;
        let is_core = |asker: &Asker| {
            !asker.is_outermost && asker.frame.is_some_and(|asker| frames.get(asker).kind == FrameKind::Core)
        };
        let frame = frames.get(id);
        frame.kind == FrameKind::Native
            && report.category(frame.category).follows_cause
            && is_majority(self.of_function(id).iter(), is_core)
    }
}

/// Whether those that are so ask for more than half of the bytes.
fn is_majority<'s>(askers: impl Iterator<Item = &'s Asker>, mut is_so: impl FnMut(&Asker) -> bool) -> bool {
    let (mut part, mut whole) = (0, 0);
    for asker in askers {
        whole += asker.size;
        part += if is_so(asker) { asker.size } else { 0 };
    }
    Share::of(part, whole).is_majority()
}

/// The function that advice about the bytes of a stack speaks of: the allocating one, or the dependency that a built-in works for; the loader of modules while these are loaded.
pub(super) fn whose(report: &Report<'_>, stack: &HeavyStack) -> Option<FrameId> {
    let frames = &report.aggregate().frames;
    let &last = stack.frames.last()?;
    if let Some(loader) = report.aggregate().loader.filter(|_| is_loading(frames, &stack.frames)) {
        return Some(loader);
    }
    let is_cause = |id: &&FrameId| matches!(frames.get(**id).kind, FrameKind::App | FrameKind::Dependency);
    let follows = report.category(frames.get(last).category).follows_cause;
    let cause = stack.frames.iter().rev().take_while(|_| follows).find(is_cause);
    Some(cause.copied().filter(|&id| frames.get(id).kind == FrameKind::Dependency).unwrap_or(last))
}

/// Who asks for `whose` in a stack: the nearest caller of another package and category that is neither native nor of a category of built-ins. Helpers are
/// made of helpers, which have packages of their own. Code without a url asks for itself where Node's core runs it, as it runs a main script that was unloaded.
fn asker(report: &Report<'_>, stack: &HeavyStack, whose: FrameId) -> Asker {
    let frames = &report.aggregate().frames;
    let own = frames.get(whose);
    let above = stack.frames.iter().rev().skip_while(|&&id| id != whose);
    let is_asker = |id: &&FrameId| {
        let frame = frames.get(**id);
        let is_own = frame.package == own.package || frame.category == own.category;
        let is_own_or_native = is_own || frame.kind == FrameKind::Native;
        !is_own_or_native && !report.category(frame.category).follows_cause
    };
    let frame = above.clone().copied().find(|id| is_asker(&id));
    let is_of = |id: FrameId, kind: FrameKind| frames.get(id).kind == kind;
    let run_by =
        |core: FrameId| above.clone().copied().take_while(|&id| id != core).find(|&id| is_of(id, FrameKind::Generated));
    let frame = match frame {
        Some(core) if is_of(core, FrameKind::Core) && own.kind == FrameKind::Native => run_by(core).or(frame),
        _ => frame,
    };
    let is_outermost = stack.frames_omitted == 0 && frame.is_some() && stack.frames.first().copied() == frame;
    Asker { whose, frame, is_outermost, size: stack.self_size }
}

/// Whether a stack begins where an asynchronous function of a dependency goes on: who called that is not in it.
pub(super) fn begins_behind_await(report: &Report<'_>, stack: &HeavyStack) -> bool {
    let frames = &report.aggregate().frames;
    let kind = |id: &FrameId| frames.get(*id).kind;
    let is_queue = |id: &FrameId| {
        kind(id) == FrameKind::Native
            || kind(id) == FrameKind::Core && frames.text(frames.get(*id).url).ends_with("process/task_queues")
    };
    let mut inside = stack.frames.iter().skip_while(|id| is_queue(id));
    let resumed = inside.next().is_some_and(|id| kind(id) == FrameKind::Dependency);
    resumed && stack.frames_omitted == 0 && !stack.frames.iter().any(|id| kind(id) == FrameKind::App)
}
