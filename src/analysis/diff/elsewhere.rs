//! Which functions of the application are the same, though they stand in another script than before.
//!
//! A name that is on each side in one script alone, each time another, and is called by a function that is where it was, is one function that was put elsewhere. (Functions of a script that is
//! gone, or new, are passed over: who calls those says it.) Scripts that such
//! functions tell to be one (all of the one is gone, all of the other is new) tell the rest of theirs by lines, as any script does.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{Placed, Same, matched};
use crate::profile::{FrameId, TextId};

/// A function that is on one side alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alone<'a> {
    /// The address of its script.
    pub(super) script: &'a str,
    pub(super) name: &'a str,
    pub(super) placed: Placed,
}

/// Matches functions that are on one side alone, before and after, and gives all of them. `is_on_both` tells of a script whether it is on both sides, `have_callers_in_common` of two
/// functions whether one calls them that is where it was; `anonymous` is the name of those that have none, if there are any.
pub(super) fn matched_elsewhere(
    alone: &[Vec<Alone<'_>>; 2],
    is_on_both: impl Fn(&str) -> bool,
    have_callers_in_common: impl Fn(&Placed, &Placed) -> bool,
    anonymous: Option<TextId>,
) -> Vec<Same> {
    let pairs: Vec<[&Alone<'_>; 2]> = by_name(alone)
        .into_iter()
        .filter(|[before, after]| {
            before.script != after.script && !(is_on_both(before.script) && is_on_both(after.script))
        })
        .filter(|[before, after]| have_callers_in_common(&before.placed, &after.placed))
        .collect();
    let renamed = renamed(&pairs, is_on_both);
    let is_renamed: [BTreeSet<&str>; 2] = [0, 1].map(|side| renamed.iter().map(|scripts| scripts[side]).collect());
    let of_frame: BTreeMap<FrameId, usize> =
        pairs.iter().enumerate().flat_map(|(i, pair)| pair.map(|function| (function.placed.frame, i))).collect();
    let mut same: Vec<Same> = Vec::new();
    let mut is_left: [BTreeMap<&str, Vec<Placed>>; 2] = [BTreeMap::new(), BTreeMap::new()];
    for (side, functions) in alone.iter().enumerate() {
        for function in functions {
            let pair = of_frame.get(&function.placed.frame).map(|&i| pairs[i]);
            match pair {
                _ if is_renamed[side].contains(function.script) => {
                    is_left[side].entry(function.script).or_default().push(function.placed)
                }
                Some(pair) if !is_renamed[1 - side].contains(pair[1 - side].script) => {
                    if side == 0 {
                        same.push(pair.map(|function| vec![function.placed.frame]));
                    }
                }
                _ => {
                    let mut sides = [Vec::new(), Vec::new()];
                    sides[side].push(function.placed.frame);
                    same.push(sides);
                }
            }
        }
    }
    for [before, after] in renamed {
        let [mut functions, after] =
            [(0, before), (1, after)].map(|(side, script)| is_left[side].remove(script).unwrap_or_default());
        functions.extend(after);
        functions.sort_unstable();
        same.extend(matched(&functions, anonymous));
    }
    same
}

/// The functions with a name that one of each side has.
fn by_name<'l, 'a>(alone: &'l [Vec<Alone<'a>>; 2]) -> Vec<[&'l Alone<'a>; 2]> {
    let mut by_name: BTreeMap<&str, [Vec<&Alone<'_>>; 2]> = BTreeMap::new();
    for (side, functions) in alone.iter().enumerate() {
        for function in functions.iter().filter(|function| !function.name.is_empty()) {
            by_name.entry(function.name).or_default()[side].push(function);
        }
    }
    let one_each = by_name.into_values().filter_map(|[before, after]| match (&before[..], &after[..]) {
        ([before], [after]) => Some([*before, *after]),
        _ => None,
    });
    one_each.collect()
}

/// Scripts that are gone, each with the new one that most of its functions are in.
fn renamed<'a>(pairs: &[[&Alone<'a>; 2]], is_on_both: impl Fn(&str) -> bool) -> Vec<[&'a str; 2]> {
    let mut votes: BTreeMap<[&'a str; 2], usize> = BTreeMap::new();
    for pair in pairs {
        let scripts = pair.map(|function| function.script);
        if scripts.iter().all(|script| !is_on_both(script)) {
            *votes.entry(scripts).or_insert(0) += 1;
        }
    }
    let mut order: Vec<([&str; 2], usize)> = votes.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut taken: BTreeSet<(usize, &str)> = BTreeSet::new();
    let mut renamed = Vec::new();
    for (scripts, _) in order {
        let keys = [(0, scripts[0]), (1, scripts[1])];
        if keys.iter().all(|key| !taken.contains(key)) {
            taken.extend(keys);
            renamed.push(scripts);
        }
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::super::Subject;
    use super::super::tests::{compared, panel, samples};
    use crate::analysis::test_support::Frame;

    const MAIN: Frame<'_> = ("main", "/srv/app/a.js", 3);

    /// Of functions, the name with its samples before and after, and the file that each was in before if that is another one.
    fn rows(before: &[(u64, &[Frame<'_>])], after: &[(u64, &[Frame<'_>])]) -> Vec<(String, u64, u64, Option<String>)> {
        let panel = panel(&[samples(before), samples(after)]);
        let diff = compared(&panel, 1);
        let row = |row: &super::super::DiffRow| {
            let Subject::Function(function) = row.subject else { panic!("no function") };
            let elsewhere = diff.moved_from(function).filter(|_| diff.is_in_another_file(function));
            let name = diff.function(function).name.to_owned();
            (name, row.before / 512, row.after / 512, elsewhere.map(|before| before.url.to_owned()))
        };
        let mut rows: Vec<_> = diff.functions().iter().map(row).collect();
        rows.sort();
        rows
    }

    #[test]
    fn a_function_that_was_put_into_another_file_is_one_with_its_bytes() {
        let before: [(u64, &[Frame<'_>]); 3] = [
            (100, &[MAIN]),
            (210, &[MAIN, ("record", "/srv/app/orders.js", 30), ("audit", "/srv/app/orders.js", 16)]),
            (90, &[MAIN, ("record", "/srv/app/orders.js", 30)]),
        ];
        let after: [(u64, &[Frame<'_>]); 3] = [
            (105, &[MAIN]),
            (200, &[MAIN, ("record", "/srv/app/orders.js", 32), ("audit", "/srv/app/audit.js", 2)]),
            (94, &[MAIN, ("record", "/srv/app/orders.js", 32)]),
        ];
        let audit = ("audit".to_owned(), 210, 200, Some("/srv/app/orders.js".to_owned()));
        assert_eq!(
            rows(&before, &after),
            [audit, ("main".to_owned(), 100, 105, None), ("record".to_owned(), 90, 94, None)]
        );
    }

    #[test]
    fn a_file_that_is_called_otherwise_has_its_functions_with_and_without_names() {
        let old = |name, line| (name, "/srv/app/sessions.js", line);
        let new = |name, line| (name, "/srv/app/session-store.js", line);
        let before = [old("get", 9), old("open", 4), old("", 5), old("", 7)];
        let after = [new("get", 23), new("open", 18), new("", 19), new("", 21)];
        let paths = |[get, open, a, b]: [Frame<'static>; 4]| {
            [vec![MAIN, get, open], vec![MAIN, get, open, a], vec![MAIN, get, open, b]]
        };
        let [before, after] = [before, after].map(paths);
        let nodes = |paths: &'_ [Vec<Frame<'static>>; 3]| -> Vec<(u64, Vec<Frame<'static>>)> {
            [100, 200, 300].into_iter().zip(paths.iter().cloned()).collect()
        };
        let [before, after] = [nodes(&before), nodes(&after)];
        let [before, after] = [&before, &after]
            .map(|nodes| nodes.iter().map(|(count, path)| (*count, &path[..])).collect::<Vec<(u64, &[Frame<'_>])>>());
        let from = || Some("/srv/app/sessions.js".to_owned());
        let expected =
            [("", 200), ("", 300), ("open", 100)].map(|(name, count)| (name.to_owned(), count, count, from()));
        assert_eq!(rows(&before, &after), expected);
    }

    #[test]
    fn a_file_that_is_called_otherwise_is_known_behind_its_own_callers() {
        let compare = |outer: [Frame<'static>; 2]| {
            let side = |outer: Frame<'static>, file: &'static str, count: u64| {
                vec![(90, vec![MAIN]), (count, vec![outer, ("", file, 6), ("load", file, 4)])]
            };
            let sides = [side(outer[0], "/srv/app/server.js", 200), side(outer[1], "/srv/app/api.js", 210)];
            let [before, after] = sides.each_ref().map(|nodes| {
                nodes.iter().map(|(count, path)| (*count, &path[..])).collect::<Vec<(u64, &[Frame<'_>])>>()
            });
            rows(&before, &after)
        };
        let main = || ("main".to_owned(), 90, 90, None);
        let load = ("load".to_owned(), 200, 210, Some("/srv/app/server.js".to_owned()));
        assert_eq!(compare([MAIN; 2]), [load, main()]);
        let [gone, new] = ["load"; 2].map(str::to_owned);
        let router = ("next", "/srv/node_modules/router/index.js", 9);
        assert_eq!(compare([MAIN, router]), [(gone, 0, 210, None), (new, 200, 0, None), main()]);
    }

    #[test]
    fn another_function_of_the_name_is_another_function() {
        let old: Frame<'_> = ("open", "/srv/app/sessions.js", 4);
        let new: Frame<'_> = ("open", "/srv/app/files.js", 4);
        let (get, load) = (("get", "/srv/app/a.js", 20), ("load", "/srv/app/a.js", 30));
        let expected =
            [("main".to_owned(), 90, 90, None), ("open".to_owned(), 0, 150, None), ("open".to_owned(), 150, 0, None)];
        // It has other callers.
        assert_eq!(
            rows(&[(90, &[MAIN]), (150, &[MAIN, get, old])], &[(90, &[MAIN]), (150, &[MAIN, load, new])]),
            expected
        );
        // There are two that it may be.
        let other: Frame<'_> = ("open", "/srv/app/ports.js", 4);
        let after: [(u64, &[Frame<'_>]); 3] = [(90, &[MAIN]), (150, &[MAIN, get, new]), (150, &[MAIN, get, other])];
        assert_eq!(rows(&[(90, &[MAIN]), (150, &[MAIN, get, old])], &after).len(), 4);
    }
}
