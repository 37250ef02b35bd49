//! Reads a heap profile the slow and obvious way: serde_json into a tree, plain recursion for the sums.

use std::collections::HashMap;

use heapsift::aggregate::{Outcome, ReadOptions};
use heapsift::profile::{
    Aggregate, CallFrame, CallFrameTable, Category, CausedBy, Classify, Dialect, FrameId, FrameKind, HeavyStack,
    LineBase, RawFrame, Sums,
};
use serde_json::Value;

use super::evidence;

/// Runs `job` with a stack that is deep enough for any recursion here.
pub(crate) fn with_deep_stack<T: Send>(job: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(4 << 30);
        builder.spawn_scoped(scope, job).expect("a thread can be started").join().expect("the oracle does not panic")
    })
}

/// The text as JSON of valid Unicode.
pub(crate) fn mended(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let text: Vec<char> = text.trim_start_matches('\u{feff}').chars().collect();
    let unit = |at: usize| -> Option<u32> {
        let digits: String = text.get(at..at + 6)?.iter().collect();
        u32::from_str_radix(digits.strip_prefix("\\u")?, 16).ok()
    };
    let mut out = String::new();
    let mut at = 0;
    while at < text.len() {
        let taken = match (text[at], text.get(at + 1)) {
            ('\\', Some('v')) => {
                out.push_str("\\u000b");
                at += 2;
                continue;
            }
            ('\\', Some('u')) => match (unit(at), unit(at + 6)) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
                (Some(0xd800..=0xdfff), _) => {
                    out.push('\u{fffd}');
                    at += 6;
                    continue;
                }
                _ => 6,
            },
            ('\\', _) => 2,
            _ => 1,
        };
        out.extend(&text[at..(at + taken).min(text.len())]);
        at += taken;
    }
    out
}

/// The outermost object that holds `head`.
fn profile(document: &Value) -> &Value {
    if document.get("head").is_some() {
        return document;
    }
    let inner = ["profile", "result", "payload"].into_iter().find_map(|key| document.get(key)).expect("a head");
    profile(inner)
}

pub(crate) struct Oracle<'a> {
    classify: &'a dyn Classify,
    stacks: usize,
    frames: CallFrameTable,
    by_frame: HashMap<FrameId, Sums>,
    total: u64,
    nodes: u64,
    allocating: u64,
    negative: u64,
    deepest: u64,
    met: Vec<FrameId>,
    heavy: Vec<(u64, Vec<FrameId>, usize)>,
}

/// The sums over a complete profile. It recurses: run it [`with_deep_stack`].
pub(crate) fn aggregate(text: &[u8], classify: &dyn Classify, stacks: usize) -> Aggregate {
    let document = document(text);
    let profile = profile(&document);
    let mut oracle = new_oracle(&profile["head"], classify, stacks);
    oracle.node(&profile["head"], &mut Vec::new());
    let mut of_evidence = new_oracle(&profile["head"], classify, 0);
    // It numbers frames as the first one does.
    std::mem::swap(&mut of_evidence.frames, &mut oracle.frames);
    let mut evidence = Aggregate { max_depth: oracle.deepest, ..Aggregate::default() };
    evidence::add(text, profile, &mut of_evidence, &mut evidence);
    std::mem::swap(&mut of_evidence.frames, &mut oracle.frames);
    let Aggregate { samples, sizes, cut_stacks, entry_points, .. } = evidence;
    Aggregate { samples, sizes, cut_stacks, entry_points, ..oracle.finish(&profile["head"]) }
}

/// The nodes of a complete profile in the order in which they open: bytes, and the path from below the root. Frames are those of [`aggregate`].
pub(crate) fn nodes(text: &[u8], classify: &dyn Classify) -> Vec<(u64, Vec<FrameId>)> {
    fn walk(oracle: &mut Oracle<'_>, node: &Value, path: &[FrameId], nodes: &mut Vec<(u64, Vec<FrameId>)>) {
        let frame = oracle.frame(node);
        let is_root = nodes.is_empty();
        let path: Vec<FrameId> = if is_root { Vec::new() } else { path.iter().copied().chain([frame]).collect() };
        nodes.push((oracle.size(node), path.clone()));
        for child in node.get("children").and_then(Value::as_array).into_iter().flatten() {
            walk(oracle, child, &path, nodes);
        }
    }
    let document = document(text);
    let head = &profile(&document)["head"];
    let mut nodes = Vec::new();
    walk(&mut new_oracle(head, classify, 0), head, &[], &mut nodes);
    nodes
}

