//! Whitespace that changes on the way: what held for the first half of a file does not for the second.

use super::Make;
use super::writer::{Frame, Layout, Member, Writer, size, usual};
use crate::rng::Rng;

pub(crate) const KINDS: &[(&str, Make)] = &[
    ("pretty", |bytes| stages(bytes, &[Layout::PRETTY])),
    ("crlf", |bytes| stages(bytes, &[Layout::CRLF])),
    ("changes_four_times", |bytes| {
        stages(bytes, &[Layout::COMPACT, Layout::PRETTY, Layout::TABS, Layout::CRLF, Layout::COMPACT])
    }),
    ("changes_all_the_time", changes_all_the_time),
    ("pretty_with_compact_frames", pretty_with_compact_frames),
    ("spaces_in_odd_places", spaces_in_odd_places),
    ("ever_deeper_indentation", ever_deeper_indentation),
];

const FRAMES: usize = 300;

fn node(rng: &mut Rng, frames: &[Frame]) -> Vec<Member> {
    usual(&frames[rng.below(frames.len())], size(rng), rng.below(1 << 20))
}

/// One layout after the other, each for an equal part of the bytes.
fn stages(bytes: usize, layouts: &[Layout]) -> Vec<u8> {
    let frames = Frame::usual(FRAMES);
    let mut writer = Writer::after("\n{\n  \"head\": ", layouts[0]);
    writer.tree(bytes, 30, |writer, rng| {
        writer.layout = layouts[(writer.out.len() * layouts.len() / bytes).min(layouts.len() - 1)];
        node(rng, &frames)
    });
    writer.text("\n}\n");
    writer.out
}

const LAYOUTS: [Layout; 6] = [
    Layout::COMPACT,
    Layout::PRETTY,
    Layout::TABS,
    Layout::CRLF,
    Layout { line: "", indent: "", space: " " },
    Layout { line: "\r", indent: "", space: "\n" },
];

fn changes_all_the_time(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(FRAMES);
    let mut writer = Writer::after("{\"head\":", Layout::COMPACT);
    writer.tree(bytes, 30, |writer, rng| {
        writer.layout = LAYOUTS[rng.below(LAYOUTS.len())];
        node(rng, &frames)
    });
    writer.text("}");
    writer.out
}

fn compact_text(frame: &Frame) -> String {
    let Frame { function, script, url, line, column } = frame;
    format!(
        r#"{{"functionName":"{function}","scriptId":{script},"url":"{url}","lineNumber":{line},"columnNumber":{column}}}"#
    )
}

fn pretty_with_compact_frames(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(FRAMES);
    let mut writer = Writer::after("{\"head\":", Layout::PRETTY);
    writer.tree(bytes, 30, |_, rng| {
        let mut members = node(rng, &frames);
        if rng.chance(2) {
            members[0] = Member::text("callFrame", compact_text(&frames[rng.below(FRAMES)]));
        }
        members
    });
    writer.text("}");
    writer.out
}

/// Almost compact: a space here and there, so that one frame has many texts.
fn spaces_in_odd_places(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(60);
    let mut writer = Writer::after("{\"head\" : ", Layout::COMPACT);
    writer.tree(bytes, 30, |_, rng| {
        let mut members = node(rng, &frames);
        let text = compact_text(&frames[rng.below(60)]);
        let places: Vec<usize> = text.match_indices(",\"").map(|(at, _)| at + 1).collect();
        let (before, after) = text.split_at(places[rng.below(places.len())]);
        members[0] = Member::text("callFrame", format!("{before}{}{after}", [" ", "\t", "\n\n", ""][rng.below(4)]));
        members[1] = Member::text("selfSize", format!("{}{}", size(rng), [" ", "\r\n", "", ""][rng.below(4)]));
        members
    });
    writer.text("}");
    writer.out
}

/// As if a writer never came back to the left margin.
fn ever_deeper_indentation(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(FRAMES);
    let mut writer = Writer::after("{\"head\":", Layout::PRETTY);
    let mut count = 0;
    writer.tree(bytes, 30, |_, rng| {
        count += 1;
        let mut members = node(rng, &frames);
        members[2] = Member::text("id", format!("\n{}1", " ".repeat(count * 4)));
        members
    });
    writer.text("}");
    writer.out
}
