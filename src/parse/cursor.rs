//! A position in a block, and the tokens of JSON read there, validated as they are passed.

use super::MAX_TOKEN;
use crate::error::Kind;
use crate::scan::{self, Vector};

/// Why a token could not be read.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The block ends inside the token. Nothing is wrong yet: read it again when more of the text is there.
    More,
    /// The text is wrong.
    Fault(Box<Fault>),
}

/// What is wrong with the text, where in the block, and under which keys.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// Byte of the block (made a byte of the text by whoever knows where the block begins).
    pub(crate) at: usize,
    /// Key path from the innermost known object down, such as `callFrame.url`.
    pub(crate) path: String,
}

impl Stop {
    #[cold]
    pub(crate) fn fault(kind: Kind, at: usize) -> Self {
        Self::Fault(Box::new(Fault { kind, at, path: String::new() }))
    }

    /// The same, one key further in.
    #[cold]
    pub(crate) fn within(mut self, key: &str) -> Self {
        if let Self::Fault(fault) = &mut self {
            let dot = if fault.path.is_empty() { "" } else { "." };
            fault.path = format!("{key}{dot}{}", fault.path);
        }
        self
    }
}

pub(crate) type Read<T> = Result<T, Stop>;

/// A string of the text: the bytes between its quotes, still escaped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'b> {
    pub(crate) raw: &'b [u8],
    pub(crate) escaped: bool,
}

/// A number of the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// A non-negative integer that fits.
    Unsigned(u64),
    /// Anything else; integers beyond 64 bits too.
    Other(f64),
}

/// A whole number: the nearest, of two the upper one. (`f64::round` goes away from zero, so that half a byte less than nothing would be one.)
pub(crate) fn half_up(number: f64) -> f64 {
    let below = number.floor();
    below + f64::from(u8::from(number - below >= 0.5))
}

#[derive(Clone, Copy)]
pub(crate) struct Cursor<'b> {
    pub(crate) bytes: &'b [u8],
    pub(crate) pos: usize,
}

/// What to do about a token that did not end in the bytes it was given.
pub(crate) enum Unfinished {
    /// It is a skipped value that has got further, and there is more of the block.
    GoOn,
    /// Wait for the next block.
    AwaitMore,
    /// It takes more than [`MAX_TOKEN`].
    TooLong,
}

impl<'b> Cursor<'b> {
    /// A cursor over the one token at `mark`: no token may take more than [`MAX_TOKEN`] bytes, however large the block is.
    #[inline(always)]
    pub(crate) fn of_token(block: &'b [u8], mark: usize) -> Self {
        Self { bytes: &block[..block.len().min(mark + MAX_TOKEN)], pos: mark }
    }

    /// What to do where this cursor over the token at `mark` met its end.
    #[cold]
    pub(crate) fn unfinished(&self, block: &[u8], mark: usize, skipping: bool) -> Unfinished {
        match (skipping && self.pos > mark, self.bytes.len() < block.len()) {
            (true, true) => Unfinished::GoOn,
            (true, false) => Unfinished::AwaitMore,
            (false, _) if self.bytes.len() < mark + MAX_TOKEN => Unfinished::AwaitMore,
            (false, _) => Unfinished::TooLong,
        }
    }

    pub(crate) fn new(bytes: &'b [u8], pos: usize) -> Self {
        Self { bytes, pos }
    }

    /// The next byte that is not whitespace, not taken.
    #[inline(always)]
    pub(crate) fn peek<V: Vector>(&mut self) -> Read<u8> {
        self.pos = scan::skip_whitespace::<V>(self.bytes, self.pos);
        self.bytes.get(self.pos).copied().ok_or(Stop::More)
    }

    /// Takes `byte`, which must be next but for whitespace.
    #[inline(always)]
    pub(crate) fn expect<V: Vector>(&mut self, byte: u8, name: &'static str) -> Read<()> {
        if self.peek::<V>()? != byte {
            return Err(self.expected(name));
        }
        self.pos += 1;
        Ok(())
    }

    #[cold]
    pub(crate) fn expected(&self, name: &'static str) -> Stop {
        Stop::fault(Kind::Expected(name), self.pos)
    }

    #[cold]
    pub(crate) fn wrong_type(&self, expected: &'static str) -> Stop {
        Stop::fault(Kind::WrongType(expected), self.pos)
    }

