//! Which functions of one script are the same before and after, though lines have moved.
//!
//! A name that occurs once on each side is one function, wherever it stands; such functions also tell by how many lines the code around them has moved.
//! Several of one name, and those without a name, are told apart by that. Where it does not fit, they become one row: a pair of false changes would be worse. But functions without a name
//! are not one where known functions stand between them, nor where those above and below have moved by as many lines as each other, and they have not.

use std::collections::BTreeMap;

use crate::profile::{FrameId, TextId};

/// A function of the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Placed {
    pub(super) name: TextId,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) frame: FrameId,
    /// Whether it is in files before, and in files after.
    pub(super) sides: [bool; 2],
}

/// The functions that are one: those before, those after.
pub(super) type Same = [Vec<FrameId>; 2];

/// Matches the functions of one script, which are sorted. `anonymous` is the name of those that have none, if there are any.
pub(super) fn matched(functions: &[Placed], anonymous: Option<TextId>) -> Vec<Same> {
    let mut same = Vec::new();
    let is_nameless = |named: &[Placed]| Some(named[0].name) == anonymous;
    let (once, others): (Vec<_>, Vec<_>) = functions
        .chunk_by(|a, b| a.name == b.name)
        .partition(|named| !is_nameless(named) && on(named, 0) <= 1 && on(named, 1) <= 1);
    let mut anchors: Vec<(u32, u32)> = Vec::new();
    for named in once {
        let [before, after] = [0, 1].map(|side| named.iter().find(|function| function.sides[side]));
        if let Some((before, after)) = before.zip(after) {
            anchors.push((before.line, after.line));
        }
        same.push([before, after].map(|found| found.map(|function| function.frame).into_iter().collect()));
    }
    anchors.sort_unstable();
    let stretches = Stretches::new(&anchors);
    for named in others {
        let stretches = Some(&stretches).filter(|_| is_nameless(named));
        by_place(named, &anchors, stretches, &mut same);
    }
    same
}

/// How many of them are on a side.
fn on(functions: &[Placed], side: usize) -> usize {
    functions.iter().filter(|function| function.sides[side]).count()
}

/// Matches several functions of one name. Of those that do not fit, any of a stretch may be the same; without stretches, any.
fn by_place(named: &[Placed], anchors: &[(u32, u32)], stretches: Option<&Stretches>, same: &mut Vec<Same>) {
    let after: Vec<&Placed> = named.iter().filter(|function| function.sides[1]).collect();
    let mut is_taken = vec![false; after.len()];
    let mut rest: BTreeMap<Option<Where>, Same> = BTreeMap::new();
    for before in named.iter().filter(|function| function.sides[0]) {
        let line = moved(before.line, anchors);
        let at_line = after.partition_point(|function| function.line < line);
        let candidates = || (at_line..after.len()).take_while(|&i| after[i].line == line);
        let exact = candidates().find(|&i| after[i].column == before.column && !is_taken[i]);
        // Another column will do where the line has but one.
        let only = || candidates().next().filter(|&i| candidates().count() == 1 && !is_taken[i]);
        match exact.or_else(only) {
            Some(i) => {
                is_taken[i] = true;
                same.push([vec![before.frame], vec![after[i].frame]]);
            }
            None => rest.entry(stretches.map(|stretches| stretches.of_before(before.line))).or_default()[0]
                .push(before.frame),
        }
    }
    for (function, _) in after.iter().zip(&is_taken).filter(|&(_, is_taken)| !is_taken) {
        rest.entry(stretches.map(|stretches| stretches.of_after(function.line))).or_default()[1].push(function.frame);
    }
    for rest in rest.into_values() {
        match &rest {
            [before, after] if !before.is_empty() && !after.is_empty() => same.push(rest),
            // There is nothing on the other side that it could be.
            [before, after] => {
                same.extend(before.iter().map(|&frame| [vec![frame], Vec::new()]));
                same.extend(after.iter().map(|&frame| [Vec::new(), vec![frame]]));
            }
        }
    }
}

