//! Reads a CPU profile the slow and obvious way: serde_json into a tree, all samples with their times in a list that is sorted.

use std::collections::{BTreeMap, HashMap};

use heapsift::cpu::{CpuProfile, Measure};
use serde_json::Value;

use crate::common::oracle::mended;

/// Function, url, line and column (1-based, 0 is none), whether there is a script.
pub(crate) type Key = (String, String, i64, i64, bool);

/// What a profile comes to.
#[derive(Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) measure: Measure,
    pub(crate) by_frame: BTreeMap<Key, u64>,
    pub(crate) lost: u64,
    pub(crate) nodes: u64,
    pub(crate) samples: u64,
}

/// The same of what the reader gives. Whether there is a script, its table does not tell: the classifier of these tests says so by the kind.
pub(crate) fn of_reader(profile: &CpuProfile) -> Found {
    let mut by_frame = BTreeMap::new();
    for id in profile.frames.ids() {
        let frame = profile.frames.get(id);
        let text = |id| profile.frames.text(id).to_owned();
        let place = |place: Option<u32>| place.map_or(0, i64::from);
        let key = (
            text(frame.function),
            text(frame.url),
            place(profile.frames.line(id)),
            place(profile.frames.column(id)),
            frame.kind == heapsift::profile::FrameKind::Generated,
        );
        if profile.time(id) > 0 {
            *by_frame.entry(key).or_insert(0) += profile.time(id);
        }
    }
    assert_eq!(by_frame.values().sum::<u64>(), profile.total);
    assert_eq!(profile.by_frame.len(), profile.frames.len());
    Found { measure: profile.measure, by_frame, lost: profile.lost, nodes: profile.nodes, samples: profile.samples }
}

struct Node {
    id: Option<u64>,
    key: (String, String, i64, i64, bool),
    hits: u64,
}

/// What a complete profile comes to.
pub(crate) fn found(text: &[u8]) -> Found {
    let mended = mended(text);
    let mut reader = serde_json::Deserializer::from_str(&mended);
    reader.disable_recursion_limit();
    let document: Value = serde::Deserialize::deserialize(&mut reader).expect("JSON");
    let mut profile = &document;
    while profile.get("nodes").or(profile.get("head")).is_none() {
        profile = ["profile", "result", "payload"].into_iter().find_map(|key| profile.get(key)).expect("nodes");
    }
    let mut nodes = Vec::new();
    let (mut zero, mut flat) = (false, false);
    let mut todo: Vec<&Value> = match profile.get("nodes") {
        Some(list) => list.as_array().expect("an array").iter().rev().collect(),
        None => vec![&profile["head"]],
    };
    while let Some(node) = todo.pop() {
        let children = node.get("children").and_then(Value::as_array).into_iter().flatten();
        todo.extend(children.filter(|child| child.is_object()));
        let frame = node.get("callFrame").unwrap_or(node);
        flat |= node.get("callFrame").is_none();
        zero |= frame["scriptId"].is_string() || frame["lineNumber"].as_f64() == Some(-1.0);
        nodes.push(Node {
            id: node.get("id").map(|id| id.as_u64().expect("a number")),
            key: key(frame),
            hits: node.get("hitCount").map_or(0, |hits| hits.as_u64().expect("a number")),
        });
    }
    for node in &mut nodes {
        for place in [&mut node.key.2, &mut node.key.3] {
            *place = if zero && !flat { *place + 1 } else { (*place).max(0) };
        }
    }
    spent(profile, &nodes)
}

fn key(frame: &Value) -> Key {
    let text = |name: &str| frame[name].as_str().unwrap_or_default().to_owned();
    let place = |name: &str| frame[name].as_f64().map_or(-1, |n| n as i64).max(-1);
    let has_script = match &frame["scriptId"] {
        Value::String(id) => id != "0",
        Value::Number(id) => id.as_u64() != Some(0),
        _ => false,
    };
    (text("functionName"), text("url"), place("lineNumber"), place("columnNumber"), has_script)
}

fn spent(profile: &Value, nodes: &[Node]) -> Found {
    let numbers = |key: &str| {
        let list = profile.get(key).and_then(Value::as_array);
        list.map(|list| list.iter().map(|n| n.as_f64().expect("a number") as i64).collect::<Vec<_>>())
    };
    let samples = numbers("samples").unwrap_or_default();
    let mut now = 0;
    let times = numbers("timestamps").or_else(|| {
        let sum = |delta: &i64| {
            now += delta;
            now
        };
        Some(numbers("timeDeltas")?.iter().map(sum).collect())
    });
    let mut frame_of: HashMap<u64, &Key> = HashMap::new();
    let mut hits: BTreeMap<Key, u64> = BTreeMap::new();
    for node in nodes {
        if let Some(id) = node.id {
            frame_of.entry(id).or_insert(&node.key);
        }
        *hits.entry(node.key.clone()).or_insert(0) += node.hits;
    }

    let mut by_time: BTreeMap<Key, u64> = BTreeMap::new();
    let mut by_count: BTreeMap<Key, u64> = BTreeMap::new();
    let (mut lost_time, mut lost_count) = (0, 0);
    let mut spend = |id: i64, time: u64| match frame_of.get(&(id as u64)) {
        Some(&key) => {
            *by_time.entry(key.clone()).or_insert(0) += time;
            *by_count.entry(key.clone()).or_insert(0) += 1;
        }
        None => {
            lost_time += time;
            lost_count += 1;
        }
    };
    let times = times.unwrap_or_default();
    let paired = times.len() == samples.len() || times.len() == samples.len() + 1;
    if paired && !samples.is_empty() {
        let mut order: Vec<(i64, i64)> = times.iter().copied().zip(samples.iter().copied()).collect();
        order.sort_by_key(|&(time, _)| time);
        let (first, last) = (order[0].0, order[order.len() - 1].0);
        let average = if order.len() > 1 { (last - first) / (order.len() as i64 - 1) } else { 0 };
        let end = times.get(samples.len()).map_or(last + average, |&end| end.max(last));
        let ends = order.iter().skip(1).map(|&(time, _)| time).chain([end]);
        order.iter().zip(ends).for_each(|(&(time, id), end)| spend(id, (end - time) as u64));
    } else {
        samples.iter().for_each(|&id| spend(id, 0));
    }

    let (measure, mut by_frame, lost) = if paired && by_time.values().any(|&time| time > 0) {
        (Measure::Microseconds, by_time, lost_time)
    } else if hits.values().any(|&hits| hits > 0) {
        (Measure::Hits, hits, 0)
    } else {
        (Measure::Samples, by_count, lost_count)
    };
    by_frame.retain(|_, time| *time > 0);
    Found { measure, by_frame, lost, nodes: nodes.len() as u64, samples: samples.len() as u64 }
}
