//! What is written for other tools: read again as they would, it has the stacks of the file, which plain recursion tells.

#![expect(clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::expect_used, reason = "the same")]

mod common;

use std::collections::BTreeMap;
use std::io::Read;

use common::{Way, fixtures, read_with};
use flate2::read::GzDecoder;
use heapsift::aggregate::{Filters, FramePattern, ReadOptions};
use heapsift::analysis::model::{Profile, Report, ReportOptions};
use heapsift::export::{Export, ExportError, Target};
use heapsift::generate::{Layout, Options, Shape, random_profile};
use heapsift::input::Input;
use heapsift::report::{Format, Style, escaped, render};
use prost::Message;
use serde_json::Value;

/// Name, url and line of a function.
type Frame = (String, String, u64);

/// Bytes by stack, the outermost first.
type Stacks = BTreeMap<Vec<Frame>, u64>;

fn profile(text: &[u8], options: ReadOptions<'_>) -> Profile {
    let options = ReadOptions { keep_tree: true, ..options };
    let outcome = read_with(Input::from_bytes(text.to_vec()), Way::plain(), options);
    Profile::from_outcome("a.heapprofile".to_owned(), None, outcome.unwrap_or_else(|problem| panic!("{problem:?}"))).0
}

fn export(profile: &Profile, least: u64, to: Target) -> Vec<u8> {
    let mut out = Vec::new();
    let written = Export { least, interval: Some(512) }.write(profile, to, &mut out);
    written.unwrap_or_else(|error| panic!("{to:?}: {error}"));
    out
}

#[test]
fn nodes_are_kept_up_to_the_number_that_is_wanted() {
    for text in texts() {
        let all = profile(&text, ReadOptions::default()).tree.expect("nodes are kept");
        let kept = |most_kept, window_size| {
            profile(&text, ReadOptions { most_kept, window_size, ..ReadOptions::default() }).tree
        };
        let nodes = all.nodes().len();
        for window_size in [4096, 1 << 20] {
            assert!(kept(nodes, window_size) == Some(all.clone()));
            assert_eq!([nodes - 1, 1, 0].map(|most| kept(most, window_size)), [const { None }; 3]);
        }
    }
}

/// One-line profiles: fixtures, and random ones with odd names.
fn texts() -> Vec<Vec<u8>> {
    let mut texts: Vec<Vec<u8>> = (0..4)
        .map(|seed| {
            let mut text = Vec::new();
            let options = Options { functions: 200, ..Options::new(Layout::Inspector, 60_000, seed) };
            random_profile(&options, &mut text).expect("memory can be written");
            text
        })
        .collect();
    texts.extend(
        fixtures("dialects", "inspector.heapprofile").iter().map(|path| std::fs::read(path).expect("a fixture")),
    );
    texts
}

/// The stacks of an inspector's file.
fn oracle(text: &[u8]) -> Stacks {
    fn walk(node: &Value, path: &mut Vec<Frame>, stacks: &mut Stacks) {
        for child in node["children"].as_array().expect("children") {
            let frame = &child["callFrame"];
            let text = |key: &str| frame[key].as_str().expect("a text");
            let name = if text("functionName").is_empty() { "(anonymous)" } else { text("functionName") };
            let line = frame["lineNumber"].as_i64().expect("a number") + 1;
            path.push((escaped(name), escaped(text("url")), u64::try_from(line).unwrap_or(0)));
            let size = child["selfSize"].as_u64().expect("a size");
            if size > 0 {
                *stacks.entry(path.clone()).or_default() += size;
            }
            walk(child, path, stacks);
            path.pop();
        }
    }
    let mut stacks = Stacks::new();
    let document: Value = serde_json::from_slice(text).expect("JSON");
    walk(&document["head"], &mut Vec::new(), &mut stacks);
    stacks
}

