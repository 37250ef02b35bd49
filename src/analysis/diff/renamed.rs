//! Functions whose names say nothing of which they were: those of minified scripts of another build, and those of a script that a package has another for now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::matching::Matching;
use crate::analysis::address;
use crate::analysis::panel::Panel;
use crate::analysis::unmapped::minified_scripts;
use crate::profile::{FrameId, FrameKind, TextId};

/// Places that tell a build by themselves, where most bytes are at others.
const PLACES: usize = 8;

/// What is known of them.
#[derive(Debug, Default)]
pub(super) struct Renamed {
    /// Functions of minified scripts of which each side has another build: a minifier calls them as it pleases.
    rebuilt: BTreeSet<u32>,
    /// Functions of scripts that are on one side alone, of a package that has such scripts on both: one stands for the other.
    replaced: Vec<Vec<u32>>,
}

impl Renamed {
    /// Those of a panel whose first `before` members are the side before.
    pub(super) fn new(panel: &Panel, before: usize, matching: &Matching) -> Self {
        Self { rebuilt: rebuilt(panel, before, matching), replaced: replaced(panel, matching) }
    }

    /// Whether a function is of a minified script of which each side has another build.
    pub(super) fn is_rebuilt(&self, function: u32) -> bool {
        self.rebuilt.contains(&function)
    }

    /// Whether there are any such.
    pub(super) fn has_rebuilt(&self) -> bool {
        !self.rebuilt.is_empty()
    }

    /// Whether a function is of a script that its package has another one for.
    pub(super) fn is_replaced(&self, function: u32) -> bool {
        self.replaced.iter().any(|set| set.binary_search(&function).is_ok())
    }

    /// The functions of scripts that were replaced, by package.
    pub(super) fn replaced(&self) -> &[Vec<u32>] {
        &self.replaced
    }
}

fn rebuilt(panel: &Panel, before: usize, matching: &Matching) -> BTreeSet<u32> {
    if !panel.members().iter().any(|member| member.file.is_minified()) {
        return BTreeSet::new();
    }
    let frames = panel.frames();
    let scripts = minified_scripts(frames);
    let is_of_those = |FrameId(id): &FrameId| scripts.contains(&frames.get(FrameId(*id)).url);
    // A build puts what tells it from others into the names of its files.
    let files = [0, 1].map(|side| -> BTreeSet<&str> {
        let functions = panel.by_function();
        let is_there = |row: usize| functions.row(row).cells().any(|(member, _)| usize::from(member >= before) == side);
        let ids = frames.ids().filter(|id| is_of_those(id) && is_there(id.0 as usize));
        ids.map(|id| file_of(frames.text(frames.get(id).url))).collect()
    });
    // Two runs of one build have most bytes at the same places, under the same names.
    let mut places: HashMap<(TextId, Option<u32>, Option<u32>), [u64; 2]> = HashMap::new();
    for (id, row) in (0..).map(FrameId).zip(panel.by_function().rows()).filter(|(id, _)| is_of_those(id)) {
        let place = places.entry((frames.get(id).function, frames.line(id), frames.column(id))).or_default();
        row.cells().for_each(|(member, size)| {
            let side = &mut place[usize::from(member >= before)];
            *side = side.saturating_add(size);
        });
    }
    let are_shared = |side: usize| {
        let sum = |is: &dyn Fn(&[u64; 2]) -> bool| -> u128 {
            places.values().filter(|sizes| is(sizes)).map(|sizes| u128::from(sizes[side])).sum()
        };
        2 * sum(&|sizes| sizes[1 - side] > 0) >= sum(&|_| true)
    };
    // Where most is gone, or new, that is not on the other side; what has stayed is where it was.
    let bytes = [0, 1].map(|side| places.values().map(|sizes| u128::from(sizes[side])).sum::<u128>());
    let smaller = usize::from(bytes[1] < bytes[0]);
    let shared = places.values().filter(|sizes| sizes.iter().all(|&size| size > 0)).count();
    let of_smaller = places.values().filter(|sizes| sizes[smaller] > 0).count();
    let has_stayed = are_shared(smaller) && shared >= PLACES && 2 * shared >= of_smaller;
    let is_of_one_build = !files[0].is_disjoint(&files[1]) && (has_stayed || [0, 1].into_iter().all(are_shared));
    if is_of_one_build {
        return BTreeSet::new();
    }
    let functions = &matching.functions;
    let is_rebuilt =
        |&group: &u32| (0..2).flat_map(|side| functions.rows(group, side)).any(|&row| is_of_those(&FrameId(row)));
    (0..functions.len() as u32).filter(is_rebuilt).collect()
}

