//! How much of what functions have exchanged can have gone from one class to another: none gives more than it has lost.
//!
//! A function that is gone may look as if its bytes were in those near by, of another package, though as many have come back into its own package under another name.
//! The sums of both packages tell: what one has not lost, the other has not got from it.

use std::collections::{BTreeMap, VecDeque};

/// Bytes that went from one class to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Passed {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) bytes: f64,
}

/// By how many bytes a class may have shrunk and grown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Room {
    pub(super) shrunk: f64,
    pub(super) grown: f64,
}

/// Bytes that are none.
const NONE: f64 = 1e-3;

/// Cuts what was passed, so that each class gives no more than it has lost and has got from others, and gets no more than it has grown by and has given. What went
/// straight from one to the other counts before what was passed on.
pub(super) fn cut(passed: &mut [Passed], room: impl Fn(u32) -> Room) {
    let mut all: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    passed.iter().for_each(|&Passed { from, to, bytes }| *all.entry((from, to)).or_insert(0.0) += bytes);
    let mut left = all.clone();
    let mut rooms: BTreeMap<u32, Room> =
        all.keys().flat_map(|&(from, to)| [from, to]).map(|class| (class, room(class))).collect();
    let classes: Vec<u32> = rooms.keys().copied().collect();
    for (is_straight, &source) in [true, false].into_iter().flat_map(|it| classes.iter().map(move |class| (it, class)))
    {
        while rooms[&source].shrunk > NONE {
            let Some(way) = shortest(source, &left, &rooms, is_straight) else { break };
            let last = way[way.len() - 1].1;
            let most = way.iter().map(|step| left[step]).fold(f64::INFINITY, f64::min);
            let bytes = most.min(rooms[&source].shrunk).min(rooms[&last].grown);
            way.into_iter().for_each(|step| *left.entry(step).or_default() -= bytes);
            rooms.entry(source).and_modify(|room| room.shrunk -= bytes);
            rooms.entry(last).and_modify(|room| room.grown -= bytes);
        }
    }
    for Passed { from, to, bytes } in passed {
        let step = (*from, *to);
        *bytes *= if all[&step] > 0.0 { 1.0 - left[&step] / all[&step] } else { 0.0 };
    }
}

/// The shortest way on which bytes are left to pass, from a class to another that may have grown by more.
fn shortest(
    source: u32,
    left: &BTreeMap<(u32, u32), f64>,
    rooms: &BTreeMap<u32, Room>,
    is_straight: bool,
) -> Option<Vec<(u32, u32)>> {
    let mut came_from: BTreeMap<u32, u32> = BTreeMap::from([(source, source)]);
    let mut queue = VecDeque::from([source]);
    while let Some(from) = queue.pop_front() {
        for (&(_, to), &bytes) in left.range((from, 0)..=(from, u32::MAX)) {
            if bytes <= NONE || came_from.contains_key(&to) {
                continue;
            }
            came_from.insert(to, from);
            if rooms[&to].grown > NONE {
                let before = |&to: &u32| Some(came_from[&to]).filter(|_| to != source);
                let classes: Vec<u32> = std::iter::successors(Some(to), before).collect();
                return Some(classes.windows(2).rev().map(|pair| (pair[1], pair[0])).collect());
            }
            if !is_straight {
                queue.push_back(to);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn room(difference: f64) -> Room {
        Room { shrunk: (-difference).max(0.0), grown: difference.max(0.0) }
    }

    fn cut_to(passed: &[(u32, u32, f64)], differences: &[f64]) -> Vec<i64> {
        let mut passed: Vec<Passed> = passed.iter().map(|&(from, to, bytes)| Passed { from, to, bytes }).collect();
        cut(&mut passed, |class| room(differences[class as usize]));
        passed.iter().map(|passed| passed.bytes.round() as i64).collect()
    }

    #[test]
    fn none_gives_more_than_it_has_lost_nor_gets_more_than_it_has_grown_by() {
        assert_eq!(cut_to(&[(0, 1, 16.0)], &[-20.0, 25.0]), [16]);
        assert_eq!(cut_to(&[(0, 1, 16.0)], &[-2.0, 25.0]), [2]);
        assert_eq!(cut_to(&[(0, 1, 16.0)], &[-20.0, 5.0]), [5]);
        assert_eq!(cut_to(&[(0, 1, 12.0), (0, 1, 4.0)], &[-4.0, 30.0]), [3, 1]);
        // What is passed on is there to give.
        assert_eq!(cut_to(&[(0, 1, 10.0), (1, 2, 10.0)], &[-10.0, 0.0, 10.0]), [10, 10]);
        // In a ring nothing is.
        assert_eq!(cut_to(&[(0, 1, 10.0), (1, 0, 10.0), (1, 2, 10.0)], &[0.0, 0.0, 10.0]), [0, 0, 0]);
    }

    proptest! {
        #[test]
        fn what_is_got_is_lost(
            passed in prop::collection::vec((0..6_u32, 0..6_u32, 0.0..100.0_f64), 0..20),
            differences in prop::collection::vec(-50.0..50.0_f64, 6..7),
        ) {
            let mut passed: Vec<Passed> =
                passed.into_iter().filter(|(from, to, _)| from != to).map(|(from, to, bytes)| Passed { from, to, bytes }).collect();
            cut(&mut passed, |class| room(differences[class as usize]));
            for class in 0..6 {
                let sum = |is: &dyn Fn(&Passed) -> bool| -> f64 { passed.iter().filter(|it| is(it)).map(|it| it.bytes).sum() };
                let more = sum(&|it| it.to == class) - sum(&|it| it.from == class);
                let difference = differences[class as usize];
                prop_assert!(more <= difference.max(0.0) + 0.01 && -more <= (-difference).max(0.0) + 0.01, "{class}: {more} {difference}");
            }
        }
    }
}
