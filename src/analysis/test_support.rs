//! Aggregates made by hand, with sums computed the naive way: by walking up from every node.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use super::model::{Cpu, FileInfo, Profile, Warning};
use crate::cpu::{CpuProfile, Measure};
use crate::profile::{
    Aggregate, CallFrame, CallFrameTable, Category, CategoryId, CausedBy, Class, Classify, Dialect, EntryPoint,
    FrameId, FrameKind, HeavyStack, LineBase, RawFrame, Sums, is_loading,
};
use crate::rules::{Rules, Subject};

/// A call frame: function, url, line (0 is none). A frame with a line but no url has a script; one with a negative line has one that was unloaded.
pub(crate) type Frame<'a> = (&'a str, &'a str, i32);

/// A classifier by substrings, good enough for tests.
pub(crate) struct Substrings(Vec<Category>);

impl Default for Substrings {
    fn default() -> Self {
        let category = |id: &str, name: &str, analysis: &[&str]| Category {
            id: id.into(),
            name: name.into(),
            analysis: analysis.iter().map(|&line| line.into()).collect(),
            follows_cause: matches!(id, "native" | "string"),
        };
        Self(vec![
            category("json-parsing", "JSON Parsing", &["Large documents are parsed whole (`JSON.parse`, XML)"]),
            category("http", "HTTP/Koa (Tegg)", &["DI container creates objects per request"]),
            category("orm", "Leoric ORM", &["SQL expression parsing allocates heavily (`parseExprList`, `token`)"]),
            category("mysql", "MySQL driver", &[]),
            category("buffer", "Buffer operations", &[]),
            category("string", "String operations", &[]),
            category("app", "Application", &[]),
            category("core", "Node.js core", &[]),
            category("native", "V8 builtins", &[]),
            category("other", "Other packages", &[]),
        ])
    }
}

impl Substrings {
    fn id(&self, id: &str) -> CategoryId {
        CategoryId(self.0.iter().position(|category| category.id == id).expect("a known category") as u16)
    }

    fn category(&self, frame: RawFrame<'_>, package: &str) -> CategoryId {
        self.id(match (package, frame.function) {
            ("urllib", "parseJSON") | ("fast-xml-parser", _) => "json-parsing",
            ("@eggjs/tegg-runtime" | "@eggjs/lifecycle" | "@eggjs/tracer", _) => "http",
            ("@eggjs/controller-plugin" | "koa-compose", _) => "http",
            ("leoric", _) => "orm",
            ("mysql2", _) => "mysql",
            ("node:buffer", _) | ("(native)", "Uint8Array") => "buffer",
            ("(native)", "toString") => "string",
            ("(native)", _) => "native",
            ("(app)", _) => "app",
            (core, _) if core.starts_with("node:") => "core",
            _ => "other",
        })
    }
}

impl Classify for Substrings {
    fn classify<'a>(&self, frame: RawFrame<'a>) -> Class<'a> {
        let (kind, package, version): (_, Cow<'a, str>, _) =
            if let Some((_, tail)) = frame.url.rsplit_once("node_modules/") {
                let segments = if tail.starts_with('_') { 1 } else { 0 };
                let tail = tail.splitn(segments + 1, "@@").last().unwrap_or(tail);
                let (version, tail) = match tail.strip_prefix('_').and_then(|t| t.split_once('@')) {
                    Some((_, rest)) => rest.split_once('@').map_or((None, rest), |(v, t)| (Some(v), t)),
                    None if segments == 1 => (Some("4.0.0-beta.34"), tail),
                    None => (None, tail),
                };
                let name = match () {
                    () if frame.url.contains("@@") => format!("@{}", two_segments(tail)).into(),
                    () if tail.starts_with('@') => two_segments(tail).into(),
                    () => tail.split('/').next().unwrap_or(tail).into(),
                };
                (FrameKind::Dependency, name, version.map(Cow::from))
            } else if frame.url.starts_with("node:internal/") {
                (FrameKind::Core, "node:internal/*".into(), None)
            } else if frame.url.starts_with("node:") {
                (FrameKind::Core, frame.url.into(), None)
            } else if !frame.url.is_empty() {
                (FrameKind::App, "(app)".into(), None)
            } else if frame.has_script {
                (FrameKind::Generated, "(generated)".into(), None)
            } else {
                (FrameKind::Native, "(native)".into(), None)
            };
        let category = self.category(frame, &package);
        Class { kind, package, version, category }
    }

    fn categories(&self) -> &[Category] {
        &self.0
    }
}

