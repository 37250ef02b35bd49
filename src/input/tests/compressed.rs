//! gzip and zstd: members, frames, and data that is cut at every byte or damaged at every byte.

use std::io::Cursor;

use flate2::{Decompress, FlushDecompress};
use zstd::zstd_safe::{DCtx, InBuffer, OutBuffer};

use super::super::gzip::Gzip;
use super::super::stream::Decode;
use super::super::zstd::Zstd;
use super::super::{End, Input};
use super::{MIB, assert_text, drain, gzip, profile, text, zstd};

fn decode(bytes: &[u8]) -> (Vec<u8>, End) {
    drain(&mut Input::from_reader(Cursor::new(bytes.to_vec())))
}

/// A skippable frame.
fn skippable(content: &[u8]) -> Vec<u8> {
    let len = u32::try_from(content.len()).unwrap().to_le_bytes();
    [&[0x53, 0x2a, 0x4d, 0x18], &len[..], content].concat()
}

#[test]
fn members_and_frames_follow_each_other() {
    let text = profile(3 * MIB);
    let (head, tail) = text.split_at(MIB + 7);
    let nothing = &b""[..];
    let files = [
        [gzip(head), gzip(tail)].concat(),
        [gzip(nothing), gzip(head), gzip(nothing), gzip(tail), gzip(nothing)].concat(),
        [gzip(head), vec![0; 700], gzip(tail), vec![0; MIB]].concat(),
        [zstd(head), zstd(tail)].concat(),
        [zstd(nothing), zstd(head), zstd(nothing), zstd(tail), zstd(nothing)].concat(),
        [skippable(b"index"), zstd(head), skippable(&text[..MIB]), zstd(tail), skippable(nothing)].concat(),
    ];
    for file in files {
        assert_text(&mut Input::from_bytes(file), &text, MIB, 333_333);
    }
    assert_eq!(decode(&gzip(nothing)), (Vec::new(), End::Whole));
    assert_eq!(decode(&zstd(nothing)), (Vec::new(), End::Whole));
    assert_eq!(decode(&skippable(b"only this")), (Vec::new(), End::Whole));
}

#[test]
fn one_layer_is_taken_off() {
    let inner = gzip(b"text");
    assert_eq!(decode(&gzip(&inner)), (inner.clone(), End::Whole));
    assert_eq!(decode(&zstd(&inner)), (inner, End::Whole));
}

/// How much text the first 0, 1, 2, … bytes of a gzip member hold: fed byte by byte, so that nothing can be lost.
fn gzip_text_by_byte(bytes: &[u8], len: usize) -> Vec<usize> {
    let mut inflate = Decompress::new_gzip(15);
    let mut out = vec![0; len + 1];
    let feed = |byte: &u8| {
        let at = inflate.total_out() as usize;
        inflate.decompress(&[*byte], &mut out[at..], FlushDecompress::None).unwrap();
        inflate.total_out() as usize
    };
    std::iter::once(0).chain(bytes.iter().map(feed).collect::<Vec<_>>()).collect()
}

/// The same for a zstd frame.
fn zstd_text_by_byte(bytes: &[u8], len: usize) -> Vec<usize> {
    let mut context = DCtx::create();
    let mut out = vec![0; len + 1];
    let mut at = 0;
    let feed = |byte: &u8| {
        let mut output = OutBuffer::around(&mut out[at..]);
        context.decompress_stream(&mut output, &mut InBuffer::around(&[*byte])).unwrap();
        at += output.pos();
        at
    };
    std::iter::once(0).chain(bytes.iter().map(feed).collect::<Vec<_>>()).collect()
}

/// A small compressed file.
struct Sample {
    name: &'static str,
    bytes: Vec<u8>,
    text: Vec<u8>,
    /// How much text its first 0, 1, 2, … bytes hold.
    by_byte: Vec<usize>,
    /// How many of its bytes follow the text's.
    trailer: usize,
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    // Several blocks; text that hardly shrinks; bytes that do not (stored and raw blocks); one byte repeated.
    for text in [profile(140_000), text(1_000), gzip(&text(500)), vec![b'x'; 300_000], b"{}".to_vec()] {
        let bytes = gzip(&text);
        let by_byte = gzip_text_by_byte(&bytes, text.len());
        samples.push(Sample { name: "gzip", bytes, text: text.clone(), by_byte, trailer: 8 });
        let bytes = zstd(&text);
        let by_byte = zstd_text_by_byte(&bytes, text.len());
        samples.push(Sample { name: "zstd", bytes, text, by_byte, trailer: 4 });
    }
    samples
}

#[test]
fn cut_at_every_byte() {
    for Sample { name, bytes, text, by_byte, trailer } in samples() {
        let magic = if name == "gzip" { 2 } else { 4 };
        assert_eq!(by_byte[bytes.len() - trailer], text.len(), "only the trailer may follow the text");
        for cut in 0..bytes.len() {
            let (delivered, end) = decode(&bytes[..cut]);
            if cut < magic {
                assert_eq!((&delivered[..], end), (&bytes[..cut], End::Whole), "too short to be told from text");
                continue;
            }
            assert!(matches!(end, End::Cut(_)), "{name} cut at {cut}: {end:?}");
            assert_eq!(delivered.len(), by_byte[cut], "{name} cut at {cut} of {}", bytes.len());
            assert!(text.starts_with(&delivered), "{name} cut at {cut}");
        }
        assert_eq!(decode(&bytes), (text, End::Whole));
    }
}

