//! Sizes as people read and write them, the same in every locale: KB, MB and GB of 2^10, 2^20 and 2^30 bytes, two decimals.

use std::fmt;

/// A size in bytes; below 1 KB without decimals.
///
/// MB begin at 0.1 MB, so that a sampled object of 512 KB stands as 0.50 MB among its kind.
#[derive(Clone, Copy, Debug)]
pub struct Size(pub u64);

impl Size {
    /// Adds it to a text, as it is printed.
    pub(crate) fn push_to(self, text: &mut String) {
        let hundredths = |shift: u32| (u128::from(self.0) * 100 + (1 << (shift - 1))) >> shift;
        // The unit is chosen by what is printed: 2^30 - 1 bytes are 1.00 GB, not 1024.00 MB.
        let (value, unit) = match hundredths(20) {
            102_400.. => (hundredths(30), " GB"),
            megabytes @ 10.. => (megabytes, " MB"),
            _ if self.0 >= 1 << 10 => (hundredths(10), " KB"),
            _ => {
                text.push_str(itoa::Buffer::new().format(self.0));
                return text.push_str(" B");
            }
        };
        // It fits, and is printed much faster.
        Hundredths(value as u64, unit).push_to(text);
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_to(&mut text);
        f.pad(&text)
    }
}

/// A number in hundredths with its two decimals, and what stands behind it: most numbers of a report are such.
#[derive(Clone, Copy)]
pub(crate) struct Hundredths(pub(crate) u64, pub(crate) &'static str);

impl Hundredths {
    /// Adds it to a text.
    pub(crate) fn push_to(self, text: &mut String) {
        let rest = (self.0 % 100) as u8;
        text.push_str(itoa::Buffer::new().format(self.0 / 100));
        text.push('.');
        text.push(char::from(b'0' + rest / 10));
        text.push(char::from(b'0' + rest % 10));
        text.push_str(self.1);
    }
}

/// An integer with a comma after each three digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grouped(pub(crate) u64);

impl Grouped {
    /// Adds it to a text, as it is printed.
    pub(crate) fn push_to(self, text: &mut String) {
        let mut buffer = itoa::Buffer::new();
        let mut rest = buffer.format(self.0);
        while let Some((group, others)) = rest.split_at_checked((rest.len() + 2) % 3 + 1).filter(|_| rest.len() > 3) {
            text.push_str(group);
            text.push(',');
            rest = others;
        }
        text.push_str(rest);
    }
}

/// A sampling interval: `512 KB`, `10,000 B`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval(pub(crate) u64);

impl Interval {
    /// Adds it to a text, as it is printed.
    pub(crate) fn push_to(self, text: &mut String) {
        let (number, unit) = match self.0 {
            bytes if bytes.is_multiple_of(1 << 20) => (bytes >> 20, " MB"),
            bytes if bytes.is_multiple_of(1 << 10) => (bytes >> 10, " KB"),
            bytes => (bytes, " B"),
        };
        Grouped(number).push_to(text);
        text.push_str(unit);
    }
}

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_to(&mut text);
        f.pad(&text)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_to(&mut text);
        f.pad(&text)
    }
}

const EXPECTED: &str = "a size is a number, with K, M, G or T behind it; decimals only with one of these";
/// Decimals of a size that are read.
const DECIMALS: usize = 9;

impl std::str::FromStr for Size {
    type Err = &'static str;

    /// A number of bytes with an optional unit: `65536`, `64K`, `64KB`, `64KiB`, `1.5M`, `2G`, `1T`; all are powers of 2. What is left of a byte does not count.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let shift = match text[number..].trim().to_ascii_uppercase().as_str() {
            "" | "B" => 0,
            "K" | "KB" | "KIB" => 10,
            "M" | "MB" | "MIB" => 20,
            "G" | "GB" | "GIB" => 30,
            "T" | "TB" | "TIB" => 40,
            _ => return Err(EXPECTED),
        };
        let (whole, part) = match text[..number].split_once('.') {
            Some((whole, part)) if !part.is_empty() && part.len() <= DECIMALS && shift > 0 => (whole, part),
            // Of a byte there are no parts.
            Some(_) => return Err(EXPECTED),
            None => (&text[..number], ""),
        };
        if whole.is_empty() {
            return Err("a size begins with a number");
        }
        let digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(()).ok_or(EXPECTED);
        digits(whole).and_then(|()| digits(part))?;
        // Both fit: of the part there are few digits.
        let part = (part.parse::<u128>().unwrap_or(0) << shift) / 10_u128.pow(part.len() as u32);
        let bytes = whole.parse::<u64>().ok().and_then(|whole| (u128::from(whole) << shift).checked_add(part));
        bytes.and_then(|bytes| u64::try_from(bytes).ok()).map(Self).ok_or("a size is less than 2^64 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_take_units() {
        for (text, expected) in [
            ("4096", Some(4096)),
            ("4K", Some(4096)),
            ("1MiB", Some(1 << 20)),
            ("2g", Some(2 << 30)),
            ("64 kb", Some(65536)),
            ("1.5MiB", Some(3 << 19)),
            ("0.001K", Some(1)),
            ("2.000000001T", Some((2 << 40) + 1099)),
            ("16777215.999999999T", Some(u64::MAX - 1099)),
        ] {
            assert_eq!(text.parse().ok().map(|Size(bytes)| bytes), expected, "{text}");
        }
        for text in [
            "1.5",
            "1.5B",
            ".5K",
            "1.K",
            "1.2.3K",
            "1.0000000001K",
            "16777216T",
            ".",
            "",
            "K",
            "4X",
            "-1",
            "99999999999999999999",
            "99999999999999G",
            "é",
        ] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

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
}