/// The name of the file that a url leads to.
fn file_of(url: &str) -> &str {
    let path = &url[..url.find(['?', '#']).unwrap_or(url.len())];
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn replaced(panel: &Panel, matching: &Matching) -> Vec<Vec<u32>> {
    let (frames, functions) = (panel.frames(), &matching.functions);
    // Of each package its scripts: the functions that they have before and after.
    let mut packages: BTreeMap<&str, BTreeMap<String, [Vec<u32>; 2]>> = BTreeMap::new();
    for group in 0..functions.len() as u32 {
        for side in 0..2 {
            let Some(&row) = functions.rows(group, side).first() else { continue };
            let frame = frames.get(FrameId(row));
            if frame.kind == FrameKind::Dependency {
                let package = frames.text(frames.package(frame.package).name);
                let script = address::within_package(frames.text(frame.url), package);
                let scripts = packages.entry(package).or_default();
                scripts.entry(script.to_string()).or_default()[side].push(group);
            }
        }
    }
    let of_package = |scripts: BTreeMap<String, [Vec<u32>; 2]>| {
        let mut alone = [Vec::new(), Vec::new()];
        for [before, after] in scripts.into_values() {
            match (before.is_empty(), after.is_empty()) {
                (false, true) => alone[0].extend(before),
                (true, false) => alone[1].extend(after),
                _ => {}
            }
        }
        let is_replaced = alone.iter().all(|functions| !functions.is_empty());
        is_replaced.then(|| {
            let mut all = alone.concat();
            all.sort_unstable();
            all.dedup();
            all
        })
    };
    packages.into_values().filter_map(of_package).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{compared, panel, samples};
    use super::super::{Diff, Subject, Verdict};
    use crate::analysis::model::Profile;
    use crate::analysis::test_support::Frame;
    use crate::profile::LineBase;

    const URL: &str = "https://example.org/assets/index-AAAAAAAA.js";

    /// A profile of a minified script with these functions: name, column, samples.
    fn minified(url: &str, functions: &[(&str, i32, u64)]) -> Profile {
        let names: Vec<[Frame<'_>; 1]> = functions.iter().map(|&(name, ..)| [(name, url, 1)]).collect();
        let nodes: Vec<(u64, &[Frame<'_>])> =
            functions.iter().zip(&names).map(|(&(.., count), path)| (count, &path[..])).collect();
        let mut profile = samples(&nodes);
        // The same at columns of a minifier.
        let known = std::mem::take(&mut profile.aggregate.frames);
        profile.aggregate.frames.set_line_base(LineBase::One);
        for id in known.ids() {
            let frame = known.get(id);
            let name = known.text(frame.function);
            let column = functions.iter().find(|function| function.0 == name).map_or(0, |&(_, column, _)| column);
            let (package, category) = (known.package(frame.package), frame.category);
            let class = crate::profile::Class {
                package: known.text(package.name).to_owned().into(),
                version: None,
                kind: frame.kind,
                category,
            };
            profile.aggregate.frames.intern(
                name,
                known.text(frame.url),
                known.line(id).map_or(0, |line| line as i32),
                column,
                &class,
            );
        }
        profile.note_unmapped(|_| None);
        profile
    }

    const BUILD: [(&str, i32, u64); 9] = [
        ("a", 1000, 400),
        ("b", 2000, 300),
        ("c", 3000, 200),
        ("d", 4000, 100),
        ("e", 5000, 90),
        ("f", 6000, 80),
        ("g", 7000, 70),
        ("h", 8000, 60),
        ("i", 9000, 50),
    ];

    /// The same functions under the name of the next one, a little further on.
    fn next_build(grown: u64) -> Vec<(&'static str, i32, u64)> {
        let next = |(i, &(_, column, count)): (usize, &(&str, i32, u64))| {
            (BUILD[(i + 1) % BUILD.len()].0, column + 7, count + if i == 0 { grown } else { 0 })
        };
        BUILD.iter().enumerate().map(next).collect()
    }

    fn verdicts(diff: &Diff<'_>) -> Vec<Verdict> {
        diff.functions().iter().map(|row| row.verdict).collect()
    }

    #[test]
    fn functions_of_minified_builds_are_not_compared_by_their_names() {
        let other = "https://example.org/assets/index-BBBBBBBB.js";
        let panel = panel(&[minified(URL, &BUILD), minified(other, &next_build(0))]);
        let diff = compared(&panel, 1);
        assert_eq!(diff.changes(), [], "all are where they were");
        assert!(verdicts(&diff).iter().all(|&verdict| verdict == Verdict::Unknown), "{:?}", diff.functions());
        assert!(diff.warnings().iter().any(|warning| warning.kind == "builds-differ"));
        assert_eq!(diff.total().verdict, Verdict::Noise);
    }

    #[test]
    fn a_file_of_another_name_is_another_build_wherever_it_was_sent_from() {
        let differ = |other: &str| {
            let panel = panel(&[minified(URL, &BUILD), minified(other, &BUILD)]);
            compared(&panel, 1).warnings().iter().any(|warning| warning.kind == "builds-differ")
        };
        assert!(differ("https://example.org/assets/index-BBBBBBBB.js"));
        assert!(!differ("http://localhost:4002/index-AAAAAAAA.js?v=2"));
    }

    #[test]
    fn that_a_minified_build_allocates_more_is_told_of_its_sums() {
        let panel = panel(&[minified(URL, &BUILD), minified(URL, &next_build(3000))]);
        let diff = compared(&panel, 1);
        assert_eq!(diff.total().verdict, Verdict::Changed);
        let is_of_names = |row: &super::super::DiffRow| matches!(row.subject, Subject::Function(_) | Subject::Stack(_));
        assert!(!diff.changes().is_empty() && !diff.changes().iter().any(|change| is_of_names(&change.row)));
    }

    #[test]
    fn runs_of_one_minified_build_are_compared() {
        let mut grown = BUILD;
        grown[3].2 += 2000;
        let panel = panel(&[minified(URL, &BUILD), minified(URL, &grown)]);
        let diff = compared(&panel, 1);
        let Some(Subject::Function(function)) = diff.changes().first().map(|change| change.row.subject) else {
            panic!("it is told: {:?}", diff.changes());
        };
        assert_eq!(diff.function(function).name, "d");
        assert!(!diff.warnings().iter().any(|warning| warning.kind == "builds-differ"));
    }

    #[test]
    fn a_build_of_which_most_is_gone_is_the_same_where_the_rest_was() {
        let before: Vec<_> = [("top", 500, 9000)].into_iter().chain(BUILD).collect();
        let panel = panel(&[minified(URL, &before), minified(URL, &BUILD)]);
        let diff = compared(&panel, 1);
        let Some(Subject::Function(function)) = diff.changes().first().map(|change| change.row.subject) else {
            panic!("it is told: {:?}", diff.changes());
        };
        assert_eq!(diff.function(function).name, "top");
        assert!(!diff.warnings().iter().any(|warning| warning.kind == "builds-differ"));
    }

    #[test]
    fn a_script_that_a_package_has_another_for_is_no_change() {
        const MAIN: Frame<'_> = ("main", "/srv/app/a.js", 3);
        let in_package = |name, file: &'static str| (name, file, 7);
        const OLD: &str = "/srv/node_modules/react-dom/cjs/server.development.js";
        const NEW: &str = "/srv/node_modules/react-dom/cjs/server.production.min.js";
        let run = |first, second, url, counts: [u64; 3]| {
            samples(&[
                (counts[0], &[MAIN]),
                (counts[1], &[MAIN, in_package(first, url)]),
                (counts[2], &[MAIN, in_package(first, url), in_package(second, url)]),
            ])
        };
        let panel_of = |counts| panel(&[run("render", "flush", OLD, [300, 40, 600]), run("Z", "Y", NEW, counts)]);
        let (same, more) = (panel_of([290, 45, 610]), panel_of([290, 45, 2600]));
        assert_eq!(compared(&same, 1).changes(), []);
        assert!(!compared(&more, 1).changes().is_empty(), "what it has more is a change");
    }
}
