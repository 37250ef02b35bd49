//! The JSON report has the keys that scripts rely on, in their order, and values of their types.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{code, fixture, heapsift, parsed};

/// What stands in place of a value: its type, or for an object its keys.
enum Shape {
    String,
    /// A string of these.
    OneOf(&'static [&'static str]),
    Count,
    Fraction,
    Bool,
    True,
    Null,
    OrNull(&'static Shape),
    List(&'static Shape),
    Empty,
    Object(&'static [(&'static str, Shape)]),
    /// A row, or the one that stands for those left out.
    Row(&'static [(&'static str, Shape)]),
    Is(u64),
}
use Shape::{Bool, Count, Empty, Fraction, Is, List, Null, Object, OneOf, OrNull, Row, String, True};

const DIALECTS: Shape = OneOf(&[
    "inspector",
    "inspector-legacy",
    "node-v8-api",
    "xprofiler",
    "v8-profiler-next",
    "heap-profile-npm",
    "vscode",
    "unknown",
]);
const KIND: Shape = OneOf(&["app", "dependency", "core", "native", "generated", "unknown"]);
const PRIORITY: Shape = OneOf(&["high", "medium", "low"]);
const EFFORT: Shape = PRIORITY;
const NUMBER: Shape = OrNull(&Count);

const OTHER: &[(&str, Shape)] = &[
    ("other", True),
    ("count", Count),
    ("self_size", Count),
    ("share", Fraction),
    ("standard_error", NUMBER),
    ("low", NUMBER),
    ("high", NUMBER),
    ("nodes", Count),
];

const OTHER_CAUSES: &[(&str, Shape)] = &[
    ("other", True),
    ("count", Count),
    ("self_size", Count),
    ("caused_size", Count),
    ("share", Fraction),
    ("standard_error", NUMBER),
    ("low", NUMBER),
    ("high", NUMBER),
    ("nodes", Count),
];

const TRUNCATED: &[(&str, Shape)] =
    &[("truncated", True), ("count", Count), ("total_size", Count), ("share", Fraction), ("standard_error", NUMBER)];

const OTHER_ENTRIES: &[(&str, Shape)] =
    &[("other", True), ("count", Count), ("total_size", Count), ("share", Fraction), ("standard_error", NUMBER)];

const CAUSED_BY: Shape = OrNull(&Object(&[
    ("function", String),
    ("url", String),
    ("line", NUMBER),
    ("column", NUMBER),
    ("self_size", Count),
]));

const FUNCTION: Shape = Row(&[
    ("function", String),
    ("url", String),
    ("line", NUMBER),
    ("column", NUMBER),
    ("kind", KIND),
    ("package", String),
    ("category", String),
    ("self_size", Count),
    ("total_size", Count),
    ("share", Fraction),
    ("standard_error", NUMBER),
    ("low", NUMBER),
    ("high", NUMBER),
    ("nodes", Count),
]);

const CATEGORY: Shape = Row(&[
    ("id", String),
    ("name", String),
    ("self_size", Count),
    ("caused_size", Count),
    ("share", Fraction),
    ("standard_error", NUMBER),
    ("low", NUMBER),
    ("high", NUMBER),
    ("nodes", Count),
    ("priority", PRIORITY),
    ("rank", Count),
    ("caused_by", CAUSED_BY),
    ("functions", List(&FUNCTION)),
]);

const PACKAGE: Shape = Row(&[
    ("name", String),
    ("version", OrNull(&String)),
    ("kind", KIND),
    ("category", OrNull(&String)),
    ("self_size", Count),
    ("caused_size", Count),
    ("total_size", Count),
    ("share", Fraction),
    ("standard_error", NUMBER),
    ("low", NUMBER),
    ("high", NUMBER),
    ("nodes", Count),
    ("priority", PRIORITY),
    ("rank", Count),
    ("caused_by", CAUSED_BY),
]);

