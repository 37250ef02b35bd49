//! What a file tells of its sampling, found slowly: samples, sizes, cut stacks, entry points.

use heapsift::profile::{Aggregate, CutStacks, EntryPoint, Samples, SizeSpread};
use serde_json::Value;

use super::oracle::Oracle;
use super::spans::{Span, spans};

/// Bytes of the longest element of `samples` whose size counts.
const LONGEST: usize = 4096;

/// Adds it to what the oracle found of the same profile. It recurses.
pub(crate) fn add(text: &[u8], profile: &Value, oracle: &mut Oracle<'_>, aggregate: &mut Aggregate) {
    aggregate.samples = profile.get("samples").map(|list| samples(list, &lengths(text)));
    let head = &profile["head"];
    let mut sizes = SizeSpread::default();
    nodes(oracle, head, 0, &mut |_, size| {
        if size > 0 {
            sizes.take(size);
        }
    });
    aggregate.sizes = sizes;

    let limit = Some(aggregate.max_depth).filter(|limit| [16, 64, 128].contains(limit));
    let is_cut = |depth: u64| Some(depth) == limit;
    let mut cut = CutStacks { limit: limit.unwrap_or(0), self_size: 0, truncated: 0, truncated_size: 0 };
    let mut entries: Vec<EntryPoint> = Vec::new();
    for child in children(head) {
        let (mut total, mut cut_below) = (0, 0);
        nodes(oracle, child, 1, &mut |depth, size| {
            total += size;
            cut_below += if is_cut(depth) { size } else { 0 };
        });
        cut.self_size += cut_below;
        if total > 0 && cut_below == total {
            cut.truncated += 1;
            cut.truncated_size += total;
        } else if total > 0 {
            let frame = oracle.frame(child);
            match entries.iter_mut().find(|entry| entry.frame == frame) {
                Some(entry) => entry.total_size += total,
                None => entries.push(EntryPoint { frame, total_size: total }),
            }
        }
    }
    aggregate.cut_stacks = (cut.truncated > 0).then_some(cut);
    aggregate.entry_points = entries;
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node.get("children").and_then(Value::as_array).into_iter().flatten()
}

fn nodes(oracle: &mut Oracle<'_>, node: &Value, depth: u64, each: &mut dyn FnMut(u64, u64)) {
    let size = oracle.size(node);
    each(depth, size);
    for child in children(node) {
        nodes(oracle, child, depth + 1, each);
    }
}

/// Bytes of each element of `samples`.
fn lengths(text: &[u8]) -> Vec<usize> {
    let document = spans(text);
    let mut profile: &Span = &document;
    while profile.get("head").is_none() {
        profile = ["profile", "result", "payload"].into_iter().find_map(|key| profile.get(key)).expect("a head");
    }
    let samples = profile.get("samples").expect("samples");
    samples.members.iter().map(|(_, sample)| sample.end - sample.start).collect()
}

fn samples(list: &Value, lengths: &[usize]) -> Samples {
    let mut samples = Samples::default();
    for (sample, length) in list.as_array().expect("an array").iter().zip(lengths) {
        // What is too long, or holds more than plain values, is counted without a size.
        let sample = if *length <= LONGEST { sample } else { &Value::Null };
        let fields = sample.as_object().filter(|fields| fields.values().all(|v| !v.is_array() && !v.is_object()));
        let whole = |key: &str| match fields.and_then(|fields| fields.get(key)) {
            Some(Value::Number(number)) => {
                number.as_u64().unwrap_or_else(|| number.as_f64().unwrap_or(0.0).round() as u64)
            }
            _ => 0,
        };
        samples.take(whole("size"), whole("ordinal"));
    }
    samples
}
