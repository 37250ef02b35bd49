//! How much rows scatter usually: what many rows tell of one that has but a few dumps.
//!
//! Empirical Bayes after Smyth (2004): the scatters of all rows are taken as draws around a common one. The less they differ beyond what so few dumps
//! make by chance, the more the common one is worth, counted in degrees of freedom. Only rows that scatter less than is usual are given it: what scatters more
//! stands by itself.

use statrs::function::gamma::digamma;

/// What is usual, and how much that is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Usual {
    /// The scatter.
    scatter: f64,
    /// What it is worth, in degrees of freedom.
    freedom: f64,
}

/// Rows below which nothing is usual.
const FEW: usize = 5;
/// The most that it may be worth.
const MOST: f64 = 60.0;
/// Scatters below this are rounding.
const LEAST: f64 = 1e-6;

impl Usual {
    /// Nothing is known.
    pub(super) const UNKNOWN: Self = Self { scatter: 0.0, freedom: 0.0 };

    /// What these scatters tell, each known with so many degrees of freedom.
    pub(super) fn of_all(scatters: impl Iterator<Item = f64>, freedom: f64) -> Self {
        let logs: Vec<f64> = scatters.filter(|&scatter| scatter > LEAST && scatter.is_finite()).map(f64::ln).collect();
        if logs.len() < FEW {
            return Self::UNKNOWN;
        }
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let variance = logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / (n - 1.0);
        let unexplained = variance - trigamma(freedom / 2.0);
        let worth = if unexplained > 0.0 { (2.0 * inverse_trigamma(unexplained)).min(MOST) } else { MOST };
        if worth < freedom {
            // A row's own dumps tell more.
            return Self::UNKNOWN;
        }
        // The mean of the logarithms is not the logarithm of the mean.
        let bias = |freedom: f64| digamma(freedom / 2.0) - (freedom / 2.0).ln();
        Self { scatter: (mean - bias(freedom) + bias(worth)).exp(), freedom: worth }
    }

    /// The scatter to reckon with where a row has this one, and its degrees of freedom.
    pub(super) fn of(&self, scatter: f64, freedom: f64) -> (f64, f64) {
        if scatter >= self.scatter {
            return (scatter, freedom);
        }
        let both = self.freedom + freedom;
        ((self.freedom * self.scatter + freedom * scatter) / both, both)
    }
}

/// The second derivative of the logarithm of the gamma function.
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 10.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    sum + 1.0 / x + square / 2.0 + square / x * (1.0 / 6.0 - square * (1.0 / 30.0 - square / 42.0))
}

/// Where it has this value, which is positive.
fn inverse_trigamma(value: f64) -> f64 {
    let (mut low, mut high) = (1e-3_f64, 1e6_f64);
    for _ in 0..80 {
        let middle = (low * high).sqrt();
        if trigamma(middle) > value {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigamma_has_its_known_values() {
        let pi = std::f64::consts::PI;
        for (x, expected) in
            [(0.5, pi * pi / 2.0), (1.0, pi * pi / 6.0), (2.0, pi * pi / 6.0 - 1.0), (100.0, 0.010_050_166_663_333_571)]
        {
            assert!((trigamma(x) - expected).abs() < 1e-9, "{x}: {}", trigamma(x));
            assert!((inverse_trigamma(expected) / x - 1.0).abs() < 1e-6, "{x}: {}", inverse_trigamma(expected));
        }
    }

    #[test]
    fn what_rows_have_in_common_is_worth_more_the_less_they_differ() {
        let alike = Usual::of_all([1.0, 1.2, 0.8, 1.1, 0.9, 1.0].into_iter(), 4.0);
        assert_eq!(alike.freedom, MOST);
        let (scatter, freedom) = alike.of(0.1, 4.0);
        assert!(scatter > 0.9 * alike.scatter && freedom == MOST + 4.0, "{scatter} {freedom}");
        assert_eq!(alike.of(9.0, 4.0), (9.0, 4.0), "more than usual stands by itself");
        let unlike = Usual::of_all([0.01, 1000.0, 3.0, 0.2, 50.0, 7.0].into_iter(), 4.0);
        assert_eq!(unlike, Usual::UNKNOWN);
        assert_eq!(Usual::of_all([1.0; 4].into_iter(), 4.0), Usual::UNKNOWN, "four rows tell nothing");
        assert_eq!(Usual::UNKNOWN.of(0.1, 4.0), (0.1, 4.0));
        assert_eq!(Usual::of_all([f64::NAN, 0.0, f64::INFINITY, 0.0, 0.0].into_iter(), 4.0), Usual::UNKNOWN);
    }
}