/// The parts of pprof's format that are looked at, with the numbers of its definition.
mod pprof {
    #[derive(prost::Message)]
    pub(super) struct Profile {
        #[prost(message, repeated, tag = "1")]
        pub(super) sample_type: Vec<ValueType>,
        #[prost(message, repeated, tag = "2")]
        pub(super) sample: Vec<Sample>,
        #[prost(message, repeated, tag = "4")]
        pub(super) location: Vec<Location>,
        #[prost(message, repeated, tag = "5")]
        pub(super) function: Vec<Function>,
        #[prost(string, repeated, tag = "6")]
        pub(super) strings: Vec<String>,
        #[prost(int64, tag = "12")]
        pub(super) period: i64,
    }
    #[derive(prost::Message)]
    pub(super) struct ValueType {
        #[prost(int64, tag = "1")]
        pub(super) kind: i64,
        #[prost(int64, tag = "2")]
        pub(super) unit: i64,
    }
    #[derive(prost::Message)]
    pub(super) struct Sample {
        #[prost(uint64, repeated, tag = "1")]
        pub(super) location: Vec<u64>,
        #[prost(int64, repeated, tag = "2")]
        pub(super) value: Vec<i64>,
        #[prost(message, repeated, tag = "3")]
        pub(super) label: Vec<Label>,
    }
    #[derive(prost::Message)]
    pub(super) struct Label {
        #[prost(int64, tag = "1")]
        pub(super) key: i64,
        #[prost(int64, tag = "2")]
        pub(super) text: i64,
    }
    #[derive(prost::Message)]
    pub(super) struct Location {
        #[prost(uint64, tag = "1")]
        pub(super) id: u64,
        #[prost(message, repeated, tag = "4")]
        pub(super) line: Vec<Line>,
    }
    #[derive(prost::Message)]
    pub(super) struct Line {
        #[prost(uint64, tag = "1")]
        pub(super) function: u64,
        #[prost(int64, tag = "2")]
        pub(super) line: i64,
    }
    #[derive(prost::Message)]
    pub(super) struct Function {
        #[prost(uint64, tag = "1")]
        pub(super) id: u64,
        #[prost(int64, tag = "2")]
        pub(super) name: i64,
        #[prost(int64, tag = "4")]
        pub(super) file: i64,
    }
}

fn decoded(compressed: &[u8]) -> pprof::Profile {
    let mut bytes = Vec::new();
    GzDecoder::new(compressed).read_to_end(&mut bytes).expect("gzip");
    pprof::Profile::decode(&*bytes).expect("a message")
}

fn of_pprof(compressed: &[u8]) -> Stacks {
    let profile = decoded(compressed);
    let text = |number: i64| profile.strings[usize::try_from(number).expect("a place")].clone();
    assert_eq!(profile.strings[0], "");
    assert_eq!([text(profile.sample_type[0].kind), text(profile.sample_type[0].unit)], ["space", "bytes"]);
    let functions: BTreeMap<u64, &pprof::Function> = profile.function.iter().map(|one| (one.id, one)).collect();
    let locations: BTreeMap<u64, &pprof::Location> = profile.location.iter().map(|one| (one.id, one)).collect();
    let frame = |id: &u64| {
        let line = &locations[id].line[0];
        let function = functions[&line.function];
        (text(function.name), text(function.file), u64::try_from(line.line).expect("a line"))
    };
    let mut stacks = Stacks::new();
    for sample in &profile.sample {
        let stack = sample.location.iter().rev().map(frame).collect();
        *stacks.entry(stack).or_default() += u64::try_from(sample.value[0]).expect("bytes");
        let keys: Vec<String> = sample.label.iter().map(|label| text(label.key)).collect();
        assert_eq!(keys, ["category", "package"]);
        assert!(sample.label.iter().all(|label| !text(label.text).is_empty()));
    }
    stacks
}

fn of_speedscope(text: &[u8]) -> Stacks {
    let document: Value = serde_json::from_slice(text).expect("JSON");
    let frames: Vec<Frame> = document["shared"]["frames"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|frame| {
            let text = |key: &str| frame[key].as_str().unwrap_or_default().to_owned();
            (text("name"), text("file"), frame["line"].as_u64().unwrap_or(0))
        })
        .collect();
    let profile = &document["profiles"][0];
    let (mut stacks, mut open, mut before) = (Stacks::new(), Vec::new(), 0);
    for event in profile["events"].as_array().expect("a list") {
        let at = event["at"].as_u64().expect("a place");
        if at > before {
            let stack = open.iter().map(|&frame: &usize| frames[frame].clone()).collect();
            *stacks.entry(stack).or_default() += at - before;
        }
        before = at;
        let frame = usize::try_from(event["frame"].as_u64().expect("a number")).expect("a place");
        match event["type"].as_str() {
            Some("O") => open.push(frame),
            _ => assert_eq!(open.pop(), Some(frame), "what closes is what is open"),
        }
    }
    assert!(open.is_empty());
    assert_eq!(profile["endValue"].as_u64(), Some(before));
    stacks
}

/// Long lists are no help where they differ.
fn assert_same(found: &Stacks, expected: &Stacks) {
    let differs = |(stack, size): &(&Vec<Frame>, &u64)| expected.get(*stack) != Some(size);
    assert_eq!(found.iter().find(differs), None, "it is not there, or has other bytes");
    assert_eq!(expected.keys().find(|stack| !found.contains_key(*stack)), None, "it is missing");
}

