//! Numbers of every length and spelling, up to the edges of their ranges.

use super::Make;
use super::writer::{Frame, Layout, Member, Writer, of_frames, profile, size, usual};

pub(crate) const KINDS: &[(&str, Make)] = &[
    ("sizes_of_every_length", sizes_of_every_length),
    ("sizes_in_every_spelling", sizes_in_every_spelling),
    ("sizes_at_the_edge", sizes_at_the_edge),
    ("positions_at_the_edge", positions_at_the_edge),
    ("scripts_in_every_spelling", scripts_in_every_spelling),
];

/// Mostly of one or two digits, as large as sixteen, before every byte that may follow.
fn sizes_of_every_length(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(200);
    let mut writer = Writer::after("{\"head\":", Layout::COMPACT);
    writer.tree(bytes, 30, |_, rng| {
        let digits = if rng.chance(2) { 1 + rng.below(2) } else { 1 + rng.below(13) };
        let low = 10usize.pow(digits as u32 - 1);
        let number = [0, low, low + 1, 10 * low - 1, low + rng.below(9 * low)][rng.below(5)];
        let end = ["", "", " ", "\n", "\r", "\t", "                 "][rng.below(7)];
        let mut members = usual(&frames[rng.below(200)], format!("{number}{end}"), 1);
        let limit = 10usize.pow(1 + rng.below(16) as u32);
        members[2] = Member::text("id", format!("{}{end}", rng.below(limit)));
        if rng.chance(4) {
            members.truncate(2); // the number is the last byte of the node
            members.swap(0, 1);
            members.rotate_left(rng.below(2));
        }
        members
    });
    writer.text("}");
    writer.out
}

fn sizes_in_every_spelling(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(200);
    let sizes = [
        "0",
        "-0",
        "0.0",
        "0e0",
        "-0.0E-7",
        "1e3",
        "1E+3",
        "1.5e3",
        "0.5",
        "0.49999",
        "0.4e-300",
        "1048576.0",
        "1.048576e6",
        "-1",
        "-2147483648",
        "-0.6",
        "9007199254740993",
        "123456789012",
        "1e12",
        "8",
        "16.25",
        "0.1e1",
        "99999999",
        "100000000",
        "1234567890123456",
        "12345678.5",
        "1e-400",
    ];
    profile(bytes, |rng| usual(&frames[rng.below(200)], rng.pick(&sizes), 1))
}

/// A total that just fits 64 bits.
fn sizes_at_the_edge(bytes: usize) -> Vec<u8> {
    let frames = Frame::usual(200);
    let mut left = u64::MAX;
    let mut count = 0;
    profile(bytes, |rng| {
        count += 1;
        let size = match count {
            20 => 1 << 63,
            40 => u64::MAX >> 1 & !0xff_ffff_ffff,
            _ => rng.below(9) as u64,
        };
        left -= size;
        usual(&frames[rng.below(200)], size, 1)
    })
}

fn positions_at_the_edge(bytes: usize) -> Vec<u8> {
    let numbers = [
        "-1",
        "0",
        "1",
        "2147483646",
        "2147483647",
        "-2147483648",
        "-2",
        "-0",
        "1e2",
        "1.0",
        "0.5",
        "12345678",
        "123456789",
        "9",
        "10",
        "99",
        "100",
        "-0.4",
        "7.5e1",
        "21474836.47e2",
    ];
    let frame = |i: usize| {
        let number = |i: usize| numbers[i % numbers.len()].to_owned();
        Frame { line: number(i), column: number(i / numbers.len()), ..Frame::new("edge", "/srv/app/edge.js", 3) }
    };
    of_frames(bytes, &(0..400).map(frame).collect::<Vec<_>>())
}

fn scripts_in_every_spelling(bytes: usize) -> Vec<u8> {
    let scripts = [
        "0",
        "\"0\"",
        "\"\"",
        "\"00\"",
        "1",
        "\"1\"",
        "-1",
        "-0",
        "0.0",
        "0e9",
        "1e3",
        "\" 0\"",
        "\"\\u0030\"",
        "17",
        "\"17\"",
        "9223372036854775807",
        "\"}\"",
        "\"a\\\"b\"",
    ];
    let frame = |i: usize| Frame {
        script: scripts[i % scripts.len()].to_owned(),
        ..Frame::new(["", "f"][i % 2], ["", "/srv/app/a.js"][i / 2 % 2], i / 40)
    };
    let frames: Vec<_> = (0..200).map(frame).collect();
    profile(bytes, |rng| usual(&frames[rng.below(200)], size(rng), 1))
}
