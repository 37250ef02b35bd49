//! Exact limits of a Poisson mean (Garwood, 1936): what may be behind few samples.
//!
//! With `n` samples the mean lies, with 95 % confidence, between the 2.5 % quantile of a gamma distribution with shape `n` and the 97.5 % quantile of one
//! with shape `n + 1`. Sizes are not whole multiples of the sampling interval, so `n` need not be a whole number.

use statrs::function::gamma::{gamma_lr, ln_gamma};

/// The quantile of the standard normal distribution that 97.5 % are below.
const NORMAL: f64 = 1.959_963_984_540_054;

/// Samples below which no lower limit can be told from 0.
const NONE: f64 = 1e-3;

/// A step that small leaves an error of some 1e-12.
const NEAR: f64 = 1e-4;

/// The lower and the upper 95 % limit of the mean, where `n` samples were met.
pub(super) fn limits(n: f64) -> (f64, f64) {
    let low = if n < NONE { 0.0 } else { quantile(n, 0.025, -NORMAL) };
    (low, quantile(n + 1.0, 0.975, NORMAL))
}

/// Where the gamma distribution with this shape and scale 1 reaches the probability `p`, for which the normal distribution has `z`.
fn quantile(shape: f64, p: f64, z: f64) -> f64 {
    // Wilson and Hilferty's approximation, where there is one, else that for small values.
    let root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt());
    let mut x = match root > 0.1 {
        true => shape * root.powi(3),
        false => ((p.ln() + ln_gamma(shape + 1.0)) / shape).exp(),
    };
    let constant = ln_gamma(shape);
    // Halley's method: the error of a step is about the cube of the step, so two do.
    for _ in 0..20 {
        if x < f64::MIN_POSITIVE {
            return 0.0;
        }
        let density = ((shape - 1.0) * x.ln() - x - constant).exp();
        let newton = (gamma_lr(shape, x) - p) / density;
        let curvature = (shape - 1.0) / x - 1.0;
        let step = newton / (1.0 - 0.5 * (newton * curvature).clamp(-1.0, 1.0));
        // It stays positive.
        let next = if step < x { x - step } else { x / 2.0 };
        if (next - x).abs() <= NEAR * x {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_the_published_limits() {
        // Half the quantiles of chi-square with 2n and 2n + 2 degrees of freedom.
        let table = [
            (0, 0.0, 3.688_879),
            (1, 0.025_318, 5.571_643),
            (2, 0.242_209, 7.224_688),
            (3, 0.618_672, 8.767_273),
            (5, 1.623_486, 11.668_332),
            (10, 4.795_389, 18.390_356),
            (15, 8.395_386, 24.740_219),
            (20, 12.216_520, 30.888_378),
        ];
        for (n, low, high) in table {
            let found = limits(f64::from(n));
            assert!((found.0 - low).abs() < 1e-6 && (found.1 - high).abs() < 1e-6, "{n}: {found:?}");
        }
    }

    #[test]
    fn limits_are_quantiles_and_grow_with_the_samples() {
        let mut last = (0.0, 0.0);
        for i in 0..=4000 {
            let n = f64::from(i) / 200.0;
            let (low, high) = limits(n);
            assert!(low >= last.0 && high > last.1 && low <= n && n < high, "{n}: {low} to {high}");
            // Below that the lower one is 0 in all digits that are shown.
            if low > 1e-12 {
                assert!((gamma_lr(n, low) - 0.025).abs() < 1e-9, "{n}");
            }
            assert!((gamma_lr(n + 1.0, high) - 0.975).abs() < 1e-9, "{n}");
            last = (low, high);
        }
    }
}
