//! Objects and values of JSON, appended to a buffer of bytes. A report may hold hundreds of thousands of rows, so nothing is allocated for a
//! row and no byte of a text is looked at by itself.

use crate::analysis::model::Share;
use crate::report::escape;

/// Appends members of an object to a buffer: `members!(out, "{", "name": name, "bytes": bytes)`. The first follows a `{` or a `,`,
/// the others a comma.
macro_rules! members {
    ($out:expr, $before:literal, $first:literal: $value:expr $(, $key:literal: $other:expr)* $(,)?) => {{
        let out: &mut Vec<u8> = $out;
        out.extend_from_slice(concat!($before, "\"", $first, "\":").as_bytes());
        Value::append($value, out);
        $(
            out.extend_from_slice(concat!(",\"", $key, "\":").as_bytes());
            Value::append($other, out);
        )*
    }};
}

/// Appends an object to a buffer: `object!(out, "name": name, "bytes": bytes)`.
macro_rules! object {
    ($out:expr, $($members:tt)+) => {{
        let out: &mut Vec<u8> = $out;
        members!(out, "{", $($members)+);
        out.push(b'}');
    }};
}

pub(super) use {members, object};

/// What can be appended to JSON as a value.
pub(super) trait Value {
    fn append(self, out: &mut Vec<u8>);
}

/// A value that is appended next by someone else.
pub(super) struct Next;

impl Value for Next {
    #[inline(always)]
    fn append(self, _: &mut Vec<u8>) {}
}

/// Null.
impl Value for () {
    #[inline(always)]
    fn append(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"null");
    }
}

/// An empty list.
impl Value for [(); 0] {
    fn append(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"[]");
    }
}

impl Value for bool {
    fn append(self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self { b"true" } else { b"false" });
    }
}

impl Value for u64 {
    #[inline]
    fn append(self, out: &mut Vec<u8>) {
        out.extend_from_slice(itoa::Buffer::new().format(self).as_bytes());
    }
}

impl Value for u32 {
    #[inline]
    fn append(self, out: &mut Vec<u8>) {
        out.extend_from_slice(itoa::Buffer::new().format(self).as_bytes());
    }
}

impl<T: Value> Value for Option<T> {
    #[inline(always)]
    fn append(self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.append(out),
            None => ().append(out),
        }
    }
}

impl Value for &str {
    #[inline]
    fn append(self, out: &mut Vec<u8>) {
        if !is_plain(self.as_bytes()) {
            return append_escaped(self, out);
        }
        out.reserve(self.len() + 2);
        out.push(b'"');
        out.extend_from_slice(self.as_bytes());
        out.push(b'"');
    }
}

/// The fraction of 1, rounded to 6 places, in the shortest form: `0.0`, `3e-6`, `0.25`, `1.0`.
impl Value for Share {
    #[inline]
    fn append(self, out: &mut Vec<u8>) {
        const WHOLE: u64 = 1_000_000;
        match self.in_units_of(WHOLE as u32) {
            0 => out.extend_from_slice(b"0.0"),
            digit @ 1..10 => out.extend_from_slice(&[b'0' + digit as u8, b'e', b'-', b'6']),
            mut millionths @ 10..WHOLE => {
                let mut text = *b"0.000000";
                for place in text[2..].iter_mut().rev() {
                    *place += (millionths % 10) as u8;
                    millionths /= 10;
                }
                let zeros = text.iter().rev().take_while(|&&digit| digit == b'0').count();
                out.extend_from_slice(&text[..text.len() - zeros]);
            }
            _ => append_with_serde(&self.fraction(), out),
        }
    }
}

#[cold]
fn append_escaped(text: &str, out: &mut Vec<u8>) {
    if !text.chars().any(escape::is_hidden) {
        return append_with_serde(text, out);
    }
    escape::in_json(&serde_json::to_string(text).unwrap_or_default(), out);
}

fn append_with_serde(value: &(impl serde::Serialize + ?Sized), out: &mut Vec<u8>) {
    // A text or a number, into memory: neither can fail.
    let _ = serde_json::to_writer(out, value);
}

/// Whether a text stands in JSON as it is: ASCII without quotes, backslashes and control characters. Looks at eight bytes at a time.
#[inline]
fn is_plain(text: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let special = |bytes: [u8; 8]| {
        let word = u64::from_ne_bytes(bytes);
        let [quote, backslash, delete] = [b'"', b'\\', 0x7f].map(|byte| word ^ (ONES * u64::from(byte)));
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let control = word.wrapping_sub(ONES * u64::from(b' ')) & !word;
        (zero(quote) | zero(backslash) | zero(delete) | control | word) & (ONES << 7)
    };
    let (words, rest) = text.as_chunks::<8>();
    let mut last = [b' '; 8];
    match text.last_chunk::<8>() {
        // Bytes that were looked at already do no harm.
        Some(chunk) => last = *chunk,
        None => last[..rest.len()].copy_from_slice(rest),
    }
    words.iter().fold(special(last), |found, &word| found | special(word)) == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn appended(value: impl Value) -> String {
        let mut out = Vec::new();
        value.append(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_share_is_printed_as_serde_prints_its_fraction() {
        for part in 0..=1_000_000 {
            let share = Share::of(part, 1_000_000);
            assert_eq!(appended(share), serde_json::to_string(&share.fraction()).unwrap());
        }
        for (part, whole) in [(5, 3), (u64::MAX, 1), (1, 0)] {
            let share = Share::of(part, whole);
            assert_eq!(appended(share), serde_json::to_string(&share.fraction()).unwrap());
        }
    }

    /// What serde prints, with all that is not drawn or no character escaped: found by what Unicode calls it, not by the table of `escape`.
    fn expected(text: &str) -> String {
        let hidden =
            |c: char| c == '\u{7f}' || "\u{9b}\u{ad}\u{2028}\u{202e}\u{200b}\u{feff}\u{ffff}\u{e0041}".contains(c);
        let json = serde_json::to_string(text).unwrap();
        let units = |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
        json.chars().map(|c| if hidden(c) { units(c) } else { c.to_string() }).collect()
    }

    #[test]
    fn every_character_is_escaped_wherever_it_stands() {
        let others = [
            'é',
            'ÿ',
            '語',
            '\u{ffff}',
            '🔴',
            '\u{9b}',
            '\u{ad}',
            '\u{2028}',
            '\u{202e}',
            '\u{200b}',
            '\u{feff}',
            '\u{e0041}',
        ];
        for special in (0..0x80).filter_map(char::from_u32).chain(others) {
            for len in 0..20 {
                for place in 0..=len {
                    let text = "x".repeat(place) + &special.to_string() + &"y".repeat(len - place);
                    assert_eq!(appended(&*text), expected(&text));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn texts_are_whole_and_visible_and_numbers_as_serde_prints_them(text in any::<String>(), a: u64, b: Option<u32>, c: bool) {
            let json = appended(&*text);
            prop_assert_eq!(&serde_json::from_str::<String>(&json).unwrap(), &text, "a reader gets it whole");
            prop_assert!(!json.chars().any(escape::is_hidden), "{}", json);
            let mut out = Vec::new();
            object!(&mut out, "a": a, "b": b, "c": c, "d": (), "e": []);
            let expected = serde_json::json!({"a": a, "b": b, "c": c, "d": null, "e": []});
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected.to_string());
        }
    }
}
