//! JSON strings, escaped as the writer of a dialect does it.

use crate::profile::Dialect;

use super::{Escapes, Style};

/// Appends `text` as a JSON string, quotes included.
pub(super) fn push_string(out: &mut Vec<u8>, text: &str, style: Style) {
    out.push(b'"');
    let mut plain = 0; // start of the bytes that are not yet copied
    for (i, c) in text.char_indices() {
        if !needs_escape(c, style) {
            continue;
        }
        out.extend_from_slice(&text.as_bytes()[plain..i]);
        push_escape(out, c, style);
        plain = i + c.len_utf8();
    }
    out.extend_from_slice(&text.as_bytes()[plain..]);
    out.push(b'"');
}

fn needs_escape(c: char, style: Style) -> bool {
    matches!(c, '"' | '\\' | '\0'..='\x1f') || (style.escapes == Escapes::Ascii && !c.is_ascii())
}

fn push_escape(out: &mut Vec<u8>, c: char, style: Style) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        '\x08' => out.extend_from_slice(b"\\b"),
        '\x0c' => out.extend_from_slice(b"\\f"),
        // xprofiler uses C's name for it, which JSON does not know.
        '\x0b' if style.dialect == Dialect::Xprofiler => out.extend_from_slice(b"\\v"),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let digits = format!("\\u{unit:04x}");
                out.extend_from_slice(digits.as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Wrapper;

    fn escaped(text: &str, dialect: Dialect, escapes: Escapes) -> String {
        let mut out = Vec::new();
        push_string(&mut out, text, Style { dialect, wrapper: Wrapper::None, escapes });
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_writer_escapes_in_its_own_way() {
        let odd = "a\"\\\n\r\t\u{8}\u{b}\u{c}\u{1}\u{1f}\u{7f}é😀";
        let start = r#""a\"\\\n\r\t\b"#;
        for (dialect, escapes, rest) in [
            (Dialect::Inspector, Escapes::Raw, "\\u000b\\f\\u0001\\u001f\u{7f}é😀\""),
            (Dialect::Inspector, Escapes::Ascii, "\\u000b\\f\\u0001\\u001f\u{7f}\\u00e9\\ud83d\\ude00\""),
            (Dialect::Xprofiler, Escapes::Raw, "\\v\\f\\u0001\\u001f\u{7f}é😀\""),
            (Dialect::V8ProfilerNext, Escapes::Raw, "\\u000b\\f\\u0001\\u001f\u{7f}é😀\""),
        ] {
            assert_eq!(escaped(odd, dialect, escapes), format!("{start}{rest}"), "{dialect}");
        }
        assert_eq!(escaped("", Dialect::Inspector, Escapes::Raw), "\"\"");
    }
}