const STACK: Shape = Object(&[
    ("self_size", Count),
    ("share", Fraction),
    ("standard_error", NUMBER),
    ("low", NUMBER),
    ("high", NUMBER),
    ("frames", List(&Object(&[("function", String), ("url", String), ("line", NUMBER), ("column", NUMBER)]))),
    ("frames_omitted", Count),
]);

const CORRELATION: Shape = Object(&[
    ("category", String),
    ("cpu_share", Fraction),
    ("cpu_active_share", Fraction),
    ("memory_share", Fraction),
    ("cpu_level", PRIORITY),
    ("memory_level", OneOf(&["very_high", "high", "medium", "low"])),
    ("reading", String),
]);

const CPU: Shape = Object(&[
    ("file", Object(&[("name", String), ("bytes", Count)])),
    ("measure", OneOf(&["microseconds", "hits", "samples"])),
    ("total", Count),
    ("active", Count),
    ("nodes", Count),
    ("samples", Count),
    ("functions_share", Fraction),
    ("program_share", Fraction),
    ("garbage_collector_share", Fraction),
    ("garbage_collector_active_share", Fraction),
    ("idle_share", Fraction),
    ("memory_pressure", PRIORITY),
    ("join", Object(&[("functions", Count), ("by_name", Count), ("cpu_share", Fraction), ("memory_share", Fraction)])),
    (
        "packages",
        List(&Object(&[
            ("name", String),
            ("self_time", Count),
            ("self_size", Count),
            ("cpu_share", Fraction),
            ("cpu_active_share", Fraction),
            ("memory_share", Fraction),
        ])),
    ),
    (
        "functions",
        List(&Object(&[
            ("function", String),
            ("url", String),
            ("line", NUMBER),
            ("column", NUMBER),
            ("kind", KIND),
            ("package", String),
            ("category", String),
            ("self_time", Count),
            ("self_size", Count),
            ("cpu_share", Fraction),
            ("cpu_active_share", Fraction),
            ("memory_share", Fraction),
            ("same_line", Bool),
        ])),
    ),
    ("order_of_work", List(&String)),
]);

const SAVING: Shape = Object(&[("low", Count), ("high", Count)]);
const TEXT: Shape = OrNull(&String);
const PLACE: Shape = Object(&[("function", String), ("url", String), ("line", NUMBER), ("column", NUMBER)]);

const RECOMMENDATION: Shape = Object(&[
    ("rule", String),
    ("category", String),
    ("priority", Count),
    ("title", String),
    ("advice", List(&Object(&[("text", String), ("code", TEXT), ("language", TEXT)]))),
    ("matched_size", Count),
    ("saving", SAVING),
    ("alone", SAVING),
    ("saves", OneOf(&["allocation", "peak", "repetition", "kept", "held"])),
    ("effort", EFFORT),
    ("why", TEXT),
    ("insight", TEXT),
    ("verify", TEXT),
    (
        "evidence",
        Object(&[
            ("package", String),
            ("function_count", Count),
            (
                "functions",
                List(&Object(&[
                    ("function", String),
                    ("url", String),
                    ("line", NUMBER),
                    ("column", NUMBER),
                    ("self_size", Count),
                    ("matched_size", Count),
                ])),
            ),
            ("stack", List(&PLACE)),
            ("caused_by", OrNull(&PLACE)),
            ("caused_by_is_likely", Bool),
            ("behind_await", Bool),
        ]),
    ),
]);

const UNADVISED: Shape = Object(&[
    ("self_size", Count),
    ("share", Fraction),
    ("package", OrNull(&String)),
    ("caused_by", OrNull(&PLACE)),
    ("largest", OrNull(&PLACE)),
    ("asked_by", OrNull(&PLACE)),
    ("app", OrNull(&String)),
]);

const BUDGET: Shape = Object(&[
    ("category", String),
    ("current_share", Fraction),
    ("target_share", Fraction),
    ("action", String),
    ("reduction", Count),
]);

