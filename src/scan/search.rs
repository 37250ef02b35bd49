//! What the primitives share: the loop over vectors, and the tail that is shorter than one.

use super::vector::{LONGEST, Mask, Vector};

/// What a search stops at. A trait and not a closure, since closures cannot be marked
/// `#[inline(always)]`, and one that stays a call is compiled without the back end's instructions.
pub(super) trait Stop: Copy {
    /// The bytes of `vector` that end the search.
    fn stops<V: Vector>(self, vector: V) -> V::Mask;
}

/// The index of the first byte at or after `at` that `stop` holds for; `bytes.len()` if there is none.
#[inline(always)]
pub(super) fn first<V: Vector>(bytes: &[u8], mut at: usize, stop: impl Stop) -> usize {
    while let Some(vector) = V::load(bytes, at) {
        if let Some(index) = stop.stops(vector).first() {
            return at + index;
        }
        at += V::BYTES;
    }
    if at >= bytes.len() {
        return bytes.len();
    }
    // The padding may end the search or not: either way the answer is the end of the bytes.
    if let Some(tail) = V::load(&padded(bytes, at, 0), 0)
        && let Some(index) = stop.stops(tail).first()
    {
        return at + index;
    }
    bytes.len()
}

/// The bytes from `at` on (fewer than a vector), followed by `filler`. They are copied, so that
/// nothing is read beyond the slice.
///
/// Not inlined: the primitives stand at many places of a parser, and few of their calls come here.
#[cold]
#[inline(never)]
pub(super) fn padded(bytes: &[u8], at: usize, filler: u8) -> [u8; LONGEST] {
    let mut block = [filler; LONGEST];
    for (to, from) in block.iter_mut().zip(bytes.get(at..).unwrap_or_default()) {
        *to = *from;
    }
    block
}
