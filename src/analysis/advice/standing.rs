//! Where call frames stand in the known stacks, so that nobody walks through these again and again.

use crate::profile::{CallFrameTable, FrameId, FrameKind, HeavyStack};

/// The places of each call frame in the known stacks.
pub(super) struct Standing {
    /// Where the places of each frame begin; one more than there are frames.
    starts: Vec<u32>,
    places: Vec<Place>,
    around: Vec<Around>,
}

/// A place in a known stack.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// Which stack.
    pub(super) stack: u32,
    /// Which of its frames, from the outside.
    pub(super) at: u32,
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
        let mut starts = vec![0; frames.len() + 1];
        for id in stacks.iter().flat_map(|stack| &stack.frames) {
            starts[id.0 as usize + 1] += 1;
        }
        for frame in 0..frames.len() {
            starts[frame + 1] += starts[frame];
        }
        let mut next = starts.clone();
        let mut places = vec![Place::default(); starts[frames.len()] as usize];
        let around = (0..).zip(stacks).map(|(stack, HeavyStack { frames: path, .. })| {
            let mut around = Around::default();
            for (at, id) in (0..).zip(path) {
                let next = &mut next[id.0 as usize];
                places[*next as usize] = Place { stack, at };
                *next += 1;
                match frames.get(*id).kind {
                    FrameKind::App => {
                        around.innermost_app = at + 1;
                        around.outermost_app = if around.outermost_app == 0 { at + 1 } else { around.outermost_app };
                    }
                    FrameKind::Dependency => around.innermost_dependency = at + 1,
                    _ => {}
                }
            }
            around
        });
        let around = around.collect();
        Self { starts, places, around }
    }

    /// The places of a call frame.
    pub(super) fn of(&self, FrameId(id): FrameId) -> &[Place] {
        &self.places[self.starts[id as usize] as usize..self.starts[id as usize + 1] as usize]
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
