//! Unknown keys that hold what looks like the tree itself.

use super::Make;
use super::writer::{Frame, Layout, Member, Writer, fake_nodes, profile, quoted, size, usual};

pub(crate) const KINDS: &[(&str, Make)] = &[
    ("arrays_of_nodes", arrays_of_nodes),
    ("short_arrays_of_nodes", short_arrays_of_nodes),
    ("objects_with_children", objects_with_children),
    ("nodes_in_call_frames", nodes_in_call_frames),
    ("nodes_in_strings", nodes_in_strings),
    ("profiles_around_the_profile", profiles_around_the_profile),
    ("near_keys", near_keys),
];

/// A usual node with an unknown member, before, between or after the others.
fn with(frames: &[Frame], rng: &mut crate::rng::Rng, unknown: Option<Member>) -> Vec<Member> {
    let mut members = usual(&frames[rng.below(frames.len())], size(rng), rng.below(1 << 20));
    if let Some(unknown) = unknown {
        members.insert(rng.below(members.len() + 1), unknown);
    }
    members
}

/// Each array spans several windows, and is the greater part of the text.
fn arrays_of_nodes(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    let len = (bytes / 48).max(2000);
    let mut count = 0;
    profile(bytes, |rng| {
        count += 1;
        let key = ["nodes", "childs", "deopt", "id2"][count % 4];
        let unknown = (count % (len / 250) == 0).then(|| Member::text(key, fake_nodes(len, count)));
        with(&frames, rng, unknown)
    })
}

/// Arrays shorter than a window: most cuts fall into one, and the next window fits again.
fn short_arrays_of_nodes(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    profile(bytes, |rng| {
        let unknown = rng.chance(3).then(|| Member::text("nodes", fake_nodes(900, rng.below(50))));
        with(&frames, rng, unknown)
    })
}

/// Objects that have children of their own, so that even their ends look right.
fn objects_with_children(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    let mut count = 0;
    profile(bytes, |rng| {
        count += 1;
        let object = |rng: &mut crate::rng::Rng| {
            let nodes = fake_nodes(3000 + rng.below(9000), count);
            format!(r#"{{"callFrame":{{"functionName":"no"}},"selfSize":9,"id":2,"children":{nodes}}}"#)
        };
        let unknown = (count % 40 == 0).then(|| Member::text("shadow", object(rng)));
        with(&frames, rng, unknown)
    })
}

fn nodes_in_call_frames(bytes: usize) -> Vec<u8> {
    let mut texts = Vec::new();
    for (i, frame) in Frame::usual(60).into_iter().enumerate() {
        let mut fields = frame.fields();
        let nodes = fake_nodes([0, 300, 5000][i % 3], i);
        fields.insert(i % 6, Member::text("bailoutReason", format!(r#"{{"children":{nodes},"url":"}}"}}"#)));
        let members = fields.into_iter().map(|Member(key, value)| match value {
            super::writer::Value::Text(text) => format!("\"{key}\":{text}"),
            _ => String::new(),
        });
        texts.push(format!("{{{}}}", members.collect::<Vec<_>>().join(",")));
    }
    profile(bytes, |rng| {
        let mut members = usual(&Frame::new("", "", 0), size(rng), 5);
        members[0] = Member::text("callFrame", &texts[rng.below(60)]);
        members
    })
}

/// Strings of unknown keys, each longer than several windows.
fn nodes_in_strings(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    let len = (bytes / 16).max(2000);
    let mut count = 0;
    profile(bytes, |rng| {
        count += 1;
        let string = || format!("\"{}\"", quoted(&fake_nodes(len, count)));
        with(&frames, rng, (count % (len / 150) == 0).then(|| Member::text("text", string())))
    })
}

/// Whole profiles under keys that are no wrappers, before and after the one that counts.
fn profiles_around_the_profile(bytes: usize) -> Vec<u8> {
    let other = |seed| format!(r#"{{"head":{{"children":{}}},"samples":[1,2]}}"#, fake_nodes(bytes / 5, seed));
    let mut writer =
        Writer::after(&format!(r#"{{"other":{},"trees":[{}],"head":"#, other(1), other(2)), Layout::COMPACT);
    let frames = Frame::usual(300);
    writer.tree(bytes * 4 / 5, 40, |_, rng| with(&frames, rng, None));
    writer.text(&format!(r#","profile":{},"payload":[{}]}}"#, other(3), other(4)));
    writer.out
}

/// Keys that are not quite those of a node.
fn near_keys(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    let keys = [
        "callframe",
        "CallFrame",
        "callFrame ",
        r"callFrame\u0000",
        "selfsize",
        "selfSiz",
        "childre",
        "Children",
        "",
        "\\\"",
    ];
    profile(bytes, |rng| {
        let value = ["[]", "{}", "\"\"", r#"[{"selfSize":1,"callFrame":{}}]"#, "-0.5e-3", "null"][rng.below(6)];
        let key = rng.pick(&keys);
        let unknown = rng.chance(2).then(|| Member::text(key, value));
        with(&frames, rng, unknown)
    })
}
