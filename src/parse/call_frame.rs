//! Call frames: recognised by their text, walked where the text is not known.

use std::borrow::Cow;

use super::cursor::{Cursor, Number, Read, Stop, Text, half_up};
use super::dictionary::Dictionary;
use super::frame_key::{KEYS, TextAt, Values};
use super::fresh::Fresh;
use super::key::unescaped;
use super::skip::Skip;
use crate::error::Kind;
use crate::scan::Vector;

/// How a writer prints scriptId. Its lines follow from it, see [`super::Traits`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum ScriptForm {
    #[default]
    Absent,
    Text,
    Number,
}

/// The values of a call frame as the text has them, quotes included, indexed as [`KEYS`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields<'b> {
    pub(crate) raw: [Option<Cow<'b, [u8]>>; 5],
    pub(crate) script: ScriptForm,
    pub(crate) line: Option<i32>,
}

impl<'b> Fields<'b> {
    /// Bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.raw.iter().flatten().map(|text| text.len()).sum::<usize>()
    }

    /// Takes the value of the key [`KEYS`]`[index]` at the cursor.
    #[inline(always)]
    pub(crate) fn take<V: Vector>(&mut self, index: usize, cursor: &mut Cursor<'b>) -> Read<()> {
        match self.take_value::<V>(index, cursor) {
            Err(stop) => Err(stop.within(KEYS[index])),
            taken => taken,
        }
    }

    #[inline(always)]
    fn take_value<V: Vector>(&mut self, index: usize, cursor: &mut Cursor<'b>) -> Read<()> {
        let first = cursor.peek::<V>()?;
        let start = cursor.pos;
        let is_number = matches!(first, b'-' | b'0'..=b'9');
        match index {
            0 | 2 if first != b'"' => return Err(cursor.wrong_type("a string")),
            1 if first != b'"' && !is_number => return Err(cursor.wrong_type("a number or a string")),
            3 | 4 if !is_number => return Err(cursor.wrong_type("a number")),
            _ => {}
        }
        if is_number {
            let number = cursor.number()?;
            let fits = match index {
                1 => !matches!(number, Number::Other(id) if id.abs() >= 2f64.powi(63)),
                _ => position(number).is_some(),
            };
            if !fits {
                return Err(Stop::fault(Kind::NumberOutOfRange, start));
            }
            match index {
                1 => self.script = ScriptForm::Number,
                3 => self.line = position(number),
                _ => {}
            }
        } else {
            cursor.string::<V>()?;
            if index == 1 {
                self.script = ScriptForm::Text;
            }
        }
        if self.raw[index].is_some() {
            return Err(Stop::fault(Kind::DuplicateKey(KEYS[index]), start));
        }
        self.raw[index] = Some(Cow::Borrowed(&cursor.bytes[start..cursor.pos]));
        Ok(())
    }

    /// Length of what [`Self::canonical`] writes.
    fn canonical_len(&self) -> usize {
        let members = KEYS.iter().zip(&self.raw).filter_map(|(key, raw)| Some(key.len() + 4 + raw.as_ref()?.len()));
        members.sum::<usize>().max(1) + 1
    }

    /// The values, if all are there.
    pub(super) fn values(&self) -> Option<Values<'_>> {
        let [Some(name), Some(script), Some(url), Some(line), Some(column)] = &self.raw else { return None };
        Some(Values([name, script, url, line, column]))
    }

    /// Writes the call frame as JSON without whitespace and unknown keys, so that equal frames have equal texts in any layout.
    pub(crate) fn canonical(&self, out: &mut Vec<u8>) {
        out.clear();
        let mut before = b'{';
        for (key, raw) in KEYS.iter().zip(&self.raw) {
            let Some(raw) = raw else { continue };
            out.push(before);
            out.push(b'"');
            out.extend_from_slice(key.as_bytes());
            out.extend_from_slice(b"\":");
            out.extend_from_slice(raw);
            before = b',';
        }
        if before == b'{' {
            out.push(b'{');
        }
        out.push(b'}');
    }

    /// The same, borrowing nothing from the block.
    pub(crate) fn into_owned(self) -> Fields<'static> {
        Fields { raw: self.raw.map(|raw| raw.map(|raw| Cow::Owned(raw.into_owned()))), ..self }
    }
}

