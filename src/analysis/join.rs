//! Finds the functions that a heap profile and a CPU profile both have.
//!
//! They are told apart by name, place and line, but the two files write places differently: CPU profiles have `file://` and percent escapes where
//! heap profiles have bare paths, writers before Node 16 leave out `node:`, and a package's folder may hold its version. So places are compared as
//! what they mean: the path inside a package, the path of a file, the name of a core module.
//!
//! Three rounds, each with what the one before left over: by name, place, line and column; without the column (some writers have none); and, in files where
//! no function was found by its line, by name and place alone, since the profiles may be of two versions of that file. The last two join only
//! what is alone on both sides.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;

use crate::profile::{CallFrame, CallFrameTable, FrameId, FrameKind};

/// Functions of one profile with what they took, bytes or time.
pub(super) struct Side<'a> {
    frames: &'a CallFrameTable,
    functions: Vec<Entry<'a>>,
}

struct Entry<'a> {
    id: FrameId,
    weight: u64,
    place: Place<'a>,
    name: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    version: Option<&'a str>,
}

/// Where a function stands: whose it is, and a path that both profiles have.
pub(super) type Place<'a> = (FrameKind, &'a str, Cow<'a, str>);

/// A function that both profiles have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionPair {
    /// Its frame of the heap profile.
    pub heap: FrameId,
    /// Its frame of the CPU profile.
    pub cpu: FrameId,
    /// Its bytes.
    pub self_size: u64,
    /// Its time.
    pub time: u64,
    /// Whether its line is the same in both; else they were found by name and file.
    pub same_line: bool,
}

impl<'a> Side<'a> {
    /// The functions among `weights` that took something.
    pub(super) fn new(frames: &'a CallFrameTable, weights: impl Iterator<Item = (FrameId, u64)>) -> Self {
        Self::of(frames, weights, |_| true)
    }

    /// The same, but only those in files that `other` has as well: no others can be joined, and there may be far more of them.
    pub(super) fn beside(
        frames: &'a CallFrameTable,
        weights: impl Iterator<Item = (FrameId, u64)>,
        other: &Side<'_>,
    ) -> Self {
        let places: HashSet<&Place<'_>> = other.functions.iter().map(|function| &function.place).collect();
        Self::of(frames, weights, |place| places.contains(place))
    }

