//! Panels of profiles made by hand, against sums that are made by name.

use std::collections::BTreeMap;

use super::*;
use crate::analysis::test_support::{Frame, profile};

const READ: Frame<'_> = ("read", "/srv/app/a.js", 3);
const PARSE: Frame<'_> = ("parse", "", 0);
const QUERY: Frame<'_> = ("query", "/srv/node_modules/pg/lib/client.js", 7);

fn panel() -> Panel {
    let first = profile(&[(80, vec![READ]), (400, vec![READ, PARSE]), (8, vec![PARSE])], &[]);
    let second = profile(&[(16, vec![QUERY, READ]), (40, vec![READ, PARSE]), (2, vec![READ, PARSE])], &[]);
    let mut panel = Panel::new(&first.aggregate.categories);
    assert_eq!(panel.add(&first, Some(512)), 0);
    assert_eq!(panel.add(&second, Some(1024)), 1);
    panel
}

/// The rows of a table that are not empty, by name.
fn named(panel: &Panel, table: &Table, name: impl Fn(&Panel, usize) -> String) -> BTreeMap<String, Vec<u64>> {
    assert_eq!(table.members(), panel.members().len());
    (0..table.len())
        .map(|row| (name(panel, row), table.row(row).sizes()))
        .filter(|(_, sizes)| sizes != &[0, 0])
        .collect()
}

fn function(panel: &Panel, FrameId(id): FrameId) -> String {
    panel.frames().text(panel.frames().get(FrameId(id)).function).to_owned()
}

#[test]
fn rows_are_found_again_in_each_member() {
    let panel = panel();
    let rows = |pairs: &[(&str, [u64; 2])]| -> BTreeMap<String, Vec<u64>> {
        pairs.iter().map(|&(name, sizes)| (name.to_owned(), sizes.to_vec())).collect()
    };
    let of_function = |panel: &Panel, row: usize| function(panel, FrameId(row as u32));
    assert_eq!(named(&panel, &panel.by_function(), of_function), rows(&[("read", [80, 16]), ("parse", [408, 42])]));
    let of_package = |panel: &Panel, row: usize| {
        let frames = panel.frames();
        frames.text(frames.package(PackageId(row as u32)).name).to_owned()
    };
    assert_eq!(named(&panel, &panel.by_package(), of_package), rows(&[("(app)", [80, 16]), ("(native)", [408, 42])]));
    let of_category = |panel: &Panel, row: usize| panel.categories()[row].id.clone();
    assert_eq!(named(&panel, &panel.by_category(), of_category), rows(&[("app", [80, 16]), ("native", [408, 42])]));
    let of_stack = |panel: &Panel, row: usize| -> String {
        let path: Vec<_> = panel.stack(StackId(row as u32)).iter().map(|&id| function(panel, id)).collect();
        path.join(" ")
    };
    let stacks = rows(&[("read", [80, 0]), ("read parse", [400, 42]), ("parse", [8, 0]), ("query read", [0, 16])]);
    assert_eq!(named(&panel, &panel.by_stack(), of_stack), stacks);
    assert_eq!(panel.totals().row(0).sizes(), [488, 58]);
    assert_eq!(panel.members()[1].sampling.interval, Some(1024));
}

#[test]
fn rows_can_be_added_up() {
    let table = Table::of(3, &[[(0, 5), (2, 7)].into(), [(1, 1)].into(), [(0, 0), (1, 2), (2, 3)].into()]);
    assert_eq!(table.row(0).cells().collect::<Vec<_>>(), [(0, 5)], "nothing is kept of what is 0");
    let grouped = table.grouped(2, |_, row| Some(usize::from(row == 1)));
    let sizes: Vec<_> = grouped.rows().map(|row| row.sizes()).collect();
    assert_eq!(sizes, [[12, 0, 3], [0, 1, 2]]);
    assert_eq!(grouped.row(0).sum(), 15);
    assert_eq!([0, 1, 2].map(|member| grouped.row(1).size(member)), [0, 1, 2]);
}

#[test]
fn what_counts_as_one_was_sampled_no_more_seldom_than_each_part_allows() {
    let part = |size: u64, interval: Option<u64>| (profile(&[(size, vec![READ])], &[]), interval);
    let of = |parts: &[(Profile, Option<u64>)]| {
        let mut panel = Panel::new(&parts[0].0.aggregate.categories);
        panel.enter_all(
            parts.iter().map(|(profile, interval)| Entry::of(profile, *interval)),
            &mut Numbering::default(),
        );
        (panel.members()[0].sampling.interval, panel.members()[0].sampling.longest())
    };
    let (small, large, empty) = (|| part(5000, None), || part(90_000, None), || part(0, None));
    assert_eq!(of(&[large(), small(), empty()]), (None, Some(5000)));
    assert_eq!(of(&[empty(), small(), large()]), (None, Some(5000)));
    assert_eq!(of(&[large(), part(5000, Some(512))]), (Some(512), Some(512)));
}

#[test]
fn several_profiles_count_as_one() {
    let profile = profile(&[(80, vec![READ]), (400, vec![READ, PARSE])], &[]);
    let (mut one, mut numbering) = (Panel::new(&profile.aggregate.categories), Numbering::default());
    one.enter_all((0..1000).map(|i| Entry::of(&profile, Some(if i == 0 { 512 } else { 1024 }))), &mut numbering);
    let member = &one.members()[0];
    assert_eq!((member.profiles, member.total_size, member.sampling.interval), (1000, 480_000, Some(1024)));
    assert_eq!(one.by_function().rows().map(|row| row.size(0)).collect::<Vec<_>>(), [80_000, 400_000]);
    assert_eq!(
        one.by_stack().rows().map(|row| row.size(0)).collect::<Vec<_>>(),
        [400_000, 80_000],
        "the heaviest first"
    );
    one.enter_into(0, Entry::of(&profile, None), &mut numbering);
    assert_eq!(one.by_stack().rows().map(|row| row.sum()).collect::<Vec<_>>(), [400_400, 80_080]);
    one.enter_all([], &mut numbering);
    assert_eq!(one.members().len(), 1, "nothing is no member");
}
