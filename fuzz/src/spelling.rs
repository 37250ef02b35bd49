//! The many ways to write one value as JSON.

/// Choices that are taken from the input one by one; 0 when they are used up.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    /// One of `n`.
    pub fn of(&mut self, n: u8) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first % n
    }

    /// Whitespace, mostly none.
    pub fn space(&mut self, out: &mut Vec<u8>) {
        let spaces: [&[u8]; 8] = [b"", b"", b"", b"", b" ", b"\n  ", b"\t\r\n", &[b' '; 70]];
        out.extend_from_slice(spaces[usize::from(self.of(8))]);
    }

    /// A string of UTF-16 code units. One that is half of a pair is escaped: there is no other way to write it.
    pub fn string(&mut self, units: &[u16], out: &mut Vec<u8>) {
        out.push(b'"');
        for c in char::decode_utf16(units.iter().copied()) {
            let mut pair = [0; 2];
            let (c, units) = match c {
                Ok(c) => (Some(c), &*c.encode_utf16(&mut pair)),
                Err(half) => (None, &[half.unpaired_surrogate()][..]),
            };
            let short = c.and_then(short_escape);
            let may_be_raw = c.is_some_and(|c| c >= ' ' && c != '"' && c != '\\');
            match (self.of(4), short, c) {
                (0 | 1, _, Some(c)) if may_be_raw => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                (2, ..) => units.iter().for_each(|unit| out.extend_from_slice(format!("\\u{unit:04X}").as_bytes())),
                (0 | 3, Some(short), _) => out.extend_from_slice(&[b'\\', short]),
                _ => units.iter().for_each(|unit| out.extend_from_slice(format!("\\u{unit:04x}").as_bytes())),
            }
        }
        out.push(b'"');
    }

    /// An integer.
    pub fn integer(&mut self, value: i32, out: &mut Vec<u8>) {
        let text = match self.of(6) {
            0..=2 => format!("{value}"),
            3 => format!("{value}.0"),
            4 => format!("{value}e0"),
            _ if value == 0 => "-0".to_owned(),
            _ => format!("{value}00.25E-2"),
        };
        out.extend_from_slice(text.as_bytes());
    }

    /// Any order of as many things.
    pub fn order<const N: usize>(&mut self) -> [usize; N] {
        let mut order = std::array::from_fn(|i| i);
        if self.of(3) == 2 {
            (1..N).for_each(|i| order.swap(i, usize::from(self.of(i as u8 + 1))));
        }
        order
    }
}

/// `\v` is no JSON, but xprofiler writes it.
fn short_escape(c: char) -> Option<u8> {
    Some(match c {
        '"' | '\\' | '/' => c as u8,
        '\u{8}' => b'b',
        '\u{b}' => b'v',
        '\u{c}' => b'f',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        _ => return None,
    })
}
