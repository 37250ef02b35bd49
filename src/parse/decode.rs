//! Decodes the texts of call frames: simd-json reads some at a time, as one array.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::call_frame::position;
use super::cursor::Number;
use super::fresh::FreshText;
use super::resolver::Wrong;
use crate::error::Kind;
use crate::profile::{Class, Classify, Generated, LineBase, Originals, RawFrame};

/// What finds the sources of generated code, if anything does, and how the lines count by which it is asked.
pub(super) type Sources<'c> = Option<(&'c dyn Originals, LineBase)>;

/// A call frame before it is interned.
pub(super) struct Decoded<'j> {
    pub(super) function: Cow<'j, str>,
    pub(super) url: Cow<'j, str>,
    pub(super) line: i32,
    pub(super) column: i32,
    pub(super) class: Class<'j>,
    /// Whether some of its text could not be shown as it is.
    pub(super) replaced: bool,
}

impl<'j> Decoded<'j> {
    /// The call frame with these fields, as it is in the source that was written by hand where that is known.
    fn new(fields: &Fields<'j>, replaced: bool, classify: &dyn Classify, sources: Sources<'_>) -> Self {
        let position = |value: f64| position(Number::Other(value)).unwrap_or(-1).max(-1);
        let (line, column) = (position(fields.line_number), position(fields.column_number));
        let (function, url, has_script) = (fields.function_name, fields.url, fields.script_id.0);
        // 0 is the first line to some writers and none to others, so that alone says nothing. Told by what the frame is known by, for all texts of it are one.
        let has_line = (line, column) > (0, 0);
        let original = sources.and_then(|(originals, base)| {
            let (line, column) = (base.zero_based(line)?, base.zero_based(column)?);
            Some((originals.original(Generated { function, url, line, column })?, base))
        });
        let Some((original, base)) = original else {
            let class = classify.classify(RawFrame { function, url, has_script, has_line });
            return Self { function: function.into(), url: url.into(), line, column, class, replaced };
        };
        let function = original.function.map_or(Cow::Borrowed(function), Cow::Owned);
        let raw = RawFrame { function: &function, url: &original.url, has_script, has_line };
        let class = classify.classify(raw).into_owned();
        let (line, column) = (base.written(original.line), base.written(original.column));
        Self { function, url: original.url.into(), line, column, class, replaced }
    }
}

/// Decodes and classifies some texts, with the memory `json`.
pub(super) fn decode<'j>(
    texts: &[&FreshText<'_>],
    json: &'j mut Vec<u8>,
    classify: &dyn Classify,
    sources: Sources<'_>,
) -> Result<Vec<Decoded<'j>>, Wrong> {
    json.clear();
    let mut replaced = Vec::with_capacity(texts.len());
    for fresh in texts {
        json.push(if json.is_empty() { b'[' } else { b',' });
        replaced.push(mend(fresh.text, json));
    }
    json.push(b']');
    let fields: Vec<Fields<'j>> = match simd_json::serde::from_slice(json) {
        Ok(fields) => fields,
        Err(_) => return Err((first_wrong(texts), Kind::Expected("a call frame"))),
    };
    let decoded = fields.iter().zip(replaced);
    Ok(decoded.map(|(fields, replaced)| Decoded::new(fields, replaced, classify, sources)).collect())
}

/// Where the first of `texts` that cannot be decoded stands in the file.
fn first_wrong(texts: &[&FreshText<'_>]) -> u64 {
    let is_wrong = |fresh: &&&FreshText<'_>| {
        let mut json = Vec::new();
        mend(fresh.text, &mut json);
        simd_json::serde::from_slice::<Fields<'_>>(&mut json).is_err()
    };
    texts.iter().find(is_wrong).or(texts.first()).map_or(0, |fresh| fresh.offset)
}

/// The values of a call frame as the file has them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    #[serde(default)]
    function_name: &'a str,
    #[serde(default)]
    url: &'a str,
    #[serde(default)]
    script_id: HasScript,
    #[serde(default = "no_position")]
    line_number: f64,
    #[serde(default = "no_position")]
    column_number: f64,
}

fn no_position() -> f64 {
    -1.0
}

/// Whether a scriptId, a number or a string, is that of a script.
#[derive(Default)]
struct HasScript(bool);

impl<'de> Deserialize<'de> for HasScript {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Id;

        impl Visitor<'_> for Id {
            type Value = HasScript;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number or a string")
            }

            fn visit_str<E: Error>(self, id: &str) -> Result<HasScript, E> {
                Ok(HasScript(!matches!(id, "" | "0")))
            }

            fn visit_u64<E: Error>(self, id: u64) -> Result<HasScript, E> {
                Ok(HasScript(id != 0))
            }

            fn visit_i64<E: Error>(self, id: i64) -> Result<HasScript, E> {
                Ok(HasScript(id != 0))
            }

            fn visit_f64<E: Error>(self, id: f64) -> Result<HasScript, E> {
                Ok(HasScript(id != 0.0))
            }
        }

        deserializer.deserialize_any(Id)
    }
}

/// Appends a text of JSON to `out` as valid Unicode, and gives whether something had to be replaced:
/// bytes that are not UTF-8 and lone surrogates become U+FFFD, `\v` becomes `\u000b`.
pub(super) fn mend(text: &[u8], out: &mut Vec<u8>) -> bool {
    // The check alone is much faster than the search for what is to be replaced.
    let unicode = std::str::from_utf8(text).map_or_else(|_| String::from_utf8_lossy(text), Cow::Borrowed);
    let mut replaced = matches!(unicode, Cow::Owned(_));
    let mut rest = unicode.as_bytes();
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let taken = match code_unit(rest) {
            Some(0xd800..=0xdbff) if matches!(code_unit(&rest[6..]), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => 0,
            Some(_) => 6,
            None => 2.min(rest.len()),
        };
        match taken {
            0 => {
                out.extend_from_slice("\u{fffd}".as_bytes());
                replaced = true;
                rest = &rest[6..];
                continue;
            }
            2 if rest[1] == b'v' => out.extend_from_slice(b"\\u000b"),
            _ => out.extend_from_slice(&rest[..taken]),
        }
        rest = &rest[taken..];
    }
    out.extend_from_slice(rest);
    replaced
}

