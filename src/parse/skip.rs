//! Values that are not wanted: passed over and validated, in any number of blocks.

use super::MAX_DEPTH;
use super::cursor::{Cursor, Read, Stop, escape_end};
use super::samples::{Take, unusual_sample, usual_samples};
use crate::error::Kind;
use crate::profile::Samples;
use crate::scan::{self, Vector};

/// A value that is being passed over. Its state survives the end of a block, even inside a string.
#[derive(Clone, Debug, Default)]
pub(crate) struct Skip {
    /// One bit for each open container: whether it is an object.
    open: Vec<u64>,
    depth: u32,
    at: At,
    /// Whether a string that is being passed is a key.
    key: bool,
    /// Elements (or values) of the outermost container that were read to their end.
    elements: u64,
    /// Of an array of samples: what they add up to, but for their number.
    samples: Option<Samples>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum At {
    #[default]
    Value,
    ValueOrEnd,
    KeyOrEnd,
    Key,
    Colon,
    After,
    InString,
}

impl Skip {
    /// Before the value of `samples`.
    pub(crate) fn samples() -> Self {
        Self { samples: Some(Samples::default()), ..Self::default() }
    }

    /// Whether a sample may stand next.
    #[inline(always)]
    fn before_sample(&self) -> bool {
        self.samples.is_some() && self.depth == 1 && matches!(self.at, At::Value | At::ValueOrEnd)
    }

    /// These samples were passed, and the comma behind the last.
    #[inline(always)]
    pub(crate) fn take_samples(&mut self, passed: &Samples) {
        self.at = At::Value;
        self.elements += passed.count;
        if let Some(samples) = &mut self.samples {
            samples.merge(passed);
        }
    }

    /// What the samples that were read so far add up to.
    pub(crate) fn samples_so_far(&self) -> Samples {
        Samples { count: self.elements, ..self.samples.unwrap_or_default() }
    }

    /// Passes over the value at the cursor. After [`Stop::More`] the cursor stands where to go on, and this knows how.
    #[inline(always)]
    pub(crate) fn run<V: Vector>(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        while !self.step::<V>(cursor)? {}
        Ok(())
    }

    /// The same for an array of samples, which are added up.
    #[inline(always)]
    pub(crate) fn run_over_samples<V: Vector>(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        loop {
            if self.run_to_sample::<V>(cursor)? {
                return Ok(());
            }
            let mut passed = Samples::default();
            let pos = usual_samples::<V, _>(cursor.bytes, cursor.pos, cursor.bytes.len(), &mut passed);
            if passed.count > 0 {
                cursor.pos = pos;
                self.take_samples(&passed);
            }
            if let Some(sample) = unusual_sample::<V>(cursor.bytes, cursor.pos)? {
                cursor.pos = sample.end;
                self.elements += 1;
                self.at = At::After;
                if let Some(samples) = &mut self.samples {
                    Take::take(samples, &sample);
                }
            } else if self.step::<V>(cursor)? {
                return Ok(());
            }
        }
    }

    /// The same up to where a sample may stand. Gives whether the value ended.
    #[inline(always)]
    pub(crate) fn run_to_sample<V: Vector>(&mut self, cursor: &mut Cursor<'_>) -> Read<bool> {
        while !self.before_sample() {
            if self.step::<V>(cursor)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes one token. Gives whether the value ended.
    #[inline(always)]
    fn step<V: Vector>(&mut self, cursor: &mut Cursor<'_>) -> Read<bool> {
        if self.at == At::InString {
            self.string::<V>(cursor)?;
            if self.key {
                self.at = At::Colon;
                return Ok(false);
            }
            return Ok(self.close());
        }
        let byte = cursor.peek::<V>()?;
        match (self.at, byte) {
            (At::KeyOrEnd | At::Key, b'"') => self.open_string(cursor, true),
            (At::KeyOrEnd, b'}') | (At::ValueOrEnd, b']') => self.end(cursor),
            (At::KeyOrEnd | At::Key, _) => return Err(cursor.expected("a key in quotes")),
            (At::Colon, b':') => {
                cursor.pos += 1;
                self.at = At::Value;
            }
            (At::Colon, _) => return Err(cursor.expected("a colon after the key")),
            (At::After, b',') => {
                cursor.pos += 1;
                self.at = if self.in_object() { At::Key } else { At::Value };
            }
            (At::After, b'}') if self.in_object() => self.end(cursor),
            (At::After, b']') if !self.in_object() => self.end(cursor),
            (At::After, _) if self.in_object() => return Err(cursor.expected("a comma or }")),
            (At::After, _) => return Err(cursor.expected("a comma or ]")),
            (_, b'"') => self.open_string(cursor, false),
            (_, b'{' | b'[') => self.open(cursor, byte == b'{')?,
            (_, b'-' | b'0'..=b'9') => {
                cursor.number()?;
                self.close();
            }
            _ => {
                cursor.literal()?;
                self.close();
            }
        }
        Ok(self.depth == 0 && self.at == At::After)
    }

    fn open_string(&mut self, cursor: &mut Cursor<'_>, key: bool) {
        cursor.pos += 1;
        self.key = key;
        self.at = At::InString;
    }

    #[inline(always)]
    fn string<V: Vector>(&self, cursor: &mut Cursor<'_>) -> Read<()> {
        loop {
            cursor.pos = scan::string_special::<V>(cursor.bytes, cursor.pos);
            match cursor.bytes.get(cursor.pos) {
                Some(b'"') => {
                    cursor.pos += 1;
                    return Ok(());
                }
                Some(b'\\') => cursor.pos = escape_end(cursor.bytes, cursor.pos)?,
                Some(&control) => return Err(Stop::fault(Kind::ControlCharacter(control), cursor.pos)),
                None => return Err(Stop::More),
            }
        }
    }

    fn open(&mut self, cursor: &mut Cursor<'_>, object: bool) -> Read<()> {
        if self.depth >= MAX_DEPTH {
            return Err(Stop::fault(Kind::TooDeep, cursor.pos));
        }
        let (word, bit) = (self.depth as usize / 64, self.depth % 64);
        if word == self.open.len() {
            self.open.push(0);
        }
        self.open[word] = self.open[word] & !(1 << bit) | u64::from(object) << bit;
        self.depth += 1;
        cursor.pos += 1;
        self.at = if object { At::KeyOrEnd } else { At::ValueOrEnd };
        Ok(())
    }

    fn end(&mut self, cursor: &mut Cursor<'_>) {
        cursor.pos += 1;
        self.depth -= 1;
        self.close();
    }

    /// A value has ended; whether it was the outermost.
    fn close(&mut self) -> bool {
        self.at = At::After;
        self.elements += u64::from(self.depth == 1);
        self.depth == 0
    }

    fn in_object(&self) -> bool {
        let innermost = self.depth.wrapping_sub(1);
        self.open.get(innermost as usize / 64).is_some_and(|word| word >> (innermost % 64) & 1 == 1)
    }
}
