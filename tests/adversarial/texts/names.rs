//! Strings of call frames: nodes inside them, braces, great length, equal beginnings and ends.

use super::Make;
use super::writer::{Frame, fake_nodes, of_frames, profile, quoted, size, usual};

pub(crate) const KINDS: &[(&str, Make)] = &[
    ("nodes_in_names", nodes_in_names),
    ("braces_in_names", braces_in_names),
    ("quotes_at_every_offset", quotes_at_every_offset),
    ("names_of_every_length", names_of_every_length),
    ("huge_names", huge_names),
    ("equal_ends", equal_ends),
    ("equal_up_to_the_first_brace", equal_up_to_the_first_brace),
    ("every_frame_another", every_frame_another),
    ("unusual_unicode", unusual_unicode),
];

/// What a reader could take for the structure around it, if it forgot that it is in a string.
const LIES: [&str; 12] = [
    r#"callFrame"#,
    r#"{\"callFrame\":{\"functionName\":\"f\",\"scriptId\":\"1\",\"url\":\"\",\"lineNumber\":1,\"columnNumber\":1},\"selfSize\":8,\"id\":1,\"children\":[]}"#,
    r#",{\"callFrame\":{\"functionName\":"#,
    r#"[{\"callFrame\":{\"functionName\":\"x"#,
    r#"\"},\"selfSize\":1"#,
    r#"\"},\"selfSize\":1,\"children\":[]},{\"callFrame\":{\"functionName\":\""#,
    r#"\\"#,
    r#"\\\",{\"callFrame\":{\"url\":\"\\\\"#,
    r#"]}]}]}],\"samples\":["#,
    r#",{\"selfSize\":9,\"callFrame\":{}},{\"id\":1,\"children\":[{"#,
    r#"\u0022},{\u0022callFrame\u0022:{\u0022"#,
    r#"{\"size\":8,\"nodeId\":3,\"ordinal\":1},"#,
];

fn nodes_in_names(bytes: usize) -> Vec<u8> {
    let frame = |i: usize| {
        let text = |i: usize| [LIES[i % 12], LIES[i / 12 % 12], LIES[(i * 7 + 3) % 12]].concat();
        Frame::new(text(i), text(i / 5), i)
    };
    of_frames(bytes, &(0..600).map(frame).collect::<Vec<_>>())
}

/// None of these needs an escape: the text of a frame goes on after many a `}`.
fn braces_in_names(bytes: usize) -> Vec<u8> {
    let names = ["}", "{", "]", "[", "},", "}}", "]}", "{}", "}]},{", ":", ",", "} ,", "},selfSize:1,children:[]"];
    let frame = |i: usize| {
        let name = format!("{}{}", "x".repeat(i % 40), names[i % names.len()]);
        Frame::new(name, names[i / 13 % names.len()].repeat(1 + i % 3), i / 2)
    };
    of_frames(bytes, &(0..700).map(frame).collect::<Vec<_>>())
}

/// Quotes, backslashes and braces on every place of a vector, escaped in every way.
fn quotes_at_every_offset(bytes: usize) -> Vec<u8> {
    let specials = [r#"\""#, r"\\", r#"\\\""#, r"\u0022", r"\/", "}", r#"\\\\\"}"#];
    let frame = |i: usize| {
        let special = specials[i % specials.len()];
        Frame::new(format!("{}{special}{}", "a".repeat(i % 131), "b".repeat(i % 3)), special.repeat(i % 5), i / 100)
    };
    of_frames(bytes, &(0..7 * 131).map(frame).collect::<Vec<_>>())
}

fn names_of_every_length(bytes: usize) -> Vec<u8> {
    let frame = |i: usize| {
        let len = if i < 300 { i } else { i * i / 60 };
        let end = ["", "}", r"\\", r#"\""#][i % 4];
        Frame::new("y".repeat(len) + end, "z".repeat(len * 5 % 211) + end, i % 9)
    };
    of_frames(bytes, &(0..500).map(frame).collect::<Vec<_>>())
}

/// Names that span windows, full of nodes.
fn huge_names(bytes: usize) -> Vec<u8> {
    let len = (bytes / 24).min(1 << 20);
    let mut frames = Frame::usual(200);
    frames.extend((0..8).map(|i| {
        let text = quoted(&fake_nodes(len, i));
        let (function, url) = if i % 2 == 0 { (text, String::new()) } else { ("f".to_owned(), text) };
        Frame::new(function, url, 9)
    }));
    let (usual_ones, huge) = frames.split_at(200);
    let mut since = 0;
    profile(bytes, |rng| {
        since += 1;
        // As many bytes of huge names as of other nodes.
        let frame = if since % (len / 200) == 0 { &huge[rng.below(8)] } else { &usual_ones[rng.below(200)] };
        usual(frame, size(rng), since)
    })
}

/// Frames of one length whose first and last bytes agree; they differ somewhere between.
fn equal_ends(bytes: usize) -> Vec<u8> {
    let frame = |i: usize| {
        let mut name = vec![b'n'; 400];
        name[64 + i % 300] = b'a' + (i / 300 % 20) as u8;
        Frame::new(String::from_utf8_lossy(&name), "/srv/app/node_modules/one/and/the/same/path/of/a/script.js", 5)
    };
    of_frames(bytes, &(0..3000).map(frame).collect::<Vec<_>>())
}

/// What looks like the whole frame, up to its first brace, is the same in all of them.
fn equal_up_to_the_first_brace(bytes: usize) -> Vec<u8> {
    let frame = |i: usize| {
        let end = [r#"\",\"scriptId\":\"1\",\"url\":\"\""#, "},", "}", "}}", "", "}b"][i % 6];
        Frame::new(format!("same}}{end}{}", "}".repeat(i / 6 % 50)), "u".repeat(i / 300), 3)
    };
    of_frames(bytes, &(0..1500).map(frame).collect::<Vec<_>>())
}

/// No text comes twice: whatever is remembered does not help.
fn every_frame_another(bytes: usize) -> Vec<u8> {
    let mut line = 0;
    profile(bytes, |rng| {
        line += 1;
        usual(&Frame::new("f".repeat(line % 7), "/srv/app/main.js", line), size(rng), line)
    })
}

/// What is no UTF-8, halves of pairs, escapes that JSON does not know: one thing in several spellings.
fn unusual_unicode(bytes: usize) -> Vec<u8> {
    let names = [
        "é",
        r"\u00e9",
        r"\u00E9",
        "漢😀",
        r"\ud83d\ude00",
        r"\ud83d",
        r"\ude00x",
        r"\v",
        r"\u000b",
        r"\u0000",
        "\u{7f}",
    ];
    let frame = |i: usize| Frame::new(names[i % 11].repeat(1 + i / 11 % 9), names[i / 3 % 11], i / 99);
    let mut text = of_frames(bytes, &(0..400).map(frame).collect::<Vec<_>>());
    // Half of a character: each `é` of some names loses its second byte.
    let mut met = 0;
    let mut before = 0;
    text.retain(|&byte| {
        met += usize::from(std::mem::replace(&mut before, byte) == 0xc3);
        !(before == 0xa9 && met % 5 == 0)
    });
    text
}