/// The UTF-16 code unit of a `\uXXXX` at the start of `text`.
fn code_unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::parse::dictionary::Dictionary;
    use crate::parse::fresh::Fresh;
    use crate::profile::{Category, CategoryId, FrameKind};

    /// The kind shows whether there is a script.
    struct ByScript;

    impl Classify for ByScript {
        fn classify<'a>(&self, frame: RawFrame<'a>) -> Class<'a> {
            let kind = if frame.has_script { FrameKind::Generated } else { FrameKind::Native };
            Class { kind, package: "".into(), version: None, category: CategoryId(0) }
        }

        fn categories(&self) -> &[Category] {
            &[]
        }
    }

    type Row = (String, String, bool, i32, i32, bool);

    /// What is decoded of texts that stand at 0, 100, 200 …
    fn decoded(texts: &[&[u8]]) -> Result<Vec<Row>, u64> {
        let (arena, dictionary) = (Bump::new(), Dictionary::default());
        let mut fresh = Fresh::new(&arena);
        for (text, i) in texts.iter().zip(0..) {
            fresh.intern_text(&dictionary, text, 100 * i);
        }
        let texts: Vec<_> = fresh.texts.iter().collect();
        let mut json = Vec::new();
        let decoded = decode(&texts, &mut json, &ByScript, None).map_err(|(offset, _)| offset)?;
        let row = |Decoded { function, url, line, column, class, replaced }| {
            let has_script = class.kind == FrameKind::Generated;
            (function.into_owned(), url.into_owned(), has_script, line, column, replaced)
        };
        Ok(decoded.into_iter().map(row).collect())
    }

    #[test]
    fn texts_are_decoded_together_as_each_alone() {
        #[rustfmt::skip]
        let table: &[(&[u8], Row)] = &[
            (br#"{"functionName":"f","scriptId":"7","url":"node:fs","lineNumber":1,"columnNumber":2}"#,
                ("f".into(), "node:fs".into(), true, 1, 2, false)),
            (b"{}", ("".into(), "".into(), false, -1, -1, false)),
            (br#"{"functionName":"}],[{\"\\","scriptId":0}"#, ("}],[{\"\\".into(), "".into(), false, -1, -1, false)),
            (br#"{"scriptId":"","url":"\u8a9e\v\ud83d\udd34","lineNumber":-1}"#,
                ("".into(), "語\u{b}🔴".into(), false, -1, -1, false)),
            (br#"{"functionName":"\ud83d","scriptId":"0","lineNumber":2.6e1,"columnNumber":-7}"#,
                ("\u{fffd}".into(), "".into(), false, 26, -1, true)),
            (b"{\"url\":\"a\xffb\",\"scriptId\":0.5}", ("".into(), "a\u{fffd}b".into(), true, -1, -1, true)),
            (br#"{"columnNumber":2147483647,"scriptId":-1}"#, ("".into(), "".into(), true, -1, i32::MAX, false)),
            (br#"{"scriptId":-0.0}"#, ("".into(), "".into(), false, -1, -1, false)),
        ];
        let texts: Vec<&[u8]> = table.iter().map(|(text, _)| *text).collect();
        let rows: Vec<Row> = table.iter().map(|(_, row)| row.clone()).collect();
        assert_eq!(decoded(&texts), Ok(rows.clone()));
        for (text, row) in texts.iter().zip(rows) {
            assert_eq!(decoded(&[text]), Ok(vec![row]));
        }
    }

    #[test]
    fn the_first_text_that_is_no_call_frame_is_told() {
        let (right, wrong, unclosed): (&[u8], &[u8], &[u8]) = (b"{}", br#"{"url":1}"#, br#"{"url":"x"#);
        assert_eq!(decoded(&[wrong]), Err(0));
        assert_eq!(decoded(&[right, br#"{"url":"a"}"#, wrong, br#"{"scriptId":[]}"#]), Err(200));
        assert_eq!(decoded(&[right, unclosed, br#"{"url":"b"}"#]), Err(100));
    }

    #[test]
    fn what_is_no_unicode_is_replaced() {
        #[rustfmt::skip]
        let table: &[(&[u8], &str, bool)] = &[
            (b"plain", "plain", false),
            ("größe 語".as_bytes(), "größe 語", false),
            (br#"a\n\\\"b"#, r#"a\n\\\"b"#, false),
            (br"\v\\v", r"\u000b\\v", false),
            (br"\ud83d\udd34", r"\ud83d\udd34", false),
            (br"\ud83d", "\u{fffd}", true),
            (br"\udd34\ud83d", "\u{fffd}\u{fffd}", true),
            (br"\ud83dx\udd34", "\u{fffd}x\u{fffd}", true),
            (br"\ud83d\ud83d\udd34", "\u{fffd}\\ud83d\\udd34", true),
            (br"\\ud83d", r"\\ud83d", false),
            (b"a\xe8\xaab\xff", "a\u{fffd}b\u{fffd}", true),
            (br"\", r"\", false),
            (br"\u12", r"\u12", false),
        ];
        for &(text, expected, replaced) in table {
            let mut out = b"before".to_vec();
            assert_eq!(mend(text, &mut out), replaced, "{expected}");
            assert_eq!(std::str::from_utf8(&out), Ok(&*format!("before{expected}")));
        }
    }
}
