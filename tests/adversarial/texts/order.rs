//! Keys in every order and spelling: what a node is shows late, and its opening does not look like one.

use super::Make;
use super::writer::{Frame, Member, Value, profile, size, usual};
use crate::rng::Rng;

pub(crate) const KINDS: &[(&str, Make)] = &[
    ("shuffled", shuffled),
    ("children_first", children_first),
    ("some_children_first", some_children_first),
    ("sizes_last", sizes_last),
    ("unknown_first", unknown_first),
    ("sometimes_an_id", sometimes_an_id),
    ("locations_after_children", locations_after_children),
    ("fields_shuffled", fields_shuffled),
    ("escaped_keys", escaped_keys),
    ("flat", flat),
];

fn node(rng: &mut Rng, frames: &[Frame]) -> Vec<Member> {
    usual(&frames[rng.below(frames.len())], size(rng), rng.below(1 << 20))
}

fn shuffled(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    profile(bytes, |rng| {
        let mut members = node(rng, &frames);
        rng.shuffle(&mut members);
        members
    })
}

fn children_first(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    profile(bytes, |rng| {
        let mut members = node(rng, &frames);
        members.rotate_right(1);
        members
    })
}

/// Rare enough that most windows fit, though they begin below nodes that lack something.
fn some_children_first(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    profile(bytes, |rng| {
        let mut members = node(rng, &frames);
        if rng.chance(60) {
            members.rotate_right(1);
        }
        members
    })
}

fn sizes_last(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    profile(bytes, |rng| {
        let mut members = node(rng, &frames);
        if rng.chance(2) {
            members.swap(1, 3);
        }
        members
    })
}

/// No node begins with a key that tells it.
fn unknown_first(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    profile(bytes, |rng| {
        let mut members = node(rng, &frames);
        members.insert(0, Member::text("v8", "{\"callFrame\":[]}"));
        members
    })
}

fn sometimes_an_id(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    profile(bytes, |rng| {
        let mut members = node(rng, &frames);
        match rng.below(3) {
            0 => drop(members.remove(2)),
            1 => members.swap(0, 2),
            _ => {}
        }
        members
    })
}

/// As VS Code writes them, here and there with all that it could add.
fn locations_after_children(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    profile(bytes, |rng| {
        let mut members = node(rng, &frames);
        members.push(Member::text("locationId", rng.below(5000)));
        if rng.chance(4) {
            members.push(Member::text("src", r#"{"lineNumber":3,"source":{"name":"}]}"}}"#));
        }
        members
    })
}

/// Call frames whose fields stand in any order: equal ones have many texts.
fn fields_shuffled(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(40);
    profile(bytes, |rng| {
        let mut members = node(rng, &frames);
        let mut fields = frames[rng.below(40)].fields();
        rng.shuffle(&mut fields);
        if rng.chance(8) {
            fields.pop();
        }
        members[0] = Member("callFrame".to_owned(), Value::Object(fields));
        members
    })
}

/// The key with one of its characters escaped.
fn escaped(key: &str, rng: &mut Rng) -> String {
    let at = rng.below(key.len());
    let code = u32::from(key.as_bytes()[at]);
    let code = if rng.chance(2) { format!("\\u{code:04x}") } else { format!("\\u{code:04X}") };
    format!("{}{code}{}", &key[..at], &key[at + 1..])
}

fn escaped_keys(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(100);
    profile(bytes, |rng| {
        let mut members = node(rng, &frames);
        for Member(key, value) in &mut members {
            if rng.chance(6) {
                *key = escaped(key, rng);
            }
            if let Value::Object(fields) = value {
                let at = rng.below(fields.len());
                if rng.chance(4) {
                    fields[at].0 = escaped(&fields[at].0, rng);
                }
            }
        }
        members
    })
}

/// The fields of the call frame in the node itself, around its children.
fn flat(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    let mut text = profile(bytes, |rng| {
        let mut members = frames[rng.below(300)].fields();
        members.push(Member::text("selfSize", size(rng)));
        members.push(Member("children".to_owned(), Value::Children));
        if rng.chance(2) {
            rng.shuffle(&mut members);
        }
        members
    });
    // Flat nodes have a flat root.
    let root: &[u8] =
        br#"{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"#;
    assert!(text.starts_with(root));
    text.splice(
        ..root.len(),
        *br#"{"head":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1,"#,
    );
    text
}
