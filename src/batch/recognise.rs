//! Which files are heap profiles, told by their first bytes whatever their names are.

use crate::error::OtherFile;
use crate::parse;

/// Bytes of (decompressed) text that are looked at.
pub(super) const LOOKED_AT: usize = 4 << 10;

/// What a file is, as far as its beginning tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A heap profile, whole or not.
    HeapProfile,
    /// A CPU profile of either kind.
    CpuProfile,
    /// Anything else.
    Other,
}

/// What a text that begins with `head` is.
pub(super) fn recognise(head: &[u8]) -> Content {
    match parse::recognise(head) {
        Some(OtherFile::CpuProfile | OtherFile::OldCpuProfile) => return Content::CpuProfile,
        Some(_) => return Content::Other,
        None => {}
    }
    let text = without_mark(head);
    if !text.starts_with(b"{") {
        return Content::Other;
    }
    let holds = |key: &str| memchr::memmem::find(text, key.as_bytes()).is_some();
    let has_frames = holds("\"callFrame\"") || holds("\"functionName\"");
    if holds("\"head\"") && holds("\"hitCount\"") {
        return Content::CpuProfile;
    }
    let has_tree = holds("\"head\"") && (has_frames || holds("\"selfSize\""));
    let has_samples = holds("\"samples\"") && holds("\"nodeId\"") && holds("\"ordinal\"");
    if has_tree || has_samples { Content::HeapProfile } else { Content::Other }
}

/// Whether a text that begins with `head` is surely no heap profile. One that begins with much else before its tree may be.
pub(super) fn is_other(head: &[u8]) -> bool {
    parse::recognise(head).is_some() || !without_mark(head).starts_with(b"{")
}

/// A text from its first byte that means something.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_what_a_file_is() {
        let table: [(&[u8], Content); 14] = [
            (b"{\"head\":{\"callFrame\":{\"functionName\":\"(root)\"", Content::HeapProfile),
            (b"\n{\n  \"head\": {\n    \"callFrame\": {", Content::HeapProfile),
            (b"\xef\xbb\xbf{\"head\":{\"functionName\":\"(root)\"", Content::HeapProfile),
            (b"{\"samples\":[{\"size\":8,\"nodeId\":3,\"ordinal\":1}", Content::HeapProfile),
            (b"{\"samples\":[],\"head\":{\"selfSize\":0,", Content::HeapProfile),
            (b"{\"profile\":{\"head\":{\"callFrame\":", Content::HeapProfile),
            (b"{\"head\":{\"functionName\":\"(root)\",\"hitCount\":0", Content::CpuProfile),
            (b"{\"nodes\":[{\"id\":1", Content::CpuProfile),
            (b"{\"typeId\":\"xprofiler-cpu-profile\"", Content::CpuProfile),
            (b"{\"snapshot\":{\"meta\"", Content::Other),
            (b"{\"name\":\"package\",\"head\":1}", Content::Other),
            (b"[{\"head\":{\"callFrame\":1}}]", Content::Other),
            (b"const head = 1;", Content::Other),
            (b"", Content::Other),
        ];
        for (text, expected) in table {
            assert_eq!(recognise(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }
}