/// A line or column as an integer, if it can be one.
pub(super) fn position(number: Number) -> Option<i32> {
    let value = match number {
        Number::Unsigned(value) => return i32::try_from(value).ok(),
        Number::Other(value) => half_up(value),
    };
    let fits = value >= f64::from(i32::MIN) && value <= f64::from(i32::MAX);
    fits.then_some(value as i32)
}

/// The index of a key in [`KEYS`].
pub(crate) fn field_of(key: &[u8]) -> Option<usize> {
    KEYS.iter().position(|known| known.as_bytes() == key)
}

/// Takes the call frame at the cursor and gives its id (of the dictionary if it is known, else of this window's fresh ones),
/// and its fields if they were looked at, as they surely are `with_fields`.
#[inline(always)]
pub(crate) fn recognise<'b, V: Vector>(
    cursor: &mut Cursor<'b>,
    dictionary: &Dictionary,
    fresh: &mut Fresh<'_>,
    base: u64,
    with_fields: bool,
) -> Read<(u32, Option<Fields<'b>>)> {
    let start = cursor.pos;
    if !with_fields && let Some((id, len)) = known::<V>(cursor.bytes, start, dictionary, fresh) {
        cursor.pos = start + len;
        return Ok((id, None));
    }
    let fields = walk::<V>(cursor)?;
    let text = &cursor.bytes[start..cursor.pos];
    let id = if fields.canonical_len() == text.len() {
        fresh.intern_text(dictionary, text, base + start as u64)
    } else {
        fresh.intern_fields(dictionary, &fields, base + start as u64)
    };
    Ok((id, Some(fields)))
}

/// The id and length of the call frame that opens at `start`, if its text is known as it stands.
#[inline(always)]
pub(crate) fn known<V: Vector>(
    bytes: &[u8],
    start: usize,
    dictionary: &Dictionary,
    fresh: &Fresh<'_>,
) -> Option<(u32, usize)> {
    let (_, hash) = dictionary.hash_at::<V>(bytes, start)?;
    let key = TextAt::<V>::new(&bytes[start..]);
    match dictionary.find(hash, key) {
        None => fresh.find(hash, key),
        found => found,
    }
}

/// Takes the call frame object at the cursor, key by key.
#[inline(always)]
fn walk<'b, V: Vector>(cursor: &mut Cursor<'b>) -> Read<Fields<'b>> {
    if cursor.peek::<V>()? != b'{' {
        return Err(cursor.wrong_type("an object"));
    }
    cursor.pos += 1;
    let mut fields = Fields::default();
    let mut first = true;
    loop {
        match cursor.peek::<V>()? {
            b'}' if first => break,
            _ => first = false,
        }
        let key = cursor.key::<V>()?;
        match field_of(&unescaped(key)) {
            Some(index) => fields.take::<V>(index, cursor)?,
            None => Skip::default().run::<V>(cursor).map_err(|stop| stop.within(&shown(key)))?,
        }
        match cursor.peek::<V>()? {
            b',' => cursor.pos += 1,
            b'}' => break,
            _ => return Err(cursor.expected("a comma or }")),
        }
    }
    cursor.pos += 1;
    Ok(fields)
}

/// Bytes of an unknown key that an error's path shows.
pub(crate) const MAX_SHOWN_KEY: usize = 80;

/// An unknown key as an error's path shows it.
pub(crate) fn shown(key: Text<'_>) -> String {
    String::from_utf8_lossy(&key.raw[..key.raw.len().min(MAX_SHOWN_KEY)]).into_owned()
}
