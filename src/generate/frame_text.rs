//! The text of a call frame, rendered once per frame and then copied into every node that bears it.

use crate::profile::{Dialect, LineBase};

use super::escape::push_string;
use super::style::line_base;
use super::{Frame, Style};

/// Stands in a rendered text where xprofiler breaks the line and indents; escaped strings never contain it.
pub(super) const LINE_BREAK: u8 = b'\n';

/// The member `callFrame` of a node, or for heap-profile's flat nodes the members it would have; a comma follows.
///
/// In xprofiler's layout each line begins with [`LINE_BREAK`], to which the writer adds the indentation.
pub(super) fn member(frame: &Frame, style: Style) -> Vec<u8> {
    let mut out = Vec::new();
    match style.dialect {
        Dialect::HeapProfileNpm => push_fields(&mut out, frame, style),
        Dialect::Xprofiler => {
            out.extend_from_slice(b"\n\"callFrame\": {");
            push_fields(&mut out, frame, style);
            out.extend_from_slice(b"\n}");
        }
        _ => {
            out.extend_from_slice(b"\"callFrame\":");
            push_object(&mut out, frame, style);
        }
    }
    out.push(b',');
    out
}

/// The call frame as an object on one line.
pub(super) fn push_object(out: &mut Vec<u8>, frame: &Frame, style: Style) {
    out.push(b'{');
    push_fields(out, frame, style);
    out.push(b'}');
}

fn push_fields(out: &mut Vec<u8>, frame: &Frame, style: Style) {
    let order = match style.dialect {
        Dialect::NodeV8Api => ["scriptId", "lineNumber", "columnNumber", "functionName", "url"],
        Dialect::HeapProfileNpm => ["functionName", "scriptId", "lineNumber", "columnNumber", "url"],
        _ => ["functionName", "scriptId", "url", "lineNumber", "columnNumber"],
    };
    for (i, key) in order.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        if style.dialect == Dialect::Xprofiler {
            out.push(LINE_BREAK);
            push_string(out, key, style);
            out.extend_from_slice(b": ");
        } else {
            push_string(out, key, style);
            out.push(b':');
        }
        match key {
            "functionName" => push_string(out, &frame.function, style),
            "url" => push_string(out, &frame.url, style),
            "scriptId" if script_id_is_string(style.dialect) => push_string(out, &frame.script_id.to_string(), style),
            "scriptId" => push_integer(out, i64::from(frame.script_id)),
            "lineNumber" => push_integer(out, as_written(frame.line, style)),
            _ => push_integer(out, as_written(frame.column, style)),
        }
    }
}

fn script_id_is_string(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Inspector | Dialect::InspectorLegacy | Dialect::Vscode)
}

/// A line or column as the writer counts them.
fn as_written(one_based: Option<u32>, style: Style) -> i64 {
    let number = i64::from(one_based.unwrap_or(0));
    match line_base(style.dialect) {
        LineBase::One => number,
        LineBase::Zero => number - 1,
    }
}

/// Appends an integer.
pub(super) fn push_integer(out: &mut Vec<u8>, number: i64) {
    // Not `write!`: of all that is written for a node, its numbers took the most time.
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    while at == digits.len() || rest > 0 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::push_integer;

    #[test]
    fn integers_are_written_as_the_standard_library_does() {
        for number in [0, 1, 9, 10, 99, 100, -1, -10, 524_304, i64::MAX, i64::MIN, i64::MAX / 7, -2_147_483_648] {
            let mut out = b"x".to_vec();
            push_integer(&mut out, number);
            assert_eq!(String::from_utf8_lossy(&out), format!("x{number}"));
        }
    }
}
