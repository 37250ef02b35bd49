//! Where call frames stand in the known stacks, so that nobody walks through these again and again.

use crate::profile::{CallFrameTable, FrameId, FrameKind, HeavyStack};

/// The places of each call frame in the known stacks.
pub(super) struct Standing {
    /// The first place of each frame, by its number, and [`NOWHERE`] where it has none.
    first: Vec<u32>,
    /// All places, from the last one to the first.
    places: Vec<Link>,
    around: Vec<Around>,
}

/// No place.
const NOWHERE: u32 = u32::MAX;

/// A place in a known stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Which stack.
    pub(super) stack: u32,
    /// Which of its frames, from the outside.
    pub(super) at: u32,
}

/// A place of a call frame, and the number of its next one.
#[derive(Clone, Copy, Debug)]
struct Link {
    place: Place,
    next: u32,
}

/// Who is on a stack: places count from the outside, and from 1; 0 is nowhere.
#[derive(Clone, Copy, Debug, Default)]
struct Around {
    outermost_app: u32,
    innermost_app: u32,
    innermost_dependency: u32,
}

impl Standing {
    pub(super) fn new(stacks: &[HeavyStack], frames: &CallFrameTable) -> Self {
        let mut first = vec![NOWHERE; frames.len()];
        let mut places = Vec::with_capacity(stacks.iter().map(|stack| stack.frames.len()).sum());
        let mut around = vec![Around::default(); stacks.len()];
        for (stack, (HeavyStack { frames: path, .. }, around)) in stacks.iter().zip(&mut around).enumerate().rev() {
            for (at, id) in path.iter().enumerate().rev() {
                let first = &mut first[id.0 as usize];
                let next = std::mem::replace(first, places.len() as u32);
                let (stack, at) = (stack as u32, at as u32);
                places.push(Link { place: Place { stack, at }, next });
                let innermost = match frames.get(*id).kind {
                    FrameKind::App => {
                        around.outermost_app = at + 1;
                        &mut around.innermost_app
                    }
                    FrameKind::Dependency => &mut around.innermost_dependency,
                    _ => continue,
                };
                *innermost = (*innermost).max(at + 1);
            }
        }
        Self { first, places, around }
    }

    /// The places of a call frame, in the order of the stacks.
    pub(super) fn of(&self, FrameId(id): FrameId) -> impl Iterator<Item = Place> {
        let link = |number: u32| self.places.get(number as usize);
        std::iter::successors(link(self.first[id as usize]), move |place| link(place.next)).map(|link| link.place)
    }

    /// Whether the application stands further inside.
    pub(super) fn is_app_inside(&self, place: Place) -> bool {
        self.around[place.stack as usize].innermost_app > place.at + 1
    }

    /// Whether a package stands further inside.
    pub(super) fn is_dependency_inside(&self, place: Place) -> bool {
        self.around[place.stack as usize].innermost_dependency > place.at + 1
    }

    /// Whether the application stands further outside.
    pub(super) fn is_app_outside(&self, place: Place) -> bool {
        (1..=place.at).contains(&self.around[place.stack as usize].outermost_app)
    }
}
