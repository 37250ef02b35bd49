//! Whether two sizes differ by more than chance: p-values, and what many of them at once allow to be called a change.
//!
//! A size is a count of samples, each of which stands for some bytes (docs/sampling.md). Given their sum, counts of two equal means are spread over both
//! sides as coins are that fall on one side in proportion to how often it samples: that is exact, for few samples and for unequal intervals. Where
//! several profiles a side are known, their spread shows what else differs from run to run.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::erfc;
use statrs::function::gamma::checked_gamma_ur;

/// A size with what one sample in it stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    /// Bytes.
    pub(super) size: f64,
    /// The variance of the size is `unit` times the size: the sampling interval; scaled as the size is, and larger where runs differ by more than sampling.
    pub(super) unit: f64,
}

impl Estimate {
    fn variance(self) -> f64 {
        self.size * self.unit
    }
}

/// What the sizes of something in several runs come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Runs {
    /// How many there are.
    pub(super) count: usize,
    /// The mean of the sizes.
    pub(super) mean: f64,
    /// The smallest of them; 0 where it is not known.
    pub(super) least: f64,
    /// The sum of their squared differences from it.
    pub(super) squares: f64,
}

impl Runs {
    /// Runs with these sizes.
    pub(super) fn of(sizes: &[f64]) -> Self {
        let (mean, squares) = moments(sizes);
        let least = sizes.iter().copied().reduce(f64::min).unwrap_or(0.0);
        Self { count: sizes.len(), mean, least, squares }
    }
}

/// Samples above which their number is as good as normally distributed.
const MANY: f64 = 2000.0;

/// How probable it is that two sizes with one mean are at least as far apart, on either side.
pub(super) fn difference(a: Estimate, b: Estimate) -> f64 {
    let (m, n) = (a.size / a.unit, b.size / b.unit);
    if m + n <= 0.0 || !(m + n).is_finite() {
        return 1.0;
    }
    if m + n > MANY {
        return erfc((a.size - b.size).abs() / (2.0 * (a.variance() + b.variance())).sqrt());
    }
    let share = b.unit / (a.unit + b.unit);
    // With m + n coins, as many on the side of `a` as m or more; likewise for `b`.
    let at_least = |count: f64, other: f64, share: f64| match count > 0.0 {
        true => checked_beta_reg(count, other + 1.0, share).unwrap_or(1.0),
        false => 1.0,
    };
    (2.0 * at_least(m, n, share).min(at_least(n, m, 1.0 - share))).min(1.0)
}

/// The least that [`difference`] can be for two sizes with the sum of these.
pub(super) fn least_difference(a: Estimate, b: Estimate) -> f64 {
    let samples = a.size / a.unit + b.size / b.unit;
    let share = b.unit / (a.unit + b.unit);
    if samples > MANY { 0.0 } else { (2.0 * share.min(1.0 - share).powf(samples)).min(1.0) }
}

/// How probable it is to be at least this many standard errors from 0, where the error itself was estimated with so many degrees of freedom.
pub(super) fn student(errors: f64, freedom: f64) -> f64 {
    checked_beta_reg(freedom / 2.0, 0.5, freedom / (freedom + errors * errors)).unwrap_or(1.0)
}

/// How many standard errors from 0 are so improbable, where the error itself was estimated with so many degrees of freedom.
pub(super) fn errors_for(p: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |student| student.inverse_cdf(1.0 - p / 2.0))
}

/// How probable it is that the means of two sides are at least as far apart while runs are spread as they are (Student, 1908). Where nothing has changed both
/// sides are spread alike, so both tell by how much; 1 where each side has but one run.
pub(super) fn means(a: Runs, b: Runs) -> f64 {
    let Some(variance) = variance_of_difference(a, b) else { return 1.0 };
    match variance > 0.0 {
        true => student((a.mean - b.mean) / variance.sqrt(), (a.count + b.count) as f64 - 2.0),
        false if a.mean == b.mean => 1.0,
        false => 0.0,
    }
}

/// The variance of the difference of their means, by their spread; none where each side has but one run, or one has none.
pub(super) fn variance_of_difference(a: Runs, b: Runs) -> Option<f64> {
    let freedom = (a.count + b.count).checked_sub(2).filter(|&freedom| freedom > 0 && a.count > 0 && b.count > 0)?;
    let of_a_run = (a.squares + b.squares) / freedom as f64;
    Some(of_a_run * (1.0 / a.count as f64 + 1.0 / b.count as f64))
}

