//! Comparing whole texts.

use super::vector::Vector;

/// Whether two texts are equal.
#[inline(always)]
pub fn same<V: Vector>(a: &[u8], b: &[u8]) -> bool {
    let len = a.len();
    if len != b.len() {
        return false;
    }
    // The last vector may overlap the one before it.
    let (Some(last_a), Some(last_b)) = (V::load_last(a), V::load_last(b)) else { return a == b };
    if !last_a.same(last_b) {
        return false;
    }
    let mut at = 0;
    while at + V::BYTES < len {
        let (Some(next_a), Some(next_b)) = (V::load(a, at), V::load(b, at)) else { return false };
        if !next_a.same(next_b) {
            return false;
        }
        at += V::BYTES;
    }
    true
}