fn document(text: &[u8]) -> Value {
    let mended = mended(text);
    let mut reader = serde_json::Deserializer::from_str(&mended);
    reader.disable_recursion_limit();
    let document: Value = serde::Deserialize::deserialize(&mut reader).expect("JSON");
    reader.end().expect("nothing behind it");
    document
}

fn new_oracle<'a>(head: &Value, classify: &'a dyn Classify, stacks: usize) -> Oracle<'a> {
    let root = if head.get("callFrame").is_some() { &head["callFrame"] } else { head };
    let zero = root["scriptId"].is_string() || root["lineNumber"] == -1;
    let mut oracle = Oracle {
        classify,
        stacks,
        frames: CallFrameTable::default(),
        by_frame: HashMap::new(),
        total: 0,
        nodes: 0,
        allocating: 0,
        negative: 0,
        deepest: 0,
        met: Vec::new(),
        heavy: Vec::new(),
    };
    oracle.frames.set_line_base(if zero { LineBase::Zero } else { LineBase::One });
    oracle
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(-1.0).round()
}

impl Oracle<'_> {
    pub(crate) fn frame(&mut self, node: &Value) -> FrameId {
        let frame = if node.get("callFrame").is_some() { &node["callFrame"] } else { node };
        let has_script = match &frame["scriptId"] {
            Value::Null => false,
            Value::String(id) => !(id.is_empty() || id == "0"),
            id => id.as_f64() != Some(0.0),
        };
        let position = |key: &str| number(&frame[key]).max(-1.0) as i32;
        let (line, column) = (position("lineNumber"), position("columnNumber"));
        let raw = RawFrame {
            function: frame["functionName"].as_str().unwrap_or_default(),
            url: frame["url"].as_str().unwrap_or_default(),
            has_script,
            has_line: (line, column) > (0, 0),
        };
        let class = self.classify.classify(raw);
        self.frames.intern(raw.function, raw.url, line, column, &class)
    }

    pub(crate) fn size(&mut self, node: &Value) -> u64 {
        let size = &node["selfSize"];
        match size.as_u64() {
            Some(size) => size,
            None if number(size) < 0.0 => {
                self.negative += 1;
                0
            }
            None => number(size) as u64,
        }
    }

    /// Gives the total size of the subtree. `path` holds the frames from below the root down to the parent.
    fn node(&mut self, node: &Value, path: &mut Vec<FrameId>) -> u64 {
        let is_root = self.nodes == 0;
        let depth = path.len() as u64;
        let frame = self.frame(node);
        let size = self.size(node);
        self.nodes += 1;
        self.total += size;
        self.deepest = self.deepest.max(depth + u64::from(!is_root));
        self.met.push(frame);
        let counts = !is_root || size > 0;
        if !is_root {
            path.push(frame);
        }
        let allocates = u64::from(size > 0);
        self.allocating += allocates;
        if counts {
            let sums = self.by_frame.entry(frame).or_default();
            sums.self_size += size;
            sums.nodes += 1;
            sums.allocating_nodes += allocates;
        }
        if size > 0 {
            let place = self.heavy.len();
            self.heavy.push((size, path.clone(), place));
        }
        let mut total = size;
        for child in node.get("children").and_then(Value::as_array).into_iter().flatten() {
            total += self.node(child, path);
        }
        if !is_root {
            path.pop();
        }
        total
    }

    /// Total sizes of whatever `key` tells apart: the sum over its outermost nodes.
    fn totals<K: PartialEq + Eq + std::hash::Hash + Copy>(
        &mut self,
        node: &Value,
        open: &mut Vec<K>,
        key: &dyn Fn(&CallFrameTable, FrameId) -> K,
        totals: &mut HashMap<K, u64>,
        is_root: bool,
    ) -> u64 {
        let frame = self.frame(node);
        let place = key(&self.frames, frame);
        let size = self.size(node);
        let counts = !is_root || size > 0;
        let outermost = counts && !open.contains(&place);
        if counts {
            open.push(place);
        }
        let mut total = size;
        for child in node.get("children").and_then(Value::as_array).into_iter().flatten() {
            total += self.totals(child, open, key, totals, false);
        }
        if counts {
            open.pop();
        }
        if outermost {
            *totals.entry(place).or_default() += total;
        }
        total
    }

    fn finish(mut self, head: &Value) -> Aggregate {
        let negative = self.negative;
        let mut by_frame: Vec<Sums> =
            self.frames.ids().map(|id| self.by_frame.get(&id).copied().unwrap_or_default()).collect();
        let mut by_package = vec![Sums::default(); self.frames.package_count()];
        let mut by_category = vec![Sums::default(); self.classify.categories().len()];
        for id in self.frames.ids() {
            let frame = *self.frames.get(id);
            let add = |sums: &mut Sums, more: Sums| {
                sums.self_size += more.self_size;
                sums.nodes += more.nodes;
                sums.allocating_nodes += more.allocating_nodes;
            };
            add(&mut by_package[frame.package.0 as usize], by_frame[id.0 as usize]);
            add(&mut by_category[frame.category.0 as usize], by_frame[id.0 as usize]);
        }
        let mut totals = HashMap::new();
        self.totals(head, &mut Vec::new(), &|_, frame| frame, &mut totals, true);
        totals.drain().for_each(|(id, total)| by_frame[id.0 as usize].total_size = total);
        let mut totals = HashMap::new();
        self.totals(head, &mut Vec::new(), &|frames, frame| frames.get(frame).package, &mut totals, true);
        totals.drain().for_each(|(id, total)| by_package[id.0 as usize].total_size = total);
        let mut totals = HashMap::new();
        self.totals(head, &mut Vec::new(), &|frames, frame| frames.get(frame).category, &mut totals, true);
        totals.drain().for_each(|(id, total)| by_category[id.0 as usize].total_size = total);

        let root = self.met[0];
        let mut sums = [by_frame, by_package, by_category];
        let found = of_nodes(
            &self.frames,
            std::mem::take(&mut self.heavy),
            root,
            self.stacks,
            &mut sums,
            self.classify.categories(),
        );
        let [by_frame, by_package, by_category] = sums;
        let mut met = self.met.clone();
        met.sort_unstable();
        met.dedup();
        Aggregate {
            by_frame,
            by_package,
            by_category,
            categories: self.classify.categories().into(),
            shown_size: self.total,
            total_size: self.total,
            nodes: self.nodes,
            allocating_nodes: self.allocating,
            call_frames: met.len() as u64,
            max_depth: self.deepest,
            negative_sizes: negative,
            frames: self.frames,
            ..found
        }
    }
}

