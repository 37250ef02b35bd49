//! Numbers for people, the same in every locale: sizes in KB, MB and GB of 2^10, 2^20 and 2^30 bytes, two decimals.

use std::fmt;

use crate::analysis::model::Share;

/// Said once in each report for people.
pub(super) const LEGEND: &str =
    "Sizes are estimates from sampled allocations; KB, MB and GB are 2^10, 2^20 and 2^30 bytes.";

/// A size in bytes; below 1 KB without decimals.
///
/// MB begin at 0.1 MB, so that a sampled object of 512 KB stands as 0.50 MB among its kind.
#[derive(Clone, Copy)]
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = |shift: u32| (u128::from(self.0) * 100 + (1 << (shift - 1))) >> shift;
        // The unit is chosen by what is printed: 2^30 - 1 bytes are 1.00 GB, not 1024.00 MB.
        let (value, unit) = match hundredths(20) {
            102_400.. => (hundredths(30), "GB"),
            megabytes @ 10.. => (megabytes, "MB"),
            _ if self.0 >= 1 << 10 => (hundredths(10), "KB"),
            _ => return f.pad(&format!("{} B", self.0)),
        };
        f.pad(&format!("{}.{:02} {unit}", value / 100, value % 100))
    }
}

/// A share in percent.
#[derive(Clone, Copy)]
pub(crate) struct Percent(pub(crate) Share);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.0.in_units_of(10_000);
        f.pad(&format!("{}.{:02}%", hundredths / 100, hundredths % 100))
    }
}

/// A count with its noun: `1 node`, `1,234 nodes`.
pub(crate) fn count(n: impl TryInto<u64>, noun: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    format!("{} {noun}{}", Grouped(n), if n == 1 { "" } else { "s" })
}

/// An integer with a comma after each three digits.
#[derive(Clone, Copy)]
pub(crate) struct Grouped(pub(crate) u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_that_fits_what_is_printed() {
        let table = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.00 KB"),
            (1029, "1.00 KB"),
            (1030, "1.01 KB"),
            (99_614, "97.28 KB"),
            (99_615, "0.10 MB"),
            (524_304, "0.50 MB"),
            (1_048_575, "1.00 MB"),
            (1_048_576, "1.00 MB"),
            (5_807_200, "5.54 MB"),
            (1_073_736_580, "1023.99 MB"),
            ((1 << 30) - 1, "1.00 GB"),
            (1 << 40, "1024.00 GB"),
            (u64::MAX, "17179869184.00 GB"),
        ];
        for (bytes, expected) in table {
            assert_eq!(Size(bytes).to_string(), expected, "{bytes}");
        }
        assert_eq!(format!("[{:>9}]", Size(1024)), "[  1.00 KB]");
    }

    #[test]
    fn percentages_are_rounded_from_the_exact_share() {
        for ((part, whole), expected) in [
            ((0, 0), "0.00%"),
            ((1, 1), "100.00%"),
            ((20395, 100_000), "20.40%"),
            ((203_949_999, 1_000_000_000), "20.39%"),
        ] {
            assert_eq!(Percent(Share::of(part, whole)).to_string(), expected);
        }
    }

    #[test]
    fn counts_are_grouped_by_three() {
        let table =
            [(0, "0 nodes"), (1, "1 node"), (999, "999 nodes"), (1000, "1,000 nodes"), (1_234_567, "1,234,567 nodes")];
        for (n, expected) in table {
            assert_eq!(count(n as u64, "node"), expected);
        }
    }
}