/// A classifier by rules, tried one by one; packages are those of [`Substrings`].
pub(crate) struct ByRules<'r>(&'r Rules, Substrings);

impl<'r> ByRules<'r> {
    pub(crate) fn new(rules: &'r Rules) -> Self {
        Self(rules, Substrings::default())
    }
}

impl Classify for ByRules<'_> {
    fn classify<'a>(&self, frame: RawFrame<'a>) -> Class<'a> {
        let class = self.1.classify(frame);
        let subject = Subject {
            kind: class.kind,
            package: &class.package,
            url: frame.url,
            function: frame.function,
            has_line: frame.has_line,
        };
        let first = self.0.match_rules().iter().find(|rule| rule.condition.fits(&subject));
        let category = first.map_or(self.0.other(), |rule| rule.category);
        Class { category, ..class }
    }

    fn categories(&self) -> &[Category] {
        self.0.categories()
    }
}

fn two_segments(path: &str) -> &str {
    path.match_indices('/').nth(1).map_or(path, |(end, _)| &path[..end])
}

/// A profile with these nodes: bytes, and the path from below the root. Frames in `first` are interned before all others.
pub(crate) fn profile(nodes: &[(u64, Vec<Frame<'_>>)], first: &[Frame<'_>]) -> Profile {
    profile_by(&Substrings::default(), nodes, first)
}

/// The same, classified by someone else.
pub(crate) fn profile_by(classifier: &dyn Classify, nodes: &[(u64, Vec<Frame<'_>>)], first: &[Frame<'_>]) -> Profile {
    let mut aggregate = Aggregate { categories: classifier.categories().into(), ..Aggregate::default() };
    aggregate.frames.set_line_base(LineBase::One);
    let mut intern = |&(function, url, line): &Frame<'_>| {
        let has_script = !url.is_empty() || line != 0;
        let raw = RawFrame { function, url, has_script, has_line: line > 0 };
        aggregate.frames.intern(function, url, line.max(0), 0, &classifier.classify(raw))
    };
    first.iter().for_each(|frame| {
        intern(frame);
    });
    let paths: Vec<(u64, Vec<FrameId>)> =
        nodes.iter().map(|(size, path)| (*size, path.iter().map(&mut intern).collect())).collect();
    sum_up(&mut aggregate, &paths);
    Profile {
        file: FileInfo {
            name: "x-heapprofile-3070674-20251207-1.heapprofile".into(),
            merged: Vec::new(),
            bytes: 50_012,
            compressed_bytes: None,
            dialect: Dialect::Xprofiler,
            complete: true,
            truncated_at: None,
            unsummed: 0,
            source_maps: Vec::new(),
        },
        aggregate,
        orphans: None,
        sampling: None,
        warnings: Vec::new(),
        tree: None,
    }
}

/// A CPU profile with these times, in microseconds.
pub(crate) fn cpu(times: &[(u64, Frame<'_>)]) -> Cpu {
    cpu_by(&Substrings::default(), times)
}

/// The same, classified by someone else.
pub(crate) fn cpu_by(classifier: &dyn Classify, times: &[(u64, Frame<'_>)]) -> Cpu {
    let mut frames = CallFrameTable::default();
    frames.set_line_base(LineBase::One);
    let mut by_frame = Vec::new();
    for &(time, (function, url, line)) in times {
        let raw = RawFrame { function, url, has_script: !url.is_empty() || line > 0, has_line: line > 0 };
        let id = frames.intern(function, url, line, 0, &classifier.classify(raw));
        by_frame.resize(frames.len(), 0);
        by_frame[id.0 as usize] += time;
    }
    let (nodes, total) = (times.len() as u64, by_frame.iter().sum());
    let measure = Measure::Microseconds;
    let profile =
        CpuProfile { frames, by_frame, measure, untimed: None, total, lost: 0, nodes, samples: 1234, bytes: 17_560 };
    Cpu { name: "x-cpuprofile-2645570-20250228-0.cpuprofile".into(), profile }
}

/// The CPU side of [`small`].
pub(crate) fn small_cpu() -> Cpu {
    cpu(&small_times())
}

/// Its times.
pub(crate) fn small_times() -> [(u64, Frame<'static>); 9] {
    [
        (16_690_000, ("query", "file:///srv/node_modules/mysql2/lib/connection.js", 560)),
        (1_210_000, ("parseJSON", "/srv/node_modules/_urllib@4.8.1@urllib/dist/esm/utils.js", 24)),
        (9_080_000, ("sync", "/srv/app/core/service/SyncService.js", 148)),
        (30_000_000, ("isMap", "/srv/node_modules/is-map/index.js", 7)),
        (120_000, ("assign", "", 0)),
        (3_420_000, ("(garbage collector)", "", 0)),
        (9_030_000, ("(program)", "", 0)),
        (13_330_000, ("(idle)", "", 0)),
        (999, ("a|b`<c>\u{202e}", "/srv/node_modules/e`v|il/<b>.js", 2)),
    ]
}

fn sum_up(aggregate: &mut Aggregate, paths: &[(u64, Vec<FrameId>)]) {
    aggregate.by_frame = vec![Sums::default(); aggregate.frames.len()];
    aggregate.by_package = vec![Sums::default(); aggregate.frames.package_count()];
    aggregate.by_category = vec![Sums::default(); aggregate.categories.len()];
    let mut seen: HashSet<&[FrameId]> = HashSet::new();
    for (_, path) in paths {
        for end in 1..=path.len() {
            if seen.insert(&path[..end]) {
                for sums in rows(aggregate, path[end - 1]) {
                    sums.nodes += 1;
                }
            }
        }
    }
    for (size, path) in paths.iter().filter(|(size, _)| *size > 0) {
        aggregate.total_size += size;
        aggregate.allocating_nodes += 1;
        aggregate.sizes.take(*size);
        match aggregate.entry_points.iter_mut().find(|entry| entry.frame == path[0]) {
            Some(entry) => entry.total_size += size,
            None => aggregate.entry_points.push(EntryPoint { frame: path[0], total_size: *size }),
        }
        for sums in rows(aggregate, path[path.len() - 1]) {
            sums.self_size += size;
            sums.allocating_nodes += 1;
        }
        let frame = |id: &FrameId| *aggregate.frames.get(*id);
        let frames: HashSet<usize> = path.iter().map(|id| id.0 as usize).collect();
        let packages: HashSet<usize> = path.iter().map(|id| frame(id).package.0 as usize).collect();
        let categories: HashSet<usize> = path.iter().map(|id| usize::from(frame(id).category.0)).collect();
        frames.into_iter().for_each(|i| aggregate.by_frame[i].total_size += size);
        packages.into_iter().for_each(|i| aggregate.by_package[i].total_size += size);
        categories.into_iter().for_each(|i| aggregate.by_category[i].total_size += size);
        let of_kind = |kinds: &'static [FrameKind]| move |id: &&FrameId| kinds.contains(&frame(id).kind);
        let cause = path.iter().rev().find(of_kind(&[FrameKind::App, FrameKind::Dependency]));
        let cause = cause.or_else(|| path.iter().find(of_kind(&[FrameKind::Core]))).copied();
        let last = path[path.len() - 1];
        let cause = cause.unwrap_or(last);
        for sums in rows(aggregate, cause) {
            sums.caused_size += size;
        }
    }
    let frames = &aggregate.frames;
    let mut loaders: Vec<FrameId> = frames.ids().filter(|&id| frames.get(id).signs.is_of_loader()).collect();
    loaders.sort_by(|&a, &b| frames.compare(a, b));
    let is_application = |&id: &FrameId| matches!(frames.get(id).kind, FrameKind::App | FrameKind::Generated);
    let has_application = paths.iter().any(|(_, path)| path.iter().any(is_application));
    let total = |id: &FrameId| aggregate.by_frame[id.0 as usize].total_size;
    aggregate.loader = loaders.into_iter().rev().filter(|id| has_application && total(id) > 0).max_by_key(total);
    for (size, path) in paths.iter().filter(|(size, _)| *size > 0) {
        let frame = |id: &FrameId| *aggregate.frames.get(*id);
        let last = path[path.len() - 1];
        let cause = path.iter().rev().find(|id| matches!(frame(id).kind, FrameKind::App | FrameKind::Dependency));
        let follows = aggregate.categories[usize::from(frame(&last).category.0)].follows_cause;
        let is_for_it = |id: &&FrameId| follows && frame(id).kind == FrameKind::Dependency;
        let cause = cause.copied().filter(|id| is_for_it(&id));
        let whose = match aggregate.loader.filter(|_| is_loading(&aggregate.frames, path)) {
            Some(loader) => loader,
            None => cause.unwrap_or(last),
        };
        for sums in rows(aggregate, whose) {
            sums.actionable_size += size;
        }
    }
    aggregate.package_causes = causes(aggregate, paths, aggregate.by_package.len(), |frame| frame.package.0 as usize);
    aggregate.category_causes =
        causes(aggregate, paths, aggregate.by_category.len(), |frame| usize::from(frame.category.0));
    let mut heavy: Vec<HeavyStack> = paths
        .iter()
        .filter(|(size, _)| *size > 0)
        .map(|(size, path)| HeavyStack { self_size: *size, frames: path.clone(), frames_omitted: 0 })
        .collect();
    heavy.sort_by(|a, b| {
        let inside_out = a.frames.iter().rev().zip(b.frames.iter().rev());
        let tie = inside_out.map(|(&x, &y)| aggregate.frames.compare(x, y)).find(|order| order.is_ne());
        b.self_size.cmp(&a.self_size).then_with(|| tie.unwrap_or(a.frames.len().cmp(&b.frames.len())))
    });
    aggregate.category_stacks = vec![None; aggregate.categories.len()];
    for stack in heavy.iter().rev() {
        let category = aggregate.frames.get(stack.frames[stack.frames.len() - 1]).category;
        aggregate.category_stacks[usize::from(category.0)] = Some(stack.clone());
    }
    heavy.truncate(1000);
    aggregate.stacks = heavy;
    aggregate.shown_size = aggregate.total_size;
    aggregate.nodes = seen.len() as u64 + 1;
    aggregate.call_frames = aggregate.by_frame.iter().filter(|sums| sums.nodes > 0).count() as u64 + 1;
    aggregate.max_depth = paths.iter().map(|(_, path)| path.len() as u64).max().unwrap_or(0);
}

/// For each of `count` groups the nearest application frame with most of its bytes.
fn causes(
    aggregate: &Aggregate,
    paths: &[(u64, Vec<FrameId>)],
    count: usize,
    group: impl Fn(&CallFrame) -> usize,
) -> Vec<Option<CausedBy>> {
    let frames = &aggregate.frames;
    let mut sums = vec![BTreeMap::new(); count];
    for (size, path) in paths.iter().filter(|(size, _)| *size > 0) {
        if let Some(&app) = path.iter().rev().find(|id| frames.get(**id).kind == FrameKind::App) {
            *sums[group(frames.get(path[path.len() - 1]))].entry(app).or_insert(0) += size;
        }
    }
    let leader = |sums: BTreeMap<FrameId, u64>| {
        let sums = sums.into_iter().map(|(frame, self_size)| CausedBy { frame, self_size });
        sums.min_by(|a, b| b.self_size.cmp(&a.self_size).then_with(|| frames.compare(a.frame, b.frame)))
    };
    sums.into_iter().map(leader).collect()
}

fn rows(aggregate: &mut Aggregate, id: FrameId) -> [&mut Sums; 3] {
    let frame = *aggregate.frames.get(id);
    [
        &mut aggregate.by_frame[id.0 as usize],
        &mut aggregate.by_package[frame.package.0 as usize],
        &mut aggregate.by_category[usize::from(frame.category.0)],
    ]
}

/// A small application that parses JSON, queries a database and has a slip or two.
pub(crate) fn small() -> Profile {
    profile(&small_nodes(), &[])
}

/// Its nodes.
pub(crate) fn small_nodes() -> [(u64, Vec<Frame<'static>>); 7] {
    let tick = ("processTicksAndRejections", "node:internal/process/task_queues", 71);
    let request = ("#requestInternal", "/srv/node_modules/_urllib@4.8.2@urllib/dist/esm/HttpClient.js", 126);
    let parse = ("parseJSON", "/srv/node_modules/_urllib@4.8.2@urllib/dist/esm/utils.js", 25);
    let query = ("query", "/srv/node_modules/mysql2/lib/connection.js", 560);
    let service = ("sync", "file:///srv/app/core/service/SyncService.js", 148);
    [
        (5_807_200, vec![tick, ("", "", 0), request, parse]),
        (525_272, vec![tick, ("", "", 0), request]),
        (1_574_936, vec![tick, service, query, ("assign", "", 0)]),
        (1_048_608, vec![tick, service, query]),
        (524_304, vec![tick, service, ("render", "", 7), ("render", "", 7)]),
        (524_304, vec![("(V8 API)", "", 0)]),
        (0, vec![("idle", "file:///srv/app/idle.js", 1)]),
    ]
}

/// A profile whose names try to break out of the report.
pub(crate) fn hostile() -> Profile {
    hostile_by(&Substrings::default())
}

/// The same, classified by someone else.
pub(crate) fn hostile_by(classifier: &dyn Classify) -> Profile {
    let long = "x".repeat(5000);
    let nodes = [
        (4096 << 10, vec![("a|b`c<script>d\ne\u{202e}f\u{1b}[31mg\u{200b}", "file:///srv/a|b`c<d>\n.js", 1)]),
        (2048 << 10, vec![("```", "", 0), (long.as_str(), "/srv/node_modules/e`v|il/<b>.js", 2)]),
        (1024 << 10, vec![("# heading\r\n| a | b |\n|---|---|", "https://x/\u{0}\u{9b}2J", 3)]),
    ];
    let mut profile = profile_by(classifier, &nodes, &[]);
    profile.file.name = "Heap\n`|<b>\u{202e}.heapprofile".into();
    profile.warnings.push(Warning::new("odd", "2 names hold `<`\u{1b}[2J and <b>", "look at them\n# twice"));
    profile
}

/// The nodes of the reference capture, if it is there: `HEAPSIFT_SHARED`, else `../shared` beside the crate.
pub(crate) fn reference() -> Option<Profile> {
    let shared = std::env::var_os("HEAPSIFT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let text = std::fs::read_to_string(shared.join("seed/allocations.json")).ok()?;
    let rows: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let list = |value: &'_ serde_json::Value| value.as_array().expect("a list").clone();
    let frame =
        |f: serde_json::Value| (text_of(&f, "function"), text_of(&f, "url"), f["line"].as_i64().expect("a line"));
    let owned: Vec<(u64, Vec<OwnedFrame>)> = list(&rows)
        .iter()
        .map(|row| (row["self_size"].as_u64().expect("bytes"), list(&row["stack"]).into_iter().map(frame).collect()))
        .collect();
    let nodes: Vec<(u64, Vec<Frame<'_>>)> =
        owned.iter().map(|(size, path)| (*size, path.iter().map(borrowed).collect())).collect();
    Some(profile(&nodes, &[]))
}

/// A [`Frame`] that owns its texts.
type OwnedFrame = (String, String, i64);

fn borrowed((function, url, line): &OwnedFrame) -> Frame<'_> {
    (function, url, *line as i32)
}

fn text_of(value: &serde_json::Value, key: &str) -> String {
    value[key].as_str().expect("a text").into()
}
