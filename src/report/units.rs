//! Numbers for people, the same in every locale: sizes in KB, MB and GB of 2^10, 2^20 and 2^30 bytes, two decimals.

use std::fmt::{self, Display};

use super::words::Words;
use crate::analysis::model::{Sampling, Share, SizeRange};
use crate::profile::Hundredths;
pub use crate::profile::Size;
pub(crate) use crate::profile::{Grouped, Interval};

/// Said once in each report for people.
pub(super) const LEGEND: &str =
    "Sizes are estimates from sampled allocations; KB, MB and GB are 2^10, 2^20 and 2^30 bytes.";

/// They are printed as they are said, padded where that is asked for.
macro_rules! printed_as_said {
    ($($words:ty),*) => {$(
        impl Display for $words {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.to_text())
            }
        }
    )*};
}

printed_as_said!(Estimate, SavingOf, Percent, Count<'_>);

impl Words for Size {
    fn add_to(&self, text: &mut String) {
        self.push_to(text);
    }
}

impl Words for Hundredths {
    fn add_to(&self, text: &mut String) {
        self.push_to(text);
    }
}

impl Words for Grouped {
    fn add_to(&self, text: &mut String) {
        self.push_to(text);
    }
}

impl Words for Interval {
    fn add_to(&self, text: &mut String) {
        self.push_to(text);
    }
}

/// A size with its standard error in the same unit, where that is known: `11.04 ± 2.3 MB`.
#[derive(Clone, Copy)]
pub(crate) struct Estimate {
    size: u64,
    error: Option<u64>,
}

impl Estimate {
    pub(crate) fn new(sampling: &Sampling, size: u64) -> Self {
        Self::with(size, sampling.standard_error(size))
    }

    /// A size whose error is known by itself.
    pub(crate) fn with(size: u64, error: Option<u64>) -> Self {
        Self { size, error: error.filter(|_| size > 0) }
    }

    /// A size with an error of its own.
    pub(crate) fn with_error(size: u64, error: u64) -> Self {
        Self { size, error: Some(error) }
    }

    /// Whether size and error are told in units of their own.
    pub(crate) fn has_two_units(&self) -> bool {
        self.to_string().matches('B').count() > 1
    }
}

impl Words for Estimate {
    fn add_to(&self, text: &mut String) {
        let start = text.len();
        Size(self.size).push_to(text);
        let Some(error) = self.error else { return };
        let Some(number) = text[start..].find(' ') else { return };
        let (shift, unit) = match &text[start + number..] {
            " GB" => (30, " GB"),
            " MB" => (20, " MB"),
            " KB" => (10, " KB"),
            _ => (0, " B"),
        };
        // Next to nothing, with an error that has a unit of its own.
        if error >> shift >= 1024 {
            return (" ± ", Size(error)).add_to(text);
        }
        if shift == 0 {
            text.truncate(start + number);
            return (" ± ", error, unit).add_to(text);
        }
        let rounded = |parts: u128| (u128::from(error) * parts + (1 << (shift - 1))) >> shift;
        let (hundredths, tenths) = (rounded(100), rounded(10));
        if hundredths == 0 && error > 0 {
            return (" ± ", Size(error)).add_to(text);
        }
        text.truncate(start + number);
        // A second decimal only where the first would say too little.
        match hundredths {
            0..95 => (" ± ", Hundredths(hundredths as u64, unit)).add_to(text),
            _ => (" ± ", tenths / 10, ".", tenths % 10, unit).add_to(text),
        }
    }
}

/// What can be saved, in one unit: `2.5-5.0 MB`, `12-25 MB`, `up to 0.4 MB`. It is a part of a whole: rounded down where it would be more than that, so that nothing saves
/// `0.4 MB of 0.35 MB`.
#[derive(Clone, Copy)]
pub(crate) struct SavingOf {
    pub(crate) saving: SizeRange,
    pub(crate) whole: u64,
}

impl SavingOf {
    /// Whether it is told to be more than so many bytes.
    pub(crate) fn seems_more_than(self, bytes: u64) -> bool {
        self.put(&mut String::new()) > u128::from(bytes) * 10
    }

    /// Appends it; gives its upper end as it is told, in tenths of a byte.
    fn put(self, text: &mut String) -> u128 {
        let (start, most) = (text.len(), u128::from(self.whole) * 10);
        let told = put_range(self.saving, false, text);
        if told <= most {
            return told;
        }
        text.truncate(start);
        put_range(self.saving, true, text)
    }
}

impl Words for SavingOf {
    fn add_to(&self, text: &mut String) {
        self.put(text);
    }
}

/// Appends a range in one unit, its upper end rounded to the nearest or down; what that is then, in tenths of a byte.
fn put_range(SizeRange { low, high }: SizeRange, is_down: bool, text: &mut String) -> u128 {
    let tenths = |bytes: u64, shift: u32, is_down: bool| {
        let half = if is_down { 0 } else { 1 << shift >> 1 };
        (u128::from(bytes) * 10 + half) >> shift
    };
    let (shift, unit) = match high {
        _ if tenths(high, 20, is_down) >= 10_240 => (30, " GB"),
        // What is rounded down loses too much in tenths of a unit.
        _ if tenths(high, 20, is_down) >= if is_down { 10 } else { 1 } => (20, " MB"),
        1024.. => (10, " KB"),
        _ => (0, " B"),
    };
    // From 10 on, tenths say more than is known.
    let is_coarse = shift == 0 || tenths(high, shift, is_down) >= 100;
    let number = |bytes: u64, is_down: bool| match tenths(bytes, shift, is_down) {
        tenths if is_coarse => (tenths + if is_down { 0 } else { 5 }) / 10 * 10,
        tenths => tenths,
    };
    let most = number(high, is_down);
    let least = number(low, false).min(most);
    let told = |tenths: u128| (tenths / 10, (!is_coarse).then_some((".", tenths % 10)));
    match () {
        () if least == most => (told(most), unit).add_to(text),
        () if least == 0 => ("up to ", told(most), unit).add_to(text),
        () => (told(least), "-", told(most), unit).add_to(text),
    }
    most << shift
}

/// A share in percent.
#[derive(Clone, Copy)]
pub(crate) struct Percent(pub(crate) Share);

impl Words for Percent {
    fn add_to(&self, text: &mut String) {
        Hundredths(self.0.in_units_of(10_000), "%").push_to(text);
    }
}

/// A count with its noun: `1 node`, `1,234 nodes`.
#[derive(Clone, Copy)]
pub(crate) struct Count<'n>(u64, &'n str);