#[test]
fn damaged_at_every_byte() {
    for Sample { name, bytes, text, by_byte, trailer } in samples() {
        for at in 4..bytes.len() {
            let flip = if at % 2 == 0 { 0xff } else { 0x01 };
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            let (delivered, end) = match name {
                "gzip" => decode_into(Gzip::new(&damaged[..]), 100_000),
                _ => decode_into(Zstd::new(&damaged[..]).unwrap(), 100_000),
            };
            let place = format!("{name} of {} bytes, {flip:02x} at {at}: {end:?}", bytes.len());
            assert!(delivered.starts_with(&text[..by_byte[at]]), "text before the damage is missing: {place}");
            // Some bytes of a header mean nothing for the text.
            assert!(end != End::Whole || delivered == text, "{place}");
            if at >= bytes.len() - trailer {
                assert!(delivered == text && matches!(end, End::Damaged(_)), "{place}");
            }
        }
    }
}

/// All text of a decoder that is given `room` bytes at a time.
fn decode_into(mut decoder: impl Decode, room: usize) -> (Vec<u8>, End) {
    let (mut text, mut out) = (Vec::new(), vec![0; room]);
    loop {
        let (filled, end) = decoder.fill(&mut out);
        text.extend_from_slice(&out[..filled]);
        match end {
            Some(end) => return (text, end),
            None => assert_eq!(filled, room),
        }
    }
}

#[test]
fn an_output_that_is_full_within_a_block_loses_nothing() {
    let text = profile(400_000);
    let (gz, zst) = (gzip(&text), zstd(&text));
    let (gz_by_byte, zst_by_byte) = (gzip_text_by_byte(&gz, text.len()), zstd_text_by_byte(&zst, text.len()));
    for room in [1, 999, 131_071, 131_073, 300_000] {
        assert_eq!(decode_into(Gzip::new(&gz[..]), room), (text.clone(), End::Whole));
        assert_eq!(decode_into(Zstd::new(&zst[..]).unwrap(), room), (text.clone(), End::Whole));
        // Also just behind each block, where damage comes while the block's text waits for room.
        let behind_blocks = (1..zst.len()).filter(|at| zst_by_byte[*at] > zst_by_byte[*at - 1]);
        for at in (20..zst.len()).step_by(97).chain(behind_blocks) {
            let mut damaged = zst.clone();
            damaged[at..].fill(0xff);
            let (delivered, _) = decode_into(Zstd::new(&damaged[..]).unwrap(), room);
            assert!(delivered.starts_with(&text[..zst_by_byte[at]]), "zstd, {room} bytes at a time, damage at {at}");
        }
        for at in (20..gz.len()).step_by(97) {
            let mut damaged = gz.clone();
            damaged[at..].fill(0xff);
            let (delivered, _) = decode_into(Gzip::new(&damaged[..]), room);
            assert!(delivered.starts_with(&text[..gz_by_byte[at]]), "gzip, {room} bytes at a time, damage at {at}");
        }
    }
}

#[test]
fn damage_far_into_a_file_loses_no_text_before_it() {
    let text = text(5 * MIB);
    for (name, mut bytes) in [("gzip", gzip(&text)), ("zstd", zstd(&text))] {
        let at = bytes.len() / 2;
        let (before, cut) = decode(&bytes[..at]);
        assert!(matches!(cut, End::Cut(_)) && before.len() > 2 * MIB, "{name}: {} bytes", before.len());
        for byte in &mut bytes[at..at + 300_000] {
            *byte = 0xff;
        }
        let (delivered, end) = decode(&bytes);
        assert!(matches!(end, End::Damaged(_)), "{name}: {end:?}");
        assert!(delivered.starts_with(&before), "{name}: {} of {} bytes", delivered.len(), before.len());
    }
}

#[test]
fn what_follows_the_last_member_must_be_one() {
    let text = profile(10_000);
    for file in [gzip(&text), zstd(&text)] {
        for after in [&b"\n"[..], b"{\"head\"", b"\0\0\0\0\0\0\0\0", b"\x28", b"\x1f"] {
            let (delivered, end) = decode(&[&file, after].concat());
            assert_eq!(delivered, text);
            match (file[0], after[0]) {
                // A proper beginning of another member is one that is cut.
                (first, next) if first == next => assert!(matches!(end, End::Cut(_)), "{end:?}"),
                // What is written in blocks is filled up with zeros.
                (0x1f, 0) => assert_eq!(end, End::Whole),
                _ => assert!(matches!(end, End::Damaged(_)), "{end:?}"),
            }
        }
    }
}

#[test]
fn a_cut_in_a_later_member_keeps_the_earlier_ones() {
    let text = profile(50_000);
    for (file, magic) in [(gzip(&text), 2), (zstd(&text), 4)] {
        for cut in magic..file.len() {
            let (delivered, end) = decode(&[&file, &file[..cut]].concat());
            assert!(delivered.starts_with(&text) && matches!(end, End::Cut(_)), "{end:?}");
        }
    }
}

#[test]
fn windows_beyond_128_mib_are_declined() {
    // Magic number, no flags, the window's exponent, then one raw block of two bytes, the last.
    let frame = |log: u8| [&[0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3][..], &[0x11, 0, 0], b"{}"].concat();
    assert_eq!(decode(&frame(27)), (b"{}".to_vec(), End::Whole));
    for log in [28, 31, 41] {
        let (text, end) = decode(&frame(log));
        assert_eq!(text, b"");
        let End::Damaged(message) = end else { panic!("{end:?}") };
        assert!(message.contains("--long=31"), "{message}");
    }
}
