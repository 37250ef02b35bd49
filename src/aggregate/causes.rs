//! Who bytes are put down to: the frame that causes them, and the nearest frame of the application.
//!
//! Frames of the application and of dependencies cause what they allocate themselves. Whatever else allocates (natives, core, generated code) does it for
//! its nearest caller among these; where there is none, for the outermost core module on the path, else for itself. What a bundler wrote around modules causes what it allocates, but is
//! named to nobody: the application's frame is the next one above it.
//!
//! A path carries both frames with it ([`Callers`]), so a node costs no look back. Of the application's frames, bytes are kept for each pair
//! (package and category, frame), of which there may be as many as nodes: a table of a fixed size holds the heaviest.

use std::hint::select_unpredictable;

use hashbrown::HashMap;

use super::pairs::{FEWEST_SLOTS, MOST_SLOTS, Sizes, Slot};
use crate::profile::{CallFrame, CallFrameTable, CategoryId, CausedBy, FrameId, FrameKind, PackageId, Signs};

/// Of an open node: in the upper half the frame that causes what is allocated there, in the lower the nearest one of the application. Each is an id plus 1;
/// 0 is none. Above them, in the highest bits, whether modules are being loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Callers(u64);

const LOWER: u64 = u32::MAX as u64;
const UPPER: u64 = !LOWER & !LOADING;
/// The loader of modules is open, and in it the body of a package's module; one of them at a time.
const IN_LOADER: u64 = 1 << 62;
const IN_MODULE: u64 = 1 << 63;
const LOADING: u64 = IN_LOADER | IN_MODULE;

impl Callers {
    /// Nobody.
    pub(super) const NONE: Self = Self(0);

    /// The frame that causes what `frame` allocates with these callers, itself among them.
    #[inline(always)]
    pub(super) fn cause_of(self, frame: FrameId) -> FrameId {
        match ((self.0 & UPPER) >> 32) as u32 {
            0 => frame,
            cause => FrameId(cause - 1),
        }
    }

    /// Whether what is allocated there is made while modules are loaded, as [`is_loading`](crate::profile::is_loading) tells of a stack.
    #[inline(always)]
    pub(super) fn are_loading(self) -> bool {
        self.0 & LOADING != 0
    }
}

/// What a frame changes in the callers of what it calls, and of what it allocates itself: an index of the tables below, one byte in its row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim(u8);

/// What each claim does.
#[derive(Clone, Copy)]
struct Change {
    /// Bits of its callers that stay.
    kept: u64,
    /// What takes the place of a cause that is not there, as a multiple of its id plus 1.
    own: u64,
    /// Bits that are set.
    set: u64,
    /// Bits that move one up.
    moved: u64,
}

const CHANGES: [Change; 8] = {
    let nothing = Change { kept: 0, own: 0, set: 0, moved: 0 };
    let all = UPPER | LOWER | LOADING;
    [
        Change { own: 1 << 32 | 1, ..nothing },
        // What the loader calls by a name is a hook of its, not a module.
        Change { kept: LOWER | IN_MODULE, own: 1 << 32, ..nothing },
        Change { kept: all, own: 1 << 32, ..nothing },
        Change { kept: all, ..nothing },
        Change { kept: LOWER, own: 1 << 32, ..nothing },
        Change { kept: LOWER | LOADING, own: 1 << 32, moved: IN_LOADER, ..nothing },
        Change { kept: UPPER | LOWER, own: 1 << 32, set: IN_LOADER, ..nothing },
        // What the loader runs without a url is a script that V8 has unloaded: the application's, likely.
        Change { kept: UPPER | LOWER | IN_MODULE, ..nothing },
    ]
};

impl Claim {
    /// That of a frame of which nothing is put down to anybody.
    pub(super) const NONE: Self = Self(3);

    pub(super) fn new(kind: FrameKind, signs: Signs) -> Self {
        Self(match kind {
            FrameKind::App if signs.is_wrapper() => 4,
            FrameKind::App => 0,
            FrameKind::Dependency if signs.may_be_module() => 5,
            FrameKind::Dependency => 1,
            FrameKind::Core if signs.is_of_loader() => 6,
            FrameKind::Core => 2,
            FrameKind::Generated => 7,
            FrameKind::Native | FrameKind::Unknown => 3,
        })
    }

    /// Whether it is that of a dependency.
    #[inline(always)]
    pub(super) fn is_dependency(self) -> bool {
        self.0 == 1 || self.0 == 5
    }

