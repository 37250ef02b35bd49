//! Everything at once: every node is another kind of unusual, and few are usual.

use super::Make;
use super::writer::{Frame, Layout, Member, Value, Writer, fake_nodes, quoted, size, usual};
use crate::rng::Rng;

pub(crate) const KINDS: &[(&str, Make)] = &[
    ("rarely_odd", |bytes| mixed(bytes, 200)),
    ("often_odd", |bytes| mixed(bytes, 12)),
    ("always_odd", |bytes| mixed(bytes, 1)),
];

const LAYOUTS: [Layout; 4] = [Layout::COMPACT, Layout::PRETTY, Layout::TABS, Layout::CRLF];

/// One node in so many is odd.
fn mixed(bytes: usize, one_in: usize) -> Vec<u8> {
    let mut frames = Frame::usual(300);
    for i in 0..60 {
        let lie = quoted(&fake_nodes(40 * (i % 7), i));
        frames.push(Frame::new(format!("{}}}{lie}", "a".repeat(i)), lie, i));
    }
    let mut writer = Writer::after("{\"head\":", Layout::COMPACT);
    writer.tree(bytes, 60, |writer, rng| {
        let frame = if rng.chance(one_in) { rng.below(360) } else { rng.below(300) };
        let mut members = usual(&frames[frame], size(rng), rng.below(1 << 20));
        if rng.chance(one_in) {
            odd(&mut members, writer, rng);
        }
        members
    });
    writer.text("}");
    writer.out
}

fn odd(members: &mut Vec<Member>, writer: &mut Writer, rng: &mut Rng) {
    let at = rng.below(members.len());
    match rng.below(9) {
        0 => rng.shuffle(members),
        1 => members.rotate_right(1),
        2 => writer.layout = LAYOUTS[rng.below(4)],
        3 => members.insert(at, Member::text("nodes", fake_nodes(rng.below(3000), at))),
        4 => members.insert(at, Member::text("text", format!("\"{}\"", quoted(&fake_nodes(rng.below(9000), at))))),
        5 => drop(members.remove(2)),
        6 => members.push(Member::text("locationId", "  \n 7")),
        7 => members.iter_mut().for_each(|Member(key, _)| *key = key.replace('e', r"\u0065")),
        _ => {
            if let Some(Member(_, Value::Object(fields))) = members.first_mut() {
                rng.shuffle(fields);
            }
        }
    }
}
