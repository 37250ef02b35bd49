//! Sums of sizes that hardly fit, or do not, into 64 bits, against sums that are made by hand: of one file, of several as one profile, over a batch, and of two sides.

#![expect(clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::expect_used, reason = "the same")]

mod common;

use common::{Way, classifier, read_with};
use heapsift::aggregate::ReadOptions;
use heapsift::analysis::model::{
    Added, BatchFile, BatchProfile, Check, Diff, DiffOptions, DiffRow, Entry, Merge, Panel, Profile, Report,
    ReportOptions, RollUp, Subject, Subjects, Summary,
};
use heapsift::input::Input;
use heapsift::profile::{CallFrameTable, Classify, FrameId};
use heapsift::report::{DiffStyle, Format, Style, render, render_batch, render_check, render_diff};
use heapsift::rules::CheckRule;
use proptest::prelude::*;

/// Functions that nodes are of.
const FUNCTIONS: usize = 5;

/// A node: which function's, whether it is called by the one before, its size as it is written, and what that is; none where it is negative.
type Node = (usize, bool, String, Option<u64>);

fn node() -> impl Strategy<Value = Node> {
    let whole = |size: u64| (size.to_string(), Some(size));
    let near = move |size: u64| (0..5_u64).prop_map(move |apart| whole(size - 2 + apart));
    let size = prop_oneof![
        (0..5000_u64).prop_map(whole),
        near(1 << 53),
        near(1 << 62),
        near(1 << 63),
        (0..3_u64).prop_map(move |apart| whole(u64::MAX - apart)),
        (0..5000_u64).prop_map(|size| (format!("{size}.5"), Some(size + 1))),
        (0..5000_u64).prop_map(|size| (format!("{size}.25"), Some(size))),
        Just(("-0.5".to_owned(), Some(0))),
        (1..5000_u64).prop_map(|size| (format!("-{size}"), None)),
    ];
    (0..FUNCTIONS, any::<bool>(), size)
        .prop_map(|(function, is_called, (text, size))| (function, is_called, text, size))
}

fn file() -> impl Strategy<Value = Vec<Node>> {
    prop::collection::vec(node(), 1..8)
}

/// The text of a profile.
fn text(nodes: &[Node]) -> Vec<u8> {
    let open = |name: &str, line: i64, size: &str| {
        let (script, url) = if line < 0 { (0, "") } else { (7, "/srv/app/a.js") };
        format!(
            r#"{{"callFrame":{{"functionName":"{name}","scriptId":"{script}","url":"{url}","lineNumber":{line},"columnNumber":{line}}},"selfSize":{size},"children":["#
        )
    };
    let mut text = format!(r#"{{"head":{}"#, open("(root)", -1, "0"));
    let mut levels = 0;
    for (i, (function, is_called, size, _)) in nodes.iter().enumerate() {
        if i > 0 && !is_called {
            text += &"]}".repeat(levels);
            text.push(',');
            levels = 0;
        }
        text += &open(&format!("f{function}"), 10 * *function as i64, size);
        levels += 1;
    }
    text += &"]}".repeat(levels + 1);
    text.push('}');
    text.into_bytes()
}

fn profile(name: &str, nodes: &[Node]) -> Profile {
    let options = ReadOptions { keep_tree: true, ..ReadOptions::default() };
    let outcome = read_with(Input::from_bytes(text(nodes)), Way::plain(), options);
    let (profile, problem) = Profile::from_outcome(name.to_owned(), None, outcome.expect("a profile"));
    assert!(problem.is_none(), "{problem:?}");
    profile
}

/// What nodes add up to by function, as far as 64 bits hold all of it; and how many do not fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sums {
    of: [u64; FUNCTIONS],
    left_out: u64,
}

impl Sums {
    fn total(&self) -> u64 {
        self.of.iter().sum()
    }

    fn add(&mut self, function: usize, size: u64) {
        match self.total().checked_add(size) {
            Some(_) => self.of[function] += size,
            None => self.left_out += 1,
        }
    }

    fn of<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> Self {
        let mut sums = Self::default();
        nodes.into_iter().for_each(|(function, _, _, size)| sums.add(*function, size.unwrap_or(0)));
        sums
    }
}

fn number(name: &str) -> usize {
    name.strip_prefix('f').and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{name}"))
}

/// The functions of a profile that have bytes.
fn by_function(profile: &Profile) -> [u64; FUNCTIONS] {
    let aggregate = &profile.aggregate;
    let mut sizes = [0; FUNCTIONS];
    let rows = aggregate.frames.ids().zip(&aggregate.by_frame).filter(|(_, sums)| sums.self_size > 0);
    rows.for_each(|(id, sums)| sizes[number(name_of(&aggregate.frames, id))] = sums.self_size);
    sizes
}