    /// Takes a key and the colon after it.
    #[inline(always)]
    pub(crate) fn key<V: Vector>(&mut self) -> Read<Text<'b>> {
        if self.peek::<V>()? != b'"' {
            return Err(self.expected("a key in quotes"));
        }
        let key = self.string::<V>()?;
        self.expect::<V>(b':', "a colon after the key")?;
        Ok(key)
    }

    /// Takes a string whose opening quote is at the position.
    #[inline(always)]
    pub(crate) fn string<V: Vector>(&mut self) -> Read<Text<'b>> {
        let start = self.pos + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            at = scan::string_special::<V>(self.bytes, at);
            match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at = escape_end(self.bytes, at)?;
                }
                Some(&control) => return Err(Stop::fault(Kind::ControlCharacter(control), at)),
                None => return Err(Stop::More),
            }
        }
        self.pos = at + 1;
        Ok(Text { raw: &self.bytes[start..at], escaped })
    }

    /// Takes a number that begins at the position. It ends only where another byte follows it.
    #[inline(always)]
    pub(crate) fn number(&mut self) -> Read<Number> {
        let start = self.pos;
        let (value, end) = scan::digits(self.bytes, start);
        match self.bytes.get(end) {
            Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t') if plain_digits(self.bytes, start, end) => {
                self.pos = end;
                Ok(Number::Unsigned(value))
            }
            _ => self.unusual_number(),
        }
    }

    /// Signs, fractions, exponents, long integers, and what is no number.
    #[cold]
    fn unusual_number(&mut self) -> Read<Number> {
        let start = self.pos;
        let end = number_end(self.bytes, start)?;
        let text = std::str::from_utf8(&self.bytes[start..end]).unwrap_or_default();
        let value = match text.parse::<u64>() {
            Ok(integer) => Number::Unsigned(integer),
            Err(_) => match text.parse::<f64>() {
                Ok(float) => Number::Other(float),
                Err(_) => return Err(Stop::fault(Kind::InvalidNumber, start)),
            },
        };
        self.pos = end;
        Ok(value)
    }

    /// Takes `true`, `false` or `null`.
    pub(crate) fn literal(&mut self) -> Read<()> {
        let rest = &self.bytes[self.pos..];
        for word in [&b"true"[..], b"false", b"null"] {
            if rest.starts_with(word) {
                self.pos += word.len();
                return Ok(());
            }
            if word.starts_with(rest) {
                return Err(Stop::More);
            }
        }
        Err(self.expected("a value"))
    }
}

/// Whether the digits from `start` to `end` are an integer of JSON that surely fits 64 bits.
#[inline(always)]
pub(crate) fn plain_digits(bytes: &[u8], start: usize, end: usize) -> bool {
    let count = end - start;
    // Whether a number has one digit is hard to foretell: no branch.
    (count == 1) | ((2..20).contains(&count) & (bytes.get(start) != Some(&b'0')))
}

/// The end of the escape whose backslash is at `at`. `\v` is no JSON, but xprofiler writes it.
#[cold]
pub(crate) fn escape_end(bytes: &[u8], at: usize) -> Read<usize> {
    match bytes.get(at + 1) {
        None => Err(Stop::More),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'v') => Ok(at + 2),
        Some(b'u') => {
            for i in at + 2..at + 6 {
                match bytes.get(i) {
                    None => return Err(Stop::More),
                    Some(digit) if digit.is_ascii_hexdigit() => {}
                    Some(_) => return Err(Stop::fault(Kind::InvalidEscape, at)),
                }
            }
            Ok(at + 6)
        }
        Some(_) => Err(Stop::fault(Kind::InvalidEscape, at)),
    }
}

/// The end of the number that begins at `start`, by the grammar of JSON.
fn number_end(bytes: &[u8], start: usize) -> Read<usize> {
    let byte = |at: usize| bytes.get(at).copied().ok_or(Stop::More);
    let digits = |mut at: usize| -> Read<usize> {
        if !byte(at)?.is_ascii_digit() {
            return Err(Stop::fault(Kind::InvalidNumber, start));
        }
        while byte(at)?.is_ascii_digit() {
            at += 1;
        }
        Ok(at)
    };
    let first = if byte(start)? == b'-' { start + 1 } else { start };
    let mut at = digits(first)?;
    if bytes[first] == b'0' && at > first + 1 {
        return Err(Stop::fault(Kind::InvalidNumber, start));
    }
    if byte(at)? == b'.' {
        at = digits(at + 1)?;
    }
    if matches!(byte(at)?, b'e' | b'E') {
        let exponent = if matches!(byte(at + 1)?, b'+' | b'-') { at + 2 } else { at + 1 };
        at = digits(exponent)?;
    }
    match byte(at)? {
        b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' => Ok(at),
        _ => Err(Stop::fault(Kind::InvalidNumber, start)),
    }
}
