//! Shares of a whole and the priorities that follow from them.
//!
//! A share keeps its two integers, so that every rounding is exact and done once, by the format that prints it.

/// A part of a whole; nothing of nothing is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    part: u64,
    whole: u64,
}

/// How much attention a share deserves. The order is from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Below 5 %.
    Low,
    /// From 5 %.
    Medium,
    /// From 10 %.
    High,
}

impl Share {
    /// `part` of `whole`.
    pub fn of(part: u64, whole: u64) -> Self {
        Self { part, whole }
    }

    /// The share in units of 1/`scale`, rounded half up.
    pub fn in_units_of(self, scale: u32) -> u64 {
        if self.whole == 0 {
            return 0;
        }
        // Most sizes need no division of 128 bits.
        if let (Some(part), Some(divisor)) = (self.part.checked_mul(2 * u64::from(scale)), self.whole.checked_mul(2))
            && let Some(dividend) = part.checked_add(self.whole)
        {
            return dividend / divisor;
        }
        let (part, whole) = (u128::from(self.part), u128::from(self.whole));
        let rounded = (2 * part * u128::from(scale) + whole) / (2 * whole);
        u64::try_from(rounded).unwrap_or(u64::MAX)
    }

    /// The fraction of 1, rounded to 6 places.
    pub fn fraction(self) -> f64 {
        self.in_units_of(1_000_000) as f64 / 1e6
    }

    /// Whether the part is at least `percent` of the whole, exactly; never so where the whole is nothing.
    pub fn is_at_least(self, percent: u32) -> bool {
        self.whole > 0 && u128::from(self.part) * 100 >= u128::from(self.whole) * u128::from(percent)
    }

    /// Whether the part is more than half of the whole.
    pub fn is_majority(self) -> bool {
        u128::from(self.part) * 2 > u128::from(self.whole)
    }

    /// The attention it deserves.
    pub fn priority(self) -> Priority {
        if self.is_at_least(10) {
            Priority::High
        } else if self.is_at_least(5) {
            Priority::Medium
        } else {
            Priority::Low
        }
    }
}

impl Priority {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// One step less.
    pub fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_rounded_half_up_to_six_places() {
        let table = [
            ((0, 0), 0.0),
            ((0, 5), 0.0),
            ((5, 5), 1.0),
            ((1, 3), 0.333333),
            ((2, 3), 0.666667),
            ((1, 2_000_000), 0.000001),
            ((1, 2_000_001), 0.0),
            ((u64::MAX, u64::MAX), 1.0),
            ((u64::MAX / 2, u64::MAX), 0.5),
        ];
        for ((part, whole), expected) in table {
            assert_eq!(Share::of(part, whole).fraction(), expected, "{part} of {whole}");
        }
    }

    #[test]
    fn priorities_change_exactly_at_five_and_ten_percent() {
        let table = [
            (0, 0, Priority::Low),
            (0, 1000, Priority::Low),
            (49, 1000, Priority::Low),
            (50, 1000, Priority::Medium),
            (99, 1000, Priority::Medium),
            (100, 1000, Priority::High),
            (u64::MAX / 10, u64::MAX, Priority::Medium), // 2^64 - 1 ends in 5: a tenth of it is no integer
            (u64::MAX / 10 + 1, u64::MAX, Priority::High),
        ];
        for (part, whole, expected) in table {
            assert_eq!(Share::of(part, whole).priority(), expected, "{part} of {whole}");
        }
    }
}
