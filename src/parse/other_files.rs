//! Files that users take for heap profiles, told by how they begin.

use crate::error::OtherFile;

/// Bytes of the beginning that [`recognise`] looks at.
pub(crate) const LOOKED_AT: usize = 64 << 10;

/// What a text that begins with `head` ([`LOOKED_AT`] bytes, if it has them) is, if it is surely another kind of file.
pub(crate) fn recognise(head: &[u8]) -> Option<OtherFile> {
    // Its byte order mark begins as that of UTF-16, but no JSON has a U+0000 behind it.
    if matches!(head, [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [b'{', 0, 0, 0, ..] | [0, 0, 0, b'{', ..]) {
        return Some(OtherFile::Utf32);
    }
    if matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'{', 0, _, 0, ..] | [0, b'{', 0, _, ..]) {
        return Some(OtherFile::Utf16);
    }
    if is_pprof(head) {
        return Some(OtherFile::Pprof);
    }
    let text = head.trim_ascii_start();
    if let Some(array) = text.strip_prefix(b"[") {
        let event = array.trim_ascii_start();
        return (event.starts_with(b"{") && holds(event, b"\"ph\"")).then_some(OtherFile::ChromeTrace);
    }
    let object = text.strip_prefix(b"{")?.trim_ascii_start();
    let begins = |key: &[u8]| object.strip_prefix(key).is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"));
    if begins(b"\"snapshot\"") {
        let timeline = number_after(object, b"\"trace_function_count\"") > 0;
        return Some(if timeline { OtherFile::HeapTimeline } else { OtherFile::HeapSnapshot });
    }
    if begins(b"\"traceEvents\"") {
        return Some(OtherFile::ChromeTrace);
    }
    let is_array = |rest: &[u8]| {
        let value = rest.trim_ascii_start().strip_prefix(b":");
        value.is_some_and(|value| value.trim_ascii_start().starts_with(b"["))
    };
    if object.strip_prefix(b"\"nodes\"").is_some_and(is_array) || begins(b"\"typeId\"") {
        return Some(OtherFile::CpuProfile);
    }
    None
}

/// protobuf: field 1 (sample_type), a short message whose first field is a number. No JSON has a U+0008 there.
fn is_pprof(head: &[u8]) -> bool {
    matches!(head, [0x0a, 2..32, 0x08, ..])
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The integer after a key, 0 if there is none.
fn number_after(text: &[u8], key: &[u8]) -> u64 {
    let Some(at) = text.windows(key.len()).position(|window| window == key) else { return 0 };
    let rest = text[at + key.len()..].trim_ascii_start();
    let rest = rest.strip_prefix(b":").unwrap_or(rest).trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).take(18);
    digits.fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_by_its_beginning() {
        let cases: [(&[u8], Option<OtherFile>); 22] = [
            (b"{\"head\":{", None),
            (b"\n{\n  \"head\": {", None),
            (b"{\"samples\":[", None),
            (b"", None),
            (b"[1]", None),
            (b"\xff\xfe{\0", Some(OtherFile::Utf16)),
            (b"\xfe\xff\0{", Some(OtherFile::Utf16)),
            (b"{\0\"\0h\0", Some(OtherFile::Utf16)),
            (b"\0{\0\"\0h", Some(OtherFile::Utf16)),
            (b"\xff\xfe\0\0{\0\0\0", Some(OtherFile::Utf32)),
            (b"\0\0\xfe\xff\0\0\0{", Some(OtherFile::Utf32)),
            (b"{\0\0\0\"\0\0\0", Some(OtherFile::Utf32)),
            (b"\0\0\0{\0\0\0\"", Some(OtherFile::Utf32)),
            (b"\x0a\x04\x08\x01\x10\x02", Some(OtherFile::Pprof)),
            (b"{\"snapshot\":{\"meta\":{},\"node_count\":1,\"trace_function_count\":0}", Some(OtherFile::HeapSnapshot)),
            (b"{\"snapshot\":{\"meta\":{},\"trace_function_count\":27}", Some(OtherFile::HeapTimeline)),
            (b"{\"traceEvents\":[]}", Some(OtherFile::ChromeTrace)),
            (b"[{\"pid\":1,\"ph\":\"X\"}]", Some(OtherFile::ChromeTrace)),
            (b"{\"nodes\":[{\"id\":1}]}", Some(OtherFile::CpuProfile)),
            (b"\n{\n  \"typeId\": \"xprofiler-cpu-profile\"", Some(OtherFile::CpuProfile)),
            (b"{\"nodesomething\":1}", None),
            (b"{\"nodes\" : 7, \"head\":{}}", None),
        ];
        for (text, expected) in cases {
            assert_eq!(recognise(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }
}
