//! Long stretches in which no node opens: windows have nothing to be cut at.

use super::Make;
use super::writer::{Frame, Layout, Member, Value, Writer, profile, size, usual};

pub(crate) const KINDS: &[(&str, Make)] = &[
    ("whitespace_between_tokens", whitespace_between_tokens),
    ("whitespace_around_the_document", whitespace_around_the_document),
    ("unknown_keys_without_end", unknown_keys_without_end),
    ("one_string", one_string),
    ("nested_arrays", nested_arrays),
    ("long_tokens", long_tokens),
    ("children_then_much", children_then_much),
];

fn frame(rng: &mut crate::rng::Rng, frames: &[Frame]) -> Vec<Member> {
    usual(&frames[rng.below(frames.len())], size(rng), rng.below(1 << 20))
}

/// Whitespace in all the places where it may stand, here and there of many windows.
fn whitespace_between_tokens(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(100);
    let text = profile(bytes * 5 / 8, |rng| frame(rng, &frames));
    let mut out = Vec::with_capacity(bytes);
    let (mut in_string, mut tokens) = (false, 0);
    for byte in text {
        out.push(byte);
        in_string ^= byte == b'"';
        if !in_string && b"{}[]:,".contains(&byte) {
            tokens += 1;
            let step = bytes / 300;
            let (kind, len) = if tokens % step == 7 { (tokens / step, bytes / 60) } else { (tokens, tokens % 2) };
            out.resize(out.len() + len, b" \n\t\r"[kind % 4]);
        }
    }
    out
}

fn whitespace_around_the_document(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(100);
    let space = " \r\n\t".repeat(bytes / 16);
    let mut writer = Writer::after(&format!("{space}{{{space}\"head\":"), Layout::COMPACT);
    writer.tree(bytes * 3 / 4, 40, |_, rng| frame(rng, &frames));
    writer.text(&format!("{space}}}{space}"));
    writer.out
}

/// One node with most of the text as unknown members.
fn unknown_keys_without_end(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(100);
    let values = ["1", "null", "\"\"", "[]", "{\"a\":[{}]}", "true", "-1.5E+7", "\"\\\\\"", "[1,[2,{\"b\":\"}\"}]]"];
    let one_at = bytes / 900;
    let mut count = 0;
    profile(bytes / 4, |rng| {
        count += 1;
        let mut members = frame(rng, &frames);
        if count == one_at {
            let more = (0..bytes / 16).map(|i| Member::text(&format!("k{}", i % 300), values[i % 9]));
            members.splice(2..2, more);
        }
        members
    })
}

/// Most of the text is one string of an unknown key.
fn one_string(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(100);
    let mut count = 0;
    profile(bytes, |rng| {
        count += 1;
        let mut members = frame(rng, &frames);
        if count == bytes / 900 {
            members.insert(1, Member::text("text", format!("\"{}\"", r#"x{[,\"\\}]é"#.repeat(bytes * 3 / 4 / 13))));
        }
        members
    })
}

/// Values that are nested more deeply than the tree.
fn nested_arrays(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(100);
    let depth = (bytes / 16).min(200_000);
    let mut count = 0;
    profile(bytes, |rng| {
        count += 1;
        let mut members = frame(rng, &frames);
        if count % (depth / 40) == 0 {
            let nested = format!("{}0{}", "[{\"a\":".repeat(depth / 4), "}]".repeat(depth / 4));
            members.insert(count % 5, Member::text("deep", nested));
        }
        members
    })
}

/// Keys and numbers that are longer than windows.
fn long_tokens(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(100);
    let len = (bytes / 24).min(4 << 20);
    let mut count = 0;
    profile(bytes, |rng| {
        count += 1;
        let mut members = frame(rng, &frames);
        if count % (len / 150) == 0 {
            let (key, value) = match count % 3 {
                0 => ("k".repeat(len), "7".to_owned()),
                1 => ("n".to_owned(), format!("0.{}", "3".repeat(len))),
                _ => (r"\\\u0022".repeat(len / 8), format!("-1{}e-{len}", "0".repeat(len))),
            };
            members.insert(count % 5, Member::text(&key, value));
        }
        members
    })
}

/// A great value follows the children of many open nodes: where it ends, only a window far before knows.
fn children_then_much(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(100);
    let mut count = 0;
    profile(bytes, |rng| {
        count += 1;
        let mut members = frame(rng, &frames);
        if count % 500 == 0 {
            let value = format!("[{}0]", "{\"url\":\"}\"},".repeat(bytes / 600));
            members.push(Member("more".to_owned(), Value::Text(value)));
        }
        members
    })
}
