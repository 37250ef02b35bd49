//! Trees of unusual shape: what a window opens, windows far behind it close.

use super::Make;
use super::writer::{Frame, Layout, Member, Value, Writer, profile, size, usual};
use crate::rng::Rng;

pub(crate) const KINDS: &[(&str, Make)] = &[
    ("chain", chain),
    ("indented_chain", indented_chain),
    ("chain_with_long_ends", chain_with_long_ends),
    ("chain_of_late_frames", chain_of_late_frames),
    ("zigzag", zigzag),
    ("fan", fan),
    ("recursion", recursion),
    ("leaves_without_children", leaves_without_children),
];

/// One path: down for so many bytes, and up again.
fn path(down: usize, layout: Layout, mut node: impl FnMut(usize, &mut Rng) -> Vec<Member>) -> Vec<u8> {
    let mut writer = Writer::after("{\"head\":", layout);
    let mut rng = Rng(1);
    writer.root();
    let mut count = 0;
    while writer.out.len() < down {
        count += 1;
        writer.open(node(count, &mut rng));
    }
    writer.close_all();
    writer.text("}");
    writer.out
}

fn chain(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(500);
    path(bytes, Layout::COMPACT, |i, rng| usual(&frames[i % 500], size(rng), i))
}

/// The deeper, the longer the nodes: at the end a node takes several small windows.
fn indented_chain(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(500);
    path(bytes * 5 / 6, Layout::TABS, |i, rng| usual(&frames[i % 500], size(rng), i))
}

/// The way up takes as many windows as the way down: each of them goes below all levels that it began with.
fn chain_with_long_ends(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(500);
    path(bytes * 2 / 3, Layout::COMPACT, |i, rng| {
        let mut members = usual(&frames[i % 500], size(rng), i);
        members.push(Member::text("locationId", i));
        members.push(Member::text(
            "positions",
            format!("[{{\"callFrame\":{i},\"selfSize\":[]}},{{\"id\":{i},\"url\":\"\"}}]"),
        ));
        members
    })
}

/// A window that closes more than it opens, and whose nodes show only there what they are.
fn chain_of_late_frames(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(500);
    path(bytes / 9, Layout::COMPACT, |i, rng| {
        let children = Member("children".to_owned(), Value::Children);
        let late = vec![children, frames[i % 500].member(), Member::text("selfSize", size(rng))];
        if i % 50 == 0 { usual(&frames[i % 500], size(rng), i) } else { late }
    })
}

/// Down and up again by hundreds of levels, so that windows begin at any depth and go far below it.
fn zigzag(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(500);
    let mut writer = Writer::after("{\"head\":", Layout::COMPACT);
    let mut rng = Rng(2);
    writer.root();
    while writer.out.len() < bytes {
        for i in 0..1 + rng.below((bytes / 300).min(600)) {
            writer.open(usual(&frames[rng.below(500)], size(&mut rng), i));
        }
        let depth = writer.depth();
        (0..rng.below(depth)).for_each(|_| writer.close());
    }
    writer.close_all();
    writer.text("}");
    writer.out
}

/// All nodes are children of the root: no window may end what is open where it begins.
fn fan(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(500);
    let mut writer = Writer::after("{\"head\":", Layout::COMPACT);
    let mut rng = Rng(3);
    writer.root();
    while writer.out.len() < bytes {
        writer.open(usual(&frames[rng.below(500)], size(&mut rng), 7));
        writer.close();
    }
    writer.close_all();
    writer.text("}");
    writer.out
}

/// Few functions that call one another: most nodes stand below others of the same frame.
fn recursion(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(4);
    let mut writer = Writer::after("{\"head\":", Layout::COMPACT);
    writer.tree(bytes, 300, |_, rng| usual(&frames[rng.below(4)], size(rng), 3));
    writer.text("}");
    writer.out
}

/// Nodes that end at once stand between others.
fn leaves_without_children(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(500);
    profile(bytes, |rng| {
        let mut members = usual(&frames[rng.below(500)], size(rng), 3);
        if rng.chance(3) {
            members.pop();
        }
        members
    })
}
