//! Nodes with whitespace between their tokens, as xprofiler writes them.
//!
//! The texts of a call frame differ with its depth, so it is looked up by its values.

use super::MAX_TOKEN;
use super::cursor::plain_digits;
use super::dictionary::Dictionary;
use super::frame_key::{FrameKey, Values};
use super::state::At;
use super::usual::{Ends, Layout, Node, after, behind, integer};
use crate::scan::{self, Vector};

pub(super) struct Indented;

/// Bytes of a canonical text without its values.
const KEYS_LEN: usize = Values([&[]; 5]).canonical_len();

/// Start and end of each value of a call frame, relative to the node's `{`.
#[derive(Clone, Copy, Default)]
pub(super) struct Places([(u32, u32); 5]);

impl Layout for Indented {
    type Frame = Places;

    #[inline(always)]
    fn node<V: Vector>(bytes: &[u8], pos: usize, dictionary: &Dictionary) -> Option<Node<Places>> {
        let start = after::<V, 12>(bytes, pos + 1, b"\"callFrame\":")?;
        let (places, end) = values::<V>(&bytes[..bytes.len().min(start + MAX_TOKEN)], pos, start)?;
        let hash = dictionary.hash_values(&taken(bytes, pos, places));
        dictionary.prefetch_slot(hash);
        let at = after::<V, 1>(bytes, end, b",")?;
        let at = after::<V, 11>(bytes, at, b"\"selfSize\":")?;
        let (size, at) = integer(bytes, at)?;
        let mut at = after::<V, 1>(bytes, at, b",")?;
        if let Some(id) = after::<V, 5>(bytes, at, b"\"id\":") {
            let (_, end) = integer(bytes, id)?;
            at = after::<V, 1>(bytes, end, b",")?;
        }
        let at = after::<V, 11>(bytes, at, b"\"children\":")?;
        let end = behind(bytes, at, b"[")?;
        Some(Node { hash, frame: places, size, end })
    }

    #[inline(always)]
    fn ends<V: Vector>(bytes: &[u8], pos: usize, most: u32) -> Ends {
        let mut ends = Ends { count: 0, at: At::ElementOrEnd, pos: scan::skip_whitespace::<V>(bytes, pos) };
        while ends.count < most && bytes.get(ends.pos) == Some(&b']') {
            // Behind a child, the place between `]` and `}` is no place to stop at.
            let end = scan::skip_whitespace::<V>(bytes, ends.pos + 1);
            if bytes.get(end) != Some(&b'}') {
                break;
            }
            ends.count += 1;
            let next = scan::skip_whitespace::<V>(bytes, end + 1);
            if bytes.get(next) == Some(&b',') {
                let pos = scan::skip_whitespace::<V>(bytes, next + 1);
                return Ends { at: At::Element, pos, ..ends };
            }
            ends = Ends { at: At::AfterElement, pos: next, ..ends };
        }
        ends
    }

    #[inline(always)]
    fn len(Places([name, script, url, line, column]): Places) -> usize {
        let value = |(start, end): (u32, u32)| (end - start) as usize;
        KEYS_LEN + value(name) + value(script) + value(url) + value(line) + value(column)
    }

    #[inline(always)]
    fn key<V: Vector>(bytes: &[u8], pos: usize, places: Places) -> impl FrameKey {
        taken(bytes, pos, places).compared::<V>()
    }
}

/// The values that stand at `places`.
#[inline(always)]
fn taken(bytes: &[u8], pos: usize, Places([name, script, url, line, column]): Places) -> Values<'_> {
    let node = bytes.get(pos..).unwrap_or_default();
    Values([value(node, name), value(node, script), value(node, url), value(node, line), value(node, column)])
}

#[inline(always)]
fn value(node: &[u8], (start, end): (u32, u32)) -> &[u8] {
    node.get(start as usize..end as usize).unwrap_or_default()
}

/// The places of the values of the call frame that opens at `start`, if its keys stand in the usual order, and its end.
#[inline(always)]
fn values<V: Vector>(bytes: &[u8], node: usize, start: usize) -> Option<(Places, usize)> {
    let at = after::<V, 1>(bytes, start, b"{")?;
    let at = after::<V, 15>(bytes, at, b"\"functionName\":")?;
    let (name, at) = string::<V>(bytes, at)?;
    let at = after::<V, 1>(bytes, at, b",")?;
    let at = after::<V, 11>(bytes, at, b"\"scriptId\":")?;
    let (script, at) = if bytes.get(at) == Some(&b'"') { string::<V>(bytes, at)? } else { number(bytes, at)? };
    let at = after::<V, 1>(bytes, at, b",")?;
    let at = after::<V, 6>(bytes, at, b"\"url\":")?;
    let (url, at) = string::<V>(bytes, at)?;
    let at = after::<V, 1>(bytes, at, b",")?;
    let at = after::<V, 13>(bytes, at, b"\"lineNumber\":")?;
    let (line, at) = number(bytes, at)?;
    let at = after::<V, 1>(bytes, at, b",")?;
    let at = after::<V, 15>(bytes, at, b"\"columnNumber\":")?;
    let (column, at) = number(bytes, at)?;
    let at = scan::skip_whitespace::<V>(bytes, at);
    let end = behind(bytes, at, b"}")?;
    let place = |(start, end): (usize, usize)| ((start - node) as u32, (end - node) as u32);
    Some((Places([place(name), place(script), place(url), place(line), place(column)]), end))
}

/// Start and end of a string without escapes.
#[inline(always)]
fn string<V: Vector>(bytes: &[u8], at: usize) -> Option<((usize, usize), usize)> {
    let start = behind(bytes, at, b"\"")?;
    let end = behind(bytes, scan::string_special::<V>(bytes, start), b"\"")?;
    Some(((at, end), end))
}

/// Start and end of an integer, which may be negative.
#[inline(always)]
fn number(bytes: &[u8], at: usize) -> Option<((usize, usize), usize)> {
    let first = if bytes.get(at) == Some(&b'-') { at + 1 } else { at };
    let (_, end) = scan::digits(bytes, first);
    if plain_digits(bytes, first, end) { Some(((at, end), end)) } else { None }
}
