//! The way of almost every node: keys in the order that writers print, a known call frame, plain numbers.
//!
//! [`Run::usual`] goes on as long as that is what it meets, and leaves everything else, be it odd, wrong or cut off, to
//! [`super::heap_tree`], which can read it all.

use super::cursor::{Cursor, plain_digits};
use super::frame_key::FrameKey;
use super::heap_tree::Run;
use crate::scan::{self, Vector};

impl Run<'_, '_> {
    /// Takes usual nodes, as many as there are in a row.
    #[inline(always)]
    pub(super) fn usual<V: Vector>(&mut self, cursor: &mut Cursor<'_>) {
        // The root's traits are looked at.
        if !self.state.before_element() || self.state.level == 0 {
            return;
        }
        let pos = scan::skip_whitespace::<V>(cursor.bytes, cursor.pos);
        match cursor.bytes.get(pos..pos + 2) {
            Some(b"{\"") => self.one_line::<V>(cursor, pos),
            Some([b'{', _]) => self.indented::<V>(cursor, pos),
            _ => {}
        }
    }

    /// The call frame with this key of `len` bytes, wherever it is known.
    #[inline(always)]
    pub(super) fn search<K: FrameKey>(&self, hash: u64, key: K, len: usize) -> Option<u32> {
        let found = match self.dictionary.find(hash, key) {
            None => self.fresh.find(hash, key),
            found => found,
        };
        match found {
            Some((frame, of_text)) if of_text == len => Some(frame),
            _ => None,
        }
    }
}

/// The place behind `literal`, which is to stand at `at` but for whitespace, and behind the whitespace that follows it.
#[inline(always)]
pub(super) fn after<V: Vector, const N: usize>(bytes: &[u8], at: usize, literal: &[u8; N]) -> Option<usize> {
    let at = scan::skip_whitespace::<V>(bytes, at);
    let at = behind(bytes, at, literal)?;
    Some(scan::skip_whitespace::<V>(bytes, at))
}

/// The place behind `literal`, which is to stand at `at`.
#[inline(always)]
pub(super) fn behind<const N: usize>(bytes: &[u8], at: usize, literal: &[u8; N]) -> Option<usize> {
    let found = scan::block::<N>(bytes, at)?;
    // No closure: it would not be compiled for the back end.
    if found == literal { Some(at + N) } else { None }
}

/// The integer at `at` and its end.
#[inline(always)]
pub(super) fn integer(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let (value, end) = scan::digits(bytes, at);
    // Not `then_some`: see `behind`.
    if plain_digits(bytes, at, end) { Some((value, end)) } else { None }
}
