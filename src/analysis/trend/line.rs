//! A straight line through the sizes of a row, and how probable it is that chance alone makes it rise that much.
//!
//! Two things make sizes differ that do not grow: sampling, whose variance is known, and whatever else makes the row swing, which only the row itself can tell.
//! Growth must stand out from both, so the larger of two p-values counts.
//!
//! * **Sampling.** Objects that live on are met again in the next dump, so the errors of neighbours may be alike, and such errors look like a slope. How alike is
//!   not known: the likeness that makes the slope vary most is taken.
//! * **Scatter.** The sizes' distance from the line. Six dumps tell it badly, so a row that scatters less than rows usually do is given what is usual (Smyth,
//!   2004; [`super::usual`]). In long series neighbouring distances are taken to be alike as well, by what is measured and 0.7 at the least.

use statrs::function::erf::erfc;

use super::usual::Usual;
use crate::analysis::significance::student;

/// Likenesses of neighbouring errors that are tried.
const LIKENESSES: usize = 20;
/// How alike neighbouring distances are taken to be at the least in long series: what swings does so for longer than from one dump to the next.
const ALIKE: f64 = 0.7;
/// Dumps from which on the likeness of neighbouring distances can be measured.
pub(super) const LONG: usize = 8;

/// The axis of a series, and what a line's slope is made of.
pub(super) struct Axis {
    /// The places of the dumps, their mean subtracted.
    at: Vec<f64>,
    /// The sum of their squares.
    squares: f64,
}

/// A line through the sizes of one row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// Bytes for each step of the axis.
    pub(super) slope: f64,
    /// The variance of the slope from sampling alone.
    sampling: f64,
    /// The squares of the distances from the line, added up.
    pub(super) squares: f64,
    /// The mean square of the distances from the line, in units of what sampling makes at that size.
    pub(super) scatter: f64,
    /// What turns a scatter of 1 into the variance of the slope.
    unit: f64,
    /// Degrees of freedom of the scatter.
    freedom: f64,
}

impl Axis {
    /// An axis with dumps at these places, which grow.
    pub(super) fn new(places: &[f64]) -> Self {
        let mean = places.iter().sum::<f64>() / places.len().max(1) as f64;
        let at: Vec<f64> = places.iter().map(|place| place - mean).collect();
        Self { squares: at.iter().map(|at| at * at).sum(), at }
    }

    /// The number of dumps.
    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// The slope of the line through these sizes.
    pub(super) fn slope(&self, sizes: &[f64]) -> f64 {
        match self.squares > 0.0 {
            true => self.at.iter().zip(sizes).map(|(at, size)| at * size).sum::<f64>() / self.squares,
            false => 0.0,
        }
    }

    /// The line through these sizes; the variance of each is its `unit` times the size.
    pub(super) fn line(&self, sizes: &[f64], units: &[f64]) -> Line {
        let slope = self.slope(sizes);
        let mean = sizes.iter().sum::<f64>() / sizes.len().max(1) as f64;
        let variances: Vec<f64> = sizes.iter().zip(units).map(|(size, unit)| size * unit).collect();
        let usual_variance = (variances.iter().sum::<f64>() / variances.len().max(1) as f64).max(f64::MIN_POSITIVE);
        let distances: Vec<f64> = self.at.iter().zip(sizes).map(|(at, size)| size - mean - slope * at).collect();
        let squares: f64 = distances.iter().map(|distance| distance * distance).sum();
        let freedom = self.len().saturating_sub(2).max(1) as f64;
        let likeness = match self.len() >= LONG && squares > 0.0 {
            true => likeness(&distances, squares).max(ALIKE),
            false => 0.0,
        };
        let even = vec![1.0; self.len()];
        let alike = self.variance(&even, likeness) / self.variance(&even, 0.0).max(f64::MIN_POSITIVE);
        let most = (0..LIKENESSES).map(|i| self.variance(&variances, i as f64 / LIKENESSES as f64)).fold(0.0, f64::max);
        Line {
            slope,
            sampling: most,
            squares,
            scatter: squares / freedom / usual_variance,
            unit: usual_variance * alike.max(1.0) / self.squares.max(f64::MIN_POSITIVE),
            freedom,
        }
    }

    /// The variance of a slope whose sizes have these variances, where errors a step apart are alike by so much.
    fn variance(&self, variances: &[f64], likeness: f64) -> f64 {
        let step = (self.at.last().unwrap_or(&0.0) - self.at.first().unwrap_or(&0.0)) / (self.len().max(2) - 1) as f64;
        let (mut sum, mut before, mut last) = (0.0, 0.0, 0.0);
        for (&at, variance) in self.at.iter().zip(variances) {
            let weight = at * variance.max(0.0).sqrt();
            let apart = if step > 0.0 { ((at - last) / step).max(0.0) } else { 1.0 };
            before *= if likeness > 0.0 { likeness.powf(apart) } else { 0.0 };
            sum += weight * (weight + 2.0 * before);
            before += weight;
            last = at;
        }
        sum.max(0.0) / (self.squares * self.squares).max(f64::MIN_POSITIVE)
    }
}

