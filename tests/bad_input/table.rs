//! Runs a table of texts and what comes of them.

use std::path::Path;

use heapsift::aggregate::Outcome;
use heapsift::error::{Excerpt, Problem};
use heapsift::scan::Backend;

use crate::common::{Way, read_text};

const FRAME: &str = r#"{"functionName":"f","scriptId":"1","url":"/a.js","lineNumber":1,"columnNumber":2}"#;
const NODE: &str = r#"{"callFrame":§F,"selfSize":8,"children":[]}"#;
const ROOT: &str = r#"{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,"children":["#;

/// Ways that cut a text into blocks and windows of about every size.
pub(crate) fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    for backend in [Backend::Portable, Backend::detect()] {
        for (window_size, threads) in [(1, 1), (2, 2), (7, 1), (16, 2), (33, 1), (1000, 2), (1 << 20, 2)] {
            ways.push(Way { backend, window_size, threads });
        }
    }
    ways
}

/// A text in the notation of the tables.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) bytes: Vec<u8>,
    /// Where in the notation each byte comes from; `None` for all but the first byte of what one sign stands for.
    sources: Vec<Option<usize>>,
}

impl Case {
    pub(crate) fn of(notation: &str) -> Self {
        let mut case = Self::default();
        let mut at = 0;
        while let Some(sign) = notation[at..].chars().next() {
            let rest = &notation[at + sign.len_utf8()..];
            let mut len = sign.len_utf8();
            let text = match sign {
                '«' => {
                    let (hex, _) = rest.split_once('»').expect("a closing »");
                    len += hex.len() + '»'.len_utf8();
                    vec![u8::from_str_radix(hex, 16).expect("two hexadecimal digits")]
                }
                '§' => {
                    len += 1;
                    match &rest[..1] {
                        "F" => FRAME.into(),
                        "N" => NODE.replace("§F", FRAME).into(),
                        "P" => ROOT.into(),
                        name => panic!("§{name} is not known"),
                    }
                }
                sign => sign.to_string().into_bytes(),
            };
            case.sources.extend((0..text.len()).map(|i| (i == 0).then_some(at)));
            case.bytes.extend(text);
            at += len;
        }
        case.sources.push(Some(at));
        case
    }

    /// Where the byte `at` stands in a part of the notation.
    fn source_of(&self, at: u64, start: usize, len: usize) -> Option<usize> {
        self.sources[at as usize].filter(|source| (start..=start + len).contains(source)).map(|source| source - start)
    }
}

/// What came of a text, in the notation of the tables, and where.
pub(crate) fn result(text: &[u8], way: Way) -> (String, Option<u64>) {
    match read_text(text, way) {
        Ok(outcome) => {
            let (what, at) = outcome.problem.as_ref().map_or(("ok".to_owned(), None), |problem| error(text, problem));
            (format!("{what}; {}", counts(&outcome)), at)
        }
        Err(problem) => error(text, &problem),
    }
}

fn error(text: &[u8], problem: &Problem) -> (String, Option<u64>) {
    let kind = format!("{:?}", problem.kind).replace('"', "");
    let Some(place) = &problem.place else { return (kind, None) };
    let at = place.offset as usize;
    let lossy = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
    let Excerpt { before, after } = &place.excerpt;
    let is_around = lossy(&text[..at]).ends_with(before) && lossy(&text[at..]).starts_with(after);
    let is_whole = before.len() >= at.min(29) && after.len() >= (text.len() - at).min(29);
    assert!(is_around && is_whole, "no excerpt of {at} in {}: {:?}", lossy(text), place.excerpt);
    let path = if place.path.is_empty() { String::new() } else { format!(" [{}]", place.path) };
    (format!("{kind}{path}"), Some(place.offset))
}

fn counts(outcome: &Outcome) -> String {
    let aggregate = &outcome.aggregate;
    let mut counts = format!("{} nodes, {} bytes", aggregate.nodes, aggregate.total_size);
    let others = [
        ("samples", aggregate.samples.map(|samples| samples.count)),
        ("interval", aggregate.interval),
        ("negative", Some(aggregate.negative_sizes).filter(|&count| count > 0)),
        ("overflowing", Some(aggregate.overflowing_sizes).filter(|&count| count > 0)),
        ("replaced", Some(aggregate.replaced_texts).filter(|&count| count > 0)),
    ];
    for (name, count) in others {
        counts.extend(count.map(|count| format!(", {count} {name}")));
    }
    counts
}

/// Runs all cases of a table in all ways.
pub(crate) fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_input").join(name);
    let table = std::fs::read_to_string(&path).expect("the table can be read");
    let ways = ways();
    let mut around = ("", "");
    let mut renewed = String::new();
    let mut wrong = Vec::new();
    let mut cases = 0;
    for (i, line) in table.lines().enumerate() {
        let mut kept = line.to_owned();
        if let Some(text) = line.strip_prefix("@ ") {
            around = text.split_once('…').expect("a … in the text around the cases");
        } else if let Some((notation, _)) = line.split_once(" => ") {
            cases += 1;
            let notation = notation.replace('¦', "");
            let case = Case::of(&[around.0, &notation, around.1].concat());
            let all: Vec<_> = ways.iter().map(|&way| result(&case.bytes, way)).collect();
            if let Some(other) = all.iter().position(|result| *result != all[0]) {
                let (a, b) = (&ways[0], &ways[other]);
                wrong.push(format!("{i}: {notation}\n  {a:?}: {:?}\n  {b:?}: {:?}", all[0], all[other]));
            }
            let (what, at) = &all[0];
            kept = match at.map(|at| (at, case.source_of(at, around.0.len(), notation.len()))) {
                Some((_, Some(source))) => format!("{}¦{} => {what}", &notation[..source], &notation[source..]),
                Some((at, None)) => format!("{notation} => @{at} {what}"),
                None => format!("{notation} => {what}"),
            };
            if kept != line {
                wrong.push(format!("{}: {line}\n  came out as\n  {kept}", i + 1));
            }
        }
        renewed.push_str(&kept);
        renewed.push('\n');
    }
    assert!(cases > 0, "{name} has no cases");
    if std::env::var_os("HEAPSIFT_BLESS").is_some() {
        std::fs::write(&path, renewed).expect("the table can be written");
    }
    assert!(wrong.is_empty(), "{name}: {} are wrong\n{}", wrong.len(), wrong.join("\n"));
}