    /// The callers of what `frame`, whose claim it is, allocates where it is called by these.
    #[inline(always)]
    pub(super) fn below(self, frame: FrameId, callers: Callers) -> Callers {
        let change = CHANGES[usize::from(self.0 & 7)];
        let kept = callers.0 & change.kept;
        let own = (u64::from(frame.0) + 1).wrapping_mul(change.own);
        let moved = kept.wrapping_add(kept & change.moved) | change.set;
        Callers(moved | select_unpredictable(kept & UPPER == 0, own, 0))
    }
}

/// Bytes by package and category on the one side, and by the nearest frame of the application on the other.
#[derive(Debug)]
pub(super) struct Causes {
    /// The distinct pairs of packages and categories.
    distinct: Vec<(PackageId, CategoryId)>,
    numbers: HashMap<(PackageId, CategoryId), u32>,
    sizes: Sizes,
}

impl Causes {
    /// The number of a frame's package and category.
    pub(super) fn place(&mut self, frame: &CallFrame) -> u32 {
        let pair = (frame.package, frame.category);
        let next = self.distinct.len() as u32;
        let place = *self.numbers.entry(pair).or_insert(next);
        if place == next {
            self.distinct.push(pair);
        }
        place
    }

    /// `size` bytes were allocated by a frame of this place.
    #[inline(always)]
    pub(super) fn add(&mut self, place: u32, callers: Callers, size: u64) {
        let app = callers.0 & LOWER;
        if app != 0 {
            self.sizes.add(u64::from(place) << 32 | app, size);
        }
    }

    /// Causes whose table of pairs takes so many bytes at most.
    pub(super) fn within(bytes: usize) -> Self {
        let slots = (bytes / size_of::<Slot>()).clamp(FEWEST_SLOTS, MOST_SLOTS);
        // The power of two below.
        Self::of(Sizes::with_most(1 << slots.ilog2()))
    }

    /// Causes of frames that have no claims.
    pub(super) fn none() -> Self {
        Self::of(Sizes::with_most(0))
    }

    fn of(sizes: Sizes) -> Self {
        Self { distinct: Vec::new(), numbers: HashMap::default(), sizes }
    }

    /// Bytes of memory that it takes, but for the table of pairs.
    pub(super) fn memory(&self) -> usize {
        // Each pair stands in the index as well, which is up to four times as long while it grows.
        5 * size_of_val(&self.distinct[..])
    }

    /// The frame of the application that most bytes come from, for each of `packages` packages and `categories` categories.
    pub(super) fn finish(
        mut self,
        packages: usize,
        categories: usize,
        frames: &CallFrameTable,
    ) -> [Vec<Option<CausedBy>>; 2] {
        self.sizes.settle();
        let by_place = ByPlace::new(&self.sizes.slots, self.distinct.len());
        let package = |place: usize| self.distinct[place].0.0 as usize;
        let category = |place: usize| usize::from(self.distinct[place].1.0);
        [leaders(&by_place, packages, package, frames), leaders(&by_place, categories, category, frames)]
    }
}

/// Slots grouped by place, in 4 bytes each beside them.
struct ByPlace<'s> {
    slots: &'s [Slot],
    /// Indexes of slots.
    order: Vec<u32>,
    /// Where in `order` those of a place start; one more than there are places.
    starts: Vec<usize>,
}

impl<'s> ByPlace<'s> {
    fn new(slots: &'s [Slot], places: usize) -> Self {
        let used =
            || (0..).zip(slots).filter(|(_, slot)| slot.key != 0).map(|(i, slot)| (i, (slot.key >> 32) as usize));
        let mut starts = vec![0; places + 1];
        used().for_each(|(_, place)| starts[place + 1] += 1);
        for place in 0..places {
            starts[place + 1] += starts[place];
        }
        let mut next = starts.clone();
        let mut order = vec![0; starts[places]];
        for (i, place) in used() {
            order[next[place]] = i;
            next[place] += 1;
        }
        Self { slots, order, starts }
    }

    fn places(&self) -> usize {
        self.starts.len() - 1
    }

    fn slots(&self, place: usize) -> impl Iterator<Item = &'s Slot> {
        let slots = self.slots;
        self.order[self.starts[place]..self.starts[place + 1]].iter().map(move |&i| &slots[i as usize])
    }
}