    fn of(
        frames: &'a CallFrameTable,
        weights: impl Iterator<Item = (FrameId, u64)>,
        keep: impl Fn(&Place<'_>) -> bool,
    ) -> Self {
        let entry = |(id, weight): (FrameId, u64)| {
            let frame = frames.get(id);
            let name = match frames.text(frame.function) {
                "(anonymous)" | "(anonymous function)" => "",
                name => name,
            };
            Entry {
                id,
                weight,
                place: place(frames, frame),
                name,
                line: frames.line(id),
                column: frames.column(id),
                version: frames.package(frame.package).version.map(|version| frames.text(version)),
            }
        };
        let took_something = weights.filter(|(_, weight)| *weight > 0);
        Self { frames, functions: took_something.map(entry).filter(|function| keep(&function.place)).collect() }
    }
}

/// The functions that both sides have.
pub(super) fn join(heap: &Side<'_>, cpu: &Side<'_>) -> Vec<FunctionPair> {
    let mut rest = Rest {
        heap,
        cpu,
        left: [(0..heap.functions.len()).collect(), (0..cpu.functions.len()).collect()],
        pairs: Vec::new(),
        known_files: HashSet::new(),
    };
    rest.round(true, |function| Some((&function.place, function.name, function.line, function.column)));
    rest.round(false, |function| Some((&function.place, function.name, function.line, None)));
    rest.by_name();
    rest.pairs
}

struct Rest<'s, 'a> {
    heap: &'s Side<'a>,
    cpu: &'s Side<'a>,
    /// Functions of both sides that were not joined yet.
    left: [Vec<usize>; 2],
    pairs: Vec<FunctionPair>,
    /// Files in which lines agree.
    known_files: HashSet<&'s Place<'a>>,
}

type Key<'s, 'a> = (&'s Place<'a>, &'s str, Option<u32>, Option<u32>);

impl<'s, 'a> Rest<'s, 'a> {
    fn round(&mut self, several: bool, key: impl Fn(&'s Entry<'a>) -> Option<Key<'s, 'a>>) {
        let mut groups: HashMap<Key<'s, 'a>, [Vec<usize>; 2]> = HashMap::new();
        for (number, side) in [self.heap, self.cpu].into_iter().enumerate() {
            for &i in &self.left[number] {
                if let Some(key) = key(&side.functions[i]) {
                    groups.entry(key).or_default()[number].push(i);
                }
            }
        }
        let mut joined = [HashSet::new(), HashSet::new()];
        for (key, [heap, cpu]) in groups {
            let fits = if several { !heap.is_empty() && !cpu.is_empty() } else { heap.len() == 1 && cpu.len() == 1 };
            let (Some(bytes), Some(time)) = (largest(self.heap, &heap), largest(self.cpu, &cpu)) else { continue };
            if !fits {
                continue;
            }
            let same_line = bytes.line == time.line;
            if same_line && bytes.line.is_some() {
                self.known_files.insert(key.0);
            }
            let sum = |side: &Side<'_>, group: &[usize]| {
                group.iter().fold(0_u64, |sum, &i| sum.saturating_add(side.functions[i].weight))
            };
            self.pairs.push(FunctionPair {
                heap: bytes.id,
                cpu: time.id,
                self_size: sum(self.heap, &heap),
                time: sum(self.cpu, &cpu),
                same_line,
            });
            joined[0].extend(heap);
            joined[1].extend(cpu);
        }
        for (left, joined) in self.left.iter_mut().zip(joined) {
            left.retain(|i| !joined.contains(i));
        }
    }

    /// Joins by name and place, where nothing says that the file is the same on both sides.
    fn by_name(&mut self) {
        let known = std::mem::take(&mut self.known_files);
        let versions = |side: &'s Side<'a>| -> HashSet<(&'s Place<'a>, &'s str)> {
            side.functions.iter().filter_map(|function| Some((&function.place, function.version?))).collect()
        };
        let same_version: HashSet<&Place<'_>> =
            versions(self.heap).intersection(&versions(self.cpu)).map(|(place, _)| *place).collect();
        self.round(false, |function| {
            let may = !function.name.is_empty() && function.line.is_some();
            let place = &function.place;
            (may && !known.contains(place) && !same_version.contains(place)).then_some((
                place,
                function.name,
                None,
                None,
            ))
        });
    }
}

/// The function of a group that took most.
fn largest<'s, 'a>(side: &'s Side<'a>, group: &[usize]) -> Option<&'s Entry<'a>> {
    let order = |a: &&Entry<'_>, b: &&Entry<'_>| a.weight.cmp(&b.weight).then_with(|| side.frames.compare(b.id, a.id));
    group.iter().map(|&i| &side.functions[i]).max_by(order)
}

/// Where a function stands, the same for all writers.
pub(super) fn place<'a>(frames: &'a CallFrameTable, frame: &CallFrame) -> Place<'a> {
    let url = frames.text(frame.url);
    let package = frames.text(frames.package(frame.package).name);
    let path = match frame.kind {
        FrameKind::Core => {
            let module = url.strip_prefix("node:").unwrap_or(url);
            return (frame.kind, "", Cow::Borrowed(module.strip_suffix(".js").unwrap_or(module)));
        }
        FrameKind::Dependency => inside_package(path(url), package),
        FrameKind::App | FrameKind::Unknown => path(url),
        FrameKind::Native | FrameKind::Generated => Cow::Borrowed(url),
    };
    (frame.kind, package, path)
}

/// A file's path as any writer may have put it: without `file://` and escapes, with `/` between its parts.
fn path(url: &str) -> Cow<'_, str> {
    let mut path = match url.strip_prefix("file://") {
        Some(path) => percent_decode_str(path).decode_utf8_lossy(),
        None => Cow::Borrowed(url),
    };
    if path.contains('\\') {
        path = Cow::Owned(path.replace('\\', "/"));
    }
    // file:///C:/app/main.js
    let drive = |path: &str| matches!(path.as_bytes(), [b'/', letter, b':', ..] if letter.is_ascii_alphabetic());
    match path {
        Cow::Borrowed(path) if drive(path) => Cow::Borrowed(&path[1..]),
        Cow::Owned(path) if drive(&path) => Cow::Owned(path[1..].to_owned()),
        path => path,
    }
}