fn name_of(frames: &CallFrameTable, id: FrameId) -> &str {
    frames.text(frames.get(id).function)
}

/// Everything that can be shown of a profile, which nothing may overflow by.
fn show(profile: &Profile) {
    let report = Report::new(profile, ReportOptions { interval: Some(512), ..ReportOptions::default() });
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
        render(&report, format, &Style::default(), &mut std::io::sink()).expect("memory");
    }
}

fn has_warning<'w>(mut kinds: impl Iterator<Item = &'w str>, kind: &str) -> bool {
    kinds.any(|known| known == kind)
}

/// What a batch of these dumps adds up to, taken by two readers by turns.
fn rolled_up<R>(profiles: &[Profile], check: impl FnOnce(&RollUp<'_>) -> R) -> R {
    let mut frames = CallFrameTable::default();
    let mut parts = [Added::default(), Added::default()];
    for (place, profile) in profiles.iter().enumerate() {
        let entry = Entry::of(profile, Some(512));
        let functions: Vec<_> =
            entry.functions.iter().map(|&(id, size)| (frames.adopt(entry.frames, id), size)).collect();
        let read = BatchProfile {
            file: entry.file.clone(),
            sampling: entry.sampling,
            objects: entry.objects,
            total_size: profile.aggregate.total_size,
            shown_size: 0,
            by_category: Box::default(),
        };
        let file = BatchFile {
            name: place.to_string(),
            bytes: 1,
            report: None,
            cpu: None,
            cpu_problem: None,
            cpu_instead: None,
            problem: None,
            profile: Some(Box::new(read)),
            same_as: None,
        };
        parts[place % 2].add(place, file, &functions, |id| frames.class_of(id));
    }
    let [mut all, rest] = parts;
    all.append(rest);
    check(&RollUp::new(classifier().categories(), &frames, all))
}

/// Sums over several files by function, of which the largest are left out where all of them are too much.
fn over(files: &[Sums]) -> Vec<u64> {
    let mut sums: Vec<u128> =
        (0..FUNCTIONS).map(|function| files.iter().map(|file| u128::from(file.of[function])).sum()).collect();
    sums.sort_unstable();
    let mut room = u128::from(u64::MAX);
    let fitting = sums.into_iter().rev().filter(|&sum| {
        let fits = sum <= room;
        room -= if fits { sum } else { 0 };
        fits && sum > 0
    });
    fitting.map(|sum| u64::try_from(sum).expect("no more than there is room for")).collect()
}

fn mean(sizes: impl ExactSizeIterator<Item = u64>) -> u64 {
    let count = sizes.len() as u128;
    let sum: u128 = sizes.map(u128::from).sum();
    u64::try_from((2 * sum + count) / (2 * count)).expect("a mean is no more than the largest")
}

fn panel(profiles: &[Profile]) -> Panel {
    let mut panel = Panel::new(classifier().categories());
    profiles.iter().for_each(|profile| _ = panel.add(profile, Some(512)));
    panel
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn one_file_and_several_as_one_count_what_does_not_fit(files in prop::collection::vec(file(), 1..4)) {
        let mut merge = Merge::default();
        for nodes in &files {
            let profile = profile("file", nodes);
            let expected = Sums::of(nodes);
            prop_assert_eq!(by_function(&profile), expected.of);
            prop_assert_eq!(profile.aggregate.total_size, expected.total());
            prop_assert_eq!(profile.aggregate.overflowing_sizes, expected.left_out);
            let negative = nodes.iter().filter(|node| node.3.is_none()).count() as u64;
            prop_assert_eq!((profile.aggregate.negative_sizes, profile.file.unsummed), (negative, negative + expected.left_out));
            show(&profile);
            merge.add(profile, Some(512));
        }
        let merged = merge.finish(classifier().categories(), &ReadOptions::default());
        let expected = Sums::of(files.iter().flatten());
        let negative = files.iter().flatten().filter(|node| node.3.is_none()).count() as u64;
        prop_assert_eq!(by_function(&merged), expected.of);
        prop_assert_eq!(merged.aggregate.total_size, expected.total());
        prop_assert_eq!(merged.aggregate.overflowing_sizes, expected.left_out);
        prop_assert_eq!(merged.file.unsummed, negative + expected.left_out);
        let kinds = || merged.warnings.iter().map(|warning| warning.kind);
        prop_assert_eq!(has_warning(kinds(), "overflowing-sizes"), expected.left_out > 0);
        show(&merged);
    }

    #[test]
    fn a_batch_leaves_out_functions_that_do_not_fit(files in prop::collection::vec(file(), 1..5)) {
        let profiles: Vec<Profile> = files.iter().map(|nodes| profile("file", nodes)).collect();
        let sums: Vec<Sums> = files.iter().map(Sums::of).collect();
        rolled_up(&profiles, |roll_up| -> Result<(), TestCaseError> {
            let functions = roll_up.functions();
            let mut told: Vec<u64> = functions.iter().map(|(_, over)| over.self_size).collect();
            prop_assert!(told.is_sorted_by(|a, b| a >= b));
            let shown: u64 = told.iter().sum();
            told.retain(|&size| size > 0);
            prop_assert_eq!(&told, &over(&sums));
            prop_assert_eq!((roll_up.shown_size(), roll_up.total_size()), (shown, shown));
            let of_packages: u64 = roll_up.packages().iter().map(|(_, _, over)| over.self_size).sum();
            let of_categories: u64 = roll_up.categories().iter().map(|(_, over)| over.self_size).sum();
            prop_assert_eq!((of_packages, of_categories), (shown, shown));
            let all: u128 = sums.iter().map(|file| u128::from(file.total())).sum();
            let is_doubted = all > u128::from(u64::MAX) || profiles.iter().any(|profile| profile.file.unsummed > 0);
            prop_assert_eq!(has_warning(roll_up.warnings().iter().map(|it| it.kind), "sizes-left-out"), is_doubted);
            for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
                render_batch(roll_up, format, &Style::default(), None, &mut std::io::sink()).expect("memory");
            }
            Ok(())
        })?;
    }

    #[test]
    fn sizes_of_two_sides_are_exact(before in prop::collection::vec(file(), 1..3), after in prop::collection::vec(file(), 1..3)) {
        let profiles: Vec<Profile> = before.iter().chain(&after).map(|nodes| profile("file", nodes)).collect();
        let panel = panel(&profiles);
        let diff = Diff::new(&panel, DiffOptions { before: before.len(), normalise: false });
        let sides = [&before, &after].map(|files| files.iter().map(Sums::of).collect::<Vec<Sums>>());
        let means = |of: &dyn Fn(&Sums) -> u64| [0, 1].map(|side: usize| mean(sides[side].iter().map(of)));
        let sizes = |row: &DiffRow| [row.before, row.after];
        prop_assert_eq!(sizes(diff.total()), means(&Sums::total));
        for row in diff.functions() {
            let Subject::Function(id) = row.subject else { panic!("{row:?}") };
            let function = number(diff.function(id).name);
            prop_assert_eq!(sizes(row), means(&|sums| sums.of[function]), "f{}", function);
        }
        if let ([_], [_]) = (&before[..], &after[..]) {
            for rows in [diff.categories(), diff.packages(), diff.functions(), diff.stacks()] {
                let sum = |side: usize| rows.iter().map(|row| sizes(row)[side]).sum::<u64>();
                prop_assert_eq!([sum(0), sum(1)], sizes(diff.total()));
            }
        }
        for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
            render_diff(&diff, &DiffStyle::default(), format, &Style::default(), &mut std::io::sink()).expect("memory");
        }
    }

    #[test]
    fn threads_of_one_process_count_what_does_not_fit(first in file(), second in file()) {
        let profiles = [profile("first", &first), profile("second", &second)];
        let mut panel = Panel::new(classifier().categories());
        panel.add_run(&profiles[0], Some(512), 0, None);
        panel.add_thread(&profiles[1], Some(512));
        // Functions come whole, in the order in which a file has them.
        let mut expected = Sums::of(&first);
        let own = Sums::of(&second);
        let mut met = [false; FUNCTIONS];
        for (function, ..) in second.iter().filter(|node| !std::mem::replace(&mut met[node.0], true)) {
            expected.add(*function, own.of[*function]);
        }
        let member = &panel.members()[0];
        prop_assert_eq!(member.total_size, expected.total());
        let unsummed = |nodes: &[Node]| nodes.iter().filter(|node| node.3.is_none()).count() as u64;
        prop_assert_eq!(member.file.unsummed, expected.left_out + own.left_out + unsummed(&first) + unsummed(&second));
        let mut functions = [0; FUNCTIONS];
        let by_function = panel.by_function();
        for (row, id) in by_function.rows().zip(panel.frames().ids()).filter(|(row, _)| row.sum() > 0) {
            functions[number(name_of(panel.frames(), id))] = row.sum();
        }
        prop_assert_eq!(functions, expected.of);
        for table in [panel.totals(), panel.by_category(), panel.by_package(), by_function, panel.by_stack()] {
            prop_assert_eq!(table.rows().map(|row| row.sum()).sum::<u64>(), expected.total());
        }
        let now = Summary::of(&panel);
        let rules = ["total < 1GiB", "total +5%"].map(|rule| CheckRule::parse(rule).expect("a rule"));
        let check = Check::new(&rules, Subjects { runs: &panel, now: &now, before: Some(("b.toml", &now)) }, false);
        let check = check.expect("rules that can be held");
        for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
            render_check(&check, format, &Style::default(), &mut std::io::sink()).expect("memory");
        }
    }
}