/// The largest of each group; `group` tells that of a place. Of equal ones it is the first in the order of reports.
fn leaders(
    by_place: &ByPlace<'_>,
    groups: usize,
    group: impl Fn(usize) -> usize,
    frames: &CallFrameTable,
) -> Vec<Option<CausedBy>> {
    let mut places: Vec<usize> = (0..by_place.places()).collect();
    places.sort_unstable_by_key(|&place| group(place));
    let mut leaders = vec![None; groups];
    let mut sizes = vec![0_u64; frames.len()];
    let mut met = Vec::new();
    for same in places.chunk_by(|&a, &b| group(a) == group(b)) {
        for slot in same.iter().flat_map(|&place| by_place.slots(place)) {
            let app = FrameId((slot.key & LOWER) as u32 - 1);
            let size = &mut sizes[app.0 as usize];
            if *size == 0 {
                met.push(app);
            }
            *size += slot.size;
        }
        let sums = met.drain(..).map(|frame| {
            let self_size = std::mem::take(&mut sizes[frame.0 as usize]);
            CausedBy { frame, self_size }
        });
        let order =
            |a: &CausedBy, b: &CausedBy| a.self_size.cmp(&b.self_size).then_with(|| frames.compare(b.frame, a.frame));
        leaders[group(same[0])] = sums.max_by(order);
    }
    leaders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_follow_the_kinds() {
        use FrameKind::{App, Core, Dependency, Generated, Native, Unknown};
        // The kinds of a path; the place in it of the frame that causes what its end allocates, and that of the nearest application frame.
        #[rustfmt::skip]
        let table: &[(&[FrameKind], usize, Option<usize>)] = &[
            (&[Native], 0, None),
            (&[Native, Generated], 1, None),
            (&[Native, Core, Native, Core, Unknown], 1, None),
            (&[Core, Core], 0, None),
            (&[Core, Dependency], 1, None),
            (&[Core, Dependency, Core, Native], 1, None),
            (&[Core, App, Native], 1, Some(1)),
            (&[Core, App, Dependency, Native], 2, Some(1)),
            (&[App, Dependency, App, Generated], 2, Some(2)),
            (&[App, Dependency, Core, Dependency, Core], 3, Some(0)),
            (&[Dependency, Dependency], 1, None),
            (&[App, App], 1, Some(1)),
        ];
        for (path, cause, app) in table {
            let mut callers = Callers::default();
            for (&kind, id) in path.iter().zip(0..) {
                callers = Claim::new(kind, Signs::default()).below(FrameId(id), callers);
            }
            let last = FrameId(path.len() as u32 - 1);
            assert_eq!(callers.cause_of(last), FrameId(*cause as u32), "{path:?}");
            assert_eq!(callers.0 & LOWER, app.map_or(0, |app| app as u64 + 1), "{path:?}");
        }
        // Of the application, a bundler's own around a module, and what that calls.
        let (none, of_bundler) = (Signs::default(), Signs::of(App, "__webpack_require__", "/srv/main.js"));
        let outer = Claim::new(App, none).below(FrameId(0), Callers::default());
        let wrapper = Claim::new(App, of_bundler).below(FrameId(1), outer);
        let inner = Claim::new(Native, none).below(FrameId(2), wrapper);
        assert_eq!((inner.cause_of(FrameId(2)), inner.0 & LOWER), (FrameId(1), 1));
        assert!(!Claim::new(App, of_bundler).is_dependency());
    }

    #[test]
    fn loading_is_what_it_is_on_stacks() {
        use FrameKind::{App, Core, Dependency, Generated, Native, Unknown};
        const LOADER: (FrameKind, &str, &str) = (Core, "Module._compile", "node:internal/modules/cjs/loader");
        const BODY: (FrameKind, &str, &str) = (Dependency, "", "/srv/node_modules/a/index.js");
        const NAMED: (FrameKind, &str, &str) = (Dependency, "parse", "/srv/node_modules/a/index.js");
        let kinds = [App, Core, Generated, Native, Unknown].map(|kind| (kind, "f", ""));
        let frames: Vec<_> = [LOADER, BODY, NAMED].into_iter().chain(kinds).collect();
        let mut loading = 0;
        // All stacks of five.
        for number in 0..frames.len().pow(5) {
            let path: Vec<_> = (0..5).map(|place| frames[number / frames.len().pow(place) % frames.len()]).collect();
            let mut callers = Callers::default();
            // By its definition: the innermost of the loader and the application, and the first script further in.
            for (id, &(kind, function, url)) in (0..).zip(&path) {
                callers = Claim::new(kind, Signs::of(kind, function, url)).below(FrameId(id), callers);
            }
            let place = path.iter().rposition(|frame| frame.0 == App || *frame == LOADER);
            let expected = place.is_some_and(|place| {
                let script = path[place + 1..].iter().find(|frame| matches!(frame.0, Dependency | Generated));
                path[place] == LOADER && script.is_none_or(|script| *script == BODY)
            });
            assert_eq!(callers.are_loading(), expected, "{path:?}");
            loading += usize::from(expected);
        }
        assert!(loading > 5000, "{loading}");
    }
}
