//! What advice of each kind brings to a profile, which has live objects alone or all that were allocated.

use super::super::doctor::Objects;
use crate::rules::{Recommendation, Saves};

/// What a recommendation brings to a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brings {
    /// Bytes of it.
    Bytes,
    /// Bytes of it if several are held of what it speaks of: the profile has live objects alone, and one of each is needed.
    BytesIfSeveral,
    /// None of its bytes: it has all that was allocated, of which less is held at a time.
    LowerPeak,
    /// None of its bytes: it has live objects alone, and what is kept lives as well.
    FewerAllocations,
}

impl Brings {
    /// What advice of this kind brings; nothing where it has nothing to say.
    pub(super) fn new(saves: Saves, objects: Objects) -> Option<Self> {
        match (saves, objects) {
            (Saves::Held, Objects::All) => None,
            (Saves::Peak, Objects::All) => Some(Self::LowerPeak),
            (Saves::Repetition, Objects::Live) => Some(Self::BytesIfSeveral),
            (Saves::Kept, Objects::Live) => Some(Self::FewerAllocations),
            _ => Some(Self::Bytes),
        }
    }

    /// Whether it brings bytes of the profile.
    pub fn is_bytes(self) -> bool {
        matches!(self, Self::Bytes | Self::BytesIfSeveral)
    }

    /// What part of the bytes that a rule speaks of it saves here, low and high.
    pub(super) fn fractions(self, rule: &Recommendation) -> (f64, f64) {
        match self {
            Self::Bytes => (rule.saving.low, rule.saving.high),
            // Nothing where what lives is one; half where it is two.
            Self::BytesIfSeveral => (0.0, rule.saving.high / 2.0),
            Self::LowerPeak | Self::FewerAllocations => (0.0, 0.0),
        }
    }
}

/// Which of two rules that match equally many bytes speaks first: what is about what is held, where only that is there. What is about that alone comes last
/// where other objects may be there, too, and speaks of what nobody else does.
pub(super) fn turn(saves: Saves, objects: Objects) -> (bool, bool) {
    let is_about_held = matches!(saves, Saves::Peak | Saves::Held);
    (saves == Saves::Held && objects != Objects::Live, objects == Objects::Live && !is_about_held)
}
