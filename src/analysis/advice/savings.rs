//! What can be saved, in whole bytes, and each byte once.
//!
//! A rule promises fractions of the functions that it matches. Where rules match the same function, the more special one (it matches fewer
//! bytes, or needs others that tell what is behind them) takes its part first, and the next one takes its part of what is left. So no function gives more than it has, nor does a
//! category, nor a profile; and the low end of a range is what a rule brings even if all before it bring the most they can.

/// Fractions are counted in millionths, rounded.
pub(super) const WHOLE: u64 = 1_000_000;

/// A number of bytes: at least, and at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SizeRange {
    /// At least; not more than `high`.
    pub low: u64,
    /// At most.
    pub high: u64,
}

impl SizeRange {
    /// Twice what is to be expected: the middle without its rounding.
    pub(super) fn twice_the_middle(self) -> u128 {
        u128::from(self.low) + u128::from(self.high)
    }

    /// This and another, which save different bytes.
    pub(super) fn and(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }

    /// The same where there are no more bytes than so many.
    pub(super) fn at_most(self, bytes: u64) -> Self {
        Self { low: self.low.min(bytes), high: self.high.min(bytes) }
    }

    /// The larger ends of this and another, which may save the same bytes.
    pub(super) fn or(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.max(other.high) }
    }
}

pub(super) fn millionths(fraction: f64) -> u64 {
    // Rules have fractions from 0 to 1; what is none of these becomes the nearest one.
    (fraction * WHOLE as f64).round().clamp(0.0, WHOLE as f64) as u64
}

/// `part` of `whole` of these bytes, rounded down; `part` is not more than `whole`, which is not 0.
fn part_of(bytes: u64, part: u64, whole: u64) -> u64 {
    let bytes = u128::from(bytes) * u128::from(part.min(whole)) / u128::from(whole.max(1));
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// What a rule saves of so many bytes.
pub(super) fn of(bytes: u64, (low, high): (f64, f64)) -> SizeRange {
    let (low, high) = (millionths(low), millionths(high));
    SizeRange { low: part_of(bytes, low.min(high), WHOLE), high: part_of(bytes, high, WHOLE) }
}

/// Takes what a rule saves of the functions that it matches from what is left of them.
pub(super) fn take(left: &mut [u64], matched: &[usize], (low, high): (f64, f64)) -> SizeRange {
    let (low, high) = (millionths(low), millionths(high));
    let mut taken = SizeRange::default();
    for &place in matched {
        let bytes = &mut left[place];
        let most = part_of(*bytes, high, WHOLE);
        taken = taken.and(SizeRange { low: part_of(*bytes, low.min(high), WHOLE), high: most });
        *bytes -= most;
    }
    taken
}

/// Divides what a rule saves among the things to do about it, each of which promises a part of what the rule does. Where they promise
/// more than the rule together, each is given that much less.
pub(super) fn divide(whole: SizeRange, rule: (f64, f64), parts: &[(f64, f64)]) -> Vec<SizeRange> {
    let sum = |end: fn(&(f64, f64)) -> f64| parts.iter().map(|part| millionths(end(part))).sum::<u64>();
    let low = sum(|part| part.0).max(millionths(rule.0));
    let high = sum(|part| part.1).max(millionths(rule.1));
    let part = |part: &(f64, f64)| {
        let most = part_of(whole.high, millionths(part.1), high);
        SizeRange { low: part_of(whole.low, millionths(part.0), low).min(most), high: most }
    };
    parts.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_one_rule_saves_another_does_not() {
        let mut left = [1000, 500];
        assert_eq!(take(&mut left, &[1], (0.5, 0.8)), SizeRange { low: 250, high: 400 });
        assert_eq!(left, [1000, 100]);
        assert_eq!(take(&mut left, &[0, 1], (0.1, 0.5)), SizeRange { low: 110, high: 550 });
        assert_eq!(take(&mut left, &[0, 1], (1.0, 1.0)), SizeRange { low: 550, high: 550 });
        assert_eq!((take(&mut left, &[0, 1], (0.5, 1.0)), left), (SizeRange::default(), [0, 0]));
        assert_eq!(take(&mut [u64::MAX], &[0], (1.0, 1.0)).high, u64::MAX);
    }

    #[test]
    fn things_to_do_have_parts_of_what_the_rule_saves() {
        let whole = SizeRange { low: 400, high: 800 };
        let range = |low, high| SizeRange { low, high };
        let table = [
            (&[(0.2, 0.6), (0.1, 0.2)][..], vec![range(200, 600), range(100, 200)]),
            (&[(0.4, 0.8), (0.4, 0.8)], vec![range(200, 400), range(200, 400)]),
            (&[(0.4, 0.4)], vec![range(400, 400)]),
            (&[(0.4, 0.1)], vec![range(100, 100)]),
            (&[(0.0, 0.0)], vec![range(0, 0)]),
            (&[], vec![]),
        ];
        for (parts, expected) in table {
            assert_eq!(divide(whole, (0.4, 0.8), parts), expected, "{parts:?}");
        }
        assert_eq!(divide(SizeRange::default(), (0.0, 0.0), &[(0.0, 0.0)]), [SizeRange::default()]);
    }

    fn fractions() -> impl Strategy<Value = (f64, f64)> {
        (0.0..=1.0_f64, 0.0..=1.0_f64).prop_map(|(a, b)| (a.min(b), a.max(b)))
    }

    proptest! {
        #[test]
        fn no_function_gives_more_than_it_has(
            sizes in prop::collection::vec(prop_oneof![0..9_u64, any::<u64>().prop_map(|size| size / 64)], 1..20),
            rules in prop::collection::vec((prop::collection::btree_set(0..20_usize, 0..20), fractions()), 0..9),
        ) {
            let mut left = sizes.clone();
            let mut sum = SizeRange::default();
            for (matched, fractions) in rules {
                let matched: Vec<usize> = matched.into_iter().filter(|&place| place < sizes.len()).collect();
                let there: u64 = matched.iter().map(|&place| left[place]).sum();
                let taken = take(&mut left, &matched, fractions);
                prop_assert!(taken.low <= taken.high && taken.high <= there);
                // Rounded down, once for each function.
                prop_assert!(taken.high as f64 >= there as f64 * (fractions.1 - 1e-6) * (1.0 - 1e-9) - matched.len() as f64);
                sum = sum.and(taken);
            }
            prop_assert!(left.iter().zip(&sizes).all(|(left, size)| left <= size));
            prop_assert_eq!(sum.high, sizes.iter().sum::<u64>() - left.iter().sum::<u64>());
        }

        #[test]
        fn things_to_do_never_save_more_than_their_rule(
            low in any::<u64>(), more in any::<u64>(), rule in fractions(), parts in prop::collection::vec(fractions(), 0..9),
        ) {
            let whole = SizeRange { low: low / 2, high: low / 2 + more / 2 };
            let divided = divide(whole, rule, &parts);
            prop_assert_eq!(divided.len(), parts.len());
            prop_assert!(divided.iter().all(|part| part.low <= part.high));
            prop_assert!(divided.iter().map(|part| part.low).sum::<u64>() <= whole.low);
            prop_assert!(divided.iter().map(|part| part.high).sum::<u64>() <= whole.high);
        }
    }
}
