//! Numbers for people, the same in every locale: sizes in KB, MB and GB of 2^10, 2^20 and 2^30 bytes, two decimals.

use std::fmt;

use crate::analysis::model::{Share, SizeRange};

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

/// What can be saved, in one unit: `2.5-5.0 MB`, `12-25 MB`, `up to 0.4 MB`.
#[derive(Clone, Copy)]
pub(crate) struct Saving(pub(crate) SizeRange);

impl fmt::Display for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SizeRange { low, high } = self.0;
        let tenths = |bytes: u64, shift: u32| (u128::from(bytes) * 10 + (1 << shift >> 1)) >> shift;
        let (shift, unit) = match high {
            _ if tenths(high, 20) >= 10_240 => (30, "GB"),
            _ if tenths(high, 20) >= 1 => (20, "MB"),
            1024.. => (10, "KB"),
            _ => (0, "B"),
        };
        // From 10 on, tenths say more than is known.
        let is_coarse = unit == "B" || tenths(high, shift) >= 100;
        let number = |bytes: u64| match tenths(bytes, shift) {
            tenths if is_coarse => ((tenths + 5) / 10).to_string(),
            tenths => format!("{}.{}", tenths / 10, tenths % 10),
        };
        let (least, most) = (number(low), number(high));
        let is_nothing = least.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let text = match () {
            () if least == most => format!("{most} {unit}"),
            () if is_nothing => format!("up to {most} {unit}"),
            () => format!("{least}-{most} {unit}"),
        };
        f.pad(&text)
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
    fn ranges_have_one_unit_and_no_false_precision() {
        const MB: u64 = 1 << 20;
        let table = [
            ((0, 0), "0 B"),
            ((1, 9), "1-9 B"),
            ((0, 9), "up to 9 B"),
            ((100, 1024), "0.1-1.0 KB"),
            ((20_000, 50_000), "20-49 KB"),
            ((52_428, 52_429), "up to 0.1 MB"),
            ((0, MB), "up to 1.0 MB"),
            ((5 * MB / 2, 5 * MB), "2.5-5.0 MB"),
            ((9 * MB + MB / 2, 21 * MB), "10-21 MB"),
            ((21 * MB, 21 * MB), "21 MB"),
            ((512 * MB, 1024 * MB), "0.5-1.0 GB"),
            ((0, u64::MAX), "up to 17179869184 GB"),
        ];
        for ((low, high), expected) in table {
            assert_eq!(Saving(SizeRange { low, high }).to_string(), expected, "{low} to {high}");
        }
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
