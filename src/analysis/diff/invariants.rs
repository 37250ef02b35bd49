//! What is true of every comparison, whatever is compared.

use proptest::prelude::*;

use super::tests::{compared, panel, samples};
use super::{DiffRow, Verdict};
use crate::analysis::test_support::Frame;

const FRAMES: [Frame<'_>; 12] = [
    ("main", "/srv/app/a.js", 3),
    ("cache", "/srv/app/a.js", 40),
    ("leak", "/srv/app/a.js", 90),
    ("", "/srv/app/b.js", 12),
    ("", "/srv/next/b.js", 14),
    ("query", "/srv/node_modules/pg/lib/client.js", 7),
    ("row", "/srv/node_modules/pg/lib/result.js", 20),
    ("get", "/srv/node_modules/leoric/index.js", 5),
    ("parse", "/srv/node_modules/fast-xml-parser/index.js", 9),
    ("map", "", 0),
    ("Uint8Array", "", 0),
    ("toString", "", 0),
];

/// A stack: its frame, the stack before that it goes on, and its samples before and after.
type Stack = (usize, prop::sample::Index, u64, u64);

fn stacks() -> impl Strategy<Value = Vec<Stack>> {
    let samples = || prop_oneof![Just(0_u64), 1..60_u64, 100..900_u64];
    prop::collection::vec((0..FRAMES.len(), any::<prop::sample::Index>(), samples(), samples()), 1..24)
}

/// The nodes of both sides.
fn nodes(grown: &[Stack]) -> [Vec<(u64, Vec<Frame<'static>>)>; 2] {
    let mut paths: Vec<Vec<Frame<'static>>> = vec![Vec::new()];
    for (frame, below, ..) in grown {
        let mut path = paths[below.index(paths.len())].clone();
        path.push(FRAMES[*frame]);
        paths.push(path);
    }
    let with = |count: fn(&Stack) -> u64| {
        grown.iter().zip(&paths[1..]).map(|(stack, path)| (count(stack), path.clone())).collect()
    };
    [with(|stack| stack.2), with(|stack| stack.3)]
}

/// Bytes by which rows have grown whose bytes are said to have moved, by which they have shrunk, and by which any have shrunk and grown.
fn moved(rows: &[DiffRow]) -> [i128; 4] {
    let sum = |is: &dyn Fn(&DiffRow) -> bool| -> i128 {
        rows.iter().filter(|row| is(row)).map(|row| row.difference().abs()).sum()
    };
    let is_moved = |row: &DiffRow| row.verdict == Verdict::Moved;
    [
        sum(&|row| is_moved(row) && row.difference() > 0),
        sum(&|row| is_moved(row) && row.difference() < 0),
        sum(&|row| row.difference() < 0),
        sum(&|row| row.difference() > 0),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// More than half of a row that has moved is in others; of a stack it may be that of its function.
    #[test]
    fn what_has_moved_is_made_up_for(grown in stacks()) {
        let [before, after] = nodes(&grown).map(|nodes| {
            samples(&nodes.iter().map(|(count, path)| (*count, &path[..])).collect::<Vec<(u64, &[Frame<'_>])>>())
        });
        let panel = panel(&[before, after]);
        let diff = compared(&panel, 1);
        let tables = [diff.categories(), diff.packages(), diff.functions(), diff.stacks()];
        for (rows, times) in tables.into_iter().zip([2, 2, 2, 3]) {
            let [to, from, shrunk, grown] = moved(rows);
            prop_assert!(to <= times * shrunk && from <= times * grown, "{to} of {shrunk}, {from} of {grown}: {rows:?}");
        }
    }
}