const ACTION: Shape = Object(&[
    ("priority", OneOf(&["P0", "P1", "P2"])),
    ("action", String),
    ("saving", SAVING),
    ("alone", SAVING),
    ("effort", EFFORT),
    ("rule", String),
    ("joint", OrNull(&Object(&[("function", PLACE), ("others", Count), ("saving", SAVING)]))),
    ("is_part", Bool),
]);

const CUT_STACKS: Shape = Object(&[
    ("limit", Count),
    ("self_size", Count),
    ("share", Fraction),
    ("truncated_stacks", Count),
    ("truncated_size", Count),
]);

const ENTRY_POINT: Shape = Row(&[
    ("function", String),
    ("url", String),
    ("line", NUMBER),
    ("column", NUMBER),
    ("total_size", Count),
    ("share", Fraction),
    ("standard_error", NUMBER),
]);

const WARNING: Shape = Object(&[
    ("kind", String),
    ("message", String),
    ("remedy", String),
    ("share", OrNull(&Fraction)),
    ("command", TEXT),
]);

const REPORT: Shape = Object(&[
    ("schema_version", Is(1)),
    ("kind", OneOf(&["report"])),
    (
        "file",
        Object(&[
            ("name", String),
            ("bytes", Count),
            ("compressed_bytes", NUMBER),
            ("dialect", DIALECTS),
            ("complete", Bool),
            ("truncated_at", NUMBER),
        ]),
    ),
    ("filters", Empty),
    (
        "summary",
        Object(&[
            ("total_size", Count),
            ("shown_size", Count),
            ("nodes", Count),
            ("allocating_nodes", Count),
            ("call_frames", Count),
            ("max_depth", Count),
            ("samples", NUMBER),
            ("sampling_interval", Object(&[("bytes", NUMBER), ("source", OneOf(&["given", "inferred", "unknown"]))])),
            ("standard_error", NUMBER),
            ("objects", OneOf(&["live", "all", "unknown"])),
            ("cut_stacks", OrNull(&CUT_STACKS)),
            ("repair", Null),
        ]),
    ),
    ("categories", List(&CATEGORY)),
    ("packages", List(&PACKAGE)),
    ("functions", List(&FUNCTION)),
    ("stacks", List(&STACK)),
    ("stacks_omitted", Object(&[("count", Count), ("self_size", Count)])),
    ("entry_points", List(&ENTRY_POINT)),
    ("memory_usage", Null),
    ("correlation", OrNull(&List(&CORRELATION))),
    ("cpu", OrNull(&CPU)),
    ("recommendations", List(&RECOMMENDATION)),
    ("if_live", OrNull(&RECOMMENDATION)),
    ("unadvised", OrNull(&UNADVISED)),
    ("budget", List(&BUDGET)),
    ("actions", List(&ACTION)),
    ("warnings", List(&WARNING)),
]);

fn check(path: &str, value: &Value, shape: &Shape) {
    let fits = match shape {
        String => value.is_string(),
        OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Count => value.is_u64(),
        Fraction => value.as_f64().is_some_and(|share| {
            let rounded = (share * 1e6).round() / 1e6;
            (0.0..=1.0).contains(&share) && (share - rounded).abs() < 1e-12
        }),
        Bool => value.is_boolean(),
        True => *value == Value::Bool(true),
        Null => value.is_null(),
        Is(number) => value.as_u64() == Some(*number),
        OrNull(_) if value.is_null() => true,
        OrNull(shape) => return check(path, value, shape),
        Empty => value.as_array().is_some_and(Vec::is_empty),
        List(shape) => {
            let list = value.as_array().unwrap_or_else(|| panic!("{path} is no list"));
            return list.iter().enumerate().for_each(|(i, value)| check(&format!("{path}[{i}]"), value, shape));
        }
        Row(_) if value.get("truncated").is_some() => return check(path, value, &Object(TRUNCATED)),
        Row(_) if value.get("other").is_some() && value.get("total_size").is_some() => {
            return check(path, value, &Object(OTHER_ENTRIES));
        }
        Row(_) if value.get("caused_size").is_some() && value.get("other").is_some() => {
            return check(path, value, &Object(OTHER_CAUSES));
        }
        Row(_) if value.get("other").is_some() => return check(path, value, &Object(OTHER)),
        Object(members) | Row(members) => {
            let object = value.as_object().unwrap_or_else(|| panic!("{path} is no object"));
            let wanted: Vec<_> = members.iter().map(|(key, _)| *key).collect();
            let mut found: Vec<_> = object.keys().map(std::string::String::as_str).collect();
            found.sort_by_key(|key| wanted.iter().position(|wanted| wanted == key));
            assert_eq!(found, wanted, "{path}");
            return members.iter().for_each(|(key, shape)| check(&format!("{path}.{key}"), &value[*key], shape));
        }
    };
    assert!(fits, "{path} is {value}");
}