/// How probable it is that runs of one mean are spread this far by sampling alone, which has the variance `unit` times their mean.
pub(super) fn spread(runs: Runs, unit: f64) -> f64 {
    let Runs { count, mean, squares, .. } = runs;
    match count > 1 && mean > 0.0 && unit > 0.0 {
        true => checked_gamma_ur((count as f64 - 1.0) / 2.0, squares / (2.0 * mean * unit)).unwrap_or(1.0),
        false => 1.0,
    }
}

/// Mean, and sum of squared differences from it.
pub(super) fn moments(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    (mean, values.iter().map(|value| (value - mean) * (value - mean)).sum())
}

/// Which of many p-values stand out, so that the probability to name any by mistake is at most `level` (Holm, 1979).
pub(super) fn holm(p_values: &[f64], level: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut stand_out = vec![false; p_values.len()];
    for (rank, &i) in order.iter().enumerate() {
        stand_out[i] = p_values[i] <= level / (p_values.len() - rank) as f64;
        if !stand_out[i] {
            break;
        }
    }
    stand_out
}

/// Which of many tests can name anything at all, where the least p-value of each is known beforehand (Tarone, 1990): the others need not be counted.
pub(super) fn testable(least: &[f64], level: f64) -> Vec<bool> {
    let mut sorted = least.to_vec();
    sorted.sort_by(f64::total_cmp);
    let able = |tests: usize| sorted.partition_point(|&p| p <= level / tests as f64);
    let tests = (1..=least.len()).find(|&tests| able(tests) <= tests).unwrap_or(1);
    least.iter().map(|&p| p <= level / tests as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(a: &[f64], b: &[f64]) -> f64 {
        super::means(Runs::of(a), Runs::of(b))
    }

    fn spread(sizes: &[f64], unit: f64) -> f64 {
        super::spread(Runs::of(sizes), unit)
    }

    fn samples(count: u64, unit: f64) -> Estimate {
        Estimate { size: count as f64 * unit, unit }
    }

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-6 * expected
    }

    #[test]
    fn as_many_standard_errors_are_needed_as_are_improbable_enough() {
        // From tables of Student's t, two-sided.
        for (p, freedom, expected) in [(0.05, 4.0, 2.776), (0.01, 10.0, 3.169), (0.001, 1.0, 636.6)] {
            let errors = errors_for(p, freedom);
            assert!((errors / expected - 1.0).abs() < 1e-3, "{p} {freedom}: {errors}");
        }
    }

    #[test]
    fn two_counts_have_the_exact_probability() {
        // scipy 1.17: 2 min(binom.cdf(m, m + n, p), binom.sf(m - 1, m + n, p)) with p = unit_b / (unit_a + unit_b); betainc for what is not whole.
        let table = [
            ((0.0, 1.0), (0.0, 1.0), 1.0),
            ((0.0, 1.0), (6.0, 1.0), 0.031_25),
            ((0.0, 1.0), (2.0, 1.0), 0.5),
            ((3.0, 1.0), (12.0, 1.0), 0.035_156_25),
            ((10.0, 1.0), (30.0, 1.0), 0.002_221_433_773_229_364_3),
            ((50.0, 1.0), (50.0, 1.0), 1.0),
            ((5.0, 1.0), (9.0, 4.0), 0.000_763_859_107_839_994_8),
            ((40.0, 1.0), (4.0, 8.0), 0.901_539_249_361_982_4),
            ((2.5, 1.0), (11.25, 1.0), 0.032_578_433_069_083_1),
            ((400.0, 1.0), (520.0, 1.0), 8.549_170_923_883_781e-5),
            // 2 norm.sf
            ((3000.0, 1.0), (3200.0, 1.0), 0.011_085_166_380_602_69),
            ((3000.0, 1.0), (3400.0, 1.0), 5.733_031_437_583_866e-7),
            ((9000.0, 1.0), (2500.0, 4.0), 6.256_235_567_415_381e-6),
        ];
        for ((m, of_m), (n, of_n), expected) in table {
            let estimate = |count: f64, unit: f64| Estimate { size: count * unit * 512.0, unit: unit * 512.0 };
            let (a, b) = (estimate(m, of_m), estimate(n, of_n));
            let halved = |of: Estimate| Estimate { size: of.size / 2.0, unit: of.unit / 2.0 };
            let found = difference(a, b);
            assert!(is_near(found, expected), "{m} of {of_m}, {n} of {of_n}: {found}");
            assert!(is_near(difference(b, a), expected), "the sides may change places");
            assert!(is_near(difference(halved(a), halved(b)), expected), "units do not matter");
        }
    }

    #[test]
    fn exact_and_normal_meet() {
        let count = |count: f64| Estimate { size: count, unit: 1.0 };
        let (exact, normal) = (difference(count(950.0), count(1049.0)), difference(count(951.0), count(1050.0)));
        assert!((exact / normal - 1.0).abs() < 0.06, "{exact} {normal}");
    }

    #[test]
    fn a_change_is_found_as_often_as_the_level_says_at_most() {
        // All pairs of counts below, with the probability of each where both means are 7 samples.
        let probability = |n: i32| (1..=n).fold((-7.0_f64).exp(), |p, i| p * 7.0 / f64::from(i));
        for level in [0.2, 0.05, 0.01, 0.001] {
            let mut wrong = 0.0;
            for (m, n) in (0..40).flat_map(|m| (0..40).map(move |n| (m, n))) {
                let p = difference(samples(m, 1.0), samples(n, 1.0));
                if p <= level {
                    wrong += probability(m as i32) * probability(n as i32);
                }
            }
            assert!(wrong <= level && wrong > level / 10.0, "{level}: {wrong}");
        }
    }

    #[test]
    fn runs_are_compared_by_their_spread() {
        // scipy: ttest_ind(a, b).
        let table: [(&[f64], &[f64], f64); 4] = [
            (&[5.0, 7.0, 6.0], &[9.0, 12.0, 10.0], 0.014_720_593_813_730_024),
            (&[10.0, 30.0], &[100.0, 130.0], 0.034_175_721_226_837_123),
            (&[1.0, 1.5, 2.0, 1.2], &[1.1, 1.4, 2.2], 0.722_059_754_424_447_6),
            (&[20.0, 21.0, 22.0], &[60.0, 61.0, 59.0], 1.149_323_633_114_369_2e-6),
        ];
        for (a, b, expected) in table {
            assert!(is_near(means(a, b), expected), "{a:?} {b:?}: {}", means(a, b));
            assert_eq!(means(a, b), means(b, a));
        }
        // 2 t.sf(abs(4 - mean) / sqrt(variance * (1 + 1 / 3)), 2)
        assert!(is_near(means(&[4.0], &[10.0, 12.0, 11.0]), 0.026_148_318_903_646_627));
        assert_eq!(means(&[4.0], &[10.0, 12.0, 11.0]), means(&[10.0, 12.0, 11.0], &[4.0]));
        assert_eq!([means(&[1.0], &[9.0]), means(&[3.0, 3.0], &[3.0, 3.0])], [1.0, 1.0]);
        assert_eq!(means(&[3.0, 3.0], &[4.0, 4.0]), 0.0);
    }

    #[test]
    fn a_spread_beyond_sampling_is_seen() {
        // scipy: chi2.sf(sum((x - mean)**2) / mean, n - 1).
        let table: [(&[f64], f64); 3] = [
            (&[8.0, 12.0, 10.0], 0.670_320_046_035_639_4),
            (&[2.0, 30.0], 7.430_983_723_414_125e-7),
            (&[100.0, 160.0, 130.0, 90.0], 1.544_049_829_110_136_5e-5),
        ];
        for (sizes, expected) in table {
            assert!(is_near(spread(sizes, 1.0), expected), "{sizes:?}: {}", spread(sizes, 1.0));
        }
        assert_eq!([spread(&[], 1.0), spread(&[5.0], 1.0), spread(&[0.0, 0.0], 1.0)], [1.0; 3]);
    }

    #[test]
    fn rows_of_few_samples_need_not_be_counted() {
        // With 8 samples in all, 2^-7 can be reached, with 5 2^-4: of a hundred of these none can be named.
        let mut least = vec![2.0_f64.powi(-4); 100];
        least.extend([2.0_f64.powi(-7); 4]);
        assert_eq!(testable(&least, 0.05).iter().filter(|&&is| is).count(), 4);
        assert_eq!(testable(&[0.04, 0.9], 0.05), [true, false]);
        assert_eq!(testable(&[1.0, 1.0], 0.05), [false, false]);
        assert_eq!(testable(&[], 0.05), [false; 0]);
        let least = |m: u64, n: u64| least_difference(samples(m, 1.0), samples(n, 3.0));
        let all = difference(samples(0, 1.0), samples(5, 3.0));
        assert!(is_near(least(3, 2), all), "the larger share is before: {}", least(3, 2));
    }

    #[test]
    fn the_more_rows_the_more_it_takes() {
        assert_eq!(holm(&[0.01, 0.04, 0.03, 0.005], 0.05), [true, false, false, true]);
        assert_eq!(holm(&[0.012, 0.012, 0.5], 0.05), [true, true, false]);
        assert_eq!(holm(&[0.06], 0.05), [false]);
        assert_eq!(holm(&[f64::NAN, 0.0], 0.05), [false, true]);
        assert_eq!(holm(&[], 0.05), [false; 0]);
    }
}