/// So many of what a noun says, in the singular.
pub(crate) fn count(n: impl TryInto<u64>, noun: &str) -> Count<'_> {
    Count(n.try_into().unwrap_or(u64::MAX), noun)
}

impl Words for Count<'_> {
    fn add_to(&self, text: &mut String) {
        (Grouped(self.0), " ", self.1, if self.0 == 1 { "" } else { "s" }).add_to(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_the_unit_of_its_size() {
        let sampled = |interval| Sampling { interval: Some(interval), ..Sampling::default() };
        let table = [
            (524_288, 0, "0 B"),
            (524_288, 524_304, "0.50 ± 0.50 MB"),
            (524_288, 5_807_200, "5.54 ± 1.7 MB"),
            (524_288, 11_576_320, "11.04 ± 2.3 MB"),
            (524_288, 2_147_483_648, "2.00 ± 0.03 GB"),
            (4096, 10_000, "9.77 ± 6.3 KB"),
            (512, 900, "900 ± 679 B"),
            (1, 1 << 30, "1.00 GB ± 32.00 KB"),
        ];
        for (interval, size, expected) in table {
            assert_eq!(Estimate::new(&sampled(interval), size).to_string(), expected);
        }
        assert_eq!(Estimate::new(&Sampling::default(), 5_807_200).to_string(), "5.54 MB");
    }

    #[test]
    fn an_error_that_is_far_larger_has_its_own() {
        let table = [
            (0, 216_284, "0 B ± 0.21 MB"),
            (0, 1023, "0 ± 1023 B"),
            (900, 1024, "900 B ± 1.00 KB"),
            (3 << 10, 5 << 20, "3.00 KB ± 5.00 MB"),
            (3 << 10, 940_000, "3.00 ± 918.0 KB"),
            (1 << 20, 3 << 30, "1.00 MB ± 3.00 GB"),
        ];
        for (size, error, expected) in table {
            assert_eq!(Estimate::with_error(size, error).to_string(), expected);
        }
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
            ((0, u64::MAX / 2), "up to 8589934592 GB"),
            ((0, u64::MAX), "up to 17179869183 GB"),
        ];
        for ((low, high), expected) in table {
            let saving = SavingOf { saving: SizeRange { low, high }, whole: u64::MAX };
            assert_eq!(saving.to_string(), expected, "{low} to {high}");
        }
    }

    #[test]
    fn nothing_saves_more_than_there_is() {
        const MB: u64 = 1 << 20;
        let table = [
            ((90_000, 370_000), 370_000, "88-361 KB"),
            ((0, 69_468), 69_468, "up to 67 KB"),
            ((2 * MB + MB / 2, 18_465_423), 18_465_423, "3-17 MB"),
            ((9 * MB + MB / 2, 21 * MB), 21 * MB, "10-21 MB"),
            ((0, 370_000), MB, "up to 0.4 MB"),
            ((0, 0), 0, "0 B"),
        ];
        for ((low, high), whole, expected) in table {
            assert_eq!(SavingOf { saving: SizeRange { low, high }, whole }.to_string(), expected, "{high} of {whole}");
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
            assert_eq!(count(n as u64, "node").to_string(), expected);
        }
    }
}
