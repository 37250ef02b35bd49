//! Where the values of a call frame stand in a text that has whitespace around them.

use super::frame_key::{Ends, TEXTS, Values};
use crate::scan::{self, Vector};

/// Bytes of a canonical text without its values.
const KEYS_LEN: usize = Values([&[]; 5]).canonical_len();

/// Start and length of each value, in the order of [`KEYS`](super::frame_key::KEYS). A comma follows each but the last one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places(pub(super) [(usize, usize); 5]);

impl Places {
    /// Bytes of the canonical text.
    #[inline(always)]
    pub(super) fn canonical_len(&self) -> usize {
        let [name, script, url, line, column] = self.0;
        KEYS_LEN + name.1 + script.1 + url.1 + line.1 + column.1
    }

    /// The values themselves.
    #[inline(always)]
    pub(super) fn values<'b>(&self, bytes: &'b [u8]) -> Option<Values<'b>> {
        let mut values: [&[u8]; 5] = [&[]; 5];
        for (value, (start, len)) in values.iter_mut().zip(self.0) {
            *value = bytes.get(start..start + len)?;
        }
        Some(Values(values))
    }

    /// The hash of the values.
    #[inline(always)]
    pub(super) fn hash(&self, bytes: &[u8]) -> Option<u64> {
        let [name, script, url, line, column] = self.0;
        let ends = Ends {
            name: word(bytes, name.0)? & u64::MAX >> unused(name.1),
            script: last(bytes, script)?,
            url: last(bytes, url)?,
            line: last(bytes, line)?,
            column: last(bytes, column)?,
        };
        Some(ends.hash(name.1, url.1))
    }

    /// Whether the values are those of a canonical text of the [same length](Self::canonical_len) that stands at `known` in `text`.
    #[inline(always)]
    pub(super) fn are<V: Vector>(&self, bytes: &[u8], text: &[u8], mut known: usize) -> bool {
        let mut same = true;
        for (i, (key, (start, len))) in TEXTS.iter().zip(self.0).enumerate() {
            known += key.len();
            // With the comma.
            let compared = len + usize::from(i < 4);
            same &= scan::same_part::<V>(bytes, start, text, known, compared);
            known += len;
        }
        same
    }
}

/// The last bytes of a value, eight at most.
#[inline(always)]
fn last(bytes: &[u8], (start, len): (usize, usize)) -> Option<u64> {
    Some(word(bytes, (start + len).wrapping_sub(8))? >> unused(len))
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*scan::block(bytes, at)?))
}

/// Bits of a word that a value of `len` bytes, one or more, does not take.
#[inline(always)]
fn unused(len: usize) -> usize {
    (64 - 8 * len.min(8)) & 63
}
