//! The folder that the application was in before, and the one that it is in now, where it has moved as a whole.

use std::collections::{BTreeMap, HashMap};

use crate::analysis::address;
use crate::analysis::panel::Panel;
use crate::profile::{FrameId, FrameKind, TextId};

/// What is called alike on both sides: of each side the scripts that have it, two at most.
type Alike<'a, K> = BTreeMap<K, [Vec<&'a str>; 2]>;

/// A function by its name, where it has none by its place, and by the name of its script.
type Known<'a> = (TextId, Option<(u32, u32)>, &'a str);

/// Both folders, if the application has moved: those that most of its functions tell. Where it has none that is known again, and none of its scripts is where it was, scripts
/// of one name tell it. `address` is that of a function's script.
pub(super) fn moved<'a>(
    panel: &Panel,
    sides: &[[bool; 2]],
    address: impl Fn(FrameId) -> &'a str,
) -> Option<(String, String)> {
    let frames = panel.frames();
    let of_application = || frames.ids().filter(|&id| frames.get(id).kind == FrameKind::App);
    let mut on_sides: HashMap<&str, [bool; 2]> = HashMap::new();
    for id in of_application() {
        let known = on_sides.entry(address(id)).or_default();
        (0..2).for_each(|side| known[side] |= sides[id.0 as usize][side]);
    }
    let side_of = |script: &str| match on_sides[script] {
        [true, false] => Some(0),
        [false, true] => Some(1),
        _ => None,
    };
    let mut functions: Alike<'a, Known<'a>> = BTreeMap::new();
    let mut scripts: Alike<'a, &str> = BTreeMap::new();
    for id in of_application() {
        let script = address(id);
        let Some(side) = side_of(script) else { continue };
        let file = script.rsplit('/').next().unwrap_or(script);
        note(&mut scripts, file, side, script);
        let name = frames.get(id).function;
        let place = frames.line(id).zip(frames.column(id).or(Some(0)));
        // Where modules are wrapped into a function, each has it at its very beginning.
        let is_wrapper = place.is_none_or(|place| place <= (1, 1));
        match frames.text(name).is_empty() {
            true if is_wrapper => {}
            true => note(&mut functions, (name, place, file), side, script),
            false => note(&mut functions, (name, None, file), side, script),
        }
    }
    let are_all_elsewhere = || on_sides.values().all(|sides| *sides != [true; 2]);
    let told = most(&functions).or_else(|| are_all_elsewhere().then(|| most(&scripts)).flatten());
    told.map(|(before, after)| (before.to_owned(), after.to_owned()))
}

fn note<'a, K: Ord>(alike: &mut Alike<'a, K>, key: K, side: usize, script: &'a str) {
    let scripts = &mut alike.entry(key).or_default()[side];
    if !scripts.contains(&script) && scripts.len() < 2 {
        scripts.push(script);
    }
}

/// The folders that most tell of what is in one script of each side.
fn most<'a, K>(alike: &Alike<'a, K>) -> Option<(&'a str, &'a str)> {
    let mut votes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for [before, after] in alike.values() {
        if let ([before], [after]) = (&before[..], &after[..])
            && let Some(folders) = address::differing_folders(before, after)
        {
            *votes.entry(folders).or_insert(0) += 1;
        }
    }
    votes.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(folders, _)| folders)
}

#[cfg(test)]
mod tests {
    use super::super::Subject;
    use super::super::tests::{compared, panel, samples};
    use crate::analysis::test_support::Frame;

    const QUERY: Frame<'_> = ("query", "/srv/node_modules/pg/lib/client.js", 7);

    /// Samples before and after of the functions of the application.
    fn rows(before: &[(u64, Frame<'_>)], after: &[(u64, Frame<'_>)]) -> Vec<(u64, u64)> {
        let run = |functions: &[(u64, Frame<'_>)]| {
            let paths: Vec<(u64, [Frame<'_>; 1])> =
                functions.iter().map(|&(count, function)| (count, [function])).collect();
            let nodes = paths.iter().map(|(count, path)| (*count, &path[..]));
            samples(&nodes.chain([(100, &[QUERY][..])]).collect::<Vec<_>>())
        };
        let panel = panel(&[run(before), run(after)]);
        let diff = compared(&panel, 1);
        let is_of_application = |subject| match subject {
            Subject::Function(function) => diff.function(function).name != "query",
            _ => false,
        };
        let rows = diff.functions().iter().filter(|row| is_of_application(row.subject));
        let mut rows: Vec<_> = rows.map(|row| (row.before / 512, row.after / 512)).collect();
        rows.sort_unstable();
        rows
    }

    #[test]
    fn few_functions_tell_it_though_none_has_a_name() {
        let (old, new) = ("/home/a/p/jobs.js", "/home/a/w/p/jobs.js");
        assert_eq!(rows(&[(200, ("", old, 10))], &[(190, ("", new, 10))]), [(200, 190)]);
        // Others are where they were.
        let stays = ("main", "/home/a/cap.js", 3);
        assert_eq!(
            rows(&[(200, ("", old, 10)), (90, stays)], &[(190, ("", new, 10)), (95, stays)]),
            [(90, 95), (200, 190)]
        );
        // Its lines have moved as well, or it is what wraps the module.
        for (before, after) in [(10, 17), (1, 1)] {
            assert_eq!(rows(&[(200, ("", old, before))], &[(190, ("", new, after))]), [(200, 190)]);
        }
    }

    #[test]
    fn another_script_of_the_name_is_another_script() {
        let stays = ("main", "/srv/app/a.js", 3);
        let (old, new) = ("/srv/app/routes/user.js", "/srv/app/models/user.js");
        for (before, after) in [(10, 17), (1, 1)] {
            assert_eq!(
                rows(&[(200, ("", old, before)), (90, stays)], &[(190, ("", new, after)), (95, stays)]),
                [(0, 190), (90, 95), (200, 0)],
                "the application has not moved"
            );
        }
        // Which of two it is nothing tells.
        let other = "/home/b/q/jobs.js";
        let (old, new) = ("/home/a/p/jobs.js", "/home/a/w/p/jobs.js");
        let after = [(190, ("", new, 1)), (180, ("", other, 1))];
        assert_eq!(rows(&[(200, ("", old, 1))], &after), [(0, 180), (0, 190), (200, 0)]);
    }
}