/// What follows the folder of a package. The folder itself may hold a version, and stand anywhere.
fn inside_package<'p>(path: Cow<'p, str>, package: &str) -> Cow<'p, str> {
    let Some(at) = path.rfind("node_modules/") else { return path };
    let mut rest = &path[at + "node_modules/".len()..];
    for _ in 0..=package.matches('/').count() {
        rest = rest.split_once('/').map_or("", |(_, rest)| rest);
    }
    Cow::Owned(rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{CategoryId, Class, LineBase};

    /// Name, url, line, column, and what it took.
    type Function = (&'static str, &'static str, i32, i32, u64);

    fn table(functions: &[Function]) -> CallFrameTable {
        let mut frames = CallFrameTable::default();
        frames.set_line_base(LineBase::One);
        for &(function, url, line, column, _) in functions {
            let folder = url.rsplit("node_modules/").next().unwrap_or_default();
            let (kind, package, version) = match url {
                "" => (FrameKind::Native, "(native)", None),
                url if url.contains("node_modules/") && url.contains("@scope") => {
                    (FrameKind::Dependency, "@scope/pack", None)
                }
                url if url.contains("node_modules/") => {
                    let version = folder.split('@').nth(1);
                    (FrameKind::Dependency, "leoric", version.filter(|version| version.contains('.')))
                }
                url if url.starts_with("node:") || url.starts_with("internal/") => (FrameKind::Core, "node:x", None),
                _ => (FrameKind::App, "(app)", None),
            };
            let class =
                Class { kind, package: package.into(), version: version.map(Into::into), category: CategoryId(0) };
            frames.intern(function, url, line, column, &class);
        }
        frames
    }

    /// What is joined: names, bytes, time, and whether the lines agree.
    fn joined(heap: &[Function], cpu: &[Function]) -> Vec<(String, u64, u64, bool)> {
        let tables = (table(heap), table(cpu));
        let weights = |functions: &[Function]| functions.iter().map(|function| function.4).collect::<Vec<_>>();
        let side = |frames, weights: Vec<u64>| Side::new(frames, (0..).map(FrameId).zip(weights));
        let pairs = join(&side(&tables.0, weights(heap)), &side(&tables.1, weights(cpu)));
        let name = |id| tables.0.text(tables.0.get(id).function).to_owned();
        let mut found: Vec<_> =
            pairs.iter().map(|pair| (name(pair.heap), pair.self_size, pair.time, pair.same_line)).collect();
        found.sort();
        found
    }

    #[test]
    fn one_function_is_found_however_its_url_is_written() {
        let table = [
            ("/srv/app/odd names.js", "file:///srv/app/odd%20names.js"),
            ("file:///srv/app/caf%C3%A9.mjs", "/srv/app/café.mjs"),
            ("C:\\app\\main.js", "file:///C:/app/main.js"),
            ("/srv/100%/main.js", "file:///srv/100%25/main.js"),
            ("https://x/app.js?v=1", "https://x/app.js?v=1"),
            ("node:internal/process/task_queues", "internal/process/task_queues.js"),
            ("/a/node_modules/leoric/lib/bone.js", "file:///b/c/node_modules/leoric/lib/bone.js"),
            ("/a/node_modules/_leoric@2.13.9@leoric/lib/bone.js", "/b/node_modules/leoric/lib/bone.js"),
            ("/a/node_modules/_@scope_pack@1.0.0@@scope/pack/x.js", "/node_modules/@scope/pack/x.js"),
            ("", ""),
        ];
        for (heap, cpu) in table {
            let found = joined(&[("f", heap, 7, 3, 80)], &[("f", cpu, 7, 3, 9)]);
            assert_eq!(found, [("f".to_owned(), 80, 9, true)], "{heap} and {cpu}");
        }
        for (heap, cpu) in [
            ("/srv/app/a.js", "/srv/app/b.js"),
            ("/srv/100%25/main.js", "file:///srv/100%25/main.js"),
            ("/a/node_modules/leoric/lib/bone.js", "/a/node_modules/leoric/bone.js"),
            ("", "/srv/app/a.js"),
        ] {
            assert_eq!(joined(&[("f", heap, 7, 3, 80)], &[("f", cpu, 7, 3, 9)]), [], "{heap} and {cpu}");
        }
    }

    #[test]
    fn the_column_may_be_missing_and_the_line_differ_in_another_version() {
        let (old, new) =
            ("/a/node_modules/_leoric@2.13.5@leoric/lib/bone.js", "/a/node_modules/_leoric@2.13.9@leoric/lib/bone.js");
        let one = |name: &str, same_line| vec![(name.to_owned(), 80, 9, same_line)];
        // No column on one side.
        assert_eq!(joined(&[("f", "/a.js", 7, 0, 80)], &[("f", "/a.js", 7, 5, 9)]), one("f", true));
        assert_eq!(joined(&[("", "/a.js", 7, 0, 80)], &[("(anonymous)", "/a.js", 7, 5, 9)]), one("", true));
        assert_eq!(joined(&[("f", "/a.js", 7, 0, 80)], &[("f", "/a.js", 7, 5, 9), ("f", "/a.js", 7, 9, 1)]), []);
        // Another version.
        assert_eq!(joined(&[("f", new, 81, 0, 80)], &[("f", old, 77, 5, 9)]), one("f", false));
        assert_eq!(joined(&[("f", new, 81, 0, 80)], &[("f", old, 77, 5, 9), ("f", old, 90, 5, 9)]), []);
        assert_eq!(joined(&[("", new, 81, 0, 80)], &[("", old, 77, 5, 9)]), []);
        // The same version, or a file in which another function agrees: then a differing line is another function.
        assert_eq!(joined(&[("f", new, 81, 0, 80)], &[("f", new, 77, 5, 9)]), []);
        let heap = [("f", "/a.js", 7, 1, 80), ("g", "/a.js", 20, 1, 8)];
        assert_eq!(joined(&heap, &[("f", "/a.js", 7, 1, 9), ("g", "/a.js", 30, 1, 1)]), one("f", true));
    }

    #[test]
    fn what_took_nothing_is_not_joined() {
        assert_eq!(joined(&[("f", "/a.js", 7, 1, 0)], &[("f", "/a.js", 7, 1, 9)]), []);
        assert_eq!(joined(&[("f", "/a.js", 7, 1, 8)], &[("f", "/a.js", 7, 1, 0)]), []);
    }
}