/// A node with bytes: these, its path from below the root, its place among them.
pub(crate) type Heavy = (u64, Vec<FrameId>, usize);

/// The stacks and causes of nodes with bytes; what these cause goes to `sums` by frame, package and category.
pub(crate) fn of_nodes(
    frames: &CallFrameTable,
    mut heavy: Vec<Heavy>,
    root: FrameId,
    stacks: usize,
    sums: &mut [Vec<Sums>; 3],
    categories: &[Category],
) -> Aggregate {
    let innermost = |path: &[FrameId]| -> Vec<FrameId> { path.iter().rev().take(256).copied().collect() };
    heavy.sort_by(|a, b| {
        let (a_path, b_path) = (innermost(&a.1), innermost(&b.1));
        let mut order = b.0.cmp(&a.0);
        for (x, y) in a_path.iter().zip(&b_path) {
            order = order.then(frames.compare(*x, *y));
        }
        order.then(a_path.len().cmp(&b_path.len())).then(a.2.cmp(&b.2))
    });
    let stack = |(size, path, _): &Heavy| HeavyStack {
        self_size: *size,
        frames: path[path.len().saturating_sub(256)..].to_vec(),
        frames_omitted: path.len().saturating_sub(256) as u64,
    };
    let belongs = |category: usize, path: &[FrameId]| {
        usize::from(frames.get(*path.last().unwrap_or(&root)).category.0) == category
    };
    let category_stacks = (0..sums[2].len())
        .map(|category| heavy.iter().find(|(_, path, _)| belongs(category, path)).map(stack))
        .collect();
    let loader = loader(frames, sums, heavy.iter().map(|(size, ..)| size).sum());
    for (size, path, _) in &heavy {
        let last = *path.last().unwrap_or(&root);
        let cause = cause_of(frames, path).unwrap_or(root);
        let mut add = |id: FrameId, change: &dyn Fn(&mut Sums)| {
            let frame = frames.get(id);
            change(&mut sums[0][id.0 as usize]);
            change(&mut sums[1][frame.package.0 as usize]);
            change(&mut sums[2][usize::from(frame.category.0)]);
        };
        add(cause, &|sums| sums.caused_size += size);
        let follows = categories[usize::from(frames.get(last).category.0)].follows_cause;
        let is_for_it = follows && frames.get(cause).kind == FrameKind::Dependency;
        let whose = match loader {
            Some(loader) if is_loading(frames, path) => loader,
            _ if is_for_it => cause,
            _ => last,
        };
        add(whose, &|sums| sums.actionable_size += size);
    }
    let causes = |count, group: fn(&CallFrame) -> usize| {
        let nodes = heavy.iter().map(|(size, path, _)| (*size, *path.last().unwrap_or(&root), &path[..]));
        causes(frames, nodes, count, group)
    };
    Aggregate {
        package_causes: causes(sums[1].len(), |frame| frame.package.0 as usize),
        category_causes: causes(sums[2].len(), |frame| usize::from(frame.category.0)),
        loader,
        stacks: heavy.iter().take(stacks).map(stack).collect(),
        category_stacks,
        ..Aggregate::default()
    }
}