/// A stretch of a script between functions that are known on both sides, by its number; and the line after, where the whole of it has moved by as many lines.
type Where = (usize, Option<u32>);

/// The stretches of a script between functions that are known on both sides, and in the same order on both.
struct Stretches {
    /// Where each begins, before and after; the first at the top.
    starts: Vec<(u32, u32)>,
}

impl Stretches {
    /// Those between functions with these lines, which are sorted.
    fn new(anchors: &[(u32, u32)]) -> Self {
        let mut starts = vec![(0, 0)];
        // Functions that others have changed places with do not part a script.
        let mut highest = 0;
        let mut is_behind_all: Vec<bool> = Vec::new();
        for &(_, after) in anchors {
            is_behind_all.push(after >= highest);
            highest = highest.max(after);
        }
        let mut lowest = u32::MAX;
        let mut in_order: Vec<(u32, u32)> = Vec::new();
        for (&(before, after), is_behind_all) in anchors.iter().zip(is_behind_all).rev() {
            if is_behind_all && after <= lowest {
                in_order.push((before, after));
            }
            lowest = lowest.min(after);
        }
        starts.extend(in_order.into_iter().rev());
        Self { starts }
    }

    /// Where a line before is.
    fn of_before(&self, line: u32) -> Where {
        let next = self.starts.partition_point(|&(before, _)| before <= line);
        (next, self.shift(next).map(|(before, after)| (line + after).saturating_sub(before)))
    }

    /// Where a line after is.
    fn of_after(&self, line: u32) -> Where {
        let next = self.starts.partition_point(|&(_, after)| after <= line);
        (next, self.shift(next).map(|_| line))
    }

    /// The start of the stretch before this one, where the latter has moved by as many lines.
    fn shift(&self, next: usize) -> Option<(u32, u32)> {
        let (start, end) = (self.starts[next.checked_sub(1)?], *self.starts.get(next)?);
        let by = |(before, after): (u32, u32)| i64::from(after) - i64::from(before);
        (by(start) == by(end)).then_some(start)
    }
}

