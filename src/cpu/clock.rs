//! How long each sample lasted: until the next one, in the order of time.
//!
//! Samples are written nearly in that order: V8 takes some on another thread, so that a time may lie a little before the one that was
//! written first (a negative `timeDelta`). They are put in order among [`REORDERED`] neighbours; one that lies back further begins where time
//! had got to. No sample is dropped, and the durations always add up to the time from the first to the last, plus one average.

use std::collections::VecDeque;

/// Samples that are looked back at.
const REORDERED: usize = 256;

/// A clock that samples are told to.
#[derive(Default)]
pub(super) struct Clock {
    /// The time of the sample that was told last.
    told: i64,
    /// Samples whose turn has not come, in the order of time.
    waiting: VecDeque<(i64, u64)>,
    /// The sample that lasts until the next one's turn.
    current: Option<(i64, u64)>,
    first: i64,
    count: u64,
}

/// What a time is told from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// The sample before it.
    Before,
    /// Some fixed point.
    Start,
}

impl Clock {
    /// The time that a `value` tells.
    fn time(&mut self, value: i64, from: From) -> i64 {
        self.told = match from {
            From::Before => self.told.saturating_add(value),
            From::Start => value,
        };
        self.told
    }

    /// The next sample as it is written: its node and its time. `spend` is told of nodes and how long they lasted.
    pub(super) fn sample(&mut self, node: u64, value: i64, from: From, spend: &mut impl FnMut(u64, u64)) {
        let time = self.time(value, from);
        match self.waiting.back() {
            Some(&(last, _)) if last > time => {
                let place = self.waiting.partition_point(|&(other, _)| other <= time);
                self.waiting.insert(place, (time, node));
            }
            _ => self.waiting.push_back((time, node)),
        }
        if self.waiting.len() > REORDERED {
            self.turn(spend);
        }
    }

    /// The turn of the first that waits.
    fn turn(&mut self, spend: &mut impl FnMut(u64, u64)) {
        let Some((mut time, node)) = self.waiting.pop_front() else { return };
        match self.current {
            Some((before, running)) => {
                time = time.max(before);
                spend(running, time.abs_diff(before));
            }
            None => self.first = time,
        }
        self.current = Some((time, node));
        self.count += 1;
    }

    /// No more samples come. The last of them ends at the time that `end` tells, else it takes as long as the average.
    pub(super) fn finish(mut self, end: Option<(i64, From)>, spend: &mut impl FnMut(u64, u64)) {
        let end = end.map(|(value, from)| self.time(value, from));
        while !self.waiting.is_empty() {
            self.turn(spend);
        }
        let Some((last, node)) = self.current else { return };
        let lasted = match end {
            Some(end) => end.max(last).abs_diff(last),
            None => last.abs_diff(self.first).checked_div(self.count - 1).unwrap_or(0),
        };
        spend(node, lasted);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spent(samples: &[(u64, i64)], from: From, end: Option<i64>) -> Vec<(u64, u64)> {
        let mut clock = Clock::default();
        let mut found = Vec::new();
        let mut spend = |node, time| found.push((node, time));
        samples.iter().for_each(|&(node, value)| clock.sample(node, value, from, &mut spend));
        clock.finish(end.map(|end| (end, from)), &mut spend);
        found
    }

    #[test]
    fn a_sample_lasts_until_the_next() {
        type Case<'a> = (&'a [(u64, i64)], Option<i64>, &'a [(u64, u64)]);
        let table: [Case<'_>; 8] = [
            (&[], None, &[]),
            (&[(1, 500)], None, &[(1, 0)]),
            (&[(1, 500)], Some(7), &[(1, 7)]),
            // 500 before the first are nobody's; the last takes (10 + 30) / 2.
            (&[(1, 500), (2, 10), (3, 30)], None, &[(1, 10), (2, 30), (3, 20)]),
            (&[(1, 500), (2, 10), (3, 30)], Some(4), &[(1, 10), (2, 30), (3, 4)]),
            // 3 was taken at 5, before 2 at 10.
            (&[(1, 0), (2, 10), (3, -5), (4, 15)], None, &[(1, 5), (3, 5), (2, 10), (4, 6)]),
            // Before all others: it is the first.
            (&[(1, 0), (2, -5)], None, &[(2, 5), (1, 5)]),
            (&[(1, 0), (2, 8)], Some(-20), &[(1, 8), (2, 0)]),
        ];
        for (samples, end, expected) in table {
            assert_eq!(spent(samples, From::Before, end), expected, "{samples:?}");
            let mut now = 1_000_000;
            let absolute = samples.iter().map(|&(node, delta)| {
                now += delta;
                (node, now)
            });
            let absolute: Vec<_> = absolute.collect();
            assert_eq!(spent(&absolute, From::Start, end.map(|end| now + end)), expected, "{samples:?}");
        }
    }

    #[test]
    fn far_behind_its_turn_a_sample_is_not_dropped() {
        let mut samples: Vec<(u64, i64)> = (0..1000).map(|node| (node, 10)).collect();
        samples.push((1000, -9_000));
        let found = spent(&samples, From::Before, None);
        assert_eq!(found.len(), 1001);
        assert_eq!(found.iter().map(|(_, time)| time).sum::<u64>(), 9990 + 9990 / 1000);
        // 1000 - 256 have had their turn: it begins where the last of them did, and the next comes ten later.
        assert_eq!(found[742..746], [(742, 10), (743, 0), (1000, 10), (744, 10)]);
    }

    proptest! {
        #[test]
        fn all_time_is_spent_in_order(deltas in prop::collection::vec(-3000..5000_i64, 1..200)) {
            let samples: Vec<_> = (0..).zip(deltas.iter().copied()).collect();
            let mut now = 0;
            let mut times: Vec<(i64, u64)> = samples.iter().map(|&(node, delta)| { now += delta; (now, node) }).collect();
            times.sort_by_key(|&(time, _)| time);
            let length = times[times.len() - 1].0.abs_diff(times[0].0);
            let average = length.checked_div(times.len() as u64 - 1).unwrap_or(0);
            let mut expected: Vec<_> = times.windows(2).map(|pair| (pair[0].1, pair[1].0.abs_diff(pair[0].0))).collect();
            expected.push((times[times.len() - 1].1, average));
            prop_assert_eq!(spent(&samples, From::Before, None), expected);
        }
    }
}