#[test]
fn each_stack_is_there() {
    for text in texts() {
        let expected = oracle(&text);
        assert!(expected.len() > 5);
        let profile = profile(&text, ReadOptions::default());
        assert_same(&of_pprof(&export(&profile, 0, Target::Pprof)), &expected);
        assert_same(&of_speedscope(&export(&profile, 0, Target::Speedscope)), &expected);

        let folded = String::from_utf8(export(&profile, 0, Target::Folded)).expect("text");
        let sum = |lines: &mut dyn Iterator<Item = (usize, u64)>| {
            lines.fold(BTreeMap::<usize, u64>::new(), |mut sums, (depth, size)| {
                *sums.entry(depth).or_default() += size;
                sums
            })
        };
        let line = |line: &str| {
            let (stack, size) = line.rsplit_once(' ').expect("a stack and its bytes");
            (stack.split(';').count(), size.parse().expect("bytes"))
        };
        let by_depth = sum(&mut expected.iter().map(|(stack, &size)| (stack.len(), size)));
        assert_eq!(sum(&mut folded.lines().map(line)), by_depth);
    }
}

#[test]
fn a_heap_profile_says_the_same_again() {
    let json = |profile: &Profile| {
        let mut out = Vec::new();
        let report = Report::new(profile, ReportOptions { interval: Some(512), ..ReportOptions::default() });
        render(&report, Format::Json, &Style::default(), &mut out).expect("memory can be written");
        let mut value: Value = serde_json::from_slice(&out).expect("JSON");
        let keep = ["categories", "packages", "functions", "stacks", "summary"];
        // There are no samples, so nothing tells what lived.
        value["summary"]["samples"] = Value::Null;
        value["summary"]["objects"] = Value::Null;
        keep.map(|key| value[key].take())
    };
    for path in fixtures("dialects", ".heapprofile") {
        let text = std::fs::read(&path).expect("a fixture");
        let before = profile(&text, ReadOptions::default());
        let after = profile(&export(&before, 0, Target::HeapProfile), ReadOptions::default());
        for (after, before) in json(&after).into_iter().zip(json(&before)) {
            let rows = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            for (after, before) in rows(&after).into_iter().zip(rows(&before)) {
                assert_eq!(after, before, "{}", path.display());
            }
            assert_eq!(rows(&after).len(), rows(&before).len());
        }
        let small =
            profile(&export(&before, before.aggregate.total_size / 8, Target::HeapProfile), ReadOptions::default());
        assert_eq!(Report::new(&small, ReportOptions::default()).sampling().interval, Some(512));
    }
}

#[test]
fn only_what_is_shown_is_written() {
    let text = texts().remove(0);
    let focus = FramePattern::new("express").expect("a pattern");
    let filters = Filters { focus: Some(focus), ..Filters::default() };
    let profile = profile(&text, ReadOptions { filters: &filters, ..ReadOptions::default() });
    let is_shown =
        |stack: &[Frame]| stack.iter().any(|(name, url, _)| name.contains("express") || url.contains("express"));
    let expected: Stacks = oracle(&text).into_iter().filter(|(stack, _)| is_shown(stack)).collect();
    assert!(!expected.is_empty());
    assert_same(&of_pprof(&export(&profile, 0, Target::Pprof)), &expected);
    assert_same(&of_speedscope(&export(&profile, 0, Target::Speedscope)), &expected);
}

#[test]
fn of_a_file_that_ends_early_all_that_was_read_is_written() {
    for path in fixtures("dialects", ".heapprofile") {
        let text = std::fs::read(&path).expect("a fixture");
        for cut in (text.len() / 10..text.len()).step_by(97) {
            let options = ReadOptions { keep_tree: true, ..ReadOptions::default() };
            let Ok(outcome) = read_with(Input::from_bytes(text[..cut].to_vec()), Way::plain(), options) else {
                continue;
            };
            let profile = Profile::from_outcome("a".to_owned(), None, outcome).0;
            for least in [0, profile.aggregate.total_size / 16] {
                let stacks = of_pprof(&export(&profile, least, Target::Pprof));
                assert_eq!(stacks.values().sum::<u64>(), profile.aggregate.total_size, "{} at {cut}", path.display());
            }
        }
    }
}