/// Where a line is after, by the nearest function above that is known on both sides, else the nearest below.
fn moved(line: u32, anchors: &[(u32, u32)]) -> u32 {
    let above = anchors.partition_point(|&(before, _)| before <= line);
    match anchors.get(above.saturating_sub(1)) {
        Some(&(before, after)) => (line + after).saturating_sub(before),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::StringArena;

    /// Names with their lines before and after; what is matched, as lines.
    fn lines(before: &[(&str, u32)], after: &[(&str, u32)]) -> Vec<[Vec<u32>; 2]> {
        let mut texts = StringArena::default();
        let anonymous = texts.intern("");
        let mut functions: Vec<Placed> = Vec::new();
        for (side, list) in [before, after].into_iter().enumerate() {
            for &(name, line) in list {
                let name = texts.intern(name);
                match functions.iter_mut().find(|known| (known.name, known.line) == (name, line)) {
                    Some(known) => known.sides[side] = true,
                    None => functions.push(Placed {
                        name,
                        line,
                        column: 1,
                        frame: FrameId(line * 10 + name_number(&texts, name)),
                        sides: [side == 0, side == 1],
                    }),
                }
            }
        }
        functions.sort_unstable();
        let mut same: Vec<[Vec<u32>; 2]> = matched(&functions, Some(anonymous))
            .into_iter()
            .map(|sides| sides.map(|frames| frames.into_iter().map(|FrameId(id)| id / 10).collect()))
            .collect();
        same.sort();
        same
    }

    fn name_number(texts: &StringArena, name: TextId) -> u32 {
        u32::from(texts.get(name).bytes().next().unwrap_or(0)) % 10
    }

    #[test]
    fn a_name_is_found_again_wherever_it_stands() {
        assert_eq!(lines(&[("a", 1), ("b", 5)], &[("a", 9), ("b", 5)]), [[vec![1], vec![9]], [vec![5], vec![5]]]);
        assert_eq!(lines(&[("a", 1)], &[("b", 1)]), [[vec![], vec![1]], [vec![1], vec![]]]);
    }

    #[test]
    fn others_move_with_the_code_around_them() {
        // Ten lines more above `a`, twenty more above `z`.
        let before = [("a", 10), ("", 20), ("", 30), ("z", 50), ("", 60)];
        let after = [("a", 20), ("", 30), ("", 40), ("z", 80), ("", 90)];
        let expected = [[10, 20], [20, 30], [30, 40], [50, 80], [60, 90]].map(|[a, b]| [vec![a], vec![b]]);
        assert_eq!(lines(&before, &after), expected);
        // Those above the first one move as it does.
        assert_eq!(
            lines(&[("", 1), ("", 2), ("a", 3)], &[("", 4), ("", 5), ("a", 6)]),
            [[1, 4], [2, 5], [3, 6]].map(|[a, b]| [vec![a], vec![b]])
        );
    }

    #[test]
    fn what_was_not_sampled_on_one_side_stays_by_itself() {
        assert_eq!(
            lines(&[("", 1), ("", 2), ("", 3)], &[("", 1), ("", 3)]),
            [[vec![1], vec![1]], [vec![2], vec![]], [vec![3], vec![3]]]
        );
    }

    #[test]
    fn what_known_functions_stand_between_is_not_one() {
        // A new one above all others, and the last is gone.
        let known = [("lookup", 40), ("handle", 60)];
        let script = |more: (&'static str, u32)| [&known[..], &[("", 40), ("", 80), more]].concat();
        let mut expected = [40, 40, 60, 80].map(|line| [vec![line], vec![line]]).to_vec();
        expected.extend([[vec![], vec![8]], [vec![300], vec![]]]);
        expected.sort();
        assert_eq!(lines(&script(("", 300)), &script(("", 8))), expected);
        // A name says more than a place.
        let [before, after] = [[("get", 1), ("get", 2), ("a", 10)], [("a", 15), ("get", 20), ("get", 21)]];
        assert_eq!(lines(&before, &after), [[vec![1, 2], vec![20, 21]], [vec![10], vec![15]]]);
        // Functions that have changed places part nothing.
        let [before, after] = [[("", 1), ("a", 10), ("z", 20), ("", 30)], [("z", 2), ("a", 3), ("", 8), ("", 40)]];
        assert_eq!(lines(&before, &after), [[vec![1, 30], vec![8, 40]], [vec![10], vec![3]], [vec![20], vec![2]]]);
    }

    #[test]
    fn what_has_moved_between_functions_that_have_not_is_another_one() {
        assert_eq!(
            lines(&[("a", 1), ("", 3), ("b", 9)], &[("a", 11), ("", 17), ("b", 19)]),
            [[vec![], vec![17]], [vec![1], vec![11]], [vec![3], vec![]], [vec![9], vec![19]]]
        );
        // Ten lines more between them are above it, or below.
        assert_eq!(
            lines(&[("a", 1), ("", 3), ("", 4), ("b", 9)], &[("a", 1), ("", 9), ("", 10), ("b", 19)]),
            [[vec![1], vec![1]], [vec![3, 4], vec![9, 10]], [vec![9], vec![19]]]
        );
    }

    #[test]
    fn what_cannot_be_told_apart_is_one_row() {
        assert_eq!(lines(&[("", 1), ("", 2)], &[("", 11), ("", 12)]), [[vec![1, 2], vec![11, 12]]]);
        assert_eq!(
            lines(&[("get", 1), ("get", 5)], &[("get", 1), ("get", 7)]),
            [[vec![1], vec![1]], [vec![5], vec![7]]]
        );
    }
}
