//! Memory for the rows and new texts of windows, and for their fold, which a pass may leave to the next.

use bumpalo::Bump;

use crate::aggregate::fold::Scratch;

/// Bytes of an arena that is kept for another pass; one that a large window filled is given back.
const KEPT: usize = 128 << 10;

/// What a pass leaves to the next.
#[derive(Default)]
pub(in crate::aggregate) struct Spare {
    pub(super) arenas: Arenas,
    pub(super) scratch: Scratch,
}

/// Arenas for the windows of two blocks: while one is parsed, the other's are folded.
#[derive(Default)]
pub(super) struct Arenas([Vec<Bump>; 2]);

impl Arenas {
    /// So many for each block.
    pub(super) fn of_blocks(&mut self, windows: usize) -> [&mut Vec<Bump>; 2] {
        let Self([odd, even]) = self;
        [odd, even].map(|arenas| {
            arenas.resize_with(windows, Bump::new);
            arenas
        })
    }

    /// What another pass may have of them.
    pub(super) fn kept(mut self) -> Self {
        for arena in self.0.iter_mut().flatten() {
            if arena.allocated_bytes() > KEPT {
                *arena = Bump::new();
            }
        }
        self
    }
}