#[test]
fn what_a_node_without_a_call_frame_calls_is_its_callers() {
    let node = |name: &str, size: u64, children: &str| {
        format!(
            r#"{{"callFrame":{{"functionName":"{name}","scriptId":"7","url":"a.js","lineNumber":4,"columnNumber":1}},"selfSize":{size},"children":[{children}]}}"#
        )
    };
    let nameless = node("lost", 4096, &node("keys", 1 << 20, "")).replacen("callFrame", "cal]Frame", 1);
    let text = format!(r#"{{"head":{}}}"#, node("(root)", 0, &node("serve", 0, &nameless)));
    let options = ReadOptions { keep_tree: true, ..ReadOptions::default() };
    let outcome = read_with(Input::from_bytes(text.into_bytes()), Way::plain(), options).expect("it has a head");
    let profile = Profile::from_outcome("a".to_owned(), None, outcome).0;
    assert_eq!(profile.aggregate.total_size, 1 << 20);
    for least in [0, 1 << 16] {
        let stacks = of_pprof(&export(&profile, least, Target::Pprof));
        let names: Vec<Vec<&str>> = stacks.keys().map(|stack| stack.iter().map(|frame| &*frame.0).collect()).collect();
        assert_eq!(names, [["serve", "keys"]], "{least}");
        assert_eq!(stacks.into_values().sum::<u64>(), 1 << 20);
    }
}

#[test]
fn what_is_left_out_counts_for_its_caller() {
    let text = texts().remove(0);
    let profile = profile(&text, ReadOptions::default());
    let (all, some) = (oracle(&text), of_pprof(&export(&profile, 300_000, Target::Pprof)));
    assert!(some.len() < all.len());
    assert_eq!(some.values().sum::<u64>(), all.values().sum::<u64>());
    assert_eq!(decoded(&export(&profile, 0, Target::Pprof)).period, 512);
}

#[test]
fn deep_stacks_end() {
    let mut text = Vec::new();
    let options = Options {
        shape: Shape::Chain,
        max_depth: 20_000,
        functions: 50,
        ..Options::new(Layout::Inspector, 4 << 20, 1)
    };
    random_profile(&options, &mut text).expect("memory can be written");
    let profile = profile(&text, ReadOptions::default());
    for to in [Target::Pprof, Target::Speedscope] {
        let written = export(&profile, 0, to);
        let stacks = if to == Target::Pprof { of_pprof(&written) } else { of_speedscope(&written) };
        assert_eq!(stacks.values().sum::<u64>(), profile.aggregate.total_size, "{to:?}");
        assert_eq!(stacks.keys().map(Vec::len).max(), Some(1023), "{to:?}");
    }
    export(&profile, 0, Target::Svg);
}

#[test]
fn a_picture_that_would_take_much_memory_is_coarser() {
    let node = |number: usize, size: u64, children: &str| {
        let name = format!("{number:0>100}");
        format!(
            r#"{{"callFrame":{{"functionName":"{name}","scriptId":"7","url":"a.js","lineNumber":4,"columnNumber":1}},"selfSize":{size},"children":[{children}]}}"#
        )
    };
    let calls = |leaves: usize| {
        let leaves: Vec<String> =
            (0..leaves).map(|leaf| node(1000 + leaf, 8192 * (1 + leaf as u64 / 1900), "")).collect();
        let text = (0..200).fold(leaves.join(","), |below, outer| node(outer, 0, &below));
        let root = r#"{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,"children":["#;
        let profile = profile(format!("{root}{text}]}}}}").as_bytes(), ReadOptions::default());
        String::from_utf8(export(&profile, 0, Target::Svg)).expect("text").matches("<title>").count()
    };
    assert_eq!(calls(200), 1 + 200 + 200);
    assert_eq!(calls(2000), 1 + 200 + 100, "40 MB of stacks are too many; the larger ones are drawn");
}

#[test]
fn a_picture_has_the_functions_and_no_tags_of_others() {
    let text = br#"{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,
        "children":[{"callFrame":{"functionName":"<script>alert(1)</script>; a\uffff","scriptId":"7","url":"file:///srv/\"a\".js","lineNumber":11,"columnNumber":15},
        "selfSize":3145728,"children":[]}]}}"#;
    let one = profile(text, ReadOptions::default());
    let picture = String::from_utf8(export(&one, 0, Target::Svg)).expect("text");
    assert!(picture.starts_with("<?xml") && picture.contains("3,145,728 bytes"));
    assert!(
        !picture.contains("<script>alert")
            && picture.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{3b} a\\u{ffff} (")
    );
    assert!(picture.contains("Allocations in a.heapprofile"));
    assert_eq!(picture, String::from_utf8(export(&one, 0, Target::Svg)).expect("text"), "the same bytes each time");

    let nothing = br#"{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,"children":[]}}"#;
    let written = Export::default().write(&profile(nothing, ReadOptions::default()), Target::Svg, &mut Vec::new());
    assert!(matches!(written, Err(ExportError::Empty)));
    let mut without = one;
    without.tree = None;
    let written = Export::default().write(&without, Target::Folded, &mut Vec::new());
    assert!(matches!(written, Err(ExportError::NoTree)));
}
