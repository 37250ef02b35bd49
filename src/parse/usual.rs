//! The way of almost every node: keys in the order that writers print, a known call frame, plain numbers.
//!
//! [`Run::usual`] goes on as long as that is what it meets, and leaves everything else, be it odd, wrong or cut off, to
//! [`super::heap_tree`], which can read it all. It changes nothing before it has seen a node up to the `[` of its children.

use super::MAX_DEPTH;
use super::call_frame::{known, known_spaced};
use super::cursor::{Cursor, plain_digits};
use super::heap_tree::Run;
use super::rows::Row;
use super::state::{At, GUESSED_LEVEL};
use crate::scan::{self, Vector};

impl Run<'_, '_> {
    /// Takes usual nodes, as many as there are in a row.
    #[inline(always)]
    pub(super) fn usual<V: Vector>(&mut self, cursor: &mut Cursor<'_>) {
        // The root's traits are looked at; and the levels of a guess cannot be checked here, but few are near the limit.
        let usual_level = |level: u32| (1..MAX_DEPTH).contains(&level) || level >= GUESSED_LEVEL / 2;
        let mut at = match self.state.at {
            At::Element | At::ElementOrEnd if usual_level(self.state.level) => self.state.at,
            _ => return,
        };
        let bytes = cursor.bytes;
        let incomplete = self.state.incomplete.last().map_or(0, |node| node.level);
        let mut level = self.state.level;
        let mut pos = cursor.pos;
        'nodes: loop {
            pos = scan::skip_whitespace::<V>(bytes, pos);
            match bytes.get(pos) {
                Some(b'{') if pos < self.stop && usual_level(level) => {
                    let Some((row, end)) = self.usual_node::<V>(bytes, pos, level + 1) else { break };
                    self.rows.push(row);
                    level += 1;
                    self.highest = self.highest.max(level);
                    at = At::ElementOrEnd;
                    pos = end;
                }
                Some(b']') if at == At::ElementOrEnd => loop {
                    // At the `]` of the children of the node at `level`.
                    let end = scan::skip_whitespace::<V>(bytes, pos + 1);
                    if level == incomplete || level == 1 || bytes.get(end) != Some(&b'}') {
                        break 'nodes;
                    }
                    level -= 1;
                    self.lowest = self.lowest.min(level);
                    let next = scan::skip_whitespace::<V>(bytes, end + 1);
                    match bytes.get(next) {
                        Some(b',') => {
                            at = At::Element;
                            pos = next + 1;
                            break;
                        }
                        Some(b']') => {
                            at = At::ElementOrEnd;
                            pos = next;
                        }
                        _ => {
                            at = At::AfterElement;
                            pos = end + 1;
                            break 'nodes;
                        }
                    }
                },
                _ => break,
            }
        }
        self.state.at = at;
        self.state.level = level;
        cursor.pos = pos;
    }

    /// The row of the node that opens at `start`, and the place behind the `[` of its children.
    #[inline(always)]
    fn usual_node<V: Vector>(&mut self, bytes: &[u8], start: usize, level: u32) -> Option<(Row, usize)> {
        let at = after::<V, 12>(bytes, start + 1, b"\"callFrame\":")?;
        let (frame, at) = match bytes.get(at..at + 2)? {
            b"{\"" => {
                let (frame, len) = known::<V>(bytes, at, self.dictionary, &self.fresh)?;
                (frame, at + len)
            }
            [b'{', _] => known_spaced::<V>(bytes, at, self.dictionary, &mut self.fresh)?,
            _ => return None,
        };
        let at = after::<V, 1>(bytes, at, b",")?;
        let at = after::<V, 11>(bytes, at, b"\"selfSize\":")?;
        let (size, at) = integer(bytes, at)?;
        let mut at = after::<V, 1>(bytes, at, b",")?;
        if let Some(id) = after::<V, 5>(bytes, at, b"\"id\":") {
            let (_, end) = integer(bytes, id)?;
            at = after::<V, 1>(bytes, end, b",")?;
        }
        let at = after::<V, 11>(bytes, at, b"\"children\":")?;
        if *bytes.get(at)? == b'[' { Some((Row::new(frame, level, Some(size)), at + 1)) } else { None }
    }
}

/// The place behind `literal`, which is to stand at `at` but for whitespace, and behind the whitespace that follows it.
#[inline(always)]
fn after<V: Vector, const N: usize>(bytes: &[u8], at: usize, literal: &[u8; N]) -> Option<usize> {
    let at = scan::skip_whitespace::<V>(bytes, at);
    let found = bytes.get(at..at + N)?.first_chunk::<N>()?;
    // No closure: it would not be compiled for the back end.
    if found == literal { Some(scan::skip_whitespace::<V>(bytes, at + N)) } else { None }
}

/// The integer at `at` and its end.
#[inline(always)]
fn integer(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let (value, end) = scan::digits(bytes, at);
    plain_digits(bytes, at, end).then_some((value, end))
}
