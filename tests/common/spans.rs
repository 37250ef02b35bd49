//! Where the values of a JSON text end: what of a file counts when it is cut, the slow and obvious way.

/// A value with the bytes it takes.
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) members: Vec<(String, Span)>,
}

/// The spans of a valid JSON text. It recurses.
pub(crate) fn spans(text: &[u8]) -> Span {
    let start = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    value(text, space(text, start))
}

fn space(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn value(text: &[u8], start: usize) -> Span {
    let mut span = Span { start, end: start, members: Vec::new() };
    match text[start] {
        b'"' => span.end = string_end(text, start),
        open @ (b'{' | b'[') => {
            let mut at = space(text, start + 1);
            while !matches!(text[at], b'}' | b']') {
                let mut key = String::new();
                if open == b'{' {
                    let end = string_end(text, at);
                    let mended = super::oracle::mended(&text[at..end]);
                    key = serde_json::from_str(&mended).expect("a key");
                    at = space(text, space(text, end) + 1);
                }
                let member = value(text, at);
                at = space(text, member.end);
                span.members.push((key, member));
                if text[at] == b',' {
                    at = space(text, at + 1);
                }
            }
            span.end = at + 1;
        }
        _ => {
            while !matches!(text[span.end], b',' | b'}' | b']') && !text[span.end].is_ascii_whitespace() {
                span.end += 1;
            }
        }
    }
    span
}

impl Span {
    pub(crate) fn get(&self, key: &str) -> Option<&Span> {
        self.members.iter().find(|(name, _)| name == key).map(|(_, span)| span)
    }

    /// The cut from which on this value counts: a number counts once the byte behind it was read.
    pub(crate) fn counts_from(&self, text: &[u8]) -> usize {
        let is_number = matches!(text[self.start], b'-' | b'0'..=b'9');
        self.end + usize::from(is_number)
    }
}

/// A node, and from which cut on it counts.
pub(crate) struct Counted {
    pub(crate) from: usize,
    pub(crate) size: u64,
}

/// What counts of a profile, by cut.
pub(crate) struct Cuts {
    /// From here on there is a report.
    pub(crate) head: usize,
    /// From here on it is complete.
    pub(crate) complete: usize,
    pub(crate) nodes: Vec<Counted>,
    /// Where `samples` opens, and where each of its elements ends.
    pub(crate) samples: Option<(usize, Vec<usize>)>,
}

/// What counts of a profile, by cut.
pub(crate) fn cuts(text: &[u8]) -> Cuts {
    let document = spans(text);
    let complete = document.end;
    let mut profile = &document;
    while profile.get("head").is_none() {
        profile = ["profile", "result", "payload"].into_iter().find_map(|key| profile.get(key)).expect("a head");
    }
    let head = profile.get("head").expect("a head");
    let mut nodes = Vec::new();
    collect(text, head, &mut nodes);
    let samples = profile.get("samples").map(|samples| {
        (samples.start + 1, samples.members.iter().map(|(_, sample)| sample.counts_from(text)).collect())
    });
    Cuts { head: head.start + 1, complete, nodes, samples }
}

fn collect(text: &[u8], node: &Span, nodes: &mut Vec<Counted>) {
    let frame = match node.get("callFrame") {
        Some(frame) => frame.end,
        None => {
            let fields = ["functionName", "scriptId", "url", "lineNumber", "columnNumber"];
            let end = |key| node.get(key).map(|field: &Span| field.counts_from(text));
            fields
                .into_iter()
                .map(end)
                .collect::<Option<Vec<_>>>()
                .map_or(node.end, |ends| ends.into_iter().max().expect("five of them"))
        }
    };
    let size = node.get("selfSize").expect("a size");
    let value: f64 = std::str::from_utf8(&text[size.start..size.end]).expect("digits").parse().expect("a number");
    nodes.push(Counted { from: frame.max(size.counts_from(text)), size: value.round().max(0.0) as u64 });
    for (_, child) in node.get("children").map(|children| children.members.as_slice()).unwrap_or_default() {
        collect(text, child, nodes);
    }
}