fn is_loader(frames: &CallFrameTable, id: FrameId) -> bool {
    frames.get(id).kind == FrameKind::Core && frames.text(frames.get(id).url).contains("internal/modules/")
}

/// The part of Node's loader that has most bytes at or below it, where the application has more than two in a hundred, or code without a url more than half.
fn loader(frames: &CallFrameTable, sums: &[Vec<Sums>; 3], total: u64) -> Option<FrameId> {
    let most = |kind: FrameKind| {
        let of_kind = frames.ids().filter(|id| frames.get(*id).kind == kind);
        let totals = of_kind.map(|id| sums[1][frames.get(id).package.0 as usize].total_size);
        u128::from(totals.max().unwrap_or(0))
    };
    let has_application =
        most(FrameKind::App) * 50 > u128::from(total) || most(FrameKind::Generated) * 2 > u128::from(total);
    let size = |id: FrameId| sums[0][id.0 as usize].total_size;
    let loaders = frames.ids().filter(|&id| is_loader(frames, id) && size(id) > 0);
    let most_of = loaders.max_by(|&a, &b| size(a).cmp(&size(b)).then_with(|| frames.compare(b, a)));
    most_of.filter(|_| has_application)
}

/// Whether the end of a path is allocated in the loader, or in the body of a package's module that it runs and in what that calls, but the application.
fn is_loading(frames: &CallFrameTable, path: &[FrameId]) -> bool {
    let mut answer = false;
    let mut is_direct = false;
    for &id in path {
        let frame = frames.get(id);
        match frame.kind {
            FrameKind::App => (answer, is_direct) = (false, false),
            _ if is_loader(frames, id) => (answer, is_direct) = (true, true),
            FrameKind::Generated if is_direct => (answer, is_direct) = (false, false),
            FrameKind::Dependency if is_direct => {
                (answer, is_direct) = (frames.text(frame.function).is_empty(), false);
            }
            _ => {}
        }
    }
    answer
}

/// The frame that causes what the end of a path allocates; none for the root.
fn cause_of(frames: &CallFrameTable, path: &[FrameId]) -> Option<FrameId> {
    let kind = |id: FrameId| frames.get(id).kind;
    let last = *path.last()?;
    for &id in path.iter().rev() {
        if matches!(kind(id), FrameKind::App | FrameKind::Dependency) {
            return Some(id);
        }
    }
    Some(*path.iter().find(|id| kind(**id) == FrameKind::Core).unwrap_or(&last))
}

/// For each group the application's frame that is the nearest one to most of its bytes.
fn causes<'p>(
    frames: &CallFrameTable,
    nodes: impl Iterator<Item = (u64, FrameId, &'p [FrameId])>,
    groups: usize,
    group: fn(&CallFrame) -> usize,
) -> Vec<Option<CausedBy>> {
    let mut sizes: Vec<HashMap<FrameId, u64>> = vec![HashMap::new(); groups];
    for (size, last, path) in nodes {
        if let Some(app) = path.iter().rfind(|id| frames.get(**id).kind == FrameKind::App) {
            *sizes[group(frames.get(last))].entry(*app).or_default() += size;
        }
    }
    let first = |sizes: HashMap<FrameId, u64>| {
        let mut sizes: Vec<_> = sizes.into_iter().collect();
        sizes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| frames.compare(a.0, b.0)));
        sizes.first().map(|&(frame, self_size)| CausedBy { frame, self_size })
    };
    sizes.into_iter().map(first).collect()
}

/// What the oracle finds, in the form of what the reader finds.
pub(crate) fn outcome(text: &[u8], classify: &dyn Classify, dialect: Dialect) -> Outcome {
    Outcome {
        tree: None,
        aggregate: with_deep_stack(|| aggregate(text, classify, ReadOptions::STACKS)),
        dialect,
        bytes: text.len() as u64,
        problem: None,
        trailer_missing: false,
        has_another_profile: false,
    }
}