/// How alike neighbouring distances from a line are, corrected for what fitting the line takes away.
fn likeness(distances: &[f64], squares: f64) -> f64 {
    let n = distances.len() as f64;
    let products: f64 = distances.windows(2).map(|pair| pair[0] * pair[1]).sum();
    ((products / squares + 2.0 / n) / (1.0 - 4.0 / n)).clamp(0.0, 0.95)
}

impl Line {
    /// The standard error of the slope, for each step of the axis.
    pub(super) fn error(&self, usual: &Usual) -> f64 {
        let (scatter, _) = usual.of(self.scatter, self.freedom);
        (scatter * self.unit).max(self.sampling).sqrt()
    }

    /// The standard error of the slope from sampling alone.
    pub(super) fn sampling_error(&self) -> f64 {
        self.sampling.sqrt()
    }

    /// How probable a rise as steep as this is where nothing grows.
    pub(super) fn p_of_rise(&self, usual: &Usual) -> f64 {
        self.p(self.slope, usual)
    }

    /// How probable a fall as steep as this is where nothing shrinks.
    pub(super) fn p_of_fall(&self, usual: &Usual) -> f64 {
        self.p(-self.slope, usual)
    }

    fn p(&self, slope: f64, usual: &Usual) -> f64 {
        if slope <= 0.0 || !slope.is_finite() {
            return 1.0;
        }
        let (scatter, freedom) = usual.of(self.scatter, self.freedom);
        let by_sampling = match self.sampling > 0.0 {
            true => 0.5 * erfc(slope / (2.0 * self.sampling).sqrt()),
            false => 0.0,
        };
        by_sampling.max(0.5 * student(slope / (scatter * self.unit).sqrt(), freedom))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-6 * expected.abs().max(1e-12)
    }

    fn axis(n: usize) -> Axis {
        Axis::new(&(0..n).map(|i| i as f64).collect::<Vec<_>>())
    }

    #[test]
    fn a_line_has_the_slope_and_the_probability_of_least_squares() {
        // scipy: linregress(range(n), sizes), one-sided; the scatter decides.
        let table: [(&[f64], f64, f64); 3] = [
            (&[1000.0, 9000.0, 4000.0, 16000.0, 9000.0, 21000.0], 3200.0, 0.026_460_5),
            (&[5.0, 1.0, 4.0, 2.0], -0.6, 1.0),
            (&[100.0, 900.0, 500.0, 1300.0, 700.0], 160.0, 0.160_127_7),
        ];
        for (sizes, slope, p) in table {
            let line = axis(sizes.len()).line(sizes, &vec![1.0; sizes.len()]);
            assert!(is_near(line.slope, slope), "{sizes:?}: {}", line.slope);
            let found = line.p_of_rise(&Usual::UNKNOWN);
            assert!((found - p).abs() < 1e-6, "{sizes:?}: {found}");
        }
    }

    #[test]
    fn sampling_counts_with_the_likeness_that_is_worst() {
        // Equal variances: slopes vary 1.39 times as much with the worst likeness of six dumps as without any.
        let six = axis(6);
        let without = six.variance(&[1.0; 6], 0.0);
        let most = (0..LIKENESSES).map(|i| six.variance(&[1.0; 6], i as f64 / LIKENESSES as f64)).fold(0.0, f64::max);
        assert!(is_near(without, 1.0 / 17.5));
        assert!((most / without - 1.39).abs() < 0.01, "{}", most / without);
        assert!(is_near(six.variance(&[1.0; 6], 1e-12), without));
    }

    #[test]
    fn few_samples_in_a_straight_line_are_no_growth() {
        // One, two, three samples: no scatter at all, but what sampling makes by chance.
        let sizes = [1.0, 2.0, 3.0, 4.0].map(|n| n * 512.0);
        let p = axis(4).line(&sizes, &[512.0; 4]).p_of_rise(&Usual::UNKNOWN);
        assert!(p > 0.05 && p < 0.2, "{p}");
        let many = sizes.map(|size| size * 100.0);
        assert!(axis(4).line(&many, &[512.0; 4]).p_of_rise(&Usual::UNKNOWN) < 1e-9);
    }

    #[test]
    fn nothing_grows_on_an_axis_without_length() {
        for places in [&[][..], &[0.0], &[1.0, 1.0, 1.0]] {
            let axis = Axis::new(places);
            let sizes = vec![5.0; places.len()];
            let line = axis.line(&sizes, &sizes);
            assert_eq!([line.slope, line.p_of_rise(&Usual::UNKNOWN), line.p_of_fall(&Usual::UNKNOWN)], [0.0, 1.0, 1.0]);
        }
    }
}