/// The keys of the outermost object in the order of the text.
fn outer_keys(text: &str) -> Vec<&str> {
    let (mut keys, mut depth, mut at) = (Vec::new(), 0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => {
                let start = at + 1;
                at = start;
                while text.as_bytes()[at] != b'"' {
                    at += 1 + usize::from(text.as_bytes()[at] == b'\\');
                }
                if depth == 1 && text[at + 1..].starts_with(':') {
                    keys.push(&text[start..at]);
                }
            }
            _ => {}
        }
        at += 1;
    }
    keys
}

#[test]
fn reports_have_all_keys_and_types() {
    let Object(members) = &REPORT else { panic!("a report is an object") };
    let keys: Vec<_> = members.iter().map(|(key, _)| *key).collect();
    for name in [
        "captured/inspector.heapprofile",
        "captured/node-v8-api.heapprofile",
        "compressed/inspector-brief.heapprofile.gz",
        "dialects/xprofiler.heapprofile",
        "dialects/heap-profile-npm.heapprofile",
        "odd/not-utf8.heapprofile",
        "odd/negative-size.heapprofile",
        "odd/zero-sizes.heapprofile",
        "odd/root-without-children.heapprofile",
        "odd/deep.heapprofile",
        "seed/x-heapprofile-3070674-20251207-1.heapprofile",
    ] {
        for args in [&[][..], &["-n", "2"]] {
            let output = heapsift().args(["-f", "json"]).args(args).arg(fixture(name)).output().expect("it runs");
            assert_eq!(code(&output), 0, "{name}");
            assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1, "{name}: one line");
            assert_eq!(outer_keys(super::stdout(&output)), keys, "{name}");
            check(name, &parsed(&output.stdout), &REPORT);
        }
    }
}

#[test]
fn with_a_cpu_profile_the_rest_stays_as_it_is() {
    let report = |args: &[&str]| {
        super::json_of(
            [fixture("captured/inspector.heapprofile")].iter().map(PathBuf::as_path).chain(args.iter().map(Path::new)),
        )
    };
    let cpu = fixture("captured/node.cpuprofile");
    let (mut beside, mut alone) = (report(&["--cpu", cpu.to_str().expect("UTF-8")]), report(&[]));
    check("beside a CPU profile", &beside, &REPORT);
    for key in ["correlation", "cpu"] {
        let before = (alone[key].take(), beside[key].take());
        assert!(before.0.is_null() && !before.1.is_null(), "{key}");
    }
    assert_eq!(beside, alone);
}

#[test]
fn a_cut_file_has_the_same_shape() {
    let folder = super::folder();
    let path = folder.path().join("cut");
    let text = super::read(super::profile());
    for at in [9, 100, 5000] {
        super::write(&path, &text[..at]);
        let output = heapsift().args(["-f", "json"]).arg(&path).output().expect("it runs");
        assert_eq!(code(&output), 2);
        check(&format!("cut at {at}"), &parsed(&output.stdout), &REPORT);
    }
}
