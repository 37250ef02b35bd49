//! What stands around the tree: samples before it and after it, with nodes and samples inside them, wrappers, marks.

use super::Make;
use super::writer::{Frame, Layout, Member, Writer, fake_nodes, quoted, size, usual};
use crate::rng::Rng;

pub(crate) const KINDS: &[(&str, Make)] = &[
    ("samples_before_head", |bytes| around(bytes, &format!("\"samples\":{},", samples(bytes / 2, 1)), "")),
    ("samples_after_head", |bytes| around(bytes, "", &format!(",\"samples\":{}", samples(bytes / 2, 2)))),
    ("plain_samples", |bytes| around(bytes, "", &format!(",\"samples\":{}", plain_samples(bytes * 3 / 4, "")))),
    ("indented_samples", |bytes| {
        around(bytes, &format!("\"samples\": {},\n", plain_samples(bytes * 3 / 4, "\n      ")), "")
    }),
    ("samples_that_are_nodes", |bytes| {
        around(
            bytes,
            &format!("\"samples\":{},", fake_nodes(bytes / 3, 3)),
            &format!(",\"sample\":{}", samples(bytes / 3, 4)),
        )
    }),
    ("samples_of_any_kind", samples_of_any_kind),
    ("samples_in_the_tree", samples_in_the_tree),
    ("one_sample", |bytes| {
        around(bytes, "", &format!(",\"samples\":[{{\"size\":8,\"text\":{}}}]", samples(bytes / 2, 5)))
    }),
    ("wrapped", |bytes| {
        let mut text = around(bytes, "", &format!(",\"samples\":{}", samples(bytes / 4, 6)));
        text.splice(..0, *br#"{"id":1,"samples2":[{"size":1}],"result":{"other":{"profile":7},"profile":"#);
        text.extend_from_slice(format!("}},\"head2\":{}}}\n", fake_nodes(bytes / 8, 7)).as_bytes());
        text
    }),
    ("byte_order_mark", |bytes| [b"\xef\xbb\xbf \r\n", around(bytes, "", "").as_slice()].concat()),
];

/// Usual samples, with `line` before each.
fn plain_samples(bytes: usize, line: &str) -> String {
    let mut rng = Rng(9);
    let mut out = "[".to_owned();
    while out.len() < bytes {
        let comma = if out.len() > 1 { "," } else { "" };
        let (size, id, ordinal) = (8 * rng.below(100_000), rng.below(10_000), rng.below(1 << 22));
        out.push_str(&format!("{comma}{line}{{{line}\"size\":{size},\"nodeId\":{id},\"ordinal\":{ordinal}}}"));
    }
    out + "]"
}

/// Samples with more inside them: samples, nodes, and texts of both.
fn samples(bytes: usize, seed: u64) -> String {
    let mut rng = Rng(seed);
    let mut out = "[".to_owned();
    while out.len() < bytes {
        let comma = if out.len() > 1 { "," } else { "" };
        let more = match rng.below(60) {
            0 => format!(",\"more\":{}", plain_samples(200 + bytes / 40, "")),
            1 => format!(",\"more\":{}", fake_nodes(200 + bytes / 60, 8)),
            2 => format!(",\"text\":\"{}\"", quoted(&plain_samples(bytes / 50, ""))),
            3..9 => r#","text":"}],\"head\":{\"callFrame\":{},{\"size\":8,\"nodeId\":1,\"ordinal\":2}]}""#.to_owned(),
            9..12 => r#","more":[{"size":1},{"nodeId":2}],"\u0073ize":{"a":[]}"#.to_owned(),
            12 => " ".repeat(bytes / 60),
            _ => String::new(),
        };
        let key = ["size", "nodeId", "ordinal"][rng.below(3)];
        out.push_str(&format!("{comma}{{\"{key}\":{},\"nodeId\":{}{more}}}", rng.below(1 << 20), rng.below(999)));
    }
    out + "]"
}

fn node(rng: &mut Rng, frames: &[Frame]) -> Vec<Member> {
    usual(&frames[rng.below(frames.len())], size(rng), rng.below(1 << 20))
}

/// A profile with members before and after its tree, which takes the rest of the bytes.
fn around(bytes: usize, before: &str, after: &str) -> Vec<u8> {
    let frames = Frame::usual(300);
    let mut writer = Writer::after(&format!("{{{before}\"head\":"), Layout::COMPACT);
    let end = bytes.saturating_sub(after.len());
    writer.tree(end, 40, |_, rng| node(rng, &frames));
    writer.text(&format!("{after}}}"));
    writer.out
}

/// Elements are counted, whatever they are.
fn samples_of_any_kind(bytes: usize) -> Vec<u8> {
    let mut rng = Rng(4);
    let mut out = "[".to_owned();
    while out.len() < bytes / 2 {
        let comma = if out.len() > 1 { "," } else { "" };
        let element =
            ["1", "null", "\"{\\\"size\\\":1},\"", "[]", "[{\"size\":1},{}]", "{}", "-1e5", "{\"a\":{\"size\":2}}"];
        out.push_str(&format!("{comma}{}{}", ["", " ", "\n"][rng.below(3)], element[rng.below(8)]));
    }
    around(bytes, &format!("\"samples\":{out}],"), "")
}

/// `samples` and `head` as unknown keys of nodes.
fn samples_in_the_tree(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(300);
    let mut writer = Writer::after("{\"head\":", Layout::COMPACT);
    let mut count = 0;
    writer.tree(bytes * 4 / 5, 40, |_, rng| {
        count += 1;
        let mut members = node(rng, &frames);
        if count % 100 == 0 {
            members.insert(rng.below(5), Member::text("samples", plain_samples(bytes / 60, "")));
        } else if count % 7 == 0 {
            members.insert(rng.below(5), Member::text("head", r#"{"callFrame":{},"children":[{"id":1}]}"#));
        }
        members
    });
    writer.text(&format!(",\"samples\":{}}}", plain_samples(bytes / 6, "")));
    writer.out
}
