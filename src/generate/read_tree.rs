//! Reads a profile of any dialect into a [`Tree`], for conversions and tests.
//!
//! It holds the whole file several times over, which is why the reports do not read files this way. simd-json's tape is
//! a flat list, so neither parsing nor walking it recurses.

use simd_json::prelude::*;
use simd_json::tape::Value;

use super::{Frame, Node, Sample, Tree};

/// Why a file could not be read into a [`Tree`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadTreeError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// A member is missing or of the wrong type.
    #[error("no heap profile: \"{0}\" is missing or of the wrong type")]
    Member(&'static str),
}

type Result<T> = std::result::Result<T, ReadTreeError>;

/// Reads a profile of any dialect, with or without a wrapper.
///
/// # Errors
///
/// If it is not JSON (xprofiler's `\v` apart), or a node lacks what every node has.
pub fn read_tree(text: &[u8]) -> Result<Tree> {
    let mut text = mend_vertical_tabs(text);
    let tape = simd_json::to_tape(&mut text).map_err(|error| ReadTreeError::Json(error.to_string()))?;
    let profile = unwrap_profile(tape.as_value());
    let head = profile.get("head").ok_or(ReadTreeError::Member("head"))?;
    let lines_count_from_1 = counts_from_1(&frame_of(&head));

    let mut tree = Tree::default();
    let mut open = vec![(head, 0)];
    while let Some((value, depth)) = open.pop() {
        let frame = tree.frame_index(read_frame(&frame_of(&value), lines_count_from_1)?);
        let self_size = value.get("selfSize").and_then(|v| v.as_i64());
        tree.push(Node {
            frame,
            self_size: self_size.ok_or(ReadTreeError::Member("selfSize"))?,
            id: value.get_u64("id").unwrap_or(0),
            depth,
        });
        if let Some(children) = value.get_array("children") {
            let first = open.len();
            open.extend(children.iter().map(|child| (child, depth + 1)));
            open[first..].reverse();
        }
    }
    if let Some(samples) = profile.get_array("samples") {
        tree.samples = Some(samples.iter().map(|sample| read_sample(&sample)).collect::<Result<_>>()?);
    }
    Ok(tree)
}

/// The object that has `head`, inside whatever wrapper there is.
fn unwrap_profile<'tape, 'input>(mut value: Value<'tape, 'input>) -> Value<'tape, 'input> {
    for wrapper in ["result", "profile", "payload"] {
        if let Some(inner) = value.get(wrapper) {
            value = inner;
        }
    }
    value
}

/// The object that holds the fields of the call frame: the node itself in heap-profile's flat nodes.
fn frame_of<'tape, 'input>(node: &Value<'tape, 'input>) -> Value<'tape, 'input> {
    node.get("callFrame").unwrap_or(*node)
}

/// Writers that take their lines from V8's own interface count from 1: their root has line 0, and ids are numbers.
fn counts_from_1(root: &Value<'_, '_>) -> bool {
    root.get("scriptId").is_some_and(|id| id.as_str().is_none()) && root.get_i64("lineNumber") == Some(0)
}

fn read_frame(frame: &Value<'_, '_>, lines_count_from_1: bool) -> Result<Frame> {
    let text = |key| frame.get_str(key).map(str::to_owned).ok_or(ReadTreeError::Member(key));
    let number = |key| {
        let written = frame.get_i64(key).ok_or(ReadTreeError::Member(key))?;
        let one_based = if lines_count_from_1 { written } else { written.saturating_add(1) };
        Ok(u32::try_from(one_based).ok().filter(|&n| n > 0))
    };
    let script = frame.get("scriptId").ok_or(ReadTreeError::Member("scriptId"))?;
    let script_id = match script.as_str() {
        Some(digits) => digits.parse().ok(),
        None => script.as_u32(),
    };
    Ok(Frame {
        function: text("functionName")?,
        script_id: script_id.ok_or(ReadTreeError::Member("scriptId"))?,
        url: text("url")?,
        line: number("lineNumber")?,
        column: number("columnNumber")?,
    })
}

fn read_sample(sample: &Value<'_, '_>) -> Result<Sample> {
    // An ordinal may be written as 1.23457e+06.
    let number = |key| {
        let value = sample.get(key).ok_or(ReadTreeError::Member(key))?;
        let float = || value.as_f64().filter(|f| f.fract() == 0.0 && *f >= 0.0).map(|f| f as u64);
        value.as_u64().or_else(float).ok_or(ReadTreeError::Member(key))
    };
    Ok(Sample { size: number("size")?, node_id: number("nodeId")?, ordinal: number("ordinal")? })
}

/// Replaces xprofiler's illegal escape `\v` by the legal one.
fn mend_vertical_tabs(text: &[u8]) -> Vec<u8> {
    let mut mended = Vec::with_capacity(text.len() + 64);
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(b'v') => mended.extend_from_slice(b"\\u000b"),
                Some(other) => mended.extend_from_slice(&[b'\\', other]),
                None => mended.push(b'\\'),
            },
            _ => mended.push(byte),
        }
    }
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_escaped_v_is_mended() {
        for (text, mended) in
            [(r"a\vb", r"a\u000bb"), (r"a\\vb", r"a\\vb"), (r"\\\v", r"\\\u000b"), (r"vv\n\", r"vv\n\")]
        {
            assert_eq!(String::from_utf8(mend_vertical_tabs(text.as_bytes())).unwrap(), mended);
        }
    }

    #[test]
    fn what_is_no_profile_is_an_error() {
        for (text, error) in [
            ("{", "not JSON"),
            ("{}", "\"head\""),
            (
                r#"{"head":{"callFrame":{"functionName":"","scriptId":"0","url":"","lineNumber":0,"columnNumber":0}}}"#,
                "\"selfSize\"",
            ),
            (r#"{"head":{"selfSize":0}}"#, "\"scriptId\""),
        ] {
            let shown = read_tree(text.as_bytes()).unwrap_err().to_string();
            assert!(shown.contains(error), "{shown}");
        }
    }
}
